"""The times of a notice by one press: the next session, the one after it, both, whatever the hour."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta

from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import EVENING_NOTICES, MORNING_NOTICES, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import a_notice

Visit = Callable[[Account], Visitor]
AFTER_LUNCH = timedelta(hours=10)
"""From four in the morning to two in the afternoon."""


def offered(visitor: Visitor) -> dict[str, dict[str, list[str]]]:
    """Give the presets of a new notice by their labels."""
    page = visitor.opens("notices/new").text
    buttons = re.findall(r"data-fills='([^']+)'>.*?</svg>\s*([^<]+)</button>", page)
    read = {html.unescape(label).strip(): json.loads(fields) for fields, label in buttons}
    return {label: fields for label, fields in read.items() if "first_day" in fields}


def test_before_dawn_both_sessions_of_the_day_are_offered(visit: Visit) -> None:
    found = offered(visit(OFFICER))

    assert list(found) == ["Buổi sáng hôm nay", "Buổi chiều hôm nay", "Buổi sáng hôm nay và Buổi chiều hôm nay"]
    assert found["Buổi sáng hôm nay"]["places"] == [MORNING_NOTICES]
    assert found["Buổi sáng hôm nay"]["valid_time"] == ["12:00"]
    assert found["Buổi chiều hôm nay"]["valid_time"] == ["23:59"]


def test_after_lunch_this_evening_and_tomorrow_morning_end_at_tomorrows_noon(visit: Visit, clock: FakeClock) -> None:
    clock.advance(AFTER_LUNCH)

    both = offered(visit(OFFICER))["Buổi chiều hôm nay và Buổi sáng ngày mai"]

    assert both["places"] == [EVENING_NOTICES, MORNING_NOTICES]
    assert (both["first_day"], both["last_day"]) == (["23/11/2026"], ["24/11/2026"])
    assert (both["valid_day"], both["valid_time"]) == (["24/11/2026"], ["12:00"])


def test_what_a_preset_fills_plays_in_its_two_sessions_and_in_no_other(visit: Visit, clock: FakeClock) -> None:
    clock.advance(AFTER_LUNCH)
    officer = visit(OFFICER)
    both = offered(officer)["Buổi chiều hôm nay và Buổi sáng ngày mai"]

    seen = text_of(officer.asks_by_script("notices/preview", **(a_notice() | both)))

    assert seen.count("vừa giờ") == 2
    assert "Thứ Ba, 24/11/2026 05:31:00" in seen
    assert re.search(r"Thứ Ba, 24/11/2026 17:01:00.*Không phát nữa vì đã hết hiệu lực", seen)


def test_a_station_without_sessions_is_offered_none(visit: Visit, store: FakeStore) -> None:
    store.kept.templates.clear()

    assert offered(visit(OFFICER)) == {}
