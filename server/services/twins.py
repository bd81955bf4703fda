"""Two devices that speak with one loudspeaker's key, as after a card was copied: noticed by their instances.

Each start of an agent draws an instance. One that speaks again after another one did was not started anew: both run.
It must not decide which of the two is the right one: nobody can from here.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from schedules.ids import LoudspeakerId
from schedules.times import Span
from schedules.wire.messages import Presence
from server.evidence_records import Seen
from server.ports import UnitOfWork
from server.readiness_records import Colour, Reason

WITHIN = timedelta(hours=1)
"""Instances that alternate within this time are two devices; and for this long after the last time it is said."""


def notice(uow: UnitOfWork, loudspeaker: LoudspeakerId, before: Presence | None, now: datetime) -> None:
    """Note that there are two, when the instance that has just spoken, and was kept, spoke before another one did.

    Args:
        uow: open for writing.
        loudspeaker: whose key they have.
        before: what was heard last before; the same instance again needs no look at the history.
        now: when it spoke.
    """
    spoke = uow.evidence.seen([loudspeaker])[loudspeaker].presence
    if spoke is None or not spoke.instance or before is None or before.instance == spoke.instance:
        return
    history = uow.evidence.presence_history(loudspeaker, Span(now - WITHIN, now + timedelta.resolution))
    instances = [instance for instance, _ in groupby(each.instance for _, each in history if each.instance)]
    if instances.count(spoke.instance) > 1:
        uow.evidence.note_twins(loudspeaker, now)


def of_twins(seen: Seen, now: datetime) -> Iterator[Reason]:
    """Say that two devices share the key."""
    if seen.twins_at is not None and now - seen.twins_at < WITHIN:
        yield Reason("device.twins", Colour.RED, "remedy.find_twin")
