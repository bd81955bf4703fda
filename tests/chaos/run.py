"""The chaos suite: a small province plays thousands of short sounds while everything that can break breaks.

    make chaos
    make chaos ARGS="--plays 2000 --faults 100 --seed 7"   # a shorter one, of another seed

A seed repeats which faults come when and to whom; what a busy machine makes of them it cannot repeat.

At the end the plan, what was heard at each sound device and what the database says must agree. Prints each
contradiction with the faults around it, then one JSON line.
"""

import argparse
import heapq
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from schedules.reconciliation import Verdict as Finding
from schedules.times import Span
from server.services import log
from server.services.judged_plays import Row
from server.smoke import station
from server.store.ledger_source import open_ledger
from server.verification import verify
from tests.chaos import faults
from tests.chaos.breaking import Breaking, Steps
from tests.chaos.clock import unix_now
from tests.chaos.databases import Database, database_for
from tests.chaos.faults import Fault
from tests.chaos.judge import DUPLICATED, FALSE, LOST, Entry, Excuse, Stretch, Told, Verdict, Wrong, judge
from tests.chaos.site import Site
from tests.chaos.stranger import Stranger
from tests.chaos.timetable import Timetable, offsets

PLAYS, FAULTS, AGENTS = 20_160, 1_000, 24
BACKED_UP_EVERY_S = 40.0
QUIET_S = 10.0
"""Seconds before the end of the plan in which nothing is broken any more."""
REPORTED_WITHIN_S = 180.0
EXPECTED = {"verify.fork": "agent's disk copied", "verify.entry_missing": "agent's disk wiped"}
RESTORED, OF_A_RESTORE = "centre restored from an old copy", "verify.restore_lost"
SHOWN = 40
MOST_STALLS, SHAKEN_S = 0.02, 0.5
"""Part of the plays that a busy machine may spoil, and how long after it stood still."""
AROUND_S = 30.0


@dataclass(frozen=True, slots=True)
class Done:
    """A fault that was brought about, and when, in Unix time."""

    fault: Fault
    at: float


class Run:
    """One run; see `main`.

    Attributes:
        done: the faults that were brought about.
        not_done: what should have gone on or recovered and did not.
        stalls: how often this machine did not serve a sound device in time.
    """

    def __init__(self, folder: Path, database: Database, asked: argparse.Namespace) -> None:
        self._asked = asked
        self.site = Site(folder, agents=asked.agents, database=database)
        self._stranger = Stranger(self.site.broker.port)
        self._breaking = Breaking(self.site, self._stranger)
        self.done: list[Done] = []
        self.not_done = self._breaking.not_done
        self.stalls = 0

    def play(self) -> Verdict:
        """Write the plan, start everything, break it while it plays, wait for the reports, and judge."""
        each = self._asked.plays // self._asked.agents
        say(f"{each} plays at each of {self._asked.agents} loudspeakers, seed {self._asked.seed}")
        self.site.start()
        self._timetable = timetable = Timetable(self.site, plays_each=each)
        timetable.write_first()
        wait = timetable.begins - self.site.clock.now()
        self.site.wait(self.site.is_ready, wait.total_seconds(), "the first play came before everything was ready")
        say(f"every loudspeaker is ready, {timetable.begins - self.site.clock.now()} before the first play")
        timetable.write_rest()
        seconds = offsets(each)[-1]
        due = faults.drawn(
            self._asked.seed,
            count=self._asked.faults,
            seconds=max(0.0, seconds - QUIET_S),
            agents=self.site.agents,
            late_from=seconds * 0.2,
        )
        self._break(due, timetable.begins.timestamp())
        self._sleep_until(timetable.ends.timestamp() + 1)
        plays = timetable.plays()
        self.not_done += [f"{name} ended by itself" for name in self.site.processes.ended()]
        say("the plan is over; waiting for the reports")
        waited = self._reported(timetable)
        say(f"everything was reported {waited:.0f} s later" if waited else "not everything was reported")
        sounds = {agent: self.site.hearing.sounds(agent) for agent in self.site.agents}
        excuses = [*self._breaking.excuses, *self._stalls()]
        return judge(plays, self._told(timetable), sounds, excuses)

    def _stalls(self) -> list[Excuse]:
        """Excuse plays while this machine did not serve a device, and say so where that is too often to judge it."""
        found = []
        for agent in self.site.agents:
            own = [each.during for each in self._breaking.excuses if each.agent == agent]
            for stall in self.site.hearing.stalls(agent):
                if not any(stall.meets(each) for each in own):
                    during = Stretch(stall.since, stall.until + SHAKEN_S)
                    found.append(Excuse(agent, during, "the machine stalled", is_loose=True))
        self.stalls = len(found)
        if len(found) > MOST_STALLS * self._asked.plays:
            self.not_done.append(f"this machine is too slow: devices were not served in time {len(found)} times")
        return found

    def end(self) -> None:
        """End everything."""
        self._stranger.close()
        self.site.end()

    def ledger_faults(self) -> list[str]:
        """Give what verification finds in the ledger and the journals, but for what was done to the disks.

        A disk that was copied forks; one that was wiped takes with it what a restored centre asks for again. And
        loudspeakers know of entries that a restore lost.
        """
        restored = any(each.fault.kind == RESTORED for each in self.done)
        done = {
            (code, excuse.agent)
            for excuse in self._breaking.excuses
            for code, kind in EXPECTED.items()
            if excuse.kind == kind
        }
        with open_ledger(self.site.config.database) as source:
            found = verify(source, []).findings
        return [
            f"ledger: {each.code} at {each.number}: {dict(each.values)}"
            for each in found
            if (each.code, each.values.get("loudspeaker")) not in done and not (restored and each.code == OF_A_RESTORE)
        ]

    def _break(self, due: Sequence[Fault], begins: float) -> None:
        numbers = count()
        waiting: list[tuple[float, int, Fault, Steps | None]] = []
        for fault in due:
            heapq.heappush(waiting, (begins + fault.at, next(numbers), fault, None))
        backed_up = 0.0
        told = time.monotonic()
        while waiting:
            at, _, fault, steps = heapq.heappop(waiting)
            self._sleep_until(at)
            if self._timetable.is_written and unix_now() - backed_up > BACKED_UP_EVERY_S:
                self._breaking.back_up()
                backed_up = unix_now()
            if steps is None:
                if _is_late(fault) and not self._timetable.is_written:
                    heapq.heappush(waiting, (unix_now() + 5, next(numbers), fault, None))
                    continue
                steps = self._breaking.begin(fault)
                self.done.append(Done(fault, unix_now()))
            pause = next(steps, None)
            if pause is not None:
                heapq.heappush(waiting, (unix_now() + pause, next(numbers), fault, steps))
            if time.monotonic() - told > 30:
                told = time.monotonic()
                say(f"{len(self.done)} of {len(due)} faults, {unix_now() - begins:.0f} s")

    def _sleep_until(self, instant: float) -> None:
        time.sleep(max(0.0, instant - unix_now()))

    def _log(self, timetable: Timetable) -> log.Log:
        span = Span(timetable.begins - timedelta(minutes=5), timetable.ends + timedelta(minutes=5))
        return log.verdicts(self.site.store, self.site.clock, station.APPROVER, station.STATION, span=span)

    def _reported(self, timetable: Timetable) -> float | None:
        begun = time.monotonic()
        while (passed := time.monotonic() - begun) < REPORTED_WITHIN_S:
            if not self._log(timetable).counts.get(Finding.AWAITED):
                return passed + 0.1
            time.sleep(3)
        return None

    def _told(self, timetable: Timetable) -> Mapping[tuple[str, str], Told]:
        return {(row.loudspeaker.id, row.occurrence): _told(row) for row in self._log(timetable).rows}


def _told(row: Row) -> Told:
    entries = []
    for heard in row.entries:
        entry = heard.entry
        span = None
        if entry.started_at is not None and entry.ended_at is not None:
            span = Stretch(entry.started_at.timestamp(), entry.ended_at.timestamp())
        key = (entry.loudspeaker, entry.journal, entry.sequence, heard.hash)
        entries.append(Entry(key, span, entry.played_ms / 1000, entry.clock_error_ms / 1000))
    return Told(row.finding.verdict.value, row.finding.reason, tuple(entries))


def _is_late(fault: Fault) -> bool:
    return any(kind.late for kind in faults.KINDS if kind.name == fault.kind)


def say(text: str) -> None:
    """Tell a person who waits."""
    print(text, file=sys.stderr, flush=True)


def described(wrong: Wrong, done: Iterable[Done]) -> str:
    """Say of one wrong what it is, where and when, and what was broken near it."""
    at = time.strftime("%H:%M:%S", time.localtime(wrong.at))
    beside = "; ".join(near(done, wrong)) or "nothing"
    return f"{wrong.sort}: {wrong.agent} {at} {wrong.what}\n  occurrence {wrong.occurrence or '-'}; near it: {beside}"


def near(done: Iterable[Done], wrong: Wrong) -> list[str]:
    """Give the faults around what is wrong that may have to do with it, in order."""
    return [
        f"{each.at - wrong.at:+.1f} s {each.fault.kind}"
        + (f" for {each.fault.lasts:.1f} s" if each.fault.lasts else "")
        for each in done
        if abs(each.at - wrong.at) < AROUND_S and concerns(each.fault, wrong.agent)
    ]


def concerns(fault: Fault, agent: str) -> bool:
    """Whether a fault may have touched a loudspeaker: one of the centre touches all."""
    kind = next(kind for kind in faults.KINDS if kind.name == fault.kind)
    return fault.agent == agent or not {faults.AGENT, faults.LINE} & set(kind.takes)


def main() -> int:
    """Run, print, and fail when anything is wrong."""
    asked = _arguments()
    with TemporaryDirectory(prefix="chaos-") as temporary, ExitStack() as stack:
        folder = Path(temporary) if asked.keep is None else asked.keep
        folder.mkdir(parents=True, exist_ok=True)
        run = Run(folder, stack.enter_context(database_for(asked.database, folder)), asked)
        stack.callback(run.end)
        verdict = run.play()
        ledger = run.ledger_faults()
    lines = [described(wrong, run.done) for wrong in verdict.wrongs]
    print(*lines[:SHOWN], sep="\n", end="\n" if lines else "")
    if len(lines) > SHOWN:
        print(f"and {len(lines) - SHOWN} more")
    if asked.keep is not None:
        (asked.keep / "wrongs.txt").write_text("\n".join(lines), encoding="utf-8")
    for text in (*run.not_done, *ledger):
        print(text)
    is_right = not verdict.wrongs and not run.not_done and not ledger
    if not is_right:
        size = f"--plays {asked.plays} --faults {asked.faults} --agents {asked.agents}"
        print(f'again: make chaos ARGS="--seed {asked.seed} {size} --database {asked.database}"')
    print(
        json.dumps(
            {
                "planned": verdict.planned,
                "played": verdict.played,
                "confirmed": verdict.confirmed,
                "excused": verdict.excused,
                "stalls": run.stalls,
                **{sort: verdict.count(sort) for sort in (LOST, DUPLICATED, FALSE)},
                "faults": faults.counted([each.fault for each in run.done]),
                "seed": asked.seed,
                "database": asked.database,
            }
        )
    )
    return 0 if is_right else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="of the faults")
    parser.add_argument("--plays", type=int, default=PLAYS, help=f"at all loudspeakers together, {PLAYS} unless told")
    parser.add_argument("--faults", type=int, default=FAULTS, help=f"{FAULTS} unless told")
    parser.add_argument("--agents", type=int, default=AGENTS, help=f"loudspeakers, {AGENTS} unless told")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", type=Path, help="an empty directory for all files, which are left there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
