"""Commands, answers and what was gathered, in memory; the rows are copied with the rest of the fake store."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime

from schedules.ids import CommandId, LoudspeakerId, PersonId
from schedules.wire.command import CommandState
from server.command_records import Diagnostics, GivenCommand, KeptAnswer


@dataclass
class KeptCommands:
    """Everything there is of them."""

    given: dict[CommandId, GivenCommand] = field(default_factory=dict)
    answers: dict[tuple[CommandId, CommandState], KeptAnswer] = field(default_factory=dict)
    gathered: dict[CommandId, Diagnostics] = field(default_factory=dict)

    def __copy__(self) -> "KeptCommands":
        return KeptCommands(copy(self.given), copy(self.answers), copy(self.gathered))


class FakeCommands:
    """See `command_port.Commands`."""

    def __init__(self, kept: KeptCommands) -> None:
        self._kept = kept

    def add(self, command: GivenCommand) -> None:
        self._kept.given[command.id] = command

    def get(self, command: CommandId) -> GivenCommand | None:
        return self._kept.given.get(command)

    def to(self, loudspeakers: Iterable[LoudspeakerId], *, since: datetime) -> Sequence[GivenCommand]:
        wanted = set(loudspeakers)
        found = [each for each in self._in_order() if each.loudspeaker in wanted and each.given_at >= since]
        return found[::-1]

    def waiting(self, now: datetime) -> Sequence[GivenCommand]:
        answered = {command for command, _ in self._kept.answers}
        return [each for each in self._in_order() if each.expires > now and each.id not in answered]

    def sent(self, commands: Iterable[CommandId], at: datetime) -> None:
        for command in commands:
            self._kept.given[command] = replace(self._kept.given[command], sent_at=at)

    def given_by(self, person: PersonId, *, since: datetime) -> Sequence[GivenCommand]:
        return [each for each in self._in_order() if each.by == person and each.given_at >= since]

    def answer(self, answer: KeptAnswer) -> bool:
        key = (answer.command, answer.state)
        is_new = key not in self._kept.answers
        if is_new:
            self._kept.answers[key] = answer
        return is_new

    def answers(self, commands: Iterable[CommandId]) -> Mapping[CommandId, Sequence[KeptAnswer]]:
        wanted = set(commands)
        found: dict[CommandId, list[KeptAnswer]] = {}
        for each in sorted(self._kept.answers.values(), key=lambda each: (each.number, each.received_at)):
            if each.command in wanted:
                found.setdefault(each.command, []).append(each)
        return found

    def put_diagnostics(self, gathered: Diagnostics, *, keep: int) -> None:
        self._kept.gathered[gathered.command] = gathered
        own = [each for each in self._kept.gathered.values() if each.loudspeaker == gathered.loudspeaker]
        for gone in sorted(own, key=lambda each: (each.received_at, each.command))[:-keep]:
            del self._kept.gathered[gone.command]

    def diagnostics(self, command: CommandId) -> Diagnostics | None:
        return self._kept.gathered.get(command)

    def have_diagnostics(self, commands: Iterable[CommandId]) -> frozenset[CommandId]:
        return frozenset(commands) & self._kept.gathered.keys()

    def _in_order(self) -> list[GivenCommand]:
        return sorted(self._kept.given.values(), key=lambda each: (each.given_at, each.id))
