"""A notice is withdrawn while it sounds: it stops at every loudspeaker that has a line, and never comes back."""

from datetime import timedelta

from schedules.reconciliation import Verdict
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import TUESDAY, at_once, every_day, local
from tests.journeys.world import World

pytestmark = on_both_databases


def test_it_stops_at_once_and_what_was_heard_of_it_is_told(world: World) -> None:
    notice = world.airs("Lịch tiêm chủng", at_once("05:45"), lasts=timedelta(minutes=5))
    world.until("05:47")

    world.officer.withdraws(notice)
    world.passes(seconds=1)
    assert not any(pole.is_sounding for pole in world.poles)

    world.until("06:00")
    for pole in world.poles:
        (sounded,) = pole.sounded
        assert sounded.span.end - local("05:47") < timedelta(seconds=1)
        (heard,) = next(row for row in world.log(notice) if row.loudspeaker.id == pole.id).entries
        assert (heard.entry.reason, heard.entry.ended_at) == ("item.withdrawn", sounded.span.end)


def test_every_later_occurrence_is_gone_with_it(world: World) -> None:
    notice = world.airs("Lịch tiêm chủng", every_day("05:45", until=TUESDAY))
    world.until("05:46")
    world.officer.withdraws(notice)

    world.until("06:00", day=TUESDAY)
    assert [len(pole.sounded) for pole in world.poles] == [1, 1]
    assert len(world.log(notice)) == 2


def test_what_was_withdrawn_while_a_loudspeaker_was_off_leaves_no_trace_there(world: World) -> None:
    notice = world.airs("Lịch tiêm chủng", at_once("05:45"))
    world.gate.loses_power()
    world.until("05:40")
    world.officer.withdraws(notice)
    world.until("06:00")

    world.gate.boots()
    world.passes(minutes=1)
    assert not world.log(notice)


def test_a_loudspeaker_without_a_line_plays_it_to_its_end_and_says_so(world: World) -> None:
    notice = world.airs("Lịch tiêm chủng", at_once("05:45"), lasts=timedelta(minutes=5))
    world.gate.loses_line()
    world.until("05:47")
    world.officer.withdraws(notice)
    world.until("06:00")
    world.gate.has_line_again()

    (sounded,) = world.gate.sounded
    assert sounded.span.end == local("05:50")
    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.ended_at) == (Verdict.CONFIRMED, local("05:50"))
