"""Proposals in the database. It must not judge who may accept them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, SlotId, UnitId, ZoneId
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
from server.values import Grant, Merge, NewPart, Proposal, ProposalState, Proposed, Reset, Role, Split

_OVERRIDE = "override"
_MERGE, _SPLIT = "merge", "split"
_GRANT = "grant"


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

    def grants(self, *states: ProposalState) -> Sequence[Proposal]:
        """Give the proposals about people's rights in some states, the newest first."""
        query = select(ProposalRow).where(ProposalRow.kind == _GRANT, ProposalRow.state.in_(states))
        return [_proposal(row) for row in self._session.scalars(query.order_by(ProposalRow.id.desc()))]

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
    if isinstance(content, Merge):
        return _MERGE, {**asdict(content), "on": content.on.isoformat()}
    if isinstance(content, Split):
        return _SPLIT, _split_tree(content)
    if isinstance(content, Grant):
        return _GRANT, {**asdict(content), "roles": sorted(content.roles)}
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


def _merge_of(tree: Tree) -> Merge:
    return Merge(
        of=tuple(map(UnitId, tree["of"])),
        on=date.fromisoformat(tree["on"]),
        basis=tree["basis"],
        into=None if tree["into"] is None else UnitId(tree["into"]),
        name=tree["name"],
        code=tree["code"],
    )


def _split_tree(split: Split) -> Tree:
    parts = [
        {"name": each.name, "code": each.code, "hamlets": sorted(each.hamlets), "zones": sorted(each.zones)}
        for each in split.parts
    ]
    return {"unit": split.unit, "parts": parts, "on": split.on.isoformat(), "basis": split.basis}


def _split_of(tree: Tree) -> Split:
    return Split(
        unit=UnitId(tree["unit"]),
        parts=tuple(
            NewPart(
                name=each["name"],
                code=each["code"],
                hamlets=frozenset(map(UnitId, each["hamlets"])),
                zones=frozenset(map(ZoneId, each["zones"])),
            )
            for each in tree["parts"]
        ),
        on=date.fromisoformat(tree["on"]),
        basis=tree["basis"],
    )


def _grant_of(tree: Tree) -> Grant:
    return Grant(
        person=PersonId(tree["person"]),
        roles=frozenset(map(Role, tree["roles"])),
        emergency=None if tree["emergency"] is None else UnitId(tree["emergency"]),
        reset=None if tree["reset"] is None else Reset(tree["reset"]),
    )


_READ: dict[str, Callable[[Tree], Proposed]] = {
    "regulation": proposed_regulation_of,
    "opening": opening_of,
    "suspension": suspension_of,
    _OVERRIDE: _override_of,
    _MERGE: _merge_of,
    _SPLIT: _split_of,
    _GRANT: _grant_of,
}
