"""What every store promises about campaigns."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from schedules.ids import CampaignId, UnitId
from server.errors import Stale
from server.ports import Store
from tests.contracts.samples import CAMPAIGN
from tests.fakes.kept import Dangling


def test_a_campaign_comes_back_whole(store: Store) -> None:
    with store.writing() as uow:
        uow.campaigns.put(CAMPAIGN, expected_version=0)
        uow.commit()

    with store.reading() as uow:
        assert uow.campaigns.get(CAMPAIGN.campaign.id) == CAMPAIGN
        assert list(uow.campaigns.all()) == [CAMPAIGN]
        assert uow.campaigns.get(CampaignId("nowhere")) is None


def test_the_campaign_that_begins_last_comes_first(store: Store) -> None:
    later = replace(
        CAMPAIGN,
        campaign=replace(
            CAMPAIGN.campaign,
            id=CampaignId("campaign-0"),
            first_day=CAMPAIGN.campaign.first_day + timedelta(days=1),
        ),
    )

    with store.writing() as uow:
        uow.campaigns.put(CAMPAIGN, expected_version=0)
        uow.campaigns.put(later, expected_version=0)

        assert list(uow.campaigns.all()) == [later, CAMPAIGN]


def test_the_second_of_two_editors_of_a_campaign_is_told(store: Store) -> None:
    changed = replace(CAMPAIGN, campaign=replace(CAMPAIGN.campaign, title="Bầu cử", version=2))
    with store.writing() as uow:
        uow.campaigns.put(CAMPAIGN, expected_version=0)
        uow.campaigns.put(changed, expected_version=1)

        with pytest.raises(Stale):
            uow.campaigns.put(changed, expected_version=1)
        assert uow.campaigns.get(CAMPAIGN.campaign.id) == changed


def test_a_campaign_of_an_unknown_unit_is_refused(store: Store) -> None:
    lost = replace(CAMPAIGN, campaign=replace(CAMPAIGN.campaign, owner=UnitId("nowhere")))

    with store.writing() as uow, pytest.raises((IntegrityError, Dangling)):
        uow.campaigns.put(lost, expected_version=0)
