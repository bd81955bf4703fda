"""What the use cases need kept, as protocols of few methods: one for each subject, all within one transaction.

It must not name a framework.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from schedules.approval import Subject
from schedules.catching_up import Missed
from schedules.ids import (
    CampaignId,
    DeviceId,
    EnrolmentId,
    GroupId,
    JournalId,
    LoudspeakerId,
    OccurrenceId,
    PersonId,
    ProgrammeId,
    SlotId,
    UnitId,
    ZoneId,
)
from schedules.language import Language, Substitution
from schedules.ledger import Leaf, LeafKind
from schedules.mark import MarkKind
from schedules.override import Override
from schedules.regulation import Regulation
from schedules.rundown import RundownItem
from schedules.slot import CatchUp
from schedules.times import Span
from schedules.unit import Group, Target, Unit, Units, Zone
from schedules.way import Answer
from schedules.wire.messages import Channel, Presence, RundownReceipt
from schedules.wire.rows import Tables
from server.device_records import Device, Enrolment, Renewal
from server.evidence_records import Heard, JournalState, KeptMark, Seen, SignedHead
from server.issue_records import IssuedRundown, Revision, Settled, SilenceOrder, ZoneMark
from server.values import (
    AuditLine,
    Loudspeaker,
    OrderOfPriorities,
    Person,
    Proposal,
    StoredApproval,
    StoredCampaign,
    StoredProgramme,
    StoredSlot,
    StoredSuccession,
    StoredTemplate,
    Take,
)


class People(Protocol):
    """Accounts."""

    def get(self, person: PersonId) -> Person | None: ...
    def by_login(self, login: str) -> Person | None: ...
    def of_unit(self, unit: UnitId) -> Sequence[Person]: ...
    def put(self, person: Person) -> None: ...


class Places(Protocol):
    """Units, zones, loudspeakers, regulations and the signed channel list."""

    def units(self) -> Units: ...
    def put_units(self, units: Iterable[Unit]) -> None:
        """Insert or replace units; the parent of each must be there or come before it."""
        ...

    def groups(self) -> Sequence[Group]: ...
    def put_group(self, group: Group) -> None: ...
    def remove_group(self, group: GroupId) -> None: ...
    def zones(self, *, among: Iterable[ZoneId] | None = None) -> Sequence[Zone]:
        """Give zones in order of id, all unless some are named."""
        ...

    def zone(self, zone: ZoneId) -> Zone | None: ...
    def put_zone(self, zone: Zone) -> None: ...
    def successions(self) -> Sequence[StoredSuccession]: ...
    def put_succession(self, succession: StoredSuccession) -> None: ...
    def regulations(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[Regulation]:
        """Give every regulation, of all stations unless some are named, the earliest first."""
        ...

    def put_regulation(self, regulation: Regulation) -> None: ...
    def channels(self) -> Sequence[Channel]: ...
    def put_channel(self, channel: Channel) -> None: ...
    def loudspeakers(self) -> Sequence[Loudspeaker]: ...
    def loudspeaker(self, loudspeaker: LoudspeakerId) -> Loudspeaker | None: ...
    def put_loudspeaker(self, loudspeaker: Loudspeaker) -> None: ...
    def machine_voice_units(self) -> frozenset[UnitId]:
        """Give the units whose own programmes may go on air in the embedded machine voice."""
        ...

    def allow_machine_voice(self, unit: UnitId, *, allowed: bool) -> None: ...


class Devices(Protocol):
    """Devices, retired ones included; the one in use is the one whose key the loudspeaker has."""

    def of(self, loudspeaker: LoudspeakerId) -> Sequence[Device]:
        """Give the devices a loudspeaker has had, the earliest first."""
        ...

    def get(self, device: DeviceId) -> Device | None: ...
    def all(self) -> Sequence[Device]: ...
    def standing(self) -> Sequence[tuple[DeviceId, LoudspeakerId, ZoneId]]:
        """Give the devices in use, in order of id, each with its loudspeaker and that one's zone.

        A retired loudspeaker has none. It costs little enough to be asked after every commit.
        """
        ...

    def retired_after(self, instant: datetime) -> Sequence[Device]:
        """Give the devices that are out of use since after an instant, in order of id."""
        ...

    def put(self, device: Device) -> None: ...


class Enrolments(Protocol):
    """Codes given to devices, and what devices ask for with their keys."""

    def get(self, enrolment: EnrolmentId) -> Enrolment | None: ...
    def newest(self, loudspeaker: LoudspeakerId) -> Enrolment | None: ...
    def asked(self) -> Sequence[Enrolment]:
        """Give those whose device waits for its answer."""
        ...

    def put(self, enrolment: Enrolment) -> None: ...
    def renewal(self, device: DeviceId) -> Renewal | None: ...
    def renewals_asked(self) -> Sequence[Renewal]:
        """Give the renewals that wait for their answer."""
        ...

    def put_renewal(self, renewal: Renewal) -> None: ...


class Programmes(Protocol):
    """Programmes, takes, slots, templates and their approvals.

    `put_*` of something that has a version raises `Stale` unless the stored version is the one expected; 0
    expects nothing to be there.
    """

    def get(self, programme: ProgrammeId) -> StoredProgramme | None: ...
    def all(self) -> Sequence[StoredProgramme]: ...
    def some(self, programmes: Iterable[ProgrammeId], *, for_places_of: Iterable[UnitId]) -> Sequence[StoredProgramme]:
        """Give programmes by id, and those that some units made for places filled by rule."""
        ...

    def put(self, stored: StoredProgramme, *, expected_version: int) -> None: ...
    def take(self, take: str) -> Take | None: ...
    def takes(self, programme: ProgrammeId) -> Sequence[Take]: ...
    def put_take(self, take: Take) -> None: ...
    def slot(self, slot: SlotId) -> StoredSlot | None: ...
    def slots(self, *, naming: Target | None = None, catch_up: CatchUp | None = None) -> Sequence[StoredSlot]:
        """Give the slots that count: removed ones are found by their id only.

        Args:
            naming: only those whose target has a zone, unit or group with this one in common, or says no place.
            catch_up: only those with this policy.
        """
        ...

    def slots_of(self, programme: ProgrammeId) -> Sequence[StoredSlot]: ...
    def put_slot(self, stored: StoredSlot, *, expected_version: int) -> None: ...
    def templates(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[StoredTemplate]:
        """Give session templates, of all stations unless some are named, by their hour."""
        ...

    def put_template(self, stored: StoredTemplate, *, expected_version: int) -> None: ...
    def approvals(self, *, subjects: Iterable[Subject] | None = None) -> Sequence[StoredApproval]:
        """Give approvals, of everything unless some subjects are named, the oldest first."""
        ...

    def approvals_of(self, subject: Subject) -> Sequence[StoredApproval]: ...
    def add_approval(self, stored: StoredApproval) -> None: ...


class Campaigns(Protocol):
    """Campaigns; `put` raises `Stale` unless the stored version is the one expected, 0 for none."""

    def get(self, campaign: CampaignId) -> StoredCampaign | None: ...
    def all(self) -> Sequence[StoredCampaign]:
        """Give every campaign, the one that begins last first."""
        ...

    def put(self, stored: StoredCampaign, *, expected_version: int) -> None: ...


class Proposals(Protocol):
    """What people ask for about the rules of stations."""

    def get(self, proposal: str) -> Proposal | None: ...
    def of_station(self, station: UnitId) -> Sequence[Proposal]:
        """Give the proposals about a station, the newest first."""
        ...

    def overrides(self) -> Sequence[Override]:
        """Give every granted override."""
        ...

    def put(self, proposal: Proposal) -> None: ...


class Orders(Protocol):
    """The orders that officers gave to priority items. Append-only."""

    def newest(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[OrderOfPriorities]:
        """Give the order that counts of each station that has one, of all stations unless some are named."""
        ...

    def add(self, order: OrderOfPriorities) -> None: ...


class Answers(Protocol):
    """What stations answered to offers. Append-only."""

    def newest(
        self, *, stations: Iterable[UnitId] | None = None, slots: Iterable[SlotId] | None = None
    ) -> Sequence[Answer]:
        """Give the last answer of each station to each slot, of all unless some are named, the oldest first."""
        ...

    def add(self, answer: Answer) -> None: ...


class Languages(Protocol):
    """The languages there are, and what zones hear instead of their own. Choices are append-only."""

    def all(self) -> Sequence[Language]: ...
    def put(self, language: Language) -> None:
        """Replace a language where it stands, or add it to the end of the list."""
        ...

    def remove(self, tag: str) -> None: ...
    def substitutions(self) -> Sequence[Substitution]:
        """Give the latest choice of each zone and programme, the oldest first."""
        ...

    def substitute(self, substitution: Substitution) -> None: ...


class Issue(Protocol):
    """What was planned, issued and published, and the orders of silence."""

    def want(self, zones: Iterable[ZoneId]) -> None:
        """Raise `wanted` of zones by one."""
        ...

    def marks(self, *, unsettled_only: bool = False, unplanned_only: bool = False) -> Sequence[ZoneMark]:
        """Give the marks of zones in order of zone: all, those not settled, or those that wait to be planned."""
        ...

    def mark(self, zone: ZoneId) -> ZoneMark | None: ...
    def issued(self, zone: ZoneId) -> IssuedRundown | None: ...
    def in_force(self, zones: Iterable[ZoneId]) -> Mapping[ZoneId, Tables]:
        """Give the rundowns in force as tables, where there are any that can be read."""
        ...

    def envelope(self, zone: ZoneId) -> bytes:
        """Give the signed bytes of the rundown in force; empty where there is none."""
        ...

    def settle(self, settled: Iterable[Settled]) -> None:
        """Store what planning gave: the next rundowns, and the marks of all.

        Items ahead that a new rundown no longer holds are withdrawn; those that had begun keep their place.
        """
        ...

    def revision(self, zone: ZoneId, number: int) -> Revision | None:
        """Give what is left of a rundown that was issued."""
        ...

    def published(self, zone: ZoneId, revision: int) -> None: ...
    def newest_published(self) -> int:
        """Give the highest number the broker has confirmed, of rundowns, silence and assignments; 0 for none."""
        ...

    def unpublish_after(self, number: int) -> None:
        """Note that a broker lost what was published under higher numbers; 0: everything."""
        ...

    def planned(
        self, span: Span, zones: Iterable[ZoneId], *, programmes: Iterable[ProgrammeId] | None = None
    ) -> Sequence[tuple[ZoneId, RundownItem]]:
        """Give the planned items that start inside a span, in order of start; withdrawn ones are not among them.

        With programmes named, only theirs.
        """
        ...

    def planned_item(self, zone: ZoneId, occurrence: OccurrenceId) -> RundownItem | None:
        """Give a planned item as it was last said, a withdrawn one too."""
        ...

    def missed(self, *, zones: Iterable[ZoneId] | None = None) -> Sequence[Missed]:
        """Give what no loudspeaker played and comes again, of the last two days of which anything is known.

        Of the zones named alone, if any; in order of zone and start.
        """
        ...

    def miss(self, missed: Iterable[Missed]) -> None:
        """Keep what no loudspeaker of a zone played; what is known already stays as it is."""
        ...

    def is_in_force(self, sha256: str) -> bool:
        """Tell whether some rundown or assignment in force names a recording."""
        ...

    def silences(self) -> Sequence[SilenceOrder]:
        """Give the newest order per audience."""
        ...

    def put_silence(self, order: SilenceOrder) -> None: ...
    def silence_published(self, audience: str, number: int) -> None: ...
    def assignment_numbers(self) -> Sequence[tuple[LoudspeakerId, int, int]]:
        """Give, per loudspeaker, the number its assignment should have and the one last published."""
        ...

    def assignment_number(self, loudspeaker: LoudspeakerId) -> int:
        """Give the number of the assignment last published; 0 for none."""
        ...

    def want_assignment(self, loudspeakers: Iterable[LoudspeakerId]) -> None:
        """Raise the number the assignments of loudspeakers should have; a new loudspeaker's is wanted by itself."""
        ...

    def number_assignment(self, loudspeaker: LoudspeakerId, number: int) -> None:
        """Raise the number one assignment should have to at least this."""
        ...

    def assignment_published(self, loudspeaker: LoudspeakerId, number: int) -> None: ...
    def trust_lists(self) -> Sequence[tuple[int, bytes]]:
        """Give every signed trust list with its number, the first first."""
        ...

    def add_trust_list(self, number: int, envelope: bytes) -> None: ...
    def trust_followed(self) -> int:
        """Give the number of the newest trust list under which everything was wanted again; 0 for none."""
        ...

    def follow_trust(self, number: int) -> None:
        """Want everything again that is in force, since it goes by an older trust list.

        Zones that have a rundown get another one even if nothing in it differs; silences and assignments are to be
        published again.
        """
        ...


class Evidence(Protocol):
    """What loudspeakers said. Append-only: nothing here is updated or deleted but the newest presence."""

    def insert_heard(self, heard: Iterable[Heard]) -> int:
        """Insert what is new by (loudspeaker, journal, sequence, hash); give how many were new."""
        ...

    def insert_marks(self, marks: Iterable[KeptMark]) -> int:
        """Insert what is new by (loudspeaker, journal, sequence, hash); give how many were new."""
        ...

    def hashes(
        self, loudspeaker: LoudspeakerId, journal: JournalId, *, first: int, last: int
    ) -> dict[int, frozenset[str]]:
        """Give the hashes kept for the sequences of a journal between two, both included, of entries and marks."""
        ...

    def journal(self, loudspeaker: LoudspeakerId, journal: JournalId) -> JournalState:
        """Give the journal's state, computed from the rows: `through` has no gap below it."""
        ...

    def note_through(self, state: JournalState) -> None:
        """Remember how far a journal was found to have no gap, so that the next look begins there."""
        ...

    def journals(self, loudspeaker: LoudspeakerId) -> Sequence[JournalState]:
        """Give the state of every journal a loudspeaker has reported anything of, in order of id."""
        ...

    def marks(
        self, loudspeakers: Iterable[LoudspeakerId], kinds: Iterable[MarkKind], *, since: datetime | None = None
    ) -> Sequence[KeptMark]:
        """Give loudspeakers' marks of some kinds, those received since an instant, in the order they came."""
        ...

    def put_covers(self, loudspeaker: LoudspeakerId, journal: JournalId, covers_until: datetime) -> None: ...
    def covers(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, dict[JournalId, datetime]]:
        """Give up to when each journal of loudspeakers has been told whole."""
        ...

    def covers_until(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, datetime]: ...
    def heard(
        self,
        span: Span,
        loudspeakers: Iterable[LoudspeakerId],
        *,
        zones: Iterable[ZoneId] | None = None,
        programmes: Iterable[ProgrammeId] | None = None,
    ) -> Sequence[Heard]:
        """Give the entries whose planned start lies inside a span; of the zones and programmes named alone, if any."""
        ...

    def put_presence(self, loudspeaker: LoudspeakerId, presence: Presence, at: datetime) -> bool:
        """Keep the newest presence, and a line of history when online, revision, faults or silences changed.

        Tell whether they did.
        """
        ...

    def put_receipt(self, loudspeaker: LoudspeakerId, receipt: RundownReceipt, at: datetime) -> None: ...
    def seen(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, Seen]: ...
    def presence_history(self, loudspeaker: LoudspeakerId, span: Span) -> Sequence[tuple[datetime, Presence]]: ...


class Audit(Protocol):
    """The audit trail, append-only."""

    def add(self, line: AuditLine) -> None: ...
    def latest(self, *, unit: UnitId | None, limit: int, subject: str | None = None) -> Sequence[AuditLine]:
        """Give the newest lines, of one unit or of all, about one subject or any, the newest first."""
        ...


class Ledger(Protocol):
    """The ledger: leaves in one order, and signed heads over them. Append-only.

    The store adds a leaf by itself for each row of evidence it writes; what a device signed is added by who read it.
    """

    def append(self, kind: LeafKind, subject: str, data: bytes, *, at: datetime | None = None) -> None:
        """Add a leaf; it gets the next number at the commit, so that it is kept with what it proves or not at all."""
        ...

    def size(self) -> int:
        """Give how many leaves there are."""
        ...

    def leaves(self, *, after: int, limit: int) -> Sequence[Leaf]:
        """Give leaves in order, from the one after a number on."""
        ...

    def head(self, *, outside: bool = False) -> SignedHead | None:
        """Give the newest signed head; the newest one that goes outside, if asked."""
        ...

    def heads(self) -> Sequence[SignedHead]:
        """Give every signed head, the first first."""
        ...

    def add_head(self, head: SignedHead) -> None: ...
