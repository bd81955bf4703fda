"""Who gets the air where several want it, and the clashes an editor must settle."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.conflicts import (
    SHORTEST_PIECE,
    UNORDERED,
    Claim,
    Decision,
    Fate,
    contending,
    deciding_row,
    resolve,
    undecided,
)
from schedules.ids import OccurrenceId
from schedules.programme import Level
from schedules.slot import Interrupted
from schedules.times import Span
from tests.schedules.given import MINUTE, SECOND, at, span
from tests.schedules.reference import share_out

NOTHING = timedelta(0)


def claim(
    name: str,
    begin: datetime | str = "06:00",
    minutes: float = 10,
    *,
    level: Level = Level.ORDINARY,
    exact: bool = True,
    wait: timedelta = NOTHING,
    limit: datetime | str | None = None,
    rejoins: bool = False,
    begun: bool = False,
    interrupted: Interrupted = Interrupted.DROP,
    follows: bool = False,
    rank: int = UNORDERED,
    heard: timedelta = NOTHING,
) -> Claim:
    start = at(begin) if isinstance(begin, str) else begin
    until = at(limit) if isinstance(limit, str) else limit
    length = timedelta(minutes=minutes)
    last = until or start + length + wait
    taken_up = heard if interrupted is not Interrupted.DROP and not rejoins else NOTHING
    return Claim(
        occurrence=OccurrenceId(name),
        level=level,
        exact=exact,
        start=start,
        length=length,
        latest_start=last if taken_up else start + wait,
        limit=last,
        rejoins=rejoins,
        begun=begun,
        interrupted=interrupted,
        follows=follows,
        rank=rank,
        heard=taken_up,
    )


def decided(*claims: Claim) -> dict[str, tuple[Fate, list[Span], str | None]]:
    """Resolve claims; give fate, pieces and winner by name."""
    return {each.claim.occurrence: (each.fate, list(each.pieces), each.winner) for each in resolve(claims)}


def test_what_stands_alone_plays_whole() -> None:
    assert resolve([claim("a")]) == (Decision(claim("a"), Fate.PLAYS, (span("06:00", "06:10"),)),)
    assert resolve([]) == ()


def test_items_that_touch_do_not_conflict() -> None:
    got = decided(claim("a"), claim("b", "06:10"))

    assert [fate for fate, _, _ in got.values()] == [Fate.PLAYS, Fate.PLAYS]


def test_its_limit_cuts_an_item_and_what_has_no_time_is_lost() -> None:
    got = decided(claim("a", limit="06:04"), claim("b", "06:04", limit="06:04"))

    assert got["a"] == (Fate.CUT, [span("06:00", "06:04")], None)
    assert got["b"] == (Fate.LOST, [], None)


def test_a_recording_interrupted_is_cut_and_not_taken_up_again() -> None:
    got = decided(claim("bulletin"), claim("urgent", "06:04", 2, level=Level.PRIORITY))

    assert got["bulletin"] == (Fate.CUT, [span("06:00", "06:04")], "urgent")
    assert got["urgent"] == (Fate.PLAYS, [span("06:04", "06:06")], None)


def test_a_relay_interrupted_is_taken_up_again_where_the_channel_is_by_then() -> None:
    urgent = [claim(name, begin, 2, level=Level.PRIORITY) for name, begin in [("u1", "06:04"), ("u2", "06:10")]]

    got = decided(claim("relay", minutes=30, rejoins=True), *urgent)

    assert got["relay"] == (
        Fate.INTERRUPTED,
        [span("06:00", "06:04"), span("06:06", "06:10"), span("06:12", "06:30")],
        "u1",
    )


def test_a_relay_interrupted_once_is_interrupted_and_not_cut() -> None:
    got = decided(claim("relay", minutes=30, rejoins=True), claim("urgent", "06:04", 2, level=Level.PRIORITY))

    assert got["relay"] == (Fate.INTERRUPTED, [span("06:00", "06:04"), span("06:06", "06:30")], "urgent")


def test_a_relay_that_finds_the_air_taken_joins_when_it_is_free_and_ends_on_time() -> None:
    got = decided(claim("urgent", "05:58", 4, level=Level.PRIORITY), claim("relay", minutes=30, rejoins=True))

    assert got["relay"] == (Fate.CUT, [span("06:02", "06:30")], "urgent")


def test_a_relay_whose_whole_time_is_taken_is_lost() -> None:
    got = decided(claim("urgent", "05:58", 40, level=Level.PRIORITY), claim("relay", minutes=30, rejoins=True))

    assert got["relay"] == (Fate.LOST, [], "urgent")


def test_what_may_wait_begins_when_the_air_is_free_and_plays_whole() -> None:
    got = decided(claim("urgent", "05:59", 4, level=Level.PRIORITY), claim("notice", wait=5 * MINUTE))

    assert got["notice"] == (Fate.DELAYED, [span("06:03", "06:13")], "urgent")


def test_what_may_not_wait_so_long_is_lost() -> None:
    urgent = claim("urgent", "05:59", 7, level=Level.PRIORITY)

    assert decided(urgent, claim("notice", wait=5 * MINUTE))["notice"] == (Fate.LOST, [], "urgent")
    assert decided(urgent, claim("notice"))["notice"] == (Fate.LOST, [], "urgent")
    assert decided(urgent, claim("notice", wait=6 * MINUTE))["notice"][0] is Fate.DELAYED


def test_what_waits_does_so_behind_everything_stronger_in_a_row() -> None:
    row = [claim(f"u{n}", f"06:{2 * n:02}", 2, level=Level.PRIORITY) for n in range(3)]

    got = decided(*row, claim("notice", wait=10 * MINUTE))

    assert got["notice"] == (Fate.DELAYED, [span("06:06", "06:16")], "u2")


def test_what_waited_is_cut_by_its_limit() -> None:
    urgent = claim("urgent", "05:59", 4, level=Level.PRIORITY)

    got = decided(urgent, claim("item", exact=False, wait=30 * MINUTE, limit="06:05"))

    assert got["item"] == (Fate.CUT, [span("06:03", "06:05")], "urgent")


def test_items_of_a_session_that_wait_keep_their_order() -> None:
    items = [claim(f"i{n}", f"06:0{n}", 1, exact=False, wait=20 * MINUTE, limit="06:30") for n in range(3)]

    got = decided(claim("exact", "05:59", 6), *items)

    assert [got[f"i{n}"][1] for n in range(3)] == [[span(f"06:0{5 + n}", f"06:0{6 + n}")] for n in range(3)]


def test_a_remainder_below_five_seconds_is_not_worth_it() -> None:
    late = claim("urgent", at("06:00") + 4 * SECOND, level=Level.PRIORITY)
    later = claim("urgent", at("06:00") + SHORTEST_PIECE, level=Level.PRIORITY)

    assert decided(claim("a"), late)["a"] == (Fate.LOST, [], "urgent")
    assert decided(claim("a"), later)["a"][0] is Fate.CUT
    assert decided(claim("jingle", minutes=0.05, wait=MINUTE), late)["jingle"][0] is Fate.PLAYS


def test_what_already_sounds_keeps_its_seconds_however_few() -> None:
    urgent = claim("urgent", at("06:00") + 2 * SECOND, level=Level.PRIORITY)

    assert decided(claim("a", begun=True), urgent)["a"] == (Fate.CUT, [Span(at("06:00"), at("06:00:02"))], "urgent")


def claims() -> st.SearchStrategy[list[Claim]]:
    """Give up to a dozen claims crowded into half an hour."""
    one = st.builds(
        claim,
        name=st.uuids().map(str),
        begin=st.integers(0, 90).map(lambda twenty_seconds: at("06:00") + twenty_seconds * 20 * SECOND),
        minutes=st.sampled_from([0.05, 1, 3, 10, 29]),
        level=st.sampled_from([Level.ORDINARY, Level.PRIORITY]),
        exact=st.booleans(),
        wait=st.sampled_from([NOTHING, MINUTE, 10 * MINUTE]),
        limit=st.sampled_from([None, "06:10", "06:20", "06:31"]),
        rejoins=st.sampled_from([False, False, True]),
        interrupted=st.sampled_from(Interrupted),
        follows=st.sampled_from([False, False, True]),
        rank=st.sampled_from([UNORDERED, UNORDERED, 0, 1]),
        heard=st.sampled_from([NOTHING, NOTHING, 2 * SECOND, 4 * MINUTE]),
    )
    return st.lists(one, max_size=12, unique_by=lambda each: each.occurrence)


@given(claims())
def test_nobody_shares_the_air_and_everybody_is_inside_their_time(wanted: list[Claim]) -> None:
    decisions = resolve(wanted)
    pieces = sorted(piece for decision in decisions for piece in decision.pieces)

    assert sorted(decision.claim.occurrence for decision in decisions) == sorted(each.occurrence for each in wanted)
    assert all(not first.overlaps(second) for first, second in pairwise(pieces))
    for decision in decisions:
        asked = decision.claim
        assert (decision.fate is Fate.LOST) == (not decision.pieces)
        for number, piece in enumerate(decision.pieces):
            assert asked.start <= piece.start < piece.end <= asked.limit
            assert number == 0 or asked.rejoins or asked.interrupted is not Interrupted.DROP
        if decision.pieces and not asked.rejoins:
            assert decision.pieces[0].start <= asked.latest_start
            assert decision.pieces[0].duration <= asked.length


@given(claims())
def test_the_air_is_shared_out_as_second_by_second(wanted: list[Claim]) -> None:
    assert {each.claim.occurrence: list(each.pieces) for each in resolve(wanted)} == share_out(wanted)


@given(claims())
def test_groups_never_reach_into_each_other(wanted: list[Claim]) -> None:
    groups = list(contending(wanted))

    assert [each for group in groups for each in group] == sorted(
        wanted, key=lambda each: (each.start, each.occurrence)
    )
    for group, following in pairwise(groups):
        begins = min(each.start for each in following)
        assert all(decision.pieces[-1].end <= begins for decision in resolve(group) if decision.pieces)
        assert len(group) == 1 or all(each.limit <= begins for each in group if each.end > each.start)


@given(claims(), st.randoms(use_true_random=False))
def test_the_order_in_which_claims_are_given_changes_nothing(wanted: list[Claim], random: Random) -> None:
    shuffled = list(wanted)
    random.shuffle(shuffled)

    assert resolve(shuffled) == resolve(wanted)


@given(claims())
def test_the_strongest_claim_gets_all_it_wants(wanted: list[Claim]) -> None:
    for decision in resolve(wanted):
        asked = decision.claim
        again = asked.heard and asked.interrupted is Interrupted.RESTART
        if all(asked.strength <= each.strength for each in wanted) and not asked.follows and not again:
            expected = Span(decision.claim.start, max(decision.claim.start, decision.claim.end))
            assert list(decision.pieces) == ([expected] if expected.duration else [])


@given(claims())
def test_what_loses_anything_names_a_stronger_winner_or_its_own_limit(wanted: list[Claim]) -> None:
    by_name = {each.occurrence: each for each in wanted}
    for decision in resolve(wanted):
        if decision.claim.follows or decision.claim.heard:
            continue  # lets the weaker end; needs all of its length at once
        if decision.winner is not None:
            assert by_name[decision.winner].strength < decision.claim.strength
        elif decision.fate is not Fate.PLAYS:
            assert decision.claim.start + decision.claim.length > decision.claim.limit


def test_every_clashing_pair_is_found_past_what_ends_sooner() -> None:
    whole = claim("whole", "06:00", 60, level=Level.PRIORITY)
    inside = [claim("x", "06:05", 5, level=Level.PRIORITY), claim("y", "06:30", 5, level=Level.PRIORITY)]

    assert [(c.first.occurrence, c.second.occurrence) for c in undecided([*inside, whole])] == [
        ("whole", "x"),
        ("whole", "y"),
    ]


def test_a_pair_that_clashes_is_found_behind_what_meets_nobody() -> None:
    alone = claim("alone", level=Level.PRIORITY)
    first, second = (
        claim(name, at, 20, level=Level.PRIORITY) for name, at in (("first", "06:20"), ("second", "06:30"))
    )

    assert [(c.first.occurrence, c.second.occurrence) for c in undecided([alone, first, second])] == [
        ("first", "second")
    ]


def test_two_priorities_that_want_the_same_air_are_undecided_until_both_are_ordered() -> None:
    later, sooner = claim("a", "06:05", level=Level.PRIORITY), claim("b", level=Level.PRIORITY)

    assert [(pair.first.occurrence, pair.second.occurrence) for pair in undecided([later, sooner])] == [("b", "a")]
    assert [(pair.first.occurrence) for pair in undecided([replace(later, rank=0), sooner])] == ["a"]
    assert undecided([replace(later, rank=0), replace(sooner, rank=1)]) == ()
    assert undecided([later, replace(sooner, level=Level.ORDINARY)]) == ()


def test_what_follows_begins_when_what_it_waits_for_is_cut_by_another_that_asked_later() -> None:
    polite = claim("polite", "06:02", 1, wait=60 * MINUTE, follows=True)
    urgent = claim("urgent", "06:03", 2, level=Level.PRIORITY, wait=2 * MINUTE, follows=True)

    got = decided(claim("whole"), polite, urgent)

    assert got["whole"] == (Fate.CUT, [span("06:00", "06:05")], "urgent")
    assert got["urgent"] == (Fate.DELAYED, [span("06:05", "06:07")], "whole")
    assert got["polite"] == (Fate.DELAYED, [span("06:07", "06:08")], "urgent")


def test_a_relay_that_follows_joins_for_the_rest_of_its_time() -> None:
    relay = claim("relay", "06:05", 30, wait=60 * MINUTE, follows=True, rejoins=True)

    assert decided(claim("whole"), relay)["relay"] == (Fate.DELAYED, [span("06:10", "06:35")], "whole")


def test_what_begins_anew_sounds_whole_or_not_at_all_also_where_nobody_else_wants_the_air() -> None:
    again = claim("again", heard=2 * SECOND, interrupted=Interrupted.RESTART, limit="06:30")

    assert decided(again)["again"] == (Fate.INTERRUPTED, [span("06:00", "06:10")], None)
    assert decided(replace(again, limit=at("06:09")))["again"] == (Fate.LOST, [], None)


def test_what_ends_where_a_stronger_one_begins_has_lost_nothing_to_it() -> None:
    resumes = claim("resumes", interrupted=Interrupted.RESUME, limit="06:30")

    got = decided(resumes, claim("urgent", "06:10", level=Level.PRIORITY))

    assert got["resumes"] == (Fate.PLAYS, [span("06:00", "06:10")], None)


def test_of_what_waits_for_the_same_end_the_one_that_asked_first_begins() -> None:
    later = claim("a", "06:05", 1, wait=60 * MINUTE, follows=True)
    sooner = claim("z", "06:02", 1, wait=60 * MINUTE, follows=True)

    got = decided(claim("whole"), later, sooner)

    assert got["z"] == (Fate.DELAYED, [span("06:10", "06:11")], "whole")
    assert got["a"] == (Fate.DELAYED, [span("06:11", "06:12")], "z")


def test_what_follows_is_placed_by_the_start_it_asked_for_and_not_by_its_strength() -> None:
    strongest = claim("d", "06:22", level=Level.PRIORITY, rank=0, wait=60 * MINUTE, follows=True)
    stronger = claim("c", "06:12", level=Level.PRIORITY, wait=60 * MINUTE, follows=True)
    first = claim("a", "06:02", wait=60 * MINUTE, follows=True)

    got = decided(claim("whole"), strongest, stronger, first)

    assert [got[name][1] for name in "acd"] == [
        [span("06:10", "06:20")],
        [span("06:20", "06:30")],
        [span("06:30", "06:40")],
    ]


def test_what_begins_where_another_ends_has_waited_for_nobody() -> None:
    relay = claim("relay", "05:50", 40, rejoins=True)
    urgent = claim("urgent", level=Level.PRIORITY)
    polite = claim("polite", "06:10", 1, level=Level.PRIORITY, wait=5 * MINUTE, follows=True)

    assert decided(relay, urgent, polite)["polite"] == (Fate.PLAYS, [span("06:10", "06:11")], None)


def test_what_need_not_wait_after_all_is_not_told_to_have_waited() -> None:
    again = claim("again", heard=2 * SECOND, interrupted=Interrupted.RESTART, limit="06:30")
    urgent = claim("urgent", "06:06", 2, level=Level.PRIORITY, follows=True)
    polite = claim("polite", "06:05", 1, wait=60 * MINUTE, follows=True)

    got = decided(again, urgent, polite)

    assert got["again"][1] == [span("06:08", "06:18")]  # whole or not at all
    assert got["polite"] == (Fate.PLAYS, [span("06:05", "06:06")], None)


@pytest.mark.parametrize(
    ("weaker", "row"),
    [
        (claim("b", level=Level.ORDINARY, rank=1, begun=True), "level"),
        (claim("b", level=Level.PRIORITY, rank=2, begun=True), "order"),
        (claim("b", level=Level.PRIORITY, rank=1, exact=False, begun=True), "exact"),
        (claim("b", "05:59", level=Level.PRIORITY, rank=1), "begun"),
        (claim("b", "06:01", level=Level.PRIORITY, rank=1, begun=True), "start"),
        (claim("b", level=Level.PRIORITY, rank=1, begun=True), "id"),
    ],
)
def test_the_first_row_in_which_two_differ_decides(weaker: Claim, row: str) -> None:
    stronger = claim("a", level=Level.PRIORITY, rank=1, begun=True)

    assert stronger.strength < weaker.strength
    assert deciding_row(stronger, weaker) == row
