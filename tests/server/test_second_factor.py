"""Codes of second factors: those of the standard, sealed by a key beside the database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from cryptography.fernet import Fernet

from server.errors import KeysInvalid, NotAllowed
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
    for opened in (lambda: other.letters(sealed), lambda: other.step(sealed, "000000", NOW)):
        with pytest.raises(NotAllowed, match=r"factor\.key_lost"):
            opened()
    assert codes.digest("spare") != other.digest("spare")


@pytest.mark.parametrize("code", ["", "mã", "\u0661\u0662\u0663\u0664\u0665\u0666", "0" * 100_000, "\U0001f511"])
def test_whatever_is_typed_is_a_wrong_code_and_no_fault(tmp_path: Path, code: str) -> None:
    codes = TotpCodes.of(tmp_path / "key")

    assert codes.step(codes.draw(), code, NOW) is None


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
