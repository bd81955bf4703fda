"""PINs and one-time links in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schedules.ids import PersonId, ProgrammeId
from server.approving_records import ApprovalLink, ApproverPin


@dataclass
class KeptApproving:
    """What is kept of it."""

    pins: dict[PersonId, ApproverPin] = field(default_factory=dict)
    links: dict[str, ApprovalLink] = field(default_factory=dict)

    def __copy__(self) -> "KeptApproving":
        return KeptApproving(dict(self.pins), dict(self.links))


class FakeApproving:
    def __init__(self, kept: KeptApproving) -> None:
        self._kept = kept

    def pin(self, person: PersonId) -> ApproverPin | None:
        return self._kept.pins.get(person)

    def put_pin(self, pin: ApproverPin) -> None:
        self._kept.pins[pin.person] = pin

    def link(self, token_sha256: str) -> ApprovalLink | None:
        return next((each for each in self._kept.links.values() if each.token_sha256 == token_sha256), None)

    def links_of(self, programme: ProgrammeId) -> Sequence[ApprovalLink]:
        own = (each for each in self._kept.links.values() if each.programme == programme)
        return sorted(own, key=lambda each: (each.asked_at, each.id), reverse=True)

    def links_asked(self, by: PersonId, *, since: datetime) -> int:
        return sum(each.asked_by == by and each.asked_at >= since for each in self._kept.links.values())

    def put_link(self, link: ApprovalLink) -> None:
        self._kept.links[link.id] = link
