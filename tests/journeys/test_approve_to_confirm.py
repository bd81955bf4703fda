"""The main job: a notice is written, released by a second person, played on the second, and confirmed.

Read this one first. What may go wrong on the way has journeys of its own, beside it.
"""

from datetime import timedelta

import pytest

from schedules.reconciliation import Verdict
from schedules.wire.messages import ReceiptState
from server.errors import Stale, Unacceptable
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import in_the_morning, local
from tests.journeys.world import World

pytestmark = on_both_databases

TITLE = "Lịch tiêm chủng cho trẻ em"


def test_a_notice_is_approved_played_on_the_second_and_confirmed_by_every_loudspeaker(world: World) -> None:
    notice = world.officer.writes(TITLE, lasts=timedelta(minutes=2), times_read=2)
    world.officer.books(notice, in_the_morning())
    world.officer.submits(notice)
    assert not world.planned(notice, world.gate)

    world.leader.approves(notice)
    for pole in world.poles:
        assert world.receipt(pole).state is ReceiptState.READY
        assert world.receipt(pole).revision == world.in_force(pole).revision

    world.until("05:31")
    for pole in world.poles:
        assert pole.is_sounding
        assert world.on_air(pole) == TITLE

    world.until("05:40")
    for pole in world.poles:
        finding = world.verdict(notice, pole)
        assert finding.verdict is Verdict.CONFIRMED
        assert (finding.started_at, finding.ended_at) == (local("05:30:00"), local("05:34:02"))
        assert not pole.is_sounding


def test_its_author_cannot_approve_it(world: World) -> None:
    notice = world.deputy.writes(TITLE)
    world.deputy.books(notice, in_the_morning())
    world.deputy.submits(notice)

    with pytest.raises(Unacceptable, match=r"approval\.own_work"):
        world.deputy.approves(notice)

    world.until("06:15")
    assert not world.gate.sounded


def test_a_change_takes_it_off_the_rundown_until_it_is_approved_again(world: World) -> None:
    notice = world.airs(TITLE, in_the_morning())
    assert world.planned(notice, world.gate)

    world.officer.rewords(notice, "Lịch tiêm chủng, đợt 2")
    assert not world.planned(notice, world.gate)
    assert world.receipt(world.gate).revision == world.in_force(world.gate).revision

    world.releases(notice)
    world.until("06:15")
    assert world.verdicts(notice) == [Verdict.CONFIRMED, Verdict.CONFIRMED]


def test_what_is_approved_is_what_the_approver_saw(world: World) -> None:
    notice = world.officer.writes(TITLE)
    world.officer.books(notice, in_the_morning())
    world.officer.submits(notice)
    shown = world.leader.opens(notice)

    world.officer.records(notice, lasts=timedelta(minutes=3))
    world.officer.submits(notice)
    with pytest.raises(Stale, match=r"approval\.stale"):
        world.leader.approves(notice, shown)

    assert not world.planned(notice, world.gate)
