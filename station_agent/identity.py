"""Who this device is, on its disk: its keys, its certificate, its loudspeaker, where the centre is.

All of it is one directory of the state directory, put in place as a whole or not at all. It must not talk to anybody.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap

from schedules.errors import InvalidValue
from schedules.times import instant_of, instant_text
from schedules.wire.codec import decoded
from schedules.wire.messages import TrustList
from schedules.wire.seal import SigningKey, envelope_of, new_seed
from station_agent.disk import replace_whole, sync
from station_agent.errors import AgentError
from station_agent.ports import Held

DIRECTORY = "identity"
FACTS, DEVICE_KEY, TLS, AUTHORITY, TRUST = "identity.json", "device.key", "tls.pem", "authority.pem", "trust-list"
TRUST_HELD = "trust"
"""Its name among the messages that are held."""
_ED25519 = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the 32 secret bytes in PKCS #8 (RFC 8410)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a device was told when it was enrolled.

    Attributes:
        server: address of the centre's pages, where certificates are renewed.
        roots: public root keys, 64 hexadecimal digits each.
    """

    loudspeaker: str
    server: str
    broker_host: str
    broker_port: int
    audio_url: str
    roots: tuple[str, ...]


def place(state: Path) -> Path:
    """Give the directory of the identity."""
    return state / DIRECTORY


def read_identity(state: Path) -> Identity | None:
    """Give the identity; None on a device that was never enrolled.

    Raises:
        AgentError: `identity.unreadable`.
    """
    file = place(state) / FACTS
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
        return Identity(**{**facts, "roots": tuple(facts["roots"])})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise AgentError("identity.unreadable", path=str(file)) from error


def settings(identity: Identity, state: Path) -> dict[str, object]:
    """Give what the settings file of an enrolled device need not say."""
    files = {"certificate": TLS, "authority": AUTHORITY}
    here = {name: str(place(state).absolute() / file) for name, file in files.items() if (place(state) / file).exists()}
    return {
        "loudspeaker": identity.loudspeaker,
        "audio_url": identity.audio_url,
        "state_directory": str(state.absolute()),
        "trust_roots": list(identity.roots),
        "broker": {"host": identity.broker_host, "port": identity.broker_port, **here},
    }


def put(state: Path, device: str, identity: Identity, files: Mapping[str, bytes]) -> None:
    """Put a new identity in place of the one before, with its files; the old one stays beside it under its name."""
    fresh = state / f"{DIRECTORY}-{device}"
    fresh.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = json.dumps(asdict(identity), ensure_ascii=False, indent=2).encode()
    for name, content in {**files, FACTS: facts}.items():
        replace_whole(fresh / name, content)
    link = state / f"{DIRECTORY}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(fresh.name)
    link.replace(place(state))
    sync(state)


def begin(state: Path, held: Held) -> None:
    """Let a device that holds no trust list, or has lost it, begin with the one it was enrolled under.

    By its roots alone it would take a list that fewer of them signed than must.
    """
    first = place(state) / TRUST
    if first.exists() and TRUST_HELD not in held.everything():
        held.keep(TRUST_HELD, first.read_bytes())


def trust_held(state: Path) -> TrustList:
    """Read the newest trust list this device has accepted.

    Raises:
        WireError, OSError: It is not there, or unreadable.
    """
    return decoded(TrustList, envelope_of((state / "held" / TRUST_HELD).read_bytes()).payload)


def make_key(state: Path) -> SigningKey:
    """Draw the device's key where there is none; return it."""
    state.mkdir(parents=True, exist_ok=True)
    if not _key_file(state).exists():
        replace_whole(state / DEVICE_KEY, new_seed().hex().encode())
    return read_key(state)


def read_key(state: Path) -> SigningKey:
    """Give the device's key.

    Raises:
        AgentError: `key.missing` or `key.unreadable`.
    """
    file = _key_file(state)
    try:
        return SigningKey.of(bytes.fromhex(file.read_text().strip()))
    except FileNotFoundError:
        raise AgentError("key.missing", hint="station-agent enrol") from None
    except ValueError:
        raise AgentError("key.unreadable", path=str(file)) from None


def tls_file(seed: bytes, certificate: str, expires: datetime) -> bytes:
    """Give the file by which the device is known to the broker: key and certificate, PEM, so that they change as one.

    A reader of PEM skips what stands before it; there it says until when it holds.
    """
    body = "\n".join(wrap(b64encode(_ED25519 + seed).decode(), 64))
    key = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"
    return f"{instant_text(expires)}\n{key}{certificate}".encode()


def certificate_expires(state: Path) -> datetime | None:
    """Give when the certificate ends, long ago for one that a bad card tore; None without one."""
    try:
        first, _, _ = (place(state) / TLS).read_text(encoding="ascii").partition("\n")
        return instant_of(first)
    except FileNotFoundError:
        return None
    except (InvalidValue, ValueError):
        return datetime(1970, 1, 1, tzinfo=UTC)


def _key_file(state: Path) -> Path:
    enrolled = place(state) / DEVICE_KEY
    return enrolled if enrolled.exists() else state / DEVICE_KEY
