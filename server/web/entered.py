"""Reads what a person entered in a form, field by field, into what the use cases take; nothing is judged here.

A field that cannot be read at all is an `Unacceptable` that names it; the rest is for the use cases to refuse.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from schedules.ids import ChannelId, GroupId, PlaceId, UnitId, ZoneId
from schedules.programme import Kind, Level
from schedules.slot import Repeat
from schedules.times import local_instant
from server.errors import Unacceptable
from server.services.booking import Wish, WishAtTime, WishInPlaces
from server.services.programmes import Draft

_Name = TypeVar("_Name", Kind, Repeat)


class Form(Protocol):
    """The fields of a form, several values to a name."""

    def get(self, key: str, /) -> str | None: ...  # noqa: D102
    def getlist(self, key: str, /) -> list[str]: ...  # noqa: D102
    def keys(self) -> Iterable[str]: ...  # noqa: D102


def draft_of(form: Form, zone: ZoneInfo, *, untitled: str = "") -> Draft:
    """Read a programme.

    Args:
        form: as it was sent.
        zone: civil time of the station.
        untitled: the title of a draft that has none yet.
    """
    language = text(form, "language") or "vi"
    channel = text(form, "channel")
    script = text(form, "text").replace("\r\n", "\n").strip()
    return Draft(
        title=text(form, "title").strip() or untitled,
        kind=_choice(form, "kind", Kind, Kind.NOTICE),
        level=Level.PRIORITY if text(form, "level") == "2" else Level.ORDINARY,
        texts={**_other_texts(form, language), **({language: script} if script else {})},
        times_read=number(form, "times_read", default=1),
        valid_until=_valid_until(form, zone),
        requested_by=text(form, "requested_by").strip(),
        document=text(form, "document").strip(),
        topic=text(form, "topic").strip(),
        for_places=text(form, "for_places") == "1",
        channel=ChannelId(channel) if channel and text(form, "kind") == Kind.RELAY else None,
    )


def has_wish(form: Form) -> bool:
    """Tell whether the form says anything of when: a place was chosen, or an exact time entered."""
    return bool(text(form, "at")) if text(form, "when") == "exact" else bool(form.getlist("places"))


def wish_of(form: Form) -> Wish:
    """Read where and when.

    Raises:
        Unacceptable: `form.day`, `form.time` with the field that cannot be read.
    """
    zones = frozenset(ZoneId(each) for each in form.getlist("zones"))
    units = frozenset(UnitId(each) for each in form.getlist("units"))
    groups = frozenset(GroupId(each) for each in form.getlist("groups"))
    languages, tags = frozenset(form.getlist("spoken")), frozenset(form.getlist("tags"))
    if text(form, "when") != "exact":
        return WishInPlaces(
            zones=zones,
            units=units,
            groups=groups,
            languages=languages,
            tags=tags,
            places=tuple(PlaceId(each) for each in form.getlist("places")),
            first_day=day(form, "first_day"),
            last_day=day(form, "last_day", default=text(form, "first_day")),
        )
    return WishAtTime(
        zones=zones,
        units=units,
        groups=groups,
        languages=languages,
        tags=tags,
        first_day=day(form, "exact_day"),
        at=wall_time(form, "at"),
        repeat=_choice(form, "repeat", Repeat, Repeat.ONCE),
        weekdays=frozenset(int(each) for each in form.getlist("weekdays") if each.isdigit()),
        until=day(form, "until") if text(form, "until") else None,
        lasts=_lasts(form),
        wait=timedelta(minutes=number(form, "wait", default=0)),
    )


def day(form: Form, name: str, *, default: str = "") -> date:
    """Read a date as the browser sends it, or as people write it, `23/11/2026`.

    Raises:
        Unacceptable: `form.day`.
    """
    entered = text(form, name) or default
    try:
        if "/" in entered:
            numbers = [int(part) for part in entered.split("/")]
            return date(numbers[2], numbers[1], numbers[0])
        return date.fromisoformat(entered)
    except (ValueError, IndexError):
        raise Unacceptable("form.day", name, text=entered) from None


def wall_time(form: Form, name: str) -> time:
    """Read a local time, `05:30` or `05:30:00`.

    Raises:
        Unacceptable: `form.time`.
    """
    entered = text(form, name)
    try:
        return time.fromisoformat(entered).replace(tzinfo=None)
    except ValueError:
        raise Unacceptable("form.time", name, text=entered) from None


def number(form: Form, name: str, *, default: int | None = None) -> int:
    """Read a whole number.

    Raises:
        Unacceptable: `form.number`.
    """
    entered = text(form, name)
    if not entered and default is not None:
        return default
    try:
        return int(entered)
    except ValueError:
        raise Unacceptable("form.number", name, text=entered) from None


def text(form: Form, name: str) -> str:
    """Read a field as text, empty where the form has none of this name."""
    return form.get(name) or ""


def _lasts(form: Form) -> timedelta | None:
    minutes, seconds = number(form, "minutes", default=0), number(form, "seconds", default=0)
    return timedelta(minutes=minutes, seconds=seconds) or None


def _valid_until(form: Form, zone: ZoneInfo) -> datetime | None:
    if not text(form, "valid_day"):
        return None
    at = wall_time(form, "valid_time") if text(form, "valid_time") else time(23, 59)
    return local_instant(day(form, "valid_day"), at, zone)


def _other_texts(form: Form, language: str) -> Mapping[str, str]:
    """Texts in the languages that are not being edited travel with the form, so that none is lost."""
    prefix = "text_"
    names = (name for name in form.keys() if name.startswith(prefix))  # noqa: SIM118 -- not a dictionary
    return {
        name.removeprefix(prefix): text(form, name)
        for name in names
        if name.removeprefix(prefix) != language and text(form, name).strip()
    }


def _choice(form: Form, name: str, kind: type[_Name], default: _Name) -> _Name:
    try:
        return kind(text(form, name)) if text(form, name) else default
    except ValueError:
        raise Unacceptable("form.choice", name, text=text(form, name)) from None
