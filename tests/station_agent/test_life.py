"""What happens to a loudspeaker in its life: thin lines, twins, broken parts; what it does and what it tells."""

import errno
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from schedules.asrun import Outcome
from schedules.ids import ChannelId
from schedules.wire.messages import AsRunReport, Channel, Presence
from station_agent.ports import Health, LinkDown, Recordings, Wanted
from tests.fakes.loudspeaker import FakeCache
from tests.schedules.given_emergencies import an_emergency
from tests.station_agent.centre import UNIT, VIETNAM, item, recording, relay
from tests.station_agent.shelf import Locked
from tests.station_agent.test_lane import listing
from tests.station_agent.world import NOW, World

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


VOV = Channel(id=ChannelId("vov1"), name="VOV1", address="http://127.0.0.1:9/vov1")


def test_what_is_fetched_first_is_what_sounds_first_and_what_is_pinned(world: World) -> None:
    words = recording("dien-tap", 2.0)
    world.receive(world.centre.assignment(exercise_words=words))

    world.receive(world.centre.rundown(item("late", NOW + 30 * HOUR), item("soon", NOW + HOUR)))

    soon, late = recording("soon"), recording("late")
    assert world.cache.wanted == [
        Wanted(words.sha256, words.length),
        Wanted(soon.sha256, soon.length, NOW + HOUR),
        Wanted(late.sha256, late.length, NOW + 30 * HOUR),
    ]


def test_the_budget_is_the_assignments_and_its_day_the_stations(world: World) -> None:
    told = []
    for daily_bytes in (50_000_000, None):
        world.receive(world.centre.assignment(daily_bytes=daily_bytes))
        told.append(world.cache.budget)

    assert told == [(50_000_000, ZoneInfo(VIETNAM)), (None, ZoneInfo(VIETNAM))]


def test_after_a_power_cut_the_budget_holds_before_there_is_a_line(world: World) -> None:
    world.receive(world.centre.assignment(daily_bytes=50_000_000))
    world.cache = FakeCache()

    world.power_cut()

    assert world.cache.budget == (50_000_000, ZoneInfo(VIETNAM))


@pytest.mark.parametrize("daily_bytes", [None, 50_000_000])
def test_a_relay_has_a_thin_line_to_itself(world: World, daily_bytes: int | None) -> None:
    world.receive(world.centre.assignment(channels=(VOV,), daily_bytes=daily_bytes))
    world.receive(world.centre.rundown(item("relay", NOW + MINUTE, 120, sound=relay())))
    assert not world.cache.gives_way

    world.run_until(NOW + 2 * MINUTE)
    assert world.cache.gives_way is (daily_bytes is not None)

    world.run_until(NOW + 4 * MINUTE)
    assert not world.cache.gives_way


def test_while_an_emergency_lives_the_line_is_for_its_words(world: World) -> None:
    flood = an_emergency("flood", sender=UNIT, units=(UNIT,), sent=NOW, expires=NOW + HOUR, times=1)
    world.receive(world.centre.lists(listing(flood)))
    assert world.cache.gives_way

    world.run(300)
    assert not world.cache.gives_way


def test_a_file_that_could_not_be_played_is_looked_at_again(world: World) -> None:
    world.player.failing.add("a")
    world.receive(world.centre.rundown(item("a", NOW + MINUTE)))

    world.run(120)

    assert world.cache.doubted == [recording("a").sha256]


def test_a_sound_card_that_is_pulled_out_is_told_and_the_item_joined_at_its_place_once_it_is_back(world: World) -> None:
    world.receive(world.centre.rundown(item("a", NOW + at(30), 300)))
    world.run(100)

    world.player.lose_device()
    world.run(60)
    assert "sound.no_device" in world.presence.faults
    world.player.find_device()
    world.run(180)

    assert "sound.no_device" not in world.presence.faults
    before, after = world.entries
    assert (before.outcome, before.reason) == (Outcome.CUT_SHORT, "sound.device_lost")
    assert before.played_ms == 70_000
    assert after.outcome is Outcome.FINISHED
    assert after.started_at is not None
    assert before.ended_at is not None
    assert before.ended_at + at(60) <= after.started_at <= before.ended_at + at(63)
    assert after.ended_at == NOW + at(330)
    sound = world.player.cues[-1].sound
    assert isinstance(sound, Recordings)
    assert sound.offset == (after.started_at - NOW).total_seconds() - 30


def test_without_a_sound_card_all_the_time_an_item_is_skipped_once_with_that_reason(world: World) -> None:
    world.player.lose_device()
    world.receive(world.centre.rundown(item("a", NOW + at(30), 60), item("b", NOW + at(90), 60)))

    world.run(200)

    said = [(entry.occurrence, entry.outcome, entry.reason) for entry in world.entries]
    assert said == [(name, Outcome.SKIPPED, "sound.no_device") for name in ("a", "b")]


def test_a_sound_card_that_goes_between_cue_and_start_costs_no_entry_of_its_own(world: World) -> None:
    world.receive(world.centre.rundown(item("a", NOW + at(30), 60)))
    world.run(29)
    world.player.lose_device()
    world.run(11)
    world.player.find_device()

    world.run(60)

    (entry,) = world.entries
    assert entry.outcome is Outcome.FINISHED
    assert entry.played_ms == pytest.approx(49_000, abs=1500)


def test_an_emergency_sounds_as_soon_as_there_is_a_sound_card(world: World) -> None:
    flood = an_emergency("flood", sender=UNIT, units=(UNIT,), sent=NOW, expires=NOW + HOUR, times=1)
    world.player.lose_device()
    world.receive(world.centre.lists(listing(flood)))
    world.run(30)
    assert "sound.no_device" in world.presence.faults
    assert not world.entries

    world.player.find_device()
    world.run(5)

    assert world.player.sounding()


def test_a_card_that_tears_the_journal_in_use_is_told_and_mended_when_nothing_sounds(world: World) -> None:
    world.receive(world.centre.rundown(item("a", NOW + at(30), 60), item("b", NOW + at(150), 60)))
    world.run(40)
    database = world.journal._database  # noqa: SLF001 - no card here is torn on demand
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = world.folder / "journal.db"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(path.stat().st_size - 4096))
    database.execute("PRAGMA shrink_memory")
    world.run(5)
    assert "journal.torn" in world.presence.faults
    assert world.player.sounding()

    world.run(200)

    assert {each for each in world.presence.faults if each.startswith("journal.")} == {"journal.damaged"}
    assert [(each.journal, each.occurrence, each.outcome) for each in world.entries] == [
        ("journal-2", "a", Outcome.FINISHED),
        ("journal-2", "b", Outcome.FINISHED),
    ]
    assert world.report.journal == "journal-2"


def test_on_a_disk_that_takes_nothing_it_starts_plays_and_reports_from_memory(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.receive(world.centre.rundown(item("a", NOW + at(300), 60)))
    Locked(monkeypatch)

    world.power_cut(minutes=2)
    world.connect()
    world.run(300)

    assert "journal.in_memory" in world.presence.faults
    (entry,) = [each for report in world.said(AsRunReport) for each in report.entries][-1:]
    assert (entry.occurrence, entry.outcome) == ("a", Outcome.FINISHED)


def test_what_the_card_has_torn_of_its_orders_is_as_good_as_lost_and_nothing_sounds_by_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.receive(world.centre.rundown(item("a", NOW + at(300), 60)))
    read = Path.read_bytes

    def torn(path: Path) -> bytes:
        if path.name == "assignment":
            raise OSError(errno.EIO, "Input/output error")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", torn)
    world.power_cut(minutes=2)
    world.run(300)

    assert not world.player.cues


def mornings_and_evenings(days: int) -> list[datetime]:
    """Give when something is planned: at 05:30 and at 17:00, from the first day on."""
    return [NOW + day * DAY + of_day for day in range(days) for of_day in (30 * MINUTE, 12 * HOUR)]


def lives_through(world: World, starts: list[datetime], *, power_cut: Callable[[], None]) -> None:
    """Let days pass, the quiet hours in long steps, and lose the power every noon and night."""
    for start in starts:
        world.run_until(start - 4 * HOUR, step=3600)
        power_cut()
        world.run_until(start - 15 * at(1), step=1800)
        world.run_until(start + 90 * at(1), step=1)


def test_with_a_clock_chip_it_plays_for_seven_days_without_a_line_through_every_power_cut(world: World) -> None:
    starts = mornings_and_evenings(7)
    world.receive(world.centre.rundown(*(item(f"item {at_}", at_) for at_ in starts)))
    world.disconnect()

    lives_through(world, starts, power_cut=lambda: world.power_cut(minutes=20))

    assert [each.started_at for each in world.entries] == starts
    assert {each.outcome for each in world.entries} == {Outcome.FINISHED}
    world.connect()
    told = []
    while world.journal.pending(1) is not None:
        told += [each.hash for each in world.report.entries]
        world.receive(world.centre.acknowledges(world.report.in_order))
    assert told == [each.hash for each in world.entries]
    assert world.presence.covers_until is not None
    assert world.presence.covers_until > starts[-1]


def test_without_one_it_is_silent_from_the_first_power_cut_on_and_says_so_as_soon_as_it_can(world: World) -> None:
    starts = mornings_and_evenings(7)
    world.receive(world.centre.rundown(*(item(f"item {at_}", at_) for at_ in starts)))
    world.disconnect()

    def power_cut() -> None:
        world.clock.doubt = None
        world.power_cut(minutes=20)

    lives_through(world, starts[:2], power_cut=lambda: None)
    lives_through(world, starts[2:], power_cut=power_cut)

    assert [each.started_at for each in world.entries if each.started_at] == starts[:2]
    world.connect()
    assert "clock.unknown" in world.presence.faults
    world.is_answered()
    world.run(5)
    assert "clock.unknown" not in world.presence.faults
    silent = [each for each in world.entries if each.planned_start in starts[2:]]
    assert {each.outcome for each in silent} <= {Outcome.SKIPPED}


def test_presence_tells_what_was_downloaded_and_which_start_speaks(world: World) -> None:
    world.cache.bytes_today = 12_345
    world.run(61)
    first = world.presence
    assert first.bytes_today == 12_345

    world.power_cut()
    world.connect()

    assert len({first.instance, world.presence.instance, ""}) == 3


def test_a_second_device_with_this_key_is_told_for_an_hour(world: World) -> None:
    world.take(LinkDown(taken_over=True))
    world.connect()
    world.is_answered()
    assert "link.taken_over" in world.presence.faults

    world.run_until(NOW + 59 * MINUTE, step=20)
    assert "link.taken_over" in world.presence.faults

    world.run_until(NOW + 62 * MINUTE, step=20)
    assert "link.taken_over" not in world.presence.faults


def test_a_line_that_only_broke_is_no_second_device(world: World) -> None:
    world.disconnect()
    world.connect()

    assert "link.taken_over" not in world.presence.faults


def test_what_changes_with_the_minute_waits_for_the_next_sign_of_life(world: World) -> None:
    """Each presence costs a SIM: position, temperature, disk and bytes are no reason for one."""
    changing = count()

    def warmer() -> Health:
        tick = next(changing)
        world.cache.bytes_today = tick
        world.clock.doubt = timedelta(milliseconds=50 + tick % 7)
        return Health(disk_free=10**9 - tick, temperature=40 + tick % 30)

    world.agent._condition._read_health = warmer  # noqa: SLF001 - the world has no warmer day
    said = len(world.said(Presence))
    world.receive(world.centre.rundown(item("a", NOW + 5 * MINUTE, 900)))
    world.run_until(NOW + 30 * MINUTE, step=5)

    news = 3  # the new rundown, the item begins, the item ends
    assert len(world.said(Presence)) - said <= news + 30  # a heartbeat is a minute here
