"""Private keys in files of their own, and the seals they make. Only the conductor may open it.

It must not log a key or decide who is trusted. The root key is meant to be carried away and kept offline
(`root.seed`); a demonstration leaves it where it is, and says so.
"""

import os
from pathlib import Path

from schedules.wire.codec import decoded
from schedules.wire.messages import SIGNED_BY, KeyRole, Message, TrustList
from schedules.wire.seal import SigningKey, envelope_of, fingerprint, new_seed, sealed
from server.errors import KeysInvalid
from server.ports import Store

ONLINE = (KeyRole.ISSUE, KeyRole.STATE, KeyRole.EMERGENCY)


class KeyFiles:
    """See `ports.KeyVault`: one file per role, readable by its owner only."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def public(self, role: KeyRole) -> str:
        """Give the public half of a role's key; a missing key is drawn and written to the disk first."""
        file = self._file(role)
        if not file.exists():
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_new(file, new_seed().hex())
        return self.key(role).public

    def key(self, role: KeyRole) -> SigningKey:
        """Give the key of a role.

        Raises:
            KeysInvalid: `keys.missing` or `keys.readable_by_others`.
        """
        file = self._file(role)
        if not file.exists():
            raise KeysInvalid("keys.missing", file=str(file))
        if file.stat().st_mode & 0o077:
            raise KeysInvalid("keys.readable_by_others", file=str(file))
        seed = bytes.fromhex(file.read_text(encoding="ascii").strip())
        return SigningKey(fingerprint(SigningKey("", seed).public), seed)

    def seal_by_root(self, trust_list: TrustList) -> bytes:
        """Give the envelope of a trust list, signed by the root key."""
        return sealed(trust_list, self.key(KeyRole.ROOT))

    def _file(self, role: KeyRole) -> Path:
        return self._directory / f"{role.value}.seed"


class OnlineSealing:
    """See `ports.Sealing`.

    Raises:
        KeysInvalid: `keys.no_trust_list`, or `keys.not_trusted` for a key the newest list does not name.
    """

    def __init__(self, files: KeyFiles, store: Store) -> None:
        with store.reading() as uow:
            lists = uow.issue.trust_lists()
        if not lists:
            raise KeysInvalid("keys.no_trust_list")
        newest = decoded(TrustList, envelope_of(lists[-1][1]).payload)
        self.epoch = newest.epoch
        self.trust_number = newest.number
        self._keys = {role: files.key(role) for role in ONLINE}
        trusted = {(key.key, key.role) for key in newest.keys}
        for role, key in self._keys.items():
            if (key.key, role) not in trusted:
                raise KeysInvalid("keys.not_trusted", role=role, number=newest.number)

    def seal(self, message: Message) -> bytes:
        """Give the envelope of a message, signed by the key of the role its type needs."""
        return sealed(message, self._keys[SIGNED_BY[type(message)]])


def _write_new(file: Path, text: str) -> None:
    """Write a file that must not exist yet, closed to others from its first byte, and make it durable."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(text + "\n")
        opened.flush()
        os.fsync(opened.fileno())
