"""Emergencies and exercises."""

import sqlalchemy as sa
from alembic import op

from server.store.append_only import refuse_changes

APPEND_ONLY = ("emergencies", "emergency_acts", "emergency_lists", "exercises", "exercise_cancels")

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emergencies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergencies")),
    )
    op.create_index(op.f("ix_emergencies_sent"), "emergencies", ["sent"], unique=False)
    op.create_table(
        "emergency_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("emergency", sa.Text(), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["emergency"], ["emergencies.id"], name=op.f("fk_emergency_acts_emergency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_acts")),
    )
    op.create_table(
        "emergency_lists",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name=op.f("fk_emergency_lists_unit")),
        sa.PrimaryKeyConstraint("unit", "number", name=op.f("pk_emergency_lists")),
    )
    op.create_table(
        "emergency_requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_requests")),
    )
    op.create_index(op.f("ix_emergency_requests_state"), "emergency_requests", ["state"], unique=False)
    op.create_table(
        "emergency_rights",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_emergency_rights_person")),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name=op.f("fk_emergency_rights_unit")),
        sa.PrimaryKeyConstraint("person", "unit", "since", name=op.f("pk_emergency_rights")),
    )
    op.create_table(
        "emergency_watches",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("people", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name=op.f("fk_emergency_watches_unit")),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_emergency_watches")),
    )
    op.create_table(
        "emergency_templates",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["units.id"], name=op.f("fk_emergency_templates_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_templates")),
    )
    op.create_table(
        "exercises",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercises")),
    )
    op.create_index(op.f("ix_exercises_sent"), "exercises", ["sent"], unique=False)
    op.create_table(
        "exercise_cancels",
        sa.Column("exercise", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["exercise"], ["exercises.id"], name=op.f("fk_exercise_cancels_exercise")),
        sa.PrimaryKeyConstraint("exercise", name=op.f("pk_exercise_cancels")),
    )
    for table in APPEND_ONLY:
        refuse_changes(table)
