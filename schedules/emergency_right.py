"""Who may issue an emergency where: a right of its own, given to a person for a unit, and how many people it takes.

It must not know roles or accounts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schedules.break_glass import Use
from schedules.errors import InvalidValue
from schedules.ids import PersonId, UnitId
from schedules.unit import UnitLevel, Units


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRight:
    """The right of one person for a unit and everything below it, `[since, until)`.

    It lapses when a use of break-glass was not reviewed in time; to have it again, it must be given anew.
    """

    person: PersonId
    unit: UnitId
    given_by: PersonId
    since: datetime
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.person == self.given_by:
            raise InvalidValue("emergency_right.own")

    def lapsed_by(self, uses: Iterable[Use], now: datetime) -> Use | None:
        """Give the unreviewed use by which the right has lapsed; None while it has not."""
        own = [use for use in uses if use.person == self.person and self.since <= use.at]
        return next((use for use in sorted(own, key=lambda use: use.at) if not use.reviewed_in_time(now)), None)

    def holds(self, uses: Iterable[Use], now: datetime) -> bool:
        """Tell whether the right is in force at an instant."""
        begun = self.since <= now and (self.until is None or now < self.until)
        return begun and self.lapsed_by(uses, now) is None


def may_issue(
    rights: Iterable[EmergencyRight],
    person: PersonId,
    areas: Iterable[UnitId],
    *,
    units: Units,
    uses: Iterable[Use],
    now: datetime,
) -> bool:
    """Tell whether a person's rights reach every unit an emergency is for."""
    known = tuple(uses)
    own = [right for right in rights if right.person == person and right.holds(known, now)]
    return all(any(units.within(area, right.unit) for right in own) for area in areas)


def needs_two_people(areas: Iterable[UnitId], units: Units) -> bool:
    """Tell whether an emergency takes a second person: whatever reaches beyond one commune does.

    Naming every commune of a province by itself is not a way around it.
    """
    communes = {_commune_of(area, units) for area in areas}
    return len(communes) > 1 or None in communes


def _commune_of(area: UnitId, units: Units) -> UnitId | None:
    return next((each for each in units.above(area) if units.by_id[each].level is UnitLevel.COMMUNE), None)
