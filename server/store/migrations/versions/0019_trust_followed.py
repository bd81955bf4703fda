"""Under which trust list everything in force was signed last: until now under the newest."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trust_followed",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["number"], ["trust_lists.number"], name=op.f("fk_trust_followed_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_trust_followed")),
    )
    op.execute("INSERT INTO trust_followed (number) SELECT number FROM trust_lists")
