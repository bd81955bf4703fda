"""Everything the centre's ports keep in memory."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from schedules.catching_up import Missed
from schedules.ids import (
    CampaignId,
    ChannelId,
    GroupId,
    JournalId,
    LoudspeakerId,
    OccurrenceId,
    PersonId,
    ProgrammeId,
    SlotId,
    SuccessionId,
    TemplateId,
    UnitId,
    ZoneId,
)
from schedules.language import LANGUAGES, Language, Substitution
from schedules.ledger import Leaf
from schedules.regulation import Regulation
from schedules.rundown import RundownItem
from schedules.unit import Group, Unit, Zone
from schedules.way import Answer
from schedules.wire.messages import Channel, Presence
from server.errors import Stale
from server.evidence_records import (
    Heard,
    KeptMark,
    Seen,
    SignedHead,
)
from server.fault_records import Fault
from server.issue_records import IssuedRundown, Revision, SilenceOrder, ZoneMark
from server.lease_records import Lease
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
from tests.fakes.accounts import KeptAccounts
from tests.fakes.approving import KeptApproving
from tests.fakes.commands import KeptCommands
from tests.fakes.contributions import KeptContributions
from tests.fakes.devices import KeptDevices
from tests.fakes.emergencies import KeptEmergencies
from tests.fakes.inspection import KeptInspection
from tests.fakes.readiness import KeptReadiness
from tests.fakes.tokens import KeptTokens


class Dangling(LookupError):
    """Raised where the database would refuse a reference to nothing, or a login that is taken."""


@dataclass
class Kept:
    """Everything there is."""

    people: dict[PersonId, Person] = field(default_factory=dict)
    accounts: KeptAccounts = field(default_factory=KeptAccounts)
    units: dict[UnitId, Unit] = field(default_factory=dict)
    successions: dict[SuccessionId, StoredSuccession] = field(default_factory=dict)
    groups: dict[GroupId, Group] = field(default_factory=dict)
    machine_voice: frozenset[UnitId] = frozenset()
    zones: dict[ZoneId, Zone] = field(default_factory=dict)
    marks: dict[ZoneId, ZoneMark] = field(default_factory=dict)
    regulations: dict[tuple[UnitId, str], Regulation] = field(default_factory=dict)
    channels: dict[ChannelId, Channel] = field(default_factory=dict)
    loudspeakers: dict[LoudspeakerId, Loudspeaker] = field(default_factory=dict)
    assignments: dict[LoudspeakerId, tuple[int, int]] = field(default_factory=dict)
    programmes: dict[ProgrammeId, StoredProgramme] = field(default_factory=dict)
    takes: dict[str, Take] = field(default_factory=dict)
    slots: dict[SlotId, StoredSlot] = field(default_factory=dict)
    templates: dict[TemplateId, StoredTemplate] = field(default_factory=dict)
    approvals: tuple[StoredApproval, ...] = ()
    approving: KeptApproving = field(default_factory=KeptApproving)
    contributions: KeptContributions = field(default_factory=KeptContributions)
    campaigns: dict[CampaignId, StoredCampaign] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    orders: tuple[OrderOfPriorities, ...] = ()
    answers: tuple[Answer, ...] = ()
    languages: dict[str, Language] = field(default_factory=lambda: {each.tag: each for each in LANGUAGES})
    substitutions: tuple[Substitution, ...] = ()
    issued: dict[ZoneId, IssuedRundown] = field(default_factory=dict)
    planned: dict[tuple[ZoneId, OccurrenceId], RundownItem] = field(default_factory=dict)
    revisions: dict[tuple[ZoneId, int], Revision] = field(default_factory=dict)
    withdrawn: frozenset[tuple[ZoneId, OccurrenceId]] = frozenset()
    missed: dict[tuple[ZoneId, OccurrenceId], Missed] = field(default_factory=dict)
    silences: dict[tuple[str, int], SilenceOrder] = field(default_factory=dict)
    trust_lists: dict[int, bytes] = field(default_factory=dict)
    trust_followed: tuple[int, ...] = ()
    heard: dict[tuple[LoudspeakerId, JournalId, int, str], Heard] = field(default_factory=dict)
    kept_marks: dict[tuple[LoudspeakerId, JournalId, int, str], KeptMark] = field(default_factory=dict)
    covers: dict[tuple[LoudspeakerId, JournalId], datetime] = field(default_factory=dict)
    seen: dict[LoudspeakerId, Seen] = field(default_factory=dict)
    presences: tuple[tuple[LoudspeakerId, datetime, Presence], ...] = ()
    emergencies: KeptEmergencies = field(default_factory=KeptEmergencies)
    devices: KeptDevices = field(default_factory=KeptDevices)
    readiness: KeptReadiness = field(default_factory=KeptReadiness)
    faults: dict[str, Fault] = field(default_factory=dict)
    commands: KeptCommands = field(default_factory=KeptCommands)
    inspection: KeptInspection = field(default_factory=KeptInspection)
    audit: tuple[AuditLine, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    heads: tuple[SignedHead, ...] = ()
    leases: dict[str, Lease] = field(default_factory=dict)
    tokens: KeptTokens = field(default_factory=KeptTokens)

    def copied(self) -> "Kept":
        """Give a copy that can be written without touching this; the values themselves are frozen."""
        return Kept(**{name: copy(value) for name, value in vars(self).items()})

    def require(self, known: Iterable[object], reference: object) -> None:
        """Refuse a reference to nothing."""
        if reference is not None and reference not in known:
            raise Dangling(reference)


def require_version(known: int, expected: int) -> None:
    """Refuse an edit of what somebody else changed meanwhile."""
    if known != expected:
        raise Stale("edit.overtaken")
