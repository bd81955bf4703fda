"""Which key speaks for a loudspeaker at a place of the ledger, and which keys the centre signs with.

Both follow from the leaves before that place, so a key that comes later proves nothing earlier.
"""

import json
from datetime import datetime

from schedules.errors import ScheduleError
from schedules.ledger import Leaf
from schedules.wire.codec import decoded
from schedules.wire.messages import LedgerHead, TrustList
from schedules.wire.seal import envelope_of, unsealed
from schedules.wire.trust import Trust, accepted


class DeviceKeys:
    """The keys of loudspeakers, as the leaves say."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[str, datetime | None]] = {}

    def follow(self, leaf: Leaf) -> None:
        """Take up the key that a loudspeaker's leaf names."""
        public = str(json.loads(leaf.data).get("public_key", ""))
        if self.public(leaf.subject) != public:
            self._keys[leaf.subject] = (public, leaf.at)

    def public(self, loudspeaker: str) -> str:
        """Give the key of the device in use; empty for none."""
        return self._keys.get(loudspeaker, ("", None))[0]

    def since(self, loudspeaker: str) -> datetime | None:
        """Give when that key entered the ledger; None when that cannot be told."""
        return self._keys.get(loudspeaker, ("", None))[1]


class CentreKeys:
    """The trust lists, each signed by the one before; the keys of all of them sign heads."""

    def __init__(self) -> None:
        self.newest: Trust | None = None
        self._lists: list[Trust] = []

    def follow(self, envelope: bytes) -> bool:
        """Take up the next list; tell whether it is signed by those the list before names.

        The first is believed: what it is worth, whoever knows the fingerprint of the roots can tell.
        """
        try:
            roots = decoded(TrustList, envelope_of(envelope).payload).keys if self.newest is None else ()
            self.newest = accepted(envelope, held=self.newest, roots=roots)
        except ScheduleError:
            return False
        self._lists.append(self.newest)
        return True

    def head(self, envelope: bytes) -> LedgerHead | None:
        """Give the head an envelope holds, if a state key of some list signed it."""
        for each in reversed(self._lists):
            try:
                message, _ = unsealed(envelope, each)
            except ScheduleError:
                continue
            return message if isinstance(message, LedgerHead) else None
        return None


def trust_list_of(leaf: Leaf) -> bytes:
    """Give the signed list of a leaf.

    Raises:
        ValueError, KeyError, TypeError: there is none in it.
    """
    return bytes.fromhex(json.loads(leaf.data)["envelope"])
