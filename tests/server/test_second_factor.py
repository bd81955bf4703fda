"""Codes of second factors: those of the standard, sealed by a key beside the database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from cryptography.fernet import Fernet, InvalidToken

from server.errors import KeysInvalid
from server.second_factor import TotpCodes

NOW = datetime(2026, 11, 23, 5, 0, 10, tzinfo=UTC)


def test_a_telephone_and_the_centre_agree(tmp_path: Path) -> None:
    codes = TotpCodes.of(tmp_path / "key")
    sealed = codes.draw()

    telephone = pyotp.parse_uri(codes.address(sealed, "lan"))

    assert isinstance(telephone, pyotp.TOTP)
    step = int(NOW.timestamp()) // 30
    for apart, found in ((0, step), (-30, step - 1), (30, step + 1), (-60, None), (60, None)):
        assert codes.step(sealed, telephone.at(NOW + timedelta(seconds=apart)), NOW) == found
    assert codes.letters(sealed).replace(" ", "") == telephone.secret


def test_the_database_alone_tells_no_secret(tmp_path: Path) -> None:
    codes, other = TotpCodes.of(tmp_path / "key"), TotpCodes(Fernet.generate_key())
    sealed = codes.draw()

    assert codes.letters(sealed).replace(" ", "") not in sealed
    with pytest.raises(InvalidToken):
        other.letters(sealed)
    assert codes.digest("spare") != other.digest("spare")


def test_the_key_stays_the_same_and_is_closed_to_others(tmp_path: Path) -> None:
    sealed = TotpCodes.of(tmp_path / "key").draw()

    assert TotpCodes.of(tmp_path / "key").letters(sealed)
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(KeysInvalid):
        TotpCodes.of(tmp_path / "key")


def test_recovery_codes_differ(tmp_path: Path) -> None:
    codes = TotpCodes.of(tmp_path / "key")

    assert len({codes.recovery() for _ in range(100)}) == 100
