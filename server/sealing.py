"""Private keys in files of their own, and the seals they make. Only the conductor may open it.

It must not log a key or decide who is trusted. The root key is meant to be carried away and kept offline
(`root.seed`); a demonstration leaves it where it is, and says so.
"""

from pathlib import Path

from schedules.wire.codec import decoded
from schedules.wire.kinds import SIGNED_BY
from schedules.wire.messages import KeyRole, Message, TrustList
from schedules.wire.seal import SigningKey, envelope_of, fingerprint, new_seed, sealed
from server.errors import KeysInvalid
from server.ports import Store
from server.secret_files import read, write_new

ONLINE = (KeyRole.ISSUE, KeyRole.STATE, KeyRole.EMERGENCY)


class KeyFiles:
    """See `ports.KeyVault`: one file per role, readable by its owner only."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def public(self, role: KeyRole) -> str:
        """Give the public half of a role's key; a missing key is drawn and written to the disk first."""
        file = self._file(role)
        if not file.exists():
            write_new(file, new_seed().hex() + "\n")
        return self.key(role).public

    def key(self, role: KeyRole) -> SigningKey:
        """Give the key of a role.

        Raises:
            KeysInvalid: `keys.missing` or `keys.readable_by_others`.
        """
        seed = bytes.fromhex(read(self._file(role)).strip())
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
