"""What a regulation says beside hours: document, least minutes, sessions a day, languages, decisions under it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    nothing = sa.JSON(none_as_null=True)
    op.add_column("regulations", sa.Column("document", sa.Text(), nullable=False, server_default=""))
    op.add_column("regulations", sa.Column("min_minutes_a_day", sa.BigInteger(), nullable=True))
    op.add_column("regulations", sa.Column("sessions_a_day", sa.BigInteger(), nullable=True))
    for name in ("languages", "openings", "suspensions"):
        op.add_column("regulations", sa.Column(name, nothing, nullable=False, server_default="[]"))
