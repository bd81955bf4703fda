"""The pages of session templates: the list, the editor's rows and its preview; refused in words, and by whom."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from schedules.fills import Newest, OfCampaign, Rotation, Subscribed
from schedules.ids import PlaceId, ProgrammeId
from schedules.programme import Kind
from schedules.session import SessionTemplate
from server.values import StoredTemplate
from server.web.template_form import Fields, fields_of, rearranged, template_of
from tests.contracts.samples import MORNING as SAMPLE
from tests.contracts.samples import NOW
from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, EVENING, INSPECTOR, MORNING, NEIGHBOUR, OFFICER, SON_HA, Account
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]


def stored(store: FakeStore, name: str = "Buổi sáng") -> StoredTemplate:
    with store.reading() as uow:
        return next(each for each in uow.programmes.templates() if each.template.name == name)


def names(store: FakeStore) -> list[str]:
    with store.reading() as uow:
        return sorted(each.template.name for each in uow.programmes.templates())


def form_of(template: SessionTemplate, **changes: object) -> dict[str, object]:
    fields = fields_of(template)
    return {**{name: fields.getlist(name) for name in fields}, "version": template.version, **changes}


def test_the_list_tells_what_fills_each_place_and_who_approved(visit: Visit) -> None:
    page = visit(OFFICER).reads("templates")

    assert "Buổi sáng" in page
    assert "phát lại mục “Bản tin Sơn Hà”" in page
    assert "bài được duyệt từng ngày" in page
    assert "đã duyệt" in page
    assert "Lập khung mới" in page


def test_somebody_who_only_looks_is_offered_no_change(visit: Visit) -> None:
    inspector = visit(INSPECTOR)

    assert "Lập khung mới" not in inspector.reads("templates")
    assert "Lưu, trình duyệt" not in inspector.opens(f"templates/{MORNING}").text


def test_a_neighbour_finds_nothing(visit: Visit) -> None:
    assert visit(NEIGHBOUR).opens(f"templates/{MORNING}").status_code == 404


def test_the_form_holds_every_sort_of_place_and_gives_it_back() -> None:
    again = template_of(fields_of(SAMPLE.template), SAMPLE.template.station, known=SAMPLE.template.id)

    assert again == replace(SAMPLE.template, replaces=None, refused=0)


def test_rows_move_by_their_buttons_and_the_ends_stay() -> None:
    fields = Fields([("row", "a"), ("row", "b"), ("row", "c"), ("name", "x")])

    def after(act: str) -> list[str]:
        return rearranged(fields, act, NOW).getlist("row")

    assert after("up:b") == ["b", "a", "c"]
    assert after("down:b") == ["a", "c", "b"]
    assert after("up:a") == after("down:c") == after("refresh") == after("up:nowhere") == ["a", "b", "c"]
    assert after("remove:b") == ["a", "c"]
    assert len(after("add")) == 4
    assert rearranged(fields, "up:b", NOW)["name"] == "x"


def test_a_change_is_kept_and_waits_for_a_second_person(visit: Visit, store: FakeStore) -> None:
    officer, before = visit(OFFICER), stored(store).template

    answer = officer.sends(f"templates/{MORNING}", **form_of(before, name="Buổi sớm", act="save"))

    assert "Đã lưu khung chương trình “Buổi sớm” và trình duyệt; được duyệt rồi mới phát." in text_of(answer)
    assert "chờ người thứ hai duyệt" in text_of(answer)
    assert stored(store, "Buổi sớm").template == replace(before, name="Buổi sớm", version=2)
    assert "Buổi sớm" in visit(APPROVER).reads("approvals")


def test_moving_a_row_stores_nothing(visit: Visit, store: FakeStore) -> None:
    before = stored(store)
    second = before.template.places[1]

    answer = visit(OFFICER).sends(f"templates/{MORNING}", **form_of(before.template, act=f"up:{second.id}"))

    page = answer.text
    assert page.index(f'value="{second.id}"') < page.index(f'value="{before.template.places[0].id}"')
    assert stored(store) == before


def test_a_script_that_moves_a_row_is_given_the_page_it_takes_the_editor_from(visit: Visit, store: FakeStore) -> None:
    before = stored(store).template
    second = before.places[1]

    answer = visit(OFFICER).asks_by_script(f"templates/{MORNING}", **form_of(before, act=f"up:{second.id}"))

    assert answer.status_code == 200
    assert answer.text.index('id="editor"') < answer.text.index(f'value="{second.id}"')


def test_a_template_longer_than_its_window_is_refused_with_everything_typed(visit: Visit, store: FakeStore) -> None:
    before = stored(store)
    news = before.template.places[1].id
    long = form_of(before.template, act="save", name="Quá dài", **{f"{news}-minutes": 40})

    answer = visit(OFFICER).sends(f"templates/{MORNING}", **long)

    assert answer.status_code == 422
    assert "các mục dài hơn" in text_of(answer)
    assert "Quá dài" in answer.text
    assert stored(store) == before


def test_what_cannot_be_read_is_told_at_its_field(visit: Visit, store: FakeStore) -> None:
    before = stored(store)

    answer = visit(OFFICER).sends(f"templates/{MORNING}", **form_of(before.template, act="save", starts="sớm"))

    assert answer.status_code == 422
    assert 'id="starts-fault"' in answer.text
    assert stored(store) == before


@pytest.mark.parametrize("who", [APPROVER, INSPECTOR])
def test_the_wrong_person_changes_nothing(visit: Visit, store: FakeStore, who: Account) -> None:
    before = stored(store)

    answer = visit(who).sends(f"templates/{MORNING}", **form_of(before.template, act="save", name="Khác"))

    assert answer.status_code == 403
    assert stored(store) == before


def test_who_comes_second_is_told_and_loses_nothing_typed(visit: Visit, store: FakeStore) -> None:
    officer, before = visit(OFFICER), stored(store).template
    officer.sends(f"templates/{MORNING}", **form_of(before, act="save", name="Một"))

    answer = officer.sends(f"templates/{MORNING}", **form_of(before, act="save", name="Hai"))

    assert answer.status_code == 409
    assert "Hai" in answer.text
    assert names(store) == ["Buổi chiều", "Một"]


def test_a_new_order_from_a_day_on_keeps_its_places_and_the_old_one(visit: Visit, store: FakeStore) -> None:
    officer, old = visit(OFFICER), stored(store).template
    page = officer.opens(f"templates/new?after={MORNING}").text
    later = form_of(old, act="save", name="Sáng mới", first_day="24/11/2026")

    officer.sends(f"templates/new?after={MORNING}", **later)

    made = stored(store, "Sáng mới").template
    assert "Thay khung “Buổi sáng”" in page
    assert made.replaces == MORNING
    assert [place.id for place in made.places] == [place.id for place in old.places]
    assert stored(store).template == old
    assert "Thay khung “Buổi sáng” từ ngày ấy" in officer.reads("templates")
    assert "Thay khung “Buổi sáng”" in visit(APPROVER).reads(f"approvals/sessions/{made.id}")


def test_a_copy_begins_with_places_of_its_own(visit: Visit, store: FakeStore) -> None:
    page = visit(OFFICER).opens(f"templates/new?like={EVENING}").text

    assert "Mục thông báo" in page
    kept = [
        place.id for place in stored(store, "Buổi chiều").template.places if f'name="row" value="{place.id}"' in page
    ]
    assert kept == []


def test_the_preview_shows_times_expectations_gaps_and_refusals(visit: Visit, store: FakeStore) -> None:
    officer, before = visit(OFFICER), stored(store).template
    news = before.places[1].id

    seen = text_of(officer.sends("templates/foresee", **form_of(before, known=MORNING)))
    long = text_of(officer.sends("templates/foresee", **form_of(before, known=MORNING, **{f"{news}-minutes": 90})))
    odd = text_of(officer.sends("templates/foresee", **form_of(before, known=MORNING, starts="?")))
    made_up = officer.sends("templates/foresee", **form_of(before, known=MORNING, session="midnight"))
    assert made_up.status_code == 200

    assert "Thứ Hai, 23/11/2026" in seen
    assert "dự kiến" in seen
    assert "im lặng" in seen
    assert "các mục dài hơn" in long
    assert "Hãy nhập giờ" in odd


def test_every_way_of_filling_has_its_fields(visit: Visit, store: FakeStore) -> None:
    officer, before = visit(OFFICER), stored(store).template
    row = before.places[1].id

    def fields_for(fill: str) -> str:
        return text_of(officer.sends(f"templates/{MORNING}", **form_of(before, act="refresh", **{f"{row}-fill": fill})))

    assert "Lấy bài của" in fields_for("newest")
    assert "Bài đầu phát ngày" in fields_for("rotation")
    assert "chọn đợt" in fields_for("campaign")
    assert "chọn mục" in fields_for("repeats")
    assert "chọn chương trình" in fields_for("fixed")


def test_rules_are_read_from_their_fields() -> None:
    fields = fields_of(SAMPLE.template)

    fills = [place.fill for place in template_of(fields, SON_HA).places]

    assert {type(fill) for fill in fills} >= {Newest, Rotation, OfCampaign}
    turn = Rotation(programmes=(ProgrammeId("notice-1"), ProgrammeId("notice-2")), first_day=SAMPLE.template.valid_from)
    assert [type(turn)] == [type(fill) for fill in fills if isinstance(fill, Rotation)]
    (opened,) = [fill for fill in fills if isinstance(fill, Subscribed)]
    assert opened == Subscribed(frozenset({Kind.NOTICE}), frozenset({"Điện"}))
    (newest,) = [fill for fill in fills if isinstance(fill, Newest)]
    assert (newest.kind, newest.topic, newest.max_age_days) == (Kind.BULLETIN, "Điện", 3)
    assert PlaceId("newest") in [place.id for place in SAMPLE.template.places]


def test_a_draft_that_nobody_approved_is_dropped(visit: Visit, store: FakeStore) -> None:
    officer, old = visit(OFFICER), stored(store).template
    officer.sends(f"templates/new?after={MORNING}", **form_of(old, act="save", name="Sáng mới", first_day="24/11/2026"))
    new = stored(store, "Sáng mới").template
    offer = officer.opens(f"templates/{new.id}").text

    answer = officer.sends(f"templates/{new.id}/drop", version=new.version)

    assert "Bỏ khung này" in offer
    assert "Đã bỏ khung chương trình “Sáng mới”" in text_of(answer)
    assert "Đã hết hạn (1)" in text_of(answer)
    ended = answer.text.split("Đã hết hạn")[1]
    assert "đã bỏ" in ended
    assert "chờ người thứ hai" not in ended
    assert "Xin duyệt qua điện thoại" not in ended
    assert "Bỏ khung này" not in officer.opens(f"templates/{new.id}").text


def test_what_was_approved_is_not_dropped(visit: Visit, store: FakeStore) -> None:
    officer, before = visit(OFFICER), stored(store)

    answer = officer.sends(f"templates/{MORNING}/drop", version=before.template.version)

    assert "Bỏ khung này" not in officer.opens(f"templates/{MORNING}").text
    assert answer.status_code == 422
    assert "đã từng được duyệt" in text_of(answer)
    assert stored(store) == before
