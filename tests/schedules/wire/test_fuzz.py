"""Whatever the bytes are, a reader says no in one way only, and what it reads can be worked with."""

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.chain import canonical_bytes
from schedules.errors import WireError
from schedules.wire.codec import decoded, encoded, entry_of
from schedules.wire.emergency import Announced
from schedules.wire.kinds import TYPES
from schedules.wire.messages import AsRunReport, Message, RundownIssued
from schedules.wire.seal import MAGIC, envelope_of, seal_payload, sealed, unsealed
from schedules.wire.trust import accepted
from tests.schedules.wire.samples import ENTRY, FULL, ROOT, ROOTS, STATE, TRUST, AnyKey, signer_of

SEALED = [sealed(message, signer_of(message)) for message in FULL]


def json_values() -> st.SearchStrategy[Any]:
    texts = st.text(max_size=8) | st.sampled_from(["2026-11-23T05:30:00Z", "vi", "a" * 64, "\ud800", "ordinary"])
    numbers = st.integers() | st.floats() | st.sampled_from([0, 1, 2, -1, 2**53, 10**400])
    leaves = st.none() | st.booleans() | numbers | texts
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=5
    )


@st.composite
def spoiled(draw: st.DrawFn, tree: Any) -> Any:  # noqa: ANN401  # JSON is what it is
    """Give a JSON tree with one node replaced, dropped or doubled somewhere."""
    if draw(st.integers(0, 3)) == 0 or not isinstance(tree, dict | list) or not tree:
        return draw(json_values())
    if isinstance(tree, dict):
        name = draw(st.sampled_from(sorted(tree)))
        if draw(st.integers(0, 5)) == 0:
            return {key: value for key, value in tree.items() if key != name}
        return {**tree, name: draw(spoiled(tree[name]))}
    index = draw(st.integers(0, len(tree) - 1))
    if draw(st.integers(0, 5)) == 0:
        return tree[:index] + tree[index + 1 :] + tree[index + 1 :]
    return [*tree[:index], draw(spoiled(tree[index])), *tree[index + 1 :]]


def refuse_or(read: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # any reader
    """Give what a reader reads, None when it says no; any other exception fails the test."""
    try:
        return read(*arguments, **named)
    except WireError:
        return None


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: MAGIC + tail))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    refuse_or(envelope_of, data)
    refuse_or(unsealed, data, AnyKey())
    refuse_or(accepted, data, held=TRUST, roots=ROOTS)
    refuse_or(entry_of, data)
    for kind in TYPES.values():
        refuse_or(decoded, kind, data)


@given(st.sampled_from(SEALED), st.data())
def test_a_message_with_bytes_changed_anywhere_is_never_read(data: bytes, draws: st.DataObject) -> None:
    position = draws.draw(st.integers(0, len(data) - 1))
    change = draws.draw(st.integers(1, 255))
    changed = data[:position] + bytes([data[position] ^ change]) + data[position + 1 :]

    for read in (refuse_or(unsealed, changed, AnyKey()), refuse_or(unsealed, changed, TRUST)):
        # Only the spelling of the header is free: what is signed is not.
        assert read is None or read[0] in FULL
    refuse_or(accepted, changed, held=None, roots=ROOTS)


@pytest.mark.slow
@given(st.sampled_from(FULL), st.data())
def test_a_signed_payload_of_any_shape_is_refused_or_makes_sense(message: Message, draws: st.DataObject) -> None:
    kind = type(message)
    payload = encoded(message)
    header = payload[4 : 4 + int.from_bytes(payload[:4], "big")] if issubclass(kind, Announced) else payload
    tree = json.loads(zlib.decompress(payload) if kind is RundownIssued else header)
    text = json.dumps(draws.draw(spoiled(tree))).encode()
    if issubclass(kind, Announced):
        text = len(text).to_bytes(4, "big") + text + payload[4 + len(header) :]

    read = refuse_or(decoded, kind, zlib.compress(text) if kind is RundownIssued else text)

    if read is not None:
        assert decoded(kind, encoded(read)) is not None
        if isinstance(read, AsRunReport):
            assert all(len(entry.hash) == 64 for entry in read.entries)
            assert all(entry_of(canonical_bytes(entry)).hash == entry.hash for entry in read.entries)


@given(st.binary(max_size=100), st.sampled_from(sorted(TYPES)))
def test_signed_bytes_that_are_no_payload_are_refused(payload: bytes, name: str) -> None:
    assert refuse_or(unsealed, seal_payload(name, payload, [STATE]), AnyKey()) is None
    assert refuse_or(accepted, seal_payload(name, payload, [ROOT]), held=None, roots=ROOTS) is None


@pytest.mark.slow
@given(st.data())
def test_a_journal_entry_of_any_shape_is_refused_or_can_be_hashed(draws: st.DataObject) -> None:
    text = json.dumps(draws.draw(spoiled(json.loads(canonical_bytes(ENTRY))))).encode()

    entry = refuse_or(entry_of, text)

    assert entry is None or entry_of(canonical_bytes(entry)).hash == entry.hash
