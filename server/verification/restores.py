"""Restores of a backup that the ledger owns up to: they explain what is missing, and make nothing of it good.

Whoever has the database and the key can write such a record as well; so what somebody outside or a loudspeaker was told
and is gone stays a finding. It only gets its reason.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from schedules.ledger import Leaf
from server.verification.findings import Finding, Statement
from server.verification.keys import UNREADABLE


@dataclass(frozen=True, slots=True)
class Restore:
    """One record.

    Attributes:
        number: of its leaf: everything that had this number or a higher one before is gone.
        at, by: when and by whom.
        backup_at: when the backup was made.
    """

    number: int
    at: datetime
    by: str
    backup_at: datetime


def restore_of(leaf: Leaf, number: int) -> Restore | None:
    """Read the leaf of a restore; None where it cannot be read."""
    try:
        row = json.loads(leaf.data)
        at, backup_at = (datetime.fromisoformat(row[name]) for name in ("at", "backup_at"))
        return Restore(number, at, str(row["by"]), backup_at)
    except UNREADABLE:
        return None


def explaining(restores: Iterable[Restore], *, told: datetime | None, first: int, last: int) -> Restore | None:
    """Give the restore by which what was told before it went missing.

    Args:
        restores: in order.
        told: when it was told; None when nobody knows.
        first: the first leaf that may be another one than was told.
        last: the last one that was told.
    """
    found = (each for each in restores if first <= each.number <= last and (told is None or told < each.at))
    return next(found, None)


class LostToRestores:
    """What loudspeakers were told of entries that are gone."""

    def __init__(self) -> None:
        self._lost: dict[Restore, tuple[int, set[str]]] = {}

    def note(self, restore: Restore, loudspeaker: str, size: int) -> None:
        """Take up that a loudspeaker was told a head over so many entries."""
        known, loudspeakers = self._lost.get(restore, (0, set()))
        self._lost[restore] = (max(known, size), loudspeakers | {loudspeaker})

    def findings(self) -> Iterator[Finding]:
        """Give one finding a restore."""
        for restore, (size, loudspeakers) in self._lost.items():
            values = {"first": restore.number, "last": size, "restored": restore.at, "count": len(loudspeakers)}
            yield Finding(code="verify.restore_lost", number=restore.number, values=values)


def statements(restores: Sequence[Restore]) -> Iterator[Statement]:
    """Say of each restore that there was one."""
    for each in restores:
        told = {"restored": each.at, "by": each.by, "taken": each.backup_at, "number": each.number}
        yield Statement("verify.restored", told)
