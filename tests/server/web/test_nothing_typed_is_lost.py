"""Every form of who writes and who approves: too long a text is refused in words and given back whole, never cut."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from schedules.ids import PersonId, ProgrammeId
from server.values import Role
from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, INSPECTOR, LANG_MOI, MORNING, OFFICER, SON_HA, TECHNICIAN, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import a_notice, submits, version_of
from tests.server.web.test_approval_links import PIN, link_for, sets_pin
from tests.server.web.test_campaigns import a_form
from tests.server.web.test_outside_approvals import enters, the_claim
from tests.server.web.test_session_templates import form_of, stored

Visit = Callable[[Account], Visitor]
LONG = "Thông báo về việc <b>tạm ngừng</b> cấp điện 🙂 " * 1000
PART = {"genre": "news", "title": "Điện về bản", "authors": "", "reader": "", "source": "", "lasts": ""}
TEMPLATES = Path(__file__).parents[3] / "server" / "web" / "templates"


@dataclass
class Desk:
    """A submitted notice of a station whose regulation allows approvals outside the system, and everybody's browser."""

    app: Flask
    store: FakeStore
    visit: Visit
    programme: ProgrammeId

    @property
    def version(self) -> int:
        return version_of(self.store, self.programme)

    @property
    def slot(self) -> str:
        return next(each.slot.id for each in self.store.kept.slots.values() if each.slot.programme == self.programme)

    @property
    def part(self) -> str:
        self.visit(OFFICER).sends(f"programmes/{self.programme}/parts/new", **PART)
        return self.store.kept.programmes[self.programme].programme.parts[0].id

    @property
    def campaign(self) -> str:
        self.visit(OFFICER).sends("campaigns/new", **a_form())
        return next(iter(self.store.kept.campaigns))

    def of_session(self, **changes: object) -> TestResponse:
        form = form_of(stored(self.store).template, act="save", **changes)
        return self.visit(OFFICER).sends(f"templates/{MORNING}", **form)

    def sends_session_back(self, words: str) -> TestResponse:
        self.of_session(name="Buổi sớm")
        version = stored(self.store, "Buổi sớm").template.version
        return self.visit(APPROVER).sends(f"approvals/sessions/{MORNING}/send-back", version=version, words=words)

    def by_link(self, words: str) -> TestResponse:
        sets_pin(self.visit)
        link = link_for(self.visit(OFFICER), self.programme)
        return Visitor(self.app).sends(f"{link}/send-back", pin=PIN, words=words)

    def denies(self, reason: str) -> TestResponse:
        enters(self.visit(OFFICER), self.programme)
        return self.visit(APPROVER).sends(f"outside-approvals/{the_claim(self.store).id}/refuse", reason=reason)

    def hands_in(self, **changes: object) -> TestResponse:
        return self.visit(INSPECTOR).sends(
            "/contributions", **{"title": "Họp", "text": "Họp", "zones": [LANG_MOI]} | changes
        )

    def declines(self, reason: str) -> TestResponse:
        self.hands_in()
        (sent,) = self.store.kept.contributions.sent.values()
        return self.visit(OFFICER).sends(f"contributions/{sent.id}/decline", reason=reason)


@pytest.fixture
def desk(app: Flask, store: FakeStore, visit: Visit) -> Desk:
    with store.writing() as uow:
        for each in uow.places.regulations():
            uow.places.put_regulation(replace(each, outside_approval="Điều 7"))
        inspector = uow.people.get(PersonId(INSPECTOR.login))
        assert inspector
        uow.people.put(replace(inspector, roles=inspector.roles | {Role.CONTRIBUTOR}))
        uow.commit()
    return Desk(app, store, visit, submits(visit(OFFICER), store))


FORMS: dict[str, Callable[[Desk, str], TestResponse]] = {
    "a part's title": lambda desk, text: desk.visit(OFFICER).sends(
        f"programmes/{desk.programme}/parts/new", **PART | {"title": text}
    ),
    "a part's reader": lambda desk, text: desk.visit(OFFICER).sends(
        f"programmes/{desk.programme}/parts/new", **PART | {"reader": text}
    ),
    "a part's authors": lambda desk, text: desk.visit(OFFICER).sends(
        f"programmes/{desk.programme}/parts/new", **PART | {"authors": text}
    ),
    "the purpose of a campaign": lambda desk, text: desk.visit(OFFICER).sends("campaigns/new", **a_form(purpose=text)),
    "the basis of a campaign": lambda desk, text: desk.visit(OFFICER).sends("campaigns/new", **a_form(basis=text)),
    "the name of a session": lambda desk, text: desk.of_session(name=text),
    "why a programme is withdrawn": lambda desk, text: desk.visit(OFFICER).sends(
        f"programmes/{desk.programme}/withdraw", version=desk.version, reason=text
    ),
    "why a programme goes back": lambda desk, text: desk.visit(APPROVER).sends(
        f"approvals/{desk.programme}/send-back", version=desk.version, words=text
    ),
    "why a session goes back": lambda desk, text: desk.sends_session_back(text),
    "why it goes back by a link": lambda desk, text: desk.by_link(text),
    "the paper of an approval": lambda desk, text: enters(desk.visit(OFFICER), desk.programme, document=text),
    "why an approval is denied": lambda desk, text: desk.denies(text),
    "the paper of a delegation": lambda desk, text: desk.visit(APPROVER).sends(
        "delegations", to=OFFICER.login, first_day="24/11/2026", last_day="25/11/2026", document=text
    ),
    "the title of a contribution": lambda desk, text: desk.hands_in(title=text),
    "the text of a contribution": lambda desk, text: desk.hands_in(text=text),
    "why a contribution is declined": lambda desk, text: desk.declines(text),
    "the name of a token": lambda desk, text: desk.visit(OFFICER).sends(
        "/tokens", name=text, unit=OFFICER.unit, scopes=["read"], days="30"
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_too_long_a_text_is_refused_in_words_and_given_back_whole(desk: Desk, form: str) -> None:
    answer = FORMS[form](desk, LONG)

    assert len(LONG) > 40_000
    assert answer.status_code == 422
    assert escape(LONG.strip(), quote=False) in answer.text.replace("&#34;", '"').replace("&#39;", "'")
    assert re.search(
        r"(không (được )?|dài )quá [\d.]+ ký tự|dài [\d.]+ ký tự, tối đa|tối đa [\d.]+ ký tự", text_of(answer)
    )
    assert "<b>tạm ngừng" not in answer.text


SEEN: dict[str, Callable[[Desk], tuple[str, dict[str, object]]]] = {
    "a notice": lambda desk: (f"notices/{desk.programme}", {**a_notice(version="7000"), "times_read": "vài"}),
    "a slot": lambda desk: (f"programmes/{desk.programme}/slots/{desk.slot}", {"version": "7000", "at": "lúc sáng"}),
    "a part": lambda desk: (f"programmes/{desk.programme}/parts/{desk.part}", {"version": "7000", "genre": "thơ"}),
    "a campaign": lambda desk: (f"campaigns/{desk.campaign}/edit", {**a_form(first_day="mai"), "version": "7000"}),
    "a loudspeaker": lambda _: ("loudspeakers/loa-1/describe", {"seen": "7000", "horns": "vài"}),
    "its position": lambda _: ("loudspeakers/loa-1/position", {"seen": "7000", "north": "bắc", "east": "đông"}),
    "a zone": lambda _: (f"/units/{SON_HA}/zones/{LANG_MOI}", {"seen": "7000", "first": "vi", "households": "vài"}),
}


@pytest.mark.parametrize("form", SEEN)
def test_a_form_given_back_is_still_about_what_was_seen(desk: Desk, form: str) -> None:
    """Else whoever mends a slip overwrites what somebody else changed meanwhile, and nobody is told."""
    address, fields = SEEN[form](desk)

    answer = desk.visit(TECHNICIAN if "seen" in fields else OFFICER).sends(address, **fields)

    assert answer.status_code == 422
    assert 'value="7000"' in answer.text


WRITTEN = re.compile(r'<textarea|type="text"|\{\{ field\(|approvals/_reasons')
OF_THEIRS = ("approvals", "contributions", "coverage", "delegations", "inbox", "programmes", "templates", "week")
NOT_KEPT = {
    "approvals/by_link.html": "nobody is signed in, and the phone may be somebody else's: the page gives it back",
    "week/_move.html": "a day, in a window over the week: closing it gives it up",
}
"""Forms with words that are not kept in the browser, with why."""


def test_every_form_with_words_survives_a_reload_a_lost_line_and_a_session_that_ended() -> None:
    left = set()
    for path in sorted(each for name in OF_THEIRS for each in (TEMPLATES / name).glob("*.html")):
        for form in re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), re.DOTALL):
            head = form[: form.index(">") + 1]
            if 'method="post"' in head and WRITTEN.search(form) and "data-kept" not in head:
                left.add(f"{path.parent.name}/{path.name}")

    assert left == NOT_KEPT.keys()
