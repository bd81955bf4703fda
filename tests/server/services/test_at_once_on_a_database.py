"""Many hands at one thing at the same instant, on the real store: it is done once, and the others are told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from schedules.errors import ScheduleError
from schedules.ids import ProgrammeId
from schedules.programme import State
from server.approving_records import Matter
from server.errors import ServerError
from server.services import approval_links as links
from server.services import approvals, approver_pins, phone_approvals
from server.store import SqlStore
from tests.fakes.store import FakeStore
from tests.server.services.alarm import asks, confirms, gives, live
from tests.server.services.linked import HASHING
from tests.server.services.radio import APPROVER, OFFICER, Radio, in_notices

AT_ONCE = 6


@pytest.fixture
def radio(tmp_path: Path, database: SqlStore) -> Radio:
    # Radio's verbs use the port only.
    return Radio(uploads=tmp_path, store=cast("FakeStore", database))


def outcomes(act: Callable[[], object]) -> Counter[str]:
    def outcome(_: int) -> str:
        try:
            act()
        except (ServerError, ScheduleError) as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(outcome, range(AT_ONCE)))


def test_an_emergency_is_issued_once(radio: Radio) -> None:
    gives(radio, OFFICER)
    request = asks(radio)

    told = outcomes(lambda: confirms(radio, request))

    assert told == {"done": 1, "emergency.request_over": AT_ONCE - 1}
    assert len(live(radio)) == 1


def test_a_programme_is_approved_once(radio: Radio) -> None:
    programme = radio.writes("Họp thôn", texts={"vi": "Kính mời bà con"})
    radio.records(programme)
    radio.books(programme, in_notices())
    radio.submits(programme)
    seen = approvals.to_approve(radio.store, radio.clock, APPROVER, programme).seen

    told = outcomes(lambda: approvals.approve(radio.store, radio.clock, APPROVER, programme, seen=seen))

    assert told == {"done": 1, "approval.nothing_waits": AT_ONCE - 1}


def linked(radio: Radio) -> tuple[ProgrammeId, str]:
    """Submit a programme; give the token of a link to its approver, whose PIN is 482915."""
    approver_pins.set_pin(radio.store, radio.clock, HASHING, APPROVER, password=APPROVER.login, pin="482915")
    programme = radio.writes("Họp thôn", texts={"vi": "Kính mời bà con"})
    radio.records(programme)
    radio.books(programme, in_notices())
    radio.submits(programme)
    return programme, links.ask(radio.store, radio.clock, OFFICER, Matter(programme), approver=APPROVER.id)[0]


def test_many_guesses_at_one_instant_are_no_more_than_five(radio: Radio) -> None:
    programme, token = linked(radio)

    told = outcomes(lambda: phone_approvals.approve(radio.store, radio.clock, HASHING, token, pin="000000"))

    assert told == {
        "approver_pin.wrong": approver_pins.TRIES - 1,
        "approval_link.burnt": AT_ONCE - approver_pins.TRIES + 1,
    }
    assert radio.stored(programme).programme.state is State.SUBMITTED


def test_a_link_is_used_once(radio: Radio) -> None:
    programme, token = linked(radio)

    told = outcomes(lambda: phone_approvals.approve(radio.store, radio.clock, HASHING, token, pin="482915"))

    assert told["done"] == 1
    assert set(told) <= {"done", "approval_link.used", "approval_link.burnt"}
    with radio.store.reading() as uow:
        (slot,) = uow.programmes.slots_of(programme)
        assert len(uow.programmes.approvals_of(slot.slot.id)) == 1
