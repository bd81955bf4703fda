"""Parts of programmes, and approvals found by what they released."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programmes", sa.Column("parts", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
    op.create_index(op.f("ix_approvals_record"), "approvals", ["record"])
