"""Programmes that wait, and one-time links for them."""

from datetime import date

from schedules.ids import ProgrammeId
from schedules.programme import State
from server.account_records import Delegation
from server.approving_records import Matter
from server.services import approval_links as links
from server.services import approver_pins, delegations, phone_approvals
from server.values import Person
from tests.fakes.hashing import FakeHashing
from tests.server.services.radio import (
    APPROVER,
    MONDAY,
    OFFICER,
    SON_HA,
    Radio,
    in_notices,
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
