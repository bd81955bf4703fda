"""The playhead: what a zone plays at an instant. Three callers ask it: the agent, the page, the simulator.

Pure: `progress` says what was opened, closed and is on the disk; the agent folds its journal into it,
the page folds reported entries, the simulator its own. So they cannot disagree.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from schedules.asrun import AsRunEntry
from schedules.ids import OccurrenceId, Sha256
from schedules.rundown import Played, Rundown, RundownItem
from schedules.silence import Silence, silenced
from schedules.slot import StartPolicy
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
        reason: `nothing_planned`, `silence_ordered`, `no_rundown`, `audio_missing`, `played`,
            `too_late`, `expired`.
        item: the item that does not sound, where there is one.
    """

    reason: str
    item: RundownItem | None = None


def on_air(
    rundown: Rundown | None, progress: Progress, now: datetime, *, silences: Iterable[Silence] = ()
) -> OnAir | Silent:
    """Say what plays at an instant.

    An ordered silence wins over everything here. An item found after its start is joined at the
    offset the clock is at; with the policy WAIT it begins at its beginning, up to `latest_start`,
    and never sounds past `ends_at`.
    """
    if rundown is None or not rundown.covers.holds(now):
        return Silent("no_rundown")
    item = item_at(rundown, now)
    if item is None:
        return Silent("nothing_planned")
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
    """Give the item that holds an instant."""
    index = bisect_right(rundown.items, now, key=lambda item: item.starts_at) - 1
    if index < 0 or not rundown.items[index].span.holds(now):
        return None
    return rundown.items[index]


def next_item(rundown: Rundown, now: datetime) -> RundownItem | None:
    """Give the first item that starts after an instant."""
    index = bisect_right(rundown.items, now, key=lambda item: item.starts_at)
    return rundown.items[index] if index < len(rundown.items) else None


def next_change(rundown: Rundown | None, now: datetime, *, silences: Iterable[Silence] = ()) -> datetime | None:
    """Give the next instant at which the answer of `on_air` may change by time alone."""
    changes = [silence.until for silence in silences if silence.until is not None and silence.until > now]
    if rundown is not None:
        changes.append(rundown.covers.end)
        here, following = item_at(rundown, now), next_item(rundown, now)
        if here is not None:
            changes.append(here.silent_from)
        if following is not None:
            changes.append(following.starts_at)
    return min((change for change in changes if change > now), default=None)


def opened(progress: Progress, occurrence: OccurrenceId, at: datetime, offset_ms: int) -> Progress:
    """Give the progress after an item was started."""
    return replace(progress, opened={**progress.opened, occurrence: Opened(at, offset_ms)})


def advance(progress: Progress, entry: AsRunEntry, *, resumes: bool = False) -> Progress:
    """Give the progress after a journal entry closed an item.

    Args:
        progress: before.
        entry: what the journal closed.
        resumes: the item was cut by a reboot or a lost device and may be joined again.
    """
    still_open = {key: value for key, value in progress.opened.items() if key != entry.occurrence}
    closed = progress.closed if resumes else progress.closed | {entry.occurrence}
    return replace(progress, opened=still_open, closed=closed)


def _sounding(item: RundownItem, begun: Opened | None, now: datetime) -> OnAir | Silent:
    base_ms = item.sound.offset_ms if isinstance(item.sound, Played) else 0
    if begun is not None:
        since, offset_ms = begun.started_at, begun.offset_ms
    elif item.start is StartPolicy.WAIT and now > item.starts_at:
        if item.latest_start is not None and now > item.latest_start:
            return Silent("too_late", item)
        since, offset_ms = now, base_ms
    else:
        since, offset_ms = item.starts_at, base_ms
    until = item.silent_from
    if isinstance(item.sound, Played):
        left = item.sound.duration - timedelta(milliseconds=offset_ms - base_ms)
        until = min(until, since + left)
    if now >= until:
        return Silent("played", item)
    if begun is None and until - now < min(JOIN_LEAST, item.span.duration):
        return Silent("too_late", item)
    return OnAir(item, since, offset_ms, until)


def position_ms(on: OnAir, now: datetime) -> int:
    """Give the position in the item's sound at an instant, in milliseconds."""
    return on.offset_ms + milliseconds(max(timedelta(0), now - on.since))
