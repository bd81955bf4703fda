"""Who was reached: what came of the plays of some days, sorted as asked. It must not judge."""

from dataclasses import dataclass
from datetime import date

from flask import render_template, request
from flask_babel import gettext as _

from schedules.reconciliation import Verdict
from schedules.times import local_day
from schedules.unit import Unit
from server.errors import Unacceptable
from server.services.coverages import By, Coverage, coverage_of
from server.services.rights import ANY_ROLE, may
from server.web import entered
from server.web.centre import centre
from server.web.log import TONES, shares
from server.web.spoken import language_name
from server.web.stations import pages_of_a_station, station
from server.web.telling import told
from server.web.visitor import person

coverage = pages_of_a_station("coverage", __name__)

SHOWN = (Verdict.CONFIRMED, Verdict.PARTIAL, Verdict.FAILED, Verdict.MISSED, Verdict.AWAITED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the page was asked for."""

    unit: Unit
    first: date
    last: date
    by: By


@coverage.get("/coverage")
def shown() -> str | tuple[str, int]:
    """Show what came of the plays of some days; of this month unless asked otherwise."""
    units = _units()
    today = local_day(centre().clock.now(), station().time)
    asked = Asked(unit=station().unit, first=today.replace(day=1), last=today, by=By.PROGRAMME)
    try:
        asked = _asked_for(asked, units)
        found = coverage_of(
            centre().store,
            centre().clock,
            person(),
            asked.unit.id,
            first=asked.first,
            last=asked.last,
            by=asked.by,
        )
    except Unacceptable as error:
        return _page(asked, units, None, {error.field: told(error)}), 422
    return _page(asked, units, found, {})


def _page(asked: Asked, units: tuple[Unit, ...], found: Coverage | None, faults: dict[str, str]) -> str:
    return render_template(
        "coverage/coverage.html",
        asked=asked,
        entered=request.args,
        units=units,
        found=found,
        faults=faults,
        orders=tuple(By),
        shown=SHOWN,
        tones=TONES,
        name=lambda row: _name(asked.by, row.name),
        bars=shares,
    )


def _asked_for(usual: Asked, units: tuple[Unit, ...]) -> Asked:
    unit = next((each for each in units if each.id == request.args.get("unit")), usual.unit)
    by = request.args.get("by", "")
    return Asked(
        unit=unit,
        first=entered.day(request.args, "first", default=usual.first.isoformat()),
        last=entered.day(request.args, "last", default=usual.last.isoformat()),
        by=By(by) if by in set(By) else usual.by,
    )


def _units() -> tuple[Unit, ...]:
    """Give the station and what lies above it, as far as this person may look."""
    with centre().store.reading() as uow:
        units = uow.places.units()
        return tuple(units.by_id[each] for each in units.above(station().id) if may(units, person(), each, *ANY_ROLE))


def _name(by: By, name: str) -> str:
    if by is By.LANGUAGE:
        return language_name(name)
    return name or str(_("(không ghi chủ đề)"))
