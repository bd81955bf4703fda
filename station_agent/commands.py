"""Commands: each verified one is written down, done once and answered; or it says why not.

What each of them does to the sound is decided elsewhere (`tone`); what is to hold over a restart is no command.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from schedules.errors import WireError
from schedules.guard import Rules
from schedules.ids import DeviceId
from schedules.playout import starts_between
from schedules.wire import topics
from schedules.wire.command import LONGEST, Command, CommandAnswered, CommandState, DiagnosticsGathered, Section, What
from station_agent.command_book import CommandBook, Kept
from station_agent.orders import Orders
from station_agent.ports import Clock, Delivered, Held, Host, PlayEnded, Player, PlayStarted
from station_agent.reports import NEVER, Reports
from station_agent.tone import ToneAir

log = logging.getLogger(__name__)

TOLERANCE = timedelta(minutes=5)
"""How far the centre's clock and ours may differ; what ends later than an hour and this from now was kept back."""
CLEAR_FOR_A_TONE = timedelta(seconds=10)
CLEAR_FOR_A_RESTART = timedelta(seconds=60)
"""How long nothing may begin: a small machine starts again within it, and cues what comes."""
_KINDS = frozenset(What)


class Commands:
    """Obeys the commands of one device.

    Args:
        device: This one's id; a command for another one is nothing here.
        clock: Tells the time.
        player: Makes the sound.
        orders: What is to sound.
        reports: Answers.
        files: Where ids are kept.
        host: The process and the machine it runs on.
        resync: Asks for everything again.
        gather: Tells what the agent knows of itself.
    """

    def __init__(  # noqa: PLR0913 - a command may concern everything
        self,
        device: DeviceId,
        *,
        clock: Clock,
        player: Player,
        orders: Orders,
        reports: Reports,
        files: Held,
        host: Host,
        resync: Callable[[], None],
        gather: Callable[[], Sequence[Section]],
    ) -> None:
        self._device = device
        self._clock = clock
        self._player = player
        self._orders = orders
        self._reports = reports
        self._host = host
        self._resync = resync
        self._gather = gather
        self._book = CommandBook(files)
        self._tone = ToneAir(clock, player)
        self._toned: Kept | None = None
        self._restarting: Kept | None = None
        self._logs_until: float | None = None
        self.wants_restart = False

    # `wants_restart`: whether the process is to end, so that whoever keeps it starts it again

    def receive(self, command: Command, rules: Rules | None) -> None:
        """Obey a verified command, or say why not.

        Args:
            command: Verified, for this loudspeaker.
            rules: What the guard keeps.

        Raises:
            WireError: It is for another device, or was kept back for another day; nobody is answered.
        """
        if command.device != self._device:
            raise WireError("wire.wrong_audience", audience=command.device, expected=self._device)
        known = self._book.get(command.command)
        if known is not None:
            self._answer(known)
            return
        now, expires = self._clock.now(), command.expires or command.issued
        kept = Kept(command=command.command, what=command.what, expires=expires, state=CommandState.ACCEPTED)
        if self._clock.interval() is None:
            self._answer(replace(kept, state=CommandState.REJECTED, reason="command.clock_unknown"))
        elif now >= expires:
            self._answer(replace(kept, state=CommandState.EXPIRED))
        elif expires > now + LONGEST + TOLERANCE:
            raise WireError("wire.too_far_ahead", number=command.number)
        elif reason := self._refusal(command, rules):
            self._settle(kept, CommandState.REJECTED, reason)
        elif not self._book.put(kept):
            self._settle(kept, CommandState.REJECTED, "held.unwritable")
        else:
            log.warning("command_accepted command=%s what=%s", command.command, command.what)
            self._answer(kept)
            self._do(command, kept, rules)

    def tick(self, rules: Rules | None) -> None:
        """Carry on with what takes time."""
        self._tone.settle(rules)
        if self._logs_until is not None and self._clock.monotonic() >= self._logs_until:
            self._logs_until = None
            self._host.log_at(None)
        restarting, now = self._restarting, self._clock.now()
        if restarting is not None and now >= restarting.expires:
            self._restarting = None
            self._settle(restarting, CommandState.EXPIRED)
        elif restarting is not None and not self._is_busy(now, CLEAR_FOR_A_RESTART):
            self.wants_restart = True
        interval = self._clock.interval()
        if interval is not None:
            self._book.forget(interval.earliest)

    def heard(self, report: PlayStarted | PlayEnded, rules: Rules | None) -> None:
        """Take in what the player says."""
        ended, toned = self._tone.heard(report, rules), self._toned
        if ended is not None and toned is not None:
            state = CommandState.REJECTED if ended.reason else CommandState.DONE
            self._settle(replace(toned, level_dbfs=ended.level_dbfs), state, ended.reason)

    def delivered(self, event: Delivered) -> None:
        """Take in whether the centre has what was gathered."""
        kept = self._book.get(event.command)
        if kept is not None:
            reason = "command.not_delivered" if event.fault else ""
            self._settle(kept, CommandState.REJECTED if reason else CommandState.DONE, reason)

    def say_again(self) -> None:
        """Answer again what was answered: the line is new, and the last word may be lost."""
        for kept in self._book.everything:
            self._answer(kept)

    def stop(self, reason: str) -> None:
        """Say why what sounds ends; whoever calls hushes the player."""
        self._tone.stop(reason)

    def _refusal(self, command: Command, rules: Rules | None) -> str:
        """Give the code of why it cannot be done now; empty when it can."""
        if command.what not in _KINDS:
            return "command.unknown"
        if command.what == What.RESTART:
            return "command.emergency" if self._is_warned(self._clock.now()) else ""
        if command.what == What.TEST_TONE:
            busy = self._is_busy(self._clock.now(), CLEAR_FOR_A_TONE)
            return "command.on_air" if busy else self._tone.refusal(rules)
        return ""

    def _do(self, command: Command, kept: Kept, rules: Rules | None) -> None:
        match What(command.what):
            case What.TEST_TONE:
                self._toned = kept
                if reason := self._tone.begin(rules):
                    self._settle(kept, CommandState.REJECTED, reason)
            case What.RESTART:
                self._restarting = kept
            case What.RESYNC:
                self._resync()
                self._settle(kept, CommandState.DONE)
            case What.LOG_LEVEL:
                self._host.log_at(command.level)
                assert command.until is not None  # noqa: S101 - such a command does not exist
                self._logs_until = self._clock.monotonic_at(command.until)
                self._settle(kept, CommandState.DONE)
            case What.DIAGNOSTICS:
                sections = tuple(self._gather())
                gathered = DiagnosticsGathered(
                    audience=topics.SERVER, number=0, issued=NEVER, command=kept.command, sections=sections
                )
                self._host.deliver(kept.command, self._reports.envelope(gathered))

    def _is_busy(self, now: datetime, clear: timedelta) -> bool:
        """Tell whether something sounds, or is about to."""
        begins = bool(starts_between(self._orders.rundown, now, now + clear))
        return begins or bool(self._player.sounding()) or self._is_warned(now)

    def _is_warned(self, now: datetime) -> bool:
        """Tell whether an emergency or an exercise lives: between its repeats nothing sounds."""
        known = self._orders.announced.lists
        return any(each.expires > now for listed in known for each in listed.live) or any(
            each.until > now for listed in known for each in listed.exercises
        )

    def _settle(self, kept: Kept, state: CommandState, reason: str = "") -> None:
        """Note what became of a command, and say so."""
        settled = replace(kept, state=state, reason=reason)
        log.warning("command_settled command=%s what=%s state=%s reason=%s", kept.command, kept.what, state, reason)
        self._book.put(settled)
        self._answer(settled)

    def _answer(self, kept: Kept) -> None:
        self._reports.answer(
            CommandAnswered(
                audience=topics.SERVER,
                number=0,
                issued=NEVER,
                command=kept.command,
                state=kept.state,
                reason=kept.reason,
                level_dbfs=kept.level_dbfs,
            )
        )
