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
from tests.fakes.hashing import FakeHashing
from tests.server.services.radio import ADMINISTRATOR, APPROVER, NEIGHBOUR, OFFICER, Radio
from tests.server.services.test_grants import SECOND

FULL_WIDTH = {ord("0") + number: ord("\uff10") + number for number in range(10)}


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
        return int(code) if code.isdecimal() and abs(int(code) - present) <= 1 else None

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
        removes(radio, APPROVER)
    removes(radio, OFFICER)

    assert factors.guards(radio.store, APPROVER.id)
    assert not factors.guards(radio.store, OFFICER.id)


def test_an_unwatched_screen_is_not_enough_to_take_a_factor_away(radio: Radio, codes: FakeCodes) -> None:
    has_one(radio, codes, OFFICER)

    with pytest.raises(Unacceptable, match=r"password\.wrong"):
        removes(radio, OFFICER, password="guessed")

    assert factors.guards(radio.store, OFFICER.id)


def removes(radio: Radio, person: Person, password: str | None = None) -> None:
    factors.remove(radio.store, radio.clock, FakeHashing(), person, password=password or person.login)


def renewed(radio: Radio, codes: FakeCodes, code: str, password: str = APPROVER.login) -> tuple[str, ...]:
    return factors.renew_recovery(
        radio.store, radio.clock, codes, FakeHashing(), APPROVER, password=password, code=code
    )


def test_other_recovery_codes_void_those_before(radio: Radio, codes: FakeCodes) -> None:
    old = has_one(radio, codes)

    fresh = renewed(radio, codes, code_of(radio))

    assert len(set(fresh) - set(old)) == RECOVERY_CODES
    assert refused(radio, codes, old[0]) == "factor.wrong"
    factors.check(radio.store, radio.clock, codes, APPROVER, code=fresh[0])
    assert "factor.recovery_renewed" in radio.actions()


def test_other_recovery_codes_need_the_password_and_the_telephone(radio: Radio, codes: FakeCodes) -> None:
    old = has_one(radio, codes)

    with pytest.raises(Unacceptable, match=r"password\.wrong"):
        renewed(radio, codes, code_of(radio), password="guessed")
    for code in ("1", old[0]):
        with pytest.raises(NotAllowed, match=r"factor\.wrong"):
            renewed(radio, codes, code)

    kept = factors.factor_of(radio.store, APPROVER.id)
    assert kept is not None
    assert kept.recovery == tuple(codes.digest(each.replace("-", "")) for each in old)


def test_who_has_no_factor_has_no_recovery_codes(radio: Radio, codes: FakeCodes) -> None:
    with pytest.raises(NotAllowed, match=r"factor\.none"):
        renewed(radio, codes, code_of(radio))


def test_digits_of_a_full_width_keyboard_are_digits(radio: Radio, codes: FakeCodes) -> None:
    has_one(radio, codes)

    factors.check(radio.store, radio.clock, codes, APPROVER, code=code_of(radio).translate(FULL_WIDTH))


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
