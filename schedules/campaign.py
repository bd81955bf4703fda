"""Campaigns (đợt tuyên truyền): programmes with a purpose, a period, and goals for the zones they are for.

It must not know what the regulations leave room for (that is `shortfall`) nor what was heard (that is `coverage`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from schedules.errors import InvalidValue, Refused
from schedules.ids import CampaignId, ProgrammeId, UnitId
from schedules.programme import TITLE_LIMIT
from schedules.times import DAY
from schedules.unit import Target, Zone, ZoneIndex

LONGEST = 366 * DAY
"""No order asks for more than a year; what goes on longer is a feature, not a campaign."""

MOST_PLAYS_A_DAY = 50


class CampaignState(StrEnum):
    """Where a campaign stands: being written, counting, or over before its last day."""

    DRAFT = "draft"
    RUNNING = "running"
    ENDED = "ended"


class CampaignAction(StrEnum):
    """What a person may do to a campaign's state; a running one may still be edited."""

    EDIT = "edit"
    START = "start"
    END = "end"


_NEXT: dict[tuple[CampaignState, CampaignAction], CampaignState] = {
    (CampaignState.DRAFT, CampaignAction.EDIT): CampaignState.DRAFT,
    (CampaignState.DRAFT, CampaignAction.START): CampaignState.RUNNING,
    (CampaignState.DRAFT, CampaignAction.END): CampaignState.ENDED,
    (CampaignState.RUNNING, CampaignAction.EDIT): CampaignState.RUNNING,
    (CampaignState.RUNNING, CampaignAction.END): CampaignState.ENDED,
}


def campaign_state_after(state: CampaignState, action: CampaignAction) -> CampaignState:
    """Give the state an action leads to.

    Raises:
        Refused: `campaign.not_now` when the action has no place in this state.
    """
    following = _NEXT.get((state, action))
    if following is None:
        raise Refused("campaign.not_now", state=state, action=action)
    return following


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """The document that orders a campaign: its number and its date."""

    number: str
    dated: date

    def __post_init__(self) -> None:
        if not self.number.strip() or len(self.number) > TITLE_LIMIT:
            raise InvalidValue("campaign.basis", limit=TITLE_LIMIT)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a campaign is to reach: at least so many plays a day, on at least so many days.

    Attributes:
        target: the zones it speaks of.
        languages: a play counts in one of these only, and only zones that speak one of them are meant; empty:
            whatever each zone hears.
    """

    target: Target
    plays_a_day: int
    days: int
    languages: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not 1 <= self.plays_a_day <= MOST_PLAYS_A_DAY:
            raise InvalidValue("campaign.plays_a_day", limit=MOST_PLAYS_A_DAY)
        if self.days < 1:
            raise InvalidValue("campaign.goal_days")

    def meant(self, zones: ZoneIndex) -> tuple[Zone, ...]:
        """Give the zones the goal is for, in order of id: those of the target that speak one of its languages."""
        return tuple(zone for zone in zones.meant(self.target) if self.concerns(zone))

    def concerns(self, zone: Zone) -> bool:
        """Tell whether a zone of the target is meant: whether it speaks one of the languages."""
        return not self.languages or not self.languages.isdisjoint(zone.languages)

    def counts(self, language: str) -> bool:
        """Tell whether a play in a language counts."""
        return not self.languages or language in self.languages


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """Programmes with a purpose, a period and goals: an election, a congress resolution, a storm season.

    Attributes:
        owner: the unit whose people run it.
        first_day, last_day: local dates, both included.
        programmes: what counts; the same campaign may gain and lose some.
        version: grows by one with each change.
    """

    id: CampaignId
    owner: UnitId
    title: str
    purpose: str
    basis: LegalBasis
    first_day: date
    last_day: date
    goals: tuple[Goal, ...]
    programmes: tuple[ProgrammeId, ...] = ()
    state: CampaignState = CampaignState.DRAFT
    version: int = 1

    def __post_init__(self) -> None:
        if not self.title.strip() or len(self.title) > TITLE_LIMIT:
            raise InvalidValue("campaign.title", limit=TITLE_LIMIT)
        if self.last_day < self.first_day:
            raise InvalidValue("campaign.ends_before_start", first=self.first_day, last=self.last_day)
        if self.last_day - self.first_day >= LONGEST:
            raise InvalidValue("campaign.too_long", limit=LONGEST.days)
        if not self.goals:
            raise InvalidValue("campaign.no_goal")
        longest = max(goal.days for goal in self.goals)
        if longest > self.length:
            raise InvalidValue("campaign.goal_past_end", days=longest, length=self.length)
        if len(set(self.programmes)) != len(self.programmes):
            raise InvalidValue("campaign.programme_twice")

    @property
    def length(self) -> int:
        """How many days the period has."""
        return (self.last_day - self.first_day).days + 1

    def days(self) -> Iterator[date]:
        """Give the days of the period, in order."""
        return (self.first_day + number * DAY for number in range(self.length))

    def counts(self, programme: ProgrammeId, day: date) -> bool:
        """Tell whether a play of a programme on a local date belongs to the campaign, whatever its state now."""
        return programme in self.programmes and self.first_day <= day <= self.last_day

    def runs_on(self, day: date) -> bool:
        """Tell whether the campaign is in force on a local date."""
        return self.state is CampaignState.RUNNING and self.first_day <= day <= self.last_day
