"""One loudspeaker as the agent runs it, told the true time: clock, line, power and disk are made up, nothing else.

The playhead, the guard, the steps and the evidence are the very functions the pole runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules import evidence
from schedules.asrun import AsRunEntry
from schedules.evidence import Ending, Measured
from schedules.faults import Faults
from schedules.guard import Allowed, ClockInterval, Forbidden, Rules, judge
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId
from schedules.playhead import OnAir, Progress, Silent, advance, next_change, opened
from schedules.playout import LEAD, CarryOn, Playing, Start, Stop, foreseen, step
from schedules.rundown import Played, Relayed, Rundown, RundownItem
from schedules.times import Span
from schedules.unheard import Unheard, passed

SIMULATED = LoudspeakerId("simulated")
LOOKS_AGAIN = timedelta(seconds=1)
"""How soon the agent asks the guard again about what it refused."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came out of the horns: an item, and when by true time."""

    item: RundownItem
    span: Span


@dataclass(slots=True)
class _Play:
    """An item that is cued or sounding.

    Attributes:
        starts: by true time, as the player was told.
        cut: when the player cuts it, by true time.
        until: what the device's clock shall show then.
    """

    item: RundownItem
    draft: AsRunEntry
    offset_ms: int
    starts: datetime
    cut: datetime
    until: datetime

    @property
    def over(self) -> datetime | None:
        """When its sound is over, by true time; None for a relay, which has no end of its own."""
        sound = self.item.sound
        if isinstance(sound, Relayed):
            return None
        return self.starts + sound.duration - timedelta(milliseconds=self.offset_ms - sound.offset_ms)

    @property
    def ends(self) -> datetime:
        """When it ends by itself, by true time."""
        return min(self.cut, self.over or self.cut)

    @property
    def ending(self) -> Ending:
        """How it ends by itself."""
        return Ending.FINISHED if self.over is not None and self.over <= self.cut else Ending.CUT


class SimulatedPole:
    """One loudspeaker, told the true time."""

    def __init__(self, rules: Rules, faults: Faults) -> None:
        self.entries: list[AsRunEntry] = []
        self.heard: list[Heard] = []
        self._rules, self._faults = rules, faults
        self._rundown: Rundown | None = None
        self._progress = Progress(present=frozenset())
        self._entered: frozenset[OccurrenceId] = frozenset()
        self._unheard = Unheard()
        self._plays: dict[OccurrenceId, _Play] = {}
        self._left_open: list[AsRunEntry] = []
        self._absent_since: datetime | None = None
        self._has_power = True
        self._misses_audio = False
        self._knows_time = True
        self._refused = False

    def wants(self, newest: Rundown) -> bool:
        """Tell whether there is anything to receive."""
        return newest is not self._rundown or self._misses_audio

    def receives(self, rundown: Rundown, now: datetime) -> None:
        """Take a rundown over the line, and fetch what it needs."""
        if rundown is not self._rundown:
            planned = frozenset(item.occurrence for item in rundown.items)
            self._progress = replace(self._progress, closed=self._progress.closed & planned)
            self._entered &= planned
            self._rundown = rundown
        held = self._progress.present or frozenset()
        wanted = {recording.sha256: item for item in rundown.items for recording in item.recordings}
        present = frozenset(sha for sha, item in wanted.items() if sha in held or self._faults.fetches(item, now))
        self._misses_audio = len(present) < len(wanted)
        self._progress = replace(self._progress, present=present)

    def lives(self, now: datetime) -> None:
        """Do what the device does at an instant."""
        self._lose_audio(now)
        for play in list(self._plays.values()):
            if play.ends <= now:
                self._end(play, play.ending, play.ends)
        cut = self._faults.power_cut(now)
        if cut is not None:
            self._loses_power(now, keeps_time=cut.keeps_time)
            return
        self._has_power = True
        self._knows_time = self._knows_time or self._faults.linked(now)
        self._close_left_open()
        self._settle(now)

    def ends(self, now: datetime) -> None:
        """End the story: what still sounds was heard until now."""
        self.lives(now)
        for play in self._plays.values():
            if play.starts < now:
                self._hear(play, now)

    def looks(self, now: datetime) -> Iterable[datetime | None]:
        """Give the instants of which one is the next at which something may happen."""
        yield self._faults.next_edge(now)
        if not self._has_power:
            return
        device = self._device(now)
        ahead = [
            next_change(self._rundown, device, silences=self._rules.silences, progress=self._progress),
            self._rules.maintenance_until,
            *(entry.planned_end for entry in self._unheard.entries.values()),
        ]
        yield from (now + (each - device) for each in ahead if each is not None)
        cueing = next_change(self._rundown, device + LEAD, silences=self._rules.silences, progress=self._progress)
        if cueing is not None:
            yield now + (cueing - device - LEAD)
        for play in self._plays.values():
            yield play.starts
            yield play.ends
        if self._refused:
            yield now + LOOKS_AGAIN

    def _lose_audio(self, now: datetime) -> None:
        gone = self._faults.lost_at(now)
        if not gone or self._rundown is None:
            return
        items = (item for item in self._rundown.items if None in gone or item.programme in gone)
        lost = {recording.sha256 for item in items for recording in item.recordings}
        self._misses_audio = True
        self._progress = replace(self._progress, present=(self._progress.present or frozenset()) - lost)

    def _device(self, now: datetime) -> datetime:
        return now + self._faults.clock(now)[0]

    def _interval(self, now: datetime) -> ClockInterval | None:
        by, doubt = self._faults.clock(now)
        return ClockInterval.around(now + by, doubt) if self._knows_time else None

    def _settle(self, now: datetime) -> None:
        device = self._device(now)
        self._refused = False
        answers = foreseen(self._rundown, self._progress, device, silences=self._rules.silences)
        playing = [Playing(play.item.occurrence, play.until) for play in self._plays.values()]
        for decision in step(answers, playing, device):
            match decision:
                case Stop(occurrence, reason):
                    self._stop(occurrence, reason, now)
                case CarryOn(item):
                    self._carry_on(item, now)
                case Start(item, at, offset_ms):
                    self._start(item, at, offset_ms, now)
        self._explain(answers[0], now)
        self._explain_absence(now)
        self._unheard = self._unheard.planned_in(self._rundown)
        for entry in self._unheard.over(device):
            self._close(entry)

    def _start(self, item: RundownItem, at: datetime, offset_ms: int, now: datetime) -> None:
        draft, verdict = self._draft(item, now), self._judge(item, now, at)
        if isinstance(verdict, Forbidden):
            self._refused = True
            self._stays_silent(draft, verdict.code)
            return
        self._unheard = self._unheard.without([item.occurrence])
        self._progress = opened(self._progress, item.occurrence, at, offset_ms)
        true, until = now - self._device(now), item.silent_from
        self._plays[item.occurrence] = _Play(item, draft, offset_ms, at + true, until + true, until)

    def _carry_on(self, item: RundownItem, now: datetime) -> None:
        play = self._plays[item.occurrence]
        play.item, play.until = item, item.silent_from
        play.cut = now + (play.until - self._device(now))
        verdict = self._judge(item, now, max(self._device(now), self._device(play.starts)))
        if isinstance(verdict, Forbidden):
            self._refused = True
            self._stop(item.occurrence, verdict.code, now)

    def _stop(self, occurrence: OccurrenceId, reason: str, now: datetime) -> None:
        play = self._plays[occurrence]
        if play.starts >= now:
            self._stays_silent(play.draft, reason)
        self._end(play, Ending.STOPPED, now, reason)

    def _end(self, play: _Play, how: Ending, ended: datetime, reason: str = "") -> None:
        del self._plays[play.item.occurrence]
        if play.starts >= ended:
            still = {key: value for key, value in self._progress.opened.items() if key != play.item.occurrence}
            self._progress = replace(self._progress, opened=still)
            return
        seconds, received = self._sounded(play, ended)
        by = self._device(ended) - ended  # the agent tells both ends by the clock it has at the end
        entry = evidence.ended(
            replace(play.draft, started_at=play.starts + by, recorded_at=ended + by),
            play.item,
            Measured(how=how, seconds=seconds, received=received),
            reason=reason,
            ended_at=ended + by,
            offset_ms=play.offset_ms,
        )
        self._hear(play, ended)
        self._close(entry)

    def _sounded(self, play: _Play, ended: datetime) -> tuple[float, float]:
        """Give the seconds of a play that sounded, and those of them that came of a channel."""
        span = Span(play.starts, ended)
        whole = span.duration.total_seconds()
        if isinstance(play.item.sound, Played):
            return whole, 0.0
        received = self._faults.linked_for(span).total_seconds()
        fallback = play.item.sound.fallback
        held = fallback is not None and fallback.sha256 in (self._progress.present or ())
        return whole if held else received, received

    def _hear(self, play: _Play, ended: datetime) -> None:
        if self._sounded(play, ended)[0] > 0:
            self.heard.append(Heard(play.item, Span(play.starts, ended)))

    def _loses_power(self, now: datetime, *, keeps_time: bool) -> None:
        if not self._has_power:
            return
        self._has_power, self._knows_time = False, keeps_time
        self._absent_since = self._device(now)
        for play in self._plays.values():
            if play.starts < now:
                self._left_open.append(self._as_noted(play, now))
                self._hear(play, now)
        self._plays.clear()
        self._unheard = Unheard()
        self._progress = replace(self._progress, opened={})

    def _as_noted(self, play: _Play, now: datetime) -> AsRunEntry:
        """Give the entry of what sounds as it was noted last: once a second."""
        seconds, received = self._sounded(play, now)
        noted = timedelta(seconds=int(seconds))
        begun = self._device(play.starts)
        return evidence.sounding(
            replace(play.draft, started_at=begun),
            noted.total_seconds(),
            min(received, noted.total_seconds()) if isinstance(play.item.sound, Relayed) else None,
            begun + noted,
        )

    def _close_left_open(self) -> None:
        left, self._left_open = self._left_open, []
        for entry in left:
            self._close(entry)

    def _explain_absence(self, now: datetime) -> None:
        if self._absent_since is None or not self._knows_time:
            return
        since, self._absent_since = self._absent_since, None
        known = {*self._entered, *self._progress.opened, *self._unheard.entries}
        device = self._device(now)
        for item in passed(self._rundown, since, device):
            if item.occurrence not in known:
                self._close(evidence.skipped(self._draft(item, now), "device.off", device))

    def _explain(self, here: OnAir | Silent, now: datetime) -> None:
        if isinstance(here, Silent) and here.item is not None and here.reason != "played":
            self._stays_silent(self._draft(here.item, now), f"item.{here.reason}")

    def _stays_silent(self, draft: AsRunEntry, reason: str) -> None:
        if draft.occurrence not in self._entered:
            self._unheard = self._unheard.noting(draft, reason)

    def _close(self, entry: AsRunEntry) -> None:
        numbered = replace(entry, journal=JournalId("simulated"), sequence=len(self.entries) + 1)
        self.entries.append(numbered)
        self._entered |= {entry.occurrence}
        self._progress = advance(self._progress, numbered)
        self._unheard = self._unheard.without([entry.occurrence])

    def _judge(self, item: RundownItem, now: datetime, at: datetime) -> Allowed | Forbidden:
        return judge(
            rules=self._rules,
            subject=item.kind,
            interval=self._interval(now),
            sounds=Span(at, max(at, item.silent_from)),
            planned=Span(item.starts_at, max(item.starts_at, item.silent_from)),
            approval=item.approval,
        )

    def _draft(self, item: RundownItem, now: datetime) -> AsRunEntry:
        assert self._rundown is not None  # noqa: S101 - the item is one of it
        return evidence.drafted(
            item,
            loudspeaker=SIMULATED,
            rundown=self._rundown,
            now=self._device(now),
            clock_error_ms=evidence.error_ms(self._interval(now)),
        )
