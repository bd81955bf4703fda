"""Which session comes next."""

from schedules.times import DAY, Span
from server.services.next_sessions import Timetable, timetables
from tests.server.services.radio import DAWN, MONDAY, SON_HA, SON_LINH, Radio, local


def timetable(radio: Radio) -> Timetable:
    with radio.store.reading() as uow:
        return timetables(uow, [SON_HA])[SON_HA]


def test_the_next_session_is_the_one_that_runs_or_comes_first(radio: Radio) -> None:
    known = timetable(radio)

    for now, starts in (
        (DAWN, local(5, 30)),
        (local(6), local(5, 30)),
        (local(6, 20), local(17)),
        (local(18), local(5, 30, day=MONDAY + DAY)),
    ):
        found = known.next_session(now)
        assert found is not None
        assert found.span.start == starts


def test_a_day_without_a_session_is_passed_over(radio: Radio) -> None:
    sunday = MONDAY + 6 * DAY
    found = timetable(radio).sessions(Span(local(12, day=sunday), local(18, day=sunday + DAY)))

    assert [each.span.start for each in found] == [local(5, 30, day=sunday + DAY), local(17, day=sunday + DAY)]
    assert [each.name for each in found] == ["Buổi sáng", "Buổi chiều"]


def test_a_station_without_templates_has_no_session(radio: Radio) -> None:
    with radio.store.reading() as uow:
        known = timetables(uow, [SON_LINH])[SON_LINH]

    assert known.next_session(DAWN) is None
    assert known.time.key == "Asia/Ho_Chi_Minh"
