"""Accounts that end, and that hold in several units."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("also_units", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
    op.add_column("people", sa.Column("ends", sa.DateTime(timezone=True), nullable=True))
