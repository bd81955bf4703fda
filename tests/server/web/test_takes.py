"""Sounds on their way: taken in, refused in words, stopped, taken up again after a restart."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from schedules.ids import PersonId
from server.app import create_app
from server.config import Config
from server.services import takes
from server.values import TakeOrigin, TakeState
from server.web.work import Work
from tests.fakes.clock import FakeClock
from tests.fakes.hashing import FakeHashing
from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, OFFICER, Account
from tests.server.web.conftest import AtOnce, OneSound, Visitor, text_of
from tests.server.web.morning import brings_a_sound, the_programme, version_of, writes

Visit = Callable[[Account], Visitor]


class Later(Work):
    """Keeps the pieces of work, so that a test can look at what waits."""

    def add(self, piece: Callable[[], object]) -> None:
        pass


def test_a_sound_is_prepared_and_becomes_the_programmes(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer)

    answer = brings_a_sound(officer, the_programme(store))

    page = text_of(answer)
    assert "Bản tiếng Việt Dùng được" in page
    assert "Dài 1:10 · độ to -27,5 → -16,0 LUFS" in page


def test_a_sound_that_cannot_be_broadcast_says_why(visit: Visit, store: FakeStore, sound: OneSound) -> None:
    sound.refuses = "media.refused.cut-short"
    officer = visit(OFFICER)
    writes(officer)

    answer = brings_a_sound(officer, the_programme(store))

    assert "Không dùng được “tin.wav”: Tệp bị cắt giữa chừng" in text_of(answer)


def test_no_file_chosen_is_said_beside_the_field(visit: Visit) -> None:
    answer = visit(OFFICER).sends("notices/new", act="upload", title="Mời họp", sound=(BytesIO(b""), ""))

    assert answer.status_code == 422
    assert "Hãy chọn tệp âm thanh" in text_of(answer)


def test_only_writers_bring_sounds(visit: Visit, store: FakeStore) -> None:
    writes(visit(OFFICER))

    answer = brings_a_sound(visit(APPROVER), the_programme(store))

    assert answer.status_code == 422
    assert "không được làm việc này" in text_of(answer)


def test_a_sound_under_way_shows_how_far_it_is_and_can_be_stopped(
    tmp_path: Path, store: FakeStore, clock: FakeClock, sound: OneSound
) -> None:
    app = create_app(
        Config(state_directory=tmp_path / "var", demo=True),
        store=store,
        clock=clock,
        hashing=FakeHashing(),
        preparation=sound,
        work=Later(),
    )
    officer = Visitor(app)
    officer.signs_in(OFFICER)
    writes(officer)
    programme = the_programme(store)

    during = brings_a_sound(officer, programme)
    with store.reading() as uow:
        (take,) = uow.programmes.takes(programme)
    stopped = officer.sends(f"takes/{take.id}/cancel")

    assert 'hx-trigger="every 1s"' in during.text
    assert "<progress" in during.text
    assert "<progress" not in stopped.text
    with store.reading() as uow:
        (take,) = uow.programmes.takes(programme)
    assert take.state is TakeState.CANCELLED


def test_what_a_restart_left_unprepared_is_taken_up_again(
    tmp_path: Path, visit: Visit, store: FakeStore, clock: FakeClock, sound: OneSound
) -> None:
    writes(visit(OFFICER))
    config = Config(state_directory=tmp_path / "again", demo=True)
    with store.reading() as uow:
        officer = uow.people.get(PersonId(OFFICER.login))
    assert officer
    left = takes.begin(
        store, clock, officer, the_programme(store), language="vi", origin=TakeOrigin.UPLOAD, file_name="tin.wav"
    )
    config.upload_directory.mkdir(parents=True)
    takes.waiting_at(config.upload_directory, left.id).write_bytes(b"a recording")

    create_app(config, store=store, clock=clock, hashing=FakeHashing(), preparation=sound, work=AtOnce())

    with store.reading() as uow:
        again = uow.programmes.take(left.id)
    assert again
    assert again.state is TakeState.READY


def test_a_sound_can_be_taken_out_again(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer)
    programme = the_programme(store)
    brings_a_sound(officer, programme)

    answer = officer.sends(f"programmes/{programme}/sounds/vi/remove", version=version_of(store, programme))

    assert "Chưa có âm thanh" in text_of(answer)
