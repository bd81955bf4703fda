"""What no loudspeaker of a zone played, and comes again in the next session."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "missed",
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["zone"], ["zones.id"], name=op.f("fk_missed_zone")),
        sa.PrimaryKeyConstraint("zone", "occurrence", name=op.f("pk_missed")),
    )
    op.create_index(op.f("ix_missed_known"), "missed", ["known"])
    # Asked with every report, and few slots have the policy.
    op.create_index(op.f("ix_slots_catch_up"), "slots", ["catch_up"])
