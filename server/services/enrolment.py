"""Enrolment: a technician opens a code for a loudspeaker, and one device uses it.

The web process holds no key, so what it takes in here waits in the database until the conductor has answered it
(`certifying`). A code serves one device; whoever does not know its secret changes nothing but the count of
failures. It must not know HTTP.
"""

import logging
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest

from schedules.errors import WireError
from schedules.ids import DeviceId, EnrolmentId, LoudspeakerId
from schedules.wire import topics
from schedules.wire.enrolment import EnrolmentRequested, proof
from schedules.wire.enrolment_code import SECRET_BYTES, TYPED_BYTES
from schedules.wire.first_trust import roots_fingerprint
from schedules.wire.possession import enrolment_requested
from schedules.wire.seal import fingerprint
from schedules.wire.trust import require_audience
from server.device_records import WRONG_CODES, Device, Enrolment, EnrolmentState
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services import keys
from server.services.devices import in_use
from server.services.loudspeakers import KEEPERS, find
from server.services.trail import note_at
from server.values import Person

log = logging.getLogger(__name__)

CODE_LIVES = timedelta(minutes=15)

_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_NO_LONGER_OPEN = {
    EnrolmentState.ASKED: "enrolment.used",
    EnrolmentState.DONE: "enrolment.used",
    EnrolmentState.REFUSED: "enrolment.used",
    EnrolmentState.BURNT: "enrolment.burnt",
    EnrolmentState.REPLACED: "enrolment.replaced",
    EnrolmentState.EXPIRED: "enrolment.expired",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a technician sees of a loudspeaker's newest code.

    Attributes:
        enrolment: None where there never was one; with its state.
        roots: fingerprint of the root keys in force; empty before there are any.
        device: the one in use.
    """

    enrolment: Enrolment | None
    state: EnrolmentState | None
    roots: str
    device: Device | None


def open_code(store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId) -> Enrolment:
    """Open a new code for a loudspeaker; one that is still open ends by it.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing`.
        Unacceptable: `loudspeaker.retired`, or `enrolment.no_keys_yet`.
    """
    now = clock.now()
    with store.writing() as uow:
        speaker, _ = find(uow, person, loudspeaker, *KEEPERS)
        if speaker.retired_at is not None:
            raise Unacceptable("loudspeaker.retired")
        if not uow.issue.trust_lists():
            raise Unacceptable("enrolment.no_keys_yet")
        before = uow.enrolments.newest(loudspeaker)
        if before is not None and before.state(now) is EnrolmentState.OPEN:
            uow.enrolments.put(replace(_without_secrets(before), replaced_at=now))
        opened = Enrolment(
            id=_new_id(uow),
            loudspeaker=loudspeaker,
            secret=secrets.token_bytes(SECRET_BYTES),
            typed_secret=secrets.token_bytes(TYPED_BYTES),
            opened_at=now,
            opened_by=person.id,
            expires=now + CODE_LIVES,
        )
        uow.enrolments.put(opened)
        note_of(uow, now, person, "enrolment.opened", opened)
        uow.commit()
    return opened


def shown(store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId) -> Shown:
    """Give what a technician may see of a loudspeaker's newest code.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        find(uow, person, loudspeaker, *KEEPERS)
        newest = uow.enrolments.newest(loudspeaker)
        in_force = keys.newest(uow.issue.trust_lists())
        device = in_use(uow, loudspeaker)
    roots = "" if in_force is None else roots_fingerprint(in_force)
    return Shown(newest, None if newest is None else newest.state(clock.now()), roots, device)


def ask(store: Store, clock: Clock, enrolment: EnrolmentId, data: bytes, *, proven: str) -> Enrolment:
    """Take in a device's request; the same one again is the same request, whatever became of the code since.

    Args:
        store: written to; what is refused for a wrong proof counts there too.
        clock: dates it.
        enrolment: id of the code.
        data: the envelope.
        proven: the proof that came beside it.

    Raises:
        NotFound: `enrolment.unknown`.
        NotAllowed: `enrolment.used`, `.burnt`, `.replaced`, `.expired` or `.wrong_code`.
        WireError: the sender knows the secret, yet what it says cannot be taken; the code stays open.
    """
    with store.reading() as uow:
        known = uow.enrolments.get(enrolment)
    if known is None:
        raise NotFound("enrolment.unknown")
    if _is_again(known, data):  # whoever waits asks often: without a writer's lock
        return known
    now = clock.now()
    with store.writing() as uow:
        known = uow.enrolments.get(enrolment) or known
        if _is_again(known, data):
            return known
        state = known.state(now)
        if state is not EnrolmentState.OPEN:
            raise NotAllowed(_NO_LONGER_OPEN[state])
        if not _proves(known, data, proven):
            raise _failed(uow, known, now)
        verified(uow, known, data)
        asked = replace(_without_secrets(known), request=data, asked_at=now)
        uow.enrolments.put(asked)
        note_of(uow, now, None, "enrolment.asked", asked)
        uow.commit()
    return asked


def verified(uow: UnitOfWork, known: Enrolment, data: bytes) -> EnrolmentRequested:
    """Read the request of a device that is new, holds its keys and means this code.

    Raises:
        WireError: `wire.*`, or `enrolment.known_device`.
    """
    request = enrolment_requested(data)
    require_audience(request, topics.SERVER)
    if request.enrolment != known.id:
        raise WireError("wire.wrong_audience", audience=request.enrolment, expected=known.id)
    if uow.devices.get(DeviceId(fingerprint(request.device_key))) is not None:
        raise WireError("enrolment.known_device")
    return request


def note_of(
    uow: UnitOfWork, now: datetime, person: Person | None, action: str, known: Enrolment, **details: object
) -> None:
    """Add an audit line about a code, under its loudspeaker and station."""
    note_at(uow, now, person, action, known.loudspeaker, enrolment=known.id, **details)


def _is_again(known: Enrolment, data: bytes) -> bool:
    return bool(known.request) and compare_digest(known.request, data)


def _proves(known: Enrolment, data: bytes, proven: str) -> bool:
    said = proven.encode("ascii", "replace")
    return any(compare_digest(proof(secret, data).encode(), said) for secret in (known.secret, known.typed_secret))


def _failed(uow: UnitOfWork, known: Enrolment, now: datetime) -> NotAllowed:
    """Count a wrong proof, for good, and give what is said of it."""
    failed = replace(known, failures=known.failures + 1)
    left = WRONG_CODES - failed.failures
    uow.enrolments.put(failed if left else _without_secrets(failed))
    note_of(uow, now, None, "enrolment.failed" if left else "enrolment.burnt", failed, failures=failed.failures)
    uow.commit()
    log.warning("enrolment_failed loudspeaker=%s failures=%d", known.loudspeaker, failed.failures)
    return NotAllowed("enrolment.wrong_code", left=left) if left else NotAllowed("enrolment.burnt")


def _without_secrets(known: Enrolment) -> Enrolment:
    return replace(known, secret=b"", typed_secret=b"")


def _new_id(uow: UnitOfWork) -> EnrolmentId:
    """Draw an id that a person can type; it is no secret."""
    while True:
        drawn = EnrolmentId("".join(secrets.choice(_ID_LETTERS) for _ in range(8)))
        if uow.enrolments.get(drawn) is None:
            return drawn
