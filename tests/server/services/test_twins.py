"""Two devices with one key are noticed by their instances, and a device that only starts again is not."""

from datetime import timedelta

import pytest

from server.readiness_records import Colour
from server.services import readiness, twins
from tests.server.services.radio import GATE, INSPECTOR, SON_HA, Radio

MINUTE = timedelta(minutes=1)


def reports(radio: Radio, instance: str, *, online: bool = True) -> None:
    """Let a device speak, as the conductor takes it in."""
    with radio.store.reading() as uow:
        before = uow.evidence.seen([GATE]).get(GATE)
    radio.speaks(GATE, instance=instance, online=online)
    with radio.store.writing() as uow:
        twins.notice(uow, GATE, None if before is None else before.presence, radio.now())
        uow.commit()


def told(radio: Radio) -> list[tuple[str, Colour, str]]:
    """Give what the board says of twins."""
    state = readiness.readiness(radio.store, radio.clock, INSPECTOR, SON_HA)
    reasons = next(each.reasons for each in state.loudspeakers if each.loudspeaker.id == GATE)
    return [(each.code, each.colour, each.remedy) for each in reasons if each.code == "device.twins"]


def test_two_that_take_turns_are_red_with_what_to_do(radio: Radio) -> None:
    for instance in ("a", "b", "a"):
        reports(radio, instance)
        reports(radio, "", online=False)  # the will of the one whose connection was taken
        radio.clock.advance(10 * MINUTE)

    assert told(radio) == [("device.twins", Colour.RED, "remedy.find_twin")]


@pytest.mark.parametrize(
    "instances", [("a",), ("a", "a", "a"), ("a", "b", "c"), ("", "", ""), ("a", "", "a"), ("a", "b", "b")]
)
def test_one_that_starts_again_or_counts_nothing_is_not_two(radio: Radio, instances: tuple[str, ...]) -> None:
    for instance in instances:
        reports(radio, instance)
        radio.clock.advance(MINUTE)

    assert not told(radio)


def test_what_was_long_ago_is_not_said(radio: Radio) -> None:
    reports(radio, "a")
    radio.clock.advance(50 * MINUTE)
    reports(radio, "b")
    radio.clock.advance(11 * MINUTE)
    reports(radio, "a")
    assert not told(radio)

    reports(radio, "b")
    assert told(radio)

    radio.clock.advance(61 * MINUTE)
    assert not told(radio)
