"""Whether the conductor stands still: nothing new reaches loudspeakers then, not even an order of silence.

A conductor says that it lives by its lease; whoever serves pages only reads when it last did. It must not take a lease.
"""

import logging
from datetime import datetime, timedelta

from server.ports import Clock, Store, UnitOfWork
from server.readiness_records import Alarm
from server.services.leases import CONDUCTOR
from server.services.new_ids import new_id
from server.services.trail import note

log = logging.getLogger(__name__)

AFTER = timedelta(seconds=60)
"""Another conductor takes over within 10 s and a restart takes a few; clocks of two machines agree better than this."""
CODE = "alarm.conductor"
REMEDY = "remedy.start_conductor"


def still_since(uow: UnitOfWork, now: datetime) -> datetime | None:
    """Give since when no conductor works; None while one does, and where none ever did."""
    lease = uow.leases.get(CONDUCTOR)
    renewed = None if lease is None else lease.renewed_at
    return renewed if renewed is not None and now - renewed >= AFTER else None


def as_alarm(since: datetime) -> Alarm:
    """Give the alarm of a standstill that lasts: nobody is there to keep one, so it has no id."""
    return _alarm("", since)


def note_end(store: Store, clock: Clock, *, since: datetime | None) -> None:
    """Keep that no conductor worked for a while, now that one does again.

    Args:
        store: written to.
        clock: tells when it ended.
        since: when the lease had last been renewed before it was taken; None where nobody had it.
    """
    now = clock.now()
    if since is None or now - since < AFTER:
        return
    ended = _alarm(new_id(now), since, ended=now)
    with store.writing() as uow:
        uow.alarms.put(ended)
        note(uow, now, None, "alarm.ended", subject=ended.id, unit=None, code=CODE)
        uow.commit()
    log.error("conductor_stood_still since=%s", since.isoformat())


def _alarm(identifier: str, since: datetime, *, ended: datetime | None = None) -> Alarm:
    return Alarm(
        id=identifier,
        code=CODE,
        unit=None,
        subjects=(),
        values=(("since", since),),
        remedy=REMEDY,
        began=since,
        most=0,
        ended=ended,
    )
