"""Tokens for programs: made by a person for their own work, shown once, revoked at once.

A token acts as its person, below its unit, with no more than the roles its scope is about: it never approves, never
issues an emergency and never gives a right, whatever the person may do.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from schedules.ids import PersonId, UnitId
from schedules.times import DAY
from schedules.unit import Units
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import one_line
from server.services.new_ids import new_id
from server.services.rights import ANY_ROLE, WRITERS, may, require
from server.services.trail import note
from server.token_records import ApiToken, Scope
from server.values import Person, Role

LONGEST_DAYS = 366
LONGEST_NAME = 80
MOST = 20
"""Good tokens a person may have at a time: nobody keeps an eye on more."""
SECRET_BYTES = 32
SEEN_EVERY = timedelta(minutes=10)
"""How exactly it is known when a token was last used; every request would be a write otherwise."""

ROLES = {
    Scope.READ: frozenset(ANY_ROLE),
    Scope.PROGRAMMES: frozenset(WRITERS),
    Scope.CONTRIBUTIONS: frozenset({Role.CONTRIBUTOR}),
    Scope.SCHEDULE: frozenset(WRITERS),
    Scope.LOUDSPEAKERS: frozenset({Role.TECHNICIAN, Role.OFFICER}),
    Scope.OUTAGES: frozenset({Role.TECHNICIAN, Role.OFFICER, Role.EDITOR}),
    Scope.REGULATION: frozenset({Role.OFFICER}),
    Scope.AUDIT: frozenset({Role.ADMINISTRATOR, Role.INSPECTOR}),
}
"""Of the person's roles those that count for each scope. Approving and administering are in none but to read."""

_TO_READ = frozenset({Scope.READ, Scope.AUDIT})
"""A token looks as an inspector does, whoever made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """What the form for a token holds."""

    name: str
    unit: UnitId
    scopes: frozenset[Scope]
    days: int


def make(store: Store, clock: Clock, person: Person, *, new: NewToken) -> tuple[ApiToken, str]:
    """Make a token of a person; gives it and the words that are shown this once.

    Raises:
        NotAllowed: `rights.missing` for a unit where the person has no role.
        Unacceptable: `api_token.no_name`, `api_token.name_too_long` (field `name`), `api_token.scopes` for none, or one
            the person's roles are not enough for, `api_token.days`; `api_token.too_many`.
    """
    now, name = clock.now(), one_line(new.name)
    if not name:
        raise Unacceptable("api_token.no_name", "name")
    if len(name) > LONGEST_NAME:
        raise Unacceptable("api_token.name_too_long", "name", most=LONGEST_NAME)
    if not new.scopes or not new.scopes <= scopes_of(person):
        raise Unacceptable("api_token.scopes", "scopes")
    if not 1 <= new.days <= LONGEST_DAYS:
        raise Unacceptable("api_token.days", "days", most=LONGEST_DAYS)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = ApiToken(
        id=new_id(now).replace("-", ""),
        secret_sha256=_hash(secret),
        name=name,
        person=person.id,
        unit=new.unit,
        scopes=new.scopes,
        made_at=now,
        expires_at=now + new.days * DAY,
    )
    with store.writing() as uow:
        units = uow.places.units()
        if not _is_here(units, person, new.unit):
            require(units, person, new.unit, *ANY_ROLE)
        if sum(each.is_good(now) for each in uow.api_tokens.of_person(person.id)) >= MOST:
            raise Unacceptable("api_token.too_many", most=MOST)
        uow.api_tokens.put(made)
        details = {"name": name, "scopes": sorted(new.scopes), "expires": made.expires_at.isoformat()}
        note(uow, now, person, "api_token.made", subject=made.id, unit=new.unit, **details)
        uow.commit()
    return made, f"{made.id}.{secret}"


def listed(store: Store, person: Person) -> tuple[ApiToken, ...]:
    """Give a person's own tokens, the newest first."""
    with store.reading() as uow:
        return tuple(reversed(uow.api_tokens.of_person(person.id)))


def revoke(store: Store, clock: Clock, person: Person, token: str) -> ApiToken:
    """Make a token open nothing any more; twice is once.

    Raises:
        NotFound: `api_token.unknown`, also for somebody else's.
    """
    now = clock.now()
    with store.writing() as uow:
        known = uow.api_tokens.get(token)
        if known is None or known.person != person.id:
            raise NotFound("api_token.unknown")
        if known.revoked_at is not None:
            return known
        revoked = replace(known, revoked_at=now)
        uow.api_tokens.put(revoked)
        note(uow, now, person, "api_token.revoked", subject=token, unit=known.unit)
        uow.commit()
    return revoked


def end_all(uow: UnitOfWork, person: PersonId, now: datetime) -> None:
    """End every token of a person, within the change that signs them out everywhere."""
    _end(uow, (each for each in uow.api_tokens.of_person(person)), now)


def end_beyond(uow: UnitOfWork, person: Person, now: datetime) -> None:
    """End the tokens that are for more than a person may still do: for a scope, or a unit, whose role has ended."""
    units, scopes = uow.places.units(), scopes_of(person)
    beyond = (
        each
        for each in uow.api_tokens.of_person(person.id)
        if not each.scopes <= scopes or not _is_here(units, person, each.unit)
    )
    _end(uow, beyond, now)


def recognised(store: Store, clock: Clock, words: str) -> ApiToken | None:
    """Give the good token that words stand for; None for any others."""
    now = clock.now()
    token, _, secret = words.partition(".")
    with store.reading() as uow:
        known = uow.api_tokens.get(token)
    if known is None or not compare_digest(known.secret_sha256, _hash(secret)) or not known.is_good(now):
        return None
    if known.used_at is None or now - known.used_at >= SEEN_EVERY:
        with store.writing() as uow:
            newest = uow.api_tokens.get(token) or known
            uow.api_tokens.put(replace(newest, used_at=now))
            uow.commit()
    return known


def acting(store: Store, clock: Clock, token: ApiToken, scope: Scope) -> Person:
    """Give the person a token acts as in one scope: nowhere but below its unit, with the roles of the scope alone.

    Raises:
        NotAllowed: `api_token.scope` for a token without the scope; `api_token.person` where its person's account was
            closed or has ended, or has no role for the token's unit, or for the scope, any more.
    """
    if scope not in token.scopes:
        raise NotAllowed("api_token.scope", scope=scope)
    with store.reading() as uow:
        person = uow.people.get(token.person)
        if person is None or not person.serves(clock.now()) or not _is_here(uow.places.units(), person, token.unit):
            raise NotAllowed("api_token.person")
    if scope not in scopes_of(person):
        raise NotAllowed("api_token.person")
    roles = frozenset({Role.INSPECTOR}) if scope in _TO_READ else person.roles & ROLES[scope]
    return replace(person, unit=token.unit, also_units=frozenset(), roles=roles)


def scopes_of(person: Person) -> frozenset[Scope]:
    """Give what a token of a person may be for."""
    return frozenset(scope for scope, roles in ROLES.items() if not roles.isdisjoint(person.roles))


def _is_here(units: Units, person: Person, unit: UnitId) -> bool:
    """Tell whether somebody has any role for a unit, be it only that of handing in."""
    return may(units, person, unit, *ANY_ROLE) or may(units, person, unit, Role.CONTRIBUTOR)


def _end(uow: UnitOfWork, tokens: Iterable[ApiToken], now: datetime) -> None:
    for each in tokens:
        if each.is_good(now):
            uow.api_tokens.put(replace(each, revoked_at=now))
            note(uow, now, None, "api_token.ended", subject=each.id, unit=each.unit, name=each.name)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
