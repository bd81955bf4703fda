"""A province with a broker in production form: two stations' loudspeakers, each with a device and its certificate."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from paho.mqtt.enums import MQTTProtocolVersion

from schedules.ids import DeviceId, LoudspeakerId, ZoneId
from schedules.wire.seal import SigningKey, fingerprint, new_seed
from server import broker_files
from server.broker_rights import Rights
from server.certificates import Authority, new_key
from server.clock import WallClock
from server.config import Config, load_config
from server.device_records import Certificate, Device
from server.services.broker_accounts import revocations, wanted
from server.services.devices import end_use
from server.store import SqlStore, open_store
from tests.contracts import samples
from tests.contracts.samples import OTHER_POLE, OTHER_ZONE, POLE, ZONE
from tests.hostile_clients.visitor import Visitor, visiting
from tests.services.production_broker import ProductionBroker

A_DAY = timedelta(days=1)


class Province:
    """Everything but the conductor.

    Attributes:
        broker: runs, with the accounts of `store`.
        authority: of the loudspeakers.
        device, other: the devices of `POLE` in `ZONE` and of `OTHER_POLE` in `OTHER_ZONE`.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.broker = ProductionBroker(directory / "mosquitto", given=directory / "state/broker")
        self.settings = directory / "conductor.toml"
        self.settings.write_text(
            f'state_directory = "state"\n[broker]\nport = {self.broker.conductors_port}\nkeeps_accounts = true\n',
            encoding="utf-8",
        )
        self.config: Config = load_config(self.settings)
        self.clock = WallClock()
        (directory / "state").mkdir()
        self.store: SqlStore = open_store(self.config.database)
        samples.founded(self.store)
        self.authority: Authority = broker_files.make(self.config, ["127.0.0.1"], now=self.clock.now())
        self.device = self.enrolled(POLE, ZONE)
        self.other = self.enrolled(OTHER_POLE, OTHER_ZONE)
        self.files = broker_files.BrokerFiles(self.config.broker_directory, self.authority, self.clock)
        self.files.write(*self.rights())
        self.broker.start()

    def rights(self) -> tuple[Rights, tuple[tuple[str, datetime], ...]]:
        """Give who has which rights, and what is revoked, by the database."""
        with self.store.reading() as uow:
            return wanted(uow, self.clock.now()), revocations(uow)

    def enrolled(self, loudspeaker: LoudspeakerId, zone: ZoneId) -> DeviceId:
        """Put up a loudspeaker in a zone, with a new device that has its certificate."""
        public = SigningKey("", new_seed()).public
        device = DeviceId(fingerprint(public))
        certificate = self.certified(device)
        with self.store.writing() as uow:
            place = uow.places.loudspeaker(loudspeaker) or replace(samples.LOUDSPEAKERS[0], id=loudspeaker)
            uow.places.put_loudspeaker(replace(place, zone=zone, public_key=public, retired_at=None))
            uow.devices.put(
                Device(
                    id=device,
                    loudspeaker=loudspeaker,
                    public_key=public,
                    enrolled_at=self.clock.now(),
                    certificate_serial=certificate.serial,
                    certificate_expires=certificate.expires,
                )
            )
            uow.commit()
        return device

    def certified(
        self, name: str, *, by: Authority | None = None, valid: timedelta = A_DAY, since: timedelta = timedelta(0)
    ) -> Certificate:
        """Issue a certificate and leave it with its key in files of that name."""
        key = new_key()
        certificate = (by or self.authority).issue(name, key.public, now=self.clock.now() + since, valid=valid)
        (self.directory / f"{name}.pem").write_text(certificate.pem, encoding="ascii")
        (self.directory / f"{name}.key").write_text(key.private, encoding="ascii")
        return certificate

    def move(self, zone: ZoneId) -> None:
        """Move the loudspeaker of `device` to another zone."""
        with self.store.writing() as uow:
            here = uow.places.loudspeaker(POLE)
            assert here is not None
            uow.places.put_loudspeaker(replace(here, zone=zone))
            uow.commit()

    def retire(self, device: DeviceId) -> None:
        """Retire a device; its loudspeaker waits for the next one."""
        with self.store.writing() as uow:
            known = uow.devices.get(device)
            assert known is not None
            here = uow.places.loudspeaker(known.loudspeaker)
            assert here is not None
            end_use(uow, here.id, self.clock.now())
            uow.places.put_loudspeaker(replace(here, public_key=""))
            uow.commit()

    def visited_by(
        self,
        name: str,
        *,
        client_id: str = "",
        will: str = "",
        session: bool = False,
        protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5,
    ) -> AbstractContextManager[Visitor]:
        """Connect at the loudspeakers' door with the certificate of a name."""
        return visiting(
            self.broker.port,
            authority=self.trusted,
            shown=self.shown(name),
            client_id=client_id or name,
            will=will,
            session=session,
            protocol=protocol,
        )

    def conducted(self, client_id: str = "conductor") -> AbstractContextManager[Visitor]:
        """Connect at the conductor's door as the conductor."""
        keys = self.config.key_directory
        own = (keys / "conductor.pem", keys / "conductor.key")
        return visiting(self.broker.conductors_port, authority=self.trusted, shown=own, client_id=client_id)

    @property
    def trusted(self) -> Path:
        """The certificate of the loudspeakers' authority."""
        return self.config.broker_directory / "loudspeakers.pem"

    def shown(self, name: str) -> tuple[Path, Path]:
        """Give the files of a certificate and its key."""
        return self.directory / f"{name}.pem", self.directory / f"{name}.key"
