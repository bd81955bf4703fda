"""A conductor that stands still is an alarm while it does, and is remembered once another one works."""

from datetime import timedelta

import pytest

from server.services import alarms, standstill
from server.services.leases import CONDUCTOR, Claim
from server.services.standstill import AFTER
from tests.server.services.radio import DAWN, NEIGHBOUR, OFFICER, SON_HA, SON_LINH, Radio

SECOND = timedelta(seconds=1)


def claim(radio: Radio, name: str = "one") -> Claim:
    return Claim(radio.store, CONDUCTOR, holder=name, is_gone=lambda _: True, elapsed=lambda: 0.0, clock=radio.clock)


def codes(radio: Radio) -> list[tuple[str, str]]:
    return [(each.alarm.code, each.alarm.id) for each in alarms.open_at(radio.store, radio.clock, OFFICER, SON_HA)]


def still(radio: Radio) -> bool:
    with radio.store.reading() as uow:
        return standstill.still_since(uow, radio.now()) is not None


def test_where_none_ever_worked_nothing_is_said(radio: Radio) -> None:
    assert not still(radio)
    assert codes(radio) == []


def test_it_stands_still_when_its_lease_was_not_renewed_for_a_minute(radio: Radio) -> None:
    held = claim(radio)
    held.take()
    radio.clock.advance(AFTER - SECOND)
    assert not still(radio)

    radio.clock.advance(SECOND)

    assert still(radio)
    assert codes(radio) == [("alarm.conductor", "")]
    held.take()
    assert not still(radio)
    assert codes(radio) == []


def test_everybody_is_told_wherever_they_are(radio: Radio) -> None:
    claim(radio).take()
    radio.clock.advance(AFTER)

    (shown,) = alarms.open_at(radio.store, radio.clock, NEIGHBOUR, SON_LINH)

    assert dict(shown.alarm.values) == {"since": DAWN}


def test_who_takes_over_remembers_how_long_nobody_worked(radio: Radio) -> None:
    claim(radio).take()
    radio.clock.advance(timedelta(hours=2))
    second = claim(radio, "two")
    second.take()

    standstill.note_end(radio.store, radio.clock, since=second.silent_since)

    (shown,) = alarms.ended_at(radio.store, radio.clock, OFFICER, SON_HA)
    assert (shown.alarm.code, shown.alarm.began, shown.alarm.ended) == ("alarm.conductor", DAWN, radio.now())
    assert radio.actions()[-1] == "alarm.ended"


@pytest.mark.parametrize("pause", [None, timedelta(0), AFTER - SECOND])
def test_a_restart_is_no_standstill(radio: Radio, pause: timedelta | None) -> None:
    since = None if pause is None else radio.now() - pause

    standstill.note_end(radio.store, radio.clock, since=since)

    assert radio.store.kept.readiness.alarms == {}
