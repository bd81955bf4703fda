"""How far a campaign is: confirmed plays per zone, language and day; days met; people, each zone's once."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from schedules.attainment import GoalAttainment, attained
from schedules.campaign import Campaign
from schedules.coverage import Play
from schedules.ids import ProgrammeId
from schedules.reconciliation import Verdict
from schedules.rundown import Played
from schedules.times import DAY
from schedules.unit import Zone, ZoneIndex
from tests.schedules.given import (
    HA_NOI,
    MINUTE,
    MONDAY,
    UNITS,
    a_campaign,
    a_goal,
    a_programme,
    a_recording,
    a_zone,
    an_item,
)

LANG = replace(a_zone("lang-moi"), residents=1200)
SIM = replace(a_zone("go-sim", "hre", "vi"), residents=900)
TALK = a_programme("bau-cu")
CAMPAIGN = a_campaign(TALK, goals=[a_goal(2, 2)], days=3)
TUESDAY = MONDAY + DAY
PLAYED = Played((a_recording(10 * MINUTE),))


def a_play(
    zone: Zone = LANG,
    day: date = MONDAY,
    clock: str = "06:00",
    verdict: Verdict = Verdict.CONFIRMED,
    language: str = "vi",
    programme: str = "bau-cu",
) -> Play:
    item = replace(an_item(clock, f"{clock[:3]}10", day=day), language=language, programme=ProgrammeId(programme))
    return Play(zone, item, verdict)


def of(campaign: Campaign, *plays: Play) -> tuple[GoalAttainment, ...]:
    return attained(campaign, plays, zones=ZoneIndex([LANG, SIM], UNITS, ()), units=UNITS, time=lambda _: HA_NOI)


def test_a_day_is_met_with_as_many_confirmed_plays_as_the_goal_asks_for() -> None:
    (goal,) = of(
        CAMPAIGN,
        a_play(),
        a_play(clock="18:00"),
        a_play(day=TUESDAY),
        a_play(day=TUESDAY, clock="18:00", verdict=Verdict.PARTIAL),
        a_play(day=MONDAY + 2 * DAY, verdict=Verdict.AWAITED),
    )
    sim, lang = goal.zones

    assert (lang.zone, lang.days_met, lang.confirmed) == (LANG, 1, {MONDAY: 2, TUESDAY: 1})
    assert lang.awaited == {MONDAY + 2 * DAY: 1}
    assert (sim.zone, sim.days_met, sim.confirmed) == (SIM, 0, {})
    assert goal.zones_met == 0
    assert goal.reach.residents == 1200


def test_a_zone_with_enough_days_has_met_the_goal() -> None:
    plays = [a_play(day=day, clock=clock) for day in (MONDAY, TUESDAY) for clock in ("06:00", "18:00")]

    (goal,) = of(CAMPAIGN, *plays)

    assert goal.zones_met == 1


def test_only_the_campaigns_programmes_days_zones_and_languages_count() -> None:
    campaign = replace(CAMPAIGN, goals=(a_goal(1, 1, "hre"),))

    (goal,) = of(
        campaign,
        a_play(SIM),
        a_play(SIM, language="hre"),
        a_play(SIM, language="hre", day=MONDAY - DAY),
        a_play(SIM, language="hre", day=MONDAY + 3 * DAY),
        a_play(SIM, language="hre", programme="khac"),
        a_play(a_zone("dong-bang"), language="hre"),
    )
    (sim,) = goal.zones

    assert (sim.confirmed, sim.languages, goal.zones_met) == ({MONDAY: 1}, {"hre": 1}, 1)


def test_a_play_that_was_planned_cut_counts_for_no_campaign() -> None:
    whole = a_play()
    cut = replace(whole, item=replace(whole.item, ends_at=whole.item.ends_at - 5 * MINUTE))
    rest = replace(whole, item=replace(whole.item, sound=replace(PLAYED, offset_ms=300_000)))

    (goal,) = of(CAMPAIGN, cut, rest)

    assert goal.zones[1].confirmed == {}
    assert goal.reach.planned == 0


def test_the_day_is_that_of_the_zones_own_clock() -> None:
    (goal,) = of(CAMPAIGN, a_play(clock="00:05", day=TUESDAY))

    assert goal.zones[1].confirmed == {TUESDAY: 1}


def test_every_goal_is_counted_for_itself() -> None:
    campaign = replace(CAMPAIGN, goals=(a_goal(2, 1), a_goal(1, 1, "hre")))

    both, in_hre = of(campaign, a_play(), a_play(clock="18:00"), a_play(SIM, language="hre"))

    assert (both.reach.residents, both.zones_met) == (2100, 1)
    assert (in_hre.reach.residents, in_hre.zones_met) == (900, 1)


_PLAYS = st.builds(
    a_play,
    zone=st.sampled_from([LANG, SIM]),
    day=st.sampled_from([MONDAY - DAY, MONDAY, TUESDAY]),
    clock=st.sampled_from(["05:00", "06:00", "18:00"]),
    verdict=st.sampled_from([Verdict.CONFIRMED, Verdict.PARTIAL, Verdict.MISSED, Verdict.AWAITED]),
    language=st.sampled_from(["vi", "hre"]),
)


@given(st.lists(_PLAYS, max_size=12))
def test_plans_and_doubtful_plays_attain_nothing_and_people_are_counted_once(plays: list[Play]) -> None:
    confirmed = [play for play in plays if play.verdict is Verdict.CONFIRMED]

    (goal,) = of(CAMPAIGN, *plays)
    (same,) = of(CAMPAIGN, *confirmed)

    assert [each.days_met for each in goal.zones] == [each.days_met for each in same.zones]
    assert goal.reach.residents == same.reach.residents
    assert goal.reach.residents == sum(zone.residents for zone in (LANG, SIM) if zone.id in goal.reach.zones)
    assert sum(sum(zone.confirmed.values()) for zone in goal.zones) == sum(
        play.item.starts_at.astimezone(HA_NOI).date() >= MONDAY for play in confirmed
    )
