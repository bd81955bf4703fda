"""Reads what a person entered in a form, field by field, into what the use cases take; nothing is judged here.

A field that cannot be read at all is an `Unacceptable` that names it; the rest is for the use cases to refuse.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from schedules.ids import ChannelId, GroupId, PlaceId, UnitId, ZoneId
from schedules.programme import Kind, Level
from schedules.recurrence import DAILY, DayRule, Frequency, Holidays, LunarDays, Recurrence, ShortMonth
from schedules.series import Scope
from schedules.slot import CatchUp, Interrupted, StartPolicy
from schedules.times import local_instant
from schedules.way import WrittenOrder
from server.errors import Unacceptable
from server.services.booking import Wish, WishAtTime, WishInPlaces
from server.services.edits import ALL, Part
from server.services.inputs import as_input
from server.services.programmes import Draft
from server.web.repeats import EXACT, LAST, PLACE, Repeat

_LENGTH = re.compile(r"([0-9]{1,3})(?::([0-5][0-9]))?")
_Name = TypeVar("_Name", bound=StrEnum)

_YEARS = range(2000, 2200)
"""Further away is a mistake, and the calendar ends somewhere."""
_MOST = 1_000_000_000
"""No form asks for more of anything; a length of more minutes could not be reckoned with."""


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
        kind=choice(form, "kind", Kind, Kind.NOTICE),
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
    if text(form, "when") == "offer":
        return True
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
    catch_up = choice(form, "catch_up", CatchUp, CatchUp.JOIN)
    late = timedelta(minutes=number(form, "late", default=0))
    interrupted = choice(form, "interrupted", Interrupted, Interrupted.DROP)
    if text(form, "when") != "exact":
        return WishInPlaces(
            zones=zones,
            units=units,
            groups=groups,
            languages=languages,
            tags=tags,
            places=() if text(form, "when") == "offer" else tuple(PlaceId(each) for each in form.getlist("places")),
            first_day=day(form, "first_day"),
            last_day=day(form, "last_day", default=text(form, "first_day")),
            again=text(form, "again") == "1",
            rule=rule_of(form, PLACE),
            holidays=choice(form, PLACE + "holidays", Holidays, Holidays.ANY),
            catch_up=catch_up,
            late=late,
            interrupted=interrupted,
            order=_order(form),
        )
    return WishAtTime(
        zones=zones,
        units=units,
        groups=groups,
        languages=languages,
        tags=tags,
        first_day=day(form, "exact_day"),
        at=wall_time(form, "at"),
        rule=rule_of(form, EXACT),
        holidays=choice(form, EXACT + "holidays", Holidays, Holidays.ANY),
        until=day(form, "until") if text(form, "until") else None,
        lasts=_lasts(form),
        start=choice(form, "start", StartPolicy, StartPolicy.HARD) if text(form, "start") else None,
        wait=timedelta(minutes=number(form, "wait", default=0)),
        catch_up=catch_up,
        late=late,
        interrupted=interrupted,
        order=_order(form),
    )


def _order(form: Form) -> WrittenOrder | None:
    """Read a written order, where any of its fields is filled in.

    Raises:
        Unacceptable: `order.*`, `form.day` with the field.
    """
    number, issuer = (" ".join(text(form, f"order_{name}").split()) for name in ("number", "issuer"))
    if not (number or issuer or text(form, "order_day")):
        return None
    with as_input({"order.incomplete": "order_number", "order.too_long": "order_number"}):
        return WrittenOrder(number, day(form, "order_day"), issuer)


def part_of(form: Form) -> Part:
    """Read how much of a series an edit is about.

    Raises:
        Unacceptable: `form.choice`, `form.day`.
    """
    scope = choice(form, "scope", Scope, Scope.ALL)
    if scope is Scope.ALL:
        return ALL
    return Part(scope, day(form, "scope_day"), day(form, "scope_to") if text(form, "scope_to") else None)


def rule_of(form: Form, prefix: str) -> DayRule | None:
    """Read how often something comes; None: once, or every day in places.

    Raises:
        Unacceptable: `slot.no_weekday`, `slot.no_month_day`, `lunar.*`, `recurrence.*`, `form.*` with the field.
    """
    fields = {
        "lunar.no_day": f"{prefix}lunar_days",
        "lunar.month": f"{prefix}lunar_months",
        "lunar.short_month_open": f"{prefix}short_month",
        "recurrence.part": f"{prefix}month_days",
    }
    repeat = choice(form, prefix + "repeat", Repeat, Repeat.DAILY if prefix == PLACE else Repeat.ONCE)
    with as_input(fields):
        if repeat is Repeat.LUNAR:
            return _lunar_days(form, prefix)
        if repeat is Repeat.OTHER:
            return Recurrence.of(text(form, f"{prefix}rule"))
        found = _recurrence(form, prefix, repeat)
        return None if prefix == PLACE and found == DAILY else found


def _recurrence(form: Form, prefix: str, repeat: Repeat) -> Recurrence | None:
    every = number(form, f"{prefix}every", default=1)
    if repeat is Repeat.DAILY:
        return Recurrence(frequency=Frequency.DAILY, interval=every)
    if repeat is Repeat.WEEKLY:
        chosen = weekdays(form, f"{prefix}weekdays")
        if not chosen:
            raise Unacceptable("slot.no_weekday", f"{prefix}weekdays")
        return Recurrence(frequency=Frequency.WEEKLY, interval=every, weekdays=chosen)
    if repeat is Repeat.MONTH_DAY:
        days = _numbers(form, f"{prefix}month_days") | ({LAST} if text(form, f"{prefix}month_end") else frozenset())
        if not days:
            raise Unacceptable("slot.no_month_day", f"{prefix}month_days")
        return Recurrence(frequency=Frequency.MONTHLY, interval=every, month_days=days)
    if repeat is Repeat.MONTH_WEEKDAY:
        nth = (number(form, f"{prefix}nth", default=1), number(form, f"{prefix}nth_weekday", default=0))
        return Recurrence(frequency=Frequency.MONTHLY, interval=every, nth_weekdays=frozenset({nth}))
    return None


def _lunar_days(form: Form, prefix: str) -> LunarDays:
    days, short_month = _numbers(form, f"{prefix}lunar_days"), f"{prefix}short_month"
    return LunarDays(
        days=days,
        months=_numbers(form, f"{prefix}lunar_months"),
        leap_month=bool(text(form, f"{prefix}leap_month")),
        short_month=choice(form, short_month, ShortMonth, ShortMonth.SKIP)
        if 30 in days and text(form, short_month)
        else None,
    )


def _numbers(form: Form, name: str) -> frozenset[int]:
    """Read whole numbers with commas or spaces between them."""
    entered = text(form, name)
    try:
        return frozenset(int(each) for each in entered.replace(",", " ").split())
    except ValueError:
        raise Unacceptable("form.number", name, text=entered) from None


def day(form: Form, name: str, *, default: str = "") -> date:
    """Read a date as the browser sends it, or as people write it, `23/11/2026`.

    Raises:
        Unacceptable: `form.day`.
    """
    entered = text(form, name) or default
    try:
        if "/" in entered:
            numbers = [int(part) for part in entered.split("/")]
            found = date(numbers[2], numbers[1], numbers[0])
        else:
            found = date.fromisoformat(entered)
    except (ValueError, IndexError, OverflowError):
        raise Unacceptable("form.day", name, text=entered) from None
    if found.year not in _YEARS:
        raise Unacceptable("form.day", name, text=entered)
    return found


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


def instant(form: Form, name: str) -> datetime:
    """Read an instant as a page wrote it into its own form.

    Raises:
        Unacceptable: `form.time`.
    """
    entered = text(form, name)
    try:
        found = datetime.fromisoformat(entered)
        if found.tzinfo is None:
            raise ValueError(entered)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
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
        found = int(entered)
    except ValueError:
        raise Unacceptable("form.number", name, text=entered) from None
    if abs(found) > _MOST:
        raise Unacceptable("form.number", name, text=entered)
    return found


def weekdays(form: Form, name: str) -> frozenset[int]:
    """Read the weekdays that are ticked, Monday as 0; what is none is left out."""
    ticked = form.getlist(name)
    return frozenset(each for each in range(7) if str(each) in ticked)


def length(form: Form, name: str) -> timedelta | None:
    """Read a length in minutes and seconds, `2:30`, or in whole minutes; None where nothing was entered.

    Raises:
        Unacceptable: `form.length`.
    """
    entered = text(form, name).strip()
    if not entered:
        return None
    found = _LENGTH.fullmatch(entered)
    if found is None:
        raise Unacceptable("form.length", name, text=entered)
    return timedelta(minutes=int(found[1]), seconds=int(found[2] or 0))


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


def choice(form: Form, name: str, kind: type[_Name], default: _Name) -> _Name:
    """Read one of some names; the usual one where nothing was chosen.

    Raises:
        Unacceptable: `form.choice`.
    """
    try:
        return kind(text(form, name)) if text(form, name) else default
    except ValueError:
        raise Unacceptable("form.choice", name, text=text(form, name)) from None
