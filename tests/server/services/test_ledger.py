"""The ledger is signed as it grows, and once a day its head goes where the centre cannot take it back."""

import logging
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from schedules.ledger import HeadFile, KnownHead, LeafKind
from schedules.merkle import Frontier
from schedules.wire.messages import LedgerHead
from schedules.wire.seal import unsealed
from server.evidence_records import SignedHead
from server.services import ledger
from server.services.ledger import head_file, send_outside, sign_head
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = datetime.fromisoformat("2026-11-23T01:02:03Z")
DAY = timedelta(days=1)


def root_of(hashes: Sequence[bytes]) -> bytes:
    return Frontier().extended(hashes).root


class Mail:
    """Keeps what is sent; fails when told."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Path]] = []
        self.fails = False

    def send(self, subject: str, words: str, file: Path) -> None:
        if self.fails:
            raise TimeoutError
        self.sent.append((subject, file))


class Centre:
    """A ledger, a clock and the key that signs heads."""

    def __init__(self) -> None:
        self.store, self.clock, self.sealing = FakeStore(), FakeClock(MORNING), FakeSealing()

    def grows(self, count: int = 1) -> None:
        with self.store.writing() as uow:
            for _ in range(count):
                uow.ledger.append(LeafKind.AUDIT, "", b"%d" % uow.ledger.size(), at=self.clock.now())
            uow.commit()

    def signs(self) -> None:
        sign_head(self.store, self.clock, self.sealing, HANOI)

    def days(self, count: int) -> None:
        """Let days pass, each with a leaf and a head for outside."""
        for _ in range(count):
            self.grows()
            self.signs()
            self.clock.advance(DAY)

    def heads(self) -> list[SignedHead]:
        return list(self.store.kept.heads)

    def hashes(self) -> list[bytes]:
        return [leaf.hash for leaf in self.store.kept.leaves]


@pytest.fixture
def centre() -> Centre:
    return Centre()


def test_a_head_names_size_and_root_and_is_signed_by_the_state_key(centre: Centre) -> None:
    centre.grows(3)

    centre.signs()

    (head,) = centre.heads()
    message, _ = unsealed(head.envelope, centre.sealing.trust)
    assert isinstance(message, LedgerHead)
    assert (message.ledger.size, message.ledger.root) == (3, root_of(centre.hashes()).hex())
    assert (message.issued, message.number, message.epoch) == (MORNING, 3, 1)


def test_a_ledger_that_did_not_grow_is_not_signed_again(centre: Centre) -> None:
    centre.signs()
    centre.grows()
    centre.signs()

    centre.signs()

    assert len(centre.heads()) == 1


def test_the_tree_grows_from_the_last_head_in_small_steps(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_AT_ONCE", 2)
    centre.grows(3)
    centre.signs()

    centre.grows(5)
    centre.signs()

    assert [head.frontier.size for head in centre.heads()] == [3, 8]
    assert centre.heads()[-1].frontier.root == root_of(centre.hashes())
    assert len(head_file(centre.store, centre.heads()[0]).leaves) == 3


def test_the_first_head_of_a_civil_day_goes_outside(centre: Centre) -> None:
    for _ in range(4):
        centre.grows()
        centre.signs()
        centre.clock.advance(timedelta(hours=8))

    assert [head.outside for head in centre.heads()] == [True, False, True, False]


def test_a_file_has_the_heads_before_and_the_leaves_since_the_last_file(centre: Centre) -> None:
    for count, wait in ((3, DAY / 24), (1, DAY), (2, DAY)):
        centre.grows(count)
        centre.signs()
        centre.clock.advance(wait)

    file = head_file(centre.store, centre.heads()[-1])

    assert file.before == tuple(KnownHead(size, root_of(centre.hashes()[:size]).hex()) for size in (3, 4))
    assert file.leaves == tuple(each.hex()[:8] for each in centre.hashes()[3:])
    assert file.head == centre.heads()[-1].envelope


def test_the_file_is_written_once_and_sent_once(centre: Centre, tmp_path: Path) -> None:
    mail = Mail()
    centre.grows()
    centre.signs()

    for _ in range(2):
        send_outside(centre.store, tmp_path / "heads", mail)

    (file,) = (tmp_path / "heads").glob("*.json")
    assert HeadFile.of(file.read_text()) == head_file(centre.store, centre.heads()[-1])
    assert [each for _, each in mail.sent] == [file]
    assert mail.sent[0][0].startswith("Sổ bằng chứng 2026-11-23: 1 mục")


def test_the_file_is_on_the_disk_before_it_has_its_name(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    durable: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: durable.append(str(Path(f"/proc/self/fd/{handle}").readlink())))
    centre.grows()
    centre.signs()

    send_outside(centre.store, tmp_path, None)

    (file,) = tmp_path.iterdir()
    assert durable == [str(file.with_suffix(".part"))]


def test_a_mail_that_fails_is_said_and_tried_again_and_the_file_is_there(
    centre: Centre, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mail = Mail()
    mail.fails = True
    centre.grows()
    centre.signs()

    send_outside(centre.store, tmp_path, mail)
    mail.fails = False
    written = list(tmp_path.glob("*.json"))
    send_outside(centre.store, tmp_path, mail)

    assert [record.levelno for record in caplog.records if "stays_here" in record.message] == [logging.ERROR]
    assert len(written) == len(mail.sent) == 1


def test_a_directory_that_cannot_be_written_is_said(
    centre: Centre, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    centre.grows()
    centre.signs()

    send_outside(centre.store, tmp_path / "file" / "heads", None)

    assert "ledger_head_stays_here" in caplog.text


def test_without_a_mail_address_the_file_is_all(centre: Centre, tmp_path: Path) -> None:
    send_outside(centre.store, tmp_path, None)
    centre.grows()
    centre.signs()

    send_outside(centre.store, tmp_path, None)

    assert [file.suffix for file in tmp_path.iterdir()] == [".json"]


def test_heads_of_days_on_which_nothing_could_be_sent_follow_in_order(centre: Centre, tmp_path: Path) -> None:
    mail = Mail()
    centre.days(1)
    send_outside(centre.store, tmp_path, mail)
    mail.fails = True
    centre.days(1)
    send_outside(centre.store, tmp_path, mail)
    centre.days(2)
    mail.fails = False

    send_outside(centre.store, tmp_path, mail)

    files = sorted(tmp_path.glob("*.json"))
    assert [each for _, each in mail.sent] == files
    assert [short for file in files for short in HeadFile.of(file.read_text()).leaves] == [
        each.hex()[:8] for each in centre.hashes()
    ]


def test_what_was_taken_away_from_the_directory_is_not_sent_again(centre: Centre, tmp_path: Path) -> None:
    mail = Mail()
    for _ in range(2):
        centre.days(1)
        send_outside(centre.store, tmp_path, mail)
    for file in tmp_path.iterdir():
        file.unlink()

    send_outside(centre.store, tmp_path, mail)

    assert [HeadFile.of(file.read_text()).head for file in tmp_path.glob("*.json")] == [centre.heads()[-1].envelope]
    assert len(mail.sent) == 3
