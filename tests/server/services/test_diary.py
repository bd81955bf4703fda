"""The week's diary as data."""

from dataclasses import replace

import pytest

from schedules.asrun import Outcome
from schedules.ids import OccurrenceId
from schedules.reconciliation import Verdict
from schedules.times import DAY, Span
from server.errors import NotAllowed
from server.services import diary
from server.services.diary import Diary, DiaryItem
from tests.server.services.radio import (
    DONG_BANG,
    GATE,
    GATEWAY,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    MONDAY,
    NEIGHBOUR,
    SON_HA,
    Radio,
    local,
)


def week(radio: Radio) -> Diary:
    return diary.week(radio.store, radio.clock, INSPECTOR, SON_HA)


def items(found: Diary, title: str) -> list[DiaryItem]:
    return [item for day in found.days for session in day.sessions for item in session.items if item.title == title]


@pytest.fixture
def tuesday(radio: Radio) -> Radio:
    """A notice was planned for Monday and Tuesday morning; it is Tuesday at eight."""
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")
    radio.issue()
    radio.at(local(8, day=MONDAY + DAY))
    return radio


def test_the_week_runs_from_monday_to_sunday_with_the_sessions_of_each_day(tuesday: Radio) -> None:
    found = week(tuesday)

    assert (found.first, found.last, found.station.name) == (MONDAY, MONDAY + 6 * DAY, "Xã Sơn Hà")
    names = [[session.name for session in day.sessions] for day in found.days]
    assert names == [["Buổi sáng", "Buổi chiều"]] * 6 + [["Buổi sáng"]]
    assert found.written_at == tuesday.now()


def test_any_day_of_a_week_names_it(tuesday: Radio) -> None:
    found = diary.week(tuesday.store, tuesday.clock, INSPECTOR, SON_HA, day=MONDAY - DAY)

    assert (found.first, found.last) == (MONDAY - 7 * DAY, MONDAY - DAY)


def test_days_to_come_have_no_items_yet(tuesday: Radio) -> None:
    assert [len(day.sessions[0].items) for day in week(tuesday).days] == [5, 5, 0, 0, 0, 0, 0]


def test_an_item_has_planned_and_true_times_counts_and_reasons_by_name(tuesday: Radio) -> None:
    item = tuesday.item("Lịch tiêm chủng")
    tuesday.hears(item, GATE, LANG_MOI)
    tuesday.hears(item, GATEWAY, GO_SIM, share=0.5, outcome=Outcome.CUT_SHORT, reason="device.rebooted")
    tuesday.reports_until(MARKET, local(7))

    monday, _ = items(week(tuesday), "Lịch tiêm chủng")

    assert monday.planned == Span(local(5, 43), local(5, 44, 10))
    assert (monday.started_at, monday.ended_at) == (local(5, 43), local(5, 44, 10))
    assert monday.loudspeakers == 3
    counts = {verdict: count for verdict, count in monday.verdicts.items() if count}
    assert counts == {Verdict.CONFIRMED: 1, Verdict.PARTIAL: 1, Verdict.MISSED: 1}
    assert monday.reasons == {
        "device.rebooted": ("Bộ FM Gò Sim",),
        "report.nothing_played": ("Chợ Đồng Bằng",),
    }
    assert set(monday.zones) == {"Làng Mới", "Gò Sim", "Đồng Bằng"}


def test_what_nobody_reported_has_no_true_time(tuesday: Radio) -> None:
    monday, _ = items(week(tuesday), "Lịch tiêm chủng")

    assert (monday.started_at, monday.ended_at) == (None, None)
    assert monday.verdicts[Verdict.MISSED] + monday.verdicts[Verdict.AWAITED] == 3


def test_what_played_outside_every_session_and_plan_has_its_own_place(tuesday: Radio) -> None:
    planned = tuesday.item("Lịch tiêm chủng")
    at_night = replace(
        planned, occurrence=OccurrenceId("unplanned"), starts_at=local(5), ends_at=local(5, 1), title="Ai phát?"
    )
    tuesday.hears(at_night, MARKET, DONG_BANG)

    outside = week(tuesday).days[0].sessions[-1]

    assert (outside.name, outside.starts) == ("", None)
    assert [(item.title, item.planned, item.started_at) for item in outside.items] == [("Ai phát?", None, local(5))]
    assert outside.items[0].verdicts[Verdict.UNPLANNED] == 1


def test_the_week_counts_its_verdicts(tuesday: Radio) -> None:
    tuesday.hears(tuesday.item("Lịch tiêm chủng"), GATE, LANG_MOI)

    found = week(tuesday)

    assert found.verdicts[Verdict.CONFIRMED] == 1
    # Five items at three loudspeakers on two mornings.
    assert sum(found.verdicts.values()) == 30


def test_a_neighbour_does_not_read_the_diary(tuesday: Radio) -> None:
    with pytest.raises(NotAllowed):
        diary.week(tuesday.store, tuesday.clock, NEIGHBOUR, SON_HA)
