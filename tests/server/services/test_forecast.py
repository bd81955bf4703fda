"""What a session template would sound like, while it is being drawn up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.fills import Newest
from schedules.ids import PlaceId
from schedules.programme import Kind
from schedules.running_order import Remark
from schedules.session import Place, SessionTemplate
from schedules.times import DAY, Span
from server.errors import NotAllowed
from server.services import templates
from server.services.forecast import Forecast, foresee
from tests.server.services.radio import (
    INSPECTOR,
    MONDAY,
    MORNING,
    MUSIC,
    NEIGHBOUR,
    NEWS,
    NOTICES,
    OFFICER,
    SON_HA,
    Radio,
    in_notices,
    local,
)

SECOND = timedelta(seconds=1)


def morning(radio: Radio) -> SessionTemplate:
    return templates.get(radio.store, OFFICER, MORNING).stored.template


def foreseen(radio: Radio, template: SessionTemplate, day: int = 0) -> Forecast:
    return foresee(radio.store, radio.clock, OFFICER, template, day=MONDAY + day * DAY)


def lines(found: Forecast) -> list[tuple[str, str, bool]]:
    return [(each.place.id, f"{(each.starts + timedelta(hours=7)):%H:%M:%S}", each.expected) for each in found.lines]


def without(template: SessionTemplate, *places: PlaceId) -> SessionTemplate:
    return replace(template, places=tuple(place for place in template.places if place.id not in places))


def test_a_place_that_is_still_empty_holds_its_minutes(radio: Radio) -> None:
    found = foreseen(radio, morning(radio))

    assert lines(found) == [
        ("am-opening", "05:30:00", False),
        ("am-news", "05:31:00", True),
        ("am-notices", "05:43:00", True),
        ("am-music", "05:46:00", False),
        ("am-relay", "06:00:00", False),
        ("am-closing", "06:15:00", False),
    ]
    assert found.gaps == (
        Span(local(5, 30, 40), local(5, 31)),
        Span(local(6, 15, 40), local(6, 20)),
    )
    assert (found.obstacles, found.remarks, found.notes) == ((), (), ())


def test_what_is_booked_stands_there_with_its_own_length(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme, lasts=timedelta(seconds=70))
    radio.books(programme, in_notices())

    found = foreseen(radio, morning(radio))

    (notice,) = [each for each in found.lines if each.place.id == NOTICES]
    assert (notice.title, notice.expected) == ("Tạm ngừng cấp điện", False)
    assert notice.ends - notice.starts == timedelta(seconds=70)


def test_a_gap_before_a_timed_place_is_shown_where_nothing_fills_it(radio: Radio) -> None:
    found = foreseen(radio, without(morning(radio), MUSIC))

    assert Span(local(5, 46), local(6)) in found.gaps


def test_what_would_be_cut_is_told_before_it_happens(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme, lasts=timedelta(minutes=20))
    radio.books(programme, in_notices())

    found = foreseen(radio, morning(radio))

    assert [each.loss for each in found.lines if each.loss] == [
        Remark(
            "session.item_cut",
            (("title", "Tạm ngừng cấp điện"), ("until", local(6)), ("over", timedelta(minutes=3))),
        )
    ]


def test_a_rule_that_finds_nothing_says_so_and_its_minutes_are_kept(radio: Radio) -> None:
    rule = Newest(kind=Kind.BULLETIN, owners=frozenset({SON_HA}))
    before = morning(radio)
    by_rule = replace(
        before, places=tuple(replace(each, fill=rule) if each.id == NEWS else each for each in before.places)
    )

    found = foreseen(radio, by_rule)

    assert ("am-news", "05:31:00", True) in lines(found)
    assert [(each.title, each.code) for each in found.notes] == [("Bản tin", "fill.nothing_new")]


def test_a_template_for_weekdays_is_shown_on_the_next_of_them(radio: Radio) -> None:
    before = replace(morning(radio), weekdays=frozenset({2}))

    found = foreseen(radio, before)

    assert (found.day, found.days) == (MONDAY + 2 * DAY, (MONDAY + 2 * DAY,))
    never = foreseen(radio, replace(before, valid_to=MONDAY))
    assert (never.day, never.lines) == (None, ())


def test_what_can_never_fit_is_told_while_it_is_typed(radio: Radio) -> None:
    before = morning(radio)

    found = foreseen(radio, replace(before, places=(replace(before.places[1], minutes=90),)))

    assert [each.code for each in found.obstacles] == ["session.too_long"]


def test_another_template_at_the_same_time_is_named(radio: Radio) -> None:
    before = morning(radio)
    second = templates.copied(before, radio.now())
    stored = templates.create(radio.store, radio.clock, OFFICER, template=replace(second, name="Sáng thứ hai"))

    assert foreseen(radio, before).remarks == (
        Remark("session.overlaps", (("template", "Sáng thứ hai"), ("day", MONDAY))),
    )
    assert foreseen(radio, replace(before, valid_to=MONDAY + DAY)).remarks != ()
    assert foreseen(radio, replace(stored.template, replaces=MORNING)).remarks == ()


def test_bookings_whose_place_is_taken_away_are_counted(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, in_notices())

    found = foreseen(radio, without(morning(radio), NOTICES))

    assert found.remarks == (Remark("session.bookings_left", (("place", "Mục thông báo"), ("count", 1))),)


def test_a_new_place_may_be_foreseen_before_anything_is_stored(radio: Radio) -> None:
    before = morning(radio)
    added = Place(id=PlaceId("mới"), name="", fill=before.places[1].fill, minutes=2)

    found = foreseen(radio, replace(before, places=(*before.places, added)))

    assert lines(found)[-1] == ("mới", "06:15:40", True)
    assert [each.code for each in found.obstacles] == ["place.no_name"]


def test_only_who_has_a_role_there_may_look(radio: Radio) -> None:
    template = morning(radio)

    assert foresee(radio.store, radio.clock, INSPECTOR, template).day == MONDAY
    with pytest.raises(NotAllowed):
        foresee(radio.store, radio.clock, NEIGHBOUR, template)
