"""A new device from the technician's code to READY, by the commands of an installation; and its next certificate."""

import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schedules.ids import DeviceId, LoudspeakerId, ZoneId
from schedules.wire.enrolment_code import EnrolmentCode
from schedules.wire.messages import ReceiptState
from server import broker_files
from server.audio import MediaPreparation
from server.certificates import make_authority
from server.clock import WallClock
from server.config import load_config
from server.device_records import EnrolmentState
from server.local import Processes, answers, free_port
from server.sealing import KeyFiles
from server.services import enrolment, keys
from server.services.broker_accounts import revocations, wanted
from server.smoke import station
from server.store import open_store
from station_agent.clock import SystemClock
from station_agent.identity import certificate_expires, place, read_key
from station_agent.ports import Received
from station_agent.renewal import Renewal
from tests.server.line import eventually
from tests.services.production_broker import ProductionBroker

pytestmark = [pytest.mark.realtime, pytest.mark.ffmpeg, pytest.mark.slow, pytest.mark.timeout(120)]

ZONE = ZoneId("near")
POLE = station.loudspeaker_of(ZONE)
LIVES = timedelta(days=90)


@dataclass
class Installation:
    """A centre of real processes with one loudspeaker that nobody speaks for yet."""

    folder: Path
    production: ProductionBroker | None = None

    def __post_init__(self) -> None:
        self.web = free_port()
        self.settings = self.folder / "centre.toml"
        broker = f"[broker]\nport = {free_port()}\n"
        if self.production is not None:
            broker = f"[broker]\nport = {self.production.conductors_port}\nkeeps_accounts = true\n"
            broker += f"[agents]\nbroker_port = {self.production.port}\n"
        self.settings.write_text(f'state_directory = "."\n[web]\nport = {self.web}\n{broker}', encoding="utf-8")
        self.config = load_config(self.settings)
        self.config.upload_directory.mkdir()
        self.centre = station.Centre(
            store=open_store(self.config.database),
            clock=WallClock(),
            preparation=MediaPreparation(self.config.audio_directory),
            uploads=self.config.upload_directory,
        )
        keys.initialise(self.centre.store, self.centre.clock, KeyFiles(self.config.key_directory))
        station.make_station(self.centre, radio_url="http://127.0.0.1:9/", public_keys={ZONE: ""})
        self.processes = Processes(self.folder / "logs")

    @property
    def server(self) -> str:
        return f"http://127.0.0.1:{self.web}"

    def starts(self) -> None:
        """Start the embedded broker, or the one in production form with its certificates, then the centre."""
        if self.production is None:
            self.processes.start("broker", ("server.cli", "broker", "--config", self.settings))
        else:
            authority = broker_files.make(self.config, [self.production.host], now=self.centre.clock.now())
            with self.centre.store.reading() as uow:
                rights, revoked = wanted(uow, self.centre.clock.now()), revocations(uow)
            files = broker_files.BrokerFiles(self.config.broker_directory, authority, WallClock())
            files.write(rights, revoked)
            self.production.start()
        for name in ("web", "conductor"):
            self.processes.start(name, ("server.cli", name, "--config", self.settings))
        assert answers(self.web, 20)

    def announces(self) -> None:
        """Have something approved that sounds so soon that its audio is fetched at once."""
        notice = station.upload(self.centre, "Thông báo", station.mp3_file(self.centre, 4.0))
        station.book(self.centre, notice, self.centre.clock.now().replace(microsecond=0) + timedelta(minutes=20))
        station.release(self.centre, notice)

    def plays(self, state: Path) -> None:
        """Start the device of a state directory, on a silent sound card."""
        quiet = self.folder / "quiet.toml"
        quiet.write_text('sound = "null"\n', encoding="utf-8")
        self.processes.start("agent", ("station_agent.main", "run", "--state", state, "--config", quiet))

    def code(self) -> str:
        opened = enrolment.open_code(self.centre.store, self.centre.clock, station.KEEPER, POLE)
        roots = enrolment.shown(self.centre.store, self.centre.clock, station.KEEPER, POLE).roots
        return EnrolmentCode(server=self.server, enrolment=opened.id, roots=roots, secret=opened.secret).text

    def state_of_the_code(self) -> EnrolmentState | None:
        return enrolment.shown(self.centre.store, self.centre.clock, station.KEEPER, POLE).state

    def is_ready(self) -> bool:
        with self.centre.store.reading() as uow:
            issued, known = uow.issue.issued(ZONE), uow.evidence.seen([POLE]).get(POLE)
        receipt = None if known is None else known.receipt
        if issued is None or receipt is None or not issued.rundown.items:
            return False
        return (receipt.state, receipt.revision) == (ReceiptState.READY, issued.rundown.revision)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.processes.end_all()


def enrol(code: str, state: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "station_agent.main", "enrol", code, "--state", str(state)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_new_device_is_ready_with_its_audio_without_a_settings_file_of_its_own(
    installation: Installation, tmp_path: Path
) -> None:
    centre, state = installation.centre, tmp_path / "device"
    installation.starts()
    installation.announces()
    code = installation.code()

    done = enrol(code, state)
    twice = enrol(code, tmp_path / "thief")
    installation.plays(state)

    assert done.returncode == 0, done.stderr
    assert (twice.returncode, "chỉ dùng một lần" in twice.stderr) == (1, True)
    assert eventually(installation.is_ready, within_s=30), installation.processes.last_words("agent")
    assert installation.state_of_the_code() is EnrolmentState.DONE
    with centre.store.reading() as uow:
        (device,) = uow.devices.of(POLE)
    assert device.id == read_key(state).key


@pytest.mark.mosquitto
def test_at_a_broker_in_production_the_certificate_it_was_given_opens_the_door(tmp_path: Path) -> None:
    folder, state = tmp_path / "centre", tmp_path / "device"
    folder.mkdir()
    broker = ProductionBroker(tmp_path / "mosquitto", given=folder / "broker")
    installation = Installation(folder, broker)
    try:
        installation.starts()
        installation.announces()
        done = enrol(installation.code(), state)
        installation.plays(state)

        assert done.returncode == 0, done.stderr
        assert eventually(installation.is_ready, within_s=30), installation.processes.last_words("agent")
    finally:
        installation.processes.end_all()
        broker.stop()


def test_a_certificate_that_has_expired_is_renewed_by_the_device_key(
    installation: Installation, tmp_path: Path
) -> None:
    state, lists = tmp_path / "device", list[Received]()
    make_authority(installation.config.key_directory / "authority", now=datetime(2026, 1, 1, tzinfo=UTC))
    installation.starts()
    assert enrol(installation.code(), state).returncode == 0
    first = (place(state) / "tls.pem").read_bytes()
    key = read_key(state)
    clock = SystemClock(offset=LIVES + timedelta(days=30))
    renewal = Renewal(
        state, server=installation.server, loudspeaker=LoudspeakerId(POLE), key=key, clock=clock, deliver=lists.append
    )

    due = renewal.is_due()
    renewed = renewal.renew()

    second = (place(state) / "tls.pem").read_bytes()
    context = ssl.create_default_context(cafile=str(place(state) / "authority.pem"))
    context.load_cert_chain(place(state) / "tls.pem")  # refuses a key that is not the certificate's
    assert (due, renewed) == (True, True)
    assert first != second
    with installation.centre.store.reading() as uow:
        device = uow.devices.get(DeviceId(key.key))
    assert device is not None
    assert certificate_expires(state) == device.certificate_expires
    assert lists == []
