"""What an agent does about what it holds or was playing: after a power cut, by a new revision, or too late."""

from datetime import timedelta

import pytest

from schedules.asrun import Outcome
from schedules.ids import ZoneId
from schedules.rundown import Played
from schedules.wire.messages import ReceiptState
from station_agent.ports import Recordings
from tests.station_agent.centre import item, recording
from tests.station_agent.world import NOW, World, at


class TestPowerCut:
    def test_in_mid_item_makes_two_entries_and_joins_at_the_right_place(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300)))
        world.run(110)

        world.power_cut(minutes=1)
        world.run(200)

        first, second = world.entries
        assert (first.outcome, first.reason) == (Outcome.CUT_SHORT, "device.rebooted")
        assert first.played_ms == pytest.approx(100_000, abs=1500)
        assert first.ended_at is not None
        assert second.started_at is not None
        assert first.ended_at < second.started_at
        offset = world.player.cues[0].sound
        assert isinstance(offset, Recordings)
        position = (second.started_at - (NOW + at(10))).total_seconds()
        assert offset.offset == pytest.approx(position, abs=0.01)
        assert (second.outcome, second.ended_at) == (Outcome.FINISHED, NOW + at(310))

    def test_before_the_first_sample_leaves_no_entry_that_never_was(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 60)))
        world.run(9)

        world.power_cut()
        world.run(80)

        (entry,) = world.entries
        assert entry.outcome is Outcome.FINISHED

    def test_the_rundown_is_played_without_any_line(self, world: World) -> None:
        days = [item(f"day {day}", NOW + timedelta(days=day, seconds=60), 30) for day in range(8)]
        world.receive(world.centre.rundown(*days))
        world.disconnect()

        world.power_cut()
        for day in range(8):
            world.clock.set(NOW + timedelta(days=day, seconds=30))
            world.run(90)

        assert [entry.outcome for entry in world.entries] == [Outcome.FINISHED] * 8

    def test_nothing_that_was_closed_is_played_again(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 60, sound=Played((recording("a", 20),)))))
        world.run(35)
        assert len(world.entries) == 1

        world.power_cut()
        world.run(30)

        assert len(world.entries) == 1


class TestNewRevision:
    def test_without_the_item_on_air_ends_it_as_withdrawn(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300)))
        world.run(60)

        world.receive(world.centre.rundown())
        world.run(10)

        (entry,) = world.entries
        assert (entry.outcome, entry.reason) == (Outcome.CUT_SHORT, "item.withdrawn")
        assert 50_000 <= entry.played_ms < 51_000

    def test_that_shortens_the_item_on_air_ends_it_there(self, world: World) -> None:
        long = item("a", NOW + at(10), 300)
        world.receive(world.centre.rundown(long))
        world.run(60)

        shorter = item("a", NOW + at(10), 100, sound=long.sound)
        world.receive(world.centre.rundown(shorter, item("urgent", NOW + at(110), 60)))
        world.run(180)

        first, second = world.entries
        assert (first.ended_at, first.planned_end) == (NOW + at(110), NOW + at(110))
        assert second.started_at == NOW + at(110)

    def test_that_leaves_the_item_alone_does_not_disturb_it(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300)))
        world.run(60)

        world.receive(world.centre.rundown(item("a", NOW + at(10), 300), item("b", NOW + at(400), 60)))
        world.run(300)

        assert len(world.player.cues) == 1
        assert world.entries[0].outcome is Outcome.FINISHED

    def test_that_moves_a_cued_item_plays_it_at_its_new_time_only(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 60)))
        world.run(9)

        world.receive(world.centre.rundown(item("a", NOW + at(200), 60)))
        world.run(300)

        (entry,) = world.entries
        assert entry.started_at == NOW + at(200)

    def test_of_an_older_number_is_refused_and_the_held_one_goes_on(self, world: World) -> None:
        older = world.centre.rundown()
        world.receive(world.centre.rundown(item("a", NOW + at(10), 60)))

        world.receive(older)
        refused = world.receipt
        world.run(100)

        assert (refused.state, refused.reason) == (ReceiptState.REFUSED, "wire.not_newer")
        assert refused.held is not None
        assert world.entries[0].outcome is Outcome.FINISHED

    def test_that_is_forged_is_refused_and_the_held_one_goes_on(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 60)))

        topic, payload = world.centre.rundown()
        world.receive((topic, payload[:-1] + bytes([payload[-1] ^ 1])))

        assert (world.receipt.state, world.receipt.reason) == (ReceiptState.REFUSED, "wire.bad_signature")
        world.run(100)
        assert world.entries[0].outcome is Outcome.FINISHED

    def test_for_another_zone_is_not_obeyed_on_this_zones_topic(self, world: World) -> None:
        topic, _ = world.centre.rundown()
        _, payload = world.centre.rundown(zone=ZoneId("elsewhere"))

        world.receive((topic, payload))

        assert (world.receipt.state, world.receipt.reason) == (ReceiptState.REFUSED, "wire.wrong_audience")

    def test_on_a_topic_that_is_not_ours_is_not_obeyed_whatever_the_broker_says(self, world: World) -> None:
        topic, payload = world.centre.rundown(zone=ZoneId("elsewhere"))

        world.receive((topic, payload))
        world.run(1)

        assert world.presence.revision is None

    def test_that_has_expired_is_refused(self, world: World) -> None:
        world.receive(world.centre.rundown(expires=NOW - at(1)))

        assert world.receipt.reason == "wire.expired"

    def test_numbered_far_ahead_is_refused_so_that_nobody_locks_later_ones_out(self, world: World) -> None:
        ahead = int((NOW + timedelta(days=2)).timestamp() * 1000)

        world.receive(world.centre.rundown(revision=ahead))

        assert world.receipt.reason == "wire.too_far_ahead"

    def test_that_is_the_held_one_again_is_no_news(self, world: World) -> None:
        held = world.centre.rundown(item("a", NOW + at(10), 60))
        world.receive(held)
        world.link.sent.clear()

        world.receive(held)

        assert not world.link.sent

    def test_that_cannot_be_kept_is_obeyed_and_told(self, world: World) -> None:
        """A full disk: it is in force until the power goes."""
        (world.folder / "held" / "rundown.new").mkdir()

        world.receive(world.centre.rundown(item("a", NOW + at(10), 20)))
        world.run(40)

        assert world.entries[0].outcome is Outcome.FINISHED
        assert "held.unwritable" in world.presence.faults

    def test_signed_by_a_key_of_another_role_is_refused(self, world: World) -> None:
        world.receive(world.centre.rundown(key=world.centre.state))

        assert world.receipt.reason == "wire.wrong_role"


class TestLateStart:
    def test_missing_audio_is_waited_for_and_joined_at_its_place(self, world: World) -> None:
        planned = item("a", NOW + at(10), 300)
        world.cache.generous = False
        world.receive(world.centre.rundown(planned))
        world.run(100)

        world.cache.present = frozenset({planned.recordings[0].sha256})
        world.run(220)

        (entry,) = world.entries
        assert entry.started_at is not None
        assert NOW + at(100) < entry.started_at < NOW + at(104)
        assert entry.ended_at == NOW + at(310)

    def test_an_item_that_may_wait_begins_at_its_beginning(self, world: World) -> None:
        waiting = item(
            "w",
            NOW + at(10),
            300,
            sound=Played((recording("w", 60),)),
            latest_start=NOW + at(200),
        )
        world.cache.generous = False
        world.receive(world.centre.rundown(waiting))
        world.run(100)

        world.cache.present = frozenset({waiting.recordings[0].sha256})
        world.run(220)

        (entry,) = world.entries
        assert (entry.outcome, entry.played_ms) == (Outcome.FINISHED, 60_000)
        assert entry.started_at is not None
        assert NOW + at(100) < entry.started_at < NOW + at(104)

    def test_audio_that_never_comes_is_a_skipped_item_and_the_next_is_on_time(self, world: World) -> None:
        lost, fine = item("lost", NOW + at(10), 60), item("fine", NOW + at(70), 60)
        world.cache.generous = False
        world.cache.present = frozenset({fine.recordings[0].sha256})

        world.receive(world.centre.rundown(lost, fine))
        world.run(140)

        first, second = world.entries
        assert (first.occurrence, first.outcome, first.reason) == ("lost", Outcome.SKIPPED, "item.audio_missing")
        assert (second.occurrence, second.started_at) == ("fine", NOW + at(70))

    def test_validity_that_ends_in_mid_item_ends_the_sound(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300, valid_until=NOW + at(100))))

        world.run(320)

        (entry,) = world.entries
        assert (entry.outcome, entry.reason, entry.ended_at) == (
            Outcome.CUT_SHORT,
            "item.expired",
            NOW + at(100),
        )

    def test_a_sound_that_cannot_be_decoded_is_a_failed_item(self, world: World) -> None:
        world.player.failing.add("a#")
        world.receive(world.centre.rundown(item("a", NOW + at(10), 60), item("b", NOW + at(70), 60)))

        world.run(140)

        first, second = world.entries
        assert (first.outcome, first.reason, first.started_at) == (Outcome.FAILED, "sound.undecodable", None)
        assert second.outcome is Outcome.FINISHED
