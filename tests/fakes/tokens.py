"""Tokens of the API in memory, and what was answered to their writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from schedules.ids import PersonId
from server.token_records import ApiToken, KeptWrite


@dataclass
class KeptTokens:
    """Everything there is of them."""

    tokens: dict[str, ApiToken] = field(default_factory=dict)
    writes: dict[tuple[str, str], KeptWrite] = field(default_factory=dict)

    def __copy__(self) -> "KeptTokens":
        return KeptTokens(dict(self.tokens), dict(self.writes))


class FakeApiTokens:
    def __init__(self, kept: KeptTokens) -> None:
        self._kept = kept

    def get(self, token: str) -> ApiToken | None:
        return self._kept.tokens.get(token)

    def of_person(self, person: PersonId) -> Sequence[ApiToken]:
        own = (each for each in self._kept.tokens.values() if each.person == person)
        return sorted(own, key=lambda each: (each.made_at, each.id))

    def put(self, token: ApiToken) -> None:
        self._kept.tokens[token.id] = token

    def write(self, token: str, key: str) -> KeptWrite | None:
        return self._kept.writes.get((token, key))

    def put_write(self, write: KeptWrite) -> None:
        self._kept.writes[write.token, write.key] = write

    def forget_write(self, token: str, key: str) -> None:
        self._kept.writes.pop((token, key), None)

    def forget_writes(self, *, before: datetime) -> None:
        for each in [each for each in self._kept.writes.values() if each.at < before]:
            self.forget_write(each.token, each.key)
