"""Turns a refusal of the rules into one that names a form's field. It knows no form."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from schedules.errors import ScheduleError
from server.errors import Unacceptable


@contextmanager
def as_input(fields: Mapping[str, str]) -> Iterator[None]:
    """Raise what the rules refuse inside as `Unacceptable`, with the field its code belongs to.

    Args:
        fields: code to form field; a code that is not there belongs to the whole form.

    Raises:
        Unacceptable: with the code and values of the rule.
    """
    try:
        yield
    except ScheduleError as error:
        raise Unacceptable(error.code, fields.get(error.code, ""), **error.values) from error
