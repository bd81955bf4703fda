"""The `verify` command: says of a ledger what was added, dropped, altered or forked, what is proven, and what is not.

It works on the database or on an exported file alone, and changes nothing. It must not decide what counts as proven.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from schedules.errors import ScheduleError
from server.config import Config
from server.store.ledger_source import open_ledger
from server.verification import FileSource, Finding, Source, Verdict, Witness, export, verify
from server.web.sentences import sentence

CANNOT_RUN = 2
_OF_MANY = {"verify.outside_between", "verify.outside_shorter", "verify.outside_restored", "verify.restore_lost"}
"""Findings about no single entry."""


def main(given: argparse.Namespace, config: Config) -> int:
    """Verify and print; return the exit code: 0 nothing found, 1 something found, 2 it could not run."""
    say = _Say(given.language, ZoneInfo(config.time_zone))
    try:
        witnesses = [Witness(file.name, file.read_text(encoding="utf-8")) for file in given.head]
        with _source(given.file, config) as source:
            if given.export is not None:
                export(source, given.export)
                return 0
            verdict = verify(source, witnesses)
    except ScheduleError as error:
        print(say(error.code, error.values), file=sys.stderr)
        return CANNOT_RUN
    except (OSError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return CANNOT_RUN
    lines = [json.dumps(_tree(verdict), ensure_ascii=False, indent=2)] if given.json else _lines(verdict, say)
    print("\n".join(lines))
    return 1 if verdict.findings else 0


@contextmanager
def _source(file: Path | None, config: Config) -> Iterator[Source]:
    if file is not None:
        yield FileSource(file)
        return
    with open_ledger(config.database) as source:
        yield source


class _Say:
    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self._language, self._zone = language, zone

    def __call__(self, code: str, values: Mapping[str, object]) -> str:
        """Give the sentence of a code."""
        kind = f"ledger.{values.get('kind', '')}"
        others = {name: value for name, value in values.items() if name != "kind"}
        if isinstance(roots := others.get("roots"), str):  # to be compared by eye
            others["roots"] = " ".join(roots[start : start + 4] for start in range(0, len(roots), 4))
        named = {**others, "what": sentence(kind, {}, language=self._language, zone=self._zone)}
        return sentence(code, named, language=self._language, zone=self._zone)


def _lines(verdict: Verdict, say: _Say) -> Iterator[str]:
    yield say("verify.counted", {"leaves": verdict.leaves, "entries": verdict.entries, "rows": verdict.rows})
    if not verdict.findings:
        yield say("verify.clean", {})
    for index, each in enumerate(verdict.findings):
        if index == 0:
            yield say("verify.found", {"count": len(verdict.findings) + verdict.more})
        if index == 1:
            yield say("verify.further", {})
        yield f"- {_finding(each, say)}"
    if verdict.more:
        yield say("verify.not_named", {"count": verdict.more})
    for statement in verdict.statements:
        yield say(statement.code, statement.values)


def _finding(finding: Finding, say: _Say) -> str:
    said = say(finding.code, finding.values)
    if not finding.number or finding.code in _OF_MANY:
        return said
    where = "verify.leaf" if finding.values.get("at") else "verify.leaf_undated"
    if not finding.values.get("leaf_kind"):
        where = "verify.leaf_gone"
    leaf = {**finding.values, "kind": finding.values.get("leaf_kind"), "subject": finding.values.get("leaf_subject")}
    return f"{say(where, leaf)} {said}"


def _tree(verdict: Verdict) -> dict[str, object]:
    return {
        "leaves": verdict.leaves,
        "entries": verdict.entries,
        "rows": verdict.rows,
        "findings": [{"code": each.code, **_plain(each.values)} for each in verdict.findings],
        "more": verdict.more,
        "statements": [{"code": each.code, **_plain(each.values)} for each in verdict.statements],
    }


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
