"""The technician's desk: alarms nobody noted yet, open faults of all their units; those that ended; both as files."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from schedules.ids import UnitId
from server.services import alarms, faults
from server.services import fault_board as use
from server.services.audit import note_reading
from server.services.fault_board import Shown
from server.web.areas import chosen_unit, units_to_choose
from server.web.centre import centre
from server.web.spreadsheets import Value, csv_of, xlsx_of
from server.web.telling import say, zone
from server.web.visitor import language, person
from server.web.words import word

fault_list = Blueprint("fault_list", __name__, url_prefix="/faults")

SHOWN = 100
"""As many one page has; a file has them all."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the address asks for."""

    unit: UnitId | None
    ended: bool


@fault_list.get("")
def listed() -> str:
    """List them."""
    wanted = _wanted()
    return render_template(
        "faults/list.html",
        found=_found(wanted, most=SHOWN),
        alarms=() if wanted.ended else _not_noted(wanted.unit),
        wanted=wanted,
        units=units_to_choose(wanted.unit),
        most=SHOWN,
        query=request.query_string.decode("ascii", "ignore"),
    )


@fault_list.get("/lines.<any(csv, xlsx):kind>")
def file(kind: str) -> Response:
    """Give what is listed as a file."""
    wanted = _wanted()
    found = _found(wanted, most=use.MOST)
    name = f"su-co-{centre().clock.now().astimezone(zone()):%Y%m%d}"
    unit = wanted.unit or person().unit
    note_reading(centre().store, centre().clock, person(), what=f"{name}.{kind}", unit=unit)
    made = csv_of if kind == "csv" else xlsx_of
    return made(name, _heads(), _rows(found), zone())


def _wanted() -> _Wanted:
    return _Wanted(chosen_unit(), request.args.get("state") == "ended")


def _not_noted(unit: UnitId | None) -> tuple[alarms.Shown, ...]:
    """Give the open alarms about loudspeakers of which no fault was noted."""
    noted = faults.noted_alarms(centre().store)
    found = {
        each.alarm.id: each
        for area in ([unit] if unit else person().units)
        for each in alarms.open_at(centre().store, centre().clock, person(), area)
        if each.names and each.alarm.id not in noted
    }
    return tuple(found.values())


def _found(wanted: _Wanted, *, most: int) -> tuple[Shown, ...]:
    return use.below(centre().store, centre().clock, person(), wanted.unit, ended=wanted.ended, most=most)


def _heads() -> list[str]:
    return [
        _("Đơn vị"),
        _("Nhóm cụm loa"),
        _("Cụm loa"),
        _("Sự cố"),
        _("Ghi chú"),
        _("Người ghi"),
        _("Cảnh báo đã báo"),
        _("Ghi lúc"),
        _("Số ngày"),
        _("Kết quả"),
        _("Kết thúc lúc"),
        _("Người sửa"),
        _("Đã làm gì"),
        _("Linh kiện đã thay"),
        _("Phát trọn lại lúc"),
        _("Chương trình phát trọn lại"),
        _("Mức ra loa (dBFS)"),
    ]


def _rows(found: tuple[Shown, ...]) -> Iterator[list[Value]]:
    now = centre().clock.now()
    for each in found:
        fault, ending, heard = each.fault, each.fault.ending, each.heard
        yield [
            each.station.name,
            each.zone.name,
            each.loudspeaker.name,
            word("fault_kind", fault.kind.value, language()),
            fault.note,
            each.by_name,
            say(each.alarm.code, each.alarm.values) if each.alarm else "",
            fault.at,
            fault.days(now),
            word("fault_outcome", ending.outcome.value, language()) if ending else _("đang mở"),
            ending.at if ending else None,
            each.ended_by_name,
            ending.done if ending else "",
            ending.parts if ending else "",
            heard.started_at if heard else None,
            heard.title if heard else "",
            heard.level_dbfs if heard else None,
        ]
