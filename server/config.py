"""Reads the centre's settings from a TOML file and finds all faults at once. It must not show a secret."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.errors import ServerError

LEVELS = ("debug", "info", "warning", "error")
_MEGABYTE = 1_000_000

T = TypeVar("T", str, int, bool)


class ConfigInvalid(ServerError):
    """Raised when the settings cannot be used.

    Attributes:
        faults: every fault, each as one sentence that names its key, for the person at the terminal.
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("config.invalid", faults="; ".join(faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Where the pages are served.

    Attributes:
        proxy: address of the proxy before them, the only one that is believed for whom it speaks; empty: none.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    proxy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is and how the conductor is known there.

    Attributes:
        authority: certificate of who signs the broker's certificate; None means no TLS, for one machine only.
        certificate, private_key: the conductor's own, when the broker asks for one.
        keeps_accounts: a broker in production: the conductor keeps its accounts, and is known to it by the
            certificate that `commune-radio broker-files` made.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    authority: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    keeps_accounts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """Where loudspeakers reach the centre, as their enrolment tells them.

    Attributes:
        server: address of the pages; empty: the one the technician's browser uses.
        broker_host, broker_port: empty and 0: those of the conductor itself.
    """

    server: str = ""
    broker_host: str = ""
    broker_port: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Where the daily head of the ledger goes, so that somebody else can hold the centre to it.

    Attributes:
        directory: gets a file a day; best one that another office can read and the centre cannot change afterwards.
        mail_to: gets the same file by mail; None: nobody does.
        smtp_password: never shown.
    """

    directory: Path
    mail_to: str | None = None
    mail_from: str = ""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_tls: bool = False
    smtp_user: str | None = None
    smtp_password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Settings of the centre.

    Attributes:
        state_directory: holds the database, the audio, the uploads and the keys.
        database_url: an SQLAlchemy URL, with its password; never shown.
        digests: mail addresses of who gets a unit's digests, by the unit's id; sent by the server of `outside`.
        told: mail addresses of holders of accounts, by login, who are told what others change of theirs; the same way.
        audio_url: address at which loudspeakers reach `/audio/`; empty: beside the pages.
        time_zone: civil time of the pages; a station's own is in its regulation.
        upload_limit: bytes of one upload.
        recording_limit: longest recording that is taken.
        training: everything is practice: pages say so, and no conductor runs.
        clock_offset: added to the wall clock, for the demonstration's tests.
    """

    state_directory: Path = Path("var")
    database_url: str = field(default="", repr=False)
    web: Web = Web()
    broker: Broker = Broker()
    agents: Agents = Agents()
    outside: Outside = Outside(directory=Path("var/heads"))
    digests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    told: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audio_url: str = ""
    time_zone: str = "Asia/Ho_Chi_Minh"
    upload_limit: int = 500 * _MEGABYTE
    recording_limit: timedelta = timedelta(minutes=90)
    demo: bool = False
    training: bool = False
    clock_offset: timedelta = timedelta(0)
    log_level: str = "info"

    @property
    def database(self) -> str:
        """The database: the one named, else SQLite in the state directory."""
        return self.database_url or f"sqlite:///{self.state_directory.absolute()}/radio.db"

    @property
    def audio_directory(self) -> Path:
        """Recordings by their SHA-256."""
        return self.state_directory / "audio"

    @property
    def upload_directory(self) -> Path:
        """Uploads on their way to become recordings."""
        return self.state_directory / "uploads"

    @property
    def language_directory(self) -> Path:
        """Languages of the pages that were added, each a folder."""
        return self.state_directory / "languages"

    @property
    def authority_directory(self) -> Path:
        """The certificate authority of the loudspeakers; only the conductor may read it."""
        return self.key_directory / "authority"

    @property
    def broker_directory(self) -> Path:
        """What a broker in production is started with; it reads this."""
        return self.state_directory / "broker"

    @property
    def key_directory(self) -> Path:
        """Private keys; only the conductor may read it."""
        return self.state_directory / "keys"


def load_config(path: Path | None = None, settings: Mapping[str, object] | None = None) -> Config:
    """Read the settings.

    Args:
        path: a TOML file; relative paths in it are taken from its directory. None: every setting at its default.
        settings: what the command line says instead of the file, by key (`web.port` names one of a table).

    Raises:
        ConfigInvalid: with every fault.
    """
    tree: dict[str, object] = {}
    if path is not None:
        try:
            tree = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigInvalid((f"{path}: no such file",)) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigInvalid((f"{path}: not a TOML file: {error}",)) from error
    for key, value in (settings or {}).items():
        table, _, name = key.rpartition(".")
        inner = tree.setdefault(table, {}) if table else tree
        if isinstance(inner, dict):
            inner[name] = value
    return _read(tree, base=Path() if path is None else path.parent)


def _read(tree: Mapping[str, object], *, base: Path) -> Config:
    table = _Table(tree, "", base)
    web, broker, agents = table.table("web"), table.table("broker"), table.table("agents")
    outside, digests, told = table.table("outside"), table.table("digests"), table.table("told")
    state_directory = base / table.take("state_directory", "var")
    mail_to = outside.take("mail_to", "", _is_mail_address) or None
    config = Config(
        state_directory=state_directory,
        database_url=table.take("database_url", "", _is_database),
        web=Web(
            host=web.take("host", "127.0.0.1"),
            port=web.take("port", 8080, _is_port),
            proxy=web.take("proxy", "", _is_ip_address),
        ),
        broker=Broker(
            host=broker.take("host", "127.0.0.1"),
            port=broker.take("port", 1883, _is_port),
            authority=broker.path("authority"),
            certificate=broker.path("certificate"),
            private_key=broker.path("private_key"),
            keeps_accounts=broker.take("keeps_accounts", default=False),
        ),
        agents=Agents(
            server=agents.take("server", "", _is_web_address),
            broker_host=agents.take("broker_host", ""),
            broker_port=agents.take("broker_port", 0, _is_port),
        ),
        outside=Outside(
            directory=base / outside.take("directory", str(state_directory.absolute() / "heads")),
            mail_to=mail_to,
            mail_from=outside.take("mail_from", mail_to or "", _is_mail_address),
            smtp_host=outside.take("smtp_host", "127.0.0.1"),
            smtp_port=outside.take("smtp_port", 25, _is_port),
            smtp_tls=outside.take("smtp_tls", default=False),
            smtp_user=outside.take("smtp_user", "") or None,
            smtp_password=outside.secret("smtp_password_file"),
        ),
        digests=digests.addresses(),
        told=told.addresses(),
        audio_url=table.take("audio_url", "", _is_web_address),
        time_zone=table.take("time_zone", "Asia/Ho_Chi_Minh", _is_time_zone),
        upload_limit=table.take("upload_limit_mb", 500, _is_positive) * _MEGABYTE,
        recording_limit=timedelta(minutes=table.take("recording_limit_minutes", 90, _is_positive)),
        demo=table.take("demo", default=False),
        training=table.take("training", default=False),
        clock_offset=timedelta(seconds=table.take("clock_offset_seconds", 0)),
        log_level=table.take("log_level", "info", _is_level),
    )
    tables = (table, web, broker, agents, outside, digests, told)
    faults = tuple(fault for each in tables for fault in each.faults())
    if (config.digests or config.told) and not config.outside.mail_from:
        faults = (*faults, "outside.mail_from: must be there where digests or holders are mailed")
    if faults:
        raise ConfigInvalid(faults)
    return config


class _Table:
    """One table of the file: gives values by key and collects what is wrong with them."""

    def __init__(self, tree: Mapping[str, object], prefix: str, base: Path) -> None:
        self._tree = tree
        self._prefix = prefix
        self._base = base
        self._asked: set[str] = set()
        self._faults: list[str] = []

    def take(self, key: str, default: T, wrong: Callable[[T], str] | None = None) -> T:
        """Give a value of the default's type, or the default where the file has none or a wrong one."""
        self._asked.add(key)
        value = self._tree.get(key, default)
        if type(value) is not type(default):
            self._fault(key, f"must be {_TYPES[type(default)]}")
            return default
        said = wrong(value) if wrong is not None and key in self._tree else ""
        if said:
            self._fault(key, said)
            return default
        return value

    def path(self, key: str) -> Path | None:
        """Give the path of a file that must be there, None where the key is not."""
        name = self.take(key, "")
        path = self._base / name
        if name and not path.is_file():
            self._fault(key, f"{path} is not there")
        return path if name else None

    def secret(self, key: str) -> str | None:
        """Give the text of a file named by a key, without the line's end."""
        path = self.path(key)
        return path.read_text(encoding="utf-8").rstrip("\r\n") if path is not None and path.is_file() else None

    def addresses(self) -> Mapping[str, tuple[str, ...]]:
        """Give every key with the mail addresses its text names, parted by commas."""
        return {key: tuple(_parted(self.take(key, "", _are_mail_addresses))) for key in self._tree}

    def table(self, key: str) -> "_Table":
        """Give a table inside this one."""
        self._asked.add(key)
        inner = self._tree.get(key, {})
        if not isinstance(inner, dict):
            self._fault(key, "must be a table")
            inner = {}
        return _Table(inner, f"{self._prefix}{key}.", self._base)

    def faults(self) -> tuple[str, ...]:
        """Give what was wrong, keys nobody asked for included: a misspelt one must not pass in silence."""
        unknown = (f"{self._prefix}{key}: no such setting" for key in self._tree if key not in self._asked)
        return (*self._faults, *unknown)

    def _fault(self, key: str, said: str) -> None:
        self._faults.append(f"{self._prefix}{key}: {said}")


_TYPES: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false"}


def _is_port(port: int) -> str:
    return "" if 1 <= port <= 65535 else "must be from 1 to 65535"


def _is_positive(number: int) -> str:
    return "" if number > 0 else "must be more than 0"


def _is_level(level: str) -> str:
    return "" if level in LEVELS else f"must be one of {', '.join(LEVELS)}"


def _is_database(url: str) -> str:
    known = ("sqlite:///", "postgresql+psycopg://")
    return "" if url.startswith(known) else f"must start with {' or '.join(known)}"


def _is_web_address(url: str) -> str:
    parts = urlsplit(url)
    return "" if parts.scheme in {"http", "https"} and parts.netloc else "must be an http or https address"


def _is_ip_address(address: str) -> str:
    try:
        ip_address(address)
    except ValueError:
        return "must be an IP address"
    return ""


def _is_mail_address(address: str) -> str:
    name, _, host = address.partition("@")
    return "" if name and host and address.isprintable() and " " not in address else "must be a mail address"


def _parted(addresses: str) -> list[str]:
    return [each.strip() for each in addresses.split(",")]


def _are_mail_addresses(addresses: str) -> str:
    wrong = any(_is_mail_address(each) for each in _parted(addresses))
    return "must be mail addresses parted by commas" if wrong else ""


def _is_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return "must be an IANA time zone such as Asia/Ho_Chi_Minh"
    return ""
