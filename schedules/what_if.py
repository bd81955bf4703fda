"""What if: what one zone hears over a period, judged as its journal would be, and held against another run.

It must not simulate. Verdicts are those of `reconciliation`; what it adds is what no report could tell: what
really sounded by true time, and why it differs from what would have sounded otherwise.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from schedules.asrun import AsRunEntry
from schedules.choice import SPOKEN
from schedules.coverage import Play, plays_of
from schedules.hours import Finding as Breach
from schedules.hours import Hours, minutes_findings
from schedules.ids import OccurrenceId
from schedules.override import Override
from schedules.reconciliation import START_TOLERANCE, Finding, reconcile
from schedules.regulation import Regulation
from schedules.reissue import Issued
from schedules.rundown import RundownItem
from schedules.schedule import Note
from schedules.simulated_pole import Heard
from schedules.simulation import Run
from schedules.times import Span, local_day
from schedules.unit import Zone


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a period at one zone.

    Attributes:
        planned: what the centre planned in the period, as planned last.
        notes: why the rest of what people scheduled was not planned, or not whole.
        heard: by true time.
        findings: what the journal will confirm of everything planned that is over.
    """

    zone: Zone
    span: Span
    planned: Mapping[OccurrenceId, RundownItem]
    notes: tuple[Note, ...]
    heard: tuple[Heard, ...]
    findings: Mapping[OccurrenceId, Finding]


def outcome(issued: Issued, run: Run, span: Span) -> Outcome:
    """Judge what became of a period.

    Args:
        issued: what the centre said.
        run: what the loudspeakers of the zone did.
        span: the period; what began before it is left out.
    """
    planned: dict[OccurrenceId, RundownItem] = {}
    for number, issue in enumerate(issued.issues):
        following = issued.issues[number + 1].at if number + 1 < len(issued.issues) else span.end
        for item in issue.rundown.items:
            if span.holds(item.starts_at) and item.starts_at < following:
                planned[item.occurrence] = item
    entries: dict[OccurrenceId, list[AsRunEntry]] = defaultdict(list)
    for entry in run.entries:
        entries[entry.occurrence].append(entry)
    findings = {
        key: reconcile(item, entries.get(key, ()), covers_until=span.end, now=span.end)
        for key, item in planned.items()
        if item.ends_at <= span.end
    }
    notes = tuple(note for note in issued.notes.values() if note.start is None or span.holds(note.start))
    heard = tuple(each for each in run.heard if span.holds(each.span.start))
    return Outcome(issued.zone, span, planned, notes, heard, findings)


class Change(StrEnum):
    """How what a zone hears differs."""

    ADDED = "added"
    REMOVED = "removed"
    SHIFTED = "shifted"
    SHORTENED = "shortened"
    LENGTHENED = "lengthened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One item that a zone hears otherwise, by true time, and the code of why.

    Attributes:
        before, after: from its first sound to its last; None where it is not heard.
        reason: the verdict's where it was planned, else the planner's; where neither has one, `schedule.changed`, or
            `device.clock_off` where the plan is the same.
        values: of the reason's sentence.
    """

    change: Change
    title: str
    occurrence: OccurrenceId
    before: Span | None
    after: Span | None
    reason: str
    values: tuple[tuple[str, object], ...] = ()


def differences(before: Outcome, after: Outcome) -> tuple[Difference, ...]:
    """Say what a zone hears otherwise, in order of time."""
    if before.heard == after.heard:
        return ()
    old, new = _by_occurrence(before.heard), _by_occurrence(after.heard)
    found: list[Difference] = []
    for key in {*old, *new}:
        change = _change(old.get(key, ()), new.get(key, ()))
        if change is None:
            continue
        item = (new.get(key) or old[key])[0].item
        code, values = _reason(after if change is not Change.LENGTHENED else before, key)
        found.append(
            Difference(
                change=change,
                title=item.title,
                occurrence=key,
                before=_extent(old.get(key, ())),
                after=_extent(new.get(key, ())),
                reason=code or ("device.clock_off" if _planned_alike(before, after, key) else "schedule.changed"),
                values=values,
            )
        )
    return tuple(sorted(found, key=lambda each: (_first(each), each.occurrence)))


def minutes_of_speech(outcome: Outcome, regulations: Sequence[Regulation]) -> Mapping[date, timedelta]:
    """Give how long people are spoken to on each local day, music and signals not counted."""
    found: dict[date, timedelta] = {}
    for each in outcome.heard:
        day = local_day(each.span.start, regulations[0].zone)
        length = each.span.duration if each.item.kind in SPOKEN else timedelta(0)
        found[day] = found.get(day, timedelta(0)) + length
    return found


def breaches(
    outcome: Outcome, regulations: Sequence[Regulation], overrides: Iterable[Override] = ()
) -> Iterator[tuple[Heard | date, Breach]]:
    """Give what sounds against the station's regulation by true time: item by item, then the minutes of each day."""
    if not outcome.heard:
        return
    hours = Hours(regulations, outcome.span, overrides)
    spans: dict[date, list[Span]] = defaultdict(list)
    for each in outcome.heard:
        finding = hours.finding(each.span.start, each.span.end, each.item.kind, each.item.approval)
        if finding is not None:
            yield each, finding
        spans[local_day(each.span.start, regulations[0].zone)].append(each.span)
    for day, heard in spans.items():
        regulation = hours.regulation(heard[0].start)
        if regulation is not None:
            yield from ((day, finding) for finding in minutes_findings(regulation, day, heard))


def plays(outcomes: Iterable[Outcome]) -> tuple[Play, ...]:
    """Give what is over as coverage counts it."""
    return plays_of(
        (each.zone, each.planned[key], finding.verdict) for each in outcomes for key, finding in each.findings.items()
    )


def _by_occurrence(heard: Iterable[Heard]) -> dict[OccurrenceId, tuple[Heard, ...]]:
    found: dict[OccurrenceId, tuple[Heard, ...]] = {}
    for each in heard:
        found[each.item.occurrence] = (*found.get(each.item.occurrence, ()), each)
    return found


def _change(old: Sequence[Heard], new: Sequence[Heard]) -> Change | None:
    if not new:
        return Change.REMOVED
    if not old:
        return Change.ADDED
    if abs(new[0].span.start - old[0].span.start) > START_TOLERANCE:
        return Change.SHIFTED if abs(_length(new) - _length(old)) <= START_TOLERANCE else _longer(old, new)
    return _longer(old, new) if abs(_length(new) - _length(old)) > START_TOLERANCE else None


def _longer(old: Sequence[Heard], new: Sequence[Heard]) -> Change:
    return Change.LENGTHENED if _length(new) > _length(old) else Change.SHORTENED


def _length(heard: Iterable[Heard]) -> timedelta:
    return sum((each.span.duration for each in heard), timedelta(0))


def _extent(heard: Sequence[Heard]) -> Span | None:
    return Span(heard[0].span.start, max(each.span.end for each in heard)) if heard else None


def _first(difference: Difference) -> datetime:
    spans = [span for span in (difference.before, difference.after) if span is not None]
    return min(span.start for span in spans)


def _planned_alike(before: Outcome, after: Outcome, key: OccurrenceId) -> bool:
    old, new = before.planned.get(key), after.planned.get(key)
    return old is not None and new is not None and old.span == new.span


def _reason(outcome: Outcome, key: OccurrenceId) -> tuple[str, tuple[tuple[str, object], ...]]:
    finding = outcome.findings.get(key)
    if finding is not None and finding.reason:
        return finding.reason, ()
    note = next((note for note in outcome.notes if note.occurrence == key), None)
    return (note.code, note.values) if note is not None else ("", ())
