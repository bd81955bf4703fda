"""Whether the first page still shows where to begin: not to who is there already. And who did what, found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("is_new", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_audit_by_action"), "audit", ["by", "action"])
