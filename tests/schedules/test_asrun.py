"""As-run entries and their chain."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.asrun import AsRunEntry, Outcome
from schedules.canonical import canonical
from schedules.chain import GENESIS, canonical_bytes, first_break
from schedules.errors import InvalidValue
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, Sha256
from schedules.times import instant_text
from schedules.wire.codec import entry_of
from tests.schedules.given import SECOND, ZONE, at

PLAYED = AsRunEntry(
    loudspeaker=LoudspeakerId("loa-1"),
    zone=ZONE.id,
    journal=JournalId("nhat-ky-1"),
    sequence=1,
    previous=GENESIS,
    occurrence=OccurrenceId("0" * 32),
    programme=ProgrammeId("ban-tin"),
    title="Bản tin “Sơn Hà”",
    sha256=(Sha256("a" * 64),),
    approval="b" * 64,
    revision=7,
    planned_start=at("06:00"),
    planned_end=at("06:10"),
    outcome=Outcome.FINISHED,
    started_at=at("06:00"),
    ended_at=at("06:10"),
    played_ms=600_000,
    level_dbfs=-20.04,
    clock_error_ms=12,
    recorded_at=at("06:10"),
)
SKIPPED = replace(PLAYED, outcome=Outcome.SKIPPED, reason="item.audio_missing", started_at=None, level_dbfs=None)


def chained(count: int) -> list[AsRunEntry]:
    entries = [PLAYED]
    while len(entries) < count:
        entries.append(replace(PLAYED, sequence=entries[-1].sequence + 1, previous=entries[-1].hash))
    return entries


def test_an_instant_of_a_narrower_type_is_written_as_an_instant() -> None:
    class Jumping(datetime):
        """What a test that moves the wall clock puts in the place of the standard type."""

    jumping = replace(PLAYED, recorded_at=Jumping.fromisoformat(PLAYED.recorded_at.isoformat()).astimezone(UTC))

    assert type(jumping.recorded_at) is not datetime
    assert jumping.hash == PLAYED.hash


def test_the_canonical_bytes_are_sorted_json_without_what_is_unset() -> None:
    expected = {
        "approval": "b" * 64,
        "clock_error_ms": 12,
        "ended_at": "2026-11-22T23:10:00.000Z",
        "journal": "nhat-ky-1",
        "level_dbfs": -20.0,
        "loudspeaker": "loa-1",
        "occurrence": "0" * 32,
        "outcome": "finished",
        "planned_end": "2026-11-22T23:10:00.000Z",
        "planned_start": "2026-11-22T23:00:00.000Z",
        "played_ms": 600000,
        "previous": GENESIS,
        "programme": "ban-tin",
        "recorded_at": "2026-11-22T23:10:00.000Z",
        "revision": 7,
        "sequence": 1,
        "sha256": ["a" * 64],
        "started_at": "2026-11-22T23:00:00.000Z",
        "title": "Bản tin “Sơn Hà”",
        "zone": "lang-moi",
    }

    assert canonical_bytes(PLAYED).decode() == json.dumps(expected, ensure_ascii=False, separators=(",", ":"))


@given(
    text=st.text(),
    digests=st.lists(st.text()),
    level=st.none() | st.floats(-120, 6),
    outcome=st.sampled_from(Outcome),
    played_ms=st.integers(-(2**53), 2**53),
    recorded_at=st.datetimes(timezones=st.just(UTC)),
)
def test_the_canonical_bytes_are_those_of_the_one_writer_of_facts(
    text: str, digests: list[str], level: float | None, outcome: Outcome, played_ms: int, recorded_at: datetime
) -> None:
    entry = replace(
        PLAYED,
        title=text,
        reason=text,
        sha256=tuple(map(Sha256, digests)),
        level_dbfs=level,
        outcome=outcome,
        played_ms=played_ms,
        recorded_at=recorded_at,
    )
    facts: dict[str, object] = json.loads(canonical_bytes(PLAYED))
    facts |= {"title": text, "sha256": digests, "outcome": outcome.value, "played_ms": played_ms}
    facts |= {"recorded_at": instant_text(recorded_at), "reason": text}
    facts |= {"level_dbfs": None if level is None else round(level, 1) + 0.0}
    unset = {name for name in ("reason", "level_dbfs") if facts[name] in ("", None)}

    assert canonical_bytes(entry) == canonical({name: facts[name] for name in facts if name not in unset})


def test_a_hash_covers_the_entry_and_the_one_before() -> None:
    assert PLAYED.hash == sha256(GENESIS.encode() + b"\n" + canonical_bytes(PLAYED)).hexdigest()
    assert replace(PLAYED, played_ms=1).hash != PLAYED.hash
    assert replace(PLAYED, previous="1" * 64).hash != PLAYED.hash


def test_the_hash_of_an_entry_stays_what_it_was() -> None:
    """Journals of years are chained by these: the values are written out here, not computed again."""
    assert PLAYED.hash == "9ffcb1dfa03e9d5e85a7f0c1eed1f7abb770cb5015a5f0ef076d291c2cb7e33a"
    assert SKIPPED.hash == "c6d874c5520e5f5e57ac55b786ce44f3c3e4a40bf1d4cdbb3ecd1feda8ce10dd"


@pytest.mark.parametrize("level", [-20.0, -20.04, -19.96])
def test_a_level_counts_to_a_tenth(level: float) -> None:
    assert replace(PLAYED, level_dbfs=level).hash == PLAYED.hash


def test_a_level_of_minus_nothing_is_nothing() -> None:
    assert replace(PLAYED, level_dbfs=-0.0).hash == replace(PLAYED, level_dbfs=0.04).hash


def test_what_is_below_a_millisecond_does_not_count() -> None:
    assert replace(PLAYED, started_at=at("06:00") + SECOND / 1_000_000).hash == PLAYED.hash


@pytest.mark.parametrize("entry", [PLAYED, SKIPPED, replace(PLAYED, received_ms=0, level_dbfs=0.0)])
def test_an_entry_reads_back_from_its_canonical_bytes(entry: AsRunEntry) -> None:
    again = entry_of(canonical_bytes(entry))

    assert again.hash == entry.hash
    assert canonical_bytes(again) == canonical_bytes(entry)


def test_a_chain_that_holds_has_no_break() -> None:
    entries = chained(4)

    assert first_break([]) is None
    assert first_break(entries) is None
    assert first_break(entries[2:], sequence=2, head=entries[1].hash) is None


def test_a_chain_breaks_at_a_gap_a_change_and_a_repeat() -> None:
    one, two, three, four = chained(4)

    assert first_break([one, three]) is three
    assert first_break([one, two, replace(three, played_ms=1), four]) is four
    assert first_break([one, one]) is one
    assert first_break([two]) is two
    assert first_break([one, replace(two, previous=GENESIS)]) == replace(two, previous=GENESIS)
    assert first_break([two], sequence=1, head=GENESIS) is two


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sequence": 0}, "asrun.sequence"),
        ({"level_dbfs": float("-inf")}, "asrun.level"),
        ({"level_dbfs": float("nan")}, "asrun.level"),
        ({"planned_start": at("06:00").replace(tzinfo=None)}, "time.not_utc"),
    ],
)
def test_an_entry_that_could_never_be_sent_cannot_exist(change: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        replace(PLAYED, **change)  # type: ignore[arg-type]  # wrong on purpose

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("outcome", "reason", "resumable"),
    [
        (Outcome.CUT_SHORT, "device.rebooted", True),
        (Outcome.CUT_SHORT, "device.stopped", True),
        (Outcome.CUT_SHORT, "item.silence_ordered", True),
        (Outcome.CUT_SHORT, "guard.outside_hours", True),
        (Outcome.CUT_SHORT, "item.withdrawn", False),
        (Outcome.FINISHED, "", False),
        (Outcome.SKIPPED, "guard.outside_hours", False),
        (Outcome.FAILED, "device.rebooted", False),
    ],
)
def test_only_what_was_cut_from_outside_may_be_joined_again(outcome: Outcome, reason: str, resumable: bool) -> None:
    assert replace(PLAYED, outcome=outcome, reason=reason).resumable is resumable
