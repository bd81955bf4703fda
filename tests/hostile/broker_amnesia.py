"""A hostile broker and a device that lost its disk: nothing it is told of the past may pass for the present."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from schedules.wire import topics
from tests.hostile.attempt import Run, Wrongs, kinds
from tests.hostile.broker_replays import ASSIGNMENT
from tests.hostile.lies import LIES
from tests.hostile.victim import ELSEWHERE, IS_OVER, RUNDOWN, SILENCE, Sent, Victim

NEEDED = (topics.trust(2), ASSIGNMENT, RUNDOWN, SILENCE)


def wiped(attack: Callable[[Victim, Random], set[str]]) -> Run:
    """Make an attempt on a device with an empty disk; the attack tells what is to sound."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Victim(folder, rng)
        victim.is_wiped()
        expected = attack(victim, rng)
        victim.run_until(IS_OVER, step=1.0)
        sounded = victim.sounded()
        victim.journal.shut()
        return Wrongs(obeyed=() if sounded == expected else (f"sounded: {sorted(sounded)}",))

    return run


def asked_and_answered(victim: Victim) -> Sent:
    """Bring the device's question to the centre, and the honest answer back."""
    victim.passes(1)
    victim.is_told_what_is_in_force()
    return victim.past[-1]


def delivered(victim: Victim, messages: list[Sent], rng: Random) -> None:
    """Bring messages in any order, some of them twice, with power cuts in between."""
    for message in rng.sample(messages, k=len(messages)) + rng.choices(messages, k=4):
        victim.receive(message)
        if rng.random() < 0.1:
            victim.power_cut()
            victim.connect()


def everything_old_and_no_answer(victim: Victim, rng: Random) -> set[str]:
    delivered(victim, [each for each in victim.past if each not in victim.in_force.values()], rng)
    return set()


def everything_and_old_answers(victim: Victim, rng: Random) -> set[str]:
    delivered(victim, victim.past, rng)
    return set()


def everything_but_one_thing_and_the_answer(victim: Victim, rng: Random) -> set[str]:
    withheld = victim.in_force[rng.choice(NEEDED[1:])]
    told = [each for each in victim.past if each != withheld]
    delivered(victim, told, rng)
    asked_and_answered(victim)
    delivered(victim, told, rng)
    return set()


def the_newest_list_withheld_and_the_answer(victim: Victim, rng: Random) -> set[str]:
    told = [each for each in victim.past if each != victim.in_force[topics.trust(2)]]
    delivered(victim, told, rng)
    victim.passes(1)
    delivered(victim, told, rng)
    return set()


def an_old_assignment_with_the_newest_rundown_and_the_answer(victim: Victim, rng: Random) -> set[str]:
    old = [each for each in victim.past if each[0] == ASSIGNMENT and each != victim.in_force[ASSIGNMENT]]
    told = [*old, victim.in_force[RUNDOWN], *(each for each in victim.past if topics.rundown(ELSEWHERE) == each[0])]
    victim.receive(*(each for each in victim.past if "/trust/" in each[0]))
    delivered(victim, told, rng)
    asked_and_answered(victim)
    delivered(victim, told, rng)
    return set()


def everything_in_any_order_with_the_answer(victim: Victim, rng: Random) -> set[str]:
    """All of it true and newest in the end: what is in force may sound, and nothing else."""
    delivered(victim, victim.past, rng)
    asked_and_answered(victim)
    delivered(victim, victim.past, rng)
    victim.receive(*(victim.in_force[topic] for topic in NEEDED))  # as a broker does when it is followed
    asked_and_answered(victim)
    return {"true"}


def silence_left_out_of_what_is_in_force(victim: Victim, rng: Random) -> set[str]:
    order = victim.centre.silence()
    victim.past.append(order)
    victim.in_force[SILENCE] = order
    told = [each for each in victim.past if each != order]
    delivered(victim, told, rng)
    asked_and_answered(victim)
    delivered(victim, told, rng)
    return set()


def lies_before_the_first_list(victim: Victim, rng: Random) -> set[str]:
    """Who comes first must not be believed for that: early messages wait for a list that explains their key."""
    lies = [make(victim, rng) for make in LIES[:4]]
    delivered(victim, [lie.by(rng.choice([victim.key, *victim.retired])) for lie in lies], rng)
    delivered(victim, [each for each in victim.past if each[0] in NEEDED or "/trust/" in each[0]], rng)
    return set()


def files_taken_from_the_disk(victim: Victim, rng: Random) -> set[str]:
    """The card lost a part of what was obeyed, silence most of all; what was before is told, as if it were all."""
    if rng.random() < 0.5:
        victim.in_force[SILENCE] = victim.centre.silence()
        victim.past.append(victim.in_force[SILENCE])
    _put_in_order(victim)
    files = [path for path in (victim.folder / "held").iterdir() if path.name != "current"]
    current = victim.folder / "held" / "current"
    lost = rng.choice([rng.sample(files, k=rng.randint(1, len(files))), [rng.choice(files), current]])
    _after_a_reboot(victim, lambda: list(map(Path.unlink, lost)))
    delivered(victim, [each for each in victim.past if each not in victim.in_force.values()], rng)
    return set()


def a_file_spoilt_on_the_disk(victim: Victim, rng: Random) -> set[str]:
    _put_in_order(victim)
    path = rng.choice([path for path in (victim.folder / "held").iterdir() if path.name != "current"])
    whole = path.read_bytes()
    spoilt = rng.choice([whole[:-9], b"", rng.randbytes(len(whole))])
    _after_a_reboot(victim, lambda: path.write_bytes(spoilt))
    delivered(victim, [each for each in victim.past if each not in victim.in_force.values()], rng)
    return set()


def _put_in_order(victim: Victim) -> None:
    victim.receive(*(each for each in victim.past if each[0] in NEEDED or "/trust/" in each[0]))
    asked_and_answered(victim)


def _after_a_reboot(victim: Victim, damage: Callable[[], object]) -> None:
    victim.journal.shut()
    damage()
    victim.boot()
    victim.connect()


AMNESIAS = (
    everything_old_and_no_answer,
    everything_and_old_answers,
    everything_but_one_thing_and_the_answer,
    the_newest_list_withheld_and_the_answer,
    an_old_assignment_with_the_newest_rundown_and_the_answer,
    everything_in_any_order_with_the_answer,
    silence_left_out_of_what_is_in_force,
    lies_before_the_first_list,
    files_taken_from_the_disk,
    a_file_spoilt_on_the_disk,
)
KINDS = kinds("broker", AMNESIAS, wiped)
