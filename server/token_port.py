"""What the use cases need kept of the API: tokens, and answers to writes. It must not name a framework."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from schedules.ids import PersonId
from server.token_records import ApiToken, KeptWrite


class ApiTokens(Protocol):
    """Tokens of the API and what was answered to their writes."""

    def get(self, token: str) -> ApiToken | None: ...
    def of_person(self, person: PersonId) -> Sequence[ApiToken]:
        """Give a person's tokens, the first made first."""
        ...

    def put(self, token: ApiToken) -> None: ...
    def write(self, token: str, key: str) -> KeptWrite | None:
        """Give what a token wrote under a key."""
        ...

    def put_write(self, write: KeptWrite) -> None: ...
    def forget_write(self, token: str, key: str) -> None: ...
    def forget_writes(self, *, before: datetime) -> None:
        """Forget the writes that were begun before an instant."""
        ...
