"""Has the database draw a mark anew with each change of a table, whoever makes it. Used by migrations."""

from alembic import op

_FIRST = "INSERT INTO tree_mark (id, mark) VALUES (3, '')"
"""The mark of what a schedule is made of, beside those of units (1) and of zones and loudspeakers (2)."""
_DRAWN = "UPDATE tree_mark SET mark = hex(randomblob(16)) WHERE id = 3"
_DRAWN_BY_POSTGRESQL = (
    "CREATE FUNCTION mark_schedule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "UPDATE tree_mark SET mark = gen_random_uuid()::text WHERE id = 3; RETURN NULL; END $$"
)


def begin_marking() -> None:
    """Make the mark of the schedule, and on PostgreSQL the function that draws it."""
    op.execute(_FIRST)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_DRAWN_BY_POSTGRESQL)


def mark_changes(table: str) -> None:
    """Draw the mark of the schedule with every INSERT, UPDATE and DELETE of a table, on PostgreSQL TRUNCATE too."""
    if op.get_bind().dialect.name == "sqlite":
        for action in ("INSERT", "UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_marks_{action.lower()} AFTER {action} ON {table} BEGIN {_DRAWN}; END")
        return
    op.execute(
        f"CREATE TRIGGER {table}_marks AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION mark_schedule()"
    )
