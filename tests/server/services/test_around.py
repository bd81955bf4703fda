"""What is worked out of a part of the schedule is kept with it; of what is large, the last of all parts together."""

from itertools import count
from weakref import ref

import pytest

from server.last import Last
from server.services import around
from server.services.around import Around
from server.services.schedule import schedule_of
from tests.server.services.radio import Radio


class _Day:
    """Something large."""


@pytest.fixture
def two(radio: Radio) -> tuple[Around, Around]:
    """Two parts that are equal and not the same."""
    with radio.store.reading() as uow:
        return Around(schedule_of(uow)), Around(schedule_of(uow))


def test_each_keeps_its_own(two: tuple[Around, Around]) -> None:
    made = count()

    given = [[each.of("slots", lambda: next(made)), each.laid_out("monday", lambda: next(made))] for each in two * 2]

    assert given == [[0, 1], [2, 3]] * 2


def test_what_is_large_is_kept_of_all_together(two: tuple[Around, Around], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(around, "_LAID_OUT", Last(2))
    made, (here, there) = count(), two

    asked = ((here, "monday"), (here, "tuesday"), (there, "monday"), (here, "tuesday"), (here, "monday"))
    given = [each.laid_out(day, lambda: next(made)) for each, day in asked]

    assert given == [0, 1, 2, 1, 3]


def test_what_is_large_goes_with_the_part_it_was_made_of(radio: Radio) -> None:
    with radio.store.reading() as uow:
        here = Around(schedule_of(uow))
    day = ref(here.laid_out("monday", _Day))

    del here

    assert day() is None
