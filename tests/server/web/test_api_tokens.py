"""Tokens for programs, by the page: made, shown once, used, revoked; and not by others."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, INSPECTOR, NEIGHBOUR, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]

FORM = {"name": "Cổng thông tin xã", "unit": "son-ha", "scopes": ["read", "programmes"], "days": "30"}


def words_of(page: str) -> str:
    found = re.search(r'id="words">([^<]+)<', page)
    assert found
    return found[1]


def statuses(app: Flask, words: str, *addresses: str) -> list[int]:
    headers = {"Authorization": f"Bearer {words}"}
    return [app.test_client().get(f"/api/v1{each}", headers=headers).status_code for each in addresses]


def test_a_token_is_shown_once_works_and_is_revoked(app: Flask, visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    made = officer.sends("/tokens", **FORM)
    words = words_of(made.text)
    before = statuses(app, words, "/units", "/units/son-linh/zones")
    listed = officer.opens("/tokens").text
    (token,) = store.kept.tokens.tokens
    officer.sends(f"/tokens/{token}/revoke")

    assert before == [200, 403]
    assert words.partition(".")[2] not in listed
    assert "Cổng thông tin xã" in listed
    assert statuses(app, words, "/units") == [401]


def test_what_was_typed_stays_in_a_refused_form(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).sends("/tokens", **{**FORM, "days": "1000"})

    assert answer.status_code == 422
    assert "Thời hạn phải từ 1 đến 366 ngày." in text_of(answer)
    assert 'value="Cổng thông tin xã"' in answer.text
    assert store.kept.tokens.tokens == {}


@pytest.mark.parametrize(
    ("account", "form", "status"),
    [
        (NEIGHBOUR, FORM, 403),
        (INSPECTOR, FORM, 422),
        (ADMINISTRATOR, {**FORM, "scopes": "loudspeakers"}, 422),
        (OFFICER, {**FORM, "unit": "quang-ngai"}, 403),
        (OFFICER, {**FORM, "scopes": "approve"}, 422),
    ],
)
def test_nobody_makes_a_token_for_more_than_they_may_do(
    visit: Visit, store: FakeStore, account: Account, form: dict[str, object], status: int
) -> None:
    assert visit(account).sends("/tokens", **form).status_code == status
    assert store.kept.tokens.tokens == {}


def test_nobody_sees_or_revokes_somebody_else_s(visit: Visit, store: FakeStore) -> None:
    visit(OFFICER).sends("/tokens", **FORM)
    (token,) = store.kept.tokens.tokens
    other = visit(ADMINISTRATOR)

    assert "Cổng thông tin xã" not in other.reads("/tokens")
    assert other.sends(f"/tokens/{token}/revoke").status_code == 404
    assert store.kept.tokens.tokens[token].revoked_at is None
