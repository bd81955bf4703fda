"""Which slots at exact seconds want the same air, zone by zone, with the winner and the row that decides."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.candidates import Candidates
from schedules.conflicts import Claim, deciding_row
from schedules.contest import Contest, contested
from schedules.ids import SlotId, ZoneId
from schedules.programme import Level, State
from schedules.recurrence import weekly
from schedules.schedule import Schedule
from schedules.slot import Slot, SlotException
from schedules.times import DAY, Span
from tests.schedules.given import (
    MINUTE,
    MONDAY,
    SON_HA,
    SON_TAY,
    a_programme,
    a_regulation,
    a_relay,
    a_schedule,
    a_slot,
    a_zone,
    at,
    daily,
    in_places,
    once,
    target_of_zones,
)

MONTH = Span(at("00:00"), at("00:00", MONDAY + 31 * DAY))
ZONES = [a_zone("lang-moi"), a_zone("go-sim"), a_zone("dong-bang", "hre")]
NEWS, OTHER = a_programme("tin", 10 * MINUTE), a_programme("khac", 10 * MINUTE)
URGENT, RIVAL = (a_programme(name, 10 * MINUTE, level=Level.PRIORITY) for name in ("gap", "kia"))
OURS = a_slot(NEWS, daily("06:00"))


def schedule(*slots: Slot, **about: Any) -> Schedule:  # noqa: ANN401
    programmes = (NEWS, OTHER, URGENT, RIVAL)
    return a_schedule(**{"programmes": programmes, "slots": slots, "zones": ZONES[:2], "approved": False, **about})


def only(found: Schedule, ours: Slot = OURS) -> Contest:
    ((contest,),) = [each.contests for each in contested(found, [ours], MONTH)]
    return contest


def test_two_ordinary_exact_seconds_are_ambiguous_and_the_earlier_would_win() -> None:
    later = a_slot(OTHER, once("06:05", MONDAY + 9 * DAY))

    assert only(schedule(OURS, later)) == Contest(
        winner=OURS.id,
        loser=later.id,
        at=at("06:05", MONDAY + 9 * DAY),
        row="start",
        ambiguous=True,
        undecided=False,
    )


def test_a_priority_wins_by_its_level_and_nothing_is_ambiguous() -> None:
    urgent = a_slot(URGENT, once("06:05"))

    contest = only(schedule(OURS, urgent))

    assert (contest.winner, contest.row, contest.ambiguous, contest.undecided) == (urgent.id, "level", False, False)


def test_two_priorities_are_undecided_until_the_officer_orders_them() -> None:
    ours, rival = a_slot(URGENT, once("06:00")), a_slot(RIVAL, once("06:05"))
    ordered = schedule(ours, rival, orders={SON_HA: [rival.id, ours.id]})

    before, after = only(schedule(ours, rival), ours), only(ordered, ours)

    assert (before.winner, before.row, before.undecided) == (ours.id, "start", True)
    assert (after.winner, after.row, after.undecided) == (rival.id, "order", False)


def test_zones_that_see_the_same_are_told_together() -> None:
    everywhere, here = a_slot(OTHER, once("06:05")), a_slot(URGENT, once("06:05"), target=target_of_zones("go-sim"))

    found = contested(schedule(OURS, everywhere, here), [OURS], MONTH)

    assert [([zone.id for zone in each.zones], len(each.contests)) for each in found] == [
        (["go-sim"], 2),
        (["lang-moi"], 1),
    ]


@pytest.mark.parametrize(
    "other",
    [
        a_slot(OTHER, once("06:10")),
        a_slot(OTHER, once("06:05"), target=target_of_zones("dong-bang")),
        a_slot(OTHER, once("06:05", MONDAY - DAY)),
        a_slot(OTHER, in_places("ban-tin")),
        a_slot(OTHER, replace(daily("06:00"), rule=weekly({6}), until=MONDAY)),
    ],
)
def test_what_never_meets_is_not_told(other: Slot) -> None:
    assert contested(schedule(OURS, other), [OURS], MONTH) == ()


def test_what_does_not_sound_there_is_no_rival() -> None:
    rival = a_slot(OTHER, once("06:05"))
    withdrawn = replace(OTHER, state=State.WITHDRAWN)
    expired = replace(OTHER, valid_until=at("06:00"))
    mute = replace(OTHER, variants=())
    endless = a_slot(a_relay("khac"), once("06:05"))

    for programme in (withdrawn, expired, mute):
        assert contested(schedule(OURS, rival, programmes=(NEWS, programme)), [OURS], MONTH) == ()
    assert contested(schedule(OURS, endless, programmes=(NEWS, a_relay("khac"))), [OURS], MONTH) == ()
    assert contested(schedule(OURS, rival), [OURS], MONTH, counts=lambda each: each.id == NEWS.id) == ()
    assert contested(schedule(OURS, rival, regulations=[a_regulation(station=SON_TAY)]), [OURS], MONTH) == ()


def test_an_occurrence_that_was_moved_is_found_at_its_new_hour() -> None:
    moved = replace(once("17:00"), exceptions=(SlotException(at("17:00"), at("06:05")),))

    assert only(schedule(OURS, a_slot(OTHER, moved))).at == at("06:05")


def test_our_own_slots_may_meet_each_other() -> None:
    second = a_slot(NEWS, once("06:05"), name="hai")

    ((contest,),) = [each.contests for each in contested(schedule(OURS, second), [OURS, second], MONTH)]

    assert {contest.winner, contest.loser} == {OURS.id, second.id}


@st.composite
def crowded(draw: st.DrawFn) -> tuple[Schedule, tuple[Slot, ...]]:
    programmes, slots = [], []
    for number in range(draw(st.integers(2, 7))):
        level = draw(st.sampled_from([Level.ORDINARY, Level.PRIORITY]))
        length = draw(st.sampled_from([1, 4, 30])) * MINUTE
        until = draw(st.sampled_from([None, None, at("06:02", MONDAY + DAY)]))
        programmes.append(a_programme(f"p{number}", length, level=level, languages=("vi", "hre"), valid_until=until))
        clock = draw(st.sampled_from(["05:59", "06:00", "06:01", "06:30", "23:50"]))
        timing = draw(
            st.sampled_from([once(clock, MONDAY + 5 * DAY), daily(clock), daily(clock, MONDAY - 9 * DAY, 10)])
        )
        zones = draw(st.sampled_from([None, target_of_zones("lang-moi"), target_of_zones("go-sim", "dong-bang")]))
        slots.append(a_slot(programmes[-1], timing, target=zones, name=f"s{number}"))
    orders = {SON_HA: draw(st.permutations([slot.id for slot in slots]))[: draw(st.integers(0, 3))]}
    ours = tuple(slots[: draw(st.integers(1, 2))])
    return schedule(*slots, programmes=tuple(programmes), zones=ZONES, orders=orders, approved=True), ours


def plainly(schedule: Schedule, ours: tuple[Slot, ...]) -> dict[ZoneId, set[tuple[SlotId, SlotId, str]]]:
    """Ask zone by zone, claim by claim, with the planner's own candidates."""
    found: dict[ZoneId, set[tuple[SlotId, SlotId, str]]] = {}
    mine = {slot.id for slot in ours}
    for zone in schedule.zones:
        candidates = Candidates(schedule, MONTH).of(zone, schedule.regulations[0])[0]
        firsts: dict[frozenset[str], tuple[tuple[object, ...], tuple[Claim, str], tuple[Claim, str]]] = {}
        claims = [(each.claim, each.key) for each in candidates if each.claim.start < each.claim.limit]
        for number, (one, key) in enumerate(claims):
            for other, its_key in claims[number + 1 :]:
                pair = frozenset({str(key), str(its_key)})
                together = Span(one.start, one.end).overlaps(Span(other.start, other.end))
                if key == its_key or not mine & pair or not together:
                    continue
                first = (max(one.start, other.start), one.start)
                if pair not in firsts or first < firsts[pair][0]:
                    firsts[pair] = (first, (one, str(key)), (other, str(its_key)))
        for _, *both in firsts.values():
            (winner, won), (loser, lost) = sorted(both, key=lambda each: each[0].strength)
            found.setdefault(zone.id, set()).add((SlotId(won), SlotId(lost), deciding_row(winner, loser)))
    return found


@pytest.mark.slow
@given(crowded())
def test_looking_at_each_kind_once_gives_what_asking_every_zone_gives(
    crowd: tuple[Schedule, tuple[Slot, ...]],
) -> None:
    schedule, ours = crowd

    quickly = {
        zone.id: {(each.winner, each.loser, each.row) for each in found.contests}
        for found in contested(schedule, ours, MONTH)
        for zone in found.zones
    }

    assert quickly == plainly(schedule, ours)


def test_a_version_somebody_chose_for_a_zone_contends_there_too() -> None:
    hre = a_zone("dong-bang", "hre")
    rivals = schedule(OURS, a_slot(OTHER, once("06:05")), zones=[hre])
    chosen = replace(rivals, substitutions={(hre.id, NEWS.id): "vi", (hre.id, OTHER.id): "vi"})

    assert list(contested(rivals, [OURS], MONTH)) == []
    assert only(chosen).loser == SlotId("slot-khac")
