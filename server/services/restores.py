"""The record of a restore in the ledger, and what it asks of the conductor. It must not restore anything.

A restored ledger is shorter than a head that somebody keeps; whoever verifies it is told by whom, when, and from where
to where it was set back. That makes nothing good that is missing: it only says why.
"""

from dataclasses import dataclass
from datetime import datetime

from schedules.ledger import LeafKind, row_bytes
from server.ports import Store
from server.services.trail import note


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLedger:
    """A state of the ledger, and when it was that."""

    size: int
    root: str
    at: datetime


def record_restore(
    store: Store, now: datetime, by: str, *, backup: str, state: KnownLedger, known: KnownLedger | None
) -> None:
    """Write into the ledger that it goes on from an earlier state, and want everything said again above what is held.

    Args:
        store: the restored one.
        now: when.
        by: who restored it.
        backup: name of the backup.
        state: the ledger in it.
        known: the newest state anybody still had; None where nobody could be asked.
    """
    lost = {} if known is None else {"known_size": known.size, "known_root": known.root, "known_at": known.at}
    facts = {"at": now, "by": by, "backup": backup, "size": state.size, "root": state.root, "backup_at": state.at}
    with store.writing() as uow:
        uow.ledger.append(LeafKind.RESTORE, backup, row_bytes({**facts, **lost}), at=now)
        note(uow, now, None, "centre.restored", subject=backup, unit=None, by=by, size=state.size)
        uow.issue.want_all_again()
        uow.issue.want(zone.id for zone in uow.places.zones())  # also where the backup knows of no rundown yet
        uow.commit()
