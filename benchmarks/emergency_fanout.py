"""An emergency over TLS: from the click to the siren and to the words, at 1,000 and 10,000 loudspeakers.

The click is the call that confirms an emergency for a whole province; the conductor and a broker in production form are
processes, and every device has its own certificate. In the same run a bare client hands the same broker the same bytes
for the same subscribers: the broker's own fan-out. Four ways of hearing:

* `agents`: real agents (`benchmarks/fleet.py`). To the time at which the list came to each is added how long that agent
  had it in hand until the first sample; `siren_here` says when it would have sounded with all of them on the processors
  of this machine.
* `receivers`: bare clients that stand for devices with processors of their own. What a real agent takes from a message
  to its first sample, with a real player on a silent device and its files on the disk, is measured apart (`alone`), and
  its p99 added.
* `shaped`: such receivers, each behind a line of 1 Mbit/s.

Prints one JSON line last. The value is the siren's p99 at the largest number of receivers; its goal is 1.5 times the
bare fan-out's p99 plus 150 ms. It holds when that is so for every number, and for the agents, and when the words are
heard within 3 s (p99) at 1 Mbit/s.
"""

import argparse
import json
import logging
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.alone import heard_alone
from benchmarks.crews import LIST, WITHIN_S, WORDS, Crews, live, receive
from benchmarks.fleet import Reach
from benchmarks.province_at_work import ProvinceAtWork
from benchmarks.receivers import Caller, Fact, Line
from schedules.wire import topics

IN_MEMORY = Path("/dev/shm")
"""Where the agents' files are: each has a disk of its own, and this machine one for all."""
FACTOR, ALLOWED_S, WORDS_S = 1.5, 0.15, 3.0
LINE_BITS_PER_S = 1e6
LIVES = timedelta(minutes=30)
QUIET_S, QUIET_AN_AGENT_S = 2.0, 0.01
"""Before each measurement, for what the centre, the broker, and the agents on these processors still have to do."""
TEXT = (
    "Thông báo khẩn cấp. Mưa lớn đang gây lũ quét và sạt lở đất tại các xã vùng cao. Bà con ven suối và dưới chân núi "
    "lên chỗ cao ngay, không qua ngầm tràn, không vớt củi, không quay lại lấy đồ. Đưa người già và trẻ nhỏ đi trước. "
    "Nghe theo hướng dẫn của cán bộ thôn và lực lượng cứu hộ."
)


@dataclass(slots=True)
class Times:
    """Seconds from the click, or from when the bare client began to send, to everything that was heard."""

    siren: list[float] = field(default_factory=list)
    words: list[float] = field(default_factory=list)
    siren_here: list[float] = field(default_factory=list)
    words_here: list[float] = field(default_factory=list)
    list_came: list[float] = field(default_factory=list)
    words_came: list[float] = field(default_factory=list)
    bare_list: list[float] = field(default_factory=list)
    bare_words: list[float] = field(default_factory=list)

    @property
    def goal(self) -> float:
        """For the siren's p99."""
        return FACTOR * percentile(self.bare_list, 99) + ALLOWED_S

    @property
    def holds(self) -> bool:
        """Whether the siren reaches its goal."""
        return percentile(self.siren, 99) <= self.goal

    def with_alone(self, siren: float, words: float) -> "Times":
        """Give them for devices that take so long from a message to its sound, where that was not measured at each."""
        self.siren = self.siren or [each + siren for each in self.list_came]
        self.words = [each + words for each in self.words_came]
        return self

    def shown(self) -> dict[str, object]:
        """Give them for the detail: milliseconds, p50 and p99."""
        kinds = {each.name: getattr(self, each.name) for each in fields(self)}
        return {"siren_goal_ms": round(self.goal * 1000)} | {
            kind: shown(times) for kind, times in kinds.items() if times
        }


class Watch:
    """A bare client at the conductor's door: it hears what the conductor says, and says it again."""

    def __init__(self, province: ProvinceAtWork) -> None:
        keys = province.config.key_directory
        caller = Caller(name="bare-client", tls=keys / "conductor.pem", key=keys / "conductor.key")
        self._line = Line(
            caller,
            province.broker.host,
            province.broker.conductors_port,
            province.authority_file,
            facts=[],
            topics=(LIST, WORDS),
            keeps=True,
        )

    def heard(self, topic: str) -> bytes:
        """Give what the conductor said on a topic."""
        ends = time.monotonic() + WITHIN_S
        while not self._line.messages.get(topic):
            assert time.monotonic() < ends, topic
            self._line.read()
            time.sleep(0.01)
        return self._line.messages[topic]

    def says(self, topic: str, payload: bytes) -> float:
        """Hand the broker a message; give when (monotonic)."""
        self._line.read()
        began = time.monotonic()
        self._line.publish(topic, payload)
        return began


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--agents", type=int, default=1000, help="real agents (default: 1000)")
    arguments.add_argument(
        "--receivers", type=int, nargs="+", default=[1000, 10_000], help="bare receivers (default: 1000 10000)"
    )
    arguments.add_argument("--rounds", type=int, default=5, help="emergencies in each way of hearing (default: 5)")
    arguments.add_argument("--alone", type=int, default=40, help="sounds of the agent measured apart (default: 40)")
    told = arguments.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        sirens, words = heard_alone(Path(name), rounds=told.alone)
    own = percentile(sirens, 99), percentile(words, 99)
    agents = with_province(told.agents, told.rounds, ("agents", "shaped"))
    plain = {count: with_province(count, told.rounds, ("receivers",))["receivers"] for count in told.receivers}
    for times in (*agents.values(), *plain.values()):
        times.with_alone(*own)
    most_heard = plain[max(plain)]
    value = percentile(most_heard.siren, 99)
    at_1_mbit = percentile(agents["shaped"].words, 99)
    figure = {
        "name": "emergency_fanout",
        "value": round(value * 1000),
        "unit": f"ms, click to siren, p99 of {max(plain)}",
        "goal": round(most_heard.goal * 1000),
        "holds": at_1_mbit <= WORDS_S and all(each.holds for each in (agents["agents"], *plain.values())),
        "detail": {
            "alone": {"siren": shown(sirens), "words": shown(words)},
            f"agents_{told.agents}": agents["agents"].shown(),
            **{f"receivers_{count}": times.shown() for count, times in plain.items()},
            f"shaped_{told.agents}": agents["shaped"].shown(),
            "words_goal_at_1_mbit_ms": round(WORDS_S * 1000),
            "rounds": told.rounds,
        },
    }
    print(json.dumps(figure))


def with_province(loudspeakers: int, rounds: int, ways: Iterable[str]) -> dict[str, Times]:
    """Make a province of so many loudspeakers, and measure in some ways of hearing."""
    found = {}
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory(dir=IN_MEMORY) as memory:
        province = ProvinceAtWork(Path(name), loudspeakers=loudspeakers)
        reach = Reach(
            host=province.broker.host,
            port=province.broker.port,
            authority=province.authority_file,
            root=province.root,
        )
        try:
            province.waits_until_told()
            for way in ways:
                if way == "agents":
                    crews = Crews(live, province.poles, reach, Path(memory))
                    province.waits_until_whole()
                else:
                    bits = LINE_BITS_PER_S if way == "shaped" else None
                    crews = Crews(receive, province.poles, reach, Path(memory), bits)
                found[way] = measured(province, crews, rounds=rounds, sounds=way == "agents")
                crews.end()
        finally:
            province.close()
    return found


def measured(province: ProvinceAtWork, crews: Crews, *, rounds: int, sounds: bool) -> Times:
    """Issue and cancel emergencies, and let the bare client say the same after each."""
    watch, times, count = Watch(province), Times(), crews.size
    quiet = QUIET_S + (QUIET_AN_AGENT_S * count if sounds else 0.0)
    for _ in range(rounds):
        request = province.asked(TEXT, times=1, lives=LIVES)
        time.sleep(quiet)
        crews.forget()
        click = time.monotonic()
        stored = province.confirms(request)
        words = topics.emergency(stored.emergency.units[0], stored.emergency.id)
        both = {LIST: count, words: count}
        heard = crews.heard({**both, "siren": count, "announcement": count} if sounds else both)
        times.list_came += since(click, heard, LIST)
        times.words_came += since(click, heard, words)
        times.siren_here += since(click, heard, "siren")
        came = {fact.who: fact.at for fact in heard if fact.what == LIST}
        times.siren += [came[fact.who] + fact.took - click for fact in heard if fact.what == "siren"]
        times.words_here += since(click, heard, "announcement")
        said = {topic: watch.heard(topic) for topic in both}
        province.cancels(stored)
        crews.heard(both)
        time.sleep(quiet)
        began = watch.says(LIST, said[LIST])
        times.bare_list += since(began, crews.heard({LIST: count}), LIST)
        began = watch.says(words, said[words])
        times.bare_words += since(began, crews.heard({words: count}), words)
    return times


def since(began: float, heard: Iterable[Fact], what: str) -> list[float]:
    """Give the seconds from an instant to all facts of a kind."""
    return [fact.at - began for fact in heard if fact.what == what]


def shown(seconds: Sequence[float]) -> dict[str, int]:
    """Give p50 and p99 in milliseconds."""
    return {f"p{percent}_ms": round(percentile(seconds, percent) * 1000) for percent in (50, 99)}


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that at least this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


if __name__ == "__main__":
    main()
