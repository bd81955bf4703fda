"""Which tables are evidence row by row, and the bytes of a row. Every row written to them becomes a leaf.

What loudspeakers said and what rundowns left behind become leaves of their own making (`ledger`): a device's signed
message says more than the row made from it. It must not know how leaves are numbered.

A migration that changes such a row has to add a leaf with the row as it then is, else verification calls it altered; a
column it adds does no harm while it is empty, zero or false.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import sqlalchemy
from sqlalchemy import inspect

from schedules.ledger import LeafKind, row_bytes
from server.store.rows import (
    AnswerRow,
    AnyRow,
    ApprovalRow,
    AuditRow,
    ChannelRow,
    CommandAnswerRow,
    CommandRow,
    DelegationRow,
    DeviceRow,
    EmergencyActRow,
    EmergencyListRow,
    EmergencyRequestRow,
    EmergencyRightRow,
    EmergencyRow,
    EmergencyTemplateRow,
    EmergencyWatchRow,
    EnrolmentRow,
    ExerciseCancelRow,
    ExerciseRow,
    ExerciseWordsRow,
    IssuedRevisionRow,
    LoudspeakerRow,
    MissedRow,
    OrderRow,
    OutsideApprovalRow,
    PersonRow,
    PlannedRow,
    ProgrammeRow,
    ProposalRow,
    RegulationRow,
    SilenceRow,
    SlotRow,
    SubstitutionRow,
    SuccessionRow,
    TemplateRow,
    TrustListRow,
    UnitRow,
    ZoneRow,
)


@dataclass(frozen=True)
class Covered:
    """A table whose rows are leaves.

    Attributes:
        at: the column that says when a row was written; empty where none does.
        left_out: columns that say nothing about what happened.
        hidden: columns of which a leaf has the hash: a leaf may be shown to others.
        changes: whether a row may be replaced; then the last leaf about it counts.
    """

    kind: LeafKind
    row: type[AnyRow]
    at: str = ""
    left_out: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    changes: bool = False
    _floats: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        columns = self.row.__table__.columns
        floats = frozenset(each.name for each in columns if isinstance(each.type, sqlalchemy.Float))
        object.__setattr__(self, "_floats", floats)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row."""
        return tuple(column.name for column in self.row.__table__.primary_key)

    def subject(self, row: Mapping[str, Any]) -> str:
        """Give what names a row among those of its table."""
        return "/".join(str(_text(row[name])) for name in self.key)

    def bytes_of(self, row: Mapping[str, Any]) -> bytes:
        """Give the bytes of a row."""
        return row_bytes({name: self._shown(name, value) for name, value in row.items() if name not in self.left_out})

    def _shown(self, name: str, value: Any) -> object:  # noqa: ANN401  # whatever a column holds
        if value is None:
            return None
        if name in self.hidden:
            return sha256(str(value).encode()).hexdigest()
        return float(value) if name in self._floats else value


def columns_of(row: AnyRow) -> dict[str, Any]:
    """Give the columns of a row that the session wrote."""
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


def _text(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


REVISIONS = Covered(LeafKind.RUNDOWN, IssuedRevisionRow, "issued_at")
"""The first line of a rundown's leaf."""
PLANNED = Covered(LeafKind.PLANNED, PlannedRow, changes=True)
"""The other lines of a rundown's leaf: the items it no longer holds."""

_TABLES = (
    Covered(LeafKind.UNIT, UnitRow, changes=True),
    Covered(LeafKind.PERSON, PersonRow, hidden=frozenset({"password_hash"}), changes=True),
    Covered(LeafKind.DELEGATION, DelegationRow, "given_at", changes=True),
    Covered(LeafKind.ZONE, ZoneRow, changes=True),
    Covered(LeafKind.LOUDSPEAKER, LoudspeakerRow, changes=True),
    Covered(LeafKind.DEVICE, DeviceRow, "enrolled_at", changes=True),
    Covered(LeafKind.ENROLMENT, EnrolmentRow, hidden=frozenset({"secret", "typed_secret"}), changes=True),
    Covered(LeafKind.COMMAND, CommandRow, "given_at", left_out=frozenset({"sent_at"})),
    Covered(LeafKind.COMMAND_ANSWER, CommandAnswerRow, "received_at"),
    Covered(LeafKind.REGULATION, RegulationRow, changes=True),
    Covered(LeafKind.PROPOSAL, ProposalRow, changes=True),
    Covered(LeafKind.CHANNEL, ChannelRow, changes=True),
    Covered(LeafKind.SUCCESSION, SuccessionRow, changes=True),
    Covered(LeafKind.PROGRAMME, ProgrammeRow, "changed_at", changes=True),
    Covered(LeafKind.SLOT, SlotRow, "changed_at", changes=True),
    Covered(LeafKind.TEMPLATE, TemplateRow, "changed_at", changes=True),
    Covered(LeafKind.APPROVAL, ApprovalRow, "approved_at"),
    Covered(LeafKind.OUTSIDE_APPROVAL, OutsideApprovalRow, changes=True),
    Covered(LeafKind.ORDER, OrderRow, "at"),
    Covered(LeafKind.ANSWER, AnswerRow, "at"),
    Covered(LeafKind.SUBSTITUTION, SubstitutionRow, "at"),
    Covered(LeafKind.MISSED, MissedRow, "known"),
    Covered(LeafKind.SILENCE, SilenceRow, "at", left_out=frozenset({"published"})),
    Covered(LeafKind.TRUST, TrustListRow),
    Covered(LeafKind.EMERGENCY, EmergencyRow, "sent"),
    Covered(LeafKind.EMERGENCY_ACT, EmergencyActRow, "at"),
    Covered(LeafKind.EMERGENCY_LIST, EmergencyListRow, "at"),
    Covered(LeafKind.EMERGENCY_REQUEST, EmergencyRequestRow, changes=True),
    Covered(LeafKind.EMERGENCY_RIGHT, EmergencyRightRow, changes=True),
    Covered(LeafKind.EMERGENCY_TEXT, EmergencyTemplateRow, "changed_at", changes=True),
    Covered(LeafKind.EMERGENCY_WATCH, EmergencyWatchRow, changes=True),
    Covered(LeafKind.EXERCISE, ExerciseRow, "sent"),
    Covered(LeafKind.EXERCISE_END, ExerciseCancelRow, "at"),
    Covered(LeafKind.EXERCISE_WORDS, ExerciseWordsRow, "made_at", changes=True),
    Covered(LeafKind.AUDIT, AuditRow, "at"),
)
BY_ROW: Mapping[type[AnyRow], Covered] = {each.row: each for each in _TABLES}
"""Tables whose every written row is a leaf by itself."""


def every_table() -> Iterator[Covered]:
    """Give all covered tables, those with leaves of another making too."""
    yield from _TABLES
    yield REVISIONS
    yield PLANNED
