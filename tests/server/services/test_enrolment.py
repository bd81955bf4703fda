"""A code from its opening to the device it made, and every way in which it serves nobody."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from schedules.errors import WireError
from schedules.ids import EnrolmentId, LoudspeakerId
from schedules.wire.enrolment import Enrolled, EnrolmentRequested
from schedules.wire.first_trust import roots_fingerprint
from schedules.wire.possession import enrolment_requested
from schedules.wire.seal import sealed, unsealed
from server.device_records import WRONG_CODES, Enrolment, EnrolmentState, Reach
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import certifying, enrolment, loudspeakers
from server.services.certifying import CERTIFICATE_LIVES, Desk
from server.services.enrolment import CODE_LIVES
from server.services.loudspeakers import Description
from server.values import Person
from tests.contracts.samples import chain, heard
from tests.fakes.certificates import FakeCertificates
from tests.fakes.sealing import FakeSealing
from tests.server.services.device import NewDevice, by_scanning, by_typing, trust_list
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    GATE,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    NEIGHBOUR,
    OFFICER,
    OVER_THERE,
    SON_HA,
    TECHNICIAN,
    Radio,
)

REACH = Reach(broker_host="radio.example.vn", broker_port=8883, audio_url="https://radio.example.vn/audio/")


class Office:
    """The technician's page and the conductor's desk."""

    def __init__(self, radio: Radio) -> None:
        self.store, self.clock = radio.store, radio.clock
        self.sealing, self.certificates = FakeSealing(), FakeCertificates()
        self.desk = Desk(self.sealing, self.certificates, REACH)
        with self.store.writing() as uow:
            uow.issue.add_trust_list(1, trust_list(self.sealing))
            uow.commit()

    def opens(self, by: Person = TECHNICIAN, loudspeaker: LoudspeakerId = GATE) -> Enrolment:
        return enrolment.open_code(self.store, self.clock, by, loudspeaker)

    def takes(self, code: Enrolment, data: bytes, proven: str = "") -> Enrolment:
        return enrolment.ask(self.store, self.clock, code.id, data, proven=proven or by_scanning(code, data))

    def refuses(self, code: Enrolment, data: bytes, proven: str = "") -> str:
        with pytest.raises((NotAllowed, NotFound, WireError)) as error:
            self.takes(code, data, proven)
        assert isinstance(error.value, NotAllowed | NotFound | WireError)
        return error.value.code

    def answers(self) -> None:
        certifying.answer_due(self.store, self.clock, self.desk)

    def kept(self, code: Enrolment) -> Enrolment:
        with self.store.reading() as uow:
            found = uow.enrolments.get(code.id)
        assert found is not None
        return found

    def state(self, code: Enrolment) -> EnrolmentState:
        return self.kept(code).state(self.clock.now())

    def trail(self) -> list[str]:
        return [line.action for line in self.store.kept.audit]

    def enrolled(self, code: Enrolment) -> Enrolled:
        message, _ = unsealed(self.kept(code).answer, self.sealing.trust)
        assert isinstance(message, Enrolled)
        return message


@pytest.fixture
def office(radio: Radio) -> Office:
    return Office(radio)


@pytest.mark.parametrize("by", [TECHNICIAN, ADMINISTRATOR])
def test_who_keeps_the_loudspeakers_opens_a_code(office: Office, by: Person) -> None:
    code = office.opens(by)

    assert (len(code.secret), len(code.typed_secret), code.opened_by) == (16, 10, by.id)
    assert code.expires - office.clock.now() == CODE_LIVES
    assert office.kept(code) == code
    (line,) = office.store.kept.audit
    assert (line.action, line.subject, line.unit, line.by) == ("enrolment.opened", GATE, SON_HA, by.id)
    assert code.secret.hex() not in str(line.details)


@pytest.mark.parametrize("by", [OFFICER, APPROVER, INSPECTOR, EDITOR, NEIGHBOUR, replace(TECHNICIAN, active=False)])
def test_nobody_else_opens_or_sees_one(office: Office, by: Person) -> None:
    office.opens()

    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        office.opens(by)
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        enrolment.shown(office.store, office.clock, by, GATE)


def test_a_technician_does_not_reach_into_another_commune(office: Office) -> None:
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        office.opens(loudspeaker=OVER_THERE)
    with pytest.raises(NotFound, match=r"loudspeaker\.unknown"):
        office.opens(loudspeaker=LoudspeakerId("nowhere"))


def test_a_retired_loudspeaker_gets_no_device(office: Office) -> None:
    with office.store.writing() as uow:
        speaker = uow.places.loudspeaker(MARKET)
        assert speaker is not None
        uow.places.put_loudspeaker(replace(speaker, retired_at=office.clock.now()))
        uow.commit()

    with pytest.raises(Unacceptable, match=r"loudspeaker\.retired"):
        office.opens(loudspeaker=MARKET)


def test_a_centre_without_keys_enrols_nobody(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"enrolment\.no_keys_yet"):
        enrolment.open_code(radio.store, radio.clock, TECHNICIAN, GATE)


def test_the_page_shows_the_newest_code_and_the_roots(office: Office) -> None:
    before = enrolment.shown(office.store, office.clock, TECHNICIAN, GATE)
    code = office.opens()
    after = enrolment.shown(office.store, office.clock, TECHNICIAN, GATE)

    assert (before.enrolment, before.state) == (None, None)
    assert (after.enrolment, after.state, after.roots) == (code, EnrolmentState.OPEN, before.roots)
    assert len(after.roots) == 64
    assert after.roots != roots_fingerprint(office.sealing.trust.list)


@pytest.mark.parametrize("proving", [by_scanning, by_typing])
def test_one_device_becomes_the_loudspeakers(office: Office, proving: Callable[[Enrolment, bytes], str]) -> None:
    code, new = office.opens(), NewDevice()
    request = new.asks(code.id)

    office.takes(code, request, proving(code, request))
    asked = office.state(code)
    office.answers()

    said = office.enrolled(code)
    assert (asked, office.state(code)) == (EnrolmentState.ASKED, EnrolmentState.DONE)
    assert (said.nonce, said.loudspeaker, said.device) == (f"{1:032x}", GATE, new.id)
    assert (said.broker_host, said.broker_port, said.audio_url) == (REACH.broker_host, 8883, REACH.audio_url)
    assert (said.certificate, said.authority) == ("certificate 1", "authority")
    assert office.certificates.issued == [(new.id, new.tls.public, office.clock.now() + CERTIFICATE_LIVES)]
    with office.store.reading() as uow:
        device, speaker = uow.devices.get(new.id), uow.places.loudspeaker(GATE)
    assert device is not None
    assert (device.loudspeaker, device.public_key, device.enrolled_by) == (GATE, new.device.public, TECHNICIAN.id)
    assert (device.certificate_serial, device.certificate_expires) == ("01", said.certificate_expires)
    assert speaker is not None
    assert speaker.public_key == new.device.public
    assert office.trail() == ["enrolment.opened", "enrolment.asked", "device.enrolled"]
    assert office.store.kept.audit[-1].by == TECHNICIAN.id


def test_by_its_first_device_a_place_comes_into_use_and_a_later_one_changes_nothing_of_that(office: Office) -> None:
    described = Description(name="Nhà văn hoá")
    place = loudspeakers.create(office.store, office.clock, TECHNICIAN, SON_HA, zone=LANG_MOI, described=described)
    office.clock.advance(timedelta(days=3))
    first = office.clock.now()

    for device in (NewDevice(1), NewDevice(2)):
        code = office.opens(loudspeaker=place.id)
        office.takes(code, device.asks(code.id))
        office.answers()
        office.clock.advance(timedelta(days=30))

    with office.store.reading() as uow:
        known = uow.places.loudspeaker(place.id)
    assert known is not None
    assert (known.since, known.public_key) == (first, NewDevice(2).device.public)


def test_no_secret_outlives_its_use(office: Office) -> None:
    code = office.opens()

    office.takes(code, NewDevice().asks(code.id))

    assert (office.kept(code).secret, office.kept(code).typed_secret) == (b"", b"")


def test_where_the_broker_has_no_accounts_the_answer_names_no_certificate(office: Office) -> None:
    office.desk = replace(office.desk, certificates=None)
    code, new = office.opens(), NewDevice()

    office.takes(code, new.asks(code.id))
    office.answers()

    said = office.enrolled(code)
    assert (said.certificate, said.authority, said.certificate_expires) == ("", "", None)


def test_the_same_request_again_gets_the_same_answer_and_makes_nothing_new(office: Office) -> None:
    """A line that broke must not burn the code."""
    code, new = office.opens(), NewDevice()
    request = new.asks(code.id)
    office.takes(code, request)
    office.answers()

    office.clock.advance(timedelta(days=1))
    again = office.takes(code, request, "whatever")
    office.answers()

    assert again == office.kept(code)
    assert office.trail() == ["enrolment.opened", "enrolment.asked", "device.enrolled"]
    assert len(office.certificates.issued) == 1


def test_a_code_serves_one_device(office: Office) -> None:
    code = office.opens()
    office.takes(code, NewDevice(1).asks(code.id))

    other = NewDevice(2).asks(code.id)
    refused = office.refuses(code, other)
    office.answers()

    assert refused == office.refuses(code, other) == "enrolment.used"
    assert office.enrolled(code).device == NewDevice(1).id
    assert [each.id for each in office.store.kept.devices.devices.values()] == [NewDevice(1).id]


def test_of_two_devices_at_once_exactly_one_wins(office: Office) -> None:
    code, start = office.opens(), Barrier(2)
    outcomes: dict[int, str] = {}

    def use(seed: int) -> None:
        request = NewDevice(seed).asks(code.id)
        start.wait()
        try:
            office.takes(code, request)
            outcomes[seed] = "taken"
        except NotAllowed as error:
            outcomes[seed] = error.code

    threads = [Thread(target=use, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes.values()) == ["enrolment.used", "taken"]
    winner = next(seed for seed, outcome in outcomes.items() if outcome == "taken")
    office.answers()
    assert office.enrolled(code).device == NewDevice(winner).id


def test_a_code_runs_out(office: Office) -> None:
    code = office.opens()
    office.clock.advance(CODE_LIVES)

    assert office.refuses(code, NewDevice().asks(code.id)) == "enrolment.expired"
    assert office.store.kept.devices.devices == {}


def test_a_newer_code_ends_the_open_one(office: Office) -> None:
    first = office.opens()
    office.clock.advance(timedelta(minutes=1))
    second = office.opens()

    assert office.refuses(first, NewDevice().asks(first.id)) == "enrolment.replaced"
    assert office.state(first) is EnrolmentState.REPLACED
    office.takes(second, NewDevice().asks(second.id))


def test_five_wrong_codes_burn_it_for_good(office: Office) -> None:
    code = office.opens()
    request = NewDevice().asks(code.id)

    codes = [office.refuses(code, request, "guess") for _ in range(WRONG_CODES)]

    assert codes == ["enrolment.wrong_code"] * (WRONG_CODES - 1) + ["enrolment.burnt"]
    assert office.kept(code).failures == WRONG_CODES
    assert office.refuses(code, request) == "enrolment.burnt"
    assert office.trail() == ["enrolment.opened", *["enrolment.failed"] * (WRONG_CODES - 1), "enrolment.burnt"]


def test_a_few_wrong_ones_do_not(office: Office) -> None:
    code = office.opens()
    request = NewDevice().asks(code.id)
    for _ in range(WRONG_CODES - 1):
        office.refuses(code, request, "đoán")

    office.takes(code, request)

    assert office.state(code) is EnrolmentState.ASKED


def test_the_proof_is_over_these_very_bytes_and_of_this_code(office: Office) -> None:
    code, other = office.opens(), office.opens(loudspeaker=MARKET)
    request = NewDevice().asks(code.id)

    assert office.refuses(code, request, by_scanning(code, request + b" ")) == "enrolment.wrong_code"
    assert office.refuses(code, request, by_scanning(other, request)) == "enrolment.wrong_code"
    assert office.refuses(code, request, by_scanning(code, request).upper()) == "enrolment.wrong_code"


def test_an_unknown_code_is_refused_and_nothing_is_counted(office: Office) -> None:
    code = replace(office.opens(), id=EnrolmentId("nothing0"))
    commits = office.store.commits

    assert office.refuses(code, NewDevice().asks(code.id)) == "enrolment.unknown"
    assert office.store.commits == commits


def test_what_cannot_be_taken_leaves_the_code_open(office: Office) -> None:
    code, new = office.opens(), NewDevice()
    bad = {
        b"": "wire.unreadable",
        new.asks(EnrolmentId("other000")): "wire.wrong_audience",
        new.asks(code.id, audience="zone:zone-lm"): "wire.wrong_audience",
        new.renews(): "wire.wrong_type",
        sealed(unsealed_request(new, code), new.device): "wire.seals",
        sealed(unsealed_request(new, code), new.tls, new.device): "wire.bad_signature",
    }

    assert {data: office.refuses(code, data) for data in bad} == bad
    assert office.state(code) is EnrolmentState.OPEN
    assert office.kept(code).failures == 0


def unsealed_request(new: NewDevice, code: Enrolment) -> EnrolmentRequested:
    return enrolment_requested(new.asks(code.id))


def test_a_device_brings_new_keys_each_time(office: Office) -> None:
    code, new = office.opens(), NewDevice()
    office.takes(code, new.asks(code.id))
    office.answers()
    second = office.opens(loudspeaker=MARKET)

    assert office.refuses(second, new.asks(second.id)) == "enrolment.known_device"


def test_a_second_device_takes_over_and_how_far_the_first_was_held_is_kept(office: Office) -> None:
    first, second = NewDevice(1), NewDevice(2)
    code = office.opens()
    office.takes(code, first.asks(code.id))
    office.answers()
    entries = [replace(entry, loudspeaker=GATE) for entry in chain(1)]
    with office.store.writing() as uow:
        uow.evidence.insert_heard([heard(entry) for entry in entries])
        uow.commit()

    office.clock.advance(timedelta(days=400))
    again = office.opens()
    office.takes(again, second.asks(again.id))
    office.answers()

    with office.store.reading() as uow:
        before, now = uow.devices.of(GATE)
        speaker = uow.places.loudspeaker(GATE)
    assert (before.id, before.retired_at) == (first.id, office.clock.now())
    assert before.last_heads == {entries[0].journal: (1, entries[0].hash)}
    assert (now.id, now.retired_at) == (second.id, None)
    assert speaker is not None
    assert speaker.public_key == second.device.public
    assert office.store.kept.audit[-1].details["replaces"] == [first.id]


def test_a_loudspeaker_retired_in_between_is_told_so(office: Office) -> None:
    code = office.opens()
    office.takes(code, NewDevice().asks(code.id))
    with office.store.writing() as uow:
        speaker = uow.places.loudspeaker(GATE)
        assert speaker is not None
        uow.places.put_loudspeaker(replace(speaker, retired_at=office.clock.now()))
        uow.commit()

    office.answers()

    assert (office.state(code), office.kept(code).refused) == (EnrolmentState.REFUSED, "loudspeaker.retired")
    assert office.store.kept.devices.devices == {}
    assert office.trail()[-1] == "enrolment.refused"


def test_the_conductor_believes_no_request_that_was_slipped_into_the_database(office: Office) -> None:
    code = office.opens()
    forged = sealed(unsealed_request(NewDevice(), code), NewDevice(2).device, NewDevice(2).tls)
    with office.store.writing() as uow:
        uow.enrolments.put(replace(code, request=forged, asked_at=office.clock.now()))
        uow.commit()

    office.answers()

    assert (office.state(code), office.kept(code).refused) == (EnrolmentState.REFUSED, "wire.bad_signature")
    assert office.store.kept.devices.devices == {}
