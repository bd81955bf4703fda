"""Which approvals somebody stands by: not those that others only say were given. It judges no content."""

from collections.abc import Iterable

from server.approving_records import Matter, OutsideState
from server.ports import UnitOfWork
from server.values import ApprovalWay, StoredApproval


def stood_by(uow: UnitOfWork, matter: Matter, approvals: Iterable[StoredApproval]) -> tuple[StoredApproval, ...]:
    """Leave out of a matter's approvals what was entered from outside the system and its approver has not confirmed."""
    claims = uow.approving.outside_of(matter)
    confirmed = frozenset(record for each in claims if each.state is OutsideState.CONFIRMED for record in each.records)
    return tuple(each for each in approvals if each.way is not ApprovalWay.OUTSIDE or each.approval.record in confirmed)
