"""The API does what the pages do: each address of the pages that writes has its call in docs/api.md, or a reason.

A new page that writes gets a line there.
"""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from flask import Flask

from tests.server.api.conftest import made_once
from tests.server.web.conftest import app, clock, compiled, recording, sound, store

__all__ = ["app", "clock", "compiled", "made_once", "recording", "sound", "store"]  # fixtures of the pages and the API

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`\S+`.*?) \| (.+) \|$", GUIDE, re.MULTILINE)
NAME = re.compile(r"`([a-z_]+\.[a-z_*]+)`")
HARMLESS = {"GET", "HEAD", "OPTIONS"}


def writing(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - HARMLESS}


def test_every_page_that_writes_has_one_line_in_the_guide(app: Flask) -> None:
    patterns = [name for pages, _ in ROWS for name in NAME.findall(pages)]

    lines = {page: sum(fnmatchcase(page, each) for each in patterns) for page in writing(app)}

    assert {page: count for page, count in lines.items() if count != 1} == {}, "docs/api.md: What the pages do"
    assert [each for each in patterns if not any(fnmatchcase(page, each) for page in lines)] == []


def test_every_call_that_is_named_there_is_one(made_once: Flask) -> None:
    calls = {name for _, told in ROWS for name in NAME.findall(told)}

    assert calls
    assert calls <= {rule.endpoint for rule in made_once.url_map.iter_rules()}


@pytest.mark.parametrize(("pages", "told"), ROWS, ids=[pages for pages, _ in ROWS])
def test_what_no_call_does_has_its_reason(pages: str, told: str) -> None:
    assert NAME.findall(told) or len(told) > 10, pages


def test_every_call_that_writes_is_there_for_a_page(made_once: Flask) -> None:
    calls = {name for _, told in ROWS for name in NAME.findall(told)}

    assert writing(made_once) <= calls
