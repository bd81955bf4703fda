"""What a campaign attains: what was heard by the loudspeakers' own word, what the plan gives, what cannot be met.

The three stand apart and are never added up into progress. Computed when asked; nothing is stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from schedules.attainment import GoalAttainment, ZoneAttainment, attained
from schedules.campaign import Campaign, CampaignState, Goal
from schedules.coverage import Play, Reach, campaign_by, coverage, plays_of, reach_of, unit_by
from schedules.ids import CampaignId, UnitId, ZoneId
from schedules.planning import Planner
from schedules.programme import Kind
from schedules.rundown import RundownItem
from schedules.schedule import Schedule
from schedules.shortfall import Feasibility, Shortfall, planned_plays
from schedules.times import DAY, Span, local_day, local_midnight
from schedules.unit import Unit, Zone, ZoneIndex
from server.errors import NotFound
from server.ports import Clock, Store, UnitOfWork
from server.services.judged_plays import judged
from server.services.rights import ANY_ROLE, WRITERS, may, require
from server.services.schedule import narrowed, regulation_on, schedule_of, zones_below
from server.values import Person, StoredCampaign, StoredProgramme

_ANY = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A campaign as the list shows it."""

    campaign: Campaign
    owner: Unit
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneAccount:
    """One zone of the station against one goal.

    Attributes:
        heard: from verdicts.
        planned: plays per local day from now on, as the present schedule gives them.
        days_ahead: days from today on that are not met yet and will be, if the plan is played.
    """

    heard: ZoneAttainment
    planned: Mapping[date, int]
    days_ahead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalAccount:
    """One goal: the station's zones one by one, and all that are looked at.

    Attributes:
        everywhere: at all zones of the goal that are looked at.
        shortfalls: of those zones; what the plan takes is told for the station's zones only.
    """

    goal: Goal
    zones: tuple[ZoneAccount, ...]
    everywhere: GoalAttainment
    shortfalls: tuple[Shortfall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A campaign with all that belongs to it, as its page shows it.

    Attributes:
        reach: whom its plays reached, at all zones that are looked at.
        stations: the same per station, where there are several.
        reaches_on: there are zones of other stations that this person may look at.
        today: the station's local date.
    """

    stored: StoredCampaign
    owner: Unit
    programmes: tuple[StoredProgramme, ...]
    goals: tuple[GoalAccount, ...]
    reach: Reach
    stations: Mapping[Unit, Reach]
    reaches_on: bool
    today: date
    may_edit: bool


def listed(store: Store, person: Person, station: UnitId) -> tuple[Listed, ...]:
    """Give the campaigns that concern a station's zones, and the station's own; drafts only to those who write them.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        own = (zone for zone in uow.places.zones() if zone.station == station)
        zones = ZoneIndex(own, units, uow.places.groups())
        found = [each.campaign for each in uow.campaigns.all() if _is_shown(each.campaign, zones, station)]
        shown = [
            Listed(campaign=each, owner=units.by_id[each.owner], may_edit=may(units, person, each.owner, *WRITERS))
            for each in found
        ]
    return tuple(each for each in shown if each.may_edit or each.campaign.state is not CampaignState.DRAFT)


def account_of(
    store: Store, clock: Clock, person: Person, campaign: CampaignId, *, station: UnitId, everywhere: bool = False
) -> Account:
    """Tell how a campaign stands: at one station zone by zone, and `everywhere` this person may look if asked.

    A draft is always looked at everywhere: nothing has counted yet, and what cannot be met is wanted of all zones.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role at the station.
        NotFound: `campaign.unknown`, also for one that does not concern the station, and for somebody else's draft.
    """
    now = clock.now()
    with store.reading() as uow:
        schedule = schedule_of(uow)
        units = schedule.units
        require(units, person, station, *ANY_ROLE)
        stored = uow.campaigns.get(campaign)
        here = tuple(zone for zone in zones_below(schedule, station) if zone.station == station)
        if stored is None or not _is_shown(stored.campaign, ZoneIndex(here, units, schedule.groups), station):
            raise NotFound("campaign.unknown")
        content = stored.campaign
        may_edit = may(units, person, content.owner, *WRITERS)
        if content.state is CampaignState.DRAFT and not may_edit:
            raise NotFound("campaign.unknown")
        wide = everywhere or content.state is CampaignState.DRAFT
        seen = [zone for zone in schedule.zones if may(units, person, zone.station, *ANY_ROLE)]
        looking = _Looking(uow, schedule, content, seen if wide else here, now)
        programmes = (uow.programmes.get(each) for each in content.programmes)
        plays = looking.plays()
        return Account(
            stored=stored,
            owner=units.by_id[content.owner],
            programmes=tuple(each for each in programmes if each is not None),
            goals=looking.goals(plays, here),
            reach=reach_of(plays, units),
            stations=looking.stations(plays),
            reaches_on=_is_shown_elsewhere(content, ZoneIndex(seen, units, schedule.groups), station),
            today=local_day(now, looking.time(station)),
            may_edit=may_edit,
        )


class _Looking:
    """Looks at one campaign at those of its goals' zones that are named."""

    def __init__(
        self, uow: UnitOfWork, schedule: Schedule, campaign: Campaign, zones: Sequence[Zone], now: datetime
    ) -> None:
        self._uow = uow
        self._campaign = campaign
        self._now = now
        self._schedule = narrowed(schedule, zones)
        self._index = ZoneIndex(zones, schedule.units, schedule.groups)
        self._zones = {zone.id: zone for goal in campaign.goals for zone in goal.meant(self._index)}
        self._times: dict[UnitId, ZoneInfo] = {}

    def time(self, station: UnitId) -> ZoneInfo:
        """Give a station's civil time; any where it has no regulation, for then it never sounds."""
        if station not in self._times:
            regulation = regulation_on(self._schedule, station, self._now)
            self._times[station] = regulation.zone if regulation else _ANY
        return self._times[station]

    def plays(self) -> tuple[Play, ...]:
        """Give the campaign's plays that should have begun by now, with their verdicts, where its goals count them."""
        if not self._zones or self._campaign.state is CampaignState.DRAFT:
            return ()
        times = {self.time(zone.station) for zone in self._zones.values()}
        begins = min(local_midnight(self._campaign.first_day, time) for time in times)
        ends = max(local_midnight(self._campaign.last_day + DAY, time) for time in times)
        span = Span(begins, max(begins, min(ends, self._now)))
        own = frozenset(self._campaign.programmes)
        rows = judged(self._uow, tuple(self._zones.values()), span, self._now, programmes=own)
        plays = plays_of((row.zone, row.item, row.finding.verdict) for row in rows if row.item is not None)
        served = campaign_by([self._campaign], self._index, lambda zone: self.time(zone.station))
        return tuple(play for play in plays if any(served(play)))

    def goals(self, plays: Sequence[Play], here: Sequence[Zone]) -> tuple[GoalAccount, ...]:
        """Tell each goal, zone by zone of one station."""
        campaign = self._campaign
        everywhere = attained(
            campaign, plays, zones=self._index, units=self._schedule.units, time=lambda zone: self.time(zone.station)
        )
        at_station = [zone for zone in here if zone.id in self._zones]
        planned = list(self._planned(at_station))
        standing: dict[ZoneId, list[Span]] = {zone.id: [] for zone in at_station}
        for zone, item in planned:
            # Music gives way to whatever is booked.
            if item.programme not in campaign.programmes and item.kind is not Kind.MUSIC:
                standing[zone].append(item.span)
        station = at_station[0].station if at_station else None
        today = local_day(self._now, self.time(station)) if station else campaign.first_day
        shortfalls = Feasibility(self._schedule).cannot_be_met(
            campaign, since=today, met=[_met_before(goal, today) for goal in everywhere], standing=standing
        )
        ahead = [(zone, item) for zone, item in planned if item.starts_at >= self._now]
        return tuple(
            GoalAccount(
                goal=each.goal,
                zones=self._accounts(each, ahead, {zone.id for zone in at_station}, today),
                everywhere=each,
                shortfalls=tuple(short for short in shortfalls if short.goal == each.goal),
            )
            for each in everywhere
        )

    def stations(self, plays: Sequence[Play]) -> Mapping[Unit, Reach]:
        """Give whom the plays reached, station by station in order of name; nothing where there is only one."""
        units = self._schedule.units
        found = coverage(plays, units, unit_by(units))
        meant = {zone.station for zone in self._zones.values()}
        if len(meant) < 2:
            return {}
        in_order = sorted((units.by_id[each] for each in meant), key=lambda unit: (unit.name, unit.id))
        return {unit: found.get(unit.id) or reach_of((), units) for unit in in_order}

    def _planned(self, zones: Sequence[Zone]) -> Iterable[tuple[ZoneId, RundownItem]]:
        """Plan some zones of one station from today to the campaign's last day, as the conductor would."""
        if not zones or self._campaign.state is CampaignState.ENDED:
            return
        time = self.time(zones[0].station)
        begins = local_midnight(local_day(self._now, time), time)
        ends = local_midnight(self._campaign.last_day + DAY, time)
        regulated = regulation_on(self._schedule, zones[0].station, self._now)
        if ends <= begins or regulated is None:
            return
        planner = Planner(narrowed(self._schedule, zones), Span(begins, ends))
        for zone in zones:
            issued = self._uow.issue.issued(zone.id)
            history = issued.rundown.items if issued else ()
            for item in planner.plan(zone, now=self._now, history=history).items:
                yield zone.id, item

    def _accounts(
        self, goal: GoalAttainment, ahead: Sequence[tuple[ZoneId, RundownItem]], here: set[ZoneId], today: date
    ) -> tuple[ZoneAccount, ...]:
        times = {zone.id: self.time(zone.station) for zone in self._zones.values()}
        planned = planned_plays(self._campaign, goal.goal, ahead, times.__getitem__)
        found: list[ZoneAccount] = []
        for heard in goal.zones:
            if heard.zone.id not in here:
                continue
            days: Mapping[date, int] = planned.get(heard.zone.id, {})
            enough = sum(_comes_to(heard, day, count, goal.goal) for day, count in days.items() if day >= today)
            found.append(ZoneAccount(heard=heard, planned=days, days_ahead=enough))
        return tuple(sorted(found, key=lambda each: (each.heard.zone.name, each.heard.zone.id)))


def _is_shown(campaign: Campaign, zones: ZoneIndex, station: UnitId) -> bool:
    return campaign.owner == station or any(goal.meant(zones) for goal in campaign.goals)


def _is_shown_elsewhere(campaign: Campaign, seen: ZoneIndex, station: UnitId) -> bool:
    return any(zone.station != station for goal in campaign.goals for zone in goal.meant(seen))


def _comes_to(heard: ZoneAttainment, day: date, planned: int, goal: Goal) -> bool:
    """Tell whether a day that is not met yet is met once what was played is reported and what is planned is played."""
    confirmed = heard.confirmed.get(day, 0)
    return confirmed < goal.plays_a_day <= confirmed + heard.awaited.get(day, 0) + planned


def _met_before(goal: GoalAttainment, today: date) -> dict[ZoneId, int]:
    return {
        zone.zone.id: sum(count >= goal.goal.plays_a_day for day, count in zone.confirmed.items() if day < today)
        for zone in goal.zones
    }
