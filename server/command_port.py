"""What the use cases need kept of commands, as a protocol. It must not name a framework."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from schedules.ids import CommandId, LoudspeakerId, PersonId
from server.command_records import Diagnostics, GivenCommand, KeptAnswer


class Commands(Protocol):
    """Commands, what was answered, and what was gathered."""

    def add(self, command: GivenCommand) -> None:
        """Keep a command."""
        ...

    def get(self, command: CommandId) -> GivenCommand | None:
        """Give one command."""
        ...

    def to(self, loudspeakers: Iterable[LoudspeakerId], *, since: datetime) -> Sequence[GivenCommand]:
        """Give what was given to some loudspeakers since an instant, the newest first."""
        ...

    def waiting(self, now: datetime) -> Sequence[GivenCommand]:
        """Give what has not expired and was not answered, the oldest first."""
        ...

    def sent(self, commands: Iterable[CommandId], at: datetime) -> None:
        """Note that commands left for the broker."""
        ...

    def given_by(self, person: PersonId, *, since: datetime) -> Sequence[GivenCommand]:
        """Give what a person gave since an instant, the oldest first."""
        ...

    def answer(self, answer: KeptAnswer) -> bool:
        """Keep an answer; False when that state of that command was kept before."""
        ...

    def answers(self, commands: Iterable[CommandId]) -> Mapping[CommandId, Sequence[KeptAnswer]]:
        """Give what was answered, by command, in the agents' own order; nothing for what was not answered."""
        ...

    def put_diagnostics(self, gathered: Diagnostics, *, keep: int) -> None:
        """Keep what was gathered; of each loudspeaker only the newest few are."""
        ...

    def diagnostics(self, command: CommandId) -> Diagnostics | None:
        """Give what was gathered as a command asked."""
        ...

    def have_diagnostics(self, commands: Iterable[CommandId]) -> frozenset[CommandId]:
        """Tell of which commands there is something to read."""
        ...
