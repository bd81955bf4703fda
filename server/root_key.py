"""The root key of one who signs trust lists: a file that a passphrase opens, made and used on a machine without a line.

It must not store anything else, nor show the seed.
"""

import json
from pathlib import Path

from schedules.errors import WireError
from schedules.wire import strict
from schedules.wire.seal import SigningKey, new_seed
from server.errors import KeysInvalid
from server.locked import lock, unlock
from server.sealing import key_of
from server.secret_files import write_new


def make_root(file: Path, passphrase: str) -> SigningKey:
    """Draw a root key and write it to a file that the passphrase opens.

    Raises:
        KeysInvalid: `keys.passphrase_short`.
        FileExistsError: the file is there; nothing was changed.
    """
    seed = new_seed()
    key = SigningKey.of(seed)
    tree = {"locked_root_key": 1, "key": key.key, "public": key.public, **lock(seed, passphrase)}
    write_new(file, json.dumps(tree, indent=1) + "\n")
    return key


def is_locked(file: Path) -> bool:
    """Tell whether a root's file needs a passphrase; that of a demonstration (`root.seed`) does not."""
    return file.read_bytes().lstrip().startswith(b"{")


def open_root(file: Path, passphrase: str) -> SigningKey:
    """Give the root key of a file.

    Raises:
        KeysInvalid: `keys.root_unreadable` or `keys.wrong_passphrase`; of a file without a lock
            `keys.readable_by_others`.
    """
    if not is_locked(file):
        return key_of(file)
    try:
        seed = unlock(strict.parsed(file.read_bytes()), passphrase)
    except (WireError, ValueError, AttributeError) as error:
        raise KeysInvalid("keys.root_unreadable", file=str(file)) from error
    if seed is None:
        raise KeysInvalid("keys.wrong_passphrase", file=str(file))
    return SigningKey.of(seed)
