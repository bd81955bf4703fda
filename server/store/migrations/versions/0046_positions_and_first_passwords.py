"""Where each loudspeaker stands, until when a given password serves, and lines about somebody found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("loudspeakers", sa.Column("north", sa.Double(), nullable=True))
    op.add_column("loudspeakers", sa.Column("east", sa.Double(), nullable=True))
    op.add_column("people", sa.Column("password_ends", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_audit_subject_action"), "audit", ["subject", "action"])
