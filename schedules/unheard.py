"""Unheard: items that should sound and do not, each with the reason that counts, until its time is over.

It must not know why sound was withheld (that is the guard's or the playhead's to say) nor write anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from schedules.asrun import AsRunEntry
from schedules.evidence import skipped
from schedules.ids import OccurrenceId
from schedules.rundown import Rundown, RundownItem


@dataclass(frozen=True, slots=True)
class Unheard:
    """What is silent against its plan, by occurrence, as the entry it becomes once its time is over."""

    entries: Mapping[OccurrenceId, AsRunEntry] = field(default_factory=dict)

    def noting(self, draft: AsRunEntry, reason: str) -> "Unheard":
        """Give it with one more item; the last reason counts, except that it is now too late."""
        if draft.occurrence in self.entries and reason == "item.too_late":
            return self
        return Unheard({**self.entries, draft.occurrence: skipped(draft, reason, draft.recorded_at)})

    def without(self, occurrences: Iterable[OccurrenceId]) -> "Unheard":
        """Give it without some items: they sounded after all, were written down, or are planned no more."""
        gone = frozenset(occurrences)
        return Unheard({key: entry for key, entry in self.entries.items() if key not in gone})

    def planned_in(self, rundown: Rundown | None) -> "Unheard":
        """Give it without what a rundown does not plan any more; without a rundown nothing is known of that."""
        if rundown is None or not self.entries:
            return self
        return self.without(key for key, entry in self.entries.items() if not _is_planned(rundown, entry))

    def over(self, now: datetime, rundown: Rundown | None = None) -> tuple[AsRunEntry, ...]:
        """Give the entries of what went by in silence; what a rundown lets begin late has time until then."""
        items = () if rundown is None or not self.entries else rundown.items
        late = {item.occurrence: item.over_at for item in items if item.occurrence in self.entries}
        ends = {key: late.get(key, entry.planned_end) for key, entry in self.entries.items()}
        return tuple(replace(entry, recorded_at=now) for key, entry in self.entries.items() if now >= ends[key])


def passed(rundown: Rundown | None, since: datetime, now: datetime) -> tuple[RundownItem, ...]:
    """Give the items that came and went while no agent ran."""
    items = rundown.items if rundown is not None else ()
    return tuple(item for item in items if since <= item.starts_at and item.silent_from <= now)


def _is_planned(rundown: Rundown, entry: AsRunEntry) -> bool:
    return entry.planned_start < rundown.covers.start or any(
        (item.occurrence, item.starts_at) == (entry.occurrence, entry.planned_start) for item in rundown.items
    )
