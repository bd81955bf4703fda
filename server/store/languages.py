"""Languages, and what zones hear instead of their own, in the database. It must not decide who may choose."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, ProgrammeId, ZoneId
from schedules.language import Language, Substitution
from server.store.rows import LanguageRow, SubstitutionRow


class SqlLanguages:
    """See `repositories.Languages`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> Sequence[Language]:
        """Give every language, in the order of the list."""
        rows = self._session.scalars(select(LanguageRow).order_by(LanguageRow.position, LanguageRow.tag))
        return [Language(row.tag, row.name, row.people, row.english) for row in rows]

    def put(self, language: Language) -> None:
        """Replace a language where it stands, or add it to the end of the list."""
        known = self._session.get(LanguageRow, language.tag)
        last = self._session.scalar(select(func.max(LanguageRow.position))) or 0
        position = last + 1 if known is None else known.position
        row = LanguageRow(
            tag=language.tag, position=position, name=language.name, people=language.group, english=language.english
        )
        self._session.merge(row)
        self._session.flush()

    def remove(self, tag: str) -> None:
        """Take a language off the list."""
        self._session.execute(delete(LanguageRow).where(LanguageRow.tag == tag))

    def substitutions(self) -> Sequence[Substitution]:
        """Give the latest choice of each zone and programme, the oldest first."""
        latest = select(func.max(SubstitutionRow.id)).group_by(SubstitutionRow.zone, SubstitutionRow.programme)
        rows = self._session.scalars(
            select(SubstitutionRow).where(SubstitutionRow.id.in_(latest)).order_by(SubstitutionRow.id)
        )
        return [
            Substitution(
                zone=ZoneId(row.zone),
                programme=ProgrammeId(row.programme),
                language=row.language,
                by=PersonId(row.by),
                at=row.at,
            )
            for row in rows
        ]

    def substitute(self, substitution: Substitution) -> None:
        """Keep a choice."""
        self._session.add(
            SubstitutionRow(
                zone=substitution.zone,
                programme=substitution.programme,
                language=substitution.language,
                by=substitution.by,
                at=substitution.at,
            )
        )
        self._session.flush()
