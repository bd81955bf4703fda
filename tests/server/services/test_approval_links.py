"""One-time links: who is asked by one, by whom, and how often; bound to one approver, who is never locked out."""

from datetime import timedelta

import pytest

from schedules.ids import PersonId, ProgrammeId
from schedules.programme import State
from schedules.times import DAY
from server.approving_records import LinkState, Matter
from server.errors import NotAllowed, ServerError, Unacceptable
from server.services import approval_links as links
from server.services import approver_pins, phone_approvals
from server.values import Person
from tests.server.services.linked import HASHING, PIN, approves, asked, hands_on, sets_pin, state_of, submitted
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    PROVINCE_APPROVER,
    TECHNICIAN,
    Radio,
)


@pytest.fixture
def programme(radio: Radio) -> ProgrammeId:
    sets_pin(radio)
    return submitted(radio)


def test_the_token_itself_is_kept_nowhere(radio: Radio, programme: ProgrammeId) -> None:
    token = asked(radio, programme)

    assert token not in repr(radio.store.kept)


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


def test_a_newer_link_for_the_same_approver_ends_the_one_before(radio: Radio, programme: ProgrammeId) -> None:
    earlier, later = asked(radio, programme), asked(radio, programme)

    with pytest.raises(Unacceptable, match=r"approval_link\.replaced"):
        phone_approvals.opened(radio.store, radio.clock, earlier)
    assert phone_approvals.opened(radio.store, radio.clock, later).approver.id == APPROVER.id
    states = [link.state for link, _ in links.links_of(radio.store, OFFICER, Matter(programme))]
    assert sorted(states) == [LinkState.OPEN, LinkState.REPLACED]


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
