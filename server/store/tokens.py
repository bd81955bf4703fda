"""Tokens of the API, and what was answered to their writes, in the database. It must not judge a token."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, UnitId
from server.store.rows import ApiTokenRow, ApiWriteRow
from server.token_records import ApiToken, KeptWrite, Scope


class SqlApiTokens:
    """See `token_port.ApiTokens`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, token: str) -> ApiToken | None:
        """Give a token."""
        row = self._session.get(ApiTokenRow, token)
        return None if row is None else _token(row)

    def of_person(self, person: PersonId) -> Sequence[ApiToken]:
        """Give a person's tokens, the first made first."""
        row = ApiTokenRow
        query = select(row).where(row.person == person).order_by(row.made_at, row.id)
        return [_token(each) for each in self._session.scalars(query)]

    def put(self, token: ApiToken) -> None:
        """Insert or replace a token."""
        self._session.merge(ApiTokenRow(**{**asdict(token), "scopes": sorted(token.scopes)}))
        self._session.flush()

    def write(self, token: str, key: str) -> KeptWrite | None:
        """Give what a token wrote under a key."""
        row = self._session.get(ApiWriteRow, (token, key))
        return None if row is None else _write(row)

    def put_write(self, write: KeptWrite) -> None:
        """Insert or replace a write."""
        self._session.merge(ApiWriteRow(**asdict(write)))
        self._session.flush()

    def forget_write(self, token: str, key: str) -> None:
        """Forget a write that changed nothing."""
        row = ApiWriteRow
        self._session.execute(delete(row).where(row.token == token, row.key == key))

    def forget_writes(self, *, before: datetime) -> None:
        """Forget the writes that were begun before an instant."""
        self._session.execute(delete(ApiWriteRow).where(ApiWriteRow.at < before))


def _token(row: ApiTokenRow) -> ApiToken:
    return ApiToken(
        id=row.id,
        secret_sha256=row.secret_sha256,
        name=row.name,
        person=PersonId(row.person),
        unit=UnitId(row.unit),
        scopes=frozenset(map(Scope, row.scopes)),
        made_at=row.made_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )


def _write(row: ApiWriteRow) -> KeptWrite:
    return KeptWrite(
        token=row.token,
        key=row.key,
        print=row.print,
        at=row.at,
        status=row.status,
        headers=row.headers,
        body=row.body,
    )
