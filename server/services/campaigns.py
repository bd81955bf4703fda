"""Campaigns from the first draft to their end: make, change, put programmes in, start, end.

What they attain is `attainments`. A campaign that no window can hold is refused before anything is stored; one whose
sounds are still missing may be kept as a draft and not be started. A change raises `wanted` of the zones concerned:
places may be filled by campaign.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from schedules.campaign import Campaign, CampaignAction, Goal, LegalBasis, campaign_state_after
from schedules.fills import OfCampaign
from schedules.ids import CampaignId, GroupId, ProgrammeId, UnitId, ZoneId
from schedules.programme import State
from schedules.schedule import Schedule
from schedules.shortfall import Feasibility
from schedules.unit import Target, ZoneIndex
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services import programmes
from server.services.inputs import LONGEST_REASON, as_input, one_line, require_short, visible
from server.services.new_ids import new_id
from server.services.rights import WRITERS, require, require_any
from server.services.schedule import schedule_of
from server.services.trail import note, require_newest
from server.values import Person, StoredCampaign

FIELDS = {
    "campaign.title": "title",
    "campaign.basis": "basis",
    "campaign.ends_before_start": "last_day",
    "campaign.too_long": "last_day",
    "campaign.no_goal": "goals",
    "campaign.goal_past_end": "goals",
    "campaign.goal_days": "goals",
    "campaign.plays_a_day": "goals",
    "target.names_nothing": "goals",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalWish:
    """A goal as a form holds it."""

    zones: frozenset[ZoneId] = frozenset()
    units: frozenset[UnitId] = frozenset()
    groups: frozenset[GroupId] = frozenset()
    languages: frozenset[str] = frozenset()
    plays_a_day: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    """What a campaign's form holds; the programmes are put in one by one."""

    title: str
    purpose: str = ""
    basis: str
    basis_dated: date
    first_day: date
    last_day: date
    goals: Sequence[GoalWish] = ()


def get(store: Store, person: Person, campaign: CampaignId) -> StoredCampaign:
    """Give a campaign to somebody who writes it.

    Raises:
        NotFound: `campaign.unknown`.
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        stored = uow.campaigns.get(campaign)
        if stored is None:
            raise NotFound("campaign.unknown")
        require(uow.places.units(), person, stored.campaign.owner, *WRITERS)
    return stored


def create(store: Store, clock: Clock, person: Person, *, unit: UnitId, draft: CampaignDraft) -> StoredCampaign:
    """Make a campaign of a unit, as a draft.

    Raises:
        NotAllowed: `rights.missing` unless the person writes for the unit and for every zone the goals mean.
        Unacceptable: `campaign.*` with the field; `campaign.impossible` with `shortfalls` when the regulations leave
            no room for a goal at any zone.
    """
    now = clock.now()
    with store.writing() as uow:
        require(uow.places.units(), person, unit, *WRITERS)
        campaign = _drawn_up(uow, person, draft, of=CampaignId(new_id(now)), unit=unit)
        stored = StoredCampaign(campaign=campaign, changed_by=frozenset({person.id}), changed_at=now)
        uow.campaigns.put(stored, expected_version=0)
        note(uow, now, person, "campaign.created", subject=campaign.id, unit=unit, after=_shown(campaign))
        uow.commit()
    return stored


def change(
    store: Store, clock: Clock, person: Person, campaign: CampaignId, *, draft: CampaignDraft, version: int
) -> StoredCampaign:
    """Give a campaign another purpose, basis, period or goals; its programmes stay.

    Raises:
        Stale: `edit.stale`.
        NotAllowed, Unacceptable: as for `create`; `campaign.not_now` for one that has ended.
    """
    now = clock.now()
    with store.writing() as uow:
        before = _changeable(uow, person, campaign, version, CampaignAction.EDIT)
        old = before.campaign
        drawn = _drawn_up(uow, person, draft, of=campaign, unit=old.owner, before=old)
        return _put(uow, now, person, before, drawn, "campaign.changed")


def put_in(
    store: Store, clock: Clock, person: Person, campaign: CampaignId, programme: ProgrammeId, *, version: int
) -> StoredCampaign:
    """Let a programme count for a campaign.

    Raises:
        Stale: `edit.stale`.
        NotFound: `programme.unknown`, also for one the person may not see.
        Unacceptable: `campaign.programme_twice`, `campaign.programme_withdrawn`, with the field; `campaign.not_now`.
    """
    now = clock.now()
    if programmes.get(store, person, programme).stored.programme.state is State.WITHDRAWN:
        raise Unacceptable("campaign.programme_withdrawn", "programme")
    with store.writing() as uow:
        before = _changeable(uow, person, campaign, version, CampaignAction.EDIT)
        with as_input({"campaign.programme_twice": "programme"}):
            after = replace(before.campaign, programmes=(*before.campaign.programmes, programme))
        return _put(uow, now, person, before, after, "campaign.programme_put_in")


def take_out(
    store: Store, clock: Clock, person: Person, campaign: CampaignId, programme: ProgrammeId, *, version: int
) -> StoredCampaign:
    """Let a programme no longer count for a campaign; its slots stay as they are.

    Raises:
        Stale: `edit.stale`.
        NotFound: `programme.unknown` for one that is not in it.
    """
    now = clock.now()
    with store.writing() as uow:
        before = _changeable(uow, person, campaign, version, CampaignAction.EDIT)
        if programme not in before.campaign.programmes:
            raise NotFound("programme.unknown")
        left = tuple(each for each in before.campaign.programmes if each != programme)
        return _put(uow, now, person, before, replace(before.campaign, programmes=left), "campaign.programme_taken_out")


def start(store: Store, clock: Clock, person: Person, campaign: CampaignId, *, version: int) -> StoredCampaign:
    """Put a campaign in force.

    Raises:
        Stale: `edit.stale`.
        Unacceptable: `campaign.impossible` with `shortfalls` while a goal can be met nowhere; `campaign.not_now`.
    """
    now = clock.now()
    with store.writing() as uow:
        before = _changeable(uow, person, campaign, version, CampaignAction.START)
        hopeless = Feasibility(schedule_of(uow)).hopeless(before.campaign, rules_only=False)
        if hopeless:
            raise Unacceptable("campaign.impossible", shortfalls=hopeless)
        state = campaign_state_after(before.campaign.state, CampaignAction.START)
        return _put(uow, now, person, before, replace(before.campaign, state=state), "campaign.started")


def end(store: Store, clock: Clock, person: Person, campaign: CampaignId, *, version: int) -> StoredCampaign:
    """End a campaign; what it attained stays to be seen.

    Raises:
        Stale: `edit.stale`.
        Unacceptable: `campaign.not_now`.
    """
    now = clock.now()
    with store.writing() as uow:
        before = _changeable(uow, person, campaign, version, CampaignAction.END)
        state = campaign_state_after(before.campaign.state, CampaignAction.END)
        return _put(uow, now, person, before, replace(before.campaign, state=state), "campaign.ended")


def _drawn_up(
    uow: UnitOfWork,
    person: Person,
    draft: CampaignDraft,
    *,
    of: CampaignId,
    unit: UnitId,
    before: Campaign | None = None,
) -> Campaign:
    require_short(draft.purpose, "purpose", LONGEST_REASON)
    with as_input(FIELDS):
        campaign = Campaign(
            id=of,
            owner=unit,
            title=one_line(draft.title),
            purpose=visible(draft.purpose).strip(),
            basis=LegalBasis(draft.basis.strip(), draft.basis_dated),
            first_day=draft.first_day,
            last_day=draft.last_day,
            goals=tuple(map(_goal, draft.goals)),
        )
    if before is not None:
        campaign = replace(campaign, programmes=before.programmes, state=before.state, version=before.version)
    schedule = schedule_of(uow)
    _require_reach(schedule, person, campaign)
    hopeless = Feasibility(schedule).hopeless(campaign, rules_only=True)
    if hopeless:
        raise Unacceptable("campaign.impossible", "goals", shortfalls=hopeless)
    return campaign


def _goal(wish: GoalWish) -> Goal:
    return Goal(Target(wish.zones, wish.units, wish.groups), wish.plays_a_day, wish.days, wish.languages)


def _require_reach(schedule: Schedule, person: Person, campaign: Campaign) -> None:
    index = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
    zones, groups = {zone.id for zone in schedule.zones}, {group.id for group in schedule.groups}
    for goal in campaign.goals:
        if not (goal.target.zones <= zones and goal.target.groups <= groups):
            raise Unacceptable("target.no_zone", "goals")
        for unit in sorted(goal.target.units):
            require(schedule.units, person, unit, *WRITERS)
        for zone in goal.meant(index):
            require_any(schedule.units, person, (zone.unit, *(move.unit for move in zone.moves)), *WRITERS)


def _changeable(
    uow: UnitOfWork, person: Person, campaign: CampaignId, version: int, action: CampaignAction
) -> StoredCampaign:
    stored = uow.campaigns.get(campaign)
    if stored is None:
        raise NotFound("campaign.unknown")
    owner = stored.campaign.owner
    require(uow.places.units(), person, owner, *WRITERS)
    require_newest(uow, seen=version, stored=stored.campaign.version, subject=campaign, unit=owner)
    with as_input({}):
        campaign_state_after(stored.campaign.state, action)
    return stored


def _put(
    uow: UnitOfWork, now: datetime, person: Person, before: StoredCampaign, after: Campaign, action: str
) -> StoredCampaign:
    old = before.campaign
    numbered = replace(after, version=old.version + 1)
    stored = StoredCampaign(campaign=numbered, changed_by=before.changed_by | {person.id}, changed_at=now)
    uow.campaigns.put(stored, expected_version=old.version)
    zones = ZoneIndex(uow.places.zones(), uow.places.units(), uow.places.groups())
    uow.issue.want(zone.id for goal in (*old.goals, *after.goals) for zone in goal.meant(zones))
    uow.issue.want(_filled_by(uow, old.id))
    note(uow, now, person, action, subject=old.id, unit=old.owner, before=_shown(old), after=_shown(numbered))
    uow.commit()
    return stored


def _filled_by(uow: UnitOfWork, campaign: CampaignId) -> Iterator[ZoneId]:
    """Give the zones whose sessions have a place that the campaign fills."""
    filled = OfCampaign(campaign)
    templates = (each.template for each in uow.programmes.templates())
    stations = {each.station for each in templates if any(place.fill == filled for place in each.places)}
    return (zone.id for zone in uow.places.zones() if not stations.isdisjoint(zone.stations))


def _shown(campaign: Campaign) -> dict[str, object]:
    return {
        "title": campaign.title,
        "purpose": campaign.purpose,
        "basis": campaign.basis.number,
        "basis_dated": campaign.basis.dated.isoformat(),
        "first_day": campaign.first_day.isoformat(),
        "last_day": campaign.last_day.isoformat(),
        "programmes": list(campaign.programmes),
        "state": campaign.state,
        "goals": [
            {
                "zones": sorted(goal.target.zones),
                "units": sorted(goal.target.units),
                "groups": sorted(goal.target.groups),
                "languages": sorted(goal.languages),
                "plays_a_day": goal.plays_a_day,
                "days": goal.days,
            }
            for goal in campaign.goals
        ],
    }
