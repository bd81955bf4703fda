"""The exercise pages: words of their own, a colour of their own, and nothing on them that is real."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest

from schedules.ids import PersonId
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, APPROVER, OFFICER, SON_HA, Account
from tests.server.web.conftest import OneSound, Visitor, text_of
from tests.server.web.emergency_form import FLOOD, REAL

Visit = Callable[[Account], Visitor]
pytestmark = pytest.mark.usefixtures("officer_may")


@pytest.fixture
def drills(visit: Visit, sound: OneSound) -> Visitor:
    """The officer, in the permitted hours of a station that has all that an exercise needs."""
    sound.lasts = timedelta(seconds=4)
    visit(ADMINISTRATOR).sends("machine-voice", allowed="yes")
    officer = visit(OFFICER)
    officer.sends("exercise/words", unit=SON_HA, language="vi", text="Đây là diễn tập", machine="yes")
    return officer


def has_words(visit: Visit, store: FakeStore) -> None:
    (words,) = store.kept.emergencies.exercise_words
    visit(APPROVER).sends(f"exercise/words/{words}/approve")


def test_exercise_words_are_made_by_one_and_approved_by_another(
    visit: Visit, store: FakeStore, drills: Visitor
) -> None:
    (words,) = store.kept.emergencies.exercise_words

    assert "Duyệt lời báo này" not in drills.reads("exercise/words")
    assert "Chờ duyệt" in drills.reads("exercise/words")
    assert "Duyệt lời báo này" in visit(APPROVER).reads("exercise/words")
    assert drills.sends(f"exercise/words/{words}/approve").status_code == 403
    has_words(visit, store)

    page = drills.reads("exercise/words")
    assert "Đang dùng" in page
    assert "giọng máy" in page
    assert store.kept.emergencies.exercise_words[words].approved_by == PersonId(APPROVER.login)


def test_a_recording_without_a_file_is_a_clear_sentence(store: FakeStore, drills: Visitor) -> None:
    answer = drills.sends("exercise/words", unit=SON_HA, language="vi", text="Đây là diễn tập")

    assert answer.status_code == 422
    assert len(store.kept.emergencies.exercise_words) == 1


def test_a_recording_of_words_is_taken_in(store: FakeStore, drills: Visitor) -> None:
    form = {"unit": SON_HA, "language": "hre", "text": "Hi kô diễn tập"}
    drills.sends("exercise/words", **form, sound=(BytesIO(b"a voice"), "words.wav"))

    (made,) = (each for each in store.kept.emergencies.exercise_words.values() if not each.is_machine)
    assert (made.language, made.text) == ("hre", "Hi kô diễn tập")


def test_without_approved_words_no_exercise_begins(
    visit: Visit, store: FakeStore, clock: FakeClock, drills: Visitor
) -> None:
    clock.advance(timedelta(hours=1, minutes=40))

    answer = drills.sends("exercise", **{**FLOOD, "ends": "06:00"})

    assert answer.status_code == 422
    assert "chưa có lời báo “Đây là diễn tập” đã duyệt" in text_of(answer)
    assert not store.kept.emergencies.exercises


def test_words_are_fetched_by_loudspeakers_once_approved(
    visit: Visit, store: FakeStore, sound: OneSound, drills: Visitor
) -> None:
    (words,) = store.kept.emergencies.exercise_words.values()
    sound.kept[words.recording.sha256] = next(iter(sound.kept.values()))
    address = f"/audio/{words.recording.sha256}"
    stranger = Visitor(drills.app)

    assert stranger.opens(address).status_code == 404
    assert drills.opens(address).status_code == 200
    has_words(visit, store)
    assert stranger.opens(address).status_code == 200


def test_the_board_says_who_was_drilled_and_who_not(
    visit: Visit, store: FakeStore, clock: FakeClock, drills: Visitor
) -> None:
    has_words(visit, store)
    clock.advance(timedelta(hours=1, minutes=40))
    drills.sends("exercise/order", **{**FLOOD, "headline": "Diễn tập lũ", "ends": "06:00"})

    part = text_of(drills.opens("exercise/live", **{"HX-Request": "true"}))

    assert "0 trong 4 cụm loa báo đã diễn tập" in part
    assert "Mất kết nối, chưa báo về." in part


def test_an_exercise_has_its_own_page_words_and_colour(
    visit: Visit, store: FakeStore, clock: FakeClock, drills: Visitor
) -> None:
    has_words(visit, store)
    clock.advance(timedelta(hours=1, minutes=40))
    officer = drills

    page = officer.opens("exercise")
    ordered = text_of(officer.sends("exercise/order", **{**FLOOD, "headline": "Diễn tập lũ", "ends": "06:00"}))

    assert "drill-head" in page.text
    assert "alarm-head" not in page.text
    assert REAL not in text_of(page)
    assert "Không có gì là thật trên trang này." in text_of(page)
    assert "trước và sau mỗi lần đều có lời báo là diễn tập" in text_of(page)
    assert "drill-head" not in officer.opens("emergency").text
    (drill,) = store.kept.emergencies.exercises.values()
    assert not store.kept.emergencies.emergencies
    assert "đang diễn tập" in ordered
    ended = text_of(officer.sends(f"exercise/{drill.exercise.id}/end"))
    assert "đã kết thúc sớm" in ended


def test_before_the_click_the_page_says_what_is_drilled_and_can_be_changed(
    visit: Visit, store: FakeStore, clock: FakeClock, drills: Visitor
) -> None:
    has_words(visit, store)
    clock.advance(timedelta(hours=1, minutes=40))
    wanted = {**FLOOD, "headline": "Diễn tập lũ", "ends": "06:00"}

    summary = drills.sends("exercise", **wanted)
    again = drills.sends("exercise", **wanted, again="yes")

    read = text_of(summary)
    assert "drill-head" in summary.text
    assert "alarm-head" not in summary.text
    assert REAL not in read
    assert "Ở đâu Xã Sơn Hà · 3 nhóm cụm loa" in read
    assert "686 hộ, 2.753 người · 4 cụm loa" in read
    assert "Bà con nghe thấy thật." in read
    assert "Bắt đầu diễn tập tại Xã Sơn Hà" in read
    assert 'value="Diễn tập lũ"' in again.text
    assert "Bắt đầu diễn tập tại" not in text_of(again)
    assert not store.kept.emergencies.exercises


def test_who_may_issue_no_emergency_reads_no_summary_of_an_exercise(
    visit: Visit, store: FakeStore, clock: FakeClock, drills: Visitor
) -> None:
    has_words(visit, store)
    clock.advance(timedelta(hours=1, minutes=40))

    for page in ("exercise", "exercise/order"):
        assert visit(APPROVER).sends(page, **{**FLOOD, "ends": "06:00"}).status_code == 403
    assert not store.kept.emergencies.exercises


def test_an_exercise_outside_the_hours_is_a_clear_sentence(visit: Visit, store: FakeStore, drills: Visitor) -> None:
    has_words(visit, store)
    answer = drills.sends("exercise", **FLOOD)

    assert answer.status_code == 422
    assert "Diễn tập chỉ được phát trong khung giờ của Xã Sơn Hà" in text_of(answer)
    assert not store.kept.emergencies.exercises
