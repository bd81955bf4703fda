"""What an agent tells of itself, for who looks for a fault: in plain text, in parts, and no more than a message takes.

It must not tell a secret, nor decide where it goes.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from schedules.times import instant_text
from schedules.wire.command import Section
from schedules.wire.messages import Presence
from station_agent.orders import Orders
from station_agent.ports import Clock, Journal

MOST = 5_000
MOST_OF_THE_LOG = 80_000
"""Bytes of a part, and of the log; of a longer one the end is told. All together fit into one message."""
LAST_ENTRIES = 30


def sections(
    *, presence: Presence, clock: Clock, orders: Orders, journal: Journal, host: Iterable[Section]
) -> tuple[Section, ...]:
    """Gather everything."""
    own = (
        Section("faults", "\n".join(presence.faults) or "-"),
        Section("clock", _clock(clock)),
        Section("held", "\n".join(_held(orders))),
        Section("journal", "\n".join(_journal(journal, clock))),
    )
    return tuple(_bounded(each) for each in (*own, *host))


def _clock(clock: Clock) -> str:
    interval = clock.interval()
    if interval is None:
        return f"shows {instant_text(clock.now())}\nnothing vouches for it"
    instants = (interval.earliest, interval.now, interval.latest)
    return "\n".join(
        f"{name} {instant_text(each)}" for name, each in zip(("earliest", "now", "latest"), instants, strict=True)
    )


def _held(orders: Orders) -> Iterator[str]:
    here, rundown, trust = orders.assignment, orders.rundown, orders.trust
    yield f"trust={None if trust is None else trust.list.number} lost={orders.is_lost}"
    if here is not None:
        locked = None if here.maintenance_until is None else instant_text(here.maintenance_until)
        yield f"assignment={here.number} zone={here.zone} volume={here.volume} maintenance_until={locked}"
    if rundown is not None:
        yield f"rundown={rundown.revision} items={len(rundown.items)} until={instant_text(rundown.covers.end)}"
    for order in orders.silences:
        yield f"silence={order.audience} number={order.number} ordered={order.ordered}"
    for known in orders.announced.lists:
        yield f"emergencies={known.unit} number={known.number} live={len(known.live)}"
    yield from (f"behind={code}" for code in orders.behind())


def _journal(journal: Journal, clock: Clock) -> Iterator[str]:
    pending = journal.pending(LAST_ENTRIES)
    yield f"journal={journal.id} head={journal.head()}"
    yield f"unacknowledged={0 if pending is None else len(pending.entries)}{'+' if pending and pending.more else ''}"
    for entry in journal.entries_since(clock.now() - timedelta(days=1))[-LAST_ENTRIES:]:
        at = instant_text(entry.recorded_at)
        yield f"{at} {entry.sequence} {entry.occurrence} {entry.outcome} {entry.reason or '-'} {entry.played_ms}"


def _bounded(part: Section) -> Section:
    """Keep what can be shown, and the end of what is too long."""
    plain = "".join(each if each.isprintable() or each == "\n" else "?" for each in part.text).encode()
    most = MOST_OF_THE_LOG if part.name == "log" else MOST
    return Section(part.name, plain[-most:].decode(errors="ignore"))
