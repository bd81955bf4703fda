"""Who locked a loudspeaker for repair and why, and the zones a loudspeaker was moved away from."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("maintenance_by", "maintenance_reason"):
        op.add_column("loudspeakers", sa.Column(column, sa.Text(), nullable=False, server_default=""))
    op.add_column("loudspeakers", sa.Column("stood", sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
