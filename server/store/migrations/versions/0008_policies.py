"""What becomes of what could not begin at its time, and of what is interrupted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slots", sa.Column("catch_up", sa.String(32), nullable=False, server_default="join"))
    op.add_column("slots", sa.Column("late_s", sa.Double(), nullable=False, server_default="0"))
    op.add_column("slots", sa.Column("interrupted", sa.String(32), nullable=False, server_default="drop"))
    op.add_column("planned", sa.Column("late_until", sa.DateTime(timezone=True), nullable=True))
    # It said no more than whether there is a latest start.
    op.drop_column("planned", "start")
