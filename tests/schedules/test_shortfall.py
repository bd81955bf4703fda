"""What of a campaign cannot be met, and why: the rules first, then the sounds, then what stands in the plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.campaign import Campaign, Goal
from schedules.ids import ProgrammeId, ZoneId
from schedules.planning import Planner
from schedules.programme import Kind, Level, Programme, State
from schedules.regulation import Opening, Regulation, SessionName, Suspension
from schedules.shortfall import OF_THE_RULES, Feasibility, Shortfall, planned_plays
from schedules.slot import Slot
from schedules.times import DAY, Span
from schedules.unit import Target, Zone
from tests.schedules.given import (
    GO_SIM,
    HA_NOI,
    MINUTE,
    MONDAY,
    SON_HA,
    SON_TAY,
    ZONE,
    a_campaign,
    a_goal,
    a_programme,
    a_regulation,
    a_relay,
    a_schedule,
    a_slot,
    a_zone,
    an_item,
    at,
    daily,
    hours,
    span,
)

TALK = a_programme("bau-cu", 8 * MINUTE, kind=Kind.CAMPAIGN)
HRE_FIRST = a_zone("go-sim", "hre", "vi", within=GO_SIM)


def asked(
    campaign: Campaign,
    *regulations: Regulation,
    programmes: Iterable[Programme] = (TALK,),
    zones: Sequence[Zone] = (ZONE,),
    since: date | None = None,
    met: Sequence[Mapping[ZoneId, int]] = (),
    standing: Mapping[ZoneId, Iterable[Span]] | None = None,
) -> list[tuple[str, dict[str, object]]]:
    """Give the codes and values of what cannot be met."""
    found = shortfalls(
        campaign, *regulations, programmes=programmes, zones=zones, since=since, met=met, standing=standing
    )
    return [(each.code, dict(each.values)) for each in found]


def shortfalls(
    campaign: Campaign,
    *regulations: Regulation,
    programmes: Iterable[Programme] = (TALK,),
    zones: Sequence[Zone] = (ZONE,),
    since: date | None = None,
    met: Sequence[Mapping[ZoneId, int]] = (),
    standing: Mapping[ZoneId, Iterable[Span]] | None = None,
) -> tuple[Shortfall, ...]:
    schedule = a_schedule(programmes=programmes, zones=zones, regulations=regulations)
    return Feasibility(schedule).cannot_be_met(campaign, since=since, met=met, standing=standing)


def test_what_fits_has_no_shortfall() -> None:
    assert asked(a_campaign(TALK)) == []


def test_a_window_shorter_than_the_plays_is_named_with_what_would_fit() -> None:
    regulation = a_regulation(hours("05:00", "05:15"))

    assert asked(a_campaign(TALK), regulation) == [
        ("campaign.windows_short", {"plays": 2, "possible": 1, "lasts": 8 * MINUTE})
    ]


def test_the_minutes_of_a_session_and_of_a_day_bound_the_plays() -> None:
    short_session = a_regulation(hours("05:00", "07:00", minutes=15))
    short_day = a_regulation(minutes_a_day=15)
    enough = a_regulation(hours("05:00", "07:00", minutes=16), minutes_a_day=16)

    assert [code for code, _ in asked(a_campaign(TALK), short_session)] == ["campaign.windows_short"]
    assert [code for code, _ in asked(a_campaign(TALK), short_day)] == ["campaign.windows_short"]
    assert asked(a_campaign(TALK), enough) == []


def test_weekdays_without_a_session_leave_too_few_days() -> None:
    weekdays = a_regulation(hours("05:00", "07:00", days="01234"))
    campaign = a_campaign(TALK, goals=[a_goal(2, 11)], days=14)

    assert asked(campaign, weekdays) == [("campaign.days_few", {"days": 11, "plays": 2, "possible": 10})]


def test_days_that_are_over_count_only_where_they_were_met() -> None:
    campaign = a_campaign(TALK, goals=[a_goal(2, 10)], days=14)
    later = MONDAY + 5 * DAY

    assert asked(campaign, since=later) == [("campaign.days_few", {"days": 10, "plays": 2, "possible": 9})]
    assert asked(campaign, since=later, met=[{ZONE.id: 1}]) == []
    assert asked(campaign, since=MONDAY + 20 * DAY, met=[{ZONE.id: 9}]) == [
        ("campaign.days_few", {"days": 10, "plays": 2, "possible": 9})
    ]


def test_a_station_without_a_regulation_or_before_its_first_can_meet_nothing() -> None:
    elsewhere = a_regulation(station=SON_TAY)
    later = a_regulation(valid_from=MONDAY + 20 * DAY)

    assert asked(a_campaign(TALK), elsewhere) == [("campaign.no_regulation", {})]
    assert asked(a_campaign(TALK), later) == [("campaign.days_few", {"days": 15, "plays": 2, "possible": 10})]


def test_a_kind_the_regulation_does_not_know_is_named() -> None:
    regulation = a_regulation(kinds=frozenset({Kind.NOTICE}))

    assert asked(a_campaign(TALK), regulation) == [("campaign.kind_forbidden", {"kind": (Kind.CAMPAIGN,)})]


def test_days_on_which_the_kind_is_permitted_are_counted_alone() -> None:
    strict = a_regulation(valid_from=MONDAY + 10 * DAY, number="13/QĐ-UBND", kinds=frozenset({Kind.NOTICE}))

    assert asked(a_campaign(TALK), a_regulation(), strict) == [
        ("campaign.days_few", {"days": 15, "plays": 2, "possible": 10})
    ]


def test_a_dated_decision_opens_room_or_takes_it_away() -> None:
    decision = {
        "number": "3/QĐ",
        "signed_on": MONDAY,
        "signer": "Chủ tịch",
        "reason": "Mùa lũ",
        "first_day": MONDAY,
        "last_day": MONDAY + 9 * DAY,
    }
    narrow = a_regulation(hours("05:00", "05:10"))
    midday = Opening(**decision, rule=hours("11:00", "11:10", name=SessionName.NOON))  # type: ignore[arg-type]
    mourning = Suspension(**decision, kinds=frozenset({Kind.CAMPAIGN}))  # type: ignore[arg-type]

    opened = asked(a_campaign(TALK, goals=[a_goal(2, 10)]), replace(narrow, openings=(midday,)))
    silenced = asked(a_campaign(TALK, goals=[a_goal(1, 21)]), replace(narrow, suspensions=(mourning,)))

    assert opened == []
    assert silenced == [("campaign.days_few", {"days": 21, "plays": 1, "possible": 20})]


def test_another_programme_of_a_permitted_kind_is_enough() -> None:
    regulation = a_regulation(kinds=frozenset({Kind.NOTICE}))
    notice = a_programme("nhac", kind=Kind.NOTICE)

    assert asked(a_campaign(TALK, notice), regulation, programmes=[TALK, notice]) == []


def test_a_programme_that_expires_leaves_too_few_days() -> None:
    expiring = replace(TALK, valid_until=at("12:00", MONDAY + 4 * DAY))

    assert asked(a_campaign(expiring), programmes=[expiring]) == [
        ("campaign.days_few", {"days": 15, "plays": 2, "possible": 5})
    ]


@pytest.mark.parametrize(
    "programmes",
    [[], [replace(TALK, variants=())], [replace(TALK, state=State.WITHDRAWN)]],
    ids=["unknown here", "without a sound", "withdrawn"],
)
def test_a_campaign_without_a_sound_is_told_so(programmes: list[Programme]) -> None:
    assert asked(a_campaign(TALK), programmes=programmes) == [("campaign.no_programme", {})]


def test_a_zone_whose_language_is_missing_is_told_so_and_the_others_are_not() -> None:
    campaign = a_campaign(TALK, goals=[a_goal(2, 15), a_goal(1, 10, "hre")])

    found = shortfalls(campaign, zones=[ZONE, HRE_FIRST])

    assert found == (Shortfall(campaign.goals[1], (HRE_FIRST,), "campaign.no_language", (("language", ("hre",)),)),)


def test_where_a_zone_understands_nothing_its_own_languages_are_named() -> None:
    only_hre = a_zone("go-sim", "hre")

    assert asked(a_campaign(TALK), zones=[only_hre]) == [("campaign.no_language", {"language": ("hre",)})]


def test_a_language_somebody_chose_instead_is_heard_as_the_planner_has_it() -> None:
    only_hre = a_zone("go-sim", "hre")
    schedule = replace(a_schedule(programmes=[TALK], zones=[only_hre]), substitutions={(only_hre.id, TALK.id): "vi"})

    assert Feasibility(schedule).cannot_be_met(a_campaign(TALK)) == ()


def test_a_zone_that_hears_another_of_its_languages_is_told_which() -> None:
    both = a_programme("bau-cu", 8 * MINUTE, kind=Kind.CAMPAIGN, languages=("vi", "hre"))
    kinh_first = a_zone("lang-moi", "vi", "hre")

    found = asked(a_campaign(both, goals=[a_goal(1, 10, "hre")]), programmes=[both], zones=[kinh_first, HRE_FIRST])

    assert found == [("campaign.other_language", {"language": ("hre",), "heard": ("vi",)})]


def test_a_relay_has_no_length_and_does_not_count() -> None:
    relay = a_relay("vov1")

    assert asked(a_campaign(relay), programmes=[relay]) == [("campaign.no_programme", {})]


def test_a_goal_that_means_nobody_is_told_so() -> None:
    nobody = a_goal(2, 15, "cor")
    elsewhere = a_goal(target=Target(units=frozenset({SON_TAY})))

    assert asked(a_campaign(TALK, goals=[nobody, elsewhere])) == [("campaign.no_zone", {}), ("campaign.no_zone", {})]


def test_rules_are_told_before_missing_sounds() -> None:
    regulation = a_regulation(hours("05:00", "05:01", days="0"))

    assert [code for code, _ in asked(a_campaign(), regulation, programmes=[])] == ["campaign.days_few"]


def test_what_stands_in_the_plan_is_no_rule_but_leaves_no_air() -> None:
    regulation = a_regulation(hours("05:00", "05:30"))
    campaign = a_campaign(TALK, goals=[a_goal(2, 2)], days=2)
    full = {ZONE.id: [span("05:05", "05:20"), span("05:05", "05:20", MONDAY + DAY)]}
    room = {ZONE.id: [span("05:16", "05:20"), span("05:08", "05:10", MONDAY + DAY)]}

    found = asked(campaign, regulation, standing=full)

    assert found == [("campaign.air_taken", {"days": 2, "plays": 2, "possible": 0})]
    assert found[0][0] not in OF_THE_RULES
    assert asked(campaign, regulation, standing=room) == []


def test_zones_with_one_reason_stand_together() -> None:
    regulation = a_regulation(hours("05:00", "05:05"))

    found = shortfalls(a_campaign(TALK), regulation, zones=[ZONE, HRE_FIRST])

    assert [[zone.id for zone in each.zones] for each in found] == [["go-sim", "lang-moi"]]


def test_a_goal_is_hopeless_where_no_zone_at_all_can_meet_it() -> None:
    closed = a_regulation(hours("05:00", "05:05"), station=SON_TAY)
    far = a_zone("son-tay", station=SON_TAY)
    everywhere = a_goal(target=Target(units=frozenset({SON_HA, SON_TAY})))
    there = a_goal(target=Target(units=frozenset({SON_TAY})))
    nowhere = a_goal(2, 15, "cor")
    schedule = a_schedule(programmes=[TALK], zones=[ZONE, far], regulations=[a_regulation(), closed])

    found = Feasibility(schedule).hopeless(a_campaign(TALK, goals=[everywhere, there, nowhere]), rules_only=True)

    assert [(each.goal, each.code) for each in found] == [
        (there, "campaign.windows_short"),
        (nowhere, "campaign.no_zone"),
    ]


def test_a_missing_sound_is_hopeless_only_until_somebody_brings_one() -> None:
    feasibility = Feasibility(a_schedule(programmes=[]))

    assert not feasibility.hopeless(a_campaign(), rules_only=True)
    assert [each.code for each in feasibility.hopeless(a_campaign(), rules_only=False)] == ["campaign.no_programme"]


def test_a_plan_is_counted_per_zone_and_day_in_the_languages_of_the_goal() -> None:
    campaign = a_campaign(TALK, goals=[a_goal(1, 1, "vi")], days=2)
    own = replace(an_item(), programme=TALK.id)
    items = [
        (ZONE.id, own),
        (ZONE.id, replace(an_item("18:00", "18:08"), programme=TALK.id)),
        (ZONE.id, replace(own, language="hre")),
        (ZONE.id, replace(own, ends_at=own.ends_at - MINUTE)),
        (ZONE.id, replace(own, programme=ProgrammeId("khac"))),
        (ZONE.id, replace(an_item(day=MONDAY + 2 * DAY), programme=TALK.id)),
        (HRE_FIRST.id, own),
    ]

    counted = planned_plays(campaign, campaign.goals[0], items, lambda _: HA_NOI)

    assert counted == {ZONE.id: {MONDAY: 2}, HRE_FIRST.id: {MONDAY: 1}}


SESSIONS = (SessionName.MORNING, SessionName.NOON, SessionName.EVENING)


@st.composite
def small_days(draw: st.DrawFn) -> tuple[Regulation, int, list[tuple[int, int]]]:
    """Draw up to three sessions of a day that do not touch, a length in minutes, and what stands already."""
    edges = sorted(draw(st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True)))
    windows = [(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=False)]
    rules = [
        hours(f"05:{begin:02}", f"05:{end:02}", minutes=draw(st.integers(1, 15)), name=SESSIONS[number])
        for number, (begin, end) in enumerate(windows)
    ]
    regulation = a_regulation(*rules, minutes_a_day=draw(st.integers(1, 30)))
    points = sorted(draw(st.lists(st.integers(0, 30), max_size=4, unique=True)))
    standing = [(begin, end) for begin, end in zip(points[::2], points[1::2], strict=False)]
    return regulation, draw(st.integers(1, 8)), standing


def most_plays(regulation: Regulation, length: int, standing: Sequence[tuple[int, int]]) -> int:
    """Try every minute: play there, or not. The minutes of each session and of the day are counted one by one."""
    windows = [(rule.earliest.minute, rule.latest.minute, rule.max_minutes) for rule in regulation.sessions]
    taken = {minute for begin, end in standing for minute in range(begin, end)}
    used = [len(taken & set(range(begin, end))) for begin, end, _ in windows]

    @cache
    def best(minute: int, spent: tuple[int, ...]) -> int:
        if minute >= 30:
            return 0
        most = best(minute + 1, spent)
        for number, (begin, end, limit) in enumerate(windows):
            sounding = set(range(minute, minute + length))
            if minute < begin or minute + length > end or sounding & taken:
                continue
            within = used[number] + spent[number] + length <= limit
            if within and len(taken) + sum(spent) + length <= regulation.max_minutes_a_day:
                more = (*spent[:number], spent[number] + length, *spent[number + 1 :])
                most = max(most, 1 + best(minute + length, more))
        return most

    return best(0, (0,) * len(windows))


@given(small_days(), st.integers(1, 6))
def test_feasibility_agrees_with_trying_every_minute(
    drawn: tuple[Regulation, int, list[tuple[int, int]]], plays: int
) -> None:
    regulation, length, standing = drawn
    talk = a_programme("bau-cu", length * MINUTE, kind=Kind.CAMPAIGN)
    campaign = a_campaign(talk, goals=[Goal(Target(units=frozenset({SON_HA})), plays, 1)], days=1)
    spans = [Span(at("05:00") + begin * MINUTE, at("05:00") + end * MINUTE) for begin, end in standing]

    by_rule = asked(campaign, regulation, programmes=[talk])
    with_plan = asked(campaign, regulation, programmes=[talk], standing={ZONE.id: spans})

    assert (by_rule == []) == (most_plays(regulation, length, ()) >= plays)
    assert (with_plan == []) == (most_plays(regulation, length, standing) >= plays)


def slots_of_a_week() -> st.SearchStrategy[list[Slot]]:
    """Give daily exact seconds of the talk and of something stronger, on a few days from Monday on."""

    def drawn(minute: int, days: int, number: int, talk: bool) -> Slot:
        programme = WEEKLY_TALK if talk else STRONGER
        return a_slot(programme, daily(f"05:{minute:02}", days=days), name=f"slot-{number}")

    each = st.tuples(st.integers(0, 59), st.integers(1, 4), st.booleans())
    return st.lists(each, min_size=1, max_size=6).map(
        lambda rows: [drawn(minute, days, number, talk) for number, (minute, days, talk) in enumerate(rows)]
    )


WEEKLY_TALK = a_programme("bau-cu", 6 * MINUTE, kind=Kind.CAMPAIGN)
STRONGER = a_programme("gap", 4 * MINUTE, level=Level.PRIORITY)


@given(
    slots_of_a_week(),
    st.sampled_from(
        [
            a_regulation(hours("05:00", "05:45", days="0246")),
            a_regulation(hours("05:00", "05:20", minutes=15), hours("05:20", "06:00"), minutes_a_day=30),
            a_regulation(hours("05:10", "05:30"), hours("05:30", "05:55", minutes=8)),
        ]
    ),
)
def test_what_the_planner_can_do_is_never_called_impossible(slots: list[Slot], regulation: Regulation) -> None:
    schedule = a_schedule(programmes=[WEEKLY_TALK, STRONGER], slots=slots, regulations=[regulation])
    week = Span(at("00:00"), at("00:00", MONDAY + 4 * DAY))
    plan = Planner(schedule, week).plan(ZONE, now=week.start)
    days = a_campaign(WEEKLY_TALK, goals=[a_goal(1, 1)], days=4)
    counted = planned_plays(days, days.goals[0], ((ZONE.id, item) for item in plan.items), lambda _: HA_NOI)
    plays = list(counted.get(ZONE.id, {}).values())
    goals = [a_goal(least, sum(count >= least for count in plays)) for least in set(plays)]

    for goal in goals:
        campaign = a_campaign(WEEKLY_TALK, goals=[goal], days=4)
        others = [item.span for item in plan.items if item.programme != WEEKLY_TALK.id]

        assert Feasibility(schedule).cannot_be_met(campaign, standing={ZONE.id: others}) == ()


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 20))
def test_sessions_that_touch_are_never_called_too_short_when_a_play_may_cross_from_one_to_the_next(
    first: int, second: int, length: int
) -> None:
    morning = hours("05:00", f"05:{10 * first:02}" if first < 6 else "06:00", name=SessionName.MORNING)
    begins = morning.latest
    noon = hours(f"{begins:%H:%M}", f"{(at('05:00') + (first + second) * 10 * MINUTE).astimezone(HA_NOI):%H:%M}")
    talk = a_programme("bau-cu", length * MINUTE, kind=Kind.CAMPAIGN)
    fits = (first + second) * timedelta(minutes=10) // (length * MINUTE)
    campaign = a_campaign(talk, goals=[a_goal(max(1, min(fits, 50)), 1)], days=1)

    found = asked(campaign, a_regulation(morning, noon), programmes=[talk])

    assert (found == []) == (fits >= 1)
