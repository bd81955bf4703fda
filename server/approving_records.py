"""What is kept about approving away from the desk: PINs, one-time links, approvals outside the system. Frozen."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schedules.ids import PersonId, ProgrammeId, Sha256, TemplateId, UnitId
from schedules.times import DAY


@dataclass(frozen=True, slots=True)
class Matter:
    """What an approver is asked about: a programme in all its uses, or a session template as a whole."""

    subject: ProgrammeId | TemplateId
    is_template: bool = False


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
    """A one-time link with which one named approver approves or sends back one matter as it was.

    Attributes:
        token_sha256: of the token in its address; the token itself is kept nowhere.
        seen: what it is bound to: the records with their zones, as `waiting.seen_as` gives them.
        tries: PINs entered on it, the right one included.
        settled_at: when it was used, burnt or replaced.
    """

    id: str
    token_sha256: str
    matter: Matter
    seen: frozenset[str]
    approver: PersonId
    asked_by: PersonId
    asked_at: datetime
    expires_at: datetime
    tries: int = 0
    state: LinkState = LinkState.OPEN
    settled_at: datetime | None = None


class Means(StrEnum):
    """How somebody approved outside the system."""

    PAPER = "paper"
    PHONE = "phone"
    IN_PERSON = "in_person"


class OutsideState(StrEnum):
    """Whether the approver who was named stands by it."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideApproval:
    """What somebody entered about an approval outside the system, and what its approver says to it.

    Attributes:
        unit: the programme's owner; the template's station.
        title, version: of what was released, as it was.
        records: hashes of what was released.
        approved_at: when the approver is said to have approved.
        document: number of the signed paper; empty where there is none.
        paper: sum of its photograph; empty where there is none.
        note: why it was refused; empty otherwise.
    """

    id: str
    matter: Matter
    unit: UnitId
    title: str
    version: int
    records: tuple[str, ...]
    approver: PersonId
    approved_at: datetime
    means: Means
    document: str
    paper: Sha256 | None
    entered_by: PersonId
    entered_at: datetime
    state: OutsideState = OutsideState.WAITING
    settled_at: datetime | None = None
    note: str = ""

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it has waited for a day."""
        return self.state is OutsideState.WAITING and now >= self.entered_at + DAY
