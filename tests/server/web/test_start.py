"""Where somebody's work begins, and what an administrator finds waiting there."""

from collections.abc import Callable

import pytest

from schedules.ids import PersonId
from server.services import grants
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    INSPECTOR,
    OFFICER,
    SECOND_ADMINISTRATOR,
    SON_HA,
    TECHNICIAN,
    Account,
)
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]


@pytest.mark.parametrize(
    ("account", "page"),
    [
        (TECHNICIAN, "/faults"),
        (INSPECTOR, "/inspection"),
        (ADMINISTRATOR, "/stations"),
        (OFFICER, "/stations/son-ha/today"),
        (APPROVER, "/stations/son-ha/today"),
    ],
    ids=lambda each: getattr(each, "login", None),
)
def test_each_begins_at_their_own_work(visit: Visit, account: Account, page: str) -> None:
    assert visit(account).opens("/").headers["Location"] == page


def test_an_administrator_finds_what_waits_for_a_second_word(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    first, second = visit(ADMINISTRATOR), visit(SECOND_ADMINISTRATOR)
    person = store.kept.people[PersonId(ADMINISTRATOR.login)]
    grants.ask_emergency(store, clock, person, person=PersonId(OFFICER.login), unit=SON_HA)

    assert "1 đề nghị giao quyền" in second.reads("/stations")
    assert "đề nghị giao quyền" not in first.reads("/stations")
    assert 'href="/units/quang-ngai/audit"' in first.opens("/stations").text
    assert "Nhật ký thao tác" not in visit(OFFICER).reads("/stations")
