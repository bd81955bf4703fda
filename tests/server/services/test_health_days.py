"""The last thirty days of a loudspeaker: what it said, what its journal proves, and nothing where nothing is known."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.asrun import Outcome
from schedules.chain import GENESIS
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId
from schedules.mark import Mark, MarkKind
from schedules.times import DAY, Span
from schedules.wire.messages import Presence
from server.errors import NotAllowed, NotFound
from server.evidence_records import KeptMark, Play, Seen
from server.services.health_days import DAYS, Day, Told, days_of, last_days
from tests.server.services.radio import (
    ADMINISTRATOR,
    GATE,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    OVER_THERE,
    SON_HA,
    Radio,
    local,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = local(12)


def said(at: datetime, *, online: bool = True, **more: object) -> tuple[datetime, Presence]:
    known = Presence(audience="server", number=1, issued=at, online=online, clock_error_ms=20)
    return at, replace(known, **more)  # type: ignore[arg-type]  # fields by name


def marked(at: datetime, kind: MarkKind = MarkKind.HOURLY, error: int | None = 40) -> Mark:
    return Mark(
        loudspeaker=GATE,
        journal=JournalId("journal"),
        sequence=1,
        previous=GENESIS,
        kind=kind,
        recorded_at=at,
        clock_error_ms=error,
    )


def played(at: datetime, level: float | None, *, lasted: timedelta = MINUTE, error: int = 30) -> Play:
    return Play(
        zone=LANG_MOI,
        occurrence=OccurrenceId("o"),
        title="Bản tin",
        planned=Span(at, at + MINUTE),
        outcome=Outcome.FINISHED,
        started_at=at,
        played_ms=int(lasted / timedelta(milliseconds=1)),
        level_dbfs=level,
        clock_error_ms=error,
    )


def day_of(
    *,
    presences: tuple[tuple[datetime, Presence], ...] = (),
    seen: Seen | None = None,
    marks: tuple[Mark, ...] = (),
    plays: tuple[Play, ...] = (),
    day: date = MONDAY - DAY,
) -> Day:
    told = Told(now=NOW, presences=presences, seen=seen or Seen(), marks=marks, plays=plays)
    return next(each for each in days_of(told, MONDAY - 2 * DAY, HANOI) if each.day == day)


SUNDAY = MONDAY - DAY


def test_of_a_day_without_a_word_nothing_is_known() -> None:
    nothing = Day(
        day=SUNDAY,
        contact=None,
        running=None,
        temperature=None,
        disk_free=None,
        clock_error_ms=None,
        level_dbfs=None,
        plays=0,
    )

    assert day_of() == nothing


def test_contact_is_the_share_of_the_day_that_it_was_connected() -> None:
    lost = (said(local(0, day=SUNDAY)), said(local(6, day=SUNDAY), online=False), said(local(12, day=SUNDAY)))

    assert day_of(presences=lost).contact == 0.75
    assert day_of(presences=lost, day=MONDAY).contact == 1.0
    assert day_of(presences=lost, day=SUNDAY - DAY).contact is None


def test_a_day_is_measured_from_the_first_word_on() -> None:
    assert day_of(presences=(said(local(18, day=SUNDAY)),)).contact == 1.0


def test_the_newest_word_vouches_no_longer_than_it_promised() -> None:
    at, word = said(local(0, day=SUNDAY), expected_by=local(6, day=SUNDAY) - timedelta(seconds=15))

    assert day_of(presences=((at, word),), seen=Seen(presence=word, presence_at=at)).contact == 0.25


def test_a_mark_proves_the_hour_before_it_whether_there_was_a_line_or_not() -> None:
    offline = (said(local(0, day=SUNDAY), online=False),)
    marks = (*(marked(local(hour, day=SUNDAY)) for hour in (1, 4, 5)), marked(local(3)))

    day = day_of(presences=offline, marks=marks)

    assert (day.contact, day.running) == (0.0, 0.125)


def test_a_start_proves_nothing_of_before_and_a_doubtful_clock_nothing_at_all() -> None:
    start = day_of(marks=(marked(local(6, day=SUNDAY), MarkKind.BOOT),))
    doubtful = day_of(marks=(marked(local(6, day=SUNDAY), error=None),))

    assert (start.running, doubtful.running) == (None, None)
    assert doubtful.clock_error_ms is None


def test_it_runs_on_until_its_next_mark_is_late() -> None:
    on_time = (marked(local(1, day=SUNDAY)), *(marked(local(hour, 30)) for hour in range(1, 12)))

    assert day_of(marks=on_time, day=MONDAY).running == pytest.approx(11.5 / 12)
    assert day_of(marks=on_time[:-1], day=MONDAY).running == pytest.approx(10 / 10.5)


def test_a_day_without_power_between_two_others_ran_for_nothing_of_it() -> None:
    marks = (marked(local(20, day=SUNDAY - DAY)), marked(local(9)))

    assert day_of(marks=marks).running == 0.0
    assert day_of(marks=marks, day=SUNDAY - DAY).running == pytest.approx(1 / 5)


def test_a_day_has_its_highest_and_its_least_numbers_and_its_median_level() -> None:
    presences = (
        said(local(1, day=SUNDAY), temperature=41.5, disk_free=7_000),
        said(local(13, day=SUNDAY), temperature=63.0, disk_free=5_000, clock_error_ms=90),
        said(local(14, day=SUNDAY), online=False, temperature=99.0),
    )
    plays = (
        played(local(5, day=SUNDAY), -20.0),
        played(local(6, day=SUNDAY), -24.0),
        played(local(7, day=SUNDAY), -18.0),
        played(local(8, day=SUNDAY), -60.0, lasted=timedelta(seconds=3)),
        played(local(9, day=SUNDAY), None, error=95),
    )

    day = day_of(presences=presences, plays=plays)

    assert (day.temperature, day.disk_free, day.clock_error_ms) == (63.0, 5_000, 95)
    assert (day.level_dbfs, day.plays) == (-20.0, 3)


def test_the_newest_word_tells_what_changed_in_nothing_that_is_kept() -> None:
    first, newest = said(local(1), temperature=40.0), said(local(11), temperature=55.0)

    day = day_of(presences=(first,), seen=Seen(presence=newest[1], presence_at=newest[0]), day=MONDAY)

    assert day.temperature == 55.0


@given(
    st.lists(st.tuples(st.integers(0, 60 * 60), st.booleans()), unique_by=lambda each: each[0]),
    st.lists(st.integers(0, 60 * 60), unique=True),
)
def test_no_share_is_ever_more_than_the_whole_day(words: list[tuple[int, bool]], marks: list[int]) -> None:
    begin = local(0, day=MONDAY - 2 * DAY)
    told = Told(
        now=NOW,
        presences=tuple(
            said(begin + at * MINUTE, online=online) for at, online in sorted(words) if at * MINUTE < 2 * DAY
        ),
        seen=Seen(),
        marks=tuple(marked(begin + at * MINUTE) for at in sorted(marks) if at * MINUTE < 2 * DAY),
        plays=(),
    )

    for day in days_of(told, MONDAY - 2 * DAY, HANOI):
        assert day.contact is None or 0 <= day.contact <= 1
        assert day.running is None or 0 <= day.running <= 1


def test_the_last_thirty_days_are_read_from_the_store(radio: Radio) -> None:
    radio.speaks(GATE, temperature=44.0)
    mark = marked(radio.now() - HOUR)
    with radio.store.writing() as uow:
        uow.evidence.insert_marks([KeptMark(mark=mark, hash=mark.hash, received_at=radio.now())])
        uow.commit()
    radio.clock.advance(MINUTE)

    known, days = last_days(radio.store, radio.clock, INSPECTOR, SON_HA, GATE, zone=HANOI)

    assert known.id == GATE
    assert [each.day for each in days] == [MONDAY - n * DAY for n in range(DAYS - 1, -1, -1)]
    assert (days[-1].temperature, days[-1].contact, days[0].contact) == (44.0, 1.0, None)
    assert days[-1].running


def test_the_wrong_person_or_station_sees_none_of_it(radio: Radio) -> None:
    with pytest.raises(NotAllowed):
        last_days(radio.store, radio.clock, NEIGHBOUR, SON_HA, GATE, zone=HANOI)
    for which in (OVER_THERE, LoudspeakerId("none")):
        with pytest.raises(NotFound):
            last_days(radio.store, radio.clock, ADMINISTRATOR, SON_HA, which, zone=HANOI)
