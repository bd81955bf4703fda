"""What has begun: the claim it goes on with, what of it is taken up, and what came too late to begin."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from schedules.candidate import Candidate
from schedules.candidates import Candidates
from schedules.history import NOTHING_BEGUN, Begun, begun_by, held_claim, taken_up, too_late
from schedules.hours import Hours
from schedules.ids import ChannelId, ProgrammeId
from schedules.occurrence import rejoined
from schedules.override import Override
from schedules.programme import Kind, Level, Programme, Relay, Variant
from schedules.rundown import Played, Relayed, RundownItem
from schedules.schedule import Note
from schedules.slot import Interrupted, Slot, StartPolicy
from tests.schedules.given import (
    MINUTE,
    MONDAY,
    SECOND,
    SON_HA,
    ZONE,
    a_programme,
    a_recording,
    a_regulation,
    a_relay,
    a_schedule,
    a_slot,
    an_item,
    at,
    nine_days,
    once,
)

NEWS = a_programme("tin", 10 * MINUTE)
REGULATION = a_regulation()  # 05:00 to 21:00
HOURS = Hours([REGULATION], nine_days())


def candidate(slot: Slot, programme: Programme = NEWS) -> Candidate:
    """Give the one candidate of a slot."""
    found, _ = Candidates(a_schedule(programmes=[programme], slots=[slot]), nine_days()).of(ZONE, REGULATION)
    return found[0]


def planned(of: Candidate, begin: str, end: str, offset: timedelta = timedelta(0)) -> RundownItem:
    """Give the item that a rundown holds of a candidate."""
    sound = of.sound
    if isinstance(sound, Played):
        sound = replace(sound, offset_ms=offset // timedelta(milliseconds=1))
    programme = of.programme
    return replace(
        an_item(begin, end, name=of.claim.occurrence, sound=sound, level=programme.level),
        approval=of.approval,
        programme=programme.id,
        title=programme.title,
        kind=programme.kind,
        language=of.language,
        valid_until=programme.valid_until,
    )


def by(now: str, *history: RundownItem, known: Candidate | None = None, since: str = "00:00") -> Begun:
    """Say what of a history has begun, with at most one candidate left."""
    wanted = {} if known is None else {known.claim.occurrence: known}
    return begun_by(at(now), history, wanted, since=at(since), hours=HOURS)


def test_what_ended_before_the_day_is_of_no_interest_and_what_begins_later_has_not_begun() -> None:
    known = candidate(a_slot(NEWS, once("06:00")))
    ended, sounded, later = an_item("05:00", "05:10"), planned(known, "06:00", "06:10"), an_item("06:30", "06:40")

    begun = by("06:20", ended, sounded, later, known=known, since="05:10")

    assert begun == Begun((sounded,), None, frozenset({sounded.occurrence}), {})
    assert by("06:20", ended, since="05:09").over == (ended,)
    assert by("06:00", sounded, known=known).on_air == (sounded, known)
    assert by("06:10", sounded, known=known).on_air is None


@pytest.mark.parametrize(
    "told",
    [
        {"title": "Tên khác"},
        {"programme": ProgrammeId("khac")},
        {"kind": Kind.MUSIC},
        {"level": Level.PRIORITY},
        {"language": "hre"},
        {"valid_until": at("21:00")},
        {"sound": Played((a_recording(10 * MINUTE, "la"),))},
        {"sound": Relayed(ChannelId("vov1"))},
        {"approval": "b" * 64},
    ],
)
def test_a_kept_rundown_that_says_something_else_than_was_approved_is_not_said_again(told: dict[str, Any]) -> None:
    known = candidate(a_slot(NEWS, once("06:00"), wait=10 * MINUTE))
    sounding = planned(known, "06:00", "06:10")
    forged = replace(sounding, **told)
    late = replace(forged, latest_start=at("06:10"), late_until=at("06:20"))

    assert by("06:05", sounding, known=known).on_air == (sounding, known)
    assert by("06:05", forged, known=known).on_air is None
    assert by("06:05", forged, known=known).over == (replace(forged, ends_at=at("06:05")),)
    assert by("06:15", late, known=known).over == (replace(late, late_until=None),)


def test_a_kept_relay_goes_on_with_the_channel_and_fallback_of_its_record_only() -> None:
    own = Relay(ChannelId("vov1"), a_recording(MINUTE, "du-phong"))
    relay = a_relay(variants=(Variant("vi", own),))
    known = candidate(a_slot(relay, once("06:00"), lasts=10 * MINUTE), relay)
    sounding = planned(known, "06:00", "06:10")

    assert by("06:05", sounding, known=known).on_air == (sounding, known)
    for sound in (Relayed(ChannelId("vov1")), Relayed(ChannelId("vov2"), own.fallback), Played((a_recording(),))):
        assert by("06:05", replace(sounding, sound=sound), known=known).on_air is None


def test_what_is_over_may_still_sound_late_only_while_it_is_wanted_as_it_was_approved() -> None:
    known = candidate(a_slot(NEWS, once("06:00"), wait=10 * MINUTE))
    item = replace(planned(known, "06:00", "06:10"), latest_start=at("06:10"), late_until=at("06:20"))
    changed, silent = replace(known, approval="b" * 64), replace(item, late_until=None)

    assert by("06:15", item, known=known).over == (item,)
    assert by("06:15", item, known=changed).over == (silent,)
    assert by("06:15", item).over == (silent,)
    assert by("06:20", item).over == (item,)  # its time is over anyhow


def test_what_sounds_and_is_no_longer_wanted_as_it_was_approved_ends_now() -> None:
    known = candidate(a_slot(NEWS, once("06:00"), wait=10 * MINUTE))
    item = replace(planned(known, "06:00", "06:10"), latest_start=at("06:10"), late_until=at("06:20"))
    changed = replace(known, approval="b" * 64)

    assert by("06:05", item, known=known) == Begun((), (item, known), frozenset({item.occurrence}), {})
    for gone in (changed, None):
        assert by("06:05", item, known=gone).over == (replace(item, ends_at=at("06:05"), late_until=None),)
        assert by("06:05", item, known=gone).heard == {item.occurrence}
        assert by("06:00", item, known=gone) == Begun((), None, frozenset(), {})  # not a second of it was heard


def test_of_what_may_be_taken_up_only_what_was_heard_as_it_is_approved_now_counts() -> None:
    known = candidate(a_slot(NEWS, once("06:00"), interrupted=Interrupted.RESUME))
    first, whole = planned(known, "06:00", "06:03"), known.claim.occurrence
    rest = replace(planned(known, "06:07", "06:09", 3 * MINUTE), occurrence=rejoined(whole, at("06:07")))
    changed = replace(known, approval="b" * 64)

    assert by("06:03", first, known=known).interrupted == {whole: 3 * MINUTE}
    assert by("06:09", first, rest, known=known).interrupted == {whole: 5 * MINUTE}
    assert by("06:09", first, rest, known=known).heard == {whole, rest.occurrence}
    assert by("06:08", first, rest, known=known).interrupted == {whole: 10 * MINUTE}  # it goes on by itself
    assert by("06:05", first, known=changed).interrupted == {whole: 10 * MINUTE}  # another sound by now


def test_what_sounds_contends_for_all_of_its_sound_and_waits_for_nobody() -> None:
    known = candidate(a_slot(NEWS, once("06:00"), start=StartPolicy.NEXT))

    held = held_claim(planned(known, "06:01", "06:03"), known, HOURS)

    assert held == replace(
        known.claim,
        start=at("06:01"),
        latest_start=at("06:01"),
        length=10 * MINUTE,
        heard=timedelta(0),
        follows=False,
        begun=True,
    )


def test_what_was_taken_up_contends_for_the_rest_of_its_sound() -> None:
    known = candidate(a_slot(NEWS, once("06:00"), interrupted=Interrupted.RESUME))
    name = rejoined(known.claim.occurrence, at("06:07"))
    item = replace(planned(known, "06:07", "06:14", 3 * MINUTE), occurrence=name)

    held = held_claim(item, known, HOURS)

    assert (held.occurrence, held.start, held.length, held.heard) == (name, at("06:07"), 7 * MINUTE, 3 * MINUTE)


def test_a_relay_that_sounds_keeps_its_end() -> None:
    relay = a_relay("vov1")
    known = candidate(a_slot(relay, once("06:00"), lasts=30 * MINUTE), relay)
    assert isinstance(known.sound, Relayed)

    held = held_claim(planned(known, "06:05", "06:20"), known, HOURS)

    assert (held.start, held.end, held.heard) == (at("06:05"), at("06:30"), timedelta(0))


def test_what_would_sound_into_closed_hours_keeps_to_what_was_said_unless_it_was_opened_for_it() -> None:
    slot = a_slot(NEWS, once("20:55"), wait=10 * MINUTE)
    known = candidate(slot)
    item = planned(known, "20:55", "20:58")
    override = Override(
        station=SON_HA,
        slot=slot.id,
        record=known.approval,
        day=MONDAY,
        earliest=time(21),
        latest=time(21, 30),
        reason="Vỡ kênh",
    )

    closed = held_claim(item, known, HOURS)
    opened = held_claim(item, known, Hours([REGULATION], nine_days(), [override]))

    assert closed.end == at("20:58")
    assert opened.end == at("21:05")


@pytest.mark.parametrize(
    ("policy", "heard", "now", "left"),
    [
        (Interrupted.RESUME, 3 * MINUTE, "06:07", 7 * MINUTE),
        (Interrupted.RESTART, 3 * MINUTE, "06:07", 10 * MINUTE),
        (Interrupted.RESUME, 10 * MINUTE - SECOND, "06:20", SECOND),
        (Interrupted.RESUME, 10 * MINUTE, "06:10", None),
        (Interrupted.RESUME, 3 * MINUTE, "07:09:59", 7 * MINUTE),
        (Interrupted.RESUME, 3 * MINUTE, "07:10", None),  # an hour after its end its time is over
    ],
)
def test_what_was_interrupted_is_taken_up_while_something_is_left_and_its_time_is_not_over(
    policy: Interrupted, heard: timedelta, now: str, left: timedelta | None
) -> None:
    claim = candidate(a_slot(NEWS, once("06:00"), interrupted=policy)).claim

    rest = taken_up(claim, heard, at(now))

    expected = left and replace(
        claim, start=at(now), asked=at("06:00"), length=left, heard=heard, latest_start=at("07:10")
    )
    assert rest == expected


def test_what_came_too_late_is_told_who_had_the_air_at_its_start() -> None:
    known = candidate(a_slot(NEWS, once("06:00")))
    before, during = an_item("05:50", "06:00", name="truoc"), an_item("05:55", "06:05", name="trong")
    occurrence = known.claim.occurrence

    def told(begun: Begun) -> Note:
        return too_late(known, begun)

    nobody = Note(NEWS.title, "planning.too_late", (), at("06:00"), occurrence)
    lost = Note(NEWS.title, "conflict.lost", (("winner", during.occurrence),), at("06:00"), occurrence)
    assert told(NOTHING_BEGUN) == nobody
    assert told(replace(NOTHING_BEGUN, over=(before,))) == nobody
    assert told(replace(NOTHING_BEGUN, over=(during,))) == lost
    assert told(replace(NOTHING_BEGUN, over=(before,), on_air=(during, known))) == lost
