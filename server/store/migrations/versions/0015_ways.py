"""How a slot reaches the stations it means, and what stations answer to offers."""

import sqlalchemy as sa
from alembic import op

from server.store.append_only import refuse_changes

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was booked before plays on: it asks nobody.
    op.add_column("slots", sa.Column("way", sa.String(32), nullable=False, server_default="own"))
    op.add_column("slots", sa.Column("written_order", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("places", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["slot"], ["slots.id"], name=op.f("fk_answers_slot")),
        sa.ForeignKeyConstraint(["station"], ["units.id"], name=op.f("fk_answers_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_slot"), "answers", ["slot"])
    op.create_index(op.f("ix_answers_station"), "answers", ["station"])
    refuse_changes("answers")
