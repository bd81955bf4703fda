"""The statements that SQLite and PostgreSQL spell in dialects of their own. It must not know any table."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from server.store.rows import AnyRow


def inserting(session: Session, table: type[AnyRow]) -> sqlite.Insert | postgresql.Insert:
    """Give an INSERT that can say what happens on conflict."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
