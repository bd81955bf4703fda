"""Verdicts and their numbers; docs/verdicts.md says the same in words."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules import reconciliation
from schedules.asrun import AsRunEntry, Outcome
from schedules.ids import ChannelId, JournalId
from schedules.reconciliation import (
    CONFIRMED_SHARE,
    START_TOLERANCE,
    UNREPORTED_AFTER,
    Finding,
    Verdict,
    reconcile,
)
from schedules.rundown import Relayed, RundownItem
from schedules.times import DAY, Span
from tests.schedules.given import HOUR, MINUTE, SECOND, an_item, at
from tests.schedules.test_asrun import PLAYED

ITEM = an_item("06:00", "06:10")
RELAY = replace(ITEM, sound=Relayed(ChannelId("vov1")))
WAITING = an_item("06:00", "06:10", wait=5 * MINUTE)


def entry(
    begin: datetime | None = None,
    seconds: float = 600,
    *,
    outcome: Outcome = Outcome.FINISHED,
    reason: str = "",
    received: float | None = None,
    sequence: int = 1,
    journal: str = "nhat-ky-1",
) -> AsRunEntry:
    """Give an entry that sounded from an instant for some seconds; with 0 seconds it never sounded."""
    start = begin or at("06:00")
    sounded = seconds > 0
    return replace(
        PLAYED,
        occurrence=ITEM.occurrence,
        journal=JournalId(journal),
        sequence=sequence,
        outcome=outcome,
        reason=reason,
        started_at=start if sounded else None,
        ended_at=start + timedelta(seconds=seconds) if sounded else None,
        played_ms=round(seconds * 1000),
        received_ms=None if received is None else round(received * 1000),
    )


def judged(*entries: AsRunEntry, item: RundownItem = ITEM) -> tuple[Verdict, str]:
    found = reconcile(item, entries, covers_until=None, now=at("12:00"))
    return found.verdict, found.reason


def test_the_numbers_are_those_of_the_page() -> None:
    assert (CONFIRMED_SHARE, START_TOLERANCE, UNREPORTED_AFTER) == (0.98, 2 * SECOND, 24 * HOUR)


def test_what_played_whole_and_on_time_is_confirmed_with_its_true_times() -> None:
    found = reconcile(ITEM, [entry(at("06:00") + SECOND, 599)], covers_until=None, now=at("06:11"))

    assert found == Finding(Verdict.CONFIRMED, "", at("06:00:01"), at("06:11") - MINUTE, 599_000)


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (588, (Verdict.CONFIRMED, "")),  # 98 % of ten minutes
        (587.999, (Verdict.PARTIAL, "played.short")),
        (1, (Verdict.PARTIAL, "played.short")),
    ],
)
def test_98_percent_is_enough_and_less_is_partial(seconds: float, verdict: tuple[Verdict, str]) -> None:
    assert judged(entry(seconds=seconds)) == verdict


@pytest.mark.parametrize(
    ("late", "verdict"),
    [
        (timedelta(seconds=2), (Verdict.CONFIRMED, "")),
        (timedelta(seconds=2, milliseconds=1), (Verdict.PARTIAL, "start.late")),
        (timedelta(seconds=-2), (Verdict.CONFIRMED, "")),
        (timedelta(seconds=-2, milliseconds=-1), (Verdict.PARTIAL, "start.early")),
    ],
)
def test_a_start_within_two_seconds_is_on_time(late: timedelta, verdict: tuple[Verdict, str]) -> None:
    assert judged(entry(at("06:00") + late)) == verdict


@pytest.mark.parametrize(
    ("begin", "verdict"),
    [
        ("06:05:02", (Verdict.CONFIRMED, "")),
        ("06:05:03", (Verdict.PARTIAL, "start.late")),
        ("05:59:57", (Verdict.PARTIAL, "start.early")),
    ],
)
def test_what_may_wait_is_on_time_until_its_latest_start(begin: str, verdict: tuple[Verdict, str]) -> None:
    assert judged(entry(at(begin)), item=WAITING) == verdict


def test_the_devices_own_reason_is_told_before_ours() -> None:
    cut = entry(seconds=60, outcome=Outcome.CUT_SHORT, reason="item.silence_ordered")

    assert judged(cut) == (Verdict.PARTIAL, "item.silence_ordered")


def test_a_reboot_makes_two_entries_that_count_together() -> None:
    first = entry(seconds=200, outcome=Outcome.CUT_SHORT, reason="device.rebooted")
    long_gap = entry(at("06:05"), 300, sequence=2)
    short_gap = entry(at("06:03:25"), 395, sequence=2)

    found = reconcile(ITEM, [long_gap, first], covers_until=None, now=at("06:11"))

    assert found == Finding(Verdict.PARTIAL, "device.rebooted", at("06:00"), at("06:10"), 500_000)
    assert judged(first, short_gap) == (Verdict.CONFIRMED, "")


def test_a_copied_journal_does_not_count_twice() -> None:
    one, copy = entry(seconds=300, outcome=Outcome.CUT_SHORT, reason="x"), entry(seconds=299)

    found = reconcile(ITEM, [one, copy], covers_until=None, now=at("06:11"))

    assert (found.verdict, found.played_ms) == (Verdict.PARTIAL, 300_000)
    assert judged(one, replace(copy, journal=JournalId("nhat-ky-2"), played_ms=300_000)) == (Verdict.CONFIRMED, "")


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        (
            [entry(seconds=0, outcome=Outcome.SKIPPED, reason="item.audio_missing")],
            (Verdict.MISSED, "item.audio_missing"),
        ),
        ([entry(seconds=0, outcome=Outcome.FAILED, reason="sound.unreadable")], (Verdict.FAILED, "sound.unreadable")),
        (
            [
                entry(seconds=0, outcome=Outcome.FAILED, reason="sound.unreadable"),
                entry(seconds=0, outcome=Outcome.SKIPPED, reason="item.too_late", sequence=2),
            ],
            (Verdict.FAILED, "item.too_late"),
        ),
        (
            [
                entry(seconds=0, outcome=Outcome.FAILED, reason="device.lost"),
                entry(at("06:01"), 540, sequence=2),
            ],
            (Verdict.PARTIAL, "device.lost"),
        ),
    ],
)
def test_what_never_sounded_is_missed_or_failed_by_what_the_device_says(
    entries: list[AsRunEntry], verdict: tuple[Verdict, str]
) -> None:
    assert judged(*entries) == verdict


@pytest.mark.parametrize(
    ("played", "received", "verdict"),
    [
        (600, 600, (Verdict.CONFIRMED, "")),
        (600, 586, (Verdict.CONFIRMED, "")),  # 98 %, and 2 s to join
        (600, 585.999, (Verdict.PARTIAL, "relay.fallback")),
        (600, 0, (Verdict.PARTIAL, "relay.fallback")),
        (500, 500, (Verdict.PARTIAL, "played.short")),
        (600, None, (Verdict.CONFIRMED, "")),
    ],
)
def test_of_a_relay_only_what_came_of_the_channel_counts(
    played: float, received: float | None, verdict: tuple[Verdict, str]
) -> None:
    assert judged(entry(seconds=played, received=received), item=RELAY) == verdict


@pytest.mark.parametrize(
    ("covers_until", "now", "verdict"),
    [
        (None, at("06:10"), (Verdict.AWAITED, "")),
        (None, at("06:10") + DAY - SECOND, (Verdict.AWAITED, "")),
        (None, at("06:10") + DAY, (Verdict.MISSED, "report.none")),
        (at("06:09:59"), at("07:00"), (Verdict.AWAITED, "")),
        (at("06:10"), at("07:00"), (Verdict.MISSED, "report.nothing_played")),
        (at("06:09:59"), at("06:10") + DAY, (Verdict.MISSED, "report.none")),
        (at("06:10"), at("06:10") + 2 * DAY, (Verdict.MISSED, "report.nothing_played")),
    ],
)
def test_without_an_entry_it_depends_on_what_was_reported_and_when(
    covers_until: datetime | None, now: datetime, verdict: tuple[Verdict, str]
) -> None:
    found = reconcile(ITEM, [], covers_until=covers_until, now=now)

    assert (found.verdict, found.reason) == verdict


@pytest.mark.parametrize(
    ("lost", "covers_until", "verdict"),
    [
        (Span(at("06:09"), at("06:30")), at("07:00"), (Verdict.MISSED, "report.lost")),
        (Span(at("05:00"), at("06:00:01")), at("07:00"), (Verdict.MISSED, "report.lost")),
        (Span(at("06:10"), at("06:30")), at("07:00"), (Verdict.MISSED, "report.nothing_played")),
        (Span(at("05:00"), at("06:00")), at("07:00"), (Verdict.MISSED, "report.nothing_played")),
        (Span(at("05:00"), at("07:00")), at("06:05"), (Verdict.AWAITED, "")),
    ],
)
def test_a_journal_that_is_lost_says_nothing_of_its_time(
    lost: Span, covers_until: datetime, verdict: tuple[Verdict, str]
) -> None:
    found = reconcile(ITEM, [], covers_until=covers_until, lost=[lost], now=at("07:00"))
    played = reconcile(ITEM, [entry()], covers_until=covers_until, lost=[lost], now=at("07:00"))

    assert (found.verdict, found.reason) == verdict
    assert played.verdict is Verdict.CONFIRMED


def test_a_late_report_turns_missed_into_confirmed() -> None:
    a_month_later = at("06:10") + 30 * DAY

    before = reconcile(ITEM, [], covers_until=at("06:10"), now=a_month_later)
    after = reconcile(ITEM, [entry()], covers_until=at("06:10"), now=a_month_later)

    assert (before.verdict, after.verdict) == (Verdict.MISSED, Verdict.CONFIRMED)


@given(
    st.lists(
        st.builds(
            entry,
            begin=st.integers(-10, 600).map(lambda seconds: at("06:00") + seconds * SECOND),
            seconds=st.integers(0, 700),
            outcome=st.sampled_from(list(Outcome)),
            reason=st.sampled_from(["", "x"]),
            received=st.none() | st.integers(0, 700),
            sequence=st.integers(1, 3),
        ),
        max_size=4,
    ),
    st.permutations(range(4)),
    st.sampled_from([ITEM, RELAY, WAITING]),
)
def test_the_order_in_which_entries_arrive_changes_nothing(
    entries: list[AsRunEntry], order: list[int], item: RundownItem
) -> None:
    arrived = [entries[index] for index in order if index < len(entries)]

    found = reconcile(item, entries, covers_until=None, now=at("07:00"))

    assert reconcile(item, arrived, covers_until=None, now=at("07:00")) == found
    assert reconcile(item, entries + entries, covers_until=None, now=at("07:00")) == found
    assert (found.verdict is Verdict.CONFIRMED) == (found.reason == "" and found.started_at is not None)


def test_the_page_has_every_verdict_every_reason_and_the_numbers() -> None:
    page = (Path(__file__).parents[2] / "docs" / "verdicts.md").read_text(encoding="utf-8")
    source = Path(reconciliation.__file__).read_text(encoding="utf-8")
    reasons = set(re.findall(r'"((?:start|played|relay|report)\.[a-z_]+)"', source))

    assert set(re.findall(r"^\| ([a-z]+) \| [^|]*[^a-z| ]", page, re.MULTILINE)) >= set(Verdict)
    assert len(reasons) == 7
    assert all(f"`{reason}`" in page for reason in reasons)
    for number in (f"{CONFIRMED_SHARE:.0%}".replace("%", " %"), "2 s", "24 h"):
        assert f"| {number} |" in page
