"""What a one-time link does on the approver's phone: it shows one matter, which the PIN releases or sends back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import ProgrammeId
from schedules.programme import State
from schedules.times import DAY
from server.approving_records import Matter
from server.errors import NotFound, Stale, Unacceptable
from server.services import approval_links as links
from server.services import approvals, approver_pins, delegations, phone_approvals, programmes
from server.services.drafts import Draft
from server.values import ApprovalWay
from tests.fakes.hashing import FakeHashing
from tests.server.services.linked import HASHING, PIN, approves, asked, hands_on, sets_pin, state_of, submitted
from tests.server.services.radio import (
    APPROVER,
    INSPECTOR,
    OFFICER,
    Radio,
    in_notices,
    local,
)


@pytest.fixture
def programme(radio: Radio) -> ProgrammeId:
    sets_pin(radio)
    return submitted(radio)


def test_the_approver_releases_exactly_what_the_desk_would_and_the_way_is_kept(
    radio: Radio, programme: ProgrammeId
) -> None:
    token = asked(radio, programme)
    shown = phone_approvals.opened(radio.store, radio.clock, token)

    approves(radio, token)

    (kept,) = radio.store.kept.approvals
    assert isinstance(shown.waiting, approvals.ToApprove)
    assert shown.waiting.stored.programme.id == programme
    assert state_of(radio, programme) is State.APPROVED
    assert (kept.approval.approved_by, kept.way) == (APPROVER.id, ApprovalWay.LINK)
    line = radio.store.kept.audit[-1]
    assert (line.action, line.by, line.details["way"]) == ("programme.approved", APPROVER.id, "link")


def test_a_link_serves_once(radio: Radio, programme: ProgrammeId) -> None:
    token = asked(radio, programme)
    approves(radio, token)

    with pytest.raises(Unacceptable, match=r"approval_link\.used"):
        approves(radio, token)
    with pytest.raises(Unacceptable, match=r"approval_link\.used"):
        phone_approvals.opened(radio.store, radio.clock, token)
    assert len(radio.store.kept.approvals) == 1


def test_it_goes_back_with_a_reason_and_nothing_without_one(radio: Radio, programme: ProgrammeId) -> None:
    token = asked(radio, programme)

    with pytest.raises(Unacceptable, match=r"send_back\.no_reason"):
        phone_approvals.send_back(radio.store, radio.clock, HASHING, token, pin=PIN, reason=" ")
    phone_approvals.send_back(radio.store, radio.clock, HASHING, token, pin=PIN, reason="Sai ngày")

    stored = radio.stored(programme)
    assert (stored.programme.state, stored.note) == (State.SENT_BACK, "Sai ngày")
    with pytest.raises(Unacceptable, match=r"approval_link\.used"):
        approves(radio, token)


def edits(radio: Radio, programme: ProgrammeId) -> None:
    version = radio.stored(programme).programme.version
    kind = radio.stored(programme).programme.kind
    draft = Draft(title="Tên khác", kind=kind)
    programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=draft, version=version)
    radio.submits(programme)


def books_more(radio: Radio, programme: ProgrammeId) -> None:
    radio.books(programme, replace(in_notices(), last_day=in_notices().last_day + 2 * DAY))


def goes_back(radio: Radio, programme: ProgrammeId) -> None:
    version = radio.stored(programme).programme.version
    programmes.send_back(radio.store, radio.clock, APPROVER, programme, version=version, reason="Sai ngày")


@pytest.mark.parametrize("change", [edits, books_more, goes_back, lambda radio, each: radio.approves(each)])
def test_any_change_of_the_record_voids_the_link(
    radio: Radio, programme: ProgrammeId, change: Callable[[Radio, ProgrammeId], object]
) -> None:
    token = asked(radio, programme)
    change(radio, programme)
    before = radio.store.kept.approvals

    with pytest.raises(Stale, match=r"approval_link\.changed"):
        phone_approvals.opened(radio.store, radio.clock, token)
    with pytest.raises(Stale, match=r"approval_link\.changed"):
        approves(radio, token)

    assert radio.store.kept.approvals == before


def test_five_wrong_pins_burn_the_link_and_the_right_one_comes_too_late(radio: Radio, programme: ProgrammeId) -> None:
    token = asked(radio, programme)
    for left in (4, 3, 2, 1):
        with pytest.raises(Unacceptable) as refused:
            approves(radio, token, "000000")
        assert (refused.value.code, refused.value.values) == ("approver_pin.wrong", {"left": left})

    with pytest.raises(Unacceptable, match=r"approval_link\.burnt"):
        approves(radio, token, "000000")
    with pytest.raises(Unacceptable, match=r"approval_link\.burnt"):
        approves(radio, token)

    assert state_of(radio, programme) is State.SUBMITTED
    assert radio.actions()[-1] == "approval_link.burnt"


def test_a_right_pin_is_no_try_whatever_else_was_wrong(radio: Radio, programme: ProgrammeId) -> None:
    token = asked(radio, programme)
    for _ in range(links.WRONG_AT_MOST):
        with pytest.raises(Unacceptable, match=r"form\.too_long"):
            phone_approvals.send_back(radio.store, radio.clock, HASHING, token, pin=PIN, reason="dài " * 1000)

    assert asked(radio, programme)
    approves(radio, asked(radio, programme))


def test_a_pin_that_was_replaced_while_it_was_judged_is_a_wrong_one(radio: Radio, programme: ProgrammeId) -> None:
    token = asked(radio, programme)

    class Meanwhile(FakeHashing):
        def verify(self, password_hash: str, password: str) -> bool:
            radio.clock.advance(timedelta(seconds=1))
            sets_pin(radio, pin="731604")
            return super().verify(password_hash, password)

    with pytest.raises(Unacceptable, match=r"approver_pin\.wrong"):
        phone_approvals.approve(radio.store, radio.clock, Meanwhile(), token, pin=PIN)

    assert state_of(radio, programme) is State.SUBMITTED


def test_the_fifth_try_may_be_the_right_one(radio: Radio, programme: ProgrammeId) -> None:
    token = asked(radio, programme)
    for _ in range(4):
        with pytest.raises(Unacceptable):
            approves(radio, token, "000000")

    approves(radio, token)

    assert state_of(radio, programme) is State.APPROVED


def test_an_approver_who_mistypes_once_is_told_nothing(radio: Radio, programme: ProgrammeId) -> None:
    with pytest.raises(Unacceptable, match=r"approver_pin\.wrong"):
        approves(radio, asked(radio, programme), "000000")

    assert approver_pins.wrong_pins(radio.store, APPROVER) == 0
    assert approver_pins.wrong_pins(radio.store, OFFICER) == 0


def test_a_link_ends_after_a_day(radio: Radio, programme: ProgrammeId) -> None:
    token = asked(radio, programme)
    radio.clock.advance(DAY)

    with pytest.raises(Unacceptable, match=r"approval_link\.expired"):
        approves(radio, token)


def test_a_link_ends_when_the_programme_would_first_sound(radio: Radio) -> None:
    radio.release_templates()
    sets_pin(radio)
    programme = submitted(radio)

    _, link = links.ask(radio.store, radio.clock, OFFICER, Matter(programme), approver=APPROVER.id)

    assert link.expires_at == local(5, 43)


def test_a_link_opens_its_own_programme_whatever_else_waits(radio: Radio, programme: ProgrammeId) -> None:
    other = submitted(radio, title="Bài khác")
    token = asked(radio, other)

    approves(radio, token)

    assert state_of(radio, other) is State.APPROVED
    assert state_of(radio, programme) is State.SUBMITTED


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "../../etc"])
def test_a_made_up_token_opens_nothing(radio: Radio, programme: ProgrammeId, token: str) -> None:
    asked(radio, programme)

    with pytest.raises(NotFound, match=r"approval_link\.unknown"):
        approves(radio, token)


@pytest.mark.parametrize("change", [{"active": False}, {"roles": frozenset()}, {"must_change_password": True}])
def test_an_approver_who_may_no_longer_approve_has_no_link(
    radio: Radio, programme: ProgrammeId, change: dict[str, object]
) -> None:
    token = asked(radio, programme)
    with radio.store.writing() as uow:
        uow.people.put(replace(APPROVER, **change))  # type: ignore[arg-type]  # fields by name
        uow.commit()

    with pytest.raises(Unacceptable, match=r"approval_link\.no_approver"):
        approves(radio, token)


def test_who_approves_in_somebodys_place_today_does_so_by_a_link_too(radio: Radio, programme: ProgrammeId) -> None:
    made = hands_on(radio, INSPECTOR)
    sets_pin(radio, INSPECTOR)

    named = {each.person.id for each in links.candidates(radio.store, radio.clock, OFFICER, Matter(programme))}
    approves(radio, asked(radio, programme, approver=INSPECTOR))

    assert INSPECTOR.id in named
    kept = radio.store.kept.approvals[-1]
    assert (kept.approval.approved_by, kept.way, kept.delegation) == (INSPECTOR.id, ApprovalWay.LINK, made.id)


def test_a_link_ends_with_the_delegation_it_was_made_by(radio: Radio, programme: ProgrammeId) -> None:
    made = hands_on(radio, INSPECTOR)
    sets_pin(radio, INSPECTOR)
    token = asked(radio, programme, approver=INSPECTOR)

    delegations.end(radio.store, radio.clock, APPROVER, made.id)

    with pytest.raises(Unacceptable, match=r"approval_link\.no_approver"):
        approves(radio, token)
    with pytest.raises(Unacceptable, match=r"approval_link\.no_approver"):
        asked(radio, programme, approver=INSPECTOR)
    with pytest.raises(Unacceptable, match=r"approver_pin\.no_approver"):
        sets_pin(radio, INSPECTOR)


def test_what_the_approver_may_not_release_at_the_desk_no_link_releases(radio: Radio, programme: ProgrammeId) -> None:
    token = asked(radio, programme)
    with radio.store.writing() as uow:
        stored = uow.programmes.get(programme)
        assert stored is not None
        made_too = replace(stored, changed_by=stored.changed_by | {APPROVER.id})
        uow.programmes.put(made_too, expected_version=stored.programme.version)
        uow.commit()

    with pytest.raises(Unacceptable, match=r"approval\.own_work"):
        approves(radio, token)

    assert approvals.queue(radio.store, radio.clock, APPROVER).programmes[0].own_work
    assert state_of(radio, programme) is State.SUBMITTED
