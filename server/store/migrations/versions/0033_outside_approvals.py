"""Approvals outside the system, with photographs of signed papers, and the article of a regulation that allows them."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("regulations", sa.Column("outside_approval", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "outside_approvals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("means", sa.String(32), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["programme"], ["programmes.id"], name=op.f("fk_outside_approvals_programme")),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name=op.f("fk_outside_approvals_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_approvals")),
    )
    for column in ("programme", "state", "unit"):
        op.create_index(op.f(f"ix_outside_approvals_{column}"), "outside_approvals", [column], unique=False)
    op.create_table(
        "signed_papers",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_signed_papers")),
    )
