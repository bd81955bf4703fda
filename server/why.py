"""The `why` command: prints, in Vietnamese and English, what a zone hears at an instant and by which rules.

The reasons are `services.why`'s; the words are those of the page. It writes nothing anywhere.
"""

import argparse
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from schedules.errors import ScheduleError
from schedules.ids import ZoneId
from server.at_the_machine import speaking, whoever_sits_here
from server.clock import WallClock
from server.config import Config
from server.errors import ServerError, Unacceptable
from server.services.why import explain_instant
from server.store import open_as_it_is
from server.web.reasons import lines
from server.web.sentences import sentence
from server.web.words import LANGUAGES


def main(given: argparse.Namespace, config: Config) -> int:
    """Explain and print; return the exit code."""
    home = ZoneInfo(config.time_zone)
    zone = ZoneId(given.zone)
    try:
        store = open_as_it_is(config.database)
        person = whoever_sits_here(store, zone)
        told = explain_instant(store, WallClock(config.clock_offset), person, zone, _instant(given.at, home)).told
    except (ServerError, ScheduleError) as error:
        print(sentence(error.code, error.values, language="vi", zone=home), file=sys.stderr)
        return 1
    for language in LANGUAGES:
        print("\n".join(lines(told, speaking(store, language, home))))
    return 0


def _instant(text: str, home: ZoneInfo) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=home).astimezone(UTC)
    except ValueError as error:
        raise Unacceptable("form.time", text=text) from error
