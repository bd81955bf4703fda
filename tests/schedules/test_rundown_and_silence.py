"""A rundown that cannot be wrong, and orders of silence."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from schedules.errors import InvalidValue
from schedules.ids import ChannelId
from schedules.rundown import Played, Relayed
from schedules.silence import Silence, silenced
from schedules.times import Span
from tests.schedules.given import MINUTE, SECOND, ZONE, a_recording, a_rundown, an_item, at, nine_days, span

FIRST, SECOND_ITEM = an_item("06:00", "06:10"), an_item("06:10", "06:20")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: a_rundown(SECOND_ITEM, FIRST), "rundown.overlap"),
        (lambda: a_rundown(FIRST, an_item("06:09:59", "06:20")), "rundown.overlap"),
        (lambda: a_rundown(FIRST, replace(SECOND_ITEM, occurrence=FIRST.occurrence)), "rundown.occurrence_twice"),
        (lambda: a_rundown(FIRST, covers=Span(at("06:00:01"), at("07:00"))), "rundown.overlap"),
        (lambda: a_rundown(FIRST, covers=Span(at("06:00"), at("06:09:59"))), "rundown.outside_cover"),
        (lambda: replace(FIRST, ends_at=FIRST.starts_at), "rundown.item_without_length"),
        (lambda: replace(FIRST, late_until=FIRST.ends_at), "rundown.late_without_start"),
        (
            lambda: replace(FIRST, latest_start=FIRST.starts_at, late_until=FIRST.starts_at),
            "rundown.late_without_start",
        ),
        (lambda: replace(FIRST, sound=Played(())), "rundown.item_without_sound"),
        (lambda: replace(FIRST, sound=Played((a_recording(),), offset_ms=60_000)), "rundown.item_without_sound"),
        (lambda: replace(FIRST, sound=Played((a_recording(),), offset_ms=-1)), "rundown.item_without_sound"),
        (lambda: Silence(audience="zone:a", number=-1, ordered=True), "silence.number"),
    ],
)
def test_what_makes_no_sense_cannot_exist(wrong: Callable[[], object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.code == code


def test_items_may_touch_each_other_and_the_cover() -> None:
    rundown = a_rundown(FIRST, SECOND_ITEM, covers=Span(at("06:00"), at("06:20")))

    assert rundown.order == (0, 1)
    assert a_rundown(covers=nine_days()).items == ()


def test_a_notice_read_twice_lasts_both_readings_and_the_pause() -> None:
    one = a_recording(70 * SECOND)

    assert Played((one, one)).duration == 142 * SECOND
    assert Played((one, one), offset_ms=10_000).duration == 132 * SECOND
    assert Played((one,), offset_ms=69_999).sounds


def test_an_item_names_every_file_it_needs() -> None:
    fallback = a_recording(MINUTE, "du-phong")

    assert FIRST.recordings == (a_recording(10 * MINUTE),)
    assert replace(FIRST, sound=Relayed(ChannelId("vov1"), fallback)).recordings == (fallback,)
    assert replace(FIRST, sound=Relayed(ChannelId("vov1"))).recordings == ()


def test_an_item_is_silent_from_its_end_or_from_when_it_is_no_longer_valid() -> None:
    assert FIRST.silent_from == at("06:10")
    assert replace(FIRST, valid_until=at("06:05")).silent_from == at("06:05")
    assert replace(FIRST, valid_until=at("07:00")).silent_from == at("06:10")


def an_order(name: str, *, ordered: bool = True, until: str | None = None) -> Silence:
    return Silence(audience=name, number=1, ordered=ordered, until=None if until is None else at(until))


def test_silence_holds_until_it_is_lifted_or_its_time_is_over() -> None:
    assert an_order("a").holds(at("06:00"))
    assert not an_order("a", ordered=False).holds(at("06:00"))
    assert an_order("a", until="06:00:01").holds(at("06:00"))
    assert not an_order("a", until="06:00").holds(at("06:00"))


def test_of_several_orders_the_one_that_lasts_longest_is_told() -> None:
    short, long, endless = an_order("a", until="06:10"), an_order("b", until="07:00"), an_order("c")
    lifted = an_order("d", ordered=False)

    assert silenced([short, long, lifted], at("06:00")) == long
    assert silenced([short, endless, long], at("06:00")) == endless
    assert silenced([short, lifted], at("06:10")) is None
    assert silenced([], at("06:00")) is None


def test_an_item_is_whole_from_the_beginning_to_the_end_of_its_sound() -> None:
    relayed = replace(FIRST, sound=Relayed(ChannelId("vov1")))
    longer = replace(FIRST, ends_at=FIRST.ends_at + SECOND)
    cut = replace(FIRST, ends_at=FIRST.ends_at - SECOND)
    resumed = replace(FIRST, sound=Played((a_recording(10 * MINUTE),), offset_ms=1))

    assert [each.is_whole for each in (FIRST, longer, relayed, cut, resumed)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("wrong", "values"),
    [
        (lambda: a_rundown(SECOND_ITEM, FIRST), {"occurrence": FIRST.occurrence, "zone": ZONE.id}),
        (
            lambda: a_rundown(FIRST, replace(SECOND_ITEM, occurrence=FIRST.occurrence)),
            {"occurrence": FIRST.occurrence, "zone": ZONE.id},
        ),
        (lambda: a_rundown(FIRST, covers=span("05:00", "06:01")), {"zone": ZONE.id}),
        (lambda: replace(FIRST, ends_at=FIRST.starts_at), {"occurrence": FIRST.occurrence}),
        (lambda: replace(FIRST, sound=Played(())), {"occurrence": FIRST.occurrence}),
        (lambda: replace(FIRST, late_until=FIRST.ends_at), {"occurrence": FIRST.occurrence}),
    ],
)
def test_what_makes_no_sense_is_said_with_the_item_and_its_zone(
    wrong: Callable[[], object], values: dict[str, object]
) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.values == values


def test_what_begins_late_may_be_held_to_its_own_time() -> None:
    held = replace(FIRST, latest_start=FIRST.starts_at, late_until=FIRST.ends_at)

    assert held.over_at == FIRST.ends_at
