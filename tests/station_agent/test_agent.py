"""A whole loudspeaker on fakes: it plays on the instant what it was told, and writes it down."""

import pytest

from schedules.asrun import Outcome
from schedules.chain import first_break
from schedules.programme import Kind
from schedules.rundown import Played
from schedules.wire.messages import Channel
from station_agent.ports import Cue, Recordings, Stream
from tests.fakes.loudspeaker import FakePlayer
from tests.station_agent.centre import item, recording, relay
from tests.station_agent.world import NOW, World, at, kept


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


def test_a_fault_in_one_step_is_told_and_ends_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: FakePlayer) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(FakePlayer, "tend", breaks)
        assert world.agent.step(None) == 1.0
    world.agent.step(None)

    assert "agent.loop_failed" in world.presence.faults
