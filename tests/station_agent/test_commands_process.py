"""Commands to a real agent process over a real broker: each once, whatever ends the process in between."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from schedules.wire.command import CommandAnswered, CommandState, What
from station_agent.main import AGAIN
from tests.services.mosquitto import Mosquitto
from tests.station_agent.centre import Centre
from tests.station_agent.pole import Desk, Pole, real_now, wait_for

pytestmark = [pytest.mark.mosquitto, pytest.mark.realtime, pytest.mark.slow]

ACCEPTED, REJECTED, _, DONE = CommandState


class Site:
    """A pole, a desk and a broker."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.centre = Centre(real_now())
        self.pole = Pole(folder / "pole", broker, "http://127.0.0.1:9/audio/", self.centre.root.public)
        self.desk = Desk(broker, self.centre, self.pole.public)
        self.device = self.pole.key
        for message in (self.centre.trust(), self.centre.assignment()):
            self.desk.publish(message)

    def command(self, what: What, name: str) -> tuple[str, bytes]:
        """Sign a command and send it."""
        told = self.centre.command(what, device=self.device, name=name, at=real_now())
        self.desk.publish(told, retain=False)
        return told

    def states(self, name: str) -> list[CommandState]:
        """Return what the agent answered of a command, in order."""
        return [each.state for _, each in self.desk.said(CommandAnswered) if each.command == name]

    def wait(self, name: str, state: CommandState, *, count: int = 1) -> None:
        """Wait until the agent has said so."""
        wait_for(lambda: self.states(name).count(state) == count, what=f"{name} was not {state} {count} times")

    def starts(self) -> None:
        """Start the agent, and wait until it knows the time."""
        (self.pole.state / "clock.json").unlink(missing_ok=True)
        self.pole.start()
        wait_for((self.pole.state / "clock.json").exists, what="no time")


@pytest.fixture
def site(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Site]:
    site = Site(tmp_path, mosquitto)
    yield site
    site.pole.close()
    site.desk.close()


def test_a_tone_and_a_restart_happen_once_whatever_ends_the_process(site: Site) -> None:
    site.starts()
    tone = site.command(What.TEST_TONE, "tone1")
    site.wait("tone1", DONE)
    (whole,) = [each for _, each in site.desk.said(CommandAnswered) if each.state is DONE]
    assert whole.level_dbfs is not None
    assert -40 < whole.level_dbfs < -10

    cut = site.command(What.TEST_TONE, "tone2")
    site.wait("tone2", ACCEPTED)
    site.pole.kill()
    site.starts()
    site.wait("tone2", REJECTED)
    restart = site.command(What.RESTART, "again1")
    assert site.pole.ended() == AGAIN

    site.starts()
    site.wait("again1", DONE)
    for told in (restart, tone, cut):
        site.desk.publish(told, retain=False)
    site.wait("again1", DONE, count=2)
    time.sleep(1.0)

    assert site.pole.runs
    log = site.pole.log.read_text(encoding="utf-8")
    assert {name: log.count(f"command_accepted command={name} ") for name in ("tone1", "tone2", "again1")} == {
        "tone1": 1,
        "tone2": 1,
        "again1": 1,
    }
