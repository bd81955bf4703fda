"""The conductor's way to the broker, in memory: it keeps what was published and confirms when told to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from schedules.wire.messages import Message
from schedules.wire.seal import Keyring, unsealed


@dataclass
class FakePublisher:
    """See `ports.Publisher`.

    Attributes:
        published: topic and envelope, in order.
        retained: the last envelope per topic.
        expiries: after how many seconds the broker drops the last of a topic.
    """

    published: list[tuple[str, bytes]] = field(default_factory=list)
    retained: dict[str, bytes] = field(default_factory=dict)
    expiries: dict[str, int | None] = field(default_factory=dict)
    _waiting: list[Callable[[], None]] = field(default_factory=list)

    def publish(
        self,
        topic: str,
        envelope: bytes,
        *,
        retain: bool,
        confirmed: Callable[[], None] | None = None,
        expiry: int | None = None,
    ) -> None:
        self.published.append((topic, envelope))
        self.expiries[topic] = expiry
        if retain:
            self.retained[topic] = envelope
        if confirmed is not None:
            self._waiting.append(confirmed)

    def confirm_all(self) -> None:
        """Do what a broker does a moment later."""
        waiting, self._waiting = self._waiting, []
        for confirmed in waiting:
            confirmed()

    def lose_all(self) -> None:
        """Forget everything, as a broker without persistence does when it restarts."""
        self.retained.clear()
        self._waiting.clear()

    @property
    def topics(self) -> list[str]:
        """Where was published, in order; emptied by reading."""
        seen = [topic for topic, _ in self.published]
        self.published.clear()
        return seen

    def message(self, topic: str, keyring: Keyring) -> Message:
        """Read the last retained message of a topic."""
        return unsealed(self.retained[topic], keyring)[0]
