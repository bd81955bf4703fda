"""Accounts: signing in, passwords, roles. It must not know sessions or cookies; throttling is the edge's."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from schedules.ids import PersonId, UnitId
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, PasswordHashing, Store, UnitOfWork
from server.services.new_ids import new_id
from server.services.rights import may, require
from server.services.trail import note
from server.values import Person, Role

SHORTEST_PASSWORD = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What the form for a new account holds."""

    login: str
    name: str
    unit: UnitId
    roles: frozenset[Role]
    language: str = "vi"


def sign_in(store: Store, clock: Clock, hashing: PasswordHashing, *, login: str, password: str) -> Person:
    """Give the person with this login and password.

    An unknown login costs as much time as a wrong password, so that logins cannot be found by measuring.

    Raises:
        NotAllowed: `sign_in.wrong`, whatever was wrong.
    """
    with store.reading() as uow:
        person = uow.people.by_login(normal_login(login))
    if person is None:
        hashing.hash(password)
    elif hashing.verify(person.password_hash, password) and person.active:
        with store.writing() as uow:
            note(uow, clock.now(), person, "person.signed_in", subject=person.id, unit=person.unit)
            uow.commit()
        return person
    raise NotAllowed("sign_in.wrong")


def signed_in(store: Store, person: PersonId, *, session_key: int) -> Person | None:
    """Give the person a session belongs to; None when it was signed out everywhere or the account was closed."""
    with store.reading() as uow:
        known = uow.people.get(person)
    return known if known is not None and known.active and known.session_key == session_key else None


def people_of(store: Store, by: Person, unit: UnitId) -> tuple[Person, ...]:
    """Give the accounts of a unit by name, to its administrator."""
    with store.reading() as uow:
        require(uow.places.units(), by, unit, Role.ADMINISTRATOR)
        return tuple(sorted(uow.people.of_unit(unit), key=lambda person: person.name))


def change_password(
    store: Store, clock: Clock, hashing: PasswordHashing, person: Person, *, old: str, new: str
) -> Person:
    """Give a person a new password and sign out every other device.

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
        changed = replace(
            _known(uow, person.id),
            password_hash=hashed,
            must_change_password=False,
            session_key=known.session_key + 1,
        )
        uow.people.put(changed)
        note(uow, clock.now(), person, "person.password_changed", subject=person.id, unit=person.unit)
        uow.commit()
    return changed


def add_person(
    store: Store, clock: Clock, hashing: PasswordHashing, by: Person, *, new: NewPerson, password: str
) -> Person:
    """Add an account; its first password must be changed at the first sign-in.

    Raises:
        NotAllowed: `rights.missing` unless `by` administers the unit.
        Unacceptable: `person.no_login`, `person.login_taken` (field `login`), `person.no_name` (`name`),
            `person.no_role` (`roles`), and those of a password (`password`).
    """
    login, now = normal_login(new.login), clock.now()
    if not login:
        raise Unacceptable("person.no_login", "login")
    if not new.name.strip():
        raise Unacceptable("person.no_name", "name")
    if not new.roles:
        raise Unacceptable("person.no_role", "roles")
    require_good_password(login, password, field="password")
    person = Person(
        id=PersonId(new_id(now)),
        login=login,
        name=unicodedata.normalize("NFC", new.name.strip()),
        unit=new.unit,
        roles=new.roles,
        password_hash=hashing.hash(password),
        language=new.language,
        must_change_password=True,
    )
    with store.writing() as uow:
        require(uow.places.units(), by, new.unit, Role.ADMINISTRATOR)
        if uow.people.by_login(login) is not None:
            raise Unacceptable("person.login_taken", "login", login=login)
        uow.people.put(person)
        roles = sorted(new.roles)
        note(uow, now, by, "person.added", subject=person.id, unit=new.unit, login=login, roles=roles)
        uow.commit()
    return person


def give_password(
    store: Store, clock: Clock, hashing: PasswordHashing, by: Person, person: PersonId, *, password: str
) -> Person:
    """Give somebody who forgot theirs a password for one sign-in, and sign out every device.

    Raises:
        NotAllowed: `rights.missing` unless `by` administers the person's unit.
        Unacceptable: `password.too_short`, `password.is_login` (field `password`).
    """
    with store.writing() as uow:
        known = _known(uow, person)
        require(uow.places.units(), by, known.unit, Role.ADMINISTRATOR)
        require_good_password(known.login, password, field="password")
        changed = replace(
            known,
            password_hash=hashing.hash(password),
            must_change_password=True,
            session_key=known.session_key + 1,
        )
        uow.people.put(changed)
        note(uow, clock.now(), by, "person.password_given", subject=person, unit=known.unit)
        uow.commit()
    return changed


def set_roles(
    store: Store, clock: Clock, by: Person, person: PersonId, *, roles: Iterable[Role], active: bool = True
) -> Person:
    """Give a person other roles, or close the account; a closed one is signed out everywhere.

    Raises:
        NotAllowed: `rights.missing` unless `by` administers the person's unit; `person.own_roles` for oneself,
            so that nobody locks the last administrator out by mistake.
    """
    with store.writing() as uow:
        known = _known(uow, person)
        require(uow.places.units(), by, known.unit, Role.ADMINISTRATOR)
        if person == by.id:
            raise NotAllowed("person.own_roles")
        changed = replace(
            known, roles=frozenset(roles), active=active, session_key=known.session_key + (0 if active else 1)
        )
        uow.people.put(changed)
        before, after = sorted(known.roles), sorted(changed.roles)
        note(
            uow,
            clock.now(),
            by,
            "person.roles_set",
            subject=person,
            unit=known.unit,
            before=before,
            after=after,
            active=active,
        )
        uow.commit()
    return changed


def sign_out_everywhere(store: Store, clock: Clock, by: Person, person: PersonId) -> Person:
    """End every session of a person: one's own, or as an administrator somebody else's."""
    with store.writing() as uow:
        known = _known(uow, person)
        if person != by.id and not may(uow.places.units(), by, known.unit, Role.ADMINISTRATOR):
            raise NotAllowed("rights.missing", unit=known.unit, roles=(Role.ADMINISTRATOR,))
        changed = replace(known, session_key=known.session_key + 1)
        uow.people.put(changed)
        note(uow, clock.now(), by, "person.signed_out_everywhere", subject=person, unit=known.unit)
        uow.commit()
    return changed


def require_good_password(login: str, password: str, *, field: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        Unacceptable: `password.too_short` under 10 characters; `password.is_login`.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Unacceptable("password.too_short", field, least=SHORTEST_PASSWORD)
    if normal_login(password) == normal_login(login):
        raise Unacceptable("password.is_login", field)


def normal_login(login: str) -> str:
    """Give a login as it is kept: composed, without spaces around it, in small letters."""
    return unicodedata.normalize("NFC", login).strip().casefold()


def _get(store: Store, person: PersonId) -> Person:
    with store.reading() as uow:
        return _known(uow, person)


def _known(uow: UnitOfWork, person: PersonId) -> Person:
    known = uow.people.get(person)
    if known is None:
        raise NotFound("person.unknown")
    return known
