"""A hostile broker and the words of an emergency that lives: none but its own are said, and no oftener than ordered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from schedules.wire import topics
from schedules.wire.codec import written
from schedules.wire.emergency import SOUND_LIMIT, EmergencyIssued, ExerciseIssued
from schedules.wire.messages import Assignment
from schedules.wire.seal import Envelope, Seal, assembled, envelope_of, pre_authentication, sealed
from tests.hostile.attempt import Run, Wrongs, drawn_key, kinds
from tests.hostile.broker_emergency import ended, told, turned
from tests.hostile.broker_replays import ASSIGNMENT
from tests.hostile.lies import Lie
from tests.hostile.victim import IS_OVER, OTHER_UNIT, Sent, said
from tests.hostile.warned import EMERGENCIES, Warned, an_alarm, warning
from tests.station_agent.centre import SUM, UNIT, recording

TRUE_WORDS = b"\xff\xf3 bring yourselves to safety"


def words_with_a_bit_turned_in_the_sound(victim: Warned, rng: Random) -> None:
    told(victim, rng, turned(_words(victim), rng, _sound))


def words_cut_short(victim: Warned, rng: Random) -> None:
    """The sound is the end of the message: what is left of it might still be played."""
    topic, data = _words(victim).by(victim.centre.emergency)
    told(victim, rng, (topic, data[: -rng.randint(1, len(TRUE_WORDS) - 1)]))


def words_longer_than_any(victim: Warned, rng: Random) -> None:
    """By the right key, as if the centre had lost its mind."""
    lie = _words(victim)
    text = written(lie.message)
    sound = rng.randbytes(SOUND_LIMIT + rng.randint(1, 9000))
    payload = len(text).to_bytes(4, "big") + text + sound
    signature = lie.key.sign(pre_authentication("EmergencyIssued", payload))
    told(victim, rng, (lie.topic, assembled(Envelope("EmergencyIssued", (Seal(lie.key.key, signature),), payload))))


def words_of_another_emergency(victim: Warned, rng: Random) -> None:
    """Genuine: of a cancelled one, and of the same one before its words were put right."""
    sent = victim.centre.says(warning("live"), sha256="0" * 64, sound=b"as it was first")
    victim.in_force[sent[0]] = sent
    cancelled = next(data for topic, data in victim.of_the_lane if topic == topics.emergency(UNIT, "cancelled"))
    told(victim, rng, sent, (topics.emergency(UNIT, "live"), cancelled))


def words_of_another_unit(victim: Warned, rng: Random) -> None:
    """Genuine, and of the same announcement, as others are told it."""
    data = victim.centre.says(warning("live"), unit=OTHER_UNIT, sound=b"elsewhere")[1]
    told(victim, rng, (topics.emergency(rng.choice([UNIT, OTHER_UNIT]), "live"), data))


def an_exercise_relabelled_as_an_emergency(victim: Warned, rng: Random) -> None:
    """The seal of a genuine exercise over the words of the emergency that lives; its sound is the exercise's."""
    exercise = victim.said_once(ExerciseIssued)
    words = EmergencyIssued(
        audience=exercise[1].audience,
        number=exercise[1].number,
        issued=exercise[1].issued,
        expires=exercise[1].expires,
        emergency=warning("live").id,
        headline=exercise[1].exercise.headline,
        sha256=SUM,
        sound=exercise[1].sound,
    )
    told(victim, rng, *_relabelled(exercise[0], words, topics.emergency(UNIT, "live")))


def an_emergency_relabelled_as_an_exercise(victim: Warned, rng: Random) -> None:
    """An exercise runs and its words are withheld: those of a cancelled emergency are to pass for them."""
    drill = victim.is_drilled("practice")
    emergency = victim.said_once(EmergencyIssued)
    words = ExerciseIssued(
        audience=emergency[1].audience,
        number=emergency[1].number,
        issued=emergency[1].issued,
        expires=emergency[1].expires,
        exercise=drill,
        sound=emergency[1].sound,
    )
    victim.hears(victim.lists_nothing_live())  # while an emergency lives no exercise sounds
    told(victim, rng, *_relabelled(emergency[0], words, topics.emergency(UNIT, drill.id)))


def words_of_an_exercise_that_is_over(victim: Warned, rng: Random) -> None:
    """An exercise runs and its words are withheld: genuine ones of an ended one are to be swapped in for them."""
    drill = victim.is_drilled("practice")
    topic, data = victim.said_once(ExerciseIssued)[0]
    victim.hears(victim.lists_nothing_live())
    told(victim, rng, (topic, data), (topics.emergency(UNIT, drill.id), data))


def other_words_that_say_that_it_is_an_exercise(victim: Warned, rng: Random) -> None:
    """By older assignments, and by one that no state key has sealed; the exercise itself is genuine."""
    drill = victim.is_drilled("practice")
    victim.may[drill.id] = b"practice"
    victim.hears(victim.lists_nothing_live())
    genuine = said(victim.in_force[ASSIGNMENT])
    assert isinstance(genuine, Assignment)
    swapped = replace(genuine, number=genuine.number + 1, exercise_words=recording("false", 2.0))
    key = rng.choice([victim.centre.issue, victim.centre.emergency, victim.centre.root, victim.key, drawn_key(rng)])
    old = (each for each in victim.past if each[0] == ASSIGNMENT)
    own = victim.centre.says(drill, sound=b"practice")
    victim.in_force[own[0]] = own
    told(victim, rng, *old, (ASSIGNMENT, sealed(swapped, key)), own)


def what_is_live_again_and_again(victim: Warned, rng: Random) -> None:
    """List and words many times, in any order, over reboots: it is heard as often as it was issued, and no oftener."""
    own = [victim.in_force[EMERGENCIES], _words(victim).by(victim.centre.emergency)]
    victim.hears(own[1])
    for _ in range(12):
        victim.receive(*rng.choices([*own, *victim.of_the_lane], k=rng.randint(1, 6)))
        victim.passes(rng.uniform(1, 15))
        if rng.random() < 0.2:
            victim.power_cut()
            victim.connect()
    victim.passes(40)


def what_is_over_while_nothing_vouches_for_the_clock(victim: Warned, rng: Random) -> None:
    """Without a clock it cannot be told that it is over; so it is held, and must not sound, also once there is one."""
    lives = timedelta(seconds=rng.uniform(1, 5))
    withheld = an_alarm(victim, sent=victim.clock.now(), expires=victim.clock.now() + lives)
    victim.passes(6)
    victim.clock.doubt = None
    victim.hears(*withheld)
    victim.passes(rng.uniform(0, 5))
    victim.clock.doubt = timedelta(milliseconds=50)


BESIDE_A_LIVE_ONE = (
    words_with_a_bit_turned_in_the_sound,
    words_cut_short,
    words_longer_than_any,
    words_of_another_emergency,
    words_of_another_unit,
    an_exercise_relabelled_as_an_emergency,
    an_emergency_relabelled_as_an_exercise,
    words_of_an_exercise_that_is_over,
    other_words_that_say_that_it_is_an_exercise,
    what_is_live_again_and_again,
    what_is_over_while_nothing_vouches_for_the_clock,
)


def beside_a_live_one(attack: Callable[[Warned, Random], None]) -> Run:
    """Make an attempt while an emergency lives whose words are withheld: its siren is to sound and nothing else."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Warned(folder, rng)
        victim.is_warned("live", TRUE_WORDS)
        victim.passes(rng.uniform(0, 12))
        attack(victim, rng)
        victim.run_until(max(IS_OVER, victim.clock.now() + timedelta(seconds=20)), step=1.0)
        return ended(victim, victim.wrongs_now())

    return run


def _words(victim: Warned) -> Lie:
    sent = victim.centre.says(warning("live"), sound=TRUE_WORDS)
    return Lie(sent[0], said(sent), victim.centre.emergency)


def _relabelled(genuine: Sent, words: EmergencyIssued | ExerciseIssued, topic: str) -> list[Sent]:
    """Give the genuine message under the other type, and the other message under the genuine seal."""
    envelope = envelope_of(genuine[1])
    other = envelope_of(sealed(words))
    return [
        (topic, assembled(replace(envelope, type=other.type))),
        (topic, assembled(replace(other, seals=envelope.seals))),
    ]


def _sound(lie: Lie, data: bytes) -> tuple[int, int]:
    return len(data) - len(TRUE_WORDS), len(data)


KINDS = kinds("broker", BESIDE_A_LIVE_ONE, beside_a_live_one)
