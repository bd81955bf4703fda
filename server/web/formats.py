"""Dates, times and lengths as people read them: dd/mm/yyyy, 24 hours, the station's civil time. Pure."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.web.words import word


def clock_time(instant: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """Give an instant's local time, `05:30`, or to the nearest second, `05:30:00`: a start 1 ms early is on time."""
    nearest = instant + timedelta(milliseconds=500) if seconds else instant
    return f"{nearest.astimezone(zone):{'%H:%M:%S' if seconds else '%H:%M'}}"


def exact_time(instant: datetime, zone: ZoneInfo) -> str:
    """Give an instant's local time, with its seconds only where it has any."""
    local = instant.astimezone(zone)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def wall_time(at: time) -> str:
    """Give a local time of day, with its seconds only where it has any; midnight as an end is 24:00."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def day_text(day: date) -> str:
    """Give a date, `23/11/2026`."""
    return f"{day:%d/%m/%Y}"


def long_day(day: date, language: str) -> str:
    """Give a date with its weekday, `Thứ Hai, 23/11/2026`."""
    return f"{word('weekday', day.weekday(), language)}, {day:%d/%m/%Y}"


def weekdays_text(weekdays: Collection[int], language: str) -> str:
    """Give weekdays, 0 is Monday: `Hằng ngày`, `Thứ Hai – Thứ Sáu`, `Thứ Hai, Chủ nhật`."""
    first, last = min(weekdays), max(weekdays)
    if len(weekdays) == 7:
        return word("repeat", "daily", language)
    if len(weekdays) > 2 and last - first + 1 == len(weekdays):
        return f"{word('weekday', first, language)} – {word('weekday', last, language)}"
    return ", ".join(word("weekday", each, language) for each in sorted(weekdays))


def instant_text(instant: datetime, zone: ZoneInfo) -> str:
    """Give an instant as local time and date, `05:30 23/11/2026`."""
    return f"{exact_time(instant, zone)} {instant.astimezone(zone):%d/%m/%Y}"


def length_text(length: timedelta) -> str:
    """Give a length as minutes and seconds, `1:10`, or with hours, `1:02:05`; part seconds are dropped."""
    whole = max(0, int(length.total_seconds()))
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def minutes_text(length: timedelta) -> str:
    """Give a length as a form takes it back: minutes and seconds, `62:05`, also past an hour."""
    whole = int(length.total_seconds())
    return f"{whole // 60}:{whole % 60:02}"


def length_words(length: timedelta, language: str) -> str:
    """Give a length in words, `2 phút 5 giây`; part seconds count as a whole one, since less would be untrue."""
    whole = -int(-length.total_seconds() // 1)
    parts = (
        (whole // 86400, "day"),
        (whole // 3600 % 24, "hour"),
        (whole // 60 % 60, "minute"),
        (whole % 60, "second"),
    )
    shown = [f"{number} {word('length', name, language)}" for number, name in parts if number]
    return " ".join(shown[:2]) or f"0 {word('length', 'second', language)}"


def whole_number(number: int, language: str) -> str:
    """Give 2804 as 2.804, or as 2,804 in English."""
    grouped = f"{number:,}"
    return grouped if language == "en" else grouped.replace(",", ".")


def decimal(number: float, language: str, places: int = 1) -> str:
    """Give 19.43 as 19,4, or as 19.4 in English."""
    written = f"{number:.{places}f}"
    return written if language == "en" else written.replace(".", ",")


def place_name(unit: str) -> str:
    """Give a unit's name without what it is, as a document's line of place and date wants it: `Sơn Hà`."""
    for kind in ("Xã ", "Phường ", "Đặc khu ", "Thị trấn ", "Tỉnh ", "Thành phố "):
        if unit.startswith(kind):
            return unit.removeprefix(kind)
    return unit
