"""Accounts in the database. It must not check a password or a right."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, UnitId
from server.store.rows import PersonRow
from server.values import Person, Role


class SqlPeople:
    """See `repositories.People`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, person: PersonId) -> Person | None:
        """Give an account."""
        row = self._session.get(PersonRow, person)
        return None if row is None else _person(row)

    def by_login(self, login: str) -> Person | None:
        """Give the account with a login name."""
        row = self._session.scalar(select(PersonRow).where(PersonRow.login == login))
        return None if row is None else _person(row)

    def of_unit(self, unit: UnitId) -> Sequence[Person]:
        """Give the accounts of exactly this unit, by name."""
        rows = self._session.scalars(select(PersonRow).where(PersonRow.unit == unit))
        return sorted(map(_person, rows), key=lambda person: (person.name, person.id))

    def all(self) -> Sequence[Person]:
        """Give every account, by name."""
        rows = self._session.scalars(select(PersonRow))
        return sorted(map(_person, rows), key=lambda person: (person.name, person.id))

    def put(self, person: Person) -> None:
        """Insert or replace an account."""
        row = PersonRow(
            id=person.id,
            login=person.login,
            name=person.name,
            unit=person.unit,
            roles=sorted(person.roles),
            password_hash=person.password_hash,
            language=person.language,
            active=person.active,
            must_change_password=person.must_change_password,
            password_ends=person.password_ends,
            session_key=person.session_key,
            also_units=sorted(person.also_units),
            ends=person.ends,
            is_new=person.is_new,
        )
        self._session.merge(row)
        self._session.flush()


def _person(row: PersonRow) -> Person:
    return Person(
        id=PersonId(row.id),
        login=row.login,
        name=row.name,
        unit=UnitId(row.unit),
        roles=frozenset(map(Role, row.roles)),
        password_hash=row.password_hash,
        language=row.language,
        active=row.active,
        must_change_password=row.must_change_password,
        password_ends=row.password_ends,
        session_key=row.session_key,
        also_units=frozenset(map(UnitId, row.also_units)),
        ends=row.ends,
        is_new=row.is_new,
    )
