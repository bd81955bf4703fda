"""The running order foretold: what is cut, not heard or silent, said before it happens; and what can never fit.

Pure functions of a template and what is to fill it. It must not know approvals, nor who else wants the air.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from schedules.hours import Finding, limits
from schedules.ids import PlaceId
from schedules.regulation import Regulation
from schedules.session import Place, SessionTemplate, anchors, span_of
from schedules.times import Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a session: from its start or a timed place to the next timed place or the end."""

    span: Span
    places: tuple[Place, ...]


def stretches(template: SessionTemplate, day: date, zone: ZoneInfo) -> tuple[Stretch, ...]:
    """Part a session at its timed places; a stretch before the first of them may be without any place."""
    whole = span_of(template, day, zone)
    parts: list[tuple[datetime, list[Place]]] = [(whole.start, [])]
    for place, anchor in zip(template.places, anchors(template, day, zone), strict=True):
        if anchor is not None:
            parts.append((anchor, []))
        parts[-1][1].append(place)
    ends = [start for start, _ in parts[1:]] + [whole.end]
    return tuple(
        Stretch(Span(start, max(start, end)), tuple(places)) for (start, places), end in zip(parts, ends, strict=True)
    )


def misfits(
    template: SessionTemplate, lengths: Mapping[PlaceId, timedelta], regulation: Regulation, day: date
) -> tuple[Finding, ...]:
    """Say why a session can never sound whole on a day: it is longer than its time, or than its regulation lets it be.

    Args:
        template: one that runs on the day.
        lengths: how long the fixed programmes of places sound; every other place counts as the minutes it
            is meant to last, and filler as nothing.
        regulation: in force on the day.
        day: local date.
    """
    found: list[Finding] = []
    sounding: list[Span] = []
    for stretch in stretches(template, day, regulation.zone):
        planned = sum((_planned(place, lengths) for place in stretch.places), timedelta(0))
        span, room = stretch.span, stretch.span.duration
        if planned > room:
            values = (("start", span.start), ("until", span.end), ("planned", planned), ("over", planned - room))
            found.append(Finding("session.too_long", values))
        filled = room if any(place.filler for place in stretch.places) else min(planned, room)
        sounding.append(Span(span.start, span.start + filled))
    whole = span_of(template, day, regulation.zone)
    if not regulation.permits(whole):
        found.append(Finding("session.outside_hours", (("start", whole.start), ("end", whole.end))))
    exceeded = (limit.exceeded_by(sounding) for limit in limits(regulation, day))
    return (*found, *(each for each in exceeded if each is not None))


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about a running order that people should know: a stable code and the values of its sentence."""

    code: str
    values: tuple[tuple[str, object], ...] = ()


def loss(title: str, *, start: datetime, end: datetime, wants_until: datetime) -> Remark | None:
    """Say what is lost of one item of a session, None when it is heard whole.

    Args:
        title: of the item.
        start: when it begins.
        end: when it ends, or is cut; its start when no time is left for it.
        wants_until: when it would end if nothing cut it.
    """
    if wants_until <= end:
        return None
    values = (("title", title), ("until", end), ("over", wants_until - end))
    return Remark("session.item_cut" if end > start else "session.item_not_heard", values)


def silences(whole: Span, sounding: Iterable[Span]) -> tuple[Span, ...]:
    """Give the gaps of a session, in which nothing sounds."""
    gaps: list[Span] = []
    cursor = whole.start
    for span in sorted(sounding):
        if cursor < span.start:
            gaps.append(Span(cursor, min(span.start, whole.end)))
        cursor = max(cursor, span.end)
        if cursor >= whole.end:
            return tuple(gaps)
    return (*gaps, Span(cursor, whole.end))


def _planned(place: Place, lengths: Mapping[PlaceId, timedelta]) -> timedelta:
    if place.filler:
        return timedelta(0)
    return lengths.get(place.id, timedelta(minutes=place.minutes))
