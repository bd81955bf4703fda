"""What is cut out of a report is what its entries say and what their hashes cover, or the report is not plain."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import canonical_bytes
from schedules.errors import ScheduleError
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, Sha256, ZoneId
from schedules.plain_report import plain_report
from schedules.wire.codec import decoded, encoded
from schedules.wire.messages import AsRunReport
from tests.schedules.test_proof import BEGUN, FIRST, report

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
named = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\'), min_size=1, max_size=6)
instants = st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone
wholes = st.integers(-999, 999) | st.integers(-(2**53) + 1, 2**53 - 1)
entries = st.builds(
    AsRunEntry,
    loudspeaker=named.map(LoudspeakerId),
    journal=named.map(JournalId),
    sequence=wholes.map(abs).map(lambda number: number + 1),
    zone=named.map(ZoneId),
    previous=named,
    occurrence=named.map(OccurrenceId),
    programme=named.map(ProgrammeId),
    title=named | texts,
    reason=st.just("") | texts,
    approval=named,
    sha256=st.lists(named.map(Sha256), max_size=2).map(tuple),
    revision=wholes,
    outcome=st.sampled_from(Outcome),
    planned_start=instants,
    planned_end=instants,
    started_at=st.none() | instants,
    ended_at=st.none() | instants,
    played_ms=wholes,
    received_ms=st.none() | wholes,
    level_dbfs=st.none() | st.floats(-99, 9).map(lambda level: round(level, 1)) | st.floats(-99, 9),
    clock_error_ms=wholes,
    recorded_at=instants,
)


@given(st.lists(entries, max_size=3))
def test_what_is_cut_out_is_what_every_entry_hashes(given_entries: list[AsRunEntry]) -> None:
    message = report(*given_entries)

    plain = plain_report(encoded(message))

    if plain is None:  # read in full then
        return
    assert (plain.journal, plain.head) == (message.journal, message.head)
    assert [text for _, text in plain.entries] == [*map(canonical_bytes, given_entries)]
    assert all(tree.items() <= json.loads(text).items() for tree, text in plain.entries)


@given(st.data())
def test_whatever_a_report_is_made_into_is_read_as_in_full_or_not_at_all(data: st.DataObject) -> None:
    payload = encoded(report(FIRST, replace(FIRST, sequence=2, previous=FIRST.hash, title="Bản tin")))
    start = data.draw(st.integers(0, len(payload)))
    end = data.draw(st.integers(start, min(len(payload), start + 4)))
    put = data.draw(st.binary(max_size=2) | st.sampled_from([b'"', b"\\", b"0", b"-", b",", b"}", b"]", b" ", b"1e3"]))

    plain = plain_report(payload[:start] + put + payload[end:])

    if plain is None:  # read in full then
        return
    full = json.loads(payload[:start] + put + payload[end:])
    assert (plain.journal, plain.head) == (full["journal"], full["head"])
    assert [json.loads(text) for _, text in plain.entries] == full["entries"]
    for (tree, text), said in zip(plain.entries, full["entries"], strict=True):
        assert tree.items() <= said.items()
        assert text.decode() == json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        read = decoded(AsRunReport, payload[:start] + put + payload[end:])
    except ScheduleError:  # a day that no calendar has
        return
    assert [text for _, text in plain.entries] == [*map(canonical_bytes, read.entries)]


def test_what_devices_write_is_plain() -> None:
    cut = replace(FIRST, sequence=2, title="Bản tin", reason="guard.x", received_ms=3, started_at=None, level_dbfs=None)

    for message in (report(), report(FIRST), report(FIRST, cut)):
        assert plain_report(encoded(message)) is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b'"sequence":1', b'"sequence":1.0'),
        lambda text: text.replace(b'"sequence":1', b'"sequence":01'),
        lambda text: text.replace(b'"entries":[{', b'"entries":[{"later":1,'),
        lambda text: text.replace(b'"entries":[{', b'"entries": [{'),
        lambda text: text.replace(b'"title":"', b'"title":"\\n'),
        lambda text: text.replace(b'"title":"', b'"title":"\xff'),
        lambda text: text.replace(b"}]}", b"},]}"),
        lambda text: text.replace(b"}]}", b'}],"later":1}'),
        lambda text: text + b" ",
        lambda text: text[:-1],
        lambda text: text.replace(b'"level_dbfs":-18.3', b'"level_dbfs":-0.0'),
        lambda text: encoded(report(FIRST, marks=(BEGUN,))),
    ],
)
def test_what_is_written_in_another_way_is_not_plain(change: Callable[[bytes], bytes]) -> None:
    text = encoded(report(replace(FIRST, level_dbfs=-18.3)))

    changed: Any = change(text)

    assert changed != text
    assert plain_report(changed) is None
