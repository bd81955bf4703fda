"""Values of the centre that the rules do not need: people, loudspeakers, takes, who made what, proposals.

Frozen; no behaviour beyond their own invariants. It must not know how they are stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from schedules.approval import Approval, Subject
from schedules.campaign import Campaign
from schedules.ids import (
    Key,
    LoudspeakerId,
    PersonId,
    ProgrammeId,
    SuccessionId,
    UnitId,
    ZoneId,
)
from schedules.override import Override
from schedules.programme import Programme, Recording
from schedules.regulation import Opening, Regulation, Suspension
from schedules.session import SessionTemplate
from schedules.slot import Slot


class Role(StrEnum):
    """What a person does; a role holds in the person's unit and all below it.

    A contributor hands in texts and recordings and sees nothing else.
    """

    EDITOR = "editor"
    APPROVER = "approver"
    OFFICER = "officer"
    TECHNICIAN = "technician"
    INSPECTOR = "inspector"
    ADMINISTRATOR = "administrator"
    CONTRIBUTOR = "contributor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account.

    Attributes:
        must_change_password: the next sign-in leads to the page for a new password.
        password_ends: from when on a password that somebody else gave lets nobody in; None for one's own.
        session_key: grows when all devices are to be signed out.
        also_units: further units the roles hold in: a technician may look after several communes.
        ends: from when on the account serves nobody any more, for who works by contract; None: no end is known.
        is_new: the first page shows where to begin.
    """

    id: PersonId
    login: str
    name: str
    unit: UnitId
    roles: frozenset[Role]
    password_hash: str
    language: str = "vi"
    active: bool = True
    must_change_password: bool = False
    password_ends: datetime | None = None
    session_key: int = 1
    also_units: frozenset[UnitId] = frozenset()
    ends: datetime | None = None
    is_new: bool = False

    @property
    def units(self) -> tuple[UnitId, ...]:
        """Every unit the roles hold in."""
        return (self.unit, *sorted(self.also_units))

    def serves(self, now: datetime) -> bool:
        """Tell whether the account can be used at an instant."""
        return self.active and (self.ends is None or now < self.ends)


class LoudspeakerKind(StrEnum):
    """What answers for the sound."""

    LOUDSPEAKER = "loudspeaker"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class MaintenanceLock:
    """Silence at one loudspeaker, emergencies included, while somebody works on it; it ends by itself."""

    until: datetime
    by: PersonId
    reason: str


@dataclass(frozen=True, slots=True)
class Stood:
    """A zone that a loudspeaker belonged to, until it was moved."""

    zone: ZoneId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudspeaker:
    """One receiving point with its own agent.

    Attributes:
        public_key: of the device in use, 64 hexadecimal digits; empty before the first is enrolled.
        clusters: of a gateway: FM or wired clusters behind it that cannot answer for themselves.
        volume: percent.
        daily_bytes: what its device may download of recordings in a day; None: no limit.
        lock: the last one, over or not; None where there never was one, or it was taken off.
        position: where it stands, degrees north and east; None when not known.
        stood: the zones it was moved away from, the earliest first.
    """

    id: LoudspeakerId
    zone: ZoneId
    name: str
    public_key: str
    kind: LoudspeakerKind = LoudspeakerKind.LOUDSPEAKER
    clusters: int = 0
    horns: int = 2
    volume: int = 100
    daily_bytes: int | None = None
    lock: MaintenanceLock | None = None
    position: tuple[float, float] | None = None
    since: datetime
    stood: tuple[Stood, ...] = ()
    retired_at: datetime | None = None

    def locked(self, now: datetime) -> MaintenanceLock | None:
        """Give the maintenance lock that holds at an instant."""
        return self.lock if self.lock is not None and now < self.lock.until else None

    @property
    def zones(self) -> frozenset[ZoneId]:
        """The zone it belongs to, and those it did."""
        return frozenset({self.zone, *(each.zone for each in self.stood)})

    def zone_at(self, instant: datetime) -> ZoneId:
        """Give the zone it belonged to at an instant."""
        return next((each.zone for each in self.stood if instant < each.until), self.zone)


class TakeState(StrEnum):
    """How far the preparation of a sound is."""

    WAITING = "waiting"
    PREPARING = "preparing"
    READY = "ready"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class TakeOrigin(StrEnum):
    """Where the sound came from."""

    UPLOAD = "upload"
    MICROPHONE = "microphone"
    VOICE = "voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One sound on its way to become a recording of a programme in a language.

    Attributes:
        progress: 0 to 1.
        reason: dotted code when refused.
        recording: when ready; with loudness before and after in LUFS, and true peak after in dBTP.
        text: what a voice spoke; of another sound, the words that were written when it came.
    """

    id: str
    programme: ProgrammeId
    language: str
    origin: TakeOrigin
    state: TakeState
    made_by: PersonId
    made_at: datetime
    file_name: str = ""
    text: str = ""
    progress: float = 0.0
    reason: str = ""
    recording: Recording | None = None
    loudness_before: float | None = None
    loudness_after: float | None = None
    true_peak_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProgramme:
    """A programme with what only the centre needs.

    Attributes:
        texts: script per language.
        changed_by: everybody who made or changed it since it was last a new draft; none may approve it.
        machine_voiced: languages whose sound is a machine voice.
        note: why it was sent back; empty otherwise.
    """

    programme: Programme
    texts: Mapping[str, str] = field(default_factory=dict)
    changed_by: frozenset[PersonId] = frozenset()
    machine_voiced: frozenset[str] = frozenset()
    note: str = ""
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSlot:
    """A slot with who made it; `removed_at` set: it no longer counts."""

    slot: Slot
    changed_by: frozenset[PersonId]
    changed_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTemplate:
    """A session template with who made it.

    Attributes:
        note: why it was sent back; empty while it waits for an approver, or has one.
    """

    template: SessionTemplate
    changed_by: frozenset[PersonId]
    changed_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCampaign:
    """A campaign with who made it."""

    campaign: Campaign
    changed_by: frozenset[PersonId]
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOfPriorities:
    """The order an officer gave to a station's priority items; the newest of a station counts.

    Attributes:
        keys: of slots, places or programmes (`schedules.candidates.Candidate.key`), the first goes first.
    """

    station: UnitId
    keys: tuple[Key, ...]
    by: PersonId
    at: datetime


class ApprovalWay(StrEnum):
    """How the approver approved: signed in, by a one-time link and a PIN, or outside the system as somebody says."""

    DESK = "desk"
    LINK = "link"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredApproval:
    """An approval with the canonical bytes of what was released.

    Attributes:
        texts: the script per language as it was read then; empty for a template, and for what was approved before
            texts were kept.
        delegation: by which the person approved in an approver's place; empty for an approver of their own right.
    """

    subject: Subject
    approval: Approval
    canonical: bytes
    way: ApprovalWay = ApprovalWay.DESK
    texts: Mapping[str, str] = field(default_factory=dict)
    delegation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSuccession:
    """A merge or split that was decided.

    Attributes:
        on: the first day of the new state; on it zones and people move.
        basis: number and date of the resolution that orders it.
        ends: the units that end, each with its successors, the one that takes over its people first.
        carried_out_at: when zones and people were moved; None while the day is still to come.
    """

    id: SuccessionId
    on: date
    basis: str
    ends: Mapping[UnitId, tuple[UnitId, ...]]
    decided_by: PersonId
    decided_at: datetime
    carried_out_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Who did what to what, when; before and after as text. Never updated, never deleted."""

    at: datetime
    by: PersonId | None
    action: str
    subject: str
    unit: UnitId | None
    details: Mapping[str, object] = field(default_factory=dict)


class ProposalState(StrEnum):
    """What came of a proposal."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CARRIED_OUT = "carried_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Several units become one.

    Attributes:
        of: the units that end.
        into: a unit that is there and takes them in; None for a new one, with this name and code.
        basis: number and date of the resolution.
    """

    of: tuple[UnitId, ...]
    on: date
    basis: str
    into: UnitId | None = None
    name: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPart:
    """A unit that comes out of a split, with the hamlets and zones it takes over."""

    name: str
    code: str
    hamlets: frozenset[UnitId] = frozenset()
    zones: frozenset[ZoneId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One unit becomes several; the first takes over its people."""

    unit: UnitId
    parts: tuple[NewPart, ...]
    on: date
    basis: str

    @property
    def of(self) -> tuple[UnitId, ...]:
        """The unit that ends, as those of a merge."""
        return (self.unit,)


class Reset(StrEnum):
    """What somebody with weighty rights may lose or forget."""

    PASSWORD = "password"  # noqa: S105 -- the name of one
    FACTOR = "factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """More rights for a person, or a way past what guards the rights they have; just one of the three.

    Attributes:
        roles: to be added to those they hold.
        emergency: where they are to issue emergencies.
        reset: what they are to have anew.
    """

    person: PersonId
    roles: frozenset[Role] = frozenset()
    emergency: UnitId | None = None
    reset: Reset | None = None


Proposed = Regulation | Opening | Suspension | Override | Merge | Split | Grant
"""What can be asked for: about a station's rules, about the units right below one, or about a person's rights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change that takes two people: who asked, and who settled it; one of rules that widens nothing needs one person.

    Attributes:
        station: whose rules, above what is to be merged or split, or where the person belongs.
        note: why it was refused; empty otherwise.
    """

    id: str
    station: UnitId
    content: Proposed
    state: ProposalState = ProposalState.WAITING
    asked_by: PersonId
    asked_at: datetime
    settled_by: PersonId | None = None
    settled_at: datetime | None = None
    note: str = ""
