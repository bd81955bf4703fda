"""Break-glass: two an hour and five minutes of sound, over every hour there is."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schedules.break_glass import MOST_SOUND_S, MOST_USES, WINDOW, Use, break_glass_findings
from schedules.emergency import LONGEST_LIFE
from tests.schedules.given import HOUR, MINUTE, SECOND, SON_HA, SON_TAY
from tests.schedules.given_emergencies import NOON, a_use


def codes(history: list[Use], now: datetime, seconds: int = 60) -> list[str]:
    return [each.code for each in break_glass_findings(history, now, station=SON_HA, sound_s=seconds)]


def test_the_third_use_in_an_hour_must_wait_until_the_first_is_an_hour_old() -> None:
    history = [a_use("a", NOON), a_use("b", NOON + 10 * MINUTE)]

    (found,) = break_glass_findings(history, NOON + HOUR - SECOND, station=SON_HA, sound_s=60)

    assert (found.code, dict(found.values)) == ("break_glass.too_often", {"limit": 2, "again": NOON + HOUR})
    assert codes(history, NOON + HOUR) == []


def test_more_than_five_minutes_of_sound_in_all_is_too_long() -> None:
    history = [a_use("a", NOON, seconds=200)]

    (found,) = break_glass_findings(history, NOON + MINUTE, station=SON_HA, sound_s=101)

    assert found.code == "break_glass.too_long"
    assert dict(found.values) == {"limit": 5 * MINUTE, "left": 100 * SECOND, "asked": 101 * SECOND}
    assert codes(history, NOON + MINUTE, 100) == []
    assert codes([], NOON, 301) == ["break_glass.too_long"]


def test_seconds_count_for_an_hour_from_the_end_of_the_use() -> None:
    history = [a_use("a", NOON, seconds=300, lives=HOUR)]

    assert codes(history, NOON + 2 * HOUR - SECOND) == ["break_glass.too_long"]
    assert codes(history, NOON + 2 * HOUR) == []


def test_another_station_counts_for_itself() -> None:
    assert codes([a_use("a", NOON, seconds=300, station=SON_TAY), a_use("b", NOON, station=SON_TAY)], NOON) == []


def test_a_review_is_due_within_a_day() -> None:
    use = a_use("a", NOON)

    assert use.reviewed_in_time(NOON + 24 * HOUR - SECOND)
    assert not use.reviewed_in_time(NOON + 24 * HOUR)
    reviewed = a_use("a", NOON, reviewed_at=NOON + 23 * HOUR)
    assert reviewed.reviewed_in_time(NOON + 99 * HOUR)


wishes = st.tuples(
    st.integers(0, 90).map(lambda minutes: minutes * MINUTE),
    st.integers(1, 400),
    st.integers(1, LONGEST_LIFE // MINUTE).map(lambda minutes: minutes * MINUTE),
)


@given(st.lists(wishes, max_size=12), st.integers(0, 60))
def test_no_hour_wherever_it_begins_holds_more_than_the_limits(
    wanted: list[tuple[timedelta, int, timedelta]], sounds_after: int
) -> None:
    """Whoever asks again and again gets no more; and the sound may come anywhere in the life of a use."""
    history: list[Use] = []
    now = NOON
    for number, (later, seconds, lives) in enumerate(wanted):
        now += later
        if not codes(history, now, seconds):
            history.append(a_use(f"u{number}", now, seconds=seconds, lives=lives))

    edges = [use.at for use in history] + [use.until for use in history]
    for edge in edges:
        for begins in (edge, edge - WINDOW + SECOND):
            inside = [use for use in history if begins <= use.at < begins + WINDOW]
            touching = [use for use in history if use.at < begins + WINDOW and use.until > begins]
            assert len(inside) <= MOST_USES
            assert sum(use.sound_s for use in touching) <= MOST_SOUND_S
