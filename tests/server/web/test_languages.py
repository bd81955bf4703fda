"""Nothing on the pages is left without its English, and every code and name of the program has its words."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from schedules.asrun import Outcome
from schedules.campaign import CampaignState
from schedules.emergency import Certainty, Event, Severity, Urgency
from schedules.emergency_template import GapType
from schedules.ladder import Reached, Rung
from schedules.part import Genre
from schedules.programme import Kind, Level, Origin, State
from schedules.reconciliation import Verdict
from schedules.recurrence import Holidays
from schedules.regulation import SessionName
from schedules.way import Way as WayIn
from schedules.why import Hearing
from schedules.wire.messages import ReceiptState
from server.approving_records import Means
from server.contribution_records import ContributionState
from server.emergency_records import Way
from server.fault_records import FaultKind, FaultOutcome
from server.readiness_records import Colour
from server.services.coverages import By
from server.services.offers import Standing
from server.token_records import Scope
from server.values import ApprovalWay, LoudspeakerKind, Role, TakeOrigin, TakeState
from server.web.audited import audit_sentences
from server.web.repeats import Repeat
from server.web.sentences import sentence, sentences
from server.web.template_form import FilledBy
from server.web.words import LANGUAGES, word, words
from station_agent.sentences import SENTENCES

ROOT = Path(__file__).parents[3]
WEB = ROOT / "server" / "web"
CATALOG = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.po"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

_CODE = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_-]*)+")
_NOT_A_CODE = re.compile(
    r".*\.(toml|json|db|key|wav|py|html|id|mp3|csv|pem|md|service|v)|(server|station_agent|waitress)\..*"
)
# Raised by the web process itself under these names; everything else there is the name of a page.
_RAISES = {"Unacceptable", "NotFound", "NotAllowed", "Stale"}
# Handed to the audit trail, whose kinds have sentences of their own.
_TRAIL = {"note", "note_at", "note_of", "_put", "_note", "_except"}
_ACTIONS = {"action", "_BY_OTHERS", "_BY_MAIL", "_SENT", "_SEEN"}
_OF_THE_MACHINE = {"keys.initialised", "agent.already_running", "lease.lost"}


@cache
def codes() -> frozenset[tuple[str, str]]:
    """Give every dotted code in the sources, and where it stands."""
    return frozenset(_all_codes())


def _all_codes() -> Iterator[tuple[str, str]]:
    for package in ("schedules", "media", "server", "station_agent"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if name.startswith(("server/store/", "server/demo/run", "server/cli", "server/smoke")):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            yield from ((code, name) for code in _codes_of(tree, web=name.startswith("server/web/")))


def _codes_of(tree: ast.Module, *, web: bool) -> Iterator[str]:
    trail = {id(each) for call in ast.walk(tree) if _called(call) in _TRAIL for each in ast.walk(call)}
    actions = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.keyword) and each.arg == "action"}
    named = {
        id(inner)
        for each in ast.walk(tree)
        if isinstance(each, ast.Assign) and {ast.unparse(target) for target in each.targets} <= _ACTIONS
        for inner in ast.walk(each)
    }
    raised = {id(each) for call in ast.walk(tree) if _called(call) in _RAISES for each in ast.walk(call)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value)):
            continue
        if _NOT_A_CODE.fullmatch(node.value) or id(node) in trail | actions | named:
            continue
        if not web or id(node) in raised:
            yield node.value


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_every_code_of_the_program_has_its_sentence() -> None:
    at_the_device = {
        (code, place) for code, place in codes() if place.startswith("station_agent/") and code in SENTENCES
    }
    missing = {(code, place) for code, place in codes() - at_the_device if code not in sentences()}

    assert sorted(each for each in missing if each[0] not in _OF_THE_MACHINE) == []


@cache
def kinds() -> frozenset[str]:
    """Give every kind of line that anything in the sources writes into the audit trail."""
    return frozenset(
        each.value
        for path in sorted((ROOT / "server").rglob("*.py"))
        for node in _of_the_trail(ast.parse(path.read_text(encoding="utf-8")))
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and _CODE.fullmatch(each.value)
    )


def _of_the_trail(tree: ast.Module) -> Iterator[ast.AST]:
    for each in ast.walk(tree):
        if _called(each) in _TRAIL:
            yield each
        if isinstance(each, ast.keyword) and each.arg == "action":
            yield each
        if isinstance(each, ast.Assign) and {ast.unparse(target) for target in each.targets} <= _ACTIONS:
            yield each


def test_every_kind_of_line_of_the_audit_trail_has_its_sentence_and_no_sentence_is_of_none() -> None:
    assert sorted(kinds() - audit_sentences().keys()) == []
    assert sorted(audit_sentences().keys() - kinds()) == []
    assert {kind.partition(".")[0] for kind in kinds()} <= words()["audit"].keys()
    assert len(kinds()) > 100


def test_every_sentence_of_the_audit_trail_is_whole_in_both_languages() -> None:
    for kind, entry in audit_sentences().items():
        gaps = [set(re.findall(r"{(\w+)}", entry[language])) for language in LANGUAGES]

        assert set(entry) == set(LANGUAGES), kind
        assert gaps[0] == gaps[1], kind
        assert all(text.count("[") == text.count("]") and text.endswith(".") for text in entry.values()), kind


def test_the_search_for_codes_finds_them() -> None:
    found = {code for code, _ in codes()}

    assert {"slot.no_end", "approval.own_work", "media.refused.not-audio", "guard.outside_hours", "form.day"} <= found
    assert "programme.submitted" not in found


def test_every_sentence_is_whole_in_both_languages() -> None:
    for code, entry in sentences().items():
        gaps = [set(re.findall(r"{(\w+)}", entry[language])) for language in LANGUAGES]

        assert set(entry) == set(LANGUAGES), code
        assert all(text and text.strip() == text for text in entry.values()), code
        assert gaps[0] == gaps[1], code


def test_every_sentence_at_the_device_is_whole_in_both_languages() -> None:
    for code, (vietnamese, english) in SENTENCES.items():
        assert vietnamese.strip(), code
        assert english.strip(), code
        assert re.findall(r"{(\w+)}", vietnamese) == re.findall(r"{(\w+)}", english), code


def test_a_sentence_names_its_values_in_local_time_and_in_words() -> None:
    instant = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    values = {"start": instant, "kind": Kind.NOTICE, "session": SessionName.MORNING, "minutes": 62, "limit": 60}

    past = sentence("slot.in_the_past", values, language="vi", zone=HANOI)
    kind = sentence("regulation.kind_not_allowed", values, language="en", zone=HANOI)
    length = sentence("regulation.session_too_long", values, language="vi", zone=HANOI)

    assert past == "Giờ phát đã qua (05:30 ngày 23/11/2026). Hãy chọn giờ sau."
    assert kind == "The station's regulation does not allow “Notice”."
    assert length == "Buổi sáng phát 62 phút, quá 60 phút mà quy chế cho phép."


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert sentence("nobody.knows", {}, language="vi", zone=HANOI) == "nobody.knows"


GROUPS: list[tuple[str, type[Enum]]] = [
    ("kind", Kind),
    ("genre", Genre),
    ("level", Level),
    ("origin", Origin),
    ("contribution", ContributionState),
    ("state", State),
    ("campaign", CampaignState),
    ("by", By),
    ("role", Role),
    ("scope", Scope),
    ("session", SessionName),
    ("verdict", Verdict),
    ("rung", Rung),
    ("reached", Reached),
    ("verdict_short", Verdict),
    ("outcome", Outcome),
    ("hearing", Hearing),
    ("take", TakeState),
    ("from", TakeOrigin),
    ("repeat", Repeat),
    ("holidays", Holidays),
    ("filling", FilledBy),
    ("receipt", ReceiptState),
    ("colour", Colour),
    ("loudspeaker_kind", LoudspeakerKind),
    ("fault_kind", FaultKind),
    ("fault_outcome", FaultOutcome),
    ("event", Event),
    ("severity", Severity),
    ("urgency", Urgency),
    ("certainty", Certainty),
    ("approved_by", ApprovalWay),
    ("means", Means),
    ("gap", GapType),
    ("way", Way),
    ("came", WayIn),
    ("standing", Standing),
]


@pytest.mark.parametrize(("group", "names"), GROUPS, ids=[group for group, _ in GROUPS])
def test_every_name_has_its_word(group: str, names: type[Enum]) -> None:
    for name in names:
        for language in LANGUAGES:
            assert word(group, name.value, language) == words()[group][str(name.value)][language]


def english() -> dict[str, str]:
    with CATALOG.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file, locale="en") if each.id}


def test_every_text_of_the_pages_has_its_english() -> None:
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    used = {str(found[2]) for found in extract_from_dir(str(WEB), method_map=methods)}
    translated = {vietnamese for vietnamese, english in english().items() if english}

    assert used - translated == set()
    assert translated - used == set()


def test_english_keeps_what_the_vietnamese_names() -> None:
    for pair in english().items():
        gaps = [set(re.findall(r"%\((\w+)\)s", text)) for text in pair]
        assert gaps[0] == gaps[1], pair[0]


def test_the_compiled_english_is_the_newest() -> None:
    with CATALOG.with_suffix(".mo").open("rb") as file:
        compiled = {str(each.id): str(each.string) for each in read_mo(file) if each.id}

    assert compiled == english()
