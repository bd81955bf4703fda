"""Keeps the journal and the playhead's progress in step, and explains what did not sound.

It must not lose an entry when the disk refuses: what cannot be written now waits and is written in order.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from schedules.asrun import AsRunEntry
from schedules.emergency_lane import OF_THE_LANE
from schedules.ids import OccurrenceId, Sha256
from schedules.mark import Mark
from schedules.playhead import Progress, advance, opened
from schedules.rundown import Rundown
from schedules.unheard import Unheard
from station_agent.errors import JournalError
from station_agent.ports import Journal

log = logging.getLogger(__name__)

REMEMBERED = timedelta(hours=26)  # longer than any item, over midnight
ALIVE_EVERY = timedelta(seconds=30)
DURABLE_EVERY = 5  # every so many notes waits for the disk: a position is not worth wearing out an SD card


class Logbook:
    """Writes entries and folds them into what the playhead asks.

    Args:
        journal: Where entries are kept.
        now: The instant of this start; what an earlier run left open is closed.

    Attributes:
        absent_since: Until when an earlier run surely lived; None when there was none, or it is explained.
    """

    def __init__(self, journal: Journal, now: datetime) -> None:
        self._journal = journal
        self._progress = Progress()
        self._entered: set[OccurrenceId] = set()
        self._unheard = Unheard()
        self._waiting: deque[AsRunEntry] = deque()
        self._notes = 0
        self._of_the_lane: list[AsRunEntry] = []
        self.fault = ""
        self._noted_alive: datetime | None = None
        self.absent_since = journal.last_alive()
        for draft in journal.left_open():
            self._close_after_reboot(draft)
        for entry in journal.entries_since(now - REMEMBERED):
            self._fold(entry)

    @property
    def of_the_lane(self) -> Sequence[AsRunEntry]:
        """Entries of emergencies and exercises, in order."""
        return self._of_the_lane

    def progress(self, present: frozenset[str]) -> Progress:
        """Return what happened so far, with the recordings that are on the disk."""
        return replace(self._progress, present=frozenset(Sha256(sha256) for sha256 in present))

    def open(self, draft: AsRunEntry, at: datetime, offset_ms: int) -> None:
        """Commit that an item is about to sound."""
        self._unheard = self._unheard.without([draft.occurrence])
        self._progress = opened(self._progress, draft.occurrence, at, offset_ms)
        self._attempt(lambda: self._journal.open(draft))

    def open_of_lane(self, draft: AsRunEntry) -> None:
        """Commit that an emergency or exercise is about to sound."""
        self._attempt(lambda: self._journal.open(draft))

    def note(self, draft: AsRunEntry) -> None:
        """Write down how far an open item has come."""
        self._notes += 1
        self._attempt(lambda: self._journal.note(draft, durable=self._notes % DURABLE_EVERY == 0))

    def forget(self, draft: AsRunEntry) -> None:
        """Take back that an item is about to sound."""
        still = {key: value for key, value in self._progress.opened.items() if key != draft.occurrence}
        self._progress = replace(self._progress, opened=still)
        self._attempt(lambda: self._journal.forget(draft))

    def close(self, entry: AsRunEntry) -> None:
        """Write a final entry, now or as soon as the disk takes it."""
        self._fold(entry)
        self._unheard = self._unheard.without([entry.occurrence])
        self._waiting.append(entry)
        self.write_waiting()

    def mark(self, draft: Mark) -> bool:
        """Write a mark; False when the disk refuses, or still refuses what came before it."""
        return not self._waiting and self._attempt(lambda: self._journal.mark(draft))

    def stays_silent(self, draft: AsRunEntry, reason: str) -> None:
        """Remember why an item that should sound does not."""
        if draft.occurrence not in self._entered:
            self._unheard = self._unheard.noting(draft, reason)

    def write_skipped(self, rundown: Rundown | None, now: datetime) -> None:
        """Write an entry for every item whose time went by in silence; forget what is no longer planned."""
        self._unheard = self._unheard.planned_in(rundown)
        for entry in self._unheard.over(now, rundown):
            log.info("item_skipped occurrence=%s reason=%s", entry.occurrence, entry.reason)
            self.close(entry)

    def knows(self, occurrence: OccurrenceId) -> bool:
        """Tell whether an item was entered, is open, or waits to be explained."""
        return occurrence in self._entered or occurrence in self._progress.opened or occurrence in self._unheard.entries

    def note_alive(self, now: datetime) -> None:
        """Write down once in a while that the agent runs, so that a later start knows since when it did not."""
        if self._noted_alive is None or now - self._noted_alive >= ALIVE_EVERY:
            self._noted_alive = now
            self._attempt(lambda: self._journal.note_alive(now))

    def write_waiting(self) -> None:
        """Write what the disk refused before, in order."""
        while self._waiting and self._attempt(lambda: self._journal.close(self._waiting[0])):
            self._waiting.popleft()

    def settled_until(self, now: datetime, playing: list[datetime]) -> datetime:
        """Return the instant before which everything that concerns this loudspeaker is in the journal.

        Args:
            now: By the device's clock.
            playing: Planned starts of what is cued or sounding.
        """
        silent = [entry.planned_start for entry in self._unheard.entries.values()]
        return min([now, *playing, *silent, *(entry.planned_start for entry in self._waiting)])

    def _close_after_reboot(self, draft: AsRunEntry) -> None:
        if draft.started_at is None:
            self._attempt(lambda: self._journal.forget(draft))
        elif self._attempt(lambda: self._journal.close(draft)):
            log.warning("item_cut_by_reboot occurrence=%s played_ms=%d", draft.occurrence, draft.played_ms)

    def _fold(self, entry: AsRunEntry) -> None:
        if entry.programme in OF_THE_LANE and not entry.approval:
            since = entry.recorded_at - REMEMBERED
            self._of_the_lane = [*(each for each in self._of_the_lane if each.recorded_at > since), entry]
            return
        self._entered.add(entry.occurrence)
        self._progress = advance(self._progress, entry)

    def _attempt(self, write: Callable[[], object]) -> bool:
        try:
            write()
        except JournalError as error:
            if self.fault != error.code:
                log.exception("journal_refused code=%s", error.code)
            self.fault = error.code
            return False
        self.fault = ""
        return True
