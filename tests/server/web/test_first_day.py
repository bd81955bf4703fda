"""The page of the first day leads somewhere for every role, and the first page shows it until it is told not to."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from schedules.ids import PersonId
from server.values import Role
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    INSPECTOR,
    OFFICER,
    SECOND_ADMINISTRATOR,
    TECHNICIAN,
    Account,
)
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]
REMINDER = "Mới nhận việc?"


def becomes(store: FakeStore, account: Account, *, roles: frozenset[Role] | None = None, new: bool = False) -> None:
    with store.writing() as uow:
        known = uow.people.get(PersonId(account.login))
        assert known
        uow.people.put(replace(known, roles=roles or known.roles, is_new=new))
        uow.commit()


@pytest.mark.parametrize(
    "account",
    [OFFICER, APPROVER, TECHNICIAN, INSPECTOR, ADMINISTRATOR],
    ids=lambda account: account.login,
)
def test_every_step_leads_to_a_page_the_person_may_open(visit: Visit, account: Account) -> None:
    visitor = visit(account)
    ways = re.findall(r'<li><a href="([^"]+)"', visitor.opens("/first-day").text)

    answers = {way: visitor.opens(way).status_code for way in ways}

    assert len(ways) >= 5
    assert set(answers.values()) == {200}


def test_an_editor_finds_their_pages_too(visit: Visit, store: FakeStore) -> None:
    becomes(store, OFFICER, roles=frozenset({Role.EDITOR}))

    test_every_step_leads_to_a_page_the_person_may_open(visit, OFFICER)


@pytest.mark.parametrize(("account", "first"), [(OFFICER, "today"), (SECOND_ADMINISTRATOR, "/stations")])
def test_the_first_page_of_who_is_new_shows_the_way_until_it_is_told_not_to(
    visit: Visit, store: FakeStore, account: Account, first: str
) -> None:
    becomes(store, account, new=True)
    visitor = visit(account)

    assert REMINDER in visitor.reads(first)
    assert "không nhắc nữa" in visitor.reads("/first-day")
    visitor.sends("/first-day/end")

    assert REMINDER not in visitor.reads(first)
    assert "Tôi đã rõ" not in visitor.reads("/first-day")


def test_who_is_there_already_is_not_reminded(visit: Visit) -> None:
    assert REMINDER not in visit(OFFICER).reads("today")


def test_what_is_done_is_counted(visit: Visit) -> None:
    assert "Đã xong 0 trên 3 việc." in visit(OFFICER).reads("/first-day")
