"""The order that officers give to priority items."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("keys", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["station"], ["units.id"], name=op.f("fk_orders_station")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_station"), "orders", ["station"])
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER orders_no_{action.lower()} BEFORE {action} ON orders "
                "BEGIN SELECT RAISE(ABORT, 'orders is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER orders_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON orders "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
