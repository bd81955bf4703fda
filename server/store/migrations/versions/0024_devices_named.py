"""Every loudspeaker is told anew what it is: which device is its, and to which record an override opens its hours."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    marks = sa.table("assignment_marks", sa.column("wanted", sa.BigInteger()))
    op.execute(sa.update(marks).values(wanted=marks.c.wanted + 1))
