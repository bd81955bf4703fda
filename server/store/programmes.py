"""Programmes, takes, slots, templates and approvals in the database. It must not decide what may be changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from schedules.approval import Approval, Subject
from schedules.ids import PersonId, ProgrammeId, SlotId, TemplateId, UnitId, ZoneId
from schedules.part import part_facts, part_of
from schedules.programme import Level, Programme
from schedules.session import SessionTemplate
from schedules.slot import CatchUp, Slot
from schedules.unit import Target
from schedules.way import Way
from server.errors import Stale
from server.store.rows import ApprovalRow, ProgrammeRow, SlotRow, SlotTargetRow, TakeRow, TemplateRow
from server.store.trees import (
    order_of,
    order_tree,
    place_trees,
    places_of,
    recording_of,
    recording_tree,
    target_of,
    target_tree,
    timing_of,
    timing_tree,
    variant_trees,
    variants_of,
)
from server.values import ApprovalWay, StoredApproval, StoredProgramme, StoredSlot, StoredTemplate, Take


class SqlProgrammes:
    """See `repositories.Programmes`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, programme: ProgrammeId) -> StoredProgramme | None:
        """Give a programme."""
        row = self._session.get(ProgrammeRow, programme)
        return None if row is None else _programme(row)

    def all(self) -> Sequence[StoredProgramme]:
        """Give every programme, the one changed last first."""
        order = (ProgrammeRow.changed_at.desc(), ProgrammeRow.id)
        return [_programme(row) for row in self._session.scalars(select(ProgrammeRow).order_by(*order))]

    def some(
        self,
        programmes: Iterable[ProgrammeId],
        *,
        for_places_of: Iterable[UnitId] = (),
        owned_by: Iterable[UnitId] = (),
    ) -> Sequence[StoredProgramme]:
        """Give programmes by id, those that some units made for places filled by rule, and all those of some units."""
        row = ProgrammeRow
        wanted = (
            row.id.in_(list(programmes))
            | (row.for_places & row.owner.in_(list(for_places_of)))
            | row.owner.in_(list(owned_by))
        )
        return [_programme(each) for each in self._bare(select(row.__table__).where(wanted).order_by(row.id))]

    def owners(self) -> frozenset[UnitId]:
        """Give the units that have programmes."""
        return frozenset(map(UnitId, self._session.scalars(select(ProgrammeRow.owner).distinct())))

    def put(self, stored: StoredProgramme, *, expected_version: int) -> None:
        """Insert (`expected_version` 0) or replace a programme."""
        self._replace(_programme_row(stored), expected_version)

    def take(self, take: str) -> Take | None:
        """Give a take."""
        row = self._session.get(TakeRow, take)
        return None if row is None else _take(row)

    def takes(self, programme: ProgrammeId) -> Sequence[Take]:
        """Give the takes of a programme, the oldest first."""
        query = select(TakeRow).where(TakeRow.programme == programme).order_by(TakeRow.made_at, TakeRow.id)
        return [_take(row) for row in self._session.scalars(query)]

    def put_take(self, take: Take) -> None:
        """Insert or replace a take."""
        self._session.merge(_take_row(take))
        self._session.flush()

    def slot(self, slot: SlotId) -> StoredSlot | None:
        """Give a slot, a removed one too."""
        row = self._session.get(SlotRow, slot)
        return None if row is None else _slot(row)

    def slots(self, *, naming: Target | None = None, catch_up: CatchUp | None = None) -> Sequence[StoredSlot]:
        """Give the slots that count, in order of id.

        Only those a target has something in common with, if given; only those of a policy, if one is given.
        """
        query = select(SlotRow.__table__).where(SlotRow.removed_at.is_(None)).order_by(SlotRow.id)
        if naming is not None:
            named = select(SlotTargetRow.slot).where(SlotTargetRow.names.in_([*_names(naming), _EVERYWHERE]))
            query = query.where(SlotRow.id.in_(named))
        if catch_up is not None:
            query = query.where(SlotRow.catch_up == catch_up)
        return [_slot(row) for row in self._bare(query)]

    def slots_of(self, programme: ProgrammeId) -> Sequence[StoredSlot]:
        """Give the slots of a programme that count, in order of id."""
        query = select(SlotRow).where(SlotRow.programme == programme, SlotRow.removed_at.is_(None)).order_by(SlotRow.id)
        return [_slot(row) for row in self._session.scalars(query)]

    def put_slot(self, stored: StoredSlot, *, expected_version: int) -> None:
        """Insert (`expected_version` 0) or replace a slot."""
        self._replace(_slot_row(stored), expected_version)
        slot = stored.slot.id
        old = delete(SlotTargetRow).where(SlotTargetRow.slot == slot)
        self._session.execute(old, execution_options={"synchronize_session": False})
        if stored.removed_at is None:
            names = _names(stored.slot.target) or [_EVERYWHERE]
            self._session.execute(insert(SlotTargetRow), [{"names": each, "slot": slot} for each in names])

    def templates(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[StoredTemplate]:
        """Give session templates, by their hour."""
        query = select(TemplateRow).order_by(TemplateRow.station, TemplateRow.starts, TemplateRow.id)
        if stations is not None:
            query = query.where(TemplateRow.station.in_(list(stations)))
        return [_template(row) for row in self._session.scalars(query)]

    def put_template(self, stored: StoredTemplate, *, expected_version: int) -> None:
        """Insert (`expected_version` 0) or replace a session template."""
        self._replace(_template_row(stored), expected_version)

    def approvals(self, *, subjects: Iterable[Subject] | None = None) -> Sequence[StoredApproval]:
        """Give approvals, the oldest first."""
        query = select(ApprovalRow.__table__).order_by(ApprovalRow.id)
        if subjects is not None:
            query = query.where(ApprovalRow.subject.in_(list(subjects)))
        return [_approval(row) for row in self._bare(query)]

    def approvals_of(self, subject: Subject) -> Sequence[StoredApproval]:
        """Give the approvals of one subject, the oldest first."""
        return self.approvals(subjects=[subject])

    def released(self, records: Iterable[str]) -> Mapping[str, bytes]:
        """Give the canonical bytes of records that were released, by their hash."""
        wanted = select(ApprovalRow.record, ApprovalRow.canonical).where(ApprovalRow.record.in_(list(records)))
        return {each.record: each.canonical for each in self._session.execute(wanted)}

    def owned(self, units: Iterable[UnitId]) -> frozenset[ProgrammeId]:
        """Give the ids of the programmes that some units made."""
        found = self._session.scalars(select(ProgrammeRow.id).where(ProgrammeRow.owner.in_(list(units))))
        return frozenset(map(ProgrammeId, found))

    def add_approval(self, stored: StoredApproval) -> None:
        """Keep an approval."""
        approval = stored.approval
        row = ApprovalRow(
            subject=stored.subject,
            record=approval.record,
            zones=sorted(approval.zones),
            approved_by=approval.approved_by,
            approved_at=approval.approved_at,
            canonical=stored.canonical,
            way=None if stored.way is ApprovalWay.DESK else stored.way.value,
            texts=dict(stored.texts) or None,
            delegation=stored.delegation,
        )
        self._session.add(row)
        self._session.flush()

    def _bare(self, query: Select[Any]) -> Iterator[Any]:
        """Give rows that are read once, as bare ones: an entity of the session costs as much again as its values."""
        return iter(self._session.execute(query))

    def _replace(self, row: ProgrammeRow | SlotRow | TemplateRow, expected_version: int) -> None:
        table = type(row)
        known = self._session.scalar(select(table.version).where(table.id == row.id).with_for_update())
        if (known or 0) != expected_version:
            raise Stale("edit.overtaken")
        self._session.merge(row)
        self._session.flush()


_EVERYWHERE = "everywhere"


def _names(target: Target) -> list[str]:
    """Give what a target says of where, each as one text."""
    named = (("zone", target.zones), ("unit", target.units), ("group", target.groups))
    return [f"{sort}:{each}" for sort, ids in named for each in sorted(ids)]


def _programme_row(stored: StoredProgramme) -> ProgrammeRow:
    programme = stored.programme
    return ProgrammeRow(
        id=programme.id,
        owner=programme.owner,
        version=programme.version,
        title=programme.title,
        kind=programme.kind,
        origin=programme.origin,
        level=int(programme.level),
        state=programme.state,
        variants=variant_trees(programme.variants),
        times_read=programme.times_read,
        topic=programme.topic,
        requested_by=programme.requested_by,
        document=programme.document,
        valid_until=programme.valid_until,
        for_places=programme.for_places,
        parts=[part_facts(each) for each in programme.parts],
        texts=dict(stored.texts),
        changed_by=sorted(stored.changed_by),
        machine_voiced=sorted(stored.machine_voiced),
        note=stored.note,
        changed_at=stored.changed_at,
    )


def _programme(row: ProgrammeRow) -> StoredProgramme:
    programme = Programme(
        id=ProgrammeId(row.id),
        owner=UnitId(row.owner),
        version=row.version,
        title=row.title,
        kind=row.kind,
        origin=row.origin,
        level=Level(row.level),
        state=row.state,
        variants=variants_of(row.variants),
        times_read=row.times_read,
        topic=row.topic,
        requested_by=row.requested_by,
        document=row.document,
        valid_until=row.valid_until,
        for_places=row.for_places,
        parts=tuple(part_of(each) for each in row.parts),
    )
    return StoredProgramme(
        programme=programme,
        texts=dict(row.texts),
        changed_by=frozenset(map(PersonId, row.changed_by)),
        machine_voiced=frozenset(row.machine_voiced),
        note=row.note,
        changed_at=row.changed_at,
    )


def _take_row(take: Take) -> TakeRow:
    return TakeRow(
        id=take.id,
        programme=take.programme,
        language=take.language,
        origin=take.origin,
        state=take.state,
        made_by=take.made_by,
        made_at=take.made_at,
        file_name=take.file_name,
        text=take.text,
        progress=take.progress,
        reason=take.reason,
        recording=recording_tree(take.recording),
        loudness_before=take.loudness_before,
        loudness_after=take.loudness_after,
        true_peak_after=take.true_peak_after,
    )


def _take(row: TakeRow) -> Take:
    return Take(
        id=row.id,
        programme=ProgrammeId(row.programme),
        language=row.language,
        origin=row.origin,
        state=row.state,
        made_by=PersonId(row.made_by),
        made_at=row.made_at,
        file_name=row.file_name,
        text=row.text,
        progress=row.progress,
        reason=row.reason,
        recording=recording_of(row.recording),
        loudness_before=row.loudness_before,
        loudness_after=row.loudness_after,
        true_peak_after=row.true_peak_after,
    )


def _slot_row(stored: StoredSlot) -> SlotRow:
    slot = stored.slot
    return SlotRow(
        id=slot.id,
        programme=slot.programme,
        **target_tree(slot.target),
        timing=timing_tree(slot.timing),
        lasts_s=slot.lasts and slot.lasts.total_seconds(),
        start=slot.start,
        wait_s=slot.wait.total_seconds(),
        catch_up=slot.catch_up,
        late_s=slot.late.total_seconds(),
        interrupted=slot.interrupted,
        way=slot.way,
        written_order=order_tree(slot.order),
        version=slot.version,
        changed_by=sorted(stored.changed_by),
        changed_at=stored.changed_at,
        removed_at=stored.removed_at,
    )


def _slot(row: SlotRow) -> StoredSlot:
    slot = Slot(
        id=SlotId(row.id),
        programme=ProgrammeId(row.programme),
        target=target_of(
            {
                "zones": row.zones,
                "units": row.units,
                "groups": row.groups,
                "languages": row.languages,
                "tags": row.tags,
            }
        ),
        timing=timing_of(row.timing),
        lasts=None if row.lasts_s is None else timedelta(seconds=row.lasts_s),
        start=row.start,
        wait=timedelta(seconds=row.wait_s),
        catch_up=row.catch_up,
        late=timedelta(seconds=row.late_s),
        interrupted=row.interrupted,
        way=Way(row.way),
        order=order_of(row.written_order),
        version=row.version,
    )
    changed_by = frozenset(map(PersonId, row.changed_by))
    return StoredSlot(slot=slot, changed_by=changed_by, changed_at=row.changed_at, removed_at=row.removed_at)


def _template_row(stored: StoredTemplate) -> TemplateRow:
    template = stored.template
    return TemplateRow(
        id=template.id,
        station=template.station,
        session=template.session,
        name=template.name,
        starts=template.starts,
        ends=template.ends,
        places=place_trees(template.places),
        weekdays=sorted(template.weekdays),
        valid_from=template.valid_from,
        valid_to=template.valid_to,
        replaces=template.replaces,
        refused=template.refused,
        version=template.version,
        changed_by=sorted(stored.changed_by),
        changed_at=stored.changed_at,
        note=stored.note,
    )


def _template(row: TemplateRow) -> StoredTemplate:
    template = SessionTemplate(
        id=TemplateId(row.id),
        station=UnitId(row.station),
        session=row.session,
        name=row.name,
        starts=row.starts,
        ends=row.ends,
        places=places_of(row.places),
        weekdays=frozenset(row.weekdays),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        replaces=None if row.replaces is None else TemplateId(row.replaces),
        refused=row.refused,
        version=row.version,
    )
    changed_by = frozenset(map(PersonId, row.changed_by))
    return StoredTemplate(template=template, changed_by=changed_by, changed_at=row.changed_at, note=row.note)


def _approval(row: ApprovalRow) -> StoredApproval:
    zones = frozenset(map(ZoneId, row.zones))
    approval = Approval(row.record, zones, PersonId(row.approved_by), row.approved_at)
    return StoredApproval(
        subject=SlotId(row.subject),
        approval=approval,
        canonical=row.canonical,
        way=ApprovalWay(row.way or ApprovalWay.DESK),
        texts=row.texts or {},
        delegation=row.delegation,
    )
