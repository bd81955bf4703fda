"""Fetching the trust lists that the broker did not bring, over real HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from schedules.wire import topics
from schedules.wire.seal import sealed
from station_agent.errors import DoorError
from station_agent.lists import TrustLists
from station_agent.ports import Received
from station_agent.trust_walk import TrustWalk
from tests.station_agent.door import OTHER_ROOT, ROOT, FakeDoor, trust_list

TURNED = sealed(trust_list(2, root=OTHER_ROOT), ROOT, OTHER_ROOT)
THIRD = sealed(trust_list(3, root=OTHER_ROOT), OTHER_ROOT)


@dataclass
class Device:
    """A device that holds the first list."""

    state: Path
    door: FakeDoor
    delivered: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.state / "held").mkdir()
        (self.state / "held" / "trust").write_bytes(self.door.lists[0])
        self.lists = TrustLists(self.state, server=self.door.url, deliver=self.delivered.append)


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    door = FakeDoor()
    yield Device(tmp_path, door)
    door.close()


def test_every_list_after_the_one_held_is_handed_on_in_order(device: Device) -> None:
    device.door.lists += [TURNED, THIRD]

    assert device.lists.fetch() == 2

    assert device.delivered == [Received(topics.trust(2), TURNED), Received(topics.trust(3), THIRD)]
    walk = TrustWalk(trust_list().keys)
    walk.take(topics.trust(1), device.door.lists[0])
    for event in device.delivered:
        walk.take(event.topic, event.payload)
    assert walk.trust is not None
    assert walk.trust.list.number == 3


def test_where_there_is_no_next_list_nothing_is_handed_on(device: Device) -> None:
    assert device.lists.fetch() == 0
    assert device.delivered == []


def test_what_answers_and_is_not_the_centre_is_not_believed(device: Device) -> None:
    device.door.replies = [(500, b"")]

    with pytest.raises(DoorError, match=r"enrol\.not_the_centre"):
        device.lists.fetch()


def test_a_centre_that_cannot_be_reached_is_asked_again_later(device: Device) -> None:
    device.door.close()

    with pytest.raises(DoorError, match=r"enrol\.unreachable"):
        device.lists.fetch()


def test_the_thread_ends_when_it_is_told_to(device: Device) -> None:
    device.lists.start()
    device.lists.close()

    assert not device.lists._thread.is_alive()  # noqa: SLF001
