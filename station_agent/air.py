"""What sounds at this loudspeaker: asks the playhead and the guard, moves the player, hands on the evidence.

It must not know the network: it is given what to obey, and keeps playing with no line at all.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules import evidence
from schedules.asrun import AsRunEntry
from schedules.emergency_lane import EmergencySounds, ExerciseSounds
from schedules.evidence import Ending
from schedules.guard import Allowed, Forbidden, Rules, judge
from schedules.ids import LoudspeakerId, OccurrenceId
from schedules.playhead import OnAir, Silent, next_change
from schedules.playout import LEAD, CarryOn, Playing, Start, Stop, foreseen, starts_between, step
from schedules.programme import READING_PAUSE, Recording
from schedules.rundown import Played, Relayed, RundownItem
from schedules.times import Span
from schedules.unheard import passed
from schedules.wire.messages import NowPlaying
from station_agent.logbook import Logbook
from station_agent.orders import Orders
from station_agent.ports import (
    Cache,
    Clock,
    Cue,
    Part,
    PlayEnded,
    Player,
    PlayStarted,
    Recordings,
    Sounding,
    Stream,
)

log = logging.getLogger(__name__)

FADE = 0.3  # seconds a programme takes to give way
AWAKE = 2.0  # seconds for which a device that is missing is looked for on behalf of what should sound
WARM_UP = timedelta(seconds=10)  # a sound card that was just opened takes up to 2 s to run evenly
NOTED_EVERY = 1.0  # seconds between two notes of the position
AT_ONCE = frozenset({"item.silence_ordered", "guard.silence_ordered", "guard.maintenance", "guard.not_assigned"})
"""Reasons for which nothing fades: somebody pressed the red button, stands at the horn, or took the device away."""


@dataclass(slots=True)
class _Play:
    """One item that is cued or sounding; `reason` says why it was stopped, once it was."""

    id: str
    item: RundownItem
    draft: AsRunEntry
    at: datetime
    offset_ms: int
    until: datetime
    reason: str = ""


class Air:
    """Keeps one loudspeaker's sound in step with what it obeys.

    Args:
        loudspeaker: Whose evidence this is.
        clock: Tells the time.
        player: Makes the sound.
        cache: Has the recordings.
        orders: What to obey.
        logbook: Takes the evidence.
    """

    def __init__(
        self,
        loudspeaker: LoudspeakerId,
        *,
        clock: Clock,
        player: Player,
        cache: Cache,
        orders: Orders,
        logbook: Logbook,
    ) -> None:
        self._loudspeaker = loudspeaker
        self._clock = clock
        self._player = player
        self._cache = cache
        self._orders = orders
        self._logbook = logbook
        self._plays: dict[str, _Play] = {}
        self._count = 0
        self._noted = 0.0
        self._volume: int | None = None
        self.refusal = ""

    # `refusal`: code of why the guard refused what should sound last; empty once something may sound

    @property
    def volume(self) -> int:
        """Output volume in percent, as the guard last allowed it, or as assigned before anything sounded."""
        assignment = self._orders.assignment
        return self._volume if self._volume is not None else assignment.volume if assignment else 0

    @property
    def settled_until(self) -> datetime:
        """Everything before this instant that concerns this loudspeaker is in the journal, or never happened."""
        return self._logbook.settled_until(self._clock.now(), [play.item.starts_at for play in self._plays.values()])

    @property
    def is_cued(self) -> bool:
        """Whether something waits for its first sample: until then nothing is written to the disk."""
        return any(sound.started is None for _, sound in self._sounding())

    @property
    def relays_on_a_thin_line(self) -> bool:
        """Whether a relay is cued or sounds, where the line has a budget."""
        here = self._orders.assignment
        is_thin = here is not None and here.daily_bytes is not None
        return is_thin and any(isinstance(play.item.sound, Relayed) for play in self._plays.values())

    def now_playing(self) -> NowPlaying | None:
        """Return what sounds, by the player's own account."""
        for play, sound in self._sounding():
            if sound.started is not None and not play.reason:
                position = play.offset_ms + round(sound.seconds * 1000)
                return NowPlaying(occurrence=play.item.occurrence, title=play.item.title, position_ms=position)
        return None

    def settle(self, emergency: EmergencySounds | ExerciseSounds | None = None) -> None:
        """Look at the clock and put everything right; while the lane has the air, nothing of the rundown sounds."""
        now = self._clock.now()
        rundown, silences = self._orders.rundown, self._orders.silences
        progress = self._logbook.progress(self._cache.present)
        answers = foreseen(rundown, progress, now, silences=silences, emergency=emergency)
        self._player.tend()
        playing = [Playing(play.item.occurrence, play.until) for play in self._plays.values() if not play.reason]
        for decision in step(answers, playing, now):
            match decision:
                case Stop(occurrence, reason):
                    self._stop(occurrence, reason)
                case CarryOn(item):
                    self._carry_on(item)
                case Start(item, at, offset_ms):
                    self._start(item, at, offset_ms)
        self._explain(answers[0])
        self._explain_absence(now)
        self._note_positions()
        for start in starts_between(rundown, now, now + WARM_UP)[:1]:
            self._player.wake(self._clock.monotonic_at(start) + 1.0)
        self._logbook.write_skipped(rundown, now)
        self._logbook.write_waiting()

    def heard(self, report: PlayStarted | PlayEnded) -> None:
        """Take in what the player says."""
        play = self._plays.get(report.play)
        if play is None:
            return
        if isinstance(report, PlayEnded):
            del self._plays[play.id]
            self._close(play, report)
            return
        play.draft = replace(play.draft, started_at=self._clock.utc_at(report.at))
        self._noted = 0.0
        error = self._clock.utc_at(report.at) - play.item.starts_at
        log.info(
            "item_started occurrence=%s error_us=%d callback_late_us=%d",
            *(play.item.occurrence, error / timedelta(microseconds=1), report.late * 1e6),
        )

    def stop_all(self, reason: str) -> None:
        """End what is cued or sounding, at once."""
        for play in self._plays.values():
            play.reason = reason
        self._player.hush()

    def next_look(self) -> float:
        """Return after how many seconds to settle again at the latest."""
        pause = 1.0
        now = self._clock.now()
        for instant in (now, now + LEAD):
            change = next_change(self._orders.rundown, instant, silences=self._orders.silences)
            if change is not None:
                pause = min(pause, max(0.01, (change - instant).total_seconds()))
        return pause

    def _start(self, item: RundownItem, at: datetime, offset_ms: int) -> None:
        draft = self._draft(item)
        verdict = self._judge(item, at)
        sound = self._sound(item, offset_ms)
        if isinstance(verdict, Forbidden) or sound is None:
            self.refusal = verdict.code if isinstance(verdict, Forbidden) else "item.unknown_channel"
            self._logbook.stays_silent(draft, self.refusal)
            return
        self._player.wake(self._clock.monotonic() + AWAKE)
        self.refusal = self._player.fault
        if self.refusal:
            self._logbook.stays_silent(draft, self.refusal)
            return
        self._count += 1
        play = _Play(f"{item.occurrence}#{self._count}", item, draft, at, offset_ms, item.silent_from)
        self._plays[play.id] = play
        self._logbook.open(draft, at, offset_ms)
        start, end = self._clock.monotonic_at(at), self._clock.monotonic_at(play.until)
        self._player.cue(Cue(play=play.id, sound=sound, start=start, end=end), verdict)

    def _carry_on(self, item: RundownItem) -> None:
        play = self._find(item.occurrence)
        if play is None:
            return
        sooner = item.silent_from < play.until
        play.item, play.until = item, item.silent_from
        verdict = self._judge(item, max(play.at, self._clock.now()))
        if isinstance(verdict, Forbidden):
            self.refusal = verdict.code
            self._stop(item.occurrence, verdict.code)
            return
        # also when the plan did not change: NTP moves the wall clock against the monotonic one while an item sounds
        end = self._clock.monotonic_at(play.until)
        self._player.let_sound(play.id, verdict, end=end, fade=FADE if sooner else 0.01)

    def _stop(self, occurrence: OccurrenceId, reason: str) -> None:
        play = self._find(occurrence)
        if play is None:
            return
        play.reason = reason
        if play.draft.started_at is None:
            self._logbook.stays_silent(play.draft, reason)
        if reason in AT_ONCE:
            self._player.hush()
        else:
            self._player.fade_out(play.id, FADE)

    def _close(self, play: _Play, report: PlayEnded) -> None:
        if report.started is None and report.how is not Ending.FAILED:
            self._logbook.forget(play.draft)
            if report.how is Ending.LOST:
                self._logbook.stays_silent(play.draft, play.reason or report.reason)
            return
        if report.started is not None:
            play.draft = replace(play.draft, started_at=self._clock.utc_at(report.started))
        ended_at = self._clock.utc_at(report.ended)
        entry = evidence.ended(
            play.draft, play.item, report, reason=play.reason, ended_at=ended_at, offset_ms=play.offset_ms
        )
        entry = replace(entry, recorded_at=self._clock.now(), clock_error_ms=evidence.error_ms(self._clock.interval()))
        if report.how is Ending.FAILED:
            self._cache.doubt(entry.sha256)
        self._logbook.close(entry)
        log.info(
            "item_ended occurrence=%s outcome=%s reason=%s played_ms=%d level_dbfs=%s gaps_ms=%d",
            *(entry.occurrence, entry.outcome, entry.reason, entry.played_ms, entry.level_dbfs, report.gaps * 1000),
        )

    def _judge(self, item: RundownItem, at: datetime) -> Allowed | Forbidden:
        """Ask the guard whether an item may sound from an instant to its end."""
        verdict = judge(
            rules=self.rules(),
            subject=item.kind,
            interval=self._clock.interval(),
            sounds=Span(at, max(at, item.silent_from)),
            planned=Span(item.starts_at, max(item.starts_at, item.silent_from)),
            approval=item.approval,
        )
        if isinstance(verdict, Allowed):
            self._volume = verdict.volume
        return verdict

    def rules(self) -> Rules | None:
        """Give what the guard keeps here."""
        assignment, trust = self._orders.assignment, self._orders.trust
        if assignment is None:
            return None
        return Rules(
            regulations=assignment.regulations,
            silences=self._orders.silences,
            volume=assignment.volume,
            volume_ceiling=trust.list.volume_ceiling if trust is not None else 100,
            maintenance_until=assignment.maintenance_until,
            night=trust.list.night_silence if trust is not None else None,
        )

    def _sound(self, item: RundownItem, offset_ms: int) -> Recordings | Stream | None:
        if isinstance(item.sound, Played):
            parts = tuple(self._part(recording) for recording in item.sound.recordings)
            return Recordings(parts, pause=READING_PAUSE.total_seconds(), offset=offset_ms / 1000)
        channel = self._orders.channel(item.sound.channel)
        if channel is None:
            return None
        fallback = item.sound.fallback  # never the channel's own: nobody approved that
        if fallback is None or fallback.sha256 not in self._cache.present:
            return Stream(channel.address)
        return Stream(channel.address, Recordings((self._part(fallback),)))

    def _part(self, recording: Recording) -> Part:
        return Part(self._cache.path(recording.sha256), recording.duration_ms / 1000)

    def _draft(self, item: RundownItem) -> AsRunEntry:
        rundown = self._orders.rundown
        assert rundown is not None  # noqa: S101 - the item is one of it
        return evidence.drafted(
            item,
            loudspeaker=self._loudspeaker,
            rundown=rundown,
            now=self._clock.now(),
            clock_error_ms=evidence.error_ms(self._clock.interval()),
        )

    def _explain(self, here: OnAir | Silent) -> None:
        """An item that should sound and does not is skipped when its time is over, with the last reason."""
        if isinstance(here, Silent) and here.item is not None and here.reason != "played":
            self._logbook.stays_silent(self._draft(here.item), f"item.{here.reason}")

    def _explain_absence(self, now: datetime) -> None:
        """Items that passed while no agent ran here were not heard; say so once the clock is known again."""
        if self._clock.interval() is None:
            return
        since, self._logbook.absent_since = self._logbook.absent_since, None
        for item in passed(self._orders.rundown, since, now) if since is not None else ():
            if not self._logbook.knows(item.occurrence):
                self._logbook.close(evidence.skipped(self._draft(item), "device.off", now))
        self._logbook.note_alive(now)

    def _note_positions(self) -> None:
        now = self._clock.monotonic()
        if now - self._noted < NOTED_EVERY or self.is_cued:
            return
        self._noted = now
        for play, sound in self._sounding():
            if play.draft.started_at is not None:
                received = sound.received if isinstance(play.item.sound, Relayed) else None
                play.draft = evidence.sounding(play.draft, sound.seconds, received, self._clock.now())
                self._logbook.note(play.draft)

    def _sounding(self) -> list[tuple[_Play, Sounding]]:
        sounding = self._player.sounding()
        return [(self._plays[sound.play], sound) for sound in sounding if sound.play in self._plays]

    def _find(self, occurrence: OccurrenceId) -> _Play | None:
        found = (play for play in self._plays.values() if play.item.occurrence == occurrence and not play.reason)
        return next(found, None)
