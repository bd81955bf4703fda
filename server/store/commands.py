"""Commands, answers and what was gathered, in the database. It must not decide who may command."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from schedules.ids import CommandId, DeviceId, LoudspeakerId, PersonId
from server.command_records import Diagnostics, GivenCommand, KeptAnswer
from server.store.rows import CommandAnswerRow, CommandRow, DiagnosticsRow


class SqlCommands:
    """See `command_port.Commands`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, command: GivenCommand) -> None:
        """Keep a command."""
        self._session.add(
            CommandRow(
                id=command.id,
                loudspeaker=command.loudspeaker,
                device=command.device,
                what=command.what,
                given_at=command.given_at,
                given_by=command.by,
                expires=command.expires,
                level=command.level,
                until=command.until,
                together=command.together,
                sent_at=command.sent_at,
            )
        )
        self._session.flush()

    def get(self, command: CommandId) -> GivenCommand | None:
        """Give one command."""
        row = self._session.get(CommandRow, command)
        return None if row is None else _command(row)

    def to(self, loudspeakers: Iterable[LoudspeakerId], *, since: datetime) -> Sequence[GivenCommand]:
        """Give what was given to some loudspeakers since an instant, the newest first."""
        row = CommandRow
        query = select(row).where(row.loudspeaker.in_(list(loudspeakers)), row.given_at >= since)
        query = query.order_by(row.given_at.desc(), row.id.desc())
        return [_command(each) for each in self._session.scalars(query)]

    def waiting(self, now: datetime) -> Sequence[GivenCommand]:
        """Give what has not expired and was not answered, the oldest first."""
        row = CommandRow
        answered = select(CommandAnswerRow.command).where(CommandAnswerRow.command == row.id).exists()
        query = select(row).where(row.expires > now, ~answered).order_by(row.given_at, row.id)
        return [_command(each) for each in self._session.scalars(query)]

    def sent(self, commands: Iterable[CommandId], at: datetime) -> None:
        """Note that commands left for the broker."""
        told = update(CommandRow).where(CommandRow.id.in_(list(commands))).values(sent_at=at)
        self._session.execute(told, execution_options={"synchronize_session": False})

    def given_by(self, person: PersonId, *, since: datetime) -> Sequence[GivenCommand]:
        """Give what a person gave since an instant, the oldest first."""
        row = CommandRow
        query = select(row).where(row.given_by == person, row.given_at >= since)
        query = query.order_by(row.given_at, row.id)
        return [_command(each) for each in self._session.scalars(query)]

    def answer(self, answer: KeptAnswer) -> bool:
        """Keep an answer; False when that state of that command was kept before."""
        if self._session.get(CommandAnswerRow, (answer.command, answer.state)) is not None:
            return False
        self._session.add(
            CommandAnswerRow(
                command=answer.command,
                state=answer.state,
                number=answer.number,
                received_at=answer.received_at,
                reason=answer.reason,
                level_dbfs=answer.level_dbfs,
                envelope=answer.envelope,
            )
        )
        self._session.flush()
        return True

    def answers(self, commands: Iterable[CommandId]) -> Mapping[CommandId, Sequence[KeptAnswer]]:
        """Give what was answered, by command, in the agents' own order; nothing for what was not answered."""
        row = CommandAnswerRow
        query = select(row).where(row.command.in_(list(commands))).order_by(row.number, row.received_at)
        found: dict[CommandId, list[KeptAnswer]] = {}
        for each in self._session.scalars(query):
            found.setdefault(CommandId(each.command), []).append(
                KeptAnswer(
                    command=CommandId(each.command),
                    state=each.state,
                    number=each.number,
                    received_at=each.received_at,
                    reason=each.reason,
                    level_dbfs=each.level_dbfs,
                    envelope=each.envelope,
                )
            )
        return found

    def put_diagnostics(self, gathered: Diagnostics, *, keep: int) -> None:
        """Keep what was gathered; of each loudspeaker only the newest few are."""
        self._session.merge(
            DiagnosticsRow(
                command=gathered.command,
                loudspeaker=gathered.loudspeaker,
                received_at=gathered.received_at,
                envelope=gathered.envelope,
            )
        )
        self._session.flush()
        row = DiagnosticsRow
        own = select(row.command).where(row.loudspeaker == gathered.loudspeaker)
        newest = list(self._session.scalars(own.order_by(row.received_at.desc(), row.command.desc()).limit(keep)))
        gone = delete(row).where(row.loudspeaker == gathered.loudspeaker, row.command.not_in(newest))
        self._session.execute(gone, execution_options={"synchronize_session": False})

    def diagnostics(self, command: CommandId) -> Diagnostics | None:
        """Give what was gathered as a command asked."""
        row = self._session.get(DiagnosticsRow, command)
        if row is None:
            return None
        return Diagnostics(
            command=CommandId(row.command),
            loudspeaker=LoudspeakerId(row.loudspeaker),
            received_at=row.received_at,
            envelope=row.envelope,
        )

    def have_diagnostics(self, commands: Iterable[CommandId]) -> frozenset[CommandId]:
        """Tell of which commands there is something to read."""
        row = DiagnosticsRow
        query = select(row.command).where(row.command.in_(list(commands)))
        return frozenset(CommandId(each) for each in self._session.scalars(query))


def _command(row: CommandRow) -> GivenCommand:
    return GivenCommand(
        id=CommandId(row.id),
        loudspeaker=LoudspeakerId(row.loudspeaker),
        device=DeviceId(row.device),
        what=row.what,
        given_at=row.given_at,
        by=PersonId(row.given_by),
        expires=row.expires,
        level=row.level,
        until=row.until,
        together=row.together,
        sent_at=row.sent_at,
    )
