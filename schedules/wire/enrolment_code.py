"""The code a technician carries from the page to the device: as one text to scan, or in parts to type.

The secret itself never travels: the device proves with it that it was given the code (`enrolment.proof`). It must not
know what becomes of a code.
"""

import re
from base64 import b32decode, b32encode
from dataclasses import dataclass, field

from schedules.errors import InvalidValue
from schedules.ids import EnrolmentId

SECRET_BYTES = 16
"""Of the text that is scanned."""
TYPED_BYTES = 10
"""Of what is typed: 80 bits as 16 letters. Nobody tries that many within a quarter of an hour, nor five times."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that nobody reads one letter for another."""
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _LETTERS)
_STANDARD = str.maketrans(_LETTERS, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_READ_AS = str.maketrans("ILO", "110", " -")
_TEXT = re.compile(
    r"commune-radio:enrol\?server=(?P<server>https?://[^&?#\s]+)&id=(?P<id>[0-9a-z]{8})"
    r"&roots=(?P<roots>[0-9a-f]{64})&secret=(?P<secret>[A-Z2-7]{26})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentCode:
    """What a device needs to enrol.

    Attributes:
        server: address of the centre's pages, without a slash at its end.
        roots: fingerprint of the root keys it is to go by (`first_trust.roots_fingerprint`).
        secret: as scanned or as typed.
    """

    server: str
    enrolment: EnrolmentId
    roots: str
    secret: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The one text of all parts, with a scanned secret."""
        secret = b32encode(self.secret).decode().rstrip("=")
        return f"commune-radio:enrol?server={self.server}&id={self.enrolment}&roots={self.roots}&secret={secret}"


def code_of(text: str) -> EnrolmentCode:
    """Read the text of a code.

    Raises:
        InvalidValue: `enrolment.not_a_code`.
    """
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise InvalidValue("enrolment.not_a_code")
    return EnrolmentCode(
        server=found["server"].rstrip("/"),
        enrolment=EnrolmentId(found["id"]),
        roots=found["roots"],
        secret=b32decode(found["secret"] + "=" * 6),
    )


def typed(secret: bytes) -> str:
    """Give a secret as a person types it: 16 letters in groups of four."""
    return grouped(b32encode(secret).decode().translate(_CROCKFORD))


def secret_of(text: str) -> bytes:
    """Read a typed secret; small letters, blanks, hyphens, and I, L, O for 1, 1, 0 are taken as they are meant.

    Raises:
        InvalidValue: `enrolment.not_typed`.
    """
    letters = text.strip().upper().translate(_READ_AS)
    if len(letters) != 16 or set(letters) - set(_LETTERS):
        raise InvalidValue("enrolment.not_typed")
    return b32decode(letters.translate(_STANDARD))


def grouped(text: str) -> str:
    """Give letters or digits in groups of four, as people compare them."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
