"""A programme for places filled by rule, from the officer's tick to the approver's release."""

from collections.abc import Callable

from schedules.programme import State
from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, OFFICER, Account
from tests.server.web.conftest import Visitor
from tests.server.web.morning import (
    TITLE,
    a_notice,
    approves,
    brings_a_sound,
    state_of,
    the_programme,
    version_of,
    writes,
)

Visit = Callable[[Account], Visitor]


def test_a_tick_is_enough_to_submit_a_programme_without_a_time(visit: Visit, store: FakeStore) -> None:
    officer, approver = visit(OFFICER), visit(APPROVER)
    writes(officer, places=[], for_places="1", kind="bulletin")
    programme = the_programme(store)
    brings_a_sound(officer, programme)
    form = officer.opens(f"notices/{programme}").text

    fields = a_notice(places=[], for_places="1", kind="bulletin", version=version_of(store, programme))
    officer.sends(f"notices/{programme}", act="submit", **fields)
    queue, record = approver.reads("approvals"), approver.reads(f"approvals/{programme}")
    approves(approver, programme)

    assert 'name="for_places" value="1" checked' in form
    assert f"{TITLE} dùng cho các mục tự động" in queue
    assert "tại 3 nhóm cụm loa của Xã Sơn Hà" in record
    assert state_of(store, programme) is State.APPROVED
    with store.reading() as uow:
        (released,) = uow.programmes.approvals_of(programme)
    assert released.approval.approved_by == APPROVER.login
