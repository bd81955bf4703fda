"""The door of devices: what it takes in, what it answers, and what it says to who may not."""

from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from schedules.wire.enrolment import PROOF, CertificateIssued, Enrolled
from schedules.wire.seal import unsealed
from server.device_records import WRONG_CODES, Enrolment, Reach
from server.services import certifying, enrolment
from server.services.certifying import Desk
from server.values import Person
from server.web import agent_door
from server.web.security import TRIES
from tests.fakes.certificates import FakeCertificates
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.services.device import NewDevice, by_scanning, trust_list
from tests.server.web.commune import TECHNICIAN

NEW = NewDevice(1)
MISSES = int(TRIES.split(" ")[0])


class Door:
    """A device at the door, and the conductor behind it."""

    def __init__(self, app: Flask, store: FakeStore, clock: FakeClock) -> None:
        self.client, self.store, self.clock = app.test_client(), store, clock
        self.sealing = FakeSealing()
        self.desk = Desk(self.sealing, FakeCertificates(), Reach(broker_host="broker", broker_port=8883))
        with store.writing() as uow:
            uow.issue.add_trust_list(1, trust_list(self.sealing))
            uow.commit()
            self.speaker = uow.places.loudspeakers()[0].id
        self.technician = self._technician()
        self.code = self.opens()

    def _technician(self) -> Person:
        with self.store.reading() as uow:
            found = uow.people.by_login(TECHNICIAN.login)
        assert found is not None
        return found

    def opens(self) -> Enrolment:
        return enrolment.open_code(self.store, self.clock, self.technician, self.speaker)

    def asks(self, data: bytes, proven: str = "", *, code: str = "") -> TestResponse:
        return self.client.post(
            f"/agent/v1/enrolments/{code or self.code.id}",
            data=data,
            headers={PROOF: proven or by_scanning(self.code, data)},
        )

    def renews(self, data: bytes) -> TestResponse:
        return self.client.post("/agent/v1/certificates", data=data)

    def answers(self) -> None:
        certifying.answer_due(self.store, self.clock, self.desk)

    def enrols(self) -> TestResponse:
        request = NEW.asks(self.code.id)
        self.asks(request)
        self.answers()
        return self.asks(request)


@pytest.fixture
def door(app: Flask, store: FakeStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A door at which nobody waits for long."""
    monkeypatch.setattr(agent_door, "PATIENCE_S", 0.0)
    return Door(app, store, clock)


def said(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    assert answer.json["vi"] != answer.json["en"] != answer.json["code"]
    return answer.status_code, answer.json["code"]


def test_a_device_is_told_to_come_again_and_then_what_it_is(door: Door) -> None:
    request = NEW.asks(door.code.id)

    waiting = door.asks(request)
    door.answers()
    answer = door.asks(request)

    assert said(waiting) == (202, "enrolment.waiting")
    assert answer.status_code == 200
    assert answer.json is not None
    message, _ = unsealed(b64decode(answer.json["answer"]), door.sealing.trust)
    assert isinstance(message, Enrolled)
    assert (message.device, message.loudspeaker) == (NEW.id, door.speaker)
    assert [b64decode(each) for each in answer.json["trust"]] == [trust_list(door.sealing)]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_door_waits_for_the_conductor(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_door, "PATIENCE_S", 10.0)
    answers: list[TestResponse] = []
    device = Thread(target=lambda: answers.append(door.asks(NEW.asks(door.code.id))))
    device.start()

    while not door.store.kept.devices.devices:
        door.answers()
    device.join()

    assert [each.status_code for each in answers] == [200]


def test_no_cookie_is_asked_for_and_none_is_set(door: Door) -> None:
    answer = door.enrols()

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_a_wrong_code_is_counted_and_burns(door: Door) -> None:
    request = NEW.asks(door.code.id)

    answers = [said(door.asks(request, "00")) for _ in range(WRONG_CODES)]

    assert answers == [(403, "enrolment.wrong_code")] * (WRONG_CODES - 1) + [(403, "enrolment.burnt")]
    assert said(door.asks(request)) == (403, "enrolment.burnt")


def test_a_code_used_twice_expired_or_unknown_is_refused_in_words(door: Door) -> None:
    door.enrols()
    second = NewDevice(2)
    used = said(door.asks(second.asks(door.code.id)))
    door.code = door.opens()
    door.clock.advance(timedelta(minutes=15))

    assert used == (403, "enrolment.used")
    assert said(door.asks(second.asks(door.code.id))) == (403, "enrolment.expired")
    assert said(door.asks(second.asks(door.code.id), code="nothing0")) == (404, "enrolment.unknown")


def test_a_device_the_conductor_refused_is_told_why(door: Door) -> None:
    request = NEW.asks(door.code.id)
    door.asks(request)
    with door.store.writing() as uow:
        speaker = uow.places.loudspeaker(door.speaker)
        assert speaker is not None
        uow.places.put_loudspeaker(replace(speaker, retired_at=door.clock.now()))
        uow.commit()
    door.answers()

    assert said(door.asks(request)) == (403, "loudspeaker.retired")


def test_what_nobody_can_read_changes_nothing(door: Door) -> None:
    assert said(door.asks(b"")) == (422, "wire.unreadable")
    assert said(door.asks(bytes(agent_door.LARGEST + 1))) == (413, "enrolment.too_large")
    assert said(door.renews(bytes(agent_door.LARGEST + 1))) == (413, "enrolment.too_large")
    assert said(door.renews(b"")) == (422, "wire.unreadable")
    assert door.store.kept.devices.enrolments == {door.code.id: door.code}


def test_who_guesses_is_stopped_and_who_waits_is_not(door: Door) -> None:
    request = NEW.asks(door.code.id)
    patient = {said(door.asks(request)) for _ in range(MISSES + 5)}

    for _ in range(MISSES):
        door.asks(b"", code="nothing0")

    assert patient == {(202, "enrolment.waiting")}
    assert said(door.asks(b"", code="nothing0")) == (429, "enrolment.too_many")


def test_a_known_device_gets_its_next_certificate(door: Door) -> None:
    door.enrols()
    door.clock.advance(timedelta(days=200))
    request = NEW.renews()

    waiting = said(door.renews(request))
    door.answers()
    answer = door.renews(request)

    assert waiting == (202, "enrolment.waiting")
    assert answer.json is not None
    message, _ = unsealed(b64decode(answer.json["answer"]), door.sealing.trust)
    assert isinstance(message, CertificateIssued)
    assert message.certificate == "certificate 2"


def test_a_stranger_gets_no_certificate(door: Door) -> None:
    assert said(door.renews(NewDevice(9).renews())) == (403, "certificate.unknown_device")


def test_anybody_may_read_a_trust_list(door: Door) -> None:
    found = door.client.get("/agent/v1/trust/1")

    assert (found.status_code, found.data) == (200, trust_list(door.sealing))
    assert said(door.client.get("/agent/v1/trust/2")) == (404, "trust.unknown")
    assert said(door.client.get(f"/agent/v1/trust/{10**30}")) == (404, "trust.unknown")
