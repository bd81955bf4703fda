"""What must be true at the end: the plan, what the ears heard and what the database says, held against each other.

Pure: it is given everything and says what is wrong. Times are seconds of Unix time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

PLAYED_SHARE = 0.9
"""So much of a play must have sounded; the database's own measure is sharper."""
BESIDE_S = 0.35
"""A sound may begin or end so far beside its planned time before it is one nobody planned."""
LATE_S = 0.2
"""A device may be served so late before that is a stall, and sounds so much later."""
CLAIM_S = 0.4
"""An entry may tell of so much more sound than was heard: a buffer at each end."""


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """From an instant to another."""

    since: float
    until: float

    def meets(self, other: "Stretch") -> bool:
        """Whether they have an instant in common."""
        return self.since < other.until and other.since < self.until

    def shared(self, other: "Stretch") -> float:
        """Give for how many seconds they run beside each other."""
        return max(0.0, min(self.until, other.until) - max(self.since, other.since))


@dataclass(frozen=True, slots=True, order=True)
class Sound(Stretch):
    """A stretch with sound in it.

    Attributes:
        seconds: of sound given to the device, which a device that was served late is given faster than it sounds.
    """

    seconds: float

    def within(self, other: Stretch) -> float:
        """Give how many seconds of it belong to a stretch."""
        return self.seconds * self.shared(other) / (self.until - self.since)


@dataclass(frozen=True, slots=True)
class Play:
    """One planned occurrence at one loudspeaker."""

    agent: str
    occurrence: str
    planned: Stretch


@dataclass(frozen=True, slots=True)
class Entry:
    """What the database holds of one play.

    Attributes:
        span: None where nothing sounded.
        error_s: by how much the device's clock may have been wrong, by its own word.
    """

    key: tuple[str, str, int, str]
    span: Stretch | None
    played_s: float
    error_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """The verdict about one play, and its entries."""

    verdict: str
    reason: str
    entries: tuple[Entry, ...]

    @property
    def error_s(self) -> float:
        """By how much the clock may have been wrong."""
        return max((entry.error_s for entry in self.entries), default=0.0)


@dataclass(frozen=True, slots=True)
class Excuse:
    """While it lasts nobody asks an agent to play whole and once; what it says must be true all the same.

    Attributes:
        is_loose: more may be said than was heard: two devices played at once, or a device that stood still gave its
            card in one moment all that was due.
    """

    agent: str
    during: Stretch
    kind: str
    is_loose: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Wrong:
    """One thing that must not be."""

    sort: str
    agent: str
    at: float
    what: str
    occurrence: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a run."""

    planned: int
    played: int
    confirmed: int
    excused: int
    wrongs: tuple[Wrong, ...]

    def count(self, sort: str) -> int:
        """Give how many plays, or sounds nobody planned, are wrong in a sort."""
        return len({(wrong.agent, wrong.occurrence or wrong.at) for wrong in self.wrongs if wrong.sort == sort})


LOST, DUPLICATED, FALSE = "lost", "duplicated", "false"


def judge(
    plays: Sequence[Play],
    told: Mapping[tuple[str, str], Told],
    sounds: Mapping[str, Sequence[Sound]],
    excuses: Sequence[Excuse],
) -> Verdict:
    """Hold everything against each other.

    Args:
        plays: everything that was planned.
        told: what the database says, by agent and occurrence; of plays nobody planned too.
        sounds: what each agent's ear heard.
        excuses: when who may have missed something.
    """
    wrongs: list[Wrong] = []
    of_agent = _by_agent(excuses)
    played = confirmed = excused = 0
    for play in plays:
        said = told.get((play.agent, play.occurrence), Told("none", "", ()))
        lasts = play.planned.until - play.planned.since
        could_be = _wider(play.planned, LATE_S + said.error_s)
        first, last = _range(sounds[play.agent], could_be)
        heard = min(lasts, sum(sound.within(could_be) for sound in sounds[play.agent][first:last]))
        share = heard / lasts
        mine = [each for each in of_agent.get(play.agent, ()) if each.during.meets(play.planned)]
        played += share >= PLAYED_SHARE
        confirmed += said.verdict == "confirmed"
        excused += bool(mine)
        wrongs += _untrue(play, said, heard, is_loose=any(each.is_loose for each in mine))
        if not mine:
            wrongs += _unexcused(play, said, share)
    wrongs += _keys_twice(told)
    wrongs += _unplanned(plays, told)
    for agent, stretches in sounds.items():
        own = [play for play in plays if play.agent == agent]
        errors = [_error(told, play) for play in own]
        wrongs += _nobody_planned(agent, stretches, own, errors)
    return Verdict(len(plays), played, confirmed, excused, tuple(sorted(wrongs)))


def _unexcused(play: Play, said: Told, share: float) -> Iterable[Wrong]:
    at, occurrence = play.planned.since, play.occurrence
    if share < PLAYED_SHARE:
        yield Wrong(LOST, play.agent, at, f"{share:.0%} of it sounded, by the ear at the device", occurrence)
    if said.verdict != "confirmed":
        yield Wrong(LOST, play.agent, at, f"the centre says {said.verdict} {said.reason}", occurrence)
    if len(said.entries) > 1:
        yield Wrong(DUPLICATED, play.agent, at, f"{len(said.entries)} entries", occurrence)


def _untrue(play: Play, said: Told, heard: float, *, is_loose: bool) -> Iterable[Wrong]:
    """An excuse covers what is missing, never what is said too much."""
    at, occurrence = play.planned.since, play.occurrence
    if said.verdict in ("awaited", "none"):
        yield Wrong(LOST, play.agent, at, f"nobody can say what became of it: {said.verdict}", occurrence)
    if is_loose:
        return
    claimed = sum(entry.played_s for entry in said.entries)
    if claimed > heard + CLAIM_S:
        yield Wrong(FALSE, play.agent, at, f"{claimed:.2f} s are said to have sounded, {heard:.2f} s did", occurrence)
    spans = sorted(entry.span for entry in said.entries if entry.span is not None)
    for before, after in pairwise(spans):
        if before.meets(after):
            yield Wrong(DUPLICATED, play.agent, at, "two of its entries overlap in time", occurrence)


def _keys_twice(told: Mapping[tuple[str, str], Told]) -> Iterable[Wrong]:
    seen: set[tuple[str, str, int, str]] = set()
    for (agent, occurrence), said in told.items():
        for entry in said.entries:
            if entry.key in seen:
                yield Wrong(DUPLICATED, agent, 0.0, f"two rows have the key {entry.key}", occurrence)
            seen.add(entry.key)


def _unplanned(plays: Sequence[Play], told: Mapping[tuple[str, str], Told]) -> Iterable[Wrong]:
    planned = {(play.agent, play.occurrence) for play in plays}
    for agent, occurrence in sorted(set(told) - planned):
        said = told[agent, occurrence]
        yield Wrong(FALSE, agent, 0.0, f"the centre knows a play nobody planned: {said.verdict}", occurrence)


def _nobody_planned(
    agent: str, sounds: Sequence[Stretch], own: Sequence[Play], errors: Sequence[float]
) -> Iterable[Wrong]:
    planned = [play.planned for play in own]
    most = BESIDE_S + max(errors, default=0.0)
    for sound in sounds:
        left = [sound]
        first, last = _range(planned, _wider(sound, most))
        for each, error in zip(planned[first:last], errors[first:last], strict=True):
            left = [part for whole in left for part in _without(whole, _wider(each, BESIDE_S + error))]
        for part in left:
            yield Wrong(FALSE, agent, part.since, f"{part.until - part.since:.2f} s of sound nobody planned")


def _error(told: Mapping[tuple[str, str], Told], play: Play) -> float:
    said = told.get((play.agent, play.occurrence))
    return said.error_s if said is not None else 0.0


def _wider(stretch: Stretch, by: float) -> Stretch:
    return Stretch(stretch.since - by, stretch.until + by)


def _without(whole: Stretch, hole: Stretch) -> Iterable[Stretch]:
    if not whole.meets(hole):
        yield whole
        return
    if whole.since < hole.since:
        yield Stretch(whole.since, hole.since)
    if hole.until < whole.until:
        yield Stretch(hole.until, whole.until)


def _range(stretches: Sequence[Stretch], wanted: Stretch) -> tuple[int, int]:
    """Give the first of those that meet a stretch and the one after the last; they are in order, and none overlap."""
    first = bisect_right(stretches, wanted.since, key=lambda each: each.until)
    return first, bisect_left(stretches, wanted.until, key=lambda each: each.since)


def _by_agent(excuses: Iterable[Excuse]) -> dict[str, list[Excuse]]:
    found: dict[str, list[Excuse]] = {}
    for excuse in excuses:
        found.setdefault(excuse.agent, []).append(excuse)
    return found
