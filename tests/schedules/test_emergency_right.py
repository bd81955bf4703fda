"""The right to issue: for whom, where, how long, and when it takes two."""

from dataclasses import replace
from datetime import datetime

import pytest

from schedules.break_glass import Use
from schedules.emergency_right import EmergencyRight, may_issue, needs_two_people
from schedules.errors import InvalidValue
from schedules.ids import PersonId, UnitId
from tests.schedules.given import HOUR, LANG_MOI, MINUTE, PROVINCE, SON_HA, SON_TAY, UNITS
from tests.schedules.given_emergencies import NOON, OFFICER, a_use

RIGHT = EmergencyRight(person=OFFICER, unit=SON_HA, given_by=PersonId("administrator"), since=NOON)


def may(*areas: UnitId, right: EmergencyRight = RIGHT, uses: tuple[Use, ...] = (), now: datetime = NOON) -> bool:
    return may_issue([right], OFFICER, areas, units=UNITS, uses=uses, now=now)


def test_a_right_reaches_its_unit_and_what_is_below() -> None:
    assert may(SON_HA)
    assert may(LANG_MOI)
    assert may(SON_HA, LANG_MOI)
    assert not may(SON_TAY)
    assert not may(SON_HA, SON_TAY)
    assert not may(PROVINCE)


def test_somebody_elses_right_is_of_no_use() -> None:
    assert not may_issue([RIGHT], PersonId("another"), [SON_HA], units=UNITS, uses=(), now=NOON)


def test_a_right_has_a_beginning_and_may_have_an_end() -> None:
    ending = replace(RIGHT, until=NOON + HOUR)

    assert not may(SON_HA, now=NOON - MINUTE)
    assert may(SON_HA, right=ending, now=NOON + HOUR - MINUTE)
    assert not may(SON_HA, right=ending, now=NOON + HOUR)


def test_nobody_gives_it_to_themselves() -> None:
    with pytest.raises(InvalidValue, match=r"emergency_right\.own"):
        replace(RIGHT, given_by=OFFICER)


def test_it_lapses_a_day_after_a_use_that_nobody_reviewed_and_stays_lapsed() -> None:
    use = a_use("a", NOON + MINUTE)
    late = replace(use, reviewed_at=use.review_due)

    assert may(SON_HA, uses=(use,), now=use.review_due - MINUTE)
    assert not may(SON_HA, uses=(use,), now=use.review_due)
    assert not may(SON_HA, uses=(late,), now=use.review_due + HOUR)
    assert RIGHT.lapsed_by((use,), use.review_due) == use


def test_a_review_in_time_keeps_it() -> None:
    reviewed = a_use("a", NOON + MINUTE, reviewed_at=NOON + HOUR)

    assert may(SON_HA, uses=(reviewed,), now=NOON + 99 * HOUR)


def test_given_anew_it_holds_again_whatever_was_before() -> None:
    use = a_use("a", NOON - HOUR)

    assert may(SON_HA, uses=(use,), now=NOON + 99 * HOUR)


def test_another_persons_use_takes_nothing_from_it() -> None:
    assert may(SON_HA, uses=(a_use("a", NOON, person=PersonId("another")),), now=NOON + 99 * HOUR)


@pytest.mark.parametrize(
    ("areas", "two"),
    [
        ((SON_HA,), False),
        ((LANG_MOI,), False),
        ((LANG_MOI, SON_HA), False),
        ((SON_HA, SON_TAY), True),
        ((PROVINCE,), True),
        ((PROVINCE, SON_HA), True),
    ],
)
def test_what_reaches_beyond_one_commune_takes_two(areas: tuple[UnitId, ...], two: bool) -> None:
    assert needs_two_people(areas, UNITS) is two
