"""Marks of the loudspeakers' journals, and up to where each journal is known to have no gap."""

import sqlalchemy as sa
from alembic import op

from server.store.append_only import refuse_changes

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marks",
        sa.Column("loudspeaker", sa.Text(), nullable=False),
        sa.Column("journal", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_error_ms", sa.BigInteger(), nullable=True),
        sa.Column("covers_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("after_journal", sa.Text(), nullable=True),
        sa.Column("after_sequence", sa.BigInteger(), nullable=True),
        sa.Column("after_head", sa.Text(), nullable=False),
        sa.Column("lost_from", sa.BigInteger(), nullable=True),
        sa.Column("lost_to", sa.BigInteger(), nullable=True),
        sa.Column("rundown", sa.BigInteger(), nullable=True),
        sa.Column("trust", sa.BigInteger(), nullable=True),
        sa.Column("ledger_size", sa.BigInteger(), nullable=True),
        sa.Column("ledger_root", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("loudspeaker", "journal", "sequence", "hash", name=op.f("pk_marks")),
    )
    op.create_index(op.f("ix_marks_loudspeaker_kind_received_at"), "marks", ["loudspeaker", "kind", "received_at"])
    refuse_changes("marks")
    op.create_table(
        "journals",
        sa.Column("loudspeaker", sa.Text(), nullable=False),
        sa.Column("journal", sa.Text(), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("loudspeaker", "journal", name=op.f("pk_journals")),
    )
    # From 0 the next report of a journal looks through all of it, once.
    op.execute("INSERT INTO journals SELECT DISTINCT loudspeaker, journal, 0 FROM heard")
