"""The private keys, the certificate authority and the keys of the web process, as one file that a passphrase opens.

It must not write one of them in clear into a backup, nor over one that is there.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from server.config import Config
from server.errors import BackupUnusable
from server.locked import lock, unlock
from server.secret_files import write_new

_KEYS = "keys/"
_WEB = ("web-secret", "factor-secret")
"""Keys of the web process: of its cookies, and of the secrets of second factors."""


def locked(config: Config, passphrase: str) -> str:
    """Give the file.

    Raises:
        KeysInvalid: `keys.passphrase_short`.
        BackupUnusable: `backup.no_keys` where there is none: then these are not the settings of the conductor.
    """
    found = dict(_found(config))
    if not any(name.startswith(_KEYS) for name in found):
        raise BackupUnusable("backup.no_keys", directory=config.key_directory)
    return json.dumps({"locked_secrets": 1, **lock(json.dumps(found).encode(), passphrase)}, indent=1) + "\n"


def opened(file: Path, passphrase: str) -> Mapping[str, str]:
    """Give the secrets in a file by their names.

    Raises:
        BackupUnusable: `backup.secrets_unreadable`, `backup.wrong_passphrase`.
    """
    try:
        text = unlock(json.loads(file.read_bytes()), passphrase)
    except (ValueError, AttributeError) as error:
        raise BackupUnusable("backup.secrets_unreadable", file=file) from error
    if text is None:
        raise BackupUnusable("backup.wrong_passphrase", file=file)
    return dict(json.loads(text))


def write(secrets: Mapping[str, str], config: Config, aside: str) -> None:
    """Write secrets where the centre looks for them.

    Another one of the same name is set aside, and what a backup does not know stays: a key that was drawn after it may
    be the very one by which loudspeakers go.
    """
    for name, text in secrets.items():
        file = config.state_directory / name if name in _WEB else config.key_directory / name.removeprefix(_KEYS)
        if file.exists():
            if file.read_text(encoding="ascii") == text:
                continue
            file.rename(file.with_name(f"{file.name}.{aside}"))
        write_new(file, text)


def _found(config: Config) -> Iterator[tuple[str, str]]:
    for file in sorted(config.key_directory.rglob("*")):
        if file.is_file():
            yield f"{_KEYS}{file.relative_to(config.key_directory)}", file.read_text(encoding="ascii")
    for name in _WEB:
        web = config.state_directory / name
        if web.is_file():
            yield name, web.read_text(encoding="ascii")
