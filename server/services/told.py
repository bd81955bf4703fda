"""What a holder is told of their account: what somebody gave, took or reset, on their pages and by mail.

The audit trail is the source, and keeps which mail went out. It must not choose words, nor speak SMTP.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.ids import PersonId
from server.ports import Clock, NobodyThere, Post, Store, UnitOfWork
from server.services.audit_names import Names, names_of
from server.services.grants import TOLD_FOR
from server.services.people import normal_login
from server.services.trail import note
from server.values import AuditLine, Person

log = logging.getLogger(__name__)

MAILED_WITHIN = timedelta(days=2)
"""What could not be mailed for so long stands on the pages alone."""
MOST_FAILURES = 3
"""Letters that a mail server does not take before the rest waits; one for an address that is none is no such letter."""

_BY_OTHERS = (
    "emergency_right.ended",
    "factor.reset",
    "grant.called_off",
    "person.changed",
    "person.password_given",
)
_BY_MAIL = (
    *_BY_OTHERS,
    "emergency_right.given",
    "factor.confirmed",
    "factor.recovery_renewed",
    "factor.removed",
    "grant.agreed",
    "grant.holds",
    "person.closed",
    "person.ended",
    "person.password_changed",
)
"""Also what holders did themselves: it may have been somebody at their screen."""
_SENT = "person.told"
_SEEN = "person.news_seen"


@dataclass(frozen=True, slots=True)
class News:
    """What others lately changed of an account.

    Attributes:
        lines: of what was taken or reset since the holder last said to have read it, the oldest first.
        seen_at: when that was; None: not lately.
    """

    lines: tuple[AuditLine, ...]
    seen_at: datetime | None


def told(uow: UnitOfWork, person: Person, now: datetime) -> News:
    """Give what others took or reset and the holder has not read; what two of them give is in `grants.about`."""
    found = uow.audit.about([person.id], (*_BY_OTHERS, _SEEN), since=now - TOLD_FOR)
    seen_at = max((_seen_until(each) for each in found if each.action == _SEEN), default=None)
    others = (each for each in found if each.by != person.id and _is_news(each))
    return News(tuple(each for each in others if seen_at is None or seen_at < each.at), seen_at)


def read(store: Store, clock: Clock, person: Person, *, until: datetime) -> None:
    """Keep that somebody has read what was changed of their account until their page was made, and nothing later."""
    now = clock.now()
    with store.writing() as uow:
        until_text = min(until, now).isoformat()
        note(uow, now, person, _SEEN, subject=person.id, unit=person.unit, until=until_text)
        uow.commit()


def mail(
    store: Store,
    clock: Clock,
    post: Post,
    addresses: Mapping[str, Sequence[str]],
    words: Callable[[AuditLine, Names, Person], tuple[str, str]],
) -> int:
    """Mail what was not mailed yet to the holders whose addresses are known; tell how many letters left.

    Args:
        store: read; each letter that was taken is a line of the audit trail.
        clock: tells what is too old.
        post: the way to the mail server.
        addresses: by login.
        words: give a line about a person as subject and text.
    """
    now = clock.now()
    with store.reading() as uow:
        known = {login: uow.people.by_login(normal_login(login)) for login in addresses}
        holders = {person.id: (person, addresses[login]) for login, person in known.items() if person is not None}
        lines = uow.audit.about(holders, (*_BY_MAIL, _SENT), since=now - MAILED_WITHIN)
        sent = {(each.subject, each.details.get("of"), each.details.get("line_at")) for each in lines}
        waiting = [each for each in lines if each.action != _SENT and _is_news(each) and _mark(each) not in sent]
        names = names_of(uow, waiting) if waiting else None
    left, failures, failed = 0, 0, set[PersonId]()
    for each in waiting:
        holder, to = holders[PersonId(each.subject)]
        if names is None or holder.id in failed or failures >= MOST_FAILURES:
            continue
        subject, text = words(each, names, holder)
        try:
            post.write(subject, text, to=to)
        except OSError as error:
            log.warning("holder_not_mailed person=%s action=%s error=%s", holder.id, each.action, error)
            failed.add(holder.id)
            failures += not isinstance(error, NobodyThere)
            continue
        with store.writing() as uow:
            _, of, line_at = _mark(each)
            note(uow, clock.now(), None, _SENT, subject=holder.id, unit=each.unit, of=of, line_at=line_at)
            uow.commit()
        left += 1
    return left


def _seen_until(line: AuditLine) -> datetime:
    """Give until when somebody has read; lines of an earlier release say it by their own moment."""
    until = line.details.get("until")
    return datetime.fromisoformat(until) if isinstance(until, str) else line.at


def _mark(line: AuditLine) -> tuple[str, str, str]:
    return line.subject, line.action, line.at.isoformat()


def _is_news(line: AuditLine) -> bool:
    """Tell whether a line changed what somebody holds; another name does not."""
    before, after = (line.details.get(each) for each in ("before", "after"))
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return True
    return any(before.get(each) != after.get(each) for each in ("roles", "also_units", "ends", "active"))
