"""Renewal: a device asks for a new certificate by its device key, in time or too late.

A certificate that has expired must not mean a visit to the pole: the device key, not the certificate, is who it is.
The conductor answers (`certifying`). It must not know HTTP.
"""

from datetime import timedelta
from hmac import compare_digest

from schedules.errors import WireError
from schedules.ids import DeviceId
from schedules.wire import topics
from schedules.wire.enrolment import CertificateRequested
from schedules.wire.possession import certificate_requested
from schedules.wire.trust import require_audience
from server.device_records import Device, Renewal
from server.errors import NotAllowed
from server.ports import Clock, Store, UnitOfWork

PAUSE = timedelta(minutes=10)
"""Between two different requests of one device: one that went wild must not fill the audit trail."""


def ask(store: Store, clock: Clock, data: bytes) -> Renewal:
    """Take in a device's request; the same one again is the same request.

    Raises:
        NotAllowed: `certificate.unknown_device`, also of one that was replaced or retired; `certificate.too_soon`.
        WireError: it is forged, replayed or unreadable.
    """
    now = clock.now()
    with store.reading() as uow:
        _, request = verified(uow, data)
        before = uow.enrolments.renewal(request.device)
    if before is not None and compare_digest(before.request, data):
        return before
    with store.writing() as uow:
        before = uow.enrolments.renewal(request.device)
        if before is not None:
            if compare_digest(before.request, data):
                return before
            if request.number <= before.number:
                raise WireError("wire.not_newer", number=request.number, held=before.number)
            if now - before.asked_at < PAUSE:
                raise NotAllowed("certificate.too_soon", minutes=PAUSE // timedelta(minutes=1))
        asked = Renewal(device=request.device, number=request.number, request=data, asked_at=now)
        uow.enrolments.put_renewal(asked)
        uow.commit()
    return asked


def verified(uow: UnitOfWork, data: bytes) -> tuple[Device, CertificateRequested]:
    """Read the request of a device that speaks for a loudspeaker in use, and holds both its keys.

    Raises:
        NotAllowed: `certificate.unknown_device`.
        WireError: `wire.*`.
    """
    request = certificate_requested(data, lambda device: _in_use(uow, device).public_key)
    require_audience(request, topics.SERVER)
    return _in_use(uow, request.device), request


def _in_use(uow: UnitOfWork, device: DeviceId) -> Device:
    known = uow.devices.get(device)
    speaker = None if known is None else uow.places.loudspeaker(known.loudspeaker)
    if known is None or known.retired_at is not None or speaker is None or speaker.retired_at is not None:
        raise NotAllowed("certificate.unknown_device")
    return known
