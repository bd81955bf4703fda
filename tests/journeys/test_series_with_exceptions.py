"""A series is edited after single days of it were cancelled or moved: the exceptions survive."""

from schedules.reconciliation import Verdict
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, every_day, local
from tests.journeys.world import World

pytestmark = on_both_databases


def test_the_days_left_out_and_moved_stay_so_when_the_hour_changes(world: World) -> None:
    notice = world.officer.writes("Lịch cấp nước")
    slot = world.officer.books(notice, every_day("05:45", until=THURSDAY))
    world.officer.cancels(slot, local("05:45", day=TUESDAY))
    world.officer.moves(slot, local("05:45", day=WEDNESDAY), local("06:30", day=WEDNESDAY))
    world.releases(notice)
    world.until("08:00")

    world.officer.books_anew(slot, every_day("05:50", until=THURSDAY))
    assert len(world.leader.waiting.programmes) == 1
    world.leader.approves(notice)
    world.until("12:00", day=THURSDAY)

    heard = [local("05:45", MONDAY), local("06:30", WEDNESDAY), local("05:50", THURSDAY)]
    for pole in world.poles:
        assert [sounded.span.start for sounded in pole.sounded] == heard
    assert world.verdicts(notice) == [Verdict.CONFIRMED] * 6


def test_a_day_left_out_of_what_is_approved_needs_no_second_approval(world: World) -> None:
    notice = world.officer.writes("Lịch cấp nước")
    slot = world.officer.books(notice, every_day("05:45", until=WEDNESDAY))
    world.releases(notice)

    world.officer.cancels(slot, local("05:45", day=TUESDAY))
    assert not world.leader.waiting.programmes
    world.until("12:00", day=WEDNESDAY)
    assert [sounded.span.start for sounded in world.gate.sounded] == [
        local("05:45", MONDAY),
        local("05:45", WEDNESDAY),
    ]
