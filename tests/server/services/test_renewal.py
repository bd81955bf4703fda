"""A device that asks for its next certificate, in time or long after."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.errors import WireError
from schedules.wire.enrolment import CertificateIssued
from schedules.wire.seal import unsealed
from server.device_records import Device, Renewal
from server.errors import NotAllowed
from server.services import certifying, renewal
from server.services.certifying import CERTIFICATE_LIVES
from server.services.renewal import PAUSE
from tests.server.services.device import NewDevice
from tests.server.services.radio import GATE, SON_HA, Radio
from tests.server.services.test_enrolment import Office

MINE = NewDevice(1)


@pytest.fixture
def office(radio: Radio) -> Office:
    """An office that has enrolled a device at the gate."""
    office = Office(radio)
    code = office.opens()
    office.takes(code, MINE.asks(code.id))
    office.answers()
    return office


def takes(office: Office, data: bytes) -> Renewal:
    return renewal.ask(office.store, office.clock, data)


def refuses(office: Office, data: bytes) -> str:
    with pytest.raises((NotAllowed, WireError)) as error:
        takes(office, data)
    assert isinstance(error.value, NotAllowed | WireError)
    return error.value.code


def kept(office: Office) -> tuple[Renewal | None, Device | None]:
    with office.store.reading() as uow:
        return uow.enrolments.renewal(MINE.id), uow.devices.get(MINE.id)


def retire(office: Office) -> None:
    with office.store.writing() as uow:
        device = uow.devices.get(MINE.id)
        assert device is not None
        uow.devices.put(replace(device, retired_at=office.clock.now()))
        uow.commit()


@pytest.mark.parametrize("later", [timedelta(days=60), timedelta(days=91), timedelta(days=3_000)])
def test_a_device_gets_its_next_certificate_also_long_after_the_last_has_expired(
    office: Office, later: timedelta
) -> None:
    office.clock.advance(later)

    takes(office, MINE.renews())
    certifying.answer_due(office.store, office.clock, office.desk)

    asked, device = kept(office)
    assert asked is not None
    assert device is not None
    said, _ = unsealed(asked.answer, office.sealing.trust)
    assert isinstance(said, CertificateIssued)
    assert (said.audience, said.nonce, said.certificate) == (f"loudspeaker:{GATE}", f"{1:032x}", "certificate 2")
    assert said.certificate_expires == office.clock.now() + CERTIFICATE_LIVES
    assert (device.certificate_serial, device.certificate_expires) == ("02", said.certificate_expires)
    line = office.store.kept.audit[-1]
    assert (line.action, line.subject, line.unit) == ("device.certificate_renewed", GATE, SON_HA)


def test_the_same_request_again_is_the_same_request(office: Office) -> None:
    request = MINE.renews()
    takes(office, request)
    certifying.answer_due(office.store, office.clock, office.desk)

    again = takes(office, request)
    certifying.answer_due(office.store, office.clock, office.desk)

    assert again == kept(office)[0]
    assert len(office.certificates.issued) == 2


def test_an_older_request_that_is_replayed_gets_nothing(office: Office) -> None:
    takes(office, MINE.renews(1))
    office.clock.advance(PAUSE)
    takes(office, MINE.renews(2))
    office.clock.advance(PAUSE)

    assert refuses(office, MINE.renews(1)) == "wire.not_newer"
    assert refuses(office, MINE.renews(2, nonce="0")) == "wire.not_newer"


def test_a_device_that_went_wild_is_told_to_wait(office: Office) -> None:
    takes(office, MINE.renews(1))

    assert refuses(office, MINE.renews(2)) == "certificate.too_soon"
    office.clock.advance(PAUSE)
    takes(office, MINE.renews(2))


def test_a_stranger_and_a_device_that_was_retired_get_nothing(office: Office) -> None:
    waiting = MINE.renews(1)
    takes(office, waiting)
    retire(office)
    certifying.answer_due(office.store, office.clock, office.desk)

    asked, _ = kept(office)
    assert asked is not None
    assert asked.refused == "certificate.unknown_device"
    assert refuses(office, MINE.renews(2)) == "certificate.unknown_device"
    assert refuses(office, NewDevice(9).renews()) == "certificate.unknown_device"


def test_a_device_of_a_retired_loudspeaker_gets_nothing(office: Office) -> None:
    with office.store.writing() as uow:
        speaker = uow.places.loudspeaker(GATE)
        assert speaker is not None
        uow.places.put_loudspeaker(replace(speaker, retired_at=office.clock.now()))
        uow.commit()

    assert refuses(office, MINE.renews()) == "certificate.unknown_device"


def test_a_request_for_somebody_else_is_refused(office: Office) -> None:
    assert refuses(office, MINE.renews(audience="all")) == "wire.wrong_audience"
    assert refuses(office, MINE.asks(office.opens().id)) == "wire.wrong_type"
    assert refuses(office, b"") == "wire.unreadable"


def test_where_the_broker_has_no_accounts_there_are_no_certificates(office: Office) -> None:
    takes(office, MINE.renews())
    certifying.answer_due(office.store, office.clock, replace(office.desk, certificates=None))

    asked, device = kept(office)
    assert asked is not None
    assert device is not None
    assert (asked.refused, device.certificate_serial) == ("certificate.none", "01")
