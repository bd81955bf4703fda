"""What the centre last named as in force, held against what is here: what is missing or old.

A device that lost its state obeys nothing until nothing is missing; one that holds its state plays on and says so.
It must not decide what is obeyed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schedules.wire.messages import Current


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Numbers of what one loudspeaker holds; None where it holds nothing.

    Attributes:
        rundown: of the zone its assignment names.
        emergencies: number of the newest list by audience, in the same way.
        silences: newest by audience, for every audience its assignment names; below every number where none came.
    """

    trust: int | None = None
    assignment: int | None = None
    rundown: int | None = None
    silences: Mapping[str, int] = field(default_factory=dict)
    emergencies: Mapping[str, int] = field(default_factory=dict)


def behind(current: Current, holding: Holding) -> tuple[str, ...]:
    """Give a code for everything older than what the centre named.

    Beside an old assignment the rundown may be another zone's, and its number says nothing.
    """
    elsewhere = _is_below(holding.assignment, current.assignment)
    found = {
        "behind.trust": _is_below(holding.trust, current.trust),
        "behind.assignment": elsewhere,
        "behind.rundown": current.rundown is not None and not elsewhere and _is_below(holding.rundown, current.rundown),
        "behind.silence": any(holding.silences.get(audience, number) < number for audience, number in current.silences),
        "behind.emergencies": any(
            holding.emergencies.get(audience, number) < number for audience, number in current.emergencies
        ),
    }
    return tuple(code for code, is_behind in found.items() if is_behind)


def unknown_to_the_centre(named: Iterable[tuple[str, int]], held: Mapping[str, int]) -> list[str]:
    """Give the audiences of which something newer is held than the centre named: it gave that and has lost it."""
    known = dict(named)
    return [audience for audience, number in held.items() if number > known.get(audience, -1)]


def is_whole(current: Current, holding: Holding) -> bool:
    """Tell whether nothing is missing of what the centre named for the very assignment that is held.

    What it named beside another one may belong to another zone, and says nothing about this one.
    """
    return holding.assignment == current.assignment and not behind(current, holding)


def _is_below(held: int | None, named: int) -> bool:
    return held is None or held < named
