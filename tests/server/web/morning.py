"""What an officer and an approver do on a morning, in few words: the steps other tests start from."""

import re
from io import BytesIO

from werkzeug.test import TestResponse

from schedules.ids import ProgrammeId
from schedules.programme import State
from server.services.folded import folded
from tests.fakes.store import FakeStore
from tests.server.web.commune import EVENING_NOTICES, GO_SIM, LANG_MOI, MORNING_NOTICES
from tests.server.web.conftest import Visitor

TITLE = "Tạm ngừng cấp điện thôn Làng Mới"
TEXT = "Kính thưa bà con, điện lực tạm ngừng cấp điện từ 7 giờ đến 11 giờ. Xin cảm ơn bà con."


def a_notice(**changes: object) -> dict[str, object]:
    """Give the fields of a notice for two zones, morning and evening, for two days."""
    return {
        "title": TITLE,
        "text": TEXT,
        "language": "vi",
        "kind": "notice",
        "level": "1",
        "times_read": "2",
        "requested_by": "Điện lực Sơn Hà",
        "document": "Thông báo số 218/TB-ĐLSH",
        "zones": [LANG_MOI, GO_SIM],
        "when": "places",
        "places": [MORNING_NOTICES, EVENING_NOTICES],
        "first_day": "23/11/2026",
        "last_day": "24/11/2026",
        "version": "0",
        **changes,
    }


def writes(officer: Visitor, **changes: object) -> TestResponse:
    """Keep a notice as a draft."""
    return officer.sends("notices/new", act="keep", **a_notice(**changes))


def brings_a_sound(officer: Visitor, programme: ProgrammeId) -> TestResponse:
    """Upload a recording."""
    return officer.sends(
        f"programmes/{programme}/takes", origin="upload", language="vi", sound=(BytesIO(b"a recording"), "tin.wav")
    )


def submits(officer: Visitor, store: FakeStore, title: str = TITLE, **changes: object) -> ProgrammeId:
    """Write a notice, bring its sound and submit it."""
    writes(officer, title=title, **changes)
    programme = the_programme(store, title)
    brings_a_sound(officer, programme)
    answer = officer.sends(f"programmes/{programme}/submit", version=version_of(store, programme))
    assert state_of(store, programme) is State.SUBMITTED, answer.text
    return programme


def approves(approver: Visitor, programme: ProgrammeId) -> TestResponse:
    """Approve what the record's page shows."""
    page = approver.opens(f"approvals/{programme}").text
    return approver.sends(f"approvals/{programme}/approve", seen=seen_on(page))


def seen_on(page: str) -> list[str]:
    """Give what a record's page hands to its button."""
    return re.findall(r'name="seen" value="([0-9a-f]{64})"', page)


def the_programme(store: FakeStore, title: str = TITLE) -> ProgrammeId:
    """Give the id of the only programme of this title."""
    with store.reading() as uow:
        (found,) = [each for each in uow.programmes.all() if folded(each.programme.title) == folded(title)]
    return found.programme.id


def state_of(store: FakeStore, programme: ProgrammeId) -> State:
    """Give a programme's state."""
    with store.reading() as uow:
        stored = uow.programmes.get(programme)
    assert stored
    return stored.programme.state


def version_of(store: FakeStore, programme: ProgrammeId) -> int:
    """Give a programme's version."""
    with store.reading() as uow:
        stored = uow.programmes.get(programme)
    assert stored
    return stored.programme.version
