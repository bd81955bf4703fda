"""Reads the agent's settings from a TOML file and finds all faults at once; no secret stands there."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from schedules.ids import is_hex64
from station_agent.errors import ConfigInvalid
from station_agent.settings_table import Check, Table

SOUND = ("auto", "default", "null", "pulse")
LEVELS = ("debug", "info", "warning", "error")
HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is and how to be known there.

    Attributes:
        authority: Certificate of who signs the broker's certificate; None means no TLS, for one machine only.
        certificate, private_key: This device's own, when the broker asks for one.
    """

    host: str
    port: int
    authority: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Settings of one agent.

    Attributes:
        audio_url: Address below which audio files are found by their SHA-256.
        trust_roots: Public root keys, 64 hexadecimal digits each.
        sound: `default` or `pulse` on a pole, `null` for a silent device, `auto` for a demonstration.
        has_clock_chip: Whether the device keeps time without power.
        heartbeat: Seconds between two presence messages when nothing changes.
        clock_offset: Added to the wall clock, for tests.
        reported_faults: Codes told with every presence, so that a demonstration has something to find.
    """

    loudspeaker: str
    broker: Broker
    audio_url: str
    state_directory: Path
    trust_roots: tuple[str, ...]
    sound: str = "default"
    has_clock_chip: bool = False
    heartbeat: float = HOUR
    clock_offset: timedelta = timedelta(0)
    reported_faults: tuple[str, ...] = ()
    log_level: str = "info"


def load_config(path: Path | None, *, under: Mapping[str, object] | None = None) -> Config:
    """Read the settings file.

    Args:
        path: The file; None where there is none.
        under: Settings of an enrolled device, which the file may say otherwise.

    Raises:
        ConfigInvalid: with every fault of the file, each as one sentence naming its key.
    """
    try:
        tree = {} if path is None else tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigInvalid((f"{path}: no such file",)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigInvalid((f"{path}: not a TOML file: {error}",)) from error
    for key, value in (under or {}).items():
        said = tree.get(key, value)
        tree[key] = {**value, **said} if isinstance(value, dict) and isinstance(said, dict) else said
    return read_config(tree, base=Path() if path is None else path.parent)


def read_config(tree: Mapping[str, object], *, base: Path) -> Config:
    """Make the settings from a parsed file; relative paths are taken from `base`.

    Raises:
        ConfigInvalid: with every fault.
    """
    table = Table(tree, "", base)
    broker = table.table("broker")
    config = Config(
        loudspeaker=table.take("loudspeaker", str),
        broker=Broker(
            host=broker.take("host", str),
            port=broker.take("port", int, default=8883, check=_is_port),
            authority=broker.path("authority"),
            certificate=broker.path("certificate"),
            private_key=broker.path("private_key"),
        ),
        audio_url=table.take("audio_url", str, check=_is_web_address),
        state_directory=base / table.take("state_directory", str),
        trust_roots=tuple(table.strings("trust_roots", check=_is_public_key)),
        sound=table.take("sound", str, default="default", check=_one_of(SOUND)),
        has_clock_chip=table.take("has_clock_chip", bool, default=False),
        heartbeat=table.number("heartbeat", default=HOUR, check=_is_heartbeat),
        clock_offset=timedelta(seconds=table.number("clock_offset", default=0.0)),
        reported_faults=tuple(table.strings("reported_faults", default=())),
        log_level=table.take("log_level", str, default="info", check=_one_of(LEVELS)),
    )
    faults = (*table.faults(), *broker.faults())
    if faults:
        raise ConfigInvalid(faults)
    return config


def _is_port(value: str | float) -> str:
    return "" if isinstance(value, int) and 0 < value < 65536 else "must be between 1 and 65535"


def _is_heartbeat(value: str | float) -> str:
    return "" if isinstance(value, int | float) and 1 <= value <= 86400 else "must be between 1 and 86400"


def _is_web_address(value: str | float) -> str:
    parts = urlsplit(str(value))
    return "" if parts.scheme in ("http", "https") and parts.hostname else "must be an http or https address"


def _is_public_key(value: str | float) -> str:
    return "" if is_hex64(str(value)) else "must be 64 hexadecimal digits"


def _one_of(values: tuple[str, ...]) -> Check:
    return lambda value: "" if value in values else "must be one of " + ", ".join(values)
