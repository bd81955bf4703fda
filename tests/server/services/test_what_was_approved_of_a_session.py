"""A session template as it was approved is what sounds: every field of it and of its places is bound."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import time
from typing import Any

import pytest

from schedules.fills import ByHand, Fill, Fixed, Newest, OfCampaign, Repeats, Rotation, Subscribed
from schedules.ids import PlaceId
from schedules.programme import Kind
from schedules.regulation import SessionName
from schedules.session import Place, SessionTemplate
from schedules.times import DAY
from server.services import approvals, templates
from tests.server.services import approved
from tests.server.services.approved import WAYS, Broadcast, booked, releases_templates, written
from tests.server.services.radio import (
    AGAIN,
    APPROVER,
    EVENING,
    EVENING_NOTICES,
    MONDAY,
    MORNING,
    NEWS,
    OFFICER,
    QUANG_NGAI,
    SIGNAL,
    SON_HA,
    TUNE,
    Radio,
    in_notices,
)


@pytest.fixture(autouse=True)
def prepared(radio: Radio) -> None:
    approved.prepared(radio)


def evening(radio: Radio) -> SessionTemplate:
    return templates.get(radio.store, OFFICER, EVENING).stored.template


def changes(radio: Radio, to: SessionTemplate) -> None:
    templates.change(radio.store, radio.clock, OFFICER, EVENING, to=to, version=evening(radio).version)


def with_place(template: SessionTemplate, place: PlaceId, **about: object) -> SessionTemplate:
    """Give a template with one of its places otherwise."""
    places = tuple(replace(each, **about) if each.id == place else each for each in template.places)  # type: ignore[arg-type]
    return replace(template, places=places)


TEMPLATE: dict[str, Callable[[SessionTemplate], SessionTemplate]] = {
    "session": lambda old: replace(old, session=SessionName.MORNING, starts=time(6, 25), ends=time(6, 55)),
    "name": lambda old: replace(old, name="Buổi tối"),
    "starts": lambda old: replace(old, starts=time(17, 1)),
    "ends": lambda old: replace(old, ends=time(17, 31)),
    "weekdays": lambda old: replace(old, weekdays=frozenset(range(7))),
    "valid_from": lambda old: replace(old, valid_from=MONDAY - DAY),
    "valid_to": lambda old: replace(old, valid_to=MONDAY + 100 * DAY),
    "places": lambda old: replace(old, places=old.places[:1]),
}
NEVER_CHANGED = {"id", "station", "replaces", "refused", "version"}

PLACE: dict[str, Callable[[SessionTemplate], SessionTemplate]] = {
    "id": lambda old: with_place(old, AGAIN, id=PlaceId("pm-khac")),
    "name": lambda old: with_place(old, EVENING_NOTICES, name="Thông báo"),
    "fill": lambda old: with_place(old, AGAIN, fill=Fixed(SIGNAL)),
    "minutes": lambda old: with_place(old, EVENING_NOTICES, minutes=4),
    "at": lambda old: with_place(old, AGAIN, at=time(17, 5)),
    "filler": lambda old: with_place(with_place(old, AGAIN, fill=Fixed(TUNE)), AGAIN, filler=True),
}


def in_the_evening(radio: Radio) -> Broadcast:
    return booked(written(radio), replace(in_notices(), places=(EVENING_NOTICES,)))


def test_every_field_of_a_template_and_of_a_place_has_a_case() -> None:
    assert set(TEMPLATE) | NEVER_CHANGED == {each.name for each in fields(SessionTemplate)}
    assert set(PLACE) == {each.name for each in fields(Place)}


@pytest.mark.parametrize(
    "change", [*TEMPLATE.values(), *PLACE.values()], ids=[*TEMPLATE, *(f"place.{x}" for x in PLACE)]
)
def test_a_changed_template_falls_silent_and_changed_back_is_what_was_approved(
    radio: Radio, change: Callable[[SessionTemplate], SessionTemplate]
) -> None:
    """A template's record is what it says, not how often it was saved."""
    broadcast, old = in_the_evening(radio), evening(radio)
    before = broadcast.planned()

    changes(radio, change(old))
    heard = broadcast.heard()
    waiting = [each.stored.template.id for each in radio.queue().templates]
    changes(radio, old)

    assert any(before.values())
    assert (heard, waiting) == (set(), [EVENING])
    assert broadcast.planned() == before
    assert radio.queue().templates == ()


FILLS: dict[type[Fill], list[Fill]] = {
    ByHand: [ByHand()],
    Fixed: [Fixed(SIGNAL), Fixed(TUNE)],
    Repeats: [Repeats(NEWS), Repeats(EVENING_NOTICES)],
    Newest: [
        Newest(kind=Kind.BULLETIN, owners=frozenset({SON_HA})),
        Newest(kind=Kind.NOTICE, owners=frozenset({SON_HA})),
        Newest(kind=Kind.BULLETIN, owners=frozenset({SON_HA, QUANG_NGAI})),
        Newest(kind=Kind.BULLETIN, owners=frozenset({SON_HA}), topic="Lũ"),
        Newest(kind=Kind.BULLETIN, owners=frozenset({SON_HA}), max_age_days=6),
    ],
    Subscribed: [
        Subscribed(),
        Subscribed(kinds=frozenset({Kind.NOTICE})),
        Subscribed(topics=frozenset({"Lũ"})),
    ],
}


def test_every_rule_and_each_of_its_facts_makes_another_record(radio: Radio) -> None:
    of_rules: dict[type[Any], set[str]] = {
        Newest: {"kind", "owners", "topic", "max_age_days"},
        Rotation: {"programmes", "first_day"},
        OfCampaign: {"campaign"},
        Subscribed: {"kinds", "topics"},
    }
    fills = [fill for each in FILLS.values() for fill in each]
    old = evening(radio)

    records = set()
    for fill in fills:
        changes(radio, with_place(old, AGAIN, fill=fill))
        records |= {each.record for each in radio.queue().templates} or {"as it was"}

    assert len(records) == len(fills)
    assert {rule: {each.name for each in fields(rule)} for rule in of_rules} == of_rules


@pytest.mark.parametrize("way", ["fixed", "fixed_relay"])
def test_a_fixed_programme_voids_the_whole_session_it_stands_in(radio: Radio, way: str) -> None:
    """What stands beside it was approved as one running order with it."""
    broadcast = WAYS[way](radio)
    before = {item.title for _, items in broadcast.all() for item in items}

    broadcast.edits(document="218/TB")
    silent = {item.title for _, items in broadcast.all() for item in items}
    (waiting,) = radio.queue().templates
    releases_templates(radio)

    assert {"Nhạc hiệu", "Nhạc không lời"} <= before
    assert silent == set()
    assert waiting.stored.template.id == MORNING
    assert {item.title for _, items in broadcast.all() for item in items} == before


def test_a_template_that_follows_another_leaves_it_playing_until_it_is_approved_itself(radio: Radio) -> None:
    broadcast, old = in_the_evening(radio), evening(radio)
    before = broadcast.planned()
    after = replace(old, name="Buổi chiều mới", valid_from=MONDAY + DAY, replaces=EVENING)

    made = templates.create(radio.store, radio.clock, OFFICER, template=after)
    waiting = broadcast.planned()
    (shown,) = radio.queue().templates
    approvals.approve_template(radio.store, radio.clock, APPROVER, made.template.id, seen=shown.seen)

    assert waiting == before
    assert broadcast.heard() == {zone for zone, items in before.items() if items}
