"""What an agent says of itself and of what it played, until that is acknowledged."""

from datetime import timedelta
from pathlib import Path

import pytest

from schedules.wire import topics
from schedules.wire.messages import AsRunReport, Challenge, Presence, ReceiptState
from station_agent.reports import GRACE
from tests.station_agent.centre import LOUDSPEAKER, DeviceKeyring, item
from tests.station_agent.world import NOW, World, at, started


def test_an_acknowledged_report_is_followed_by_none_without_entries_until_the_heartbeat(world: World) -> None:
    world.receive(world.centre.rundown(item("a", NOW + at(5), 10)))
    world.run(20)
    world.receive(world.centre.acknowledges(world.report.in_order))
    said = len(world.said(AsRunReport))

    world.run(30)

    assert len(world.said(AsRunReport)) == said
    assert world.report.covers_until >= NOW + at(15)
    world.run(60)
    assert len(world.said(AsRunReport)) == said + 1
    assert not world.report.in_order


def test_what_is_settled_is_told_as_soon_as_the_clock_is_known(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.clock.doubt = None
    started(world)
    world.receive(world.centre.acknowledges(world.report.in_order))

    world.run(2)

    assert world.report.covers_until >= NOW


def test_an_unacknowledged_report_is_sent_again(world: World) -> None:
    world.receive(world.centre.rundown(item("a", NOW + at(5), 10)))

    world.run(80)

    reports = [report for report in world.said(AsRunReport) if report.entries]
    assert len(reports) >= 3
    assert {report.entries[0].hash for report in reports} == {world.entries[0].hash}


def test_a_receipt_says_received_until_the_audio_is_here_then_ready(world: World) -> None:
    world.cache.generous = False
    planned = item("a", NOW + at(600))

    world.receive(world.centre.rundown(planned))
    assert (world.receipt.state, world.receipt.missing) == (
        ReceiptState.RECEIVED,
        (planned.recordings[0].sha256,),
    )

    world.cache.present = frozenset({planned.recordings[0].sha256})
    world.run(1)
    assert (world.receipt.state, world.receipt.missing) == (ReceiptState.READY, ())


class TestPresence:
    def test_says_what_is_playing_and_where(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300)))

        world.run(100)

        playing = world.presence.playing
        assert playing is not None
        assert (playing.occurrence, playing.title) == ("a", "Thông báo a")
        age = (world.presence.issued - (NOW + at(10))).total_seconds()
        assert playing.position_ms == pytest.approx(age * 1000, abs=10)

    def test_comes_with_every_heartbeat_and_says_when_the_next_is_due(self, world: World) -> None:
        before = len(world.said(Presence))

        world.run(181)

        assert len(world.said(Presence)) - before == 3
        assert world.presence.expected_by is not None
        assert world.presence.expected_by > world.clock.now()

    def test_the_next_one_is_due_a_heartbeat_and_a_grace_after_this_one(self, world: World) -> None:
        presence = world.presence

        assert presence.expected_by == presence.issued + timedelta(seconds=60) + GRACE

    def test_the_will_is_the_devices_own_word_that_it_is_gone(self, world: World) -> None:
        topic, payload = world.agent.will()

        said = DeviceKeyring(world.key.public).read(payload)
        assert topic == topics.of_loudspeaker(LOUDSPEAKER, "presence")
        assert isinstance(said, Presence)
        assert (said.online, said.audience) == (False, "server")

    def test_who_goes_on_purpose_says_so_and_the_broker_keeps_it(self, world: World) -> None:
        world.agent.say_goodbye()

        topic, _, is_kept = world.link.sent[-1]
        assert (world.presence.online, topic, is_kept) == (False, world.agent.will()[0], True)

    def test_everything_is_said_again_on_a_new_line(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 20)))
        world.run(60)
        world.disconnect()
        world.link.sent.clear()

        world.connect()

        assert world.presence.online
        assert world.receipt.state is ReceiptState.READY
        assert len(world.report.entries) == 1
        assert world.said(Challenge)

    def test_nothing_is_said_twice_for_nothing(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(600), 20)))
        world.receive(world.centre.acknowledges(world.report.in_order))
        world.run(5)
        world.link.sent.clear()

        world.run(30)

        assert not world.link.sent


class TestReport:
    def test_covers_no_more_than_what_is_decided(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300)))
        world.run(200)
        assert world.report.covers_until <= NOW + at(10)

        world.run(200)

        assert world.report.covers_until > NOW + at(310)

    def test_of_a_long_time_offline_goes_in_portions_and_covers_only_what_is_told(self, world: World) -> None:
        world.disconnect()
        many = [item(f"{n}", NOW + at(10 + 4 * n), 3) for n in range(150)]
        world.receive(world.centre.rundown(*many))
        world.run(10 + 4 * 150)

        world.connect()
        first = world.report
        world.receive(world.centre.acknowledges(first.in_order))

        assert len(first.in_order) == 100
        assert first.covers_until == many[98].starts_at  # begun and boot come first
        assert [entry.sequence for entry in world.report.entries] == list(range(101, 153))
        assert world.report.covers_until > many[-1].starts_at

    def test_an_acknowledgement_that_goes_back_brings_the_entries_again(self, world: World) -> None:
        """The centre was restored from a backup."""
        world.receive(world.centre.rundown(*[item(f"{n}", NOW + at(10 + 4 * n), 3) for n in range(3)]))
        world.run(30)
        entries = world.report.entries
        world.receive(world.centre.acknowledges(entries))

        world.receive(world.centre.acknowledges(entries[:1]))

        assert world.report.entries == entries[1:]

    def test_an_acknowledgement_of_another_hash_is_not_believed(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(5), 5)))
        world.run(20)
        entry = world.entries[0]

        world.receive(world.centre.acknowledged(entry.journal, 1, "f" * 64))
        world.run(40)

        assert world.report.entries == (entry,)
        assert "journal.head_disagrees" in world.presence.faults
