"""Tells a line of the audit trail in a sentence: who did what, where, with its details in words. It invents nothing.

The sentences stand in `translations/audit.toml`; a test proves that every kind of line the program writes has one.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from server.services.audit_names import Names
from server.values import AuditLine
from server.web import formats
from server.web.words import word

_OPTIONAL = re.compile(r"\[([^\]]*)\]")
_GAP = re.compile(r"\{(\w+)\}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CODE = re.compile(r"[a-z_]+(\.[a-z_-]+)+")
_CODES = frozenset({"code", "why", "reason"})
_PEOPLE = frozenset({"approver", "to", "told", "people"})
_UNITS = frozenset({"units", "emergency"})
_WORDS = {
    "roles": "role",
    "scopes": "scope",
    "command_word": "command",
    "state": "command_standing",
    "reset": "reset",
    "factor_by": "factor_by",
    "allowed": "yes_no",
    "fault_kind": "fault_kind",
    "outcome": "fault_outcome",
}


@cache
def audit_sentences() -> Mapping[str, Mapping[str, str]]:
    """Give all sentences: kind of line, language."""
    return tomllib.loads(files("server.web").joinpath("translations/audit.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a page tells.

    Attributes:
        zone: its civil time.
        machine: what the centre itself is called.
        say: gives the sentence of a code that stands in a detail.
        spoken: gives the name of a language by its tag.
    """

    language: str
    zone: ZoneInfo
    machine: str
    say: Callable[[str], str]
    spoken: Callable[[str], str]


def told(line: AuditLine, names: Names, how: Telling) -> str:
    """Give the sentence of a line; of a kind without one, the word for its subject and the kind itself."""
    entry = audit_sentences().get(line.action)
    subject = line.action.partition(".")[0]
    if entry is None:
        return f"{word('audit', subject, how.language)}: {line.action}"
    values = {name: _shown(name, value, names, how) for name, value in _details(line, names).items()}
    values |= {
        "who": names.people.get(line.by, line.by) if line.by else how.machine,
        "what": names.things.get((subject, line.subject)) or ("" if line.details.get("title") else line.subject),
        "where": names.units.get(line.unit, line.unit) if line.unit else how.machine,
    }
    kept = _OPTIONAL.sub(
        lambda part: part[1] if all(values.get(gap) for gap in _GAP.findall(part[1])) else "",
        entry.get(how.language, entry["vi"]),
    )
    return _GAP.sub(lambda gap: values.get(gap[1]) or "…", kept)


def _details(line: AuditLine, names: Names) -> dict[str, object]:
    """Give the details, those whose name means something else elsewhere under a name of their own."""
    found = dict(line.details)
    after = found.get("after")
    if isinstance(after, Mapping):  # the facts themselves stand below the sentence
        found |= {"after": "", "before": ""}
    if line.action.startswith("command."):
        found["command_word"] = found.pop("what", "")
    if line.action == "factor.passed":
        found["factor_by"] = found.pop("by", "")
    if line.action == "fault.opened":
        found["fault_kind"] = found.pop("kind", "")
    if found.get("approver") == line.by:
        found["approver"] = ""
    if line.action == "loudspeaker.moved":
        found |= {name: names.zones.get(str(found.get(name)), str(found.get(name))) for name in ("before", "after")}
    if line.action == "person.moved":
        found |= {name: names.units.get(str(found.get(name)), str(found.get(name))) for name in ("before", "after")}
    return found


def _shown(name: str, value: object, names: Names, how: Telling) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_shown(name, each, names, how) for each in value)
    text = str(value)
    if name in _WORDS:
        return word(_WORDS[name], text.lower() if isinstance(value, bool) else text, how.language)
    known = {**dict.fromkeys(_PEOPLE, names.people), **dict.fromkeys(_UNITS, names.units)}
    known |= {"zones": names.zones, "loudspeaker": names.loudspeakers}
    if name in known:
        return known[name].get(text, text)
    if name == "language":
        return how.spoken(text)
    if name in _CODES and _CODE.fullmatch(text):
        text = how.say(text)
    if _INSTANT.fullmatch(text):
        return formats.instant_text(datetime.fromisoformat(text), how.zone)
    return formats.day_text(date.fromisoformat(text)) if _DAY.fullmatch(text) else text.rstrip(".")
