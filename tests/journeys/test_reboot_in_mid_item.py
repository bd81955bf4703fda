"""The power fails while a notice sounds: it is joined where it would be by now, and both parts are told."""

from datetime import timedelta
from itertools import pairwise

from schedules.reconciliation import Verdict
from tests.journeys.places import at_once, local
from tests.journeys.world import World

FIVE_MINUTES = timedelta(minutes=5)


def test_it_is_joined_at_its_offset_and_both_parts_are_reported(world: World) -> None:
    notice = world.airs("Phòng chống bão", at_once("05:45"), lasts=FIVE_MINUTES)
    world.until("05:47")
    world.gate.loses_power()
    world.passes(minutes=1)
    world.gate.boots()
    world.until("06:00")

    before, after = world.gate.sounded
    assert before.span.end == local("05:47")
    assert local("05:48") <= after.span.start <= local("05:48:02")
    assert after.offset_s == (after.span.start - local("05:45")).total_seconds()
    assert after.span.end == local("05:50")

    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.PARTIAL, "device.rebooted")
    assert (finding.started_at, finding.ended_at) == (local("05:45"), local("05:50"))
    assert world.verdict(notice, world.market).verdict is Verdict.CONFIRMED


def test_its_entries_never_overlap_nor_claim_more_than_sounded(world: World) -> None:
    """Three power cuts, one of them so short that the second part begins within the same second."""
    notice = world.airs("Phòng chống bão", at_once("05:45"), lasts=FIVE_MINUTES)
    for at, dark_s in (("05:45:30", 0), ("05:46:40.5", 3), ("05:48:00", 20)):
        world.until(at)
        world.gate.loses_power()
        world.passes(seconds=dark_s)
        world.gate.boots()
    world.until("06:00")

    told = [heard.entry for heard in world.log(notice)[0].entries]
    assert len(told) == len(world.gate.sounded) == 4
    for entry, sounded in zip(told, world.gate.sounded, strict=True):
        assert entry.started_at == sounded.span.start
        assert entry.ended_at is not None
        assert sounded.span.end - timedelta(seconds=1) <= entry.ended_at <= sounded.span.end
        assert entry.played_ms <= sounded.span.duration / timedelta(milliseconds=1)
    for entry, following in pairwise(told):
        assert entry.ended_at is not None
        assert following.started_at is not None
        assert entry.ended_at <= following.started_at


def test_power_that_comes_back_after_its_end_leaves_one_part(world: World) -> None:
    notice = world.airs("Phòng chống bão", at_once("05:45"), lasts=FIVE_MINUTES)
    world.until("05:47")
    world.gate.loses_power()
    world.until("06:30")
    assert world.verdict(notice, world.gate).verdict is Verdict.AWAITED

    world.gate.boots()
    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.PARTIAL, "device.rebooted")
    assert finding.ended_at is not None
    assert finding.ended_at <= local("05:47")
    assert len(world.gate.sounded) == 1
