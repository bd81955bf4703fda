"""Commands to loudspeakers, what was answered to them, and what was gathered."""

import sqlalchemy as sa
from alembic import op

from server.store.append_only import refuse_changes

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_LEVELS = ("debug", "info", "warning", "error")
_STATES = ("accepted", "rejected", "expired", "done")
_WHAT = ("test_tone", "resync", "restart", "log_level", "diagnostics")


def upgrade() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("loudspeaker", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("what", sa.Enum(*_WHAT, name="what", native_enum=False, length=32), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Enum(*_LEVELS, name="loglevel", native_enum=False, length=32), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("together", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["loudspeaker"], ["loudspeakers.id"], name=op.f("fk_commands_loudspeaker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commands")),
    )
    op.create_index(op.f("ix_commands_loudspeaker_given_at"), "commands", ["loudspeaker", "given_at"])
    op.create_index(op.f("ix_commands_given_by_given_at"), "commands", ["given_by", "given_at"])
    op.create_index(op.f("ix_commands_expires"), "commands", ["expires"])
    op.create_table(
        "command_answers",
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("state", sa.Enum(*_STATES, name="commandstate", native_enum=False, length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("level_dbfs", sa.Double(), nullable=True),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["command"], ["commands.id"], name=op.f("fk_command_answers_command")),
        sa.PrimaryKeyConstraint("command", "state", name=op.f("pk_command_answers")),
    )
    refuse_changes("command_answers")
    op.create_table(
        "diagnostics",
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("loudspeaker", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["command"], ["commands.id"], name=op.f("fk_diagnostics_command")),
        sa.PrimaryKeyConstraint("command", name=op.f("pk_diagnostics")),
    )
    op.create_index(op.f("ix_diagnostics_loudspeaker"), "diagnostics", ["loudspeaker"])
