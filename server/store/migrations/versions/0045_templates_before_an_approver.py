"""Session templates by one-time links and outside the system, sent back with a reason; none of those there are was."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("templates", sa.Column("refused", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("templates", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    for table in ("approval_links", "outside_approvals"):
        with op.batch_alter_table(table) as changed:
            changed.alter_column("programme", existing_type=sa.Text(), nullable=True)
            changed.add_column(sa.Column("template", sa.Text(), nullable=True))
            changed.create_foreign_key(op.f(f"fk_{table}_template"), "templates", ["template"], ["id"])
        op.create_index(op.f(f"ix_{table}_template"), table, ["template"], unique=False)
