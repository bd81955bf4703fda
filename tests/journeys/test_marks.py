"""Marks: that nothing played is said and signed; what nobody can know any more is not made up."""

from itertools import groupby

from schedules.chain import first_break
from schedules.mark import MarkKind
from schedules.reconciliation import Verdict
from server.evidence_records import KeptMark
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import LANG_MOI, at_once, local
from tests.journeys.pole import Pole
from tests.journeys.world import World

pytestmark = on_both_databases


def marks(world: World, pole: Pole, *kinds: MarkKind) -> list[KeptMark]:
    with world.store.reading() as uow:
        return list(uow.evidence.marks([pole.id], kinds or MarkKind))


def test_a_day_without_a_line_comes_back_with_a_mark_for_each_of_its_hours(world: World) -> None:
    world.gate.loses_line()
    told = len(marks(world, world.gate))
    for _ in range(24):
        world.passes(minutes=60)
    assert len(marks(world, world.gate)) == told

    world.gate.has_line_again()
    world.passes(minutes=1)

    kept = marks(world, world.gate)
    assert [each.mark.kind for each in kept[told:]] == [*[MarkKind.HOURLY] * 23, MarkKind.DAILY]
    assert {each.flags for each in kept} == {frozenset()}
    ((journal, own),) = ((name, list(each)) for name, each in groupby(kept, key=lambda each: each.mark.journal))
    with world.store.reading() as uow:
        state = uow.evidence.journal(world.gate.id, journal)
    assert (state.through, state.head) == (own[-1].mark.sequence, own[-1].hash)
    assert first_break(each.mark for each in own) is None


def test_on_a_day_on_which_nothing_played_a_mark_says_so(world: World) -> None:
    """The notice was approved while the loudspeaker had no line: nobody could have told it."""
    world.gate.loses_line()
    world.passes(minutes=1)
    notice = world.airs("Tạm ngừng cấp điện", at_once("17:00", zone=LANG_MOI))
    world.until("18:30")
    assert world.verdict(notice, world.gate).verdict is Verdict.AWAITED

    world.gate.has_line_again()
    world.passes(minutes=1)

    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.MISSED, "report.nothing_played")
    (planned,) = {row.planned for row in world.log(notice) if row.loudspeaker.id == world.gate.id}
    last = marks(world, world.gate)[-1].mark
    assert last.covers_until is not None
    assert last.covers_until > planned.end


def test_what_a_damaged_journal_can_no_longer_tell_is_not_said_to_be_silence(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45", zone=LANG_MOI))
    later = world.airs("Lịch cấp nước", at_once("06:30", zone=LANG_MOI))
    world.until("05:40")
    world.gate.loses_line()
    world.until("05:55")
    world.gate.loses_power()
    world.gate.forgets_what_it_played()
    world.gate.boots()
    world.gate.has_line_again()
    world.until("06:45")

    assert world.gate.sounded[0].span.start == local("05:45")
    lost = world.verdict(notice, world.gate)
    assert (lost.verdict, lost.reason) == (Verdict.MISSED, "report.lost")
    assert world.verdict(later, world.gate).verdict is Verdict.CONFIRMED
    begun = [each.mark for each in marks(world, world.gate, MarkKind.BEGUN)][-1]
    (gone,) = (each.mark for each in marks(world, world.gate, MarkKind.LOST))
    assert gone.after_journal == begun.after_journal
    assert gone.journal == begun.journal


def test_an_empty_disk_says_nothing_of_the_time_before_it(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45", zone=LANG_MOI))
    world.until("05:40")
    world.gate.loses_power()
    world.until("06:00")
    world.gate.loses_disk()
    world.gate.boots()
    world.passes(minutes=2)

    finding = world.verdict(notice, world.gate)

    assert (finding.verdict, finding.reason) == (Verdict.MISSED, "report.lost")
