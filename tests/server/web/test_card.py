"""The operator's card in both languages, with the station's own facts and lines to write on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

from schedules.regulation import Opening, SessionName, SessionRule
from tests.fakes.store import FakeStore
from tests.server.web.commune import INSPECTOR, NEIGHBOUR, OFFICER, SON_HA, TECHNICIAN, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]
AT_NOON = Opening(
    number="9/QĐ",
    signed_on=date(2026, 11, 20),
    signer="Phạm Văn Lực",
    reason="mùa lũ",
    first_day=date(2026, 11, 24),
    last_day=date(2026, 11, 30),
    rule=SessionRule(session=SessionName.NOON, earliest=time(11, 30), latest=time(12), max_minutes=30),
)


def test_the_card_has_the_facts_of_the_station(visit: Visit) -> None:
    read = visit(INSPECTOR).reads("card")

    assert "Xã Sơn Hà, Tỉnh Quảng Ngãi" in read
    assert "mọi ngày: 05:30 – 06:30" in read
    assert "“Im lặng ngay”" in read
    assert OFFICER.name in read
    assert TECHNICIAN.name in read
    assert NEIGHBOUR.name not in read


def test_an_opening_is_on_it_until_its_last_day(visit: Visit, store: FakeStore) -> None:
    over = replace(AT_NOON, first_day=date(2026, 11, 1), last_day=date(2026, 11, 22))
    with store.writing() as uow:
        known = next(each for each in uow.places.regulations() if each.station == SON_HA)
        uow.places.put_regulation(replace(known, openings=(AT_NOON, over)))
        uow.commit()

    read = visit(OFFICER).reads("card")

    assert "từ 24/11/2026 đến hết 30/11/2026, mọi ngày: 11:30 – 12:00" in read
    assert "22/11/2026, mọi ngày" not in read


def test_the_card_speaks_english_too(visit: Visit) -> None:
    visitor = visit(OFFICER)
    visitor.sends("/language", language="en", back="/")

    assert "Whom to call" in visitor.reads("card")


def test_a_neighbour_does_not_find_it(visit: Visit) -> None:
    assert visit(NEIGHBOUR).opens("card").status_code == 404
