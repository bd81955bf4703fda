"""What every template may say: words, times, the way around. It must not load what a page shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Flask, g, request, url_for
from flask_babel import gettext as _

from schedules.ids import UnitId
from server.ports import UnitOfWork
from server.services import grants, told
from server.services.audit_names import names_of
from server.services.keys import expiry
from server.services.rights import WRITERS, may
from server.services.standstill import still_since
from server.values import Person, Role
from server.web import formats
from server.web.approvals import waiting_count
from server.web.audited import Telling
from server.web.centre import centre
from server.web.choices import OpenPlace
from server.web.contrast import more_contrast
from server.web.contributions import contributions_waiting
from server.web.emergencies import alarms_here
from server.web.holders import in_a_sentence
from server.web.inbox import offers_waiting
from server.web.repeats import days_in_words, lunar_in_words
from server.web.sentences import sentence
from server.web.silence import silences
from server.web.spoken import language_name
from server.web.stations import Station, stations_of
from server.web.telling import say, zone
from server.web.tongues import names as tongue_names
from server.web.visitor import language, person_or_none
from server.web.words import word

_WITHIN = {
    "approval_links": "approvals",
    "outside_approvals": "approvals",
    "campaigns": "programmes",
    "notices": "programmes",
    "inbox": "programmes",
    "contribution_desk": "programmes",
    "parts": "programmes",
    "slots": "programmes",
    "diary": "log",
    "coverage": "log",
    "royalties": "log",
    "ordering": "further",
    "delegations": "further",
    "card": "further",
    "enrolment": "loudspeakers",
    **dict.fromkeys(("outages", "causes", "digests", "faults", "health_days"), "loudspeakers"),
    "regulation": "further",
    "simulate": "further",
    "templates": "further",
    **dict.fromkeys(("upkeep", "positions"), "loudspeakers"),
    "fleet_import": "loudspeakers",
    "commands": "loudspeakers",
    "week": "today",
    "place_order": "today",
    "why": "today",
    **dict.fromkeys(("break_glass", "emergency_settings", "exercises"), "emergencies"),
}
"""Pages that are reached from another one and light up its place on the bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One of the pages of a station, as the bar at the foot of a phone shows it."""

    name: str
    icon: str
    address: str
    current: bool
    count: int = 0
    alarm: bool = False


def furnish(app: Flask) -> None:
    """Give an application's templates their words."""
    app.jinja_env.filters.update(_filters())
    app.context_processor(_around)
    app.jinja_env.globals.update(say=say, word=_word, role_words=_role_words)


def _filters() -> dict[str, Callable[..., object]]:
    return {
        "clock": lambda instant: formats.exact_time(instant, zone()),
        "seconds": lambda instant: formats.clock_time(instant, zone(), seconds=True),
        "instant": lambda instant: formats.instant_text(instant, zone()),
        "day": _day,
        "days_in_words": days_in_words,
        "lunar": lunar_in_words,
        "as_day": _as_day,
        "day_before": lambda day: day - timedelta(days=1),
        "long_day": lambda day: formats.long_day(day, language()),
        "wall": _wall,
        "lasts": formats.length_text,
        "grouped": lambda number: formats.whole_number(number, language()),
        "decimal": lambda number: formats.decimal(number, language()),
        "in_words": lambda length: formats.length_words(length, language()),
        "milliseconds": lambda number: formats.length_text(timedelta(milliseconds=number)),
        "ago": _ago,
        "lang_word": language_name,
        "named_in": lambda each, names: names.get(each, each),
        "named_place": _named_place,
        "role_word": lambda role: _word("role", role),
        "named": lambda person, names: names.get(person, ""),
        "iso_day": lambda instant: instant.astimezone(zone()).date().isoformat(),
        "local_date": lambda instant: instant.astimezone(zone()).date(),
        "long_day_vi": lambda day: formats.long_day(day, "vi"),
        "word_vi": lambda name, group: word(group, getattr(name, "value", name), "vi"),
        "say_vi": lambda code: sentence(code, {}, language="vi", zone=zone()),
        "local_day_of": lambda instant, part: getattr(instant.astimezone(zone()), part),
        "place_name": formats.place_name,
    }


def _around() -> dict[str, object]:
    known = person_or_none()
    station = g.get("station")
    around: dict[str, object] = {
        "language": language(),
        "tongues": tongue_names(),
        "person": known,
        "more_contrast": more_contrast(),
        "demo": centre().demo,
        "training": centre().training,
        "station": station,
        "stations": (),
        "now": centre().clock.now(),
        "time_zone": zone().key,
    }
    if known is None:
        return around
    if isinstance(station, Station):
        with centre().store.reading() as uow:
            around["may_write"] = may(uow.places.units(), known, station.id, *WRITERS)
    if "HX-Request" in request.headers:
        return around  # a part of a page has no frame
    return around | _of_a_whole_page(known)


def _of_a_whole_page(known: Person) -> dict[str, object]:
    now, found = centre().clock.now(), dict[str, object]()
    with centre().store.reading() as uow:
        found |= {"stations": stations_of(uow, known), "still_since": still_since(uow, now)}
        found |= _account_news(uow, known)
        if Role.ADMINISTRATOR in known.roles:
            found["keys_end"] = expiry(uow, now)
    if isinstance(g.get("station"), Station):
        found |= {"around": _ways(), "silences": silences(), "alarms": alarms_here()}
    return found


def _account_news(uow: UnitOfWork, known: Person) -> dict[str, object]:
    """Give what others changed of the visitor's account: what two of them give, and what was taken or reset."""
    now = centre().clock.now()
    news, given = told.told(uow, known, now), grants.about(uow, known, now)
    how = Telling(language=language(), zone=zone(), machine=_("máy chủ"), say=say, spoken=language_name)
    names = names_of(uow, news.lines) if news.lines else None
    granted = [each for each in given if not (news.seen_at and each.holds_from and each.holds_from <= news.seen_at)]
    held = (each.holds_from for each in granted if each.holds_from is not None and each.holds_from <= now)
    return {
        "granted": granted,
        "account_news": [(line.at, in_a_sentence(line, names, how)) for line in news.lines if names is not None],
        "account_news_until": max((*held, *(line.at for line in news.lines)), default=None),
        "unit_names": _unit_names(uow) if given else {},
    }


def _unit_names(uow: UnitOfWork) -> dict[UnitId, str]:
    return {unit.id: unit.name for unit in uow.places.units().by_id.values()}


def _ways() -> tuple[Way, ...]:
    pages = (
        ("today.day", _("Hôm nay"), "calendar-days"),
        ("programmes.listed", _("Chương trình"), "file-audio"),
        ("approvals.queue", _("Duyệt"), "clipboard-check"),
        ("loudspeakers.board", _("Cụm loa"), "megaphone"),
        ("log.entries", _("Nhật ký"), "scroll-text"),
        ("emergencies.state", _("Khẩn cấp"), "triangle-alert"),
        ("further.pages", _("Thêm"), "menu"),
    )
    here = _WITHIN.get(request.blueprint or "", request.blueprint)
    waiting = {"approvals.queue": waiting_count(), "programmes.listed": offers_waiting() + contributions_waiting()}
    return tuple(
        Way(
            name=name,
            icon=icon,
            address=url_for(end),
            current=here == end.split(".")[0],
            count=waiting.get(end, 0),
            alarm=end == "emergencies.state",
        )
        for end, name, icon in pages
    )


def _word(group: str, name: object) -> str:
    if group == "language":
        return language_name(str(name))
    return word(group, getattr(name, "value", name), language())


def _role_words(known: Person) -> str:
    return ", ".join(sorted(_word("role", role) for role in known.roles))


def _day(day: date | datetime) -> str:
    return formats.day_text(day.astimezone(zone()).date() if isinstance(day, datetime) else day)


def _as_day(text: str) -> str:
    """Give a stored date as people write it; what somebody typed stays as it was."""
    try:
        return formats.day_text(date.fromisoformat(text))
    except ValueError:
        return text


def _named_place(place: str, places: Mapping[str, OpenPlace]) -> str:
    known = places.get(place)
    return "…" if known is None else f"{known.place.name}, {known.template.name}"


def _wall(at: time) -> str:
    return formats.wall_time(at)


def _ago(instant: datetime) -> str:
    age = max(timedelta(0), centre().clock.now() - instant)
    if age < timedelta(seconds=2):
        return str(_("vừa xong"))
    exact = timedelta(seconds=1) if age < timedelta(minutes=2) else timedelta(minutes=1)
    whole = age // exact * exact
    return str(_("%(length)s trước", length=formats.length_words(whole, language())))
