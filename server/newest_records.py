"""Values of what was written last: what it is of, and nothing of what it says."""

from dataclasses import dataclass

from schedules.ids import UnitId


@dataclass(frozen=True, slots=True)
class NewLeaf:
    """A leaf of the ledger, without its data.

    Attributes:
        kind: a `LeafKind`; a later release may know more.
        subject: id of what it is about.
    """

    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class NewAct:
    """A line of the audit trail, without its details.

    Attributes:
        number: its place in the trail; there may be gaps.
        unit: where it was done; None: nowhere in particular.
    """

    number: int
    action: str
    unit: UnitId | None
