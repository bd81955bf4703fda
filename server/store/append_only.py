"""Makes a table append-only in the database itself, whoever asks. Used by migrations."""

from alembic import op


def refuse_changes(table: str) -> None:
    """Let the database refuse every UPDATE and DELETE of a table, and on PostgreSQL TRUNCATE.

    The function that PostgreSQL's trigger calls is made by the first migration.
    """
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
