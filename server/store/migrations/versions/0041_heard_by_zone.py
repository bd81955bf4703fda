"""What was heard is looked for by zone and time: the log of a station reads its own entries, not everybody's."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f("ix_heard_loudspeaker_planned_start"), "heard")
    op.create_index(op.f("ix_heard_zone_planned_start"), "heard", ["zone", "planned_start"])
