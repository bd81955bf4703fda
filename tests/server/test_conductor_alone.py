"""The conductor at its start, when what it looks after besides cannot be looked after."""

import time
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from server import bootstrap
from server.certificates import make_authority
from server.clock import WallClock
from server.conductor import Conductor
from server.config import Broker, Config
from server.errors import KeysInvalid
from server.services import ledger
from server.services.leases import CONDUCTOR, Claim
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.services.device import trust_list
from tests.server.services.radio import SON_HA, Radio, local
from tests.server.services.test_digests import Letters
from tests.server.services.test_ledger import MORNING


@pytest.mark.parametrize(
    ("host", "authority", "warns"), [("broker", False, 1), ("broker", True, 0), ("127.0.0.1", False, 0)]
)
def test_a_line_to_another_machine_without_tls_is_said_to_be_open(
    host: str, authority: bool, warns: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_authority(tmp_path, now=MORNING)
    known = tmp_path / "authority.pem" if authority else None

    bootstrap._line(Config(broker=Broker(host=host, authority=known)), WallClock())  # noqa: SLF001 - opens nothing

    assert len(caplog.records) == warns


class Line:
    """A line to a broker that never comes."""

    stands = False

    def __init__(self) -> None:
        self.started = Event()

    def start(self, **_: object) -> None:
        self.started.set()

    def stop(self) -> None:
        """Nothing was begun."""


def keep_trust(store: FakeStore, sealing: FakeSealing) -> None:
    with store.writing() as uow:
        uow.issue.add_trust_list(sealing.trust_number, trust_list(sealing))
        uow.commit()


def test_neither_a_certificate_nor_the_ledger_keeps_the_line_from_being_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise KeysInvalid("keys.readable_by_others", file="broker.pem")

    monkeypatch.setattr(ledger, "sign_head", fails)
    line, store, sealing, clock = Line(), FakeStore(), FakeSealing(), FakeClock(MORNING)
    keep_trust(store, sealing)
    parts = SimpleNamespace(
        store=store,
        claim=Claim(store, CONDUCTOR, holder="this", is_gone=lambda _: False, elapsed=time.monotonic, clock=clock),
        clock=clock,
        sealing=sealing,
        link=line,
        desk=None,
        accounts=None,
        voice=None,
        mail=None,
        heads=None,
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        warn_of_certificates=fails,
    )
    conductor = Conductor(parts)  # type: ignore[arg-type]  # as much of it as is asked for
    working = Thread(target=conductor.run)
    working.start()

    started = line.started.wait(10)
    conductor.stop()
    working.join(10)

    assert started
    assert not working.is_alive()


def test_the_conductor_tells_of_a_lost_line_and_makes_and_mails_digests(tmp_path: Path) -> None:
    radio, line, letters = Radio(uploads=tmp_path), Line(), Letters()
    parts = SimpleNamespace(
        store=radio.store,
        clock=radio.clock,
        link=line,
        accounts=None,
        voice=None,
        post=letters,
        digests={SON_HA: ("dai@sonha.vn",)},
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
    )
    conductor = Conductor(parts)  # type: ignore[arg-type]  # as much of it as is asked for
    radio.at(local(20))

    conductor._make_digests()  # noqa: SLF001  # what its timer calls
    conductor._watch()  # noqa: SLF001
    radio.clock.advance(timedelta(minutes=2))
    conductor._watch()  # noqa: SLF001

    assert [code for _, code in radio.store.kept.readiness.digests] == ["evening-2026-11-24"] * 2
    assert [(subject, to) for subject, _, to in letters.sent] == [
        ("Bản tin sẵn sàng – Xã Sơn Hà – Buổi sáng 05:30 24/11/2026", ("dai@sonha.vn",))
    ]
    assert [each.code for each in radio.store.kept.readiness.alarms.values()] == ["alarm.line"]
