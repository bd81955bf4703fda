"""Keep one body a zone: planned items as rows only once no body holds them; what is left of every revision."""

import sqlalchemy as sa
from alembic import op

from server.store.append_only import refuse_changes

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE planned RENAME COLUMN first_revision TO last_revision")
    # A body from before is looked at whatever time is asked about, until its zone is issued again.
    since = sa.text("'1970-01-01 00:00:00.000000'")
    op.add_column("issued", sa.Column("covers_from", sa.DateTime(timezone=True), nullable=False, server_default=since))
    op.create_table(
        "recordings_in_force",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("zones", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_recordings_in_force")),
    )
    op.execute(
        "INSERT INTO recordings_in_force (sha256, zones) SELECT sha256, count(*) FROM issued_recordings GROUP BY sha256"
    )
    op.drop_table("issued_recordings")
    op.create_table(
        "issued_revisions",
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("changed", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("zone", "revision", name=op.f("pk_issued_revisions")),
    )
    refuse_changes("issued_revisions")
