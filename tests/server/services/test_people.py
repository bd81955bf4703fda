"""Accounts: signing in, passwords, roles."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import PersonId
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import people
from server.services.people import NewPerson
from server.values import Person, Role
from tests.fakes.hashing import FakeHashing
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    SON_LINH,
    Radio,
)


@pytest.fixture
def hashing() -> FakeHashing:
    return FakeHashing()


def kept(radio: Radio, person: PersonId) -> Person:
    return radio.store.kept.people[person]


def test_the_right_password_signs_in_whatever_the_case_of_the_login(radio: Radio, hashing: FakeHashing) -> None:
    person = people.sign_in(radio.store, radio.clock, hashing, login=" OFFICER ", password="officer")

    assert person.id == OFFICER.id
    assert radio.actions() == ["person.signed_in"]


@pytest.mark.parametrize(("login", "password"), [("officer", "wrong"), ("nobody", "wrong")])
def test_a_wrong_password_and_an_unknown_login_look_and_cost_the_same(
    radio: Radio, hashing: FakeHashing, login: str, password: str
) -> None:
    with pytest.raises(NotAllowed) as refused:
        people.sign_in(radio.store, radio.clock, hashing, login=login, password=password)

    assert (refused.value.code, refused.value.values) == ("sign_in.wrong", {})
    assert len(hashing.work) == 1
    (line,) = radio.store.kept.audit
    assert line.action == "person.sign_in_refused"
    assert "wrong" not in repr(line)
    assert "nobody" not in repr(line)


@pytest.mark.parametrize(
    "password",
    [
        "mật khẩu 123",
        "PhatThanh2026",
        "1234567890",
        "0987654321",
        "aaaaaaaaaaaa",
        "officer2026",
        "Officer-Officer",
        "qwertyuiop1",
        "admin@admin@1",
        "P@ssw0rd123",
        "p4$$word2026",
        "Aa123456789",
        "1122334455",
        "1234554321",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "zxcvbnm123",
        "147258369a",
        "Anhyeuem123",
        "Hanoi@2026",
    ],
)
def test_what_is_guessed_first_is_no_password(radio: Radio, hashing: FakeHashing, password: str) -> None:
    with pytest.raises(Unacceptable, match=r"password\.easy"):
        people.change_password(radio.store, radio.clock, hashing, OFFICER, old="officer", new=password)


@pytest.mark.parametrize(
    "password", ["mưa thuận gió hoà", "tre già măng mọc 12", "kx7m-9wqe-3bnp", "密码很长很长很长的呢"]
)
def test_whatever_else_is_long_enough_is_one(radio: Radio, hashing: FakeHashing, password: str) -> None:
    people.change_password(radio.store, radio.clock, hashing, OFFICER, old="officer", new=password)


def test_a_closed_account_does_not_sign_in(radio: Radio, hashing: FakeHashing) -> None:
    people.close(radio.store, radio.clock, ADMINISTRATOR, OFFICER.id)

    with pytest.raises(NotAllowed, match=r"sign_in.wrong"):
        people.sign_in(radio.store, radio.clock, hashing, login="officer", password="officer")


def test_a_session_ends_when_its_key_grew_or_the_account_was_closed(radio: Radio) -> None:
    assert people.signed_in(radio.store, radio.clock, OFFICER.id, session_key=1) is not None

    people.sign_out_everywhere(radio.store, radio.clock, OFFICER, OFFICER.id)
    assert people.signed_in(radio.store, radio.clock, OFFICER.id, session_key=1) is None

    people.close(radio.store, radio.clock, ADMINISTRATOR, APPROVER.id)
    assert people.signed_in(radio.store, radio.clock, APPROVER.id, session_key=2) is None
    assert people.signed_in(radio.store, radio.clock, PersonId("nobody"), session_key=1) is None


def test_a_new_password_replaces_the_old_and_signs_out_other_devices(radio: Radio, hashing: FakeHashing) -> None:
    with radio.store.writing() as uow:
        uow.people.put(replace(OFFICER, must_change_password=True))
        uow.commit()

    changed = people.change_password(radio.store, radio.clock, hashing, OFFICER, old="officer", new="mưa thuận gió hoà")

    assert changed == kept(radio, OFFICER.id)
    assert changed.password_hash == "hash of mưa thuận gió hoà"
    assert (changed.must_change_password, changed.session_key) == (False, 2)


def test_a_password_given_while_the_old_one_was_judged_stays(radio: Radio) -> None:
    class Meanwhile(FakeHashing):
        def verify(self, password_hash: str, password: str) -> bool:
            if password == "officer":
                people.give_password(
                    radio.store, radio.clock, FakeHashing(), ADMINISTRATOR, OFFICER.id, password="mật khẩu trên giấy"
                )
            return super().verify(password_hash, password)

    with pytest.raises(Unacceptable, match=r"password\.wrong"):
        people.change_password(radio.store, radio.clock, Meanwhile(), OFFICER, old="officer", new="của kẻ trộm đây")

    assert kept(radio, OFFICER.id).password_hash == "hash of mật khẩu trên giấy"


@pytest.mark.parametrize(
    ("old", "new", "code", "named"),
    [
        ("wrong", "mưa thuận gió hoà", "password.wrong", "old"),
        ("officer", "officer", "password.unchanged", "new"),
        ("officer", "ngắn quá", "password.too_short", "new"),
    ],
)
def test_a_bad_new_password_is_refused_at_its_field(
    radio: Radio, hashing: FakeHashing, old: str, new: str, code: str, named: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        people.change_password(radio.store, radio.clock, hashing, OFFICER, old=old, new=new)

    assert (refused.value.code, refused.value.field) == (code, named)
    assert kept(radio, OFFICER.id) == OFFICER


def test_a_login_is_no_password_even_in_capitals() -> None:
    with pytest.raises(Unacceptable, match=r"password.is_login"):
        people.require_good_password("nguyen.thi.hoa", "NGUYEN.THI.HOA", field="password")


NEWCOMER = NewPerson(login="Y.Nhi", name="Đinh Thị Y Nhi", unit=SON_HA, roles=frozenset({Role.OFFICER}))


def test_an_administrator_adds_an_account_that_must_change_its_password(radio: Radio, hashing: FakeHashing) -> None:
    made = people.add_person(
        radio.store, radio.clock, hashing, ADMINISTRATOR, new=NEWCOMER, password="chữ đầu tiên tạm"
    )

    assert kept(radio, made.id) == made
    assert (made.login, made.must_change_password) == ("y.nhi", True)
    assert [each.id for each in people.people_of(radio.store, ADMINISTRATOR, SON_HA)][-1] == made.id


def test_a_login_is_one_line_of_signs_that_are_seen(radio: Radio, hashing: FakeHashing) -> None:
    odd = replace(NEWCOMER, login="y.nhi\r\nBcc: ai@do.vn\0")
    made = people.add_person(radio.store, radio.clock, hashing, ADMINISTRATOR, new=odd, password="chữ đầu tiên tạm")

    assert made.login == "y.nhi bcc: ai@do.vn"
    for same in ("off\u200bicer", "\u202eofficer", "officer\x85"):  # each looks like somebody else's
        alike = replace(NEWCOMER, login=same)
        with pytest.raises(Unacceptable, match=r"person\.login_taken"):
            people.add_person(radio.store, radio.clock, hashing, ADMINISTRATOR, new=alike, password="chữ đầu tiên tạm")


def test_only_an_administrator_of_the_unit_handles_accounts(radio: Radio, hashing: FakeHashing) -> None:
    for by in (OFFICER, NEIGHBOUR):
        with pytest.raises(NotAllowed):
            people.add_person(radio.store, radio.clock, hashing, by, new=NEWCOMER, password="chữ đầu tiên tạm")
        with pytest.raises(NotAllowed):
            people.close(radio.store, radio.clock, by, APPROVER.id)
        with pytest.raises(NotAllowed):
            people.sign_out_everywhere(radio.store, radio.clock, by, APPROVER.id)
        with pytest.raises(NotAllowed):
            people.people_of(radio.store, by, SON_HA)

    assert people.people_of(radio.store, NEIGHBOUR, SON_LINH) == (NEIGHBOUR,)


@pytest.mark.parametrize(
    ("new", "password", "code", "named"),
    [
        (replace(NEWCOMER, login="  "), "chữ đầu tiên tạm", "person.no_login", "login"),
        (replace(NEWCOMER, login="Officer"), "chữ đầu tiên tạm", "person.login_taken", "login"),
        (replace(NEWCOMER, name=" "), "chữ đầu tiên tạm", "person.no_name", "name"),
        (replace(NEWCOMER, roles=frozenset()), "chữ đầu tiên tạm", "person.no_role", "roles"),
        (NEWCOMER, "ngắn", "password.too_short", "password"),
    ],
)
def test_an_account_that_cannot_be_is_refused_at_its_field(
    radio: Radio, hashing: FakeHashing, new: NewPerson, password: str, code: str, named: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        people.add_person(radio.store, radio.clock, hashing, ADMINISTRATOR, new=new, password=password)

    assert (refused.value.code, refused.value.field) == (code, named)


def test_nobody_closes_their_own_account(radio: Radio) -> None:
    with pytest.raises(NotAllowed, match=r"person.own_roles"):
        people.close(radio.store, radio.clock, ADMINISTRATOR, ADMINISTRATOR.id)


def test_an_unknown_person_is_not_found(radio: Radio) -> None:
    with pytest.raises(NotFound, match=r"person.unknown"):
        people.sign_out_everywhere(radio.store, radio.clock, ADMINISTRATOR, PersonId("nobody"))


def test_a_forgotten_password_is_given_anew_for_one_sign_in(radio: Radio, hashing: FakeHashing) -> None:
    people.give_password(radio.store, radio.clock, hashing, ADMINISTRATOR, OFFICER.id, password="mot hai ba bon")

    given = kept(radio, OFFICER.id)
    assert given.password_hash == "hash of mot hai ba bon"
    assert given.must_change_password
    assert given.session_key == OFFICER.session_key + 1
    assert radio.actions() == ["person.password_given"]


def test_only_an_administrator_gives_a_password_and_a_good_one(radio: Radio, hashing: FakeHashing) -> None:
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        people.give_password(radio.store, radio.clock, hashing, APPROVER, OFFICER.id, password="mot hai ba bon")
    with pytest.raises(Unacceptable, match=r"password\.too_short"):
        people.give_password(radio.store, radio.clock, hashing, ADMINISTRATOR, OFFICER.id, password="ngan")
    assert kept(radio, OFFICER.id).password_hash == OFFICER.password_hash


def test_a_given_password_that_nobody_used_ends_by_itself(radio: Radio, hashing: FakeHashing) -> None:
    people.give_password(radio.store, radio.clock, hashing, ADMINISTRATOR, OFFICER.id, password="mưa thuận gió hoà")
    radio.clock.advance(people.FIRST_PASSWORD_FOR - timedelta(seconds=1))
    signed_in = people.sign_in(radio.store, radio.clock, hashing, login=OFFICER.login, password="mưa thuận gió hoà")
    radio.clock.advance(timedelta(seconds=1))

    with pytest.raises(NotAllowed, match=r"sign_in\.password_ended"):
        people.sign_in(radio.store, radio.clock, hashing, login=OFFICER.login, password="mưa thuận gió hoà")
    with pytest.raises(NotAllowed, match=r"sign_in\.wrong"):
        people.sign_in(radio.store, radio.clock, hashing, login=OFFICER.login, password="another one at all")

    assert radio.actions()[-2:] == ["person.sign_in_refused", "person.sign_in_refused"]
    own = people.change_password(
        radio.store, radio.clock, hashing, signed_in, old="mưa thuận gió hoà", new="tre già măng mọc 12"
    )
    assert own.password_ends is None
    radio.clock.advance(timedelta(days=400))
    people.sign_in(radio.store, radio.clock, hashing, login=OFFICER.login, password="tre già măng mọc 12")
