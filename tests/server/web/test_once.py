"""A form that arrives twice does its work once; one that changed, or was refused, is sent anew."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from flask import Flask

from server.web.once import Arrivals
from tests.fakes.store import FakeStore
from tests.server.web.commune import BOTH, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import a_notice

Visit = Callable[[Account], Visitor]
ONE = b"one form"


def test_a_notice_sent_twice_is_one_notice_and_leads_to_the_same_page(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    before = len(store.kept.programmes)

    first = officer.sends("notices/new", **a_notice(once="a1"))
    second = officer.sends("notices/new", **a_notice(once="a1"))

    assert len(store.kept.programmes) == before + 1
    assert first.request.path == second.request.path
    assert "không làm lại lần nữa" in text_of(second)


def test_a_form_with_another_number_or_another_content_is_another(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    before = len(store.kept.programmes)

    officer.sends("notices/new", **a_notice(once="a1"))
    officer.sends("notices/new", **a_notice(once="a2"))
    officer.sends("notices/new", **a_notice(once="a1", title="Tên khác"))

    assert len(store.kept.programmes) == before + 3


def test_a_number_of_one_person_is_nothing_to_another(visit: Visit, store: FakeStore) -> None:
    before = len(store.kept.programmes)

    visit(OFFICER).sends("notices/new", **a_notice(once="a1"))
    visit(BOTH).sends("notices/new", **a_notice(once="a1"))

    assert len(store.kept.programmes) == before + 2


def test_a_refused_form_may_be_sent_again_as_it_is(visit: Visit) -> None:
    officer = visit(OFFICER)

    first = officer.sends("notices/new", **a_notice(once="a1", first_day="hôm nào"))
    second = officer.sends("notices/new", **a_notice(once="a1", first_day="hôm nào"))

    assert (first.status_code, second.status_code) == (422, 422)


def test_the_page_a_form_leads_to_names_it_once(visit: Visit) -> None:
    officer = visit(OFFICER)

    after = officer.sends("notices/new", **a_notice(once="a1"))
    again = officer.opens(after.request.path)

    assert '<meta name="done" content="a1">' in after.text
    assert 'name="done"' not in again.text


def test_every_form_of_a_page_has_a_number_of_its_own(visit: Visit) -> None:
    officer = visit(OFFICER)

    first, second = officer.opens("notices/new").text, officer.opens("notices/new").text

    assert first.count('name="once"') >= 1
    numbers = {part.split('"')[0] for page in (first, second) for part in page.split('name="once" value="')[1:]}
    assert len(numbers) == first.count('name="once"') + second.count('name="once"')


def test_who_is_signed_out_while_typing_is_led_back_to_the_form(app: Flask) -> None:
    client = app.test_client()
    form = "/stations/son-ha/notices/new?day=2026-11-23"

    answer = client.post("/stations/son-ha/notices/new", headers={"Referer": f"http://localhost{form}"})
    elsewhere = client.post("/stations/son-ha/notices/new", headers={"Referer": "https://la.example/trang"})

    assert answer.headers["Location"] == "/sign-in?next=/stations/son-ha/notices/new?day%3D2026-11-23"
    assert elsewhere.headers["Location"] == "/sign-in"


def test_a_second_arrival_waits_for_the_first() -> None:
    arrivals, began = Arrivals(), Event()
    assert arrivals.begin(ONE, otherwise="/") is None

    def again() -> str | None:
        began.set()
        return arrivals.begin(ONE, otherwise="/")

    with ThreadPoolExecutor() as threads:
        second = threads.submit(again)
        began.wait()
        arrivals.done(ONE, "/there")

    assert second.result() == "/there"


def test_a_second_arrival_does_the_work_the_first_did_not() -> None:
    arrivals = Arrivals()
    arrivals.begin(ONE, otherwise="/")

    arrivals.refused(ONE)

    assert arrivals.begin(ONE, otherwise="/") is None


def test_a_second_arrival_is_never_let_through_while_the_first_works() -> None:
    arrivals = Arrivals(patience_s=0.01)
    arrivals.begin(ONE, otherwise="/look")

    assert arrivals.begin(ONE, otherwise="/look") == "/look"


def test_only_so_many_forms_are_remembered() -> None:
    arrivals = Arrivals(kept=1)
    arrivals.begin(ONE, otherwise="/")
    arrivals.done(ONE, "/there")

    arrivals.begin(b"another form", otherwise="/")

    assert arrivals.begin(ONE, otherwise="/") is None
