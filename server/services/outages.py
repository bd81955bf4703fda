"""Planned outages: zones that somebody was told will have no power, so that their silence is explained beforehand.

It must not judge who is ready: `judging` does.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from schedules.ids import ProgrammeId, UnitId, ZoneId
from schedules.times import DAY
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store
from server.readiness_records import Outage
from server.services.folded import folded
from server.services.inputs import one_line
from server.services.maintenance import LOCKERS
from server.services.new_ids import new_id
from server.services.rights import ANY_ROLE, require
from server.services.trail import note
from server.values import Person, Role, StoredProgramme

PLANNERS = (*LOCKERS, Role.EDITOR)
"""Those who run the station or its loudspeakers, and who writes its notices."""
LONGEST_DAYS = 14
LONGEST_REASON = 200
LISTED = 50

_POWER = ("cap dien", "cat dien", "mat dien", "cup dien", "power cut")
_TIME = r"(\d{1,2})\s*(?:giờ|h|g|:)\s*(\d{2})?"
_FROM_TO = re.compile(rf"từ\s+{_TIME}.{{0,30}}?(?:đến|tới)\s+{_TIME}", re.IGNORECASE)
_DAY = re.compile(r"ngày\s+(\d{1,2})(?:/|\s+tháng\s+)(\d{1,2})(?:(?:/|\s+năm\s+)(\d{4}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a notice's words say of when the power goes; None where they say nothing that can be read."""

    day: date | None = None
    since: time | None = None
    until: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An outage as somebody enters it; fields as of `Outage`."""

    zones: frozenset[ZoneId]
    since: datetime
    until: datetime
    programme: ProgrammeId | None = None
    reason: str = ""


def plan(store: Store, clock: Clock, person: Person, station: UnitId, *, wish: Wish) -> Outage:
    """Note that zones of a station will have no power.

    Raises:
        NotAllowed: `rights.missing`.
        Unacceptable: `outage.no_zone`, `outage.ends_before_start`, `outage.over`, `outage.too_long`,
            `outage.reason_too_long`.
    """
    now, words = clock.now(), one_line(wish.reason)
    with store.writing() as uow:
        require(uow.places.units(), person, station, *PLANNERS)
        own = tuple(zone.id for zone in uow.places.zones(among=wish.zones) if zone.station == station)
        if not own or len(own) < len(wish.zones):
            raise Unacceptable("outage.no_zone", "zones")
        if wish.until <= wish.since:
            raise Unacceptable("outage.ends_before_start", "until")
        if wish.until <= now:
            raise Unacceptable("outage.over", "until")
        if wish.until - wish.since > LONGEST_DAYS * DAY:
            raise Unacceptable("outage.too_long", "until", days=LONGEST_DAYS)
        if len(words) > LONGEST_REASON:
            raise Unacceptable("outage.reason_too_long", "reason", longest=LONGEST_REASON)
        planned = Outage(
            id=new_id(now),
            station=station,
            zones=own,
            since=wish.since,
            until=wish.until,
            by=person.id,
            at=now,
            programme=wish.programme if wish.programme and uow.programmes.get(wish.programme) else None,
            reason=words,
        )
        uow.outages.put(planned)
        told = {"zones": own, "since": wish.since, "until": wish.until, "reason": words}
        note(uow, now, person, "outage.planned", subject=planned.id, unit=station, **told)
        uow.commit()
    return planned


def end(store: Store, clock: Clock, person: Person, station: UnitId, outage: str) -> Outage:
    """Note that the power is back, or will not go; one that is over already stays as it is.

    Raises:
        NotFound: `outage.unknown`.
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.writing() as uow:
        require(uow.places.units(), person, station, *PLANNERS)
        known = uow.outages.get(outage)
        if known is None or known.station != station:
            raise NotFound("outage.unknown")
        if known.is_over(now):
            return known
        ended = replace(known, ended_at=now, ended_by=person.id)
        uow.outages.put(ended)
        note(uow, now, person, "outage.ended", subject=outage, unit=station)
        uow.commit()
    return ended


def listed(store: Store, person: Person, station: UnitId) -> tuple[Outage, ...]:
    """Give the newest outages of a station, the last to begin first.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        return tuple(uow.outages.of_station(station, limit=LISTED))


def tells_of_an_outage(stored: StoredProgramme) -> bool:
    """Tell whether a programme's words speak of a power cut."""
    words = folded(" ".join((stored.programme.title, stored.programme.topic, *stored.texts.values())))
    return any(each in words for each in _POWER)


def foretold(text: str, today: date) -> Foretold:
    """Read from a notice's Vietnamese words when the power goes, as far as they say it in the usual form.

    A day without a year is the next one of its date from today on, or one of the last month.
    """
    times, named = _FROM_TO.search(text), _DAY.search(text)
    since, until = (None, None) if times is None else (_time(*times.groups()[:2]), _time(*times.groups()[2:]))
    return Foretold(None if named is None else _day(named, today), since, until)


def _time(hours: str, minutes: str | None) -> time | None:
    try:
        return time(int(hours), int(minutes or 0))
    except ValueError:
        return None


def _day(named: re.Match[str], today: date) -> date | None:
    day, month, year = named.groups()
    try:
        if year is not None:
            return date(int(year), int(month), int(day))
        this_year = date(today.year, int(month), int(day))
        return this_year if this_year > today - timedelta(days=31) else date(today.year + 1, int(month), int(day))
    except ValueError:
        return None
