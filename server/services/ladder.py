"""Gathers what is known of one play for its ladder of evidence. It must not judge: `schedules.ladder` does."""

from collections.abc import Sequence

from schedules.ids import ZoneId
from schedules.ladder import Evidence, Receipt, Step, climbed
from schedules.reconciliation import Finding
from schedules.rundown import RundownItem
from server.evidence_records import Heard, Seen
from server.ports import UnitOfWork


def ladder_of(
    uow: UnitOfWork, zone: ZoneId, item: RundownItem, heard: Sequence[Heard], finding: Finding, seen: Seen
) -> tuple[Step, ...]:
    """Tell how far a planned item came at one loudspeaker, rung by rung."""
    in_order = sorted(heard, key=lambda each: (each.entry.recorded_at, each.entry.sequence))
    return climbed(
        Evidence(
            item=item,
            entries=[each.entry for each in in_order],
            flags=frozenset(flag for each in heard for flag in each.flags),
            finding=finding,
            receipt=_receipt(uow, zone, item, seen),
        )
    )


def _receipt(uow: UnitOfWork, zone: ZoneId, item: RundownItem, seen: Seen) -> Receipt | None:
    said = seen.receipt
    if said is None or seen.receipt_at is None:
        return None
    issued = uow.issue.issued(zone)
    is_in_force = issued is not None and any(each.occurrence == item.occurrence for each in issued.rundown.items)
    holds = issued is not None and (said.zone, said.held) == (zone, issued.rundown.revision)
    return Receipt(
        at=seen.receipt_at,
        revision=said.held,
        holds_item=holds if is_in_force else None,
        missing=frozenset(said.missing),
    )
