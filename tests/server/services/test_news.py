"""News: where something is new, whoever wrote it; told once for a while, and only of what a page may show."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import UnitId
from schedules.ledger import LeafKind
from server.errors import NotFound
from server.services import alarms, signing_in, silence
from server.services.news import APART_S, News, Watch, require_follower, still_follows
from server.services.trail import note
from server.values import Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    GATE,
    LANG_MOI,
    MARKET,
    NEIGHBOUR,
    OFFICER,
    OVER_THERE,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    Radio,
)

HERE = frozenset({SON_HA, QUANG_NGAI})
THERE = frozenset({SON_LINH, QUANG_NGAI})


@pytest.fixture
def watch(radio: Radio) -> Watch:
    radio.speaks(GATE)
    return Watch(radio.store, radio.clock)


def leaves(radio: Radio, kind: LeafKind, subject: str) -> None:
    with radio.store.writing() as uow:
        uow.ledger.append(kind, subject, b"", at=radio.now())
        uow.commit()


def does(radio: Radio, action: str, unit: UnitId | None) -> None:
    with radio.store.writing() as uow:
        note(uow, radio.now(), None, action, subject="x", unit=unit)
        uow.commit()


def test_nothing_is_new_to_who_has_just_begun_to_look(watch: Watch) -> None:
    assert watch.look(0) == News()


def test_a_loudspeaker_that_speaks_is_news_of_its_station_and_of_what_lies_above(radio: Radio, watch: Watch) -> None:
    radio.at(radio.now() + timedelta(seconds=10))
    radio.speaks(OVER_THERE)

    assert watch.look(0) == News(THERE)
    assert watch.look(10) == News()


def test_the_same_loudspeaker_is_news_again_when_it_speaks_again(radio: Radio, watch: Watch) -> None:
    radio.at(radio.now() + timedelta(hours=1))
    radio.speaks(GATE)

    assert watch.look(0) == News(HERE)


def test_what_is_committed_after_something_later_is_still_news(radio: Radio, watch: Watch) -> None:
    began = radio.now()
    radio.at(began + timedelta(seconds=20))
    radio.speaks(OVER_THERE)
    assert watch.look(0).units == THERE

    radio.at(began + timedelta(seconds=5))
    radio.speaks(MARKET)

    assert watch.look(10).units == HERE


def test_a_clock_that_is_set_back_hides_no_news(radio: Radio, watch: Watch) -> None:
    radio.at(radio.now() - timedelta(hours=3))
    radio.speaks(OVER_THERE)

    assert watch.look(0).units == THERE


@pytest.mark.parametrize("kind", [LeafKind.REPORT, LeafKind.RECEIPT, LeafKind.PRESENCE, LeafKind.ASSIGNMENT])
def test_what_is_kept_of_a_loudspeaker_is_news_of_its_station(radio: Radio, watch: Watch, kind: LeafKind) -> None:
    leaves(radio, kind, GATE)

    assert watch.look(0) == News(HERE)


def test_a_rundown_is_news_of_its_zones_station(radio: Radio, watch: Watch) -> None:
    leaves(radio, LeafKind.RUNDOWN, f"{LANG_MOI}/7")

    assert watch.look(0) == News(HERE)


@pytest.mark.parametrize("kind", [LeafKind.EMERGENCY, LeafKind.EMERGENCY_LIST, LeafKind.EXERCISE_END])
def test_what_is_of_the_lane_is_news_to_everybody(radio: Radio, watch: Watch, kind: LeafKind) -> None:
    leaves(radio, kind, "flood")

    assert watch.look(0) == News(lane=True)
    assert watch.look(10) == News()


def test_a_request_for_an_emergency_is_news_of_the_lane(radio: Radio, watch: Watch) -> None:
    does(radio, "emergency.asked", SON_HA)

    assert watch.look(0) == News(HERE, lane=True)


def test_what_is_of_nothing_known_is_no_news(radio: Radio, watch: Watch) -> None:
    leaves(radio, LeafKind.REPORT, "nobody")
    leaves(radio, LeafKind.RUNDOWN, "nowhere/1")
    leaves(radio, LeafKind.TRUST, "7")

    assert watch.look(0) == News()


def test_an_order_of_silence_above_is_news_of_every_station_below(radio: Radio, watch: Watch) -> None:
    silence.order(radio.store, radio.clock, ADMINISTRATOR, unit=QUANG_NGAI)

    assert watch.look(0) == News(HERE | THERE)


def test_an_order_of_silence_at_a_station_is_no_news_of_its_neighbour(radio: Radio, watch: Watch) -> None:
    silence.order(radio.store, radio.clock, OFFICER, zone=LANG_MOI)

    assert watch.look(0) == News(HERE)


def test_an_alarm_that_is_of_no_unit_is_news_everywhere(radio: Radio, watch: Watch) -> None:
    alarms.watch(radio.store, radio.clock, line_lost_at=radio.now() - timedelta(hours=1))

    assert watch.look(0).units == HERE | THERE


def test_what_the_province_drafts_is_no_news_of_its_communes(radio: Radio, watch: Watch) -> None:
    does(radio, "programme.created", QUANG_NGAI)

    assert watch.look(0) == News(frozenset({QUANG_NGAI}))


@pytest.mark.parametrize("action", ["person.signed_in", "factor.passed", "take.begun", "evidence.read"])
def test_what_shows_on_no_page_is_no_news(radio: Radio, watch: Watch, action: str) -> None:
    does(radio, action, SON_HA)

    assert watch.look(0) == News()


def test_a_unit_is_told_once_in_a_while_and_then_of_all_that_came_meanwhile(radio: Radio, watch: Watch) -> None:
    leaves(radio, LeafKind.REPORT, GATE)
    assert watch.look(100).units == HERE
    leaves(radio, LeafKind.REPORT, GATE)
    leaves(radio, LeafKind.REPORT, MARKET)

    assert watch.look(100 + APART_S / 2) == News()
    assert watch.look(100 + APART_S) == News(HERE)
    assert watch.look(200) == News()


def test_what_failed_is_looked_at_again(radio: Radio, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    leaves(radio, LeafKind.REPORT, GATE)
    with monkeypatch.context() as away:
        away.setattr(radio.store, "reading", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            watch.look(0)

    assert watch.look(1) == News(HERE)


@pytest.mark.parametrize(
    ("person", "unit"), [(OFFICER, SON_HA), (ADMINISTRATOR, SON_LINH), (ADMINISTRATOR, QUANG_NGAI)]
)
def test_who_has_a_role_there_may_follow(radio: Radio, person: Person, unit: UnitId) -> None:
    require_follower(radio.store, person, unit)


@pytest.mark.parametrize(("person", "unit"), [(NEIGHBOUR, SON_HA), (OFFICER, QUANG_NGAI), (OFFICER, UnitId("nowhere"))])
def test_nobody_else_learns_even_that_it_is_there(radio: Radio, person: Person, unit: UnitId) -> None:
    with pytest.raises(NotFound, match=r"unit\.unknown"):
        require_follower(radio.store, person, unit)


def test_a_browser_follows_until_its_sign_in_or_its_persons_role_ends(radio: Radio) -> None:
    kept = signing_in.begin(radio.store, radio.clock, OFFICER, device="")

    def follows() -> bool:
        return still_follows(radio.store, radio.clock, kept.id, OFFICER.id, SON_HA)

    assert follows()
    assert not still_follows(radio.store, radio.clock, kept.id, NEIGHBOUR.id, SON_LINH)
    with radio.store.writing() as uow:
        uow.people.put(replace(OFFICER, unit=SON_LINH))
        uow.commit()
    assert not follows()
    with radio.store.writing() as uow:
        uow.people.put(OFFICER)
        uow.commit()
    assert follows()
    signing_in.end(radio.store, radio.clock, OFFICER, kept.id)
    assert not follows()
