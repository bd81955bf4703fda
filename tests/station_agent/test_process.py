"""The real agent process over a real broker: plays in real time, survives kills, lost lines and full disks."""

import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import first_break
from schedules.ids import Sha256
from schedules.programme import Kind, Recording
from schedules.rundown import Played, RundownItem
from schedules.wire.messages import Channel, Presence, ReceiptState, RundownReceipt
from tests.services.mosquitto import Mosquitto
from tests.station_agent.centre import Centre, item, relay
from tests.station_agent.conftest import MakeTone
from tests.station_agent.depot import Depot
from tests.station_agent.pole import Desk, Pole, real_now, wait_for
from tests.station_agent.radio import Radio

pytestmark = [pytest.mark.mosquitto, pytest.mark.realtime, pytest.mark.slow]

Offer = Callable[[float], Played]


class Site:
    """A pole, a desk, a broker and audio."""

    def __init__(self, folder: Path, broker: Mosquitto, depot: Depot, tone: MakeTone) -> None:
        self.broker, self.depot, self._tone = broker, depot, tone
        self.centre = Centre(real_now())
        self.pole = Pole(folder / "pole", broker, depot.url, self.centre.root.public)
        self.desk = Desk(broker, self.centre, self.pole.public)

    def sound(self, seconds: float) -> Played:
        """Return a recording that the depot offers."""
        path = self._tone(seconds, suffix="wav")
        wanted, _ = self.depot.offers(path.read_bytes())
        return Played((Recording(Sha256(wanted.sha256), wanted.size, round(seconds * 1000)),))

    def item(self, name: str, after: float, seconds: float) -> RundownItem:
        """Return an item so many seconds from now."""
        return item(name, real_now() + timedelta(seconds=after), seconds, sound=self.sound(seconds))

    def assign(self, *items: RundownItem) -> None:
        """Publish trust, assignment and rundown."""
        for message in (self.centre.trust(), self.centre.assignment(), self.centre.rundown(*items)):
            self.desk.publish(message)

    def entries(self, occurrence: str) -> list[AsRunEntry]:
        """Return what the desk was told of an occurrence, in order."""
        found = [entry for entry in self.desk.entries.values() if entry.occurrence == occurrence]
        return sorted(found, key=lambda entry: entry.sequence)

    def wait_ready(self) -> None:
        """Wait until the receipt says READY."""
        wait_for(lambda: (r := self.desk.latest(RundownReceipt)) and r.state is ReceiptState.READY, what="not READY")

    def wait_timed(self) -> None:
        """Wait until the agent has the centre's time."""
        wait_for((self.pole.state / "clock.json").exists, what="no time")

    def wait_playing(self, occurrence: str, within: float = 10.0) -> None:
        """Wait until the presence says that an occurrence sounds."""

        def plays() -> bool:
            presence = self.desk.latest(Presence)
            return presence is not None and presence.playing is not None and presence.playing.occurrence == occurrence

        wait_for(plays, within, f"{occurrence} did not sound")

    def close(self) -> None:
        """End everything."""
        self.pole.close()
        self.desk.close()


@pytest.fixture
def site(tmp_path: Path, mosquitto: Mosquitto, depot: Depot, tone: MakeTone) -> Iterator[Site]:
    site = Site(tmp_path, mosquitto, depot, tone)
    yield site
    site.close()


def test_an_item_is_fetched_played_on_time_and_confirmed(site: Site) -> None:
    site.pole.start()
    site.assign(site.item("a", 6, 2))
    published = time.monotonic()
    site.wait_ready()
    assert time.monotonic() - published < 5

    site.wait_playing("a")
    wait_for(lambda: site.entries("a"))

    (entry,) = site.entries("a")
    assert (entry.outcome, entry.reason) == (Outcome.FINISHED, "")
    assert entry.started_at is not None
    assert abs(entry.started_at - entry.planned_start) < timedelta(milliseconds=20)
    assert entry.played_ms == pytest.approx(2000, abs=60)
    assert entry.level_dbfs is not None


def test_a_new_rundown_is_held_and_ready_within_two_seconds_when_the_audio_is_there(site: Site) -> None:
    site.pole.start()
    planned = site.item("a", 60, 2)
    site.assign(planned)
    site.wait_ready()

    topic, payload = site.centre.rundown(planned, site.item("b", 90, 2))
    published = site.desk.publish((topic, payload))
    held = site.desk.latest(RundownReceipt)
    assert held is not None
    wait_for(lambda: (r := site.desk.latest(RundownReceipt)) and r.revision > held.revision)

    at, receipt = site.desk.said(RundownReceipt)[-1]
    assert receipt.state is ReceiptState.READY
    assert at - published < 2


def test_the_red_button_silences_within_a_second_and_after_a_reboot(site: Site) -> None:
    site.pole.start()
    site.assign(site.item("a", 4, 20))
    site.wait_playing("a")

    ordered = site.desk.publish(site.centre.silence())
    wait_for(lambda: (p := site.desk.latest(Presence)) and p.silences)
    obeyed = site.desk.said(Presence)[-1][0]
    wait_for(lambda: site.entries("a"))
    site.pole.kill()
    site.pole.start()
    site.desk.messages.clear()
    wait_for(lambda: site.desk.latest(Presence))
    time.sleep(2)

    (entry,) = site.entries("a")
    assert obeyed - ordered < 1
    assert (entry.outcome, entry.reason) == (Outcome.CUT_SHORT, "item.silence_ordered")
    presence = site.desk.latest(Presence)
    assert presence is not None
    assert presence.playing is None
    assert presence.silences


def test_a_kill_in_mid_item_makes_two_entries_that_do_not_overlap(site: Site) -> None:
    site.pole.start()
    site.assign(site.item("a", 4, 12))
    site.wait_playing("a")
    time.sleep(3)

    site.pole.kill()
    time.sleep(1)
    site.pole.start()
    wait_for(lambda: len(site.entries("a")) == 2, within=15)

    first, second = site.entries("a")
    assert (first.outcome, first.reason) == (Outcome.CUT_SHORT, "device.rebooted")
    assert second.outcome is Outcome.FINISHED
    assert first.ended_at is not None
    assert second.started_at is not None
    assert first.ended_at <= second.started_at
    assert 1500 <= first.played_ms <= 4500
    assert first_break([site.desk.chain[key] for key in sorted(site.desk.chain)]) is None


def test_kills_at_random_points_lose_no_entry_and_break_no_chain(site: Site) -> None:
    """Eight short items, killed again and again: every entry that was numbered arrives, once, in an unbroken chain."""
    chance = random.Random(20261123)
    site.pole.start()
    items = [site.item(f"item {n}", 4 + 1.5 * n, 1.2) for n in range(8)]
    site.assign(*items)
    last = items[-1].ends_at

    while real_now() < last:
        time.sleep(chance.uniform(0.4, 2.5))
        site.pole.kill()
        site.pole.start()
    wait_for(lambda: (p := site.desk.latest(Presence)) and p.online)
    time.sleep(3)

    chain = [site.desk.chain[key] for key in sorted(site.desk.chain)]
    assert len({kept.journal for kept in chain}) == 1
    assert first_break(chain) is None
    entries = [kept for kept in chain if isinstance(kept, AsRunEntry)]
    assert entries
    for before, after in pairwise(entries):
        if before.occurrence == after.occurrence and before.ended_at and after.started_at:
            assert before.ended_at <= after.started_at


def test_a_day_without_the_broker_is_told_when_it_is_back(site: Site) -> None:
    site.pole.start()
    site.assign(site.item("a", 5, 1.5), site.item("b", 7, 1.5))
    site.wait_ready()
    site.wait_timed()

    site.broker.kill()
    site.desk.close()
    time.sleep(8)
    site.broker.start()
    site.desk = Desk(site.broker, site.centre, site.pole.public)

    wait_for(lambda: site.entries("b"), within=20)
    assert [entry.outcome for name in ("a", "b") for entry in site.entries(name)] == [Outcome.FINISHED] * 2


def test_it_plays_from_its_disk_when_it_boots_without_a_broker(site: Site) -> None:
    site.pole.start()
    site.assign(site.item("a", 8, 2))
    site.wait_ready()
    site.wait_timed()
    site.pole.kill()
    site.broker.kill()
    site.desk.close()

    site.pole.start()
    time.sleep(11)

    assert re.search(r"item_ended occurrence=a outcome=finished", site.pole.log.read_text())
    site.broker.start()
    site.desk = Desk(site.broker, site.centre, site.pole.public)


def test_a_relay_is_played_and_counted(site: Site, radio: Radio) -> None:
    site.pole.start()
    planned = item("vov", real_now() + timedelta(seconds=5), 3, sound=relay("vov1"), kind=Kind.RELAY)
    channel = Channel(id=relay().channel, name="VOV1", address=radio.url)
    for message in (
        site.centre.trust(),
        site.centre.assignment(channels=(channel,)),
        site.centre.rundown(planned),
    ):
        site.desk.publish(message)

    wait_for(lambda: site.entries("vov"), within=15)

    (entry,) = site.entries("vov")
    assert entry.outcome is Outcome.FINISHED
    assert entry.received_ms == pytest.approx(3000, abs=100)
    assert entry.started_at is not None
    assert abs(entry.started_at - planned.starts_at) < timedelta(milliseconds=20)


def test_it_ends_cleanly_on_a_signal_and_says_so(site: Site) -> None:
    site.pole.start()
    site.assign(site.item("a", 4, 20))
    site.wait_playing("a")

    code = site.pole.stop()
    wait_for(lambda: (p := site.desk.latest(Presence)) and not p.online)

    assert code == 0
    wait_for(lambda: site.entries("a"))
    assert site.entries("a")[0].reason == "device.stopped"


def test_the_broker_says_that_a_killed_agent_is_gone(site: Site) -> None:
    site.pole.start()
    site.assign()
    wait_for(lambda: (p := site.desk.latest(Presence)) and p.online)

    site.pole.kill()

    wait_for(lambda: (p := site.desk.latest(Presence)) and not p.online)


def test_two_agents_never_share_a_journal(site: Site) -> None:
    site.pole.start()
    site.assign()
    wait_for(lambda: site.desk.latest(Presence))

    second = site.pole.command("run", "--config", str(site.pole.settings))

    assert second.returncode == 2
    assert "The agent is running on this directory" in second.stderr


def test_status_tells_what_it_holds(site: Site) -> None:
    site.pole.start()
    site.assign(site.item("a", 60, 1))
    site.wait_ready()

    shown = site.pole.command("status", "--config", str(site.pole.settings)).stdout

    assert "loudspeaker=lang-moi-1" in shown
    assert re.search(r"rundown=\d+ covers_until=\S+ missing=0", shown)
    assert re.search(r"journal=\w{32} entries=[1-9]\d* unacknowledged=0", shown)


def test_init_keeps_a_key_that_is_there(site: Site) -> None:
    again = site.pole.command("init", "--state", str(site.pole.state))

    assert f"public={site.pole.public}" in again.stdout
    assert (site.pole.state / "device.key").stat().st_mode & 0o777 == 0o600


def test_a_message_of_ten_megabytes_and_rubbish_do_no_harm(site: Site) -> None:
    site.pole.start()
    site.assign(site.item("a", 6, 1))
    site.wait_ready()
    receipt = site.desk.latest(RundownReceipt)
    assert receipt is not None
    topic = f"radio/v1/zones/{receipt.zone}/rundown"

    site.desk.publish((topic, b"\x00" * 10_000_000), retain=False)
    site.desk.publish((topic, b"not a message"), retain=False)
    wait_for(lambda: any(r.state is ReceiptState.REFUSED for _, r in site.desk.said(RundownReceipt)))

    wait_for(lambda: site.entries("a"), within=15)
    assert site.entries("a")[0].outcome is Outcome.FINISHED


def test_a_fault_in_the_settings_is_told_with_its_key(site: Site) -> None:
    site.pole.settings.write_text("loudspeaker = 5\n")

    shown = site.pole.command("run", "--config", str(site.pole.settings))

    assert shown.returncode == 2
    assert {"loudspeaker", "broker", "audio_url", "trust_roots"} <= {
        line.split(":")[0] for line in shown.stderr.splitlines()
    }


def test_an_agent_without_a_key_says_what_to_do(site: Site) -> None:
    (site.pole.state / "device.key").unlink()

    shown = site.pole.command("run", "--config", str(site.pole.settings))

    assert shown.returncode == 2
    assert "key.missing" in shown.stderr
    assert "enrol" in shown.stderr
