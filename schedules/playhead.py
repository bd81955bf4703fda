"""The playhead: what a zone plays at an instant. Three callers ask it: the agent, the page, the simulator.

Pure: `progress` says what was opened, closed and is on the disk; the agent folds its journal into it,
the page folds reported entries, the simulator its own. So they cannot disagree.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from schedules.asrun import AsRunEntry
from schedules.emergency_lane import Sounding
from schedules.ids import OccurrenceId, Sha256
from schedules.rundown import Played, Rundown, RundownItem
from schedules.silence import Silence, silenced
from schedules.times import milliseconds

JOIN_LEAST = timedelta(seconds=1)
"""Less than this left of an item is not worth starting."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An item that was started: when, and where in its sound."""

    started_at: datetime
    offset_ms: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What happened so far at one loudspeaker.

    Attributes:
        opened: items started and not yet closed.
        closed: items that must not be started again.
        present: recordings on the disk with hash and length verified; None when the asker does not
            know (a page) and takes them as present.
    """

    opened: Mapping[OccurrenceId, Opened] = field(default_factory=dict)
    closed: frozenset[OccurrenceId] = frozenset()
    present: frozenset[Sha256] | None = None

    def holds(self, item: RundownItem) -> bool:
        """Tell whether everything the item needs is on the disk; a relay needs only its channel."""
        if self.present is None or not isinstance(item.sound, Played):
            return True
        return all(recording.sha256 in self.present for recording in item.sound.recordings)


@dataclass(frozen=True, slots=True)
class OnAir:
    """An item that is to sound now.

    Attributes:
        since: the instant to which `offset_ms` belongs; the position now is offset + (now - since).
        until: when it must stop, at the latest.
    """

    item: RundownItem
    since: datetime
    offset_ms: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing is to sound now.

    Attributes:
        reason: `no_rundown`, `nothing_planned`, `emergency`, `silence_ordered`, `expired`, `played`, `audio_missing`,
            `too_late`; the first that holds, in this order.
        item: the item that does not sound, where there is one.
    """

    reason: str
    item: RundownItem | None = None


_NOTHING_YET = Progress()


def on_air(
    rundown: Rundown | None,
    progress: Progress,
    now: datetime,
    *,
    silences: Iterable[Silence] = (),
    emergency: Sounding | None = None,
) -> OnAir | Silent:
    """Say what plays at an instant.

    While `emergency_lane.sounding` gives something, that has the air and nothing of the rundown sounds. An
    ordered silence wins over everything else. An item found after its start is joined at the offset the
    clock is at; one with a `latest_start` begins at its beginning, up to and including that, and sounds into
    the free time behind it, as far as the rundown says. Less than `JOIN_LEAST` is not worth beginning.
    """
    if rundown is None or not rundown.covers.holds(now):
        return Silent("no_rundown")
    item = item_at(rundown, now)
    if item is None:
        return Silent("nothing_planned")
    if emergency is not None:
        return Silent("emergency", item)
    if silenced(silences, now) is not None:
        return Silent("silence_ordered", item)
    if now >= item.silent_from:
        return Silent("expired", item)
    if item.occurrence in progress.closed:
        return Silent("played", item)
    if not progress.holds(item):
        return Silent("audio_missing", item)
    return _sounding(item, progress.opened.get(item.occurrence), now)


def item_at(rundown: Rundown, now: datetime) -> RundownItem | None:
    """Give the item that holds an instant, or behind which it may still sound if it began late."""
    index = bisect_right(rundown.items, now, key=lambda item: item.starts_at) - 1
    if index < 0 or now >= rundown.items[index].over_at:
        return None
    return rundown.items[index]


def next_item(rundown: Rundown, now: datetime) -> RundownItem | None:
    """Give the first item that starts after an instant."""
    index = bisect_right(rundown.items, now, key=lambda item: item.starts_at)
    return rundown.items[index] if index < len(rundown.items) else None


def next_change(
    rundown: Rundown | None, now: datetime, *, silences: Iterable[Silence] = (), progress: Progress = _NOTHING_YET
) -> datetime | None:
    """Give an instant up to which `on_air` gives the same item or silence, by time alone; None: for ever.

    It is never later than the change, but it may be sooner: an order of silence may run out beside another.
    """
    changes = [silence.until for silence in silences if silence.until is not None]
    if rundown is not None:
        changes += [rundown.covers.start, rundown.covers.end]
        here, following = item_at(rundown, now), next_item(rundown, now)
        if here is not None:
            changes += [here.silent_from, here.over_at, *_changes_within(here, progress, now)]
        if following is not None:
            changes.append(following.starts_at)
    return min((change for change in changes if change > now), default=None)


def opened(progress: Progress, occurrence: OccurrenceId, at: datetime, offset_ms: int) -> Progress:
    """Give the progress after an item was started."""
    return replace(progress, opened={**progress.opened, occurrence: Opened(at, offset_ms)})


def advance(progress: Progress, entry: AsRunEntry, *, resumes: bool | None = None) -> Progress:
    """Give the progress after a journal entry closed an item.

    Args:
        progress: before.
        entry: what the journal closed.
        resumes: whether the item may be joined again; None: as the entry itself tells.
    """
    still_open = {key: value for key, value in progress.opened.items() if key != entry.occurrence}
    may_resume = entry.resumable if resumes is None else resumes
    closed = progress.closed if may_resume else progress.closed | {entry.occurrence}
    return replace(progress, opened=still_open, closed=closed)


def _sounding(item: RundownItem, begun: Opened | None, now: datetime) -> OnAir | Silent:
    since, offset_ms, until = _course(item, begun, now)
    if begun is None and item.latest_start is not None and now > item.latest_start:
        return Silent("too_late", item)
    if now >= until:
        return Silent("played", item)
    if begun is None and until - now < _least(item):
        return Silent("too_late", item)
    return OnAir(item, since, offset_ms, until)


def _course(item: RundownItem, begun: Opened | None, now: datetime) -> tuple[datetime, int, datetime]:
    """Say from when, from where in its sound and until when an item sounds."""
    base_ms = item.sound.offset_ms if isinstance(item.sound, Played) else 0
    if begun is not None:
        since, offset_ms = begun.started_at, begun.offset_ms
    elif item.latest_start is not None:
        since, offset_ms = max(now, item.starts_at), base_ms
    else:
        since, offset_ms = item.starts_at, base_ms
    if not isinstance(item.sound, Played):
        return since, offset_ms, item.silent_from
    left = item.sound.duration - timedelta(milliseconds=offset_ms - base_ms)
    return since, offset_ms, min(item.silent_from, since + left)


def _changes_within(item: RundownItem, progress: Progress, now: datetime) -> Iterator[datetime]:
    """Give the instants inside an item at which it may stop by itself or become too late to begin."""
    begun = progress.opened.get(item.occurrence)
    _, _, until = _course(item, begun, now)
    yield until
    if begun is None:
        # On these very instants it may still begin.
        yield until - _least(item) + timedelta.resolution
        if item.latest_start is not None:
            yield item.silent_from - _least(item) + timedelta.resolution
            yield min(item.latest_start, item.silent_from) + timedelta.resolution


def _least(item: RundownItem) -> timedelta:
    return min(JOIN_LEAST, item.span.duration)


def position_ms(on: OnAir, now: datetime) -> int:
    """Give the position in the item's sound at an instant, in milliseconds."""
    return on.offset_ms + milliseconds(max(timedelta(0), now - on.since))
