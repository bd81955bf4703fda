"""One alarm for each cause: what is put together, what is told, when it ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from schedules.ids import LoudspeakerId, PersonId, UnitId, ZoneId
from schedules.times import DAY
from schedules.unit import Zone
from server.readiness_records import Alarm
from server.services.causes import ALONE_AFTER, MANY, WELL_FOR, Cause, Known, Situation, causes, updated
from server.services.keys import Expiry
from tests.server.services.radio import DAWN

MINUTE = timedelta(minutes=1)
NOW = DAWN + timedelta(hours=1)
SON_HA, SON_LINH = UnitId("son-ha"), UnitId("son-linh")


def known(name: str, gone: int | None = None, *, place: str = "Làng Mới", station: UnitId = SON_HA) -> Known:
    """Give a loudspeaker that is gone since some minutes after dawn, or there."""
    zone = Zone(id=ZoneId(f"{station}-{place}"), station=station, unit=station, name=place)
    since = None if gone is None else DAWN + gone * MINUTE
    return Known(loudspeaker=LoudspeakerId(name), name=name.upper(), place=f"Thôn {place}", zone=zone, gone_since=since)


def found(*of: Known, **more: object) -> list[tuple[str, UnitId | None, tuple[str, ...]]]:
    situation = Situation(now=NOW, known=of, **more)  # type: ignore[arg-type]  # fields by name
    return [(each.code, each.unit, each.subjects) for each in causes(situation)]


def cause(code: str = "alarm.power", *subjects: str, unit: UnitId | None = SON_HA) -> Cause:
    named = tuple(LoudspeakerId(each) for each in subjects)
    return Cause(code=code, unit=unit, since=DAWN, remedy="remedy.ask_power", subjects=named)


def alarm(name: str = "1", code: str = "alarm.power", *subjects: str, **more: object) -> Alarm:
    named = tuple(LoudspeakerId(each) for each in subjects)
    told = Alarm(
        id=name,
        code=code,
        unit=SON_HA,
        subjects=named,
        values=(),
        remedy="remedy.ask_power",
        began=DAWN,
        most=len(named),
    )
    return replace(told, **more)  # type: ignore[arg-type]  # fields by name


def ids() -> Iterator[str]:
    return (f"new-{number}" for number in count(1))


def test_where_all_is_well_there_is_no_cause() -> None:
    assert found(known("p"), known("q")) == []


def test_all_of_a_hamlet_gone_within_minutes_is_one_cause_that_says_how_many_since_when() -> None:
    lost = [known(f"p{number}", number % 4) for number in range(7)]
    situation = Situation(now=NOW, known=(*lost, known("far", place="Gò Sim")))

    (power,) = causes(situation)

    assert (power.code, power.unit, len(power.subjects), power.since) == ("alarm.power", SON_HA, 7, DAWN)
    assert dict(power.values) == {"places": "Thôn Làng Mới", "count": 7, "since": DAWN}


def test_part_of_a_hamlet_is_told_as_less_sure() -> None:
    assert found(known("p", 0), known("q", 1), known("r")) == [("alarm.together", SON_HA, ("p", "q"))]


def test_one_alone_is_a_cause_of_its_own_after_some_minutes() -> None:
    at_once = int((NOW - DAWN - ALONE_AFTER) / MINUTE) + 1

    assert found(known("p", at_once), known("q")) == []
    assert found(known("p", at_once - 1), known("q")) == [("alarm.alone", SON_HA, ("p",))]


def test_what_is_gone_for_a_known_reason_is_no_cause_and_hides_no_other() -> None:
    excused = replace(known("p", 0), excused=True)

    assert found(excused, known("q")) == []
    assert found(excused, known("q", 0), known("r", 1)) == [("alarm.power", SON_HA, ("q", "r"))]


def test_nearly_everybody_of_several_stations_at_once_is_the_line_and_the_rest_is_told_apart() -> None:
    lost = [known(f"p{number}", 30, station=(SON_HA, SON_LINH)[number % 2]) for number in range(8)]
    earlier = known("q", 0, place="Gò Sim")

    assert found(*lost, earlier, known("r")) == [
        ("alarm.everywhere", None, tuple(sorted(each.loudspeaker for each in lost))),
        ("alarm.alone", SON_HA, ("q",)),
    ]


def test_everybody_of_one_station_is_power_and_not_the_line() -> None:
    assert [code for code, _, _ in found(*(known(f"p{number}", 0) for number in range(9)))] == ["alarm.power"]


def test_without_a_line_nothing_is_said_of_loudspeakers() -> None:
    lost = [known("p", 0), known("q", 0)]

    assert found(*lost, line_lost_at=NOW - MINUTE) == [("alarm.line", None, ())]
    assert found(*lost, line_lost_at=NOW) == []


def test_a_rundown_that_many_refuse_for_one_reason_is_one_cause() -> None:
    refusing = [
        replace(known(f"p{number}", station=station), refused="wire.unknown_key")
        for number, station in enumerate((SON_HA, SON_HA, SON_LINH))
    ]
    other = replace(known("q"), refused="wire.expired")

    assert found(*refusing, other) == [
        ("alarm.refused", SON_HA, ("q",)),
        ("alarm.refused", None, ("p0", "p1", "p2")),
    ]


def test_one_fault_at_many_is_one_cause_and_at_few_one_each() -> None:
    few = [replace(known(f"p{number}"), faults=("sim.data_exhausted", "behind.some")) for number in range(2)]
    many = [replace(known(f"p{number}"), faults=("sound.no_device",)) for number in range(MANY)]

    assert found(*few) == [("sim.data_exhausted", SON_HA, ("p0",)), ("sim.data_exhausted", SON_HA, ("p1",))]
    assert found(*many) == [("sound.no_device", SON_HA, tuple(f"p{number}" for number in range(MANY)))]


def test_certificates_that_end_are_one_cause() -> None:
    ending = [replace(known(name), certificate_expires=NOW + days * DAY) for name, days in (("p", 19), ("q", 3))]
    situation = Situation(now=NOW, known=(*ending, replace(known("r"), certificate_expires=NOW + 20 * DAY)))

    (told,) = causes(situation)

    assert (told.code, told.subjects) == ("alarm.certificates", ("p", "q"))
    assert dict(told.values) == {"count": 2, "expires": NOW + 3 * DAY}


def test_keys_floods_and_forks_are_told() -> None:
    keys = Expiry("keys.end_in_days", NOW + 3 * DAY, 3)
    flooding, forked = frozenset({LoudspeakerId("p")}), frozenset({LoudspeakerId("q")})

    assert found(known("p"), known("q"), keys=keys, flooding=flooding, forked=forked) == [
        ("keys.end_in_days", None, ()),
        ("alarm.flooded", SON_HA, ("p",)),
        ("alarm.forked", SON_HA, ("q",)),
    ]


def test_a_cause_that_is_new_begins_an_alarm() -> None:
    assert updated([], [cause("alarm.power", "p", "q")], NOW, ids()) == (alarm("new-1", "alarm.power", "p", "q"),)


def test_one_that_is_the_same_changes_nothing() -> None:
    assert updated([alarm("1", "alarm.power", "p", "q")], [cause("alarm.power", "p", "q")], NOW, ids()) == ()


def test_one_that_grows_and_shrinks_stays_one_and_remembers_the_most() -> None:
    (grown,) = updated([alarm("1", "alarm.power", "p", "q")], [cause("alarm.power", "p", "q", "r")], NOW, ids())
    (shrunk,) = updated([grown], [cause("alarm.together", "r")], NOW, ids())

    assert (grown.id, grown.count, grown.most) == ("1", 3, 3)
    assert (shrunk.id, shrunk.code, shrunk.count, shrunk.most) == ("1", "alarm.together", 1, 3)


def test_causes_at_other_loudspeakers_are_other_alarms() -> None:
    (begun,) = updated(
        [alarm("1", "alarm.power", "p")],
        [cause("alarm.power", "p"), cause("alarm.power", "q")],
        NOW,
        ids(),
    )

    assert (begun.id, begun.subjects) == ("new-1", ("q",))


def test_other_kinds_of_trouble_are_never_taken_for_one() -> None:
    changed = updated([alarm("1", "alarm.flooded", "p")], [cause("alarm.alone", "p")], NOW, ids())

    assert [each.id for each in changed] == ["new-1", "1"]


def test_an_alarm_ends_when_its_cause_was_not_seen_for_some_minutes() -> None:
    (well,) = updated([alarm("1", "alarm.power", "p")], [], NOW, ids())
    assert (well.well_since, well.ended) == (NOW, None)
    assert updated([well], [], NOW + WELL_FOR - MINUTE, ids()) == ()

    (over,) = updated([well], [], NOW + WELL_FOR, ids())

    assert over.ended == NOW


def test_one_that_comes_back_meanwhile_goes_on_and_keeps_who_saw_it() -> None:
    well = alarm("1", "alarm.power", "p", well_since=NOW, seen_by=PersonId("x"), seen_at=NOW)

    (again,) = updated([well], [cause("alarm.power", "p")], NOW + MINUTE, ids())

    assert (again.id, again.well_since, again.seen_by) == ("1", None, PersonId("x"))


POLES = st.lists(
    st.tuples(
        st.sampled_from(["Làng Mới", "Gò Sim", "Đồng Bằng"]),
        st.sampled_from([SON_HA, SON_LINH]),
        st.none() | st.integers(0, 59),
        st.booleans(),
    ),
    max_size=12,
)


def situation_of(poles: list[tuple[str, UnitId, int | None, bool]]) -> Situation:
    """Give loudspeakers by their place, station, when they were lost, and whether that is excused."""
    placed = [
        replace(known(f"p{number}", gone, place=place, station=station), excused=excused)
        for number, (place, station, gone, excused) in enumerate(poles)
    ]
    return Situation(now=NOW, known=tuple(placed))


@given(POLES)
def test_no_loudspeaker_is_in_two_causes_and_whoever_is_lost_for_long_is_in_one(
    poles: list[tuple[str, UnitId, int | None, bool]],
) -> None:
    situation = situation_of(poles)
    told = [each for found in causes(situation) for each in found.subjects]
    lost = {
        each.loudspeaker
        for each in situation.known
        if not each.excused and each.gone_since is not None and NOW - each.gone_since >= ALONE_AFTER
    }

    assert len(told) == len(set(told))
    assert lost <= set(told)


@given(POLES, POLES)
def test_alarms_settle_at_once_whatever_was_open_before(
    before: list[tuple[str, UnitId, int | None, bool]], after: list[tuple[str, UnitId, int | None, bool]]
) -> None:
    drawn = ids()
    standing = {each.id: each for each in updated([], causes(situation_of(before)), NOW, drawn)}
    standing |= {each.id: each for each in updated(standing.values(), causes(situation_of(after)), NOW, drawn)}

    assert updated(standing.values(), causes(situation_of(after)), NOW, drawn) == ()


def test_two_devices_with_one_key_are_one_cause_whatever_else_tells_of_them() -> None:
    copied = replace(known("p"), twins=True, faults=("link.taken_over",))

    assert found(copied, forked=frozenset({LoudspeakerId("p")})) == [("device.twins", SON_HA, ("p",))]
    assert found(replace(copied, twins=False)) == [("link.taken_over", SON_HA, ("p",))]


def test_without_the_brokers_word_a_power_cut_is_one_alarm_from_the_first_that_is_missed_to_the_last() -> None:
    def at(minute: int) -> tuple[Cause, ...]:
        """Give the causes some minutes after dawn; three were heard last at 0, 20 and 40, and are due after an hour."""
        of = []
        for name, last in (("p", 0), ("q", 20), ("r", 40)):
            due = DAWN + (last + 60) * MINUTE
            gone = DAWN + minute * MINUTE > due
            of.append(replace(known(name, last if gone else None), gone_by=due))
        return causes(Situation(now=DAWN + minute * MINUTE, known=(*of, known("far", place="Gò Sim"))))

    standing: dict[str, Alarm] = {}
    numbers = ids()
    for minute in (61, 81, 101):
        for each in updated(standing.values(), at(minute), DAWN + minute * MINUTE, numbers):
            standing[each.id] = each

    (only,) = standing.values()
    assert (only.code, only.subjects, only.ended) == ("alarm.power", ("p", "q", "r"), None)
    assert dict(only.values)["since"] == DAWN + 40 * MINUTE


def test_a_province_that_fell_silent_without_the_brokers_word_is_everywhere() -> None:
    def lost(name: str, last: int, station: UnitId) -> Known:
        return replace(known(name, last, station=station), gone_by=DAWN + (last + 60) * MINUTE)

    gone = [lost(f"p{n}", n * 5, SON_HA if n % 2 else SON_LINH) for n in range(2 * MANY)]
    situation = Situation(now=DAWN + timedelta(hours=3), known=tuple(gone))

    assert [each.code for each in causes(situation)] == ["alarm.everywhere"]
