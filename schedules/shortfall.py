"""Shortfalls: which goals of a campaign cannot be met, at which zones, and why; what the present plan would give.

It never calls impossible what some running order could do; it makes no running order itself.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from schedules.campaign import Campaign, Goal
from schedules.choice import language_for, length_of
from schedules.conflicts import SHORTEST_PIECE
from schedules.hours import Hours, Limit, limits
from schedules.ids import UnitId, ZoneId
from schedules.programme import Kind, Programme, Recording, State
from schedules.regulation import Regulation, in_force
from schedules.rundown import RundownItem
from schedules.schedule import Schedule
from schedules.times import DAY, Span, local_day, local_midnight, merged
from schedules.unit import Zone, ZoneIndex

OF_THE_RULES = frozenset(
    {
        "campaign.no_zone",
        "campaign.no_regulation",
        "campaign.kind_forbidden",
        "campaign.windows_short",
        "campaign.days_few",
    }
)
"""Shortfalls no running order can mend: the regulation or the goal itself would have to change."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A goal that cannot be met at some zones, for one reason.

    Attributes:
        zones: all with the same reason and values, in order of id; none where the goal means no zone at all.
        code: `campaign.*`, the most fundamental reason: rules, then sounds, then what stands in the plan already.
    """

    goal: Goal
    zones: tuple[Zone, ...]
    code: str
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class _Sound:
    """The least a zone could be played: how long it is, of what kind, and until when."""

    length: timedelta
    kind: Kind | None = None
    valid_until: datetime | None = None


_UNKNOWN = _Sound(SHORTEST_PIECE)


class Feasibility:
    """Asks one schedule about campaigns; what zones of a station share is worked out once."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._zones = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
        self._regulations: dict[UnitId, list[Regulation]] = defaultdict(list)
        for regulation in schedule.regulations:
            self._regulations[regulation.station].append(regulation)
        self._rooms: dict[tuple[object, ...], Mapping[date, int | None]] = {}

    def cannot_be_met(
        self,
        campaign: Campaign,
        *,
        since: date | None = None,
        met: Sequence[Mapping[ZoneId, int]] = (),
        standing: Mapping[ZoneId, Iterable[Span]] | None = None,
    ) -> tuple[Shortfall, ...]:
        """Say which goals cannot be met any more, zones with one reason together.

        Args:
            campaign: in any state.
            since: the first local day on which something may still be arranged; the first of the period unless told.
            met: per goal, the days each zone has met before `since`.
            standing: per zone, what the plan holds already that is not the campaign's own.
        """
        days = [day for day in campaign.days() if since is None or day >= since]
        found: dict[tuple[int, str, tuple[tuple[str, object], ...]], list[Zone]] = {}
        for number, goal in enumerate(campaign.goals):
            zones = goal.meant(self._zones)
            if not zones:
                found[number, "campaign.no_zone", ()] = []
            before: Mapping[ZoneId, int] = met[number] if met else {}
            for zone in zones:
                taken = () if standing is None else merged(standing.get(zone.id, ()))
                reason = self._reason(campaign, goal, zone, days, before.get(zone.id, 0), taken)
                if reason is not None:
                    found.setdefault((number, *reason), []).append(zone)
        return tuple(Shortfall(campaign.goals[key[0]], tuple(zones), *key[1:]) for key, zones in found.items())

    def hopeless(self, campaign: Campaign, *, rules_only: bool) -> tuple[Shortfall, ...]:
        """Give the shortfalls of every goal that not one zone can meet.

        Args:
            campaign: in any state.
            rules_only: leave out what another programme or sound would mend.
        """
        found: list[Shortfall] = []
        shortfalls = self.cannot_be_met(campaign)
        for goal in campaign.goals:
            own = [each for each in shortfalls if each.goal == goal and (not rules_only or each.code in OF_THE_RULES)]
            short = {zone.id for each in own for zone in each.zones}
            if own and len(short) == len(goal.meant(self._zones)):
                found += own
        return tuple(dict.fromkeys(found))

    def _reason(
        self, campaign: Campaign, goal: Goal, zone: Zone, days: Sequence[date], met: int, taken: Sequence[Span]
    ) -> tuple[str, tuple[tuple[str, object], ...]] | None:
        if not self._regulations[zone.station]:
            return "campaign.no_regulation", ()
        programmes = [
            programme
            for each in campaign.programmes
            if (programme := self._schedule.programmes.get(each)) and programme.state is not State.WITHDRAWN
        ]
        heard = [(programme, self._language(programme, zone)) for programme in programmes]
        sounds = tuple(dict.fromkeys(_sounds(heard, goal)))
        rooms = self._of_station(zone.station, sounds or (_UNKNOWN,), days)
        possible = met + sum(_enough(room, goal) for room in rooms.values())
        if possible < goal.days:
            return _by_rule(goal, rooms, sounds or (_UNKNOWN,), possible)
        if not sounds:
            return _by_sound(heard, goal, zone)
        if taken:
            left = self._rooms_of(zone.station, sounds, days, taken)
            possible = met + sum(_enough(room, goal) for room in left.values())
            if possible < goal.days:
                return "campaign.air_taken", _figures(goal, possible)
        return None

    def _language(self, programme: Programme, zone: Zone) -> str | None:
        return language_for(programme, zone, self._schedule.substitutions.get((zone.id, programme.id)))[0]

    def _of_station(
        self, station: UnitId, sounds: tuple[_Sound, ...], days: Sequence[date]
    ) -> Mapping[date, int | None]:
        key = (station, sounds, *days[:1], *days[-1:])
        if key not in self._rooms:
            self._rooms[key] = self._rooms_of(station, sounds, days, ())
        return self._rooms[key]

    def _rooms_of(
        self, station: UnitId, sounds: Sequence[_Sound], days: Sequence[date], taken: Sequence[Span]
    ) -> Mapping[date, int | None]:
        """Give how many plays each day has room for; None where the regulation keeps their kinds off the air."""
        regulations = self._regulations[station]
        if not days:
            return {}
        time = regulations[0].zone
        hours = Hours(regulations, Span(local_midnight(days[0], time), local_midnight(days[-1] + DAY, time)))
        rooms: dict[date, int | None] = {}
        for day in days:
            regulation = in_force(regulations, day)
            rooms[day] = 0 if regulation is None else _room(limits(regulation, day), hours, sounds, taken)
        return rooms


def planned_plays(
    campaign: Campaign, goal: Goal, items: Iterable[tuple[ZoneId, RundownItem]], time: Callable[[ZoneId], ZoneInfo]
) -> Mapping[ZoneId, Counter[date]]:
    """Count what a plan gives a goal: its whole plays per zone and local day. A plan is a promise, not progress."""
    found: dict[ZoneId, Counter[date]] = defaultdict(Counter)
    for zone, item in items:
        day = local_day(item.starts_at, time(zone))
        if item.is_whole and campaign.counts(item.programme, day) and goal.counts(item.language):
            found[zone][day] += 1
    return found


def _sounds(heard: Iterable[tuple[Programme, str | None]], goal: Goal) -> Iterable[_Sound]:
    """Give what of the campaign a zone hears in a language that counts; a relay has no end of its own and is none."""
    for programme, language in heard:
        if language is not None and goal.counts(language):
            length = length_of(programme, language)
            if length is not None:
                yield _Sound(length, programme.kind, programme.valid_until)


def _enough(room: int | None, goal: Goal) -> bool:
    return room is not None and room >= goal.plays_a_day


def _by_rule(
    goal: Goal, rooms: Mapping[date, int | None], sounds: Sequence[_Sound], possible: int
) -> tuple[str, tuple[tuple[str, object], ...]]:
    best = max((room for room in rooms.values() if room is not None), default=0)
    if best == 0 and None in rooms.values():
        return "campaign.kind_forbidden", (("kind", tuple(dict.fromkeys(each.kind for each in sounds if each.kind))),)
    if best < goal.plays_a_day and rooms:
        least = min(sound.length for sound in sounds)
        return "campaign.windows_short", (("plays", goal.plays_a_day), ("possible", best), ("lasts", least))
    return "campaign.days_few", _figures(goal, possible)


def _by_sound(
    heard: Sequence[tuple[Programme, str | None]], goal: Goal, zone: Zone
) -> tuple[str, tuple[tuple[str, object], ...]]:
    recorded = {
        variant.language
        for programme, _ in heard
        for variant in programme.variants
        if isinstance(variant.source, Recording)
    }
    if not recorded:
        return "campaign.no_programme", ()
    wanted = tuple(each for each in zone.languages if goal.counts(each))
    if recorded.isdisjoint(wanted):
        return "campaign.no_language", (("language", wanted),)
    instead = tuple(dict.fromkeys(language for _, language in heard if language is not None))
    return "campaign.other_language", (("language", wanted), ("heard", instead))


def _figures(goal: Goal, possible: int) -> tuple[tuple[str, object], ...]:
    return (("days", goal.days), ("plays", goal.plays_a_day), ("possible", possible))


def _room(of_day: Sequence[Limit], hours: Hours, sounds: Sequence[_Sound], taken: Sequence[Span]) -> int | None:
    """Give how many plays fit one day, at most: into its windows, its sessions' minutes and its own minutes."""
    *sessions, whole = of_day
    plays, shortest, forbidden = 0, None, False
    for window in merged(limit.inside for limit in sessions):
        fitting = [
            each for each in sounds if each.valid_until is None or window.start + each.length <= each.valid_until
        ]
        allowed = [each for each in fitting if _is_allowed(each, window, hours)]
        forbidden = forbidden or len(allowed) < len(fitting)
        if not allowed:
            continue
        length = min(each.length for each in allowed)
        shortest = length if shortest is None else min(shortest, length)
        minutes = sum(limit.minutes for limit in sessions if window.covers(limit.inside))
        gaps = sum(gap // length for gap in _gaps(window, taken))
        plays += max(0, min(gaps, (timedelta(minutes=minutes) - _used(window, taken)) // length))
    if shortest is None:
        return None if forbidden else 0
    left = timedelta(minutes=whole.minutes) - _used(whole.inside, taken)
    return max(0, min(plays, left // shortest))


def _is_allowed(sound: _Sound, window: Span, hours: Hours) -> bool:
    """Tell whether a kind may sound in a window; whether it fits is counted elsewhere."""
    return sound.kind is None or hours.finding(window.start, window.start, sound.kind) is None


def _used(inside: Span, taken: Iterable[Span]) -> timedelta:
    parts = (min(each.end, inside.end) - max(each.start, inside.start) for each in taken if each.overlaps(inside))
    return sum(parts, timedelta(0))


def _gaps(window: Span, taken: Iterable[Span]) -> Iterable[timedelta]:
    """Give the free stretches of a window between what stands in it, in order."""
    free_from = window.start
    for each in taken:
        if each.overlaps(window):
            yield max(timedelta(0), each.start - free_from)
            free_from = each.end
    yield max(timedelta(0), window.end - free_from)
