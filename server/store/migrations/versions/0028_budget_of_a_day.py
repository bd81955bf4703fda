"""What a loudspeaker's device may download in a day, and when two devices were seen to share its key."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("loudspeakers", sa.Column("daily_bytes", sa.BigInteger()))
    op.add_column("seen", sa.Column("twins_at", sa.DateTime(timezone=True)))
