"""Everybody who wrote a text for emergencies, not only who changed it last: none of them approves it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    writers = sa.Column("written_by", sa.JSON(none_as_null=True), nullable=False, server_default="[]")
    op.add_column("emergency_templates", writers)
    table = sa.table(
        "emergency_templates",
        sa.column("id", sa.Text()),
        sa.column("changed_by", sa.Text()),
        sa.column("written_by", sa.JSON()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c.id, table.c.changed_by)).all():
        connection.execute(sa.update(table).where(table.c.id == row.id).values(written_by=[row.changed_by]))
    op.drop_column("emergency_templates", "changed_by")
