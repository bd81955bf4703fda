"""What should have sounded and did not: which reason counts, and when it is written down."""

from schedules.asrun import AsRunEntry, Outcome
from schedules.evidence import drafted
from schedules.ids import LoudspeakerId
from schedules.rundown import RundownItem
from schedules.unheard import Unheard, passed
from tests.schedules.given import MINUTE, a_rundown, an_item, at, span

NEWS, NOTICE = an_item("06:00", "06:10"), an_item("06:10", "06:15")


def draft(item: RundownItem = NEWS) -> AsRunEntry:
    return drafted(
        item, loudspeaker=LoudspeakerId("cong-thon"), rundown=a_rundown(NEWS, NOTICE), now=at("06:01"), clock_error_ms=0
    )


def test_it_is_written_down_once_its_time_is_over() -> None:
    unheard = Unheard().noting(draft(), "item.audio_missing")

    assert unheard.over(at("06:09:59")) == ()
    (entry,) = unheard.over(at("06:10"))
    assert (entry.outcome, entry.reason, entry.recorded_at) == (Outcome.SKIPPED, "item.audio_missing", at("06:10"))


def test_what_may_begin_late_is_written_down_once_that_time_is_over() -> None:
    late = an_item("06:00", "06:10", wait=20 * MINUTE, late_until="06:30")
    unheard = Unheard().noting(draft(late), "item.audio_missing")

    assert unheard.over(at("06:29"), a_rundown(late)) == ()
    assert [entry.occurrence for entry in unheard.over(at("06:30"), a_rundown(late))] == [late.occurrence]


def test_the_last_reason_counts_but_not_that_it_is_too_late() -> None:
    missing = Unheard().noting(draft(), "item.audio_missing")

    (late,) = missing.noting(draft(), "item.too_late").over(at("06:10"))
    (locked,) = missing.noting(draft(), "guard.maintenance").over(at("06:10"))
    (only,) = Unheard().noting(draft(), "item.too_late").over(at("06:10"))

    assert (late.reason, locked.reason, only.reason) == ("item.audio_missing", "guard.maintenance", "item.too_late")


def test_what_sounded_after_all_is_forgotten() -> None:
    both = Unheard().noting(draft(), "guard.maintenance").noting(draft(NOTICE), "guard.maintenance")

    (left,) = both.without([NEWS.occurrence]).over(at("07:00"))

    assert left.occurrence == NOTICE.occurrence


def test_what_is_planned_no_more_is_forgotten_but_not_what_an_older_rundown_planned() -> None:
    unheard = Unheard().noting(draft(), "item.audio_missing")
    elsewhere = a_rundown(NOTICE)
    tomorrow = a_rundown(covers=span("06:05", "20:00"))

    assert unheard.planned_in(elsewhere).over(at("07:00")) == ()
    assert unheard.planned_in(tomorrow) == unheard
    assert unheard.planned_in(None) == unheard
    assert unheard.planned_in(a_rundown(NEWS)) == unheard


def test_what_came_and_went_while_no_agent_ran_is_found() -> None:
    rundown = a_rundown(NEWS, NOTICE)

    assert passed(rundown, at("05:50"), at("06:12")) == (NEWS,)
    assert passed(rundown, at("06:00") + MINUTE, at("06:20")) == (NOTICE,)
    assert passed(None, at("05:50"), at("06:20")) == ()
