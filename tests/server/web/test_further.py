"""The page "Thêm": it is one press away on every page, and each of its ways leads somewhere."""

import re
from collections.abc import Callable

import pytest

from tests.server.web.commune import INSPECTOR, OFFICER, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]


@pytest.mark.parametrize("account", [OFFICER, INSPECTOR], ids=lambda account: account.login)
def test_every_way_of_the_page_leads_to_a_page(visit: Visit, account: Account) -> None:
    visitor = visit(account)
    ways = re.findall(r'class="card card--link" href="([^"]+)"', visitor.opens("more").text)

    answers = {way: visitor.opens(way).status_code for way in ways}

    assert len(ways) == 19
    assert set(answers.values()) == {200}


@pytest.mark.parametrize("page", ["more", "regulation", "templates", "simulate", "priorities"])
def test_the_bar_says_that_these_pages_are_reached_from_there(visit: Visit, page: str) -> None:
    shown = visit(OFFICER).opens(page).text

    assert re.search(r'href="/stations/[\w-]+/more" aria-current="page"', shown)
