"""Session templates that replace others; none of those there are does."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("templates", sa.Column("replaces", sa.Text(), nullable=True))
