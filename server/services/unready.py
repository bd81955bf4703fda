"""Why a loudspeaker may not be ready, and the cheapest thing to try: by certificate, health, faults, last levels.

It must not decide what is expected of a loudspeaker: `readiness` does.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median

from schedules.wire.messages import Presence
from server.readiness_records import Colour, Reason

LEAST_COVER = timedelta(days=7)
"""Fewer days than this in hand is a warning: a storm may cut a loudspeaker off for a week."""
LEAST_DISK = 200 * 1024 * 1024
"""Bytes; below this the next days' recordings may not fit."""
MOST_CLOCK_ERROR_MS = 2_000
"""Half the width of a clock's interval from which starts are no longer punctual."""
HOT, TOO_HOT = 70.0, 80.0
"""Degrees Celsius of a processor: from the higher one small computers slow down, and then switch themselves off."""
SILENT_DBFS = -60.0
"""At or below this mean level nothing was given to the output that anybody could hear."""
DROP_DB = 12.0
"""So far below what is usual for a loudspeaker two plays in a row are no matter of the recording."""
LEAST_LEVELS = 5
"""Fewer measured plays than this before the last two tell nothing of what is usual."""
RENEWAL_LATE = timedelta(days=20)
"""A certificate this near its end should have been renewed by its device ten days ago."""


def of_certificate(expires: datetime | None, now: datetime) -> Iterator[Reason]:
    """Say that a certificate was not renewed in time."""
    if expires is None or expires - now >= RENEWAL_LATE:
        return
    values = (("expires", expires),)
    if expires <= now:
        yield Reason("certificate.expired", Colour.RED, "remedy.check_line", values)
    else:
        yield Reason("certificate.ends", Colour.YELLOW, "remedy.check_line", values)


def of_device(presence: Presence, now: datetime) -> Iterator[Reason]:
    """Say what a device's own numbers tell of clock, disk and cover."""
    if presence.clock_error_ms is None:
        yield Reason("clock.unknown", Colour.RED, "remedy.connect_clock")
    elif presence.clock_error_ms > MOST_CLOCK_ERROR_MS:
        values = (("seconds", presence.clock_error_ms / 1000),)
        yield Reason("clock.doubtful", Colour.YELLOW, "remedy.connect_clock", values)
    if presence.disk_free is not None and presence.disk_free < LEAST_DISK:
        yield Reason("disk.low", Colour.YELLOW, "remedy.free_disk", (("bytes", presence.disk_free),))
    if presence.temperature is not None and presence.temperature >= HOT:
        colour = Colour.RED if presence.temperature >= TOO_HOT else Colour.YELLOW
        yield Reason("device.hot", colour, "remedy.cool", (("degrees", round(presence.temperature)),))
    if presence.covers_until is not None and presence.covers_until - now < LEAST_COVER:
        yield Reason("cover.short", Colour.YELLOW, "remedy.wait", (("until", presence.covers_until),))


def of_levels(levels: Sequence[float]) -> Iterator[Reason]:
    """Say what the levels measured at the output tell of amplifier and wires.

    Args:
        levels: mean levels in dBFS of the last plays that lasted, the newest first.
    """
    if levels and levels[0] <= SILENT_DBFS:
        yield Reason("level.silent", Colour.RED, "remedy.check_wires")
    elif len(levels) >= LEAST_LEVELS + 2:
        drop = median(levels[2:]) - max(levels[:2])
        if drop >= DROP_DB:
            yield Reason("level.low", Colour.YELLOW, "remedy.check_wires", (("drop", round(drop)),))


_REMEDIES = {
    "sim": "remedy.top_up_sim",
    "disk": "remedy.replace_card",
    "audio.disk_full": "remedy.free_disk",
    "audio.budget_spent": "remedy.raise_budget",
    "link.taken_over": "remedy.find_twin",
    "journal.disk_full": "remedy.free_disk",
    "journal.damaged": "remedy.replace_card",
    "journal.torn": "remedy.replace_card",
    "journal.in_memory": "remedy.replace_card",
    "held.unwritable": "remedy.free_disk",
    "audio": "remedy.check_line",
    "behind": "remedy.wait",
    "level": "remedy.check_wires",
    "sound.no_device": "remedy.check_amplifier",
}
"""By the whole code of a fault, else by its first word; everything else needs somebody who knows."""
_SERIOUS = frozenset({"sound.no_device", "journal", "disk", "link.taken_over"})
"""Faults (whole codes, or first words) that keep a loudspeaker from sounding, or from proving that it did."""


def of_fault(code: str) -> Reason:
    """Say what a fault that a device reports means for its playing."""
    kind = code.partition(".")[0]
    colour = Colour.YELLOW if _SERIOUS.isdisjoint({code, kind}) else Colour.RED
    return Reason(code, colour, _REMEDIES.get(code) or _REMEDIES.get(kind, "remedy.call_technician"))
