"""The pages of campaigns: made on one form, started, looked at; and what others may not."""

from collections.abc import Callable
from datetime import date

import pytest

from schedules.attainment import ZoneAttainment
from schedules.campaign import Campaign, CampaignState
from schedules.ids import ProgrammeId
from schedules.times import DAY
from server.services.attainments import ZoneAccount
from server.web.matrix import Cell, cells, shares
from tests.fakes.store import FakeStore
from tests.schedules.given import LANG_MOI as HAMLET
from tests.schedules.given import a_goal, a_zone
from tests.server.web.commune import (
    APPROVER,
    DONG_BANG,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    SON_LINH,
    Account,
)
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import approves, submits

Visit = Callable[[Account], Visitor]
MONDAY = date(2026, 11, 23)


def a_form(**changes: object) -> dict[str, object]:
    """Give what the form sends: one goal for all of the commune."""
    return {
        "title": "Tuyên truyền bầu cử",
        "purpose": "Bà con biết cách bỏ phiếu",
        "basis": "36-KH/BTGDVTU",
        "basis_dated": "02/11/2026",
        "first_day": "23/11/2026",
        "last_day": "29/11/2026",
        "goals": "1",
        "goal0_units": SON_HA,
        "goal0_plays": "1",
        "goal0_days": "1",
        **changes,
    }


def the_campaign(store: FakeStore) -> Campaign:
    (stored,) = store.kept.campaigns.values()
    return stored.campaign


def running(visit: Visit, store: FakeStore) -> Campaign:
    """Give a running campaign of the commune with one approved notice."""
    officer = visit(OFFICER)
    programme = submits(officer, store)
    approves(visit(APPROVER), programme)
    officer.sends("campaigns/new", **a_form())
    campaign = the_campaign(store).id
    officer.sends(f"campaigns/{campaign}/programmes", programme=programme, version=1)
    officer.sends(f"campaigns/{campaign}/start", version=2)
    return the_campaign(store)


def test_a_campaign_is_made_on_one_form_and_listed(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    page = text_of(officer.sends("campaigns/new", **a_form()))

    assert "Đã lưu đợt tuyên truyền" in page
    assert "Ít nhất 1 lượt mỗi ngày, trong 1 ngày. Xã Sơn Hà" in page
    assert "36-KH/BTGDVTU, ngày 02/11/2026" in page
    assert "Tuyên truyền bầu cử" in officer.reads("campaigns")
    assert the_campaign(store).state is CampaignState.DRAFT


def test_the_list_says_when_there_is_none(visit: Visit) -> None:
    assert "Chưa có đợt tuyên truyền nào" in visit(INSPECTOR).reads("campaigns")


def test_a_form_that_cannot_be_taken_keeps_what_was_typed_and_stores_nothing(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    late = officer.sends("campaigns/new", **a_form(last_day="01/11/2026"))
    unreadable = officer.sends("campaigns/new", **a_form(basis_dated="hôm qua"))
    endless = officer.sends("campaigns/new", **a_form(goal0_days="9"))

    assert [each.status_code for each in (late, unreadable, endless)] == [422, 422, 422]
    assert "kết thúc ngày 01/11/2026, trước ngày bắt đầu 23/11/2026" in text_of(late)
    assert "Chỉ tiêu đòi 9 ngày mà đợt chỉ có 7 ngày" in text_of(endless)
    assert 'value="36-KH/BTGDVTU"' in unreadable.text
    assert not store.kept.campaigns


def test_a_campaign_no_window_can_hold_is_refused_with_the_reason(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).sends("campaigns/new", **a_form(goal0_languages="cor"))

    assert answer.status_code == 422
    assert "không thể đạt ở bất kỳ nhóm cụm loa nào" in text_of(answer)
    assert not store.kept.campaigns


def test_goals_are_added_and_dropped_without_a_script_and_without_storing(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    added = officer.sends("campaigns/new", **a_form(add_goal="yes"))
    dropped = officer.sends("campaigns/new", **a_form(goals="2", goal1_plays="3", goal1_days="4", drop_goal="0"))

    assert 'name="goal1_plays"' in added.text
    assert 'name="goal1_plays"' not in dropped.text
    assert 'value="3"' in dropped.text
    assert not store.kept.campaigns


def test_a_campaign_is_changed_and_what_the_page_does_not_offer_stays(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    officer.sends("campaigns/new", **a_form(goal0_units=[], goal0_zones=[DONG_BANG]))
    campaign = the_campaign(store)

    form = officer.opens(f"campaigns/{campaign.id}/edit").text
    officer.sends(f"campaigns/{campaign.id}/edit", **a_form(title="Bầu cử", version=1))
    stale = officer.sends(f"campaigns/{campaign.id}/edit", **a_form(title="Khác", version=1))

    assert 'value="dong-bang" checked' in form
    assert (the_campaign(store).title, the_campaign(store).version) == ("Bầu cử", 2)
    assert stale.status_code == 409


def test_an_edit_that_cannot_be_taken_changes_nothing(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    officer.sends("campaigns/new", **a_form())
    address = f"campaigns/{the_campaign(store).id}/edit"

    refused = officer.sends(address, **a_form(title=" ", version=1))
    more = officer.sends(address, **a_form(add_goal="yes", version=1))

    assert (refused.status_code, more.status_code) == (422, 200)
    assert the_campaign(store).version == 1


def test_starting_without_a_sound_says_what_is_missing(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    officer.sends("campaigns/new", **a_form())

    page = text_of(officer.sends(f"campaigns/{the_campaign(store).id}/start", version=1))

    assert "Đợt chưa có chương trình nào đã thu âm" in page
    assert the_campaign(store).state is CampaignState.DRAFT


def test_a_running_campaign_shows_plan_and_evidence_apart(visit: Visit, store: FakeStore) -> None:
    campaign = running(visit, store)

    page = visit(INSPECTOR).reads(f"campaigns/{campaign.id}")

    assert "0 lượt phát được thiết bị xác nhận" in page
    assert "đạt 0/1 ngày · theo lịch sẽ thêm 2 ngày" in page
    assert "0/3 nhóm đã đạt" in page
    assert "Bắt đầu đợt" not in page


def test_a_programme_is_put_in_once_and_taken_out_again(visit: Visit, store: FakeStore) -> None:
    campaign = running(visit, store)
    officer, programme = visit(OFFICER), campaign.programmes[0]
    address = f"campaigns/{campaign.id}/programmes"

    twice = officer.sends(address, programme=programme, version=3)
    officer.sends(f"{address}/{programme}/remove", version=3)

    assert "chỉ được có mặt một lần" in text_of(twice)
    assert the_campaign(store).programmes == ()


def test_a_campaign_is_ended_and_stays_to_be_seen(visit: Visit, store: FakeStore) -> None:
    campaign = running(visit, store)
    officer = visit(OFFICER)

    page = text_of(officer.sends(f"campaigns/{campaign.id}/end", version=3))

    assert "Đã kết thúc đợt tuyên truyền" in page
    assert the_campaign(store).state is CampaignState.ENDED


@pytest.mark.parametrize("who", [INSPECTOR, NEIGHBOUR])
def test_others_make_change_start_and_end_nothing(visit: Visit, store: FakeStore, who: Account) -> None:
    campaign = running(visit, store)
    stranger = visit(who)
    here = f"campaigns/{campaign.id}"

    answers = [
        stranger.sends("campaigns/new", **a_form()),
        stranger.sends(f"{here}/edit", **a_form(version=3)),
        stranger.sends(f"{here}/start", version=3),
        stranger.sends(f"{here}/end", version=3),
        stranger.sends(f"{here}/programmes", programme=ProgrammeId("nhac"), version=3),
        stranger.sends(f"{here}/programmes/{campaign.programmes[0]}/remove", version=3),
        stranger.opens(f"{here}/edit"),
    ]

    assert {each.status_code for each in answers} <= {403, 404, 422}
    assert the_campaign(store) == campaign


def test_a_neighbour_neither_lists_nor_sees_it(visit: Visit, store: FakeStore) -> None:
    campaign = running(visit, store)
    neighbour = visit(NEIGHBOUR)

    assert neighbour.opens(f"campaigns/{campaign.id}").status_code == 404
    assert neighbour.opens(f"/stations/{SON_LINH}/campaigns/{campaign.id}").status_code == 404
    assert "Tuyên truyền bầu cử" not in neighbour.reads(f"/stations/{SON_LINH}/campaigns")


def test_a_draft_is_not_shown_to_those_who_do_not_write_it(visit: Visit, store: FakeStore) -> None:
    visit(OFFICER).sends("campaigns/new", **a_form())
    inspector = visit(INSPECTOR)

    assert "Tuyên truyền bầu cử" not in inspector.reads("campaigns")
    assert inspector.opens(f"campaigns/{the_campaign(store).id}").status_code == 404


class TestTheMatrix:
    GOAL = a_goal(2, 4)
    DAYS = tuple(MONDAY + n * DAY for n in range(-2, 5))

    def account(self, **of_days: dict[int, int]) -> ZoneAccount:
        def dated(name: str) -> dict[date, int]:
            return {MONDAY + n * DAY: count for n, count in of_days.get(name, {}).items()}

        confirmed = dated("confirmed")
        heard = ZoneAttainment(
            zone=a_zone("lang-moi", within=HAMLET),
            confirmed=confirmed,
            awaited=dated("awaited"),
            languages={},
            days_met=sum(count >= 2 for count in confirmed.values()),
        )
        planned = dated("planned")
        return ZoneAccount(heard=heard, planned=planned, days_ahead=sum(count >= 2 for count in planned.values()))

    def test_every_day_has_its_tone_and_its_number(self) -> None:
        account = self.account(
            confirmed={-2: 2, -1: 1, 0: 1},
            planned={0: 1, 1: 2, 2: 1},
        )

        found = cells(account, self.GOAL, self.DAYS, today=MONDAY)

        assert found == (
            Cell(2, 0, "good"),
            Cell(1, 0, "wait"),
            Cell(1, 1, "plan"),
            Cell(None, 2, "plan"),
            Cell(None, 1, "wait"),
            Cell(None, 0, "lost"),
            Cell(None, 0, "lost"),
        )

    def test_what_may_still_be_reported_is_neither_met_nor_lost(self) -> None:
        account = self.account(awaited={-2: 2}, confirmed={-1: 0})

        found = cells(account, self.GOAL, self.DAYS[:2], today=MONDAY)

        assert found == (Cell(0, 2, "still"), Cell(0, 0, "bad"))

    def test_the_bar_never_grows_past_the_goal(self) -> None:
        full = shares(self.account(confirmed=dict.fromkeys(range(-9, -2), 2), planned={1: 2}), self.GOAL)
        half = shares(self.account(confirmed={-1: 2}, planned=dict.fromkeys(range(1, 9), 2)), self.GOAL)
        none = shares(self.account(), self.GOAL)

        assert [(bar.width, bar.tone) for bar in full] == [(100, "good")]
        assert [(bar.x, bar.width, bar.tone) for bar in half] == [(0, 25, "good"), (25, 75, "plan")]
        assert none == ()
