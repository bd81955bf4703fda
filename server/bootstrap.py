"""Chooses the conductor's real adapters from the settings. It must not start anything that runs."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from schedules.ids import UnitId
from schedules.wire import topics
from server import broker_files, this_process
from server.audio import MediaPreparation
from server.broker_accounts import ANSWERS, DynamicSecurity
from server.certificates import Authority
from server.clock import WallClock
from server.config import Config
from server.device_records import Reach
from server.errors import KeysInvalid
from server.link import MqttLink, end_session
from server.mail import SmtpMail
from server.ports import Speaking, Store
from server.sealing import KeyFiles, OnlineSealing
from server.services.certifying import Desk
from server.services.leases import CONDUCTOR, Claim, Fenced
from server.store import open_store

log = logging.getLogger(__name__)

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
CLIENT_ID = "commune-radio-conductor"
"""One for the whole centre: who has just got the lease takes over the session of who lost it."""


@dataclass(frozen=True, slots=True)
class ConductorParts:
    """What a conductor is made of.

    Attributes:
        store: writes only while `claim` is held.
        heads: directory of the daily heads of the ledger.
        voice: speaks the words of an emergency.
        mail: the way to who gets them too; None where nobody does.
        post: the way to who gets digests.
        digests: their addresses, by unit.
        told: addresses of who is told what others change of their account, by login.
        zone: civil time of the centre.
        accounts: only where it keeps those of its broker.
        warn_of_certificates: logs which of them run out; called every day.
    """

    store: Store
    claim: Claim
    clock: WallClock
    sealing: OnlineSealing
    link: MqttLink
    desk: Desk
    voice: Speaking
    heads: Path
    mail: SmtpMail | None
    post: SmtpMail
    digests: Mapping[UnitId, tuple[str, ...]]
    told: Mapping[str, tuple[str, ...]]
    zone: ZoneInfo
    accounts: DynamicSecurity | None = None
    warn_of_certificates: Callable[[], None] = lambda: None


def conductor_parts(config: Config) -> ConductorParts:
    """Open the database and the online keys, and lay out the line to the broker.

    Raises:
        KeysInvalid: `commune-radio keys`, or `broker-files` where it is needed, was not run yet, or files were changed;
            `keys.training` for a training, from which nothing may ever be published.
    """
    if config.training:
        raise KeysInvalid("keys.training")
    opened = open_store(config.database)
    clock = WallClock(config.clock_offset)
    claim = Claim(
        opened,
        CONDUCTOR,
        holder=this_process.name(),
        is_gone=this_process.is_gone,
        elapsed=monotonic,
        clock=clock,
    )
    store = Fenced(opened, claim)
    sealing = OnlineSealing(KeyFiles(config.key_directory), store)
    link, accounts = _line(config, clock)
    return ConductorParts(
        store=store,
        claim=claim,
        clock=clock,
        sealing=sealing,
        desk=Desk(sealing, _authority(config), _reach(config)),
        link=link,
        voice=MediaPreparation(config.audio_directory),
        heads=config.outside.directory,
        mail=None if config.outside.mail_to is None else SmtpMail(config.outside),
        post=SmtpMail(config.outside),
        digests={UnitId(unit): addresses for unit, addresses in config.digests.items()},
        told=config.told,
        zone=ZoneInfo(config.time_zone),
        accounts=accounts,
        warn_of_certificates=partial(broker_files.warn_in_time, config, clock),
    )


def _line(config: Config, clock: WallClock) -> tuple[MqttLink, DynamicSecurity | None]:
    """Lay out the line to the broker, and the way to its accounts where the conductor keeps them."""
    heard = (topics.MARKER, *topics.FROM_AGENTS)
    if not config.broker.keeps_accounts:
        if config.broker.authority is None and config.broker.host not in _THIS_MACHINE:
            log.warning(
                "broker_line_open host=%s: whoever is on it reads all, and may say who is away", config.broker.host
            )
        return MqttLink(config.broker, client_id=CLIENT_ID, topics=heard), None
    line = broker_files.conductors_line(config)
    link = MqttLink(line, client_id=CLIENT_ID, topics=(*heard, ANSWERS))
    files = broker_files.BrokerFiles(config.broker_directory, Authority(config.authority_directory), clock)
    return link, DynamicSecurity(link, end=partial(end_session, line), keep=files.write)


def _authority(config: Config) -> Authority | None:
    """Give the certificate authority; none was made where the broker has no accounts."""
    return Authority(config.authority_directory) if config.authority_directory.is_dir() else None


def _reach(config: Config) -> Reach:
    return Reach(
        broker_host=config.agents.broker_host or config.broker.host,
        broker_port=config.agents.broker_port or config.broker.port,
        audio_url=config.audio_url,
    )
