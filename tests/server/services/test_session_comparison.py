"""What an approver is told of a session template that was approved before: what is another, and nothing that is not."""

from dataclasses import replace
from datetime import time

import pytest

from schedules.ids import TemplateId
from schedules.regulation import SessionName
from schedules.session import SessionTemplate
from schedules.times import DAY
from server.errors import NotAllowed
from server.services import session_comparison, templates
from server.services.session_comparison import SessionCompared
from tests.server.services.approved import releases_templates
from tests.server.services.radio import APPROVER, MONDAY, MORNING, NEIGHBOUR, OFFICER, SIGNAL, Radio


def morning(radio: Radio) -> SessionTemplate:
    return templates.get(radio.store, OFFICER, MORNING).stored.template


def compared(radio: Radio, to: SessionTemplate) -> SessionCompared:
    found = session_comparison.compared(radio.store, APPROVER, to)
    assert found is not None
    return found


def test_what_was_never_approved_or_is_as_it_was_is_compared_with_nothing(radio: Radio) -> None:
    before = session_comparison.compared(radio.store, APPROVER, morning(radio))
    releases_templates(radio)

    assert before is None
    assert session_comparison.compared(radio.store, APPROVER, morning(radio)) is None


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"session": SessionName.EXTRA}, ("session",)),
        ({"weekdays": frozenset({0, 1})}, ("weekdays",)),
        ({"valid_to": None, "weekdays": frozenset({0})}, ("weekdays", "days")),
    ],
    ids=str,
)
def test_each_fact_is_named(radio: Radio, changes: dict[str, object], facts: tuple[str, ...]) -> None:
    releases_templates(radio)
    old = replace(morning(radio), valid_to=MONDAY + 90 * DAY)
    templates.change(radio.store, radio.clock, OFFICER, MORNING, to=old, version=morning(radio).version)
    releases_templates(radio)

    found = compared(radio, replace(old, **changes))  # type: ignore[arg-type]  # fields by name

    assert found.facts == facts
    assert (found.by, found.at) == (APPROVER.name, radio.now())
    assert (found.added, found.removed, found.other, found.reordered, found.sounds) == ((), (), (), False, ())
    assert (found.name, found.times) == ("", None)


def test_the_earlier_name_and_times_are_told(radio: Radio) -> None:
    releases_templates(radio)
    old = morning(radio)

    found = compared(radio, replace(old, name="Buổi sớm", ends=time(6, 29)))

    assert (found.name, found.times, found.facts) == (old.name, (old.starts, old.ends), ())


def test_places_are_told_by_name(radio: Radio) -> None:
    releases_templates(radio)
    old = morning(radio)
    first, second, *rest = old.places
    longer = replace(first, minutes=first.minutes + 1)

    other = compared(radio, replace(old, places=(longer, second, *rest)))
    removed = compared(radio, replace(old, places=(first, *rest)))

    assert (other.other, other.added, other.removed) == ((first.name,), (), ())
    assert (removed.removed, removed.other, removed.reordered) == ((second.name,), (), False)


def test_another_order_is_told_once(radio: Radio) -> None:
    old = morning(radio)
    free = replace(old, places=tuple(replace(each, at=None) for each in old.places))
    templates.change(radio.store, radio.clock, OFFICER, MORNING, to=free, version=old.version)
    releases_templates(radio)

    found = compared(radio, replace(free, places=tuple(reversed(free.places))))

    assert (found.reordered, found.other, found.facts) == (True, (), ())


def test_a_fixed_programme_in_another_version_is_to_be_heard_again(radio: Radio) -> None:
    releases_templates(radio)
    radio.records(SIGNAL)

    found = compared(radio, morning(radio))

    assert found.sounds == (radio.stored(SIGNAL).programme.title,)


def test_one_that_replaces_another_is_compared_with_that(radio: Radio) -> None:
    releases_templates(radio)
    old = morning(radio)
    fresh = replace(old, id=TemplateId("new"), replaces=MORNING, ends=time(6, 29))

    assert compared(radio, fresh).times == (old.starts, old.ends)


def test_a_neighbour_is_told_nothing(radio: Radio) -> None:
    with pytest.raises(NotAllowed):
        session_comparison.compared(radio.store, NEIGHBOUR, morning(radio))
