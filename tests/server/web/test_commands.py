"""Commands by the pages: to one loudspeaker, to several, and what became of each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from schedules.ids import CommandId, DeviceId, LoudspeakerId
from schedules.wire.command import CommandState, DiagnosticsGathered, LogLevel, Section, What
from schedules.wire.seal import SigningKey, sealed
from server.command_records import GivenCommand, KeptAnswer
from server.services.commands import MANY_AN_HOUR
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import INSPECTOR, LANG_MOI, NEIGHBOUR, OFFICER, TECHNICIAN, Account
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]
GATE = LoudspeakerId("loa-1")
KEY_SEED = bytes([77]) * 32
KEY = SigningKey.of(KEY_SEED)


@pytest.fixture(autouse=True)
def device(store: FakeStore) -> None:
    """A loudspeaker whose key the test has."""
    with store.writing() as uow:
        known = uow.places.loudspeaker(GATE)
        assert known is not None
        uow.places.put_loudspeaker(replace(known, public_key=KEY.public))
        uow.commit()


def given(store: FakeStore) -> list[GivenCommand]:
    return list(store.kept.commands.given.values())


def answers(
    store: FakeStore, clock: FakeClock, state: CommandState, reason: str = "", level: float | None = None
) -> None:
    """Let the loudspeaker answer the last command."""
    command = given(store)[-1].id
    number = len(store.kept.commands.answers) + 1
    with store.writing() as uow:
        uow.commands.answer(
            KeptAnswer(
                command=command, state=state, number=number, received_at=clock.now(), reason=reason, level_dbfs=level
            )
        )
        uow.commit()


def test_a_technician_restarts_a_loudspeaker_and_reads_what_became_of_it(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    technician = visit(TECHNICIAN)
    assert "Khởi động lại" in technician.reads("loudspeakers/loa-1")

    page = text_of(technician.sends("loudspeakers/loa-1/commands", what="restart"))

    (command,) = given(store)
    assert (command.loudspeaker, command.what, command.device) == (GATE, What.RESTART, DeviceId(KEY.key))
    assert "Đã ra lệnh." in page
    assert "chờ cụm loa kết nối" in technician.reads("loudspeakers/loa-1/commands")
    answers(store, clock, CommandState.REJECTED, "command.emergency")
    told = technician.reads("loudspeakers/loa-1/commands")
    assert "từ chối" in told
    assert "Đang có phát khẩn cấp hoặc diễn tập nên không khởi động lại." in told


def test_a_tone_that_sounded_tells_its_level(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    clock.advance(timedelta(minutes=90))
    officer = visit(OFFICER)
    officer.sends("loudspeakers/loa-1/commands", what="test_tone")
    answers(store, clock, CommandState.DONE, level=-19.6)

    told = officer.reads("loudspeakers/loa-1/commands")

    assert "đã làm xong" in told
    assert "Mức đo ở đầu ra: -20 dBFS" in told


def test_a_log_level_goes_with_its_end(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)

    technician.sends("loudspeakers/loa-1/commands", what="log_level", level="debug", minutes="240")
    page = text_of(technician.sends("loudspeakers/loa-1/commands", what="log_level", level="debug", minutes="9999"))

    (command,) = given(store)
    assert (command.level, command.until) == (
        LogLevel.DEBUG,
        command.given_at + (command.expires - command.given_at) * 24,
    )
    assert "Hãy chọn mức nhật ký" in page


@pytest.mark.parametrize("what", ["", "dance", "log_level"])
def test_what_is_no_command_is_refused_in_words(visit: Visit, store: FakeStore, what: str) -> None:
    page = text_of(visit(TECHNICIAN).sends("loudspeakers/loa-1/commands", what=what))

    assert "chưa biết lệnh này" in page
    assert given(store) == []


def test_who_only_reads_sees_no_buttons_and_commands_nothing(visit: Visit, store: FakeStore) -> None:
    inspector = visit(INSPECTOR)

    assert "Ra lệnh cho thiết bị" not in inspector.reads("loudspeakers/loa-1")
    assert "Ra lệnh cho nhiều cụm loa" not in inspector.reads("loudspeakers")
    assert inspector.sends("loudspeakers/loa-1/commands", what="restart").status_code == 403
    assert inspector.sends("commands", what="restart", zone="").status_code == 403
    assert visit(NEIGHBOUR).sends("loudspeakers/loa-1/commands", what="restart").status_code in (403, 404)
    assert given(store) == []


def test_a_loudspeaker_without_a_device_has_no_buttons(visit: Visit, store: FakeStore) -> None:
    with store.writing() as uow:
        known = uow.places.loudspeaker(GATE)
        assert known is not None
        uow.places.put_loudspeaker(replace(known, public_key=""))
        uow.commit()

    assert "Ra lệnh cho thiết bị" not in visit(TECHNICIAN).reads("loudspeakers/loa-1")


def test_a_whole_station_is_commanded_from_its_board(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    officer = visit(OFFICER)

    page = text_of(officer.sends("commands", what="resync", zone=""))

    count = len(given(store))
    assert count > 1
    assert f"Đã ra lệnh cho {count} cụm loa." in page
    answers(store, clock, CommandState.REJECTED, "command.clock_unknown")
    told = officer.reads("commands/latest")
    assert "1 từ chối" in told
    assert f"{count - 1} chờ cụm loa kết nối" in told
    assert "Thiết bị chưa biết giờ đúng" in told


def test_one_zone_is_commanded_alone(visit: Visit, store: FakeStore) -> None:
    visit(OFFICER).sends("commands", what="resync", zone=str(LANG_MOI))

    assert {each.loudspeaker for each in given(store)} == {GATE, LoudspeakerId("loa-2")}


def test_those_left_out_are_named_with_the_reason(visit: Visit, store: FakeStore) -> None:
    with store.writing() as uow:
        known = uow.places.loudspeaker(GATE)
        assert known is not None
        uow.places.put_loudspeaker(replace(known, public_key=""))
        uow.commit()

    page = text_of(visit(OFFICER).sends("commands", what="resync", zone=""))

    assert f"Không ra lệnh cho {known.name}" in page
    assert "chưa khai báo thiết bị nên không nhận lệnh được" in page


def test_too_often_says_when_again(visit: Visit, clock: FakeClock) -> None:
    officer = visit(OFFICER)
    for _ in range(MANY_AN_HOUR):
        officer.sends("commands", what="resync", zone="")
        clock.advance(timedelta(minutes=1))

    assert "Lần tiếp theo được phép từ" in text_of(officer.sends("commands", what="resync", zone=""))


def gathered(store: FakeStore, clock: FakeClock, visitor: Visitor) -> tuple[CommandId, bytes]:
    visitor.sends("loudspeakers/loa-1/commands", what="diagnostics")
    command = given(store)[-1].id
    message = DiagnosticsGathered(
        audience="server",
        number=1,
        issued=clock.now(),
        command=command,
        sections=(Section("versions", "agent 0.1"), Section("log", "đã phát")),
    )
    return command, sealed(message, KEY)


def test_diagnostics_come_by_the_devices_door_and_are_downloaded(
    app: Flask, visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    technician = visit(TECHNICIAN)
    command, envelope = gathered(store, clock, technician)

    taken = app.test_client().post("/agent/v1/diagnostics/loa-1", data=envelope)
    page = technician.opens(f"loudspeakers/loa-1/diagnostics/{command}")

    assert taken.status_code == 204
    assert "Tải gói chẩn đoán" in technician.reads("loudspeakers/loa-1")
    assert page.text == "== versions ==\nagent 0.1\n\n== log ==\nđã phát\n"
    assert page.headers["Content-Disposition"] == f'attachment; filename="loa-1-{command}.txt"'
    assert technician.opens(f"loudspeakers/loa-2/diagnostics/{command}").status_code == 404
    assert visit(INSPECTOR).opens(f"loudspeakers/loa-1/diagnostics/{command}").status_code == 403


def test_the_door_refuses_what_nobody_asked_for_and_what_is_forged(
    app: Flask, visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    technician = visit(TECHNICIAN)
    _, envelope = gathered(store, clock, technician)

    forged = app.test_client().post("/agent/v1/diagnostics/loa-1", data=envelope[:-2] + b"x]")
    elsewhere = app.test_client().post("/agent/v1/diagnostics/loa-2", data=envelope)
    large = app.test_client().post("/agent/v1/diagnostics/loa-1", data=bytes(400_000))

    assert (forged.status_code, forged.get_json()["code"]) == (422, "wire.bad_signature")
    assert (elsewhere.status_code, elsewhere.get_json()["code"]) == (422, "wire.unknown_key")
    assert large.status_code == 413
    assert store.kept.commands.gathered == {}
