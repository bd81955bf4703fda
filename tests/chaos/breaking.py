"""Does what a fault says, and undoes it; writes down whom it excuses and for how long. It must not choose anything."""

import signal
from collections.abc import Callable, Iterator
from random import Random

from sqlalchemy.exc import OperationalError

from schedules.ids import LoudspeakerId
from schedules.wire.messages import ReceiptState
from server.smoke.station import STATION
from tests.chaos.clock import unix_now
from tests.chaos.faults import Fault
from tests.chaos.judge import Excuse, Stretch
from tests.chaos.site import CENTRE, SECOND, Site
from tests.chaos.stranger import Stranger

STARTS_WITHIN_S = 20.0
"""How long a killed loudspeaker may take to begin again, on a machine with more to do than it can."""
UP_S, SLOWER = 2.5, 3
"""From its first line of Python to its first sample: it reads its disk, and cues two seconds ahead. On a busy machine
it is so many times as long as Python took for that first line."""
AWAKE_S = 1.5
"""After it stood still: what it had cued is late, and given up."""
ON_DISK_S = 0.5
"""From the last sample of a play to the entry on the disk, as long as a loaded machine takes for it."""
WRITTEN_S = 3.0
"""From the start of a play to the entry that tells of it."""
WIPED_S = 180.0
"""How long a loudspeaker with an empty disk may take to get everything again, whatever else breaks."""

Steps = Iterator[float]
"""What a fault does, step by step: each gives after how many seconds to go on."""


class Breaking:
    """Breaks parts of a site."""

    def __init__(self, site: Site, stranger: Stranger) -> None:
        self._site = site
        self._stranger = stranger
        self._newest_wipe = float("-inf")
        self._copied_at = float("-inf")
        self._has_power = True
        self.excuses: list[Excuse] = []
        self.not_done: list[str] = []

    def begin(self, fault: Fault) -> Steps:
        """Give the steps of a fault."""
        return DOES[fault.kind](self, fault)

    def back_up(self) -> None:
        """Back the centre up, for what is restored later; nothing where its database has no power."""
        if self._has_power:
            self._copied_at = unix_now()
            self._site.back_up()

    def _excuse(self, fault: Fault, since: float, until: float, *, is_loose: bool = False) -> None:
        self.excuses.append(Excuse(fault.agent, Stretch(since, until), fault.kind, is_loose))

    def kill_agent(self, fault: Fault) -> Steps:
        """Cut the power of a loudspeaker; what ended just before may not be on its disk yet."""
        since = unix_now() - ON_DISK_S
        self._site.kill(fault.agent)
        yield fault.lasts
        yield from self._back(fault, since)

    def _back(self, fault: Fault, since: float, *, is_loose: bool = False) -> Steps:
        """Start it again, and excuse it until it can sound."""
        again = unix_now()
        self._site.run(fault.agent)
        while (born := self._site.hearing.born_since(fault.agent, again)) is None:
            if unix_now() > again + STARTS_WITHIN_S:
                self.not_done.append(f"{fault.agent} did not start again after: {fault.kind}")
                born = unix_now()
                break
            yield 0.2
        self._excuse(fault, since, born + max(UP_S, SLOWER * (born - again)), is_loose=is_loose)

    def freeze_agent(self, fault: Fault) -> Steps:
        """Have a loudspeaker stand still, as one whose processor is taken."""
        since = unix_now()
        self._site.send(fault.agent, signal.SIGSTOP)
        yield fault.lasts
        self._site.send(fault.agent, signal.SIGCONT)
        self._excuse(fault, since, unix_now() + AWAKE_S, is_loose=True)

    def fill_disk(self, fault: Fault, name: str) -> Steps:
        """Refuse a process every byte it writes."""
        self._site.fill_disk(name, full=True)
        yield fault.lasts
        self._site.fill_disk(name, full=False)

    def jump_clock(self, fault: Fault) -> Steps:
        """Set the wall clock of a loudspeaker wrong, and right again."""
        self._site.jump(fault.agent, Random(fault.dice).choice([-86400, -3600, -45, 30, 600, 86400]))
        yield fault.lasts
        self._site.jump(fault.agent, 0)

    def copy_disk(self, fault: Fault) -> Steps:
        """A second device with the same disk plays and reports beside it, and then is gone."""
        since = unix_now() - ON_DISK_S
        self._site.kill(fault.agent)
        copy = self._site.clone(fault.agent)
        self._site.run(fault.agent)
        yield fault.lasts
        self._site.kill(copy)
        self._site.kill(fault.agent)
        yield from self._back(fault, since, is_loose=True)

    def wipe_disk(self, fault: Fault) -> Steps:
        """Everything but the device's key is gone, and with it what was not acknowledged."""
        self._site.kill(fault.agent)
        since = min([unix_now(), *self._unreported(fault.agent)]) - WRITTEN_S
        self._site.wipe(fault.agent)
        self._newest_wipe = unix_now()
        yield fault.lasts
        again = unix_now()
        self._site.run(fault.agent)
        while not self._has_everything(fault.agent, again):
            if unix_now() > again + WIPED_S:
                self.not_done.append(f"{fault.agent} did not get everything again after: {fault.kind}")
                break
            yield 0.5
        self._excuse(fault, since, unix_now() + UP_S)

    def _unreported(self, agent: str) -> list[float]:
        try:
            return self._site.unreported(agent)
        except OperationalError:  # then nobody knows, and all may be lost
            return [0.0]

    def _has_everything(self, agent: str, since: float) -> bool:
        try:
            with self._site.store.reading() as uow:
                seen = uow.evidence.seen([LoudspeakerId(agent)]).get(LoudspeakerId(agent))
        except OperationalError:  # the database has no power at the moment
            return False
        if seen is None or seen.receipt is None:
            return False
        return seen.receipt.state is ReceiptState.READY and seen.receipt.issued.timestamp() > since

    def cut(self, fault: Fault, line: str) -> Steps:
        """Break a line, and let nobody through for a while."""
        self._site.lines.cut(line)
        yield fault.lasts
        self._site.lines.mend(line)

    def tear(self, line: str) -> Steps:
        """Break a line in the middle of a packet."""
        self._site.lines.tear(line)
        yield from ()

    def slow(self, fault: Fault, line: str) -> Steps:
        """Have everything on a line come late."""
        self._site.lines.delay(line, Random(fault.dice).uniform(0.05, 2.0))
        yield fault.lasts
        self._site.lines.mend(line)

    def deafen(self, fault: Fault, line: str) -> Steps:
        """Let nothing arrive, and break nothing."""
        self._site.lines.deafen(line)
        yield fault.lasts
        self._site.lines.mend(line)

    def kill(self, fault: Fault, name: str) -> Steps:
        """Kill a part of the centre, and start it again."""
        self._site.kill(name)
        yield fault.lasts
        self._site.run(name)

    def start_second_conductor(self, fault: Fault) -> Steps:
        """Have another conductor beside the first, which may die or stand still meanwhile; then it is gone."""
        self._site.run(SECOND)
        yield fault.lasts
        self._site.kill(SECOND)

    def freeze(self, fault: Fault, name: str) -> Steps:
        """Have a part of the centre stand still."""
        self._site.send(name, signal.SIGSTOP)
        yield fault.lasts
        self._site.send(name, signal.SIGCONT)

    def kill_broker(self, fault: Fault, *, forgets: bool) -> Steps:
        """Kill the broker, and start it again, with what it retained or without."""
        self._site.broker.kill()
        if forgets:
            self._site.forget_retained()
        yield fault.lasts
        self._start_broker()

    def _start_broker(self) -> None:
        """Start the broker, unless its machine has no power; on a slow machine another fault may have done it."""
        if self._has_power and not self._site.broker.is_running:
            self._site.broker.start()

    def freeze_broker(self, fault: Fault) -> Steps:
        """Have the broker stand still with its connections open."""
        if self._site.broker.is_running:
            self._site.broker.freeze()
        yield fault.lasts
        if self._site.broker.is_running:
            self._site.broker.thaw()

    def cut_power(self, fault: Fault, *, restores: bool) -> Steps:
        """The machine of conductor, pages, broker and database stops; what comes back may be an older database."""
        for name in ("conductor", "web"):
            self._site.kill(name)
        self._site.broker.kill()
        self._site.database.lose_power()
        self._has_power = False
        yield fault.lasts
        self._site.database.come_back()
        self._has_power = True
        if restores and self._newest_wipe < self._copied_at:
            self._site.restore()
        self._start_broker()
        for name in ("conductor", "web"):
            self._site.run(name)

    def say_again(self, fault: Fault) -> Steps:
        """Have somebody repeat what was said before."""
        self._stranger.repeat(Random(fault.dice))
        yield from ()

    def forge_acknowledgement(self, fault: Fault) -> Steps:
        """Have somebody say that evidence is kept which is not."""
        self._stranger.forge_acknowledgement(Random(fault.dice))
        yield from ()

    def forge_rundown(self, fault: Fault) -> Steps:
        """Have somebody say that something else is to be played."""
        self._stranger.forge_rundown(Random(fault.dice))
        yield from ()

    def forge_emergency(self, fault: Fault) -> Steps:
        """Have somebody say that the siren is to sound."""
        self._stranger.forge_emergency(Random(fault.dice), STATION)
        yield from ()


DOES: dict[str, Callable[[Breaking, Fault], Steps]] = {
    "agent killed": Breaking.kill_agent,
    "agent frozen": Breaking.freeze_agent,
    "agent's disk full": lambda site, fault: site.fill_disk(fault, fault.agent),
    "agent's clock jumped": Breaking.jump_clock,
    "agent's disk copied": Breaking.copy_disk,
    "agent's disk wiped": Breaking.wipe_disk,
    "line cut": lambda site, fault: site.cut(fault, fault.agent),
    "line torn": lambda site, fault: site.tear(fault.agent),
    "line slow": lambda site, fault: site.slow(fault, fault.agent),
    "line deaf": lambda site, fault: site.deafen(fault, fault.agent),
    "centre's line cut": lambda site, fault: site.cut(fault, CENTRE),
    "centre's line torn": lambda site, _: site.tear(CENTRE),
    "centre's line slow": lambda site, fault: site.slow(fault, CENTRE),
    "conductor killed": lambda site, fault: site.kill(fault, "conductor"),
    "two conductors": Breaking.start_second_conductor,
    "conductor frozen": lambda site, fault: site.freeze(fault, "conductor"),
    "conductor's disk full": lambda site, fault: site.fill_disk(fault, "conductor"),
    "web killed": lambda site, fault: site.kill(fault, "web"),
    "broker killed": lambda site, fault: site.kill_broker(fault, forgets=False),
    "broker lost its store": lambda site, fault: site.kill_broker(fault, forgets=True),
    "broker frozen": Breaking.freeze_broker,
    "centre's power cut": lambda site, fault: site.cut_power(fault, restores=False),
    "centre restored from an old copy": lambda site, fault: site.cut_power(fault, restores=True),
    "said again": Breaking.say_again,
    "acknowledgement forged": Breaking.forge_acknowledgement,
    "rundown forged": Breaking.forge_rundown,
    "emergency forged": Breaking.forge_emergency,
}
"""How each kind of fault is brought about."""
