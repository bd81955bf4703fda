"""A unit's list of emergencies: whatever order the news comes in, it ends the same."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.emergency import LONGEST_LIFE, Emergency
from schedules.emergency_list import (
    DRILL_LIMIT,
    LIST_LIMIT,
    LIVE_LIMIT,
    Cancelled,
    Drill,
    EmergencyList,
    Live,
    cancelled,
    drilled,
    issued,
    undrilled,
)
from schedules.errors import InvalidValue, Refused
from schedules.ids import EmergencyId, ExerciseId
from schedules.wire.codec import written
from tests.schedules.given import HOUR, MINUTE, SON_HA
from tests.schedules.given_emergencies import NOON, SUM, an_emergency, listed, without


def ids(known: EmergencyList) -> tuple[list[str], list[str]]:
    return [str(each.id) for each in known.live], [str(each.id) for each in known.cancelled]


def test_an_issue_is_live_with_what_ranks_it() -> None:
    flood = an_emergency()

    known = listed(flood)

    assert known.live == (Live.of(flood, SUM),)
    assert (known.number, known.holds(flood.id), known.cancelled) == (1, True, ())
    assert (known.live[0].lasts_s, known.live[0].sha256, known.live[0].severity) == (30, SUM, flood.severity)


def test_a_cancel_keeps_the_id_until_the_issue_would_have_expired() -> None:
    flood = an_emergency()

    known = without(listed(flood), flood)

    assert ids(known) == ([], ["flood"])
    assert known.cancelled[0].until == flood.expires
    assert ids(without(known, now=flood.expires)) == ([], [])


def test_a_cancel_that_comes_first_still_wins() -> None:
    flood = an_emergency()

    known = issued(without(EmergencyList(unit=SON_HA), flood), flood, sha256=SUM, now=NOON)

    assert ids(known) == ([], ["flood"])
    assert known.cancelled[0].until == NOON + LONGEST_LIFE


def test_an_update_takes_the_place_of_what_it_references() -> None:
    first, better = an_emergency("a"), an_emergency("b", references=(EmergencyId("a"),))

    assert ids(listed(first, better)) == ids(listed(better, first)) == (["b"], ["a"])


def test_the_same_issue_by_two_routes_is_one_and_no_news() -> None:
    flood = an_emergency()

    assert listed(flood, flood) == listed(flood)


def test_what_expired_before_it_was_issued_is_refused_and_changes_nothing() -> None:
    with pytest.raises(Refused) as refused:
        listed(an_emergency(sent=NOON - HOUR))

    assert refused.value.code == "emergency.already_expired"
    assert refused.value.values == {"sent": NOON, "expires": NOON}


def test_what_has_run_out_leaves_the_list() -> None:
    short, long = an_emergency("a", lives=MINUTE), an_emergency("b")

    known = issued(listed(short), long, sha256=SUM, now=NOON + MINUTE)

    assert ids(known) == (["b"], [])


def test_a_full_list_takes_no_issue_but_always_a_cancel() -> None:
    full = listed(*(an_emergency(f"e{n}") for n in range(LIVE_LIMIT)))

    with pytest.raises(Refused, match=r"emergency\.list_full"):
        issued(full, an_emergency("more"), sha256=SUM, now=NOON)
    assert len(cancelled(full, [EmergencyId("e0")], now=NOON).live) == LIVE_LIMIT - 1


def test_a_storm_of_updates_fills_the_list_in_the_end() -> None:
    known = listed(an_emergency("e0"))
    for number in range(1, LIST_LIMIT):
        following = an_emergency(f"e{number}", references=(EmergencyId(f"e{number - 1}"),))
        known = issued(known, following, sha256=SUM, now=NOON)

    with pytest.raises(Refused, match=r"emergency\.list_full"):
        issued(known, an_emergency("more", references=known.ids[:1]), sha256=SUM, now=NOON)


def test_a_list_names_each_emergency_once() -> None:
    flood = Live.of(an_emergency(), SUM)

    with pytest.raises(InvalidValue, match=r"emergency\.listed_twice"):
        EmergencyList(unit=SON_HA, live=(flood,), cancelled=(Cancelled(flood.id, flood.expires),))


def test_an_exercise_is_listed_apart_from_emergencies_until_it_is_ended() -> None:
    known = drilled(listed(an_emergency()), Drill(ExerciseId("drill"), NOON + MINUTE), now=NOON)

    assert [each.id for each in known.exercises] == ["drill"]
    assert "drill" not in known.ids
    assert drilled(known, known.exercises[0], now=NOON) == known
    over = undrilled(known, ExerciseId("drill"), now=NOON)
    assert (over.exercises, over.number) == ((), known.number + 1)
    assert undrilled(over, ExerciseId("drill"), now=NOON) == over


def test_exercises_that_ran_out_make_room_for_others() -> None:
    known = listed()
    for number in range(DRILL_LIMIT):
        known = drilled(known, Drill(ExerciseId(f"d{number}"), NOON + MINUTE), now=NOON)

    with pytest.raises(Refused, match=r"exercise\.too_many"):
        drilled(known, Drill(ExerciseId("more"), NOON + 2 * MINUTE), now=NOON)
    later = drilled(known, Drill(ExerciseId("more"), NOON + 2 * MINUTE), now=NOON + MINUTE)

    assert [each.id for each in later.exercises] == ["more"]


def test_the_longest_list_fits_the_wire() -> None:
    def name(number: int) -> str:
        return f"0199aaaa-bbbb-7ccc-8ddd-{number:012d}"

    area = tuple(sorted(name(n) for n in range(90, 91)))
    live = [an_emergency(name(n), units=area, sender=name(99), break_glass=True) for n in range(LIVE_LIMIT)]
    gone = [an_emergency(name(n)) for n in range(LIVE_LIMIT, LIST_LIMIT)]
    known = listed(*live)

    whole = without(known, *gone)

    assert len(whole.ids) == LIST_LIMIT
    assert len(written(whole)) <= 4096


FLOOD, BETTER, FIRE = (
    an_emergency("a"),
    an_emergency("b", references=(EmergencyId("a"),)),
    an_emergency("c", lives=timedelta(minutes=40)),
)


@pytest.mark.parametrize("order", list(permutations(["issue a", "update b", "issue c", "cancel b"])))
def test_the_news_may_come_in_any_order(order: tuple[str, ...]) -> None:
    assert ids(after(order)) == (["c"], ["a", "b"])


@given(st.lists(st.sampled_from(["issue a", "update b", "issue c", "cancel a", "cancel b", "cancel c"])))
def test_what_was_cancelled_or_replaced_is_never_live_again(news: list[str]) -> None:
    known = after(news)

    gone = {each.removeprefix("cancel ") for each in news if each.startswith("cancel")}
    gone |= {"a"} if "update b" in news else set()
    named = {each.split()[1] for each in news}
    assert {str(each.id) for each in known.live} == named - gone
    assert {str(each.id) for each in known.cancelled} == gone


@given(st.lists(st.sampled_from(["issue a", "update b", "issue c", "cancel b"])))
def test_numbers_grow_with_each_change_and_only_then(news: list[str]) -> None:
    known = EmergencyList(unit=SON_HA)
    for each in news:
        following = told(known, each)
        assert following.number == known.number + (following != known)
        known = following


def after(news: tuple[str, ...] | list[str]) -> EmergencyList:
    known = EmergencyList(unit=SON_HA)
    for each in news:
        known = told(known, each)
    return known


def told(known: EmergencyList, news: str) -> EmergencyList:
    what, name = news.split()
    if what == "cancel":
        return cancelled(known, [EmergencyId(name)], now=NOON)
    named: dict[str, Emergency] = {"a": FLOOD, "b": BETTER, "c": FIRE}
    return issued(known, named[name], sha256=SUM, now=NOON)
