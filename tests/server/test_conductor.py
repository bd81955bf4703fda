"""The conductor over a real mosquitto and a real database: what it owes when brokers and machines fall over."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from schedules.emergency_right import EmergencyRight
from schedules.wire import topics
from schedules.wire.messages import (
    NO_DEVICE,
    AsRunAcknowledged,
    Assignment,
    Challenge,
    Current,
    KeyRole,
    Message,
    RundownIssued,
    SilenceOrdered,
)
from schedules.wire.seal import unsealed
from schedules.wire.trust import ONLINE, Trust, accepted
from server.ports import Sealing, UnitOfWork
from server.sealing import KeyFiles, OnlineSealing
from server.services import ceremony
from server.store import SqlStore, open_store
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, OFFICER, OTHER_POLE, OTHER_ZONE, POLE, ZONE, chain
from tests.contracts.test_emergencies import BOSS, PROPOSAL, REQUEST
from tests.server.centre import Centre, kill, spoken
from tests.server.line import Line, eventually, line_to
from tests.services.mosquitto import OPEN_TO_ALL, Mosquitto

pytestmark = [pytest.mark.mosquitto, pytest.mark.realtime, pytest.mark.slow]

RUNDOWN, SILENCE = topics.rundown(ZONE), topics.zone_silence(ZONE)
ASSIGNMENT, ACKNOWLEDGED, CURRENT, CHALLENGE, AS_RUN = (
    topics.of_loudspeaker(POLE, leaf) for leaf in ("assignment", "acknowledged", "current", "challenge", "as-run")
)
KEEPS_WHAT_IT_IS_TOLD = "allow_anonymous true\npersistence true\nautosave_interval 0\n"


@pytest.fixture
def centre(tmp_path: Path, mosquitto: Mosquitto) -> Centre:
    return Centre(tmp_path, mosquitto.port)


@pytest.fixture
def line(mosquitto: Mosquitto) -> Iterator[Line]:
    with line_to(mosquitto.port) as opened:
        yield opened


def trusted(centre: Centre, line: Line) -> Trust:
    """Accept the trust list as a loudspeaker made with the root does."""
    assert line.hears(topics.trust(1))
    return accepted(line.of(topics.trust(1))[0], held=None, roots=centre.roots)


def ask(centre: Centre, nonce: str) -> bytes:
    return spoken(Challenge(audience=topics.SERVER, number=1, issued=centre.clock.now(), nonce=nonce))


def test_a_new_centre_tells_every_loudspeaker_what_it_needs(centre: Centre, line: Line) -> None:
    with centre.conducted():
        assert line.hears(RUNDOWN)
        assert line.hears(ASSIGNMENT)
        assert line.hears(topics.MARKER)
        assert line.topics().count(RUNDOWN) == 1
        assert centre.settles()

    trust = trusted(centre, line)
    rundown, _ = unsealed(line.of(RUNDOWN)[-1], trust)
    assignment, _ = unsealed(line.of(ASSIGNMENT)[-1], trust)
    assert isinstance(rundown, RundownIssued)
    assert rundown.rundown.zone == ZONE
    assert isinstance(assignment, Assignment)
    assert assignment.zone == ZONE


def test_everything_is_retained_for_who_comes_later(centre: Centre, mosquitto: Mosquitto) -> None:
    with centre.conducted(), line_to(mosquitto.port) as line:
        assert line.hears(topics.MARKER)

    with line_to(mosquitto.port, name="later") as later:
        retired = topics.of_loudspeaker(OTHER_POLE, "assignment")
        for topic in (topics.trust(1), RUNDOWN, topics.rundown(OTHER_ZONE), ASSIGNMENT, retired, topics.MARKER):
            assert later.hears(topic)
        last, _ = unsealed(later.of(retired)[-1], trusted(centre, later))
    assert isinstance(last, Assignment)
    assert last.device == NO_DEVICE


def test_silence_leaves_at_once(centre: Centre, line: Line) -> None:
    with centre.conducted():
        assert centre.settles()
        order = centre.orders_silence()
        committed = time.monotonic()
        assert line.hears(SILENCE)
        took = time.monotonic() - committed

    message, _ = unsealed(line.of(SILENCE)[0], trusted(centre, line))
    assert isinstance(message, SilenceOrdered)
    assert (message.number, message.ordered) == (order.number, True)
    assert took < 1.0


def test_a_report_is_answered_once_it_is_in_the_database(centre: Centre, line: Line) -> None:
    with centre.conducted():
        assert centre.settles()
        line.say(AS_RUN, centre.report(3))
        assert line.hears(ACKNOWLEDGED)
        assert centre.heard() == 3
        line.say(AS_RUN, centre.report(3))
        assert line.hears(ACKNOWLEDGED, count=2)
        assert centre.heard() == 3

    for envelope in line.of(ACKNOWLEDGED):
        answer, _ = unsealed(envelope, trusted(centre, line))
        assert isinstance(answer, AsRunAcknowledged)
        assert (answer.through, answer.head) == (3, chain(3)[2].hash)


def test_bad_messages_stop_nothing(centre: Centre, line: Line) -> None:
    genuine = centre.report(3)
    bad = [b"", b"{}", genuine[:-1], genuine[:6], genuine + b"x", bytes(10_000_000), b"\xff" * 200_000]
    with centre.conducted():
        assert centre.settles()
        for payload in bad:
            line.say(AS_RUN, payload)
            line.say(topics.of_loudspeaker(OTHER_POLE, "as-run"), genuine)
            line.say("radio/v1/loudspeakers/stranger/presence", payload)
        line.say(CHALLENGE, ask(centre, "still there?"))

        assert line.hears(CURRENT)
        assert centre.heard() == 0
    message, _ = unsealed(line.of(CURRENT)[0], trusted(centre, line))
    assert isinstance(message, Current)
    assert message.nonce == "still there?"


def test_more_messages_than_the_window_are_all_taken_in(centre: Centre, line: Line) -> None:
    """Each must be acknowledged to the broker, or it stops sending after 200."""
    with centre.conducted():
        assert centre.settles()
        for number in range(300):
            line.say(CHALLENGE, ask(centre, str(number)))

        assert line.hears(CURRENT, count=300)


def test_what_a_restarted_broker_lost_is_published_again(centre: Centre, mosquitto: Mosquitto) -> None:
    with centre.conducted():
        centre.orders_silence()
        assert centre.settles()
        mosquitto.restart()

        with line_to(mosquitto.port, name="later") as later:
            for topic in (SILENCE, RUNDOWN, topics.rundown(OTHER_ZONE), ASSIGNMENT, topics.trust(1), topics.MARKER):
                assert later.hears(topic)
            told = later.topics()
            assert told.index(SILENCE) < told.index(ASSIGNMENT) < told.index(RUNDOWN)
        assert centre.settles()


def test_a_broker_that_lost_nothing_is_told_nothing_again(
    tmp_path: Path, start_mosquitto: Callable[[str], Mosquitto]
) -> None:
    mosquitto = start_mosquitto(KEEPS_WHAT_IT_IS_TOLD)
    centre = Centre(tmp_path, mosquitto.port)
    with centre.conducted():
        assert centre.settles()
        with line_to(mosquitto.port) as line:
            assert line.hears(topics.MARKER)
        mosquitto.restart()

        with line_to(mosquitto.port, name="later") as later:
            assert later.hears(topics.trust(1), count=2)  # retained, and once more at the beginning of the session
            time.sleep(2.5)
            assert later.topics().count(RUNDOWN) == 1


def test_a_rundown_issued_while_the_line_is_down_leaves_when_it_is_up(centre: Centre, mosquitto: Mosquitto) -> None:
    with centre.conducted():
        assert centre.settles()
        mosquitto.stop()
        zone = centre.adds_zone("zone-new")
        assert eventually(lambda: centre.mark(zone).issued_revision > 0)
        mosquitto.start()

        with line_to(mosquitto.port, name="later") as later:
            assert later.hears(topics.rundown(zone))


def test_a_kill_between_commit_and_confirmation_loses_nothing(centre: Centre, mosquitto: Mosquitto) -> None:
    process = centre.start_process()
    try:
        assert centre.settles()
        mosquitto.freeze()
        zone = centre.adds_zone("zone-new")
        assert eventually(lambda: centre.mark(zone).issued_revision > 0)
        time.sleep(0.2)  # it has left by now, into a broker that stands still
    finally:
        kill(process)
    mosquitto.thaw()
    mosquitto.restart()
    assert centre.mark(zone).published_revision == 0

    again = centre.start_process()
    try:
        with line_to(mosquitto.port, name="later") as later:
            assert later.hears(topics.rundown(zone))
            assert centre.settles()
    finally:
        kill(again)


def test_a_conductor_that_is_told_to_end_ends_cleanly(centre: Centre) -> None:
    process = centre.start_process()
    try:
        assert centre.settles()
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=5) == 0
    finally:
        process.kill()
        process.wait()


def test_without_keys_it_says_so_and_ends(centre: Centre) -> None:
    for file in centre.config.key_directory.iterdir():
        file.unlink()
    process = centre.start_process()

    assert process.wait(timeout=20) == 2


def test_a_broker_that_comes_late_is_waited_for(tmp_path: Path, start_mosquitto: Callable[[str], Mosquitto]) -> None:
    mosquitto = start_mosquitto(OPEN_TO_ALL)
    mosquitto.stop()
    centre = Centre(tmp_path, mosquitto.port)
    with centre.conducted():
        time.sleep(0.5)
        mosquitto.start()

        assert centre.settles()


class FullDisk:
    """A store on which nothing can be written until the disk is cleared."""

    def __init__(self, store: SqlStore) -> None:
        self.is_full = False
        self.refused = 0
        self.reading, self.changes, self.close = store.reading, store.changes, store.close
        self._writing = store.writing

    def writing(self) -> AbstractContextManager[UnitOfWork]:
        if self.is_full:
            self.refused += 1
            raise OSError(28, "No space left on device")
        return self._writing()


def test_a_full_disk_ends_nothing_and_no_report_is_lost(centre: Centre, line: Line) -> None:
    store = FullDisk(open_store(centre.config.database))
    with centre.conducted(store=store):
        assert centre.settles()
        store.is_full = True
        line.say(AS_RUN, centre.report(3))
        assert eventually(lambda: store.refused > 0)
        assert line.of(ACKNOWLEDGED) == []
        store.is_full = False

        assert line.hears(ACKNOWLEDGED)
        assert centre.heard() == 3


class Hesitant:
    """Fails at its first rundowns."""

    def __init__(self, sealing: Sealing, failures: int) -> None:
        self.epoch, self.trust_number = sealing.epoch, sealing.trust_number
        self._sealing = sealing
        self.failures = failures

    def follow(self) -> bool:
        return self._sealing.follow()

    def seal(self, message: Message) -> bytes:
        if isinstance(message, RundownIssued):
            self.failures -= 1
            if self.failures >= 0:
                raise RuntimeError("not now")
        return self._sealing.seal(message)


def test_what_goes_wrong_inside_a_loop_does_not_end_it(centre: Centre) -> None:
    sealing = Hesitant(OnlineSealing(KeyFiles(centre.config.key_directory), centre.store), failures=3)
    with centre.conducted(sealing=sealing):
        assert centre.settles()

    assert sealing.failures < 0


def test_a_new_trust_list_is_followed_without_a_restart(centre: Centre, line: Line) -> None:
    vault = KeyFiles(centre.config.key_directory)
    with centre.conducted():
        assert centre.settles()
        old = trusted(centre, line)
        line.forget()
        wish = ceremony.Wish(rotate=frozenset(ONLINE))
        proposal = ceremony.propose(centre.store, centre.clock, vault, wish).signed(vault.key(KeyRole.ROOT))
        ceremony.publish(centre.store, centre.clock, vault, proposal)
        for topic in (topics.trust(2), RUNDOWN, ASSIGNMENT):
            assert line.hears(topic), topic
        assert centre.settles()

    new = accepted(line.of(topics.trust(2))[0], held=old, roots=())
    for topic, role in ((RUNDOWN, KeyRole.ISSUE), (ASSIGNMENT, KeyRole.STATE)):
        assert unsealed(line.of(topic)[-1], new)[1] == new.list.of(role)[-1].key


def test_what_has_counted_down_is_issued_by_itself(centre: Centre) -> None:
    now = centre.clock.now()
    proposal = replace(PROPOSAL, sender=COMMUNE, units=(COMMUNE,), ends_at=now + timedelta(minutes=30), references=())
    request = replace(REQUEST, proposal=proposal, asked_at=now, goes_at=now + timedelta(seconds=1))
    with centre.store.writing() as uow:
        uow.people.put(samples.PEOPLE)
        uow.emergencies.put_right(EmergencyRight(person=OFFICER, unit=COMMUNE, given_by=BOSS, since=now))
        uow.emergencies.put_request(request)
        uow.commit()

    def is_live() -> bool:
        with centre.store.reading() as uow:
            return [each.break_glass for each in uow.emergencies.list_of(COMMUNE).live] == [True]

    assert not is_live()
    with centre.conducted():
        assert eventually(is_live)
