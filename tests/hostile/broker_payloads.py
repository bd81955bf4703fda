"""What two readers could take differently, or could burst one, sealed by the right key: the parser stands alone."""

import json
import zlib
from collections.abc import Callable
from random import Random

from schedules.wire.codec import encoded
from schedules.wire.messages import Assignment, RundownIssued, SilenceOrdered
from schedules.wire.seal import seal_payload
from tests.hostile.attempt import kinds
from tests.hostile.lies import Lie, an_order
from tests.hostile.victim import Victim, on_a_loudspeaker

Bytes = Callable[[bytes, Random], bytes]


def plain(lie: Lie) -> bytes:
    """Give a lie as JSON, a rundown too."""
    payload = encoded(lie.message)
    return zlib.decompress(payload) if isinstance(lie.message, RundownIssued) else payload


def tell(victim: Victim, lie: Lie, text: bytes, *, squeezed: bytes | None = None) -> None:
    """Bring JSON of somebody's own making, sealed by the right key."""
    payload = text
    if isinstance(lie.message, RundownIssued):
        payload = zlib.compress(text) if squeezed is None else squeezed
    victim.receive((lie.topic, seal_payload(type(lie.message).__name__, payload, [lie.key])))


def reworded(change: Bytes) -> Callable[[Victim, Random], None]:
    """Change a lie's JSON, and tell it."""

    def attack(victim: Victim, rng: Random) -> None:
        lie = an_order(victim, rng)
        tell(victim, lie, change(plain(lie), rng))

    attack.__name__ = change.__name__
    return attack


def with_a_field_twice(text: bytes, rng: Random) -> bytes:
    name, value = rng.choice(list(json.loads(text).items()))
    again = json.dumps({name: value}).encode()[1:-1]
    return b"{" + again + b"," + text[1:] if rng.random() < 0.5 else text[:-1] + b"," + again + b"}"


def with_a_number_that_is_none(text: bytes, rng: Random) -> bytes:
    return _with(text, "number", rng.choice([b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999"]))


def with_something_like_a_whole_number(text: bytes, rng: Random) -> bytes:
    number = json.loads(text)["number"]
    odd = [f"{number}.0", f"{number}e0", f'"{number}"', "true", str(2**53), str(-(2**53)), "9" * 400, "null", "[]"]
    return _with(text, "number", rng.choice(odd).encode())


def with_two_hundred_levels(text: bytes, rng: Random) -> bytes:
    depth = rng.choice([17, 200, 5000, 100_000])
    left, right = rng.choice([(b"[", b"]"), (b'{"x":', b"}")])
    return text[:-1] + b',"later":' + left * depth + b"1" + right * depth + b"}"


def of_ten_megabytes(text: bytes, rng: Random) -> bytes:
    letters = rng.randbytes(64).hex().encode()
    return text[:-1] + b',"later":"' + letters * (10_000_000 // len(letters)) + b'"}'


def with_half_a_letter(text: bytes, rng: Random) -> bytes:
    half = rng.choice([b"\\ud800", b"\\udfff", b"a\\ud83d", b"\\ude00\\ud83d"])
    name = "name" if b'"name"' in text else "audience"
    return _with(text, name, b'"' + half + b'"')


def in_another_alphabet_of_bytes(text: bytes, rng: Random) -> bytes:
    told = text.decode()
    return rng.choice(
        [told.encode("utf-16"), told.encode("utf-32"), b"\xef\xbb\xbf" + text, text + b"\xff", b"\0" + text]
    )


def with_something_behind_the_end(text: bytes, rng: Random) -> bytes:
    return text + rng.choice([b"{}", b"x", b"\0", b",", text])


def that_is_no_object(text: bytes, rng: Random) -> bytes:
    return rng.choice(
        [b"[" + text + b"]", b"null", b"1", b'"x"', b"", b"{}", b"[]", json.dumps(text.decode()).encode()]
    )


def with_a_field_left_out(text: bytes, rng: Random) -> bytes:
    tree = json.loads(text)
    del tree[rng.choice([name for name in ("audience", "number", "issued") if name in tree])]
    return json.dumps(tree).encode()


def with_a_time_that_is_none(text: bytes, rng: Random) -> bytes:
    odd = ["2026-11-23T05:00:00", "2026-11-23", "now", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59.999-23:59", ""]
    return _with(text, "issued", json.dumps(rng.choice(odd)).encode())


def with_a_value_of_another_sort(text: bytes, rng: Random) -> bytes:
    tree = json.loads(text)
    name = rng.choice([each for each in tree if each not in ("issued", "expires")])
    kind = type(tree[name])
    values: tuple[object, ...] = ({}, [], "x", 7, 1.5, True)
    odd = [value for value in values if type(value) is not kind]
    return json.dumps({**tree, name: rng.choice(odd)}).encode()


def with_rows_that_point_nowhere(victim: Victim, rng: Random) -> None:
    lie = an_order(victim, rng)
    while not isinstance(lie.message, RundownIssued) or not lie.message.rundown.items:
        lie = an_order(victim, rng)
    tree = json.loads(plain(lie))
    (row,) = tree["rundown"]["items"]
    if rng.random() < 0.5:
        row[4] = rng.choice([-1, 1, 10**6, "0", 0.0, True, None, []])
    else:
        row[5] = rng.choice([[0, 0, [-1]], [0, 0, [1]], [0, -1, [0]], [2, 0, [0]], [0, 0, 0], [0], [], None, [1, 7, 1]])
    tell(victim, lie, json.dumps(tree).encode())


def that_says_two_things(victim: Victim, rng: Random) -> None:
    """Its outside is for this zone, its inside for another, or of another number: neither counts."""
    lie = an_order(victim, rng)
    tree = json.loads(plain(lie))
    if isinstance(lie.message, RundownIssued):
        tree["rundown"] |= rng.choice([{"zone": "go-sim"}, {"revision": 1}, {"epoch": 1}])
    elif isinstance(lie.message, Assignment):
        tree["loudspeaker"] = "go-sim-1"
    elif isinstance(lie.message, SilenceOrdered):
        tree["audience"] = rng.choice(["unit:son-tay", "all", "zone:lang-moi", ""])
    tell(victim, lie, json.dumps(tree).encode())


def a_bomb(victim: Victim, rng: Random) -> None:
    lie = an_order(victim, rng)
    while not isinstance(lie.message, RundownIssued):
        lie = an_order(victim, rng)
    text = plain(lie)[:-1] + b',"later":"' + bytes([48]) * rng.choice([2_200_000, 30_000_000]) + b'"}'
    squeezed = zlib.compress(text, 9)
    tell(victim, lie, text, squeezed=zlib.compress(squeezed, 9) if rng.random() < 0.2 else squeezed)


def compressed_otherwise(victim: Victim, rng: Random) -> None:
    """One stream and nothing else: no rest, no second one, no raw JSON, no gzip, no dictionary."""
    lie = an_order(victim, rng)
    while not isinstance(lie.message, RundownIssued):
        lie = an_order(victim, rng)
    text = plain(lie)
    stream = zlib.compress(text)
    raw, gzip = zlib.compressobj(wbits=-15), zlib.compressobj(wbits=31)
    with_words = zlib.compressobj(zdict=b"rundown")
    odd = [stream + b"x", stream + stream, stream[:-4], stream[:-1] + b"x", text, stream + zlib.compress(b"")]
    odd += [each.compress(text) + each.flush() for each in (raw, gzip, with_words)]
    tell(victim, lie, text, squeezed=rng.choice(odd))


def _with(text: bytes, name: str, value: bytes) -> bytes:
    """Put other bytes where the value of a field was."""
    tree = json.loads(text)
    marked = json.dumps({**tree, name: "\x00here"}, ensure_ascii=False).encode()
    return marked.replace(b'"\\u0000here"', value)


REWORDED = (
    with_a_field_twice,
    with_a_number_that_is_none,
    with_something_like_a_whole_number,
    with_two_hundred_levels,
    of_ten_megabytes,
    with_half_a_letter,
    in_another_alphabet_of_bytes,
    with_something_behind_the_end,
    that_is_no_object,
    with_a_field_left_out,
    with_a_time_that_is_none,
    with_a_value_of_another_sort,
)
OTHERS = (that_says_two_things, a_bomb, compressed_otherwise, with_rows_that_point_nowhere)
KINDS = kinds("broker", [*map(reworded, REWORDED), *OTHERS], on_a_loudspeaker)
