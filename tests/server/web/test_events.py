"""The stream of a page: the marks of its unit to whoever has a role there, a sign of life, and an end."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from server.services import signing_in, silence
from server.web import events
from server.web.centre import centre
from server.web.streams import STREAMS_A_PERSON
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, INSPECTOR, NEIGHBOUR, OFFICER, SON_HA, SON_LINH, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]
HERE = f"/events?unit={SON_HA}"


@pytest.fixture(autouse=True)
def closed(app: Flask) -> Iterator[None]:
    yield
    with app.app_context():
        centre().streams.close()


def orders_silence(store: FakeStore, clock: FakeClock, account: Account) -> None:
    with store.reading() as uow:
        person = uow.people.by_login(account.login)
    assert person is not None
    silence.order(store, clock, person, unit=account.unit)


@pytest.mark.parametrize("account", [OFFICER, INSPECTOR, ADMINISTRATOR])
def test_it_begins_with_the_present_marks_for_who_has_a_role_there(visit: Visit, account: Account) -> None:
    with visit(account).follows(HERE) as stream:
        said = [next(stream) for _ in range(3)]

    assert stream.status == 200
    assert stream.type == "text/event-stream"
    assert stream.headers["Cache-Control"] == "no-store"
    assert said[0] == "retry: 3000\n\n"
    assert re.fullmatch(r"event: unit\ndata: [0-9a-f]{8}\.0\n\n", said[1])
    assert re.fullmatch(r"event: lane\ndata: [0-9a-f]{8}\.0\n\n", said[2])


@pytest.mark.parametrize("address", [HERE, "/events?unit=quang-ngai", "/events?unit=nowhere", "/events"])
def test_somebody_of_elsewhere_learns_nothing(visit: Visit, address: str) -> None:
    answer = visit(NEIGHBOUR).opens(address)

    assert answer.status_code == 404
    assert "event:" not in answer.text


def test_a_stranger_is_sent_to_sign_in(stranger: Visitor) -> None:
    assert stranger.opens(HERE).status_code == 302


def test_it_says_what_is_new_here_and_nothing_of_the_neighbour(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    with visit(OFFICER).follows(HERE) as stream:
        begun = [next(stream) for _ in range(3)][1]
        orders_silence(store, clock, NEIGHBOUR)
        with visit(NEIGHBOUR).follows(f"/events?unit={SON_LINH}") as there:
            assert [next(there) for _ in range(3)][1].startswith("event: unit")
            orders_silence(store, clock, OFFICER)

            assert next(stream) == begun.replace(".0", ".1")


def test_a_page_knows_the_marks_it_was_made_under(visit: Visit) -> None:
    officer = visit(OFFICER)
    before = officer.opens("today").text
    with officer.follows(HERE) as stream:
        said = "".join(next(stream) for _ in range(3))
        page = officer.opens("today").text

    assert '<meta name="events" content="/events?unit=son-ha" data-unit="" data-lane="">' in before
    known = re.search(r'data-unit="([^"]+)" data-lane="([^"]+)"', page)
    assert known
    assert f"event: unit\ndata: {known[1]}\n" in said
    assert f"event: lane\ndata: {known[2]}\n" in said


def test_one_page_more_ends_the_oldest_stream_of_a_person(visit: Visit) -> None:
    officer = visit(OFFICER)
    held = [officer.follows(HERE) for _ in range(STREAMS_A_PERSON)]

    with officer.follows(HERE) as one_more:
        assert one_more.status == 200
        assert len(list(held[0])) <= 3

    for each in held:
        each.close()


def test_it_gives_a_sign_of_life_while_the_person_may_look(
    visit: Visit, store: FakeStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_BEAT_S", 0.05)
    with visit(OFFICER).follows(HERE) as stream:
        said = [next(stream) for _ in range(4)]
        assert said[3] == f"event: beat\ndata: {clock.now().isoformat()}\n\n"
        with store.reading() as uow:
            officer = uow.people.by_login(OFFICER.login)
        assert officer is not None
        for each in signing_in.own(store, clock, officer):
            signing_in.end(store, clock, officer, each.id)

        assert all(each.startswith("event: beat") for each in stream)


def test_it_ends_after_a_while_for_the_browser_comes_back(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_LONGEST_S", 0.0)

    with visit(OFFICER).follows(HERE) as stream:
        assert list(stream) == ["retry: 3000\n\n"]


def test_it_ends_when_the_pages_are_closed(app: Flask, visit: Visit) -> None:
    with visit(OFFICER).follows(HERE) as stream:
        with app.app_context():
            centre().streams.close()
        assert len(list(stream)) <= 1
