"""The demonstration's programmes, read from `programmes.toml` with the dates of the first start filled in.

It must not know how programmes are stored or scheduled.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files

from schedules.programme import Kind, Level, Origin

POWER_CUT_IN = timedelta(days=2)
VACCINATION_IN = timedelta(days=6)
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A programme to be spoken by the embedded voice.

    Attributes:
        hre: also gets a sound in the place of a Hrê recording; no machine voice speaks Hrê.
    """

    title: str
    kind: Kind
    origin: Origin
    text: str
    level: Level = Level.ORDINARY
    times_read: int = 1
    topic: str = ""
    requested_by: str = ""
    document: str = ""
    hre: bool = False


def scripts(today: date) -> dict[str, Script]:
    """Give the scripts by key, their dates relative to a day."""
    filled = {
        "week": str(today.isocalendar().week),
        "month": str(today.month),
        "power_cut_day": _spoken(today + POWER_CUT_IN),
        "vaccination_day": _spoken(today + VACCINATION_IN),
    }
    tree = tomllib.loads((files(__package__) / "programmes.toml").read_text(encoding="utf-8"))
    return {key: _script(facts, filled) for key, facts in tree.items()}


def _script(facts: dict[str, object], filled: dict[str, str]) -> Script:
    return Script(
        title=str(facts["title"]).format(**filled),
        kind=Kind(str(facts["kind"])),
        origin=Origin(str(facts["origin"])),
        level=Level.PRIORITY if facts.get("level") == "priority" else Level.ORDINARY,
        text=" ".join(str(facts["text"]).split()).format(**filled),
        times_read=int(str(facts.get("times_read", 1))),
        topic=str(facts.get("topic", "")),
        requested_by=str(facts.get("requested_by", "")),
        document=str(facts.get("document", "")),
        hre=bool(facts.get("hre", False)),
    )


def _spoken(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]}, ngày {day.day} tháng {day.month}"
