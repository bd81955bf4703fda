"""Series on the pages: how often, in fields and in words; nobody is shown the text of a rule."""

from collections.abc import Callable

import pytest

from schedules.recurrence import DayRule, Holidays, LunarDays, Recurrence, ShortMonth, weekly
from schedules.slot import AtTime, InPlace
from server.values import StoredSlot
from server.web.repeats import Repeat, repeat_of
from tests.fakes.store import FakeStore
from tests.server.web.commune import OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import TEXT, a_notice, the_programme, writes

Visit = Callable[[Account], Visitor]


def a_series(**changes: object) -> dict[str, object]:
    return a_notice(when="exact", exact_day="23/11/2026", at="05:45", until="30/06/2027", **changes)


def stored(store: FakeStore) -> StoredSlot:
    with store.reading() as uow:
        (slot,) = uow.programmes.slots_of(the_programme(store))
    return slot


SERIES: list[tuple[dict[str, object], DayRule | None, str]] = [
    ({"repeat": "daily", "every": "2"}, Recurrence.of("FREQ=DAILY;INTERVAL=2"), "Cứ 2 ngày một lần"),
    (
        {"repeat": "weekly", "weekdays": ["0", "3"], "every": "2"},
        Recurrence.of("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"),
        "Thứ Hai, Thứ Năm cứ 2 tuần một lần",
    ),
    (
        {"repeat": "month_day", "month_days": "20, 5", "month_end": "yes"},
        Recurrence.of("FREQ=MONTHLY;BYMONTHDAY=-1,5,20"),
        "Ngày 5, 20 hằng tháng, Ngày cuối tháng",
    ),
    (
        {"repeat": "month_weekday", "nth": "-1", "nth_weekday": "4", "every": "3"},
        Recurrence.of("FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR"),
        "Thứ Sáu cuối cùng trong tháng, cứ 3 tháng một lần",
    ),
    (
        {"repeat": "lunar", "lunar_days": "1 15", "leap_month": "yes", "short_month": "last"},
        LunarDays(days=frozenset({1, 15}), leap_month=True),
        "Ngày 1, 15 âm lịch hằng tháng, cả tháng nhuận",
    ),
    (
        {"repeat": "lunar", "lunar_days": "30", "lunar_months": "3", "short_month": "last"},
        LunarDays(days=frozenset({30}), months=frozenset({3}), short_month=ShortMonth.LAST),
        "Ngày 30 tháng 3 âm lịch, tháng thiếu thì ngày 29",
    ),
    (
        {"repeat": "other", "rule": "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=19"},
        Recurrence.of("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=19"),
        "Theo quy tắc riêng đã lưu",
    ),
]


@pytest.mark.parametrize(("fields", "rule", "words"), SERIES, ids=[str(fields["repeat"]) for fields, _, _ in SERIES])
def test_a_series_is_booked_said_in_words_and_offered_again_as_it_was(
    visit: Visit, store: FakeStore, fields: dict[str, object], rule: DayRule, words: str
) -> None:
    officer = visit(OFFICER)

    writes(officer, **a_series(holidays="not", **fields))

    slot = stored(store).slot
    assert isinstance(slot.timing, AtTime)
    assert (slot.timing.rule, slot.timing.holidays) == (rule, Holidays.NOT)
    assert f"{words}, trừ ngày nghỉ lễ, Tết" in officer.reads(f"programmes/{slot.programme}")
    form = officer.opens(f"programmes/{slot.programme}/slots/{slot.id}")
    assert f'name="repeat" value="{fields["repeat"]}" checked' in form.text
    assert "FREQ" not in text_of(form)


def test_days_in_places_may_follow_a_rule_too(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    writes(officer, last_day="31/12/2026", place_repeat="weekly", place_weekdays=["1"], place_holidays="only")

    timing = stored(store).slot.timing
    assert isinstance(timing, InPlace)
    assert (timing.rule, timing.holidays) == (weekly({1}), Holidays.ONLY)


def test_every_day_in_places_needs_no_rule(visit: Visit, store: FakeStore) -> None:
    writes(visit(OFFICER), place_repeat="daily")

    assert stored(store).slot.timing.rule is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"repeat": "month_day"}, "ít nhất một ngày trong tháng"),
        ({"repeat": "month_day", "month_days": "5, 40"}, "không hợp lệ"),
        ({"repeat": "month_day", "month_days": "mồng năm"}, "Hãy nhập một số"),
        ({"repeat": "lunar"}, "Hãy ghi ngày âm lịch từ 1 đến 30"),
        ({"repeat": "lunar", "lunar_days": "1", "lunar_months": "13"}, "Tháng âm lịch phải từ 1 đến 12"),
        ({"repeat": "lunar", "lunar_days": "30"}, "Có tháng âm lịch chỉ 29 ngày"),
        (
            {"repeat": "lunar", "lunar_days": "30", "lunar_months": "12", "short_month": "skip"},
            "Tháng 12 âm lịch năm Bính Ngọ chỉ có 29 ngày, không có ngày 30.",
        ),
        ({"repeat": "other", "rule": "FREQ=HOURLY"}, "chỉ tính theo ngày"),
        ({"repeat": "hourly"}, ""),
    ],
)
def test_days_that_cannot_be_are_explained_and_no_time_is_stored(
    visit: Visit, store: FakeStore, fields: dict[str, object], sentence: str
) -> None:
    answer = writes(visit(OFFICER), **a_series(**fields))

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert TEXT in answer.text
    with store.reading() as uow:
        assert uow.programmes.slots_of(the_programme(store)) == []


@pytest.mark.parametrize(
    ("rule", "repeat"),
    [
        ("FREQ=MONTHLY", Repeat.MONTH_DAY),
        ("FREQ=MONTHLY;BYMONTHDAY=-2", Repeat.OTHER),
        ("FREQ=MONTHLY;BYDAY=1MO,2MO", Repeat.OTHER),
        ("FREQ=MONTHLY;BYMONTH=1;BYMONTHDAY=1", Repeat.OTHER),
        ("FREQ=WEEKLY", Repeat.WEEKLY),
        ("FREQ=WEEKLY;BYMONTH=1;BYDAY=MO", Repeat.OTHER),
    ],
)
def test_a_rule_the_form_has_no_fields_for_is_kept_as_it_is(rule: str, repeat: Repeat) -> None:
    assert repeat_of(Recurrence.of(rule)) is repeat
