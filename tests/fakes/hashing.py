"""Hashes of passwords that cost nothing; nobody attacks a test."""

from dataclasses import dataclass, field


@dataclass
class FakeHashing:
    """See `ports.PasswordHashing`; counts the slow work it was asked for."""

    work: list[str] = field(default_factory=list)

    def hash(self, password: str) -> str:
        self.work.append("hash")
        return f"hash of {password}"

    def verify(self, password_hash: str, password: str) -> bool:
        self.work.append("verify")
        return password_hash == f"hash of {password}"
