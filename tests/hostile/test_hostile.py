"""The hostile suite in short: every kind twice; and that it would notice, if one of the doors stood open."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from schedules import emergency_lane
from schedules.emergency_list import EmergencyList, Live
from schedules.guard import Allowed
from schedules.wire import seal, trust
from schedules.wire.codec import decoded
from schedules.wire.emergency import Announced, EmergencyIssued, ExerciseIssued
from schedules.wire.messages import Message
from server.services import enrolment, reports, said
from station_agent import air, announced, commands, lane, orders
from station_agent.announced import Obeyed
from station_agent.command_book import CommandBook
from station_agent.freshness import Freshness
from station_agent.journal import SqliteJournal
from tests.hostile.run import ATTEMPTS, KINDS, Tried, attempt, planned
from tests.insider.conftest import Centre

ROOT = Path(__file__).parents[2]


def told(tried: list[Tried]) -> list[str]:
    """Give all that went wrong, with the seed that repeats it."""
    return [f"{each.seed}: {what}" for each in tried for what in (*each.wrongs.obeyed, *each.wrongs.undetected)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_an_attack_is_in_vain(kind: str) -> None:
    assert told([attempt(kind, seed) for seed in (1, 2)]) == []


def test_there_are_enough_kinds_each_by_a_name_of_its_own() -> None:
    modules = {kind.run.__module__ for kind in KINDS.values()}

    assert len(KINDS) >= 40
    assert len(modules) >= 4
    assert {kind.by for kind in KINDS.values()} == {"broker", "thief", "neighbour", "insider"}


def test_every_kind_has_its_turn_in_every_round() -> None:
    turns = planned(KINDS, seed=7, attempts=ATTEMPTS)

    rounds = ATTEMPTS // len(KINDS)
    assert {turns.count((name, 7)) for name in KINDS} == {1}
    assert {seed for _, seed in turns} == set(range(7, 7 + rounds + 1))


def test_what_is_tried_again_is_the_same_again() -> None:
    before, again = (attempt("a bit turned in the payload", 5) for _ in range(2))

    assert before == again


@pytest.mark.slow
def test_the_command_says_its_figures_last(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.hostile.run", "--attempts", "6", "--only", "thief"]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50, check=True)

    assert json.loads(ended.stdout.splitlines()[-1]) == {"tried": 6, "kinds": 6, "obeyed": 0, "undetected": 0}


def _nothing(*_: object, **__: object) -> None:
    """Look away."""


def _yes(*_: object, **__: object) -> bool:
    return True


def _allowed(**_: object) -> Allowed:
    return Allowed(100)


def _no_faults(_: object) -> set[str]:
    return set()


def _believed(data: bytes, _: object) -> tuple[Message, str]:
    envelope = seal.envelope_of(data)
    return decoded(seal.type_of(envelope), envelope.payload), ""


def _whatever_was_said(obeyed: Obeyed, live: Live) -> EmergencyIssued | None:
    return obeyed.words.get(live.id)


def _whatever_was_announced(
    lists: Iterable[EmergencyList], words: Iterable[EmergencyIssued], exercises: Iterable[ExerciseIssued]
) -> Obeyed:
    said = {each.emergency: each for each in words}
    return Obeyed(tuple(lists), said, {each.exercise.id: each for each in exercises})


def _what_is_over_too(lists: Iterable[EmergencyList], _: object) -> tuple[Live, ...]:
    return tuple(live for known in lists for live in known.live)


def _unnamed(says: Callable[..., object]) -> Callable[..., object]:
    return lambda centre, **_: says(centre, outside=False)


OPEN_DOORS: list[tuple[str, object, str, object]] = [
    ("of another unit on this one", orders, "require_audience", _nothing),
    ("an old order of silence or its lifting", orders, "require_fresh", _nothing),
    ("an old revision", orders, "require_fresh", _nothing),
    ("an order after it has expired", orders, "require_fresh", _nothing),
    ("sealed by a stranger under the right name", seal, "holds", _yes),
    ("sealed by a genuine seal of something else", seal, "holds", _yes),
    ("of an epoch that only the root begins", orders, "require_epoch", _nothing),
    ("files taken from the disk", orders.Orders, "_lacks_something", lambda _: False),
    ("an old assignment with the newest rundown and the answer", orders, "is_whole", _yes),
    ("an old answer", Freshness, "answered", _yes),
    ("in the roots night", air, "judge", _allowed),
    ("louder than the root allows", air, "judge", _allowed),
    ("acknowledged with another hash", SqliteJournal, "acknowledge", _yes),
    ("withheld rundown", Freshness, "faults", _no_faults),
    ("an alarm by a key nobody knows", orders, "unsealed", _believed),
    ("an alarm by a stranger under the right name", seal, "holds", _yes),
    ("an alarm by a key of another role", orders, "unsealed", _believed),
    ("an alarm by the device itself", orders, "unsealed", _believed),
    ("a bit turned in the header of an alarm", orders, "unsealed", _believed),
    ("a bit turned in the text of an alarm", seal, "holds", _yes),
    ("an older list of emergencies", announced, "require_fresh", _nothing),
    ("a cancelled emergency after a reboot", announced, "require_fresh", _nothing),
    ("an alarm after it has expired", announced, "require_fresh", _nothing),
    ("an alarm of an epoch that only the root begins", orders, "require_epoch", _nothing),
    ("an alarm numbered too far ahead", announced, "require_fresh", _nothing),
    ("an alarm of a unit that is not above", orders, "require_audience", _nothing),
    ("a list blown up", seal, "holds", _yes),
    ("words with a bit turned in the sound", seal, "holds", _yes),
    ("words cut short", seal, "holds", _yes),
    ("words longer than any", Announced, "__post_init__", _nothing),
    ("words of another emergency", Obeyed, "words_of", _whatever_was_said),
    ("words of another unit", orders, "require_audience", _nothing),
    ("an exercise relabelled as an emergency", seal, "holds", _yes),
    ("an emergency relabelled as an exercise", seal, "holds", _yes),
    ("words of an exercise that is over", Obeyed, "of", _whatever_was_announced),
    ("other words that say that it is an exercise", orders, "unsealed", _believed),
    ("what is live again and again", lane, "told_of", lambda _: {}),
    ("what is over while nothing vouches for the clock", emergency_lane, "live_at", _what_is_over_too),
    ("a wiped disk and all but the newest list", orders, "is_whole", _yes),
    ("the list taken from the disk and an older one", orders.Orders, "_lacks_something", lambda _: False),
    ("a withheld cancel", Freshness, "faults", _no_faults),
    ("a command again and again", CommandBook, "get", lambda *_: None),
    ("a command by another key", orders, "unsealed", _believed),
    ("a command of another loudspeaker", orders, "require_audience", _nothing),
    ("a command dated ahead", commands, "TOLERANCE", timedelta(days=30)),
    ("a command of another epoch", orders, "require_epoch", _nothing),
    ("for another audience", said, "require_audience", _nothing),
    ("entries with a gap before them", reports, "_holds_all", _yes),
    ("a fork of its own journal", reports, "_take", lambda *_: 0),
    ("a guessed secret", enrolment, "_proves", _yes),
    ("signed by a foreign root", trust, "signers", lambda *_: frozenset("abc")),
    ("drop a journal", Centre, "says", _unnamed(Centre.says)),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "where", "name", "open_door"), OPEN_DOORS, ids=[f"{name} {kind}" for kind, _, name, _ in OPEN_DOORS]
)
def test_an_open_door_is_noticed(
    kind: str, where: object, name: str, open_door: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, open_door)

    found = (attempt(kind, seed).wrongs for seed in range(1, 9))  # the first that is not in vain is enough

    assert any(each.obeyed or each.undetected for each in found)
