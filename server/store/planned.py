"""The planned items, each as a row that outlives the rundown that promised it. It must not plan."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schedules.ids import OccurrenceId, ProgrammeId, ZoneId
from schedules.programme import Level
from schedules.rundown import Rundown, RundownItem
from schedules.times import Span
from server.store.rows import PlannedRow
from server.store.statements import inserting
from server.store.trees import sound_of, sound_tree
from server.values import IssuedRundown

_KEPT = {"zone", "occurrence", "first_revision"}


class PlannedItems:
    """Reads and follows the table of planned items."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def inside(self, span: Span, zones: Iterable[ZoneId]) -> Sequence[tuple[ZoneId, RundownItem]]:
        """Give the items of zones that start inside a span and were not withdrawn, in order of start."""
        query = (
            select(PlannedRow)
            .where(
                PlannedRow.zone.in_(list(zones)),
                PlannedRow.starts_at >= span.start,
                PlannedRow.starts_at < span.end,
                PlannedRow.withdrawn_at.is_(None),
            )
            .order_by(PlannedRow.starts_at, PlannedRow.zone)
            .execution_options(populate_existing=True)
        )
        return [(ZoneId(row.zone), _item(row)) for row in self._session.scalars(query)]

    def item(self, zone: ZoneId, occurrence: OccurrenceId) -> RundownItem | None:
        """Give one item, a withdrawn one too."""
        row = self._session.get(PlannedRow, (zone, occurrence), populate_existing=True)
        return None if row is None else _item(row)

    def put(self, issued: IssuedRundown, *, before: Rundown | None) -> None:
        """Follow a new rundown: keep what it says anew, withdraw what it no longer promises.

        Args:
            issued: the new one.
            before: the one it replaces; what that one said already is here as it said it.
        """
        standing = {} if before is None else {item.occurrence: item for item in before.items}
        self._upsert(issued, [item for item in issued.rundown.items if standing.get(item.occurrence) != item])
        row = PlannedRow
        withdrawn = update(row).where(
            row.zone == issued.rundown.zone,
            row.starts_at >= issued.issued_at,
            row.withdrawn_at.is_(None),
            row.occurrence.not_in([item.occurrence for item in issued.rundown.items]),
        )
        self._session.execute(
            withdrawn.values(withdrawn_at=issued.issued_at), execution_options={"synchronize_session": False}
        )

    def _upsert(self, issued: IssuedRundown, items: Sequence[RundownItem]) -> None:
        if not items:
            return
        # Through the connection: the session would do its book-keeping for each of thousands of rows.
        insert = inserting(self._session, PlannedRow)
        anew = {c.name: insert.excluded[c.name] for c in PlannedRow.__table__.columns if c.name not in _KEPT}
        upsert = insert.on_conflict_do_update(index_elements=["zone", "occurrence"], set_=anew)
        self._session.connection().execute(upsert, [_values(issued, item) for item in items])


def _values(issued: IssuedRundown, item: RundownItem) -> dict[str, object]:
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
        "start": item.start,
        "latest_start": item.latest_start,
        "valid_until": item.valid_until,
        "first_revision": issued.rundown.revision,
        "withdrawn_at": None,
    }


def _item(row: PlannedRow) -> RundownItem:
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
        start=row.start,
        latest_start=row.latest_start,
        valid_until=row.valid_until,
    )
