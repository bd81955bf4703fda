"""The pages of the fleet: a table, and a map that the server draws."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from schedules.ids import UnitId
from schedules.unit import Unit, UnitLevel
from server.readiness_records import Colour
from server.services.fleet import Spot
from server.web.fleet import MARGIN, TALLEST, WIDTH, laid_out
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, NEIGHBOUR, SON_HA, SON_LINH, TECHNICIAN, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]
PAGES = ("", "/map")


def spot(north: float, east: float) -> Spot:
    unit = Unit(id=UnitId("u"), code="u", name="U", level=UnitLevel.COMMUNE, parent=None)
    return Spot(unit=unit, north=north, east=east, colour=Colour.GREEN, count=1)


def test_the_table_has_every_loudspeaker_of_the_unit(visit: Visit) -> None:
    technician, administrator = visit(TECHNICIAN), visit(ADMINISTRATOR)

    assert "Ngã ba chợ" in technician.reads("/fleet")
    assert "Trụ sở Sơn Linh" not in technician.reads("/fleet")
    assert "Trụ sở Sơn Linh" in administrator.reads("/fleet")
    assert "Trụ sở Sơn Linh" not in administrator.reads(f"/fleet?unit={SON_HA}")


def test_it_is_narrowed_by_the_address(visit: Visit) -> None:
    technician = visit(TECHNICIAN)

    found = technician.reads("/fleet?text=nga ba&version=-&colour=grey&colour=nonsense&colour=red&colour=yellow")

    assert "Ngã ba chợ" in found
    assert "Trường học" not in found
    assert "Không có cụm loa nào khớp" in technician.reads("/fleet?text=nowhere")


def test_the_map_shows_where_they_stand_and_says_who_is_missing(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    assert "chưa cụm loa, thôn, xã nào được ghi vị trí" in technician.reads("/fleet/map")
    with store.writing() as uow:
        uow.places.put_units([replace(uow.places.units().by_id[UnitId("thon-lang-moi")], position=(15.0, 108.5))])
        uow.commit()

    drawn = technician.opens("/fleet/map").text

    assert "Thôn Làng Mới" in drawn
    assert 'href="/fleet?unit=thon-lang-moi"' in drawn
    assert "2 cụm loa chưa ghi vị trí" in drawn


def test_north_is_above_and_the_scale_is_true() -> None:
    laid = laid_out([spot(15.0, 108.0), spot(15.2, 108.0), spot(15.0, 108.1)])

    below, above, right = laid.pins
    assert above.y < below.y
    assert right.x > below.x
    assert (below.y - above.y) / (right.x - below.x) == pytest.approx(2.07, abs=0.01)
    assert all(MARGIN <= pin.x <= WIDTH - MARGIN and MARGIN <= pin.y <= TALLEST for pin in laid.pins)
    assert laid.height <= TALLEST


def test_one_spot_stands_in_the_middle() -> None:
    (pin,) = laid_out([spot(15.0, 108.0)]).pins

    assert pin.x == WIDTH / 2


@pytest.mark.parametrize("page", PAGES)
def test_nobody_looks_into_another_s_fleet(visit: Visit, stranger: Visitor, page: str) -> None:
    assert visit(TECHNICIAN).opens(f"/fleet{page}?unit={SON_LINH}").status_code == 404
    assert visit(NEIGHBOUR).opens(f"/fleet{page}?unit={SON_HA}").status_code == 404
    assert visit(NEIGHBOUR).opens(f"/fleet{page}?unit=nowhere").status_code == 404
    assert stranger.opens(f"/fleet{page}").status_code == 302
