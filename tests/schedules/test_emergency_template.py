"""Texts with typed gaps: only what fits its type gets in, and the rest of the text stays as it was approved."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.emergency import Certainty, Event, Severity, Urgency, Words
from schedules.emergency_template import EmergencyTemplate, Gap, GapType
from schedules.errors import InvalidValue, Refused
from schedules.ids import EmergencyTemplateId
from tests.schedules.given import SON_HA

WHERE = Gap(name="where", label="Nơi sơ tán", type=GapType.PLACE)
WHEN = Gap(name="when", label="Trước lúc", type=GapType.TIME)
LEVEL = Gap(name="level", label="Mực nước (m)", type=GapType.NUMBER, least=1, most=9)
ROAD = Gap(name="road", label="Đường", type=GapType.CHOICE, choices=("đường bộ", "đường thuỷ"))
TEXT = "Nước lên {level} mét. Bà con về {where} theo {road} trước {when}."
TEMPLATE = EmergencyTemplate(
    id=EmergencyTemplateId("flood"),
    unit=SON_HA,
    version=1,
    event=Event.FLOOD,
    severity=Severity.SEVERE,
    urgency=Urgency.IMMEDIATE,
    certainty=Certainty.LIKELY,
    headline="Sơ tán vì lũ",
    words=(Words("vi", TEXT),),
    gaps=(WHERE, WHEN, LEVEL, ROAD),
)
VALUES = {"where": "Làng Mới", "when": "17:30", "level": " 05 ", "road": "đường bộ"}
PLACES = ("Làng Mới", "Gò Sim")


def test_every_gap_is_filled_in_words_that_can_be_read_out() -> None:
    (words,) = TEMPLATE.filled(VALUES, PLACES)

    assert words.text == "Nước lên 5 mét. Bà con về Làng Mới theo đường bộ trước 17 giờ 30 phút."
    assert TEMPLATE.filled({**VALUES, "when": "06:00"}, PLACES)[0].text.endswith("trước 6 giờ.")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("where", "Sơn Tây", "emergency_template.place"),
        ("where", "", "emergency_template.place"),
        ("when", "chiều", "emergency_template.time"),
        ("level", "10", "emergency_template.number"),
        ("level", "-1", "emergency_template.number"),
        ("level", "5 mét", "emergency_template.number"),
        ("level", "²", "emergency_template.number"),
        ("road", "đường sắt", "emergency_template.choice"),
    ],
)
def test_what_does_not_fit_the_gap_is_refused_by_its_name(name: str, value: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        TEMPLATE.filled({**VALUES, name: value}, PLACES)

    assert (refused.value.code, refused.value.values["name"]) == (code, name)


def test_a_gap_nobody_filled_is_refused() -> None:
    with pytest.raises(Refused, match=r"emergency_template\.place"):
        TEMPLATE.filled({}, PLACES)


@given(st.dictionaries(st.sampled_from(["where", "when", "level", "road"]), st.text(max_size=20)))
def test_whatever_is_typed_nothing_else_than_typed_values_is_said(values: dict[str, str]) -> None:
    try:
        (words,) = TEMPLATE.filled(values, PLACES)
    except Refused:
        return

    assert any(place in words.text for place in PLACES)
    assert words.text.startswith("Nước lên ")


@pytest.mark.parametrize(
    "words", ["Nước lên.", "{where} {when} {level} {road} {more}", "{where} {when} {level} {road} {", "{Where}"]
)
def test_each_language_has_exactly_the_gaps(words: str) -> None:
    with pytest.raises(InvalidValue, match=r"emergency_template\.gaps_differ"):
        replace(TEMPLATE, words=(Words("vi", TEXT), Words("hre", words)))


def test_gaps_are_told_apart_by_name() -> None:
    with pytest.raises(InvalidValue, match=r"emergency_template\.gap_twice"):
        replace(TEMPLATE, gaps=(WHERE, WHERE))


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"name": "Nơi"}, "emergency_template.gap_name"),
        ({"type": GapType.NUMBER}, "emergency_template.gap_limits"),
        ({"type": GapType.CHOICE, "choices": ("một",)}, "emergency_template.gap_choices"),
    ],
)
def test_a_gap_is_whole(about: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        replace(WHERE, **about)  # type: ignore[arg-type]  # fields of a gap

    assert refused.value.code == code
