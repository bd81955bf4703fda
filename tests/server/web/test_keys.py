"""That the keys of the centre run out is on the board of every station, and where administrators begin."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from schedules.wire.messages import KeyRole, TrustList
from schedules.wire.seal import sealed
from server.config import Config
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.schedules.wire.samples import ROOT, ROOTS, key, trusted
from tests.server.web.commune import ADMINISTRATOR, OFFICER, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]
FOR_LONG = timedelta(days=400)


@pytest.fixture
def listed(store: FakeStore, clock: FakeClock) -> None:
    """A trust list that lives for 400 days."""
    ends = clock.now() + FOR_LONG
    online = (KeyRole.ISSUE, KeyRole.STATE, KeyRole.EMERGENCY)
    keys = tuple(trusted(key(number), role, ends) for number, role in enumerate(online, 40))
    first = TrustList(audience="all", epoch=1, number=1, issued=clock.now(), expires=ends, keys=(*ROOTS, *keys))
    store.kept.trust_lists[1] = sealed(replace(first, epoch=1), ROOT)


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("days", "said", "tone"),
    [
        (309, "", ""),
        (310, "Hãy hẹn ngày làm nghi thức khoá", "note--wait"),
        (370, "Hãy tiến hành nghi thức khoá trong tuần này", "note--bad"),
        (393, "chỉ còn 7 ngày", "note--bad"),
        (500, "Các cụm loa vẫn phát lịch bình thường", "note--bad"),
    ],
)
def test_the_board_turns_yellow_and_red_in_time(
    visit: Visit, clock: FakeClock, days: int, said: str, tone: str
) -> None:
    clock.advance(timedelta(days=days))

    page = visit(OFFICER).opens("loudspeakers").text

    assert ("nghi thức khoá" in page) is bool(said)
    assert said in page
    assert tone in page


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("path", ["today", "/stations"])
def test_administrators_read_it_where_they_begin_and_officers_do_not(visit: Visit, clock: FakeClock, path: str) -> None:
    clock.advance(FOR_LONG)

    assert "đã hết hạn ngày 28/12/2027" in visit(ADMINISTRATOR).reads(path)
    assert "đã hết hạn ngày" not in visit(OFFICER).reads(path)


@pytest.mark.usefixtures("listed")
def test_the_pages_never_look_where_the_private_keys_lie(visit: Visit, app: Flask, tmp_path: Path) -> None:
    """Whoever may read every file of the web process still finds none: that nobody may go there changes nothing."""
    keys = Config(state_directory=tmp_path / "var").key_directory
    keys.parent.mkdir(exist_ok=True)
    keys.write_bytes(b"")  # a file in the place of the directory: whatever is opened in it fails, for root too

    administrator = visit(ADMINISTRATOR)

    assert {administrator.opens(page).status_code for page in ("today", "loudspeakers", "/stations", "log")} == {200}
    assert keys.read_bytes() == b""


@pytest.mark.usefixtures("listed")
def test_an_officer_is_told_whose_work_it_is(visit: Visit, clock: FakeClock) -> None:
    clock.advance(FOR_LONG)

    assert "hãy báo cho họ" in visit(OFFICER).opens("loudspeakers").text
    assert "hãy báo cho họ" not in visit(ADMINISTRATOR).opens("/stations").text
