"""The audit trail: who did what, when. To read, for administrators and inspectors."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from schedules.errors import ScheduleError
from schedules.ids import PersonId, UnitId
from schedules.times import MILLISECOND, Span, instant_of, instant_text
from server.api.centre import centre
from server.api.pages import Cursor, read, written
from server.api.shapes import Answer, Instant, Name, Sent
from server.api.views import reads
from server.errors import Unacceptable
from server.services import audit as services
from server.token_records import Scope
from server.values import AuditLine, Person

audit = APIBlueprint("audit", __name__, tag="Audit")

_LAST_PAGE = 1_000_000


class Trail(Sent):
    """Which lines are wanted."""

    cursor: Cursor = ""
    by: Name | None = Field(default=None, description="Id of who did it.")
    subject: str = Field(default="", max_length=40, pattern="^[a-z_]*$", description="What it is about: programme.")
    since: Instant | None = None
    until: Instant | None = None


class LineShown(Answer):
    """One line."""

    at: datetime
    by: str | None
    name: str
    action: str
    subject: str
    unit: str | None
    details: dict[str, Any]


class Lines(Answer):
    """A page of lines, the newest first."""

    lines: list[LineShown]
    next: str | None


@reads(audit, "/units/<unit>/audit", Lines, asks=Trail, scope=Scope.AUDIT)
def listed(person: Person, unit: str, query: Trail) -> Lines:
    """Give what was done in a unit and all below it, the newest first."""
    until, page = _begun(query)
    since = query.since or datetime(2000, 1, 1, tzinfo=UTC)
    if since > until:
        raise Unacceptable("api.stretch_backwards", "until")
    found = services.read(
        centre().store,
        person,
        UnitId(unit),
        by=None if query.by is None else PersonId(query.by),
        subject=query.subject,
        span=Span(since, until),
        page=page,
    )
    after = written((instant_text(until), str(page + 1))) if found.more else None
    return Lines(lines=[_shown(each, found.names.people) for each in found.lines], next=after)


def _begun(query: Trail) -> tuple[datetime, int]:
    """Give until when the first page looked, so that later lines shift nothing, and the number of the page."""
    known = read(query.cursor)
    if known is None:
        return query.until or centre().clock.now() + MILLISECOND, 1
    try:
        until, page = known
        if not 1 < int(page) < _LAST_PAGE:
            raise ValueError(page)
        return instant_of(until), int(page)
    except (ValueError, ScheduleError):
        raise Unacceptable("api.cursor", "cursor") from None


def _shown(line: AuditLine, names: Mapping[str, str]) -> LineShown:
    return LineShown(
        at=line.at,
        by=line.by,
        name=names.get(line.by or "", ""),
        action=line.action,
        subject=line.subject,
        unit=line.unit,
        details=dict(line.details),
    )
