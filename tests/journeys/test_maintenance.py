"""Khoá phát khi sửa chữa: one loudspeaker is silent while somebody is up at its horns, and plays again by itself."""

from datetime import timedelta

from schedules.reconciliation import Verdict
from server.readiness_records import Colour
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import at_once, local
from tests.journeys.world import World

pytestmark = on_both_databases


def test_a_lock_stops_what_plays_at_that_loudspeaker_alone_and_the_board_says_so(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    world.until("05:47")

    world.officer.locks(world.gate.id, minutes=60)
    world.until("05:47:01")

    assert (world.gate.is_sounding, world.market.is_sounding) == (False, True)
    assert world.gate.sounded[0].span.end <= local("05:47") + timedelta(seconds=1)
    locked = world.ready(world.gate)
    assert locked.colour is Colour.LOCKED
    values = dict(locked.reasons[0].values)
    assert (values["until"], values["why"], values["by"]) == (local("06:47"), "thay loa", "officer")
    world.until("06:00")
    stopped, whole = world.verdict(notice, world.gate), world.verdict(notice, world.market)
    assert (stopped.verdict, stopped.reason) == (Verdict.PARTIAL, "guard.maintenance")
    assert whole.verdict is Verdict.CONFIRMED


def test_what_was_missed_under_a_lock_says_why_and_the_lock_ends_by_itself_without_a_line(world: World) -> None:
    missed = world.airs("Bản tin", at_once("05:45"))
    heard = world.airs("Lịch cấp nước", at_once("06:05"))
    world.until("05:40")
    world.officer.locks(world.gate.id, minutes=15)
    world.gate.loses_line()

    world.until("06:10")
    world.gate.has_line_again()

    finding = world.verdict(missed, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.MISSED, "guard.maintenance")
    assert world.verdict(heard, world.gate).verdict is Verdict.CONFIRMED
    assert world.ready(world.gate).colour is Colour.GREEN


def test_unlocked_early_it_joins_what_is_on_air(world: World) -> None:
    world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    world.until("05:44")
    world.officer.locks(world.gate.id, minutes=60)
    world.until("05:46")
    assert not world.gate.sounded

    world.officer.unlocks(world.gate.id)
    world.until("05:48")

    assert world.gate.is_sounding
