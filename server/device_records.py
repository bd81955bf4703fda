"""What the centre keeps about devices: whose keys speak for a loudspeaker, and how they came to.

Frozen; no behaviour beyond their own state. It must not know how they are stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schedules.ids import DeviceId, EnrolmentId, JournalId, LoudspeakerId, PersonId

WRONG_CODES = 5
"""This many wrong codes burn an enrolment: who has the right one does not miss five times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One physical agent with keys of its own; a loudspeaker has one in use, several over the years.

    Attributes:
        id: fingerprint of its key; also its name in its certificate and at the broker.
        public_key: of its device key, 64 hexadecimal digits.
        enrolled_by: who gave it its code; None where it was made before there were codes.
        certificate_serial: of its newest certificate, in hexadecimal; empty without one.
        retired_at: from when it no longer speaks for its loudspeaker.
        last_heads: per journal, the newest sequence and hash that were held when it was retired.
    """

    id: DeviceId
    loudspeaker: LoudspeakerId
    public_key: str
    enrolled_at: datetime
    enrolled_by: PersonId | None = None
    certificate_serial: str = ""
    certificate_expires: datetime | None = None
    retired_at: datetime | None = None
    last_heads: Mapping[JournalId, tuple[int, str]] = field(default_factory=dict)


class EnrolmentState(StrEnum):
    """What became of a code."""

    OPEN = "open"
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    BURNT = "burnt"
    REPLACED = "replaced"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A code given to one device of one loudspeaker, once, and what the device did with it.

    Attributes:
        secret: 128 bits, in the code that is scanned; empty as soon as a device has used either.
        typed_secret: 80 bits, for who types.
        failures: how many requests came under its id without a secret.
        replaced_at: when a newer code took its place.
        request: the envelope of the one device that knew a secret; empty before.
        answer: the envelope of what it was answered; empty before.
        refused: dotted code of why it was not answered.
        device: which one it became.
    """

    id: EnrolmentId
    loudspeaker: LoudspeakerId
    secret: bytes = field(repr=False)
    typed_secret: bytes = field(repr=False)
    opened_at: datetime
    opened_by: PersonId
    expires: datetime
    failures: int = 0
    replaced_at: datetime | None = None
    request: bytes = b""
    asked_at: datetime | None = None
    answer: bytes = b""
    answered_at: datetime | None = None
    refused: str = ""
    device: DeviceId | None = None

    def state(self, now: datetime) -> EnrolmentState:
        """Tell what became of it; what a device did with it counts more than what happened to it since."""
        reached = {
            EnrolmentState.DONE: bool(self.answer),
            EnrolmentState.REFUSED: bool(self.refused),
            EnrolmentState.ASKED: bool(self.request),
            EnrolmentState.BURNT: self.failures >= WRONG_CODES,
            EnrolmentState.REPLACED: self.replaced_at is not None,
            EnrolmentState.EXPIRED: now >= self.expires,
        }
        return next((state for state, holds in reached.items() if holds), EnrolmentState.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """The newest request of a device for a certificate, and the answer; the envelopes as they came and left.

    Attributes:
        number: of the request: who replays an older one gets nothing by it.
        refused: dotted code of why it was not answered.
    """

    device: DeviceId
    number: int
    request: bytes
    asked_at: datetime
    answer: bytes = b""
    refused: str = ""

    @property
    def waits(self) -> bool:
        """Whether the device is still to be answered."""
        return not (self.answer or self.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where devices reach the centre.

    Attributes:
        audio_url: empty where it lies beside the pages.
    """

    broker_host: str
    broker_port: int
    audio_url: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What somebody is known by to the broker: PEM, its serial number (hexadecimal), and when it ends."""

    pem: str
    serial: str
    expires: datetime
