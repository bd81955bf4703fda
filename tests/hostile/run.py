"""The hostile suite: attempt after attempt at making the centre or a loudspeaker believe what is false.

    make hostile
    make hostile ARGS="--only 'an old revision' --seed 17 --attempts 1"   # one attempt again

A seed repeats what an attempt does and when, and the keys it draws. It does not repeat every byte: the nonces of a
device's questions, and what a centre draws, come from the system's generator.

Prints a table by kind, then one JSON line: how many attempts of how many kinds, how often something false was obeyed,
and how often something false was not named.
"""

import argparse
import json
import logging
import multiprocessing
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

from tests.hostile import (
    broker_amnesia,
    broker_answers,
    broker_commands,
    broker_emergency,
    broker_emergency_words,
    broker_forges,
    broker_payloads,
    broker_replays,
    broker_trust,
    door,
    ingest_centre,
    insider,
    neighbour,
    thief,
)
from tests.hostile.attempt import Kind, Wrongs

KINDS: dict[str, Kind] = {
    kind.name: kind
    for module in (
        broker_forges,
        broker_replays,
        broker_amnesia,
        broker_trust,
        broker_payloads,
        broker_answers,
        broker_commands,
        broker_emergency,
        broker_emergency_words,
        thief,
        neighbour,
        door,
        insider,
    )
    for kind in module.KINDS
}
ATTEMPTS = 3000
_MEMORY = Path("/dev/shm")  # what an attempt writes is waited for: a disk would only slow it down


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt and what came of it."""

    kind: str
    seed: int
    wrongs: Wrongs


def attempt(name: str, seed: int) -> Tried:
    """Make one attempt; what breaks down by it counts as obeyed."""
    with TemporaryDirectory(prefix="hostile-", dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        try:
            wrongs = KINDS[name].run(Path(folder), Random(f"{seed} {name}"))
        except Exception:  # noqa: BLE001 - whatever it is, it must not happen
            wrongs = Wrongs(obeyed=(f"broke down: {traceback.format_exc(limit=-4)}",))
    return Tried(name, seed, wrongs)


def planned(names: Iterable[str], *, seed: int, attempts: int) -> list[tuple[str, int]]:
    """Give each kind its turn, again and again; every round has a seed of its own."""
    kinds = list(names)
    return [(kinds[number % len(kinds)], seed + number // len(kinds)) for number in range(attempts)]


def figures(tried: Iterable[Tried]) -> dict[str, int]:
    """Give what the JSON line says."""
    done = list(tried)
    return {
        "tried": len(done),
        "kinds": len({each.kind for each in done}),
        "obeyed": sum(bool(each.wrongs.obeyed) for each in done),
        "undetected": sum(bool(each.wrongs.undetected) for each in done),
    }


def main() -> int:
    """Try, print, and fail when one attempt was not in vain."""
    asked = _arguments()
    logging.disable(logging.CRITICAL)
    names = [name for name, kind in KINDS.items() if asked.only in ("", name, kind.by)]
    if not names:
        print(f"No kind is called {asked.only!r}. There are:", *sorted(KINDS), sep="\n  ")
        return 2
    turns = planned(names, seed=asked.seed, attempts=asked.attempts)
    print(f"{len(turns)} attempts of {len(names)} kinds, seeds {asked.seed} to {turns[-1][1]}", flush=True)
    tried = list(_with_progress(_made(turns, jobs=asked.jobs), len(turns)))
    _print_table(tried)
    _print_failures(tried)
    said = figures(tried)
    print(json.dumps(said))
    return 1 if said["obeyed"] or said["undetected"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="of the first attempt of each kind")
    parser.add_argument("--attempts", type=int, default=ATTEMPTS, help=f"{ATTEMPTS} unless told")
    parser.add_argument("--only", default="", help="a kind by its name, or all of broker, thief, neighbour, insider")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    return parser.parse_args()


def _made(turns: list[tuple[str, int]], *, jobs: int) -> Iterator[Tried]:
    if any(KINDS[name].by == "neighbour" for name, _ in turns):
        ingest_centre.founded()
    if any(KINDS[name].by == "insider" for name, _ in turns):
        insider.lived()
    forking = multiprocessing.get_context("fork")  # so that what was just made is there in every process
    with ProcessPoolExecutor(jobs, mp_context=forking) as pool:
        yield from pool.map(attempt, *zip(*turns, strict=True), chunksize=8)


def _with_progress(tried: Iterable[Tried], count: int) -> Iterator[Tried]:
    told = began = monotonic()
    for number, each in enumerate(tried, 1):
        yield each
        if monotonic() - told > 5:
            told = monotonic()
            print(f"  {number} of {count}, {told - began:.0f} s", file=sys.stderr, flush=True)


def _print_table(tried: list[Tried]) -> None:
    print(f"\n{'by':<10} {'kind':<62} {'tried':>6} {'obeyed':>7} {'undetected':>11}")
    for name, kind in KINDS.items():
        of_kind = figures(each for each in tried if each.kind == name)
        if of_kind["tried"]:
            counts = f"{of_kind['tried']:>6} {of_kind['obeyed']:>7} {of_kind['undetected']:>11}"
            print(f"{kind.by:<10} {name:<62} {counts}")
    print()


def _print_failures(tried: list[Tried]) -> None:
    for each in tried:
        for what in (*each.wrongs.obeyed, *each.wrongs.undetected):
            print(f"{each.kind}: {what}")
            print(f"  make hostile ARGS=\"--only '{each.kind}' --seed {each.seed} --attempts 1\"")


if __name__ == "__main__":
    sys.exit(main())
