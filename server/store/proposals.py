"""Proposals about a station's rules in the database. It must not judge who may accept them."""

from collections.abc import Callable, Sequence
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, SlotId, UnitId
from schedules.override import Override
from schedules.regulation import Opening, Regulation
from server.store.columns import Tree
from server.store.regulations import (
    opening_of,
    opening_tree,
    proposed_regulation_of,
    regulation_tree,
    suspension_of,
    suspension_tree,
)
from server.store.rows import ProposalRow
from server.values import Proposal, ProposalState, Proposed

_OVERRIDE = "override"


class SqlProposals:
    """See `repositories.Proposals`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, proposal: str) -> Proposal | None:
        """Give a proposal."""
        row = self._session.get(ProposalRow, proposal)
        return None if row is None else _proposal(row)

    def of_station(self, station: UnitId) -> Sequence[Proposal]:
        """Give the proposals about a station, the newest first."""
        query = select(ProposalRow).where(ProposalRow.station == station).order_by(ProposalRow.id.desc())
        return [_proposal(row) for row in self._session.scalars(query)]

    def overrides(self) -> Sequence[Override]:
        """Give every granted override."""
        table = ProposalRow
        query = select(table.content).where(table.kind == _OVERRIDE, table.state == ProposalState.ACCEPTED)
        return [_override_of(content) for content in self._session.scalars(query.order_by(table.id))]

    def put(self, proposal: Proposal) -> None:
        """Insert or replace a proposal."""
        kind, content = _written(proposal.content)
        row = ProposalRow(
            id=proposal.id,
            station=proposal.station,
            kind=kind,
            content=content,
            state=proposal.state,
            asked_by=proposal.asked_by,
            asked_at=proposal.asked_at,
            settled_by=proposal.settled_by,
            settled_at=proposal.settled_at,
            note=proposal.note,
        )
        self._session.merge(row)
        self._session.flush()


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        id=row.id,
        station=UnitId(row.station),
        content=_READ[row.kind](row.content),
        state=row.state,
        asked_by=PersonId(row.asked_by),
        asked_at=row.asked_at,
        settled_by=None if row.settled_by is None else PersonId(row.settled_by),
        settled_at=row.settled_at,
        note=row.note,
    )


def _written(content: Proposed) -> tuple[str, Tree]:
    if isinstance(content, Regulation):
        return "regulation", regulation_tree(content)
    if isinstance(content, Opening):
        return "opening", opening_tree(content)
    if isinstance(content, Override):
        return _OVERRIDE, _override_tree(content)
    return "suspension", suspension_tree(content)


def _override_tree(override: Override) -> Tree:
    return {
        "station": override.station,
        "slot": override.slot,
        "record": override.record,
        "day": override.day.isoformat(),
        "earliest": override.earliest.isoformat(),
        "latest": override.latest.isoformat(),
        "reason": override.reason,
    }


def _override_of(tree: Tree) -> Override:
    return Override(
        station=UnitId(tree["station"]),
        slot=SlotId(tree["slot"]),
        record=tree["record"],
        day=date.fromisoformat(tree["day"]),
        earliest=time.fromisoformat(tree["earliest"]),
        latest=time.fromisoformat(tree["latest"]),
        reason=tree["reason"],
    )


_READ: dict[str, Callable[[Tree], Proposed]] = {
    "regulation": proposed_regulation_of,
    "opening": opening_of,
    "suspension": suspension_of,
    _OVERRIDE: _override_of,
}
