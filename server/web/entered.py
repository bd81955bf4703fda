"""Reads what a person entered in a form, field by field, into what the use cases take; nothing is judged here.

A field that cannot be read at all is an `Unacceptable` that names it; the rest is for the use cases to refuse.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from schedules.ids import ChannelId, PlaceId, UnitId, ZoneId
from schedules.programme import Kind, Level
from schedules.slot import Repeat
from schedules.times import local_instant
from server.errors import Unacceptable
from server.services.booking import Wish, WishAtTime, WishInPlaces
from server.services.programmes import Draft

_Name = TypeVar("_Name", Kind, Repeat)


class Form(Protocol):
    """The fields of a form, several values to a name."""

    def get(self, key: str, default: str = "") -> str: ...  # noqa: D102
    def getlist(self, key: str) -> list[str]: ...  # noqa: D102


def draft_of(form: Form, zone: ZoneInfo, *, untitled: str = "") -> Draft:
    """Read a programme.

    Args:
        form: as it was sent.
        zone: civil time of the station.
        untitled: the title of a draft that has none yet.
    """
    language = form.get("language", "vi")
    text = form.get("text").replace("\r\n", "\n").strip()
    return Draft(
        title=form.get("title").strip() or untitled,
        kind=_choice(form, "kind", Kind, Kind.NOTICE),
        level=Level.PRIORITY if form.get("level") == "2" else Level.ORDINARY,
        texts={**_other_texts(form, language), **({language: text} if text else {})},
        times_read=number(form, "times_read", default=1),
        valid_until=_valid_until(form, zone),
        requested_by=form.get("requested_by").strip(),
        document=form.get("document").strip(),
        topic=form.get("topic").strip(),
        channel=ChannelId(form.get("channel")) if form.get("channel") else None,
    )


def has_wish(form: Form) -> bool:
    """Tell whether the form says anything of when: a place was chosen, or an exact time entered."""
    return bool(form.get("at")) if form.get("when") == "exact" else bool(form.getlist("places"))


def wish_of(form: Form) -> Wish:
    """Read where and when.

    Raises:
        Unacceptable: `form.day`, `form.time` with the field that cannot be read.
    """
    zones = frozenset(ZoneId(each) for each in form.getlist("zones"))
    units = frozenset(UnitId(each) for each in form.getlist("units"))
    if form.get("when") != "exact":
        return WishInPlaces(
            zones=zones,
            units=units,
            places=tuple(PlaceId(each) for each in form.getlist("places")),
            first_day=day(form, "first_day"),
            last_day=day(form, "last_day", default=form.get("first_day")),
        )
    return WishAtTime(
        zones=zones,
        units=units,
        first_day=day(form, "exact_day"),
        at=wall_time(form, "at"),
        repeat=_choice(form, "repeat", Repeat, Repeat.ONCE),
        weekdays=frozenset(int(each) for each in form.getlist("weekdays") if each.isdigit()),
        until=day(form, "until") if form.get("until") else None,
        lasts=_lasts(form),
        wait=timedelta(minutes=number(form, "wait", default=0)),
    )


def day(form: Form, name: str, *, default: str = "") -> date:
    """Read a date as the browser sends it, or as people write it, `23/11/2026`.

    Raises:
        Unacceptable: `form.day`.
    """
    text = form.get(name) or default
    try:
        if "/" in text:
            numbers = [int(part) for part in text.split("/")]
            return date(numbers[2], numbers[1], numbers[0])
        return date.fromisoformat(text)
    except (ValueError, IndexError):
        raise Unacceptable("form.day", name, text=text) from None


def wall_time(form: Form, name: str) -> time:
    """Read a local time, `05:30` or `05:30:00`.

    Raises:
        Unacceptable: `form.time`.
    """
    text = form.get(name)
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Unacceptable("form.time", name, text=text) from None


def number(form: Form, name: str, *, default: int | None = None) -> int:
    """Read a whole number.

    Raises:
        Unacceptable: `form.number`.
    """
    text = form.get(name)
    if not text and default is not None:
        return default
    try:
        return int(text)
    except ValueError:
        raise Unacceptable("form.number", name, text=text) from None


def _lasts(form: Form) -> timedelta | None:
    minutes, seconds = number(form, "minutes", default=0), number(form, "seconds", default=0)
    return timedelta(minutes=minutes, seconds=seconds) or None


def _valid_until(form: Form, zone: ZoneInfo) -> datetime | None:
    if not form.get("valid_day"):
        return None
    at = wall_time(form, "valid_time") if form.get("valid_time") else time(23, 59)
    return local_instant(day(form, "valid_day"), at, zone)


def _other_texts(form: Form, language: str) -> Mapping[str, str]:
    """Texts in the languages that are not being edited travel with the form, so that none is lost."""
    prefix = "text_"
    names = (name for name in getattr(form, "keys", list)() if name.startswith(prefix))
    return {
        name.removeprefix(prefix): form.get(name)
        for name in names
        if name.removeprefix(prefix) != language and form.get(name).strip()
    }


def _choice(form: Form, name: str, kind: type[_Name], default: _Name) -> _Name:
    try:
        return kind(form.get(name)) if form.get(name) else default
    except ValueError:
        raise Unacceptable("form.choice", name, text=form.get(name)) from None
