"""Works out the picture of a campaign: per zone a bar of its days, and a cell for each day. Pure; templates draw it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schedules.campaign import Goal
from server.services.attainments import ZoneAccount
from server.web.pictures import Bar


@dataclass(frozen=True, slots=True)
class Cell:
    """One zone on one day.

    Attributes:
        played: confirmed plays; None on days to come.
        coming: plays awaited or planned.
        tone: how it stands against the goal.
    """

    played: int | None
    coming: int
    tone: str


def cells(zone: ZoneAccount, goal: Goal, days: Iterable[date], *, today: date) -> tuple[Cell, ...]:
    """Give the cells of one zone, in order of day."""
    return tuple(_cell(zone, goal, day, today) for day in days)


def shares(zone: ZoneAccount, goal: Goal) -> tuple[Bar, ...]:
    """Give how the days of a goal divide: met, promised by the plan, and the rest left as ground."""
    met = min(zone.heard.days_met, goal.days)
    promised = min(zone.days_ahead, goal.days - met)
    widths = ((met, "good"), (promised, "plan"))
    left, bars = 0.0, []
    for number, tone in widths:
        width = number / goal.days * 100
        if width:
            bars.append(Bar(round(left, 3), round(width, 3), tone, f"{number}/{goal.days}"))
        left += width
    return tuple(bars)


def _cell(zone: ZoneAccount, goal: Goal, day: date, today: date) -> Cell:
    confirmed, awaited = zone.heard.confirmed.get(day, 0), zone.heard.awaited.get(day, 0)
    coming = awaited + zone.planned.get(day, 0)
    if confirmed >= goal.plays_a_day:
        return Cell(confirmed, coming, "good")
    enough = confirmed + coming >= goal.plays_a_day
    if day > today:
        return Cell(None, coming, "plan" if enough else "lost" if not coming else "wait")
    if enough:
        return Cell(confirmed, coming, "plan" if day == today else "still")
    return Cell(confirmed, coming, "wait" if confirmed or coming else "bad")
