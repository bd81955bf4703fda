"""What the centre keeps about emergencies and exercises: who asked, who confirmed, what became of it.

Frozen; no behaviour beyond their own invariants. It must not know how they are stored.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schedules.emergency import Certainty, Emergency, Event, Exercise, Severity, Urgency, Words
from schedules.emergency_template import EmergencyTemplate
from schedules.ids import EmergencyId, EmergencyTemplateId, ExerciseId, PersonId, Sha256, UnitId
from schedules.programme import Recording


class Way(StrEnum):
    """How an emergency came to be issued."""

    APPROVED_TEXT = "approved_text"
    TWO_PEOPLE = "two_people"
    BREAK_GLASS = "break_glass"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody wants to issue: an emergency without its number and its hour.

    Attributes:
        ends_at: when it is to expire.
        references: the emergencies it is to replace.
    """

    sender: UnitId
    units: tuple[UnitId, ...]
    event: Event
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    headline: str
    words: tuple[Words, ...]
    times: int
    pause_s: int
    ends_at: datetime
    instruction: str = ""
    references: tuple[EmergencyId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEmergency:
    """An emergency as it was issued. Never changed; what was done to it afterwards are acts.

    Attributes:
        confirmed_by: the second person; None where it took one.
        sha256: of its content, as the lists name it.
        told: two people who were told at once and may stop it with one tap; for break-glass.
    """

    emergency: Emergency
    way: Way
    sha256: Sha256
    confirmed_by: PersonId | None = None
    template: EmergencyTemplateId | None = None
    told: tuple[PersonId, ...] = ()


class Act(StrEnum):
    """What can be done to an issued emergency."""

    CANCELLED = "cancelled"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAct:
    """What somebody did to an issued emergency."""

    emergency: EmergencyId
    act: Act
    by: PersonId
    at: datetime
    note: str = ""


class RequestState(StrEnum):
    """Where a request stands between the one who asked and the air."""

    WAITING = "waiting"
    COUNTING_DOWN = "counting_down"
    ISSUED = "issued"
    REFUSED = "refused"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRequest:
    """Something that is not issued yet: it waits for a second person, or counts down.

    Attributes:
        goes_at: when a countdown ends.
        decided_by: who confirmed, refused or called it off; None while it is open and when the clock decided.
        reason: dotted code of what forbade it when the countdown ended.
        emergency: what became of it.
    """

    id: str
    state: RequestState
    proposal: Proposal
    asked_by: PersonId
    asked_at: datetime
    goes_at: datetime | None = None
    template: EmergencyTemplateId | None = None
    told: tuple[PersonId, ...] = ()
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    reason: str = ""
    emergency: EmergencyId | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may still be issued."""
        return self.state in (RequestState.WAITING, RequestState.COUNTING_DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEmergencyTemplate:
    """A text for emergencies with everybody who wrote it, ever, and who approved exactly this version."""

    template: EmergencyTemplate
    written_by: frozenset[PersonId]
    changed_at: datetime
    approved_by: PersonId | None = None
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who is told at once when somebody of a unit breaks the glass, in this order."""

    unit: UnitId
    people: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseWords:
    """What says in one language that an exercise is one, for everything below a unit.

    Attributes:
        is_machine: a machine voice speaks.
        approved_by: somebody else than the maker; None while nobody has.
    """

    id: str
    unit: UnitId
    language: str
    text: str
    recording: Recording
    is_machine: bool
    made_by: PersonId
    made_at: datetime
    approved_by: PersonId | None = None
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseCancel:
    """The end somebody gave an exercise before its hour."""

    exercise: ExerciseId
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredExercise:
    """An exercise as it was ordered; `cancel` is None while nobody ended it."""

    exercise: Exercise
    cancel: ExerciseCancel | None = None
