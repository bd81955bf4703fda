"""A hostile broker hands on what is genuine: to the wrong one, again, late, out of order, or not at all."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import quote

from schedules.wire import topics
from station_agent.ports import Received
from tests.hostile.attempt import Run, Wrongs, kinds
from tests.hostile.lies import a_lie
from tests.hostile.victim import (
    BEGINS,
    ELSEWHERE,
    OTHER_UNIT,
    RUNDOWN,
    SECONDS,
    SILENCE,
    Sent,
    Victim,
    on_a_loudspeaker,
)
from tests.station_agent.centre import LOUDSPEAKER, item

ASSIGNMENT = topics.of_loudspeaker(LOUDSPEAKER, "assignment")


def of_the_past(victim: Victim, topic: str) -> list[Sent]:
    """Give what was said on a topic and is in force no more."""
    return [each for each in victim.past if each[0] == topic and each != victim.in_force.get(topic)]


def an_old_revision(victim: Victim, rng: Random) -> None:
    victim.receive(rng.choice(of_the_past(victim, RUNDOWN)))


def an_old_assignment(victim: Victim, rng: Random) -> None:
    victim.receive(rng.choice(of_the_past(victim, ASSIGNMENT)))


def an_old_order_of_silence_or_its_lifting(victim: Victim, rng: Random) -> None:
    victim.receive(*rng.sample(of_the_past(victim, SILENCE), k=2))


def an_old_acknowledgement(victim: Victim, rng: Random) -> None:
    victim.receive(rng.choice([each for each in victim.past if each[0].endswith("/acknowledged")]))


def an_old_answer(victim: Victim, rng: Random) -> None:
    victim.asks_anew()
    victim.receive(rng.choice(of_the_past(victim, topics.of_loudspeaker(LOUDSPEAKER, "current"))))


def an_old_assignment_with_the_newest_rundown_of_its_zone(victim: Victim, rng: Random) -> None:
    moved = [each for each in victim.past if each[0] in (ASSIGNMENT, topics.rundown(ELSEWHERE))]
    rng.shuffle(moved)
    victim.receive(*moved)


def everything_again_in_any_order(victim: Victim, rng: Random) -> None:
    victim.receive(*rng.sample(victim.past, k=len(victim.past)))


def everything_many_times(victim: Victim, rng: Random) -> None:
    for message in rng.sample(victim.past, k=3):
        victim.receive(*[message] * rng.randint(2, 30))


def everything_again_after_a_reboot(victim: Victim, rng: Random) -> None:
    if not victim.sounded():
        victim.power_cut()
        victim.connect()
    victim.receive(*rng.choices(victim.past, k=30))


def everything_but_the_newest_after_a_reboot(victim: Victim, rng: Random) -> None:
    if not victim.sounded():
        victim.power_cut()
        victim.connect()
    victim.receive(*(each for each in victim.past if each not in victim.in_force.values()))


def genuine_on_another_topic(victim: Victim, rng: Random) -> None:
    for _ in range(5):
        victim.receive((rng.choice(victim.past)[0], rng.choice(victim.past)[1]))


def of_another_zone_on_this_one(victim: Victim, rng: Random) -> None:
    victim.receive((RUNDOWN, rng.choice(of_the_past(victim, topics.rundown(ELSEWHERE)))[1]))


def of_another_loudspeaker_on_this_one(victim: Victim, rng: Random) -> None:
    foreign = [each for each in victim.past if "loudspeakers/go-sim-1/" in each[0]]
    topic, data = rng.choice(foreign)
    victim.receive((topics.of_loudspeaker(LOUDSPEAKER, topic.rpartition("/")[2]), data))


def of_another_unit_on_this_one(victim: Victim, rng: Random) -> None:
    foreign = next(each for each in victim.past if each[0] == topics.unit_silence(OTHER_UNIT))
    victim.receive((SILENCE, foreign[1]))


def on_a_topic_it_never_asked_for(victim: Victim, rng: Random) -> None:
    """The broker hands on what was not subscribed to, the right key or not."""
    victim.receive(*(each for each in victim.past if each[0] not in (*victim.link.topics, *victim.in_force)))


def on_a_topic_that_looks_like_its_own(victim: Victim, rng: Random) -> None:
    lie = a_lie(victim, rng)
    topic, data = lie.by(lie.key)
    odd = [topic.upper(), topic + "/", "/" + topic, topic.replace("radio/", "radio//"), "$SYS/" + topic, topic + "\0"]
    odd += [topic.replace("v1", "v2"), quote(topic, safe=""), topic + "/x", "radio/v1/#", "+", "", topic[:-1]]
    victim.receive(*((each, data) for each in odd))


def an_empty_message_where_an_order_was(victim: Victim, rng: Random) -> None:
    victim.receive(*((topic, b"") for topic in victim.in_force))


def an_order_after_it_has_expired(victim: Victim, rng: Random) -> None:
    """Held back until it is over, then brought."""
    expires = victim.clock.now() + timedelta(seconds=1)
    withheld = rng.choice(
        [
            victim.centre.rundown(item("false", BEGINS, SECONDS), expires=expires),
            victim.centre.silence(ordered=bool(victim.expected), expires=expires),
        ]
    )
    victim.run_until(expires + timedelta(seconds=rng.uniform(0, 3)), step=1.0)
    victim.receive(withheld)


def many_at_once(victim: Victim, rng: Random) -> None:
    """More than a loop can think about between two looks at the clock, from a thread of the line."""
    for topic, data in rng.choices(victim.past, k=200):
        victim.agent.hush_if_ordered(Received(topic, data))
        victim.agent.handle(Received(topic, data))
    victim.agent.tick()


REPLAYS = (
    an_old_revision,
    an_old_assignment,
    an_old_order_of_silence_or_its_lifting,
    an_old_acknowledgement,
    an_old_answer,
    an_old_assignment_with_the_newest_rundown_of_its_zone,
    everything_again_in_any_order,
    everything_many_times,
    everything_again_after_a_reboot,
    everything_but_the_newest_after_a_reboot,
    genuine_on_another_topic,
    of_another_zone_on_this_one,
    of_another_loudspeaker_on_this_one,
    of_another_unit_on_this_one,
    on_a_topic_it_never_asked_for,
    on_a_topic_that_looks_like_its_own,
    an_empty_message_where_an_order_was,
    an_order_after_it_has_expired,
    many_at_once,
)


def withheld_rundown(victim: Victim, rng: Random) -> str:
    victim.in_force[RUNDOWN] = victim.centre.rundown(item("later", BEGINS + timedelta(hours=1), SECONDS))
    return "behind.rundown"


def withheld_silence(victim: Victim, rng: Random) -> str:
    victim.in_force[SILENCE] = victim.centre.silence()
    return "behind.silence"


def withheld_assignment(victim: Victim, rng: Random) -> str:
    victim.in_force[ASSIGNMENT] = victim.centre.assignment()
    return "behind.assignment"


def withheld_trust_list(victim: Victim, rng: Random) -> str:
    victim.newest_trust = 3
    return "behind.trust"


def withheld_answers(victim: Victim, rng: Random) -> str:
    return "behind.current"


def answers_of_the_past_for_newer_ones(victim: Victim, rng: Random) -> str:
    victim.asks_anew()
    victim.receive(*(each for each in victim.past if each[0].endswith("/current")))
    return "behind.current"


def _frozen(withhold: Callable[[Victim, Random], str]) -> Run:
    """Make an attempt of something held back: the presence must tell that it is behind, also after a reboot."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Victim(folder, rng)
        victim.passes(rng.uniform(0, 20))
        code = withhold(victim, rng)
        victim.disconnect()
        victim.connect()
        if code != "behind.current":
            victim.is_told_what_is_in_force()
        if rng.random() < 0.5 and not victim.sounded():
            victim.power_cut()
            victim.connect()
            if code != "behind.current":
                victim.is_told_what_is_in_force()
        victim.passes(70)
        told = victim.presence.faults
        sounded = victim.sounded()
        victim.journal.shut()
        return Wrongs(
            obeyed=() if sounded == {"true"} else (f"sounded: {sorted(sounded)}",),
            undetected=() if code in told else (f"{code} is not among {told}",),
        )

    return run


FREEZES = (
    withheld_rundown,
    withheld_silence,
    withheld_assignment,
    withheld_trust_list,
    withheld_answers,
    answers_of_the_past_for_newer_ones,
)
KINDS = [*kinds("broker", REPLAYS, on_a_loudspeaker), *kinds("broker", FREEZES, _frozen)]
