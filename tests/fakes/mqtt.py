"""An MQTT broker in memory: retained messages, wildcards, wills, and lines that can be cut.

Nothing arrives by itself: each line's inbox waits until somebody takes from it, so that a test decides what moves.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from paho.mqtt.client import topic_matches_sub

Message = tuple[str, bytes]
"""Topic and payload."""


@dataclass(eq=False, slots=True)
class Broker:
    """Keeps what is retained, hands everything on, and forgets nothing it ever saw.

    Attributes:
        seen: every message ever published, for somebody who wants to replay one.
        copies: how often each message arrives; at least once is all that MQTT promises.
        swallowed: last levels of topics that never arrive (`acknowledged`).
    """

    retained: dict[str, bytes] = field(default_factory=dict)
    seen: list[Message] = field(default_factory=list)
    copies: int = 1
    swallowed: set[str] = field(default_factory=set)
    lines: list["Line"] = field(default_factory=list)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Put a message into the inbox of everybody who follows its topic; an empty one ends what was retained."""
        self.seen.append((topic, payload))
        if retain:
            self.retained[topic] = payload
        if topic.rpartition("/")[2] in self.swallowed:
            return
        for line in self.lines:
            if line.up and any(topic_matches_sub(pattern, topic) for pattern in line.topics):
                line.inbox.extend([(topic, payload)] * self.copies)

    def forgets_everything(self) -> None:
        """Lose what was retained, and every line, as a broker without a disk does when it starts anew."""
        self.retained.clear()
        for line in self.lines:
            line.breaks(say_will=False)


@dataclass(eq=False, slots=True)
class Line:
    """One client's line to the broker; what it follows is remembered, what waited for it ends with it.

    Attributes:
        cut: no line can be had.
        will: what the broker says, retained, when the line breaks.
    """

    broker: Broker
    up: bool = False
    cut: bool = False
    will: Message | None = None
    topics: tuple[str, ...] = ()
    inbox: deque[Message] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.broker.lines.append(self)

    def connects(self, will: Message | None = None) -> bool:
        """Begin a clean session; False where the line is cut."""
        if self.cut:
            return False
        self.up, self.will = True, will
        self._greet(self.topics)
        return True

    def breaks(self, *, say_will: bool = True) -> None:
        """End the session without a word; the broker says the will."""
        was_up, self.up = self.up, False
        self.inbox.clear()
        if was_up and say_will and self.will is not None:
            self.broker.publish(*self.will, retain=True)

    def hangs_up(self) -> None:
        """End the session politely: no will is said."""
        self.breaks(say_will=False)

    def follow(self, topics: Iterable[str]) -> None:
        """Receive these topics, now and after every reconnect, and no others."""
        before, self.topics = self.topics, tuple(topics)
        if self.up:
            self._greet([topic for topic in self.topics if topic not in before])

    def subscribe_again(self) -> None:
        """Have the broker send once more whatever it retains of what is followed."""
        if self.up:
            self._greet(self.topics)

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Send; False when there is no line, and then it is lost."""
        if self.up:
            self.broker.publish(topic, payload, retain=retain)
        return self.up

    def take(self) -> list[Message]:
        """Empty the inbox."""
        taken = list(self.inbox)
        self.inbox.clear()
        return taken

    def _greet(self, patterns: Iterable[str]) -> None:
        for pattern in patterns:
            kept = [(t, p) for t, p in self.broker.retained.items() if p and topic_matches_sub(pattern, t)]
            self.inbox.extend(kept)
