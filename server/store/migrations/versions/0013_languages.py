"""Languages by name and group, and choices of what a zone hears instead of its own."""

import sqlalchemy as sa
from alembic import op

from server.store.append_only import refuse_changes

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LANGUAGES = (
    ("vi", "Việt", "Kinh", "Vietnamese"),
    ("hre", "Hrê", "Hrê", "Hrê"),
    ("cua", "Co", "Co", "Co (Cua)"),
    ("sed", "Xơ Đăng", "Xơ Đăng", "Xơ Đăng (Sedang)"),
    ("kxy", "Ca Dong", "Xơ Đăng", "Ca Dong (Kayong)"),
    ("bdq", "Ba Na", "Ba Na", "Ba Na (Bahnar)"),
    ("jeh", "Giẻ", "Giẻ-Triêng", "Giẻ (Jeh)"),
    ("stg", "Triêng", "Giẻ-Triêng", "Triêng (Trieng)"),
    ("jra", "Gia Rai", "Gia Rai", "Gia Rai (Jarai)"),
    ("brb", "Brâu", "Brâu", "Brâu (Brao)"),
    ("rmx", "Rơ Măm", "Rơ Măm", "Rơ Măm (Romam)"),
)


def upgrade() -> None:
    languages = op.create_table(
        "languages",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("english", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_languages")),
    )
    op.bulk_insert(
        languages,
        [
            {"tag": tag, "position": position, "name": name, "people": people, "english": english}
            for position, (tag, name, people, english) in enumerate(LANGUAGES, start=1)
        ],
    )
    op.create_table(
        "substitutions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitutions")),
    )
    op.create_index(op.f("ix_substitutions_zone"), "substitutions", ["zone"], unique=False)
    op.create_index(op.f("ix_substitutions_programme"), "substitutions", ["programme"], unique=False)
    refuse_changes("substitutions")
