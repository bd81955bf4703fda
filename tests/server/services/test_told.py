"""What a holder is told of their account: on the pages, and by mail where an address is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from server.ports import NobodyThere
from server.services import accounts, emergency_rights, told
from server.services.accounts import Changes
from server.services.audit_names import Names
from server.services.grants import TOLD_FOR
from server.services.trail import note
from server.values import AuditLine, Person, Role
from tests.server.services.radio import ADMINISTRATOR, OFFICER, SON_HA, TECHNICIAN, Radio

ADDRESSES = {OFFICER.login: ("lan@xa.vn",), TECHNICIAN.login: ("dung@cty.vn",), "nobody": ("x@y.vn",)}


@dataclass
class FakePost:
    """See `ports.Post`; takes no letter for some addresses."""

    refuses: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    tried: list[str] = field(default_factory=list)
    letters: list[tuple[str, str]] = field(default_factory=list)

    def write(self, subject: str, words: str, *, to: Sequence[str]) -> None:
        self.tried.extend(to)
        if not self.unknown.isdisjoint(to):
            raise NobodyThere("unknown")
        if not self.refuses.isdisjoint(to):
            raise OSError("not taken")
        self.letters.extend((each, subject) for each in to)


def words(line: AuditLine, _names: Names, holder: Person) -> tuple[str, str]:
    return f"{line.action} {holder.login}", ""


def mails(radio: Radio, post: FakePost) -> int:
    return told.mail(radio.store, radio.clock, post, ADDRESSES, words)


def shown(radio: Radio, person: Person = OFFICER) -> list[str]:
    with radio.store.reading() as uow:
        return [each.action for each in told.told(uow, person, radio.now()).lines]


def gives(radio: Radio, person: Person = OFFICER) -> None:
    emergency_rights.give(radio.store, radio.clock, ADMINISTRATOR, person=person.id, unit=SON_HA)


def notes(radio: Radio, action: str, *, by: Person | None = ADMINISTRATOR, of: Person = OFFICER) -> None:
    with radio.store.writing() as uow:
        note(uow, radio.now(), by, action, subject=of.id, unit=of.unit)
        uow.commit()


def test_rights_that_others_give_take_or_reset_are_told_for_a_week(radio: Radio) -> None:
    gives(radio)
    emergency_rights.end(radio.store, radio.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_HA)
    notes(radio, "factor.reset")
    notes(radio, "person.password_given")
    notes(radio, "person.signed_in")
    notes(radio, "factor.reset", by=OFFICER)

    assert shown(radio) == ["emergency_right.ended", "factor.reset", "person.password_given"]
    assert shown(radio, TECHNICIAN) == []
    radio.clock.advance(TOLD_FOR + timedelta(seconds=1))
    assert shown(radio) == []


def test_who_has_read_it_is_reminded_no_more_and_of_what_comes_later_again(radio: Radio) -> None:
    notes(radio, "factor.reset")
    radio.clock.advance(timedelta(minutes=1))
    told.read(radio.store, radio.clock, OFFICER, until=radio.now())

    assert shown(radio) == []
    assert radio.actions()[-1] == "person.news_seen"
    radio.clock.advance(timedelta(minutes=1))
    notes(radio, "person.password_given")
    assert shown(radio) == ["person.password_given"]


def test_what_came_after_the_page_was_made_is_not_taken_as_read(radio: Radio) -> None:
    notes(radio, "factor.reset")
    page = radio.now()
    radio.clock.advance(timedelta(minutes=1))
    notes(radio, "person.password_given")
    radio.clock.advance(timedelta(minutes=1))

    told.read(radio.store, radio.clock, OFFICER, until=page)

    assert shown(radio) == ["person.password_given"]


def test_nobody_has_read_what_is_still_to_come(radio: Radio) -> None:
    told.read(radio.store, radio.clock, OFFICER, until=radio.now() + timedelta(days=9))
    radio.clock.advance(timedelta(minutes=1))
    notes(radio, "factor.reset")

    assert shown(radio) == ["factor.reset"]


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({"name": "Đinh Thị Lan Anh"}, False),
        ({"roles": frozenset({Role.OFFICER})}, True),
    ],
)
def test_another_role_is_told_and_another_name_is_not(radio: Radio, changes: dict[str, object], is_told: bool) -> None:
    wanted = Changes(name=OFFICER.name, roles=OFFICER.roles | {Role.EDITOR})
    accounts.change(radio.store, radio.clock, ADMINISTRATOR, OFFICER.id, wanted=wanted)
    radio.clock.advance(TOLD_FOR + timedelta(seconds=1))

    accounts.change(
        radio.store,
        radio.clock,
        ADMINISTRATOR,
        OFFICER.id,
        wanted=replace(wanted, **changes),  # type: ignore[arg-type]
    )

    assert (shown(radio)[-1:] == ["person.changed"]) is is_told


def test_each_is_mailed_once_whatever_ends_in_between_and_the_trail_says_so(radio: Radio) -> None:
    post = FakePost()
    gives(radio)
    notes(radio, "person.password_changed", by=OFFICER)

    assert mails(radio, post) == 2
    assert mails(radio, post) == 0
    assert post.letters == [
        ("lan@xa.vn", f"emergency_right.given {OFFICER.login}"),
        ("lan@xa.vn", f"person.password_changed {OFFICER.login}"),
    ]
    assert radio.actions()[-2:] == ["person.told", "person.told"]


def test_what_is_not_taken_is_tried_again_and_keeps_nobody_else_waiting(radio: Radio) -> None:
    post = FakePost(refuses={"lan@xa.vn"})
    gives(radio)
    notes(radio, "factor.reset")
    gives(radio, TECHNICIAN)

    assert mails(radio, post) == 1
    assert post.tried == ["lan@xa.vn", "dung@cty.vn"]
    post.refuses.clear()
    assert mails(radio, post) == 2


def test_addresses_that_are_none_any_more_keep_nobody_else_waiting(
    radio: Radio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "MOST_FAILURES", 1)
    post = FakePost(unknown={"lan@xa.vn"})
    gives(radio)
    gives(radio, TECHNICIAN)

    assert mails(radio, post) == 1
    assert [each for each, _ in post.letters] == ["dung@cty.vn"]


def test_a_server_that_takes_nothing_is_left_alone_until_the_next_time(
    radio: Radio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "MOST_FAILURES", 1)
    post = FakePost(refuses={"lan@xa.vn", "dung@cty.vn"})
    gives(radio)
    gives(radio, TECHNICIAN)

    assert mails(radio, post) == 0
    assert len(post.tried) == 1


def test_what_is_old_is_not_mailed_any_more(radio: Radio) -> None:
    post = FakePost()
    gives(radio)
    radio.clock.advance(told.MAILED_WITHIN + timedelta(seconds=1))

    assert mails(radio, post) == 0
