"""The receiving half of a conductor, and a loudspeaker that speaks to it."""

from dataclasses import replace
from datetime import datetime, timedelta

from schedules.asrun import AsRunEntry
from schedules.chain import GENESIS
from schedules.ids import DeviceId, LoudspeakerId
from schedules.mark import Mark, MarkKind
from schedules.times import Span
from schedules.wire import topics
from schedules.wire.messages import (
    AsRunAcknowledged,
    AsRunReport,
    Message,
    Presence,
)
from schedules.wire.seal import SigningKey, sealed, unsealed
from server.device_records import Device
from server.evidence_records import Heard, KeptMark
from server.services import ingest
from server.services.new_ids import unix_milliseconds
from tests.contracts import samples
from tests.contracts.samples import (
    JOURNAL,
    MINUTE,
    NOW,
    OTHER_POLE,
    POLE,
    issued,
    item,
    mark,
)
from tests.fakes.broker import FakePublisher
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore

WEEK = Span(NOW - timedelta(days=1), NOW + timedelta(days=6))


def device_key(number: int) -> SigningKey:
    seed = bytes([100 + number]) * 32
    return SigningKey.of(seed)


MINE, THEIRS, LATER = device_key(1), device_key(2), device_key(3)


class Centre:
    """The receiving half of a conductor, and a loudspeaker that speaks to it."""

    def __init__(self) -> None:
        self.store = FakeStore()
        self.clock = FakeClock(NOW)
        self.sealing = FakeSealing()
        self.broker = FakePublisher()
        samples.founded(self.store)
        with self.store.writing() as uow:
            for loudspeaker, key in zip(samples.LOUDSPEAKERS, (MINE, THEIRS), strict=True):
                uow.places.put_loudspeaker(replace(loudspeaker, public_key=key.public))
            planned = [item(f"o{number}", NOW + number * MINUTE) for number in range(1, 10)]
            samples.settle(uow, issued(7, *planned))
            uow.commit()

    def takes(self, leaf: str, data: bytes, *, loudspeaker: LoudspeakerId = POLE) -> None:
        """Take in bytes from a loudspeaker's own topic."""
        topic = topics.of_loudspeaker(loudspeaker, leaf)
        ingest.take_in(self.store, self.clock, self.sealing, self.broker, topic, data)

    def hears(self, leaf: str, message: Message, *, key: SigningKey = MINE) -> None:
        """Take in a genuine message."""
        self.takes(leaf, sealed(message, key))

    def answer(self) -> tuple[str, Message]:
        """Give the only answer there was."""
        ((topic, envelope),) = self.broker.published
        self.broker.published.clear()
        return topic, unsealed(envelope, self.sealing.trust)[0]

    def kept(self) -> list[Heard]:
        with self.store.reading() as uow:
            return list(uow.evidence.heard(WEEK, [POLE, OTHER_POLE]))

    def marks(self) -> list[KeptMark]:
        with self.store.reading() as uow:
            return list(uow.evidence.marks([POLE], MarkKind))

    def covers(self) -> object:
        with self.store.reading() as uow:
            return uow.evidence.covers_until([POLE]).get(POLE)

    def presence(self) -> Presence | None:
        with self.store.reading() as uow:
            return uow.evidence.seen([POLE])[POLE].presence


def report(*entries: AsRunEntry, head: str = "", **said: object) -> AsRunReport:
    made = AsRunReport(
        audience="server",
        number=5,
        issued=NOW,
        journal=JOURNAL,
        covers_until=NOW + 30 * MINUTE,
        head=head or (entries[-1].hash if entries else GENESIS),
        entries=entries,
    )
    return replace(made, **said)  # type: ignore[arg-type]  # fields by name


def acknowledged(through: int, head: str) -> AsRunAcknowledged:
    return AsRunAcknowledged(
        audience=f"loudspeaker:{POLE}",
        epoch=1,
        number=unix_milliseconds(NOW),
        issued=NOW,
        journal=JOURNAL,
        through=through,
        head=head,
    )


def marks(*kinds: MarkKind, after: AsRunEntry | Mark) -> list[Mark]:
    made: list[Mark] = []
    for kind in kinds:
        made.append(mark(kind, made[-1] if made else after, recorded_at=NOW))
    return made


def replaced(centre: Centre, at: datetime) -> None:
    """Let another device take the place of mine."""
    with centre.store.writing() as uow:
        speaker = uow.places.loudspeaker(POLE)
        assert speaker is not None
        for key, ended in ((MINE, at), (LATER, None)):
            uow.devices.put(
                Device(
                    id=DeviceId(key.key),
                    loudspeaker=POLE,
                    public_key=key.public,
                    enrolled_at=NOW if ended else at,
                    retired_at=ended,
                )
            )
        uow.places.put_loudspeaker(replace(speaker, public_key=LATER.public))
        uow.commit()
