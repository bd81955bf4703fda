"""What every page needs, given once when the application is made, and how a view gets at it."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app

from server.ports import Clock, OneTimeCodes, PasswordHashing, Preparation, Store
from server.services.emergency_results import RecentResults
from server.web.parts import Parts
from server.web.streams import Streams
from server.web.work import Work

_KEY = "centre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """The adapters and settings of the web process.

    Attributes:
        work: runs the preparation of sounds behind the requests.
        streams: of pages that wait for news.
        uploads: where a sound waits until it is prepared.
        zone: civil time of pages that belong to no station.
        longest_sound: what an upload may last.
        server: address of the pages as devices reach it; empty: the visitor's own.
        parts: of pages, as they were drawn last.
        results: of emergencies and exercises, a moment old at most.
        codes: of second factors.
        factor_required: whether whoever has weighty rights must have one.
        demo: whether a strip says that nothing here is real.
        training: whether every page says that no loudspeaker sounds.
    """

    store: Store
    clock: Clock
    hashing: PasswordHashing
    codes: OneTimeCodes
    preparation: Preparation
    work: Work
    streams: Streams
    uploads: Path
    zone: ZoneInfo
    longest_sound: timedelta
    server: str = ""
    factor_required: bool = True
    demo: bool = False
    training: bool = False
    results: RecentResults = field(default_factory=RecentResults)
    parts: Parts = field(default_factory=Parts)

    def kept(self) -> dict[str, object]:
        """Give what Flask keeps of it."""
        return {_KEY: self}


def centre() -> Centre:
    """Give the centre of the running application."""
    found = current_app.extensions[_KEY]
    assert isinstance(found, Centre)  # noqa: S101 -- what `kept` put there
    return found
