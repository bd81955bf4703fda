"""Keeps aside what came before the trust list that explains its key or its epoch; a broker gives it once a session.

Nothing of it is believed. However much comes, little is kept.
"""

from schedules.errors import WireError
from schedules.wire.codec import RUNDOWN_LIMIT
from schedules.wire.emergency import SOUND_LIMIT

A_TOPIC = 4  # messages kept of one topic, the newest
TOPICS = 32  # kept at one time: a broker may make up any number of emergencies
LARGEST = max(RUNDOWN_LIMIT, SOUND_LIMIT) + 8192  # bytes of one


class Early:
    """Messages that may be obeyed once the next trust list is known."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[bytes, ...]] = {}

    def keep_if_early(self, topic: str, data: bytes, refusal: WireError) -> None:
        """Keep a refused message that a later trust list may explain."""
        kept = self._kept.get(topic, ())
        is_room = bool(kept) or len(self._kept) < TOPICS
        if is_room and _may_be_explained(refusal) and data not in kept and len(data) <= LARGEST:
            self._kept[topic] = (*kept, data)[-A_TOPIC:]

    def take(self) -> list[tuple[str, bytes]]:
        """Return, and forget, everything kept with its topics."""
        kept, self._kept = self._kept, {}
        return [(topic, data) for topic, messages in kept.items() for data in messages]


def _may_be_explained(refusal: WireError) -> bool:
    epoch, expected = refusal.values.get("epoch"), refusal.values.get("expected")
    is_ahead = isinstance(epoch, int) and isinstance(expected, int) and epoch > expected
    return refusal.code == "wire.unknown_key" or (refusal.code == "wire.wrong_epoch" and is_ahead)
