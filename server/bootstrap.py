"""Chooses the conductor's real adapters from the settings. It must not start anything that runs."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from schedules.wire import topics
from server.certificates import Authority
from server.clock import WallClock
from server.config import Config
from server.device_records import Reach
from server.link import MqttLink
from server.mail import SmtpMail
from server.sealing import KeyFiles, OnlineSealing
from server.services.certifying import Desk
from server.store import SqlStore, open_store

CLIENT_ID = "commune-radio-conductor"
"""One for the whole centre: a second conductor takes the session over, so that two never speak at once."""


@dataclass(frozen=True, slots=True)
class ConductorParts:
    """What a conductor is made of.

    Attributes:
        heads: directory of the daily heads of the ledger.
        mail: the way to who gets them too; None where nobody does.
        zone: civil time of the centre.
    """

    store: SqlStore
    clock: WallClock
    sealing: OnlineSealing
    link: MqttLink
    desk: Desk
    heads: Path
    mail: SmtpMail | None
    zone: ZoneInfo


def conductor_parts(config: Config) -> ConductorParts:
    """Open the database and the online keys, and lay out the line to the broker.

    Raises:
        KeysInvalid: `commune-radio keys` was not run yet, or its files were changed.
    """
    store = open_store(config.database)
    sealing = OnlineSealing(KeyFiles(config.key_directory), store)
    return ConductorParts(
        store=store,
        clock=WallClock(config.clock_offset),
        sealing=sealing,
        desk=Desk(sealing, _authority(config), _reach(config)),
        link=MqttLink(config.broker, client_id=CLIENT_ID, topics=(topics.MARKER, *topics.FROM_AGENTS)),
        heads=config.outside.directory,
        mail=None if config.outside.mail_to is None else SmtpMail(config.outside),
        zone=ZoneInfo(config.time_zone),
    )


def _authority(config: Config) -> Authority | None:
    """Give the certificate authority; none was made where the broker has no accounts."""
    directory = config.key_directory / "authority"
    return Authority(directory) if directory.is_dir() else None


def _reach(config: Config) -> Reach:
    return Reach(
        broker_host=config.agents.broker_host or config.broker.host,
        broker_port=config.agents.broker_port or config.broker.port,
        audio_url=config.audio_url,
    )
