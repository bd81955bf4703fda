"""Accounts: signing in, passwords, roles. It must not know sessions or cookies; throttling is the edge's."""

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.ids import PersonId, UnitId
from schedules.times import next_millisecond
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, PasswordHashing, Store, UnitOfWork
from server.services import grants
from server.services.audit import READERS
from server.services.easy_passwords import is_easy
from server.services.emergency_rights import end_all
from server.services.inputs import one_line
from server.services.new_ids import new_id
from server.services.rights import may, require
from server.services.signed_out import signed_out
from server.services.trail import note
from server.values import Grant, Person, Role

SHORTEST_PASSWORD = 10
LONGEST_NAME = 120
LONGEST_LOGIN = 60
_READ_OUT = "abcdefghkmnpqrstuvwxyz23456789"
"""Signs that are not taken for one another."""

FIRST_PASSWORD_FOR = timedelta(days=14)
"""As long as a password that somebody else gave lets its holder in: long enough for paper to reach a village."""

CONTRACTED = frozenset({Role.TECHNICIAN, Role.INSPECTOR})
"""What an account that ends may hold: nothing that puts a word on the air."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What the form for a new account holds."""

    login: str
    name: str
    unit: UnitId
    roles: frozenset[Role]
    language: str = "vi"
    also_units: frozenset[UnitId] = frozenset()
    ends: datetime | None = None


def sign_in(store: Store, clock: Clock, hashing: PasswordHashing, *, login: str, password: str) -> Person:
    """Give the person with this login and password; each try is a line of the audit trail.

    An unknown login costs as much time as a wrong password, so that logins cannot be found by measuring; it is not
    written down, since people type their password there by mistake.

    Raises:
        NotAllowed: `sign_in.wrong`, whatever was wrong; `sign_in.password_ended` for the right one, once it ended.
    """
    refused = NotAllowed("sign_in.wrong")
    with store.reading() as uow:
        person = uow.people.by_login(normal_login(login))
    if person is None:
        hashing.hash(password)
    elif hashing.verify(person.password_hash, password) and person.serves(clock.now()):
        if person.password_ends is None or clock.now() < person.password_ends:
            with store.writing() as uow:
                note(uow, clock.now(), person, "person.signed_in", subject=person.id, unit=person.unit)
                uow.commit()
            return person
        refused = NotAllowed("sign_in.password_ended", days=FIRST_PASSWORD_FOR.days)
    subject, unit = ("", None) if person is None else (person.id, person.unit)
    with store.writing() as uow:
        note(uow, clock.now(), None, "person.sign_in_refused", subject=subject, unit=unit)
        uow.commit()
    raise refused


def signed_in(store: Store, clock: Clock, person: PersonId, *, session_key: int) -> Person | None:
    """Give the person a session belongs to; None when it was signed out everywhere or the account was closed."""
    with store.reading() as uow:
        known = uow.people.get(person)
    return known if known is not None and known.serves(clock.now()) and known.session_key == session_key else None


def people_of(store: Store, by: Person, unit: UnitId) -> tuple[Person, ...]:
    """Give the accounts of a unit by name, to its administrator."""
    with store.reading() as uow:
        require(uow.places.units(), by, unit, Role.ADMINISTRATOR)
        return tuple(sorted(uow.people.of_unit(unit), key=lambda person: person.name))


def accounts_of(store: Store, reader: Person, unit: UnitId) -> tuple[Person, ...]:
    """Give the accounts of a unit, the closed ones too, to who may read the audit trail, which names them.

    Raises:
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        require(uow.places.units(), reader, unit, *READERS)
        return tuple(uow.people.of_unit(unit))


def change_password(
    store: Store, clock: Clock, hashing: PasswordHashing, person: Person, *, old: str, new: str
) -> Person:
    """Give a person a new password; every other device is signed out, and tokens end.

    Raises:
        Unacceptable: `password.wrong` (field `old`); `password.too_short`, `password.is_login`,
            `password.unchanged` (field `new`).
    """
    known = _get(store, person.id)
    if not hashing.verify(known.password_hash, old):
        raise Unacceptable("password.wrong", "old")
    if old == new:
        raise Unacceptable("password.unchanged", "new")
    require_good_password(known.login, new, field="new")
    hashed = hashing.hash(new)
    with store.writing() as uow:
        now, fresh = clock.now(), _known(uow, person.id)
        if fresh.password_hash != known.password_hash:  # somebody gave another while this one was judged
            raise Unacceptable("password.wrong", "old")
        changed = replace(
            signed_out(uow, fresh, now), password_hash=hashed, must_change_password=False, password_ends=None
        )
        uow.people.put(changed)
        note(uow, now, person, "person.password_changed", subject=person.id, unit=person.unit)
        uow.commit()
    return changed


def add_person(
    store: Store,
    clock: Clock,
    hashing: PasswordHashing,
    by: Person,
    *,
    new: NewPerson,
    password: str,
    at_the_machine: bool = False,
) -> Person:
    """Add an account; its first password must be changed at the first sign-in.

    Weighty roles are asked for, and hold once a second administrator agreed and a day went by. At the machine they hold
    at once while there are not two administrators yet.

    Raises:
        NotAllowed: `rights.missing` unless `by` administers the units.
        Unacceptable: `person.no_login`, `person.login_long`, `person.login_taken` (field `login`), those of
            `good_name` and `require_fitting`, `person.no_role` (`roles`), those of a password (`password`).
    """
    login, now = normal_login(new.login), clock.now()
    if not login:
        raise Unacceptable("person.no_login", "login")
    if len(login) > LONGEST_LOGIN:
        raise Unacceptable("person.login_long", "login", most=LONGEST_LOGIN)
    name = good_name(new.name)
    if not new.roles:
        raise Unacceptable("person.no_role", "roles")
    require_fitting(new.roles, new.also_units - {new.unit}, new.ends, now)
    require_good_password(login, password, field="password")
    person = Person(
        id=PersonId(new_id(now)),
        login=login,
        name=name,
        unit=new.unit,
        roles=new.roles,
        password_hash=hashing.hash(password),
        language=new.language,
        must_change_password=True,
        password_ends=now + FIRST_PASSWORD_FOR,
        also_units=new.also_units - {new.unit},
        ends=new.ends,
        is_new=True,
    )
    with store.writing() as uow:
        for unit in person.units:
            require(uow.places.units(), by, unit, Role.ADMINISTRATOR)
        if uow.people.by_login(login) is not None:
            raise Unacceptable("person.login_taken", "login", login=login)
        weighty = frozenset() if at_the_machine and grants.first_days(uow) else new.roles & grants.WEIGHTY
        person = replace(person, roles=new.roles - weighty)
        uow.people.put(person)
        roles = sorted(person.roles)
        note(uow, now, by, "person.added", subject=person.id, unit=new.unit, login=login, roles=roles)
        if weighty:
            grants.ask(uow, by, Grant(person=person.id, roles=weighty), now)
        uow.commit()
    return person


def give_password(
    store: Store,
    clock: Clock,
    hashing: PasswordHashing,
    by: Person,
    person: PersonId,
    *,
    password: str,
    at_the_machine: bool = False,
) -> Person:
    """Give somebody who forgot theirs a password for one sign-in; every device is signed out, and tokens end.

    Raises:
        NotAllowed: `rights.missing` unless `by` administers the person's unit; `grant.by_two` for somebody with
            weighty rights, until two administrators agreed and a day went by; not at the machine in the first days.
        Unacceptable: `password.too_short`, `password.is_login` (field `password`).
    """
    with store.writing() as uow:
        known, now = _known(uow, person), clock.now()
        require(uow.places.units(), by, known.unit, Role.ADMINISTRATOR)
        require_good_password(known.login, password, field="password")
        if grants.weighty(uow, known, now) and not (at_the_machine and grants.first_days(uow)):
            grants.use_password_reset(uow, person, now)
        changed = replace(
            signed_out(uow, known, now),
            password_hash=hashing.hash(password),
            must_change_password=True,
            password_ends=now + FIRST_PASSWORD_FOR,
        )
        uow.people.put(changed)
        note(uow, now, by, "person.password_given", subject=person, unit=known.unit)
        uow.commit()
    return changed


def close(store: Store, clock: Clock, by: Person, person: PersonId) -> Person:
    """Close an account: it is signed out everywhere and lets nobody in.

    Raises:
        NotFound: `person.unknown`.
        NotAllowed: `rights.missing` unless `by` administers the person's unit; `person.own_roles` for oneself,
            so that nobody locks the last administrator out by mistake.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        known = _known(uow, person)
        require(uow.places.units(), by, known.unit, Role.ADMINISTRATOR)
        if person == by.id:
            raise NotAllowed("person.own_roles")
        changed = replace(signed_out(uow, known, now), active=False)
        uow.people.put(changed)
        end_all(uow, person, now)
        note(uow, now, by, "person.closed", subject=person, unit=known.unit)
        uow.commit()
    return changed


def sign_out_everywhere(store: Store, clock: Clock, by: Person, person: PersonId) -> Person:
    """End every session and token of a person: one's own, or as an administrator somebody else's."""
    now = clock.now()
    with store.writing() as uow:
        known = _known(uow, person)
        if person != by.id and not may(uow.places.units(), by, known.unit, Role.ADMINISTRATOR):
            raise NotAllowed("rights.missing", unit=known.unit, roles=(Role.ADMINISTRATOR,))
        changed = signed_out(uow, known, now)
        uow.people.put(changed)
        note(uow, now, by, "person.signed_out_everywhere", subject=person, unit=known.unit)
        uow.commit()
    return changed


def require_good_password(login: str, password: str, *, field: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        Unacceptable: `password.too_short` under 10 characters; `password.is_login`; `password.easy`.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Unacceptable("password.too_short", field, least=SHORTEST_PASSWORD)
    if normal_login(password) == normal_login(login):
        raise Unacceptable("password.is_login", field)
    if is_easy(password, login):
        raise Unacceptable("password.easy", field)


def require_fitting(roles: Iterable[Role], also_units: frozenset[UnitId], ends: datetime | None, now: datetime) -> None:
    """Refuse an end that is past, and roles that an account with an end or with several units must not have.

    Raises:
        Unacceptable: `person.ended` (field `ends`), `person.contracted_roles`, `person.weighty_units` (`roles`).
    """
    if ends is not None and ends <= now:
        raise Unacceptable("person.ended", "ends")
    if ends is not None and not CONTRACTED.issuperset(roles):
        raise Unacceptable("person.contracted_roles", "roles")
    if also_units and not grants.WEIGHTY.isdisjoint(roles):
        raise Unacceptable("person.weighty_units", "roles")


def good_name(name: str) -> str:
    """Give a person's name as it is kept: composed, with single spaces.

    Raises:
        Unacceptable: `person.no_name`, `person.name_long` (field `name`).
    """
    kept = one_line(name)
    if not kept:
        raise Unacceptable("person.no_name", "name")
    if len(kept) > LONGEST_NAME:
        raise Unacceptable("person.name_long", "name", most=LONGEST_NAME)
    return kept


def drawn_password() -> str:
    """Draw a first password that can be read out over the telephone."""
    return "-".join("".join(secrets.choice(_READ_OUT) for _ in range(4)) for _ in range(3))


def normal_login(login: str) -> str:
    """Give a login as it is kept: one composed line in small letters, without signs that nobody sees."""
    return "".join(each for each in one_line(login).casefold() if unicodedata.category(each) != "Cf")


def _get(store: Store, person: PersonId) -> Person:
    with store.reading() as uow:
        return _known(uow, person)


def _known(uow: UnitOfWork, person: PersonId) -> Person:
    known = uow.people.get(person)
    if known is None:
        raise NotFound("person.unknown")
    return known
