"""What is assumed of a loudspeaker, instant by instant."""

from datetime import timedelta

import pytest

from schedules.errors import InvalidValue
from schedules.faults import USUAL_DOUBT, ClockOff, DownloadFailed, Faults, LinkDown, PowerCut
from schedules.ids import ProgrammeId
from tests.schedules.given import HOUR, MINUTE, an_item, at, span

MORNING = span("05:00", "07:00")


def test_without_faults_everything_works() -> None:
    faults = Faults()

    assert faults.next_edge(at("00:00")) is None
    assert faults.linked(at("05:00"))
    assert faults.linked_for(MORNING) == 2 * HOUR
    assert faults.power_cut(at("05:00")) is None
    assert faults.clock(at("05:00")) == (timedelta(0), USUAL_DOUBT)
    assert faults.fetches(an_item(), at("05:00"))


def test_a_fault_holds_from_its_start_and_not_at_its_end() -> None:
    faults = Faults([LinkDown(span("05:30", "06:00"))])

    assert faults.next_edge(at("05:00")) == at("05:30")
    assert faults.next_edge(at("05:30")) == at("06:00")
    assert not faults.linked(at("05:30"))
    assert faults.linked(at("06:00"))
    assert faults.linked_for(MORNING) == 90 * MINUTE


def test_without_power_there_is_no_line() -> None:
    cut = PowerCut(span("05:30", "06:00"), keeps_time=False)
    faults = Faults([cut])

    assert faults.power_cut(at("05:45")) == cut
    assert not faults.linked(at("05:45"))
    assert not faults.fetches(an_item(), at("05:45"))


def test_a_clock_that_is_off_knows_it_unless_told_otherwise() -> None:
    knows = Faults([ClockOff(MORNING, -2 * MINUTE)])
    deceived = Faults([ClockOff(MORNING, 2 * MINUTE, timedelta(0))])

    assert knows.clock(at("05:00")) == (-2 * MINUTE, 2 * MINUTE)
    assert deceived.clock(at("05:00")) == (2 * MINUTE, timedelta(0))
    assert deceived.clock(at("07:00")) == (timedelta(0), USUAL_DOUBT)


def test_a_download_fails_for_one_programme_or_for_all() -> None:
    one = Faults([DownloadFailed(MORNING, ProgrammeId("other"))])
    every = Faults([DownloadFailed(MORNING)])

    assert one.fetches(an_item(), at("05:00"))
    assert not every.fetches(an_item(), at("05:00"))
    assert every.fetches(an_item(), at("07:00"))


def test_a_fault_lasts_and_a_clock_shows_one_time() -> None:
    with pytest.raises(InvalidValue, match="without_length"):
        Faults([LinkDown(span("05:00", "05:00"))])
    with pytest.raises(InvalidValue, match="clocks_overlap"):
        Faults([ClockOff(MORNING, MINUTE), ClockOff(span("06:00", "08:00"), -MINUTE)])
