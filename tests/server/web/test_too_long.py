"""A text that is too long is refused with a sentence and given back whole; no field cuts it while it is typed."""

import html
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, APPROVER, OFFICER, SON_HA, TECHNICIAN, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.emergency_form import FLOOD
from tests.server.web.morning import a_notice, submits, version_of
from tests.server.web.test_delegations import FORM as DELEGATION
from tests.server.web.test_outages import FORM as OUTAGE

Visit = Callable[[Account], Visitor]
PAGES = Path(__file__).parents[3] / "server" / "web"
LONG = "Nước sông Re đang lên, bà con chuyển đồ lên cao. " * 30
"""More than a reason, a note or the words of an emergency may have."""
FAULT = {"loudspeakers": "loa-1", "kind": "no_sound"}


def test_no_field_cuts_what_is_typed() -> None:
    pages = [each for kind in ("html", "py", "js") for each in PAGES.rglob(f"*.{kind}") if "vendor" not in each.parts]

    assert [each.name for each in pages if "maxlength" in each.read_text().lower()] == []


@pytest.mark.parametrize(
    ("account", "address", "form", "field"),
    [
        (OFFICER, "notices/new", a_notice(), "title"),
        (OFFICER, "notices/new", a_notice(), "requested_by"),
        (OFFICER, "notices/new", a_notice(), "document"),
        (OFFICER, "emergency/new", FLOOD, "text_vi"),
        (OFFICER, "emergency/ask", FLOOD, "text_vi"),
        (OFFICER, "emergency/texts", FLOOD, "headline"),
        (OFFICER, "outages/new", OUTAGE, "reason"),
        (TECHNICIAN, "faults/new", FAULT, "note"),
        (APPROVER, "delegations", DELEGATION, "document"),
        (ADMINISTRATOR, f"/units/{SON_HA}/people/new", {"login": "nguyen.a", "roles": "officer"}, "name"),
        (OFFICER, "/tokens", {"days": "30"}, "name"),
    ],
)
def test_what_is_too_long_is_refused_in_words_and_given_back(
    visit: Visit, account: Account, address: str, form: dict[str, object], field: str
) -> None:
    answer = visit(account).sends(address, **{**form, field: LONG})

    assert answer.status_code == 422
    assert "ký tự" in text_of(answer)
    assert html.escape(LONG.strip()) in answer.text


def test_where_no_form_stands_open_the_page_of_the_problem_gives_it_back(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    programme = submits(officer, store)

    answer = officer.sends(f"programmes/{programme}/withdraw", version=str(version_of(store, programme)), reason=LONG)

    assert answer.status_code == 422
    assert "tối đa 1000" in text_of(answer)
    assert html.escape(LONG) in answer.text
    assert store.kept.programmes[programme].programme.state.value == "submitted"


def test_a_password_is_never_given_back(visit: Visit) -> None:
    answer = visit(OFFICER).sends(
        "/new-password", old="sai hoàn toàn", new="một câu đủ dài 1", again="một câu đủ dài 1"
    )

    assert "sai hoàn toàn" not in answer.text


def test_silence_is_ordered_whatever_was_typed_and_tells_what_is_kept(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).sends("silence", reason=LONG)

    assert "Lý do quá dài: chỉ ghi 1000 ký tự đầu." in text_of(answer)
    assert len(store.kept.silences) == 1
