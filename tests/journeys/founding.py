"""Founds Sơn Hà on a disk: keys, people, loudspeakers, an approved morning session; all that a first morning finds.

It is made once and copied for each journey: a database with all its tables takes longer than a day of radio.
"""

from pathlib import Path

from schedules.ids import PersonId
from schedules.wire.seal import new_seed
from server.sealing import KeyFiles
from server.services import approvals, keys
from server.store import open_store
from server.values import Loudspeaker, Person, Role, StoredTemplate
from tests.fakes.clock import FakeClock
from tests.journeys.places import MORNING_AND_EVENING, MORNING_SESSION, SON_HA, UNIT, ZONES, local
from tests.journeys.pole import device_key, write_device_key


def person(login: str, *roles: Role) -> Person:
    """Give an account of Sơn Hà."""
    return Person(id=PersonId(login), login=login, name=login, unit=SON_HA, roles=frozenset(roles), password_hash="")


OFFICER = person("officer", Role.OFFICER)
LEADER = person("leader", Role.APPROVER)
TECHNICIAN = person("technician", Role.TECHNICIAN)
DEPUTY = person("deputy", Role.OFFICER, Role.APPROVER)


def found(folder: Path, url: str) -> None:
    """Make the station's files in an empty directory, and fill its database."""
    clock = FakeClock(local("00:00"))
    store = open_store(url)
    keys.initialise(store, clock, KeyFiles(folder / "keys"))
    with store.writing() as uow:
        uow.places.put_units([UNIT])
        uow.places.put_regulation(MORNING_AND_EVENING)
        for each in (OFFICER, LEADER, DEPUTY, TECHNICIAN):
            uow.people.put(each)
        for pole, zone in ZONES.items():
            write_device_key(folder / pole, new_seed())
            public = device_key(folder / pole).public
            uow.places.put_zone(zone)
            uow.places.put_loudspeaker(
                Loudspeaker(id=pole, zone=zone.id, name=zone.name, public_key=public, since=clock.now())
            )
        session = StoredTemplate(template=MORNING_SESSION, changed_by=frozenset({OFFICER.id}), changed_at=clock.now())
        uow.programmes.put_template(session, expected_version=0)
        uow.commit()
    (waiting,) = approvals.queue(store, clock, LEADER).templates
    approvals.approve_template(store, clock, LEADER, MORNING_SESSION.id, seen=waiting.seen)
    store.close()


def database(folder: Path) -> str:
    """Give the address of the station's database."""
    return f"sqlite:///{folder}/radio.db"
