"""Private keys in files of their own, and the seals they make. Only the conductor may open it.

It must not log a key or decide who is trusted. A file is one key; it is never moved or written over, and which of them
sign is said by the newest trust list alone: so a key drawn for a list to come changes nothing until that list is
published. The root key is meant to be carried away and kept offline (`root.seed`); a demonstration leaves it where it
is, and says so.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schedules.errors import WireError
from schedules.wire.codec import decoded
from schedules.wire.kinds import SIGNED_BY
from schedules.wire.messages import KeyRole, Message, TrustList
from schedules.wire.seal import SigningKey, envelope_of, fingerprint, new_seed, sealed
from schedules.wire.trust import ONLINE, Trust, accepted, signing_key
from server.errors import KeysInvalid
from server.ports import Store
from server.secret_files import read, write_new

log = logging.getLogger(__name__)


class KeyFiles:
    """See `ports.KeyVault`: one file a key, readable by its owner only, named by its role and what tells it apart."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def public(self, role: KeyRole) -> str:
        """Give the public half of a role's first key; a missing key is drawn and written to the disk first."""
        file = self._first(role)
        if not file.exists():
            write_new(file, new_seed().hex() + "\n")
        return self.key(role).public

    def draw(self, role: KeyRole, *, apart_from: frozenset[str]) -> str:
        """Give the public half of a key that is none of those named; one that waits on the disk, or a new one."""
        waiting = next((key.public for key in self._keys(role) if key.public not in apart_from), None)
        if waiting is not None:
            return waiting
        seed = new_seed()
        public = SigningKey("", seed).public
        write_new(self._directory / f"{role.value}-{fingerprint(public)}.seed", seed.hex() + "\n")
        return public

    def key(self, role: KeyRole) -> SigningKey:
        """Give the first key of a role.

        Raises:
            KeysInvalid: `keys.missing` or `keys.readable_by_others`.
        """
        return key_of(self._first(role))

    def find(self, role: KeyRole, public: str) -> SigningKey | None:
        """Give the key of a role by its public half; None when it is not here.

        Raises:
            KeysInvalid: `keys.readable_by_others`.
        """
        return next((key for key in self._keys(role) if key.public == public), None)

    def holds(self, role: KeyRole, public: str) -> bool:
        """Tell whether the private half of a key lies here."""
        return self.find(role, public) is not None

    def seal_by_root(self, trust_list: TrustList) -> bytes:
        """Give the envelope of a trust list, signed by the root key."""
        return sealed(trust_list, self.key(KeyRole.ROOT))

    def _keys(self, role: KeyRole) -> Iterator[SigningKey]:
        files = (self._first(role), *sorted(self._directory.glob(f"{role.value}-*.seed")))
        return (key_of(file) for file in files if file.exists())

    def _first(self, role: KeyRole) -> Path:
        return self._directory / f"{role.value}.seed"


@dataclass(frozen=True, slots=True)
class _Followed:
    """A trust list, and the private halves of the keys by which it is obeyed; exchanged as a whole."""

    list: TrustList
    keys: dict[KeyRole, SigningKey]


class OnlineSealing:
    """See `ports.Sealing`.

    Raises:
        KeysInvalid: `keys.no_trust_list`; `keys.not_here` when the key that signs for a role by the newest list does
            not lie here; or `keys.readable_by_others`.
    """

    def __init__(self, files: KeyFiles, store: Store) -> None:
        self._files, self._store = files, store
        self._unusable = 0
        newest = self._newest(None)
        if newest is None:
            raise KeysInvalid("keys.no_trust_list")
        self._followed = self._looked_up(newest)

    @property
    def epoch(self) -> int:
        """Of the trust list followed."""
        return self._followed.list.epoch

    @property
    def trust_number(self) -> int:
        """Of the trust list followed."""
        return self._followed.list.number

    def follow(self) -> bool:
        """Go by the newest trust list from now on; tell whether it is another one.

        A list whose keys do not lie here is not followed: what the older keys sign is still obeyed, or nothing is.
        """
        newest = self._newest(self._followed.list)
        if newest is None or newest.number in (self.trust_number, self._unusable):
            return False
        try:
            self._followed = self._looked_up(newest)
        except KeysInvalid as error:
            self._unusable = newest.number
            log.critical("trust_not_followed number=%d code=%s values=%s", newest.number, error.code, error.values)
            return False
        return True

    def seal(self, message: Message) -> bytes:
        """Give the envelope of a message, signed by the key of the role its type needs."""
        return sealed(message, self._followed.keys[SIGNED_BY[type(message)]])

    def _newest(self, held: TrustList | None) -> TrustList | None:
        """Give the last list to which the one held leads, each signed as a device asks for it; without one, the first.

        Who writes to the database is not the root: by a list that no device takes, nothing signed would be obeyed.
        """
        with self._store.reading() as uow:
            lists = uow.issue.trust_lists()
        for number, data in lists:
            if held is not None and number <= held.number:
                continue
            try:
                roots = decoded(TrustList, envelope_of(data).payload).keys if held is None else ()
                held = accepted(data, held=None if held is None else Trust(held), roots=roots).list
            except WireError as error:
                if number != self._unusable:
                    log.critical("trust_not_followed number=%d code=%s", number, error)
                self._unusable = number
                break
        return held

    def _looked_up(self, newest: TrustList) -> _Followed:
        keys = {}
        for role in ONLINE:
            named = signing_key(newest, role)
            found = None if named is None else self._files.find(role, named.public)
            if found is None:
                raise KeysInvalid("keys.not_here", role=role, number=newest.number)
            keys[role] = found
        return _Followed(newest, keys)


def key_of(file: Path) -> SigningKey:
    """Read a key from its file.

    Raises:
        KeysInvalid: `keys.missing` or `keys.readable_by_others`.
    """
    seed = bytes.fromhex(read(file).strip())
    return SigningKey.of(seed)
