"""The `call` command: one call of a centre's API, from a terminal or a script. What the calls are, the API says."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from server.calling import printing, token_file
from server.calling.description import Call, Description
from server.calling.errors import CallFailed, CallRefused, Ending
from server.calling.explaining import explained
from server.calling.kept_keys import KeptKeys
from server.calling.line import Line
from server.calling.wording import Asked, asked, on_page
from server.calling.writing import Writing
from server.clock import WallClock
from server.web.sentences import sentence

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
SERVER = "COMMUNE_RADIO_SERVER"
AT_HOME = "http://localhost:8080"
ENDINGS = """\
exit codes:
  0  done
  1  refused: the sentence says why, and nothing was changed
  2  asked wrongly: no such call or name, something is missing, or others may read the token's file
  3  nobody answered, or the centre failed: give the same command again, it is not done twice
  4  the token is not good, or not for this
  5  changed by somebody in between, or nobody knows whether it was done: look, then decide
"""


def main(words: list[str]) -> int:
    """Run the command; return its exit code."""
    given = _parser().parse_intermixed_args(words)
    language = given.language or _language(os.environ)
    try:
        _run(given, language)
    except CallRefused as error:
        print("\n".join(error.sentences), file=sys.stderr)
        return error.ending
    except CallFailed as error:
        print(_say(error.code, error.values, language), file=sys.stderr)
        return error.ending
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Ending.DONE


def _run(given: argparse.Namespace, language: str) -> None:
    token = token_file.token_of(given.token_file, os.environ)
    server = given.server or os.environ.get(SERVER) or AT_HOME
    wait = _not_at_all if given.help else time.sleep  # who asks for help sits there
    line = Line(server, token, language, wait=wait, unencrypted=given.unencrypted)
    if given.help and not given.words:
        _parser().print_help()
    elif not given.help:
        token_file.required(token)
    api = Description(line.ask("GET", "/v1/openapi.json").told())
    if not given.words:
        _show(("\ncalls (NAME --help tells what one takes):",))
        _show(printing.as_pairs((each.name, each.says) for each in api.calls.values()))
    elif given.help:
        _show(explained(api, api.find(given.words[0])))
    else:
        _call(api, line, given, language, who=token.partition(".")[0])


def _call(api: Description, line: Line, given: argparse.Namespace, language: str, *, who: str) -> None:
    """Make a call and print what came back: an answer, a page of one, or all pages."""
    call, words = api.find(given.words[0]), given.words[1:]
    sound: Path | None = given.file
    if call.hears != (sound is not None):
        raise CallFailed("call.sound", call=call.name)
    if sound is not None:
        if not sound.is_file():
            raise CallFailed("call.no_file", file=str(sound))
        words = [f"file_name={sound.name}", *words]
    wanted = asked(api, call, words, _brought(call, words))
    if call.writes:
        keys = KeptKeys(Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "commune-radio")
        writing = Writing(api=api, line=line, keys=keys, who=who, version=given.if_match, key=given.key)
        answer = writing.write(wanted, WallClock().now(), sound=sound, anew=given.new_key)
        answer.require_done()
        _show(_lines(api, call, [answer.told()], given))
    else:
        _show(_lines(api, call, _pages(line, wanted, language, follow=given.all), given))


def _pages(line: Line, wanted: Asked, language: str, *, follow: bool) -> Iterator[dict[str, Any]]:
    """Give the pages of an answer as they come: the first, or all."""
    while True:
        answer = line.ask("GET", wanted.path)
        answer.require_done()
        told = answer.told()
        yield told
        cursor = told.get("next")
        if not cursor:
            return
        if not follow:
            print(_say("call.more", {}, language), file=sys.stderr)
            return
        wanted = on_page(wanted, cursor)


def _lines(api: Description, call: Call, pages: Iterable[dict[str, Any]], given: argparse.Namespace) -> Iterator[str]:
    entries = "" if given.whole else api.entries(call)
    if given.json or given.whole:
        yield from (printing.as_json(each) for page in pages for each in (page[entries] if entries else [page]))
    elif entries:
        yield from printing.as_table([each for page in pages for each in page[entries]])
    else:
        yield from (line for page in pages for line in printing.as_list(page))


def _brought(call: Call, words: Iterable[str]) -> Mapping[str, Any] | None:
    """Read the body from standard input, where the words say nothing of it.

    Raises:
        CallFailed: `call.not_json`.
    """
    parts = {part.name for part in call.parts}
    if call.body is None or any(word.partition("=")[0] not in parts for word in words) or sys.stdin.isatty():
        return None
    text = sys.stdin.read()
    try:
        body = json.loads(text) if text.strip() else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise CallFailed("call.not_json")
    return body


def _not_at_all(_: float) -> None:
    """Let no time pass."""


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _say(code: str, values: Mapping[str, object], language: str) -> str:
    return sentence(code, values, language=language, zone=HOME)


def _language(environment: Mapping[str, str]) -> str:
    named = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "en" if named.startswith("en") else "vi"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="commune-radio call",
        usage="%(prog)s [options] NAME [name=value ...]",
        description="Make one call of a centre's API (docs/api.md).",
        epilog=ENDINGS,
        add_help=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("-h", "--help", action="store_true", help="show this and all calls; with NAME, what it takes")
    parser.add_argument("--server", metavar="URL", help=f"of the centre (default: ${SERVER}, or {AT_HOME})")
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=f"only its owner may read it (default: ${token_file.IN_FILE}; or the token in ${token_file.IN_WORDS})",
    )
    parser.add_argument("--json", action="store_true", help="JSON, a line an entry, instead of a table")
    parser.add_argument("--whole", action="store_true", help="the answer as it came, a line of JSON a page")
    parser.add_argument("--all", action="store_true", help="all pages of a long answer")
    parser.add_argument("--file", type=Path, metavar="SOUND", help="what a call that takes a sound is to send")
    parser.add_argument(
        "--if-match", default="", metavar="VERSION", help="an edit goes on from this one, not the newest"
    )
    parser.add_argument("--key", default="", help="the write's own Idempotency-Key, instead of one drawn and kept")
    parser.add_argument("--new-key", action="store_true", help="what was never answered is to be done once more")
    parser.add_argument("--unencrypted", action="store_true", help="send the token over http:// to another machine")
    parser.add_argument("--language", choices=("vi", "en"), help="of what goes wrong (default: the system's, else vi)")
    return parser
