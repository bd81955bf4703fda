"""Faults and repairs: who notes one, who ends it, and that nothing is noted twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import LoudspeakerId
from server.errors import NotAllowed, NotFound, Unacceptable
from server.fault_records import Ending, Fault, FaultKind, FaultOutcome
from server.readiness_records import Alarm
from server.services import faults
from server.services.faults import LONGEST_NOTE, LONGEST_PARTS, Wish
from server.values import Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    DAWN,
    EDITOR,
    GATE,
    GATEWAY,
    INSPECTOR,
    MARKET,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    TECHNICIAN,
    Radio,
)


def notes(
    radio: Radio,
    *where: LoudspeakerId,
    by: Person = TECHNICIAN,
    kind: FaultKind = FaultKind.NO_SOUND,
    note: str = "",
    alarm: str | None = None,
) -> tuple[Fault, ...]:
    wish = Wish(loudspeakers=where or (GATE,), kind=kind, note=note, alarm=alarm)
    return faults.open_faults(radio.store, radio.clock, by, wish)


def ends(
    radio: Radio, *which: str, by: Person = TECHNICIAN, done: str = "Nối lại dây loa", parts: str = ""
) -> tuple[Fault, ...]:
    return faults.end(radio.store, radio.clock, by, which, outcome=FaultOutcome.REPAIRED, done=done, parts=parts)


def alarm(radio: Radio) -> str:
    found = Alarm(
        id="a1",
        code="alarm.power",
        unit=SON_HA,
        subjects=(GATE, MARKET),
        values=(),
        remedy="",
        began=radio.now(),
        most=2,
    )
    with radio.store.writing() as uow:
        uow.alarms.put(found)
        uow.commit()
    return found.id


@pytest.mark.parametrize("by", [TECHNICIAN, OFFICER, ADMINISTRATOR])
def test_who_looks_after_it_or_runs_the_station_notes_and_ends_a_fault(radio: Radio, by: Person) -> None:
    (fault,) = notes(radio, by=by, note=" Im từ sáng ")
    radio.clock.advance(timedelta(days=3, hours=1))
    (ended,) = ends(radio, fault.id, by=by, parts="2 m  dây loa")

    assert fault == Fault(id=fault.id, loudspeaker=GATE, kind=FaultKind.NO_SOUND, note="Im từ sáng", by=by.id, at=DAWN)
    assert ended == replace(
        fault,
        ending=Ending(
            outcome=FaultOutcome.REPAIRED, by=by.id, at=radio.now(), done="Nối lại dây loa", parts="2 m dây loa"
        ),
    )
    assert (fault.days(radio.now()), ended.days(radio.now() + timedelta(days=9))) == (3, 3)
    assert radio.store.kept.faults[fault.id] == ended
    assert radio.actions()[-2:] == ["fault.opened", "fault.ended"]


@pytest.mark.parametrize("by", [INSPECTOR, APPROVER, EDITOR, NEIGHBOUR])
def test_nobody_else_notes_or_ends_one(radio: Radio, by: Person) -> None:
    with pytest.raises(NotAllowed):
        notes(radio, by=by)
    (fault,) = notes(radio)
    with pytest.raises(NotAllowed):
        ends(radio, fault.id, by=by)

    assert radio.store.kept.faults == {fault.id: fault}


def test_the_alarm_that_is_named_told_of_every_one_of_them(radio: Radio) -> None:
    named = alarm(radio)

    with pytest.raises(Unacceptable) as refused:
        notes(radio, GATE, GATEWAY, alarm=named)

    assert (refused.value.code, refused.value.field) == ("fault.other_alarm", "alarm")
    assert radio.store.kept.faults == {}


def test_one_is_open_once_for_each_kind(radio: Radio) -> None:
    (fault,) = notes(radio)
    (other,) = notes(radio, kind=FaultKind.DEVICE)

    with pytest.raises(Unacceptable) as refused:
        notes(radio)

    assert (refused.value.code, refused.value.field, refused.value.values["since"]) == (
        "fault.already_open",
        "kind",
        DAWN,
    )
    ends(radio, fault.id)
    (again,) = notes(radio)
    assert set(radio.store.kept.faults) == {fault.id, other.id, again.id}


def test_an_alarm_becomes_a_fault_at_each_of_its_loudspeakers_that_has_none_yet(radio: Radio) -> None:
    there = notes(radio, GATE, kind=FaultKind.NO_POWER)

    opened = notes(radio, GATE, MARKET, kind=FaultKind.NO_POWER, alarm=alarm(radio))

    assert [(each.loudspeaker, each.alarm) for each in opened] == [(MARKET, "a1")]
    assert set(radio.store.kept.faults) == {there[0].id, opened[0].id}
    assert faults.noted_alarms(radio.store) == {"a1": 1}


def test_an_alarm_that_is_none_is_not_named(radio: Radio) -> None:
    (fault,) = notes(radio, alarm="no alarm")

    assert fault.alarm is None


def test_several_are_ended_at_once_and_one_that_has_ended_stays_so(radio: Radio) -> None:
    first, second = notes(radio, GATE, MARKET)
    ends(radio, first.id, done="Có điện lại")

    ended = ends(radio, first.id, second.id, done="Thay cầu chì")

    assert [each.ending and each.ending.done for each in sorted(ended, key=lambda each: each.id)] == [
        each.ending and each.ending.done for each in sorted(radio.store.kept.faults.values(), key=lambda each: each.id)
    ]
    assert {each.ending.done for each in ended if each.ending} == {"Có điện lại", "Thay cầu chì"}
    assert radio.actions().count("fault.ended") == 2


@pytest.mark.parametrize(
    ("where", "note", "code", "field"),
    [
        ((), "", "fault.no_loudspeaker", "loudspeakers"),
        ((GATE,), "x" * (LONGEST_NOTE + 1), "fault.note_too_long", "note"),
    ],
)
def test_what_cannot_be_noted_is_refused_with_its_field(
    radio: Radio, where: tuple[LoudspeakerId, ...], note: str, code: str, field: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        faults.open_faults(
            radio.store, radio.clock, TECHNICIAN, Wish(loudspeakers=where, kind=FaultKind.OTHER, note=note)
        )

    assert (refused.value.code, refused.value.field) == (code, field)
    assert radio.store.kept.faults == {}


@pytest.mark.parametrize(
    ("done", "parts", "code", "field"),
    [
        ("  ", "", "fault.nothing_done", "done"),
        ("x" * (LONGEST_NOTE + 1), "", "fault.note_too_long", "done"),
        ("Thay loa", "x" * (LONGEST_PARTS + 1), "fault.parts_too_long", "parts"),
    ],
)
def test_an_ending_that_cannot_be_kept_is_refused_with_its_field(
    radio: Radio, done: str, parts: str, code: str, field: str
) -> None:
    (fault,) = notes(radio)

    with pytest.raises(Unacceptable) as refused:
        ends(radio, fault.id, done=done, parts=parts)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert radio.store.kept.faults == {fault.id: fault}


def test_what_is_not_there_is_not_found(radio: Radio) -> None:
    with pytest.raises(NotFound, match=r"loudspeaker\.unknown"):
        notes(radio, LoudspeakerId("none"))
    with pytest.raises(NotFound, match=r"fault\.unknown"):
        ends(radio, "none")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("alarm.power", FaultKind.NO_POWER),
        ("alarm.alone", FaultKind.NO_CONTACT),
        ("sim.no_data", FaultKind.NO_CONTACT),
        ("sound.no_device", FaultKind.NO_SOUND),
        ("level.low", FaultKind.POOR_SOUND),
        ("journal.torn", FaultKind.DEVICE),
    ],
)
def test_an_alarm_tells_what_it_most_likely_is(code: str, kind: FaultKind) -> None:
    assert faults.kind_of(code) is kind
