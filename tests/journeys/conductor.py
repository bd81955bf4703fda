"""The centre's conductor without its threads and timers: the same use cases, in the same order, when told."""

from collections.abc import Callable

from schedules.errors import WireError
from schedules.wire import topics
from server.ports import Clock, Sealing, Store
from server.services import commanding, following, ingest, issuing, publishing
from server.services.announcing import Announcing
from server.services.on_the_way import OnTheWay
from tests.fakes.mqtt import Broker, Line
from tests.fakes.voice import FakeVoice


class Conductor:
    """Plans, signs, publishes, takes in; the broker confirms at once what it gets.

    Attributes:
        refused: codes of what came and was not believed.
    """

    def __init__(self, store: Store, clock: Clock, sealing: Sealing, broker: Broker) -> None:
        self._store, self._clock, self._sealing, self._broker = store, clock, sealing, broker
        self._line = Line(broker, topics=topics.FROM_AGENTS)
        self._on_the_way = OnTheWay()
        self._announcing = Announcing(FakeVoice())
        self._marker = 0
        self.refused: list[str] = []

    def connects(self) -> None:
        """Begin a session: what the broker has lost leaves again."""
        self._line.connects()
        self._on_the_way.forget()
        self._announcing.forget()
        self._marker = int(self._broker.retained.get(topics.MARKER, b"0"))
        publishing.publish_trust_lists(self._store, self)
        confirmed = publishing.newest_published(self._store)
        publishing.find_lost(self._store, marker=self._marker, confirmed=confirmed)
        self.works()
        self.looks_at_the_clock()

    def dies(self) -> None:
        """End in the middle of whatever it does; what waited for it comes to nobody."""
        self._line.breaks()

    def works(self) -> bool:
        """Plan what is wanted and publish what the broker has not; tell whether any rundown is a new one."""
        following.follow_trust(self._store, self._sealing, self)
        count = issuing.issue_wanted(self._store, self._clock, self._sealing)
        self._announcing.publish_due(self._store, self._clock, self._sealing, self)
        publishing.publish_due(self._store, self._clock, self._sealing, self, self._on_the_way)
        commanding.publish_due(self._store, self._clock, self._sealing, self)
        while self._announcing.speak_due(self._store, self._clock):
            self._announcing.publish_due(self._store, self._clock, self._sealing, self)
        publishing.keep_confirmed(self._store, self._sealing, self._on_the_way)
        return count > 0

    def looks_at_the_clock(self) -> bool:
        """Do what the timers do, and leave the marker; tell whether a new day wants rundowns."""
        self._marker = publishing.publish_marker(self._store, self, self._marker)
        return issuing.want_new_day(self._store, self._clock) > 0

    def takes_mail(self) -> bool:
        """Take in what loudspeakers say; tell whether anything came."""
        mail = self._line.take()
        for topic, payload in mail:
            try:
                ingest.take_in(self._store, self._clock, self._sealing, self, topic, payload)
            except WireError as error:
                self.refused.append(error.code)
        return bool(mail)

    def publish(
        self,
        topic: str,
        envelope: bytes,
        *,
        retain: bool,
        confirmed: Callable[[], None] | None = None,
        expiry: int | None = None,
    ) -> None:
        """See `ports.Publisher`."""
        if self._line.publish(topic, envelope, retain=retain) and confirmed is not None:
            confirmed()
