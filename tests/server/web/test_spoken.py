"""Languages on the pages: the list and who keeps it, their names, and the button for what a zone does not speak."""

from collections.abc import Callable
from dataclasses import replace

from schedules.language import LANGUAGES, Language
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, APPROVER, GO_SIM, INSPECTOR, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import TITLE, approves, submits

Visit = Callable[[Account], Visitor]


def only_hre(store: FakeStore) -> None:
    with store.writing() as uow:
        zone = uow.places.zone(GO_SIM)
        assert zone is not None
        uow.places.put_zone(replace(zone, languages=("hre",)))
        uow.commit()


def test_the_list_stands_by_peoples_and_only_its_keeper_may_change_it(visit: Visit, store: FakeStore) -> None:
    officer, keeper = visit(OFFICER), visit(ADMINISTRATOR)
    new = {"tag": "moo", "name": "Mơ Nâm", "group": "Xơ Đăng", "english": "Monom"}

    read = text_of(officer.opens("/languages"))
    refused = officer.sends("/languages", **new)
    kept = keeper.sends("/languages", **new)

    assert "Dân tộc Xơ Đăng Tiếng Xơ Đăng · sed" in read
    assert "Thêm hoặc đổi tên" not in read
    assert refused.status_code == 403
    assert "Đã lưu tiếng Mơ Nâm." in text_of(kept)
    with store.reading() as uow:
        assert tuple(uow.languages.all()) == (*LANGUAGES, Language("moo", "Mơ Nâm", "Xơ Đăng", "Monom"))


def test_what_is_wrong_is_told_and_nothing_is_kept(visit: Visit, store: FakeStore) -> None:
    keeper = visit(ADMINISTRATOR)

    wrong = keeper.sends("/languages", tag="tiếng", name="a", group="b", english="c")
    used = keeper.sends("/languages/hre/remove")
    gone = keeper.sends("/languages/rmx/remove")

    assert wrong.status_code == used.status_code == 422
    assert "Mã ngôn ngữ gồm chữ thường" in text_of(wrong)
    assert "Tiếng Hrê đang có" in text_of(used)
    assert "Đã bỏ khỏi danh sách." in text_of(gone)
    with store.reading() as uow:
        assert tuple(uow.languages.all()) == LANGUAGES[:-1]


def test_a_renamed_language_has_its_new_name_on_every_page(visit: Visit) -> None:
    visit(ADMINISTRATOR).sends("/languages", tag="hre", name="H’rê", group="Hrê", english="Hre")

    assert "tiếng Việt, H’rê" in visit(OFFICER).reads("notices/new")


def test_the_officer_is_offered_the_vietnamese_version_and_sees_what_she_chose(visit: Visit, store: FakeStore) -> None:
    only_hre(store)
    officer = visit(OFFICER)
    programme = submits(officer, store)
    approves(visit(APPROVER), programme)

    offered = officer.reads(f"programmes/{programme}")
    answer = officer.sends(f"programmes/{programme}/instead", zones=[GO_SIM], language="vi", day="2026-11-23")
    after = officer.reads(f"programmes/{programme}")

    assert "chưa có bản tiếng của bà con ở Gò Sim nên những nơi ấy không phát. Phát bản tiếng Việt" in offered
    assert "Đã chọn phát bản tiếng Việt." in text_of(answer)
    assert f"{TITLE} : chưa có bản tiếng của bà con ở Gò Sim; đã chọn phát bản tiếng Việt." in text_of(answer)
    assert "Thôi phát thay" in after
    assert "Đã thôi phát thay" in text_of(officer.sends(f"programmes/{programme}/instead", zones=[GO_SIM], language=""))
    assert "Phát bản tiếng Việt" in officer.reads("today?day=2026-11-23")


def test_who_only_looks_is_not_offered_the_choice(visit: Visit, store: FakeStore) -> None:
    only_hre(store)
    programme = submits(visit(OFFICER), store)
    inspector = visit(INSPECTOR)

    page = inspector.reads(f"programmes/{programme}")
    answer = inspector.sends(f"programmes/{programme}/instead", zones=[GO_SIM], language="vi")

    assert "chưa có bản tiếng của bà con ở Gò Sim" in page
    assert "Phát bản tiếng Việt" not in page
    assert answer.status_code == 403
    assert store.kept.substitutions == ()
