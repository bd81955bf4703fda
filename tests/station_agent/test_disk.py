"""What holds a directory and keeps what is obeyed goes on where the disk refuses."""

import errno
import os
from pathlib import Path

import pytest

from station_agent.disk import only_one
from station_agent.errors import AgentError
from station_agent.held import HeldMessages


def test_a_directory_is_held_by_one_also_when_its_disk_became_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with only_one(tmp_path):
        pass
    opens = os.open

    def reading_only(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, "Read-only file system")
        return opens(path, flags, mode)

    monkeypatch.setattr(os, "open", reading_only)

    with only_one(tmp_path), pytest.raises(AgentError) as caught, only_one(tmp_path):
        pass

    assert caught.value.code == "agent.already_running"


def test_a_directory_is_free_again_when_it_was_let_go(tmp_path: Path) -> None:
    for _ in range(2):
        with only_one(tmp_path):
            assert (tmp_path / "lock").exists()


def test_a_message_the_card_has_torn_is_missing_and_the_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = HeldMessages(tmp_path)
    for name in ("assignment", "rundown"):
        held.keep(name, name.encode())
    read = Path.read_bytes

    def torn(path: Path) -> bytes:
        if path.name == "assignment":
            raise OSError(errno.EIO, "Input/output error")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", torn)

    assert held.everything() == {"rundown": b"rundown"}
