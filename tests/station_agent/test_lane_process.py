"""The real agent over a real broker: how soon a siren sounds, and that neither a broker nor a power cut ends it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from schedules.asrun import Outcome
from schedules.emergency import Emergency
from schedules.emergency_lane import EMERGENCY
from schedules.emergency_list import EmergencyList, cancelled, issued
from station_agent.lane_sound import SIREN
from tests.schedules.given_emergencies import an_emergency
from tests.services.mosquitto import Mosquitto
from tests.station_agent.centre import SUM, UNIT, Centre
from tests.station_agent.pole import Desk, Pole, real_now, wait_for

pytestmark = [pytest.mark.mosquitto, pytest.mark.realtime, pytest.mark.slow]
WITHIN = timedelta(seconds=1)


class Site:
    """A pole, a desk and a broker; the words are the siren's own sound, six seconds."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.broker, self.centre = broker, Centre(real_now())
        self.pole = Pole(folder / "pole", broker, "http://127.0.0.1:9/", self.centre.root.public)
        self.desk = Desk(broker, self.centre, self.pole.public)

    def is_ready(self) -> None:
        self.pole.start()
        self.desk.publish(self.centre.trust())
        self.desk.publish(self.centre.assignment())
        wait_for((self.pole.state / "clock.json").exists, what="no time")

    def issues(self, emergency: Emergency) -> EmergencyList:
        known = issued(EmergencyList(unit=UNIT), emergency, sha256=SUM, now=emergency.sent)
        self.desk.publish(self.centre.lists(known))
        self.desk.publish(self.centre.says(emergency, sound=SIREN.path.read_bytes()))
        return known

    def told(self) -> int:
        entries = self.desk.entries.values()
        return sum(each.programme == EMERGENCY and each.outcome is Outcome.FINISHED for each in entries)


def an_alarm(times: int) -> Emergency:
    now = real_now()
    return an_emergency(
        sent=now, lives=timedelta(minutes=5), units=(UNIT,), sender=UNIT, times=times, pause_s=5, lasts=SIREN_LASTS
    )


SIREN_LASTS = timedelta(seconds=SIREN.seconds)


@pytest.fixture
def site(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Site]:
    site = Site(tmp_path, mosquitto)
    yield site
    site.pole.close()
    site.desk.close()


def sounds(site: Site) -> bool:
    return "emergency_sounds" in site.pole.log.read_text()


def test_the_siren_sounds_within_a_second_of_the_list(site: Site) -> None:
    site.is_ready()
    alarm = an_alarm(1)

    site.issues(alarm)

    wait_for(lambda: sounds(site), within=5)
    wait_for(lambda: site.told() == 1, within=25)
    started = min(each.started_at for each in site.desk.entries.values() if each.started_at is not None)
    assert started - alarm.sent < WITHIN, started - alarm.sent


def test_a_cancel_silences_it(site: Site) -> None:
    site.is_ready()
    alarm = an_alarm(3)
    known = site.issues(alarm)
    wait_for(lambda: sounds(site), within=5)

    site.desk.publish(site.centre.lists(cancelled(known, [alarm.id], now=real_now())))

    wait_for(lambda: any(each.reason == "emergency.over" for each in site.desk.entries.values()), within=5)
    assert site.told() == 0


def test_a_broker_and_a_power_cut_in_the_middle_change_nothing(site: Site) -> None:
    site.is_ready()
    site.issues(an_alarm(2))
    wait_for(lambda: sounds(site), within=5)

    site.pole.kill()
    site.broker.restart()
    site.pole.start()

    wait_for(lambda: site.pole.log.read_text().count("outcome=finished") == 2, within=60)
    assert "item_cut_by_reboot" in site.pole.log.read_text()
