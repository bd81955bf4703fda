"""When a loudspeaker was told the head of the ledger that its mark names."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("marks", sa.Column("ledger_at", sa.DateTime(timezone=True), nullable=True))
