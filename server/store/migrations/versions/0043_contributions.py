"""What departments and hamlets hand in to stations."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contributions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("zones", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("recording", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["station"], ["units.id"], name=op.f("fk_contributions_station")),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_contributions_by")),
        sa.ForeignKeyConstraint(["programme"], ["programmes.id"], name=op.f("fk_contributions_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
    )
    op.create_index(op.f("ix_contributions_station_state"), "contributions", ["station", "state"])
    op.create_index(op.f("ix_contributions_by_sent_at"), "contributions", ["by", "sent_at"])
