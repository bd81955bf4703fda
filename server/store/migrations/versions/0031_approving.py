"""How something was approved and the words as they were read then; PINs of approvers and one-time links."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approvals", sa.Column("way", sa.Text()))
    op.add_column("approvals", sa.Column("texts", sa.JSON(none_as_null=True)))
    op.create_table(
        "approver_pins",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_approver_pins_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_approver_pins")),
    )
    op.create_table(
        "approval_links",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("seen", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["programme"], ["programmes.id"], name=op.f("fk_approval_links_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_links")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_approval_links_token_sha256")),
    )
    op.create_index(
        op.f("ix_approval_links_asked_by_asked_at"), "approval_links", ["asked_by", "asked_at"], unique=False
    )
    op.create_index(op.f("ix_approval_links_programme"), "approval_links", ["programme"], unique=False)
