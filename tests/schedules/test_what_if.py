"""What a zone hears under what is assumed, held against what it hears otherwise."""

from dataclasses import replace
from datetime import timedelta

from schedules.coverage import reach_of
from schedules.faults import ClockOff, Fault, Faults, PowerCut
from schedules.guard import Rules
from schedules.programme import Kind, Level
from schedules.reconciliation import Verdict
from schedules.reissue import reissued
from schedules.schedule import Schedule
from schedules.simulation import simulate
from schedules.times import DAY, Span
from schedules.what_if import Change, Outcome, breaches, differences, minutes_of_speech, outcome, plays
from tests.schedules.given import (
    MINUTE,
    MONDAY,
    UNITS,
    ZONE,
    a_programme,
    a_regulation,
    a_schedule,
    a_slot,
    approve,
    at,
    daily,
    hours,
    once,
    span,
)

DAYS = Span(at("00:00"), at("00:00") + 2 * DAY)
NEWS = a_programme("tin", 10 * MINUTE)
SONG = a_programme("nhac", 5 * MINUTE, kind=Kind.MUSIC)
EVERY_MORNING = a_slot(NEWS, daily("05:30"))
SCHEDULE = a_schedule(programmes=[NEWS, SONG], slots=[EVERY_MORNING, a_slot(SONG, daily("05:40"))])


def happens(*faults: Fault, schedule: Schedule = SCHEDULE, period: Span = DAYS) -> Outcome:
    assumed = Faults(faults)
    (issued,) = reissued(schedule, period, faults={ZONE.id: assumed})
    run = simulate(issued.issues, rules=Rules(regulations=schedule.regulations), faults=assumed, until=period.end)
    return outcome(issued, run, period)


USUAL = happens()


def test_where_nothing_fails_all_that_is_planned_is_confirmed() -> None:
    assert [each.item.title for each in USUAL.heard] == [NEWS.title, SONG.title] * 2
    assert {finding.verdict for finding in USUAL.findings.values()} == {Verdict.CONFIRMED}
    assert differences(USUAL, happens()) == ()


def test_a_power_cut_removes_and_shortens_and_says_why() -> None:
    cut = happens(PowerCut(span("05:35", "06:00")))

    news, song = differences(USUAL, cut)

    assert (news.change, news.reason) == (Change.SHORTENED, "device.rebooted")
    assert (news.before, news.after) == (span("05:30", "05:40"), span("05:30", "05:35"))
    assert (song.change, song.reason, song.after) == (Change.REMOVED, "device.off", None)


def test_an_added_slot_takes_the_air_and_the_loser_is_told_to_whom() -> None:
    storm = a_programme("bao", 3 * MINUTE, level=Level.PRIORITY)
    programmes = {**SCHEDULE.programmes, storm.id: storm}
    slots = (*SCHEDULE.slots, a_slot(storm, once("05:38")))

    changed = happens(schedule=approve(replace(SCHEDULE, programmes=programmes, slots=slots)))

    news, added, song = differences(USUAL, changed)
    assert (news.change, news.reason, news.after) == (Change.SHORTENED, "conflict.cut", span("05:30", "05:38"))
    assert (added.change, added.title, added.after) == (Change.ADDED, storm.title, span("05:38", "05:41"))
    assert (song.change, song.reason, song.after) == (Change.REMOVED, "conflict.lost", None)
    assert dict(song.values)["winner"] == added.occurrence


def test_a_removed_slot_is_told_as_a_change_of_the_schedule() -> None:
    without = happens(schedule=replace(SCHEDULE, slots=SCHEDULE.slots[:1]))

    assert [(each.change, each.title, each.reason) for each in differences(USUAL, without)] == [
        (Change.REMOVED, SONG.title, "schedule.changed"),
        (Change.REMOVED, SONG.title, "schedule.changed"),
    ]
    assert {each.change for each in differences(without, USUAL)} == {Change.ADDED}


def test_a_wrong_clock_shifts_what_the_journal_confirms() -> None:
    """Only true time shows it: by its own clock the device was on time."""
    deceived = happens(ClockOff(span("00:00", "23:00"), 2 * MINUTE, timedelta(0)))

    first, second = differences(USUAL, deceived)

    assert (first.change, first.reason, first.after) == (Change.SHIFTED, "device.clock_off", span("05:28", "05:38"))
    assert second.change is Change.SHIFTED
    assert {finding.verdict for finding in deceived.findings.values()} == {Verdict.CONFIRMED}


def test_what_is_heard_longer_is_lengthened() -> None:
    long, short = (happens(PowerCut(span(begin, "05:40"))) for begin in ("05:31", "05:38"))

    assert [each.change for each in differences(long, short)] == [Change.LENGTHENED]


def test_minutes_of_speech_leave_music_out() -> None:
    assert minutes_of_speech(USUAL, SCHEDULE.regulations) == {MONDAY: 10 * MINUTE, MONDAY + DAY: 10 * MINUTE}


def test_nothing_breaks_the_regulation_where_the_clock_is_right() -> None:
    assert list(breaches(USUAL, SCHEDULE.regulations)) == []


def test_what_sounds_outside_the_hours_by_true_time_is_listed() -> None:
    strict = a_regulation(hours("05:30", "05:45", minutes=20), minutes_a_day=14)
    found = list(breaches(USUAL, [strict]))
    late = happens(ClockOff(span("00:00", "23:00"), -MINUTE, timedelta(0)))

    assert [(what, finding.code) for what, finding in found] == [
        (MONDAY, "regulation.day_too_long"),
        (MONDAY + DAY, "regulation.day_too_long"),
    ]
    first, *_ = breaches(late, [strict])
    assert first[1].code == "regulation.outside_hours"


def test_coverage_counts_the_people_of_a_zone_that_heard_it_whole() -> None:
    people = replace(USUAL, zone=replace(ZONE, residents=900))
    nobody = replace(happens(PowerCut(DAYS)), zone=people.zone)

    assert reach_of(plays([people]), UNITS).residents == 900
    assert reach_of(plays([nobody]), UNITS).residents == 0
