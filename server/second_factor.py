"""Codes of second factors. The only file that knows pyotp; secrets leave it sealed, or on their way to their owner.

The key that seals them is a file of the web process: whoever reads the database alone learns no secret and no recovery
code. It must not decide who needs a factor.
"""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pyotp
from cryptography.fernet import Fernet, InvalidToken

from server.errors import NotAllowed
from server.secret_files import read, write_new

ISSUER = "Phát thanh xã"
_STEP_S = 30
_READ_OUT = "abcdefghkmnpqrstuvwxyz23456789"


class TotpCodes:
    """See `ports.OneTimeCodes`."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._box = Fernet(key)

    @classmethod
    def of(cls, file: Path) -> "TotpCodes":
        """Give the codes by the key in a file; it is drawn at the first start.

        Raises:
            KeysInvalid: others may read it.
        """
        if not file.exists():
            try:
                write_new(file, Fernet.generate_key().decode())
            except FileExistsError:  # another process was quicker
                return cls.of(file)
        return cls(read(file).encode())

    def draw(self) -> str:
        """Draw a secret and give it sealed."""
        return self._box.encrypt(pyotp.random_base32().encode()).decode()

    def letters(self, sealed: str) -> str:
        """Give a secret in groups of four letters."""
        plain = self._secret(sealed)
        return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))

    def address(self, sealed: str, login: str) -> str:
        """Give a secret as an otpauth address."""
        return pyotp.TOTP(self._secret(sealed)).provisioning_uri(name=login, issuer_name=ISSUER)

    def step(self, sealed: str, code: str, now: datetime) -> int | None:
        """Give the step of a code: of now, or of the one before or after, since clocks differ."""
        totp, present = pyotp.TOTP(self._secret(sealed)), int(now.timestamp()) // _STEP_S
        near, given = (present, present - 1, present + 1), code.encode()  # of text, only ASCII can be compared
        return next((each for each in near if hmac.compare_digest(totp.generate_otp(each).encode(), given)), None)

    def recovery(self) -> str:
        """Draw a recovery code that can be written down."""
        return "-".join("".join(secrets.choice(_READ_OUT) for _ in range(5)) for _ in range(2))

    def digest(self, code: str) -> str:
        """Give a keyed hash of a recovery code."""
        return hmac.new(self._key, code.encode(), sha256).hexdigest()

    def _secret(self, sealed: str) -> str:
        """Open a secret.

        Raises:
            NotAllowed: `factor.key_lost`: it was sealed by another key, whose file was lost or exchanged.
        """
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise NotAllowed("factor.key_lost") from None
