"""Tables of second factors, signed-in browsers and delegations."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.store.rows.base import AnyRow


class FactorRow(AnyRow):
    """A second factor; its secret is sealed by a key that is not in the database."""

    __tablename__ = "factors"

    person: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    since: Mapped[datetime]
    sealed: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int]
    recovery: Mapped[list[str]]
    wrong: Mapped[int]
    wrong_at: Mapped[datetime | None]


class SignInRow(AnyRow):
    """A browser in which somebody is or was signed in; ids sort by time."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    device: Mapped[str]
    key: Mapped[int]
    since: Mapped[datetime]
    last_seen: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DelegationRow(AnyRow):
    """What an approver handed on; ids sort by time."""

    __tablename__ = "delegations"

    id: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    to: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    document: Mapped[str]
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
