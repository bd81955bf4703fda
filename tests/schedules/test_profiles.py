"""The regulations to start from."""

from datetime import date, time

import pytest

from schedules.amendment import require_issuable, widens
from schedules.profiles import PROFILES
from schedules.regulation import Regulation
from tests.schedules.given import MONDAY, SON_HA


def draft(name: str) -> Regulation:
    (profile,) = (each for each in PROFILES if each.name == name)
    return profile.draft(
        station=SON_HA,
        number="12/QĐ-UBND",
        signed_on=MONDAY,
        signer="Chủ tịch UBND xã",
        valid_from=MONDAY,
        time_zone="Asia/Ho_Chi_Minh",
    )


@pytest.mark.parametrize(("name", "minutes", "weekdays"), [("hour", 60, 7), ("urban", 15, 5), ("rural", 45, 7)])
def test_each_has_a_morning_and_an_evening(name: str, minutes: int, weekdays: int) -> None:
    regulation = draft(name)

    require_issuable(regulation)
    assert [rule.earliest for rule in regulation.sessions] == [time(5, 30), time(17)]
    assert [rule.max_minutes for rule in regulation.sessions] == [minutes, minutes]
    assert [len(rule.weekdays) for rule in regulation.sessions] == [weekdays, weekdays]
    assert (regulation.max_minutes_a_day, regulation.sessions_a_day) == (2 * minutes, 2)
    assert regulation.windows(date(2026, 11, 28)) == () if weekdays == 5 else regulation.windows(date(2026, 11, 28))


def test_the_towns_is_the_narrowest() -> None:
    assert widens(draft("hour"), draft("rural")) == ()
    assert widens(draft("rural"), draft("urban")) == ()
    assert widens(draft("urban"), draft("rural"))
