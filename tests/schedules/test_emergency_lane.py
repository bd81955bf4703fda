"""What sounds of the emergencies: whole courses heard second by second, and what holds whatever happens."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.emergency import LONGEST_LIFE, MOST_TIMES, Emergency, Event, Severity, Words
from schedules.emergency_lane import (
    EmergencySounds,
    ExerciseSounds,
    Lane,
    LaneProgress,
    Told,
    begun,
    ended,
    live_at,
    next_change,
    sounding,
    volume,
)
from schedules.emergency_list import EmergencyList
from schedules.ids import EmergencyId, UnitId
from schedules.planning import Planner
from schedules.playhead import OnAir, Progress, Silent, on_air
from schedules.programme import Origin
from schedules.silence import Silence
from schedules.times import Span
from tests.schedules.given import (
    HOUR,
    MINUTE,
    PROVINCE,
    SECOND,
    SON_HA,
    ZONE,
    a_programme,
    a_rundown,
    a_schedule,
    a_slot,
    at,
    nine_days,
    once,
)
from tests.schedules.given_emergencies import (
    NOON,
    PROVINCE_WIDE,
    a_lane,
    an_emergency,
    an_exercise,
    heard_from,
    listed,
    without,
)

ALL_DAY = (Span(at("05:00"), at("21:00")),)


def shown(found: EmergencySounds | ExerciseSounds | None) -> str | None:
    if isinstance(found, EmergencySounds):
        return f"{found.live.id} {found.time}"
    return None if found is None else f"exercise {found.exercise.id} {found.time}"


def test_an_emergency_is_heard_its_times_with_its_pause() -> None:
    lane = a_lane(listed(an_emergency()))
    first = ended(LaneProgress(), lane.lists[0].live[0], NOON + 30 * SECOND, whole=True)

    assert shown(sounding(lane, LaneProgress(), NOON)) == "flood 1"
    assert sounding(lane, first, NOON + 49 * SECOND) is None
    assert shown(sounding(lane, first, NOON + 50 * SECOND)) == "flood 2"
    assert heard_from(lane, NOON, NOON + HOUR) == ["flood"] * 3


def test_a_hearing_that_was_cut_does_not_count() -> None:
    lane = a_lane(listed(an_emergency()))
    flood = lane.lists[0].live[0]

    cut = ended(begun(LaneProgress(), flood, NOON, station=SON_HA), flood, NOON + SECOND, whole=False)

    assert shown(sounding(lane, cut, NOON + SECOND)) == "flood 1"


def test_equals_are_each_told_once_before_any_is_told_twice() -> None:
    fire = an_emergency("fire", event=Event.FIRE, sent=NOON + SECOND)
    lane = a_lane(listed(an_emergency(), fire, now=NOON + SECOND))

    assert heard_from(lane, NOON + SECOND, NOON + HOUR) == ["fire", "flood"] * 3


def test_what_is_less_grave_waits_for_all_of_the_graver_pauses_included() -> None:
    grave = an_emergency("dam", event=Event.DAM_RELEASE, severity=Severity.EXTREME, times=2)
    lane = a_lane(listed(grave, an_emergency()))

    assert heard_from(lane, NOON, NOON + HOUR) == ["dam", "dam", "flood", "flood", "flood"]


def test_a_graver_one_interrupts_and_the_interrupted_begins_anew() -> None:
    lane = a_lane(listed(an_emergency(lasts=MINUTE)))
    dam = an_emergency("dam", event=Event.DAM_RELEASE, severity=Severity.EXTREME, sent=NOON + 20 * SECOND, times=1)
    both = a_lane(listed(an_emergency(lasts=MINUTE), dam, now=NOON + 20 * SECOND))
    flood = lane.lists[0].live[0]

    on = begun(LaneProgress(), flood, NOON, station=SON_HA)

    assert shown(sounding(both, on, NOON + 20 * SECOND)) == "dam 1"
    assert heard_from(both, NOON + 20 * SECOND, NOON + HOUR, on) == ["dam", "flood", "flood", "flood"]


def test_what_has_begun_is_heard_to_its_end_against_its_equals() -> None:
    fire = an_emergency("fire", event=Event.FIRE, sent=NOON + SECOND, **PROVINCE_WIDE)
    lists = listed(an_emergency()), listed(fire, unit=PROVINCE, now=NOON + SECOND)

    on = begun(LaneProgress(), lists[0].live[0], NOON, station=SON_HA)

    assert shown(sounding(a_lane(*lists), on, NOON + SECOND)) == "flood 1"
    assert shown(sounding(a_lane(*lists), LaneProgress(), NOON + SECOND)) == "fire 1"


def test_a_cancel_in_one_list_counts_in_all() -> None:
    flood = an_emergency()

    lane = a_lane(listed(flood, unit=PROVINCE), without(EmergencyList(unit=SON_HA), flood))

    assert sounding(lane, LaneProgress(), NOON) is None


def test_of_two_lists_of_one_unit_the_higher_number_counts() -> None:
    known = listed(an_emergency())

    newest = without(known, an_emergency())

    assert sounding(a_lane(newest, known), LaneProgress(), NOON) is None


def test_one_issue_by_two_routes_is_told_as_one_that_ends_sooner() -> None:
    long, short = listed(an_emergency()), listed(an_emergency(lives=MINUTE), unit=PROVINCE)

    (live,) = live_at((long, short), NOON)

    assert live.expires == NOON + MINUTE


def test_two_authorities_about_one_event_in_one_area_are_heard_once() -> None:
    ours, theirs = an_emergency("ours"), an_emergency("theirs", sender=PROVINCE, origin=Origin.PROVINCE)

    assert [live.id for live in live_at((listed(ours, theirs),), NOON)] == ["theirs"]
    assert heard_from(a_lane(listed(ours, theirs)), NOON, NOON + HOUR) == ["theirs"] * 3


def test_of_one_authority_the_newer_issue_stands_also_when_it_is_milder() -> None:
    first = an_emergency("first")
    second = an_emergency("second", severity=Severity.MINOR, sent=NOON + SECOND)

    assert [live.id for live in live_at((listed(first, second, now=NOON + SECOND),), NOON + SECOND)] == ["second"]


def test_what_says_more_about_a_smaller_area_is_no_duplicate() -> None:
    everywhere = an_emergency("everywhere", **PROVINCE_WIDE)

    lives = live_at((listed(an_emergency("here")), listed(everywhere, unit=PROVINCE)), NOON)

    assert [live.id for live in lives] == ["everywhere", "here"]


def test_two_events_that_are_called_other_are_not_the_same() -> None:
    one, two = an_emergency("one", event=Event.OTHER), an_emergency("two", event=Event.OTHER, sender=PROVINCE)

    assert len(live_at((listed(one, two),), NOON)) == 2


def test_an_exercise_sounds_inside_the_permitted_hours_only() -> None:
    lane = a_lane(exercises=[an_exercise(sent=at("20:50"))], windows=ALL_DAY)

    assert shown(sounding(lane, LaneProgress(), at("20:50"))) == "exercise drill 1"
    assert sounding(lane, LaneProgress(), at("21:00")) is None
    assert sounding(replace(lane, windows=()), LaneProgress(), at("20:50")) is None
    found = sounding(lane, LaneProgress(), at("20:55"))
    assert isinstance(found, ExerciseSounds)
    assert found.until == at("21:00")


def test_an_exercise_is_heard_its_times() -> None:
    lane = a_lane(exercises=[an_exercise(), an_exercise("second", sent=NOON + SECOND)], windows=ALL_DAY)

    assert heard_from(lane, NOON, NOON + HOUR) == ["drill", "second", "drill", "second"]


def test_an_exercise_ends_and_stays_away_while_a_real_one_lives() -> None:
    flood = an_emergency("flood", times=1, severity=Severity.UNKNOWN)
    lane = a_lane(listed(flood), exercises=[an_exercise()], windows=ALL_DAY)
    told = LaneProgress({flood.id: Told(1, NOON)})

    drilling = begun(LaneProgress(), an_exercise(), NOON, station=SON_HA)

    assert shown(sounding(lane, drilling, NOON)) == "flood 1"
    assert sounding(lane, told, NOON + MINUTE) is None


def test_silence_spares_a_real_one_unless_it_was_told_not_to_and_never_an_exercise() -> None:
    quiet = Silence(audience="unit:son-ha", number=1, ordered=True)
    real, drill = a_lane(listed(an_emergency())), a_lane(exercises=[an_exercise()], windows=ALL_DAY)

    def with_silence(lane: Lane, silence: Silence) -> str | None:
        return shown(sounding(replace(lane, silences=(silence,)), LaneProgress(), NOON))

    assert with_silence(real, quiet) == "flood 1"
    assert with_silence(real, replace(quiet, spares_emergencies=False)) is None
    assert with_silence(drill, quiet) is None
    assert with_silence(drill, replace(quiet, until=NOON)) == "exercise drill 1"


def test_a_loudspeaker_keeps_the_limits_of_break_glass_whatever_it_is_sent() -> None:
    uses = [
        an_emergency(name, event=event, break_glass=True, times=1) for name, event in zip("abc", Event, strict=False)
    ]
    lane = a_lane(listed(*uses))

    assert heard_from(lane, NOON, NOON + HOUR) == ["a", "b"]


def test_a_break_glass_that_is_too_long_never_begins_and_does_not_hold_up_others() -> None:
    long = an_emergency("long", break_glass=True, lasts=101 * SECOND)
    lane = a_lane(listed(long), exercises=[an_exercise()], windows=ALL_DAY)

    assert shown(sounding(lane, LaneProgress(), NOON)) == "exercise drill 1"


def test_a_break_glass_that_was_let_in_is_told_to_its_last_time() -> None:
    lane = a_lane(listed(an_emergency(break_glass=True, lasts=100 * SECOND)))

    assert heard_from(lane, NOON, NOON + HOUR) == ["flood"] * 3


def test_nothing_of_the_rundown_sounds_meanwhile_and_it_goes_on_after() -> None:
    news = a_programme("tin", 10 * MINUTE)
    schedule = a_schedule(programmes=[news], slots=[a_slot(news, once("11:58"))])
    rundown = a_rundown(*Planner(schedule, nine_days()).plan(ZONE, now=at("00:00")).items)
    emergency = sounding(a_lane(listed(an_emergency())), LaneProgress(), NOON)

    meanwhile = on_air(rundown, Progress(), NOON, emergency=emergency)
    after = on_air(rundown, Progress(), NOON + MINUTE, emergency=None)

    assert isinstance(meanwhile, Silent)
    assert (meanwhile.reason, meanwhile.item) == ("emergency", rundown.items[0])
    assert isinstance(after, OnAir)


def test_only_a_real_one_is_louder_than_an_ordinary_programme() -> None:
    real = sounding(a_lane(listed(an_emergency())), LaneProgress(), NOON)
    drill = sounding(a_lane(exercises=[an_exercise()], windows=ALL_DAY), LaneProgress(), NOON)

    assert real is not None
    assert drill is not None
    assert volume(real, ordinary=60, ceiling=40) == 100
    assert (volume(drill, ordinary=60, ceiling=40), volume(drill, ordinary=30, ceiling=40)) == (40, 30)


def test_without_anything_there_is_no_next_change() -> None:
    assert next_change(a_lane(), LaneProgress(), NOON) is None


@st.composite
def emergencies(draw: st.DrawFn) -> Emergency:
    """Give an emergency of one of two authorities, for one of two areas."""
    sent = NOON + timedelta(seconds=draw(st.integers(-600, 0)))
    higher = draw(st.booleans())
    return an_emergency(
        draw(st.sampled_from("abcdefgh")),
        sent=sent,
        expires=sent + timedelta(seconds=draw(st.integers(601, 3600))),
        sender=PROVINCE if higher else SON_HA,
        origin=Origin.PROVINCE if higher else Origin.COMMUNE,
        units=(draw(st.sampled_from([PROVINCE, SON_HA])),),
        event=draw(st.sampled_from([Event.FLOOD, Event.FIRE, Event.OTHER])),
        severity=draw(st.sampled_from(list(Severity))),
        times=draw(st.integers(1, MOST_TIMES)),
        pause_s=draw(st.integers(5, 60)),
        lasts=draw(st.integers(1, 90)) * SECOND,
        break_glass=draw(st.booleans()),
    )


@st.composite
def lanes(draw: st.DrawFn) -> Lane:
    """Give a lane of up to four emergencies in two lists, with exercises and silences."""
    found = draw(st.lists(emergencies(), max_size=4))
    lists = (listed(*found[:2]), listed(*found[2:], unit=PROVINCE))
    drills = draw(st.lists(st.sampled_from([an_exercise("x"), an_exercise("y", sent=NOON - MINUTE)]), unique=True))
    quiet = Silence(audience="a", number=1, ordered=True, until=NOON + MINUTE, spares_emergencies=draw(st.booleans()))
    silences = draw(st.lists(st.just(quiet), max_size=1))
    return a_lane(*lists, exercises=drills, windows=(Span(at("11:00"), at("12:10")),), silences=silences)


instants = st.integers(0, 3700).map(lambda seconds: NOON + seconds * SECOND)


@given(st.lists(emergencies(), max_size=4, unique_by=lambda each: each.id), instants)
def test_the_order_is_total_and_never_depends_on_the_order_of_arrival(found: list[Emergency], now: datetime) -> None:
    orders = {
        tuple(live.id for live in live_at((listed(*order[:2]), listed(*order[2:], unit=UnitId("x"))), now))
        for order in permutations(found)
    }

    assert len(orders) == 1


@given(lanes(), instants)
def test_an_exercise_never_sounds_beside_a_real_one_nor_outside_the_hours(lane: Lane, now: datetime) -> None:
    found = sounding(lane, LaneProgress(), now)

    if isinstance(found, ExerciseSounds):
        open_to_all = [each for each in live_at(lane.lists, now) if not each.break_glass]
        assert not open_to_all
        assert any(window.holds(now) for window in lane.windows)
        assert now < found.until <= lane.windows[0].end


@given(lanes(), instants)
def test_nothing_sounds_past_its_expiry_nor_later_than_an_hour_after_it_was_sent(lane: Lane, now: datetime) -> None:
    found = sounding(lane, LaneProgress(), now)

    if isinstance(found, EmergencySounds):
        assert now < found.live.expires <= found.live.sent + LONGEST_LIFE


@settings(max_examples=15)
@given(lanes())
def test_nothing_is_heard_more_often_than_five_times(lane: Lane) -> None:
    heard = Counter(heard_from(lane, NOON, NOON + HOUR))

    assert max(heard.values(), default=0) <= MOST_TIMES


@given(lanes(), instants, st.integers(1, 3600))
def test_between_two_changes_the_answer_stays_the_same(lane: Lane, now: datetime, ahead: int) -> None:
    change = next_change(lane, LaneProgress(), now)
    later = now + ahead * SECOND

    if change is None or later < change:
        assert sounding(lane, LaneProgress(), later) == sounding(lane, LaneProgress(), now)


def test_the_words_are_not_needed_to_rank() -> None:
    """The list alone is enough: the siren begins before the words are there."""
    without_sound = an_emergency(words=(Words("vi", "Sơ tán ngay."),))

    assert shown(sounding(a_lane(listed(without_sound)), LaneProgress(), NOON)) == "flood 1"
    assert listed(without_sound).live[0].id == EmergencyId("flood")
