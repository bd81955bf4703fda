"""A device that lost what it held, or comes to another zone, obeys nothing until all that the centre names is there."""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.asrun import Outcome
from schedules.ids import ZoneId
from schedules.wire import topics
from schedules.wire.codec import decoded
from schedules.wire.messages import Challenge, Current
from schedules.wire.seal import envelope_of, type_of
from station_agent.floors import Holding, behind, is_whole, unknown_to_the_centre
from station_agent.ports import Received
from tests.station_agent.centre import LOUDSPEAKER, UNIT, ZONE, item, new_key
from tests.station_agent.world import NOW, World, at, started

ELSEWHERE = ZoneId("go-sim")
OF_UNIT = topics.audience_of_unit(UNIT)
NAMED = Current(
    audience="loudspeaker:a",
    number=1,
    issued=NOW,
    nonce="n",
    time=NOW,
    trust=2,
    rundown=20,
    assignment=10,
    silences=((OF_UNIT, 5), ("unit:of-somebody-else", 9)),
)
ALL = {"trust": 2, "assignment": 10, "rundown": 20, "silences": {OF_UNIT: 5}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.journal.shut()


class TestComparison:
    @pytest.mark.parametrize(
        ("held", "codes"),
        [
            ({}, ()),
            ({"trust": 1}, ("behind.trust",)),
            ({"trust": None}, ("behind.trust",)),
            ({"assignment": 9, "rundown": 19}, ("behind.assignment",)),
            ({"rundown": None}, ("behind.rundown",)),
            ({"rundown": 19, "silences": {OF_UNIT: -1}}, ("behind.rundown", "behind.silence")),
            ({"rundown": 21, "trust": 3, "silences": {OF_UNIT: 6}}, ()),
            ({"silences": {}}, ()),
        ],
    )
    def test_names_what_is_older_than_what_was_named(self, held: dict[str, object], codes: tuple[str, ...]) -> None:
        holding = Holding(**{**ALL, **held})  # type: ignore[arg-type]  # fields of it

        assert behind(NAMED, holding) == codes
        assert is_whole(NAMED, holding) is (not codes)

    def test_what_was_named_beside_another_assignment_makes_nothing_whole(self) -> None:
        newer = Holding(**{**ALL, "assignment": 11})  # type: ignore[arg-type]  # fields of it

        assert behind(NAMED, newer) == ()
        assert not is_whole(NAMED, newer)


class Wiped:
    """A world whose device has an empty disk, and everything its centre ever signed, old and new."""

    def __init__(self, world: World) -> None:
        self.world, centre = world, world.centre
        world.connect()
        self.trusts = [centre.trust(1), centre.trust(2)]
        self.old_assignment = centre.assignment(zone=ELSEWHERE)
        self.assignment = centre.assignment()
        self.stale = centre.rundown(item("stale", NOW + at(10), 20))
        self.rundown = centre.rundown(item("true", NOW + at(10), 20))
        self.of_old_zone = centre.rundown(item("false", NOW + at(10), 20), zone=ELSEWHERE)
        self.silenced = centre.silence()
        self.lifted = centre.silence(ordered=False)
        self.current = centre.current(
            world.said(Challenge)[-1].nonce,
            NOW,
            trust=2,
            rundown=self.number(self.rundown),
            silences=((OF_UNIT, self.number(self.lifted)),),
        )
        self.everything = [
            *self.trusts,
            self.old_assignment,
            self.assignment,
            self.stale,
            self.rundown,
            self.of_old_zone,
            self.silenced,
            self.lifted,
            self.current,
        ]

    def number(self, message: tuple[str, bytes]) -> int:
        """Return the number inside a message of the centre."""
        envelope = envelope_of(message[1])
        return decoded(type_of(envelope), envelope.payload).number

    @property
    def sounds(self) -> list[str]:
        return [entry.occurrence for entry in self.world.entries if entry.outcome is not Outcome.SKIPPED]


def delivered(wiped: Wiped, draws: st.DataObject) -> None:
    """Bring everything once, each while its topic is followed, in any order."""
    waiting = list(wiped.everything)
    while True:
        followed = (*wiped.world.link.topics, *(topic for topic, _ in wiped.trusts))
        can_come = [each for each in waiting if each[0] in followed]
        if not can_come:
            return
        chosen = draws.draw(st.sampled_from(can_come))
        waiting.remove(chosen)
        wiped.world.receive(chosen)


@pytest.mark.slow
@given(st.data())
@settings(deadline=None, max_examples=60)
def test_in_whatever_order_everything_comes_the_newest_is_played_and_nothing_else(draws: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        wiped = Wiped(World(Path(folder)))

        delivered(wiped, draws)
        wiped.world.run(40)

        assert wiped.sounds == ["true"]
        assert not wiped.world.agent._orders.is_lost  # noqa: SLF001
        wiped.world.journal.shut()


@pytest.mark.slow
@given(st.data())
@settings(deadline=None, max_examples=60)
def test_whatever_is_withheld_repeated_and_reordered_nothing_old_is_played(draws: st.DataObject) -> None:
    """Reboots in between included: the device never takes a part of its state for the whole."""
    with TemporaryDirectory() as folder:
        wiped = Wiped(World(Path(folder)))
        deeds: list[tuple[str, bytes] | None] = draws.draw(
            st.lists(st.sampled_from([*wiped.everything, None]), max_size=20)
        )

        for deed in deeds:
            if deed is None:
                wiped.world.power_cut()
                wiped.world.connect()
            else:
                wiped.world.receive(deed)
        wiped.world.run(40)

        assert set(wiped.sounds) <= {"true"}
        wiped.world.journal.shut()


class TestLoss:
    def test_an_old_assignment_with_the_newest_rundown_of_the_old_zone_plays_nothing(self, world: World) -> None:
        wiped = Wiped(world)

        world.receive(*wiped.trusts, wiped.old_assignment, wiped.of_old_zone, wiped.current)
        world.run(130)

        assert not wiped.sounds
        assert "behind.assignment" in world.presence.faults
        assert world.presence.revision is None

    def test_without_an_answer_nothing_is_obeyed_and_the_board_is_told(self, world: World) -> None:
        wiped = Wiped(world)

        world.receive(*wiped.trusts, wiped.assignment, wiped.rundown, wiped.lifted)
        world.run(130)

        assert not wiped.sounds
        assert "behind.current" in world.presence.faults
        assert len(world.said(Challenge)) > 5

    @pytest.mark.parametrize("missing", ["rundown", "assignment", "lifted"])
    def test_one_thing_withheld_is_enough_to_keep_silent_also_after_a_reboot(self, world: World, missing: str) -> None:
        wiped = Wiped(world)
        everything = [*wiped.trusts, wiped.assignment, wiped.stale, wiped.rundown, wiped.lifted, wiped.current]
        if missing == "rundown":
            everything.remove(wiped.rundown)
        else:
            everything.remove(getattr(wiped, missing))

        world.receive(*everything)
        world.power_cut()
        world.connect()
        world.receive(*everything)
        world.run(40)

        assert not wiped.sounds

    def test_a_state_that_is_whole_again_survives_a_reboot_without_a_line(self, world: World) -> None:
        wiped = Wiped(world)
        world.receive(*wiped.trusts, wiped.assignment, wiped.rundown, wiped.lifted, wiped.current)

        world.power_cut()
        world.run(40)

        assert wiped.sounds == ["true"]
        assert not (world.folder / "held" / "lost").exists()

    def test_audio_is_fetched_while_the_answer_is_awaited(self, world: World) -> None:
        wiped = Wiped(world)

        world.receive(*wiped.trusts, wiped.assignment, wiped.rundown)

        assert world.cache.wanted

    @pytest.mark.parametrize("name", ["trust", "assignment", "rundown"])
    def test_one_file_lost_is_a_loss_too(self, world: World, name: str) -> None:
        wiped = Wiped(world)
        world.receive(*wiped.trusts, wiped.assignment, wiped.rundown, wiped.lifted, wiped.current)
        (world.folder / "held" / name).unlink()

        world.power_cut()
        world.connect()
        world.receive(wiped.trusts[0], wiped.old_assignment, wiped.of_old_zone, wiped.stale)
        world.run(40)

        assert not wiped.sounds

    @pytest.mark.parametrize("names", [["rundown", "current"], ["silence-unit%3Ason-ha"]])
    def test_what_was_named_and_is_gone_is_a_loss_whoever_named_it(self, world: World, names: list[str]) -> None:
        wiped = Wiped(world)
        world.receive(*wiped.trusts, wiped.assignment, wiped.rundown, wiped.lifted, wiped.current)
        for name in names:
            (world.folder / "held" / name).unlink()

        world.power_cut()
        world.connect()
        world.receive(wiped.stale)
        world.run(40)

        assert not wiped.sounds


class TestHeld:
    def test_what_is_held_below_the_floors_plays_on_and_says_so(self, world: World) -> None:
        """The line may be frozen; the people below are to hear what was in force."""
        started(world)
        held = world.centre.rundown(item("a", NOW + at(100), 20))
        world.receive(held)
        world.disconnect()
        world.connect()
        world.is_answered(rundown=int(NOW.timestamp() * 1000) + 1_000, silences=((OF_UNIT, 1),), trust=2)

        world.run(200)

        assert world.entries[0].outcome is Outcome.FINISHED
        assert {"behind.rundown", "behind.silence", "behind.trust"} <= set(world.presence.faults)

    def test_the_floors_are_known_after_a_reboot_too(self, world: World) -> None:
        started(world)
        world.receive(world.centre.rundown(item("a", NOW + at(200), 20)))
        world.disconnect()
        world.connect()
        world.is_answered(rundown=int(NOW.timestamp() * 1000) + 1_000)

        world.power_cut()
        world.connect()
        world.run(250)

        assert world.entries[-1].outcome is Outcome.FINISHED
        assert "behind.rundown" in world.presence.faults

    def test_a_missing_answer_is_told_and_one_that_comes_takes_it_back(self, world: World) -> None:
        started(world)
        world.disconnect()
        world.connect()
        world.run(130)
        assert "behind.current" in world.presence.faults

        world.is_answered()
        world.run(1)

        assert "behind.current" not in world.presence.faults


class TestMove:
    def test_to_another_zone_waits_for_the_answer_that_names_its_rundown(self, world: World) -> None:
        started(world)
        world.receive(world.centre.rundown(item("here", NOW + at(10), 20)))
        there = world.centre.rundown(item("there", NOW + at(10), 20), zone=ELSEWHERE)

        world.receive(world.centre.assignment(zone=ELSEWHERE))
        assert topics.rundown(ELSEWHERE) in world.link.topics
        world.receive(there)
        assert world.presence.revision is None
        world.run(1)
        world.is_answered()
        world.run(40)

        assert [entry.occurrence for entry in world.entries] == ["there"]

    def test_takes_a_rundown_whose_number_is_below_that_of_the_zone_before(self, world: World) -> None:
        started(world)
        there = world.centre.rundown(item("there", NOW + at(10), 20), zone=ELSEWHERE)
        world.receive(world.centre.rundown(item("here", NOW + at(10), 20)))

        world.receive(world.centre.assignment(zone=ELSEWHERE), there)
        world.run(1)
        world.is_answered()
        world.run(40)

        assert [entry.occurrence for entry in world.entries] == ["there"]


class TestEarly:
    def test_what_waits_for_a_trust_list_is_bounded(self, world: World) -> None:
        world.connect()
        topic = topics.of_loudspeaker(LOUDSPEAKER, "assignment")
        genuine = world.centre.assignment()[1]

        for number in range(1000):
            world.agent.handle(Received(topic, genuine[:-1] + number.to_bytes(2, "big")))
            world.agent.handle(Received(topic, genuine + bytes(200_000)))

        kept = world.agent._orders.take_early()  # noqa: SLF001
        assert len(kept) == 4
        assert sum(len(data) for _, data in kept) < 100_000

    def test_garbage_before_the_list_does_not_push_out_a_genuine_message_of_another_topic(self, world: World) -> None:
        wiped = Wiped(world)
        stranger = new_key()
        world.receive(wiped.assignment)
        wiped.world.centre.state, genuine = stranger, wiped.world.centre.state
        world.receive(*[world.centre.acknowledged("j", 1, "f" * 64) for _ in range(50)])
        wiped.world.centre.state = genuine

        world.receive(*wiped.trusts, wiped.rundown, wiped.lifted, wiped.current)
        world.run(40)

        assert wiped.sounds == ["true"]


def test_a_wiped_disk_beside_a_whole_journal_is_a_loss(world: World) -> None:
    started(world)
    world.receive(world.centre.rundown(item("a", NOW + at(100), 20)))
    world.journal.shut()
    rmtree(world.folder / "held")
    world.boot()
    world.connect()

    world.receive(world.centre.trust(), world.centre.assignment(), world.centre.rundown(item("b", NOW + at(10), 20)))
    world.run(40)
    assert not world.entries

    world.is_answered()
    assert world.presence.revision is not None
    assert ZONE in world.link.topics[4]


def test_what_is_held_and_newer_than_the_centre_named_is_what_it_has_forgotten() -> None:
    held = {OF_UNIT: 6, "zone:lang-moi": 3, "unit:tinh": -1, "unit:of-somebody-else": 9}

    assert unknown_to_the_centre(NAMED.silences, held) == [OF_UNIT, "zone:lang-moi"]
