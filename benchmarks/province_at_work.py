"""A province at work for the benchmarks: database, devices of loudspeakers, a broker in production, the conductor.

Every device has keys and a certificate of its own, as if enrolled; the broker and the conductor are processes, started
by what an installation starts. It measures nothing.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from time import monotonic, sleep

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.province import PROVINCE
from schedules.emergency import Certainty, Event, Severity, Urgency
from schedules.emergency_right import EmergencyRight
from schedules.ids import DeviceId, LoudspeakerId, PersonId, UnitId, ZoneId
from schedules.regulation import Regulation, SessionName, SessionRule
from schedules.unit import Unit, UnitLevel, Zone
from schedules.wire.messages import KeyRole, ReceiptState
from schedules.wire.seal import SigningKey, new_seed
from server import broker_files
from server.clock import WallClock
from server.config import load_config
from server.device_records import Device
from server.emergency_records import StoredEmergency
from server.evidence_records import Seen
from server.local import Processes
from server.ports import UnitOfWork
from server.sealing import KeyFiles
from server.services import emergencies, keys
from server.services.broker_accounts import wanted
from server.services.emergency_issue import Wanted
from server.store import open_store
from server.values import Loudspeaker, Person, Role
from station_agent.identity import tls_file
from tests.services.production_broker import ProductionBroker

LOUDSPEAKERS_A_ZONE, ZONES_A_COMMUNE = 10, 13
CERTIFICATE_LIVES = timedelta(days=90)
MINUTE = timedelta(minutes=1)
WHOLE_WITHIN_S = 600.0


@dataclass(frozen=True, slots=True)
class Pole:
    """One loudspeaker's device, as its disk has it.

    Attributes:
        seed: of the device key, which names it.
        tls: certificate and key for the broker, one PEM file.
    """

    loudspeaker: LoudspeakerId
    zone: ZoneId
    seed: bytes
    tls: bytes

    @property
    def device(self) -> DeviceId:
        """Its name at the broker."""
        return DeviceId(SigningKey.of(self.seed).key)


class ProvinceAtWork:
    """A province with devices, and a leader and an officer who may issue emergencies for all of it.

    Args:
        folder: An empty directory, best in memory: on one disk all poles' files would wait for each other.
        loudspeakers: How many.

    Attributes:
        poles: The devices.
        root: Public root key.
    """

    def __init__(self, folder: Path, *, loudspeakers: int) -> None:
        self.clock = WallClock()
        self.broker = ProductionBroker(folder / "mosquitto", given=folder / "state/broker", logs_all=False)
        settings = folder / "conductor.toml"
        settings.write_text(
            f'state_directory = "state"\n[broker]\nport = {self.broker.conductors_port}\nkeeps_accounts = true\n'
        )
        self.config = load_config(settings)
        self.config.state_directory.mkdir()
        self._authority = broker_files.make(self.config, [self.broker.host], now=self.clock.now())
        self.authority_file = self.config.broker_directory / "loudspeakers.pem"
        self.store = open_store(self.config.database)
        trusted = keys.initialise(self.store, self.clock, KeyFiles(self.config.key_directory)).keys
        self.root = next(key.public for key in trusted if key.role is KeyRole.ROOT)
        self.officer, self.leader = _person("officer"), _person("leader")
        with self.store.writing() as uow:
            _put_places(uow, zones=-(-loudspeakers // LOUDSPEAKERS_A_ZONE))
            for person in (self.officer, self.leader):
                uow.people.put(person)
                uow.emergencies.put_right(
                    EmergencyRight(
                        person=person.id,
                        unit=PROVINCE,
                        given_by=PersonId("administrator"),
                        since=self.clock.now() - MINUTE,
                    )
                )
            self.poles = list(self._enrolled(uow, loudspeakers))
            rights = wanted(uow, self.clock.now())
            uow.commit()
        broker_files.BrokerFiles(self.config.broker_directory, self._authority, self.clock).write(rights, ())
        self.processes = Processes(folder / "logs")
        self.broker.start()
        self.processes.start("conductor", ("server.cli", "conductor", "--config", settings))

    def close(self) -> None:
        """End everything."""
        self.processes.end_all()
        self.broker.kill()
        self.store.close()

    def waits_until_whole(self, *, is_ready: bool = False) -> None:
        """Wait until every loudspeaker has said that nothing is wrong with it, and, where asked, that it is ready."""
        ends = monotonic() + WHOLE_WITHIN_S
        missing = [pole.loudspeaker for pole in self.poles]
        while missing:
            assert monotonic() < ends, f"{len(missing)} are not whole\n{self.processes.last_words('conductor')}"
            sleep(1.0)
            with self.store.reading() as uow:
                seen = uow.evidence.seen(missing)
            missing = [each for each in missing if not _is_whole(seen.get(each, Seen()), is_ready=is_ready)]

    def waits_until_told(self) -> None:
        """Wait until the broker has every assignment and rundown: a new province is told everything at once."""
        ends = monotonic() + WHOLE_WITHIN_S
        while True:
            with self.store.reading() as uow:
                if not uow.issue.assignment_numbers(unsettled_only=True) and not uow.issue.marks(unsettled_only=True):
                    return
            assert monotonic() < ends, self.processes.last_words("conductor")
            sleep(1.0)

    def asked(self, text: str, *, times: int, lives: timedelta) -> str:
        """Have the officer ask for an emergency in the whole province; give the request that waits for the leader."""
        wanted = Wanted(
            units=(PROVINCE,),
            event=Event.FLASH_FLOOD,
            severity=Severity.EXTREME,
            urgency=Urgency.IMMEDIATE,
            certainty=Certainty.OBSERVED,
            headline="Lũ quét",
            texts={"vi": text},
            times=times,
            pause_s=20,
            ends_at=self.clock.now() + lives,
        )
        return emergencies.ask(self.store, self.clock, self.officer, wanted).id

    def confirms(self, request: str) -> StoredEmergency:
        """Have the leader issue it: the click."""
        return emergencies.confirm(self.store, self.clock, self.leader, request)

    def cancels(self, stored: StoredEmergency) -> None:
        """Have the leader end it."""
        emergencies.cancel(self.store, self.clock, self.leader, stored.emergency.id)

    def _enrolled(self, uow: UnitOfWork, count: int) -> Iterator[Pole]:
        now = self.clock.now()
        for number in range(count):
            zone, loudspeaker = ZoneId(f"z{number // LOUDSPEAKERS_A_ZONE}"), LoudspeakerId(f"l{number}")
            seed, line = new_seed(), new_seed()
            device = SigningKey.of(seed)
            certificate = self._authority.issue(
                device.key, SigningKey.of(line).public, now=now, valid=CERTIFICATE_LIVES
            )
            uow.places.put_loudspeaker(
                Loudspeaker(id=loudspeaker, zone=zone, name=loudspeaker, public_key=device.public, since=now)
            )
            uow.devices.put(
                Device(
                    id=DeviceId(device.key),
                    loudspeaker=loudspeaker,
                    public_key=device.public,
                    enrolled_at=now,
                    certificate_serial=certificate.serial,
                    certificate_expires=certificate.expires,
                )
            )
            yield Pole(loudspeaker, zone, seed, tls_file(line, certificate.pem, certificate.expires))


def _put_places(uow: UnitOfWork, *, zones: int) -> None:
    communes = [
        Unit(id=UnitId(f"c{number}"), code=str(number), name=f"Xã {number}", level=UnitLevel.COMMUNE, parent=PROVINCE)
        for number in range(-(-zones // ZONES_A_COMMUNE))
    ]
    province = Unit(id=PROVINCE, code="51", name="Tỉnh", level=UnitLevel.PROVINCE, parent=None)
    uow.places.put_units([province, *communes])
    for commune in communes:
        uow.places.put_regulation(_regulation(commune.id))
    for number in range(zones):
        station = communes[number // ZONES_A_COMMUNE].id
        uow.places.put_zone(Zone(id=ZoneId(f"z{number}"), station=station, unit=station, name=f"Thôn {number}"))


def _is_whole(seen: Seen, *, is_ready: bool) -> bool:
    presence, receipt = seen.presence, seen.receipt
    if presence is None or presence.clock_error_ms is None or presence.faults:
        return False
    return not is_ready or (receipt is not None and receipt.state is ReceiptState.READY)


def _person(name: str) -> Person:
    return Person(
        id=PersonId(name),
        login=name,
        name=name,
        unit=PROVINCE,
        roles=frozenset({Role.OFFICER}),
        password_hash="",
    )


def _regulation(commune: UnitId) -> Regulation:
    always = SessionRule(session=SessionName.MORNING, earliest=time(0), latest=time(0), max_minutes=1440)
    return Regulation(
        station=commune,
        number="1/QĐ",
        signed_on=date(2026, 1, 1),
        signer="Chủ tịch",
        valid_from=date(2026, 1, 1),
        time_zone="Asia/Ho_Chi_Minh",
        sessions=(always,),
        max_minutes_a_day=1440,
    )
