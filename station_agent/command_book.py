"""Keeps on the disk which commands came and what became of them, so that none is ever done twice.

It must not do anything itself.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.errors import WireError
from schedules.ids import CommandId
from schedules.wire.codec import read, written
from schedules.wire.command import CommandState, What
from station_agent.ports import Held

log = logging.getLogger(__name__)

REMEMBERED = timedelta(days=1)
"""How long past its end an id is kept: what became of it is told again with each new line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A command that came, and what became of it."""

    command: CommandId
    what: str
    expires: datetime
    state: CommandState
    reason: str = ""
    level_dbfs: float | None = None


class CommandBook:
    """One file a command.

    Args:
        files: Where they are; what an earlier run left at `accepted` was interrupted: a restart is done by this very
            start, everything else is rejected, and none is done again.
    """

    def __init__(self, files: Held) -> None:
        self._files = files
        self._kept: dict[CommandId, Kept] = {}
        for name, content in files.everything().items():
            try:
                kept = read(Kept, content)
            except WireError as error:
                log.warning("command_unreadable name=%s code=%s", name, error.code)
                continue
            self._kept[kept.command] = kept
        for kept in list(self._kept.values()):
            if kept.state is CommandState.ACCEPTED:
                self.put(_after_a_start(kept))

    @property
    def everything(self) -> tuple[Kept, ...]:
        """What is known, by id."""
        return tuple(self._kept[each] for each in sorted(self._kept))

    def get(self, command: CommandId) -> Kept | None:
        """Give what became of a command; None for one that never came."""
        return self._kept.get(command)

    def put(self, kept: Kept) -> bool:
        """Note what became of a command, on the disk before this returns; False when the disk does not take it."""
        self._kept[kept.command] = kept
        try:
            self._files.keep(kept.command, written(kept))
        except OSError as error:
            log.exception("command_not_kept command=%s error=%s", kept.command, error.errno)
            return False
        return True

    def forget(self, surely: datetime) -> None:
        """Drop what ended long before an instant that has surely passed: it would be told to have expired."""
        for kept in [each for each in self._kept.values() if each.expires + REMEMBERED <= surely]:
            del self._kept[kept.command]
            try:
                self._files.drop(kept.command)
            except OSError as error:
                log.warning("command_not_dropped command=%s error=%s", kept.command, error.errno)


def _after_a_start(kept: Kept) -> Kept:
    if kept.what == What.RESTART:
        return replace(kept, state=CommandState.DONE)
    return replace(kept, state=CommandState.REJECTED, reason="command.interrupted")
