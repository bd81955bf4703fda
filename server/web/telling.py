"""Tells a visitor, in their language and their station's time, what a code or an instant means. It decides nothing."""

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from flask import g

from schedules.errors import ScheduleError
from server.errors import ServerError
from server.web.centre import centre
from server.web.refused import OF_NO_FORM, note_refused
from server.web.sentences import sentence
from server.web.spoken import language_name
from server.web.visitor import language

_LANGUAGES = frozenset({"language", "heard"})
"""Values of sentences that are tags of languages."""


def zone() -> ZoneInfo:
    """Give the civil time of the page: its station's, else the centre's."""
    found = g.get("zone")
    return found if isinstance(found, ZoneInfo) else centre().zone


def say(code: str, values: Mapping[str, object] | tuple[tuple[str, object], ...] = ()) -> str:
    """Give the sentence of a code."""
    named = {name: _named(value) if name in _LANGUAGES else value for name, value in dict(values).items()}
    return sentence(code, named, language=language(), zone=zone())


def _named(tags: object) -> str:
    if isinstance(tags, Iterable) and not isinstance(tags, str):
        return ", ".join(language_name(str(tag)) for tag in tags)
    return language_name(str(tags))


def told(error: ServerError | ScheduleError) -> str:
    """Give the sentence of an error; one that nobody makes by hand is a line of the log, too."""
    if error.code in OF_NO_FORM:
        note_refused(error.code)
    return say(error.code, error.values)
