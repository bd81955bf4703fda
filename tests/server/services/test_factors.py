"""The second factor: proved, used once, throttled, put off for a while, and taken away by two where it is weighty."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from schedules.ids import PersonId
from server.account_records import Factor
from server.errors import NotAllowed, NotFound, ServerError, Unacceptable
from server.services import factors, grants
from server.services.factors import GRACE, LOCKED_FOR, RECOVERY_CODES, TRIES
from server.values import Person
from tests.server.services.radio import ADMINISTRATOR, APPROVER, NEIGHBOUR, OFFICER, Radio
from tests.server.services.test_grants import SECOND


@dataclass
class FakeCodes:
    """See `ports.OneTimeCodes`: the code of a half minute is its number."""

    drawn: int = 0

    def draw(self) -> str:
        return "sealed"

    def letters(self, sealed: str) -> str:
        return sealed

    def address(self, sealed: str, login: str) -> str:
        return f"{sealed}:{login}"

    def step(self, sealed: str, code: str, now: datetime) -> int | None:
        present = int(now.timestamp()) // 30
        return int(code) if abs(int(code) - present) <= 1 else None

    def recovery(self) -> str:
        self.drawn += 1
        return f"spare-{self.drawn}"

    def digest(self, code: str) -> str:
        return f"digest of {code}"


@pytest.fixture
def codes() -> FakeCodes:
    return FakeCodes()


def code_of(radio: Radio) -> str:
    return str(int(radio.now().timestamp()) // 30)


def has_one(radio: Radio, codes: FakeCodes, person: Person = APPROVER) -> tuple[str, ...]:
    factors.draw(radio.store, radio.clock, codes, person)
    recovery = factors.confirm(radio.store, radio.clock, codes, person, code=code_of(radio))
    radio.clock.advance(timedelta(minutes=5))
    return recovery


def refused(radio: Radio, codes: FakeCodes, code: str) -> str:
    with pytest.raises(NotAllowed) as error:
        factors.check(radio.store, radio.clock, codes, APPROVER, code=code)
    return error.value.code


def test_it_guards_nothing_before_a_code_was_proved(radio: Radio, codes: FakeCodes) -> None:
    factors.draw(radio.store, radio.clock, codes, APPROVER)

    with pytest.raises(Unacceptable, match=r"factor\.wrong"):
        factors.confirm(radio.store, radio.clock, codes, APPROVER, code="1")
    assert not factors.guards(radio.store, APPROVER.id)
    assert len(factors.confirm(radio.store, radio.clock, codes, APPROVER, code=code_of(radio))) == RECOVERY_CODES
    assert factors.guards(radio.store, APPROVER.id)


def test_there_is_nothing_to_confirm_without_a_secret(radio: Radio, codes: FakeCodes) -> None:
    with pytest.raises(NotFound, match=r"factor\.none"):
        factors.confirm(radio.store, radio.clock, codes, APPROVER, code="1")
    assert refused(radio, codes, "1") == "factor.none"


def test_a_code_serves_once_and_older_ones_never(radio: Radio, codes: FakeCodes) -> None:
    has_one(radio, codes)
    code = code_of(radio)

    factors.check(radio.store, radio.clock, codes, APPROVER, code=f" {code} ")

    assert refused(radio, codes, code) == "factor.wrong"
    assert refused(radio, codes, str(int(code) - 1)) == "factor.wrong"


def test_the_code_that_set_it_up_does_not_sign_in(radio: Radio, codes: FakeCodes) -> None:
    factors.draw(radio.store, radio.clock, codes, APPROVER)
    factors.confirm(radio.store, radio.clock, codes, APPROVER, code=code_of(radio))

    assert refused(radio, codes, code_of(radio)) == "factor.wrong"


def test_a_recovery_code_serves_once_and_is_kept_as_a_digest(radio: Radio, codes: FakeCodes) -> None:
    first, *_ = has_one(radio, codes)

    factors.check(radio.store, radio.clock, codes, APPROVER, code=first.upper())

    assert refused(radio, codes, first) == "factor.wrong"
    kept = factors.factor_of(radio.store, APPROVER.id)
    assert kept is not None
    assert len(kept.recovery) == RECOVERY_CODES - 1
    assert first not in kept.recovery


def test_after_some_wrong_codes_even_the_right_one_waits(radio: Radio, codes: FakeCodes) -> None:
    has_one(radio, codes)

    assert [refused(radio, codes, "1") for _ in range(TRIES)] == ["factor.wrong"] * TRIES
    assert refused(radio, codes, code_of(radio)) == "factor.locked"
    radio.clock.advance(LOCKED_FOR)
    assert refused(radio, codes, "1") == "factor.wrong"
    factors.check(radio.store, radio.clock, codes, APPROVER, code=code_of(radio))
    assert radio.actions().count("factor.refused") == TRIES + 1


def test_whoever_holds_weighty_rights_is_asked_and_may_put_it_off_for_a_while(radio: Radio, codes: FakeCodes) -> None:
    assert factors.ask_in_time(radio.store, radio.clock, APPROVER)
    assert not factors.ask_in_time(radio.store, radio.clock, OFFICER)
    radio.clock.advance(GRACE - timedelta(seconds=1))
    assert factors.ask_in_time(radio.store, radio.clock, APPROVER)
    assert not factors.overdue(radio.store, radio.clock, APPROVER)

    radio.clock.advance(timedelta(seconds=1))

    assert factors.overdue(radio.store, radio.clock, APPROVER)
    assert not factors.overdue(radio.store, radio.clock, OFFICER)
    has_one(radio, codes)
    assert not factors.overdue(radio.store, radio.clock, APPROVER)
    assert not factors.ask_in_time(radio.store, radio.clock, APPROVER)


def test_only_who_need_not_have_one_takes_their_own_away(radio: Radio, codes: FakeCodes) -> None:
    for person in (APPROVER, OFFICER):
        has_one(radio, codes, person)

    with pytest.raises(NotAllowed, match=r"factor\.required"):
        factors.remove(radio.store, radio.clock, APPROVER)
    factors.remove(radio.store, radio.clock, OFFICER)

    assert factors.guards(radio.store, APPROVER.id)
    assert not factors.guards(radio.store, OFFICER.id)


def test_a_factor_is_not_drawn_over_one_that_guards(radio: Radio, codes: FakeCodes) -> None:
    has_one(radio, codes)

    for again in (
        lambda: factors.draw(radio.store, radio.clock, codes, APPROVER),
        lambda: factors.confirm(radio.store, radio.clock, codes, APPROVER, code=code_of(radio)),
    ):
        with pytest.raises(Unacceptable, match=r"factor\.there_already"):
            again()


def test_an_officers_is_reset_by_one_and_an_approvers_by_two_after_a_day(radio: Radio, codes: FakeCodes) -> None:
    with radio.store.writing() as uow:
        uow.people.put(SECOND)
        uow.commit()
    for person in (APPROVER, OFFICER):
        has_one(radio, codes, person)

    assert factors.reset(radio.store, radio.clock, ADMINISTRATOR, OFFICER.id)
    assert not factors.guards(radio.store, OFFICER.id)
    assert radio.store.kept.people[OFFICER.id].session_key == OFFICER.session_key + 1
    assert not factors.reset(radio.store, radio.clock, ADMINISTRATOR, APPROVER.id)
    assert factors.guards(radio.store, APPROVER.id)
    (asked,) = grants.waiting(radio.store, SECOND)
    grants.agree(radio.store, radio.clock, SECOND, asked.proposal.id)
    radio.clock.advance(grants.WAIT)
    assert grants.carry_out_due(radio.store, radio.clock) == 1
    assert not factors.guards(radio.store, APPROVER.id)


@pytest.mark.parametrize(
    ("by", "person", "code"),
    [
        (OFFICER, APPROVER.id, "rights.missing"),
        (NEIGHBOUR, OFFICER.id, "rights.missing"),
        (ADMINISTRATOR, ADMINISTRATOR.id, "grant.own"),
        (ADMINISTRATOR, PersonId("nobody"), "person.unknown"),
    ],
)
def test_nobody_else_resets_one(radio: Radio, by: Person, person: PersonId, code: str) -> None:
    with radio.store.writing() as uow:
        uow.factors.put(Factor(person=person, since=radio.now(), sealed="s", confirmed_at=radio.now()))
        uow.commit()

    with pytest.raises(ServerError) as error:
        factors.reset(radio.store, radio.clock, by, person)

    assert error.value.code == code
    assert factors.guards(radio.store, person)
