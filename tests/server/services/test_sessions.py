"""The page "Hôm nay"."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from schedules.programme import Level
from schedules.reconciliation import Verdict
from schedules.regulation import SessionName
from schedules.times import DAY, Span
from schedules.wire.messages import NowPlaying
from server.errors import NotAllowed
from server.services import programmes, sessions
from server.services.sessions import Day, DayLine, LineState
from tests.server.services.radio import (
    APPROVER,
    DONG_BANG,
    GATE,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    Radio,
    in_notices,
    local,
    once,
)


def today(radio: Radio) -> Day:
    return sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA)


def lines(day: Day, title: str) -> list[DayLine]:
    groups = [*(group for session in day.sessions for group in session.groups), *day.exact]
    return [line for group in groups for line in group.lines if line.title == title]


def test_the_day_lists_its_sessions_with_what_is_planned_to_the_second(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")

    day = today(radio)

    morning = day.sessions[0]
    assert [session.template.name for session in day.sessions] == ["Buổi sáng", "Buổi chiều"]
    assert morning.approved
    assert [(line.title, line.starts, line.state) for line in morning.groups[0].lines] == [
        ("Nhạc hiệu", local(5, 30), LineState.PLANNED),
        ("Lịch tiêm chủng", local(5, 43), LineState.PLANNED),
        ("Nhạc không lời", local(5, 44, 10), LineState.PLANNED),
        ("Tiếp sóng VOV1", local(6), LineState.PLANNED),
        ("Nhạc hiệu", local(6, 15), LineState.PLANNED),
    ]


def test_what_the_page_calls_planned_is_exactly_what_the_conductor_plans(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")
    radio.airs("Mời họp dân", wish=in_notices(DONG_BANG))
    radio.airs("Thông báo hoả tốc", wish=once(time(5, 43, 30), GO_SIM, LANG_MOI))
    radio.writes("Còn đang soạn")

    shown = {
        (zone.id, line.occurrence, line.starts, line.ends)
        for session in (*today(radio).sessions,)
        for group in session.groups
        for line in group.lines
        for zone in group.zones
        if line.state is LineState.PLANNED
    } | {
        (zone.id, line.occurrence, line.starts, line.ends)
        for group in today(radio).exact
        for line in group.lines
        for zone in group.zones
    }

    radio.issue()
    planned = {
        (zone, item.occurrence, item.starts_at, item.ends_at)
        for (zone, _), item in radio.store.kept.planned.items()
        if item.starts_at < local(0, day=MONDAY + DAY)
    }
    assert shown == planned


def test_what_waits_for_approval_stands_apart_with_its_supposed_time(radio: Radio) -> None:
    radio.release_templates()
    draft, submitted = radio.writes("Còn đang soạn"), radio.writes("Đã trình")
    for each in (draft, submitted):
        radio.records(each)
        radio.books(each, in_notices())
    radio.submits(submitted)

    day = today(radio)

    assert {(line.state, line.starts) for line in lines(day, "Còn đang soạn")} == {(LineState.DRAFT, local(5, 43))}
    assert {(line.state, line.starts) for line in lines(day, "Đã trình")} == {(LineState.SUBMITTED, local(5, 44, 10))}


def test_what_the_regulation_asks_for_and_nobody_would_hear_is_told(radio: Radio) -> None:
    radio.release_templates()
    with radio.store.writing() as uow:
        known = next(each for each in uow.places.regulations() if each.station == SON_HA)
        morning = replace(known.sessions[0], min_minutes=60)
        asking = replace(known, sessions=(morning, *known.sessions[1:]), languages=("vi", "hre"))
        uow.places.put_regulation(asking)
        uow.commit()

    found = [(lack.code, dict(lack.values)["session"]) for lack in today(radio).lacks]

    assert ("regulation.session_too_short", SessionName.MORNING) in found
    assert ("regulation.language_missing", SessionName.MORNING) in found


def test_what_was_sent_back_is_marked_so(radio: Radio) -> None:
    programme = radio.writes("Sai ngày")
    radio.records(programme)
    radio.books(programme, in_notices())
    version = radio.submits(programme).programme.version
    programmes.send_back(radio.store, radio.clock, APPROVER, programme, version=version, reason="Sai ngày cắt điện")

    assert {line.state for line in lines(today(radio), "Sai ngày")} == {LineState.SENT_BACK}


def test_a_session_whose_template_was_never_released_says_so_and_plans_nothing(radio: Radio) -> None:
    radio.airs("Lịch tiêm chủng")

    morning = today(radio).sessions[0]

    assert not morning.approved
    assert {line.state for group in morning.groups for line in group.lines} == {LineState.APPROVAL_MISSING}


def test_zones_that_hear_the_same_are_one_group_and_the_others_their_own(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Mời họp dân", wish=in_notices(DONG_BANG))

    groups = today(radio).sessions[0].groups

    together = {tuple(sorted(zone.id for zone in group.zones)): len(group.lines) for group in groups}
    assert together == {(GO_SIM, LANG_MOI): 4, (DONG_BANG,): 5}


def test_free_time_does_not_count_filler(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng", lasts=timedelta(minutes=3))

    group = today(radio).sessions[0].groups[0]

    # 50 minutes, less 40 s of signal twice, 3 minutes of notice and 15 of relay.
    assert group.free == timedelta(minutes=50) - timedelta(minutes=19, seconds=20)
    assert group.overrun == timedelta(0)


def test_what_runs_into_the_relay_is_cut_there_and_the_overrun_is_told(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Bài dài", lasts=timedelta(minutes=19))

    group = today(radio).sessions[0].groups[0]

    line = next(line for line in group.lines if line.title == "Bài dài")
    assert (line.ends, line.cut) == (local(6), timedelta(minutes=2))
    assert group.overrun == timedelta(minutes=2)
    assert "conflict.cut" in [note.code for note in line.notes]


def test_what_has_no_time_left_is_there_and_says_that_nobody_hears_it(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Bài dài", lasts=timedelta(minutes=17))
    radio.airs("Không còn chỗ")

    (line,) = lines(today(radio), "Không còn chỗ")

    assert (line.state, line.starts, line.ends) == (LineState.NOT_HEARD, local(6), local(6))
    assert line.cut == timedelta(seconds=70)
    assert line.notes


def test_what_something_stronger_displaces_names_it_by_its_title(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng", wish=once(time(6, 40), DONG_BANG))
    radio.airs("Khẩn trương thu hoạch lúa", wish=once(time(6, 40), DONG_BANG), level=Level.PRIORITY)

    (line,) = lines(today(radio), "Lịch tiêm chủng")

    assert line.state is LineState.NOT_HEARD
    assert [(note.code, dict(note.values)) for note in line.notes] == [
        ("conflict.lost", {"winner": "Khẩn trương thu hoạch lúa"})
    ]


def test_what_was_released_after_its_time_says_so_and_is_no_fault(radio: Radio) -> None:
    programme = radio.writes("Lịch tiêm chủng")
    radio.records(programme)
    radio.books(programme, in_notices())
    radio.submits(programme)
    radio.at(local(7))
    (waits,) = lines(today(radio), "Lịch tiêm chủng")
    radio.release_templates()
    radio.approves(programme)

    morning, evening = today(radio).sessions

    assert (waits.state, waits.notes) == (LineState.SUBMITTED, ())
    assert {(line.state, line.notes) for line in morning.groups[0].lines} == {(LineState.RELEASED_LATER, ())}
    assert morning.groups[0].overrun == timedelta(0)
    assert LineState.RELEASED_LATER not in {line.state for line in evening.groups[0].lines}


def test_what_was_released_in_time_and_planned_too_late_is_a_fault(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")
    radio.at(local(7))

    (line,) = lines(today(radio), "Lịch tiêm chủng")

    assert line.state is LineState.NOT_HEARD
    assert [note.code for note in line.notes] == ["planning.too_late"]


def test_an_exact_second_stands_outside_every_running_order(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Thông báo lúc 6 giờ 40", wish=once(time(6, 40), DONG_BANG))

    day = today(radio)

    (group,) = day.exact
    assert [zone.id for zone in group.zones] == [DONG_BANG]
    assert [(line.title, line.starts) for line in group.lines] == [("Thông báo lúc 6 giờ 40", local(6, 40))]


def test_on_air_is_the_loudspeakers_own_word(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")
    radio.issue()
    item = radio.item("Lịch tiêm chủng")
    radio.at(local(5, 43, 30))

    (before,) = lines(today(radio), "Lịch tiêm chủng")
    radio.speaks(GATE, playing=NowPlaying(occurrence=item.occurrence, title=item.title, position_ms=30_000))
    (after,) = lines(today(radio), "Lịch tiêm chủng")

    assert (before.state, before.on_air_at) == (LineState.PLANNED, ())
    assert (after.state, after.on_air_at) == (LineState.ON_AIR, (GATE,))


def test_the_verdicts_of_a_line_count_its_loudspeakers(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")
    radio.issue()
    item = radio.item("Lịch tiêm chủng")
    radio.at(local(7))
    radio.hears(item, GATE, LANG_MOI)
    radio.reports_until(MARKET, local(6, 30))

    (line,) = lines(today(radio), "Lịch tiêm chủng")

    assert line.state is LineState.OVER
    assert line.loudspeakers == 3
    counts = {verdict: count for verdict, count in line.verdicts.items() if count}
    assert counts == {Verdict.CONFIRMED: 1, Verdict.MISSED: 1, Verdict.AWAITED: 1}


def test_a_past_day_shows_what_was_planned_then(radio: Radio) -> None:
    radio.release_templates()
    programme = radio.airs("Lịch tiêm chủng")
    radio.issue()
    radio.at(local(8, day=MONDAY + DAY))
    version = radio.stored(programme).programme.version
    programmes.withdraw(radio.store, radio.clock, OFFICER, programme, version=version)

    day = sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA, day=MONDAY)

    (line,) = lines(day, "Lịch tiêm chủng")
    assert (line.starts, line.state, line.loudspeakers) == (local(5, 43), LineState.OVER, 3)


def test_a_coming_day_shows_what_will_be_planned(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")

    day = sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA, day=MONDAY + 5 * DAY)

    (line,) = lines(day, "Lịch tiêm chủng")
    assert (line.starts, line.state) == (local(5, 43, day=MONDAY + 5 * DAY), LineState.PLANNED)


def test_an_inspector_may_look_and_a_neighbour_may_not(radio: Radio) -> None:
    sessions.day_of(radio.store, radio.clock, INSPECTOR, SON_HA)

    with pytest.raises(NotAllowed):
        sessions.day_of(radio.store, radio.clock, NEIGHBOUR, SON_HA)


def test_the_gaps_of_a_session_are_told_to_the_second(radio: Radio) -> None:
    radio.release_templates()
    radio.airs(lasts=timedelta(seconds=70))

    morning = sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA, day=MONDAY).sessions[0].groups[0]

    assert morning.silences == (
        Span(local(5, 30, 40), local(5, 43)),
        Span(local(6, 15, 40), local(6, 20)),
    )
