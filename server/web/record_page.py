"""What a page needs to show one record to its approver, at the desk or by a one-time link. It judges nothing."""

from collections.abc import Callable

from flask import request
from flask_babel import gettext as _

from server.errors import Unacceptable
from server.services import forecast, session_comparison
from server.services.comparison import compared
from server.services.reworded import reworded_of
from server.services.waiting import TemplateToApprove, ToApprove
from server.values import Person
from server.web import entered
from server.web.centre import centre
from server.web.choices import OpenPlace
from server.web.session_templates import offered


def shown_record(waiting: ToApprove, approver: Person, sound_address: Callable[[str], str]) -> dict[str, object]:
    """Give the template of a record its names; `sound_address` is where this page plays a sound from."""
    with centre().store.reading() as uow:
        makers = [uow.people.get(each) for each in waiting.stored.changed_by]
        channels = {each.id: each.name for each in uow.places.channels()}
        units = uow.places.units()
        groups = {each.id: each.name for each in uow.places.groups()}
        templates = [each.template for each in uow.programmes.templates()]
    return {
        "waiting": waiting,
        "programme": waiting.stored.programme,
        "makers": sorted(each.name for each in makers if each is not None),
        "channels": channels,
        "places": {
            place.id: OpenPlace(place=place, template=template)
            for template in sorted(templates, key=lambda each: each.valid_from)
            for place in template.places
        },
        "unit_names": {each.id: each.name for each in units.by_id.values()} | groups,
        "zone_names": {zone.id: zone.name for slot in waiting.slots for zone in slot.zones},
        "compared": compared(centre().store, approver, waiting.stored.programme.id),
        "reworded": reworded_of(centre().store, waiting.stored),
        "sound_address": sound_address,
        "common_reasons": common_reasons(),
    }


def shown_session(
    waiting: TemplateToApprove, approver: Person, sound_address: Callable[[str], str], days_address: str
) -> dict[str, object]:
    """Give the template of a session that waits its names; another day of it is asked for at `days_address`."""
    drawn = waiting.stored.template
    try:
        day = entered.day(request.args, "on") if request.args.get("on") else None
    except Unacceptable:
        day = None
    with centre().store.reading() as uow:
        channels = {each.id: each.name for each in uow.places.channels()}
        names = {each.template.id: each.template.name for each in uow.programmes.templates()}
        makers = [uow.people.get(each) for each in waiting.stored.changed_by]
    return {
        "waiting": waiting,
        "template": drawn,
        "makers": sorted(each.name for each in makers if each is not None),
        "fixed": {each.id: each for each in waiting.programmes},
        "channels": channels,
        "offered": offered(drawn.station),
        "replaces": None if drawn.replaces is None else names.get(drawn.replaces, "…"),
        "compared": session_comparison.compared(centre().store, approver, drawn),
        "seen": forecast.foresee(centre().store, centre().clock, approver, drawn, day=day),
        "days_address": days_address,
        "sound_address": sound_address,
        "common_reasons": reasons_for_sessions(),
    }


def reasons_for_sessions() -> tuple[str, ...]:
    """Give why session templates are most often sent back."""
    return (
        _("Sai giờ hoặc thứ tự các mục"),
        _("Buổi phát dài quá hoặc ngắn quá"),
        _("Tiếp sóng chưa đúng kênh hoặc giờ"),
        _("Nhạc hoặc bài cố định chưa phù hợp"),
    )


def common_reasons() -> tuple[str, ...]:
    """Give why programmes are most often sent back."""
    return (
        _("Sai ngày, giờ hoặc địa điểm"),
        _("Sai tên người, tên cơ quan"),
        _("Lời chưa rõ hoặc còn lỗi"),
        _("Bản thu nghe không rõ"),
        _("Chưa đúng giờ phát hoặc nơi phát"),
        _("Thiếu văn bản kèm theo"),
    )


def reason_of(ticked: list[str], words: str) -> str:
    """Put what was ticked and what was typed into one reason."""
    return ". ".join(each.strip().rstrip(".") for each in (*ticked, words) if each.strip())
