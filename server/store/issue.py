"""What was planned, issued and published, in the database. It must not plan, number or sign."""

import logging
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session

from schedules.errors import WireError
from schedules.ids import LoudspeakerId, OccurrenceId, PersonId, Sha256, ZoneId
from schedules.rundown import Rundown, RundownItem
from schedules.times import Span
from schedules.wire.codec import decoded
from schedules.wire.messages import RundownIssued
from schedules.wire.seal import envelope_of
from server.store.planned import PlannedItems
from server.store.rows import (
    AssignmentMarkRow,
    ChannelRow,
    IssuedRecordingRow,
    IssuedRow,
    SilenceRow,
    TrustListRow,
    ZoneMarkRow,
)
from server.store.statements import inserting
from server.store.trees import recording_of
from server.values import IssuedRundown, SilenceOrder, ZoneMark

log = logging.getLogger(__name__)


class SqlIssue:
    """See `ports.Issue`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._planned = PlannedItems(session)

    def want(self, zones: Iterable[ZoneId]) -> None:
        """Raise `wanted` of zones by one."""
        raised = update(ZoneMarkRow).where(ZoneMarkRow.zone.in_(list(zones))).values(wanted=ZoneMarkRow.wanted + 1)
        self._session.execute(raised, execution_options={"synchronize_session": False})

    def marks(self, *, unsettled_only: bool = False) -> Sequence[ZoneMark]:
        """Give the marks of zones, in order of zone."""
        row = ZoneMarkRow
        query = select(row).order_by(row.zone).execution_options(populate_existing=True)
        if unsettled_only:
            query = query.where((row.wanted != row.planned_from) | (row.issued_revision != row.published_revision))
        return [_mark(each) for each in self._session.scalars(query)]

    def mark(self, zone: ZoneId) -> ZoneMark | None:
        """Give the mark of one zone."""
        row = self._session.get(ZoneMarkRow, zone, populate_existing=True)
        return None if row is None else _mark(row)

    def issued(self, zone: ZoneId) -> IssuedRundown | None:
        """Give the rundown in force of a zone; None where there is none that can be read."""
        row = self._session.execute(
            select(IssuedRow.envelope, IssuedRow.issued_at).where(IssuedRow.zone == zone)
        ).one_or_none()
        if row is None:
            return None
        try:
            message = decoded(RundownIssued, envelope_of(row.envelope).payload)
        except WireError as error:  # one damaged row must not keep the next rundown from being issued
            log.exception("issued_unreadable zone=%s code=%s", zone, error.code)
            return None
        return IssuedRundown(rundown=message.rundown, envelope=row.envelope, issued_at=row.issued_at)

    def envelope(self, zone: ZoneId) -> bytes:
        """Give the signed bytes of the rundown in force; empty where there is none."""
        return self._session.scalar(select(IssuedRow.envelope).where(IssuedRow.zone == zone)) or b""

    def put_issued(self, issued: IssuedRundown, *, planned_from: int, planned_for: date) -> None:
        """Store a new rundown and its planned items; the zone's mark follows."""
        rundown = issued.rundown
        before = self.issued(rundown.zone)
        self._planned.put(issued, before=None if before is None else before.rundown)
        self._put_envelope(issued)
        self._put_recordings(rundown)
        self._set_mark(
            rundown.zone, planned_from=planned_from, planned_for=planned_for, issued_revision=rundown.revision
        )

    def settle_unchanged(self, zone: ZoneId, *, planned_from: int, planned_for: date) -> None:
        """Note that planning gave the same items ahead."""
        self._set_mark(zone, planned_from=planned_from, planned_for=planned_for)

    def published(self, zone: ZoneId, revision: int) -> None:
        """Note the revision the broker has confirmed."""
        self._set_mark(zone, published_revision=revision)

    def newest_published(self) -> int:
        """Give the highest number the broker has confirmed."""
        highest = (
            select(func.max(ZoneMarkRow.published_revision)),
            select(func.max(AssignmentMarkRow.published)),
            select(func.max(SilenceRow.number)).where(SilenceRow.published),
        )
        return max(self._session.scalar(query) or 0 for query in highest)

    def unpublish_after(self, number: int) -> None:
        """Note that a broker lost what was published under higher numbers."""
        for lost in (
            update(ZoneMarkRow).where(ZoneMarkRow.published_revision > number).values(published_revision=0),
            update(SilenceRow).where(SilenceRow.number > number).values(published=False),
            update(AssignmentMarkRow).where(AssignmentMarkRow.published > number).values(published=0),
        ):
            self._session.execute(lost, execution_options={"synchronize_session": False})

    def planned(self, span: Span, zones: Iterable[ZoneId]) -> Sequence[tuple[ZoneId, RundownItem]]:
        """Give the planned items that start inside a span and were not withdrawn, in order of start."""
        return self._planned.inside(span, zones)

    def planned_item(self, zone: ZoneId, occurrence: OccurrenceId) -> RundownItem | None:
        """Give a planned item, a withdrawn one too."""
        return self._planned.item(zone, occurrence)

    def is_in_force(self, sha256: str) -> bool:
        """Tell whether some rundown or assignment in force names a recording."""
        named = select(IssuedRecordingRow.sha256).where(IssuedRecordingRow.sha256 == sha256).limit(1)
        fallbacks = (recording_of(tree) for tree in self._session.scalars(select(ChannelRow.fallback)))
        return self._session.scalar(named) is not None or any(each and each.sha256 == sha256 for each in fallbacks)

    def silences(self) -> Sequence[SilenceOrder]:
        """Give the newest order per audience."""
        newest = select(SilenceRow.audience, func.max(SilenceRow.number).label("number")).group_by(SilenceRow.audience)
        chosen = newest.subquery()
        table = SilenceRow.__table__
        query = select(table).join(
            chosen, (table.c.audience == chosen.c.audience) & (table.c.number == chosen.c.number)
        )
        return [
            SilenceOrder(
                audience=row.audience,
                number=row.number,
                ordered=row.ordered,
                until=row.until,
                spares_emergencies=row.spares_emergencies,
                by=PersonId(row.by),
                at=row.at,
                published=row.published,
            )
            for row in self._session.execute(query.order_by(table.c.audience))
        ]

    def put_silence(self, order: SilenceOrder) -> None:
        """Keep an order about silence."""
        row = SilenceRow(
            audience=order.audience,
            number=order.number,
            ordered=order.ordered,
            until=order.until,
            spares_emergencies=order.spares_emergencies,
            by=order.by,
            at=order.at,
            published=order.published,
        )
        self._session.merge(row)
        self._session.flush()

    def silence_published(self, audience: str, number: int) -> None:
        """Note that the broker has confirmed an order."""
        row = SilenceRow
        told = update(row).where(row.audience == audience, row.number == number).values(published=True)
        self._session.execute(told, execution_options={"synchronize_session": False})

    def assignment_numbers(self) -> Sequence[tuple[LoudspeakerId, int, int]]:
        """Give, per loudspeaker, the number its assignment should have and the one last published."""
        mark = AssignmentMarkRow
        query = select(mark.loudspeaker, mark.wanted, mark.published).order_by(mark.loudspeaker)
        return [(LoudspeakerId(row.loudspeaker), row.wanted, row.published) for row in self._session.execute(query)]

    def assignment_number(self, loudspeaker: LoudspeakerId) -> int:
        """Give the number of the assignment last published."""
        row = AssignmentMarkRow
        return self._session.scalar(select(row.published).where(row.loudspeaker == loudspeaker)) or 0

    def want_assignment(self, loudspeakers: Iterable[LoudspeakerId]) -> None:
        """Raise the number the assignments of loudspeakers should have."""
        mark = AssignmentMarkRow
        raised = update(mark).where(mark.loudspeaker.in_(list(loudspeakers))).values(wanted=mark.wanted + 1)
        self._session.execute(raised, execution_options={"synchronize_session": False})

    def number_assignment(self, loudspeaker: LoudspeakerId, number: int) -> None:
        """Raise the number one assignment should have to at least this."""
        mark = AssignmentMarkRow
        higher = case((mark.wanted < number, number), else_=mark.wanted)
        numbered = update(mark).where(mark.loudspeaker == loudspeaker).values(wanted=higher)
        self._session.execute(numbered, execution_options={"synchronize_session": False})

    def assignment_published(self, loudspeaker: LoudspeakerId, number: int) -> None:
        """Note the assignment the broker has confirmed."""
        told = update(AssignmentMarkRow).where(AssignmentMarkRow.loudspeaker == loudspeaker).values(published=number)
        self._session.execute(told, execution_options={"synchronize_session": False})

    def trust_lists(self) -> Sequence[tuple[int, bytes]]:
        """Give every signed trust list by its number, the first first."""
        query = select(TrustListRow.number, TrustListRow.envelope).order_by(TrustListRow.number)
        return [(row.number, row.envelope) for row in self._session.execute(query)]

    def add_trust_list(self, number: int, envelope: bytes) -> None:
        """Keep a signed trust list."""
        self._session.add(TrustListRow(number=number, envelope=envelope))
        self._session.flush()

    def _set_mark(self, zone: ZoneId, **values: object) -> None:
        marked = update(ZoneMarkRow).where(ZoneMarkRow.zone == zone).values(values)
        self._session.execute(marked, execution_options={"synchronize_session": False})

    def _put_envelope(self, issued: IssuedRundown) -> None:
        values = {
            "revision": issued.rundown.revision,
            "envelope": issued.envelope,
            "issued_at": issued.issued_at,
        }
        insert = inserting(self._session, IssuedRow).values(zone=issued.rundown.zone, **values)
        self._session.execute(insert.on_conflict_do_update(index_elements=["zone"], set_=values))

    def _put_recordings(self, rundown: Rundown) -> None:
        table = IssuedRecordingRow
        named: set[Sha256] = {recording.sha256 for item in rundown.items for recording in item.recordings}
        before = set(self._session.scalars(select(table.sha256).where(table.zone == rundown.zone)))
        if gone := before - named:
            self._session.execute(delete(table).where(table.zone == rundown.zone, table.sha256.in_(gone)))
        if new := named - before:
            rows = [{"zone": rundown.zone, "sha256": sha256} for sha256 in sorted(new)]
            self._session.connection().execute(inserting(self._session, table), rows)


def _mark(row: ZoneMarkRow) -> ZoneMark:
    return ZoneMark(
        zone=ZoneId(row.zone),
        wanted=row.wanted,
        planned_from=row.planned_from,
        issued_revision=row.issued_revision,
        published_revision=row.published_revision,
        planned_for=row.planned_for,
    )
