"""Recordings: loudspeakers get what is in force, people what belongs to their units, and any range of it."""

from collections.abc import Callable

import pytest

from schedules.programme import Recording
from server.services import issuing
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import INSPECTOR, NEIGHBOUR, OFFICER, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]


def test_a_loudspeaker_fetches_only_what_is_in_force(
    stranger: Visitor, store: FakeStore, clock: FakeClock, recording: Recording
) -> None:
    before = stranger.opens(f"/audio/{recording.sha256}")

    issuing.issue_wanted(store, clock, FakeSealing())
    after = stranger.opens(f"/audio/{recording.sha256}")

    assert before.status_code == 404
    assert after.status_code == 200
    assert len(after.data) == recording.length
    assert after.headers["Content-Type"] == "audio/mpeg"


def test_a_broken_off_download_goes_on_from_where_it_was(visit: Visit, recording: Recording) -> None:
    officer = visit(OFFICER)
    whole = officer.opens(f"/audio/{recording.sha256}").data

    answer = officer.opens(f"/audio/{recording.sha256}", Range="bytes=100-")

    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes 100-{recording.length - 1}/{recording.length}"
    assert answer.data == whole[100:]


def test_what_nobody_has_released_is_kept_by_no_cache(
    visit: Visit, stranger: Visitor, store: FakeStore, clock: FakeClock, recording: Recording
) -> None:
    before = visit(OFFICER).opens(f"/audio/{recording.sha256}").headers
    again = visit(OFFICER).opens(f"/audio/{recording.sha256}", **{"If-None-Match": before["ETag"]})

    issuing.issue_wanted(store, clock, FakeSealing())

    assert before["Cache-Control"] == "private, no-cache"
    assert again.status_code == 304
    in_force = stranger.opens(f"/audio/{recording.sha256}").headers
    assert in_force["Cache-Control"] == "public, max-age=31536000"


@pytest.mark.parametrize(("account", "status"), [(OFFICER, 200), (INSPECTOR, 200), (NEIGHBOUR, 404)])
def test_people_hear_what_belongs_to_their_units(
    visit: Visit, recording: Recording, account: Account, status: int
) -> None:
    assert visit(account).opens(f"/audio/{recording.sha256}").status_code == status


@pytest.mark.parametrize("name", ["0" * 64, "..%2Fradio.db", "a" * 63, "A" * 64])
def test_what_is_no_recording_is_not_found(visit: Visit, name: str) -> None:
    assert visit(OFFICER).opens(f"/audio/{name}").status_code == 404
