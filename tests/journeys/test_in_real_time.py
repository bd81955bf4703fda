"""The same journeys over mosquitto, with the real conductor and real agents, against the wall clock."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from schedules.asrun import Outcome
from schedules.reconciliation import Verdict
from server.services import silence
from server.smoke.station import APPROVER, FAR, NEAR, STATION
from tests.journeys.machine import Machine
from tests.services.mosquitto import Mosquitto

pytestmark = [pytest.mark.mosquitto, pytest.mark.realtime, pytest.mark.slow]

BOTH = (NEAR, FAR)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One station for all of these journeys; each leaves it as it found it."""
    folder = tmp_path_factory.mktemp("machine")
    broker = Mosquitto(folder / "broker")
    broker.start()
    machine = Machine(folder, broker)
    yield machine
    machine.ends()
    broker.kill()


def test_approved_ready_within_two_seconds_started_within_20_ms_and_confirmed(machine: Machine) -> None:
    notice = machine.writes("Lịch tiêm chủng", seconds=3)
    start = machine.books(notice, in_seconds=6)

    approved = machine.releases(notice)
    machine.wait(machine.is_ready, "not every receipt says READY")
    assert time.monotonic() - approved < 2

    machine.wait(lambda: all(machine.entries(notice, zone) for zone in BOTH), "nothing was reported")
    for zone in BOTH:
        finding = machine.row(notice, zone).finding
        assert finding.verdict is Verdict.CONFIRMED
        assert finding.started_at is not None
        assert abs(finding.started_at - start) < timedelta(milliseconds=20)


def test_silent_within_a_second_of_the_commit_and_still_silent_after_a_reboot(machine: Machine) -> None:
    notice = machine.airs("Bản tin", seconds=15, in_seconds=3)

    order = silence.order(machine.store, machine.clock, APPROVER, unit=STATION)
    try:
        machine.wait(
            lambda: not silence.board(machine.store, machine.clock, APPROVER, STATION)[0].missing, "not everybody obeys"
        )
        assert machine.clock.now() - order.at < timedelta(seconds=1)
        machine.wait(lambda: all(machine.entries(notice, zone) for zone in BOTH), "nothing was reported")
        for zone in BOTH:
            (entry,) = machine.entries(notice, zone)
            assert (entry.outcome, entry.reason) == (Outcome.CUT_SHORT, "item.silence_ordered")
            assert entry.ended_at is not None
            assert entry.ended_at - order.at < timedelta(seconds=1)

        machine.loses_power(NEAR)
        machine.boots(NEAR)
        time.sleep(1.5)
        assert machine.playing(NEAR) == ""
        assert len(machine.entries(notice, NEAR)) == 1
    finally:
        silence.lift(machine.store, machine.clock, APPROVER, unit=STATION)
    machine.wait(lambda: all(machine.playing(zone) == "Bản tin" for zone in BOTH), "it was not joined again")
    machine.wait(lambda: all(len(machine.entries(notice, zone)) == 2 for zone in BOTH), "its end was not reported")


def test_a_power_cut_in_mid_item_leaves_two_entries_that_do_not_overlap(machine: Machine) -> None:
    notice = machine.airs("Phòng chống bão", seconds=12, in_seconds=3)

    machine.loses_power(NEAR)
    time.sleep(1)
    machine.boots(NEAR)
    machine.wait(lambda: len(machine.entries(notice, NEAR)) == 2, "its second part was not reported")
    machine.wait(lambda: machine.entries(notice, FAR), "nothing was reported")

    before, after = machine.entries(notice, NEAR)
    assert (before.reason, after.outcome) == ("device.rebooted", Outcome.FINISHED)
    assert before.ended_at is not None
    assert after.started_at is not None
    assert before.ended_at <= after.started_at
    assert machine.row(notice, NEAR).finding.verdict is Verdict.PARTIAL
    assert machine.row(notice, FAR).finding.verdict is Verdict.CONFIRMED
