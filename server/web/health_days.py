"""A loudspeaker's last thirty days, as pictures and as a table of the same numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from schedules.ids import LoudspeakerId
from server.services import health_days as use
from server.services.health_days import Day
from server.web.centre import centre
from server.web.stations import pages_of_a_station, station
from server.web.visitor import person

health_days = pages_of_a_station("health_days", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One column of the table, drawn as one line.

    Attributes:
        number: gives a day's value in the unit; None where nothing is known.
        places: decimal places that are shown.
        picture: which picture the line is drawn in; several may share one.
    """

    key: str
    title: str
    unit: str
    number: Callable[[Day], float | None]
    places: int
    picture: str

    def text(self, day: Day) -> str:
        """Give a day's value as people write it; a dash where nothing is known."""
        number = self.number(day)
        return "–" if number is None else f"{number:.{self.places}f}".replace(".", ",")


@health_days.get("/loudspeakers/<loudspeaker>/health")
def shown(loudspeaker: str) -> str:
    """Show how it has been."""
    known, days = use.last_days(
        centre().store, centre().clock, person(), station().id, LoudspeakerId(loudspeaker), zone=station().time
    )
    measures = _measures()
    return render_template(
        "loudspeakers/health.html",
        known=known,
        days=days,
        measures=measures,
        pictures=_pictures(measures, days),
    )


def _pictures(measures: tuple[Measure, ...], days: tuple[Day, ...]) -> list[tuple[str, str, bool]]:
    """Give the pictures: key, title and whether there is anything to draw."""
    found = []
    for key in dict.fromkeys(each.picture for each in measures):
        own = [each for each in measures if each.picture == key]
        anything = any(each.number(day) is not None for each in own for day in days)
        found.append((key, f"{', '.join(each.title for each in own)} ({own[0].unit})", anything))
    return found


def _measures() -> tuple[Measure, ...]:
    return (
        Measure(
            key="contact",
            title=_("Có kết nối"),
            unit="%",
            number=lambda day: _percent(day.contact),
            places=0,
            picture="there",
        ),
        Measure(
            key="running",
            title=_("Chắc chắn có chạy"),
            unit="%",
            number=lambda day: _percent(day.running),
            places=0,
            picture="there",
        ),
        Measure(
            key="temperature",
            title=_("Nhiệt độ cao nhất"),
            unit="°C",
            number=lambda day: day.temperature,
            places=0,
            picture="temperature",
        ),
        Measure(
            key="disk",
            title=_("Thẻ nhớ trống ít nhất"),
            unit="GB",
            number=lambda day: None if day.disk_free is None else day.disk_free / 1e9,
            places=1,
            picture="disk",
        ),
        Measure(
            key="clock",
            title=_("Sai số đồng hồ lớn nhất"),
            unit="ms",
            number=lambda day: day.clock_error_ms,
            places=0,
            picture="clock",
        ),
        Measure(
            key="level",
            title=_("Mức ra loa"),
            unit="dBFS",
            number=lambda day: day.level_dbfs,
            places=1,
            picture="level",
        ),
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100
