"""What arrived is kept together, told to the broker only then, and one bad message spoils no other."""

from collections.abc import Sequence
from threading import Timer

from server.inbox import AT_ONCE, ATTEMPTS, BYTES_AT_ONCE, Inbox
from server.link import Arrived


class Desk:
    """Keeps messages, but for those it cannot keep.

    Attributes:
        batches: what was kept, by transaction.
        told: what the broker was told to forget.
    """

    def __init__(self, *, spoilt: frozenset[str] = frozenset()) -> None:
        self.inbox = Inbox()
        self.batches: list[list[str]] = []
        self.told: list[str] = []
        self.spoilt = spoilt

    def gets(self, *topics: str, size: int = 1) -> None:
        for topic in topics:
            self.inbox.put(Arrived(topic, bytes(size), lambda topic=topic: self.told.append(topic)))  # type: ignore[misc]  # bound now

    def works(self, *, wait_s: float = 0) -> bool:
        """Take once; tell whether it went well."""
        try:
            self.inbox.take(self._keep, wait_s=wait_s)
        except OSError:
            return False
        return True

    def _keep(self, arrived: Sequence[Arrived]) -> None:
        topics = [each.topic for each in arrived]
        assert not set(topics) & set(self.told), "the broker has forgotten it already"
        if self.spoilt & set(topics):
            raise OSError(28, "No space left on device")
        self.batches.append(topics)


def test_what_has_arrived_is_kept_together_and_then_the_broker_may_forget_it() -> None:
    desk = Desk()
    desk.gets("a", "b", "c")

    desk.works()

    assert desk.batches == [["a", "b", "c"]]
    assert desk.told == ["a", "b", "c"]


def test_without_any_message_nothing_is_kept() -> None:
    desk = Desk()

    assert desk.works()
    assert desk.batches == []


def test_no_more_are_kept_together_than_may_be() -> None:
    desk = Desk()
    names = [str(number) for number in range(AT_ONCE + 1)]
    desk.gets(*names)

    desk.works()
    desk.works()

    assert desk.batches == [names[:-1], names[-1:]]


def test_large_messages_are_kept_by_few() -> None:
    desk = Desk()
    desk.gets("a", "b", size=BYTES_AT_ONCE // 2)
    desk.gets("c", "too large for any", size=BYTES_AT_ONCE + 1)

    for _ in range(3):
        desk.works()

    assert desk.batches == [["a", "b"], ["c"], ["too large for any"]]


def test_one_that_cannot_be_kept_spoils_no_other_and_is_given_up_after_some_attempts() -> None:
    desk = Desk(spoilt=frozenset({"b"}))
    desk.gets("a", "b", "c")

    went_well = [desk.works() for _ in range(ATTEMPTS + 5)]

    assert desk.batches == [["a"], ["c"]]
    assert desk.told == ["a", "b", "c"]
    assert went_well.count(False) == 1 + ATTEMPTS


def test_what_failed_for_a_while_is_kept_when_that_is_over() -> None:
    desk = Desk(spoilt=frozenset({"a"}))
    desk.gets("a", "b")
    assert not desk.works()
    assert not desk.works()
    desk.spoilt = frozenset()

    assert desk.works()
    assert desk.works()
    assert desk.told == ["a", "b"]


def test_after_a_failure_messages_are_kept_together_again() -> None:
    desk = Desk(spoilt=frozenset({"b"}))
    desk.gets("a", "b")
    while desk.told != ["a", "b"]:
        desk.works()
    desk.gets("c", "d")

    desk.works()

    assert desk.batches[-1] == ["c", "d"]


def test_a_message_is_waited_for() -> None:
    desk = Desk()
    coming = Timer(0.05, desk.gets, ["a"])
    coming.start()

    desk.works(wait_s=5)

    assert desk.told == ["a"]
