"""The public holidays of Viet Nam: days off by law, with the days in lieu the government announced.

It is the door to `holidays`, which is imported only when first asked: it is large, and most slots never ask.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache


@cache
def public_holidays(year: int) -> Mapping[date, str]:
    """Give the holidays of a year with their Vietnamese names.

    Days in lieu are announced a year or so ahead: a later release of the library knows more of them.
    """
    from holidays import country_holidays  # noqa: PLC0415 -- see above

    found = country_holidays("VN", years=year, language="vi")
    return {day: name for day, name in sorted(found.items()) if day.year == year}


def is_public_holiday(day: date) -> bool:
    """Tell whether a date is a public holiday."""
    return day in public_holidays(day.year)
