"""How often something comes: a rule as the fields of a form, and in words. Nobody is ever shown a rule's own text.

The same fields stand twice on a form, for days in places and for exact seconds, told apart by a prefix.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from enum import StrEnum

from flask_babel import gettext as _

from schedules.lunar import lunar_day
from schedules.recurrence import DAILY, DayRule, Frequency, Holidays, LunarDays, Recurrence, ShortMonth, weekly
from schedules.slot import AtTime, InPlace
from server.web.visitor import language
from server.web.words import word

EXACT, PLACE = "", "place_"
"""The prefixes of the two sets of fields."""

LAST = -1
"""The last day of the month, or the last weekday in it."""


class Repeat(StrEnum):
    """The choices of a form; OTHER keeps a rule that the form has no fields for."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTH_DAY = "month_day"
    MONTH_WEEKDAY = "month_weekday"
    LUNAR = "lunar"
    OTHER = "other"


def fields_of_days(timing: AtTime | InPlace) -> list[tuple[str, str]]:
    """Give the days of a timing as the fields of a form."""
    in_place = isinstance(timing, InPlace)
    repeat, fields = _fields(timing.rule, timing.first_day, in_place=in_place)
    prefix = PLACE if in_place else EXACT
    return [(prefix + name, value) for name, value in (("repeat", repeat), ("holidays", timing.holidays), *fields)]


def days_in_words(timing: AtTime | InPlace) -> str:
    """Say on which days something comes: `Thứ Hai, Thứ Năm hằng tuần, trừ ngày nghỉ lễ, Tết`."""
    if timing.rule is None:
        days = timing.ends_on - timing.first_day
        said = _("Hằng ngày") if days else _("Một lần")
    elif isinstance(timing.rule, LunarDays):
        said = _lunar_in_words(timing.rule)
    else:
        said = _calendar_in_words(timing.rule, timing.first_day)
    apart = {Holidays.NOT: _("trừ ngày nghỉ lễ, Tết"), Holidays.ONLY: _("chỉ ngày nghỉ lễ, Tết")}
    return f"{said}, {apart[timing.holidays]}" if timing.holidays in apart else said


def lunar_in_words(day: date) -> str:
    """Say which day of the lunar calendar a date is: `15/10 âm lịch`."""
    number, month = lunar_day(day)
    named = f"{number}/{month.number}"
    return str(_("%(day)s nhuận âm lịch", day=named) if month.leap else _("%(day)s âm lịch", day=named))


def _fields(rule: DayRule | None, first_day: date, *, in_place: bool) -> tuple[Repeat, list[tuple[str, str]]]:
    if rule is None:
        return Repeat.DAILY if in_place else Repeat.ONCE, []
    if isinstance(rule, LunarDays):
        return Repeat.LUNAR, [
            ("lunar_days", _listed(rule.days)),
            ("lunar_months", _listed(rule.months)),
            ("leap_month", "yes" if rule.leap_month else ""),
            ("short_month", rule.short_month or ""),
        ]
    repeat, every = repeat_of(rule), ("every", str(rule.interval))
    if repeat is Repeat.WEEKLY:
        return repeat, [every, *(("weekdays", str(day)) for day in sorted(_weekdays(rule, first_day)))]
    if repeat is Repeat.MONTH_DAY:
        days = _month_days(rule, first_day)
        return repeat, [every, ("month_days", _listed(days - {LAST})), ("month_end", "yes" if LAST in days else "")]
    if repeat is Repeat.MONTH_WEEKDAY:
        (nth, day), *_none = rule.nth_weekdays
        return repeat, [every, ("nth", str(nth)), ("nth_weekday", str(day))]
    return repeat, [every] if repeat is Repeat.DAILY else [("rule", rule.rule)]


def repeat_of(rule: Recurrence) -> Repeat:
    """Tell which choice of the form a rule of the calendar is."""
    bare = replace(rule, interval=1)
    if bare == DAILY:
        return Repeat.DAILY
    if bare == weekly(rule.weekdays):
        return Repeat.WEEKLY
    monthly = Recurrence(frequency=Frequency.MONTHLY)
    if bare == replace(monthly, month_days=rule.month_days) and min(rule.month_days, default=1) >= LAST:
        return Repeat.MONTH_DAY
    if bare == replace(monthly, nth_weekdays=rule.nth_weekdays) and len(rule.nth_weekdays) == 1:
        return Repeat.MONTH_WEEKDAY
    return Repeat.OTHER


def _calendar_in_words(rule: Recurrence, first_day: date) -> str:
    repeat, every = repeat_of(rule), rule.interval
    if repeat is Repeat.DAILY:
        return str(_("Hằng ngày") if every == 1 else _("Cứ %(every)s ngày một lần", every=every))
    if repeat is Repeat.WEEKLY:
        days = ", ".join(_weekday(day) for day in sorted(_weekdays(rule, first_day)))
        weeks = _("hằng tuần") if every == 1 else _("cứ %(every)s tuần một lần", every=every)
        return f"{days} {weeks}"
    if repeat is Repeat.MONTH_DAY:
        days = _days_of_month(_month_days(rule, first_day))
    elif repeat is Repeat.MONTH_WEEKDAY:
        (nth, day), *_none = rule.nth_weekdays
        days = _("%(weekday)s %(nth)s trong tháng", weekday=_weekday(day), nth=word("nth", nth, language()))
    else:
        return str(_("Theo quy tắc riêng đã lưu"))
    return days if every == 1 else f"{days}, " + _("cứ %(every)s tháng một lần", every=every)


def _days_of_month(days: frozenset[int]) -> str:
    counted = _("Ngày %(days)s hằng tháng", days=_listed(days - {LAST})) if days - {LAST} else ""
    last = _("Ngày cuối tháng") if LAST in days else ""
    return ", ".join(each for each in (counted, last) if each)


def _lunar_in_words(rule: LunarDays) -> str:
    days, months = _listed(rule.days), _listed(rule.months)
    said: str = (
        _("Ngày %(days)s tháng %(months)s âm lịch", days=days, months=months)
        if months
        else _("Ngày %(days)s âm lịch hằng tháng", days=days)
    )
    if rule.leap_month:
        said += ", " + _("cả tháng nhuận")
    if rule.short_month is ShortMonth.LAST:
        said += ", " + _("tháng thiếu thì ngày 29")
    return said


def _weekdays(rule: Recurrence, first_day: date) -> frozenset[int]:
    return rule.weekdays or frozenset({first_day.weekday()})


def _month_days(rule: Recurrence, first_day: date) -> frozenset[int]:
    return rule.month_days or frozenset({first_day.day})


def _weekday(day: int) -> str:
    return word("weekday", day, language())


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
