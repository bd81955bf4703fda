"""`commune-radio call` against a real server in this process: it reads, writes once, and says what is wrong."""

import io
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, Response, request

from server import cli
from server.calling import line
from server.calling.token_file import IN_FILE
from server.token_records import Scope
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.api.conftest import EVERY_SCOPE, HEAD, token_of
from tests.server.api.test_rights import OUTAGE
from tests.server.calling.conftest import address, app, centre, clock, document, store
from tests.server.web.commune import OFFICER

__all__ = ["address", "app", "centre", "clock", "document", "store"]  # fixtures of the API

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLES = re.findall(r"^commune-radio call [^|\n]*$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
CREATE = ("programmes.create", "unit=son-ha", "title=Cắt điện", "kind=notice")


@dataclass
class Ran:
    """What a run printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(each) for each in self.out.splitlines()]


Run = Callable[..., Ran]


@dataclass
class Cut:
    """A line that breaks once a write was done."""

    broken: bool = False


@pytest.fixture
def cut(app: Flask) -> Cut:
    cut = Cut()

    @app.after_request
    def lose(answer: Response) -> Response:
        return Response(status=502) if cut.broken and request.method != "GET" else answer

    return cut


@pytest.fixture
def run(
    cut: Cut,
    address: str,
    store: FakeStore,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run the command as the officer of Sơn Hà, with what stands on standard input."""
    file = tmp_path / "token"
    file.write_text(token_of(store, clock, OFFICER, EVERY_SCOPE), encoding="ascii")
    file.chmod(0o600)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COMMUNE_RADIO_SERVER", address)
    monkeypatch.setenv(IN_FILE, str(file))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(line, "WAITS_S", (0.0,))

    def ran(*words: str, given: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        code = cli.main(["call", *words])
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return ran


def kept(folder: Path) -> int:
    return len(list((folder / "state").rglob("commune-radio/*")))


def titles(store: FakeStore) -> list[str]:
    return [each.programme.title for each in store.kept.programmes.values() if "Cắt điện" in each.programme.title]


def test_help_lists_the_calls_with_a_sentence_each(run: Run) -> None:
    told = run("--help")

    assert told.code == 0
    assert "  slots.list " in told.out
    assert "Give the slots of a programme." in told.out
    assert "exit codes:" in told.out


def test_help_of_a_call_says_what_it_takes(run: Run) -> None:
    told = run("slots.book", "--help")

    lines = told.out.splitlines()
    assert told.code == 0
    assert sum(each.startswith("  timing.first_day ") for each in lines) == 1
    assert any(each.startswith("  timing.kind") and "at_time" in each and "in_places" in each for each in lines)


def test_a_list_is_a_table_or_a_line_of_json_each(run: Run) -> None:
    table, lines = run("programmes.list"), run("programmes.list", "--json", "kind=relay")

    assert table.out.splitlines()[0].startswith("id ")
    assert [each["id"] for each in lines.lines] == ["vov1"]


def test_all_pages_are_followed_or_it_says_that_there_are_more(run: Run) -> None:
    first, every = run("programmes.list", "limit=2", "--json"), run("programmes.list", "limit=1", "--all", "--json")

    assert len(first.lines) == 2
    assert "--all" in first.err
    assert [each["id"] for each in every.lines] == ["nhac", "nhac-hieu", "vov1"]
    assert every.err == ""


def test_the_whole_answer_is_kept_where_asked(run: Run) -> None:
    (whole,) = run("programmes.list", "limit=1", "--whole").lines

    assert set(whole) == {"programmes", "next"}


def test_something_is_made_from_words_or_from_a_file(run: Run, store: FakeStore) -> None:
    by_words = run(*CREATE, "--json")
    by_file = run("programmes.create", "unit=son-ha", given='{"title": "Cắt điện 2", "kind": "notice"}')

    assert (by_words.code, by_file.code) == (0, 0)
    assert by_words.lines[0]["title"] == "Cắt điện"
    assert sorted(titles(store)) == ["Cắt điện", "Cắt điện 2"]


def test_the_same_command_given_twice_is_two_writes(run: Run, store: FakeStore, tmp_path: Path) -> None:
    run(*CREATE)
    run(*CREATE)

    assert len(titles(store)) == 2
    assert kept(tmp_path) == 0


def test_what_nobody_answered_is_sent_again_under_its_key_and_done_once(
    run: Run, cut: Cut, store: FakeStore, tmp_path: Path
) -> None:
    cut.broken = True
    lost = run(*CREATE)
    left = kept(tmp_path)
    cut.broken = False
    again = run(*CREATE)

    assert (lost.code, left) == (3, 1)
    assert "không bị làm lần thứ hai" in lost.err
    assert (again.code, kept(tmp_path)) == (0, 0)
    assert len(titles(store)) == 1


def test_an_edit_goes_on_from_what_is_there_and_is_repeated_from_the_same(run: Run, cut: Cut) -> None:
    made = run(*CREATE, "--json").lines[0]
    change = ("programmes.edit", f"programme={made['id']}", "title=Cắt điện lại", "kind=notice")

    cut.broken = True
    lost = run(*change)
    cut.broken = False
    again = run(*change, "--json")

    assert lost.code == 3
    assert (again.code, again.lines[0]["version"]) == (0, 2)


def test_an_edit_from_a_version_that_is_no_more_is_refused(run: Run) -> None:
    made = run(*CREATE, "--json").lines[0]
    change = ("programmes.edit", f"programme={made['id']}", "title=Cắt điện lại", "kind=notice")

    first, second = run(*change, "--if-match", "1"), run(*change, "--if-match", '"1"')

    assert (first.code, second.code) == (0, 5)
    assert second.err.strip()


def test_what_cannot_be_read_cannot_be_edited(run: Run) -> None:
    told = run("programmes.submit", "programme=none")

    assert (told.code, told.out) == (1, "")


def test_a_sound_is_sent_as_it_is(run: Run, tmp_path: Path, store: FakeStore) -> None:
    (tmp_path / "tin.mp3").write_bytes(b"sound")

    sent = run("sounds.bring", "programme=nhac", "--file", str(tmp_path / "tin.mp3"), "--json")
    without = run("sounds.bring", "programme=nhac")
    missing = run("sounds.bring", "programme=nhac", "--file", str(tmp_path / "none.mp3"))

    assert sent.code == 0
    assert [each.file_name for each in store.kept.takes.values()] == ["tin.mp3"]
    assert (without.code, missing.code) == (2, 2)
    assert "none.mp3" in missing.err


def test_a_refusal_is_a_sentence_with_its_fields(run: Run) -> None:
    vietnamese = run("programmes.create", "unit=son-ha", "title= ", "kind=notice")
    english = run("programmes.create", "unit=son-ha", "title= ", "kind=notice", "--language", "en")

    assert (vietnamese.code, vietnamese.out) == (1, "")
    assert vietnamese.err != english.err
    assert not vietnamese.err.startswith("{")


def test_the_system_s_language_is_spoken(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")

    assert run("nobody.knows").err == "There is no call nobody.knows. Add --help to see the calls.\n"


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (("nobody.knows",), ""),
        (("programmes.get",), ""),
        (("programmes.create", "unit=son-ha"), "[1]"),
        (("programmes.create", "unit=son-ha"), "{"),
        (("programmes.get", "programme=nhac", "--file", "x"), ""),
    ],
)
def test_what_makes_no_call_ends_so(run: Run, words: tuple[str, ...], given: str) -> None:
    told = run(*words, given=given)

    assert (told.code, told.out) == (2, "")
    assert told.err.strip()


def test_a_token_that_is_not_good_or_not_there_ends_so(
    run: Run, store: FakeStore, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text(token_of(store, clock, OFFICER, frozenset({Scope.READ})), encoding="ascii")
    only_reads = run(*CREATE)
    (tmp_path / "token").write_text("a.b", encoding="ascii")
    unknown = run("units.list")
    monkeypatch.delenv(IN_FILE)
    none = run("units.list")

    assert (only_reads.code, unknown.code, none.code) == (4, 4, 4)


def test_a_token_others_may_read_is_not_used(run: Run, tmp_path: Path) -> None:
    (tmp_path / "token").chmod(0o644)

    told = run("units.list")

    assert told.code == 2
    assert "chmod 600" in told.err


def test_what_may_have_been_done_is_not_done_again_unless_told_so(
    run: Run, store: FakeStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("server.api.programmes.shown", breaks)
        broken = run(*CREATE)
    again = run(*CREATE)
    anew = run(*CREATE, "--new-key")

    assert (broken.code, again.code, anew.code) == (3, 5, 0)
    assert len(titles(store)) == 2
    assert kept(tmp_path) == 0


def test_a_key_of_one_s_own_is_used_and_not_kept(run: Run, store: FakeStore, tmp_path: Path) -> None:
    run(*CREATE, "--key", "cat-dien")
    run(*CREATE, "--key", "cat-dien")

    assert len(titles(store)) == 1
    assert kept(tmp_path) == 0


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_guide_works(
    run: Run, store: FakeStore, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if " contributions." in example:  # a hamlet's head hands in
        handing_in = token_of(store, clock, HEAD, frozenset({Scope.CONTRIBUTIONS}))
        (tmp_path / "token").write_text(handing_in, encoding="ascii")
    (tmp_path / "tin.mp3").write_bytes(b"sound")
    words, _, file = example.partition(" < ")

    told = run(*shlex.split(words, comments=True)[2:], given=json.dumps(OUTAGE) if file else "")

    assert (told.code, told.err) == (0, "")
    assert told.out
