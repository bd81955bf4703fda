"""The planned items: those of the rundowns in force, and as rows what these no longer hold. It must not plan."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from schedules.ids import OccurrenceId, ProgrammeId, ZoneId
from schedules.programme import Level
from schedules.rundown import RundownItem
from schedules.times import Span
from server.issue_records import Promised
from server.store.in_force import InForce, Key, Replaced
from server.store.rows import PlannedRow
from server.store.statements import inserting
from server.store.trees import sound_of, sound_tree, sounds_of

_KEY = {"zone", "occurrence"}
_AT_ONCE = 400
"""Keys in one question: PostgreSQL and SQLite take some ten thousand values."""
_PROMISED = select(
    PlannedRow.zone,
    PlannedRow.occurrence,
    PlannedRow.approval,
    PlannedRow.title,
    PlannedRow.programme,
    PlannedRow.sound,
).where(tuple_(PlannedRow.zone, PlannedRow.occurrence).in_(bindparam("keys", expanding=True)))


class PlannedItems:
    """Reads the planned items, and keeps those that a new rundown leaves behind."""

    def __init__(self, session: Session, in_force: InForce) -> None:
        self._session = session
        self._in_force = in_force

    def inside(
        self, span: Span, zones: Iterable[ZoneId], *, programmes: Iterable[ProgrammeId] | None = None
    ) -> Sequence[tuple[ZoneId, RundownItem]]:
        """Give the items of zones that start inside a span and were not withdrawn, in order of start.

        With programmes named, only theirs.
        """
        wanted, of = list(zones), None if programmes is None else frozenset(programmes)
        row = PlannedRow
        query = select(row.__table__).where(  # the bare columns, as they are in the database
            row.zone.in_(wanted), row.starts_at >= span.start, row.starts_at < span.end, row.withdrawn_at.is_(None)
        )
        if of is not None:
            query = query.where(row.programme.in_(of))
        found = {(ZoneId(each.zone), each.occurrence): _item(each) for each in self._session.execute(query)}
        for zone, tables in self._in_force.tables(wanted, until=span.end).items():
            for occurrence in tables.occurrences:  # what the rundown in force says of it counts
                found.pop((zone, occurrence), None)
            found |= {
                (zone, item.occurrence): item for item in tables.starting(span) if of is None or item.programme in of
            }
        return sorted(
            ((zone, item) for (zone, _), item in found.items()), key=lambda each: (each[1].starts_at, each[0])
        )

    def item(self, zone: ZoneId, occurrence: OccurrenceId) -> RundownItem | None:
        """Give one item, a withdrawn one too."""
        issued = self._in_force.rundown(zone)
        items = () if issued is None else issued.rundown.items
        here = next((item for item in items if item.occurrence == occurrence), None)
        if here is not None:
            return here
        row = self._session.get(PlannedRow, (zone, occurrence), populate_existing=True)
        return None if row is None else _item(row)

    def promised(self, wanted: Collection[Key]) -> Mapping[Key, Promised]:
        """Give what was last said of items, withdrawn ones too, where there are any."""
        occurrences: dict[ZoneId, set[OccurrenceId]] = {}
        for zone, occurrence in wanted:
            occurrences.setdefault(zone, set()).add(occurrence)
        found = {**self._in_force.promised(occurrences)}
        left = [key for key in wanted if key not in found]
        for first in range(0, len(left), _AT_ONCE):
            some = {"keys": left[first : first + _AT_ONCE]}
            for place, name, approval, title, programme, sound in self._session.execute(_PROMISED, some):
                found[ZoneId(place), OccurrenceId(name)] = Promised(
                    approval, title, ProgrammeId(programme), sounds_of(sound)
                )
        return found

    def leave(self, replaced: Iterable[Replaced]) -> Sequence[Mapping[str, object]]:
        """Keep what rundowns held that those in their place do not: it had begun, or is withdrawn ahead of its time.

        Returns:
            The rows that were written.
        """
        rows = [_values(each, item) for each in replaced for item in each.gone()]
        if not rows:
            return ()
        # Through the connection: the session would do its book-keeping for each of thousands of rows.
        insert = inserting(self._session, PlannedRow)
        anew = {c.name: insert.excluded[c.name] for c in PlannedRow.__table__.columns if c.name not in _KEY}
        upsert = insert.on_conflict_do_update(index_elements=["zone", "occurrence"], set_=anew)
        self._session.connection().execute(upsert, rows)
        return rows


def _values(replaced: Replaced, item: RundownItem) -> dict[str, object]:
    issued = replaced.issued
    return {
        "zone": issued.rundown.zone,
        "occurrence": item.occurrence,
        "starts_at": item.starts_at,
        "ends_at": item.ends_at,
        "title": item.title,
        "kind": item.kind,
        "level": int(item.level),
        "language": item.language,
        "programme": item.programme,
        "sound": sound_tree(item.sound),
        "approval": item.approval,
        "latest_start": item.latest_start,
        "late_until": item.late_until,
        "valid_until": item.valid_until,
        "last_revision": replaced.before.revision if replaced.before else 0,
        "withdrawn_at": issued.issued_at if item.starts_at >= issued.issued_at else None,
    }


def _item(row: Any) -> RundownItem:  # noqa: ANN401  # a row of the session, or a bare one
    return RundownItem(
        occurrence=OccurrenceId(row.occurrence),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=row.title,
        kind=row.kind,
        level=Level(row.level),
        language=row.language,
        programme=ProgrammeId(row.programme),
        sound=sound_of(row.sound),
        approval=row.approval,
        latest_start=row.latest_start,
        late_until=row.late_until,
        valid_until=row.valid_until,
    )
