"""What sounds on somebody's word about an approver who has not confirmed it yet. It judges nothing."""

from server.ports import UnitOfWork


def unconfirmed_records(uow: UnitOfWork) -> frozenset[str]:
    """Give the hashes of all that was approved outside the system and waits for its approver's word."""
    return frozenset(record for each in uow.approving.outside_waiting() for record in each.records)
