"""The running order of a session: computed times, timed places, filler, repeats, what is cut."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.errors import InvalidValue
from schedules.ids import PlaceId, ProgrammeId, SlotId
from schedules.session import Entry, Line, SessionTemplate, later_places, lay_out, running_on
from schedules.times import DAY
from tests.schedules.given import HA_NOI, MINUTE, MONDAY, a_place, a_template, at

SIGNAL = a_place("nhac-hieu", fixed="nhac-hieu")
NEWS = a_place("ban-tin", minutes=12)
NOTICES = a_place("thong-bao", minutes=3)
MUSIC = a_place("nhac", fixed="nhac", filler=True)
RELAY = a_place("tiep-song", fixed="vov1", timed="06:00", minutes=29)
CLOSING = a_place("loi-ket", fixed="loi-ket")
MORNING = a_template("05:30", "06:30", SIGNAL, NEWS, NOTICES, MUSIC, RELAY, CLOSING)


def entry(name: str, minutes: float) -> Entry:
    return Entry(SlotId(name), ProgrammeId(name), timedelta(minutes=minutes))


def entries(**minutes: list[float]) -> dict[PlaceId, list[Entry]]:
    """Give entries per place, underscores standing for hyphens; `thong_bao=[1, 2]` makes two."""
    return {
        PlaceId(place.replace("_", "-")): [entry(f"{place}-{number}", each) for number, each in enumerate(lengths)]
        for place, lengths in minutes.items()
    }


def shown(lines: tuple[Line, ...]) -> list[tuple[str, str, str]]:
    """Give place, start and end of each line as local wall times."""
    return [
        (line.place.id, f"{line.start.astimezone(HA_NOI):%H:%M:%S}", f"{line.end.astimezone(HA_NOI):%H:%M:%S}")
        for line in lines
    ]


def test_items_follow_each_other_and_a_timed_place_starts_to_the_second() -> None:
    filled = entries(nhac_hieu=[1], ban_tin=[12], thong_bao=[1, 1.5], nhac=[4], tiep_song=[29], loi_ket=[1])

    lines = lay_out(MORNING, MONDAY, HA_NOI, filled)

    assert shown(lines) == [
        ("nhac-hieu", "05:30:00", "05:31:00"),
        ("ban-tin", "05:31:00", "05:43:00"),
        ("thong-bao", "05:43:00", "05:44:00"),
        ("thong-bao", "05:44:00", "05:45:30"),
        ("nhac", "05:45:30", "06:00:00"),
        ("tiep-song", "06:00:00", "06:29:00"),
        ("loi-ket", "06:29:00", "06:30:00"),
    ]
    assert sum((line.cut for line in lines), timedelta(0)) == timedelta(0)


def test_what_runs_over_is_cut_by_the_timed_place_and_says_by_how_much() -> None:
    lines = lay_out(MORNING, MONDAY, HA_NOI, entries(ban_tin=[32], thong_bao=[1], nhac=[4], tiep_song=[29]))

    assert shown(lines) == [
        ("ban-tin", "05:30:00", "06:00:00"),
        ("thong-bao", "06:00:00", "06:00:00"),
        ("nhac", "06:00:00", "06:00:00"),
        ("tiep-song", "06:00:00", "06:29:00"),
    ]
    assert [line.cut for line in lines] == [2 * MINUTE, MINUTE, timedelta(0), timedelta(0)]


def test_nothing_sounds_after_the_end_of_the_session() -> None:
    lines = lay_out(MORNING, MONDAY, HA_NOI, entries(tiep_song=[29], loi_ket=[3]))

    assert shown(lines)[-1] == ("loi-ket", "06:29:00", "06:30:00")
    assert lines[-1].wants_until == at("06:32")
    assert lines[-1].limit == at("06:30")


def test_an_empty_place_takes_no_time() -> None:
    assert lay_out(MORNING, MONDAY, HA_NOI, {}) == ()
    assert shown(lay_out(MORNING, MONDAY, HA_NOI, entries(thong_bao=[1]))) == [("thong-bao", "05:30:00", "05:31:00")]


def test_the_evening_repeats_what_the_morning_place_holds() -> None:
    again = a_place("ban-tin-chieu", repeats="ban-tin")
    evening = a_template("17:00", "18:00", again, name="chiều")

    lines = lay_out(evening, MONDAY, HA_NOI, entries(ban_tin=[12]))

    assert shown(lines) == [("ban-tin-chieu", "17:00:00", "17:12:00")]
    assert lines[0].entry.key == "ban_tin-0"


def test_a_session_may_end_at_midnight() -> None:
    night = a_template("23:00", "00:00", NEWS)

    assert lay_out(night, MONDAY, HA_NOI, entries(ban_tin=[90]))[0].end == at("00:00", MONDAY + DAY)


def test_a_session_keeps_the_walls_clock_where_clocks_change() -> None:
    """On the night that skips 02:00 to 03:00, 02:30 is 03:30; nothing gets a negative time."""
    new_york = ZoneInfo("America/New_York")
    night = a_template("02:30", "03:45", NEWS, replace(RELAY, at=time(3, 10)))

    lines = lay_out(night, date(2026, 3, 8), new_york, entries(ban_tin=[12], tiep_song=[60]))

    assert [line.end - line.start for line in lines] == [timedelta(0), 35 * MINUTE]
    assert lines[1].start == at("03:10", date(2026, 3, 8), new_york)


@pytest.mark.parametrize(
    ("day", "runs"),
    [(date(2026, 11, 22), False), (MONDAY, True), (date(2026, 11, 24), False), (date(2026, 12, 7), False)],
)
def test_a_template_runs_on_its_weekdays_between_its_dates(day: date, runs: bool) -> None:
    mondays = a_template("05:30", "06:30", NEWS, days="0", valid_from=MONDAY, valid_to=date(2026, 12, 7))

    assert mondays.runs_on(day) is runs


@pytest.mark.parametrize(
    ("last", "over"),
    [(None, False), (date(2026, 12, 8), False), (date(2026, 12, 7), True), (MONDAY, True), (date(2026, 11, 1), True)],
)
def test_a_template_is_over_once_no_day_is_left_to_it(last: date | None, over: bool) -> None:
    template = a_template("05:30", "06:30", NEWS, valid_from=MONDAY, valid_to=last)

    assert template.is_over(date(2026, 12, 7)) is over


def test_a_template_without_any_day_is_over_before_it_begins() -> None:
    assert a_template("05:30", "06:30", NEWS, valid_from=MONDAY, valid_to=MONDAY).is_over(date(2026, 11, 1))


def test_a_replacing_template_runs_instead_of_the_old_one_while_it_is_valid() -> None:
    old = a_template("05:30", "06:30", NEWS, name="cũ")
    tet = a_template("06:00", "06:30", NEWS, name="tết", days="02", valid_from=MONDAY, valid_to=MONDAY + 3 * DAY)
    both = (old, replace(tet, replaces=old.id))

    ran = [[each.id for each in running_on(both, MONDAY + number * DAY)] for number in range(-1, 4)]

    assert ran == [["cũ"], ["tết"], [], ["tết"], ["cũ"]]
    assert running_on((old, tet), MONDAY) == (old, tet)


def test_the_evening_has_the_places_of_the_same_names() -> None:
    noon = a_template("11:00", "11:30", a_place("tb-trua"), name="trưa")
    evening = a_template(
        "17:00", "18:00", a_place("tb-chieu"), a_place("khac"), a_place("lai", repeats="x"), name="chiều"
    )
    named = {"tb-trua": "Thông báo", "tb-chieu": "thông báo", "lai": "Thông báo", "thong-bao": "Thông báo"}

    def renamed(template: SessionTemplate) -> SessionTemplate:
        places = tuple(replace(place, name=named.get(place.id, place.name)) for place in template.places)
        return replace(template, places=places)

    day = [renamed(template) for template in (evening, noon, MORNING)]

    assert later_places(day, [NOTICES.id]) == ("tb-trua", "tb-chieu")
    assert later_places(day, [PlaceId("tb-trua")]) == ("tb-chieu",)
    assert later_places(day, [NOTICES.id, PlaceId("tb-trua")]) == ("tb-chieu",)
    assert later_places(day, [PlaceId("tb-chieu")]) == later_places(day, []) == ()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: a_template("06:30", "06:30", NEWS), "session.ends_before_start"),
        (lambda: a_template("06:30", "05:30", NEWS), "session.ends_before_start"),
        (lambda: a_template("05:30", "06:30", NEWS, NEWS), "session.place_twice"),
        (lambda: a_template("05:30", "06:30", a_place("a", timed="05:29")), "session.places_out_of_order"),
        (lambda: a_template("05:30", "06:30", a_place("a", timed="06:30")), "session.places_out_of_order"),
        (
            lambda: a_template("05:30", "06:30", a_place("a", timed="06:00"), a_place("b", timed="05:50")),
            "session.places_out_of_order",
        ),
        (
            lambda: a_template("05:30", "06:30", a_place("a", timed="06:00"), a_place("b", timed="06:00")),
            "session.places_out_of_order",
        ),
        (lambda: a_place("a", minutes=0), "place.minutes"),
    ],
)
def test_a_session_that_makes_no_sense_cannot_exist(wrong: Callable[[], object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.code == code


def test_a_timed_place_may_stand_at_the_very_start() -> None:
    assert a_template("05:30", "06:30", a_place("a", timed="05:30")).places[0].at == time(5, 30)
    assert a_template("23:00", "00:00", a_place("a", timed="23:59")).places[0].at == time(23, 59)
