"""Im lặng ngay: one person, silent at once, silent after a reboot, and the board names who has not obeyed."""

from datetime import timedelta

from schedules.reconciliation import Verdict
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import at_once, local
from tests.journeys.world import World

pytestmark = on_both_databases


def test_everything_is_silent_at_once_and_the_board_shows_who_obeyed(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    world.until("05:47")
    assert all(pole.is_sounding for pole in world.poles)

    world.officer.orders_silence()

    assert not any(pole.is_sounding for pole in world.poles)
    assert [pole.sounded[0].span.end for pole in world.poles] == [local("05:47")] * 2
    board = world.officer.silence_board
    assert (board.holds, board.by_name, board.missing) == (True, "officer", ())
    world.until("06:00")
    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.PARTIAL, "item.silence_ordered")
    assert finding.ended_at == local("05:47")


def test_it_lasts_over_a_reboot_without_a_line(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    world.officer.orders_silence()
    world.gate.loses_line()
    world.gate.loses_power()
    world.until("05:44")
    world.gate.boots()

    world.until("06:00")
    assert not world.gate.sounded
    world.gate.has_line_again()
    finding = world.verdict(notice, world.gate)
    assert (finding.verdict, finding.reason) == (Verdict.MISSED, "item.silence_ordered")


def test_once_lifted_what_is_on_air_is_joined_and_what_follows_is_whole(world: World) -> None:
    cut = world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    whole = world.airs("Lịch cấp nước", at_once("05:55"))
    world.until("05:46")
    world.officer.orders_silence()
    world.until("05:48")
    world.officer.lifts_silence()
    assert not world.officer.silence_board.holds
    assert not world.officer.silence_board.missing

    world.until("06:00")
    for pole in world.poles:
        before, after, following = pole.sounded
        assert before.span.end == local("05:46")
        assert after.offset_s == (after.span.start - local("05:45")).total_seconds()
        assert after.span.start - local("05:48") <= timedelta(seconds=2)
        assert following.span.start == local("05:55")
        assert world.verdict(cut, pole).verdict is Verdict.PARTIAL
        assert world.verdict(whole, pole).verdict is Verdict.CONFIRMED


def test_a_loudspeaker_that_cannot_hear_the_order_is_named_until_it_obeys(world: World) -> None:
    world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    world.gate.loses_line()
    world.until("05:46")

    world.officer.orders_silence()
    (missing,) = world.officer.silence_board.missing
    assert (missing.loudspeaker.id, missing.connected) == (world.gate.id, False)
    assert (world.gate.is_sounding, world.market.is_sounding) == (True, False)

    world.until("05:47")
    world.gate.has_line_again()
    assert not world.gate.is_sounding
    assert not world.officer.silence_board.missing
