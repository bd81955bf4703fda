"""Whatever is typed or pasted into the main forms: a sentence, nothing half done, nothing lost."""

import html
import unicodedata
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.fakes.store import FakeStore
from tests.server.web.commune import MORNING, MORNING_NEWS, MORNING_NOTICES, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import a_notice, the_programme, version_of, writes
from tests.server.web.test_campaigns import a_form
from tests.server.web.test_session_templates import form_of, stored

Visit = Callable[[Account], Visitor]
LONG = "Thông báo về việc tạm ngừng cấp điện " * 271
PASTED = "<b>Họp dân</b> 🙂👨‍👩‍👧 <script>alert(1)</script>"


def test_a_title_of_ten_thousand_characters_is_refused_and_given_back_whole(visit: Visit, store: FakeStore) -> None:
    officer, before = visit(OFFICER), dict(store.kept.programmes)

    answer = officer.sends("notices/new", **a_notice(title=LONG))

    assert len(LONG) > 10_000
    assert answer.status_code == 422
    assert "không quá 200 ký tự" in text_of(answer)
    assert html.escape(LONG) in answer.text
    assert store.kept.programmes == before


def test_a_campaign_with_such_a_title_is_refused_and_given_back_whole(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).sends("campaigns/new", **a_form(title=LONG))

    assert answer.status_code == 422
    assert "không quá 200 ký tự" in text_of(answer)
    assert html.escape(LONG) in answer.text
    assert not store.kept.campaigns


def test_a_session_template_with_such_a_name_is_refused_and_given_back_whole(visit: Visit, store: FakeStore) -> None:
    before = stored(store)

    form = form_of(before.template, act="save")
    of_template = visit(OFFICER).sends(f"templates/{MORNING}", **{**form, "name": LONG})
    of_place = visit(OFFICER).sends(f"templates/{MORNING}", **{**form, f"{MORNING_NEWS}-name": LONG})

    for answer in (of_template, of_place):
        assert answer.status_code == 422
        assert "Tên không được quá 80 ký tự" in text_of(answer)
        assert html.escape(LONG) in answer.text
    assert stored(store) == before


@pytest.mark.parametrize("field", ["title", "text"])
def test_pasted_markup_and_pictures_are_text_and_stay_as_they_were(visit: Visit, store: FakeStore, field: str) -> None:
    officer = visit(OFFICER)

    answer = officer.sends("notices/new", **a_notice(**{field: PASTED}))

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    (kept,) = (
        each for each in store.kept.programmes.values() if PASTED in (each.programme.title, *each.texts.values())
    )
    assert kept.programme.state.value == "draft"


def test_both_unicode_forms_of_a_title_are_one_title(visit: Visit, store: FakeStore) -> None:
    title = "Đường làng Trường Sơn bị ngập"
    officer = visit(OFFICER)

    officer.sends("notices/new", **a_notice(title=unicodedata.normalize("NFD", title)))

    kept = next(each for each in store.kept.programmes.values() if each.programme.id == the_programme(store, title))
    assert kept.programme.title == unicodedata.normalize("NFC", title)
    for typed in ("duong lang", unicodedata.normalize("NFD", "Đường làng"), "Đường làng"):
        assert title in officer.reads(f"programmes?{urlencode({'text': typed})}")
    assert title not in officer.reads("programmes?text=ca+nhac")


def test_who_saves_a_slot_second_is_told_and_keeps_what_was_typed(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer)
    programme = the_programme(store)
    (slot,) = (each.slot for each in store.kept.slots.values() if each.slot.programme == programme)
    address = f"programmes/{programme}/slots/{slot.id}"
    stale = str(slot.version)
    officer.sends(address, **a_notice(version=stale, last_day="25/11/2026"))

    second = officer.sends(address, **a_notice(version=stale, last_day="26/11/2026", places=[MORNING_NOTICES]))

    assert second.status_code == 409
    assert 'value="26/11/2026"' in second.text
    assert version_of(store, programme)
