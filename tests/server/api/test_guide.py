"""Every `curl` of docs/api.md is answered as the page says."""

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from server.api.application import OFTEN
from server.token_records import Scope
from tests.server.api.conftest import Asks

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^curl .*$", PAGE, re.MULTILINE)


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_works(app: Flask, program: Asks, example: str) -> None:
    words = iter(shlex.split(example.replace("$TOKEN", program().token))[1:])
    method, headers, body, address = "GET", {}, None, ""
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                body = next(words)
            case _:
                parts = urlsplit(word)
                address = f"{parts.path}?{parts.query}"

    answer = app.test_client().open(address, method=method, headers=headers, data=body)

    assert answer.status_code in {200, 201}, answer.text


def test_the_page_names_the_scopes_and_the_limit_there_are() -> None:
    assert all(f"`{scope}`" in PAGE for scope in Scope)
    assert f"{OFTEN.split()[0]} times a minute" in PAGE
