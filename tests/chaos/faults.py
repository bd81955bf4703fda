"""Which faults come when, to whom and for how long, drawn from a seed; and the names they are counted by.

Pure: the same seed gives the same list. How each is done stands in `breaking`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

AGENT, LINE, CENTRE_LINE, CONDUCTOR, SECOND, WEB, BROKER, NOBODY = (
    "agent",
    "line",
    "centre line",
    "conductor",
    "second conductor",
    "web",
    "broker",
    "nobody",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    Attributes:
        share: how often, against the others.
        takes: what is broken by it: an agent, its line, or parts of the centre. Nothing is broken twice at once.
        shortest, longest: seconds it lasts.
        settles: seconds after it in which nothing else breaks the same.
        late: it comes only once the whole plan is written.
    """

    name: str
    share: float
    takes: tuple[str, ...]
    shortest: float = 0.0
    longest: float = 0.0
    settles: float = 0.0
    late: bool = False


KINDS = (
    Kind("agent killed", 14, (AGENT,), 0.0, 3.0, settles=4),
    Kind("agent frozen", 8, (AGENT,), 0.3, 4.0, settles=3),
    Kind("agent's disk full", 4, (AGENT,), 1.0, 10.0, settles=1),
    Kind("agent's clock jumped", 4, (AGENT,), 2.0, 20.0, settles=1),
    Kind("agent's disk copied", 1, (AGENT, LINE), 4.0, 15.0, settles=8),
    Kind("agent's disk wiped", 1, (AGENT, LINE), 0.0, 2.0, settles=40, late=True),
    Kind("line cut", 14, (LINE,), 0.5, 8.0),
    Kind("line torn", 12, (LINE,)),
    Kind("line slow", 8, (LINE,), 2.0, 15.0),
    Kind("line deaf", 8, (LINE,), 1.0, 10.0),
    Kind("centre's line cut", 4, (CENTRE_LINE,), 0.3, 5.0),
    Kind("centre's line torn", 4, (CENTRE_LINE,)),
    Kind("centre's line slow", 2, (CENTRE_LINE,), 2.0, 6.0),
    Kind("conductor killed", 3, (CONDUCTOR,), 0.0, 2.0, settles=4),
    Kind("two conductors", 2, (SECOND,), 3.0, 25.0),
    Kind("conductor frozen", 3, (CONDUCTOR,), 0.5, 6.0, settles=1),
    Kind("conductor's disk full", 1.5, (CONDUCTOR,), 1.0, 6.0, settles=1),
    Kind("web killed", 2, (WEB,), 0.0, 2.0, settles=3),
    Kind("broker killed", 2.5, (BROKER,), 0.2, 3.0, settles=4),
    Kind("broker frozen", 1.5, (BROKER,), 0.5, 5.0, settles=3),
    Kind("broker lost its store", 1.5, (BROKER,), 0.2, 3.0, settles=8),
    Kind("centre's power cut", 0.7, (CONDUCTOR, SECOND, WEB, BROKER, CENTRE_LINE), 0.3, 3.0, settles=8, late=True),
    Kind(
        "centre restored from an old copy", 0.7, (CONDUCTOR, SECOND, WEB, BROKER, CENTRE_LINE), 0.3, 2.0, 10, late=True
    ),
    Kind("said again", 10, (NOBODY,)),
    Kind("acknowledgement forged", 5, (NOBODY,)),
    Kind("rundown forged", 4, (NOBODY,)),
    Kind("emergency forged", 4, (NOBODY,)),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault to come.

    Attributes:
        at: seconds from the beginning of the plan.
        agent: whose, where it is one's.
        dice: decides what else there is to decide.
    """

    at: float
    kind: str
    agent: str
    lasts: float
    dice: int


def drawn(
    seed: int, *, count: int, seconds: float, agents: Sequence[str], late_from: float, kinds: Sequence[Kind] = KINDS
) -> list[Fault]:
    """Draw faults, in order, spread evenly over some seconds; each kind comes at least once where there is time.

    Args:
        seed: the same one gives the same faults.
        count: how many.
        seconds: the time they are spread over.
        agents: names of the loudspeakers.
        late_from: seconds from which on what comes late may come.
        kinds: what may happen.
    """
    rng = Random(f"{seed} faults")
    free: dict[tuple[str, str], float] = {}
    owed = list(kinds)
    rng.shuffle(owed)
    found: list[Fault] = []
    for number in range(count):
        at = (number + rng.random()) * seconds / count
        for kind in (*owed, *_many(rng, kinds)):
            ready = [agent for agent in agents if _is_free(kind, agent, free, at)]
            if not ready or (kind.late and at < late_from):
                continue
            agent, lasts = rng.choice(ready), rng.uniform(kind.shortest, kind.longest)
            for part in kind.takes:
                free[part, _owner(part, agent)] = at + lasts + kind.settles
            found.append(Fault(at, kind.name, agent, lasts, rng.randrange(1 << 30)))
            owed = [each for each in owed if each is not kind]
            break
    return found


def counted(faults: Sequence[Fault]) -> Mapping[str, int]:
    """Give how many there are of each kind, by name."""
    names = sorted({fault.kind for fault in faults})
    return {name: sum(fault.kind == name for fault in faults) for name in names}


def _many(rng: Random, kinds: Sequence[Kind]) -> list[Kind]:
    return rng.choices(kinds, [kind.share for kind in kinds], k=20)


def _is_free(kind: Kind, agent: str, free: Mapping[tuple[str, str], float], at: float) -> bool:
    return all(part == NOBODY or free.get((part, _owner(part, agent)), 0.0) <= at for part in kind.takes)


def _owner(part: str, agent: str) -> str:
    return agent if part in (AGENT, LINE) else ""
