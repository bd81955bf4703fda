"""Which key speaks for a loudspeaker at a place of the ledger, and which keys the centre signs with.

Both follow from the leaves before that place, so a key that comes later proves nothing earlier. It must not know a
table.
"""

import json
from datetime import datetime

from schedules.errors import ScheduleError
from schedules.ledger import Leaf, LeafKind
from schedules.wire.codec import decoded
from schedules.wire.messages import LedgerHead, TrustList
from schedules.wire.seal import envelope_of, fingerprint, unsealed
from schedules.wire.trust import Trust, accepted

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a leaf may end in: whoever has the database can write anything there."""


class DeviceKeys:
    """The keys of loudspeakers' devices, as the leaves say."""

    FOLLOWED = frozenset({LeafKind.LOUDSPEAKER, LeafKind.DEVICE})

    def __init__(self) -> None:
        self._in_use: dict[str, tuple[str, ...]] = {}
        self._all: dict[str, tuple[str, ...]] = {}
        self._since: dict[tuple[str, str], datetime | None] = {}

    def follow(self, leaf: Leaf) -> bool:
        """Take up the key that a leaf about a loudspeaker or a device names; tell whether it could be read."""
        try:
            row = json.loads(leaf.data)
            loudspeaker = str(row["loudspeaker"] if leaf.kind == LeafKind.DEVICE else leaf.subject)
            public = str(row.get("public_key", ""))
            key = fingerprint(public) if public else ""
        except UNREADABLE:
            return False
        if leaf.kind == LeafKind.LOUDSPEAKER:
            self._in_use[loudspeaker] = (public,)
        if public and public not in self._all.get(loudspeaker, ()):
            self._all[loudspeaker] = (public, *self._all.get(loudspeaker, ()))
            self._since[loudspeaker, key] = leaf.at
        return True

    def speaking(self, leaf: Leaf) -> tuple[str, ...]:
        """Give the keys that may have signed a leaf: a device that was replaced may still report what it played."""
        known = self._all if leaf.kind == LeafKind.REPORT else self._in_use
        return known.get(leaf.subject, ())

    def since(self, loudspeaker: str, key: str) -> datetime | None:
        """Give when a key, by its id, entered the ledger; None when that cannot be told."""
        return self._since.get((loudspeaker, key))


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
    """Give the signed list of a leaf; nothing where there is none in it."""
    try:
        return bytes.fromhex(json.loads(leaf.data)["envelope"])
    except UNREADABLE:
        return b""
