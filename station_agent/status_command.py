"""The `status` command: what this loudspeaker holds, and what is still to be reported.

It must not change anything: an agent may be running beside it.
"""

from schedules.ids import DeviceId, LoudspeakerId
from station_agent import __version__
from station_agent.clock import clock_of
from station_agent.config import Config
from station_agent.held import HeldMessages
from station_agent.identity import read_key
from station_agent.journal_file import read_summary
from station_agent.orders import Orders, missing


def show(config: Config) -> None:
    """Print it, a line a subject."""
    held = config.state_directory / "held"
    device = DeviceId(read_key(config.state_directory).key)
    orders = Orders(LoudspeakerId(config.loudspeaker), device, config.trust_roots, HeldMessages(held))
    clock = clock_of(config)
    here, rundown, summary = orders.assignment, orders.rundown, read_summary(config.state_directory / "journal.db")
    kept = config.state_directory / "audio"
    audio = frozenset(path.name for path in kept.iterdir()) if kept.exists() else frozenset()
    print(f"loudspeaker={config.loudspeaker} version={__version__}")
    print(f"trust={orders.trust.list.number if orders.trust else 'none'}")
    print(f"assignment={here.number if here else 'none'} zone={here.zone if here else '-'}")
    if orders.is_lost:
        print("lost=true")  # nothing sounds until all that the centre names has come
    if rundown is not None:
        lacking = missing(orders.recordings(clock.now()), audio)
        print(f"rundown={rundown.revision} covers_until={rundown.covers.end:%Y-%m-%dT%H:%MZ} missing={len(lacking)}")
    for silence in orders.silences:
        print(f"silence={silence.audience} number={silence.number} ordered={str(silence.holds(clock.now())).lower()}")
    if summary is not None:
        print(f"journal={summary.id} entries={summary.entries} unacknowledged={summary.pending}")
