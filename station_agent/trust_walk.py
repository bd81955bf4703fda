"""Walks the trust lists one by one to the newest, in whatever order they come.

Which list follows which is `schedules.wire.trust`'s. A later list is put aside unread: only the ones before it tell
which roots must have signed it. It must not store anything.
"""

import logging

from schedules.errors import WireError
from schedules.wire import topics
from schedules.wire.messages import TrustedKey
from schedules.wire.trust import Trust, accepted, require_audience

log = logging.getLogger(__name__)

ASIDE_LIMIT = 64  # lists kept until the ones before them come; nobody is as many ceremonies behind
LARGEST = 16 * 1024  # bytes of one of them: about a hundred keys


class TrustWalk:
    """Who may sign what, and the lists that wait for the ones before them.

    Args:
        roots: Root keys the device was made with; they decide about its first list.

    Attributes:
        trust: In force.
    """

    def __init__(self, roots: tuple[TrustedKey, ...]) -> None:
        self.trust: Trust | None = None
        self._roots = roots
        self._aside: dict[int, bytes] = {}

    def take(self, topic: str, data: bytes) -> tuple[Trust, bytes]:
        """Accept a list, and after it those put aside that follow.

        Args:
            topic: Where it came; its number is a hint until the list itself says so too.
            data: The envelope.

        Returns:
            The trust now in force, and the envelope of its list.

        Raises:
            WireError: It is not accepted, or not yet.
        """
        number = topics.trust_number(topic)
        if self.trust is not None and number != self.trust.list.number + 1:
            if number > self.trust.list.number:
                self._put_aside(number, data)
            raise WireError("trust.not_next", held=self.trust.list.number, number=number)
        try:
            trust = self._accept(topic, data)
        except WireError as error:
            if self.trust is None and error.code == "trust.not_signed":
                self._put_aside(number, data)  # by roots, perhaps, that an earlier list will name
            raise
        while (waiting := self._aside.pop(trust.list.number + 1, None)) is not None:
            try:
                trust = self._accept(topics.trust(trust.list.number + 1), waiting)
            except WireError as error:
                log.warning("trust_refused number=%d code=%s", trust.list.number + 1, error)
                break
            data = waiting
        self._aside = {number: each for number, each in self._aside.items() if number > trust.list.number}
        return trust, data

    def _accept(self, topic: str, data: bytes) -> Trust:
        trust = accepted(data, held=self.trust, roots=self._roots)
        require_audience(trust.list, topics.audience(topic))
        if topics.trust(trust.list.number) != topic:
            raise WireError("trust.says_otherwise", number=trust.list.number, topic=topic[:80])
        self.trust = trust
        return trust

    def _put_aside(self, number: int, data: bytes) -> None:
        if len(data) > LARGEST:
            return
        self._aside[number] = data
        if len(self._aside) > ASIDE_LIMIT:
            del self._aside[max(self._aside)]
