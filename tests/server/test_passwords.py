"""Passwords are kept as slow hashes that fit only themselves."""

from server.passwords import Argon2Hashing


def test_a_hash_fits_its_password_and_no_other() -> None:
    hashing = Argon2Hashing()

    hashed = hashing.hash("mưa thuận gió hoà")

    assert hashed.startswith("$argon2id$")
    assert hashing.verify(hashed, "mưa thuận gió hoà")
    assert not hashing.verify(hashed, "mưa thuận gió hoa")
    assert not hashing.verify("not a hash", "mưa thuận gió hoà")
