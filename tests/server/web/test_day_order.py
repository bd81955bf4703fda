"""The lines of a day for the eye: shared ones once, past ones apart, and how they went."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schedules.fills import ByHand
from schedules.ids import LoudspeakerId, OccurrenceId, PlaceId, UnitId, ZoneId
from schedules.programme import Kind, Level
from schedules.reconciliation import Verdict
from schedules.session import Place
from schedules.unit import Zone
from schedules.way import Way
from server.services.day import DayLine, LineState, ZoneGroup
from server.web.day_order import Shared, ordered, parted, shared, tone_of, went

HALF_PAST_FIVE = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ZONES = (("A", 0), ("B", 5))
NEWS, NOTICES = (Place(id=PlaceId(name), name=name, minutes=5, fill=ByHand()) for name in ("Bản tin", "Mục thông báo"))


def a_line(name: str, *, minute: int, place: Place = NEWS, **given: object) -> DayLine:
    starts = HALF_PAST_FIVE + minute * MINUTE
    usual: dict[str, object] = {
        "occurrence": OccurrenceId(name),
        "place": place,
        "slot": None,
        "programme": None,
        "title": name,
        "kind": Kind.NOTICE,
        "level": Level.ORDINARY,
        "language": "vi",
        "starts": starts,
        "ends": starts + MINUTE,
        "wants_until": starts + MINUTE,
        "cut": timedelta(0),
        "state": LineState.OVER,
        "on_air_at": (),
        "verdicts": counts(confirmed=1),
        "loudspeakers": 1,
        "notes": (),
        "unconfirmed": False,
        "way": Way.OWN,
        "order": None,
    }
    return DayLine(**{**usual, **given})  # type: ignore[arg-type]


def counts(**numbers: int) -> dict[Verdict, int]:
    return {each: numbers.get(each.value, 0) for each in Verdict}


def a_group(names: str, *lines: DayLine) -> ZoneGroup:
    zones = tuple(
        Zone(id=ZoneId(name), station=UnitId("son-ha"), unit=UnitId("son-ha"), name=name) for name in names.split()
    )
    return ZoneGroup(zones=zones, lines=lines, free=timedelta(0), silences=(), overrun=timedelta(0))


def names_of(lines: tuple[Shared, ...]) -> list[str]:
    return [each.line.title for each in lines]


def test_what_every_group_hears_is_one_line_with_the_loudspeakers_of_all() -> None:
    groups = [a_group("A B", a_line("tin", minute=0)), a_group("C", a_line("tin", minute=0, loudspeakers=3))]

    (only,) = shared(groups)

    assert only.line.loudspeakers == 4
    assert only.line.verdicts[Verdict.CONFIRMED] == 2
    (sounding,) = only.soundings
    assert sounding.zones == ("A", "B", "C")
    assert sounding.missing == ()


def test_a_line_that_starts_later_in_one_zone_tells_both_times_and_is_over_with_the_last() -> None:
    groups = [a_group("A", a_line("tin", minute=2)), a_group("B", a_line("tin", minute=1))]

    (only,) = shared(groups)

    assert only.zone == ZoneId("B")
    assert only.line.starts == HALF_PAST_FIVE + MINUTE
    assert [(each.zones, each.missing) for each in only.soundings] == [(("B",), ("A",)), (("A",), ("B",))]
    assert only.until == HALF_PAST_FIVE + 3 * MINUTE


def test_what_is_read_twice_in_one_place_stays_two_lines() -> None:
    groups = [a_group(zone, a_line("tin", minute=minute), a_line("tin", minute=minute + 1)) for zone, minute in ZONES]

    first, second = shared(groups)

    assert [each.starts for each in first.soundings] == [HALF_PAST_FIVE, HALF_PAST_FIVE + 5 * MINUTE]
    assert [each.starts for each in second.soundings] == [HALF_PAST_FIVE + MINUTE, HALF_PAST_FIVE + 6 * MINUTE]


def test_another_fate_or_language_is_another_line() -> None:
    here, there = a_line("tin", minute=0), a_line("tin", minute=0, language="hre")
    waits = a_line("tin", minute=0, state=LineState.SUBMITTED)

    found = shared([a_group("A", here), a_group("B", there), a_group("C", waits)])

    assert len(found) == 3
    assert all(each.soundings[0].missing for each in found)


def test_where_it_does_not_sound_is_reckoned_among_the_zones_that_were_named() -> None:
    everyone = (*a_group("A").zones, *a_group("B").zones)

    (only,) = shared([a_group("A", a_line("tin", minute=0))], among=everyone)

    assert only.soundings[0].missing == ("B",)


def test_what_is_past_stands_apart_place_by_place_with_how_it_went() -> None:
    lines = shared(
        [
            a_group(
                "A",
                a_line("tin", minute=0),
                a_line("mất điện", minute=1, verdicts=counts(missed=1)),
                a_line("họp dân", minute=2, place=NOTICES, state=LineState.ON_AIR),
                a_line("tiêm chủng", minute=3, place=NOTICES, state=LineState.PLANNED),
            )
        ]
    )

    order = ordered((NEWS, NOTICES), lines, past_until=HALF_PAST_FIVE + 2.5 * MINUTE)

    ((past_place, past),) = order.past
    ((place, coming),) = order.coming
    assert (past_place, names_of(past)) == (NEWS, ["tin", "mất điện"])
    assert (place, names_of(coming)) == (NOTICES, ["họp dân", "tiêm chủng"])
    assert order.went == {"good": 1, "bad": 1}


def test_what_a_loudspeaker_still_plays_is_not_past() -> None:
    order = parted(
        shared([a_group("A", a_line("tin", minute=0, state=LineState.ON_AIR))]), past_until=HALF_PAST_FIVE + 9 * MINUTE
    )

    assert order.past == ()


def test_of_another_day_nothing_is_parted() -> None:
    lines = shared([a_group("A", a_line("tin", minute=0))])

    assert ordered((NEWS,), lines, past_until=None).past == ()
    assert parted(lines, past_until=None).coming == ((None, lines),)


def test_an_empty_place_is_offered_until_something_after_it_has_sounded() -> None:
    lines = shared([a_group("A", a_line("họp dân", minute=1, place=NOTICES))])

    before = ordered((NEWS, NOTICES), lines, past_until=HALF_PAST_FIVE)
    after = ordered((NEWS, NOTICES), lines, past_until=HALF_PAST_FIVE + 5 * MINUTE)

    assert [place for place, _ in before.coming] == [NEWS, NOTICES]
    assert [place for place, _ in after.past] == [NOTICES]
    assert after.coming == ()


def test_how_it_went_is_told_by_the_worst_and_what_was_never_planned_is_not_counted() -> None:
    released_later = a_line("muộn", minute=0, state=LineState.RELEASED_LATER)
    never_approved = a_line("nháp", minute=0, state=LineState.DRAFT)
    awaited = a_line("chờ", minute=0, verdicts=counts(confirmed=3, awaited=1))

    found = went([released_later, never_approved, awaited, replace(awaited, verdicts=counts(partial=1))])

    assert found == {"bad": 1, "still": 1, "wait": 1}
    assert tone_of(counts(confirmed=5, failed=1)) == "bad"


def test_one_that_is_not_heard_is_past_when_it_would_have_ended() -> None:
    silent = a_line("nháp", minute=0, state=LineState.NOT_HEARD, ends=HALF_PAST_FIVE)
    lines = shared([a_group("A", replace(silent, on_air_at=(LoudspeakerId("a"),)))])

    during = parted(lines, past_until=HALF_PAST_FIVE + 0.5 * MINUTE)
    after = parted(lines, past_until=HALF_PAST_FIVE + MINUTE)

    assert (during.past, after.coming) == ((), ())
