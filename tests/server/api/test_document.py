"""Whatever is sent, the API answers as its own description says: schemathesis asks for everything, seeded."""

from collections import Counter
from collections.abc import Iterator
from enum import EnumType
from itertools import count
from typing import Any, get_args

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.api.shapes import Answer, Sent
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.api.conftest import EVERY_SCOPE, HEAD, Asks, Program, token_of
from tests.server.api.test_rights import CAMPAIGN, DRAFT, GROUP, HANDED_IN, OPENING, OUTAGE, SLOT
from tests.server.web.commune import ADMINISTRATOR, BOTH, OFFICER, TECHNICIAN

EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
THERE = {
    "unit": ["son-ha", "thon-go-sim", "son-linh", "quang-ngai"],
    "zone": ["lang-moi", "son-linh"],
    "loudspeaker": ["loa-1", "loa-4", "loa-5"],
    "template": ["buoi-sang", "buoi-chieu"],
    "place": ["sang-thong-bao", "chieu-thong-bao"],
    "language": ["vi", "hre"],
    "alarm": ["none"],
    "digest": ["evening-2026-11-23"],
}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_answer_is_as_described(app: Flask, store: FakeStore, clock: FakeClock, program: Asks) -> None:
    tokens = [
        "",
        *(token_of(store, clock, who, EVERY_SCOPE) for who in (OFFICER, TECHNICIAN, BOTH, ADMINISTRATOR, HEAD)),
    ]
    there = THERE | things_made(program()) | {"contribution": [handed_in(program(HEAD)), "none"]}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    keys = count()
    asked: set[str] = set()

    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), drawn=st.data())
        def check(case: Case[Any], drawn: st.DataObject) -> None:
            for name in case.path_parameters or {}:
                if drawn.draw(st.integers(0, 7)):
                    case.path_parameters[name] = drawn.draw(st.sampled_from(there[name]))
            token = drawn.draw(st.sampled_from([*tokens[1:], *tokens]))
            version = {"If-Match": '"1"'} if drawn.draw(st.booleans()) else {}
            headers = {**version, "Idempotency-Key": f"key-{next(keys)}", "Authorization": f"Bearer {token}"}
            answer = case.call(headers=headers)
            asked.add(f"{case.method} {case.operation.path} {answer.status_code}")
            case.validate_response(answer, checks=CHECKS)

        check()

    assert len({each.rsplit(" ", 1)[0] for each in asked if each.endswith((" 200", " 201", " 202"))}) >= 35


def things_made(program: Program) -> dict[str, list[str]]:
    """Give one of each thing there is to be named besides what the commune has."""

    def made(path: str, body: object) -> str:
        answer = program.writes("POST", path, body).json
        assert answer
        return str(answer["id"])

    draft = made("/units/son-ha/programmes", DRAFT)
    return {
        "programme": [draft, "nhac", "vov1"],
        "slot": [made(f"/programmes/{draft}/slots", SLOT)],
        "take": [made(f"/programmes/{draft}/takes", b"sound")],
        "outage": [made("/units/son-ha/outages", OUTAGE)],
        "campaign": [made("/units/son-ha/campaigns", CAMPAIGN)],
        "group": [made("/units/son-ha/groups", GROUP)],
        "proposal": [made("/units/son-ha/regulation/openings", OPENING)],
    }


def handed_in(program: Program) -> str:
    """Give something a hamlet's head handed in."""
    answer = program.writes("POST", "/contributions", HANDED_IN).json
    assert answer
    return str(answer["id"])


def every(shape: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in shape.__subclasses__():
        yield each
        yield from every(each)


def test_no_two_shapes_have_one_name() -> None:
    """The description knows a shape by its name alone: of two, one would be described as the other."""
    shapes = {each for shape in (Sent, Answer) for each in every(shape)}
    told = [field.annotation for shape in shapes for field in shape.model_fields.values()]
    enums = {each for kind in told for each in (kind, *get_args(kind)) if isinstance(each, EnumType)}
    names = Counter([*(each.__name__ for each in shapes), *(each.__name__ for each in enums)])

    assert len(shapes) > 100
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("address", ["/openapi.json", "/"])
def test_the_description_may_be_read_without_a_token(app: Flask, address: str) -> None:
    answer = Program(app).reads(address)

    assert answer.status_code == 200
    assert "/v1/units/{unit}/log" in answer.text


def test_the_page_needs_no_script_and_nothing_from_elsewhere(app: Flask) -> None:
    answer = Program(app).reads("/")

    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert "//" not in answer.text.replace("http://localhost", "")
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
