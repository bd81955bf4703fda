"""The `simulate` command: reads what is asked from its arguments, and prints what would be heard.

The rules are `services.simulating`'s; the words are those of the page. It writes nothing anywhere.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from schedules.errors import ScheduleError
from schedules.faults import ClockOff, DownloadFailed, Fault, LinkDown, PowerCut
from schedules.ids import ProgrammeId, SlotId, UnitId, ZoneId
from schedules.times import Span
from server.at_the_machine import speaking, whoever_sits_here
from server.clock import WallClock
from server.config import Config
from server.errors import ServerError, Unacceptable
from server.services.simulating import Answer, Proposal, Question, what_if
from server.services.wishes import WishAtTime
from server.store import open_as_it_is
from server.web.sentences import sentence
from server.web.simulated import Say, tell, tell_reach
from server.web.simulated_plain import as_plain


def main(given: argparse.Namespace, config: Config) -> int:
    """Simulate and print; return the exit code."""
    home = ZoneInfo(config.time_zone)
    try:
        store = open_as_it_is(config.database)
        question = _question(given, home)
        person = whoever_sits_here(store, question.place)
        answer = what_if(store, WallClock(config.clock_offset), person, question, progress=_progress())
    except (ServerError, ScheduleError) as error:
        print(sentence(error.code, error.values, language=given.language, zone=home), file=sys.stderr)
        return 1
    say = speaking(store, given.language, home)
    if given.json:
        print(json.dumps(as_plain(answer, say), ensure_ascii=False, indent=1))
    else:
        print("\n".join(as_text(answer, say)))
    return 0


def as_text(answer: Answer, say: Say) -> list[str]:
    """Give what a person reads."""
    lines = [
        say(
            "simulation.heading",
            {"zones": len(answer.zones), "start": answer.span.start, "end": answer.span.end - timedelta(seconds=1)},
        )
    ]
    for told in tell(answer, say):
        lines += ["", ", ".join(zone.name for zone in told.zones)]
        lines += [f"  {each}" for each in told.minutes]
        for heading, found in (
            ("simulation.differences", told.differences),
            ("simulation.clashes", told.clashes),
            ("simulation.breaches", told.breaches),
        ):
            lines.append(f"  {say(heading, {'count': len(found)})}")
            lines += [f"    - {each}" for each in found]
    reached = tell_reach(answer.reach, say)
    return [*lines, *(["", say("simulation.coverage", {})] if reached else []), *(f"  - {each}" for each in reached)]


def _question(given: argparse.Namespace, home: ZoneInfo) -> Question:
    change = _change(given)
    return Question(
        place=ZoneId(given.zone) if given.zone else UnitId(given.unit),
        first=given.first,
        last=given.last or given.first,
        proposal=Proposal(
            approved=frozenset(map(ProgrammeId, [*given.approve, *_texts(change, "approve")])),
            withdrawn=frozenset(map(ProgrammeId, [*given.withdraw, *_texts(change, "withdraw")])),
            removed=frozenset(map(SlotId, [*given.remove_slot, *_texts(change, "remove_slots")])),
            booked=tuple(_booking(each) for each in _listed(change, "book")),
        ),
        faults=tuple(fault_of(text, home) for text in given.fault),
        failing_at=frozenset(map(ZoneId, given.at)),
    )


def fault_of(text: str, home: ZoneInfo) -> Fault:
    """Read one assumed fault, `clock_off:120=2026-12-01..2026-12-04`.

    Raises:
        Unacceptable: `simulation.fault`.
    """
    try:
        named, _, times = text.partition("=")
        kind, _, detail = named.partition(":")
        begins, ends = (datetime.fromisoformat(each).replace(tzinfo=home).astimezone(UTC) for each in times.split(".."))
        span = Span(begins, ends)
        match kind:
            case "link_down":
                return LinkDown(span)
            case "power_cut":
                return PowerCut(span)
            case "clock_off":
                return ClockOff(span, timedelta(seconds=float(detail)))
            case "clock_wrong":
                return ClockOff(span, timedelta(seconds=float(detail)), timedelta(0))
            case "download_failed":
                return DownloadFailed(span, ProgrammeId(detail) if detail else None)
    except (ValueError, ScheduleError) as error:
        raise Unacceptable("simulation.fault", text=text) from error
    raise Unacceptable("simulation.fault", text=text)


def _change(given: argparse.Namespace) -> Mapping[str, object]:
    if given.change is None:
        return {}
    try:
        read = json.loads(given.change.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unacceptable("simulation.change_file", file=str(given.change)) from error
    if not isinstance(read, dict) or set(read) - {"approve", "withdraw", "remove_slots", "book"}:
        raise Unacceptable("simulation.change_file", file=str(given.change))
    return read


def _listed(change: Mapping[str, object], name: str) -> list[object]:
    found = change.get(name, [])
    if not isinstance(found, list):
        raise Unacceptable("simulation.change_entry", name=name)
    return found


def _texts(change: Mapping[str, object], name: str) -> list[str]:
    found = _listed(change, name)
    if not all(isinstance(each, str) for each in found):
        raise Unacceptable("simulation.change_entry", name=name)
    return [str(each) for each in found]


def _booking(entry: object) -> tuple[ProgrammeId, WishAtTime]:
    try:
        assert isinstance(entry, dict)  # noqa: S101 - told below like every other fault of an entry
        minutes = entry.get("minutes")
        return ProgrammeId(entry["programme"]), WishAtTime(
            zones=frozenset(map(ZoneId, _texts(entry, "zones"))),
            units=frozenset(map(UnitId, _texts(entry, "units"))),
            first_day=date.fromisoformat(entry["day"]),
            at=time.fromisoformat(entry["time"]),
            lasts=None if minutes is None else timedelta(minutes=minutes),
        )
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        raise Unacceptable("simulation.change_entry", name="book") from error


def _progress() -> Callable[[str, int, int], None]:
    """Tell how far it is, where somebody looks on and it takes longer than a second."""
    begun = last = monotonic()

    def tell_how_far(what: str, done: int, whole: int) -> None:
        nonlocal last
        now = monotonic()
        if now - begun > 1 and now - last > 1 and sys.stderr.isatty():
            last = now
            print(f"\r{what} {done}/{whole}", end="\r", file=sys.stderr, flush=True)

    return tell_how_far
