"""What an agent lets sound and whom it follows: silence, the guard, the trust list."""

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from schedules.asrun import Outcome
from schedules.ids import LoudspeakerId, ZoneId
from schedules.night import NightSilence
from schedules.regulation import SessionName, SessionRule
from schedules.wire.messages import Challenge
from station_agent.ports import Received
from tests.station_agent.centre import item, new_key, regulation, utc
from tests.station_agent.world import NOW, World, at


class TestSilence:
    def test_ends_the_sound_at_once_and_lasts_over_a_power_cut(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300), item("b", NOW + at(400), 60)))
        world.run(60)

        world.receive(world.centre.silence())
        world.run(0.5)
        assert not world.player.sounding()
        world.power_cut(minutes=1)
        world.run(420)

        first, *others = world.entries
        assert (first.outcome, first.reason, first.played_ms) == (
            Outcome.CUT_SHORT,
            "item.silence_ordered",
            50_000,
        )
        assert [(entry.occurrence, entry.outcome, entry.reason) for entry in others] == [
            ("b", Outcome.SKIPPED, "item.silence_ordered")
        ]
        assert not world.player.cues

    def test_is_told_only_once_it_is_on_the_disk(self, world: World) -> None:
        order = world.centre.silence()

        world.receive(order)

        (kept,) = (world.folder / "held").glob("silence-*")
        assert kept.read_bytes() == order[1]
        assert world.presence.silences[0].number > 0

    def test_once_lifted_lets_the_item_be_joined_again(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300)))
        world.run(60)
        world.receive(world.centre.silence())
        world.run(30)

        world.receive(world.centre.silence(ordered=False))
        world.run(300)

        first, second = world.entries
        assert first.reason == "item.silence_ordered"
        assert second.started_at is not None
        assert second.started_at < NOW + at(94)
        assert (second.outcome, second.ended_at) == (Outcome.FINISHED, NOW + at(310))

    def test_of_an_older_number_is_not_obeyed(self, world: World) -> None:
        early = world.centre.silence()
        world.receive(world.centre.silence(ordered=False))

        world.receive(early)

        assert not any(silence.holds(world.clock.now()) for silence in world.agent._orders.silences)  # noqa: SLF001

    def test_reaches_the_player_even_while_the_loop_waits(self, world: World) -> None:
        """The link's thread silences; the loop comes later."""
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300)))
        world.run(60)
        world.agent.hush_if_ordered(Received(*world.centre.silence()))
        world.player.advance()

        assert not world.player.sounding()

    @pytest.mark.parametrize("told", [{"number": 2**50}, {"expires": NOW + at(59)}], ids=["too far ahead", "expired"])
    def test_that_is_refused_does_not_reach_the_player_before_the_loop_either(
        self, world: World, told: dict[str, Any]
    ) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300)))
        world.run(60)

        world.receive(world.centre.silence(**told))
        world.player.advance()

        assert world.player.sounding()


class TestGuard:
    def test_keeps_silent_outside_the_regulations_hours(self, world: World) -> None:
        morning = SessionRule(session=SessionName.MORNING, earliest=time(5, 30), latest=time(6, 30), max_minutes=60)
        world.receive(world.centre.assignment(regulations=(regulation(morning),)))
        planned = utc("2026-11-23T05:20:00+07:00")

        world.receive(world.centre.rundown(item("early", planned, 60), item("good", planned + at(600), 60)))
        world.run_until(planned + at(700))

        early, good = world.entries
        assert (early.outcome, early.reason) == (Outcome.SKIPPED, "guard.outside_hours")
        assert good.outcome is Outcome.FINISHED

    def test_starts_nothing_on_a_clock_nothing_vouches_for_and_says_so(self, world: World) -> None:
        world.clock.doubt = None
        world.receive(world.centre.rundown(item("a", NOW + at(10), 60)))

        world.run(100)

        (entry,) = world.entries
        assert (entry.outcome, entry.reason) == (Outcome.SKIPPED, "guard.clock_unknown")
        assert "clock.unknown" in world.presence.faults
        assert world.presence.clock_error_ms is None
        assert len(world.said(Challenge)) > 5

    def test_a_signed_answer_makes_the_clock_known(self, world: World) -> None:
        world.clock.doubt = None
        world.run(11)
        challenge = world.said(Challenge)[-1]

        world.receive(world.centre.current("another nonce", world.clock.now()))
        assert world.clock.interval() is None
        world.receive(world.centre.current(challenge.nonce, world.clock.now()))

        assert world.clock.interval() is not None

    def test_a_centre_slower_than_the_questions_is_believed_for_half_a_minute(self, world: World) -> None:
        world.clock.doubt = None
        before = len(world.said(Challenge))
        world.run(20)
        late, *_, in_time, _ = world.said(Challenge)[before:]
        world.run(14)

        world.receive(world.centre.current(late.nonce, world.clock.now()))
        assert world.clock.interval() is None
        world.receive(world.centre.current(in_time.nonce, world.clock.now()))

        assert world.clock.interval() is not None

    def test_a_maintenance_lock_silences_what_is_on_air_until_it_ends(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300)))
        world.run(60)

        world.receive(world.centre.assignment(maintenance_until=NOW + at(120)))
        world.run(300)

        first, second = world.entries
        assert (first.outcome, first.reason) == (Outcome.CUT_SHORT, "guard.maintenance")
        assert first.played_ms == 50_000
        assert second.started_at is not None
        assert NOW + at(120) <= second.started_at < NOW + at(125)

    def test_a_maintenance_lock_reaches_the_player_even_while_the_loop_waits(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(10), 300)))
        world.run(60)

        world.agent.hush_if_ordered(Received(*world.centre.assignment(maintenance_until=NOW)))
        world.player.advance()
        assert world.player.sounding()
        world.agent.hush_if_ordered(Received(*world.centre.assignment(maintenance_until=NOW + at(120))))
        world.player.advance()

        assert not world.player.sounding()

    def test_a_maintenance_lock_holds_over_a_power_cut_and_ends_by_itself_without_a_line(self, world: World) -> None:
        world.receive(world.centre.rundown(item("a", NOW + at(100), 60), item("b", NOW + at(400), 60)))
        world.receive(world.centre.assignment(maintenance_until=NOW + at(300)))
        world.disconnect()

        world.power_cut(minutes=1)
        world.run(500)

        locked, later = world.entries
        assert (locked.outcome, locked.reason) == (Outcome.SKIPPED, "guard.maintenance")
        assert (later.outcome, later.started_at) == (Outcome.FINISHED, NOW + at(400))

    def test_the_roots_night_silence_is_above_the_regulation(self, world: World) -> None:
        night = NightSilence(time(22), time(5, 2), "Asia/Ho_Chi_Minh")
        world.receive(world.centre.trust(2, night_silence=night))
        world.receive(world.centre.rundown(item("early", NOW + at(60), 30), item("good", NOW + at(130), 30)))

        world.run(200)

        early, good = world.entries
        assert (early.outcome, early.reason) == (Outcome.SKIPPED, "guard.night_silence")
        assert good.outcome is Outcome.FINISHED

    def test_volume_is_the_lowest_of_all_ceilings(self, world: World) -> None:
        world.receive(world.centre.trust(2, volume_ceiling=50), world.centre.rundown(item("a", NOW + at(10), 60)))

        world.run(20)

        assert (world.player.volume, world.presence.volume) == (50, 50)


class TestTrust:
    def test_messages_before_the_trust_list_are_obeyed_once_it_comes(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        world.connect()

        world.receive(world.centre.assignment())
        world.is_answered()
        world.receive(world.centre.trust())
        world.receive(world.centre.rundown(item("a", NOW + at(10), 20)))
        world.run(40)

        assert world.entries[0].outcome is Outcome.FINISHED

    def test_a_list_of_another_root_is_not_believed(self, tmp_path: Path) -> None:
        world = World(tmp_path)
        world.connect()
        world.centre.root = new_key()

        world.receive(world.centre.trust(), world.centre.assignment())

        assert world.agent._orders.trust is None  # noqa: SLF001
        assert world.agent._orders.assignment is None  # noqa: SLF001

    def test_an_assignment_of_another_loudspeaker_is_not_obeyed(self, world: World) -> None:
        _, payload = world.centre.assignment(loudspeaker=LoudspeakerId("other"), zone=ZoneId("elsewhere"))
        before = world.link.topics

        world.receive(("radio/v1/loudspeakers/lang-moi-1/assignment", payload))

        assert world.link.topics == before

    def test_the_clock_learns_of_a_new_epoch_even_if_the_power_went_before_it_was_told(self, world: World) -> None:
        world.receive(world.centre.trust(2, epoch=1))
        assert world.clock.epoch == 1

        world.clock.epoch = 0
        world.power_cut()

        assert world.clock.epoch == 1
