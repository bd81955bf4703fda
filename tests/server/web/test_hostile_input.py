"""Whatever is typed, pasted or made up: every form answers in words, and never as if the program had failed.

Each field that a view reads is tried by itself, with the other fields as a person fills them in.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from html import unescape
from itertools import cycle, islice
from urllib.parse import urlencode

import pytest
from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict

from schedules.ids import UnitId
from server.values import Role
from server.web.filled import fields_of_slot
from server.web.template_form import fields_of
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    APPROVER,
    GO_SIM,
    LANG_MOI,
    MORNING,
    OFFICER,
    PASSWORD,
    SON_HA,
    Account,
    admit,
)
from tests.server.web.conftest import Visitor
from tests.server.web.morning import a_notice, approves, submits, writes
from tests.server.web.test_what_was_approved import Morning, addresses

Visit = Callable[[Account], Visitor]
EVERYBODY = Account("tat-ca", "Nguyễn Thị Tất Cả", frozenset(Role), UnitId("quang-ngai"))

HOSTILE = {
    "a number without end": "9" * 5000,
    "a number beyond any calendar": "999999999999",
    "a number below zero": "-1",
    "a digit that is none": "²",
    "the first day there is": "0001-01-01",
    "the last day there is": "9999-12-31",
    "pasted HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "braces of a template": "{{ 7 * 7 }} {0.__class__} %(title)s %s",
    "ten thousand letters": "ộ" * 10_000,
    "marks on their own": "Tho\u0302n La\u0300ng Mo\u031b\u0301i",
    "what turns words around": "\u202egnod gnad \u2066\u200f",
    "controls": "\x01\x1b[31m\x7f",
    "a line of one's own": "a\r\nSet-Cookie: radio=1\r\n\r\n<b>",
    "a quote for a database": "'; DROP TABLE people; --",
}
"""What is put into a field."""

A_FIELD = 2
"""So many of them each field of a form gets: others than the field before."""

BY_THEMSELVES = {
    "account.sign_in": "a stranger's",
    "account.sign_out": "ends the session",
    "account.new_password": "ends the session",
    "browsers.end_all": "ends the session",
    "phone_approval.approve": "a stranger's, limited",
    "phone_approval.send_back": "a stranger's, limited",
    "second_factor.ask": "a stranger's, limited",
    "second_factor.confirm": "limited",
    "second_factor.remove": "limited",
    "second_factor.renew": "limited",
    "account.approver_pin": "limited",
    "break_glass.begin": "limited",
}
"""Not tried here, with why."""


@dataclass
class Reading:
    """Which fields a view asked for."""

    names: set[str] = field(default_factory=set)

    def form(self) -> type[ImmutableMultiDict[str, str]]:
        names = self.names

        class Watched(ImmutableMultiDict[str, str]):
            def get(self, key: str, *more: object, **named: object) -> object:  # type: ignore[override]
                names.add(key)
                return super().get(key, *more, **named)

            def getlist(self, key: str, *more: object, **named: object) -> object:  # type: ignore[override]
                names.add(key)
                return super().getlist(key, *more, **named)

            def __getitem__(self, key: str) -> str:
                names.add(key)
                return super().__getitem__(key)

        return Watched


@pytest.fixture
def read(app: Flask) -> Reading:
    reading = Reading()

    class Asked(Request):
        parameter_storage_class = reading.form()

    app.request_class = Asked
    return reading


@pytest.fixture
def morning(visit: Visit, store: FakeStore, clock: FakeClock) -> Morning:
    programme = submits(visit(OFFICER), store)
    approves(visit(APPROVER), programme)
    admit(store, EVERYBODY)
    return Morning(store, clock, visit, programme)


def usual(morning: Morning) -> dict[str, object]:
    """Give the fields of many forms at once, filled in as a person would."""
    slot = morning.slot()
    with morning.store.reading() as uow:
        template = next(each.template for each in uow.programmes.templates() if each.template.id == MORNING)
    of_slot, of_template = fields_of_slot(slot), fields_of(template)
    return {
        **{name: of_template.getlist(name) for name in of_template},
        **{name: of_slot.getlist(name) for name in of_slot},
        **a_notice(),
        "act": "keep",
        "slot": slot.id,
        "of": "23/11/2026",
        "day": "24/11/2026",
        "first": "24/11/2026",
        "last": "25/11/2026",
        "minutes": "30",
        "reason": "Nhà có tang",
        "zone": LANG_MOI,
        "unit": SON_HA,
        "units": [SON_HA],
        "name": "Vùng thấp",
        "households": "10",
        "residents": "40",
        "languages": ["vi"],
        "horns": "2",
        "clusters": "1",
        "volume": "80",
        "daily_mb": "50",
        "from": "07:00",
        "to": "11:00",
        "headline": "Mưa lớn",
        "text_vi": "Mưa lớn. Bà con tránh xa bờ suối.",
        "ends": "04:20",
        "times": "2",
        "pause": "20",
        "gap_a_label": "Bao nhiêu người",
        "gap_a_type": "number",
        "gap_a_range": "1-9",
        "number": "13/QC-UBND",
        "signed_on": "01/11/2026",
        "signer": "Chủ tịch UBND xã",
        "valid_from": "24/11/2026",
        "earliest-0": "11:00",
        "latest-0": "11:30",
        "max-0": "30",
        "max_minutes_a_day": "100",
        "basis": "Kế hoạch số 36",
        "basis_dated": "01/11/2026",
        "purpose": "Phòng, chống dịch",
        "document": "15/UQ-UBND",
        "days": "30",
        "scopes": ["read"],
        "what": "resync",
        "approver": APPROVER.login,
        "password": PASSWORD,
        "login": "moi",
        "roles": ["inspector"],
        "tag": "cua",
        "group": "Co",
        "english": "Cua",
        "zones": [LANG_MOI, GO_SIM],
        "north": "14.9873",
        "east": "108.4712",
    }


def endpoints(app: Flask, method: str) -> list[str]:
    return sorted(
        {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if method in (rule.methods or ()) and not rule.endpoint.startswith(("agent_door", "static"))
        }
        - BY_THEMSELVES.keys()
    )


@pytest.fixture
def unhurried(app: Flask) -> None:
    """Let one visitor send as much as a test likes."""
    for each in app.extensions["limiter"]:
        each.enabled = False


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("part", range(4))
def test_no_field_of_any_form_makes_the_program_fail(app: Flask, morning: Morning, read: Reading, part: int) -> None:
    visitor, fields = morning.visit(EVERYBODY), usual(morning)
    before, wrong, tried, hostile = copy(morning.store.kept), [], 0, cycle(HOSTILE.items())
    for endpoint in endpoints(app, "POST")[part::4]:
        for address in addresses(app, morning, endpoint):
            read.names.clear()
            visitor.sends(address, **fields)
            for name in sorted(read.names - {"csrf_token", "once"}):
                for what, value in islice(hostile, A_FIELD):
                    morning.store.kept = copy(before)
                    tried += 1
                    if visitor.sends(address, **{**fields, name: value}).status_code >= 500:
                        wrong.append(f"{endpoint} {name}: {what}")

    assert tried > 50
    assert wrong == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_in_an_address_makes_the_program_fail(app: Flask, morning: Morning, read: Reading) -> None:
    visitor = morning.visit(EVERYBODY)
    wrong, tried = [], 0
    for endpoint in endpoints(app, "GET"):
        for address in addresses(app, morning, endpoint):
            read.names.clear()
            visitor.opens(f"{address}?day=24/11/2026&first_day=24/11/2026&first=20/11/2026")
            for name in sorted(read.names - {"csrf_token"}):
                for what, value in HOSTILE.items():
                    tried += 1
                    if visitor.opens(f"{address}?{urlencode({name: value[:3000]})}").status_code >= 500:
                        wrong.append(f"{endpoint} {name}: {what}")

    assert tried > 300
    assert wrong == []


def test_a_nul_is_refused_in_words(visit: Visit) -> None:
    officer = visit(OFFICER)

    for answer in (
        officer.sends("notices/new", act="keep", **a_notice(title="a\0b")),
        officer.opens("programmes?text=a%00b"),
        officer.opens("programmes/a%00b"),
    ):
        assert answer.status_code == 400
        assert "Yêu cầu không hợp lệ" in answer.text


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}"])
def test_a_title_is_shown_as_it_was_typed_and_never_run(visit: Visit, store: FakeStore, typed: str) -> None:
    officer = visit(OFFICER)

    programme = submits(officer, store, title=typed)

    for page in ("programmes", f"programmes/{programme}", f"notices/{programme}", "today", "week?day=2026-11-23"):
        text = officer.opens(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert typed in unescape(text)


def test_a_title_in_parts_is_composed_found_and_turns_nothing_around(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    writes(officer, title="\u202eTho\u0302n La\u0300ng Mo\u031b\u0301i \U0001f468\u200d\U0001f469\x07")

    (stored,) = [each for each in store.kept.programmes.values() if "Thôn" in each.programme.title]
    assert stored.programme.title == "Thôn Làng Mới \U0001f468\u200d\U0001f469"
    assert "Thôn Làng Mới" in officer.reads("programmes?text=thon%20lang%20moi")


@pytest.mark.parametrize("name", ["title", "requested_by", "document", "topic", "text"])
def test_what_is_too_long_is_refused_in_words_and_kept_on_the_page(visit: Visit, store: FakeStore, name: str) -> None:
    officer, before = visit(OFFICER), dict(store.kept.programmes)
    longer = "ộ" * 40_001

    answer = writes(officer, **{name: longer})

    assert answer.status_code == 422
    assert longer in answer.text
    assert store.kept.programmes == before
