"""One-time links: bound to what was submitted, to one approver and to a PIN; used once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from schedules.ids import PersonId, ProgrammeId
from schedules.programme import State
from schedules.times import DAY
from server.account_records import Delegation
from server.approving_records import LinkState, Matter
from server.errors import NotAllowed, NotFound, ServerError, Stale, Unacceptable
from server.services import approval_links as links
from server.services import approvals, approver_pins, delegations, phone_approvals, programmes
from server.services.drafts import Draft
from server.values import ApprovalWay, Person
from tests.fakes.hashing import FakeHashing
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    INSPECTOR,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    PROVINCE_APPROVER,
    SON_HA,
    TECHNICIAN,
    Radio,
    in_notices,
    local,
)

PIN = "482915"


HASHING = FakeHashing()


def submitted(radio: Radio, *, by: Person = OFFICER, title: str = "Tạm ngừng cấp điện") -> ProgrammeId:
    programme = radio.writes(title, by=by)
    radio.records(programme, by=by)
    radio.books(programme, in_notices(), by=by)
    radio.submits(programme, by=by)
    return programme


def sets_pin(radio: Radio, by: Person = APPROVER, pin: str = PIN) -> None:
    approver_pins.set_pin(radio.store, radio.clock, HASHING, by, password=by.login, pin=pin)


def asked(radio: Radio, programme: ProgrammeId, *, by: Person = OFFICER, approver: Person = APPROVER) -> str:
    """Give the token of a link."""
    return links.ask(radio.store, radio.clock, by, Matter(programme), approver=approver.id)[0]


def approves(radio: Radio, token: str, pin: str = PIN) -> None:
    phone_approvals.approve(radio.store, radio.clock, HASHING, token, pin=pin)


def state_of(radio: Radio, programme: ProgrammeId) -> State:
    return radio.stored(programme).programme.state


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


def test_the_token_itself_is_kept_nowhere(radio: Radio, programme: ProgrammeId) -> None:
    token = asked(radio, programme)

    assert token not in repr(radio.store.kept)


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


def guesses(radio: Radio, programme: ProgrammeId, by: Person = OFFICER) -> None:
    """Burn as many links as somebody gets."""
    while True:
        token = asked(radio, programme, by=by)
        for _ in range(approver_pins.TRIES):
            with pytest.raises(Unacceptable):
                approves(radio, token, "000000")


def test_new_links_give_nobody_endless_tries(radio: Radio, programme: ProgrammeId) -> None:
    with pytest.raises(Unacceptable, match=r"approval_link\.wrong_pins"):
        guesses(radio, programme)

    assert radio.actions().count("approval_link.wrong_pin") == links.WRONG_AT_MOST
    radio.clock.advance(DAY)
    with pytest.raises(Unacceptable, match=r"approval_link\.wrong_pins"):
        asked(radio, programme)


def test_links_that_are_left_before_they_burn_count_as_well(radio: Radio, programme: ProgrammeId) -> None:
    for _ in range(links.WRONG_AT_MOST):
        token = asked(radio, programme)
        with pytest.raises(Unacceptable, match=r"approver_pin\.wrong"):
            approves(radio, token, "000000")

    with pytest.raises(Unacceptable, match=r"approval_link\.wrong_pins"):
        asked(radio, programme)


def test_who_guesses_locks_neither_the_approver_nor_other_people_out(radio: Radio, programme: ProgrammeId) -> None:
    with pytest.raises(Unacceptable, match=r"approval_link\.wrong_pins"):
        guesses(radio, programme)
    assert approver_pins.wrong_pins(radio.store, APPROVER) == links.WRONG_AT_MOST

    approves(radio, asked(radio, programme, by=BOTH))

    assert state_of(radio, programme) is State.APPROVED
    assert approver_pins.wrong_pins(radio.store, APPROVER) == 0


def test_an_approver_who_sets_another_pin_may_be_asked_again(radio: Radio, programme: ProgrammeId) -> None:
    with pytest.raises(Unacceptable, match=r"approval_link\.wrong_pins"):
        guesses(radio, programme)
    radio.clock.advance(timedelta(minutes=1))

    sets_pin(radio)

    assert approver_pins.wrong_pins(radio.store, APPROVER) == 0
    approves(radio, asked(radio, programme))
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


def test_a_newer_link_for_the_same_approver_ends_the_one_before(radio: Radio, programme: ProgrammeId) -> None:
    earlier, later = asked(radio, programme), asked(radio, programme)

    with pytest.raises(Unacceptable, match=r"approval_link\.replaced"):
        phone_approvals.opened(radio.store, radio.clock, earlier)
    assert phone_approvals.opened(radio.store, radio.clock, later).approver.id == APPROVER.id
    states = [link.state for link, _ in links.links_of(radio.store, OFFICER, Matter(programme))]
    assert sorted(states) == [LinkState.OPEN, LinkState.REPLACED]


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


@pytest.mark.parametrize("by", [APPROVER, TECHNICIAN, INSPECTOR, ADMINISTRATOR, NEIGHBOUR])
def test_only_who_may_submit_asks_for_a_link(radio: Radio, programme: ProgrammeId, by: Person) -> None:
    with pytest.raises(NotAllowed):
        asked(radio, programme, by=by)
    with pytest.raises(NotAllowed):
        links.candidates(radio.store, radio.clock, by, Matter(programme))
    with pytest.raises(NotAllowed):
        links.links_of(radio.store, by, Matter(programme))


@pytest.mark.parametrize("approver", [OFFICER, TECHNICIAN, ADMINISTRATOR, NEIGHBOUR])
def test_a_link_is_for_an_approver_of_that_programme(radio: Radio, programme: ProgrammeId, approver: Person) -> None:
    with pytest.raises(Unacceptable, match=r"approval_link\.no_approver"):
        asked(radio, programme, approver=approver)


def test_the_approver_is_none_of_the_makers_and_has_a_pin(radio: Radio) -> None:
    sets_pin(radio, BOTH)
    programme = submitted(radio, by=BOTH)

    with pytest.raises(Unacceptable, match=r"approval\.own_work"):
        asked(radio, programme, by=BOTH, approver=BOTH)
    with pytest.raises(Unacceptable, match=r"approval_link\.no_pin"):
        asked(radio, programme, by=BOTH, approver=APPROVER)

    names = [
        (each.person.id, each.has_pin) for each in links.candidates(radio.store, radio.clock, BOTH, Matter(programme))
    ]
    assert names == [(APPROVER.id, False), (PROVINCE_APPROVER.id, False)]


def test_nothing_is_asked_for_a_draft(radio: Radio) -> None:
    sets_pin(radio)
    draft = radio.writes("Chưa trình")

    with pytest.raises(Unacceptable, match=r"approval\.nothing_waits"):
        asked(radio, draft)


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


def hands_on(radio: Radio, to: Person, last: date = MONDAY) -> Delegation:
    """Let the approver hand approval on for some days from Monday."""
    return delegations.give(
        radio.store,
        radio.clock,
        APPROVER,
        unit=SON_HA,
        to=to.id,
        first_day=MONDAY,
        last_day=last,
        document="12/UQ",
    )


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


def test_a_delegation_whose_days_are_over_makes_nobody_an_approver(radio: Radio, programme: ProgrammeId) -> None:
    hands_on(radio, INSPECTOR)
    radio.at(radio.now() + DAY)

    with pytest.raises(Unacceptable, match=r"approval_link\.no_approver"):
        asked(radio, programme, approver=INSPECTOR)


def test_nobody_makes_links_without_end(radio: Radio, programme: ProgrammeId) -> None:
    for _ in range(links.ASKED_AT_MOST):
        asked(radio, programme)

    with pytest.raises(Unacceptable, match=r"approval_link\.too_many"):
        asked(radio, programme)

    radio.clock.advance(timedelta(hours=1, seconds=1))
    assert asked(radio, programme)


@pytest.mark.parametrize(
    ("by", "password", "pin", "code"),
    [
        (OFFICER, "officer", PIN, "approver_pin.no_approver"),
        (APPROVER, "wrong", PIN, "password.wrong"),
        (APPROVER, "approver", "12345", "approver_pin.digits"),
        (APPROVER, "approver", "1234567890123", "approver_pin.digits"),
        (APPROVER, "approver", "abcdef", "approver_pin.digits"),
        (APPROVER, "approver", "４８２９１５", "approver_pin.digits"),
        (APPROVER, "approver", "111111", "approver_pin.too_easy"),
        (APPROVER, "approver", "123456", "approver_pin.too_easy"),
        (APPROVER, "approver", "987654", "approver_pin.too_easy"),
    ],
)
def test_a_pin_is_an_approvers_with_their_password_and_not_easily_guessed(
    radio: Radio, by: Person, password: str, pin: str, code: str
) -> None:
    with pytest.raises(ServerError) as refused:
        approver_pins.set_pin(radio.store, radio.clock, HASHING, by, password=password, pin=pin)

    assert refused.value.code == code
    assert not approver_pins.has_pin(radio.store, by)
    assert radio.store.kept.approving.pins.get(PersonId(by.login)) is None


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
