"""How what was planned and what was measured become an entry."""

from datetime import timedelta

import pytest

from schedules.asrun import AsRunEntry, Outcome
from schedules.evidence import Ending, Measured, drafted, ended
from schedules.ids import ChannelId, LoudspeakerId
from schedules.rundown import Relayed, RundownItem
from tests.schedules.given import a_rundown, an_item, at

TEN_MINUTES = 600.0


def entry(item: RundownItem, measured: Measured, reason: str = "", offset: timedelta = timedelta(0)) -> AsRunEntry:
    draft = drafted(
        item, loudspeaker=LoudspeakerId("cong"), rundown=a_rundown(item), now=item.starts_at, clock_error_ms=50
    )
    return ended(
        draft,
        item,
        measured,
        reason=reason,
        ended_at=item.ends_at,
        offset_ms=offset // timedelta(milliseconds=1),
    )


@pytest.mark.parametrize(
    ("measured", "reason", "told"),
    [
        (Measured(how=Ending.FINISHED, seconds=TEN_MINUTES), "", (Outcome.FINISHED, "")),
        (Measured(how=Ending.CUT, seconds=TEN_MINUTES - 0.4), "", (Outcome.FINISHED, "")),
        (Measured(how=Ending.CUT, seconds=TEN_MINUTES - 0.6), "", (Outcome.CUT_SHORT, "item.time_over")),
        (Measured(how=Ending.STOPPED, seconds=20), "item.replaced", (Outcome.CUT_SHORT, "item.replaced")),
        (Measured(how=Ending.STOPPED, seconds=20), "", (Outcome.CUT_SHORT, "item.stopped")),
        (
            Measured(how=Ending.FAILED, seconds=0, reason="sound.undecodable"),
            "",
            (Outcome.FAILED, "sound.undecodable"),
        ),
    ],
)
def test_how_it_ended_decides(measured: Measured, reason: str, told: tuple[Outcome, str]) -> None:
    made = entry(an_item("06:00", "06:10"), measured, reason)

    assert (made.outcome, made.reason) == told
    assert (made.started_at, made.ended_at, made.received_ms) == (None, None, None)


def test_what_was_joined_late_is_whole_with_the_rest_of_it() -> None:
    made = entry(an_item("06:00", "06:10"), Measured(how=Ending.CUT, seconds=300), offset=timedelta(minutes=5))

    assert made.outcome is Outcome.FINISHED


def test_what_expired_while_it_sounded_is_cut() -> None:
    made = entry(an_item("06:00", "06:10", valid_until=at("06:04")), Measured(how=Ending.CUT, seconds=240))

    assert (made.outcome, made.reason) == (Outcome.CUT_SHORT, "item.expired")


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.0, (Outcome.FAILED, "relay.nothing_received")), (600.0, (Outcome.FINISHED, ""))]
)
def test_a_relay_of_which_nothing_came_failed(seconds: float, told: tuple[Outcome, str]) -> None:
    relay = an_item("06:00", "06:10", sound=Relayed(ChannelId("vov1")))

    made = entry(relay, Measured(how=Ending.CUT, seconds=seconds, received=seconds))

    assert (made.outcome, made.reason, made.received_ms) == (*told, round(seconds * 1000))
