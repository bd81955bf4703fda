"""Why a zone hears what it hears: every row of docs/precedence.md, told by its name."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time

import pytest

from schedules.approval import record_of_slot
from schedules.conflicts import Claim
from schedules.ids import OccurrenceId
from schedules.override import Override
from schedules.planning import Planner
from schedules.programme import Kind, Level, Programme
from schedules.rundown import RundownItem
from schedules.schedule import Schedule
from schedules.silence import Silence
from schedules.slot import Slot
from schedules.times import DAY
from schedules.way import Way, newest
from schedules.why import ROWS, Case, Contender, Explanation, Hearing, deciding_row, why_at, why_occurrence
from tests.schedules.given import (
    HOUR,
    MINUTE,
    MONDAY,
    SON_HA,
    SON_TAY,
    ZONE,
    a_place,
    a_programme,
    a_regulation,
    a_relay,
    a_schedule,
    a_slot,
    a_template,
    a_zone,
    an_answer,
    approve,
    at,
    hours,
    in_places,
    once,
    span,
)

NIGHT = at("00:00")
NEWS = a_programme("tin", 10 * MINUTE)


def case(
    schedule: Schedule,
    *,
    supposed: Schedule | None = None,
    now: datetime = NIGHT,
    history: Sequence[RundownItem] = (),
    silences: Iterable[Silence] = (),
) -> Case:
    return Case(
        schedule=schedule,
        supposed=supposed or schedule,
        zone=schedule.zones[0],
        now=now,
        history=history,
        silences=tuple(silences),
    )


def codes(told: Explanation | Contender) -> list[str]:
    return [rule.code for rule in told.rules]


def booked(*programmes: Programme, slots: Sequence[Slot], **more: object) -> Schedule:
    return a_schedule(programmes=programmes, slots=slots, **more)  # type: ignore[arg-type]  # fields by name


def test_what_plays_alone_tells_its_approval_and_its_hours() -> None:
    told = why_at(case(booked(NEWS, slots=[a_slot(NEWS, once("05:30"))])), at("05:35"))

    assert told.plays is not None
    assert told.plays.title == NEWS.title
    assert codes(told) == ["why.approved", "why.permitted", "why.alone"]
    assert [each.hearing for each in told.contenders] == [Hearing.WHOLE]


def test_silence_at_night_tells_the_hours_that_come_next() -> None:
    told = why_at(case(booked(slots=[])), at("02:00"))

    assert told.plays is None
    assert codes(told) == ["why.closed_until", "why.nothing_asked"]
    assert dict(told.rules[0].values)["opens"] == at("05:00")


def test_a_regulation_that_opens_no_more_is_told_so() -> None:
    never = a_regulation(hours("05:00", "06:00", days="0"))
    told = why_at(
        case(booked(slots=[], regulations=[replace(never, sessions=(hours("05:00", "06:00", days=""),))])), NIGHT
    )

    assert codes(told)[0] == "why.closed"


def test_a_station_without_a_regulation_is_silent() -> None:
    elsewhere = a_zone("tay", station=SON_TAY, within=SON_TAY)
    nowhere = case(booked(slots=[], zones=[elsewhere]))
    not_yet = case(booked(slots=[], regulations=[a_regulation(valid_from=MONDAY + 9 * DAY)]))

    for each in (nowhere, not_yet):
        assert codes(why_at(each, at("06:00"))) == ["planning.no_regulation"]
        assert why_occurrence(each, OccurrenceId("any"), at("06:00")) is None


def test_nothing_is_booked() -> None:
    assert codes(why_at(case(booked(slots=[])), at("06:00"))) == ["why.nothing_asked"]


def test_what_is_not_approved_does_not_play_and_says_so() -> None:
    slots = [a_slot(NEWS, once("05:30"))]
    waiting = a_schedule(programmes=[NEWS], slots=slots, approved=False)

    told = why_at(case(waiting, supposed=approve(waiting)), at("05:35"))

    assert told.plays is None
    assert codes(told) == ["why.not_heard"]
    assert codes(told.contenders[0]) == ["approval.missing"]


@pytest.mark.parametrize(
    ("answer", "code"), [(None, "offer.unanswered"), (False, "offer.refused")], ids=["unanswered", "refused"]
)
def test_what_is_offered_and_not_accepted_says_what_the_station_said(answer: bool | None, code: str) -> None:
    slot = replace(a_slot(NEWS, once("05:30")), way=Way.OFFERED)
    record = record_of_slot(NEWS, slot).hash
    waiting = booked(NEWS, slots=[slot])
    if answer is not None:
        waiting = replace(waiting, answers=newest([an_answer(slot, record, accepted=answer)]))
    welcomed = replace(waiting, answers=newest([an_answer(slot, record)]))

    told = why_at(case(waiting, supposed=welcomed), at("05:35"))
    unreleased = why_at(case(replace(waiting, approvals={}), supposed=welcomed), at("05:35"))

    assert codes(told.contenders[0]) == [code]
    assert codes(unreleased.contenders[0]) == ["approval.missing"]


def test_what_the_regulation_forbids_is_told_with_its_finding() -> None:
    early = booked(NEWS, slots=[a_slot(NEWS, once("04:55"))])
    mourning = a_programme("tang", kind=Kind.MOURNING)

    assert codes(why_at(case(early), at("04:56")).contenders[0]) == ["why.approved", "regulation.outside_hours"]
    forbidden = why_at(case(booked(mourning, slots=[a_slot(mourning, once("06:00"))])), at("06:00"))
    assert codes(forbidden.contenders[0])[-1] == "regulation.kind_not_allowed"


def test_an_override_is_told_with_its_reason() -> None:
    schedule = booked(NEWS, slots=[a_slot(NEWS, once("04:30"))])
    (record,) = (given[0].record for given in schedule.approvals.values())
    override = Override(
        station=SON_HA,
        slot=schedule.slots[0].id,
        record=record,
        day=MONDAY,
        earliest=time(4),
        latest=time(5),
        reason="Bão số 12",
    )

    told = why_at(case(replace(schedule, overrides=(override,))), at("04:35"))

    assert told.plays is not None
    assert codes(told) == ["why.approved", "why.override", "why.alone"]


def test_what_has_expired_is_told() -> None:
    old = a_programme("cu", valid_until=at("05:00"))

    told = why_at(case(booked(old, slots=[a_slot(old, once("05:30"))])), at("05:30"))

    assert "programme.expired" in codes(told.contenders[0])


def test_a_language_the_zone_does_not_speak_is_told() -> None:
    hre = a_programme("hre", languages=["hre"])
    both = a_zone("lang-moi", "kdh", "hre")

    none = why_at(case(booked(hre, slots=[a_slot(hre, once("05:30"))])), at("05:30"))
    second = why_at(case(booked(hre, slots=[a_slot(hre, once("05:30"))], zones=[both])), at("05:30"))

    assert codes(none.contenders[0]) == ["language.none"]
    assert codes(second)[0] == "language.not_first"


def test_the_loser_is_told_to_whom_and_by_which_row_and_the_winner_too() -> None:
    storm = a_programme("bao", 10 * MINUTE, level=Level.PRIORITY)
    schedule = booked(NEWS, storm, slots=[a_slot(NEWS, once("05:30")), a_slot(storm, once("05:35"))])

    told = why_at(case(schedule), at("05:37"))

    winner, loser = told.contenders
    assert (winner.title, winner.hearing) == (storm.title, Hearing.WHOLE)
    assert codes(winner)[-1] == "why.before.level"
    assert (loser.title, loser.hearing, loser.heard) == (NEWS.title, Hearing.PART, (span("05:30", "05:35"),))
    assert codes(loser)[-2:] == ["why.after.level", "conflict.cut"]
    assert dict(loser.rules[-2].values) == {"title": storm.title}


def test_a_relay_is_told_whole_with_the_parts_after_an_interruption() -> None:
    relay = a_relay()
    storm = a_programme("bao", 5 * MINUTE, level=Level.PRIORITY)
    schedule = booked(relay, storm, slots=[a_slot(relay, once("05:30"), lasts=HOUR / 2), a_slot(storm, once("05:40"))])

    rest = why_at(case(schedule), at("05:50"))

    assert rest.plays is not None
    (told,) = (each for each in rest.contenders if each.title == relay.title)
    assert told.heard == (span("05:30", "05:40"), span("05:45", "06:00"))
    assert told.hearing is Hearing.PART
    assert why_occurrence(case(schedule), rest.plays.occurrence, at("05:50")) == told


def test_an_item_of_the_running_order_that_finds_no_air_is_told_to_whom_it_gives_way() -> None:
    morning = a_template("05:30", "05:40", a_place("thong-bao", minutes=5), a_place("ket", fixed="ket", timed="05:35"))
    first, second, closing = a_programme("a", 5 * MINUTE), a_programme("b", 5 * MINUTE), a_programme("ket", 5 * MINUTE)
    schedule = a_schedule(
        programmes=[first, second, closing],
        slots=[a_slot(first, in_places("thong-bao")), a_slot(second, in_places("thong-bao", order=1))],
        templates=[morning],
    )
    (lost,) = _noted(schedule)

    told = why_occurrence(case(schedule), lost, at("05:30"))

    assert told is not None
    assert (told.title, told.hearing, codes(told)[-1]) == (second.title, Hearing.NOT, "conflict.lost")
    assert codes(told)[-2].startswith("why.after.")


def test_minutes_of_the_day_leave_out_the_latest() -> None:
    strict = a_regulation(minutes_a_day=10)
    more = a_programme("b", 5 * MINUTE)
    schedule = booked(
        NEWS, more, slots=[a_slot(NEWS, once("05:30")), a_slot(more, once("06:00"))], regulations=[strict]
    )

    told = why_at(case(schedule), at("06:01"))

    assert codes(told.contenders[0])[-1] == "regulation.day_too_long"


def test_what_was_released_too_late_is_told() -> None:
    told = why_at(case(booked(NEWS, slots=[a_slot(NEWS, once("05:30"))]), now=at("05:32")), at("05:35"))

    assert codes(told.contenders[0])[-1] == "planning.too_late"


def test_what_is_in_the_rundown_but_booked_no_more_is_told_as_such() -> None:
    (item,) = (
        Planner(booked(NEWS, slots=[a_slot(NEWS, once("05:30"))]), span("00:00", "23:00")).plan(ZONE, now=NIGHT).items
    )
    emptied = case(booked(slots=[]), now=at("06:00"), history=[item])

    told = why_at(emptied, at("05:35"))

    assert (told.plays, codes(told)) == (item, ["why.planned_before"])
    alone = why_occurrence(emptied, item.occurrence, at("05:35"))
    assert alone is not None
    assert codes(alone) == ["why.planned_before"]


def test_an_order_of_silence_goes_before_everything_but_not_into_the_past() -> None:
    schedule = booked(NEWS, slots=[a_slot(NEWS, once("05:30"))])
    until = Silence(audience="zone:lang-moi", number=1, ordered=True, until=at("05:40"))
    endless = replace(until, until=None)

    for order, code in ((until, "why.silenced_until"), (endless, "why.silenced")):
        told = why_at(case(schedule, silences=[order]), at("05:35"))
        assert (told.silenced, codes(told)[0]) == (True, code)
        assert told.plays is not None
    assert not why_at(case(schedule, silences=[endless], now=at("06:00")), at("05:35")).silenced


def test_an_unknown_occurrence_has_no_reason() -> None:
    assert why_occurrence(case(booked(slots=[])), OccurrenceId("none"), at("05:30")) is None


def claim(**more: object) -> Claim:
    about: dict[str, object] = {
        "occurrence": OccurrenceId("m"),
        "level": Level.ORDINARY,
        "exact": True,
        "start": at("05:30"),
        "length": MINUTE,
        "latest_start": at("05:30"),
        "limit": at("06:00"),
    }
    return Claim(**{**about, **more})  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("row", "stronger"),
    [
        ("level", {"level": Level.PRIORITY}),
        ("order", {"rank": 0}),
        ("exact", {}),
        ("begun", {"begun": True}),
        ("start", {"start": at("05:29"), "latest_start": at("05:29")}),
        ("id", {"occurrence": OccurrenceId("a")}),
    ],
)
def test_the_first_row_that_tells_two_claims_apart_decides(row: str, stronger: dict[str, object]) -> None:
    weaker = claim(exact=row != "exact")

    assert deciding_row(claim(**stronger), weaker) == row


def test_the_weaker_goes_first_only_where_the_other_waits_or_it_has_begun() -> None:
    weaker = claim(start=at("05:40"), latest_start=at("05:40"))

    assert deciding_row(weaker, claim(follows=True)) == "next"
    assert deciding_row(weaker, claim()) == "begun"


def test_every_row_of_strength_has_a_name() -> None:
    assert len(ROWS) == len(claim().strength)


def _noted(schedule: Schedule) -> list[OccurrenceId]:
    plan = Planner(schedule, span("00:00", "23:00")).plan(ZONE, now=NIGHT)
    return [note.occurrence for note in plan.notes if note.occurrence is not None]
