"""A hostile broker forges: by keys of its own, by keys that are not for it, by bits."""

from base64 import b64encode
from collections.abc import Callable
from random import Random

from schedules.wire.codec import encoded
from schedules.wire.messages import SilenceOrdered
from schedules.wire.seal import MAGIC, Seal, SigningKey, assembled, envelope_of, pre_authentication, sealed
from tests.hostile.attempt import drawn_key, kinds
from tests.hostile.lies import Lie, a_lie, an_order
from tests.hostile.victim import Sent, Victim, on_a_loudspeaker

Forgery = Callable[[Victim, Random], Sent]


def told(forgery: Forgery) -> Callable[[Victim, Random], None]:
    """Tell a loudspeaker what was forged; now and then it finds it anew after a reboot."""

    def attack(victim: Victim, rng: Random) -> None:
        message = forgery(victim, rng)
        victim.receive(message)
        if rng.random() < 0.2 and not victim.sounded():
            victim.power_cut()
            victim.connect()
            victim.receive(message)

    attack.__name__ = forgery.__name__
    return attack


def claimed(lie: Lie, key: SigningKey) -> Sent:
    """Seal by a key under the id of the right one."""
    envelope = envelope_of(lie.by(key)[1])
    return lie.topic, assembled(
        type(envelope)(envelope.type, (Seal(lie.key.key, envelope.seals[0].signature),), envelope.payload)
    )


def sealed_by_a_key_nobody_knows(victim: Victim, rng: Random) -> Sent:
    return a_lie(victim, rng).by(drawn_key(rng))


def sealed_by_a_stranger_under_the_right_name(victim: Victim, rng: Random) -> Sent:
    return claimed(a_lie(victim, rng), drawn_key(rng))


def sealed_by_the_device_itself(victim: Victim, rng: Random) -> Sent:
    return a_lie(victim, rng).by(victim.key)


def sealed_by_the_device_under_the_right_name(victim: Victim, rng: Random) -> Sent:
    return claimed(a_lie(victim, rng), victim.key)


def sealed_by_a_key_of_another_role(victim: Victim, rng: Random) -> Sent:
    lie = a_lie(victim, rng)
    keys = (victim.centre.root, victim.centre.issue, victim.centre.state)
    return lie.by(rng.choice([key for key in keys if key is not lie.key]))


def sealed_by_a_key_of_an_older_list(victim: Victim, rng: Random) -> Sent:
    lie = a_lie(victim, rng)
    issue, state = victim.retired
    return lie.by(issue if lie.key is victim.centre.issue else state)


def sealed_by_an_older_key_under_the_new_name(victim: Victim, rng: Random) -> Sent:
    return claimed(a_lie(victim, rng), rng.choice(victim.retired))


def sealed_by_nobody(victim: Victim, rng: Random) -> Sent:
    return a_lie(victim, rng).by()


def sealed_twice(victim: Victim, rng: Random) -> Sent:
    """Even where one of the two is the right key: who reads either must not read both."""
    lie = a_lie(victim, rng)
    both = [lie.key, drawn_key(rng)]
    rng.shuffle(both)
    return lie.by(*both)


def sealed_by_a_genuine_seal_of_something_else(victim: Victim, rng: Random) -> Sent:
    lie = a_lie(victim, rng)
    seal = rng.choice([envelope_of(data).seals for _, data in victim.past])
    return lie.topic, assembled(type(envelope_of(lie.by()[1]))(type(lie.message).__name__, seal, encoded(lie.message)))


def sealed_without_saying_of_what_type(victim: Victim, rng: Random) -> Sent:
    """The right key sealed this very payload, as another type: the seal must not fit."""
    lie = a_lie(victim, rng)
    other = rng.choice(["Presence", "RundownReceipt", "TrustList", "LedgerHead", type(lie.message).__name__ + " "])
    signature = lie.key.sign(pre_authentication(other, encoded(lie.message)))
    envelope = envelope_of(lie.by()[1])
    return lie.topic, assembled(type(envelope)(envelope.type, (Seal(lie.key.key, signature),), envelope.payload))


def a_signature_of_a_weak_point(victim: Victim, rng: Random) -> Sent:
    """Points of small order make signatures that fit many messages, where a library is careless."""
    lie = a_lie(victim, rng)
    weak = rng.choice([bytes(64), b"\x01" + bytes(63), b"\xff" * 64, bytes(32) + b"\x01" + bytes(31), b""])
    envelope = envelope_of(lie.by()[1])
    return lie.topic, assembled(type(envelope)(envelope.type, (Seal(lie.key.key, weak),), envelope.payload))


def a_signature_made_greater(victim: Victim, rng: Random) -> Sent:
    """Add the order of the group to a genuine signature; the same message must not pass for a second one."""
    order = 2**252 + 27742317777372353535851937790883648493
    topic, data = rng.choice(list(victim.in_force.values()))
    envelope = envelope_of(data)
    seal = envelope.seals[0]
    greater = int.from_bytes(seal.signature[32:], "little") + order
    signature = seal.signature[:32] + greater.to_bytes(32, "little")
    return topic, assembled(type(envelope)(envelope.type, (Seal(seal.key, signature),), envelope.payload))


def a_bit_turned_in_the_payload(victim: Victim, rng: Random) -> Sent:
    lie = a_lie(victim, rng)
    topic, data = rng.choice([lie.by(lie.key), *victim.in_force.values()])
    return topic, _turned(data, rng, len(data) - len(envelope_of(data).payload), len(data))


def a_bit_turned_in_the_header(victim: Victim, rng: Random) -> Sent:
    topic, data = rng.choice(victim.past)
    return topic, _turned(data, rng, len(MAGIC) + 2, len(data) - len(envelope_of(data).payload))


def a_bit_turned_in_the_signature(victim: Victim, rng: Random) -> Sent:
    lie = a_lie(victim, rng)
    topic, data = lie.by(lie.key)
    envelope = envelope_of(data)
    signature = bytearray(envelope.seals[0].signature)
    signature[rng.randrange(64)] ^= 1 << rng.randrange(8)
    seal = Seal(envelope.seals[0].key, bytes(signature))
    return topic, assembled(type(envelope)(envelope.type, (seal,), envelope.payload))


def a_bit_turned_before_the_header(victim: Victim, rng: Random) -> Sent:
    lie = a_lie(victim, rng)
    topic, data = lie.by(lie.key)
    return topic, _turned(data, rng, 0, len(MAGIC) + 2)


def bytes_of_chance(victim: Victim, rng: Random) -> Sent:
    start = rng.choice([b"", MAGIC, MAGIC + b"\x00\x10", MAGIC + b"\xff\xff", b"{"])
    return a_lie(victim, rng).topic, start + rng.randbytes(rng.choice([0, 1, 30, 3000]))


def a_header_of_somebodys_own_making(victim: Victim, rng: Random) -> Sent:
    lie = an_order(victim, rng)
    signature = b64encode(lie.key.sign(b"something else")).decode()
    key = lie.key.key
    kind = type(lie.message).__name__
    header = rng.choice(
        [
            f'{{"type":"{kind}","seals":[{{"key":"{key}","signature":"{signature}"}}],"type":"{kind}"}}',
            f'{{"type":"{kind}","seals":"{key}"}}',
            f'{{"type":"{kind}","seals":[["{key}","{signature}"]]}}',
            f'{{"type":["{kind}"],"seals":[]}}',
            f'{{"type":"{kind}","seals":[{{"key":"{key}","signature":"{signature}\\n"}}]}}',
            f'{{"type":"{kind}","seals":null,"verified":true}}',
            "[" * 1000,
            "null",
            "",
        ]
    ).encode()
    return lie.topic, MAGIC + len(header).to_bytes(2, "big") + header + encoded(lie.message)


def cut_off_somewhere(victim: Victim, rng: Random) -> Sent:
    lie = a_lie(victim, rng)
    topic, data = rng.choice([lie.by(lie.key), *victim.in_force.values()])
    return topic, data[: rng.randrange(len(data))]


def with_something_behind_it(victim: Victim, rng: Random) -> Sent:
    lie = a_lie(victim, rng)
    topic, data = rng.choice([lie.by(lie.key), *victim.in_force.values()])
    return topic, data + rng.choice([b" ", b"\x00", b"\n", b"}", data, rng.randbytes(9)])


def of_a_type_or_version_nobody_knows(victim: Victim, rng: Random) -> Sent:
    lie = a_lie(victim, rng)
    topic, data = lie.by(lie.key)
    name = type(lie.message).__name__.encode()
    if rng.random() < 0.5:
        return topic, data[:3] + bytes([rng.choice([0, 2, 255])]) + data[4:]
    other = rng.choice([b"PlayNow", name.lower(), name + b" ", b"__class__", b""])
    size = int.from_bytes(data[4:6], "big")
    header = data[6 : 6 + size].replace(b'"' + name + b'"', b'"' + other + b'"')
    return topic, MAGIC + len(header).to_bytes(2, "big") + header + data[6 + size :]


def of_a_type_that_only_others_say(victim: Victim, rng: Random) -> Sent:
    """What the device said itself comes back to it, where orders come."""
    said_by_it = [payload for _, payload, _ in victim.link.sent]
    order = SilenceOrdered(audience="server", number=2**50, issued=victim.clock.now(), ordered=True)
    return a_lie(victim, rng).topic, rng.choice([*said_by_it, sealed(order, victim.key)])


def _turned(data: bytes, rng: Random, first: int, end: int) -> bytes:
    turned = bytearray(data)
    turned[rng.randrange(first, end)] ^= 1 << rng.randrange(8)
    return bytes(turned)


FORGERIES: tuple[Forgery, ...] = (
    sealed_by_a_key_nobody_knows,
    sealed_by_a_stranger_under_the_right_name,
    sealed_by_the_device_itself,
    sealed_by_the_device_under_the_right_name,
    sealed_by_a_key_of_another_role,
    sealed_by_a_key_of_an_older_list,
    sealed_by_an_older_key_under_the_new_name,
    sealed_by_nobody,
    sealed_twice,
    sealed_by_a_genuine_seal_of_something_else,
    sealed_without_saying_of_what_type,
    a_signature_of_a_weak_point,
    a_signature_made_greater,
    a_bit_turned_in_the_payload,
    a_bit_turned_in_the_header,
    a_bit_turned_in_the_signature,
    a_bit_turned_before_the_header,
    bytes_of_chance,
    a_header_of_somebodys_own_making,
    cut_off_somewhere,
    with_something_behind_it,
    of_a_type_or_version_nobody_knows,
    of_a_type_that_only_others_say,
)
KINDS = kinds("broker", map(told, FORGERIES), on_a_loudspeaker)
