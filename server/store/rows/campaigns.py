"""The table of campaigns."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from schedules.campaign import CampaignState
from server.store.columns import Trees
from server.store.rows.base import AnyRow


class CampaignRow(AnyRow):
    """A campaign with its goals; the programmes by their ids, so that one that is gone leaves no hole."""

    __tablename__ = "campaigns"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("units.id"))
    version: Mapped[int]
    state: Mapped[CampaignState]
    title: Mapped[str]
    purpose: Mapped[str]
    basis: Mapped[str]
    basis_dated: Mapped[date]
    first_day: Mapped[date]
    last_day: Mapped[date]
    goals: Mapped[Trees]
    programmes: Mapped[list[str]]
    changed_by: Mapped[list[str]]
    changed_at: Mapped[datetime]
