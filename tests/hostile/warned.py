"""A loudspeaker with emergencies behind it: one was cancelled and an exercise was ended, each while it sounded."""

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from schedules.asrun import Outcome
from schedules.emergency import Emergency, Exercise
from schedules.emergency_lane import OF_THE_LANE, SIREN_ONLY
from schedules.emergency_list import Drill, EmergencyList, cancelled, drilled, issued, undrilled
from schedules.ids import UnitId
from schedules.wire import topics
from schedules.wire.messages import Message
from station_agent.lane_sound import SIREN
from station_agent.ports import Cue, Recordings
from tests.fakes.loudspeaker import FakePlayer
from tests.hostile.victim import VOLUME, Sent, Victim, said
from tests.schedules.given_emergencies import an_emergency, an_exercise
from tests.station_agent.centre import SUM, UNIT, recording
from tests.station_agent.world import NOW

EMERGENCIES = topics.emergencies(UNIT)
TIMES = 2
SAYS_SO = recording("dien-tap", 2.0)

M = TypeVar("M", bound=Message)


def warning(name: str, **about: object) -> Emergency:
    """Give an emergency here, short enough to be heard whole."""
    return an_emergency(name, lasts=timedelta(seconds=3), **_here(about))


def drill(name: str, **about: object) -> Exercise:
    """Give an exercise here."""
    return an_exercise(name, **_here(about))


class Warned(Victim):
    """Nothing of the lane is to sound but what `is_warned` or `is_drilled` says.

    Attributes:
        known: the list of its unit, as the centre has it.
        may: what may be said, by the id of what may sound.
    """

    def __init__(self, folder: Path, rng: Random) -> None:
        self._players: list[FakePlayer] = []
        self.known = EmergencyList(unit=UNIT)
        self.may: dict[str, bytes] = {}
        super().__init__(folder, rng)
        self._hears_warnings()
        self._settled = len(self._cues())

    def boot(self) -> None:
        super().boot()
        self._players.append(self.player)

    @property
    def of_the_lane(self) -> list[Sent]:
        """Give all that the centre ever said of emergencies and exercises."""
        return [each for each in self.past if "/emergencies" in each[0]]

    def said_once(self, kind: type[M]) -> tuple[Sent, M]:
        """Give the first message of one sort."""
        for each in self.past:
            message = said(each)
            if isinstance(message, kind):
                return each, message
        raise LookupError(kind)

    def is_warned(self, name: str, words: bytes) -> None:
        """Let an emergency begin, and the broker withhold its words."""
        self.may[name] = words
        self._hears_list(issued(self.known, warning(name), sha256=SUM, now=NOW))

    def is_drilled(self, name: str) -> Exercise:
        """Let an exercise begin, and the broker withhold what it says: it is silent without."""
        exercise = drill(name)
        self._hears_list(drilled(self.known, Drill(exercise.id, exercise.expires), now=NOW))
        return exercise

    def lists_nothing_live(self) -> Sent:
        """Let the centre cancel all that lives; nobody is told yet."""
        self.known = cancelled(self.known, [each.id for each in self.known.live], now=NOW)
        return self.centre.lists(self.known)

    def sounded(self) -> set[str]:
        """Give what sounded of the rundown."""
        lane = {each.occurrence for each in self.entries if each.programme in OF_THE_LANE}
        return super().sounded() - lane - {""}

    def false_sounds(self) -> list[str]:
        """Say what the player was given of the lane that is not to sound, and what was heard too often."""
        found = []
        for cue in self._cues()[self._settled :]:
            name = cue.play.partition("!")[0]
            assert isinstance(cue.sound, Recordings)
            words = {part.content for part in cue.sound.parts} - {b""}
            if name not in self.may:
                found.append(f"{name} sounded")
            elif words - {self.may[name]}:
                found.append(f"{name} said what is false")
            marking = {part.path for part in cue.sound.parts if not part.content} - {SIREN.path}
            if marking - {self.cache.path(SAYS_SO.sha256)}:
                found.append(f"{name} was said to be an exercise by other words")
        whole = [
            str(each.occurrence)
            for each in self.entries
            if each.outcome is Outcome.FINISHED and each.programme in OF_THE_LANE - {SIREN_ONLY}
        ]
        return found + [f"{name} was heard too often" for name in self.may if whole.count(name) > TIMES]

    def _hears_warnings(self) -> None:
        was, practice = warning("cancelled"), drill("ended")
        self.hears(self.centre.assignment(volume=VOLUME, exercise_words=SAYS_SO))
        self._hears_list(issued(self.known, was, sha256=SUM, now=NOW))
        self.hears(self.centre.says(was, sound=b"cancelled"))
        self.passes(2)
        self.hears(self.lists_nothing_live())
        self._hears_list(drilled(self.known, Drill(practice.id, practice.expires), now=NOW))
        self.hears(self.centre.says(practice, sound=b"ended"))
        self.passes(2)
        self._hears_list(undrilled(self.known, practice.id, now=NOW))
        self.asks_anew()
        self.is_told_what_is_in_force()
        self.passes(1)
        assert {cue.play.partition("!")[0] for cue in self._cues()} == {"cancelled", "ended"}

    def _hears_list(self, known: EmergencyList) -> None:
        self.known = known
        self.hears(self.centre.lists(known))

    def _cues(self) -> list[Cue]:
        return [cue for player in self._players for cue in player.cues if "!" in cue.play]


def an_alarm(victim: Warned, *, unit: UnitId = UNIT, is_drill: bool = False, **about: object) -> list[Sent]:
    """Give the list and the words of something that the centre has not issued, under its key."""
    known = victim.known if unit == UNIT else EmergencyList(unit=unit)
    what = (drill if is_drill else warning)("false", units=(unit,), **about)
    if isinstance(what, Exercise):
        known = drilled(known, Drill(what.id, what.expires), now=NOW)
    else:
        known = issued(known, what, sha256=SUM, now=NOW)
    return [victim.centre.lists(known), victim.centre.says(what, unit=unit, sound=b"false")]


def _here(about: dict[str, object]) -> dict[str, Any]:
    given: dict[str, object] = {"sender": UNIT, "units": (UNIT,), "sent": NOW, "expires": NOW + timedelta(hours=1)}
    return {**given, "times": TIMES, "pause_s": 5, **about}
