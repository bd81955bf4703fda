"""The second factor: drawn, proved, asked for at each sign-in, and what helps whoever lost the telephone.

It must not know a session, nor how codes are made.
"""

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

from schedules.ids import PersonId
from server.account_records import Factor
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, OneTimeCodes, PasswordHashing, Store
from server.services import grants
from server.services.rights import require
from server.services.trail import note
from server.values import Person, Reset, Role

GRACE = timedelta(days=7)
"""How long whoever must have a factor may put it off after being asked first."""

TRIES = 5
"""Wrong codes in a row before none is looked at for a while."""

LOCKED_FOR = timedelta(minutes=15)
RECOVERY_CODES = 10


def factor_of(store: Store, person: PersonId) -> Factor | None:
    """Give a person's own factor, confirmed or not."""
    with store.reading() as uow:
        return uow.factors.get(person)


def guards(store: Store, person: PersonId) -> bool:
    """Tell whether a sign-in asks for a code."""
    factor = factor_of(store, person)
    return factor is not None and factor.confirmed_at is not None


def ask_in_time(store: Store, clock: Clock, person: Person) -> bool:
    """Ask whoever must have a factor and has none for one; tell whether the person is asked."""
    now = clock.now()
    with store.reading() as uow:
        factor = uow.factors.get(person.id)
        if (factor is not None and factor.confirmed_at is not None) or not grants.weighty(uow, person, now):
            return False
    if factor is None:
        with store.writing() as uow:
            uow.factors.put(Factor(person=person.id, since=now))
            uow.commit()
    return True


def overdue(store: Store, clock: Clock, person: Person) -> bool:
    """Tell whether a person must have a factor before anything else: they were asked long enough."""
    with store.reading() as uow:
        factor = uow.factors.get(person.id)
        if factor is not None and (factor.confirmed_at is not None or clock.now() < factor.since + GRACE):
            return False
        return factor is not None and grants.weighty(uow, person, clock.now())


def draw(store: Store, clock: Clock, codes: OneTimeCodes, person: Person) -> Factor:
    """Draw a secret for a person who has no factor yet; one that was not confirmed is forgotten.

    Raises:
        Unacceptable: `factor.there_already`.
    """
    with store.writing() as uow:
        known = uow.factors.get(person.id)
        if known is not None and known.confirmed_at is not None:
            raise Unacceptable("factor.there_already", "code")
        fresh = Factor(person=person.id, since=known.since if known is not None else clock.now(), sealed=codes.draw())
        uow.factors.put(fresh)
        uow.commit()
    return fresh


def confirm(store: Store, clock: Clock, codes: OneTimeCodes, person: Person, *, code: str) -> tuple[str, ...]:
    """Take the first code: from now on sign-ins ask for one. Gives the recovery codes, which are not kept.

    Raises:
        NotFound: `factor.none` where no secret was drawn.
        Unacceptable: `factor.wrong` (field `code`), `factor.there_already`.
    """
    now = clock.now()
    with store.writing() as uow:
        known = uow.factors.get(person.id)
        if known is None or not known.sealed:
            raise NotFound("factor.none")
        if known.confirmed_at is not None:
            raise Unacceptable("factor.there_already", "code")
        step = codes.step(known.sealed, _bare(code), now)
        if step is None:
            raise Unacceptable("factor.wrong", "code")
        recovery = tuple(codes.recovery() for _ in range(RECOVERY_CODES))
        kept = tuple(codes.digest(_bare(each)) for each in recovery)
        uow.factors.put(replace(known, confirmed_at=now, last_step=step, recovery=kept))
        note(uow, now, person, "factor.confirmed", subject=person.id, unit=person.unit)
        uow.commit()
    return recovery


def renew_recovery(
    store: Store,
    clock: Clock,
    codes: OneTimeCodes,
    hashing: PasswordHashing,
    person: Person,
    *,
    password: str,
    code: str,
) -> tuple[str, ...]:
    """Give other recovery codes, for the password and a code of the telephone; those from before are void.

    Raises:
        Unacceptable: `password.wrong` (field `password`).
        NotAllowed: as for `check`; a recovery code will not do.
    """
    if not hashing.verify(person.password_hash, password):
        raise Unacceptable("password.wrong", "password")
    check(store, clock, codes, person, code=code, recovery=False)
    fresh, now = tuple(codes.recovery() for _ in range(RECOVERY_CODES)), clock.now()
    with store.writing() as uow:
        known = uow.factors.get(person.id)
        if known is None or known.confirmed_at is None:
            raise NotAllowed("factor.none")
        uow.factors.put(replace(known, recovery=tuple(codes.digest(_bare(each)) for each in fresh)))
        note(uow, now, person, "factor.recovery_renewed", subject=person.id, unit=person.unit)
        uow.commit()
    return fresh


def check(store: Store, clock: Clock, codes: OneTimeCodes, person: Person, *, code: str, recovery: bool = True) -> None:
    """Take a code of the telephone or, where it will do, a recovery code; each once.

    Raises:
        NotAllowed: `factor.none`; `factor.locked` after too many wrong ones; `factor.wrong`, also for a used one;
            `factor.key_lost` where nobody can tell.
    """
    now, bare = clock.now(), _bare(code)
    with store.writing() as uow:
        known = uow.factors.get(person.id)
        if known is None or known.confirmed_at is None:
            raise NotAllowed("factor.none")
        if known.wrong >= TRIES and known.wrong_at is not None and now < known.wrong_at + LOCKED_FOR:
            raise NotAllowed("factor.locked", minutes=int(LOCKED_FOR.total_seconds()) // 60)
        passed, by = _used(codes, known, bare, now)
        if by == "recovery" and not recovery:
            passed = None
        if passed is None:
            wrong = 1 if known.wrong >= TRIES else known.wrong + 1
            uow.factors.put(replace(known, wrong=wrong, wrong_at=now))
            note(uow, now, person, "factor.refused", subject=person.id, unit=person.unit)
            uow.commit()
            raise NotAllowed("factor.wrong")
        uow.factors.put(replace(passed, wrong=0, wrong_at=None))
        note(uow, now, person, "factor.passed", subject=person.id, unit=person.unit, by=by, left=len(passed.recovery))
        uow.commit()


def remove(store: Store, clock: Clock, hashing: PasswordHashing, person: Person, *, password: str) -> None:
    """Take one's own factor away, for the password: an unwatched screen is not enough.

    Raises:
        NotAllowed: `factor.required` for whoever must have one.
        Unacceptable: `password.wrong` (field `password`).
    """
    now = clock.now()
    if not hashing.verify(person.password_hash, password):
        raise Unacceptable("password.wrong", "password")
    with store.writing() as uow:
        if grants.weighty(uow, person, now):
            raise NotAllowed("factor.required")
        uow.factors.remove(person.id)
        note(uow, now, person, "factor.removed", subject=person.id, unit=person.unit)
        uow.commit()


def reset(store: Store, clock: Clock, by: Person, person: PersonId) -> bool:
    """Take somebody's factor away, or ask for that where it takes two; tell whether it is done.

    Raises:
        NotFound: `person.unknown`.
        NotAllowed: `rights.missing` unless `by` administers the person's unit; `grant.own` for oneself.
        Unacceptable: `grant.asked_already`.
    """
    now = clock.now()
    with store.writing() as uow:
        known = uow.people.get(person)
        if known is None:
            raise NotFound("person.unknown")
        require(uow.places.units(), by, known.unit, Role.ADMINISTRATOR)
        if person == by.id:
            raise NotAllowed("grant.own")
        two = grants.weighty(uow, known, now)
        if not two:
            grants.take_factor(uow, known, now)
            note(uow, now, by, "factor.reset", subject=person, unit=known.unit)
            uow.commit()
    if two:
        grants.ask_reset(store, clock, by, person=person, reset=Reset.FACTOR)
    return not two


def _used(codes: OneTimeCodes, known: Factor, bare: str, now: datetime) -> tuple[Factor | None, str]:
    """Give the factor after a code was used up, and what it was; None for one that is wrong or was used before."""
    step = codes.step(known.sealed, bare, now)
    if bare.isdecimal():
        return (None if step is None or step <= known.last_step else replace(known, last_step=step)), "code"
    digest = codes.digest(bare)
    if digest not in known.recovery:
        return None, "recovery"
    return replace(known, recovery=tuple(each for each in known.recovery if each != digest)), "recovery"


def _bare(code: str) -> str:
    """Give a code as it is compared: digits of a full-width keyboard are digits."""
    return "".join(unicodedata.normalize("NFKC", code).split()).replace("-", "").lower()
