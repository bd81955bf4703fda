"""The approver is none of those who made or changed what is approved, whichever part it was and by whatever route."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta

import pytest

from schedules.ids import SlotId
from schedules.session import SessionTemplate
from schedules.times import DAY
from server.errors import NotAllowed, ServerError, Unacceptable
from server.services import approvals, booking, campaigns, place_order, programmes, substitutions, takes, templates
from server.values import Person, Role, TakeOrigin
from tests.server.services import approved
from tests.server.services.approved import EVERY_MORNING, Broadcast, written
from tests.server.services.moving import move_occurrence
from tests.server.services.radio import (
    APPROVER,
    BOTH,
    EVENING,
    LANG_MOI,
    LIMIT,
    MONDAY,
    MORNING,
    NOTICES,
    OFFICER,
    SIGNAL,
    SON_HA,
    Radio,
    local,
    once,
)


@pytest.fixture(autouse=True)
def prepared(radio: Radio) -> None:
    approved.prepared(radio)


def waiting(radio: Radio) -> Broadcast:
    """Give a programme of the officer's with a slot, not yet submitted."""
    made = written(radio)
    made.wish = EVERY_MORNING
    made.slot = radio.books(made.programme, EVERY_MORNING).slot.id
    return made


def rewords(made: Broadcast) -> None:
    version = made.radio.stored(made.programme).programme.version
    draft = replace(made.draft, title="Tên khác")
    programmes.edit(made.radio.store, made.radio.clock, BOTH, made.programme, draft=draft, version=version)


def reworks_what_nobody_hears(made: Broadcast) -> None:
    version = made.radio.stored(made.programme).programme.version
    draft = replace(made.draft, requested_by="Điện lực")
    programmes.edit(made.radio.store, made.radio.clock, BOTH, made.programme, draft=draft, version=version)


def rewords_and_puts_the_words_back(made: Broadcast) -> None:
    rewords(made)
    version = made.radio.stored(made.programme).programme.version
    programmes.edit(made.radio.store, made.radio.clock, BOTH, made.programme, draft=made.draft, version=version)


def brings_a_sound(made: Broadcast) -> None:
    made.radio.records(made.programme, by=BOTH)


def brings_a_sound_in_another_language(made: Broadcast) -> None:
    made.radio.records(made.programme, by=BOTH, language="cor")


def takes_a_sound_out(made: Broadcast) -> None:
    version = made.radio.stored(made.programme).programme.version
    takes.remove_sound(made.radio.store, made.radio.clock, BOTH, made.programme, language="hre", version=version)


def books_another_time(made: Broadcast) -> None:
    made.radio.books(made.programme, once(time(17, 30)), by=BOTH)


def _rebooks(made: Broadcast, **changes: object) -> None:
    assert made.slot is not None
    wish = replace(EVERY_MORNING, **changes)  # type: ignore[arg-type]  # fields by name
    version = made.slot_version()
    booking.change(made.radio.store, made.radio.clock, BOTH, made.slot, wish=wish, version=version)


def changes_the_time(made: Broadcast) -> None:
    _rebooks(made, at=time(6, 31))


def changes_the_target(made: Broadcast) -> None:
    _rebooks(made, zones=frozenset({LANG_MOI}), units=frozenset())


def changes_the_time_and_back(made: Broadcast) -> None:
    _rebooks(made, at=time(6, 31))
    _rebooks(made)


def moves_one_occurrence(made: Broadcast) -> None:
    assert made.slot is not None
    move_occurrence(
        made.radio.store,
        made.radio.clock,
        BOTH,
        made.slot,
        version=1,
        original_start=local(6, 30),
        to=local(6, 40),
    )


def leaves_one_occurrence_out(made: Broadcast) -> None:
    assert made.slot is not None
    start = local(6, 30, day=MONDAY + DAY)
    booking.cancel_occurrence(made.radio.store, made.radio.clock, BOTH, made.slot, version=1, original_start=start)


@pytest.mark.parametrize(
    "part",
    [
        rewords,
        reworks_what_nobody_hears,
        rewords_and_puts_the_words_back,
        brings_a_sound,
        brings_a_sound_in_another_language,
        takes_a_sound_out,
        books_another_time,
        changes_the_time,
        changes_the_target,
        changes_the_time_and_back,
        moves_one_occurrence,
        leaves_one_occurrence_out,
    ],
)
def test_whoever_had_a_hand_in_any_part_of_it_approves_nothing_of_it(
    radio: Radio, part: Callable[[Broadcast], None]
) -> None:
    made = waiting(radio)

    part(made)
    radio.submits(made.programme)

    shown = approvals.to_approve(radio.store, radio.clock, BOTH, made.programme)
    assert shown.own_work
    with pytest.raises(Unacceptable, match=r"approval.own_work"):
        approvals.approve(radio.store, radio.clock, BOTH, made.programme, seen=shown.seen)
    radio.approves(made.programme)


def test_an_author_who_becomes_an_approver_still_does_not_approve_it(radio: Radio) -> None:
    made = waiting(radio)
    radio.submits(made.programme)
    promoted = replace(OFFICER, roles=frozenset({Role.APPROVER}))

    with pytest.raises(Unacceptable, match=r"approval.own_work"):
        radio.approves(made.programme, by=promoted)


def test_an_approver_who_changes_what_they_approved_needs_somebody_else_from_then_on(radio: Radio) -> None:
    made = waiting(radio)
    radio.submits(made.programme)
    radio.approves(made.programme, by=BOTH)

    rewords_and_puts_the_words_back(made)
    radio.submits(made.programme)

    assert made.heard() == set()
    with pytest.raises(Unacceptable, match=r"approval.own_work"):
        radio.approves(made.programme, by=BOTH)
    radio.approves(made.programme)
    assert made.heard()


def test_an_approver_who_changes_the_time_and_back_leaves_what_they_approved_as_it_was(radio: Radio) -> None:
    """The record is the one they approved before they touched it."""
    made = waiting(radio)
    radio.submits(made.programme)
    radio.approves(made.programme, by=BOTH)
    before = made.planned()

    changes_the_time(made)
    silent = made.heard()
    _rebooks(made)

    assert silent == set()
    assert made.planned() == before


def test_a_sound_on_its_way_counts_for_who_began_it(radio: Radio) -> None:
    made = waiting(radio)
    take = takes.begin(
        radio.store, radio.clock, BOTH, made.programme, language="vi", origin=TakeOrigin.UPLOAD, file_name="tin.wav"
    )
    takes.waiting_at(radio.uploads, take.id).write_bytes(b"another")
    radio.submits(made.programme)
    radio.approves(made.programme)
    heard = made.heard()

    takes.run(radio.store, radio.clock, radio.preparation, take.id, uploads=radio.uploads, limit=LIMIT)

    assert heard
    assert made.heard() == set()
    assert BOTH.id in radio.stored(made.programme).changed_by


@pytest.mark.parametrize("by", [BOTH])
def test_whoever_changed_a_template_or_a_programme_fixed_in_it_does_not_approve_it(radio: Radio, by: Person) -> None:
    def release(template: SessionTemplate) -> None:
        (shown,) = [each for each in radio.queue(by).templates if each.stored.template.id == template.id]
        assert shown.own_work
        approvals.approve_template(radio.store, radio.clock, by, template.id, seen=shown.seen)

    evening = templates.get(radio.store, OFFICER, EVENING).stored.template
    templates.change(radio.store, radio.clock, by, EVENING, to=replace(evening, name="Buổi tối"), version=1)
    with pytest.raises(Unacceptable, match=r"approval.own_work"):
        release(evening)
    radio.records(SIGNAL, by=by, lasts=timedelta(seconds=20))
    with pytest.raises(Unacceptable, match=r"approval.own_work"):
        release(templates.get(radio.store, OFFICER, MORNING).stored.template)


def test_nothing_else_a_writer_may_do_makes_up_for_an_approval(radio: Radio) -> None:
    """No route but an approver's gives a programme's records to the planner."""
    made = waiting(radio)
    radio.submits(made.programme)
    version = radio.stored(made.programme).programme.version

    attempts: list[Callable[[], object]] = [
        lambda: radio.approves(made.programme, by=OFFICER),
        lambda: programmes.submit(radio.store, radio.clock, OFFICER, made.programme, version=version),
        lambda: substitutions.substitute(
            radio.store, radio.clock, OFFICER, made.programme, zones=[LANG_MOI], language="hre"
        ),
        lambda: place_order.put_in_order(
            radio.store, radio.clock, OFFICER, SON_HA, NOTICES, slots=[SlotId(made.slot or "")], seen=""
        ),
        lambda: approvals.approve(radio.store, radio.clock, APPROVER, made.programme, seen=["0" * 64]),
        lambda: campaigns.put_in(radio.store, radio.clock, OFFICER, "none", made.programme, version=1),  # type: ignore[arg-type]
    ]
    for attempt in attempts:
        with pytest.raises((ServerError, NotAllowed)):
            attempt()

    assert made.heard() == set()
    assert all(each.subject not in (made.programme, made.slot) for each in radio.store.kept.approvals)
