"""Coverage: from verdicts to who was reached, by programme, campaign, language, topic or unit.

It counts evidence and nothing else. A plan is no evidence: what was only planned reaches nobody.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from schedules.campaign import Campaign
from schedules.ids import CampaignId, OccurrenceId, ProgrammeId, UnitId, ZoneId
from schedules.programme import Programme
from schedules.reconciliation import OUTSIDE_THE_PLAN, Verdict
from schedules.rundown import RundownItem
from schedules.times import local_day
from schedules.unit import Units, Zone, ZoneIndex

Key = TypeVar("Key", bound=Hashable)

CONFIRMED_SHARE_OF_ZONE = 0.5
"""A zone has heard a play when at least this share of its loudspeakers confirmed it: a pole that has been dead for
weeks must not undo what the others played, and one pole of ten does not make a hamlet."""


@dataclass(frozen=True, slots=True)
class Play:
    """One planned occurrence at one zone, with what the verdicts of the zone's loudspeakers come to."""

    zone: Zone
    item: RundownItem
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What plays come to. Each zone's people count once, however often they heard something.

    Attributes:
        verdicts: how many plays there are of each.
        sounded: length of the confirmed plays, every zone's own.
        zones: those with at least one confirmed play.
        households, residents: of those zones.
        uncounted: how many of those zones have no figures.
    """

    verdicts: Mapping[Verdict, int]
    sounded: timedelta
    zones: frozenset[ZoneId]
    households: int
    residents: int
    uncounted: int

    @property
    def planned(self) -> int:
        """How many plays were planned in all."""
        return sum(self.verdicts.values())


def plays_of(judged: Iterable[tuple[Zone, RundownItem, Verdict]]) -> tuple[Play, ...]:
    """Put together the verdicts of each zone's loudspeakers, in order of start and zone.

    Args:
        judged: one for every planned item and loudspeaker; what played without a plan is not among them.
    """
    found: dict[tuple[ZoneId, OccurrenceId], list[tuple[Zone, RundownItem, Verdict]]] = defaultdict(list)
    for zone, item, verdict in judged:
        found[zone.id, item.occurrence].append((zone, item, verdict))
    plays = (Play(*rows[0][:2], _together([row[2] for row in rows])) for rows in found.values())
    return tuple(sorted(plays, key=lambda play: (play.item.starts_at, play.zone.id, play.item.occurrence)))


def reach_of(plays: Iterable[Play], units: Units) -> Reach:
    """Say what some plays come to."""
    verdicts: Counter[Verdict] = Counter()
    sounded = timedelta(0)
    reached: dict[ZoneId, Zone] = {}
    for play in plays:
        verdicts[play.verdict] += 1
        if play.verdict is Verdict.CONFIRMED:
            sounded += play.item.span.duration
            reached[play.zone.id] = play.zone
    zones = tuple(reached.values())
    return Reach(
        verdicts={verdict: verdicts[verdict] for verdict in Verdict if verdict not in OUTSIDE_THE_PLAN},
        sounded=sounded,
        zones=frozenset(reached),
        households=_people(zones, units, lambda zone: zone.households),
        residents=_people(zones, units, lambda zone: zone.residents),
        uncounted=sum(zone.residents == 0 for zone in zones),
    )


def coverage(plays: Iterable[Play], units: Units, keys: Callable[[Play], Iterable[Key]]) -> dict[Key, Reach]:
    """Say what plays come to, sorted by whatever `keys` gives for each: one key, several or none."""
    sorted_by: dict[Key, list[Play]] = defaultdict(list)
    for play in plays:
        for key in keys(play):
            sorted_by[key].append(play)
    return {key: reach_of(found, units) for key, found in sorted_by.items()}


def programme_of(play: Play) -> tuple[ProgrammeId]:
    """Sort by programme."""
    return (play.item.programme,)


def language_of(play: Play) -> tuple[str]:
    """Sort by the language that was heard."""
    return (play.item.language,)


def topic_by(programmes: Mapping[ProgrammeId, Programme]) -> Callable[[Play], Iterable[str]]:
    """Sort by topic; what has none, or is gone, under the empty one."""

    def topic(play: Play) -> tuple[str]:
        programme = programmes.get(play.item.programme)
        return ("" if programme is None else programme.topic,)

    return topic


def unit_by(units: Units) -> Callable[[Play], Iterable[UnitId]]:
    """Sort by every unit above the zone: its hamlet, its commune, its province."""
    return lambda play: dict.fromkeys((*units.above(play.zone.unit), *units.above(play.zone.station)))


def campaign_by(
    campaigns: Iterable[Campaign], zones: ZoneIndex, time: Callable[[Zone], ZoneInfo]
) -> Callable[[Play], Iterable[CampaignId]]:
    """Sort by every campaign a whole play counts for: a programme may serve two at once."""
    meant = [
        (campaign, [(goal, {zone.id for zone in goal.meant(zones)}) for goal in campaign.goals])
        for campaign in campaigns
    ]

    def served(play: Play) -> Iterable[CampaignId]:
        day = local_day(play.item.starts_at, time(play.zone))
        for campaign, goals in meant:
            if (
                play.item.is_whole
                and campaign.counts(play.item.programme, day)
                and any(play.zone.id in of_goal and goal.counts(play.item.language) for goal, of_goal in goals)
            ):
                yield campaign.id

    return served


def _together(verdicts: list[Verdict]) -> Verdict:
    """Give a zone's verdict: confirmed or still awaited by enough of its loudspeakers, partial, or missed."""
    count = Counter(verdicts)
    enough = CONFIRMED_SHARE_OF_ZONE * len(verdicts)
    if count[Verdict.CONFIRMED] >= enough:
        return Verdict.CONFIRMED
    if count[Verdict.CONFIRMED] + count[Verdict.AWAITED] >= enough:
        return Verdict.AWAITED
    if count[Verdict.CONFIRMED] + count[Verdict.PARTIAL]:
        return Verdict.PARTIAL
    return Verdict.FAILED if count[Verdict.FAILED] else Verdict.MISSED


def _people(zones: Iterable[Zone], units: Units, number: Callable[[Zone], int]) -> int:
    """Count the people of zones, those of a zone for a whole commune not once more with the hamlets inside it.

    Where both are there, the larger of the two numbers counts: it is certain that so many were reached.
    """
    own: Counter[UnitId] = Counter()
    below: dict[UnitId, set[UnitId]] = defaultdict(set)
    tops: set[UnitId] = set()
    for zone in zones:
        own[zone.unit] += number(zone)
        chain = units.above(zone.unit)
        tops.add(chain[-1])
        for unit, parent in pairwise(chain):
            below[parent].add(unit)

    def living_in(unit: UnitId) -> int:
        return max(own[unit], sum(map(living_in, below[unit])))

    return sum(map(living_in, tops))
