"""The form of a campaign: its fields as stored or as just typed, and back into what the use cases take.

Goals stand in numbered blocks, so that one can be added and taken away without a script. It judges nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from schedules.campaign import Campaign, Goal
from schedules.ids import GroupId, UnitId, ZoneId
from schedules.times import DAY
from server.services.campaigns import CampaignDraft, GoalWish
from server.web.entered import Form, day, number, text

USUAL_PERIOD = 30 * DAY
_MOST_BLOCKS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFields:
    """One goal as its block shows it, all text."""

    zones: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    plays_a_day: str = "2"
    days: str = "15"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFields:
    """A campaign as its form shows it, all text."""

    values: Mapping[str, str] = field(default_factory=dict)
    goals: tuple[GoalFields, ...] = ()


def anew(today: date, units: Iterable[UnitId]) -> CampaignFields:
    """Give the form of a new campaign: a month from tomorrow on, one goal for a whole unit."""
    first = today + DAY
    values = {"first_day": first.isoformat(), "last_day": (first + USUAL_PERIOD - DAY).isoformat()}
    return CampaignFields(values=values, goals=(GoalFields(units=frozenset(list(units)[:1])),))


def stored(campaign: Campaign) -> CampaignFields:
    """Give the form of a campaign as it is."""
    return CampaignFields(
        values={
            "title": campaign.title,
            "purpose": campaign.purpose,
            "basis": campaign.basis.number,
            "basis_dated": campaign.basis.dated.isoformat(),
            "first_day": campaign.first_day.isoformat(),
            "last_day": campaign.last_day.isoformat(),
        },
        goals=tuple(map(_block, campaign.goals)),
    )


def typed(form: Form) -> CampaignFields:
    """Give the form as it was just typed, a block added or taken away as its buttons ask."""
    names = ("title", "purpose", "basis", "basis_dated", "first_day", "last_day", "unit")
    goals = [_typed_block(form, index) for index in range(_blocks(form))]
    dropped = text(form, "drop_goal")
    if dropped in map(str, range(len(goals))) and len(goals) > 1:
        del goals[int(dropped)]
    if text(form, "add_goal"):
        goals.append(GoalFields(units=goals[-1].units if goals else frozenset()))
    return CampaignFields(values={name: text(form, name) for name in names}, goals=tuple(goals))


def draft_of(form: Form) -> CampaignDraft:
    """Read a campaign.

    Raises:
        Unacceptable: `form.day`, `form.number` with the field that cannot be read.
    """
    return CampaignDraft(
        title=text(form, "title"),
        purpose=text(form, "purpose").replace("\r\n", "\n"),
        basis=text(form, "basis"),
        basis_dated=day(form, "basis_dated"),
        first_day=day(form, "first_day"),
        last_day=day(form, "last_day"),
        goals=tuple(_wish(form, index) for index in range(_blocks(form))),
    )


def _block(goal: Goal) -> GoalFields:
    target = goal.target
    return GoalFields(
        zones=frozenset(target.zones),
        units=frozenset(target.units),
        groups=frozenset(target.groups),
        languages=goal.languages,
        plays_a_day=str(goal.plays_a_day),
        days=str(goal.days),
    )


def _typed_block(form: Form, index: int) -> GoalFields:
    chosen = {
        name: frozenset(form.getlist(f"goal{index}_{name}")) for name in ("zones", "units", "groups", "languages")
    }
    return GoalFields(plays_a_day=text(form, f"goal{index}_plays"), days=text(form, f"goal{index}_days"), **chosen)


def _wish(form: Form, index: int) -> GoalWish:
    block = _typed_block(form, index)
    return GoalWish(
        zones=frozenset(map(ZoneId, block.zones)),
        units=frozenset(map(UnitId, block.units)),
        groups=frozenset(map(GroupId, block.groups)),
        languages=block.languages,
        plays_a_day=number(form, f"goal{index}_plays"),
        days=number(form, f"goal{index}_days"),
    )


def _blocks(form: Form) -> int:
    return min(number(form, "goals", default=0), _MOST_BLOCKS)
