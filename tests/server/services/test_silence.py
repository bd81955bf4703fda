"""Im lặng ngay: one person, no approval, no limit, and who has obeyed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import UnitId, ZoneId
from schedules.wire.messages import SilenceObeyed
from server.errors import NotAllowed, NotFound, Unacceptable
from server.issue_records import SilenceOrder
from server.services import silence
from server.services.new_ids import unix_milliseconds
from server.services.silence import Board
from server.values import Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    DAWN,
    EDITOR,
    GATE,
    GATEWAY,
    HAMLETS,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
)


def ordered(radio: Radio, by: Person = OFFICER, **order: object) -> SilenceOrder:
    wanted: dict[str, object] = {"unit": SON_HA, **order}
    return silence.order(radio.store, radio.clock, by, **wanted)  # type: ignore[arg-type]  # by name


def boards(radio: Radio) -> tuple[Board, ...]:
    return silence.board(radio.store, radio.clock, INSPECTOR, SON_HA)


@pytest.mark.parametrize("by", [OFFICER, APPROVER, TECHNICIAN, INSPECTOR, EDITOR, ADMINISTRATOR])
def test_anybody_of_the_station_orders_silence_alone(radio: Radio, by: Person) -> None:
    order = ordered(radio, by, reason="Phát nhầm nội dung")

    assert radio.store.kept.silences == {(order.audience, order.number): order}
    assert (order.audience, order.ordered, order.until, order.by) == ("unit:son-ha", True, None, by.id)
    assert order.spares_emergencies
    (line,) = radio.store.kept.audit
    assert (line.action, line.unit, line.details["reason"]) == ("silence.ordered", SON_HA, "Phát nhầm nội dung")


def test_a_single_zone_is_silenced_by_name(radio: Radio) -> None:
    order = ordered(radio, unit=None, zone=LANG_MOI, until=DAWN + timedelta(hours=2))

    assert (order.audience, order.until) == ("zone:zone-lm", DAWN + timedelta(hours=2))
    assert radio.store.kept.audit[0].unit == SON_HA


def test_a_neighbour_or_a_closed_account_orders_and_lifts_nothing(radio: Radio) -> None:
    ordered(radio)

    for by in (NEIGHBOUR, replace(OFFICER, active=False)):
        with pytest.raises(NotAllowed):
            ordered(radio, by)
        with pytest.raises(NotAllowed):
            ordered(radio, by, unit=None, zone=LANG_MOI)
        with pytest.raises(NotAllowed):
            silence.lift(radio.store, radio.clock, by, unit=SON_HA)
        with pytest.raises(NotAllowed):
            silence.board(radio.store, radio.clock, by, SON_HA)


def test_a_commune_does_not_silence_the_province(radio: Radio) -> None:
    with pytest.raises(NotAllowed):
        ordered(radio, unit=QUANG_NGAI)


@pytest.mark.parametrize("audience", [{"unit": None}, {"unit": UnitId("no")}, {"unit": None, "zone": ZoneId("no")}])
def test_an_audience_that_is_none_is_not_found(radio: Radio, audience: dict[str, object]) -> None:
    with pytest.raises(NotFound, match=r"silence.no_audience"):
        ordered(radio, OFFICER, **audience)


def test_silence_until_a_moment_that_has_passed_is_refused(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"silence.until_past"):
        ordered(radio, until=DAWN)


def test_numbers_grow_with_the_clock_and_past_what_is_stored(radio: Radio) -> None:
    first = ordered(radio)
    second = ordered(radio)
    radio.clock.advance(timedelta(hours=-1))
    third = ordered(radio)

    assert first.number == unix_milliseconds(DAWN)
    assert (second.number, third.number) == (first.number + 1, first.number + 2)


def test_lifting_is_an_order_too_with_the_next_number(radio: Radio) -> None:
    order = ordered(radio)

    lifted = silence.lift(radio.store, radio.clock, APPROVER, unit=SON_HA)

    assert (lifted.audience, lifted.ordered, lifted.by) == (order.audience, False, APPROVER.id)
    assert lifted.number > order.number
    assert radio.actions() == ["silence.ordered", "silence.lifted"]
    with pytest.raises(NotFound, match=r"silence.not_ordered"):
        silence.lift(radio.store, radio.clock, APPROVER, unit=SON_HA)


@pytest.mark.parametrize("by", [TECHNICIAN, INSPECTOR, EDITOR])
def test_who_does_not_answer_for_the_air_orders_silence_and_does_not_end_it(radio: Radio, by: Person) -> None:
    ordered(radio, by)

    for audience in ({"unit": SON_HA}, {"zone": LANG_MOI}):
        with pytest.raises(NotAllowed, match=r"rights.missing"):
            silence.lift(radio.store, radio.clock, by, **audience)
    assert not silence.board(radio.store, radio.clock, by, SON_HA)[0].may_lift
    assert silence.board(radio.store, radio.clock, OFFICER, SON_HA)[0].may_lift


def test_another_order_of_theirs_makes_a_silence_no_shorter_and_no_weaker(radio: Radio) -> None:
    soon, later = DAWN + timedelta(minutes=1), DAWN + timedelta(hours=2)
    ordered(radio, OFFICER, until=later, spares_emergencies=False)

    kept = ordered(radio, TECHNICIAN, until=soon)
    longer = ordered(radio, TECHNICIAN, until=later + timedelta(hours=1))
    without_end = ordered(radio, TECHNICIAN)
    still = ordered(radio, TECHNICIAN, until=soon)
    shorter = ordered(radio, OFFICER, until=soon)

    assert [(each.until, each.spares_emergencies) for each in (kept, longer, without_end, still, shorter)] == [
        (later, False),
        (later + timedelta(hours=1), False),
        (None, False),
        (None, False),
        (soon, True),
    ]


def test_a_zones_silence_is_not_lifted_through_the_unit(radio: Radio) -> None:
    ordered(radio, unit=None, zone=LANG_MOI)

    with pytest.raises(NotFound, match=r"silence.not_ordered"):
        silence.lift(radio.store, radio.clock, OFFICER, unit=SON_HA)


def test_the_board_tells_who_has_obeyed_and_since_when_the_others_are_away(radio: Radio) -> None:
    radio.speaks(GATEWAY, online=False)
    radio.clock.advance(timedelta(minutes=10))
    order = ordered(radio)
    obeyed = SilenceObeyed(audience=order.audience, number=order.number)
    older = SilenceObeyed(audience=order.audience, number=order.number - 1)
    radio.speaks(GATE, silences=[obeyed])
    radio.speaks(MARKET, silences=[older])

    (board,) = boards(radio)

    assert (board.holds, board.audience_name, board.by_name) == (True, "Xã Sơn Hà", "Officer")
    shown = {each.loudspeaker.id: (each.obeyed, each.connected, each.last_contact) for each in board.loudspeakers}
    assert shown == {
        GATE: (True, True, radio.now()),
        MARKET: (False, True, radio.now()),
        GATEWAY: (False, False, DAWN),
    }
    assert {each.loudspeaker.id for each in board.missing} == {MARKET, GATEWAY}


def test_a_zones_order_concerns_its_own_loudspeakers_only(radio: Radio) -> None:
    ordered(radio, unit=None, zone=LANG_MOI)

    (board,) = boards(radio)

    assert [each.loudspeaker.id for each in board.loudspeakers] == [GATE]


def test_an_order_of_the_province_or_a_hamlet_is_on_the_stations_board(radio: Radio) -> None:
    ordered(radio, EDITOR, unit=QUANG_NGAI)
    ordered(radio, OFFICER, unit=next(iter(HAMLETS)))
    ordered(radio, NEIGHBOUR, unit=SON_LINH)

    assert {board.audience_name: len(board.loudspeakers) for board in boards(radio)} == {
        "Tỉnh Quảng Ngãi": 3,
        "Thôn Làng Mới": 1,
    }


def test_the_board_keeps_a_lifted_order_behind_those_in_force(radio: Radio) -> None:
    ordered(radio)
    lifted = silence.lift(radio.store, radio.clock, OFFICER, unit=SON_HA)
    radio.speaks(GATE, silences=[SilenceObeyed(audience=lifted.audience, number=lifted.number)])
    ordered(radio, unit=None, zone=LANG_MOI)

    in_force, over = boards(radio)

    assert (in_force.holds, over.holds) == (True, False)
    assert [each.loudspeaker.id for each in over.loudspeakers if each.obeyed] == [GATE]


def test_silence_that_ran_out_holds_no_more(radio: Radio) -> None:
    ordered(radio, until=DAWN + timedelta(hours=1))
    radio.clock.advance(timedelta(hours=1))

    assert [board.holds for board in boards(radio)] == [False]


def test_without_any_order_the_board_is_empty(radio: Radio) -> None:
    assert boards(radio) == ()


def test_a_place_that_never_had_a_device_is_not_waited_for(radio: Radio) -> None:
    with radio.store.writing() as uow:
        market = uow.places.loudspeaker(MARKET)
        assert market is not None
        uow.places.put_loudspeaker(replace(market, public_key=""))
        uow.commit()

    ordered(radio)

    assert [each.loudspeaker.id for each in boards(radio)[0].missing] == [GATEWAY, GATE]
