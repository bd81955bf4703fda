"""Attainment: how far a campaign is with its goals, zone by zone and day by day, from verdicts alone.

It must not look at a plan: what was only promised has attained nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from schedules.campaign import Campaign, Goal
from schedules.coverage import Play, Reach, reach_of
from schedules.ids import ZoneId
from schedules.reconciliation import Verdict
from schedules.times import local_day
from schedules.unit import Units, Zone, ZoneIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneAttainment:
    """How far one zone is with one goal.

    Attributes:
        confirmed, awaited: plays per local day; days without any are left out.
        languages: confirmed plays per language.
        days_met: days with at least as many confirmed plays as the goal asks for.
    """

    zone: Zone
    confirmed: Mapping[date, int]
    awaited: Mapping[date, int]
    languages: Mapping[str, int]
    days_met: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalAttainment:
    """How far a campaign is with one goal, zone by zone in order of id, and whom its plays reached."""

    goal: Goal
    zones: tuple[ZoneAttainment, ...]
    reach: Reach

    @property
    def zones_met(self) -> int:
        """How many zones have as many days as the goal asks for."""
        return sum(zone.days_met >= self.goal.days for zone in self.zones)


def attained(
    campaign: Campaign, plays: Iterable[Play], *, zones: ZoneIndex, units: Units, time: Callable[[Zone], ZoneInfo]
) -> tuple[GoalAttainment, ...]:
    """Say how far a campaign is, goal by goal, from the verdicts of plays that were planned whole.

    Args:
        campaign: whose programmes, period and goals count.
        plays: any, those of other programmes and days too.
        zones: those there are.
        units: the tree they stand in.
        time: the civil time of a zone, which says to what day a play belongs.
    """
    dated = ((play, local_day(play.item.starts_at, time(play.zone))) for play in plays)
    own = [(play, day) for play, day in dated if play.item.is_whole and campaign.counts(play.item.programme, day)]
    found: list[GoalAttainment] = []
    for goal in campaign.goals:
        meant = {zone.id: zone for zone in goal.meant(zones)}
        counting: dict[ZoneId, list[tuple[Play, date]]] = {zone: [] for zone in meant}
        for play, day in own:
            if play.zone.id in meant and goal.counts(play.item.language):
                counting[play.zone.id].append((play, day))
        found.append(
            GoalAttainment(
                goal=goal,
                zones=tuple(_of_zone(goal, meant[zone], rows) for zone, rows in counting.items()),
                reach=reach_of((play for rows in counting.values() for play, _ in rows), units),
            )
        )
    return tuple(found)


def _of_zone(goal: Goal, zone: Zone, plays: Iterable[tuple[Play, date]]) -> ZoneAttainment:
    days: dict[Verdict, Counter[date]] = defaultdict(Counter)
    languages: Counter[str] = Counter()
    for play, day in plays:
        days[play.verdict][day] += 1
        languages[play.item.language] += play.verdict is Verdict.CONFIRMED
    return ZoneAttainment(
        zone=zone,
        confirmed=days[Verdict.CONFIRMED],
        awaited=days[Verdict.AWAITED],
        languages=+languages,
        days_met=sum(count >= goal.plays_a_day for count in days[Verdict.CONFIRMED].values()),
    )
