"""Alarms from what loudspeakers say to what a person reads."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.chain import GENESIS
from schedules.ids import JournalId, LoudspeakerId
from schedules.mark import Mark, MarkKind
from schedules.times import DAY
from schedules.wire.messages import ReceiptState
from server.errors import NotAllowed, NotFound
from server.evidence_records import KeptMark
from server.services import alarms, outages
from server.services.outages import Wish
from tests.server.services.radio import (
    DAWN,
    GATE,
    GATEWAY,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    NEIGHBOUR,
    OFFICER,
    OVER_THERE,
    PROVINCE_APPROVER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    Radio,
)

MINUTE = timedelta(minutes=1)
SECOND_POLE = LoudspeakerId("pole-lm-2")


@pytest.fixture
def well(radio: Radio) -> Radio:
    """Làng Mới has two loudspeakers; everybody is there."""
    with radio.store.writing() as uow:
        gate = uow.places.loudspeaker(GATE)
        assert gate
        uow.places.put_loudspeaker(replace(gate, id=SECOND_POLE, name="Nhà văn hoá", public_key="55" * 32))
        uow.commit()
    speak(radio)
    return radio


def speak(radio: Radio, *, gone: tuple[LoudspeakerId, ...] = ()) -> None:
    for each in (GATE, SECOND_POLE, GATEWAY, MARKET, OVER_THERE):
        if each not in gone:
            radio.speaks(each, expected_by=radio.now() + timedelta(hours=1))


def watches(radio: Radio, **more: object) -> list[tuple[str, tuple[str, ...]]]:
    alarms.watch(radio.store, radio.clock, **more)  # type: ignore[arg-type]  # fields by name
    return [(each.alarm.code, each.names) for each in alarms.open_at(radio.store, radio.clock, INSPECTOR, SON_HA)]


def cut_off(radio: Radio, *gone: LoudspeakerId) -> None:
    for each in gone:
        radio.speaks(each, online=False)


def test_a_hamlet_without_power_is_one_alarm_that_begins_once_and_ends_after_it_was_well(well: Radio) -> None:
    assert watches(well) == []
    cut_off(well, GATE, SECOND_POLE)
    well.clock.advance(4 * MINUTE)

    for _ in range(3):
        assert watches(well) == [("alarm.power", ("Cổng thôn Làng Mới", "Nhà văn hoá"))]
    (shown,) = alarms.open_at(well.store, well.clock, INSPECTOR, SON_HA)
    assert dict(shown.alarm.values) == {"places": "Thôn Làng Mới", "count": 2, "since": DAWN}

    speak(well)
    assert len(watches(well)) == 1
    well.clock.advance(5 * MINUTE)
    assert watches(well) == []
    (over,) = alarms.ended_at(well.store, well.clock, INSPECTOR, SON_HA)
    assert over.alarm.ended == DAWN + 4 * MINUTE
    assert [each for each in well.actions() if each.startswith("alarm")] == ["alarm.opened", "alarm.ended"]


def test_a_watch_that_finds_nothing_new_writes_nothing(well: Radio) -> None:
    cut_off(well, GATE, SECOND_POLE)
    well.clock.advance(4 * MINUTE)
    watches(well)
    before = well.store.commits

    watches(well)

    assert well.store.commits == before


def test_a_planned_outage_is_no_alarm(well: Radio) -> None:
    wish = Wish(zones=frozenset({LANG_MOI}), since=DAWN, until=DAWN + timedelta(hours=6))
    outages.plan(well.store, well.clock, OFFICER, SON_HA, wish=wish)
    cut_off(well, GATE, SECOND_POLE)
    well.clock.advance(20 * MINUTE)

    assert watches(well) == []


def test_one_that_is_switched_off_every_night_is_no_alarm_while_it_is_early(well: Radio) -> None:
    well.clock.advance(-DAY)
    well.speaks(MARKET, online=False)
    well.clock.advance(timedelta(hours=1))
    well.speaks(MARKET)
    well.clock.advance(DAY - timedelta(hours=3))
    well.speaks(MARKET, online=False)
    well.clock.advance(timedelta(hours=2, minutes=20))
    speak(well, gone=(MARKET,))

    assert watches(well) == []


def test_without_a_line_one_alarm_says_so_and_the_others_stay_as_they_are(well: Radio) -> None:
    cut_off(well, GATE, SECOND_POLE)
    well.clock.advance(4 * MINUTE)
    watches(well)
    lost = well.now()

    well.clock.advance(10 * MINUTE)

    assert {code for code, _ in watches(well, line_lost_at=lost)} == {"alarm.power", "alarm.line"}


def test_a_refusal_a_flood_and_a_copied_journal_are_told(well: Radio) -> None:
    well.answers(MARKET, LANG_MOI, state=ReceiptState.REFUSED, reason="wire.unknown_key")
    mark = Mark(
        loudspeaker=GATE,
        journal=JournalId("j"),
        sequence=1,
        previous=GENESIS,
        kind=MarkKind.HOURLY,
        recorded_at=DAWN,
        clock_error_ms=20,
    )
    with well.store.writing() as uow:
        kept = KeptMark(mark=mark, hash=mark.hash, received_at=well.now(), flags=frozenset({"fork"}))
        uow.evidence.insert_marks([kept])
        uow.commit()

    assert sorted(watches(well, flooding=frozenset({GATEWAY}))) == [
        ("alarm.flooded", ("Bộ FM Gò Sim",)),
        ("alarm.forked", ("Cổng thôn Làng Mới",)),
        ("alarm.refused", ("Chợ Đồng Bằng",)),
    ]


def test_a_play_that_nobody_could_hear_is_told_with_the_wires_to_look_at(well: Radio) -> None:
    well.release_templates()
    well.issue()
    item = well.item("Tiếp sóng VOV1")
    well.hears(item, GATE, LANG_MOI, level=-72.5)
    well.at(item.ends_at)
    speak(well)

    watches(well)

    (shown,) = alarms.open_at(well.store, well.clock, INSPECTOR, SON_HA)
    assert (shown.alarm.code, shown.alarm.remedy) == ("level.silent", "remedy.check_wires")
    assert shown.names == ("Cổng thôn Làng Mới",)


def test_a_person_takes_note_once_and_it_stays_noted_while_it_grows(well: Radio) -> None:
    cut_off(well, GATE)
    well.clock.advance(11 * MINUTE)
    watches(well)
    (shown,) = alarms.open_at(well.store, well.clock, INSPECTOR, SON_HA)

    seen = alarms.take_note(well.store, well.clock, OFFICER, shown.alarm.id)
    assert alarms.take_note(well.store, well.clock, OFFICER, shown.alarm.id) == seen
    cut_off(well, SECOND_POLE)
    well.clock.advance(MINUTE)
    watches(well)

    assert {each.seen_by for each in alarms.open_at(well.store, well.clock, INSPECTOR, SON_HA)} >= {"Officer"}
    assert well.actions().count("alarm.seen") == 1


def test_the_wrong_person_neither_reads_nor_takes_note(well: Radio) -> None:
    cut_off(well, GATE, SECOND_POLE)
    well.clock.advance(4 * MINUTE)
    watches(well)
    (shown,) = alarms.open_at(well.store, well.clock, INSPECTOR, SON_HA)

    for who in (NEIGHBOUR, INSPECTOR):
        with pytest.raises(NotAllowed):
            alarms.take_note(well.store, well.clock, who, shown.alarm.id)
    with pytest.raises(NotAllowed):
        alarms.open_at(well.store, well.clock, NEIGHBOUR, SON_HA)
    with pytest.raises(NotAllowed):
        alarms.ended_at(well.store, well.clock, NEIGHBOUR, SON_HA)
    with pytest.raises(NotFound):
        alarms.take_note(well.store, well.clock, OFFICER, "nothing")
    assert alarms.open_at(well.store, well.clock, NEIGHBOUR, SON_LINH) == ()
    assert len(alarms.open_at(well.store, well.clock, PROVINCE_APPROVER, QUANG_NGAI)) == 1


def test_two_devices_with_one_key_raise_an_alarm_that_ends_when_one_is_gone(well: Radio) -> None:
    with well.store.writing() as uow:
        uow.evidence.note_twins(GATE, well.now())
        uow.commit()
    assert watches(well) == [("device.twins", ("Cổng thôn Làng Mới",))]

    for _ in range(2):
        well.clock.advance(timedelta(hours=1))
        speak(well)
        alarms.watch(well.store, well.clock)

    assert watches(well) == []


def test_a_hamlet_that_fell_silent_without_the_brokers_word_is_one_alarm(well: Radio) -> None:
    well.clock.advance(20 * MINUTE)
    well.speaks(SECOND_POLE, expected_by=well.now() + timedelta(hours=1))
    well.clock.advance(62 * MINUTE)
    for each in (GATEWAY, MARKET, OVER_THERE):
        well.speaks(each, expected_by=well.now() + timedelta(hours=1))

    assert watches(well) == [("alarm.power", ("Cổng thôn Làng Mới", "Nhà văn hoá"))]
