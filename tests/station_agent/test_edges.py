"""The real agent at the edges of the permitted hours, on a clock in doubt: what sounds, by true time."""

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.guard import GUARD_MARGIN
from schedules.ids import SlotId
from schedules.override import Override, opened_by
from schedules.regulation import SessionName, SessionRule
from station_agent.ports import PlayEnded
from tests.station_agent.centre import UNIT, item, regulation
from tests.station_agent.world import NOW, World, started

SECOND = timedelta(seconds=1)
OPENS, CLOSES = NOW + 600 * SECOND, NOW + 900 * SECOND
HOURS = SessionRule(session=SessionName.MORNING, earliest=time(5, 10), latest=time(5, 15), max_minutes=60)
WIDTHS = (timedelta(0), timedelta(milliseconds=50), SECOND, 180 * SECOND, 600 * SECOND)


class Listener(World):
    """A loudspeaker, and somebody with an exact watch who hears when it sounds."""

    def heard(self, *, until: timedelta) -> list[tuple[timedelta, timedelta]]:
        """Let time pass and return what sounded, as true time after `NOW`."""
        spans: list[tuple[timedelta, timedelta]] = []
        for _ in range(round(until / SECOND * 2)):
            self.clock.set(self.clock.true_time + SECOND / 2)
            self.player.advance()
            said, self.player.events[:] = list(self.player.events), []
            ended = ((each.started, each.ended) for each in said if isinstance(each, PlayEnded))
            spans += [(self._true(began), self._true(over)) for began, over in ended if began is not None]
            self.take(*said)
            self.agent.tick()
        return spans

    def _true(self, monotonic: float) -> timedelta:
        return self.clock.true_time - NOW + timedelta(seconds=monotonic - self.clock.monotonic())


def listener(folder: Path, *, width: timedelta, part: float) -> Listener:
    """Give a loudspeaker whose interval is so wide, true time being a part of it from its earliest instant."""
    world = Listener(folder)
    started(world)
    world.receive(world.centre.assignment(regulations=(regulation(HOURS),)))
    world.clock.by, world.clock.doubt = width * (0.5 - part), width / 2
    return world


@pytest.mark.parametrize("width", WIDTHS)
@settings(max_examples=8, deadline=None)
@given(part=st.floats(0, 1), begins=st.integers(400, 1000), lasts=st.integers(2, 300))
@pytest.mark.slow
def test_nothing_sounds_outside_whatever_the_true_time(width: timedelta, part: float, begins: int, lasts: int) -> None:
    with TemporaryDirectory() as folder:
        world = listener(Path(folder), width=width, part=part)
        world.receive(world.centre.rundown(item("a", NOW + begins * SECOND, lasts)))

        heard = world.heard(until=1700 * SECOND)
        world.journal.shut()

    for begun, ended in heard:
        assert NOW + begun >= OPENS - GUARD_MARGIN
        assert NOW + ended <= CLOSES + GUARD_MARGIN


def test_what_the_clock_alone_held_back_is_joined_at_its_place(tmp_path: Path) -> None:
    world = listener(tmp_path, width=600 * SECOND, part=0.5)
    world.receive(world.centre.rundown(item("a", OPENS, 200)))
    world.heard(until=660 * SECOND)
    assert world.agent._air.refusal == "guard.at_edge"  # noqa: SLF001

    world.clock.doubt = SECOND / 20
    ((begun, ended),) = world.heard(until=300 * SECOND)

    assert 660 * SECOND < begun <= 663 * SECOND
    assert ended == 800 * SECOND
    (cue,) = world.player.cues
    assert cue.sound.offset == pytest.approx((begun - 600 * SECOND).total_seconds(), abs=0.01)  # type: ignore[union-attr]  # a recording


def test_what_was_planned_outside_the_hours_is_not_joined_when_they_come(tmp_path: Path) -> None:
    world = listener(tmp_path, width=SECOND, part=0.5)
    world.receive(
        world.centre.rundown(item("early", OPENS - 200 * SECOND, 400), item("late", CLOSES - 60 * SECOND, 200))
    )

    assert not world.heard(until=1200 * SECOND)
    assert [entry.reason for entry in world.entries] == ["guard.outside_hours"] * 2


def test_an_override_lets_its_own_record_sound_and_stays_closed_to_the_rest(tmp_path: Path) -> None:
    world = listener(tmp_path, width=SECOND, part=0.5)
    granted = Override(
        station=UNIT,
        slot=SlotId("slot-vo-kenh"),
        record="b" * 64,
        day=date(2026, 11, 23),
        earliest=time(5, 16),
        latest=time(5, 26),
        reason="Vỡ kênh",
    )
    world.receive(world.centre.assignment(regulations=(opened_by(regulation(HOURS), [granted]),)))
    own = replace(item("own", NOW + 1000 * SECOND), approval=granted.record)
    other = replace(item("other", NOW + 1200 * SECOND), approval="c" * 64)
    world.receive(world.centre.rundown(own, other))

    heard = world.heard(until=1300 * SECOND)

    assert [round(begun / SECOND) for begun, _ in heard] == [1000]
    assert [(entry.occurrence, entry.reason) for entry in world.entries] == [
        ("own", ""),
        ("other", "guard.outside_hours"),
    ]
