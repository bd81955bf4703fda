"""Midnight and the edges of the permitted hours: fifteen or thirty seconds before them, and across."""

from datetime import timedelta

import pytest

from schedules.reconciliation import Verdict
from server.errors import Unacceptable
from tests.journeys.conftest import Begin
from tests.journeys.places import ALL_DAY, TUESDAY, at_once, local
from tests.journeys.world import World


def test_a_notice_across_midnight_is_one_occurrence(begin: Begin) -> None:
    world = begin("23:59:30", regulation=ALL_DAY)
    notice = world.airs("Trực bão qua đêm", at_once("23:59:45"), lasts=timedelta(seconds=30))
    following = world.airs("Bản tin", at_once("00:00:15", TUESDAY), lasts=timedelta(seconds=30))
    of_monday = world.in_force(world.gate).revision
    world.until("04:00", day=TUESDAY)
    assert world.in_force(world.gate).revision > of_monday

    for pole in world.poles:
        first, second = pole.sounded
        assert (first.span.start, first.span.end) == (local("23:59:45"), local("00:00:15", TUESDAY))
        assert second.span.start == local("00:00:15", TUESDAY)
    assert world.verdicts(notice) == world.verdicts(following) == [Verdict.CONFIRMED] * 2


def test_power_lost_at_midnight_loses_neither_day(begin: Begin) -> None:
    world = begin("23:59:30", regulation=ALL_DAY)
    notice = world.airs("Trực bão qua đêm", at_once("23:59:45"), lasts=timedelta(seconds=30))
    world.until("23:59:59.5")
    world.gate.loses_power()
    world.passes(seconds=3)
    world.gate.boots()
    world.until("00:10", day=TUESDAY)

    before, after = world.gate.sounded
    assert before.span.end == local("23:59:59.5")
    assert after.span.end == local("00:00:15", TUESDAY)
    assert world.verdict(notice, world.gate).verdict is Verdict.PARTIAL


def test_what_begins_with_the_permitted_hours_is_not_held_back(begin: Begin) -> None:
    world = begin("05:29:45")
    notice = world.airs("Bản tin", at_once("05:30"))
    world.until("05:40")

    assert world.verdicts(notice) == [Verdict.CONFIRMED] * 2
    assert world.verdict(notice, world.gate).started_at == local("05:30")


def test_what_reaches_past_the_permitted_hours_cannot_be_submitted(world: World) -> None:
    for at in ("05:29:59", "06:59:31", "12:00"):
        notice = world.officer.writes("Bản tin", lasts=timedelta(seconds=30))
        world.officer.books(notice, at_once(at))

        with pytest.raises(Unacceptable, match=r"regulation\.outside_hours"):
            world.officer.submits(notice)


def test_what_ends_with_the_permitted_hours_is_heard_whole(world: World) -> None:
    notice = world.airs("Bản tin", at_once("06:59:30"))
    world.until("07:10")

    assert world.verdicts(notice) == [Verdict.CONFIRMED] * 2
    assert world.verdict(notice, world.gate).ended_at == local("07:00")
