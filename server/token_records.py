"""API tokens, and what was answered to a write. Frozen; they must not know how they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schedules.ids import PersonId, UnitId
from schedules.times import DAY

KEPT = DAY
"""How long the answer to a write is given again to whoever sends it again."""


class Scope(StrEnum):
    """What a token is for. None of them approves, issues an emergency or gives a right."""

    READ = "read"
    PROGRAMMES = "programmes"
    CONTRIBUTIONS = "contributions"
    SCHEDULE = "schedule"
    LOUDSPEAKERS = "loudspeakers"
    OUTAGES = "outages"
    REGULATION = "regulation"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token: it acts as the person who made it, below one unit, for some scopes, until a day.

    Attributes:
        secret_sha256: hash of the secret half; 256 bits of chance need no slow hash.
        name: what the person calls the program that has it.
        used_at: when it was last used, give or take some minutes; None: never.
    """

    id: str
    secret_sha256: str
    name: str
    person: PersonId
    unit: UnitId
    scopes: frozenset[Scope]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Tell whether it opens anything at an instant."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWrite:
    """A write by a token under a key of its own (`Idempotency-Key`), and the answer to it.

    Attributes:
        print: hash of what was asked for.
        status: of the answer; None while the write is under way.
    """

    token: str
    key: str
    print: str
    at: datetime
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
