"""Where people are signed in: each browser is known, shown to its owner, and ended one by one or all at once.

It must not check a password, nor know a cookie.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from server.account_records import SignIn
from server.errors import NotFound
from server.ports import Clock, Store
from server.services.new_ids import new_id
from server.services.trail import note
from server.values import Person

SEEN_EVERY = timedelta(minutes=5)
"""How exact "last seen" is: a page that is read need not write each time."""

LONGEST_DEVICE = 200

IDLE = timedelta(hours=12)
"""As long as a browser stays signed in without a word."""

LONGEST = timedelta(days=7)
"""As long as a browser stays signed in however much it is used; then it asks again."""


def begin(store: Store, clock: Clock, person: Person, *, device: str) -> SignIn:
    """Know one more browser of a person who has proved to be it."""
    now = clock.now()
    made = SignIn(
        id=new_id(now),
        person=person.id,
        device=device[:LONGEST_DEVICE],
        key=person.session_key,
        since=now,
        last_seen=now,
    )
    with store.writing() as uow:
        uow.sign_ins.put(made)
        uow.commit()
    return made


def current(store: Store, clock: Clock, sign_in: str) -> Person | None:
    """Give whom a browser belongs to; None once it, all of them or the account were ended."""
    now = clock.now()
    with store.reading() as uow:
        known = uow.sign_ins.get(sign_in)
        person = None if known is None else uow.people.get(known.person)
    if known is None or person is None or not person.serves(now):
        return None
    if known.ended_at is not None or known.key != person.session_key or not _is_awake(known, now):
        return None
    if now - known.last_seen >= SEEN_EVERY:
        with store.writing() as uow:
            fresh = uow.sign_ins.get(sign_in)
            if fresh is not None:
                uow.sign_ins.put(replace(fresh, last_seen=now))
                uow.commit()
    return person


def own(store: Store, clock: Clock, person: Person) -> tuple[SignIn, ...]:
    """Give the browsers in which a person is signed in, the newest first."""
    now = clock.now()
    with store.reading() as uow:
        found = uow.sign_ins.of(person.id)
    return tuple(each for each in found if each.key == person.session_key and _is_awake(each, now))


def end(store: Store, clock: Clock, person: Person, sign_in: str) -> None:
    """End one browser of one's own.

    Raises:
        NotFound: `sign_in.unknown` for one that is not there, or somebody else's.
    """
    now = clock.now()
    with store.writing() as uow:
        known = uow.sign_ins.get(sign_in)
        if known is None or known.person != person.id:
            raise NotFound("sign_in.unknown")
        uow.sign_ins.put(replace(known, ended_at=known.ended_at or now))
        note(uow, now, person, "person.signed_out", subject=person.id, unit=person.unit, device=known.device)
        uow.commit()


def _is_awake(known: SignIn, now: datetime) -> bool:
    return now - known.last_seen < IDLE and now - known.since < LONGEST
