"""The guard: everything that sounds, on the device's own doubtful clock, inside the station's own hours."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.emergency_lane import EmergencySounds, ExerciseSounds
from schedules.emergency_list import Live
from schedules.errors import InvalidValue
from schedules.guard import GUARD_MARGIN, Allowed, ClockInterval, Forbidden, Rules, Subject, Tone, judge
from schedules.night import NightSilence
from schedules.programme import Kind
from schedules.regulation import Regulation, Suspension, VolumeRule
from schedules.silence import Silence
from schedules.times import DAY, Span
from tests.schedules.given import MONDAY, SON_HA, a_regulation, at, hours
from tests.schedules.given_emergencies import SUM, an_emergency, an_exercise

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
    return ClockInterval.around(now, doubt)


def refusal(now: datetime, until: datetime, doubt: timedelta = timedelta(milliseconds=50), **more: object) -> str:
    kept = rules(**more)  # type: ignore[arg-type]  # what `rules` takes
    return code(judge(rules=kept, subject=Kind.NOTICE, interval=clock(now, doubt), sounds=Span(now, max(now, until))))


def code(verdict: Allowed | Forbidden) -> str:
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

    assert refusal(OPENS, OPENS + timedelta(minutes=5), timedelta(minutes=2)) == "guard.at_edge"
    assert refusal(late_enough, OPENS + timedelta(minutes=5), timedelta(minutes=2)) == ""


def test_the_doubt_counts_at_the_items_end_too() -> None:
    assert refusal(CLOSES - timedelta(minutes=5), CLOSES, timedelta(seconds=90)) == ""
    assert refusal(CLOSES - timedelta(minutes=5), CLOSES, timedelta(seconds=91)) == "guard.at_edge"


def test_a_clock_in_doubt_of_more_than_ten_minutes_starts_nothing() -> None:
    noon = OPENS + timedelta(minutes=30)

    assert refusal(noon, noon + timedelta(minutes=1), timedelta(minutes=5)) == ""
    assert refusal(noon, noon + timedelta(minutes=1), timedelta(minutes=5, seconds=1)) == "guard.clock_doubtful"


def test_no_clock_no_assignment_no_regulation_no_sound() -> None:
    def refused(kept: Rules | None, interval: ClockInterval | None) -> str:
        return code(judge(rules=kept, subject=Kind.NOTICE, interval=interval, sounds=Span(OPENS, CLOSES)))

    assert refused(rules(), None) == "guard.clock_unknown"
    assert refused(None, clock(OPENS)) == "guard.not_assigned"
    assert refused(Rules(regulations=()), clock(OPENS)) == "guard.no_regulation"
    early = at("05:45", MONDAY - timedelta(days=365))
    assert refusal(early, early + timedelta(minutes=1)) == "guard.no_regulation"


def test_a_regulation_begins_with_the_stations_own_day() -> None:
    first_morning = at("05:45", date(2026, 1, 1))

    assert refusal(first_morning, first_morning + timedelta(minutes=1)) == ""


def into_tuesday(monday: Regulation, tuesday: Regulation, kind: Kind = Kind.NOTICE, minutes: int = 10) -> str:
    """Give the refusal of what begins ten minutes before the midnight on which a regulation follows another."""
    kept = Rules(regulations=(monday, replace(tuesday, number="13/QĐ-UBND", valid_from=MONDAY + DAY)))
    midnight = at("00:00", MONDAY + DAY)
    until = midnight + timedelta(minutes=minutes)
    asked = Span(midnight - timedelta(minutes=10), until)
    return code(judge(rules=kept, subject=kind, interval=clock(asked.start), sounds=asked, planned=asked))


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
    ("begins", "ends", "refused"),
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
def test_a_suspended_day_is_narrowed_by_90_seconds_at_both_ends(begins: int, ends: int, refused: str) -> None:
    midnight = at("00:00", MONDAY + DAY)
    start = midnight + timedelta(seconds=begins)

    verdict = judge(
        rules=Rules(regulations=(MUSIC_SUSPENDED,)),
        subject=Kind.MUSIC,
        interval=clock(start, timedelta(0)),
        sounds=Span(start, midnight + timedelta(seconds=ends)),
    )

    assert code(verdict) == refused


def test_the_margin_at_the_beginning_is_all_of_90_seconds() -> None:
    earliest = OPENS - timedelta(seconds=90)

    assert refusal(earliest, CLOSES, timedelta(0)) == ""
    assert refusal(earliest - timedelta.resolution, CLOSES, timedelta(0)) == "guard.outside_hours"


def test_a_kind_the_regulation_does_not_name_is_refused() -> None:
    verdict = judge(rules=rules(), subject=Kind.MOURNING, interval=clock(OPENS), sounds=Span(OPENS, CLOSES))

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
        subject=Kind.NOTICE,
        interval=clock(OPENS + timedelta(minutes=1)),
        sounds=Span(OPENS + timedelta(minutes=1), CLOSES),
    )

    assert verdict == Allowed(allowed)


def test_a_ceiling_between_the_two_ends_of_the_interval_counts() -> None:
    """True time may lie in the four minutes that are quiet."""
    quiet = (VolumeRule(time(5, 58), time(6, 2), 30),)
    now = OPENS + timedelta(minutes=30)

    def loudest(doubt: timedelta) -> Allowed | Forbidden:
        asked = Span(now - timedelta(minutes=5), now)
        return judge(rules=rules(ceilings=quiet), subject=Kind.NOTICE, interval=clock(asked.start, doubt), sounds=asked)

    assert loudest(timedelta(minutes=2)) == Allowed(80)
    assert loudest(timedelta(minutes=5)) == Allowed(30)


def test_what_was_planned_outside_the_hours_is_not_joined_once_they_have_come() -> None:
    """Only what the clock's doubt alone held back is joined."""
    planned = Span(OPENS - timedelta(minutes=10), OPENS + timedelta(minutes=20))
    later = Span(OPENS + timedelta(minutes=5), planned.end)

    def asked(whole: Span) -> str:
        interval = clock(later.start)
        return code(judge(rules=rules(), subject=Kind.NOTICE, interval=interval, sounds=later, planned=whole))

    assert asked(planned) == "guard.outside_hours"
    assert asked(later) == ""


@given(st.integers(-600, 4200), st.integers(1, 900), st.integers(0, 600_000), st.data())
def test_no_instant_of_what_is_allowed_lies_outside_the_widened_hours(
    begins: int, lasts: int, width_ms: int, draws: st.DataObject
) -> None:
    """Wherever in the interval the estimate lies, and wherever true time."""
    now = OPENS + timedelta(seconds=begins)
    width = timedelta(milliseconds=width_ms)
    before = width * draws.draw(st.floats(0, 1))
    interval = ClockInterval(now - before, now, now - before + width)
    true = interval.earliest + width * draws.draw(st.floats(0, 1))
    sounds = Span(now + timedelta(seconds=2), now + timedelta(seconds=2 + lasts))

    verdict = judge(rules=rules(), subject=Kind.NOTICE, interval=interval, sounds=sounds)

    heard = Span(sounds.start + (true - now), sounds.end + (true - now))
    if isinstance(verdict, Allowed):
        assert heard.start >= OPENS - GUARD_MARGIN
        assert heard.end <= CLOSES + GUARD_MARGIN
    elif sounds.start >= OPENS and sounds.end <= CLOSES:
        assert verdict == Forbidden("guard.at_edge")
        assert width > GUARD_MARGIN


def test_a_clock_whose_estimate_is_outside_its_own_interval_is_none() -> None:
    with pytest.raises(InvalidValue, match=r"clock\.outside_interval"):
        ClockInterval(OPENS, CLOSES, OPENS)


class TestNight:
    NIGHT = NightSilence(time(6), time(6, 10), "Asia/Ho_Chi_Minh")

    def asked(self, begins: str, ends: str, doubt: timedelta = timedelta(0), subject: Subject = Kind.NOTICE) -> str:
        kept = replace(rules(), night=self.NIGHT)
        asked = Span(at(begins), at(ends))
        return code(judge(rules=kept, subject=subject, interval=clock(asked.start, doubt), sounds=asked))

    def test_is_exact_and_within_the_regulations_own_hours(self) -> None:
        assert self.asked("05:50", "06:00") == ""
        assert self.asked("05:50", "06:00:01") == "guard.night_silence"
        assert self.asked("06:10", "06:12") == ""
        assert self.asked("06:09:59", "06:12") == "guard.night_silence"

    def test_is_held_against_every_instant_the_clock_may_mean(self) -> None:
        assert self.asked("05:50", "05:59:50", timedelta(seconds=10)) == ""
        assert self.asked("05:50", "05:59:50", timedelta(seconds=11)) == "guard.at_edge"
        assert self.asked("06:10:05", "06:12", timedelta(seconds=6)) == "guard.at_edge"

    def test_silences_tones_and_exercises_and_no_real_emergency(self) -> None:
        assert self.asked("06:01", "06:02", subject=Tone()) == "guard.night_silence"
        assert self.asked("06:01", "06:02", subject=DRILL) == "guard.night_silence"
        assert self.asked("06:01", "06:02", subject=FLOOD) == ""


DRILL = ExerciseSounds(an_exercise(), 1, CLOSES)
FLOOD = EmergencySounds(Live.of(an_emergency(), SUM), 1)


@pytest.mark.parametrize("subject", [Tone(), DRILL])
class TestToneAndExercise:
    def asked(self, subject: Subject, begins: datetime, kept: Rules) -> Allowed | Forbidden:
        sounds = Span(begins, begins + timedelta(minutes=1))
        return judge(rules=kept, subject=subject, interval=clock(begins), sounds=sounds)

    def test_keep_the_hours(self, subject: Subject) -> None:
        outside = OPENS - timedelta(minutes=10)

        assert self.asked(subject, OPENS, rules()) == Allowed(80)
        assert self.asked(subject, outside, rules()) == Forbidden("guard.outside_hours")

    def test_are_of_no_kind_that_could_be_suspended(self, subject: Subject) -> None:
        tuesday = at("05:45", MONDAY + DAY)

        assert self.asked(subject, tuesday, Rules(regulations=(MUSIC_SUSPENDED,), volume=70)) == Allowed(70)

    def test_keep_silence_lock_and_ceiling(self, subject: Subject) -> None:
        order = Silence(audience=f"unit:{SON_HA}", number=1, ordered=True)

        assert self.asked(subject, OPENS, rules(silences=(order,))) == Forbidden("guard.silence_ordered")
        assert self.asked(subject, OPENS, rules(maintenance_until=CLOSES)) == Forbidden("guard.maintenance")
        assert self.asked(subject, OPENS, rules(volume_ceiling=40)) == Allowed(40)


class TestEmergency:
    NIGHT = Span(at("02:00"), at("02:01"))

    def asked(self, kept: Rules | None, interval: ClockInterval | None = None) -> Allowed | Forbidden:
        return judge(rules=kept, subject=FLOOD, interval=interval, sounds=self.NIGHT)

    def test_sounds_outside_the_hours_at_full_volume_and_needs_no_clock(self) -> None:
        assert self.asked(rules(volume=30)) == Allowed(100)
        assert self.asked(rules(), clock(self.NIGHT.start, timedelta(days=1))) == Allowed(100)

    def test_is_never_louder_than_the_root_allows(self) -> None:
        assert self.asked(rules(volume_ceiling=60)) == Allowed(60)

    def test_needs_an_assignment(self) -> None:
        assert self.asked(None) == Forbidden("guard.not_assigned")

    def test_is_silent_while_somebody_is_at_the_horn(self) -> None:
        locked = rules(maintenance_until=self.NIGHT.start)

        assert self.asked(locked) == Forbidden("guard.maintenance")
        assert self.asked(locked, clock(self.NIGHT.start)) == Forbidden("guard.maintenance")
        assert self.asked(locked, clock(self.NIGHT.start + timedelta(seconds=1))) == Allowed(100)

    def test_is_silent_under_an_order_that_does_not_spare_it(self) -> None:
        spares = Silence(audience=f"unit:{SON_HA}", number=1, ordered=True, until=self.NIGHT.start)
        binds = replace(spares, spares_emergencies=False)
        lifted = replace(binds, ordered=False)

        assert self.asked(rules(silences=(spares, lifted))) == Allowed(100)
        assert self.asked(rules(silences=(spares, binds))) == Forbidden("guard.silence_ordered")
        assert self.asked(rules(silences=(binds,)), clock(self.NIGHT.start)) == Forbidden("guard.silence_ordered")
        assert self.asked(rules(silences=(binds,)), clock(self.NIGHT.end)) == Allowed(100)
