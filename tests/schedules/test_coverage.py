"""Who was reached: plays as the verdicts of a zone's loudspeakers have it, and each zone's people once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.coverage import (
    Play,
    campaign_by,
    coverage,
    language_of,
    plays_of,
    programme_of,
    reach_of,
    topic_by,
    unit_by,
)
from schedules.ids import CampaignId, OccurrenceId, ProgrammeId, ZoneId
from schedules.reconciliation import Verdict
from schedules.rundown import RundownItem
from schedules.times import DAY
from schedules.unit import Zone, ZoneIndex
from tests.schedules.given import (
    GO_SIM,
    HA_NOI,
    LANG_MOI,
    MINUTE,
    MONDAY,
    PROVINCE,
    SON_HA,
    UNITS,
    a_campaign,
    a_goal,
    a_programme,
    a_zone,
    an_item,
)

LANG = replace(a_zone("lang-moi"), households=300, residents=1200)
SIM = replace(a_zone("go-sim", "hre", "vi"), households=200, residents=900)
WHOLE = replace(a_zone("fm", within=SON_HA), households=2000, residents=8000)
TALK = a_programme("bau-cu")
C, P, F, M, A = Verdict.CONFIRMED, Verdict.PARTIAL, Verdict.FAILED, Verdict.MISSED, Verdict.AWAITED


def a_play(
    zone: Zone = LANG, verdict: Verdict = C, *, programme: str = "bau-cu", day: int = 0, language: str = "vi"
) -> Play:
    item = replace(an_item(day=MONDAY + day * DAY), programme=ProgrammeId(programme), language=language)
    return Play(zone, item, verdict)


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        ([C], C),
        ([C, M], C),
        ([C, M, M], P),
        ([C, A, M, M], A),
        ([A, M], A),
        ([M, M, A], M),
        ([P, M], P),
        ([F, M], F),
        ([M], M),
    ],
)
def test_a_zone_has_heard_what_half_of_its_loudspeakers_confirmed(verdicts: list[Verdict], together: Verdict) -> None:
    item = an_item()

    (play,) = plays_of((LANG, item, verdict) for verdict in verdicts)

    assert play == Play(LANG, item, together)


def test_plays_come_by_start_and_zone_whatever_the_order_of_the_verdicts() -> None:
    early, late = an_item(), an_item("18:00", "18:10")
    judged = [(LANG, late, C), (LANG, early, C), (SIM, early, M)]

    plays = plays_of(judged)

    assert [(play.zone.id, play.item) for play in plays] == [(SIM.id, early), (LANG.id, early), (LANG.id, late)]
    assert plays == plays_of(reversed(judged))


def test_only_confirmed_plays_reach_anybody_and_nobody_twice() -> None:
    plays = [a_play(), a_play(day=1), a_play(SIM, P), a_play(SIM, M), a_play(SIM, A)]

    reach = reach_of(plays, UNITS)

    assert reach.zones == {LANG.id}
    assert (reach.households, reach.residents) == (300, 1200)
    assert reach.verdicts == {A: 1, C: 2, P: 1, F: 0, M: 1}
    assert reach.planned == 5
    assert reach.sounded == 20 * MINUTE


def test_people_of_a_hamlet_are_not_counted_again_with_their_commune() -> None:
    reach = reach_of([a_play(LANG), a_play(SIM), a_play(WHOLE)], UNITS)

    assert (reach.households, reach.residents) == (2000, 8000)


def test_a_commune_without_figures_still_has_the_people_of_its_hamlets() -> None:
    unknown = replace(WHOLE, households=0, residents=0)

    reach = reach_of([a_play(LANG), a_play(SIM), a_play(unknown)], UNITS)

    assert (reach.households, reach.residents, reach.uncounted) == (500, 2100, 1)


def test_nothing_reaches_nobody() -> None:
    reach = reach_of([], UNITS)

    assert (reach.planned, reach.residents, reach.sounded) == (0, 0, timedelta(0))


def test_coverage_is_sorted_by_programme_language_and_topic() -> None:
    health = replace(TALK, topic="Y tế")
    plays = [a_play(), a_play(SIM, language="hre"), a_play(programme="gone")]

    by_programme = coverage(plays, UNITS, programme_of)
    by_language = coverage(plays, UNITS, language_of)
    by_topic = coverage(plays, UNITS, topic_by({TALK.id: health}))

    assert {key: reach.planned for key, reach in by_programme.items()} == {"bau-cu": 2, "gone": 1}
    assert {key: reach.residents for key, reach in by_language.items()} == {"vi": 1200, "hre": 900}
    assert {key: reach.planned for key, reach in by_topic.items()} == {"Y tế": 2, "": 1}


def test_every_unit_above_a_zone_has_its_coverage_once() -> None:
    found = coverage([a_play(), a_play(WHOLE)], UNITS, unit_by(UNITS))

    assert {unit: reach.planned for unit, reach in found.items()} == {LANG_MOI: 1, SON_HA: 2, PROVINCE: 2}


def test_a_play_counts_for_every_campaign_that_asks_for_it() -> None:
    whole = a_campaign(TALK, goals=[a_goal(2, 1)], days=2)
    in_hre = replace(whole, id=CampaignId("hre"), goals=(a_goal(1, 1, "hre"),))
    keys = campaign_by([whole, in_hre], ZoneIndex([LANG, SIM], UNITS, ()), lambda _: HA_NOI)
    plays = [a_play(), a_play(SIM, language="hre"), a_play(SIM), a_play(day=2), a_play(programme="khac")]

    found = coverage(plays, UNITS, keys)

    assert {campaign: reach.planned for campaign, reach in found.items()} == {whole.id: 3, "hre": 1}


@st.composite
def heard(draw: st.DrawFn) -> tuple[Sequence[Zone], list[Play]]:
    """Draw zones of hamlets and of the whole commune with some people, and plays at them."""
    units = (LANG_MOI, GO_SIM, SON_HA)
    zones = [
        Zone(
            id=ZoneId(f"z{number}"),
            station=SON_HA,
            unit=draw(st.sampled_from(units)),
            name=f"z{number}",
            residents=draw(st.integers(0, 50)),
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    verdicts = st.sampled_from([C, P, F, M, A])
    item = an_item()
    plays = [
        Play(draw(st.sampled_from(zones)), replace(item, occurrence=OccurrenceId(str(number))), draw(verdicts))
        for number in range(draw(st.integers(0, 8)))
    ]
    return zones, plays


@given(heard())
def test_no_zones_people_are_ever_counted_twice(drawn: tuple[Sequence[Zone], list[Play]]) -> None:
    zones, plays = drawn
    confirmed = {play.zone.id for play in plays if play.verdict is C}
    own = {zone.id: zone.residents for zone in zones}

    reach = reach_of(plays, UNITS)

    assert reach.zones == confirmed
    assert reach.residents <= sum(own[zone] for zone in confirmed)
    assert reach.residents >= max((own[zone] for zone in confirmed), default=0)
    assert reach_of([*plays, *plays], UNITS).residents == reach.residents
    of_commune = sum(zone.residents for zone in zones if zone.id in confirmed and zone.unit == SON_HA)
    of_hamlets = sum(zone.residents for zone in zones if zone.id in confirmed and zone.unit != SON_HA)
    assert reach.residents == max(of_commune, of_hamlets)


def items(count: int) -> list[RundownItem]:
    return [replace(an_item(), occurrence=OccurrenceId(str(number))) for number in range(count)]


@given(st.permutations([(zone, item, verdict) for zone in (LANG, SIM) for item in items(3) for verdict in (C, M, A)]))
def test_the_order_of_verdicts_changes_nothing(judged: list[tuple[Zone, RundownItem, Verdict]]) -> None:
    assert plays_of(judged) == plays_of(sorted(judged, key=lambda row: (row[0].id, row[1].occurrence, row[2])))
