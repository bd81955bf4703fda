"""PINs, one-time links and approvals outside the system in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schedules.ids import PersonId, Sha256, UnitId
from server.approving_records import ApprovalLink, ApproverPin, Matter, OutsideApproval, OutsideState


@dataclass
class KeptApproving:
    """What is kept of it."""

    pins: dict[PersonId, ApproverPin] = field(default_factory=dict)
    links: dict[str, ApprovalLink] = field(default_factory=dict)
    outside: dict[str, OutsideApproval] = field(default_factory=dict)
    papers: dict[Sha256, bytes] = field(default_factory=dict)

    def __copy__(self) -> "KeptApproving":
        return KeptApproving(dict(self.pins), dict(self.links), dict(self.outside), dict(self.papers))


class FakeApproving:
    def __init__(self, kept: KeptApproving) -> None:
        self._kept = kept

    def pin(self, person: PersonId) -> ApproverPin | None:
        return self._kept.pins.get(person)

    def put_pin(self, pin: ApproverPin) -> None:
        self._kept.pins[pin.person] = pin

    def link(self, token_sha256: str) -> ApprovalLink | None:
        return next((each for each in self._kept.links.values() if each.token_sha256 == token_sha256), None)

    def links_of(self, matter: Matter) -> Sequence[ApprovalLink]:
        own = (each for each in self._kept.links.values() if each.matter == matter)
        return sorted(own, key=lambda each: (each.asked_at, each.id), reverse=True)

    def links_asked(self, by: PersonId, *, since: datetime) -> int:
        return sum(each.asked_by == by and each.asked_at >= since for each in self._kept.links.values())

    def links_between(self, by: PersonId, approver: PersonId) -> Sequence[ApprovalLink]:
        own = (each for each in self._kept.links.values() if (each.asked_by, each.approver) == (by, approver))
        return sorted(own, key=lambda each: (each.asked_at, each.id), reverse=True)

    def put_link(self, link: ApprovalLink) -> None:
        self._kept.links[link.id] = link

    def outside(self, approval: str) -> OutsideApproval | None:
        return self._kept.outside.get(approval)

    def outside_of(self, matter: Matter) -> Sequence[OutsideApproval]:
        own = (each for each in self._kept.outside.values() if each.matter == matter)
        return sorted(own, key=lambda each: (each.entered_at, each.id), reverse=True)

    def outside_in(self, units: Iterable[UnitId], *, limit: int) -> Sequence[OutsideApproval]:
        wanted = set(units)
        own = [each for each in self._kept.outside.values() if each.unit in wanted]
        newest = sorted(own, key=lambda each: (each.entered_at, each.id), reverse=True)
        return sorted(newest, key=lambda each: each.state is not OutsideState.WAITING)[:limit]

    def outside_waiting(self) -> Sequence[OutsideApproval]:
        waiting = (each for each in self._kept.outside.values() if each.state is OutsideState.WAITING)
        return sorted(waiting, key=lambda each: (each.entered_at, each.id))

    def put_outside(self, approval: OutsideApproval) -> None:
        self._kept.outside[approval.id] = approval

    def paper(self, sha256: Sha256) -> bytes | None:
        return self._kept.papers.get(sha256)

    def put_paper(self, sha256: Sha256, content: bytes) -> None:
        self._kept.papers[sha256] = content
