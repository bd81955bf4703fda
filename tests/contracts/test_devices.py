"""Devices, codes and requests for certificates, in memory and on SQLite alike."""

from dataclasses import replace

from schedules.ids import DeviceId, EnrolmentId, JournalId, LoudspeakerId
from server.device_records import WRONG_CODES, Device, Enrolment, EnrolmentState, Renewal
from server.ports import Store
from tests.contracts.samples import MINUTE, NOW, OFFICER, OTHER_POLE, POLE, ZONE

DEVICE = Device(
    id=DeviceId("d" * 16),
    loudspeaker=POLE,
    public_key="11" * 32,
    enrolled_at=NOW,
    enrolled_by=OFFICER,
    certificate_serial="0a1b",
    certificate_expires=NOW + 90 * MINUTE,
    retired_at=NOW + MINUTE,
    last_heads={JournalId("journal-a"): (7, "a" * 64)},
)
OPEN = Enrolment(
    id=EnrolmentId("code-1"),
    loudspeaker=POLE,
    secret=bytes(range(16)),
    typed_secret=bytes(range(10)),
    opened_at=NOW,
    opened_by=OFFICER,
    expires=NOW + 15 * MINUTE,
)
ASKED = replace(
    OPEN, id=EnrolmentId("code-2"), secret=b"", typed_secret=b"", failures=2, request=b"asked", asked_at=NOW + MINUTE
)
DONE = replace(
    ASKED,
    id=EnrolmentId("code-3"),
    answer=b"done",
    answered_at=NOW + 2 * MINUTE,
    device=DEVICE.id,
    opened_at=NOW + MINUTE,
)
REFUSED = replace(
    ASKED,
    id=EnrolmentId("code-4"),
    loudspeaker=OTHER_POLE,
    refused="loudspeaker.retired",
    answered_at=NOW + MINUTE,
    replaced_at=NOW + MINUTE,
)


def test_the_devices_of_a_loudspeaker_come_back_whole_and_in_order(store: Store) -> None:
    later = replace(DEVICE, id=DeviceId("a" * 16), enrolled_at=NOW + MINUTE, enrolled_by=None, last_heads={})
    elsewhere = replace(later, id=DeviceId("b" * 16), loudspeaker=OTHER_POLE, certificate_expires=None, retired_at=None)
    with store.writing() as uow:
        for each in (later, DEVICE, elsewhere):
            uow.devices.put(replace(each, certificate_serial="old"))
            uow.devices.put(each)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.devices.of(POLE)) == [DEVICE, later]
        assert uow.devices.of_each([POLE, LoudspeakerId("never")]) == {POLE: [DEVICE, later]}
        assert list(uow.devices.all()) == [later, elsewhere, DEVICE]
        assert uow.devices.get(DEVICE.id) == DEVICE
        assert uow.devices.get(DeviceId("nobody")) is None


def test_only_devices_in_use_of_loudspeakers_in_use_stand_somewhere(store: Store) -> None:
    in_use = replace(DEVICE, id=DeviceId("e" * 16), retired_at=None)
    of_a_retired_one = replace(in_use, id=DeviceId("f" * 16), loudspeaker=OTHER_POLE)
    with store.writing() as uow:
        for each in (of_a_retired_one, DEVICE, in_use):
            uow.devices.put(each)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.devices.standing()) == [(in_use.id, POLE, ZONE)]


def test_devices_that_are_out_of_use_since_an_instant_are_found(store: Store) -> None:
    ended = [replace(DEVICE, id=DeviceId(name * 16), retired_at=NOW + n * MINUTE) for n, name in enumerate("cba")]
    with store.writing() as uow:
        for each in (*ended, replace(DEVICE, retired_at=None)):
            uow.devices.put(each)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.devices.retired_after(NOW)) == [ended[2], ended[1]]


def test_enrolments_come_back_whole_and_the_newest_of_a_loudspeaker_is_found(store: Store) -> None:
    with store.writing() as uow:
        for each in (OPEN, ASKED, DONE, REFUSED):
            uow.enrolments.put(replace(each, failures=4))
            uow.enrolments.put(each)
        uow.commit()

    with store.reading() as uow:
        assert [uow.enrolments.get(each.id) for each in (OPEN, ASKED, DONE, REFUSED)] == [OPEN, ASKED, DONE, REFUSED]
        assert uow.enrolments.get(EnrolmentId("none")) is None
        assert uow.enrolments.newest(POLE) == DONE
        assert uow.enrolments.newest(OTHER_POLE) == REFUSED


def test_only_an_unanswered_request_waits(store: Store) -> None:
    earlier = replace(ASKED, id=EnrolmentId("code-9"), asked_at=NOW)
    with store.writing() as uow:
        for each in (OPEN, ASKED, DONE, REFUSED, earlier):
            uow.enrolments.put(each)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.enrolments.asked()) == [earlier, ASKED]


def test_a_devices_newest_renewal_is_kept_and_waits_until_it_is_answered(store: Store) -> None:
    first = Renewal(device=DEVICE.id, number=1, request=b"one", asked_at=NOW, answer=b"given")
    second = Renewal(device=DEVICE.id, number=2, request=b"two", asked_at=NOW + MINUTE)
    refused = replace(second, device=DeviceId("e" * 16), refused="certificate.none")
    with store.writing() as uow:
        uow.devices.put(DEVICE)
        uow.devices.put(replace(DEVICE, id=refused.device))
        uow.enrolments.put_renewal(first)
        uow.enrolments.put_renewal(refused)
        answered = list(uow.enrolments.renewals_asked())
        uow.enrolments.put_renewal(second)
        uow.commit()

    with store.reading() as uow:
        assert answered == []
        assert uow.enrolments.renewal(DEVICE.id) == second
        assert uow.enrolments.renewal(refused.device) == refused
        assert list(uow.enrolments.renewals_asked()) == [second]
        assert uow.enrolments.renewal(DeviceId("nobody")) is None


def test_what_a_device_did_with_a_code_counts_more_than_what_happened_to_it_since() -> None:
    late = OPEN.expires
    states = {
        EnrolmentState.OPEN: (OPEN, NOW),
        EnrolmentState.EXPIRED: (OPEN, late),
        EnrolmentState.BURNT: (replace(OPEN, failures=WRONG_CODES), late),
        EnrolmentState.REPLACED: (replace(OPEN, replaced_at=NOW), late),
        EnrolmentState.ASKED: (replace(ASKED, failures=WRONG_CODES), late),
        EnrolmentState.REFUSED: (REFUSED, late),
        EnrolmentState.DONE: (DONE, late),
    }

    assert {state: enrolment.state(at) for state, (enrolment, at) in states.items()} == {each: each for each in states}
    assert replace(OPEN, failures=WRONG_CODES - 1).state(NOW) is EnrolmentState.OPEN


def test_no_secret_is_shown() -> None:
    assert "secret" not in repr(OPEN)
