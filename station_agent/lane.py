"""The emergency lane of one loudspeaker: what of emergencies and exercises sounds, before everything of the rundown.

What was heard is read from the journal, so that a reboot goes on with the times that are left. It must not decide what
is next (`schedules.emergency_lane`) nor whether anything may sound (`schedules.guard`).
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules import evidence
from schedules.asrun import AsRunEntry, Outcome
from schedules.emergency import Exercise
from schedules.emergency_lane import SIREN_ONLY, Lane, LaneProgress, Sounding, next_change, sounding
from schedules.emergency_list import Live
from schedules.evidence import Ending
from schedules.guard import Allowed, Forbidden, Rules, judge
from schedules.ids import EmergencyId, ExerciseId, LoudspeakerId
from schedules.times import DAY, Span
from schedules.wire.messages import NowPlaying
from station_agent.lane_sound import BREATH, LaneSound, what_of
from station_agent.lane_told import told_of, uses_of
from station_agent.logbook import Logbook
from station_agent.orders import Orders
from station_agent.ports import Cache, Clock, Cue, Part, PlayEnded, Player, PlayStarted, Recordings

log = logging.getLogger(__name__)

SOON = 0.04  # seconds from the decision to the first sample: what it takes to open and decode
FADE, AT_ONCE = 0.3, 0.01
AWAKE = 2.0  # seconds for which a device that is missing is looked for
NOTED_EVERY = 1.0


@dataclass(slots=True)
class _Hearing:
    """One time that something of the lane is heard; `reason` says why it was stopped, once it was."""

    id: str
    what: Live | Exercise
    draft: AsRunEntry
    reason: str = ""

    @property
    def is_siren(self) -> bool:
        return self.draft.programme == SIREN_ONLY


class EmergencyAir:
    """Keeps the lane's sound in step with the lists.

    Args:
        loudspeaker: Whose evidence this is.
        clock: Tells the time.
        player: Makes the sound.
        cache: Has the words that say that an exercise is one.
        orders: What to obey.
        logbook: Takes the evidence.

    Attributes:
        refusal: Code of why what should sound now does not; empty while nothing is refused.
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
        self._clock = clock
        self._player = player
        self._sound = LaneSound(loudspeaker, clock, cache, orders)
        self._orders = orders
        self._logbook = logbook
        self._hearing: _Hearing | None = None
        self._roused: EmergencyId | ExerciseId | None = None
        self._next: datetime | None = None
        self._count = 0
        self._noted = 0.0
        self.refusal = ""

    @property
    def is_cued(self) -> bool:
        """Whether something waits for its first sample."""
        return self._hearing is not None and self._hearing.draft.started_at is None

    @property
    def spared(self) -> str:
        """Play of a real emergency that is cued or sounding; empty while there is none."""
        hearing = self._hearing
        return hearing.id if hearing is not None and isinstance(hearing.what, Live) and not hearing.reason else ""

    @property
    def sounds_since(self) -> tuple[datetime, ...]:
        """When what sounds now began; nothing later is settled."""
        return () if self._hearing is None else (self._hearing.draft.planned_start,)

    def settle(self, rules: Rules | None) -> Sounding | None:
        """Look at lists and clock and put the lane's sound right; give what has the air, or is about to."""
        found = self._found()
        verdict = None if found is None else self._judge(found, rules)
        parts = None if found is None else self._sound.parts(found, is_roused=what_of(found).id == self._roused)
        self.refusal = verdict.code if isinstance(verdict, Forbidden) else ""
        if isinstance(verdict, Allowed) and parts is None:
            self.refusal = "exercise.no_words"
        if found is None or parts is None or not isinstance(verdict, Allowed):
            self._stop(self.refusal or "emergency.over")
            if found is not None:
                self._explain(found)
            return None
        if self._hearing is None:
            self._player.wake(self._clock.monotonic() + AWAKE)
            self.refusal = self._player.fault
            if not self.refusal:
                self._begin(found, parts, verdict)
        elif self._hearing.what.id != what_of(found).id:
            self._stop("emergency.replaced")
        elif self._hearing.is_siren and self._sound.words_of(found) is not None:
            self._roused = None if self.is_cued else self._hearing.what.id
            self._stop("emergency.words_came")
        elif not self._hearing.reason:
            self._player.let_sound(self._hearing.id, verdict, end=self._end(found))
            self._note_position()
        return found

    def heard(self, report: PlayStarted | PlayEnded) -> None:
        """Take in what the player says."""
        hearing = self._hearing
        if hearing is None or hearing.id != report.play:
            return
        if isinstance(report, PlayStarted):
            hearing.draft = replace(hearing.draft, started_at=self._clock.utc_at(report.at))
            self._logbook.note(hearing.draft)
            log.warning("emergency_sounds id=%s programme=%s", hearing.what.id, hearing.draft.programme)
            return
        self._hearing = None
        self._close(hearing, report)

    def stop_all(self, reason: str) -> None:
        """End what sounds, at once; whoever calls hushes the player."""
        if self._hearing is not None:
            self._hearing.reason = reason

    def now_playing(self) -> NowPlaying | None:
        """Return what of the lane sounds, by the player's own account."""
        hearing = self._hearing
        for sound in self._player.sounding():
            if hearing is not None and sound.play == hearing.id and sound.started is not None and not hearing.reason:
                position = round(sound.seconds * 1000)
                return NowPlaying(occurrence=hearing.draft.occurrence, title=hearing.draft.title, position_ms=position)
        return None

    def next_look(self) -> float:
        """Return after how many seconds to settle again at the latest."""
        interval = self._clock.interval()
        if self._next is None or interval is None:
            return 1.0
        return max(0.01, (self._next - interval.latest).total_seconds())

    def _found(self) -> Sounding | None:
        """Ask what of the lane sounds, by the latest that it may be: what may have expired has expired."""
        interval, here = self._clock.interval(), self._orders.assignment
        if interval is None or here is None or not here.units:
            return None
        now = interval.latest
        lane = Lane(
            station=here.regulations[0].station if here.regulations else here.units[0],
            lists=self._orders.announced.lists,
            exercises=[each.exercise for each in self._orders.announced.exercises.values()],
            windows=(Span(now - DAY, now + DAY),),  # the guard keeps the hours
            silences=self._orders.silences,
        )
        progress = self._progress(lane)
        self._next = next_change(lane, progress, now)
        return sounding(lane, progress, now)

    def _progress(self, lane: Lane) -> LaneProgress:
        """Fold the journal: of what has no words yet the sirens count."""
        entries = self._logbook.of_the_lane
        told = told_of(each for each in entries if each.programme != SIREN_ONLY)
        sirens = told_of(each for each in entries if each.programme == SIREN_ONLY)
        for live in (each for known in lane.lists for each in known.live):
            if self._orders.announced.words_of(live) is None and live.id in sirens:
                told[live.id] = sirens[live.id]
        hearing = self._hearing
        sounds = hearing.what.id if hearing is not None and not hearing.reason else None
        return LaneProgress(told=told, sounding=sounds, uses=uses_of(entries, lane))

    def _judge(self, found: Sounding, rules: Rules | None) -> Allowed | Forbidden:
        since = self._clock.now() if self._hearing is None else self._hearing.draft.planned_start
        until = since + timedelta(seconds=self._sound.seconds(found))
        return judge(rules=rules, subject=found, interval=self._clock.interval(), sounds=Span(since, until))

    def _begin(self, found: Sounding, parts: tuple[Part, ...], verdict: Allowed) -> None:
        what = what_of(found)
        self._count += 1
        draft = self._sound.draft(found)
        self._hearing = _Hearing(f"{what.id}!{self._count}", what, draft)
        self._roused = None
        start = self._clock.monotonic() + SOON
        sound = Recordings(parts, pause=BREATH)
        self._player.cue(Cue(play=self._hearing.id, sound=sound, start=start, end=self._end(found)), verdict)
        self._logbook.open_of_lane(draft)  # behind the cue: a slow disk must not hold a siren up

    def _stop(self, reason: str) -> None:
        hearing = self._hearing
        if hearing is None or hearing.reason:
            return
        hearing.reason = reason
        if reason.startswith("guard."):
            self._player.hush()
        else:
            self._player.fade_out(hearing.id, AT_ONCE if self.is_cued else FADE)

    def _explain(self, found: Sounding) -> None:
        """Write down, once, why what is to sound never did here."""
        draft = self._sound.draft(found)
        if self._hearing is None and all(each.occurrence != draft.occurrence for each in self._logbook.of_the_lane):
            self._logbook.close(replace(draft, outcome=Outcome.SKIPPED, reason=self.refusal))
            log.warning("emergency_refused id=%s reason=%s", draft.occurrence, self.refusal)

    def _close(self, hearing: _Hearing, report: PlayEnded) -> None:
        if report.started is None and report.how is not Ending.FAILED:
            self._logbook.forget(hearing.draft)
            return
        outcome, reason = _outcome(hearing, report)
        began = None if report.started is None else self._clock.utc_at(report.started)
        entry = replace(
            hearing.draft,
            outcome=outcome,
            reason=reason,
            started_at=began,
            ended_at=None if began is None else self._clock.utc_at(report.ended),
            played_ms=round(report.seconds * 1000),
            level_dbfs=report.level,
            recorded_at=self._clock.now(),
            clock_error_ms=evidence.error_ms(self._clock.interval()),
        )
        self._logbook.close(entry)
        log.warning("emergency_heard id=%s outcome=%s reason=%s", hearing.what.id, outcome, reason)

    def _end(self, found: Sounding) -> float:
        """Give when it must be over, by the monotonic clock: before it may have expired."""
        interval = self._clock.interval()
        late = timedelta(0) if interval is None else interval.latest - interval.now
        return self._clock.monotonic_at(what_of(found).expires - late)

    def _note_position(self) -> None:
        now, hearing = self._clock.monotonic(), self._hearing
        if hearing is None or hearing.draft.started_at is None or now - self._noted < NOTED_EVERY:
            return
        self._noted = now
        for sound in self._player.sounding():
            if sound.play == hearing.id:
                hearing.draft = evidence.sounding(hearing.draft, sound.seconds, None, self._clock.now())
                self._logbook.note(hearing.draft)


def _outcome(hearing: _Hearing, report: PlayEnded) -> tuple[Outcome, str]:
    match report.how:
        case Ending.FINISHED:
            return Outcome.FINISHED, ""
        case Ending.FAILED:
            return Outcome.FAILED, report.reason
        case Ending.LOST:
            return Outcome.CUT_SHORT, hearing.reason or report.reason
        case Ending.CUT:
            return Outcome.CUT_SHORT, "item.expired"
        case Ending.STOPPED:
            return Outcome.CUT_SHORT, hearing.reason or "item.stopped"
