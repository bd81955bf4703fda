"""What is planned, in memory: programmes, slots, templates, campaigns, and what is asked of stations."""

from collections.abc import Iterable, Mapping, Sequence

from schedules.approval import Subject
from schedules.ids import (
    CampaignId,
    ProgrammeId,
    SlotId,
    UnitId,
    ZoneId,
)
from schedules.language import Language, Substitution
from schedules.override import Override
from schedules.slot import CatchUp
from schedules.unit import Target
from schedules.way import Answer
from server.values import (
    Grant,
    OrderOfPriorities,
    Proposal,
    ProposalState,
    StoredApproval,
    StoredCampaign,
    StoredProgramme,
    StoredSlot,
    StoredTemplate,
    Take,
)
from tests.fakes.kept import Kept, require_version


def _in_common(target: Target, naming: Target) -> bool:
    pairs = ((target.zones, naming.zones), (target.units, naming.units), (target.groups, naming.groups))
    return target.is_everywhere or any(not own.isdisjoint(asked) for own, asked in pairs)


class FakeProgrammes:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def get(self, programme: ProgrammeId) -> StoredProgramme | None:
        return self._kept.programmes.get(programme)

    def all(self) -> Sequence[StoredProgramme]:
        by_id = sorted(self._kept.programmes.values(), key=lambda each: each.programme.id)
        return sorted(by_id, key=lambda each: each.changed_at, reverse=True)

    def some(
        self,
        programmes: Iterable[ProgrammeId],
        *,
        for_places_of: Iterable[UnitId] = (),
        owned_by: Iterable[UnitId] = (),
    ) -> Sequence[StoredProgramme]:
        wanted, owners, owning = set(programmes), set(for_places_of), set(owned_by)
        found = (
            each
            for each in self._kept.programmes.values()
            if each.programme.id in wanted
            or each.programme.owner in owning
            or (each.programme.for_places and each.programme.owner in owners)
        )
        return sorted(found, key=lambda each: each.programme.id)

    def owners(self) -> frozenset[UnitId]:
        return frozenset(each.programme.owner for each in self._kept.programmes.values())

    def put(self, stored: StoredProgramme, *, expected_version: int) -> None:
        known = self.get(stored.programme.id)
        require_version(0 if known is None else known.programme.version, expected_version)
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
        require_version(0 if known is None else known.slot.version, expected_version)
        self._kept.require(self._kept.programmes, stored.slot.programme)
        self._kept.slots[stored.slot.id] = stored

    def templates(self, *, stations: Iterable[UnitId] | None = None) -> Sequence[StoredTemplate]:
        wanted = None if stations is None else set(stations)
        own = (each for each in self._kept.templates.values() if wanted is None or each.template.station in wanted)
        return sorted(own, key=lambda each: (each.template.station, each.template.starts, each.template.id))

    def put_template(self, stored: StoredTemplate, *, expected_version: int) -> None:
        known = self._kept.templates.get(stored.template.id)
        require_version(0 if known is None else known.template.version, expected_version)
        self._kept.require(self._kept.units, stored.template.station)
        self._kept.templates[stored.template.id] = stored

    def approvals(self, *, subjects: Iterable[Subject] | None = None) -> Sequence[StoredApproval]:
        wanted = None if subjects is None else set(subjects)
        return [each for each in self._kept.approvals if wanted is None or each.subject in wanted]

    def approvals_of(self, subject: Subject) -> Sequence[StoredApproval]:
        return self.approvals(subjects=[subject])

    def released(self, records: Iterable[str]) -> Mapping[str, bytes]:
        wanted = set(records)
        return {each.approval.record: each.canonical for each in self._kept.approvals if each.approval.record in wanted}

    def owned(self, units: Iterable[UnitId]) -> frozenset[ProgrammeId]:
        wanted = set(units)
        return frozenset(each.programme.id for each in self._kept.programmes.values() if each.programme.owner in wanted)

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
        require_version(0 if known is None else known.campaign.version, expected_version)
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
