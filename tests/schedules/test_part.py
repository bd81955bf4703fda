"""The parts of a programme."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.errors import InvalidValue
from schedules.part import AUTHORS_LIMIT, PARTS_LIMIT, part_facts, part_of
from tests.schedules.given import HOUR, a_part, a_programme


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "  "}, "part.title"),
        ({"title": "đ" * 201}, "part.title"),
        ({"authors": ("Lan",) * (AUTHORS_LIMIT + 1)}, "part.authors"),
        ({"authors": ("",)}, "part.authors"),
        ({"authors": ("đ" * 121,)}, "part.authors"),
        ({"reader": "đ" * 121}, "part.reader"),
        ({"source": "đ" * 201}, "part.source"),
        ({"lasts": timedelta(0)}, "part.lasts"),
        ({"lasts": 3 * HOUR + timedelta(seconds=1)}, "part.lasts"),
    ],
)
def test_a_part_that_breaks_a_rule_cannot_exist(change: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        a_part("hop-dan", **change)

    assert refused.value.code == code


def test_a_part_at_its_limits_is_one() -> None:
    part = a_part(
        title="đ" * 200, authors=("đ" * 120,) * AUTHORS_LIMIT, reader="đ" * 120, source="đ" * 200, lasts=3 * HOUR
    )

    assert part_of(part_facts(part)) == part


@pytest.mark.parametrize("lasts", [None, timedelta(seconds=150)])
def test_a_part_is_read_back_from_its_facts(lasts: timedelta | None) -> None:
    part = a_part(reader="Hoa", source="Công an xã", lasts=lasts)

    assert part_of(part_facts(part)) == part


def test_a_programme_has_each_part_once_and_not_too_many() -> None:
    many = tuple(a_part(str(number)) for number in range(PARTS_LIMIT + 1))

    for parts, code in ((many, "part.too_many"), ((a_part(), a_part()), "part.twice")):
        with pytest.raises(InvalidValue) as refused:
            replace(a_programme(), parts=parts)
        assert refused.value.code == code
    assert len(replace(a_programme(), parts=many[1:]).parts) == PARTS_LIMIT
