"""A whole loudspeaker on fakes: what it plays, writes down and says through days, power cuts and orders."""

from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from schedules.asrun import Outcome
from schedules.chain import first_break
from schedules.ids import LoudspeakerId, ZoneId
from schedules.night import NightSilence
from schedules.programme import Kind
from schedules.regulation import SessionName, SessionRule
from schedules.rundown import Played
from schedules.wire import topics
from schedules.wire.messages import AsRunReport, Challenge, Channel, Presence, ReceiptState
from station_agent.ports import Cue, Received, Recordings, Stream
from station_agent.reports import GRACE
from tests.fakes.loudspeaker import FakePlayer
from tests.station_agent.centre import LOUDSPEAKER, DeviceKeyring, item, new_key, recording, regulation, relay, utc
from tests.station_agent.world import NOW, World, kept, started


@pytest.fixture
def world(tmp_path: Path) -> World:
    return started(World(tmp_path))


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_an_item_is_played_on_its_instant_and_reported_until_acknowledged(world: World) -> None:
    world.receive(world.centre.rundown(item("a", NOW + at(30), 60)))

    world.run(120)

    (entry,) = world.entries
    assert (entry.outcome, entry.reason) == (Outcome.FINISHED, "")
    assert entry.started_at == NOW + at(30)
    assert entry.ended_at == NOW + at(90)
    assert entry.played_ms == 60_000
    assert entry.level_dbfs == -20.0
    assert entry.approval == "a" * 64
    assert world.report.entries == (entry,)
    world.receive(world.centre.acknowledges(world.report.entries))
    world.run(61)
    assert not world.report.entries


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


def test_the_entry_is_open_on_the_disk_before_the_first_sample(world: World) -> None:
    world.receive(world.centre.rundown(item("a", NOW + at(30))))

    world.run(29)

    assert [draft.occurrence for draft in world.journal.left_open()] == ["a"]
    assert world.player.sounding()[0].started is None


def test_items_follow_each_other_on_the_instant(world: World) -> None:
    world.receive(world.centre.rundown(item("a", NOW + at(30), 30), item("b", NOW + at(60), 30)))

    world.run(120)

    first, second = world.entries
    assert first.ended_at == second.started_at == NOW + at(60)
    assert first_break(kept(world.folder / "journal.db")) is None


def test_a_notice_read_twice_sounds_twice_with_its_pause(world: World) -> None:
    notice = recording("n", 10)
    world.receive(world.centre.rundown(item("n", NOW + at(5), 22, sound=Played((notice, notice)))))

    world.run(40)

    (entry,) = world.entries
    assert (entry.outcome, entry.played_ms) == (Outcome.FINISHED, 22_000)
    cue = world.player.cues[0]
    assert isinstance(cue.sound, Recordings)
    assert (len(cue.sound.parts), cue.sound.pause) == (2, 2.0)


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


class TestRelay:
    def test_plays_the_channel_of_the_signed_list_only(self, world: World) -> None:
        channel = Channel(id=relay().channel, name="VOV1", address="http://vov.example/live.mp3")
        world.receive(world.centre.assignment(channels=(channel,)))
        known = item("known", NOW + at(10), 60, sound=relay("vov1"), kind=Kind.RELAY)
        unknown = item("unknown", NOW + at(70), 60, sound=relay("other"), kind=Kind.RELAY)

        world.receive(world.centre.rundown(known, unknown))
        world.run(140)

        (cue,) = world.player.cues
        assert isinstance(cue, Cue)
        assert cue.sound == Stream("http://vov.example/live.mp3")
        first, second = world.entries
        assert (first.outcome, first.received_ms, first.played_ms) == (Outcome.FINISHED, 60_000, 60_000)
        assert (second.outcome, second.reason) == (Outcome.SKIPPED, "item.unknown_channel")

    def test_falls_back_on_what_the_item_names_and_never_on_the_channels_own(self, world: World) -> None:
        approved, nobodys = recording("approved"), recording("nobodys")
        address = "http://vov.example/live.mp3"
        channel = Channel(id=relay().channel, name="VOV1", address=address, fallback=nobodys)
        world.cache.present = frozenset({approved.sha256, nobodys.sha256})
        world.receive(world.centre.assignment(channels=(channel,)))
        bare = item("bare", NOW + at(10), 60, sound=relay("vov1"), kind=Kind.RELAY)
        named = item("named", NOW + at(70), 60, sound=relay("vov1", approved), kind=Kind.RELAY)

        world.receive(world.centre.rundown(bare, named))
        world.run(140)

        first, second = (cue.sound for cue in world.player.cues)
        assert first == Stream(address)
        assert isinstance(second, Stream)
        assert second.fallback is not None
        assert [part.path for part in second.fallback.parts] == [world.cache.path(approved.sha256)]
        assert nobodys.sha256 not in {each.sha256 for each in world.cache.wanted}


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


def test_a_fault_in_one_step_is_told_and_ends_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: FakePlayer) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(FakePlayer, "tend", breaks)
        assert world.agent.step(None) == 1.0
    world.agent.step(None)

    assert "agent.loop_failed" in world.presence.faults
