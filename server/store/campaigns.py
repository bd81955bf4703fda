"""Campaigns in the database. It must not judge goals or progress."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from schedules.campaign import Campaign, Goal, LegalBasis
from schedules.ids import CampaignId, PersonId, ProgrammeId, UnitId
from server.errors import Stale
from server.store.columns import Tree
from server.store.rows import CampaignRow
from server.store.trees import target_of, target_tree
from server.values import StoredCampaign


class SqlCampaigns:
    """See `repositories.Campaigns`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, campaign: CampaignId) -> StoredCampaign | None:
        """Give a campaign."""
        row = self._session.get(CampaignRow, campaign)
        return None if row is None else _campaign(row)

    def all(self) -> Sequence[StoredCampaign]:
        """Give every campaign, the one that begins last first."""
        order = (CampaignRow.first_day.desc(), CampaignRow.id)
        return [_campaign(row) for row in self._session.scalars(select(CampaignRow).order_by(*order))]

    def put(self, stored: StoredCampaign, *, expected_version: int) -> None:
        """Insert (`expected_version` 0) or replace a campaign."""
        query = select(CampaignRow.version).where(CampaignRow.id == stored.campaign.id).with_for_update()
        if (self._session.scalar(query) or 0) != expected_version:
            raise Stale("edit.overtaken")
        self._session.merge(_row(stored))
        self._session.flush()


def _row(stored: StoredCampaign) -> CampaignRow:
    campaign = stored.campaign
    return CampaignRow(
        id=campaign.id,
        owner=campaign.owner,
        version=campaign.version,
        state=campaign.state,
        title=campaign.title,
        purpose=campaign.purpose,
        basis=campaign.basis.number,
        basis_dated=campaign.basis.dated,
        first_day=campaign.first_day,
        last_day=campaign.last_day,
        goals=list(map(_goal_tree, campaign.goals)),
        programmes=list(campaign.programmes),
        changed_by=sorted(stored.changed_by),
        changed_at=stored.changed_at,
    )


def _campaign(row: CampaignRow) -> StoredCampaign:
    campaign = Campaign(
        id=CampaignId(row.id),
        owner=UnitId(row.owner),
        version=row.version,
        state=row.state,
        title=row.title,
        purpose=row.purpose,
        basis=LegalBasis(row.basis, row.basis_dated),
        first_day=row.first_day,
        last_day=row.last_day,
        goals=tuple(map(_goal, row.goals)),
        programmes=tuple(map(ProgrammeId, row.programmes)),
    )
    return StoredCampaign(
        campaign=campaign, changed_by=frozenset(map(PersonId, row.changed_by)), changed_at=row.changed_at
    )


def _goal_tree(goal: Goal) -> Tree:
    return {
        "target": target_tree(goal.target),
        "plays_a_day": goal.plays_a_day,
        "days": goal.days,
        "languages": sorted(goal.languages),
    }


def _goal(tree: Tree) -> Goal:
    return Goal(
        target=target_of(tree["target"]),
        plays_a_day=tree["plays_a_day"],
        days=tree["days"],
        languages=frozenset(tree["languages"]),
    )
