"""Slow hashes of passwords (argon2id). It decides nothing about what a good password is."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Hashing:
    """Argon2id with the parameters of RFC 9106 for little memory: 64 MiB, three passes."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    def hash(self, password: str) -> str:
        """Give the hash of a password, its parameters and salt included."""
        return self._hasher.hash(password)

    def verify(self, password_hash: str, password: str) -> bool:
        """Tell whether a password is the one of a hash; a hash that cannot be read fits none."""
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
