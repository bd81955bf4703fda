"""Turns codes into sentences a person understands, in Vietnamese or English. It invents nothing: values fill the gaps.

The sentences stand in `translations/sentences.toml`; a test proves that every code of the program has one.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from schedules.campaign import CampaignState
from schedules.programme import Kind, Level, State
from schedules.regulation import SessionName
from schedules.wire.messages import KeyRole
from server.token_records import Scope
from server.values import Role
from server.web import formats
from server.web.tongues import added
from server.web.words import word

_GROUPS: dict[type[Enum], str] = {
    Kind: "kind",
    Level: "level",
    State: "state",
    CampaignState: "campaign",
    SessionName: "session",
    Role: "role",
    Scope: "scope",
    KeyRole: "key_role",
}
_NAMED = {"session": "session", "kind": "kind"}


def sentence(code: str, values: Mapping[str, object], *, language: str, zone: ZoneInfo) -> str:
    """Give the sentence of a code; a code without one is shown as it is, since hiding it would help nobody."""
    entry = sentences().get(code)
    if entry is None:
        return code
    tongue = added().get(language)
    text = entry[language] if tongue is None else tongue.sentences.get(code, entry["vi"])
    return text.format_map(_Gaps(_shown(values, language, zone)))


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Give all sentences: code, language."""
    return tomllib.loads(files("server.web").joinpath("translations/sentences.toml").read_text(encoding="utf-8"))


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _shown(values: Mapping[str, object], language: str, zone: ZoneInfo) -> dict[str, str]:
    shown = {name: _text(name, value, language, zone) for name, value in values.items()}
    for name, value in values.items():
        if name == "weekdays" and isinstance(value, tuple):
            shown[name] = formats.weekdays_text(value, language)
        if isinstance(value, datetime):
            shown[f"{name}_day"] = formats.day_text(value.astimezone(zone).date())
    return shown


def _text(name: str, value: object, language: str, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return formats.exact_time(value, zone)
    if isinstance(value, date):
        return formats.day_text(value)
    if isinstance(value, time):
        return formats.wall_time(value)
    if isinstance(value, timedelta):
        return formats.length_words(value, language)
    if isinstance(value, Enum):
        group = _GROUPS.get(type(value))
        return word(group, value.value, language) if group else str(value.value)
    if isinstance(value, str) and name in _NAMED:
        return word(_NAMED[name], value, language)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_text(name, each, language, zone) for each in value)
    return _number(value, language) if isinstance(value, float) else str(value)


def _number(value: float, language: str) -> str:
    return formats.decimal(value, language).removesuffix(",0").removesuffix(".0")
