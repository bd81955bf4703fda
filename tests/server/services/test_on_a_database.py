"""The use cases on the real store: what the fake forgives, a database does not."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import cast

import pytest

from schedules.ids import ProgrammeId
from schedules.reconciliation import Verdict
from schedules.recurrence import DAILY
from schedules.times import DAY, Span
from server.errors import Stale
from server.readiness_records import Colour
from server.services import booking, diary, issuing, log, preview, programmes, readiness, sessions, silence
from server.services.drafts import Draft
from server.services.sessions import LineState
from server.store import SqlStore
from server.values import TakeOrigin
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.services.moving import move_occurrence
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    DAWN,
    GATE,
    GATEWAY,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    OFFICER,
    SON_HA,
    Radio,
    in_notices,
    local,
    once,
)


@pytest.fixture
def radio(tmp_path: Path, database: SqlStore) -> Radio:
    # Radio's verbs use the port only.
    return Radio(uploads=tmp_path, store=cast("FakeStore", database))


def test_a_morning_from_the_first_word_to_the_signed_diary(radio: Radio) -> None:
    radio.release_templates()
    programmes.allow_machine_voice(radio.store, radio.clock, ADMINISTRATOR, SON_HA, allowed=True)
    programme = radio.writes("Tạm ngừng cấp điện", texts={"vi": "Kính thưa bà con"}, valid_until=DAWN + 5 * DAY)
    radio.records(programme, origin=TakeOrigin.VOICE)
    radio.books(programme, in_notices())
    radio.submits(programme)
    radio.approves(programme)
    issuing.issue_wanted(radio.store, radio.clock, FakeSealing())
    item = radio.item("Tạm ngừng cấp điện")
    order = silence.order(radio.store, radio.clock, OFFICER, zone=LANG_MOI, reason="Thử")
    silence.lift(radio.store, radio.clock, APPROVER, zone=LANG_MOI)
    radio.at(local(6))
    radio.hears(item, GATE, LANG_MOI)
    radio.reports_until(GATEWAY, local(6))
    revision = issued_at(radio)
    radio.speaks(GATE, revision=revision)
    radio.answers(GATE, LANG_MOI, revision=revision)

    day = sessions.day_of(radio.store, radio.clock, INSPECTOR, SON_HA)
    found = log.verdicts(radio.store, radio.clock, INSPECTOR, SON_HA, span=Span(DAWN, DAWN + DAY), text="cấp điện")
    ready = readiness.readiness(radio.store, radio.clock, INSPECTOR, SON_HA)
    week = diary.week(radio.store, radio.clock, INSPECTOR, SON_HA)

    lines = [line for session in day.sessions for group in session.groups for line in group.lines]
    assert [(line.state, line.verdicts[Verdict.CONFIRMED]) for line in lines if line.title == item.title] == [
        (LineState.OVER, 1)
    ]
    assert {verdict: count for verdict, count in found.counts.items() if count} == {
        Verdict.CONFIRMED: 1,
        Verdict.MISSED: 1,
        Verdict.AWAITED: 1,
    }
    assert {each.loudspeaker.id: each.colour for each in ready.loudspeakers}[GATE] is Colour.GREEN
    assert week.verdicts[Verdict.CONFIRMED] == 1
    (board,) = silence.board(radio.store, radio.clock, INSPECTOR, SON_HA)
    assert board.order.number > order.number
    with radio.store.reading() as uow:
        actions = [line.action for line in reversed(uow.audit.latest(unit=SON_HA, limit=50))]
    assert actions == [
        "machine_voice.allowed",
        "programme.created",
        "take.begun",
        "programme.sound_added",
        "slot.booked",
        "programme.submitted",
        "programme.approved",
        "silence.ordered",
        "silence.lifted",
    ]


def issued_at(radio: Radio) -> int:
    with radio.store.reading() as uow:
        issued = uow.issue.issued(LANG_MOI)
    assert issued is not None
    return issued.rundown.revision


def series(radio: Radio) -> tuple[ProgrammeId, booking.WishAtTime]:
    programme = radio.writes("Nhắc việc")
    radio.records(programme)
    return programme, once(time(6, 30), LANG_MOI, rule=DAILY, until=MONDAY + 3 * DAY)


def test_a_series_is_booked_foreseen_changed_excepted_and_removed(radio: Radio) -> None:
    programme, wish = series(radio)
    slot = radio.books(programme, wish).slot
    store, clock = radio.store, radio.clock

    seen = preview.preview(store, clock, OFFICER, wish=wish, programme=programme, slot=slot.id)
    assert len(seen.fits) == 4

    booking.cancel_occurrence(store, clock, OFFICER, slot.id, version=1, original_start=local(6, 30))
    move_occurrence(
        store,
        clock,
        OFFICER,
        slot.id,
        version=2,
        original_start=local(6, 30, day=MONDAY + DAY),
        to=local(6, 50, day=MONDAY + DAY),
    )
    booking.change(store, clock, OFFICER, slot.id, wish=replace(wish, at=time(6, 40)), version=3)
    booking.remove(store, clock, OFFICER, slot.id, version=4)

    assert programmes.get(store, OFFICER, programme).slots == ()


def test_a_stale_edit_names_who_was_faster_from_the_audit_trail(radio: Radio) -> None:
    programme = radio.writes()
    radio.clock.advance(timedelta(minutes=1))
    draft = Draft(title="Khác", kind=programmes.get(radio.store, OFFICER, programme).stored.programme.kind)
    programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=draft, version=1)

    with pytest.raises(Stale) as refused:
        programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=draft, version=1)

    assert refused.value.values == {"by": "Officer", "at": DAWN + timedelta(minutes=1)}
