"""The broker in hostile hands, seen from one loudspeaker: whatever bytes come, what is obeyed stays as it was."""

import json
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from schedules.asrun import Outcome
from schedules.errors import WireError
from schedules.wire import topics
from schedules.wire.messages import Challenge
from schedules.wire.seal import SigningKey, assembled, envelope_of, seal_payload, sealed, unsealed
from station_agent.ports import Received
from tests.station_agent.centre import LOUDSPEAKER, UNIT, ZONE, Centre, item, new_key
from tests.station_agent.world import NOW, World, at, started

SESSION = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OWN = topics.of_loudspeaker(LOUDSPEAKER, "current")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = started(World(tmp_path))
    world.receive(world.centre.rundown(item("a", NOW + at(600), 60)))
    yield world
    world.journal.shut()


def obeyed(world: World) -> tuple[object, ...]:
    """Return all that a message could change."""
    orders = world.agent._orders  # noqa: SLF001
    assert orders.trust is not None
    told = (world.journal.pending(10), world.clock.doubt, orders.behind())
    return orders.trust, orders.assignment, orders.rundown, orders.silences, told


def genuine(centre: Centre, nonce: str) -> list[tuple[str, bytes]]:
    """Return a newer message of every sort that would be obeyed as it is."""
    return [
        centre.trust(2),
        centre.assignment(volume=10),
        centre.rundown(),
        centre.silence(),
        centre.acknowledged("journal-1", 0, "0" * 64),
        centre.current(nonce, NOW, rundown=9, trust=7),
    ]


Deed = tuple[str, float, int, bytes]
DEEDS = st.tuples(
    st.sampled_from(["flip", "lose", "put in", "cut", "swap", "double"]),
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 255),
    st.binary(min_size=1, max_size=40),
)


def spoiled(data: bytes, deeds: list[Deed], others: list[bytes]) -> bytes:
    """Give a message with some bytes changed, lost, put in or doubled, or with the half of another."""
    for deed, part, amount, put in deeds:
        where = int(part * len(data))
        match deed:
            case "flip":
                data = data[:where] + bytes([(data[where] if data else 0) ^ amount]) + data[where + 1 :]
            case "lose":
                data = data[:where] + data[where + amount :]
            case "put in":
                data = data[:where] + put + data[where:]
            case "cut":
                data = data[:where]
            case "swap":
                data = data[:where] + others[amount % len(others)][where:]
            case _:
                data = data + data[where:]
    return data


@pytest.mark.slow
@SESSION
@given(st.integers(0, 5), st.lists(DEEDS, min_size=1, max_size=4), st.integers(0, 5))
def test_a_spoiled_message_changes_nothing_and_raises_nothing(
    world: World, which: int, deeds: list[Deed], on: int
) -> None:
    messages = genuine(world.centre, world.said(Challenge)[-1].nonce)
    before = obeyed(world)
    spoilt = spoiled(messages[which][1], deeds, [each for _, each in messages])
    assume(not _is_genuine(spoilt, [each for _, each in messages]))

    for topic in (messages[which][0], messages[on][0]):
        world.agent.hush_if_ordered(Received(topic, spoilt))
        world.agent.handle(Received(topic, spoilt))
        world.agent.tick()

    assert obeyed(world) == before


def _is_genuine(data: bytes, messages: list[bytes]) -> bool:
    """Tell whether only the spelling of the header was touched, which nothing signs."""
    try:
        envelope = envelope_of(data)
    except WireError:
        return False
    return any((envelope.type, envelope.payload) == (e.type, e.payload) for e in map(envelope_of, messages))


@pytest.mark.slow
@SESSION
@given(
    st.text(max_size=60) | st.sampled_from([OWN, topics.rundown(ZONE), topics.unit_silence(UNIT), topics.trust(2)]),
    st.binary(max_size=300),
)
def test_any_bytes_on_any_topic_change_nothing(world: World, topic: str, data: bytes) -> None:
    before = obeyed(world)

    world.agent.hush_if_ordered(Received(topic, data))
    world.agent.handle(Received(topic, data))

    assert obeyed(world) == before


def nested(depth: int) -> bytes:
    return b'{"audience":' + b"[" * depth + b"]" * depth + b"}"


def payloads(world: World) -> dict[str, bytes]:
    """Return what no reader may take, whoever signed it."""
    _, data = world.centre.silence()
    least = envelope_of(data).payload
    number = json.loads(least)["number"]
    return {
        "a key twice": least[:-1] + b',"number":%d}' % (number + 1),
        "no number": least.replace(b"%d" % number, b"NaN"),
        "infinity": least.replace(b"%d" % number, b"1e999"),
        "two hundred levels": nested(200),
        "a million levels": nested(1_000_000)[:250_000],
        "ten megabytes": b" " * 10_000_000 + least,
        "half a pair": least.replace(topics.audience_of_unit(UNIT).encode(), b"\\ud800"),
        "nothing": b"",
        "null": b"null",
        "a number too large": least.replace(b"%d" % number, b"%d" % 2**60),
    }


class TestSignedByAThief:
    """The key is stolen: the reader is all there is left."""

    def test_no_payload_that_two_readers_could_take_differently_is_taken(self, world: World) -> None:
        before = obeyed(world)

        for name, payload in payloads(world).items():
            message = seal_payload("SilenceOrdered", payload, [world.centre.state])
            world.receive((topics.unit_silence(UNIT), message))
            assert obeyed(world) == before, name

    def test_a_payload_that_inflates_without_end_takes_neither_memory_nor_effect(self, world: World) -> None:
        bomb = zlib.compress(b'{"rundown":"' + b"a" * 50_000_000, 9)
        message = seal_payload("RundownIssued", bomb, [world.centre.issue])
        before = obeyed(world)
        tracemalloc.start()

        world.agent.handle(Received(topics.rundown(ZONE), message))

        assert tracemalloc.get_traced_memory()[1] < 8_000_000
        tracemalloc.stop()
        assert len(bomb) < 65_536
        assert obeyed(world) == before

    def test_ten_megabytes_are_not_even_copied(self, world: World) -> None:
        message = sealed_with_tail(world.centre.state)
        tracemalloc.start()

        world.agent.handle(Received(topics.unit_silence(UNIT), message))

        assert tracemalloc.get_traced_memory()[1] < 1_000_000
        tracemalloc.stop()

    def test_a_rundown_outside_the_permitted_hours_is_still_not_heard(self, world: World) -> None:
        """What no online key can widen, the guard keeps."""
        world.receive(world.centre.assignment(regulations=()))
        world.receive(world.centre.rundown(item("a", NOW + at(10), 60)))

        world.run(100)

        assert [entry.outcome for entry in world.entries] == [Outcome.SKIPPED]


def sealed_with_tail(key: SigningKey) -> bytes:
    return seal_payload("SilenceOrdered", b" " * 10_000_000, [key])


class TestAnswers:
    def test_an_acknowledgement_is_believed_of_this_journal_and_chain_only(self, world: World) -> None:
        world.receive(world.centre.rundown(item("b", NOW + at(5), 5)))
        world.run(20)
        before = world.journal.pending(10)
        assert before is not None
        newest = before.entries[-1]

        for journal, through, head in (
            (newest.journal, newest.sequence, "f" * 64),
            (newest.journal, newest.sequence + 1, newest.hash),
            (newest.journal, 2**53 - 1, newest.hash),
            (newest.journal, -1, "0" * 64),
            ("another", newest.sequence, newest.hash),
            ("another", 0, "0" * 64),
        ):
            world.receive(world.centre.acknowledged(journal, through, head))
            assert world.journal.pending(10) == before, (journal, through)

        world.receive(world.centre.acknowledged(newest.journal, newest.sequence, newest.hash))
        after = world.journal.pending(10)
        assert after is None or newest not in after.entries

    def test_an_answer_counts_once_and_in_time_and_for_the_own_question_only(self, world: World) -> None:
        world.disconnect()
        world.connect()
        nonce = world.said(Challenge)[-1].nonce
        asked = world.clock.monotonic()
        told: list[float] = []

        def trusted(utc: datetime, asked: float, answered: float) -> bool:
            told.append(answered)
            return True

        world.clock.trust = trusted  # type: ignore[method-assign]  # listens

        world.receive(world.centre.current("", NOW), world.centre.current("another", NOW))
        assert not told
        world.receive(world.centre.current(nonce, NOW), world.centre.current(nonce, NOW))
        assert told == [asked]

        world.disconnect()
        world.connect()
        late = world.said(Challenge)[-1].nonce
        world.clock.set(NOW + at(31))
        world.receive(world.centre.current(late, NOW))
        assert told == [asked]

    def test_an_answer_meant_for_another_loudspeaker_is_none(self, world: World) -> None:
        world.disconnect()
        world.connect()
        nonce = world.said(Challenge)[-1].nonce
        _, data = world.centre.current(nonce, NOW, trust=9, loudspeaker="somebody-else")  # type: ignore[arg-type]  # a plain text is enough

        world.receive((OWN, data))

        assert world.agent._orders.behind() == ()  # noqa: SLF001


class TestRelabelled:
    def test_a_genuine_payload_under_another_type_is_refused(self, world: World) -> None:
        before = obeyed(world)
        messages = genuine(world.centre, "nonce")

        for _, data in messages:
            envelope = envelope_of(data)
            for other in {envelope_of(each).type for _, each in messages} - {envelope.type}:
                forged = assembled(type(envelope)(other, envelope.seals, envelope.payload))
                world.receive(*((on, forged) for on, _ in messages))
        assert obeyed(world) == before

    def test_a_seal_of_one_message_does_not_hold_for_another(self, world: World) -> None:
        before = obeyed(world)
        (_, ordered), (topic, lifted) = world.centre.silence(), world.centre.silence(ordered=False)
        one, other = envelope_of(ordered), envelope_of(lifted)

        world.receive((topic, assembled(type(one)(one.type, other.seals, one.payload))))
        world.receive((topic, assembled(type(one)(one.type, (*one.seals, *other.seals), one.payload))))

        assert obeyed(world) == before

    def test_a_device_key_signs_no_order(self, world: World) -> None:
        before = obeyed(world)
        _, data = world.centre.silence()
        message, _ = unsealed(data, world.agent._orders.trust)  # type: ignore[arg-type]  # noqa: SLF001 - it is known
        for key in (world.key, new_key(), world.centre.root, world.centre.issue):
            world.receive((topics.unit_silence(UNIT), sealed(message, key)))

        assert obeyed(world) == before


def test_retained_garbage_on_the_own_topics_is_dropped_and_the_day_goes_on(world: World) -> None:
    for leaf in ("assignment", "acknowledged", "current", "receipt", "as-run", "presence", "challenge", "made-up"):
        for data in (b"", b"\0", b"CRW\x01", b"CRW\x02" + bytes(20), b"{}" * 1000, bytes(5_000)):
            world.receive((topics.of_loudspeaker(LOUDSPEAKER, leaf), data))
    world.receive((topics.rundown(ZONE), b""), (topics.unit_silence(UNIT), b""))

    world.run_until(NOW + at(700))

    assert world.entries[-1].outcome is Outcome.FINISHED
