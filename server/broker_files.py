"""What the broker in production is started with: certificates, the list of revoked ones, and its first accounts.

They lie in one directory that the broker reads. It must not be a place of record: the database is, and all of this is
made from it again.

Two authorities, so that no certificate of the field opens the conductor's door and the conductor's opens none in the
field: loudspeakers and the broker have theirs from one, the conductor alone has its own from the other.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from server.broker_accounts import CONDUCTOR, first_file
from server.broker_rights import Rights
from server.certificates import CERTIFICATE as AUTHORITY_FILE
from server.certificates import Authority, expiry, make_authority, new_key
from server.config import Broker, Config
from server.ports import Clock
from server.secret_files import read, replace_whole

log = logging.getLogger(__name__)

LIVES = timedelta(days=3 * 365)
"""Of the broker's and the conductor's certificates; making the files again renews them."""
WARNING = timedelta(days=90)
_OF_THE_CONDUCTOR = "conductor-authority"
_CERTIFICATE, _KEY = "conductor.pem", "conductor.key"


def make(config: Config, names: Sequence[str], *, now: datetime) -> Authority:
    """Make the authorities unless they are there, and the broker's and the conductor's certificates anew.

    Args:
        config: says where keys and files lie.
        names: host names and addresses at which loudspeakers and the conductor reach the broker.
        now: when certificates begin.

    Returns:
        The authority of the loudspeakers.

    Raises:
        ValueError: a name that is none.
        KeysInvalid: an authority is there and cannot be used.
    """
    keys, given = config.key_directory, config.broker_directory
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = make_authority(config.authority_directory, now=now)
    inner = make_authority(keys / _OF_THE_CONDUCTOR, now=now)
    own, conductors = new_key(), new_key()
    replace_whole(given / "broker.key", own.private)
    replace_whole(given / "broker.pem", authority.issue_server(names, own.public, now=now, valid=LIVES).pem)
    replace_whole(given / "loudspeakers.pem", authority.certificate)
    replace_whole(given / "centre.pem", inner.certificate)
    replace_whole(keys / _KEY, conductors.private)
    replace_whole(keys / _CERTIFICATE, inner.issue(CONDUCTOR, conductors.public, now=now, valid=LIVES).pem)
    return authority


class BrokerFiles:
    """The two files that change with the accounts.

    Args:
        directory: the broker's.
        authority: of the loudspeakers.
        clock: dates the list of revocations.
    """

    def __init__(self, directory: Path, authority: Authority, clock: Clock) -> None:
        self._directory = directory
        self._authority = authority
        self._clock = clock

    def write(self, rights: Rights, revoked: Iterable[tuple[str, datetime]]) -> None:
        """Write what a broker that has lost its accounts starts with, and which certificates it refuses."""
        replace_whole(self._directory / "dynamic-security.json", first_file(rights))
        replace_whole(self._directory / "revoked.pem", self._authority.revocations(revoked, self._clock.now()))


def conductors_line(config: Config) -> Broker:
    """Give the settings of the conductor's line, with the certificate that was made for it.

    Raises:
        KeysInvalid: it was not made yet, or others can read it.
    """
    keys = config.key_directory
    authority, certificate, key = config.authority_directory / AUTHORITY_FILE, keys / _CERTIFICATE, keys / _KEY
    for file in (authority, certificate, key):
        read(file)
    return replace(config.broker, authority=authority, certificate=certificate, private_key=key)


def warn_in_time(config: Config, clock: Clock) -> None:
    """Log how long the broker's and the conductor's certificates still live when that is at most 90 days."""
    if not config.broker.keeps_accounts:
        return
    for file in (config.broker_directory / "broker.pem", config.key_directory / _CERTIFICATE):
        left = expiry(read(file)) - clock.now()
        if left <= WARNING:
            log.error("certificate_runs_out file=%s days=%d", file, left.days)
