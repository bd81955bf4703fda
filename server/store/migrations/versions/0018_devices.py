"""Devices, the codes they are enrolled by, and the certificates they ask for.

Every loudspeaker that has a key gets the device that holds it, so that what spoke before speaks on.
"""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    devices = op.create_table(
        "devices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("loudspeaker", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_by", sa.Text(), nullable=True),
        sa.Column("certificate_serial", sa.Text(), nullable=False),
        sa.Column("certificate_expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_heads", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["loudspeaker"], ["loudspeakers.id"], name=op.f("fk_devices_loudspeaker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
    )
    op.create_index(op.f("ix_devices_loudspeaker"), "devices", ["loudspeaker"])
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("loudspeaker", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("typed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["loudspeaker"], ["loudspeakers.id"], name=op.f("fk_enrolments_loudspeaker")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    op.create_index(op.f("ix_enrolments_loudspeaker"), "enrolments", ["loudspeaker"])
    op.create_table(
        "renewals",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name=op.f("fk_renewals_device")),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_renewals")),
    )
    loudspeakers = sa.table(
        "loudspeakers",
        *(sa.column(name, sa.Text()) for name in ("id", "public_key")),
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("since", "retired_at")),
    )
    known = op.get_bind().execute(sa.select(loudspeakers).order_by(loudspeakers.c.id))
    made = {
        sha256(bytes.fromhex(row.public_key)).hexdigest()[:16]: {
            "loudspeaker": row.id,
            "public_key": row.public_key,
            "enrolled_at": row.since,
            "retired_at": row.retired_at,
            "certificate_serial": "",
            "last_heads": {},
        }
        for row in known
        if row.public_key
    }
    op.bulk_insert(devices, [{"id": device, **facts} for device, facts in made.items()])
