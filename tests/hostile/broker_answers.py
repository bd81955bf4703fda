"""Answers about time and about what is kept, that are wrong, late or not for this device."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from schedules.chain import GENESIS
from schedules.wire.messages import Challenge
from station_agent.clock import SystemClock
from tests.hostile.attempt import Run, Wrongs, kinds
from tests.hostile.victim import IS_OVER, Sent, Victim, on_a_loudspeaker
from tests.station_agent.centre import item, new_key
from tests.station_agent.test_clock import Machine, answered, made


def _disagrees(make: Callable[[Victim, Random], Sent]) -> Run:
    """Make an attempt of an acknowledgement by the right key that is not of what this journal holds."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Victim(folder, rng)
        victim.hears(victim.centre.rundown(item("told", victim.clock.now() + timedelta(seconds=2), 3)))
        victim.passes(8)
        victim.receive(make(victim, rng))
        victim.passes(61)
        found = [each for each in victim.wrongs_now() if "acknowledged" in each]
        told = victim.presence.faults
        victim.journal.shut()
        detected = "journal.head_disagrees" in told
        return Wrongs(obeyed=tuple(found), undetected=() if detected else (f"it is not among {told}",))

    return run


def acknowledged_with_another_hash(victim: Victim, rng: Random) -> Sent:
    last = victim.entries[-1]
    head = rng.choice([rng.randbytes(32).hex(), last.previous, last.hash.upper(), last.hash[:-1], "", GENESIS])
    return victim.centre.acknowledged(last.journal, last.sequence, head)


def acknowledged_further_than_there_is(victim: Victim, rng: Random) -> Sent:
    last = victim.entries[-1]
    return victim.centre.acknowledged(last.journal, last.sequence + rng.choice([1, 5, 2**40]), last.hash)


def acknowledged_of_another_journal(victim: Victim, rng: Random) -> Sent:
    last = victim.entries[-1]
    journal = rng.choice(["journal-2", "", "journal-1 ", "JOURNAL-1", "%", "' OR 1=1 --"])
    return victim.centre.acknowledged(journal, last.sequence, last.hash)


def acknowledged_below_the_first(victim: Victim, rng: Random) -> Sent:
    last = victim.entries[-1]
    return victim.centre.acknowledged(last.journal, -rng.randint(1, 9), rng.choice([GENESIS, last.hash]))


DISAGREEING = (
    acknowledged_with_another_hash,
    acknowledged_further_than_there_is,
    acknowledged_of_another_journal,
    acknowledged_below_the_first,
)


def acknowledged_less_than_before(victim: Victim, rng: Random) -> None:
    """A restored centre may ask again from the first one on; nothing is lost by it, and nothing sounds otherwise."""
    marks = victim.marks
    back = rng.choice([(0, GENESIS), (marks[0].sequence, marks[0].hash)])
    victim.through = back[0]
    victim.hears(victim.centre.acknowledged(marks[0].journal, *back))


def _is_not_told_the_time(answer: Callable[[Victim, Random], None]) -> Run:
    """Make an attempt on a device that does not know the time, and must not learn it this way."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Victim(folder, rng)
        victim.power_cut()
        victim.clock.doubt = None
        victim.connect()
        answer(victim, rng)
        knows = victim.clock.doubt is not None
        victim.run_until(IS_OVER, step=1.0)
        sounded = victim.sounded()
        victim.journal.shut()
        found = ["took a time for true"] if knows else []
        return Wrongs(obeyed=(*found, *([f"sounded: {sorted(sounded)}"] if sounded else [])))

    return run


def the_time_of_another_question(victim: Victim, rng: Random) -> None:
    nonce = victim.said(Challenge)[-1].nonce
    for other in (nonce[:-1], nonce.upper() + "0", "", rng.randbytes(16).hex(), victim.said(Challenge)[0].nonce):
        victim.receive(victim.centre.current(other, victim.clock.now()))


def the_time_too_late(victim: Victim, rng: Random) -> None:
    """The answer is genuine and was held back: it may be hours old by now."""
    answer = victim.centre.current(victim.said(Challenge)[-1].nonce, victim.clock.now())
    victim.disconnect()
    victim.passes(31 + rng.uniform(0, 9))
    victim.connect()
    victim.receive(answer)


def the_time_by_a_key_of_ones_own(victim: Victim, rng: Random) -> None:
    genuine, victim.centre.state = victim.centre.state, rng.choice([new_key(), victim.key, victim.retired[1]])
    victim.receive(victim.centre.current(victim.said(Challenge)[-1].nonce, victim.clock.now()))
    victim.centre.state = genuine


def the_time_of_the_past_again(victim: Victim, rng: Random) -> None:
    victim.receive(*(each for each in victim.past if each[0].endswith("/current")))


TIMELESS = (
    the_time_of_another_question,
    the_time_too_late,
    the_time_by_a_key_of_ones_own,
    the_time_of_the_past_again,
)


def _keeps_true_time(lead: Callable[[Machine, Random], SystemClock]) -> Run:
    """Make an attempt on the device's real clock, on a machine whose clocks are in hostile hands."""

    def run(folder: Path, rng: Random) -> Wrongs:
        with pytest.MonkeyPatch.context() as patch:
            machine = made(folder, patch)
            machine.drift = rng.uniform(-90e-6, 90e-6)
            clock = machine.clock()
            answered(machine, clock, there=rng.uniform(0, 5), back=rng.uniform(0, 5))
            machine.passes(rng.uniform(1, 5000))
            clock = lead(machine, rng)
            known, machine.ntp = clock.interval(), None
            vouched = clock.interval()
            if known is None or vouched is None:
                return Wrongs() if known is vouched else Wrongs(obeyed=("took the kernel's word alone",))
            true = vouched.earliest <= machine.true <= vouched.latest
            inside = vouched.earliest <= known.earliest and known.latest <= vouched.latest
            return Wrongs(obeyed=() if true and inside else (f"{machine.true} in {vouched}, by NTP in {known}",))

    return run


def the_wall_clock_steps(machine: Machine, rng: Random) -> SystemClock:
    """Somebody speaks for the time server; the kernel believes it and is sure."""
    clock = machine.clock()
    for _ in range(5):
        machine.wall = timedelta(seconds=rng.uniform(-1, 1) * rng.choice([1, 60, 40_000, 10**8]))
        machine.ntp = rng.choice([None, 0.0, 0.001, 5.0, 100.0])
        clock.keep()
        machine.passes(rng.uniform(0, 900))
    return clock


def answers_are_held_back(machine: Machine, rng: Random) -> SystemClock:
    clock = machine.clock()
    for _ in range(5):
        answered(machine, clock, there=rng.uniform(0, 15), back=rng.uniform(0, 15))
        machine.passes(rng.uniform(0, 9000))
    return clock


def an_answer_of_before_the_floor(machine: Machine, rng: Random) -> SystemClock:
    """A genuine time of last week, after a reboot without a chip."""
    clock = machine.clock()
    clock.keep()
    away = rng.uniform(10, 10**6)
    machine.reboots(after=away)
    clock = machine.clock(chip=rng.random() < 0.5)
    answered(machine, clock, there=0.1, wrong=-away - rng.uniform(60, 10**7))
    return clock


def a_reboot_into_another_year(machine: Machine, rng: Random) -> SystemClock:
    machine.wall = timedelta(days=rng.uniform(-9000, 9000))
    machine.ntp = rng.choice([None, 0.001])
    machine.reboots(after=rng.uniform(1, 10**6))
    return machine.clock()


def a_long_sleep(machine: Machine, rng: Random) -> SystemClock:
    clock = machine.clock()
    machine.passes(rng.uniform(2, 10**6), suspended=True)
    return clock


CLOCKS = (
    the_wall_clock_steps,
    answers_are_held_back,
    an_answer_of_before_the_floor,
    a_reboot_into_another_year,
    a_long_sleep,
)
KINDS = [
    *kinds("broker", DISAGREEING, _disagrees),
    *kinds("broker", (acknowledged_less_than_before,), on_a_loudspeaker),
    *kinds("broker", TIMELESS, _is_not_told_the_time),
    *kinds("broker", CLOCKS, _keeps_true_time),
]
