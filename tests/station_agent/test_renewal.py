"""The certificate of a device: when it asks for the next one, and which answers it believes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from schedules.errors import WireError
from schedules.guard import ClockInterval
from schedules.ids import LoudspeakerId
from schedules.wire import topics
from schedules.wire.possession import certificate_requested
from schedules.wire.seal import SigningKey, sealed
from station_agent.enrolment import enrol
from station_agent.errors import DoorError
from station_agent.identity import certificate_expires, place, read_key
from station_agent.ports import Received
from station_agent.renewal import BEFORE_ITS_END, LOST_FOR, Renewal
from tests.station_agent.door import NOW, OTHER_ROOT, ROOT, THIEF, FakeDoor, refusal, trust_list

END = NOW + timedelta(days=90)
LINE = b'{"code": "enrol.used\\nCRITICAL all is lost", "vi": "", "en": ""}'
ESCAPE = b'{"code": "enrol.used", "vi": "\\u001b[2J", "en": ""}'


@dataclass
class StillClock:
    """A clock a test moves."""

    at: datetime = NOW
    ran: float = 0.0
    trusted: bool = True

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.ran

    def interval(self) -> ClockInterval | None:
        return ClockInterval.around(self.at, timedelta(0)) if self.trusted else None


@dataclass
class Device:
    """An enrolled device and its centre."""

    state: Path
    door: FakeDoor
    clock: StillClock = field(default_factory=StillClock)
    delivered: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        enrol(self.door.code(), self.state, now=NOW, is_meant=lambda _: True)
        self.door.bodies.clear()
        self.renewal = self.restarted()

    @property
    def key(self) -> SigningKey:
        return read_key(self.state)

    def restarted(self) -> Renewal:
        return Renewal(
            self.state,
            server=self.door.url,
            loudspeaker=LoudspeakerId("loa-1"),
            key=self.key,
            clock=self.clock,  # type: ignore[arg-type]  # as much of a clock as is asked for
            deliver=self.delivered.append,
        )

    def files(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in place(self.state).iterdir() if file.suffix == ".pem"}


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    door = FakeDoor()
    yield Device(tmp_path / "state", door)
    door.close()


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (END - BEFORE_ITS_END - timedelta(seconds=1), False),
        (END - BEFORE_ITS_END, True),
        (END, True),
        (END + timedelta(days=900), True),
    ],
)
def test_it_asks_from_thirty_days_before_the_end_and_at_any_time_after(device: Device, at: datetime, due: bool) -> None:
    device.clock.at = at

    assert device.renewal.is_due() is due


def test_without_a_clock_it_asks_after_a_while_since_nobody_may_have_told_it_the_time_for_that_reason(
    device: Device,
) -> None:
    device.clock.trusted = False

    at_first = device.renewal.is_due()
    device.clock.ran = LOST_FOR + 1

    assert (at_first, device.renewal.is_due()) == (False, True)


def test_where_there_is_no_certificate_nothing_is_asked(tmp_path: Path) -> None:
    door = FakeDoor()
    door.certificates = False
    device = Device(tmp_path / "state", door)
    device.clock.at = END

    assert not device.renewal.is_due()
    door.close()


def test_the_new_certificate_takes_the_old_ones_place_with_its_key(device: Device) -> None:
    device.clock.at = END + timedelta(days=9)
    before = device.files()

    renewed = device.renewal.renew()

    after = device.files()
    asked = certificate_requested(device.door.bodies[0], lambda _: device.key.public)
    assert renewed
    assert asked.device == device.key.key
    assert certificate_expires(device.state) == NOW + timedelta(days=190)
    assert after["authority.pem"] == b"next authority"
    assert b"MIIC" in after["tls.pem"]
    assert before["tls.pem"].split(b"CERTIFICATE")[0] != after["tls.pem"].split(b"CERTIFICATE")[0]


def test_a_request_that_was_not_decided_is_repeated_as_it_was(device: Device) -> None:
    device.door.replies = [(0, None), (202, {"code": "enrolment.waiting", "vi": "", "en": ""})]

    with pytest.raises(DoorError, match=r"enrol\.unreachable"):
        device.renewal.renew()
    outcomes = [device.renewal.renew(), device.renewal.renew()]

    assert outcomes == [False, True]
    assert len(device.door.bodies) == 3
    assert len(set(device.door.bodies)) == 1


def test_each_request_is_numbered_above_the_one_before_whatever_the_clock_says(device: Device) -> None:
    device.renewal.renew()
    device.clock.at = datetime.fromtimestamp(0, tz=NOW.tzinfo)
    device.restarted().renew()

    first, second = (certificate_requested(body, lambda _: device.key.public) for body in device.door.bodies)
    assert second.number == first.number + 1


def test_a_refusal_changes_nothing_and_the_next_request_is_another(device: Device) -> None:
    device.door.replies = [refusal("certificate.too_soon")]
    before = device.files()

    with pytest.raises(DoorError, match=r"certificate\.too_soon"):
        device.renewal.renew()
    untouched = device.files()
    device.renewal.renew()

    assert untouched == before
    assert len(set(device.door.bodies)) == 2


@pytest.mark.parametrize(
    "says", [{"nonce": "another"}, {"audience": "loudspeaker:loa-2"}, {"epoch": 2}], ids=["nonce", "audience", "epoch"]
)
def test_an_answer_for_another_is_not_believed(device: Device, says: dict[str, object]) -> None:
    device.door.says = says
    before = device.files()

    with pytest.raises(WireError):
        device.renewal.renew()

    assert device.files() == before


def test_an_answer_by_a_key_that_is_not_trusted_is_not_believed(device: Device) -> None:
    device.door.signer = THIEF
    before = device.files()

    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        device.renewal.renew()

    assert device.files() == before


def test_lists_that_came_while_it_was_away_are_walked_and_handed_on(device: Device) -> None:
    turned = sealed(trust_list(2, root=OTHER_ROOT), ROOT, OTHER_ROOT)
    third = sealed(trust_list(3, root=OTHER_ROOT), OTHER_ROOT)
    forged = sealed(trust_list(4, root=THIEF), THIEF)
    device.door.lists += [turned, third, forged]

    device.renewal.renew()

    assert device.delivered == [Received(topics.trust(2), turned), Received(topics.trust(3), third)]


def test_the_thread_renews_by_itself_and_ends(device: Device) -> None:
    device.clock.at = END
    device.renewal.start()
    for _ in range(400):
        if certificate_expires(device.state) != END:
            break
        device.renewal._closed.wait(0.01)  # noqa: SLF001
    device.renewal.close()

    assert certificate_expires(device.state) == NOW + timedelta(days=190)
    assert not device.renewal._thread.is_alive()  # noqa: SLF001


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"7", b"[]", b'{"code": []}', LINE, ESCAPE, b"[" * 1_000_000, b'{"a":' * 200_000, b"9" * 10_000],
    ids=[
        "nothing",
        "bytes",
        "number",
        "list",
        "no code",
        "a line for the log",
        "an order to the terminal",
        "lists without end",
        "objects without end",
        "long number",
    ],
)
def test_whatever_is_answered_on_the_line_ends_no_thread(device: Device, content: bytes) -> None:
    device.door.replies = [(403 if b"vi" in content else 200, content)]

    with pytest.raises(DoorError, match=r"enrol\.not_the_centre"):
        device.renewal.renew()

    assert device.renewal.renew()


@pytest.mark.parametrize("name", ["renewal.json", "tls.pem"])
@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[]", b'{"number": null}', b"2026-99-99T00:00:00Z\n"])
def test_a_file_torn_by_a_bad_card_costs_no_visit(device: Device, name: str, content: bytes) -> None:
    (place(device.state) / name).write_bytes(content)
    device.clock.at = END if name == "renewal.json" else NOW

    assert device.renewal.is_due()
    assert device.renewal.renew()
    assert certificate_expires(device.state) == NOW + timedelta(days=190)
