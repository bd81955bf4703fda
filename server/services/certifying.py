"""What the conductor answers to devices that ask by their keys: who they are from now on, and by which certificate.

It must not take anything in: what waits was kept by `enrolment` and `renewal`, and is verified again here, since the
process that kept it holds no key and faces the world.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.errors import WireError
from schedules.ids import DeviceId
from schedules.wire import topics
from schedules.wire.enrolment import CertificateIssued, Enrolled
from schedules.wire.seal import fingerprint
from server.device_records import Device, Enrolment, Reach, Renewal
from server.errors import NotAllowed
from server.ports import Certificates, Clock, Sealing, Store, UnitOfWork
from server.services import enrolment, renewal
from server.services.devices import take_over
from server.services.new_ids import unix_milliseconds
from server.services.trail import note_at

log = logging.getLogger(__name__)

CERTIFICATE_LIVES = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Desk:
    """What answers are made with.

    Attributes:
        certificates: None where the broker has no accounts; then an answer names none.
        reach: where devices reach the centre.
    """

    sealing: Sealing
    certificates: Certificates | None
    reach: Reach


def answer_due(store: Store, clock: Clock, desk: Desk) -> None:
    """Answer every device that waits, each in a transaction of its own."""
    with store.reading() as uow:
        enrolments = [each.id for each in uow.enrolments.asked()]
        renewals = [each.device for each in uow.enrolments.renewals_asked()]
    for each in enrolments:
        with store.writing() as uow:
            known = uow.enrolments.get(each)
            if known is not None and known.answered_at is None:  # another conductor may have been quicker
                _enrol(uow, known, desk, clock.now())
                uow.commit()
    for device in renewals:
        with store.writing() as uow:
            asked = uow.enrolments.renewal(device)
            if asked is not None and asked.waits:
                _renew(uow, asked, desk, clock.now())
                uow.commit()


def _enrol(uow: UnitOfWork, known: Enrolment, desk: Desk, now: datetime) -> None:
    speaker = uow.places.loudspeaker(known.loudspeaker)
    try:
        if speaker is None or speaker.retired_at is not None:
            raise NotAllowed("loudspeaker.retired")
        request = enrolment.verified(uow, known, known.request)
    except (WireError, NotAllowed) as error:
        uow.enrolments.put(replace(known, answered_at=now, refused=error.code))
        enrolment.note_of(uow, now, None, "enrolment.refused", known, code=error.code)
        log.warning("enrolment_refused loudspeaker=%s code=%s", known.loudspeaker, error.code)
        return
    device = DeviceId(fingerprint(request.device_key))
    issued = desk.certificates and desk.certificates.issue(device, request.tls_key, now=now, valid=CERTIFICATE_LIVES)
    made = Device(
        id=device,
        loudspeaker=speaker.id,
        public_key=request.device_key,
        enrolled_at=now,
        enrolled_by=known.opened_by,
        certificate_serial=issued.serial if issued else "",
        certificate_expires=issued.expires if issued else None,
    )
    ended = take_over(uow, speaker, made)
    answer = Enrolled(
        audience=topics.audience_of_loudspeaker(speaker.id),
        epoch=desk.sealing.epoch,
        number=unix_milliseconds(now),
        issued=now,
        nonce=request.nonce,
        loudspeaker=speaker.id,
        device=device,
        broker_host=desk.reach.broker_host,
        broker_port=desk.reach.broker_port,
        audio_url=desk.reach.audio_url,
        certificate=issued.pem if issued else "",
        authority=desk.certificates.certificate if desk.certificates else "",
        certificate_expires=made.certificate_expires,
    )
    uow.enrolments.put(replace(known, answer=desk.sealing.seal(answer), answered_at=now, device=device))
    by = uow.people.get(known.opened_by)
    enrolment.note_of(uow, now, by, "device.enrolled", known, device=device, replaces=list(ended))
    log.info("device_enrolled loudspeaker=%s device=%s replaces=%s", speaker.id, device, ",".join(ended) or "-")


def _renew(uow: UnitOfWork, asked: Renewal, desk: Desk, now: datetime) -> None:
    try:
        if desk.certificates is None:
            raise NotAllowed("certificate.none")
        known, request = renewal.verified(uow, asked.request)
    except (WireError, NotAllowed) as error:
        uow.enrolments.put_renewal(replace(asked, refused=error.code))
        log.warning("renewal_refused device=%s code=%s", asked.device, error.code)
        return
    issued = desk.certificates.issue(known.id, request.tls_key, now=now, valid=CERTIFICATE_LIVES)
    answer = CertificateIssued(
        audience=topics.audience_of_loudspeaker(known.loudspeaker),
        epoch=desk.sealing.epoch,
        number=unix_milliseconds(now),
        issued=now,
        nonce=request.nonce,
        certificate=issued.pem,
        authority=desk.certificates.certificate,
        certificate_expires=issued.expires,
    )
    uow.devices.put(replace(known, certificate_serial=issued.serial, certificate_expires=issued.expires))
    uow.enrolments.put_renewal(replace(asked, answer=desk.sealing.seal(answer)))
    told = {"device": known.id, "serial": issued.serial}
    note_at(uow, now, None, "device.certificate_renewed", known.loudspeaker, **told)
    log.info("certificate_renewed device=%s expires=%s", known.id, issued.expires)
