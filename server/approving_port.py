"""What the use cases need kept about approving away from the desk. It must not name a framework."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from schedules.ids import PersonId, ProgrammeId
from server.approving_records import ApprovalLink, ApproverPin


class Approving(Protocol):
    """PINs of approvers and one-time links."""

    def pin(self, person: PersonId) -> ApproverPin | None: ...
    def put_pin(self, pin: ApproverPin) -> None: ...
    def link(self, token_sha256: str) -> ApprovalLink | None: ...
    def links_of(self, programme: ProgrammeId) -> Sequence[ApprovalLink]:
        """Give the links for a programme, the newest first."""
        ...

    def links_asked(self, by: PersonId, *, since: datetime) -> int:
        """Give how many links a person asked for from an instant on."""
        ...

    def put_link(self, link: ApprovalLink) -> None: ...
