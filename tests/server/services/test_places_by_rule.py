"""Programmes released for places filled by rule: submitted without a slot, approved by a second person, then heard."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.approval import record_of_programme
from schedules.fills import Newest, OfCampaign, Rule
from schedules.ids import ProgrammeId
from schedules.programme import Kind, State
from schedules.times import DAY
from server.errors import NotAllowed, Stale, Unacceptable
from server.services import approvals, campaigns, programmes, sessions
from server.services.drafts import Draft
from server.values import Person
from tests.server.services.radio import (
    APPROVER,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    LANG_MOI,
    MONDAY,
    MORNING,
    NEIGHBOUR,
    NEWS,
    OFFICER,
    PROVINCE_APPROVER,
    QUANG_NGAI,
    SON_HA,
    Radio,
    local,
)

ZONES = {LANG_MOI, GO_SIM, DONG_BANG}


def a_bulletin(radio: Radio, title: str = "Bản tin ngày 23", *, by: Person = OFFICER) -> ProgrammeId:
    programme = radio.writes(title, by=by, kind=Kind.BULLETIN, for_places=True)
    radio.records(programme, by=by, lasts=timedelta(minutes=10))
    radio.submits(programme, by=by)
    return programme


NEWEST = Newest(kind=Kind.BULLETIN, owners=frozenset({SON_HA, QUANG_NGAI}))


def opened(radio: Radio, rule: Rule = NEWEST) -> None:
    """Let a rule fill the news, the newest bulletin of the commune or the province, and release the templates."""
    with radio.store.writing() as uow:
        (stored,) = [each for each in uow.programmes.templates() if each.template.id == MORNING]
        places = tuple(replace(each, fill=rule) if each.id == NEWS else each for each in stored.template.places)
        template = replace(stored.template, places=places, version=2)
        uow.programmes.put_template(replace(stored, template=template), expected_version=1)
        uow.commit()
    radio.release_templates()


def day_of(radio: Radio, days: int) -> sessions.Day:
    return sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA, day=MONDAY + days * DAY)


def heard(radio: Radio, *, days: int = 1) -> list[str]:
    """Give the titles of a coming morning, as planned."""
    day = day_of(radio, days)
    (morning,) = [each for each in day.sessions if each.template.id == MORNING]
    return [line.title for line in morning.groups[0].lines if line.state is sessions.LineState.PLANNED]


def test_it_is_submitted_without_a_slot_and_waits_with_its_own_record(radio: Radio) -> None:
    programme = a_bulletin(radio)

    (waiting,) = radio.queue().programmes

    assert waiting.slots == ()
    assert waiting.places is not None
    assert {zone.id for zone in waiting.places.zones} == ZONES
    assert waiting.places.record == record_of_programme(radio.stored(programme).programme).hash


def test_a_programme_for_no_place_still_needs_a_slot(radio: Radio) -> None:
    programme = radio.writes(kind=Kind.BULLETIN)
    radio.records(programme)

    assert [each.code for each in programmes.obstacles(radio.store, radio.clock, OFFICER, programme)] == [
        "programme.no_slot"
    ]


def test_once_released_it_fills_the_place_and_its_zones_are_wanted(radio: Radio) -> None:
    opened(radio)
    programme = a_bulletin(radio)
    before = heard(radio)
    radio.wanted()

    released = radio.approves(programme)

    assert released.programme.state is State.APPROVED
    assert "Bản tin ngày 23" not in before
    assert "Bản tin ngày 23" in heard(radio)
    assert radio.wanted() == ZONES
    assert radio.queue().programmes == ()


def test_a_newer_one_takes_its_place_from_the_next_session_on(radio: Radio) -> None:
    opened(radio)
    radio.approves(a_bulletin(radio))
    radio.issue()
    radio.at(local(5, 35))

    radio.approves(a_bulletin(radio, "Bản tin ngày 24"))

    today = [line.title for line in day_of(radio, 0).sessions[0].groups[0].lines]
    assert "Bản tin ngày 23" in today
    assert "Bản tin ngày 24" not in today
    assert "Bản tin ngày 24" in heard(radio)


def test_the_provinces_bulletin_reaches_every_station_that_lets_it_in(radio: Radio) -> None:
    opened(radio)
    programme = a_bulletin(radio, "Bản tin tỉnh", by=EDITOR)

    radio.approves(programme, by=PROVINCE_APPROVER)

    assert "Bản tin tỉnh" in heard(radio)


def test_an_edit_takes_it_out_and_sends_it_back_to_its_approvers(radio: Radio) -> None:
    opened(radio)
    programme = a_bulletin(radio)
    radio.approves(programme)

    draft = Draft(title="Bản tin đã sửa", kind=Kind.BULLETIN, for_places=True)
    version = radio.stored(programme).programme.version
    programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=draft, version=version)

    assert "Bản tin đã sửa" not in heard(radio)
    assert radio.stored(programme).programme.state is State.DRAFT


def test_one_that_is_for_places_no_more_is_taken_out_of_the_rundowns(radio: Radio) -> None:
    opened(radio)
    programme = a_bulletin(radio)
    radio.approves(programme)
    radio.wanted()
    draft = Draft(title="Bản tin ngày 23", kind=Kind.BULLETIN, for_places=False)

    version = radio.stored(programme).programme.version
    programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=draft, version=version)

    assert radio.wanted() == ZONES


def test_a_withdrawn_one_is_replaced_by_the_one_before(radio: Radio) -> None:
    opened(radio)
    radio.approves(a_bulletin(radio))
    radio.at(local(4, 30))
    newer = a_bulletin(radio, "Bản tin ngày 24")
    radio.approves(newer)
    before = heard(radio)

    version = radio.stored(newer).programme.version
    programmes.withdraw(radio.store, radio.clock, OFFICER, newer, version=version)

    assert "Bản tin ngày 24" in before
    assert "Bản tin ngày 23" in heard(radio)


def test_a_day_with_nothing_new_says_so(radio: Radio) -> None:
    opened(radio)

    notes = day_of(radio, 2).notes

    assert [(note.title, note.code, note.start) for note in notes] == [
        ("Bản tin", "fill.nothing_new", local(5, 30, day=MONDAY + 2 * DAY))
    ]


@pytest.mark.parametrize("by", [OFFICER, NEIGHBOUR])
def test_the_wrong_person_releases_nothing(radio: Radio, by: Person) -> None:
    programme = a_bulletin(radio)

    seen = radio.queue().programmes[0].seen

    with pytest.raises(NotAllowed):
        approvals.approve(radio.store, radio.clock, by, programme, seen=seen)

    assert radio.stored(programme).programme.state is State.SUBMITTED


def test_its_maker_may_not_release_it(radio: Radio) -> None:
    both = replace(OFFICER, roles=OFFICER.roles | APPROVER.roles)
    programme = a_bulletin(radio, by=both)

    with pytest.raises(Unacceptable, match=r"approval\.own_work"):
        radio.approves(programme, by=both)


def test_what_changed_since_it_was_seen_is_not_released(radio: Radio) -> None:
    programme = a_bulletin(radio)

    with pytest.raises(Stale, match=r"approval\.stale"):
        approvals.approve(radio.store, radio.clock, APPROVER, programme, seen=["0" * 64])


def test_what_is_released_everywhere_waits_for_nothing(radio: Radio) -> None:
    programme = a_bulletin(radio)
    radio.approves(programme)
    radio.clock.advance(DAY)

    with pytest.raises(Unacceptable, match=r"approval\.nothing_waits"):
        approvals.approve(radio.store, radio.clock, APPROVER, programme, seen=[])


def test_a_campaign_that_fills_a_place_is_heard_there_whatever_its_goals(radio: Radio) -> None:
    programme = a_bulletin(radio, "Hỏi đáp bầu cử")
    radio.approves(programme)
    draft = campaigns.CampaignDraft(
        title="Tuyên truyền bầu cử",
        purpose="Bà con biết cách bỏ phiếu",
        basis="36-KH/BTGDVTU",
        basis_dated=MONDAY,
        first_day=MONDAY,
        last_day=MONDAY + 6 * DAY,
        goals=(campaigns.GoalWish(zones=frozenset({LANG_MOI}), plays_a_day=1, days=5),),
    )
    campaign = campaigns.create(radio.store, radio.clock, OFFICER, unit=SON_HA, draft=draft).campaign.id
    opened(radio, OfCampaign(campaign))
    campaigns.put_in(radio.store, radio.clock, OFFICER, campaign, programme, version=1)
    before = heard(radio)
    radio.wanted()

    campaigns.start(radio.store, radio.clock, OFFICER, campaign, version=2)

    assert "Hỏi đáp bầu cử" not in before
    assert "Hỏi đáp bầu cử" in heard(radio)
    assert radio.wanted() == ZONES
