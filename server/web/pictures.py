"""Works out the drawn strips: where on a line of time things stand, in percent. Pure; templates draw what it gives."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schedules.times import Span


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch on a strip, `x` and `width` in percent of it; `tone` names its look, `label` what a reader hears."""

    x: float
    width: float
    tone: str
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A named instant on a strip."""

    x: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A drawn line of time.

    Attributes:
        ground: stretches drawn behind, such as permitted hours.
        now: where the present stands in percent; None when it is not on the strip.
    """

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    ground: tuple[Bar, ...] = ()
    now: float | None = None
    now_label: str = ""


def strip(
    span: Span,
    bars: Iterable[tuple[Span, str, str]],
    *,
    now: datetime,
    zone: ZoneInfo,
    ground: Iterable[Span] = (),
    ticks: int = 6,
) -> Strip:
    """Lay out a strip over a span.

    Args:
        span: from the left edge to the right one.
        bars: stretch, tone and label of each; what lies outside the span is left out.
        now: marked where it lies inside.
        zone: for the labels of the ticks.
        ground: stretches drawn behind.
        ticks: about how many to mark.
    """
    return Strip(
        bars=tuple(_bar(span, *each) for each in bars if each[0].overlaps(span)),
        ticks=_ticks(span, zone, ticks),
        ground=tuple(_bar(span, each, "window", "") for each in ground if each.overlaps(span)),
        now=_share(span, now) if span.holds(now) else None,
        now_label=f"{now.astimezone(zone):%H:%M}",
    )


_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 240))


def _ticks(span: Span, zone: ZoneInfo, about: int) -> tuple[Tick, ...]:
    step = next((each for each in _STEPS if span.duration / each <= about), _STEPS[-1])
    local = span.start.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + -(-(local - midnight) // step) * step
    found: list[Tick] = []
    while at <= span.end:
        x = _share(span, at)
        found.append(Tick(x, f"{at:%H:%M}" if x < 99 else ""))
        at += step
    return tuple(found)


def _bar(span: Span, stretch: Span, tone: str, label: str) -> Bar:
    left = _share(span, max(stretch.start, span.start))
    right = _share(span, min(stretch.end, span.end))
    return Bar(left, round(max(right - left, 0.25), 3), tone, label)


def _share(span: Span, at: datetime) -> float:
    return round((at - span.start) / span.duration * 100, 3)
