"""Campaigns: who may make and change them, what is refused before anything is stored, and what they attain."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from schedules.campaign import Campaign, CampaignState
from schedules.ids import CampaignId, ProgrammeId, UnitId, ZoneId
from schedules.programme import Kind
from schedules.times import DAY
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import attainments, campaigns, programmes
from server.services.campaigns import CampaignDraft, GoalWish
from server.values import Person
from tests.server.services.radio import (
    DONG_BANG,
    EDITOR,
    GATE,
    GATEWAY,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    MONDAY,
    NEIGHBOUR,
    NEIGHBOURS,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    Radio,
    in_notices,
    local,
)

GOAL = GoalWish(units=frozenset({SON_HA}), plays_a_day=1, days=5)
DRAFT = CampaignDraft(
    title="Tuyên truyền bầu cử",
    purpose="Bà con biết cách bỏ phiếu",
    basis="36-KH/BTGDVTU",
    basis_dated=date(2026, 11, 2),
    first_day=MONDAY,
    last_day=MONDAY + 6 * DAY,
    goals=(GOAL,),
)


def made(radio: Radio, *, by: Person = OFFICER, unit: UnitId = SON_HA, **draft: object) -> Campaign:
    wanted = replace(DRAFT, **draft)  # type: ignore[arg-type]  # fields by name
    return campaigns.create(radio.store, radio.clock, by, unit=unit, draft=wanted).campaign


def now(radio: Radio, campaign: CampaignId) -> Campaign:
    return radio.store.kept.campaigns[campaign].campaign


def with_programme(radio: Radio, campaign: Campaign, programme: ProgrammeId, *, by: Person = OFFICER) -> Campaign:
    version = now(radio, campaign.id).version
    return campaigns.put_in(radio.store, radio.clock, by, campaign.id, programme, version=version).campaign


def running(radio: Radio, *, programme: ProgrammeId | None = None, **draft: object) -> Campaign:
    """Give a running campaign with one programme, by default one that is approved for every morning of the week."""
    campaign = made(radio, **draft)  # type: ignore[arg-type]  # fields by name
    with_programme(radio, campaign, programme or radio.airs("Hỏi đáp bầu cử", kind=Kind.CAMPAIGN))
    version = now(radio, campaign.id).version
    return campaigns.start(radio.store, radio.clock, OFFICER, campaign.id, version=version).campaign


def account(
    radio: Radio, campaign: Campaign, *, by: Person = OFFICER, station: UnitId = SON_HA, everywhere: bool = False
) -> attainments.Account:
    return attainments.account_of(radio.store, radio.clock, by, campaign.id, station=station, everywhere=everywhere)


class TestMaking:
    def test_a_campaign_begins_as_a_draft_of_its_unit(self, radio: Radio) -> None:
        campaign = made(radio)

        assert now(radio, campaign.id) == campaign
        assert (campaign.state, campaign.owner, campaign.version) == (CampaignState.DRAFT, SON_HA, 1)
        assert radio.actions()[-1] == "campaign.created"

    def test_a_province_may_set_goals_for_all_below_it(self, radio: Radio) -> None:
        goal = replace(GOAL, units=frozenset({QUANG_NGAI}))

        assert made(radio, by=EDITOR, unit=QUANG_NGAI, goals=(goal,)).owner == QUANG_NGAI

    @pytest.mark.parametrize("who", [NEIGHBOUR, INSPECTOR])
    def test_only_those_who_write_for_the_unit_may(self, radio: Radio, who: Person) -> None:
        with pytest.raises(NotAllowed):
            made(radio, by=who)
        assert not radio.store.kept.campaigns

    @pytest.mark.parametrize(
        "goal",
        [
            replace(GOAL, units=frozenset({SON_LINH})),
            replace(GOAL, units=frozenset(), zones=frozenset({NEIGHBOURS})),
            replace(GOAL, units=frozenset({QUANG_NGAI})),
        ],
        ids=["another commune", "a zone of another commune", "the whole province"],
    )
    def test_nobody_sets_goals_for_others(self, radio: Radio, goal: GoalWish) -> None:
        with pytest.raises(NotAllowed):
            made(radio, goals=(GOAL, goal))
        assert not radio.store.kept.campaigns

    @pytest.mark.parametrize(
        ("code", "field", "wrong"),
        [
            ("campaign.title", "title", {"title": " "}),
            ("campaign.basis", "basis", {"basis": ""}),
            ("campaign.ends_before_start", "last_day", {"last_day": MONDAY - DAY}),
            ("campaign.no_goal", "goals", {"goals": ()}),
            ("campaign.goal_past_end", "goals", {"goals": (replace(GOAL, days=8),)}),
            ("campaign.plays_a_day", "goals", {"goals": (replace(GOAL, plays_a_day=0),)}),
            ("target.no_zone", "goals", {"goals": (replace(GOAL, zones=frozenset({ZoneId("nowhere")})),)}),
            ("target.names_nothing", "goals", {"goals": (replace(GOAL, units=frozenset()),)}),
        ],
    )
    def test_what_cannot_be_taken_is_refused_with_its_field(
        self, radio: Radio, code: str, field: str, wrong: dict[str, object]
    ) -> None:
        with pytest.raises(Unacceptable) as refused:
            made(radio, **wrong)  # type: ignore[arg-type]  # fields by name

        assert (refused.value.code, refused.value.field) == (code, field)
        assert not radio.store.kept.campaigns

    def test_a_campaign_that_no_window_can_hold_is_refused_and_nothing_is_stored(self, radio: Radio) -> None:
        before = radio.store.commits
        in_cor = replace(GOAL, languages=frozenset({"cor"}))

        with pytest.raises(Unacceptable) as refused:
            made(radio, goals=(GOAL, in_cor))

        assert refused.value.code == "campaign.impossible"
        assert [each.code for each in refused.value.values["shortfalls"]] == ["campaign.no_zone"]  # type: ignore[attr-defined]
        assert radio.store.commits == before

    def test_too_many_plays_of_what_is_in_it_are_refused_when_it_is_changed(self, radio: Radio) -> None:
        campaign = made(radio)
        long_talk = radio.airs("Nghị quyết", lasts=timedelta(minutes=8))
        with_programme(radio, campaign, long_talk)
        more = replace(DRAFT, goals=(replace(GOAL, plays_a_day=15),))

        with pytest.raises(Unacceptable, match=r"campaign\.impossible"):
            campaigns.change(radio.store, radio.clock, OFFICER, campaign.id, draft=more, version=2)
        assert now(radio, campaign.id).goals == campaign.goals


class TestChanging:
    def test_a_change_keeps_programmes_and_state_and_wakes_planning(self, radio: Radio) -> None:
        campaign = running(radio)
        radio.wanted()

        changed = campaigns.change(
            radio.store,
            radio.clock,
            OFFICER,
            campaign.id,
            draft=replace(DRAFT, title="Bầu cử", goals=(replace(GOAL, units=frozenset(), zones=frozenset({GO_SIM})),)),
            version=campaign.version,
        ).campaign

        assert (changed.title, changed.programmes, changed.state) == ("Bầu cử", campaign.programmes, campaign.state)
        assert changed.version == campaign.version + 1
        assert radio.wanted() == {LANG_MOI, GO_SIM, DONG_BANG}

    def test_the_second_of_two_editors_is_told_who_was_first(self, radio: Radio) -> None:
        campaign = made(radio)
        campaigns.end(radio.store, radio.clock, OFFICER, campaign.id, version=1)

        with pytest.raises(Stale) as stale:
            campaigns.change(radio.store, radio.clock, OFFICER, campaign.id, draft=DRAFT, version=1)
        assert stale.value.values["by"] == "Officer"

    def test_what_has_ended_is_not_changed_any_more(self, radio: Radio) -> None:
        campaign = made(radio)
        campaigns.end(radio.store, radio.clock, OFFICER, campaign.id, version=1)

        with pytest.raises(Unacceptable, match=r"campaign\.not_now"):
            campaigns.change(radio.store, radio.clock, OFFICER, campaign.id, draft=DRAFT, version=2)

    def test_nobody_else_changes_starts_or_ends_it(self, radio: Radio) -> None:
        campaign = running(radio)

        for act in (campaigns.start, campaigns.end):
            with pytest.raises(NotAllowed):
                act(radio.store, radio.clock, NEIGHBOUR, campaign.id, version=campaign.version)
        with pytest.raises(NotAllowed):
            campaigns.change(radio.store, radio.clock, NEIGHBOUR, campaign.id, draft=DRAFT, version=campaign.version)
        with pytest.raises(NotAllowed):
            campaigns.take_out(
                radio.store,
                radio.clock,
                INSPECTOR,
                campaign.id,
                campaign.programmes[0],
                version=campaign.version,
            )
        assert now(radio, campaign.id) == campaign

    def test_what_does_not_exist_cannot_be_changed(self, radio: Radio) -> None:
        with pytest.raises(NotFound, match=r"campaign\.unknown"):
            campaigns.end(radio.store, radio.clock, OFFICER, CampaignId("none"), version=1)


class TestProgrammes:
    def test_a_programme_is_put_in_once_and_taken_out(self, radio: Radio) -> None:
        campaign, talk = made(radio), radio.writes()

        with_programme(radio, campaign, talk)
        with pytest.raises(Unacceptable) as twice:
            with_programme(radio, campaign, talk)
        left = campaigns.take_out(radio.store, radio.clock, OFFICER, campaign.id, talk, version=2).campaign

        assert (twice.value.code, twice.value.field) == ("campaign.programme_twice", "programme")
        assert left.programmes == ()

    def test_what_is_not_in_it_cannot_be_taken_out(self, radio: Radio) -> None:
        campaign = made(radio)

        with pytest.raises(NotFound):
            campaigns.take_out(radio.store, radio.clock, OFFICER, campaign.id, ProgrammeId("x"), version=1)

    def test_a_withdrawn_programme_and_one_nobody_here_sees_are_refused(self, radio: Radio) -> None:
        campaign, gone = made(radio), radio.airs()
        elsewhere = radio.writes("Sơn Linh", by=NEIGHBOUR)
        programmes.withdraw(radio.store, radio.clock, OFFICER, gone, version=radio.stored(gone).programme.version)

        with pytest.raises(Unacceptable, match=r"campaign\.programme_withdrawn"):
            with_programme(radio, campaign, gone)
        with pytest.raises(NotFound):
            with_programme(radio, campaign, elsewhere)


class TestStarting:
    def test_a_campaign_without_a_sound_is_not_started(self, radio: Radio) -> None:
        campaign = made(radio)

        with pytest.raises(Unacceptable) as refused:
            campaigns.start(radio.store, radio.clock, OFFICER, campaign.id, version=1)

        assert [each.code for each in refused.value.values["shortfalls"]] == ["campaign.no_programme"]  # type: ignore[attr-defined]
        assert now(radio, campaign.id).state is CampaignState.DRAFT

    def test_one_that_can_be_met_somewhere_runs(self, radio: Radio) -> None:
        assert running(radio).state is CampaignState.RUNNING
        assert radio.actions()[-1] == "campaign.started"


class TestListing:
    def test_a_draft_is_seen_by_those_who_write_it_only(self, radio: Radio) -> None:
        campaign = made(radio)

        seen = {who.id: attainments.listed(radio.store, who, SON_HA) for who in (OFFICER, INSPECTOR, EDITOR)}

        assert {who: [each.campaign.id for each in found] for who, found in seen.items()} == {
            OFFICER.id: [campaign.id],
            INSPECTOR.id: [],
            EDITOR.id: [campaign.id],
        }
        with pytest.raises(NotFound):
            account(radio, campaign, by=INSPECTOR)

    def test_a_running_campaign_is_seen_where_its_zones_are_and_not_next_door(self, radio: Radio) -> None:
        campaign = running(radio)

        assert [each.campaign for each in attainments.listed(radio.store, INSPECTOR, SON_HA)] == [campaign]
        assert not attainments.listed(radio.store, NEIGHBOUR, SON_LINH)
        with pytest.raises(NotAllowed):
            attainments.listed(radio.store, NEIGHBOUR, SON_HA)
        with pytest.raises(NotAllowed):
            account(radio, campaign, by=NEIGHBOUR)
        with pytest.raises(NotFound):
            account(radio, campaign, by=NEIGHBOUR, station=SON_LINH)
        with pytest.raises(NotFound):
            attainments.account_of(radio.store, radio.clock, OFFICER, CampaignId("none"), station=SON_HA)

    def test_only_the_owner_may_edit(self, radio: Radio) -> None:
        goal = replace(GOAL, units=frozenset({QUANG_NGAI}))
        campaign = made(radio, by=EDITOR, unit=QUANG_NGAI, goals=(goal,))
        with_programme(radio, campaign, radio.airs(), by=EDITOR)
        campaigns.start(radio.store, radio.clock, EDITOR, campaign.id, version=2)

        assert account(radio, campaign, by=EDITOR).may_edit
        assert not account(radio, campaign).may_edit
        assert not account(radio, campaign, by=NEIGHBOUR, station=SON_LINH).may_edit


class TestAttaining:
    def test_a_plan_is_shown_beside_the_goal_and_attains_nothing(self, radio: Radio) -> None:
        radio.release_templates()
        campaign = running(radio)

        shown = account(radio, campaign)
        (goal,) = shown.goals

        assert [zone.heard.zone.id for zone in goal.zones] == [GO_SIM, LANG_MOI, DONG_BANG]
        assert all(zone.planned == {MONDAY + n * DAY: 1 for n in range(7)} for zone in goal.zones)
        assert all((zone.heard.days_met, zone.days_ahead) == (0, 7) for zone in goal.zones)
        assert shown.reach.residents == 0
        assert goal.shortfalls == ()

    def test_progress_is_what_the_loudspeakers_confirmed(self, radio: Radio) -> None:
        radio.release_templates()
        campaign = running(radio)
        radio.issue()
        radio.at(local(7))
        at_lang_moi, at_go_sim = (radio.item("Hỏi đáp bầu cử", zone) for zone in (LANG_MOI, GO_SIM))
        radio.hears(at_lang_moi, GATE, LANG_MOI)
        radio.hears(at_go_sim, GATEWAY, GO_SIM, share=0.4)
        radio.reports_until(MARKET, radio.now())

        shown = account(radio, campaign)
        heard = {zone.heard.zone.id: zone.heard for zone in shown.goals[0].zones}

        assert {zone: each.days_met for zone, each in heard.items()} == {LANG_MOI: 1, GO_SIM: 0, DONG_BANG: 0}
        assert heard[LANG_MOI].languages == {"vi": 1}
        assert (shown.reach.residents, shown.reach.households) == (1200, 300)
        assert shown.goals[0].everywhere.zones_met == 0

    def test_a_late_report_moves_progress(self, radio: Radio) -> None:
        radio.release_templates()
        campaign = running(radio)
        radio.issue()
        item = radio.item("Hỏi đáp bầu cử", LANG_MOI)
        radio.at(local(7, day=MONDAY + 3 * DAY))
        before = account(radio, campaign).reach.residents

        radio.hears(item, GATE, LANG_MOI)

        assert (before, account(radio, campaign).reach.residents) == (0, 1200)

    def test_what_is_left_of_the_period_and_what_stands_in_the_plan_bound_the_goal(self, radio: Radio) -> None:
        radio.release_templates()
        campaign = running(radio, goals=(replace(GOAL, days=7),))
        radio.at(local(7, day=MONDAY + 2 * DAY))

        (short,) = account(radio, campaign).goals[0].shortfalls

        assert (short.code, dict(short.values)["possible"]) == ("campaign.days_few", 5)
        assert {zone.id for zone in short.zones} == {LANG_MOI, GO_SIM, DONG_BANG}

    def test_the_owner_sees_every_commune_and_a_commune_only_itself(self, radio: Radio) -> None:
        goal = replace(GOAL, units=frozenset({QUANG_NGAI}))
        campaign = made(radio, by=EDITOR, unit=QUANG_NGAI, goals=(goal,))
        talk = radio.airs()
        with_programme(radio, campaign, talk, by=EDITOR)
        campaigns.start(radio.store, radio.clock, EDITOR, campaign.id, version=2)

        for_editor, for_officer = (account(radio, campaign, by=who, everywhere=True) for who in (EDITOR, OFFICER))
        at_first = account(radio, campaign, by=EDITOR)

        assert [unit.id for unit in for_editor.stations] == [SON_HA, SON_LINH]
        assert not for_officer.stations
        assert (at_first.reaches_on, for_officer.reaches_on) == (True, False)
        assert len(at_first.goals[0].everywhere.zones) == 3
        assert len(for_editor.goals[0].everywhere.zones) == 4
        assert len(for_editor.goals[0].zones) == len(for_officer.goals[0].everywhere.zones) == 3

    def test_a_stations_own_campaign_for_zones_it_lost_reaches_nobody(self, radio: Radio) -> None:
        campaign = made(radio, goals=(replace(GOAL, units=frozenset(), zones=frozenset({LANG_MOI})),))
        del radio.store.kept.zones[LANG_MOI]

        shown = account(radio, campaign)

        assert (shown.reach.planned, shown.goals[0].zones) == (0, ())
        assert [each.code for each in shown.goals[0].shortfalls] == ["campaign.no_zone"]

    def test_after_its_end_nothing_is_planned_for_it(self, radio: Radio) -> None:
        radio.release_templates()
        campaign = running(radio)
        campaigns.end(radio.store, radio.clock, OFFICER, campaign.id, version=campaign.version)

        (goal,) = account(radio, campaign).goals

        assert all(zone.planned == {} for zone in goal.zones)

    def test_a_station_without_a_regulation_is_told_so(self, radio: Radio) -> None:
        campaign = running(radio)
        radio.store.kept.regulations.clear()

        (goal,) = account(radio, campaign).goals

        assert [each.code for each in goal.shortfalls] == ["campaign.no_regulation"]

    def test_a_draft_for_the_future_or_the_past_can_be_looked_at(self, radio: Radio) -> None:
        past = made(radio, first_day=MONDAY - 9 * DAY, last_day=MONDAY - DAY)
        ahead = made(radio, first_day=MONDAY + 9 * DAY, last_day=MONDAY + 19 * DAY)

        assert account(radio, past).reach.planned == account(radio, ahead).reach.planned == 0


def test_in_notices_only_what_was_booked_counts(radio: Radio) -> None:
    """A programme booked for one zone reaches that zone."""
    radio.release_templates()
    talk = radio.airs(wish=in_notices(GO_SIM))
    campaign = running(radio, programme=talk)

    planned = {zone.heard.zone.id: sum(zone.planned.values()) for zone in account(radio, campaign).goals[0].zones}

    assert planned == {GO_SIM: 7, LANG_MOI: 0, DONG_BANG: 0}
