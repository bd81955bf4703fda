"""docs/security.md names tests, commands, constants and buttons that exist, and its numbers are those of the code.

So does docs/asvs.md, which leaves no requirement of its chapters out and gives a reason for each that is not met.
"""

import re
from argparse import ArgumentParser
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

from server import cli
from station_agent import main as agent

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
STANDARD = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`\n]+)`", PAGE)
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
TESTS = {each for each in CODE if re.fullmatch(r"test_\w+", each)}
COMMANDS = {line for line in (*CODE, *BLOCKS.splitlines()) if re.match(r"(commune-radio|station-agent) .*", line)} - {
    "commune-radio verify"
}
NUMBERS = re.findall(r"^\| (\d+)(?: (\w+))? \| [^|]+ \| `([\w.]+)\.(\w+)` \|$", PAGE, re.MULTILINE)
FILES = {each for each in CODE if re.fullmatch(r"(server|station_agent|schedules|tests|docs)/[\w/]+\.\w+", each)}
BUTTONS = set(re.findall(r"\*\*([^*]*[ăâđêôơưếị][^*]*)\*\*", PAGE))
REQUIREMENTS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \|$", STANDARD, re.MULTILINE)
SECTIONS = {
    "1.1": 2,
    "1.2": 9,
    "1.3": 11,
    "1.4": 3,
    "1.5": 2,
    "2.1": 3,
    "2.2": 3,
    "2.3": 4,
    "2.4": 1,
    "3.2": 2,
    "3.3": 4,
    "3.4": 6,
    "3.5": 5,
    "3.7": 2,
    "5.1": 1,
    "5.2": 3,
    "5.3": 2,
    "5.4": 3,
    "6.1": 3,
    "6.2": 12,
    "6.3": 4,
    "6.4": 4,
    "6.5": 5,
    "6.6": 3,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 2,
    "7.6": 2,
    "8.1": 2,
    "8.2": 3,
    "8.3": 1,
    "8.4": 1,
    "16.1": 1,
    "16.2": 5,
    "16.3": 4,
    "16.4": 3,
    "16.5": 3,
}
"""How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; they come before those of level 3."""
STATES = ("met", "met by construction", "partly", "not met", "not applicable")
SECONDS = {"hour": 3600, "hours": 3600, "minutes": 60, "seconds": 1, "days": 86_400}
PARSERS = {"commune-radio": cli._parser, "station-agent": agent._parser}  # noqa: SLF001 - what people type goes there


def test_it_names_a_good_part_of_all_that_is_checked_here() -> None:
    assert len(TESTS) > 60
    assert len(COMMANDS) > 8
    assert len(NUMBERS) > 20
    assert len(BUTTONS) > 0
    assert len(FILES) > 1


def test_every_test_exists() -> None:
    sources = (file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    there = {name for source in sources for name in re.findall(r"^ *def (test_\w+)\(", source, re.MULTILINE)}

    assert TESTS - there == set()
    assert set(re.findall(r"`(test_\w+)`", STANDARD)) - there == set()


def test_no_requirement_of_the_standard_is_left_out() -> None:
    wanted = [f"{section}.{number}" for section, most in SECTIONS.items() for number in range(1, most + 1)]

    assert [number for number, _, _ in REQUIREMENTS] == wanted


@pytest.mark.parametrize(("number", "state"), [(number, state) for number, _, state in REQUIREMENTS])
def test_each_is_met_by_a_test_or_says_why_not(number: str, state: str) -> None:
    said = re.match(r"[a-z ]+", state)
    tests = re.findall(r"`test_\w+`", state)
    reason = re.sub(r"`test_\w+`", "", state)

    assert said is not None
    assert said[0].strip() in STATES, number
    if said[0].strip() == "met":
        assert tests or "](" in state, number
    elif said[0].strip() != "not applicable":
        assert len(reason.split()) > 5, number


@pytest.mark.parametrize("line", sorted(COMMANDS))
def test_every_command_can_be_given(line: str) -> None:
    name, *arguments = line.split()
    parser: ArgumentParser = PARSERS[name]()

    parser.parse_args(arguments)


@pytest.mark.parametrize(("number", "unit", "module", "constant"), NUMBERS, ids=str)
def test_every_number_is_that_of_its_constant(number: str, unit: str, module: str, constant: str) -> None:
    value = getattr(import_module(module), constant)

    if unit == "bits":
        assert int(number) == value * 8
    elif isinstance(value, timedelta):
        assert timedelta(seconds=int(number) * SECONDS[unit]) == value
    elif unit:
        per_second = 1000 if constant.endswith("_MS") else 1 / 60 if constant.endswith("_MINUTES") else 1
        assert int(number) * SECONDS[unit] * per_second == value
    else:
        assert int(number) == value


def test_every_file_and_every_linked_page_is_there() -> None:
    linked = set(re.findall(r"\]\(([^)#]+)\)", PAGE))

    assert [each for each in FILES if not (ROOT / each).exists()] == []
    assert [each for each in linked if not (ROOT / "docs" / each).exists()] == []


def test_every_button_is_on_a_page() -> None:
    pages = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "server/web/templates").rglob("*.html"))

    assert [each for each in BUTTONS if f'_("{each}")' not in pages] == []
