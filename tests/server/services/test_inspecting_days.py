"""The matrix of places by days: stations as they were counted, zones as they stand."""

import pytest

from schedules.times import DAY
from server.errors import Unacceptable
from server.services import inspecting_days, tallies
from tests.server.services.radio import (
    ADMINISTRATOR,
    GATE,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    Radio,
    in_notices,
    local,
)


@pytest.fixture
def noon(radio: Radio) -> Radio:
    """A notice was planned for the morning at two zones, one loudspeaker played it, and it is seven o'clock."""
    radio.airs("Lịch tiêm chủng", wish=in_notices(LANG_MOI, GO_SIM))
    radio.release_templates()
    radio.issue()
    radio.at(local(7))
    radio.hears(radio.item("Lịch tiêm chủng"), GATE, LANG_MOI)
    return radio


def test_a_station_s_matrix_has_its_zones_and_shares_what_was_told(noon: Radio) -> None:
    matrix = inspecting_days.matrix(noon.store, noon.clock, INSPECTOR, SON_HA, first=MONDAY - DAY, last=MONDAY)

    assert matrix.by_zone
    assert [row.name for row in matrix.rows] == ["Gò Sim", "Làng Mới", "Đồng Bằng"]
    by_name = {row.name: row.cells for row in matrix.rows}
    yesterday, today = by_name["Làng Mới"]
    assert (yesterday.planned, yesterday.share) == (0, None)
    assert (today.played, today.share) == (1, 1.0)
    assert today.planned == today.awaited + 1
    assert by_name["Gò Sim"][1].share is None


def test_a_province_s_matrix_has_its_stations_as_they_were_counted(noon: Radio) -> None:
    tallies.count_due(noon.store, noon.clock)

    matrix = inspecting_days.matrix(
        noon.store, noon.clock, ADMINISTRATOR, QUANG_NGAI, first=MONDAY - 9 * DAY, last=MONDAY
    )

    assert [row.id for row in matrix.rows] == [SON_HA, SON_LINH]
    assert matrix.rows[0].cells[-1].played == 1
    assert matrix.counted_at == noon.clock.now()


def test_a_province_nobody_counted_yet_shows_empty_days(noon: Radio) -> None:
    matrix = inspecting_days.matrix(noon.store, noon.clock, ADMINISTRATOR, QUANG_NGAI, first=MONDAY, last=MONDAY)

    assert {cell.share for row in matrix.rows for cell in row.cells} == {None}
    assert matrix.counted_at is None


def test_a_matrix_has_at_most_a_month(noon: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"inspection.too_many_days"):
        inspecting_days.matrix(noon.store, noon.clock, INSPECTOR, SON_HA, first=MONDAY - 31 * DAY, last=MONDAY)
