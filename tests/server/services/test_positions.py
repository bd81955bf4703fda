"""Where a loudspeaker stands: as people type it, within Vietnam, kept with a line of the audit trail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.ids import LoudspeakerId
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import loudspeakers, positions
from server.services.positions import EASTMOST, NORTHMOST, SOUTHMOST, WESTMOST, Position, read, written
from server.values import Loudspeaker, Person
from tests.server.services.radio import ADMINISTRATOR, GATE, INSPECTOR, NEIGHBOUR, OFFICER, TECHNICIAN, Radio

HERE = (14.98735, 108.4712)


def puts(radio: Radio, position: Position | None, by: Person = TECHNICIAN, seen: str = "") -> Loudspeaker:
    stored = radio.store.kept.loudspeakers[GATE]
    seen = seen or loudspeakers.seen_as(stored)
    return positions.put(radio.store, radio.clock, by, GATE, position=position, seen=seen)


@pytest.mark.parametrize(
    ("north", "east"),
    [
        ("14.98735", "108.4712"),
        (" 14,98735 ", "108,4712°"),
        ("14.98735, 108.4712", ""),
        ("14.98735,108.4712", " "),
        ("14,98735; 108,4712", ""),
        ("14,98735, 108,4712", ""),
        ("14.98735 108.4712", ""),
        ("14.98735, 108.4712", "107.2"),
        ("13.5", "14.98735, 108.4712"),
    ],
)
def test_it_is_read_as_people_type_it_or_paste_it_from_a_map(north: str, east: str) -> None:
    assert read(north, east) == HERE


@given(st.floats(SOUTHMOST, NORTHMOST), st.floats(WESTMOST, EASTMOST))
def test_whatever_is_written_is_read_again(north: float, east: float) -> None:
    kept = read(f"{north:.6f}", f"{east:.6f}")

    assert kept is not None
    assert read(written(kept), "") == kept


def test_nothing_is_no_position() -> None:
    assert read(" ", "") is None
    assert written(None) == ""


@pytest.mark.parametrize(
    ("north", "east", "code", "field"),
    [
        ("14.98", "", "position.half", "east"),
        ("", "108.4", "position.half", "north"),
        ("14°59'14\"B", "108.4", "position.number", "north"),
        ("14.98", "nan", "position.number", "east"),
        ("1e1", "108.4", "position.number", "north"),
        ("108.4712", "14.98735", "position.swapped", "north"),
        ("48.85", "2.35", "position.outside", "north"),
        ("-14.98", "108.47", "position.outside", "north"),
        ("14.98", "117.51", "position.outside", "north"),
    ],
)
def test_what_is_none_is_refused_in_words_at_its_field(north: str, east: str, code: str, field: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        read(north, east)

    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize("place", [(8.56, 104.83), (23.39, 105.32), (16.53, 111.61), (7.02, 113.83), (8.64, 111.92)])
def test_the_whole_country_is_inside_its_islands_too(place: Position) -> None:
    assert positions.judged(*place) == place


@pytest.mark.parametrize("by", [TECHNICIAN, ADMINISTRATOR])
def test_who_looks_after_it_says_where_it_stands_and_its_device_is_not_told(radio: Radio, by: Person) -> None:
    told = dict(radio.store.kept.assignments)

    puts(radio, HERE, by)
    puts(radio, HERE, by)
    puts(radio, None, by)

    assert radio.store.kept.loudspeakers[GATE].position is None
    first, second = radio.store.kept.audit[-2:]
    assert (first.action, first.details) == ("loudspeaker.placed", {"before": "", "after": "14.987350, 108.471200"})
    assert second.details == {"before": "14.987350, 108.471200", "after": ""}
    assert dict(radio.store.kept.assignments) == told


@pytest.mark.parametrize("by", [OFFICER, INSPECTOR, NEIGHBOUR])
def test_nobody_else_does(radio: Radio, by: Person) -> None:
    with pytest.raises(NotAllowed):
        puts(radio, HERE, by)

    assert radio.store.kept.loudspeakers[GATE].position is None


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(radio: Radio) -> None:
    seen = loudspeakers.seen_as(radio.store.kept.loudspeakers[GATE])
    puts(radio, HERE)

    with pytest.raises(Stale):
        puts(radio, (15.0, 108.0), seen=seen)
    with pytest.raises(NotFound):
        positions.put(radio.store, radio.clock, TECHNICIAN, LoudspeakerId("none"), position=HERE, seen="")
    with pytest.raises(Unacceptable, match=r"position\.outside"):
        puts(radio, (float("nan"), 108.0))
