"""The guard: everything that sounds, on the device's own doubtful clock, inside the station's own hours."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from schedules.guard import Allowed, ClockInterval, Forbidden, Rules, judge
from schedules.programme import Kind
from schedules.regulation import Regulation, Suspension, VolumeRule
from schedules.silence import Silence
from schedules.times import DAY
from tests.schedules.given import MONDAY, SON_HA, a_regulation, at, hours

OPENS, CLOSES = at("05:30"), at("06:30")
DAY_S = 24 * 60 * 60
MUSIC_SUSPENDED = replace(
    a_regulation(hours("00:00", "00:00")),
    suspensions=(
        Suspension(
            number="102/CĐ-TTg",
            signed_on=MONDAY,
            signer="Thủ tướng Chính phủ",
            reason="Quốc tang",
            first_day=MONDAY + DAY,
            last_day=MONDAY + DAY,
            kinds=frozenset({Kind.MUSIC}),
        ),
    ),
)


def rules(
    *,
    volume: int = 80,
    ceilings: tuple[VolumeRule, ...] = (),
    maintenance_until: datetime | None = None,
    silences: tuple[Silence, ...] = (),
    volume_ceiling: int = 100,
) -> Rules:
    return Rules(
        regulations=(replace(a_regulation(hours("05:30", "06:30")), volume=ceilings),),
        silences=silences,
        volume=volume,
        volume_ceiling=volume_ceiling,
        maintenance_until=maintenance_until,
    )


def clock(now: datetime, doubt: timedelta = timedelta(milliseconds=50)) -> ClockInterval:
    return ClockInterval(now - doubt, now + doubt)


def refusal(now: datetime, until: datetime, doubt: timedelta = timedelta(milliseconds=50), **more: object) -> str:
    verdict = judge(rules=rules(**more), kind=Kind.NOTICE, interval=clock(now, doubt), until=until)  # type: ignore[arg-type]  # what `rules` takes
    return verdict.code if isinstance(verdict, Forbidden) else ""


@pytest.mark.parametrize(
    ("now", "until", "permitted"),
    [
        (OPENS, CLOSES, True),
        (OPENS - timedelta(seconds=89), OPENS + timedelta(minutes=1), True),
        (OPENS - timedelta(seconds=91), OPENS + timedelta(minutes=1), False),
        (CLOSES - timedelta(minutes=1), CLOSES + timedelta(seconds=89), True),
        (CLOSES - timedelta(minutes=1), CLOSES + timedelta(seconds=91), False),
        (CLOSES + timedelta(hours=3), CLOSES + timedelta(hours=3, minutes=1), False),
    ],
)
def test_the_hours_are_the_regulations_widened_by_90_seconds(now: datetime, until: datetime, permitted: bool) -> None:
    assert (refusal(now, until) == "") is permitted


def test_every_instant_the_clock_may_mean_must_be_inside() -> None:
    late_enough = OPENS + timedelta(seconds=31)

    assert refusal(OPENS, OPENS + timedelta(minutes=5), timedelta(minutes=2)) == "guard.outside_hours"
    assert refusal(late_enough, OPENS + timedelta(minutes=5), timedelta(minutes=2)) == ""


def test_the_doubt_counts_at_the_items_end_too() -> None:
    assert refusal(CLOSES - timedelta(minutes=5), CLOSES, timedelta(seconds=90)) == ""
    assert refusal(CLOSES - timedelta(minutes=5), CLOSES, timedelta(seconds=91)) == "guard.outside_hours"


def test_a_clock_in_doubt_of_more_than_ten_minutes_starts_nothing() -> None:
    noon = OPENS + timedelta(minutes=30)

    assert refusal(noon, noon + timedelta(minutes=1), timedelta(minutes=5)) == ""
    assert refusal(noon, noon + timedelta(minutes=1), timedelta(minutes=5, seconds=1)) == "guard.clock_doubtful"


def test_no_clock_no_assignment_no_regulation_no_sound() -> None:
    assert judge(rules=rules(), kind=Kind.NOTICE, interval=None, until=CLOSES) == Forbidden("guard.clock_unknown")
    assert judge(rules=None, kind=Kind.NOTICE, interval=clock(OPENS), until=CLOSES) == Forbidden("guard.not_assigned")
    early = at("05:45", MONDAY - timedelta(days=365))
    assert refusal(early, early + timedelta(minutes=1)) == "guard.no_regulation"
    nothing_issued = Rules(regulations=())
    assert judge(rules=nothing_issued, kind=Kind.NOTICE, interval=clock(OPENS), until=CLOSES) == Forbidden(
        "guard.no_regulation"
    )


def test_a_regulation_begins_with_the_stations_own_day() -> None:
    first_morning = at("05:45", date(2026, 1, 1))

    assert refusal(first_morning, first_morning + timedelta(minutes=1)) == ""


def into_tuesday(monday: Regulation, tuesday: Regulation, kind: Kind = Kind.NOTICE, minutes: int = 10) -> str:
    """Give the refusal of what begins ten minutes before the midnight on which a regulation follows another."""
    kept = Rules(regulations=(monday, replace(tuesday, number="13/QĐ-UBND", valid_from=MONDAY + DAY)))
    midnight = at("00:00", MONDAY + DAY)
    until = midnight + timedelta(minutes=minutes)
    verdict = judge(rules=kept, kind=kind, interval=clock(midnight - timedelta(minutes=10)), until=until)
    return verdict.code if isinstance(verdict, Forbidden) else ""


def test_what_sounds_into_a_day_keeps_the_regulation_of_that_day_too() -> None:
    always, by_day = a_regulation(hours("00:00", "00:00")), a_regulation(hours("05:00", "20:00"))
    evening = a_regulation(hours("20:00", "00:00"))
    no_music = a_regulation(hours("00:00", "00:00"), kinds=frozenset({Kind.NOTICE}))

    assert into_tuesday(always, by_day) == "guard.outside_hours"
    assert into_tuesday(evening, always) == ""
    assert into_tuesday(always, no_music, Kind.MUSIC) == "guard.kind_not_allowed"
    assert into_tuesday(always, no_music, Kind.MUSIC, minutes=0) == ""


def test_a_suspension_is_not_held_against_what_ends_with_the_day_before() -> None:
    silent = MUSIC_SUSPENDED

    assert into_tuesday(silent, silent, Kind.MUSIC, minutes=0) == ""
    assert into_tuesday(silent, silent, Kind.MUSIC, minutes=2) == "guard.kind_suspended"
    assert into_tuesday(silent, silent, Kind.NOTICE, minutes=2) == ""


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        (-600, 90, ""),  # the margin of the clock
        (-600, 91, "guard.kind_suspended"),
        (-30, 40, "guard.kind_suspended"),  # too short to be narrowed: the day of its middle
        (-40, 30, ""),
        (DAY_S, DAY_S + 600, ""),
        (DAY_S - 90, DAY_S + 600, ""),
        (DAY_S - 91, DAY_S + 600, "guard.kind_suspended"),
    ],
)
def test_a_suspended_day_is_narrowed_by_90_seconds_at_both_ends(begins: int, ends: int, code: str) -> None:
    midnight = at("00:00", MONDAY + DAY)
    start = midnight + timedelta(seconds=begins)

    verdict = judge(
        rules=Rules(regulations=(MUSIC_SUSPENDED,)),
        kind=Kind.MUSIC,
        interval=ClockInterval(start, start),
        until=midnight + timedelta(seconds=ends),
    )

    assert (verdict.code if isinstance(verdict, Forbidden) else "") == code


def test_the_margin_at_the_beginning_is_all_of_90_seconds() -> None:
    earliest = OPENS - timedelta(seconds=90)

    assert refusal(earliest, CLOSES, timedelta(0)) == ""
    assert refusal(earliest - timedelta.resolution, CLOSES, timedelta(0)) == "guard.outside_hours"


def test_a_kind_the_regulation_does_not_name_is_refused() -> None:
    verdict = judge(rules=rules(), kind=Kind.MOURNING, interval=clock(OPENS), until=CLOSES)

    assert verdict == Forbidden("guard.kind_not_allowed")


def test_the_maintenance_lock_holds_until_it_is_surely_over() -> None:
    ends = OPENS + timedelta(minutes=10)

    assert refusal(ends - timedelta(seconds=1), CLOSES, maintenance_until=ends) == "guard.maintenance"
    assert refusal(ends, CLOSES, maintenance_until=ends) == "guard.maintenance"
    assert refusal(ends, CLOSES, timedelta(0), maintenance_until=ends) == ""
    assert refusal(ends + timedelta(seconds=1), CLOSES, maintenance_until=ends) == ""


def test_ordered_silence_is_kept_here_too() -> None:
    order = Silence(audience=f"unit:{SON_HA}", number=1, ordered=True)

    assert refusal(OPENS, CLOSES, silences=(order,)) == "guard.silence_ordered"


@pytest.mark.parametrize(
    ("assigned", "by_hour", "absolute", "allowed"),
    [(80, 100, 100, 80), (80, 60, 100, 60), (80, 60, 50, 50), (30, 60, 50, 30)],
)
def test_the_lowest_ceiling_counts(assigned: int, by_hour: int, absolute: int, allowed: int) -> None:
    ceilings = (VolumeRule(time(5), time(6), by_hour),)

    verdict = judge(
        rules=rules(volume=assigned, ceilings=ceilings, volume_ceiling=absolute),
        kind=Kind.NOTICE,
        interval=clock(OPENS + timedelta(minutes=1)),
        until=CLOSES,
    )

    assert verdict == Allowed(allowed)
