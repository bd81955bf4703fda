"""The test tone a technician asked for: a few notes through the guard, and out of the way of everything else.

It is no entry of the journal: nobody planned it, and whoever asked is answered. It must not know who asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from schedules.evidence import Ending
from schedules.guard import Allowed, Forbidden, Rules, Tone, judge
from schedules.times import Span
from station_agent.ports import Clock, Cue, Part, PlayEnded, Player, PlayStarted, Recordings

NOTES = Part(Path(__file__).with_name("tone.mp3"), 4.0)
"""C, E, G, C, as a bell: a part of this program, as loud in the mean as a programme."""
SOON = 0.3  # seconds from the decision to the first sample
GIVES_WAY = 0.05  # seconds it takes to fade: less than a siren takes to begin


@dataclass(frozen=True, slots=True)
class ToneEnded:
    """A tone is over: why it did not sound to its end, empty when it did; and how loud it was."""

    reason: str
    level_dbfs: float | None


class ToneAir:
    """Sounds one tone at a time.

    Args:
        clock: Tells the time.
        player: Makes the sound.
    """

    def __init__(self, clock: Clock, player: Player) -> None:
        self._clock = clock
        self._player = player
        self._play = ""
        self._until = clock.now()
        self._count = 0
        self._reason = ""

    def refusal(self, rules: Rules | None) -> str:
        """Give the code of why none may sound now; empty when one may."""
        verdict = self._judge(rules, self._end())
        return verdict.code if isinstance(verdict, Forbidden) else ""

    def begin(self, rules: Rules | None) -> str:
        """Sound one, by the guard's leave; give the code of why none sounds, empty when one does."""
        until = self._end()
        verdict = self._judge(rules, until)
        if isinstance(verdict, Forbidden):
            return verdict.code
        self._count += 1
        self._play, self._until, self._reason = f"tone!{self._count}", until, ""
        start = self._clock.monotonic() + SOON
        self._player.cue(Cue(play=self._play, sound=Recordings((NOTES,)), start=start), verdict)
        return ""

    def settle(self, rules: Rules | None) -> None:
        """End it when it may not sound any longer, or when anything else is about to."""
        if not self._play or self._reason:
            return
        verdict = self._judge(rules, max(self._until, self._clock.now()))
        if isinstance(verdict, Forbidden):
            self._reason = verdict.code
            self._player.hush()
        elif any(sound.play != self._play for sound in self._player.sounding()):
            self._reason = "command.gave_way"
            self._player.fade_out(self._play, GIVES_WAY)

    def stop(self, reason: str) -> None:
        """Say why it ends; whoever calls hushes the player."""
        self._reason = reason

    def heard(self, report: PlayStarted | PlayEnded, rules: Rules | None) -> ToneEnded | None:
        """Take in what the player says; give how a tone ended."""
        if report.play != self._play or not isinstance(report, PlayEnded):
            return None
        self._play = ""
        if report.how is Ending.FINISHED:
            return ToneEnded("", report.level)
        # An order of silence hushes the player before the loop has read it.
        return ToneEnded(self._reason or report.reason or self.refusal(rules) or "command.gave_way", report.level)

    def _end(self) -> datetime:
        return self._clock.now() + timedelta(seconds=SOON + NOTES.seconds)

    def _judge(self, rules: Rules | None, until: datetime) -> Allowed | Forbidden:
        sounds = Span(self._clock.now(), until)
        return judge(rules=rules, subject=Tone(), interval=self._clock.interval(), sounds=sounds)
