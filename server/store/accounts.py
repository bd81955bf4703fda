"""What stands beside accounts in the database. It must not judge a code or a right."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, UnitId
from server.account_records import Delegation, Factor, SignIn
from server.store.rows import DelegationRow, FactorRow, SignInRow


class SqlFactors:
    """See `account_port.Factors`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, person: PersonId) -> Factor | None:
        """Give a person's factor."""
        row = self._session.get(FactorRow, person)
        if row is None:
            return None
        return Factor(
            person=PersonId(row.person),
            since=row.since,
            sealed=row.sealed,
            confirmed_at=row.confirmed_at,
            last_step=row.last_step,
            recovery=tuple(row.recovery),
            wrong=row.wrong,
            wrong_at=row.wrong_at,
        )

    def put(self, factor: Factor) -> None:
        """Insert or replace a factor."""
        row = FactorRow(
            person=factor.person,
            since=factor.since,
            sealed=factor.sealed,
            confirmed_at=factor.confirmed_at,
            last_step=factor.last_step,
            recovery=list(factor.recovery),
            wrong=factor.wrong,
            wrong_at=factor.wrong_at,
        )
        self._session.merge(row)
        self._session.flush()

    def remove(self, person: PersonId) -> None:
        """Take a factor away."""
        self._session.execute(delete(FactorRow).where(FactorRow.person == person))


class SqlSignIns:
    """See `account_port.SignIns`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, sign_in: str) -> SignIn | None:
        """Give one."""
        row = self._session.get(SignInRow, sign_in)
        return None if row is None else _sign_in(row)

    def of(self, person: PersonId) -> Sequence[SignIn]:
        """Give those that were not ended one by one, the newest first."""
        query = select(SignInRow).where(SignInRow.person == person, SignInRow.ended_at.is_(None))
        return [_sign_in(row) for row in self._session.scalars(query.order_by(SignInRow.id.desc()))]

    def put(self, sign_in: SignIn) -> None:
        """Insert or replace one."""
        row = SignInRow(
            id=sign_in.id,
            person=sign_in.person,
            device=sign_in.device,
            key=sign_in.key,
            since=sign_in.since,
            last_seen=sign_in.last_seen,
            ended_at=sign_in.ended_at,
        )
        self._session.merge(row)
        self._session.flush()


class SqlDelegations:
    """See `account_port.Delegations`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, delegation: str) -> Delegation | None:
        """Give one."""
        row = self._session.get(DelegationRow, delegation)
        return None if row is None else _delegation(row)

    def to(self, person: PersonId) -> Sequence[Delegation]:
        """Give what was handed to a person, the newest first."""
        query = select(DelegationRow).where(DelegationRow.to == person)
        return [_delegation(row) for row in self._session.scalars(query.order_by(DelegationRow.id.desc()))]

    def of_unit(self, unit: UnitId) -> Sequence[Delegation]:
        """Give what was handed on in a unit, the newest first."""
        query = select(DelegationRow).where(DelegationRow.unit == unit)
        return [_delegation(row) for row in self._session.scalars(query.order_by(DelegationRow.id.desc()))]

    def put(self, delegation: Delegation) -> None:
        """Insert or replace one."""
        row = DelegationRow(
            id=delegation.id,
            unit=delegation.unit,
            by=delegation.by,
            to=delegation.to,
            first_day=delegation.first_day,
            last_day=delegation.last_day,
            document=delegation.document,
            given_at=delegation.given_at,
            ended_at=delegation.ended_at,
        )
        self._session.merge(row)
        self._session.flush()


def _sign_in(row: SignInRow) -> SignIn:
    return SignIn(
        id=row.id,
        person=PersonId(row.person),
        device=row.device,
        key=row.key,
        since=row.since,
        last_seen=row.last_seen,
        ended_at=row.ended_at,
    )


def _delegation(row: DelegationRow) -> Delegation:
    return Delegation(
        id=row.id,
        unit=UnitId(row.unit),
        by=PersonId(row.by),
        to=PersonId(row.to),
        first_day=row.first_day,
        last_day=row.last_day,
        document=row.document,
        given_at=row.given_at,
        ended_at=row.ended_at,
    )
