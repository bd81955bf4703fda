"""Recordings by their content: for loudspeakers what is in force, for people what belongs to their units. With Range.

The address is a hash nobody can guess, and what is in force is said aloud over the roofs anyway: so loudspeakers
need no account for it.
"""

import re
from datetime import timedelta

from flask import Blueprint, abort, send_file
from werkzeug.wrappers import Response

from schedules.ids import Sha256
from schedules.programme import Recording, Relay
from server.services.rights import ANY_ROLE, may
from server.services.schedule import schedule_of, zones_of_programme
from server.values import StoredProgramme
from server.web.centre import centre
from server.web.visitor import person_or_none

audio = Blueprint("audio", __name__)

_NAME = re.compile(r"[0-9a-f]{64}")
_KEPT_FOR = timedelta(days=365)


@audio.get("/audio/<sha256>")
def recording(sha256: str) -> Response:
    """Send a recording, or the range of it that was asked for."""
    if not _NAME.fullmatch(sha256):
        abort(404)
    in_force = _in_force(sha256)
    if not in_force and not _may_hear(sha256):
        abort(404)
    path = centre().preparation.path(sha256)
    if path is None:
        abort(404)
    answer = send_file(path, mimetype="audio/mpeg", conditional=True, etag=sha256)
    # What nobody has released yet is asked for each time: no cache keeps it for whoever comes next.
    kept = f"public, max-age={int(_KEPT_FOR.total_seconds())}" if in_force else "private, no-cache"
    answer.headers["Cache-Control"] = kept
    return answer


def _in_force(sha256: str) -> bool:
    with centre().store.reading() as uow:
        pinned = {each.recording.sha256 for each in uow.emergencies.exercise_words() if each.approved_by is not None}
        return sha256 in pinned or uow.issue.is_in_force(sha256)


def _may_hear(sha256: str) -> bool:
    known = person_or_none()
    if known is None:
        return False
    with centre().store.reading() as uow:
        units = uow.places.units()
        for words in uow.emergencies.exercise_words():
            if words.recording.sha256 == sha256 and may(units, known, words.unit, *ANY_ROLE):
                return True
        schedule = None
        for stored in uow.programmes.all():
            if sha256 not in _sounds(stored) | {
                take.recording.sha256 for take in uow.programmes.takes(stored.programme.id) if take.recording
            }:
                continue
            if may(units, known, stored.programme.owner, *ANY_ROLE):
                return True
            schedule = schedule or schedule_of(uow)
            meant = zones_of_programme(schedule, stored.programme.id)
            if any(may(units, known, zone.station, *ANY_ROLE) for zone in schedule.zones if zone.id in meant):
                return True
    return False


def _sounds(stored: StoredProgramme) -> set[Sha256]:
    found = set()
    for variant in stored.programme.variants:
        source: Recording | None
        source = variant.source.fallback if isinstance(variant.source, Relay) else variant.source
        if source is not None:
            found.add(source.sha256)
    return found
