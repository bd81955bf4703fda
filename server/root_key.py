"""The root key of one who signs trust lists: a file that a passphrase opens, made and used on a machine without a line.

It must not store anything else, nor show the seed. Whoever finds the file still needs the passphrase: argon2id makes
each guess cost a quarter of a gigabyte of memory and most of a second.
"""

import json
from base64 import b64decode, b64encode
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.utils import random

from schedules.errors import WireError
from schedules.wire import strict
from schedules.wire.seal import SigningKey, new_seed
from server.errors import KeysInvalid
from server.sealing import key_of
from server.secret_files import write_new

SHORTEST = 12
"""Characters of a passphrase."""
OPERATIONS, MEMORY = argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE
_MOST_MEMORY = argon2id.MEMLIMIT_SENSITIVE


def make_root(file: Path, passphrase: str) -> SigningKey:
    """Draw a root key and write it to a file that the passphrase opens.

    Raises:
        KeysInvalid: `keys.passphrase_short`.
        FileExistsError: the file is there; nothing was changed.
    """
    if len(passphrase) < SHORTEST:
        raise KeysInvalid("keys.passphrase_short", least=SHORTEST)
    seed = new_seed()
    key = SigningKey.of(seed)
    salt = random(argon2id.SALTBYTES)
    box = SecretBox(argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), salt, OPERATIONS, MEMORY))
    tree = {
        "locked_root_key": 1,
        "key": key.key,
        "public": key.public,
        "operations": OPERATIONS,
        "memory": MEMORY,
        "salt": b64encode(salt).decode(),
        "locked": b64encode(box.encrypt(seed)).decode(),
    }
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
        tree = strict.parsed(file.read_bytes())
        salt, locked = (b64decode(strict.text(tree[name]), validate=True) for name in ("salt", "locked"))
        operations, memory = strict.whole(tree["operations"]), min(strict.whole(tree["memory"]), _MOST_MEMORY)
        box = SecretBox(argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), salt, operations, memory))
    except (WireError, CryptoError, ValueError, KeyError, TypeError) as error:
        raise KeysInvalid("keys.root_unreadable", file=str(file)) from error
    try:
        seed = box.decrypt(locked)
    except CryptoError as error:
        raise KeysInvalid("keys.wrong_passphrase", file=str(file)) from error
    return SigningKey.of(seed)
