"""The door for new devices in hostile hands: a code makes one device, that of who holds its secret, and no other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from schedules.errors import InvalidValue, WireError
from schedules.ids import DeviceId, EnrolmentId, LoudspeakerId
from schedules.wire.enrolment import EnrolmentRequested, proof
from schedules.wire.seal import SigningKey, assembled, envelope_of, sealed
from server.device_records import WRONG_CODES, Enrolment, Reach
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import certifying, enrolment, renewal
from server.services.certifying import Desk
from server.services.enrolment import CODE_LIVES
from server.values import Person, Role
from tests.contracts.samples import COMMUNE, OTHER_POLE, PEOPLE, POLE
from tests.fakes.certificates import FakeCertificates
from tests.hostile.attempt import Run, Wrongs, kinds
from tests.hostile.ingest_centre import FORMER, MINE, THEIRS, Centre
from tests.server.services.device import BORN, NewDevice, by_scanning, by_typing, trust_list

REACH = Reach(broker_host="radio.example.vn", broker_port=8883, audio_url="https://radio.example.vn/audio/")
TECHNICIAN = replace(PEOPLE, unit=COMMUNE, roles=frozenset({Role.TECHNICIAN}))
REFUSALS = (WireError, NotAllowed, NotFound, Unacceptable, InvalidValue)


class Door:
    """The centre's door and its desk behind it, and two codes that are open: the victim's and the neighbour's."""

    def __init__(self, folder: Path, rng: Random) -> None:
        self.centre = Centre.copied(folder)
        self.store, self.clock = self.centre.store, self.centre.clock
        self.certificates = FakeCertificates()
        self.desk = Desk(self.centre.sealing, self.certificates, REACH)
        with self.store.writing() as uow:
            uow.people.put(TECHNICIAN)
            uow.issue.add_trust_list(1, trust_list(self.centre.sealing))
            uow.commit()
        self.device, self.thief, self.second = (NewDevice(number) for number in rng.sample(range(1, 99), k=3))
        self.code = self.opens(POLE)

    def opens(self, loudspeaker: LoudspeakerId, by: Person = TECHNICIAN) -> Enrolment:
        return enrolment.open_code(self.store, self.clock, by, loudspeaker)

    def asks(self, code: Enrolment, data: bytes, proven: str) -> str:
        """Ask at the door, have it answered, and give the code of the refusal."""
        try:
            enrolment.ask(self.store, self.clock, code.id, data, proven=proven)
        except REFUSALS as error:
            return error.code
        certifying.answer_due(self.store, self.clock, self.desk)
        return ""

    def renews(self, data: bytes) -> str:
        try:
            renewal.ask(self.store, self.clock, data)
        except REFUSALS as error:
            return error.code
        certifying.answer_due(self.store, self.clock, self.desk)
        return ""

    def made(self) -> dict[LoudspeakerId, set[str]]:
        """Give the keys that speak for each loudspeaker now."""
        with self.store.reading() as uow:
            used = {each.loudspeaker: {each.public_key} for each in uow.devices.all() if each.retired_at is None}
            for loudspeaker in (POLE, OTHER_POLE):
                speaker = uow.places.loudspeaker(loudspeaker)
                assert speaker is not None
                used[loudspeaker] = used[loudspeaker] | {speaker.public_key}
        return used


def at_the_door(attack: Callable[[Door, Random], SigningKey]) -> Run:
    """Make an attempt; the attack tells whose key is to speak for the victim's loudspeaker after it."""

    def run(folder: Path, rng: Random) -> Wrongs:
        door = Door(folder, rng)
        rightful = attack(door, rng)
        expected = {POLE: {rightful.public}, OTHER_POLE: {THEIRS.public}}
        found = [
            f"{speaker} is spoken for by others" for speaker, keys in door.made().items() if keys != expected[speaker]
        ]
        certified = {public for _, public, _ in door.certificates.issued}
        found += ["somebody else has a certificate"] if certified - _allowed(door) else []
        door.store.close()
        return Wrongs(obeyed=tuple(found))

    return run


def _allowed(door: Door) -> set[str]:
    return {door.device.tls.public}


def _is_enrolled(door: Door) -> SigningKey:
    data = door.device.asks(door.code.id)
    assert door.asks(door.code, data, by_scanning(door.code, data)) == ""
    return door.device.device


def a_guessed_secret(door: Door, rng: Random) -> SigningKey:
    """Fewer guesses than burn the code: its own device comes in all the same."""
    for _ in range(rng.randint(1, WRONG_CODES - 1)):
        data = door.thief.asks(door.code.id)
        guess = rng.choice([rng.randbytes(16), rng.randbytes(10), b"", bytes(16), door.code.id.encode()])
        door.asks(door.code, data, proof(guess, data))
    return _is_enrolled(door)


def guesses_without_end(door: Door, rng: Random) -> SigningKey:
    """The code burns; then not even the right secret opens it."""
    for _ in range(rng.randint(WRONG_CODES, 12)):
        data = door.thief.asks(door.code.id)
        door.asks(door.code, data, rng.choice([rng.randbytes(32).hex(), "", "\0", "x" * 9000, "é"]))
    data = door.thief.asks(door.code.id)
    door.asks(door.code, data, by_scanning(door.code, data))
    return MINE


def a_code_used_twice(door: Door, rng: Random) -> SigningKey:
    """Who saw the code over a shoulder comes second."""
    rightful = _is_enrolled(door)
    data = door.thief.asks(door.code.id)
    door.asks(door.code, data, rng.choice([by_scanning, by_typing])(door.code, data))
    return rightful


def two_devices_at_once(door: Door, rng: Random) -> SigningKey:
    """Both know the secret and neither was answered: the first has it."""
    first, second = door.device.asks(door.code.id), door.thief.asks(door.code.id)
    enrolment.ask(door.store, door.clock, door.code.id, first, proven=by_scanning(door.code, first))
    door.asks(door.code, second, by_typing(door.code, second))
    door.asks(door.code, first, by_scanning(door.code, first))
    return door.device.device


def a_code_that_has_expired(door: Door, rng: Random) -> SigningKey:
    door.clock.advance(CODE_LIVES + timedelta(seconds=rng.choice([0, 1, 86_400])))
    data = door.thief.asks(door.code.id)
    door.asks(door.code, data, by_scanning(door.code, data))
    return MINE


def a_code_that_a_newer_one_replaced(door: Door, rng: Random) -> SigningKey:
    old, door.code = door.code, door.opens(POLE)
    data = door.thief.asks(old.id)
    door.asks(old, data, by_scanning(old, data))
    return _is_enrolled(door)


def the_proof_of_another_request(door: Door, rng: Random) -> SigningKey:
    """It listened: the proof stood in the header, over the bytes of somebody else."""
    genuine = door.device.asks(door.code.id)
    proven = by_scanning(door.code, genuine)
    data = door.thief.asks(door.code.id)
    door.asks(door.code, data, rng.choice([proven, proven.upper(), proven[:-1], proven + "0", " " + proven]))
    return _is_enrolled(door)


def the_proof_by_the_secret_of_another_code(door: Door, rng: Random) -> SigningKey:
    """The neighbour's own code is genuine; it is not for the victim's place."""
    own = door.opens(OTHER_POLE)
    data = door.thief.asks(door.code.id)
    door.asks(door.code, data, by_scanning(own, data))
    door.asks(own, data, by_scanning(own, data))
    return _is_enrolled(door)


def the_same_request_again(door: Door, rng: Random) -> SigningKey:
    """Whoever repeats what it heard gets the answer again, which helps nobody but its device; nothing is made twice."""
    rightful = _is_enrolled(door)
    data = door.device.asks(door.code.id)
    for _ in range(rng.randint(1, 9)):
        door.clock.advance(timedelta(hours=1))
        door.asks(door.code, data, rng.choice(["", by_scanning(door.code, data)]))
    assert len(door.certificates.issued) == 1
    return rightful


def a_request_with_one_key_exchanged(door: Door, rng: Random) -> SigningKey:
    """The secret is known, and one of the keys is somebody else's: nobody enrols a key that is not theirs."""
    said = {"audience": "server", "number": 1, "issued": BORN, "enrolment": door.code.id, "nonce": "0" * 32}
    keys = {"device_key": MINE.public, "tls_key": door.thief.tls.public}
    if rng.random() < 0.5:
        keys = {"device_key": door.thief.device.public, "tls_key": door.second.tls.public}
    request = EnrolmentRequested(**said, **keys)  # type: ignore[arg-type]  # by name
    one, other = door.thief.device, door.thief.tls
    signers = rng.choice([(one, other), (other, one), (one, one), (one,), (), (one, other, one)])
    data = sealed(request, *signers)
    door.asks(door.code, data, by_scanning(door.code, data))
    return _is_enrolled(door)


def the_key_of_a_device_that_is_known(door: Door, rng: Random) -> SigningKey:
    """A device of another place, in use or replaced, would become this one's too."""
    known = rng.choice([THEIRS, FORMER])
    request = EnrolmentRequested(
        audience="server",
        number=1,
        issued=BORN,
        enrolment=door.code.id,
        nonce="0" * 32,
        device_key=known.public,
        tls_key=door.thief.tls.public,
    )
    data = sealed(request, known, door.thief.tls)
    door.asks(door.code, data, by_scanning(door.code, data))
    return _is_enrolled(door)


def a_request_that_means_another_code(door: Door, rng: Random) -> SigningKey:
    other = rng.choice([door.opens(OTHER_POLE).id, EnrolmentId("nothing"), EnrolmentId("")])
    data = door.thief.asks(other)
    door.asks(door.code, data, by_scanning(door.code, data))
    return _is_enrolled(door)


def a_request_changed_on_the_way(door: Door, rng: Random) -> SigningKey:
    data = bytearray(door.device.asks(door.code.id))
    proven = by_scanning(door.code, bytes(data))
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    door.asks(door.code, bytes(data), proven)
    return _is_enrolled(door)


def a_certificate_for_another_device(door: Door, rng: Random) -> SigningKey:
    """Renewal asks the device key: a TLS key of one's own under another's name is refused."""
    rightful = _is_enrolled(door)
    said = {"device": rng.choice([door.device.id, DeviceId(MINE.key), DeviceId(THEIRS.key)])}
    stolen = door.thief.renews(**said)  # type: ignore[arg-type]  # by name
    genuine = door.device.renews()
    envelope = envelope_of(genuine)
    swapped = type(envelope)(envelope.type, (envelope.seals[0], envelope_of(stolen).seals[1]), envelope.payload)
    for data in (
        stolen,
        assembled(swapped),
        assembled(type(envelope)(envelope.type, envelope.seals[:1], envelope.payload)),
    ):
        door.renews(data)
    return rightful


def a_certificate_for_a_device_that_was_replaced(door: Door, rng: Random) -> SigningKey:
    rightful = _is_enrolled(door)
    old = NewDevice(1)
    object.__setattr__(old, "device", rng.choice([FORMER, MINE]))
    object.__setattr__(old, "tls", door.thief.tls)
    door.renews(old.renews())
    return rightful


ATTACKS = (
    a_guessed_secret,
    guesses_without_end,
    a_code_used_twice,
    two_devices_at_once,
    a_code_that_has_expired,
    a_code_that_a_newer_one_replaced,
    the_proof_of_another_request,
    the_proof_by_the_secret_of_another_code,
    the_same_request_again,
    a_request_with_one_key_exchanged,
    the_key_of_a_device_that_is_known,
    a_request_that_means_another_code,
    a_request_changed_on_the_way,
    a_certificate_for_another_device,
    a_certificate_for_a_device_that_was_replaced,
)
KINDS = kinds("neighbour", ATTACKS, at_the_door)
