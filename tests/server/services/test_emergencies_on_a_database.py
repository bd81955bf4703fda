"""Emergencies on the real store: what the fake forgives, a database does not."""

from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from schedules.break_glass import COUNTDOWN
from server.emergency_records import RequestState
from server.services import break_glass, emergencies
from server.services.emergency_alarms import alarms
from server.services.emergency_board import board
from server.services.exercise_board import exercises_at
from server.services.new_ids import unix_milliseconds
from server.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.services.alarm import asks, breaks, confirms, gives, has_text, listed, live, watched
from tests.server.services.radio import APPROVER, DAWN, OFFICER, SON_HA, TECHNICIAN, Radio


@pytest.fixture
def radio(tmp_path: Path, database: SqlStore) -> Radio:
    """The radio on SQLite and PostgreSQL, at an instant no JSON keeps to its last microsecond."""
    clock = FakeClock(DAWN + timedelta(microseconds=123_456))
    return Radio(uploads=tmp_path, store=cast("FakeStore", database), clock=clock)


def test_an_emergency_from_the_request_to_the_cancel(radio: Radio) -> None:
    gives(radio, OFFICER)
    request = asks(radio)
    stored = confirms(radio, request)

    seen = board(radio.store, radio.clock, OFFICER, SON_HA)
    assert [each.stored for each in seen.live] == [stored]
    assert listed(radio).number >= unix_milliseconds(radio.now())
    better = confirms(radio, asks(radio, references=(stored.emergency.id,)))
    assert live(radio) == [better.emergency.id]
    emergencies.cancel(radio.store, radio.clock, OFFICER, better.emergency.id)
    assert live(radio) == []
    assert not exercises_at(radio.store, radio.clock, OFFICER, SON_HA)


def test_a_break_glass_from_the_countdown_to_the_review(radio: Radio) -> None:
    gives(radio, OFFICER)
    watched(radio)
    request = breaks(radio, has_text(radio))
    assert [each.id for each in alarms(radio.store, radio.clock, TECHNICIAN).countdowns] == [request.id]

    radio.clock.advance(COUNTDOWN + timedelta(seconds=1))
    (emergency,) = break_glass.due(radio.store, radio.clock)

    assert live(radio) == [emergency]
    break_glass.review(radio.store, radio.clock, APPROVER, emergency, finding="Đúng việc")
    with radio.store.reading() as uow:
        decided = uow.emergencies.request(request.id)
    assert decided is not None
    assert (decided.state, decided.emergency, decided.goes_at) == (RequestState.ISSUED, emergency, request.goes_at)
