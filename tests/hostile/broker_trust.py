"""A hostile broker, with a root key it stole or without one, would decide who may sign."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from schedules.wire import topics
from schedules.wire.codec import encoded
from schedules.wire.messages import KeyRole, TrustedKey, TrustList
from schedules.wire.seal import Seal, SigningKey, assembled, envelope_of, seal_payload, sealed
from tests.hostile.attempt import Run, Wrongs, drawn_key, kinds
from tests.hostile.lies import an_order
from tests.hostile.victim import Sent, Victim, on_a_loudspeaker, said
from tests.station_agent.centre import item


def trusted(key: SigningKey, role: KeyRole) -> TrustedKey:
    return TrustedKey(key=key.key, public=key.public, role=role)


class Usurper:
    """Keys of somebody's own, and the list that would put them in force."""

    def __init__(self, victim: Victim, rng: Random) -> None:
        self.victim = victim
        self.root, self.online = drawn_key(rng), drawn_key(rng)
        self.held = said(victim.in_force[topics.trust(victim.newest_trust)])

    def list(self, *roots: SigningKey, number: int | None = None, threshold: int = 1) -> TrustList:
        """Make the next list, or any other, with some roots and the usurper's own online key."""
        assert isinstance(self.held, TrustList)
        keys = [trusted(root, KeyRole.ROOT) for root in roots or (self.root,)]
        online = trusted(self.online, KeyRole.ISSUE)
        following = self.held.number + 1 if number is None else number
        return replace(self.held, number=following, keys=(*keys, online), threshold=threshold)

    def tells(self, data: bytes, *, on: int | None = None) -> None:
        """Bring a list, and then a lie by the key it names."""
        number = self.victim.newest_trust + 1 if on is None else on
        self.victim.receive((topics.trust(number), data))
        self.victim.receive(self.victim.centre.rundown(item("false", self.victim.clock.now(), 60), key=self.online))


def signed_by_a_foreign_root(victim: Victim, rng: Random) -> None:
    usurper = Usurper(victim, rng)
    usurper.tells(sealed(usurper.list(), usurper.root))


def with_the_genuine_root_named_and_not_signing(victim: Victim, rng: Random) -> None:
    usurper = Usurper(victim, rng)
    usurper.tells(sealed(usurper.list(victim.centre.root, usurper.root), usurper.root))


def under_the_name_of_the_genuine_root(victim: Victim, rng: Random) -> None:
    usurper = Usurper(victim, rng)
    made = usurper.list()
    false = replace(made, keys=(replace(made.keys[0], key=victim.centre.root.key), made.keys[1]))
    seal = envelope_of(sealed(false, usurper.root)).seals[0]
    envelope = envelope_of(sealed(false))
    seals = (Seal(victim.centre.root.key, seal.signature), seal)
    usurper.tells(assembled(type(envelope)(envelope.type, seals, envelope.payload)))


def with_a_seal_taken_from_a_genuine_list(victim: Victim, rng: Random) -> None:
    usurper = Usurper(victim, rng)
    genuine = envelope_of(victim.in_force[topics.trust(2)][1]).seals
    own = envelope_of(sealed(usurper.list(victim.centre.root, usurper.root), usurper.root))
    usurper.tells(assembled(type(own)(own.type, (*genuine, *own.seals), own.payload)))


def signed_by_online_keys(victim: Victim, rng: Random) -> None:
    usurper = Usurper(victim, rng)
    keys = [victim.centre.issue, victim.centre.state, victim.key, *victim.retired]
    usurper.tells(sealed(usurper.list(), usurper.root, *keys))


def leaving_one_out(victim: Victim, rng: Random) -> None:
    """A genuine list of the future, before those in between: it waits."""
    victim.receive(victim.centre.trust(rng.randint(4, 70)))


def an_older_list(victim: Victim, rng: Random) -> None:
    old = next(each for each in victim.past if each[0] == topics.trust(1))
    victim.receive(old, (topics.trust(3), old[1]), (topics.trust(0), old[1]))
    victim.receive(victim.centre.rundown(item("false", victim.clock.now(), 60), key=victim.retired[0]))


def on_the_topic_of_another_number(victim: Victim, rng: Random) -> None:
    genuine = victim.centre.trust(rng.choice([4, 5, 9]))
    victim.receive((topics.trust(3), genuine[1]))


def on_a_topic_that_is_no_number(victim: Victim, rng: Random) -> None:
    usurper = Usurper(victim, rng)
    data = sealed(usurper.list(), usurper.root)
    for odd in ("+", "-1", "3.0", "٣", "9" * 40, "", "3/4", " 3", "0x3"):
        victim.receive((f"radio/v1/trust/{odd}", data))
    usurper.tells(data, on=0)


def as_an_order_on_another_topic(victim: Victim, rng: Random) -> None:
    usurper = Usurper(victim, rng)
    victim.receive(*((topic, sealed(usurper.list(), usurper.root)) for topic in victim.link.topics))


def an_order_on_the_topic_of_lists(victim: Victim, rng: Random) -> None:
    lie = an_order(victim, rng)
    victim.receive((topics.trust(3), lie.by(lie.key)[1]))


def more_lists_than_anybody_can_keep(victim: Victim, rng: Random) -> None:
    usurper = Usurper(victim, rng)
    for number in rng.sample(range(4, 900), k=200):
        data = sealed(usurper.list(number=number), usurper.root)
        victim.receive((topics.trust(number), data + rng.choice([b"", bytes(20_000)])))
    victim.newest_trust = 3
    victim.hears(victim.centre.trust(3))
    del victim.in_force[topics.trust(2)]


def _of_three(victim: Victim, rng: Random, *, threshold: int = 2) -> tuple[Usurper, list[SigningKey]]:
    """Let the root be followed by three, two of which must sign."""
    roots = [drawn_key(rng) for _ in range(3)]
    online = (trusted(victim.centre.issue, KeyRole.ISSUE), trusted(victim.centre.state, KeyRole.STATE))
    held = said(victim.in_force[topics.trust(2)])
    assert isinstance(held, TrustList)
    keys = (*(trusted(root, KeyRole.ROOT) for root in roots), *online)
    third = replace(held, number=3, keys=keys, threshold=threshold)
    victim.newest_trust = 3
    victim.hears((topics.trust(3), sealed(third, victim.centre.root, *roots)))
    del victim.in_force[topics.trust(2)]
    return Usurper(victim, rng), roots


def by_one_stolen_root_of_three(victim: Victim, rng: Random) -> None:
    usurper, roots = _of_three(victim, rng)
    usurper.tells(sealed(usurper.list(roots[0], usurper.root), roots[0], usurper.root))


def by_the_threshold_of_the_new_list_alone(victim: Victim, rng: Random) -> None:
    usurper, roots = _of_three(victim, rng)
    others = [drawn_key(rng), drawn_key(rng)]
    usurper.tells(sealed(usurper.list(*others, threshold=2), roots[1], *others))


def by_the_threshold_of_the_old_list_alone(victim: Victim, rng: Random) -> None:
    """Two signed that others decide from now on; those others did not: a typing mistake would lock everybody out."""
    usurper, roots = _of_three(victim, rng)
    others = [drawn_key(rng), drawn_key(rng)]
    usurper.tells(sealed(usurper.list(*others, threshold=2), *roots[:2], others[0]))


def by_one_root_that_signs_twice(victim: Victim, rng: Random) -> None:
    usurper, roots = _of_three(victim, rng)
    usurper.tells(sealed(usurper.list(roots[0]), roots[0], roots[0], roots[0]))


def by_one_root_under_several_names(victim: Victim, rng: Random) -> None:
    usurper, roots = _of_three(victim, rng)
    payload = json.loads(encoded(usurper.list(roots[0], usurper.root)))
    named = rng.choice([roots[0].key, roots[1].key, "f" * 16])
    payload["keys"].append({**payload["keys"][0], "key": named})
    data = seal_payload("TrustList", json.dumps(payload).encode(), [roots[0]])
    envelope = envelope_of(data)
    seals = (*envelope.seals, *(Seal(key, envelope.seals[0].signature) for key in (named, roots[1].key)))
    usurper.tells(assembled(type(envelope)(envelope.type, seals, envelope.payload)))


def by_the_root_that_was_replaced(victim: Victim, rng: Random) -> None:
    usurper, _ = _of_three(victim, rng)
    usurper.tells(sealed(usurper.list(victim.centre.root), victim.centre.root))


def with_a_threshold_of_none(victim: Victim, rng: Random) -> None:
    usurper = Usurper(victim, rng)
    payload = json.loads(encoded(usurper.list()))
    payload["threshold"] = rng.choice([0, -1, 99, None, True, "1", 1.0])
    usurper.tells(seal_payload("TrustList", json.dumps(payload).encode(), rng.choice([[], [victim.centre.root]])))


def _first(attack: Callable[[Victim, Random], Sent]) -> Run:
    """Make an attempt on a device that has not held any list yet."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Victim(folder, rng)
        victim.is_wiped()
        victim.receive(attack(victim, rng))
        kept = (victim.folder / "held" / "trust").exists()
        victim.journal.shut()
        return Wrongs(obeyed=("holds a false first list",) if kept else ())

    return run


def a_first_list_that_signs_itself(victim: Victim, rng: Random) -> Sent:
    usurper = Usurper(victim, rng)
    number = rng.randint(0, 9)
    return topics.trust(number), sealed(usurper.list(number=number), usurper.root)


def a_first_list_that_only_names_the_devices_root(victim: Victim, rng: Random) -> Sent:
    usurper = Usurper(victim, rng)
    signers = rng.sample([usurper.root, usurper.online, victim.key, victim.centre.issue], k=2)
    return topics.trust(1), sealed(usurper.list(victim.centre.root, number=1), *signers)


LISTS = (
    signed_by_a_foreign_root,
    with_the_genuine_root_named_and_not_signing,
    under_the_name_of_the_genuine_root,
    with_a_seal_taken_from_a_genuine_list,
    signed_by_online_keys,
    leaving_one_out,
    an_older_list,
    on_the_topic_of_another_number,
    on_a_topic_that_is_no_number,
    as_an_order_on_another_topic,
    an_order_on_the_topic_of_lists,
    more_lists_than_anybody_can_keep,
    by_one_stolen_root_of_three,
    by_the_threshold_of_the_new_list_alone,
    by_the_threshold_of_the_old_list_alone,
    by_one_root_that_signs_twice,
    by_one_root_under_several_names,
    by_the_root_that_was_replaced,
    with_a_threshold_of_none,
)
KINDS = [
    *kinds("broker", LISTS, on_a_loudspeaker),
    *kinds("broker", (a_first_list_that_signs_itself, a_first_list_that_only_names_the_devices_root), _first),
]
