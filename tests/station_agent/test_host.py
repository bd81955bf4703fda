"""What the process tells of itself holds no secret, and reaches the centre or says why not."""

import logging
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from schedules.ids import CommandId
from station_agent.config import Broker, Config
from station_agent.host import LINE, LINES, RecentLog, ThisHost
from station_agent.identity import make_key
from station_agent.ports import Delivered
from tests.station_agent.door import FakeDoor, refusal

FORM = logging.Formatter("%(levelname)s %(message)s")


@pytest.fixture
def door() -> Iterator[FakeDoor]:
    door = FakeDoor()
    yield door
    door.close()


@pytest.fixture
def recent() -> RecentLog:
    return RecentLog(FORM)


@pytest.fixture
def reports() -> "SimpleQueue[Delivered]":
    return SimpleQueue()


@pytest.fixture
def host(tmp_path: Path, door: FakeDoor, recent: RecentLog, reports: "SimpleQueue[Delivered]") -> ThisHost:
    config = Config(
        loudspeaker="loa-1",
        broker=Broker(host="broker.example.vn", port=8883),
        audio_url="https://name:hush@radio.example.vn/audio/?token=hush",
        state_directory=tmp_path,
        trust_roots=(),
        log_level="warning",
    )
    return ThisHost(config, server=door.url, recent=recent, report=reports.put)


def write(recent: RecentLog, text: str, *, error: BaseException | None = None) -> None:
    about = None if error is None else (type(error), error, None)
    recent.handle(logging.LogRecord("x", logging.INFO, "", 0, text, None, about))


def test_it_tells_of_program_settings_disk_and_log(host: ThisHost, recent: RecentLog, tmp_path: Path) -> None:
    make_key(tmp_path)
    write(recent, "agent_started")

    told = {each.name: each.text for each in host.about()}

    assert set(told) == {"versions", "settings", "disk", "log"}
    assert "broker=broker.example.vn:8883" in told["settings"]
    assert "audio=https://radio.example.vn/audio/" in told["settings"]
    assert told["log"] == "INFO agent_started"
    assert "files=1 " in told["disk"]


def test_no_secret_is_told(host: ThisHost, tmp_path: Path) -> None:
    make_key(tmp_path)
    secrets = [each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()]

    told = "".join(each.text for each in host.about()).encode()

    assert b"hush" not in told
    assert not any(each.strip() in told or each.hex().encode() in told for each in secrets)


def test_of_the_log_the_last_lines_are_kept_and_each_no_longer_than_it_may_be(recent: RecentLog) -> None:
    for number in range(LINES + 10):
        write(recent, f"{number} " + "x" * LINE)

    assert len(recent.lines) == LINES
    assert recent.lines[0].startswith("INFO 10 x")
    assert {len(each) for each in recent.lines} == {LINE}


def test_of_an_error_the_line_that_says_it_is_kept(recent: RecentLog) -> None:
    write(recent, "loop_failed", error=ValueError("no sound"))

    assert recent.lines == ("INFO loop_failed", "ValueError: no sound")


def test_the_log_goes_by_the_settings_again(host: ThisHost) -> None:
    root = logging.getLogger()
    before = root.level
    try:
        host.log_at("debug")
        raised = root.level
        host.log_at(None)

        assert (raised, root.level) == (logging.DEBUG, logging.WARNING)
    finally:
        root.setLevel(before)


def test_what_is_handed_in_reaches_the_centre(
    host: ThisHost, door: FakeDoor, reports: "SimpleQueue[Delivered]"
) -> None:
    door.replies = [(204, b"")]

    host.deliver(CommandId("c1"), b"envelope")

    assert reports.get(timeout=5) == Delivered(CommandId("c1"))
    assert door.bodies == [b"envelope"]


@pytest.mark.parametrize(
    ("status", "content", "fault"),
    [(*refusal("command.not_asked"), "command.not_asked"), (500, b"", "enrol.not_the_centre")],
)
def test_what_the_centre_does_not_take_is_told(
    host: ThisHost, door: FakeDoor, reports: "SimpleQueue[Delivered]", status: int, content: object, fault: str
) -> None:
    door.replies = [(status, content)]

    host.deliver(CommandId("c1"), b"envelope")

    assert reports.get(timeout=5) == Delivered(CommandId("c1"), fault)


def test_a_centre_that_cannot_be_reached_is_told(
    host: ThisHost, door: FakeDoor, reports: "SimpleQueue[Delivered]"
) -> None:
    door.close()

    host.deliver(CommandId("c1"), b"envelope")

    assert reports.get(timeout=5) == Delivered(CommandId("c1"), "enrol.unreachable")
