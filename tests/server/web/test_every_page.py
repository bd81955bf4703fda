"""What holds for every page there is, whatever it shows: its guards, a way out, and that reading changes nothing."""

import re
from collections.abc import Callable
from copy import copy
from pathlib import Path

import pytest
from flask import Flask

from server.web.security import A_PERSON
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, BOTH, OFFICER, TECHNICIAN, Account
from tests.server.web.conftest import Visitor
from tests.server.web.morning import approves, submits
from tests.server.web.test_what_was_approved import Morning, addresses

Visit = Callable[[Account], Visitor]
TEMPLATES = Path(__file__).parents[3] / "server" / "web" / "templates"
GUARDS = ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'", "default-src 'self'")
IS_A_STREAM = {"events.stream"}
"""Goes on for an hour."""
IS_NO_PAGE = {"agent_door.trust", "static", *IS_A_STREAM}
LEADS_AWAY = {
    *("account.sign_in", "second_factor.ask"),
    *("phone_approval.shown", "phone_approval.sound", "phone_approval.asked_again"),
}
"""Seen by who has not signed in."""


@pytest.fixture
def morning(visit: Visit, store: FakeStore, clock: FakeClock) -> Morning:
    programme = submits(visit(OFFICER), store)
    approves(visit(APPROVER), programme)
    return Morning(store, clock, visit, programme)


def pages(app: Flask, morning: Morning) -> list[tuple[str, str]]:
    """Give every page's name and address."""
    rules = [each for each in app.url_map.iter_rules() if "GET" in (each.methods or ())]
    names = sorted({each.endpoint for each in rules} - IS_NO_PAGE)
    return [(name, address) for name in names for address in addresses(app, morning, name)]


@pytest.mark.slow
def test_every_page_is_guarded_offers_to_sign_out_and_changes_nothing(app: Flask, morning: Morning) -> None:
    visitor = morning.visit(BOTH)
    shown = 0
    for name, address in pages(app, morning):
        before = copy(morning.store.kept)

        answer = visitor.opens(address)

        policy = answer.headers["Content-Security-Policy"]
        assert all(guard in policy for guard in GUARDS) or "sandbox" in policy, name
        assert "unsafe" not in policy, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["Referrer-Policy"] == "same-origin", name
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert "Access-Control-Allow-Origin" not in answer.headers, name
        if "<body" in answer.text and name not in LEADS_AWAY:
            shown += 1
            assert 'action="/sign-out"' in answer.text, name
        assert changed(before, morning.store.kept) == [], name
    assert shown > 40


def changed(before: object, after: object) -> list[str]:
    """Give what is otherwise; that evidence was read, and when a browser was seen, is for reading to write down."""
    was, now = dict(vars(before)), dict(vars(after))
    told = now.pop("audit")[len(was.pop("audit")) :]
    for each in (was, now):
        each.pop("accounts")
    return [*(name for name, value in was.items() if vars_of(now[name]) != vars_of(value)), *not_read(told)]


def vars_of(value: object) -> object:
    return vars(value) if hasattr(value, "__dict__") else value


def not_read(told: object) -> list[str]:
    assert isinstance(told, tuple | list)
    return [line.action for line in told if line.action not in ("evidence.read", "outside_approval.paper_seen")]


def test_secrets_are_typed_unseen_and_may_be_pasted() -> None:
    sources = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}
    fields = [
        tag
        for source in sources.values()
        for tag in re.findall(r"<input[^>]*>", source)
        if re.search(r'name="(password|pin|old|new|again)"', tag)
    ]

    assert len(fields) > 2
    assert [each for each in fields if 'type="password"' not in each] == []
    assert [name for name, source in sources.items() if "onpaste" in source] == []
    seen = re.compile(r'field\("password"(?!.*type="password")')
    assert [name for name, source in sources.items() if seen.search(source)] == []


def test_who_was_refused_is_said_in_the_log_in_one_line(visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    officer = visit(OFFICER)

    officer.sends("regulation/proposals/x%0Apage=refused%20code=none/accept")
    officer.sends("/languages", tag="cua", name="Cua", group="Co", english="Cua")
    officer.sends_without_token("silence")

    lines = [each.getMessage() for each in caplog.records if "page=refused" in each.getMessage()]
    assert lines[-2:] == [
        "page=refused code=rights.missing person=lan from=127.0.0.1 path='/languages'",
        "page=refused code=form.forged person=lan from=127.0.0.1 path='/stations/son-ha/silence'",
    ]
    assert not any("\n" in each for each in lines)


def test_what_no_form_of_ours_sends_is_a_line_of_the_log_too(visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    officer = visit(OFFICER)

    officer.opens("programmes?text=a%00b")
    officer.sends("notices/new", act="keep", title="Tin", kind="nonsense", text="Lời")
    officer.sends("loudspeakers")
    officer.sends("/sign-out")

    codes = [each.getMessage().split()[1] for each in caplog.records if "page=refused" in each.getMessage()]
    assert codes == ["code=request.unreadable", "code=form.choice", "code=request.method"]


def test_who_is_signed_in_is_slowed_down_where_no_person_works_so_fast(visit: Visit) -> None:
    officer, technician = visit(OFFICER), visit(TECHNICIAN)

    sent = [officer.sends("loudspeakers/none/unlock").status_code for _ in range(A_PERSON + 1)]

    assert set(sent[:A_PERSON]) == {404}
    assert sent[A_PERSON] == 429
    assert technician.sends("loudspeakers/none/unlock").status_code == 404
    assert technician.opens("/faults/lines.csv").status_code == 200
    assert officer.opens("today").status_code == 200
    assert officer.opens("/faults/lines.csv").status_code == 429
