"""What is made of the schedule is made once: for all who ask, as long as nothing in it changes, and not without end."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from weakref import ref

import pytest

from server.ports import UnitOfWork
from server.store import SqlStore
from server.store.schedules import MOST, KnownSchedules
from tests.contracts import samples
from tests.contracts.samples import NOW, PEOPLE, POLE

OTHERS: dict[str, Callable[[UnitOfWork], object]] = {
    "nothing": lambda uow: None,
    "a presence": lambda uow: uow.evidence.put_presence(POLE, samples.presence(7), NOW),
    "what was heard": lambda uow: uow.evidence.insert_heard([samples.heard(samples.chain(1)[0])]),
    "an account": lambda uow: uow.people.put(replace(PEOPLE, name="Y Nhi")),
    "a rundown": lambda uow: samples.settle(uow, samples.issued(8, samples.item("a", NOW))),
}


@pytest.mark.parametrize("other", OTHERS)
def test_what_no_schedule_is_made_of_leaves_it_as_it_is(database: SqlStore, other: str) -> None:
    store, made = database, count()
    samples.founded(store)
    with store.reading() as uow:
        before = uow.schedules.kept("station", lambda: next(made))

    with store.writing() as uow:
        OTHERS[other](uow)
        uow.commit()
    with store.reading() as uow:
        after = uow.schedules.kept("station", lambda: next(made))

    assert before == after


def test_what_was_asked_for_last_is_kept_and_no_more_than_so_much() -> None:
    known, made, marks = KnownSchedules(), count(), ((3, "mark"),)
    first = known.of(marks, "often asked", lambda: next(made))

    for number in range(2 * MOST):
        known.of(marks, number, lambda: next(made))
        assert known.of(marks, "often asked", lambda: next(made)) == first

    assert known.of(marks, 0, lambda: next(made)) > MOST


def test_what_comes_out_as_it_was_is_the_one_from_before() -> None:
    known, first = KnownSchedules(), ["of the station"]
    known.of(((3, "before"),), "station", lambda: first)
    known.of(((3, "before"),), "other", lambda: ["of the other"])

    assert known.of(((3, "after"),), "station", lambda: ["of the station"]) is first
    assert known.of(((3, "after"),), "other", lambda: ["another"]) == ["another"]


class _Made:
    """Something that can be let go."""


def test_what_came_out_as_another_is_let_go() -> None:
    known = KnownSchedules()
    before = ref(known.of(((3, "before"),), "station", _Made))

    known.of(((3, "after"),), "station", _Made)

    assert before() is None


def test_what_is_made_while_the_state_changes_is_kept_for_neither() -> None:
    known = KnownSchedules()

    def slowly() -> str:
        known.of(((3, "later"),), "other", lambda: "of later")
        return "of before"

    assert known.of(((3, "before"),), "station", slowly) == "of before"
    assert known.of(((3, "later"),), "station", lambda: "of later") == "of later"
