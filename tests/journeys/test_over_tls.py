"""The main journey over the broker in production form: enrolled by code, known by certificate, heard and confirmed."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schedules.ids import PersonId, ZoneId
from schedules.reconciliation import Verdict
from schedules.wire.enrolment_code import EnrolmentCode
from schedules.wire.first_trust import roots_fingerprint
from server import broker_files
from server.broker_rights import Rights
from server.config import Config
from server.services import enrolment
from server.smoke.station import FAR, NEAR, STATION, loudspeaker_of
from server.values import Person, Role
from tests.journeys.machine import Machine
from tests.services.mosquitto import Mosquitto
from tests.services.production_broker import ProductionBroker

pytestmark = [pytest.mark.mosquitto, pytest.mark.realtime, pytest.mark.slow]

BOTH = (NEAR, FAR)
TECHNICIAN = Person(
    id=PersonId("technician"),
    login="technician",
    name="Technician",
    unit=STATION,
    roles=frozenset({Role.TECHNICIAN}),
    password_hash="",
)


class CertifiedMachine(Machine):
    """A station whose agents are enrolled by a technician's code before they run for the first time."""

    def _broker_settings(self, broker: Mosquitto) -> str:
        assert isinstance(broker, ProductionBroker)
        own = f"[broker]\nport = {broker.conductors_port}\nkeeps_accounts = true\n"
        return f'{own}[agents]\nbroker_host = "127.0.0.1"\nbroker_port = {broker.port}\n'

    def _made_known(self, config: Config, broker: Mosquitto) -> dict[ZoneId, str]:
        authority = broker_files.make(config, ["127.0.0.1"], now=self.clock.now())
        broker_files.BrokerFiles(config.broker_directory, authority, self.clock).write(Rights(), ())
        broker.start()
        super()._made_known(config, broker)
        return dict.fromkeys(BOTH, "")

    def _state(self, zone: ZoneId) -> Path:
        return self._folder / zone / "enrolled"

    def _agents_command(self, zone: ZoneId) -> tuple[str | Path, ...]:
        settings = self._state(zone).with_suffix(".toml")
        if not settings.exists():
            self._enrol(zone)
            settings.write_text('sound = "null"\nheartbeat = 1.0\nhas_clock_chip = true\n', encoding="utf-8")
        return ("station_agent.main", "run", "--state", self._state(zone), "--config", settings)

    def _enrol(self, zone: ZoneId) -> None:
        opened = enrolment.open_code(self.store, self.clock, TECHNICIAN, loudspeaker_of(zone))
        code = EnrolmentCode(
            server=f"http://127.0.0.1:{self._web}",
            enrolment=opened.id,
            roots=roots_fingerprint(self._trusted),
            secret=opened.secret,
        )
        command = [sys.executable, "-m", "station_agent.main", "enrol", code.text, "--state", str(self._state(zone))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr + self._processes.last_words("conductor")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("machine")
    broker = ProductionBroker(folder / "mosquitto", given=folder / "broker")
    machine = CertifiedMachine(folder, broker)
    yield machine
    machine.ends()
    broker.kill()


def test_a_notice_is_approved_heard_and_confirmed(machine: Machine) -> None:
    notice = machine.airs("Lịch tiêm chủng", seconds=3, in_seconds=6)

    machine.wait(lambda: all(machine.entries(notice, zone) for zone in BOTH), "nothing was reported")

    for zone in BOTH:
        assert machine.row(notice, zone).finding.verdict is Verdict.CONFIRMED


def test_a_device_that_boots_again_is_known_by_the_same_certificate(machine: Machine) -> None:
    machine.loses_power(NEAR)

    machine.boots(NEAR)

    notice = machine.airs("Bản tin", seconds=2, in_seconds=5)
    machine.wait(lambda: all(machine.entries(notice, zone) for zone in BOTH), "nothing was reported")
