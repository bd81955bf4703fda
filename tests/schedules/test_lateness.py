"""How far what begins late may sound: into what is free behind it, inside the hours, and never past its session."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from schedules.candidate import Candidate
from schedules.candidates import Candidates
from schedules.hours import Hours
from schedules.lateness import begins_at_latest, with_room
from schedules.regulation import Regulation, Suspension
from schedules.rundown import RundownItem
from schedules.schedule import Schedule
from schedules.times import DAY
from tests.schedules.given import (
    MINUTE,
    MONDAY,
    SECOND,
    ZONE,
    a_place,
    a_programme,
    a_regulation,
    a_schedule,
    a_slot,
    a_template,
    an_item,
    at,
    hours,
    in_places,
    nine_days,
    once,
)

NEWS = a_programme("tin", 10 * MINUTE)
REGULATION = a_regulation()  # 05:00 to 21:00
WAITS = a_slot(NEWS, once("06:00"), wait=20 * MINUTE)
BOOKED = a_schedule(programmes=[NEWS], slots=[WAITS])


def candidate(schedule: Schedule = BOOKED) -> Candidate:
    """Give the first candidate of a schedule."""
    return Candidates(schedule, nine_days()).of(ZONE, REGULATION)[0][0]


def item_of(of: Candidate, begin: str, end: str, *, by: str) -> RundownItem:
    item = an_item(begin, end, name=of.claim.occurrence, sound=of.sound)
    return replace(item, latest_start=at(by), approval=of.approval, kind=of.programme.kind)


def late_until(
    item: RundownItem,
    *following: RundownItem,
    known: Candidate | None,
    now: str = "00:00",
    regulation: Regulation = REGULATION,
) -> datetime | None:
    """Give until when an item may sound, with what else is planned behind it."""
    wanted = {} if known is None else {known.claim.occurrence: known}
    planned = with_room(
        [item, *following], wanted, Hours([regulation], nine_days()), now=at(now), end=at("00:00", MONDAY + 9 * DAY)
    )
    return planned[0].late_until


def test_what_is_late_may_sound_whole_into_what_is_free_behind_it() -> None:
    known = candidate()
    item = item_of(known, "06:00", "06:10", by="06:20")

    assert late_until(item, known=known) == at("06:30")
    assert late_until(item, an_item("06:25", "06:35"), known=known) == at("06:25")
    assert late_until(item, an_item("06:10", "06:35"), known=known) is None
    assert late_until(replace(item, valid_until=at("06:15")), known=known) == at("06:15")
    assert late_until(replace(item, latest_start=None), known=known) is None


def test_what_goes_on_after_an_interruption_keeps_to_its_end() -> None:
    assert late_until(item_of(candidate(), "06:00", "06:10", by="06:20"), known=None) is None


def test_what_has_ended_keeps_the_room_it_was_given_and_gets_no_more() -> None:
    known = candidate()
    item = replace(item_of(known, "06:00", "06:10", by="06:20"), late_until=at("06:15"))

    assert late_until(item, known=known, now="06:09:59") == at("06:30")
    assert late_until(item, known=known, now="06:10") == at("06:15")
    assert late_until(item, an_item("06:12", "06:35"), known=known, now="06:11") == at("06:12")


def test_what_is_late_keeps_inside_the_hours() -> None:
    known = candidate(a_schedule(programmes=[NEWS], slots=[a_slot(NEWS, once("20:45"), wait=20 * MINUTE)]))

    assert late_until(item_of(known, "20:45", "20:55", by="21:05"), known=known) == at("21:00")


def test_an_item_of_a_session_is_never_late_past_its_session() -> None:
    session = a_template("06:00", "06:15", a_place("tin"))
    slots = [a_slot(NEWS, in_places("tin", days=1), wait=20 * MINUTE)]
    known = candidate(a_schedule(programmes=[NEWS], slots=slots, templates=[session]))

    assert late_until(item_of(known, "06:00", "06:10", by="06:20"), known=known) == at("06:15")


def test_what_would_be_late_into_a_day_on_which_it_is_suspended_is_not_late_at_all() -> None:
    slot = a_slot(NEWS, once("23:45"), wait=20 * MINUTE)
    known = candidate(a_schedule(programmes=[NEWS], slots=[slot], regulations=[REGULATION]))
    suspended = Suspension(
        number="102/CĐ-TTg",
        signed_on=MONDAY,
        signer="Thủ tướng Chính phủ",
        reason="Quốc tang",
        first_day=MONDAY + DAY,
        last_day=MONDAY + DAY,
        kinds=frozenset({NEWS.kind}),
    )
    always = a_regulation(hours("00:00", "00:00"))
    item = item_of(known, "23:45", "23:55", by="23:58")

    assert late_until(item, known=known, regulation=always) == at("00:08", MONDAY + DAY)
    assert late_until(item, known=known, regulation=replace(always, suspensions=(suspended,))) is None


@pytest.mark.parametrize(
    ("wait", "latest"), [(None, None), (timedelta(0), "06:00:02"), (SECOND, "06:00:02"), (MINUTE, "06:01")]
)
def test_a_sound_card_needs_a_moment(wait: timedelta | None, latest: str | None) -> None:
    start = at("06:00")

    found = begins_at_latest(None if wait is None else start + wait, start)

    assert found == (None if latest is None else at(latest))
