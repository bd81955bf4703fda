"""The centre's ports in memory: a unit of work is a copy that `commit` puts in the place of the original."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from threading import Lock

from schedules.approval import Subject
from schedules.asrun import Outcome
from schedules.catching_up import Missed
from schedules.chain import GENESIS
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
from schedules.ledger import Leaf, LeafKind
from schedules.mark import MarkKind
from schedules.override import Override
from schedules.regulation import Regulation
from schedules.rundown import RundownItem
from schedules.slot import CatchUp
from schedules.times import DAY, Span
from schedules.unit import Group, Target, Unit, Units, Zone
from schedules.way import Answer
from schedules.wire.messages import Channel, Presence, RundownReceipt
from schedules.wire.rows import Tables, packed
from server.account_port import Delegations, Factors, SignIns
from server.approving_port import Approving
from server.command_port import Commands
from server.emergency_port import Emergencies
from server.errors import Stale
from server.evidence_port import Evidence, Ledger
from server.evidence_records import (
    LEAST_MEASURED_MS,
    Heard,
    JournalEnd,
    JournalKey,
    JournalState,
    KeptMark,
    Seen,
    SignedHead,
    Told,
)
from server.inspection_port import Tallies, Views
from server.issue_port import Issue
from server.issue_records import IssuedRundown, Promised, Revision, Settled, SilenceOrder, ZoneMark
from server.lease_records import Lease
from server.ports import UnitOfWork
from server.readiness_port import Alarms, Digests, Outages
from server.repositories import (
    Answers,
    Audit,
    Campaigns,
    Devices,
    Enrolments,
    Languages,
    Leases,
    Orders,
    People,
    Places,
    Programmes,
    Proposals,
)
from server.token_port import ApiTokens
from server.values import (
    AuditLine,
    Grant,
    Loudspeaker,
    OrderOfPriorities,
    Person,
    Proposal,
    ProposalState,
    StoredApproval,
    StoredCampaign,
    StoredProgramme,
    StoredSlot,
    StoredSuccession,
    StoredTemplate,
    Take,
)
from tests.fakes.accounts import FakeDelegations, FakeFactors, FakeSignIns, KeptAccounts
from tests.fakes.approving import FakeApproving, KeptApproving
from tests.fakes.commands import FakeCommands, KeptCommands
from tests.fakes.devices import FakeDevices, FakeEnrolments, KeptDevices
from tests.fakes.emergencies import FakeEmergencies, KeptEmergencies
from tests.fakes.inspection import FakeTallies, FakeViews, KeptInspection
from tests.fakes.readiness import FakeAlarms, FakeDigests, FakeOutages, KeptReadiness
from tests.fakes.tokens import FakeApiTokens, KeptTokens


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


class FakePeople:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def get(self, person: PersonId) -> Person | None:
        return self._kept.people.get(person)

    def by_login(self, login: str) -> Person | None:
        return next((each for each in self._kept.people.values() if each.login == login), None)

    def of_unit(self, unit: UnitId) -> Sequence[Person]:
        own = (each for each in self._kept.people.values() if each.unit == unit)
        return sorted(own, key=lambda each: (each.name, each.id))

    def all(self) -> Sequence[Person]:
        return sorted(self._kept.people.values(), key=lambda each: (each.name, each.id))

    def put(self, person: Person) -> None:
        self._kept.require(self._kept.units, person.unit)
        taken = self.by_login(person.login)
        if taken is not None and taken.id != person.id:
            raise Dangling(person.login)
        self._kept.people[person.id] = person


class FakePlaces:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def units(self) -> Units:
        to_come = (unit for each in self.successions() if each.carried_out_at is None for unit in each.ends)
        return Units.of(self._kept.units.values(), to_come)

    def put_units(self, units: Iterable[Unit]) -> None:
        for unit in units:
            self._kept.require(self._kept.units, unit.parent)
            self._kept.units[unit.id] = unit

    def groups(self) -> Sequence[Group]:
        return sorted(self._kept.groups.values(), key=lambda group: group.id)

    def put_group(self, group: Group) -> None:
        self._kept.require(self._kept.units, group.owner)
        self._kept.groups[group.id] = group

    def remove_group(self, group: GroupId) -> None:
        self._kept.groups.pop(group, None)

    def zones(self, *, among: Iterable[ZoneId] | None = None) -> Sequence[Zone]:
        wanted = self._kept.zones.keys() if among is None else set(among)
        return sorted((each for key, each in self._kept.zones.items() if key in wanted), key=lambda zone: zone.id)

    def zone(self, zone: ZoneId) -> Zone | None:
        return self._kept.zones.get(zone)

    def put_zone(self, zone: Zone) -> None:
        self._kept.require(self._kept.units, zone.station)
        self._kept.require(self._kept.units, zone.unit)
        self._kept.zones[zone.id] = zone
        if zone.id not in self._kept.marks:
            self._kept.marks[zone.id] = ZoneMark(
                zone=zone.id, wanted=1, planned_from=0, issued_revision=0, published_revision=0
            )

    def successions(self) -> Sequence[StoredSuccession]:
        return sorted(self._kept.successions.values(), key=lambda each: (each.on, each.id))

    def put_succession(self, succession: StoredSuccession) -> None:
        self._kept.successions[succession.id] = succession

    def regulations(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[Regulation]:
        wanted = None if stations is None else set(stations)
        own = (each for each in self._kept.regulations.values() if wanted is None or each.station in wanted)
        return sorted(own, key=lambda each: (each.station, each.valid_from, each.number))

    def put_regulation(self, regulation: Regulation) -> None:
        self._kept.require(self._kept.units, regulation.station)
        self._kept.regulations[regulation.station, regulation.number] = regulation

    def channels(self) -> Sequence[Channel]:
        return sorted(self._kept.channels.values(), key=lambda channel: channel.id)

    def put_channel(self, channel: Channel) -> None:
        self._kept.channels[channel.id] = channel

    def loudspeakers(self, *, among: Iterable[LoudspeakerId] | None = None) -> Sequence[Loudspeaker]:
        wanted = self._kept.loudspeakers.keys() if among is None else set(among)
        return sorted(
            (each for each in self._kept.loudspeakers.values() if each.id in wanted), key=lambda each: each.id
        )

    def loudspeaker(self, loudspeaker: LoudspeakerId) -> Loudspeaker | None:
        return self._kept.loudspeakers.get(loudspeaker)

    def put_loudspeaker(self, loudspeaker: Loudspeaker) -> None:
        self._kept.require(self._kept.zones, loudspeaker.zone)
        self._kept.loudspeakers[loudspeaker.id] = loudspeaker
        self._kept.assignments.setdefault(loudspeaker.id, (1, 0))

    def machine_voice_units(self) -> frozenset[UnitId]:
        return self._kept.machine_voice

    def allow_machine_voice(self, unit: UnitId, *, allowed: bool) -> None:
        if unit in self._kept.units:
            others = self._kept.machine_voice - {unit}
            self._kept.machine_voice = others | {unit} if allowed else others


class FakeProgrammes:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def get(self, programme: ProgrammeId) -> StoredProgramme | None:
        return self._kept.programmes.get(programme)

    def all(self) -> Sequence[StoredProgramme]:
        by_id = sorted(self._kept.programmes.values(), key=lambda each: each.programme.id)
        return sorted(by_id, key=lambda each: each.changed_at, reverse=True)

    def some(self, programmes: Iterable[ProgrammeId], *, for_places_of: Iterable[UnitId]) -> Sequence[StoredProgramme]:
        wanted, owners = set(programmes), set(for_places_of)
        found = (
            each
            for each in self._kept.programmes.values()
            if each.programme.id in wanted or (each.programme.for_places and each.programme.owner in owners)
        )
        return sorted(found, key=lambda each: each.programme.id)

    def put(self, stored: StoredProgramme, *, expected_version: int) -> None:
        known = self.get(stored.programme.id)
        _require_version(0 if known is None else known.programme.version, expected_version)
        self._kept.require(self._kept.units, stored.programme.owner)
        self._kept.programmes[stored.programme.id] = stored

    def take(self, take: str) -> Take | None:
        return self._kept.takes.get(take)

    def takes(self, programme: ProgrammeId) -> Sequence[Take]:
        own = (take for take in self._kept.takes.values() if take.programme == programme)
        return sorted(own, key=lambda take: (take.made_at, take.id))

    def put_take(self, take: Take) -> None:
        self._kept.require(self._kept.programmes, take.programme)
        self._kept.takes[take.id] = take

    def slot(self, slot: SlotId) -> StoredSlot | None:
        return self._kept.slots.get(slot)

    def slots(self, *, naming: Target | None = None, catch_up: CatchUp | None = None) -> Sequence[StoredSlot]:
        counting = (each for each in self._kept.slots.values() if each.removed_at is None)
        named = (each for each in counting if naming is None or _in_common(each.slot.target, naming))
        alike = (each for each in named if catch_up in (None, each.slot.catch_up))
        return sorted(alike, key=lambda each: each.slot.id)

    def slots_of(self, programme: ProgrammeId) -> Sequence[StoredSlot]:
        return [each for each in self.slots() if each.slot.programme == programme]

    def put_slot(self, stored: StoredSlot, *, expected_version: int) -> None:
        known = self.slot(stored.slot.id)
        _require_version(0 if known is None else known.slot.version, expected_version)
        self._kept.require(self._kept.programmes, stored.slot.programme)
        self._kept.slots[stored.slot.id] = stored

    def templates(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[StoredTemplate]:
        wanted = None if stations is None else set(stations)
        own = (each for each in self._kept.templates.values() if wanted is None or each.template.station in wanted)
        return sorted(own, key=lambda each: (each.template.station, each.template.starts, each.template.id))

    def put_template(self, stored: StoredTemplate, *, expected_version: int) -> None:
        known = self._kept.templates.get(stored.template.id)
        _require_version(0 if known is None else known.template.version, expected_version)
        self._kept.require(self._kept.units, stored.template.station)
        self._kept.templates[stored.template.id] = stored

    def approvals(self, *, subjects: Iterable[Subject] | None = None) -> Sequence[StoredApproval]:
        wanted = None if subjects is None else set(subjects)
        return [each for each in self._kept.approvals if wanted is None or each.subject in wanted]

    def approvals_of(self, subject: Subject) -> Sequence[StoredApproval]:
        return self.approvals(subjects=[subject])

    def add_approval(self, stored: StoredApproval) -> None:
        self._kept.approvals += (stored,)


class FakeCampaigns:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def get(self, campaign: CampaignId) -> StoredCampaign | None:
        return self._kept.campaigns.get(campaign)

    def all(self) -> Sequence[StoredCampaign]:
        by_id = sorted(self._kept.campaigns.values(), key=lambda each: each.campaign.id)
        return sorted(by_id, key=lambda each: each.campaign.first_day, reverse=True)

    def put(self, stored: StoredCampaign, *, expected_version: int) -> None:
        known = self.get(stored.campaign.id)
        _require_version(0 if known is None else known.campaign.version, expected_version)
        self._kept.require(self._kept.units, stored.campaign.owner)
        self._kept.campaigns[stored.campaign.id] = stored


class FakeProposals:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def get(self, proposal: str) -> Proposal | None:
        return self._kept.proposals.get(proposal)

    def of_station(self, station: UnitId) -> Sequence[Proposal]:
        own = (each for each in self._kept.proposals.values() if each.station == station)
        return sorted(own, key=lambda each: each.id, reverse=True)

    def overrides(self) -> Sequence[Override]:
        accepted = (each for _, each in sorted(self._kept.proposals.items()) if each.state is ProposalState.ACCEPTED)
        return [each.content for each in accepted if isinstance(each.content, Override)]

    def grants(self, *states: ProposalState) -> Sequence[Proposal]:
        found = (each for _, each in sorted(self._kept.proposals.items(), reverse=True) if each.state in states)
        return [each for each in found if isinstance(each.content, Grant)]

    def put(self, proposal: Proposal) -> None:
        self._kept.require(self._kept.units, proposal.station)
        self._kept.proposals[proposal.id] = proposal


class FakeOrders:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def newest(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[OrderOfPriorities]:
        wanted = None if stations is None else set(stations)
        last = {order.station: order for order in self._kept.orders}
        return [order for station, order in sorted(last.items()) if wanted is None or station in wanted]

    def add(self, order: OrderOfPriorities) -> None:
        self._kept.require(self._kept.units, order.station)
        self._kept.orders += (order,)


class FakeAnswers:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def newest(
        self, *, stations: Iterable[UnitId] | None = None, slots: Iterable[SlotId] | None = None
    ) -> Sequence[Answer]:
        at, to = (None if each is None else set(each) for each in (stations, slots))
        last = {(each.slot, each.station): each for each in self._kept.answers}
        return [
            each
            for each in self._kept.answers
            if each is last[each.slot, each.station]
            and (at is None or each.station in at)
            and (to is None or each.slot in to)
        ]

    def add(self, answer: Answer) -> None:
        self._kept.require(self._kept.units, answer.station)
        self._kept.require(self._kept.slots, answer.slot)
        self._kept.answers += (answer,)


class FakeLanguages:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def all(self) -> Sequence[Language]:
        return tuple(self._kept.languages.values())

    def put(self, language: Language) -> None:
        self._kept.languages[language.tag] = language

    def remove(self, tag: str) -> None:
        self._kept.languages.pop(tag, None)

    def substitutions(self) -> Sequence[Substitution]:
        latest: dict[tuple[ZoneId, ProgrammeId], Substitution] = {}
        for each in self._kept.substitutions:
            latest.pop((each.zone, each.programme), None)
            latest[each.zone, each.programme] = each
        return tuple(latest.values())

    def substitute(self, substitution: Substitution) -> None:
        self._kept.substitutions += (substitution,)


def _in_common(target: Target, naming: Target) -> bool:
    pairs = ((target.zones, naming.zones), (target.units, naming.units), (target.groups, naming.groups))
    return target.is_everywhere or any(not own.isdisjoint(asked) for own, asked in pairs)


class FakeIssue:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def want(self, zones: Iterable[ZoneId]) -> None:
        for zone in set(zones) & set(self._kept.marks):
            self._mark(zone, wanted=self._kept.marks[zone].wanted + 1)

    def marks(self, *, unsettled_only: bool = False, unplanned_only: bool = False) -> Sequence[ZoneMark]:
        shown = (
            mark
            for mark in self._kept.marks.values()
            if not (unsettled_only and mark.settled) and not (unplanned_only and mark.wanted == mark.planned_from)
        )
        return sorted(shown, key=lambda mark: mark.zone)

    def mark(self, zone: ZoneId) -> ZoneMark | None:
        return self._kept.marks.get(zone)

    def issued(self, zone: ZoneId) -> IssuedRundown | None:
        return self._kept.issued.get(zone)

    def envelope(self, zone: ZoneId) -> bytes:
        issued = self._kept.issued.get(zone)
        return b"" if issued is None else issued.envelope

    def settle(self, settled: Iterable[Settled]) -> None:
        for each in settled:
            self._mark(each.zone, planned_from=each.planned_from, planned_for=each.planned_for)
            if each.issued is not None:
                self._put(each.issued, each.before)

    def in_force(self, zones: Iterable[ZoneId]) -> Mapping[ZoneId, Tables]:
        wanted = ((zone, self._kept.issued.get(zone)) for zone in zones)
        return {zone: Tables(packed(issued.rundown)) for zone, issued in wanted if issued is not None}

    def _put(self, issued: IssuedRundown, before: Tables | None) -> None:
        rundown, zone = issued.rundown, issued.rundown.zone
        self._kept.require(self._kept.zones, zone)
        standing = {} if before is None else {each: before.item(n) for n, each in enumerate(before.occurrences)}
        promised = {item.occurrence: item for item in rundown.items}
        gone = [each for each, item in standing.items() if each not in promised and item.starts_at >= issued.issued_at]
        changed = ((each, standing[each].span) for each, item in promised.items() if each in standing)
        self._kept.revisions[zone, rundown.revision] = Revision(
            zone=zone,
            number=rundown.revision,
            issued_at=issued.issued_at,
            sha256=sha256(issued.envelope).hexdigest(),
            added=len(promised.keys() - standing.keys()),
            withdrawn=tuple(gone),
            changed=tuple((each, span) for each, span in changed if span != promised[each].span),
        )
        self._kept.issued[zone] = issued
        self._kept.planned.update({(zone, each): item for each, item in promised.items()})
        self._kept.withdrawn |= {(zone, each) for each in gone}
        self._kept.withdrawn -= {(zone, each) for each in promised}
        self._mark(zone, issued_revision=rundown.revision)

    def revision(self, zone: ZoneId, number: int) -> Revision | None:
        return self._kept.revisions.get((zone, number))

    def published(self, zone: ZoneId, revision: int) -> None:
        self._mark(zone, published_revision=revision)

    def newest_published(self) -> int:
        return max(
            *(mark.published_revision for mark in self._kept.marks.values()),
            *(published for _, published in self._kept.assignments.values()),
            *(order.number for order in self._kept.silences.values() if order.published),
            0,
            0,
        )

    def unpublish_after(self, number: int) -> None:
        for zone, mark in self._kept.marks.items():
            if mark.published_revision > number:
                self._mark(zone, published_revision=0)
        for key, order in self._kept.silences.items():
            if order.number > number:
                self._kept.silences[key] = replace(order, published=False)
        for loudspeaker, (wanted, published) in self._kept.assignments.items():
            if published > number:
                self._kept.assignments[loudspeaker] = (wanted, 0)

    def planned(
        self, span: Span, zones: Iterable[ZoneId], *, programmes: Iterable[ProgrammeId] | None = None
    ) -> Sequence[tuple[ZoneId, RundownItem]]:
        wanted, of = set(zones), None if programmes is None else set(programmes)
        found = [
            (key[0], item)
            for key, item in self._kept.planned.items()
            if key[0] in wanted
            and key not in self._kept.withdrawn
            and span.holds(item.starts_at)
            and (of is None or item.programme in of)
        ]
        return sorted(found, key=lambda pair: (pair[1].starts_at, pair[0]))

    def promised(
        self, wanted: Collection[tuple[ZoneId, OccurrenceId]]
    ) -> Mapping[tuple[ZoneId, OccurrenceId], Promised]:
        return {key: Promised.by(self._kept.planned[key]) for key in wanted if key in self._kept.planned}

    def planned_item(self, zone: ZoneId, occurrence: OccurrenceId) -> RundownItem | None:
        return self._kept.planned.get((zone, occurrence))

    def missed(self, *, zones: Iterable[ZoneId] | None = None) -> Sequence[Missed]:
        known = self._kept.missed.values()
        newest = max((each.known for each in known), default=None)
        wanted = {each.zone for each in known} if zones is None else set(zones)
        recent = (each for each in known if newest is not None and each.known > newest - 2 * DAY)
        chosen = (each for each in recent if each.zone in wanted)
        return sorted(chosen, key=lambda each: (each.zone, each.starts_at, each.occurrence))

    def miss(self, missed: Iterable[Missed]) -> None:
        for each in missed:
            self._kept.require(self._kept.zones, each.zone)
            self._kept.missed.setdefault((each.zone, each.occurrence), each)

    def is_in_force(self, sha256: str) -> bool:
        issued = (item for each in self._kept.issued.values() for item in each.rundown.items)
        return any(recording.sha256 == sha256 for item in issued for recording in item.recordings)

    def silences(self) -> Sequence[SilenceOrder]:
        newest = {order.audience: order for _, order in sorted(self._kept.silences.items(), key=lambda pair: pair[0])}
        return [newest[audience] for audience in sorted(newest)]

    def put_silence(self, order: SilenceOrder) -> None:
        self._kept.silences[order.audience, order.number] = order

    def silence_published(self, audience: str, number: int) -> None:
        self._kept.silences[audience, number] = replace(self._kept.silences[audience, number], published=True)

    def assignment_numbers(self) -> Sequence[tuple[LoudspeakerId, int, int]]:
        return [(key, wanted, published) for key, (wanted, published) in sorted(self._kept.assignments.items())]

    def assignment_number(self, loudspeaker: LoudspeakerId) -> int:
        return self._kept.assignments.get(loudspeaker, (0, 0))[1]

    def want_assignment(self, loudspeakers: Iterable[LoudspeakerId]) -> None:
        for loudspeaker in set(loudspeakers) & set(self._kept.assignments):
            wanted, published = self._kept.assignments[loudspeaker]
            self._kept.assignments[loudspeaker] = (wanted + 1, published)

    def number_assignment(self, loudspeaker: LoudspeakerId, number: int) -> None:
        wanted, published = self._kept.assignments[loudspeaker]
        self._kept.assignments[loudspeaker] = (max(wanted, number), published)

    def assignment_published(self, loudspeaker: LoudspeakerId, number: int) -> None:
        wanted, _ = self._kept.assignments[loudspeaker]
        self._kept.assignments[loudspeaker] = (wanted, number)

    def trust_lists(self) -> Sequence[tuple[int, bytes]]:
        return sorted(self._kept.trust_lists.items())

    def add_trust_list(self, number: int, envelope: bytes) -> None:
        self._kept.trust_lists[number] = envelope

    def trust_followed(self) -> int:
        return max(self._kept.trust_followed, default=0)

    def follow_trust(self, number: int) -> None:
        self._kept.require(self._kept.trust_lists, number)
        self._kept.trust_followed += (number,)
        self.want_all_again()

    def want_all_again(self) -> None:
        for zone, mark in self._kept.marks.items():
            if mark.issued_revision:
                self._mark(zone, wanted=mark.wanted + 1, planned_for=None)
        self._kept.silences = {key: replace(order, published=False) for key, order in self._kept.silences.items()}
        self._kept.assignments = {key: (wanted, 0) for key, (wanted, _) in self._kept.assignments.items()}

    def _mark(self, zone: ZoneId, **values: object) -> None:
        self._kept.marks[zone] = replace(self._kept.marks[zone], **values)  # type: ignore[arg-type]  # by field name


def _as_they_came(each: KeptMark) -> tuple[datetime, LoudspeakerId, JournalId, int]:
    return each.received_at, each.mark.loudspeaker, each.mark.journal, each.mark.sequence


class FakeEvidence:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def insert_heard(self, heard: Iterable[Heard]) -> int:
        before = len(self._kept.heard)
        for each in heard:
            key = (each.entry.loudspeaker, each.entry.journal, each.entry.sequence, each.hash)
            self._kept.heard.setdefault(key, each)
        return len(self._kept.heard) - before

    def insert_marks(self, marks: Iterable[KeptMark]) -> int:
        before = len(self._kept.kept_marks)
        for each in marks:
            key = (each.mark.loudspeaker, each.mark.journal, each.mark.sequence, each.hash)
            self._kept.kept_marks.setdefault(key, each)
        return len(self._kept.kept_marks) - before

    def marks(
        self, loudspeakers: Iterable[LoudspeakerId], kinds: Iterable[MarkKind], *, since: datetime | None = None
    ) -> Sequence[KeptMark]:
        whose, wanted = set(loudspeakers), set(kinds)
        found = (each for each in self._kept.kept_marks.values() if each.mark.loudspeaker in whose)
        alike = (each for each in found if each.mark.kind in wanted and (since is None or each.received_at >= since))
        return sorted(alike, key=_as_they_came)

    def hashes(
        self, loudspeaker: LoudspeakerId, journal: JournalId, *, first: int, last: int
    ) -> dict[int, frozenset[str]]:
        known: dict[int, frozenset[str]] = {}
        for whose, which, sequence, digest in (*self._kept.heard, *self._kept.kept_marks):
            if (whose, which) == (loudspeaker, journal) and first <= sequence <= last:
                known[sequence] = known.get(sequence, frozenset()) | {digest}
        return known

    def journal(self, loudspeaker: LoudspeakerId, journal: JournalId) -> JournalState:
        rows: list[tuple[tuple[LoudspeakerId, JournalId, int, str], Heard | KeptMark]]
        rows = [*self._kept.heard.items(), *self._kept.kept_marks.items()]
        own = [(sequence, each) for (*whose, sequence, _), each in rows if whose == [loudspeaker, journal]]
        sequences = {sequence for sequence, _ in own}
        through = 0
        while through + 1 in sequences:
            through += 1
        at_head = [each for sequence, each in own if sequence == through]
        newest = max(at_head, key=lambda each: each.received_at, default=None)
        return JournalState(
            loudspeaker=loudspeaker,
            journal=journal,
            through=through,
            head=GENESIS if newest is None else newest.hash,
            covers_until=self._kept.covers.get((loudspeaker, journal)),
        )

    def ends(self, journals: Collection[JournalKey]) -> Mapping[JournalKey, JournalEnd]:
        return {key: self._end(*key) for key in journals}

    def note_through(self, through: Mapping[JournalKey, int]) -> None:
        pass  # it looks through everything, every time

    def _end(self, loudspeaker: LoudspeakerId, journal: JournalId) -> JournalEnd:
        through = self.journal(loudspeaker, journal).through
        everything: dict[tuple[LoudspeakerId, JournalId, int, str], Heard | KeptMark]
        everything = {**self._kept.heard, **self._kept.kept_marks}
        rows = sorted(
            (sequence, each.received_at, digest)
            for (whose, which, sequence, digest), each in everything.items()
            if (whose, which) == (loudspeaker, journal) and sequence >= through
        )
        sequences = {sequence for sequence, _, _ in rows}
        return JournalEnd(through, {here: tuple(h for s, _, h in rows if s == here) for here in sequences})

    def journals(self, loudspeaker: LoudspeakerId) -> Sequence[JournalState]:
        names = {each[1] for each in (*self._kept.heard, *self._kept.kept_marks) if each[0] == loudspeaker}
        return [self.journal(loudspeaker, each) for each in sorted(names)]

    def put_covers(self, covers_until: Mapping[JournalKey, datetime]) -> None:
        for key, until in covers_until.items():
            self._kept.covers[key] = max(self._kept.covers.get(key, until), until)

    def covers(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, dict[JournalId, datetime]]:
        wanted, found = set(loudspeakers), dict[LoudspeakerId, dict[JournalId, datetime]]()
        for (whose, journal), until in self._kept.covers.items():
            if whose in wanted:
                found.setdefault(whose, {})[journal] = until
        return found

    def covers_until(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, datetime]:
        wanted, furthest = set(loudspeakers), dict[LoudspeakerId, datetime]()
        for (loudspeaker, _), until in self._kept.covers.items():
            if loudspeaker in wanted:
                furthest[loudspeaker] = max(furthest.get(loudspeaker, until), until)
        return furthest

    def heard(
        self,
        span: Span,
        loudspeakers: Iterable[LoudspeakerId],
        *,
        zones: Iterable[ZoneId] | None = None,
        programmes: Iterable[ProgrammeId] | None = None,
    ) -> Sequence[Heard]:
        wanted, of = set(loudspeakers), None if programmes is None else set(programmes)
        there = None if zones is None else set(zones)
        found = [
            each
            for each in self._kept.heard.values()
            if each.entry.loudspeaker in wanted
            and span.holds(each.entry.planned_start)
            and (of is None or each.entry.programme in of)
            and (there is None or each.entry.zone in there)
        ]
        return sorted(
            found,
            key=lambda e: (e.entry.loudspeaker, e.entry.journal, e.entry.sequence, e.received_at, e.hash),
        )

    def levels(
        self, loudspeakers: Iterable[LoudspeakerId], *, since: datetime
    ) -> Mapping[LoudspeakerId, Sequence[float]]:
        wanted, found = set(loudspeakers), dict[LoudspeakerId, list[float]]()
        entries = (each.entry for each in self._kept.heard.values() if each.entry.loudspeaker in wanted)
        newest = sorted(entries, key=lambda entry: (entry.planned_start, entry.sequence), reverse=True)
        for each in newest:
            if each.level_dbfs is not None and each.played_ms >= LEAST_MEASURED_MS and each.planned_start >= since:
                found.setdefault(each.loudspeaker, []).append(each.level_dbfs)
        return found

    def told(
        self,
        occurrence: OccurrenceId,
        span: Span,
        loudspeakers: Iterable[LoudspeakerId],
        *,
        said: Iterable[ProgrammeId],
    ) -> dict[LoudspeakerId, Told]:
        found: dict[LoudspeakerId, Told] = {}
        counts = set(said)
        own = (each.entry for each in self.heard(span, loudspeakers) if each.entry.occurrence == occurrence)
        for entry in sorted(own, key=lambda entry: (entry.recorded_at, entry.sequence, entry.hash)):
            known = found.get(entry.loudspeaker, Told())
            begins = entry.started_at is not None and entry.programme in counts
            found[entry.loudspeaker] = Told(
                known.whole + (begins and entry.outcome is Outcome.FINISHED),
                known.begun + begins,
                max((at for at in (known.began_at, entry.started_at) if at is not None), default=None),
                entry.reason or known.reason,
            )
        return found

    def put_presence(self, loudspeaker: LoudspeakerId, presence: Presence, at: datetime) -> bool:
        known = self._kept.seen.get(loudspeaker, Seen())
        before = known.presence
        changed = before is None or _what_matters(before) != _what_matters(presence)
        if changed:
            self._kept.presences += ((loudspeaker, at, presence),)
        self._kept.seen[loudspeaker] = replace(known, presence=presence, presence_at=at)
        return changed

    def note_twins(self, loudspeaker: LoudspeakerId, at: datetime) -> None:
        self._kept.seen[loudspeaker] = replace(self._kept.seen[loudspeaker], twins_at=at)

    def put_receipt(self, loudspeaker: LoudspeakerId, receipt: RundownReceipt, at: datetime) -> None:
        known = self._kept.seen.get(loudspeaker, Seen())
        self._kept.seen[loudspeaker] = replace(known, receipt=receipt, receipt_at=at)

    def seen(self, loudspeakers: Iterable[LoudspeakerId]) -> dict[LoudspeakerId, Seen]:
        return {each: self._kept.seen[each] for each in loudspeakers if each in self._kept.seen}

    def presence_history(self, loudspeaker: LoudspeakerId, span: Span) -> Sequence[tuple[datetime, Presence]]:
        return [
            (at, presence) for whose, at, presence in self._kept.presences if whose == loudspeaker and span.holds(at)
        ]


class FakeAudit:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def add(self, line: AuditLine) -> None:
        self._kept.audit += (replace(line, details=json.loads(json.dumps(dict(line.details), default=str))),)

    def latest(self, *, unit: UnitId | None, limit: int, subject: str | None = None) -> Sequence[AuditLine]:
        shown = [line for line in self._kept.audit if unit in (None, line.unit) and subject in (None, line.subject)]
        return shown[::-1][:limit]

    def page(
        self,
        *,
        units: Sequence[UnitId] | None,
        by: PersonId | None,
        subject: str,
        span: Span | None,
        skip: int,
        limit: int,
    ) -> Sequence[AuditLine]:
        found = [
            line
            for line in reversed(self._kept.audit)
            if (units is None or line.unit in units)
            and by in (None, line.by)
            and (not subject or line.action.startswith(f"{subject}."))
            and (span is None or span.start <= line.at < span.end)
        ]
        return found[skip : skip + limit]


class FakeLedger:
    """Leaves that were added; those the database makes of its rows are not among them."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def append(self, kind: LeafKind, subject: str, data: bytes, *, at: datetime | None = None) -> None:
        self._kept.leaves += (Leaf(self.size() + 1, kind, subject, at, data),)

    def size(self) -> int:
        return len(self._kept.leaves)

    def leaves(self, *, after: int, limit: int) -> Sequence[Leaf]:
        return self._kept.leaves[after : after + limit]

    def head(self, *, outside: bool = False) -> SignedHead | None:
        return next((head for head in self._kept.heads[::-1] if head.outside or not outside), None)

    def heads(self) -> Sequence[SignedHead]:
        return self._kept.heads

    def add_head(self, head: SignedHead) -> None:
        self._kept.heads += (head,)


class FakeLeases:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def get(self, name: str) -> Lease | None:
        return self._kept.leases.get(name)

    def put(self, lease: Lease) -> None:
        self._kept.leases[lease.name] = lease


class FakeUnitOfWork:
    """One transaction on a copy.

    Attributes:
        kept: what it sees and writes.
    """

    def __init__(self, store: "FakeStore") -> None:
        self._store = store
        self.kept = store.kept.copied()
        self.people: People = FakePeople(self.kept)
        self.factors: Factors = FakeFactors(self.kept.accounts)
        self.sign_ins: SignIns = FakeSignIns(self.kept.accounts)
        self.delegations: Delegations = FakeDelegations(self.kept.accounts)
        self.places: Places = FakePlaces(self.kept)
        self.devices: Devices = FakeDevices(self.kept.devices, self.kept.loudspeakers)
        self.enrolments: Enrolments = FakeEnrolments(self.kept.devices)
        self.commands: Commands = FakeCommands(self.kept.commands)
        self.programmes: Programmes = FakeProgrammes(self.kept)
        self.approving: Approving = FakeApproving(self.kept.approving)
        self.campaigns: Campaigns = FakeCampaigns(self.kept)
        self.proposals: Proposals = FakeProposals(self.kept)
        self.orders: Orders = FakeOrders(self.kept)
        self.answers: Answers = FakeAnswers(self.kept)
        self.languages: Languages = FakeLanguages(self.kept)
        self.issue: Issue = FakeIssue(self.kept)
        self.emergencies: Emergencies = FakeEmergencies(self.kept.emergencies)
        self.evidence: Evidence = FakeEvidence(self.kept)
        self.outages: Outages = FakeOutages(self.kept.readiness)
        self.alarms: Alarms = FakeAlarms(self.kept.readiness)
        self.digests: Digests = FakeDigests(self.kept.readiness)
        self.audit: Audit = FakeAudit(self.kept)
        self.ledger: Ledger = FakeLedger(self.kept)
        self.leases: Leases = FakeLeases(self.kept)
        self.api_tokens: ApiTokens = FakeApiTokens(self.kept.tokens)
        self.tallies: Tallies = FakeTallies(self.kept.inspection)
        self.views: Views = FakeViews(self.kept.inspection)

    def commit(self) -> None:
        self._store.kept = self.kept.copied()
        self._store.commits += 1


class FakeStore:
    """A store in memory; one writer at a time, like SQLite.

    Attributes:
        kept: what was committed.
        commits: how often.
    """

    def __init__(self) -> None:
        self.kept = Kept()
        self.commits = 0
        self._writer = Lock()

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        yield FakeUnitOfWork(self)

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        if not self._writer.acquire(timeout=5):
            raise TimeoutError("another unit of work is writing")
        try:
            yield FakeUnitOfWork(self)
        finally:
            self._writer.release()

    def changes(self) -> int:
        return self.commits

    def close(self) -> None:
        """Nothing is open."""


def _what_matters(presence: Presence) -> tuple[object, ...]:
    return (presence.online, presence.revision, presence.faults, presence.silences, presence.instance)


def _require_version(known: int, expected: int) -> None:
    if known != expected:
        raise Stale("edit.stale", by="", at=None)
