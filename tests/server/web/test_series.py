"""Series on the pages: how often, in fields and in words; nobody is shown the text of a rule."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from schedules.recurrence import DayRule, Holidays, LunarDays, Recurrence, ShortMonth, weekly
from schedules.slot import AtTime, InPlace
from server.values import StoredSlot
from server.web.repeats import Repeat, lunar_in_words, repeat_of
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


def a_daily_slot(visit: Visit, store: FakeStore) -> tuple[Visitor, str]:
    officer = visit(OFFICER)
    writes(officer, **a_week())
    slot = stored(store).slot
    return officer, f"programmes/{slot.programme}/slots/{slot.id}"


def a_week(**changes: object) -> dict[str, object]:
    return {**a_series(repeat="daily"), "until": "29/11/2026", "version": "1", **changes}


def test_before_an_edit_is_saved_the_page_says_what_it_changes(visit: Visit, store: FakeStore) -> None:
    officer, _ = a_daily_slot(visit, store)
    slot = stored(store).slot
    asked = {"stored": "yes", "programme": slot.programme, "slot": slot.id}

    later = text_of(officer.sends("notices/preview", **a_week(at="05:50", scope="all", **asked)))
    shorter = text_of(officer.sends("notices/preview", **a_week(until="27/11/2026", scope="all", **asked)))
    from_day = text_of(
        officer.sends("notices/preview", **a_week(at="05:50", scope="after", scope_day="27/11/2026", **asked))
    )
    moved = text_of(
        officer.sends("notices/preview", **a_week(scope="this", scope_day="24/11/2026", scope_to="30/11/2026", **asked))
    )
    same = text_of(officer.sends("notices/preview", **a_week(scope="all", **asked)))

    assert "7 lượt đổi giờ" in later
    assert "Thứ Hai, 23/11/2026: 05:45 23/11/2026 → 05:50 23/11/2026" in later
    assert "2 lượt bị bỏ" in shorter
    assert "3 lượt đổi giờ" in from_day
    assert "Thứ Ba, 24/11/2026: 05:45 24/11/2026 → 05:45 30/11/2026" in moved
    assert "Thứ Hai, 23/11/2026 (15/10 âm lịch) Thứ Hai, 30/11/2026 (22/10 âm lịch) Thứ Tư" in moved
    assert "Không lượt nào đổi ngày, đổi giờ." in same


def test_the_next_days_are_shown_with_their_lunar_dates_and_what_holidays_take_away(visit: Visit) -> None:
    page = text_of(
        visit(OFFICER).sends("notices/preview", **a_series(repeat="daily", holidays="not") | {"until": "30/11/2026"})
    )

    assert "Thứ Hai, 23/11/2026 (15/10 âm lịch) Thứ Tư, 25/11/2026 (17/10 âm lịch)" in page
    assert "Không phát vì ngày nghỉ lễ: 24/11/2026 (Ngày Văn hóa Việt Nam)" in page


def test_a_month_without_the_thirtieth_is_named_before_saving(visit: Visit) -> None:
    series = a_series(repeat="lunar", lunar_days="30", short_month="last")

    last = text_of(visit(OFFICER).sends("notices/preview", **series))
    left_out = text_of(visit(OFFICER).sends("notices/preview", **{**series, "short_month": "skip"}))

    assert "Tháng 12 âm lịch năm Bính Ngọ chỉ có 29 ngày, không có ngày 30: phát vào ngày 29." in last
    assert "Tháng 12 âm lịch năm Bính Ngọ chỉ có 29 ngày, không có ngày 30: tháng ấy bỏ." in left_out


def test_a_leap_month_is_named(app: Flask) -> None:
    with app.test_request_context():
        assert lunar_in_words(date(2025, 8, 8)) == "15/6 nhuận âm lịch"


def test_one_occurrence_and_those_from_a_day_on_are_changed_from_the_page(visit: Visit, store: FakeStore) -> None:
    officer, address = a_daily_slot(visit, store)

    one = officer.sends(address, **a_week(at="05:50", scope="this", scope_day="25/11/2026", scope_to="26/11/2026"))
    rest = officer.sends(address, **a_week(at="05:55", scope="after", scope_day="27/11/2026", version="2"))

    assert "Đã lưu lịch đặt" in text_of(one)
    assert "Đã lưu lịch đặt" in text_of(rest)
    with store.reading() as uow:
        parts = sorted((each.slot.timing for each in uow.programmes.slots_of(the_programme(store))), key=str)
    assert isinstance(parts[0], AtTime)
    assert [f"{each.moved_to:%d %H:%M}" for each in parts[0].exceptions] == ["25 22:50"]
    assert [(f"{each.first_day:%d}", f"{each.ends_on:%d}") for each in parts] == [("23", "26"), ("27", "29")]
    assert 'value="26/11/2026"' in officer.opens(address).text
    assert "Lượt ngày 25/11/2026 chuyển sang 05:50 26/11/2026" in officer.reads(f"programmes/{the_programme(store)}")


def test_the_page_of_a_slot_offers_an_occurrence_by_its_link(visit: Visit, store: FakeStore) -> None:
    officer, address = a_daily_slot(visit, store)

    page = officer.opens(f"{address}?scope=after&day=2026-11-27").text

    assert 'name="scope" value="after" checked' in page
    assert 'value="27/11/2026"' in page


def test_a_day_without_an_occurrence_is_explained(visit: Visit, store: FakeStore) -> None:
    officer, address = a_daily_slot(visit, store)

    answer = officer.sends(address, **a_week(at="05:50", scope="this", scope_day="25/12/2026"))

    assert answer.status_code == 422
    assert stored(store).slot.version == 1


def test_one_day_in_places_is_left_out_from_the_page(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer, last_day="27/11/2026")
    slot = stored(store).slot
    address = f"programmes/{slot.programme}/slots/{slot.id}"
    before = officer.reads(address)

    answer = officer.sends(f"{address}/cancel", version=1, day="2026-11-25")

    assert "Thứ Tư, 25/11/2026" in before
    assert "Đã bỏ lượt phát ấy" in text_of(answer)
    assert "Thứ Tư, 25/11/2026" not in officer.reads(address)
    assert "Trừ ngày 25/11/2026" in officer.reads(f"programmes/{slot.programme}")
