"""Named groups, tags of zones, wider targets of slots, positions of units, and the mark of their tree."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "groups",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zones", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("units", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["units.id"], name=op.f("fk_groups_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
    )
    op.create_table(
        "tree_mark",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree_mark")),
    )
    for table, column in (("zones", "tags"), ("slots", "groups"), ("slots", "languages"), ("slots", "tags")):
        op.add_column(table, sa.Column(column, sa.JSON(none_as_null=True), nullable=False, server_default="[]"))
    for column in ("north", "east"):
        op.add_column("units", sa.Column(column, sa.Double(), nullable=True))
