"""What was planned, issued and published, in the database. It must not plan, number or sign."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy.orm import Session

from schedules.catching_up import Missed
from schedules.ids import LoudspeakerId, OccurrenceId, PersonId, ProgrammeId, SlotId, ZoneId
from schedules.rundown import RundownItem
from schedules.times import DAY, Span
from schedules.wire.rows import Tables
from server.issue_records import IssuedRundown, Promised, Revision, Settled, SilenceOrder, ZoneMark
from server.store.in_force import InForce, Replaced
from server.store.ledger import SqlLedger
from server.store.planned import PlannedItems
from server.store.rows import (
    AssignmentMarkRow,
    MissedRow,
    SilenceRow,
    TrustFollowedRow,
    TrustListRow,
    ZoneMarkRow,
)


class SqlIssue:
    """See `issue_port.Issue`."""

    def __init__(self, session: Session, ledger: SqlLedger) -> None:
        self._session = session
        self._ledger = ledger
        self._in_force = InForce(session)
        self._planned = PlannedItems(session, self._in_force)

    def want(self, zones: Iterable[ZoneId]) -> None:
        """Raise `wanted` of zones by one."""
        raised = update(ZoneMarkRow).where(ZoneMarkRow.zone.in_(list(zones))).values(wanted=ZoneMarkRow.wanted + 1)
        self._session.execute(raised, execution_options={"synchronize_session": False})

    def marks(
        self, zones: Iterable[ZoneId] | None = None, *, unsettled_only: bool = False, unplanned_only: bool = False
    ) -> Sequence[ZoneMark]:
        """Give the marks of zones, in order of zone."""
        row = ZoneMarkRow
        query = select(row).order_by(row.zone).execution_options(populate_existing=True)
        if zones is not None:
            query = query.where(row.zone.in_(list(zones)))
        if unsettled_only:
            query = query.where((row.wanted != row.planned_from) | (row.issued_revision != row.published_revision))
        if unplanned_only:
            query = query.where(row.wanted != row.planned_from)
        return [_mark(each) for each in self._session.scalars(query)]

    def mark(self, zone: ZoneId) -> ZoneMark | None:
        """Give the mark of one zone."""
        row = self._session.get(ZoneMarkRow, zone, populate_existing=True)
        return None if row is None else _mark(row)

    def issued(self, zone: ZoneId) -> IssuedRundown | None:
        """Give the rundown in force of a zone; None where there is none that can be read."""
        return self._in_force.rundown(zone)

    def in_force(self, zones: Iterable[ZoneId]) -> Mapping[ZoneId, Tables]:
        """Give the rundowns in force as tables, where there are any that can be read."""
        return self._in_force.tables(zones)

    def envelope(self, zone: ZoneId) -> bytes:
        """Give the signed bytes of the rundown in force; empty where there is none."""
        return self._in_force.envelope(zone)

    def settle(self, settled: Iterable[Settled]) -> None:
        """Store the next rundowns, what they leave behind, and the marks of all."""
        given = list(settled)
        replaced = [Replaced.by(each.issued, each.before) for each in given if each.issued is not None]
        left = self._planned.leave(replaced)
        self._ledger.note_revisions(self._in_force.replace(replaced), left)
        if given:
            self._session.connection().execute(_SETTLING, [_settling(each) for each in given])

    def revision(self, zone: ZoneId, number: int) -> Revision | None:
        """Give what is left of a rundown that was issued."""
        return self._in_force.revision(zone, number)

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

    def planned(
        self, span: Span, zones: Iterable[ZoneId], *, programmes: Iterable[ProgrammeId] | None = None
    ) -> Sequence[tuple[ZoneId, RundownItem]]:
        """Give the planned items that start inside a span and were not withdrawn, in order of start."""
        return self._planned.inside(span, zones, programmes=programmes)

    def promised(
        self, wanted: Collection[tuple[ZoneId, OccurrenceId]]
    ) -> Mapping[tuple[ZoneId, OccurrenceId], Promised]:
        """Give what was last said of planned items, withdrawn ones too, where there are any."""
        return self._planned.promised(wanted)

    def planned_item(self, zone: ZoneId, occurrence: OccurrenceId) -> RundownItem | None:
        """Give a planned item, a withdrawn one too."""
        return self._planned.item(zone, occurrence)

    def missed(self, *, zones: Iterable[ZoneId] | None = None) -> Sequence[Missed]:
        """Give what was missed in the last two days of which anything is known."""
        newest = self._session.scalar(select(func.max(MissedRow.known)))
        if newest is None:
            return []
        query = select(MissedRow).where(MissedRow.known > newest - 2 * DAY)
        if zones is not None:
            query = query.where(MissedRow.zone.in_(list(zones)))
        rows = self._session.scalars(query.order_by(MissedRow.zone, MissedRow.starts_at, MissedRow.occurrence))
        return [
            Missed(
                zone=ZoneId(row.zone),
                occurrence=OccurrenceId(row.occurrence),
                slot=SlotId(row.slot),
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                known=row.known,
            )
            for row in rows
        ]

    def miss(self, missed: Iterable[Missed]) -> None:
        """Keep what was missed; what is known already stays as it is."""
        for each in missed:
            if self._session.get(MissedRow, (each.zone, each.occurrence)) is None:
                self._session.add(MissedRow(**asdict(each)))
        self._session.flush()

    def is_in_force(self, sha256: str) -> bool:
        """Tell whether some rundown in force names a recording."""
        return self._in_force.names(sha256)

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

    def assignment_numbers(self, *, unsettled_only: bool = False) -> Sequence[tuple[LoudspeakerId, int, int]]:
        """Give, per loudspeaker, the number its assignment should have and the one last published."""
        mark = AssignmentMarkRow
        query = select(mark.loudspeaker, mark.wanted, mark.published).order_by(mark.loudspeaker)
        if unsettled_only:
            query = query.where(mark.wanted != mark.published)
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

    def trust_followed(self) -> int:
        """Give the number of the newest trust list under which everything was wanted again."""
        return self._session.scalar(select(func.max(TrustFollowedRow.number))) or 0

    def follow_trust(self, number: int) -> None:
        """Want everything again that is in force, since it goes by an older trust list."""
        self._session.add(TrustFollowedRow(number=number))
        self._session.flush()
        self.want_all_again()

    def want_all_again(self) -> None:
        """Want everything again that is in force, as if none of it had been published."""
        mark = ZoneMarkRow
        for again in (
            update(mark).where(mark.issued_revision > 0).values(wanted=mark.wanted + 1, planned_for=None),
            update(SilenceRow).values(published=False),
            update(AssignmentMarkRow).values(published=0),
        ):
            self._session.execute(again, execution_options={"synchronize_session": False})

    def _set_mark(self, zone: ZoneId, **values: object) -> None:
        marked = update(ZoneMarkRow).where(ZoneMarkRow.zone == zone).values(values)
        self._session.execute(marked, execution_options={"synchronize_session": False})


_MARKS = ZoneMarkRow.__table__
_SETTLING = (
    update(ZoneMarkRow)
    .where(_MARKS.c.zone == bindparam("of"))
    .values(
        planned_from=bindparam("seen"),
        planned_for=bindparam("day"),
        issued_revision=func.coalesce(bindparam("number"), _MARKS.c.issued_revision),
    )
)


def _settling(settled: Settled) -> dict[str, object]:
    number = None if settled.issued is None else settled.issued.rundown.revision
    return {"of": settled.zone, "seen": settled.planned_from, "day": settled.planned_for, "number": number}


def _mark(row: ZoneMarkRow) -> ZoneMark:
    return ZoneMark(
        zone=ZoneId(row.zone),
        wanted=row.wanted,
        planned_from=row.planned_from,
        issued_revision=row.issued_revision,
        published_revision=row.published_revision,
        planned_for=row.planned_for,
    )
