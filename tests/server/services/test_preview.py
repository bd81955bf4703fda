"""What a booking would sound like before it is stored."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from schedules.ids import ProgrammeId
from schedules.programme import Kind, Level
from schedules.times import DAY
from server.errors import NotAllowed, Unacceptable
from server.services import preview, programmes
from server.services.booking import Wish
from server.services.preview import Preview
from server.services.programmes import Draft
from server.values import Person
from tests.server.services.moving import move_occurrence
from tests.server.services.radio import (
    APPROVER,
    DONG_BANG,
    GO_SIM,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    VOV1,
    Radio,
    in_notices,
    local,
    once,
)

READ_ALOUD = "bà con " * 145  # two minutes


def foreseen(
    radio: Radio,
    wish: Wish,
    *,
    text: str = READ_ALOUD,
    programme: ProgrammeId | None = None,
    by: Person = OFFICER,
    **draft: object,
) -> Preview:
    typed = replace(Draft(title="", kind=Kind.NOTICE, texts={"vi": text}), **draft)  # type: ignore[arg-type]  # by name
    return preview.preview(radio.store, radio.clock, by, wish=wish, draft=typed, programme=programme)


def test_a_text_that_was_never_saved_gets_its_times_from_an_estimated_length(radio: Radio) -> None:
    radio.release_templates()

    seen = foreseen(radio, in_notices(last=MONDAY))

    assert seen.estimated
    assert [(fit.starts, fit.ends, fit.cut_at) for fit in seen.fits] == [(local(5, 43), local(5, 45), None)] * 2
    named = sorted(zone.name for fit in seen.fits for zone in fit.zones)
    assert named == ["Gò Sim", "Làng Mới", "Đồng Bằng"]
    assert (seen.fits[0].session, seen.fits[0].place) == ("Buổi sáng", "Mục thông báo")


def test_each_of_the_coming_days_is_worked_out(radio: Radio) -> None:
    seen = foreseen(radio, in_notices(LANG_MOI, last=MONDAY + 30 * DAY))

    assert [fit.day for fit in seen.fits] == [MONDAY + n * DAY for n in range(7)]


def test_an_overrun_tells_how_much_and_where_it_is_cut(radio: Radio) -> None:
    seen = foreseen(radio, in_notices(LANG_MOI, last=MONDAY), text="bà con " * 145 * 9, times_read=1)

    (fit,) = seen.fits
    assert fit.ends == local(6)
    assert (fit.overrun, fit.cut_at) == (timedelta(minutes=1), local(6))


def test_what_others_lose_is_named(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Lịch tiêm chủng", wish=once(time(5, 44), LANG_MOI))
    radio.airs("Bản tin của hôm nay", wish=in_notices(LANG_MOI))

    seen = foreseen(radio, once(time(5, 44), LANG_MOI), level=Level.PRIORITY)

    lost = {(each.title, each.starts, each.ends) for each in seen.pushed_aside}
    assert lost == {("Lịch tiêm chủng", local(5, 44), None)}
    assert seen.obstacles == ()


def test_a_clash_with_another_of_the_same_level_is_named(radio: Radio) -> None:
    radio.airs("Lịch tiêm chủng", wish=once(time(6, 30), LANG_MOI))

    seen = foreseen(radio, once(time(6, 30, 30), LANG_MOI, DONG_BANG))

    assert [(each.code, dict(each.values)["title"]) for each in seen.obstacles] == [("slot.clash", "Lịch tiêm chủng")]
    (rival,) = seen.rivals
    assert (rival.title, rival.wins, rival.row, rival.undecided) == ("Lịch tiêm chủng", True, "start", False)


def test_what_is_the_same_at_several_zones_is_told_once(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Bản tin của hôm nay", wish=in_notices(LANG_MOI))
    radio.airs("Lịch tiêm chủng", wish=once(time(5, 44), LANG_MOI, DONG_BANG))

    seen = foreseen(radio, once(time(5, 44), LANG_MOI, DONG_BANG), level=Level.PRIORITY)

    (lost,), (rival,) = seen.pushed_aside, seen.rivals
    assert {zone.id for zone in lost.zones} == {zone.id for zone in rival.zones} == {LANG_MOI, DONG_BANG}


def test_a_rule_of_the_regulation_is_told(radio: Radio) -> None:
    seen = foreseen(radio, once(time(12), LANG_MOI))

    assert [each.code for each in seen.obstacles] == ["regulation.outside_hours"]
    assert [note.code for fit in seen.fits for note in fit.notes] == ["regulation.outside_hours"]


def test_a_recorded_programme_is_taken_at_its_true_length(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme, lasts=timedelta(seconds=50))

    seen = foreseen(radio, in_notices(LANG_MOI, last=MONDAY), programme=programme)

    assert not seen.estimated
    assert [fit.ends - fit.starts for fit in seen.fits] == [timedelta(seconds=50)]


def test_what_is_typed_counts_before_what_is_stored(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme, lasts=timedelta(seconds=50))

    seen = foreseen(radio, in_notices(LANG_MOI, last=MONDAY), programme=programme, times_read=2)

    assert [fit.ends - fit.starts for fit in seen.fits] == [timedelta(seconds=102)]


def test_without_a_form_the_stored_programme_is_shown(radio: Radio) -> None:
    programme = radio.writes(texts={"vi": READ_ALOUD})

    seen = preview.preview(radio.store, radio.clock, OFFICER, wish=in_notices(LANG_MOI), programme=programme)

    assert seen.estimated
    assert seen.fits[0].ends - seen.fits[0].starts == timedelta(minutes=2)


def test_a_changed_slot_replaces_itself_and_does_not_push_itself_aside(radio: Radio) -> None:
    radio.release_templates()
    programme = radio.airs(wish=once(time(6, 30), LANG_MOI))
    (slot,) = programmes.get(radio.store, OFFICER, programme).slots

    seen = preview.preview(
        radio.store,
        radio.clock,
        OFFICER,
        wish=once(time(6, 31), LANG_MOI),
        programme=programme,
        slot=slot.slot.id,
    )

    assert [fit.starts for fit in seen.fits] == [local(6, 31)]
    assert (seen.pushed_aside, seen.obstacles) == ((), ())


def test_a_moved_occurrence_is_worked_out_on_its_own_local_day(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    wish = once(time(6, 30), LANG_MOI, day=MONDAY + DAY)
    slot = radio.books(programme, wish).slot.id
    moved_to = local(6, 40, day=MONDAY + 3 * DAY)
    move_occurrence(
        radio.store,
        radio.clock,
        OFFICER,
        slot,
        version=1,
        original_start=local(6, 30, day=MONDAY + DAY),
        to=moved_to,
    )

    seen = preview.preview(radio.store, radio.clock, OFFICER, wish=wish, programme=programme, slot=slot)

    assert [fit.starts for fit in seen.fits] == [moved_to]


def test_a_relay_is_foreseen_with_the_length_asked_for(radio: Radio) -> None:
    seen = foreseen(radio, once(time(6, 30), GO_SIM, lasts=timedelta(minutes=10)), kind=Kind.RELAY, channel=VOV1)

    assert [fit.ends for fit in seen.fits] == [local(6, 40)]
    assert not seen.estimated


def test_nothing_is_stored(radio: Radio) -> None:
    before = radio.store.commits

    foreseen(radio, in_notices())

    assert radio.store.commits == before


def test_a_bad_wish_and_a_wrong_person_are_refused_as_when_booking(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"slot.in_the_past"):
        foreseen(radio, once(time(3)))
    for by in (APPROVER, NEIGHBOUR):
        with pytest.raises(NotAllowed):
            foreseen(radio, in_notices(), by=by)
