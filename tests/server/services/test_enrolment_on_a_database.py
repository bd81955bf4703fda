"""Codes on the real store, with many hands at once: what the fake forgives, a database does not."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from schedules.wire.enrolment import CertificateIssued
from schedules.wire.seal import unsealed
from server.device_records import WRONG_CODES, Enrolment, EnrolmentState
from server.errors import NotAllowed
from server.services import renewal
from server.services.devices import in_use
from server.store import SqlStore
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.services.device import NewDevice, by_scanning
from tests.server.services.radio import DAWN, GATE, Radio
from tests.server.services.test_enrolment import Office

AT_ONCE = 6


@pytest.fixture
def office(tmp_path: Path, database: SqlStore) -> Office:
    """The office on SQLite and PostgreSQL, at an instant no JSON keeps to its last microsecond."""
    clock = FakeClock(DAWN + timedelta(microseconds=123_456))
    return Office(Radio(uploads=tmp_path, store=cast("FakeStore", database), clock=clock))


def outcome(office: Office, code: Enrolment, data: bytes, proven: str = "") -> str:
    try:
        return office.takes(code, data, proven).state(office.clock.now())
    except NotAllowed as error:
        return error.code


def test_of_many_devices_at_once_exactly_one_wins(office: Office) -> None:
    code = office.opens()
    requests = [NewDevice(seed).asks(code.id) for seed in range(1, AT_ONCE + 1)]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(lambda each: outcome(office, code, each), requests))
    office.answers()

    assert Counter(outcomes) == {EnrolmentState.ASKED: 1, "enrolment.used": AT_ONCE - 1}
    winner = NewDevice(outcomes.index(EnrolmentState.ASKED) + 1)
    with office.store.reading() as uow:
        (device,) = uow.devices.all()
        assert device == in_use(uow, GATE)
    assert device.id == winner.id == office.enrolled(code).device


def test_no_wrong_code_is_lost_when_many_come_at_once(office: Office) -> None:
    code = office.opens()
    request = NewDevice().asks(code.id)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = Counter(pool.map(lambda _: outcome(office, code, request, "guess"), range(AT_ONCE)))

    assert outcomes == {"enrolment.wrong_code": WRONG_CODES - 1, "enrolment.burnt": AT_ONCE - WRONG_CODES + 1}
    assert (office.kept(code).failures, office.state(code)) == (WRONG_CODES, EnrolmentState.BURNT)
    assert outcome(office, code, request, by_scanning(code, request)) == "enrolment.burnt"


def test_two_conductors_at_once_answer_once(office: Office) -> None:
    code = office.opens()
    office.takes(code, NewDevice().asks(code.id))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: office.answers(), range(2)))

    assert len(office.certificates.issued) == 1


def test_a_certificate_is_renewed_and_the_device_knows_the_newest(office: Office) -> None:
    code, new = office.opens(), NewDevice()
    office.takes(code, new.asks(code.id))
    office.answers()
    office.clock.advance(timedelta(days=91))

    renewal.ask(office.store, office.clock, new.renews())
    office.answers()

    with office.store.reading() as uow:
        asked, device = uow.enrolments.renewal(new.id), uow.devices.get(new.id)
    assert asked is not None
    assert device is not None
    said, _ = unsealed(asked.answer, office.sealing.trust)
    assert isinstance(said, CertificateIssued)
    assert device.certificate_serial == "02"
    assert device.certificate_expires is not None
    assert abs(said.certificate_expires - device.certificate_expires) < timedelta(milliseconds=1)
