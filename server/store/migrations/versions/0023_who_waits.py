"""Who waits for the conductor's answer, found without reading every code and certificate there ever was."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_enrolments_answered_at_asked_at"), "enrolments", ["answered_at", "asked_at"])
    op.add_column("renewals", sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_renewals_waits"), "renewals", ["waits"])
    renewals = sa.table(
        "renewals",
        sa.column("answer", sa.LargeBinary()),
        sa.column("refused", sa.Text()),
        sa.column("waits", sa.Boolean()),
    )
    op.execute(sa.update(renewals).where(renewals.c.answer == b"", renewals.c.refused == "").values(waits=True))
