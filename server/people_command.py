"""The `people` command: opens the first accounts of a centre, gives a forgotten password anew, closes accounts.

Whoever sits at the machine needs no other leave. It must not show a password.
"""

import argparse
import sys
from getpass import getpass
from pathlib import Path
from zoneinfo import ZoneInfo

from schedules.errors import ScheduleError
from schedules.ids import UnitId
from server.at_the_machine import speaking, whoever_sits_here
from server.clock import WallClock
from server.config import Config
from server.errors import NotFound, ServerError, Unacceptable
from server.passwords import Argon2Hashing
from server.ports import Store
from server.services import people
from server.services.people import NewPerson
from server.store import open_store
from server.values import Person, Role
from server.web.reasons import Say


def main(given: argparse.Namespace, config: Config) -> int:
    """Run one step; return the exit code."""
    store, clock = open_store(config.database), WallClock(config.clock_offset)
    say = speaking(store, given.language, ZoneInfo(config.time_zone))
    try:
        if given.step == "add":
            _add(store, clock, given, say)
        elif given.step == "list":
            _list(store, _unit(store, given.unit))
        else:
            person = _person(store, given.login)
            by = whoever_sits_here(store, person.unit)
            if given.step == "close":
                people.close(store, clock, by, person.id)
            else:
                word = _password(given, say)
                people.give_password(store, clock, Argon2Hashing(), by, person.id, password=word, at_the_machine=True)
    except (ServerError, ScheduleError) as error:
        print(say(error.code, error.values), file=sys.stderr)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _add(store: Store, clock: WallClock, given: argparse.Namespace, say: Say) -> None:
    unit = _unit(store, given.unit)
    roles = frozenset(map(Role, given.role))
    new = NewPerson(login=given.login, name=given.name, unit=unit, roles=roles, language=given.language)
    password = _password(given, say)
    by = whoever_sits_here(store, unit)
    person = people.add_person(store, clock, Argon2Hashing(), by, new=new, password=password, at_the_machine=True)
    print(say("person.opened", {"login": person.login, "name": person.name}))
    if person.roles != roles:
        print(say("grant.waits", {"name": person.name}))


def _list(store: Store, unit: UnitId) -> None:
    for each in people.people_of(store, whoever_sits_here(store, unit), unit):
        print(f"{each.login}\t{each.name}\t{' '.join(sorted(each.roles))}\t{'open' if each.active else 'closed'}")


def _unit(store: Store, name: str) -> UnitId:
    with store.reading() as uow:
        if UnitId(name) not in uow.places.units().by_id:
            raise NotFound("unit.unknown")
    return UnitId(name)


def _person(store: Store, login: str) -> Person:
    with store.reading() as uow:
        person = uow.people.by_login(people.normal_login(login))
    if person is None:
        raise NotFound("person.unknown")
    return person


def _password(given: argparse.Namespace, say: Say) -> str:
    """Ask for a password twice, or read it from the file that was named."""
    file: Path | None = given.password_file
    if file is not None:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    password = getpass(f"{say('person.ask_password', {})} ")
    if getpass(f"{say('person.ask_password_again', {})} ") != password:
        raise Unacceptable("form.not_the_same", "password")
    return password
