"""Texts of emergencies that were approved beforehand, with typed gaps; only what fits its type gets in.

It must not know who approved a text nor who fills it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from schedules.emergency import Certainty, Event, Severity, Urgency, Words
from schedules.errors import InvalidValue, Refused
from schedules.ids import EmergencyTemplateId, UnitId

_GAP = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BRACE = re.compile(r"[{}]")
_MOST_DIGITS = 9
"""Of a number that is said aloud."""


class GapType(StrEnum):
    """What may be put into a gap."""

    NUMBER = "number"
    TIME = "time"
    PLACE = "place"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One typed gap of a text.

    Attributes:
        label: as the form asks for it.
        least, most: of a number.
        choices: of a choice; places are those of the unit.
    """

    name: str
    label: str
    type: GapType
    least: int = 0
    most: int = 0
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _GAP.fullmatch(f"{{{self.name}}}"):
            raise InvalidValue("emergency_template.gap_name", name=self.name)
        if self.type is GapType.NUMBER and self.least >= self.most:
            raise InvalidValue("emergency_template.gap_limits", gap=self.label)
        if self.type is GapType.CHOICE and len(self.choices) < 2:
            raise InvalidValue("emergency_template.gap_choices", gap=self.label)

    def filled(self, value: str, places: Collection[str]) -> str:
        """Give the words for a value.

        Raises:
            Refused: `emergency_template.number`, `.time`, `.place` or `.choice`, with the gap's label and name.
        """
        value = value.strip()
        if self.type is GapType.NUMBER:
            written = value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
            if not written or not self.least <= int(value) <= self.most:
                raise self._refused("emergency_template.number", least=self.least, most=self.most)
            return str(int(value))
        if self.type is GapType.TIME:
            return self._time(value)
        if self.type is GapType.PLACE and value not in places:
            raise self._refused("emergency_template.place")
        if self.type is GapType.CHOICE and value not in self.choices:
            raise self._refused("emergency_template.choice")
        return value

    def _time(self, value: str) -> str:
        try:
            at = time.fromisoformat(value)
        except ValueError as error:
            raise self._refused("emergency_template.time") from error
        return f"{at.hour} giờ {at.minute} phút" if at.minute else f"{at.hour} giờ"

    def _refused(self, code: str, **values: object) -> Refused:
        return Refused(code, gap=self.label, name=self.name, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyTemplate:
    """A text in one or more languages, with what an emergency made of it is.

    Attributes:
        unit: whose template it is; it may be used there and below.
        version: grows with each change, which voids its approval.
        minutes: how long an emergency made of it lives.
    """

    id: EmergencyTemplateId
    unit: UnitId
    version: int
    event: Event
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    headline: str
    words: tuple[Words, ...]
    gaps: tuple[Gap, ...] = ()
    times: int = 3
    pause_s: int = 20
    minutes: int = 30

    def __post_init__(self) -> None:
        names = [gap.name for gap in self.gaps]
        if len(set(names)) != len(names):
            raise InvalidValue("emergency_template.gap_twice")
        for words in self.words:
            bare = _GAP.sub("", words.text)
            if set(_GAP.findall(words.text)) != set(names) or _BRACE.search(bare):
                raise InvalidValue("emergency_template.gaps_differ", language=words.language)

    def filled(self, values: Mapping[str, str], places: Collection[str]) -> tuple[Words, ...]:
        """Give what is said, with every gap filled.

        Args:
            values: by the gap's name.
            places: names that may stand in a gap for a place.

        Raises:
            Refused: see `Gap.filled`.
        """
        said = {gap.name: gap.filled(values.get(gap.name, ""), places) for gap in self.gaps}
        return tuple(Words(each.language, _GAP.sub(lambda gap: said[gap[1]], each.text)) for each in self.words)
