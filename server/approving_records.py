"""What is kept about approving away from the desk: an approver's PIN, one-time links. Frozen; it knows no table."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schedules.ids import PersonId, ProgrammeId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproverPin:
    """An approver's PIN, which serves for one-time links alone.

    Attributes:
        pin_hash: slow, as of a password.
        wrong: tries since it was last entered rightly, over all links.
    """

    person: PersonId
    pin_hash: str
    set_at: datetime
    wrong: int = 0


class LinkState(StrEnum):
    """What became of a link; that it expired, or that what it shows changed, is seen when it is opened."""

    OPEN = "open"
    USED = "used"
    BURNT = "burnt"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLink:
    """A one-time link with which one named approver approves or sends back one programme as it was.

    Attributes:
        token_sha256: of the token in its address; the token itself is kept nowhere.
        seen: what it is bound to: the records with their zones, as `waiting.seen_as` gives them.
        tries: PINs entered on it, the right one included.
        settled_at: when it was used, burnt or replaced.
    """

    id: str
    token_sha256: str
    programme: ProgrammeId
    seen: frozenset[str]
    approver: PersonId
    asked_by: PersonId
    asked_at: datetime
    expires_at: datetime
    tries: int = 0
    state: LinkState = LinkState.OPEN
    settled_at: datetime | None = None
