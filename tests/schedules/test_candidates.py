"""What a zone's candidates are: approved, in its language, in their places, and why others are not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.candidate import Candidate
from schedules.candidates import Candidates
from schedules.ids import ChannelId, ProgrammeId, TemplateId, ZoneId
from schedules.occurrence import exact, in_place
from schedules.programme import Kind, Level, Programme, Relay, State, Variant
from schedules.rundown import Played, Relayed
from schedules.schedule import Note, Schedule
from schedules.slot import Slot
from schedules.times import DAY, Span, local_midnight
from schedules.unit import Target, Zone
from tests.schedules.given import (
    GO_SIM,
    HOUR,
    LANG_MOI,
    MINUTE,
    MONDAY,
    PROVINCE,
    SECOND,
    SON_TAY,
    ZONE,
    a_place,
    a_programme,
    a_recording,
    a_regulation,
    a_relay,
    a_schedule,
    a_slot,
    a_template,
    a_zone,
    approve,
    at,
    daily,
    in_places,
    nine_days,
    once,
)

ONE_DAY = Span(nine_days().start, nine_days().start + DAY - SECOND)
NEWS = a_programme("ban-tin", 12 * MINUTE, kind=Kind.BULLETIN)
SIGNAL = a_programme("nhac-hieu", MINUTE, kind=Kind.SIGNAL)
MUSIC = a_programme("nhac", 4 * MINUTE, kind=Kind.MUSIC)
VOV = a_relay("vov1")
IN_NEWS = a_slot(NEWS, in_places("ban-tin"))
MORNING = a_template(
    "05:30",
    "06:30",
    a_place("nhac-hieu", fixed="nhac-hieu"),
    a_place("ban-tin"),
    a_place("nhac", fixed="nhac", filler=True),
    a_place("tiep-song", fixed="vov1", timed="06:00", minutes=29),
)
PROGRAMMES = (NEWS, SIGNAL, MUSIC, VOV)


def found(schedule: Schedule, zone: Zone = ZONE, span: Span = ONE_DAY) -> tuple[list[Candidate], list[Note]]:
    return Candidates(schedule, span).of(zone, schedule.regulations[0])


def titles(schedule: Schedule, zone: Zone = ZONE) -> list[str]:
    return [candidate.programme.id for candidate in found(schedule, zone)[0]]


def notes(schedule: Schedule, zone: Zone = ZONE) -> list[tuple[str, str]]:
    return [(note.title, note.code) for note in found(schedule, zone)[1]]


def session(*slots: Slot, programmes: Sequence[Programme] = PROGRAMMES, zones: Sequence[Zone] = (ZONE,)) -> Schedule:
    return a_schedule(programmes=programmes, slots=slots, templates=[MORNING], zones=zones)


def test_an_approved_slot_is_a_claim_at_its_second() -> None:
    slot = a_slot(NEWS, once("05:31"), wait=5 * MINUTE)

    candidates, told = found(a_schedule(programmes=[NEWS], slots=[slot]))

    assert told == []
    assert len(candidates) == 1
    claim = candidates[0].claim
    assert claim.occurrence == exact(slot.id, at("05:31"))
    assert (claim.start, claim.length, claim.latest_start, claim.limit) == (
        at("05:31"),
        12 * MINUTE,
        at("05:36"),
        at("05:48"),
    )
    assert claim.exact
    assert not claim.rejoins
    assert candidates[0].begins_by == at("05:36")
    assert candidates[0].sound == Played((a_recording(12 * MINUTE, "ban-tinvi"),))


def test_a_wait_without_its_policy_does_not_count() -> None:
    slot = replace(a_slot(NEWS, once("05:31")), wait=5 * MINUTE)

    claim = found(a_schedule(programmes=[NEWS], slots=[slot]))[0][0].claim

    assert (claim.latest_start, claim.limit) == (at("05:31"), at("05:43"))


def test_a_relay_lasts_what_its_slot_says_and_without_that_it_is_none() -> None:
    slot = a_slot(VOV, once("06:00"), lasts=29 * MINUTE)
    schedule = a_schedule(programmes=[VOV], slots=[slot])

    candidate = found(schedule)[0][0]

    assert (candidate.claim.length, candidate.claim.rejoins) == (29 * MINUTE, True)
    assert candidate.sound == Relayed(ChannelId("vov1"))
    endless = approve(replace(schedule, slots=(replace(slot, lasts=None),)))
    assert found(endless)[0] == []


def test_the_fallback_of_a_relay_is_the_one_in_its_record() -> None:
    own = a_recording(HOUR, "rieng")
    relay = a_relay("vov1", variants=(Variant("vi", Relay(ChannelId("vov1"), own)),))
    slot = a_slot(relay, once("06:00"), lasts=MINUTE)

    schedule = a_schedule(programmes=[relay], slots=[slot])

    assert found(schedule)[0][0].sound == Relayed(ChannelId("vov1"), own)


def test_a_claim_ends_when_its_programme_is_no_longer_valid() -> None:
    notice = a_programme("dien", 10 * MINUTE, valid_until=at("05:35"))
    in_session = session(a_slot(notice, in_places("ban-tin")), programmes=(*PROGRAMMES, notice))

    assert found(a_schedule(programmes=[notice], slots=[a_slot(notice, once("05:31"))]))[0][0].claim.limit == at(
        "05:35"
    )
    assert found(in_session)[0][1].claim.limit == at("05:35")


@pytest.mark.parametrize("place", [None, "ban-tin"])
def test_what_is_not_approved_is_no_candidate_and_says_so(place: str | None) -> None:
    slot = a_slot(NEWS, in_places(place) if place else once("05:31"))
    schedule = a_schedule(programmes=[NEWS], slots=[slot], approved=False)

    assert titles(schedule) == []
    assert notes(schedule) == [(NEWS.title, "approval.missing")]
    edited = replace(approve(schedule), programmes={NEWS.id: replace(NEWS, version=2)})
    assert notes(edited) == [(NEWS.title, "approval.missing")]


def test_zones_that_were_added_get_nothing_until_they_are_approved_too() -> None:
    slot = a_slot(NEWS, once("05:31"), target=Target(units=frozenset({LANG_MOI})))
    before = a_schedule(programmes=[NEWS], slots=[slot], zones=[ZONE, a_zone("go-sim")])
    grown = replace(before, slots=(replace(slot, target=Target(units=frozenset({LANG_MOI, GO_SIM}))),))
    shrunk = replace(approve(grown), slots=(slot,))

    assert titles(grown, ZONE) == ["ban-tin"]
    assert titles(grown, a_zone("go-sim")) == []
    assert notes(grown, a_zone("go-sim")) == [(NEWS.title, "approval.missing")]
    assert titles(approve(grown), a_zone("go-sim")) == ["ban-tin"]
    assert titles(shrunk, ZONE) == ["ban-tin"]
    assert titles(shrunk, a_zone("go-sim")) == []
    assert notes(shrunk, a_zone("go-sim")) == []


def test_a_withdrawn_programme_is_nowhere_not_even_in_a_template() -> None:
    withdrawn = replace(SIGNAL, state=State.WITHDRAWN)
    slot = a_slot(replace(NEWS, state=State.WITHDRAWN), once("07:00"))

    schedule = session(slot, IN_NEWS, programmes=(replace(NEWS, state=State.WITHDRAWN), withdrawn, MUSIC, VOV))

    assert titles(schedule) == ["nhac", "vov1"]
    assert notes(schedule) == []


def test_a_slot_of_a_programme_that_is_gone_is_passed_over() -> None:
    schedule = a_schedule(programmes=[NEWS], slots=[a_slot(NEWS, once("05:31"))])

    assert titles(replace(schedule, programmes={})) == []


def test_an_emergency_has_no_slot_and_no_place() -> None:
    urgent = replace(NEWS, level=Level.EMERGENCY)
    fixed = replace(SIGNAL, level=Level.EMERGENCY)

    schedule = session(a_slot(urgent, once("05:31")), programmes=(urgent, fixed, MUSIC, VOV))

    assert titles(schedule) == ["nhac", "vov1"]
    assert sorted(notes(schedule)) == [(NEWS.title, "slot.emergency_level"), (SIGNAL.title, "slot.emergency_level")]


def test_a_zone_is_told_when_it_hears_another_language_or_nothing() -> None:
    hre_first, hre_only = a_zone("go-sim", "hre", "vi"), a_zone("lang-moi", "hre")
    schedule = a_schedule(programmes=[NEWS], slots=[a_slot(NEWS, once("05:31"))], zones=[hre_first, hre_only])

    candidates, told = found(schedule, hre_first)
    assert [candidate.language for candidate in candidates] == ["vi"]
    assert told == [Note(NEWS.title, "language.not_first", (("language", "hre"), ("heard", "vi")), programme=NEWS.id)]
    assert found(schedule, hre_only) == (
        [],
        [Note(NEWS.title, "language.none", (("language", "hre"),), programme=NEWS.id)],
    )


def test_a_zone_hears_its_own_language_without_a_word() -> None:
    both = a_programme("sot-xuat-huyet", languages=("vi", "hre"))
    zones = (a_zone("go-sim", "hre", "vi"), a_zone("dong-bang", "vi"))
    schedule = a_schedule(programmes=[both], slots=[a_slot(both, once("05:46"))], zones=zones)

    heard = [found(schedule, zone) for zone in zones]

    assert [candidates[0].language for candidates, _ in heard] == ["hre", "vi"]
    assert [told for _, told in heard] == [[], []]


def test_a_signal_sounds_whatever_its_language_and_a_bulletin_does_not() -> None:
    hre_only = a_zone("go-sim", "hre")
    fixed_news = replace(
        MORNING, places=(*MORNING.places[:1], a_place("tin", fixed="ban-tin"), a_place("lai", fixed="ban-tin"))
    )

    schedule = a_schedule(programmes=PROGRAMMES, templates=[fixed_news], zones=[hre_only])

    assert titles(schedule, hre_only) == ["nhac-hieu"]
    assert notes(schedule, hre_only) == [(NEWS.title, "language.none")]


def test_a_programme_without_any_sound_is_reported() -> None:
    silent = replace(SIGNAL, variants=())

    schedule = session(programmes=(NEWS, silent, MUSIC, VOV))

    assert titles(schedule) == ["nhac", "vov1"]
    assert notes(schedule) == [(SIGNAL.title, "language.none")]


def test_a_session_is_laid_out_with_ids_of_place_and_day() -> None:
    candidates = found(session(IN_NEWS))[0]

    assert [(each.programme.id, each.claim.start, each.claim.length) for each in candidates] == [
        ("nhac-hieu", at("05:30"), MINUTE),
        ("ban-tin", at("05:31"), 12 * MINUTE),
        ("nhac", at("05:43"), 17 * MINUTE),
        ("vov1", at("06:00"), 29 * MINUTE),
    ]
    place = MORNING.places[1].id
    assert candidates[1].claim.occurrence == in_place(place, MONDAY, IN_NEWS.id)
    assert not candidates[1].claim.exact
    assert candidates[1].claim.latest_start == at("06:00")
    assert candidates[3].claim.rejoins


def test_filler_repeats_itself_as_often_as_its_time_needs() -> None:
    candidates = found(session(IN_NEWS))[0]

    sound = candidates[2].sound
    assert isinstance(sound, Played)
    assert len(sound.recordings) == 5  # four minutes each, for seventeen
    assert sound.duration >= candidates[2].claim.length


def test_an_edit_of_the_sessions_hour_keeps_the_ids() -> None:
    moved = replace(MORNING, starts=MORNING.starts.replace(minute=35))

    before = [each.claim.occurrence for each in found(session(IN_NEWS))[0]]
    schedule = a_schedule(programmes=PROGRAMMES, slots=[IN_NEWS], templates=[moved])

    assert [each.claim.occurrence for each in found(schedule)[0]] == before


def test_what_was_approved_with_the_template_carries_its_record_and_the_rest_its_own() -> None:
    schedule = session(IN_NEWS)
    candidates = found(schedule)[0]

    of_slot, of_template = schedule.approvals[IN_NEWS.id][0].record, schedule.approvals[MORNING.id][0].record
    assert [each.approval for each in candidates] == [of_template, of_slot, of_template, of_template]


def test_a_template_that_is_not_approved_runs_nothing_and_says_so() -> None:
    schedule = session(IN_NEWS)
    without = replace(schedule, approvals={IN_NEWS.id: schedule.approvals[IN_NEWS.id]})
    missing = replace(schedule, programmes={NEWS.id: NEWS})

    assert titles(without) == []
    assert notes(without) == [(MORNING.name, "approval.missing")]
    assert titles(missing) == []
    assert [note.values for note in found(missing)[1]] == [(("programme", ProgrammeId("nhac")),)]
    assert notes(missing) == [(MORNING.name, "approval.programme_missing")]


def test_a_template_of_another_station_or_another_time_says_nothing() -> None:
    elsewhere = replace(MORNING, station=SON_TAY)
    over = replace(MORNING, valid_to=MONDAY - 3 * DAY)
    later = replace(MORNING, valid_from=MONDAY + 30 * DAY)

    for template in (elsewhere, over, later):
        schedule = a_schedule(programmes=PROGRAMMES, templates=[template], approved=False)
        assert found(schedule) == ([], [])


def test_slots_outside_the_span_are_passed_over_without_a_word() -> None:
    past = [
        a_slot(NEWS, daily("05:31", first=MONDAY - 30 * DAY, days=7), name="cũ"),
        a_slot(NEWS, in_places("ban-tin", first=MONDAY - 30 * DAY, days=7), name="cũ 2"),
        a_slot(NEWS, once("05:31", MONDAY + 30 * DAY), name="sau"),
    ]

    assert found(a_schedule(programmes=[NEWS], slots=past, approved=False)) == ([], [])


def test_items_of_one_place_come_in_the_officers_order() -> None:
    notices = [a_programme(f"tb-{n}") for n in range(3)]
    slots = [
        a_slot(notice, in_places("ban-tin", order=order)) for notice, order in zip(notices, [2, 1, 1], strict=True)
    ]

    assert titles(session(*slots, programmes=(*PROGRAMMES, *notices)))[1:4] == ["tb-1", "tb-2", "tb-0"]


def test_an_item_is_in_its_place_on_its_days_only() -> None:
    later = a_slot(NEWS, in_places("ban-tin", first=MONDAY + DAY, days=1))
    days = Span(nine_days().start, nine_days().start + 3 * DAY - SECOND)

    starts = [
        candidate.claim.start
        for candidate in found(session(later), span=days)[0]
        if candidate.programme.id == "ban-tin"
    ]

    assert starts == [at("05:31", MONDAY + DAY)]


def test_the_evening_repeats_the_morning_and_knows_its_own_minutes() -> None:
    evening = a_template(
        "17:00",
        "18:00",
        a_place("lai", repeats="ban-tin"),
        a_place("lai-vov", repeats="tiep-song", minutes=20),
        name="chiều",
    )
    schedule = a_schedule(programmes=PROGRAMMES, slots=[IN_NEWS], templates=[MORNING, evening])

    candidates = found(schedule)[0]

    again = candidates[4:]
    assert [(each.programme.id, each.claim.start, each.claim.length) for each in again] == [
        ("ban-tin", at("17:00"), 12 * MINUTE),
        ("vov1", at("17:12"), 20 * MINUTE),
    ]
    assert again[0].claim.occurrence == in_place(evening.places[0].id, MONDAY, IN_NEWS.id)
    assert again[0].approval == candidates[1].approval
    ids = [each.claim.occurrence for each in candidates]
    assert len(set(ids)) == len(ids)


def test_what_has_no_time_left_stays_a_candidate_but_filler_gives_way() -> None:
    long = replace(NEWS, variants=(Variant("vi", a_recording(40 * MINUTE)),))
    notice = a_programme("tb")
    slots = (a_slot(long, in_places("ban-tin")), a_slot(notice, in_places("ban-tin", order=1)))

    candidates = found(session(*slots, programmes=(long, SIGNAL, MUSIC, VOV, notice)))[0]

    assert [(each.programme.id, each.claim.end - each.claim.start) for each in candidates] == [
        ("nhac-hieu", MINUTE),
        ("ban-tin", 29 * MINUTE),
        ("tb", timedelta(0)),
        ("vov1", 29 * MINUTE),
    ]


def test_zones_of_one_station_with_other_notices_get_another_running_order() -> None:
    notice = a_programme("tb", 2 * MINUTE)
    only_here = a_slot(notice, in_places("ban-tin"), target=Target(zones=frozenset({ZoneId("go-sim")})))
    schedule = session(IN_NEWS, only_here, programmes=(*PROGRAMMES, notice), zones=(ZONE, a_zone("go-sim")))
    candidates = Candidates(schedule, ONE_DAY)

    orders = [
        [(each.programme.id, each.claim.start) for each in candidates.of(zone, schedule.regulations[0])[0]]
        for zone in schedule.zones
    ]

    assert orders[0][2] == ("nhac", at("05:43"))
    assert orders[1][2:4] == [("tb", at("05:43")), ("nhac", at("05:45"))]


def test_what_several_zones_share_is_worked_out_once() -> None:
    slot = a_slot(NEWS, daily("07:00"), target=Target(units=frozenset({PROVINCE})))
    schedule = session(IN_NEWS, slot, zones=(ZONE, a_zone("go-sim")))
    candidates = Candidates(schedule, nine_days())

    first, second = (candidates.parted(zone, schedule.regulations[0]) for zone in schedule.zones)

    assert first.common
    assert all(one is other for one, other in zip(first.common, second.common, strict=True))
    assert (first.own, second.own) == ((), ())


def test_stations_with_another_civil_time_get_other_instants() -> None:
    new_york = a_regulation(time_zone="America/New_York")
    schedule = replace(session(IN_NEWS, a_slot(NEWS, daily("07:00"), name="s2")), regulations=(new_york,))
    midnight = local_midnight(MONDAY, ZoneInfo("America/New_York"))

    candidates = found(schedule, span=Span(midnight, midnight + DAY - SECOND))[0]

    by_start = sorted(each.claim.start for each in candidates)
    assert by_start[0] == at("05:30", zone=ZoneInfo("America/New_York"))
    assert by_start[-1] == at("07:00", zone=ZoneInfo("America/New_York"))


def test_an_old_template_runs_on_until_the_one_that_replaces_it_is_approved() -> None:
    after = replace(MORNING, id=TemplateId("mới"), starts=time(5, 45), replaces=MORNING.id, valid_from=MONDAY)
    schedule = a_schedule(programmes=PROGRAMMES, templates=[MORNING, after])
    waiting = replace(schedule, approvals={MORNING.id: schedule.approvals[MORNING.id]})

    assert found(waiting)[0][0].claim.start == at("05:30")
    assert found(schedule)[0][0].claim.start == at("05:45")
    assert [each.programme.id for each in found(schedule)[0]] == [each.programme.id for each in found(waiting)[0]]


def test_a_place_that_two_orders_share_plays_what_the_order_of_the_day_fixes_there() -> None:
    """The hash of each item is that of the template which runs on its day."""
    tune = a_place("nhac-hieu", fixed="nhac")
    after = replace(
        MORNING, id=TemplateId("mới"), places=(tune, *MORNING.places[1:]), replaces=MORNING.id, valid_from=MONDAY + DAY
    )
    schedule = a_schedule(programmes=PROGRAMMES, templates=[MORNING, after])

    candidates = found(schedule, span=Span(ONE_DAY.start, ONE_DAY.end + DAY))[0]

    opening = [each for each in candidates if each.key == tune.id]
    assert [(each.programme.id, each.claim.start) for each in opening] == [
        ("nhac-hieu", at("05:30")),
        ("nhac", at("05:30", MONDAY + DAY)),
    ]
    assert [each.approval for each in opening] == [
        schedule.approvals[template.id][0].record for template in (MORNING, after)
    ]


def test_zones_for_which_another_order_was_approved_hear_another_thing_in_the_place_they_share() -> None:
    tune, other = a_place("nhac-hieu", fixed="nhac"), a_zone("go-sim")
    after = replace(MORNING, id=TemplateId("mới"), places=(tune,), replaces=MORNING.id, valid_from=MONDAY)
    evening = a_template("17:00", "17:30", a_place("lai", repeats="nhac-hieu"), name="chiều")
    schedule = a_schedule(programmes=PROGRAMMES, templates=[MORNING, after, evening], zones=[ZONE, other])
    only_here = replace(schedule.approvals[after.id][0], zones=frozenset({ZONE.id}))
    schedule = replace(schedule, approvals={**schedule.approvals, after.id: (only_here,)})
    candidates = Candidates(schedule, ONE_DAY)

    heard = [
        [
            each.programme.id
            for each in candidates.of(zone, schedule.regulations[0])[0]
            if each.claim.start >= at("17:00")
        ]
        for zone in schedule.zones
    ]

    assert heard == [["nhac"], ["nhac-hieu"]]
