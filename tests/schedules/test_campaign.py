"""A campaign checks itself: its title, basis, period and goals, and what may be done to it when."""

from dataclasses import replace
from datetime import date

import pytest

from schedules.campaign import (
    Campaign,
    CampaignAction,
    CampaignState,
    Goal,
    LegalBasis,
    campaign_state_after,
)
from schedules.errors import InvalidValue, Refused
from schedules.ids import ProgrammeId
from schedules.times import DAY
from tests.schedules.given import MONDAY, a_campaign, a_goal, a_zone

CAMPAIGN = a_campaign(days=20)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("campaign.title", {"title": " "}),
        ("campaign.title", {"title": "x" * 201}),
        ("campaign.ends_before_start", {"last_day": MONDAY - DAY}),
        ("campaign.too_long", {"last_day": MONDAY + 366 * DAY}),
        ("campaign.no_goal", {"goals": ()}),
        ("campaign.goal_past_end", {"goals": (a_goal(2, 21),)}),
        ("campaign.programme_twice", {"programmes": (ProgrammeId("a"), ProgrammeId("a"))}),
    ],
)
def test_a_campaign_that_breaks_a_rule_of_its_own_cannot_exist(code: str, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidValue) as refused:
        replace(CAMPAIGN, **wrong)  # type: ignore[arg-type]  # fields of a campaign

    assert refused.value.code == code


def test_a_year_is_the_longest_period_and_a_goal_may_ask_for_every_day_of_it() -> None:
    year = replace(CAMPAIGN, last_day=MONDAY + 365 * DAY, goals=(a_goal(2, 366),))

    assert year.length == 366


@pytest.mark.parametrize("number", [" ", "x" * 201])
def test_a_legal_basis_has_a_number_of_readable_length(number: str) -> None:
    with pytest.raises(InvalidValue, match=r"campaign\.basis"):
        LegalBasis(number, date(2026, 1, 1))


@pytest.mark.parametrize("plays", [0, 51])
def test_a_goal_asks_for_at_least_one_play_a_day_and_for_no_absurd_number(plays: int) -> None:
    with pytest.raises(InvalidValue, match=r"campaign\.plays_a_day"):
        a_goal(plays)


def test_a_goal_asks_for_at_least_one_day() -> None:
    with pytest.raises(InvalidValue, match=r"campaign\.goal_days"):
        a_goal(2, 0)


@pytest.mark.parametrize(
    ("goal", "concerned", "counts"),
    [(a_goal(), True, True), (a_goal(2, 15, "hre"), True, False), (a_goal(2, 15, "cor"), False, False)],
)
def test_a_goal_with_languages_means_zones_that_speak_one_and_counts_no_other(
    goal: Goal, concerned: bool, counts: bool
) -> None:
    assert goal.concerns(a_zone("go-sim", "hre", "vi")) is concerned
    assert goal.counts("vi") is counts


def test_a_campaign_runs_from_its_first_to_its_last_day_once_it_was_started() -> None:
    days = (MONDAY - DAY, MONDAY, MONDAY + 19 * DAY, MONDAY + 20 * DAY)

    assert [CAMPAIGN.runs_on(day) for day in days] == [False, True, True, False]
    assert not replace(CAMPAIGN, state=CampaignState.DRAFT).runs_on(MONDAY)
    assert [*CAMPAIGN.days()][-1] == MONDAY + 19 * DAY


@pytest.mark.parametrize(
    ("state", "action", "following"),
    [
        (CampaignState.DRAFT, CampaignAction.EDIT, CampaignState.DRAFT),
        (CampaignState.DRAFT, CampaignAction.START, CampaignState.RUNNING),
        (CampaignState.DRAFT, CampaignAction.END, CampaignState.ENDED),
        (CampaignState.RUNNING, CampaignAction.EDIT, CampaignState.RUNNING),
        (CampaignState.RUNNING, CampaignAction.END, CampaignState.ENDED),
    ],
)
def test_an_action_leads_to_its_state(state: CampaignState, action: CampaignAction, following: CampaignState) -> None:
    assert campaign_state_after(state, action) is following


@pytest.mark.parametrize("action", list(CampaignAction))
def test_what_has_ended_stays_as_it_was(action: CampaignAction) -> None:
    with pytest.raises(Refused, match=r"campaign\.not_now"):
        campaign_state_after(CampaignState.ENDED, action)


def test_a_campaign_is_a_draft_until_somebody_starts_it() -> None:
    fresh = Campaign(
        id=CAMPAIGN.id,
        owner=CAMPAIGN.owner,
        title="Mùa mưa bão",
        purpose="",
        basis=CAMPAIGN.basis,
        first_day=MONDAY,
        last_day=MONDAY,
        goals=(a_goal(2, 1),),
    )

    assert fresh.state is CampaignState.DRAFT
    assert not fresh.programmes
