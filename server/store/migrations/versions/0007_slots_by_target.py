"""Find slots by what their targets name."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    targets = op.create_table(
        "slot_targets",
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["slot"], ["slots.id"], name=op.f("fk_slot_targets_slot")),
        sa.PrimaryKeyConstraint("names", "slot", name=op.f("pk_slot_targets")),
    )
    op.create_index(op.f("ix_slot_targets_slot"), "slot_targets", ["slot"], unique=False)
    slots = sa.table("slots", *(sa.column(name) for name in ("id", "zones", "units", "groups", "removed_at")))
    rows: list[dict[str, str]] = []
    for slot in op.get_bind().execute(sa.select(slots).where(slots.c.removed_at.is_(None))):
        named = (("zone", slot.zones), ("unit", slot.units), ("group", slot.groups))
        names = [f"{sort}:{each}" for sort, ids in named for each in _ids(ids)]
        rows += ({"names": each, "slot": slot.id} for each in names or ["everywhere"])
    op.bulk_insert(targets, rows)


def _ids(stored: str | list[str]) -> list[str]:
    """Read a list that SQLite gives as text and PostgreSQL as a list."""
    return json.loads(stored) if isinstance(stored, str) else stored
