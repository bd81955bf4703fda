"""What was heard: the log with its verdicts, and who was reached. To read only."""

from datetime import datetime, timedelta

from apiflask import APIBlueprint
from pydantic import Field

from schedules.coverage import Reach
from schedules.ids import UnitId, ZoneId
from schedules.reconciliation import Verdict
from schedules.times import Span
from server.api import asking
from server.api.centre import centre
from server.api.pages import Page, page_of
from server.api.shapes import Answer, Day, Instant, Line, Name, Sent
from server.api.views import reads
from server.errors import Unacceptable
from server.services import log as services
from server.services.audit import note_reading
from server.services.coverages import By, coverage_of
from server.services.judged_plays import Row
from server.values import Person

log = APIBlueprint("log", __name__, tag="Log")

LONGEST = timedelta(days=31)
"""Of one request: every verdict of the stretch is found anew for each page of it."""


class Stretch(Page):
    """Which part of the log is wanted: what was planned to start in `[since, until)`."""

    since: Instant
    until: Instant
    verdict: Verdict | None = None
    zone: Name | None = None
    text: Line = Field(default="", description="In titles.")

    def span(self) -> Span:
        """Give the stretch of time.

        Raises:
            Unacceptable: `api.stretch` (field `until`) where it is empty or longer than a month.
        """
        if not timedelta(0) < self.until - self.since <= LONGEST:
            raise Unacceptable("api.stretch", "until", days=LONGEST.days)
        return Span(self.since, self.until)


class RowShown(Answer):
    """One occurrence at one loudspeaker."""

    zone: str
    loudspeaker: str
    occurrence: str
    title: str
    planned_start: datetime
    planned_end: datetime
    verdict: Verdict
    reason: str
    started_at: datetime | None
    ended_at: datetime | None
    played_ms: int


class Log(Answer):
    """A page of the log; the counts are over the whole stretch, whatever the verdict asked for."""

    rows: list[RowShown]
    counts: dict[str, int]
    complete: bool = Field(description="Everybody has reported up to the last item that is over.")
    next: str | None


class Stretched(Sent):
    """Which local days are wanted, and what the rows are."""

    first: Day
    last: Day
    by: By = By.PROGRAMME


class ReachShown(Answer):
    """What plays come to; each zone's people count once."""

    planned: int
    verdicts: dict[str, int]
    sounded_seconds: float
    zones: int
    households: int
    residents: int


class SortedShown(ReachShown):
    """The plays of one programme, campaign, language, topic or unit."""

    key: str
    name: str


class Coverage(Answer):
    """Who was reached, all in all and sorted."""

    whole: ReachShown
    rows: list[SortedShown]


@reads(log, "/units/<unit>/log", Log, asks=Stretch)
def rows(person: Person, unit: str, query: Stretch) -> Log:
    """Give what was planned and heard below a unit, by planned start; the reading is noted in the audit trail."""
    found = services.verdicts(
        centre().store,
        centre().clock,
        person,
        UnitId(unit),
        span=query.span(),
        only=() if query.verdict is None else (query.verdict,),
        zones=() if query.zone is None else (ZoneId(query.zone),),
        text=query.text,
    )
    shown, after = page_of(found.rows, _key, query)
    _note(person, unit, f"log {query.since:%Y%m%d}-{query.until:%Y%m%d}")
    return Log(
        rows=[row_shown(each) for each in shown],
        counts={verdict.value: count for verdict, count in found.counts.items()},
        complete=found.coverage.complete,
        next=after,
    )


@reads(log, "/units/<unit>/coverage", Coverage, asks=Stretched)
def coverage(person: Person, unit: str, query: Stretched) -> Coverage:
    """Give who was reached below a unit, from the loudspeakers' own word; the reading is noted as well."""
    found = coverage_of(
        centre().store, centre().clock, person, UnitId(unit), first=query.first, last=query.last, by=query.by
    )
    _note(person, unit, f"coverage {query.first:%Y%m%d}-{query.last:%Y%m%d}")
    rows = [SortedShown(key=each.key, name=each.name, **_reach(each.reach).model_dump()) for each in found.rows]
    return Coverage(whole=_reach(found.whole), rows=rows)


def _note(person: Person, unit: str, what: str) -> None:
    note_reading(centre().store, centre().clock, person, what=what, unit=UnitId(unit), token=asking.token().id)


def _key(row: Row) -> tuple[str, ...]:
    return row.planned.start.isoformat(), row.zone.id, row.loudspeaker.id, row.occurrence


def row_shown(row: Row) -> RowShown:
    """Give a row of the log as it is answered."""
    finding = row.finding
    return RowShown(
        zone=row.zone.id,
        loudspeaker=row.loudspeaker.id,
        occurrence=row.occurrence,
        title=row.title,
        planned_start=row.planned.start,
        planned_end=row.planned.end,
        verdict=finding.verdict,
        reason=finding.reason,
        started_at=finding.started_at,
        ended_at=finding.ended_at,
        played_ms=finding.played_ms,
    )


def _reach(reach: Reach) -> ReachShown:
    return ReachShown(
        planned=reach.planned,
        verdicts={verdict.value: count for verdict, count in reach.verdicts.items()},
        sounded_seconds=reach.sounded.total_seconds(),
        zones=len(reach.zones),
        households=reach.households,
        residents=reach.residents,
    )
