"""Tells what a simulation found, line by line; zones that hear the same are told together. It decides nothing.

The command and the page both tell by it, each with its own way to say a code.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from schedules.hours import Finding as Breach
from schedules.schedule import Note
from schedules.simulated_pole import Heard
from schedules.unit import Zone
from schedules.what_if import Difference
from server.services.simulating import Answer, Reached, ZoneAnswer

Say = Callable[[str, Mapping[str, object]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What zones that are alike would hear; each line is a sentence."""

    zones: tuple[Zone, ...]
    example: ZoneAnswer
    minutes: tuple[str, ...]
    differences: tuple[str, ...]
    clashes: tuple[str, ...]
    breaches: tuple[str, ...]


def tell(answer: Answer, say: Say) -> tuple[Told, ...]:
    """Tell of every zone, those in which something differs first."""
    alike: dict[object, list[ZoneAnswer]] = defaultdict(list)
    for each in answer.zones:
        alike[each.differences, each.new_clashes, each.breaches, tuple(each.minutes.items())].append(each)
    told = [
        Told(
            zones=tuple(each.zone for each in group),
            example=group[0],
            minutes=tuple(_minutes(day, *lengths, say) for day, lengths in group[0].minutes.items()),
            differences=tuple(_difference(each, say) for each in group[0].differences),
            clashes=tuple(_clash(each, say) for each in _in_order(group[0].new_clashes)),
            breaches=tuple(_breach(what, found, say) for what, found in group[0].breaches),
        )
        for group in alike.values()
    ]
    return tuple(sorted(told, key=lambda each: not (each.differences or each.breaches)))


def tell_reach(reached: Iterable[Reached], say: Say) -> tuple[str, ...]:
    """Tell how many people each programme reaches, where that differs."""
    return tuple(
        say(
            "simulation.reach",
            {
                "title": each.title,
                "before": each.before.residents,
                "after": each.after.residents,
                "zones_before": len(each.before.zones),
                "zones": len(each.after.zones),
            },
        )
        for each in reached
        if each.before.zones != each.after.zones
    )


def _difference(difference: Difference, say: Say) -> str:
    before, after = difference.before, difference.after
    heard = after or before
    assert heard is not None  # noqa: S101 - a difference has one of the two
    values: dict[str, object] = {
        "title": difference.title,
        "start": (before or heard).start,
        "begins": heard.start,
        "end": heard.end,
        "reason": say(difference.reason, dict(difference.values)),
    }
    return say(f"simulation.{difference.change.value}", values)


def _clash(note: Note, say: Say) -> str:
    values = {"title": note.title, "start": note.start, "reason": say(note.code, dict(note.values))}
    return say("simulation.clash", values)


def _breach(what: Heard | date, found: Breach, say: Say) -> str:
    reason = say(found.code, dict(found.values))
    if isinstance(what, Heard):
        values = {"title": what.item.title, "start": what.span.start, "reason": reason}
        return say("simulation.breach", values)
    return say("simulation.breach_of_day", {"day": what, "reason": reason})


def _minutes(day: date, before: timedelta, after: timedelta, say: Say) -> str:
    code = "simulation.minutes" if before == after else "simulation.minutes_changed"
    return say(code, {"day": day, "before": before, "after": after})


def _in_order(notes: Iterable[Note]) -> list[Note]:
    placed = [(note.start, note) for note in notes if note.start is not None]
    return [note for _, note in sorted(placed, key=lambda each: (each[0], each[1].title))]
