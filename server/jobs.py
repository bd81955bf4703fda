"""The few fixed timers of the conductor, by APScheduler. Nothing about programmes is stored in it.

A timer is not the record of duty: the database is. It must not decide anything.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler


@dataclass(frozen=True, slots=True)
class Job:
    """A use case to be called every so many seconds."""

    name: str
    every_s: int
    run: Callable[[], object]


def start_jobs(jobs: Iterable[Job]) -> Callable[[], None]:
    """Start the timers; what comes back stops them."""
    # It would tell of every run, every second.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = BackgroundScheduler(timezone=UTC)
    for job in jobs:
        scheduler.add_job(
            job.run,
            "interval",
            seconds=job.every_s,
            id=job.name,
            # By default a run more than a second late is dropped without a word.
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    scheduler.start()
    return lambda: scheduler.shutdown(wait=False)
