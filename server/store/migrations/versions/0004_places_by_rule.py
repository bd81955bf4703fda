"""Programmes that rules may take into places of sessions; none of those there are, until somebody says so."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("programmes", sa.Column("for_places", sa.Boolean(), nullable=False, server_default=sa.false()))
