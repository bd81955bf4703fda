"""What rules put into places: the newest of a kind, a list in turn, a campaign; and never without both releases."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from schedules.approval import Approval, record_of_programme, record_of_template
from schedules.campaign import CampaignState
from schedules.candidates import Candidates
from schedules.errors import InvalidValue
from schedules.filling import Filling, Free, Vacant
from schedules.fills import ByHand, Newest, OfCampaign, Rotation, Rule, may_take, turn
from schedules.ids import CampaignId, PersonId, ProgrammeId, ZoneId
from schedules.occurrence import in_place
from schedules.programme import Kind, Level, Programme, State
from schedules.schedule import Note, Schedule
from schedules.times import DAY, Span
from tests.schedules.given import (
    HA_NOI,
    MINUTE,
    MONDAY,
    PROVINCE,
    SECOND,
    SON_HA,
    SON_TAY,
    ZONE,
    a_campaign,
    a_place,
    a_programme,
    a_schedule,
    a_template,
    a_zone,
    at,
    nine_days,
)

NEWS = Newest(kind=Kind.BULLETIN, owners=frozenset({SON_HA}), max_age_days=3)
ABC = tuple(map(ProgrammeId, "abc"))
IN_TURN = Rotation(programmes=ABC, first_day=MONDAY)
BEGINS = at("05:30")
ONE_DAY = Span(nine_days().start, nine_days().start + DAY - SECOND)


def bulletin(name: str, **about: object) -> Programme:
    made = a_programme(name, 5 * MINUTE, kind=Kind.BULLETIN, for_places=True)
    return replace(made, **about)  # type: ignore[arg-type]  # fields of a programme


def released(programme: Programme, on: datetime, *zones: ZoneId) -> Approval:
    return Approval(record_of_programme(programme).hash, frozenset(zones or (ZONE.id,)), PersonId("lanh-dao"), on)


def filling(*released_on: tuple[Programme, datetime]) -> Filling:
    return Filling(
        [programme for programme, _ in released_on],
        [],
        {programme.id: (released(programme, on),) for programme, on in released_on},
    )


def name_of(chosen: Free | Vacant | None) -> str:
    return chosen.programme.id if isinstance(chosen, Free) else "" if chosen is None else chosen.code


def newest(known: Filling, rule: Rule = NEWS, *, day: date = MONDAY, zone: ZoneId = ZONE.id) -> str:
    return name_of(known.chosen(rule, day, at("05:30", day), HA_NOI, zone))


def test_the_newest_is_what_was_released_last_before_the_session_begins() -> None:
    known = filling(
        (bulletin("hom-kia"), at("16:00", MONDAY - 2 * DAY)),
        (bulletin("hom-qua"), at("16:00", MONDAY - DAY)),
        (bulletin("trong-buoi"), BEGINS + SECOND),
    )

    assert newest(known) == "hom-qua"
    assert newest(known, day=MONDAY + DAY) == "trong-buoi"


@pytest.mark.parametrize(
    "other",
    [
        bulletin("khac", kind=Kind.FEATURE),
        bulletin("khac", owner=SON_TAY),
        bulletin("khac", for_places=False),
        bulletin("khac", state=State.WITHDRAWN),
        bulletin("khac", level=Level.EMERGENCY),
        bulletin("khac", valid_until=BEGINS),
    ],
)
def test_what_the_rule_does_not_let_in_is_passed_over(other: Programme) -> None:
    known = filling((bulletin("tin"), at("16:00", MONDAY - 2 * DAY)), (other, at("16:00", MONDAY - DAY)))

    assert newest(known) == "tin"


def test_a_rule_may_ask_for_one_topic_and_let_in_units_above() -> None:
    known = filling(
        (bulletin("tin", topic="Y tế"), at("16:00", MONDAY - 2 * DAY)),
        (bulletin("tinh", owner=PROVINCE, topic="Điện"), at("16:00", MONDAY - DAY)),
    )
    open_to_all = replace(NEWS, owners=frozenset({SON_HA, PROVINCE}))

    assert newest(known, open_to_all) == "tinh"
    assert newest(known, replace(open_to_all, topic="Y tế")) == "tin"


def test_what_is_too_old_is_new_no_more_and_the_gap_is_told() -> None:
    known = filling((bulletin("tin"), at("16:00", MONDAY - 3 * DAY)))

    assert newest(known) == "tin"
    assert known.chosen(NEWS, MONDAY + DAY, at("05:30", MONDAY + DAY), HA_NOI, ZONE.id) == Vacant(
        "fill.nothing_new", (("kind", Kind.BULLETIN), ("days", 3))
    )


def test_a_zone_it_was_not_released_for_hears_the_one_before() -> None:
    old, new = bulletin("cu"), bulletin("moi")
    other = ZoneId("go-sim")
    known = Filling(
        [old, new],
        [],
        {
            old.id: (released(old, at("10:00", MONDAY - DAY), ZONE.id, other),),
            new.id: (released(new, at("16:00", MONDAY - DAY), ZONE.id),),
        },
    )

    assert newest(known) == "moi"
    assert newest(known, zone=other) == "cu"


def test_an_edit_takes_a_programme_out_of_every_rule() -> None:
    tin = bulletin("tin")
    edited = replace(tin, version=2)

    known = Filling([edited], [], {tin.id: (released(tin, at("16:00", MONDAY - DAY)),)})

    assert newest(known) == "fill.nothing_new"
    assert newest(known, Rotation(programmes=(tin.id,), first_day=MONDAY)) == "fill.not_released"


def test_a_list_goes_in_turn_from_its_first_day() -> None:
    known = filling(*((bulletin(each), at("16:00", MONDAY - DAY)) for each in "abc"))

    heard = [newest(known, IN_TURN, day=MONDAY + number * DAY) for number in range(-1, 4)]

    assert heard == ["", "a", "b", "c", "a"]


def test_who_is_not_released_misses_a_turn_and_nobody_stands_in() -> None:
    known = filling((bulletin("a"), at("16:00", MONDAY - DAY)))

    chosen = known.chosen(IN_TURN, MONDAY + DAY, BEGINS + DAY, HA_NOI, ZONE.id)

    assert chosen == Vacant("fill.not_released", (("title", "b"),))


def test_a_campaign_fills_in_turn_while_it_runs() -> None:
    programmes = [bulletin(each) for each in "ab"]
    approvals = {each.id: (released(each, at("16:00", MONDAY - DAY)),) for each in programmes}
    running = a_campaign(*programmes, days=3)
    rule = OfCampaign(running.id)

    def heard(*campaigns: object) -> list[str]:
        known = Filling(programmes, campaigns, approvals)  # type: ignore[arg-type]  # campaigns
        return [newest(known, rule, day=MONDAY + number * DAY) for number in range(4)]

    assert heard(running) == ["a", "b", "a", ""]
    assert heard(replace(running, state=CampaignState.DRAFT)) == [""] * 4
    assert heard(replace(running, programmes=())) == [""] * 4
    assert heard() == [""] * 4


@given(days=some.integers(-40, 400), length=some.integers(1, 9))
def test_whose_turn_it_is_depends_on_the_date_alone(days: int, length: int) -> None:
    names = tuple(ProgrammeId(str(number)) for number in range(length))
    day = MONDAY + days * DAY

    first = turn(names, MONDAY, day)

    assert turn(names, MONDAY, day + length * DAY) == first or days < 0
    assert (first is None) == (days < 0)
    if days >= 0:
        assert {turn(names, MONDAY, day + number * DAY) for number in range(length)} == set(names)


@given(
    hours=some.lists(some.integers(1, 60), min_size=1, max_size=6),
    order=some.randoms(use_true_random=False),
)
def test_the_newest_is_the_same_in_whatever_order_things_are_stored(hours: list[int], order: Random) -> None:
    made = [(bulletin(f"tin-{number}"), BEGINS - timedelta(hours=each)) for number, each in enumerate(hours)]
    shuffled = sorted(made, key=lambda _: order.random())

    assert newest(filling(*made)) == newest(filling(*shuffled))
    latest = max(made, key=lambda pair: (pair[1], pair[0].id))
    assert newest(filling(*made)) == latest[0].id


def scheduled(rule: Rule, programmes: Sequence[Programme]) -> Schedule:
    place = a_place("ban-tin", fill=rule, minutes=10)
    morning = a_template("05:30", "06:30", place, a_place("tu-do"))
    evening = a_template("17:00", "18:00", a_place("lai", repeats="ban-tin"), name="chiều")
    return a_schedule(programmes=programmes, templates=[morning, evening])


def test_what_plays_by_rule_is_an_occurrence_of_its_own_under_its_own_record() -> None:
    tin = bulletin("tin")
    schedule = scheduled(NEWS, [tin])

    candidates, notes = Candidates(schedule, ONE_DAY).of(ZONE, schedule.regulations[0])

    assert notes == []
    assert [(each.claim.start, each.claim.occurrence) for each in candidates] == [
        (at("05:30"), in_place(schedule.templates[0].places[0].id, MONDAY, tin.id)),
        (at("17:00"), in_place(schedule.templates[1].places[0].id, MONDAY, tin.id)),
    ]
    assert {each.approval for each in candidates} == {record_of_programme(tin).hash}


def test_a_place_left_empty_is_told_with_the_hour_of_its_session() -> None:
    schedule = scheduled(NEWS, [])

    candidates, notes = Candidates(schedule, ONE_DAY).of(ZONE, schedule.regulations[0])

    assert candidates == []
    assert notes == [
        Note("ban-tin", "fill.nothing_new", (("kind", Kind.BULLETIN), ("days", 3)), at("05:30")),
    ]


def test_the_newest_in_a_language_the_zone_does_not_speak_is_told_and_not_replaced() -> None:
    old = bulletin("cu")
    new = replace(bulletin("moi"), variants=a_programme("moi", languages=["hre"]).variants)
    schedule = scheduled(NEWS, [old, new])
    late = replace(schedule.approvals[new.id][0], approved_at=at("20:00", MONDAY - DAY))
    schedule = replace(schedule, approvals={**schedule.approvals, new.id: (late,)})

    candidates, notes = Candidates(schedule, ONE_DAY).of(ZONE, schedule.regulations[0])

    assert candidates == []
    assert notes == [Note(new.title, "language.none", (("language", "vi"),), programme=new.id)]


RULES: dict[str, Callable[[Programme], Rule]] = {
    "newest": lambda each: replace(NEWS, owners=frozenset({each.owner})),
    "rotation": lambda each: Rotation(programmes=(each.id,), first_day=MONDAY),
    "campaign": lambda _: OfCampaign(CampaignId("bau-cu")),
}


@given(rule=some.sampled_from(sorted(RULES)), template=some.booleans(), content=some.booleans(), edited=some.booleans())
def test_nothing_sounds_by_rule_without_both_releases(rule: str, template: bool, content: bool, edited: bool) -> None:
    tin = bulletin("tin")
    schedule = replace(scheduled(RULES[rule](tin), [tin]), campaigns=(a_campaign(tin),))
    of_template = schedule.templates[0].id, schedule.templates[1].id
    kept = {
        subject: given
        for subject, given in schedule.approvals.items()
        if (template and subject in of_template) or (content and subject == tin.id)
    }
    after = replace(tin, version=2) if edited else tin
    schedule = replace(schedule, approvals=kept, programmes={tin.id: after})

    candidates = Candidates(schedule, ONE_DAY).of(ZONE, schedule.regulations[0])[0]

    assert bool(candidates) == (template and content and not edited)


def test_both_releases_must_name_the_zone() -> None:
    tin, other = bulletin("tin"), a_zone("go-sim")
    schedule = replace(scheduled(NEWS, [tin]), zones=(ZONE, other))
    record = record_of_template(schedule.templates[0], schedule.programmes).hash
    wide = replace(schedule.approvals[schedule.templates[0].id][0], record=record, zones=frozenset({ZONE.id, other.id}))
    schedule = replace(schedule, approvals={**schedule.approvals, schedule.templates[0].id: (wide,)})
    candidates = Candidates(schedule, ONE_DAY)

    heard = [len(candidates.of(zone, schedule.regulations[0])[0]) for zone in schedule.zones]

    assert heard == [2, 0]


def test_a_rule_may_take_what_it_names_whatever_an_edit_makes_of_it() -> None:
    tin = bulletin("tin", kind=Kind.MUSIC)

    assert may_take(NEWS, tin, ())
    assert not may_take(replace(NEWS, owners=frozenset({SON_TAY})), tin, ())
    assert may_take(Rotation(programmes=(tin.id,), first_day=MONDAY), tin, ())
    assert not may_take(IN_TURN, tin, ())
    assert may_take(OfCampaign(CampaignId("x")), tin, [CampaignId("x")])
    assert not may_take(OfCampaign(CampaignId("x")), tin, [])
    assert not may_take(ByHand(), tin, [CampaignId("x")])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: replace(NEWS, owners=frozenset()), "fill.no_owner"),
        (lambda: replace(NEWS, max_age_days=-1), "fill.max_age"),
        (lambda: replace(NEWS, max_age_days=367), "fill.max_age"),
        (lambda: Rotation(programmes=(), first_day=MONDAY), "fill.nothing_in_turn"),
    ],
)
def test_a_rule_that_makes_no_sense_cannot_exist(wrong: Callable[[], object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.code == code
