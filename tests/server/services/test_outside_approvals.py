"""Approved outside the system: a claim that lets sound, until the very person it names says yes or no."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from schedules.ids import PersonId, ProgrammeId
from schedules.programme import State
from schedules.times import DAY
from schedules.unit import Standing
from server.approving_records import Matter, Means, OutsideApproval, OutsideState
from server.errors import NotAllowed, NotFound, ServerError, Unacceptable
from server.services import booking, delegations, outside_board, overrides, regulations
from server.services import outside_approvals as outside
from server.services.drafts import Draft
from server.services.programmes import edit, send_back
from server.values import ApprovalWay, Person
from tests.server.services.claimed import PHOTO, allows, claim, entered, planned_at, submitted
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    PROVINCE_APPROVER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
    in_notices,
    local,
    once,
)


@pytest.fixture
def programme(radio: Radio) -> ProgrammeId:
    radio.release_templates()
    allows(radio)
    return submitted(radio)


def test_it_sounds_and_waits_for_the_approvers_word(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme)

    stored = radio.stored(programme).programme
    assert stored.state is State.APPROVED
    assert planned_at(radio, programme) == {LANG_MOI, GO_SIM, DONG_BANG}
    assert outside_board.unconfirmed(radio.store, Matter(programme), stored.version) == made
    assert outside_board.to_confirm(radio.store, APPROVER) == (made,)
    assert outside_board.to_confirm(radio.store, PROVINCE_APPROVER) == ()


def test_the_record_of_the_approval_says_the_way_and_both_people(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme)

    kept = radio.store.kept.approvals[-1]
    line = next(each for each in radio.store.kept.audit if each.action == "programme.approved")
    assert (kept.way, kept.approval.approved_by) == (ApprovalWay.OUTSIDE, APPROVER.id)
    assert made.records == (kept.approval.record,)
    assert (line.by, line.details["approver"], line.details["way"]) == (OFFICER.id, APPROVER.id, "outside")


def test_confirmed_it_is_like_any_other(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme)

    settled = outside.confirm(radio.store, radio.clock, APPROVER, made.id)

    assert (settled.state, settled.settled_at) == (OutsideState.CONFIRMED, radio.now())
    assert outside_board.to_confirm(radio.store, APPROVER) == ()
    assert planned_at(radio, programme) == {LANG_MOI, GO_SIM, DONG_BANG}
    with pytest.raises(Unacceptable, match=r"outside\.settled"):
        outside.refuse(radio.store, radio.clock, APPROVER, made.id, reason="Tôi đổi ý")


def test_a_refusal_takes_it_off_the_air(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme)
    before = planned_at(radio, programme)

    outside.refuse(radio.store, radio.clock, APPROVER, made.id, reason="Tôi không duyệt bài này")

    stored = radio.stored(programme)
    assert before
    assert planned_at(radio, programme) == set()
    assert (stored.programme.state, stored.note) == (State.WITHDRAWN, "Tôi không duyệt bài này")


def test_a_refusal_leaves_a_version_alone_that_it_is_not_about(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme)
    stored = radio.stored(programme).programme
    draft = Draft(title="Tên khác", kind=stored.kind)
    edit(radio.store, radio.clock, OFFICER, programme, draft=draft, version=stored.version)

    settled = outside.refuse(radio.store, radio.clock, APPROVER, made.id, reason="Tôi không duyệt bài này")

    assert settled.state is OutsideState.REFUSED
    assert radio.stored(programme).programme.state is State.DRAFT
    assert planned_at(radio, programme) == set()


def books_more(radio: Radio, programme: ProgrammeId) -> None:
    radio.books(programme, replace(in_notices(), last_day=in_notices().last_day + 2 * DAY))


def books_more_and_it_goes_back(radio: Radio, programme: ProgrammeId) -> None:
    books_more(radio, programme)
    version = radio.stored(programme).programme.version
    send_back(radio.store, radio.clock, PROVINCE_APPROVER, programme, version=version, reason="Sai ngày")


@pytest.mark.parametrize("change", [books_more, books_more_and_it_goes_back])
def test_a_refusal_takes_off_what_waits_again_by_one_more_slot(
    radio: Radio, programme: ProgrammeId, change: Callable[[Radio, ProgrammeId], None]
) -> None:
    made = entered(radio, programme)
    change(radio, programme)
    before = planned_at(radio, programme)

    outside.refuse(radio.store, radio.clock, APPROVER, made.id, reason="Tôi không duyệt bài này")

    assert before
    assert planned_at(radio, programme) == set()
    assert radio.stored(programme).programme.state is State.WITHDRAWN


def test_booking_it_again_as_it_was_revives_nothing_that_was_refused(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme)
    with radio.store.reading() as uow:
        (slot,) = uow.programmes.slots_of(programme)
    shorter = replace(in_notices(), last_day=in_notices().last_day - DAY)
    (changed,) = (booking.change(radio.store, radio.clock, OFFICER, slot.slot.id, wish=shorter, version=1),)

    outside.refuse(radio.store, radio.clock, APPROVER, made.id, reason="Tôi không duyệt bài này")

    with pytest.raises(Unacceptable, match=r"programme\.not_now"):
        booking.change(radio.store, radio.clock, OFFICER, slot.slot.id, wish=in_notices(), version=changed.slot.version)
    assert planned_at(radio, programme) == set()


def test_a_refusal_needs_a_reason(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme)

    with pytest.raises(Unacceptable, match=r"outside\.no_reason"):
        outside.refuse(radio.store, radio.clock, APPROVER, made.id, reason="  ")


@pytest.mark.parametrize("by", [OFFICER, TECHNICIAN, INSPECTOR, ADMINISTRATOR, NEIGHBOUR, BOTH, PROVINCE_APPROVER])
def test_nobody_but_the_named_approver_answers(radio: Radio, programme: ProgrammeId, by: Person) -> None:
    made = entered(radio, programme)

    with pytest.raises(NotAllowed):
        outside.confirm(radio.store, radio.clock, by, made.id)
    with pytest.raises(NotAllowed):
        outside.refuse(radio.store, radio.clock, by, made.id, reason="x")
    assert outside_board.to_confirm(radio.store, APPROVER) == (made,)


def test_who_approved_in_somebodys_place_is_named_and_confirms_after_those_days(
    radio: Radio, programme: ProgrammeId
) -> None:
    with pytest.raises(Unacceptable, match=r"outside\.no_approver"):
        entered(radio, programme, approver=INSPECTOR.id)
    delegations.give(
        radio.store,
        radio.clock,
        APPROVER,
        unit=SON_HA,
        to=INSPECTOR.id,
        first_day=MONDAY,
        last_day=MONDAY,
        document="12/UQ",
    )
    made = entered(radio, programme, approver=INSPECTOR.id)
    radio.at(radio.now() + 2 * DAY)

    settled = outside.confirm(radio.store, radio.clock, INSPECTOR, made.id)

    assert settled.state is OutsideState.CONFIRMED
    assert radio.store.kept.approvals[-1].delegation


@pytest.mark.parametrize("by", [APPROVER, TECHNICIAN, INSPECTOR, ADMINISTRATOR, NEIGHBOUR])
def test_only_who_may_submit_enters_it(radio: Radio, programme: ProgrammeId, by: Person) -> None:
    with pytest.raises(NotAllowed):
        entered(radio, programme, by=by)
    with pytest.raises(NotAllowed):
        outside_board.allowed_at(radio.store, radio.clock, by, Matter(programme))


def test_without_the_article_nothing_is_entered(radio: Radio) -> None:
    programme = submitted(radio)

    with pytest.raises(Unacceptable, match=r"outside\.not_allowed"):
        entered(radio, programme)

    assert outside_board.allowed_at(radio.store, radio.clock, OFFICER, Matter(programme)) is None
    assert radio.stored(programme).programme.state is State.SUBMITTED
    assert radio.store.kept.approving.papers == {}


def test_every_station_that_would_hear_it_has_the_article(radio: Radio) -> None:
    allows(radio)
    with radio.store.writing() as uow:
        other = next(each for each in uow.places.regulations() if each.station == SON_LINH)
        uow.places.put_regulation(replace(other, outside_approval=""))
        uow.commit()
    everywhere = replace(in_notices(), units=frozenset({QUANG_NGAI}))
    programme = submitted(radio, by=EDITOR, wish=once(time(5, 30), units=everywhere.units))

    with pytest.raises(Unacceptable, match=r"outside\.not_allowed"):
        entered(radio, programme, by=EDITOR, approver=PROVINCE_APPROVER.id)


def test_a_station_that_a_zone_is_on_its_way_to_has_the_article_too(radio: Radio) -> None:
    allows(radio)
    with radio.store.writing() as uow:
        other = next(each for each in uow.places.regulations() if each.station == SON_LINH)
        uow.places.put_regulation(replace(other, outside_approval=""))
        here = uow.places.zone(DONG_BANG)
        assert here is not None
        uow.places.put_zone(replace(here, moves=(Standing(MONDAY + DAY, SON_LINH, SON_LINH),)))
        uow.commit()
    programme = submitted(radio, by=EDITOR, wish=once(time(5, 30), DONG_BANG, day=MONDAY + 2 * DAY))

    with pytest.raises(Unacceptable, match=r"outside\.not_allowed"):
        entered(radio, programme, by=EDITOR, approver=PROVINCE_APPROVER.id)
    assert outside_board.allowed_at(radio.store, radio.clock, EDITOR, Matter(programme)) is None


def test_four_eyes_hold(radio: Radio) -> None:
    allows(radio)
    programme = submitted(radio, by=BOTH)

    with pytest.raises(Unacceptable, match=r"approval\.own_work"):
        entered(radio, programme, by=BOTH, approver=BOTH.id)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"approver": OFFICER.id}, "outside.no_approver"),
        ({"approver": NEIGHBOUR.id}, "outside.no_approver"),
        ({"approver": PersonId("nobody")}, "outside.no_approver"),
        ({"approved_at": local(4, 1)}, "outside.in_the_future"),
        ({"approved_at": local(3) - 31 * DAY}, "outside.too_long_ago"),
        ({"document": "  "}, "outside.no_document"),
        ({"paper": b""}, "outside.no_paper"),
        ({"paper": b"<html><script>alert(1)</script>"}, "outside.paper_kind"),
        ({"paper": b"%PDF-1.7"}, "outside.paper_kind"),
        ({"paper": PHOTO + bytes(outside.LARGEST_PAPER)}, "outside.paper_size"),
    ],
    ids=str,
)
def test_what_is_not_credible_is_refused_and_nothing_kept(
    radio: Radio, programme: ProgrammeId, change: dict[str, object], code: str
) -> None:
    with pytest.raises(ServerError) as refused:
        outside.enter(radio.store, radio.clock, OFFICER, Matter(programme), claim=claim(radio, **change))

    assert refused.value.code == code
    assert radio.stored(programme).programme.state is State.SUBMITTED
    assert (radio.store.kept.approving.outside, radio.store.kept.approving.papers) == ({}, {})


def test_by_phone_there_need_be_no_paper(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme, means=Means.PHONE, document="", paper=b"")

    assert (made.document, made.paper) == ("", None)
    with pytest.raises(NotFound):
        outside_board.paper_of(radio.store, radio.clock, APPROVER, made.id)


def at_noon(radio: Radio) -> ProgrammeId:
    """Submit what lies outside the hours."""
    allows(radio)
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, once(time(12, 0)))
    return programme


def asks_override(radio: Radio, programme: ProgrammeId) -> str:
    with radio.store.reading() as uow:
        (slot,) = uow.programmes.slots_of(programme)
    start = local(12)
    return overrides.ask(radio.store, radio.clock, OFFICER, SON_HA, slot=slot.slot.id, start=start, reason="Lũ về").id


def test_hours_that_a_decision_opened_are_not_for_it(radio: Radio) -> None:
    programme = at_noon(radio)
    regulations.accept(radio.store, radio.clock, APPROVER, asks_override(radio, programme))
    radio.submits(programme)

    with pytest.raises(Unacceptable, match=r"outside\.only_in_hours"):
        entered(radio, programme)


def test_no_decision_opens_hours_to_it_before_it_is_confirmed(radio: Radio, programme: ProgrammeId) -> None:
    at_dawn = once(time(5, 40))
    exact = submitted(radio, wish=at_dawn)
    made = entered(radio, exact)
    with radio.store.writing() as uow:
        for each in uow.places.regulations():
            later = tuple(
                replace(rule, earliest=time(5, 50)) if rule.earliest < time(6) else rule for rule in each.sessions
            )
            uow.places.put_regulation(replace(each, sessions=later))
        uow.commit()
    with radio.store.reading() as uow:
        (slot,) = uow.programmes.slots_of(exact)
    asked = overrides.ask(
        radio.store, radio.clock, OFFICER, SON_HA, slot=slot.slot.id, start=local(5, 40), reason="Lũ về"
    )

    with pytest.raises(Unacceptable, match=r"outside\.only_in_hours"):
        regulations.accept(radio.store, radio.clock, PROVINCE_APPROVER, asked.id)

    outside.confirm(radio.store, radio.clock, APPROVER, made.id)
    regulations.accept(radio.store, radio.clock, PROVINCE_APPROVER, asked.id)


def test_after_a_day_the_units_above_see_who_has_not_confirmed(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme)
    fresh = outside_board.below(radio.store, radio.clock, ADMINISTRATOR, QUANG_NGAI)
    radio.clock.advance(DAY)

    late = outside_board.below(radio.store, radio.clock, ADMINISTRATOR, QUANG_NGAI)

    assert [(each.approval, each.overdue) for each in fresh] == [(made, False)]
    assert [(each.approver, each.overdue) for each in late] == [(APPROVER.name, True)]
    assert outside_board.below(radio.store, radio.clock, NEIGHBOUR, SON_LINH) == ()


@pytest.mark.parametrize(
    "look",
    [
        lambda radio, made: outside_board.get(radio.store, radio.clock, NEIGHBOUR, made.id),
        lambda radio, made: outside_board.paper_of(radio.store, radio.clock, NEIGHBOUR, made.id),
        lambda radio, _: outside_board.below(radio.store, radio.clock, NEIGHBOUR, SON_HA),
        lambda radio, _: outside_board.below(radio.store, radio.clock, OFFICER, QUANG_NGAI),
    ],
)
def test_a_neighbour_sees_none_of_it(
    radio: Radio, programme: ProgrammeId, look: Callable[[Radio, OutsideApproval], object]
) -> None:
    made = entered(radio, programme)

    with pytest.raises(NotAllowed):
        look(radio, made)


def test_looking_at_the_paper_is_written_down(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme)

    content = outside_board.paper_of(radio.store, radio.clock, INSPECTOR, made.id)

    assert content == PHOTO
    assert radio.actions()[-1] == "outside_approval.paper_seen"


def test_what_is_unknown_is_not_found(radio: Radio) -> None:
    with pytest.raises(NotFound, match=r"outside\.unknown"):
        outside.confirm(radio.store, radio.clock, APPROVER, "nothing")


def test_an_instant_tells_when_it_is_overdue(radio: Radio, programme: ProgrammeId) -> None:
    made = entered(radio, programme)

    def overdue(at: datetime) -> bool:
        return made.is_overdue(at)

    assert not overdue(radio.now() + DAY - timedelta(seconds=1))
    assert overdue(radio.now() + DAY)
    assert not replace(made, state=OutsideState.CONFIRMED).is_overdue(radio.now() + 2 * DAY)
