"""A mark that is drawn anew with each change of what a schedule is made of."""

from server.store.marked import begin_marking, mark_changes

MARKED = (
    "regulations",
    "groups",
    "programmes",
    "slots",
    "slot_targets",
    "templates",
    "approvals",
    "proposals",
    "campaigns",
    "orders",
    "answers",
    "substitutions",
    "missed",
)

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    begin_marking()
    for table in MARKED:
        mark_changes(table)
