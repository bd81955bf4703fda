"""Tables of devices, of the codes they are enrolled by, and of the certificates they ask for."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.store.columns import Tree
from server.store.rows.base import AnyRow


class DeviceRow(AnyRow):
    """A device, retired ones included."""

    __tablename__ = "devices"

    id: Mapped[str] = mapped_column(primary_key=True)
    loudspeaker: Mapped[str] = mapped_column(ForeignKey("loudspeakers.id"), index=True)
    public_key: Mapped[str]
    enrolled_at: Mapped[datetime]
    enrolled_by: Mapped[str | None]
    certificate_serial: Mapped[str]
    certificate_expires: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    last_heads: Mapped[Tree]


class EnrolmentRow(AnyRow):
    """A code given to a device; which ones wait is asked with every change of the database."""

    __tablename__ = "enrolments"
    __table_args__ = (Index(None, "answered_at", "asked_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    loudspeaker: Mapped[str] = mapped_column(ForeignKey("loudspeakers.id"), index=True)
    secret: Mapped[bytes]
    typed_secret: Mapped[bytes]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    expires: Mapped[datetime]
    failures: Mapped[int]
    replaced_at: Mapped[datetime | None]
    request: Mapped[bytes]
    asked_at: Mapped[datetime | None]
    answer: Mapped[bytes]
    answered_at: Mapped[datetime | None]
    refused: Mapped[str]
    device: Mapped[str | None]


class RenewalRow(AnyRow):
    """The newest request of a device for a certificate; `waits` is what the value says of itself, to be found by."""

    __tablename__ = "renewals"

    device: Mapped[str] = mapped_column(ForeignKey("devices.id"), primary_key=True)
    number: Mapped[int]
    request: Mapped[bytes]
    asked_at: Mapped[datetime]
    answer: Mapped[bytes]
    refused: Mapped[str]
    waits: Mapped[bool] = mapped_column(index=True)
