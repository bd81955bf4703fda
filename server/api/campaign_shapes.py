"""What campaigns look like when they are sent and answered, and how far one is."""

from datetime import date

from pydantic import Field

from schedules.attainment import GoalAttainment
from schedules.campaign import Campaign, CampaignState, Goal
from schedules.ids import GroupId, UnitId, ZoneId
from schedules.shortfall import Shortfall
from server.api.shapes import Answer, Day, Line, Name, Names, Sent, Text
from server.services.attainments import Account, GoalAccount, ZoneAccount
from server.services.campaigns import CampaignDraft, GoalWish


class GoalSent(Sent):
    """At least so many plays a day, on at least so many days, at the zones it means."""

    zones: Names = Field(default_factory=list)
    units: Names = Field(default_factory=list)
    groups: Names = Field(default_factory=list)
    languages: Names = Field(default_factory=list, description="A play counts in these only; none: in any.")
    plays_a_day: int
    days: int

    def wish(self) -> GoalWish:
        """Give it as the services take it."""
        return GoalWish(
            zones=frozenset(map(ZoneId, self.zones)),
            units=frozenset(map(UnitId, self.units)),
            groups=frozenset(map(GroupId, self.groups)),
            languages=frozenset(self.languages),
            plays_a_day=self.plays_a_day,
            days=self.days,
        )


class CampaignSent(Sent):
    """What a campaign is to be; programmes are put in one by one."""

    title: Line
    purpose: Text = ""
    basis: Line = Field(description="Number of the document that orders it.")
    basis_dated: Day
    first_day: Day
    last_day: Day
    goals: list[GoalSent] = Field(max_length=100)

    def draft(self) -> CampaignDraft:
        """Give it as the services take it."""
        return CampaignDraft(
            title=self.title,
            purpose=self.purpose,
            basis=self.basis,
            basis_dated=self.basis_dated,
            first_day=self.first_day,
            last_day=self.last_day,
            goals=tuple(each.wish() for each in self.goals),
        )


class ProgrammeSent(Sent):
    """Which programme."""

    programme: Name


class CampaignShown(Answer):
    """A campaign as it is."""

    id: str
    version: int
    owner: str
    title: str
    purpose: str
    basis: str
    basis_dated: date
    first_day: date
    last_day: date
    state: CampaignState
    goals: list[GoalSent]
    programmes: list[str]


class Campaigns(Answer):
    """Those that concern a station; drafts only where they are written."""

    campaigns: list[CampaignShown]


class ZoneProgress(Answer):
    """One zone against one goal.

    What was heard is never added up with what is only planned.
    """

    zone: str
    days_met: int = Field(description="With enough confirmed plays.")
    confirmed: dict[str, int] = Field(description="Plays by local day, by the loudspeakers' own word.")
    awaited: dict[str, int]
    planned: dict[str, int] = Field(description="From now on, by the present schedule.")
    days_ahead: int = Field(description="Not met yet, and met if the plan is played.")


class ShortfallShown(Answer):
    """Why a goal cannot be met at some zones: a code."""

    code: str
    zones: list[str]


class GoalProgress(Answer):
    """How far one goal is: the station's zones one by one, and all that were looked at."""

    goal: GoalSent
    zones: list[ZoneProgress]
    zones_met: int
    zones_meant: int
    households: int = Field(description="Reached, each zone's once.")
    residents: int
    shortfalls: list[ShortfallShown]


class Progress(Answer):
    """How far a campaign is at a station."""

    campaign: CampaignShown
    today: date
    goals: list[GoalProgress]


class Everywhere(Sent):
    """How wide is looked."""

    everywhere: bool = Field(default=False, description="At all zones the token sees, not only the station's.")


def shown(campaign: Campaign) -> CampaignShown:
    """Give a campaign as it is answered."""
    return CampaignShown(
        id=campaign.id,
        version=campaign.version,
        owner=campaign.owner,
        title=campaign.title,
        purpose=campaign.purpose,
        basis=campaign.basis.number,
        basis_dated=campaign.basis.dated,
        first_day=campaign.first_day,
        last_day=campaign.last_day,
        state=campaign.state,
        goals=[_goal(each) for each in campaign.goals],
        programmes=list(campaign.programmes),
    )


def _goal(goal: Goal) -> GoalSent:
    return GoalSent(
        zones=sorted(goal.target.zones),
        units=sorted(goal.target.units),
        groups=sorted(goal.target.groups),
        languages=sorted(goal.languages),
        plays_a_day=goal.plays_a_day,
        days=goal.days,
    )


def progress_of(account: Account) -> Progress:
    """Give how far a campaign is, as it is answered."""
    goals = [_of_goal(each, each.everywhere) for each in account.goals]
    return Progress(campaign=shown(account.stored.campaign), today=account.today, goals=goals)


def _of_goal(goal: GoalAccount, everywhere: GoalAttainment) -> GoalProgress:
    return GoalProgress(
        goal=_goal(goal.goal),
        zones=[_of_zone(each) for each in goal.zones],
        zones_met=everywhere.zones_met,
        zones_meant=len(everywhere.zones),
        households=everywhere.reach.households,
        residents=everywhere.reach.residents,
        shortfalls=[_shortfall(each) for each in goal.shortfalls],
    )


def _of_zone(account: ZoneAccount) -> ZoneProgress:
    heard = account.heard
    return ZoneProgress(
        zone=heard.zone.id,
        days_met=heard.days_met,
        confirmed={day.isoformat(): count for day, count in heard.confirmed.items()},
        awaited={day.isoformat(): count for day, count in heard.awaited.items()},
        planned={day.isoformat(): count for day, count in account.planned.items()},
        days_ahead=account.days_ahead,
    )


def _shortfall(shortfall: Shortfall) -> ShortfallShown:
    return ShortfallShown(code=shortfall.code, zones=[zone.id for zone in shortfall.zones])
