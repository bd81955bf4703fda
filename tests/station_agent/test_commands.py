"""A command is done once, soon, and by its own device; whatever becomes of it, the centre is told."""

import errno
from datetime import time, timedelta
from typing import Any

import pytest

from schedules.ids import CommandId
from schedules.regulation import SessionName, SessionRule
from schedules.wire.codec import encoded
from schedules.wire.command import CommandAnswered, CommandState, DiagnosticsGathered, LogLevel, Section, What
from schedules.wire.messages import AsRunReport, Challenge
from station_agent.commands import CLEAR_FOR_A_TONE
from station_agent.held import HeldMessages
from station_agent.ports import Delivered, Recordings
from station_agent.tone import NOTES
from tests.station_agent.centre import DeviceKeyring, item, regulation
from tests.station_agent.test_lane import flood, listing
from tests.station_agent.world import NOW, World

ACCEPTED, REJECTED, EXPIRED, DONE = CommandState
Told = tuple[str, CommandState, str]


def command(world: World, what: str, **about: Any) -> tuple[str, bytes]:  # noqa: ANN401  # see `Centre.command`
    given = {"device": world.key.key, "at": world.clock.now(), **about}
    return world.centre.command(what, **given)


def answers(world: World) -> list[Told]:
    """Give what the agent answered, oldest first."""
    return [(each.command, each.state, each.reason) for each in world.said(CommandAnswered)]


def tones(world: World) -> list[float]:
    """Give when test tones were cued to begin."""
    return [cue.start for cue in world.player.cues if isinstance(cue.sound, Recordings) and cue.sound.parts == (NOTES,)]


def test_a_test_tone_sounds_once_and_is_no_entry_of_the_journal(world: World) -> None:
    world.receive(command(world, What.TEST_TONE))
    world.run(10)

    assert len(tones(world)) == 1
    assert answers(world) == [("c1", ACCEPTED, ""), ("c1", DONE, "")]
    assert world.said(CommandAnswered)[-1].level_dbfs == -20.0
    assert world.player.volume == 80
    assert world.entries == []


def test_the_same_command_again_is_only_answered_again(world: World) -> None:
    told = command(world, What.TEST_TONE)
    world.receive(told, told)
    world.run(10)

    world.receive(told)
    world.run(10)

    assert len(tones(world)) == 1
    assert answers(world) == [("c1", ACCEPTED, ""), ("c1", ACCEPTED, ""), ("c1", DONE, ""), ("c1", DONE, "")]


@pytest.mark.parametrize(
    ("what", "state", "reason"),
    [
        (What.TEST_TONE, REJECTED, "command.interrupted"),
        (What.RESTART, DONE, ""),
        (What.DIAGNOSTICS, REJECTED, "command.interrupted"),
    ],
)
def test_what_a_power_cut_interrupted_is_told_and_not_done_again(
    world: World, what: What, state: CommandState, reason: str
) -> None:
    told = command(world, what)
    world.receive(told)
    world.power_cut()
    world.connect()
    world.receive(told)
    world.run(10)

    assert answers(world)[0] == ("c1", ACCEPTED, "")
    assert set(answers(world)[1:]) == {("c1", state, reason)}
    assert tones(world) == []
    assert not world.agent.wants_restart
    assert world.host.left == {}


def test_a_command_is_on_the_disk_before_it_sounds(world: World) -> None:
    told = command(world, What.TEST_TONE)

    world.receive(told)

    assert set(HeldMessages(world.folder / "commands").everything()) == {"c1"}


def test_what_the_disk_does_not_take_is_not_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("station_agent.held.replace_whole", full)
    world.receive(command(world, What.TEST_TONE))
    world.run(10)

    assert tones(world) == []
    assert answers(world) == [("c1", REJECTED, "held.unwritable")]


def test_a_command_for_another_device_is_neither_done_nor_answered(world: World) -> None:
    world.receive(command(world, What.TEST_TONE, device="0123456789abcdef"))
    world.run(10)

    assert (tones(world), answers(world)) == ([], [])


def test_a_command_for_another_loudspeaker_is_neither_done_nor_answered(world: World) -> None:
    _, theirs = command(world, What.TEST_TONE, loudspeaker="lang-moi-2")
    topic, _ = command(world, What.TEST_TONE)

    world.receive((topic, theirs))
    world.run(10)

    assert (tones(world), answers(world)) == ([], [])


@pytest.mark.parametrize("role", ["issue", "emergency", "root"])
def test_a_command_by_a_key_of_another_role_is_not_obeyed(world: World, role: str) -> None:
    world.receive(command(world, What.RESTART, key=getattr(world.centre, role)))
    world.run(10)

    assert not world.agent.wants_restart
    assert answers(world) == []


def test_a_command_that_came_too_late_has_expired(world: World) -> None:
    world.receive(command(world, What.TEST_TONE, at=world.clock.now() - timedelta(minutes=10)))
    world.run(10)

    assert tones(world) == []
    assert answers(world) == [("c1", EXPIRED, "")]


def test_a_command_that_is_dated_ahead_is_neither_done_nor_answered_nor_kept(world: World) -> None:
    world.receive(command(world, What.TEST_TONE, at=world.clock.now() + timedelta(minutes=56)))
    world.run(10)

    assert (tones(world), answers(world)) == ([], [])
    assert HeldMessages(world.folder / "commands").everything() == {}


def test_without_a_trusted_clock_nothing_is_done(world: World) -> None:
    world.clock.doubt = None

    world.receive(command(world, What.RESTART))
    world.run(5)

    assert not world.agent.wants_restart
    assert answers(world) == [("c1", REJECTED, "command.clock_unknown")]


def test_an_id_is_forgotten_only_when_it_would_be_told_to_have_expired(world: World) -> None:
    told = command(world, What.RESYNC)
    world.receive(told)
    world.clock.set(world.clock.now() + timedelta(days=1, minutes=11))
    world.run(1)
    assert HeldMessages(world.folder / "commands").everything() == {}

    world.receive(told)

    assert answers(world)[-1] == ("c1", EXPIRED, "")


def test_what_is_not_known_yet_is_answered(world: World) -> None:
    world.receive(command(world, "dance"))

    assert answers(world) == [("c1", REJECTED, "command.unknown")]


def test_every_answer_is_said_again_on_a_new_line(world: World) -> None:
    world.receive(command(world, What.RESYNC))
    world.disconnect()
    world.link.sent.clear()

    world.connect()

    assert answers(world) == [("c1", DONE, "")]


def test_a_torn_file_is_left_alone(world: World) -> None:
    (world.folder / "commands" / "c0").write_bytes(b"{")

    world.power_cut()
    world.connect()
    world.receive(command(world, What.RESYNC))

    assert answers(world)[-1] == ("c1", DONE, "")


# --- The tone ---


def test_no_tone_sounds_outside_the_hours(world: World) -> None:
    morning = SessionRule(session=SessionName.MORNING, earliest=time(5, 30), latest=time(6, 30), max_minutes=60)
    world.receive(world.centre.assignment(regulations=(regulation(morning),)))

    world.receive(command(world, What.TEST_TONE))
    world.run(10)

    assert tones(world) == []
    assert answers(world) == [("c1", REJECTED, "guard.outside_hours")]


def test_no_tone_sounds_in_ordered_silence_nor_under_a_lock(world: World) -> None:
    world.receive(world.centre.silence(), command(world, What.TEST_TONE))
    world.receive(world.centre.silence(ordered=False))
    world.receive(world.centre.assignment(maintenance_until=NOW + timedelta(hours=1)))
    world.receive(command(world, What.TEST_TONE, name="c2"))
    world.run(10)

    assert tones(world) == []
    assert answers(world) == [("c1", REJECTED, "guard.silence_ordered"), ("c2", REJECTED, "guard.maintenance")]


def test_the_red_button_ends_a_tone(world: World) -> None:
    world.receive(command(world, What.TEST_TONE))
    world.run(1)

    world.receive(world.centre.silence())
    world.run(5)

    assert answers(world)[-1] == ("c1", REJECTED, "guard.silence_ordered")


def test_a_lock_that_comes_while_it_sounds_ends_a_tone(world: World) -> None:
    world.receive(command(world, What.TEST_TONE))
    world.run(1)

    world.receive(world.centre.assignment(maintenance_until=NOW + timedelta(hours=1)))
    world.run(5)

    assert answers(world)[-1] == ("c1", REJECTED, "guard.maintenance")


def test_no_tone_sounds_while_an_item_does_or_is_about_to(world: World) -> None:
    planned = item("a", world.clock.now() + CLEAR_FOR_A_TONE, 30)
    world.receive(world.centre.rundown(planned))

    world.receive(command(world, What.TEST_TONE))
    world.run(20)
    world.receive(command(world, What.TEST_TONE, name="c2"))
    world.run(60)

    assert tones(world) == []
    assert answers(world) == [("c1", REJECTED, "command.on_air"), ("c2", REJECTED, "command.on_air")]
    assert len(world.entries) == 1


def test_a_tone_gives_way_to_an_item_that_was_not_planned_when_it_began(world: World) -> None:
    world.receive(command(world, What.TEST_TONE))
    world.run(1)

    world.receive(world.centre.rundown(item("a", world.clock.now() + timedelta(seconds=1.5), 30)))
    world.run(60)

    (entry,) = world.entries
    assert answers(world)[-1] == ("c1", REJECTED, "command.gave_way")
    assert entry.started_at == entry.planned_start


def test_a_tone_gives_way_to_an_emergency(world: World) -> None:
    world.receive(command(world, What.TEST_TONE))
    world.run(1)

    world.receive(world.centre.lists(listing(flood())))
    world.run(3)

    assert answers(world)[-1] == ("c1", REJECTED, "command.gave_way")
    assert world.presence.playing is not None


def test_a_tone_that_cannot_sound_says_why(world: World) -> None:
    world.player.failing.add("tone!")

    world.receive(command(world, What.TEST_TONE))
    world.run(2)

    assert answers(world)[-1] == ("c1", REJECTED, "sound.undecodable")


def test_an_agent_that_is_stopped_says_what_ended_its_tone(world: World) -> None:
    world.receive(command(world, What.TEST_TONE))
    world.run(1)

    world.agent.leave()
    world.run(1)

    assert answers(world)[-1] == ("c1", REJECTED, "device.stopped")


# --- The others ---


def test_a_resync_asks_for_everything_and_says_everything_again(world: World) -> None:
    world.run(5)
    world.link.sent.clear()

    world.receive(command(world, What.RESYNC))
    world.run(1)

    assert world.link.asked_again == 1
    assert world.said(Challenge)
    assert world.presence.online
    assert world.said(AsRunReport)
    assert answers(world) == [("c1", ACCEPTED, ""), ("c1", DONE, "")]


def test_a_restart_waits_for_the_end_of_what_sounds_and_of_what_begins_soon(world: World) -> None:
    begins = world.clock.now() + timedelta(seconds=50)
    world.receive(world.centre.rundown(item("a", begins, 30)))

    world.receive(command(world, What.RESTART))
    world.run_until(begins + timedelta(seconds=29))
    was_patient = not world.agent.wants_restart

    world.run(3)

    assert was_patient
    assert world.agent.wants_restart
    assert len(world.entries) == 1
    assert answers(world) == [("c1", ACCEPTED, "")]


def test_a_restart_for_which_there_is_no_time_expires(world: World) -> None:
    world.receive(world.centre.rundown(item("a", world.clock.now() + timedelta(seconds=3), 90)))

    world.receive(command(world, What.RESTART, lasts=timedelta(minutes=1)))
    world.run(95)

    assert not world.agent.wants_restart
    assert answers(world) == [("c1", ACCEPTED, ""), ("c1", EXPIRED, "")]


def test_a_restart_that_waits_goes_on_waiting_between_the_repeats_of_an_emergency(world: World) -> None:
    world.receive(world.centre.rundown(item("a", world.clock.now() + timedelta(seconds=3), 20)))
    world.receive(command(world, What.RESTART))
    world.receive(world.centre.lists(listing(flood(pause_s=60))), world.centre.says(flood()))

    world.run(45)

    assert not world.agent.is_sounding
    assert not world.agent.wants_restart
    assert answers(world) == [("c1", ACCEPTED, "")]


def test_nothing_restarts_nor_rings_in_an_emergency(world: World) -> None:
    world.receive(world.centre.lists(listing(flood())))
    world.run(1)

    world.receive(command(world, What.RESTART), command(world, What.TEST_TONE, name="c2"))
    world.run(2)

    assert not world.agent.wants_restart
    assert answers(world) == [("c1", REJECTED, "command.emergency"), ("c2", REJECTED, "command.on_air")]


def test_a_log_level_goes_back_by_itself(world: World) -> None:
    until = world.clock.now() + timedelta(hours=2)

    world.receive(command(world, What.LOG_LEVEL, level=LogLevel.DEBUG, until=until))
    assert answers(world) == [("c1", ACCEPTED, ""), ("c1", DONE, "")]
    assert world.host.levels == ["debug"]
    world.clock.set(until)
    world.run(1)

    assert world.host.levels == ["debug", None]


@pytest.mark.parametrize(
    ("fault", "last"), [("", ("c1", DONE, "")), ("enrol.unreachable", ("c1", REJECTED, "command.not_delivered"))]
)
def test_diagnostics_are_sealed_and_done_when_the_centre_has_them(world: World, fault: str, last: Told) -> None:
    world.receive(world.centre.rundown(item("a", world.clock.now() + timedelta(hours=1), 30)), world.centre.silence())
    world.receive(command(world, What.DIAGNOSTICS))
    assert answers(world) == [("c1", ACCEPTED, "")]

    (delivered,) = world.host.left.items()
    world.take(Delivered(world.said(CommandAnswered)[0].command, fault))

    gathered = DeviceKeyring(world.key.public).read(delivered[1])
    assert isinstance(gathered, DiagnosticsGathered)
    assert gathered.command == delivered[0] == "c1"
    told = {each.name: each.text for each in gathered.sections}
    assert set(told) == {"faults", "clock", "held", "journal", "versions", "log"}
    assert "zone=lang-moi volume=80" in told["held"]
    assert answers(world)[-1] == last


def test_diagnostics_fit_into_a_message_whatever_is_in_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sections = [Section(name, '"\x00ệ\\' * 50_000) for name in ("versions", "settings", "disk", "log")]
    monkeypatch.setattr(type(world.host), "about", lambda _: sections)

    world.receive(command(world, What.DIAGNOSTICS))

    gathered = DeviceKeyring(world.key.public).read(world.host.left["c1"])
    assert len(encoded(gathered)) < 256 * 1024


def test_what_nobody_waits_for_any_more_is_passed_over(world: World) -> None:
    world.take(Delivered(CommandId("c9")))

    assert answers(world) == []


def test_the_notes_are_as_long_as_they_say() -> None:
    """48 kbit/s: the file's length is its duration."""
    assert NOTES.path.stat().st_size * 8 / 48_000 == pytest.approx(NOTES.seconds, abs=0.1)
