"""A hostile broker and the emergency lane: nothing of it sounds, siren or words, that the centre does not have live."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from schedules.errors import WireError
from schedules.wire import topics
from schedules.wire.emergency import EmergencyIssued, EmergencyListed, ExerciseIssued
from schedules.wire.messages import Message
from schedules.wire.seal import assembled, envelope_of, sealed
from tests.hostile.attempt import Run, Wrongs, drawn_key, kinds
from tests.hostile.broker_amnesia import delivered
from tests.hostile.broker_forges import claimed
from tests.hostile.lies import Lie
from tests.hostile.victim import IS_OVER, OTHER_UNIT, Sent, said
from tests.hostile.warned import EMERGENCIES, Warned, an_alarm
from tests.station_agent.centre import UNIT

LONG = 4 * 1024  # bytes that a list never has


def a_lie(victim: Warned, rng: Random) -> list[Lie]:
    """Make up an emergency or an exercise: the list that has it, and what is said."""
    return [Lie(sent[0], said(sent), victim.centre.emergency) for sent in an_alarm(victim, is_drill=rng.random() < 0.5)]


def told(victim: Warned, rng: Random, *messages: Sent) -> None:
    """Tell it in any order; now and then once more after a reboot."""
    victim.receive(*rng.sample(messages, k=len(messages)), *messages)
    if rng.random() < 0.2 and not victim.sounded():
        victim.power_cut()
        victim.connect()
        victim.receive(*messages)


def an_alarm_by_a_key_nobody_knows(victim: Warned, rng: Random) -> None:
    key = drawn_key(rng)
    told(victim, rng, *(lie.by(key) for lie in a_lie(victim, rng)))


def an_alarm_by_a_stranger_under_the_right_name(victim: Warned, rng: Random) -> None:
    key = drawn_key(rng)
    told(victim, rng, *(claimed(lie, key) for lie in a_lie(victim, rng)))


def an_alarm_by_a_key_of_another_role(victim: Warned, rng: Random) -> None:
    key = rng.choice([victim.centre.issue, victim.centre.state, victim.centre.root])
    told(victim, rng, *(lie.by(key) for lie in a_lie(victim, rng)))


def an_alarm_by_the_device_itself(victim: Warned, rng: Random) -> None:
    seal = rng.choice([lambda lie: lie.by(victim.key), lambda lie: claimed(lie, victim.key)])
    told(victim, rng, *map(seal, a_lie(victim, rng)))


def a_bit_turned_in_the_header_of_an_alarm(victim: Warned, rng: Random) -> None:
    """Every message has one bit turned; a header that says the same in other letters is no forgery."""
    told(victim, rng, *(turned(lie, rng, _before_payload) for lie in a_lie(victim, rng)))


def a_bit_turned_in_the_text_of_an_alarm(victim: Warned, rng: Random) -> None:
    told(victim, rng, *(turned(lie, rng, _text) for lie in a_lie(victim, rng)))


def an_older_list_of_emergencies(victim: Warned, rng: Random) -> None:
    """What was cancelled is live there, and the exercise is not over."""
    told(victim, rng, *victim.of_the_lane)


def a_cancelled_emergency_after_a_reboot(victim: Warned, rng: Random) -> None:
    if not victim.sounded():
        victim.power_cut(minutes=0)
        victim.connect()
    told(victim, rng, *(each for each in victim.of_the_lane if each != victim.in_force[EMERGENCIES]))


def an_alarm_after_it_has_expired(victim: Warned, rng: Random) -> None:
    expires = victim.clock.now() + timedelta(seconds=1)
    withheld = [replace(lie.message, expires=expires) for lie in a_lie(victim, rng)]
    victim.passes(rng.uniform(1, 3))
    told(victim, rng, *((_topic(each), sealed(each, victim.centre.emergency)) for each in withheld))


def an_alarm_of_an_epoch_that_only_the_root_begins(victim: Warned, rng: Random) -> None:
    epoch = rng.choice([1, 2, 2**31])
    lies = (replace(lie, message=replace(lie.message, epoch=epoch)) for lie in a_lie(victim, rng))
    told(victim, rng, *(lie.by(lie.key) for lie in lies))


def an_alarm_numbered_too_far_ahead(victim: Warned, rng: Random) -> None:
    number = int((victim.clock.now() + timedelta(days=rng.randint(2, 4000))).timestamp() * 1000)
    lies = (replace(lie, message=_numbered(lie.message, number)) for lie in a_lie(victim, rng))
    told(victim, rng, *(lie.by(lie.key) for lie in lies))


def an_alarm_of_a_unit_that_is_not_above(victim: Warned, rng: Random) -> None:
    """Genuine, for others: where it belongs, and where this one listens."""
    foreign = an_alarm(victim, unit=OTHER_UNIT, is_drill=rng.random() < 0.5)
    here = [(topic.replace(OTHER_UNIT, UNIT), data) for topic, data in foreign]
    told(victim, rng, *foreign, *here)


def a_list_blown_up(victim: Warned, rng: Random) -> None:
    """Above the 4 KiB that any list keeps to, by what a reader ignores; the seal is that of the short one."""
    lie = a_lie(victim, rng)[0]
    envelope = envelope_of(lie.by(lie.key)[1])
    filling = rng.choice([b" " * LONG, b'"ignored":"' + b"x" * LONG + b'",'])
    told(victim, rng, (lie.topic, assembled(replace(envelope, payload=b"{" + filling + envelope.payload[1:]))))


QUIET = (
    an_alarm_by_a_key_nobody_knows,
    an_alarm_by_a_stranger_under_the_right_name,
    an_alarm_by_a_key_of_another_role,
    an_alarm_by_the_device_itself,
    a_bit_turned_in_the_header_of_an_alarm,
    a_bit_turned_in_the_text_of_an_alarm,
    an_older_list_of_emergencies,
    a_cancelled_emergency_after_a_reboot,
    an_alarm_after_it_has_expired,
    an_alarm_of_an_epoch_that_only_the_root_begins,
    an_alarm_numbered_too_far_ahead,
    an_alarm_of_a_unit_that_is_not_above,
    a_list_blown_up,
)


def a_wiped_disk_and_all_but_the_newest_list(victim: Warned, rng: Random) -> None:
    victim.is_wiped()
    _told_all_but_the_newest_list(victim, rng)


def the_list_taken_from_the_disk_and_an_older_one(victim: Warned, rng: Random) -> None:
    victim.journal.shut()
    path = victim.folder / "held" / "emergencies-unit%3Ason-ha"
    if rng.random() < 0.5:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9])
    victim.boot()
    victim.connect()
    _told_all_but_the_newest_list(victim, rng)


AMNESIAS = (a_wiped_disk_and_all_but_the_newest_list, the_list_taken_from_the_disk_and_an_older_one)


def a_withheld_cancel(victim: Warned, rng: Random) -> None:
    victim.in_force[EMERGENCIES] = victim.lists_nothing_live()


def in_vain(attack: Callable[[Warned, Random], None]) -> Run:
    """Make an attempt while nothing of the lane is to sound, and all else is to be as if it had not been."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Warned(folder, rng)
        victim.passes(rng.uniform(0, 12))
        attack(victim, rng)
        return ended(victim, [*victim.wrongs_now(), *victim.wrongs_in_the_end()])

    return run


def forgotten(attack: Callable[[Warned, Random], None]) -> Run:
    """Make an attempt on a device that lost its disk or a part of it."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Warned(folder, rng)
        attack(victim, rng)
        victim.run_until(IS_OVER, step=1.0)
        return ended(victim, [])

    return run


def frozen(attack: Callable[[Warned, Random], None]) -> Run:
    """Make an attempt of something held back: the presence must tell that it is behind, also after a reboot."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Warned(folder, rng)
        victim.is_warned("live", b"true")
        victim.passes(rng.uniform(0, 12))
        attack(victim, rng)
        if rng.random() < 0.5:
            victim.power_cut()
        victim.asks_anew()
        victim.is_told_what_is_in_force()
        victim.passes(70)
        faults = victim.presence.faults
        obeyed = ended(victim, []).obeyed
        return Wrongs(obeyed, () if "behind.emergencies" in faults else (f"behind.emergencies is not among {faults}",))

    return run


def ended(victim: Warned, found: list[str]) -> Wrongs:
    """Give what was wrong by now, and let the loudspeaker go."""
    wrongs = Wrongs(obeyed=tuple(dict.fromkeys([*found, *victim.false_sounds()])))
    victim.journal.shut()
    return wrongs


def _told_all_but_the_newest_list(victim: Warned, rng: Random) -> None:
    told_of = [each for each in victim.past if each != victim.in_force[EMERGENCIES]]
    delivered(victim, told_of, rng)
    if rng.random() < 0.7:
        victim.passes(1)
        victim.is_told_what_is_in_force()
    delivered(victim, told_of, rng)
    victim.receive(*(each for each in victim.in_force.values() if each != victim.in_force[EMERGENCIES]))


def _topic(message: Message) -> str:
    match message:
        case EmergencyIssued():
            return topics.emergency(UNIT, message.emergency)
        case ExerciseIssued():
            return topics.emergency(UNIT, message.exercise.id)
    return EMERGENCIES


def _numbered(message: Message, number: int) -> Message:
    if isinstance(message, EmergencyListed):
        return replace(message, number=number, listed=replace(message.listed, number=number))
    return replace(message, number=number)


def _before_payload(lie: Lie, data: bytes) -> tuple[int, int]:
    return 6, len(data) - len(envelope_of(data).payload)


def _text(lie: Lie, data: bytes) -> tuple[int, int]:
    return len(data) - len(envelope_of(data).payload), len(data) - len(getattr(lie.message, "sound", b""))


def turned(lie: Lie, rng: Random, where: Callable[[Lie, bytes], tuple[int, int]]) -> Sent:
    """Seal it by the right key and turn one bit between two places, so that it says something else."""
    topic, data = lie.by(lie.key)
    while True:
        turned = bytearray(data)
        turned[rng.randrange(*where(lie, data))] ^= 1 << rng.randrange(8)
        if not _says_the_same(bytes(turned), data):
            return topic, bytes(turned)


def _says_the_same(one: bytes, other: bytes) -> bool:
    try:
        return envelope_of(one) == envelope_of(other)
    except WireError:
        return False


KINDS = [
    *kinds("broker", QUIET, in_vain),
    *kinds("broker", AMNESIAS, forgotten),
    *kinds("broker", (a_withheld_cancel,), frozen),
]
