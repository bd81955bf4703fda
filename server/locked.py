"""Bytes that a passphrase opens and nothing else. It must not know what they are, where they lie, or show them.

Whoever finds them still needs the passphrase: argon2id makes each guess cost a quarter of a gigabyte of memory and most
of a second.
"""

from base64 import b64decode, b64encode

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.utils import random

from server.errors import KeysInvalid

SHORTEST = 12
"""Characters of a passphrase."""
OPERATIONS, MEMORY = argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE
_MOST_MEMORY = argon2id.MEMLIMIT_SENSITIVE


def require_long(passphrase: str) -> None:
    """Refuse a passphrase that could be guessed.

    Raises:
        KeysInvalid: `keys.passphrase_short`.
    """
    if len(passphrase) < SHORTEST:
        raise KeysInvalid("keys.passphrase_short", least=SHORTEST)


def lock(secret: bytes, passphrase: str) -> dict[str, int | str]:
    """Give what a file needs so that the passphrase opens it again.

    Raises:
        KeysInvalid: `keys.passphrase_short`.
    """
    require_long(passphrase)
    salt = random(argon2id.SALTBYTES)
    box = SecretBox(argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), salt, OPERATIONS, MEMORY))
    return {
        "operations": OPERATIONS,
        "memory": MEMORY,
        "salt": b64encode(salt).decode(),
        "locked": b64encode(box.encrypt(secret)).decode(),
    }


def unlock(tree: dict[str, object], passphrase: str) -> bytes | None:
    """Give what was locked; None when this is not its passphrase.

    Raises:
        ValueError: it was not made by `lock`.
    """
    given = [tree.get(name) for name in ("salt", "locked", "operations", "memory")]
    match given:
        case [str(salt), str(locked), int(operations), int(memory)]:
            try:
                salted = b64decode(salt, validate=True)
                sealed = b64decode(locked, validate=True)
                cost = (operations, min(memory, _MOST_MEMORY))
                box = SecretBox(argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), salted, *cost))
            except CryptoError as error:
                raise ValueError(str(error)) from error
        case _:
            raise ValueError(given)
    try:
        return box.decrypt(sealed)
    except CryptoError:
        return None
