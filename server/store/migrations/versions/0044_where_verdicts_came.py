"""Counted days say at which zones each verdict came, and what the ledger had then; older ones do not know."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tallies", sa.Column("zones", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("tallies", sa.Column("leaves", sa.BigInteger(), nullable=False, server_default="0"))
