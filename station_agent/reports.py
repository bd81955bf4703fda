"""What the agent says and when: presence, receipts, as-run reports; numbered, sealed with the device's key.

Nothing is kept for later: after a reconnect everything is said again as it is then.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from schedules.asrun import AsRunEntry
from schedules.ids import LoudspeakerId
from schedules.mark import Mark
from schedules.wire import topics
from schedules.wire.command import CommandAnswered
from schedules.wire.messages import AsRunReport, Challenge, Message, Presence, RundownReceipt
from schedules.wire.seal import SigningKey, sealed
from station_agent.ports import Clock, Journal, Link, Pending

ENTRIES = 100
"""Entries and marks a report takes: about 80 KB, far below what a payload may be."""
RESEND = 30.0
"""Seconds after which an unacknowledged report is sent again."""
ONE_MORE_FILE = 5.0
"""Seconds between receipts that only tell of one more file."""
GRACE = timedelta(seconds=30)
"""How late a heartbeat may come before it is missed."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

ABSENT = Presence(audience=topics.SERVER, number=0, issued=NEVER, online=False)

M = TypeVar("M", bound=Message)

_LEAVES: dict[type[Message], tuple[str, bool]] = {
    Presence: ("presence", True),
    RundownReceipt: ("receipt", True),
    AsRunReport: ("as-run", False),
    Challenge: ("challenge", False),
    CommandAnswered: ("answer", False),
}
"""Where each sort of message goes, and whether the broker keeps the last one."""


class Reports:
    """Speaks for one loudspeaker.

    Args:
        loudspeaker: Who speaks.
        key: The device's own.
        link: The line.
        clock: Dates and numbers the messages.
        heartbeat: Seconds between two presence messages when nothing changes.
    """

    def __init__(
        self, loudspeaker: LoudspeakerId, *, key: SigningKey, link: Link, clock: Clock, heartbeat: float
    ) -> None:
        self._loudspeaker = loudspeaker
        self._key = key
        self._link = link
        self._clock = clock
        self._heartbeat = heartbeat
        self._number = 0
        self.say_again()

    def say_again(self) -> None:
        """Forget what was said: the line is new."""
        self._presence: Presence | None = None
        self._receipt: RundownReceipt | None = None
        self._entries: tuple[str, int] | None = None
        self._covers = False
        self._presence_at = self._receipt_at = self._entries_at = float("-inf")

    def will(self) -> tuple[str, bytes]:
        """Return topic and bytes of what the broker says for this agent when the line breaks."""
        return self._topic(Presence)[0], sealed(self._stamped(ABSENT), self._key)

    def goodbye(self) -> None:
        """Say that this agent goes away on purpose."""
        self._send(ABSENT)

    def challenge(self, nonce: str) -> None:
        """Ask for what is in force now."""
        self._send(Challenge(audience=topics.SERVER, number=0, issued=NEVER, nonce=nonce))

    def answer(self, facts: CommandAnswered) -> None:
        """Say what became of a command."""
        self._send(facts)

    def envelope(self, message: Message) -> bytes:
        """Seal what does not go by the broker."""
        return sealed(self._stamped(message), self._key)

    def presence(self, facts: Presence) -> None:
        """Say how this loudspeaker is, when that changed or the heartbeat is due."""
        now = self._clock.monotonic()
        if _essence(facts) == _essence(self._presence) and now - self._presence_at < self._heartbeat:
            return
        expected_by = self._clock.now() + timedelta(seconds=self._heartbeat) + GRACE
        if self._send(replace(facts, expected_by=expected_by)):
            self._presence, self._presence_at = facts, now

    def receipt(self, facts: RundownReceipt) -> None:
        """Say how far this loudspeaker is with the rundown it holds, when that changed."""
        now = self._clock.monotonic()
        if facts == self._receipt:
            return
        only_files = self._receipt is not None and replace(facts, missing=self._receipt.missing) == self._receipt
        if only_files and now - self._receipt_at < ONE_MORE_FILE:
            return
        if self._send(facts):
            self._receipt, self._receipt_at = facts, now

    def refusal(self, facts: RundownReceipt) -> None:
        """Say that a rundown is not obeyed; it stays said until something changes about the one that is."""
        self._send(facts)

    def entries(self, journal: Journal, settled_until: datetime) -> None:
        """Send what the server has not acknowledged: at once when new, again until it is; else with the heartbeat."""
        pending = journal.pending(ENTRIES)
        entries = pending.entries if pending is not None else ()
        newest = (pending.journal, entries[-1].sequence) if pending is not None else (journal.id, 0)
        if pending is None and self._entries is not None and self._entries[0] == journal.id:
            self._entries = newest  # the report that was acknowledged told all that one without entries would
        now = self._clock.monotonic()
        covers_until = self._covered(journal, pending, settled_until)
        is_known = newest == self._entries and (self._covers or covers_until == NEVER)
        patience = min(RESEND, self._heartbeat) if entries else self._heartbeat
        if is_known and now - self._entries_at < patience:
            return
        report = AsRunReport(
            audience=topics.SERVER,
            number=0,
            issued=NEVER,
            journal=newest[0],
            covers_until=covers_until,
            head=entries[-1].hash if entries else journal.head(),
            entries=tuple(each for each in entries if isinstance(each, AsRunEntry)),
            marks=tuple(each for each in entries if isinstance(each, Mark)),
        )
        if self._send(report):
            self._entries, self._entries_at = newest, now
            self._covers = covers_until > NEVER

    def _covered(self, journal: Journal, pending: Pending | None, settled_until: datetime) -> datetime:
        """Return up to when everything was told; what is told of an earlier journal says nothing of this one."""
        if self._clock.interval() is None:  # without a trusted clock nothing is claimed about time
            return NEVER
        if pending is None:
            return settled_until
        if pending.journal != journal.id:
            return NEVER
        untold = (each.planned_start for each in pending.more if isinstance(each, AsRunEntry))
        return min([settled_until, *untold])

    def _stamped(self, message: M) -> M:
        """Date a message and number it above all before, also those of an earlier run: Unix milliseconds."""
        now = self._clock.now()
        self._number = max(self._number + 1, int(now.timestamp() * 1000))
        return replace(message, number=self._number, issued=now)

    def _topic(self, kind: type[Message]) -> tuple[str, bool]:
        leaf, retain = _LEAVES[kind]
        return topics.of_loudspeaker(self._loudspeaker, leaf), retain

    def _send(self, message: Message) -> bool:
        topic, retain = self._topic(type(message))
        return self._link.publish(topic, sealed(self._stamped(message), self._key), retain=retain)


def _essence(presence: Presence | None) -> Presence | None:
    """Return what of a presence is worth a message of its own: not the position, nor every megabyte or degree.

    A line of a SIM pays for each, so whatever changes with the minute waits for the heartbeat.
    """
    if presence is None:
        return None
    playing = replace(presence.playing, position_ms=0) if presence.playing is not None else None
    return replace(
        presence,
        playing=playing,
        clock_error_ms=None if presence.clock_error_ms is None else 0,
        disk_free=None,
        temperature=None,
        bytes_today=None,
    )
