"""The planner against a second one that is slow and obvious, on random schedules with every policy there is."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.rundown import Played, RundownItem
from schedules.schedule import Schedule
from tests.schedules.given import ZONE, at
from tests.schedules.reference import Part, plan
from tests.schedules.test_planning_properties import ROOMY, TWO_DAYS, regulation_of, schedules, times_of_day
from tests.schedules.test_planning_properties import plan as planned

pytestmark = pytest.mark.slow


def part_of(item: RundownItem) -> Part:
    offset = timedelta(milliseconds=item.sound.offset_ms) if isinstance(item.sound, Played) else timedelta(0)
    return Part(item.occurrence, item.starts_at, item.ends_at, offset)


@given(schedules(ROOMY), st.just(timedelta(0)) | times_of_day())
def test_both_planners_give_the_air_to_the_same(schedule: Schedule, since_midnight: timedelta) -> None:
    now: datetime = at("00:00") + since_midnight

    slow = plan(schedule, TWO_DAYS, ZONE, regulation_of(schedule), now=now)

    assert [part_of(item) for item in planned(schedule, now)] == slow
