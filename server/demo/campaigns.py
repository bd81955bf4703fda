"""The demonstration's campaigns: one that runs, and one that cannot be started yet, with the reason on its page."""

from collections.abc import Sequence
from datetime import date, timedelta

from schedules.campaign import Campaign
from schedules.ids import ProgrammeId
from server.demo import stations
from server.ports import Clock, Store
from server.services import campaigns
from server.services.campaigns import CampaignDraft, GoalWish
from server.values import Person

_HERE = frozenset({stations.SON_HA})


def make(
    store: Store, clock: Clock, editor: Person, today: date, *, resolution: ProgrammeId, election: ProgrammeId
) -> None:
    """Make both campaigns of the province.

    Args:
        store: written to.
        clock: says when.
        editor: of the province.
        today: the first day.
        resolution: what the running campaign plays.
        election: what the other would play; it has no version in Hrê.
    """
    running = CampaignDraft(
        title="Đưa Nghị quyết Đại hội Đảng vào cuộc sống",
        purpose="Bà con biết và bàn những việc của thôn, của xã khi thực hiện Nghị quyết.",
        basis="Kế hoạch số 36-KH/BTGDVTU",
        basis_dated=today - timedelta(days=21),
        first_day=today,
        last_day=today + timedelta(days=6),
        goals=(
            GoalWish(units=_HERE, plays_a_day=1, days=5),
            GoalWish(units=_HERE, languages=frozenset({"hre"}), plays_a_day=1, days=3),
        ),
    )
    campaign = _with(store, clock, editor, running, [resolution])
    campaigns.start(store, clock, editor, campaign.id, version=campaign.version)
    waiting = CampaignDraft(
        title="Tuyên truyền bầu cử",
        purpose="Cử tri biết ngày, nơi và cách bỏ phiếu; ai cũng tự mình đi bầu.",
        basis="Kế hoạch số 41/KH-UBBC",
        basis_dated=today - timedelta(days=10),
        first_day=today + timedelta(days=14),
        last_day=today + timedelta(days=33),
        goals=(
            GoalWish(units=_HERE, plays_a_day=2, days=15),
            GoalWish(units=_HERE, languages=frozenset({"hre"}), plays_a_day=1, days=10),
        ),
    )
    _with(store, clock, editor, waiting, [election])


def _with(
    store: Store, clock: Clock, editor: Person, draft: CampaignDraft, programmes: Sequence[ProgrammeId]
) -> Campaign:
    campaign = campaigns.create(store, clock, editor, unit=stations.PROVINCE, draft=draft).campaign
    for each in programmes:
        campaign = campaigns.put_in(store, clock, editor, campaign.id, each, version=campaign.version).campaign
    return campaign
