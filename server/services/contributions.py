"""Handing in a text or a recording to a station: by who contributes for a unit, for the zones there and no others.

A contribution is no programme and has no way to the air: the station's people make a draft of it, or say why not.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from schedules.ids import UnitId, ZoneId
from schedules.programme import TITLE_LIMIT
from schedules.times import DAY, local_day
from schedules.unit import Zone
from server.contribution_records import Contribution, ContributionState
from server.errors import NotFound, ServerError, Unacceptable
from server.ports import Clock, Preparation, Store, UnitOfWork
from server.services.inputs import one_line, visible
from server.services.new_ids import new_id
from server.services.rights import may, require
from server.services.schedule import CIVIL_TIME
from server.services.trail import note
from server.values import Person, Role

LONGEST_TEXT = 10_000
LARGEST_SOUND = 20 * 1024 * 1024
LONGEST_SOUND = timedelta(minutes=15)
A_DAY = 10
"""Contributions one person may hand in within 24 hours."""
LISTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the form holds; `file_name` and `size` are those of a sound, empty and 0 where there is none."""

    zones: frozenset[ZoneId]
    title: str
    text: str
    first_day: date | None = None
    last_day: date | None = None
    file_name: str = ""
    size: int = 0


def reach(store: Store, person: Person) -> tuple[Zone, ...]:
    """Give the zones somebody may contribute for, by name."""
    with store.reading() as uow:
        return _reach(uow, person)


def send(store: Store, clock: Clock, person: Person, *, wanted: Wanted) -> Contribution:
    """Hand something in. Its sound is put at `waiting_at` by who took it in, and prepared behind.

    Raises:
        NotAllowed: `rights.missing` for who contributes nowhere near one of the zones.
        Unacceptable: `contribution.no_zone`, `contribution.one_station` (field `zones`); `contribution.title`
            (`title`); `contribution.empty`, `contribution.text` (`text`); `contribution.sound_size` (`sound`);
            `contribution.days` (`last_day`); `contribution.too_many`.
    """
    now = clock.now()
    title, text = one_line(wanted.title), visible(wanted.text).strip()
    _require_sense(wanted, title, text, today=local_day(now, CIVIL_TIME))
    with store.writing() as uow:
        station = _station(uow, person, wanted.zones)
        if uow.contributions.sent(person.id, since=now - DAY) >= A_DAY:
            raise Unacceptable("contribution.too_many", "", most=A_DAY)
        made = Contribution(
            id=new_id(now),
            station=station,
            zones=tuple(sorted(wanted.zones)),
            by=person.id,
            sent_at=now,
            title=title,
            text=text,
            first_day=wanted.first_day,
            last_day=wanted.last_day,
            file_name=wanted.file_name,
            state=ContributionState.PREPARING if wanted.size else ContributionState.WAITING,
        )
        uow.contributions.put(made)
        note(uow, now, person, "contribution.sent", subject=made.id, unit=station, title=title)
        uow.commit()
    return made


def own(store: Store, person: Person) -> tuple[Contribution, ...]:
    """Give what a person handed in, the newest first."""
    with store.reading() as uow:
        return tuple(uow.contributions.of_person(person.id, limit=LISTED))


def own_one(store: Store, person: Person, contribution: str) -> Contribution:
    """Give one of a person's own.

    Raises:
        NotFound: `contribution.unknown`, also for somebody else's.
    """
    with store.reading() as uow:
        found = uow.contributions.get(contribution)
    if found is None or found.by != person.id:
        raise NotFound("contribution.unknown")
    return found


def waiting_at(uploads: Path, contribution: str) -> Path:
    """Give where the sound of a contribution waits for its preparation."""
    return uploads / f"contribution-{contribution}"


def unfinished(store: Store) -> tuple[Contribution, ...]:
    """Give those whose preparation a stop left undone."""
    with store.reading() as uow:
        return tuple(uow.contributions.preparing())


def prepare(store: Store, preparation: Preparation, contribution: str, *, uploads: Path) -> Contribution:
    """Prepare the sound of a contribution; a pool in the background calls this.

    What cannot be broadcast is unfit, with its code: its sender is told and the station is not bothered. The upload is
    deleted however it ends, unless the process dies: then this is run again from it.
    """
    with store.reading() as uow:
        found = uow.contributions.get(contribution)
    if found is None:
        raise NotFound("contribution.unknown")
    source = waiting_at(uploads, contribution)
    try:
        if not source.is_file():
            raise Unacceptable("take.file_missing")
        made = preparation.prepare(source, limit=LONGEST_SOUND, progress=lambda _: None, cancelled=lambda: False)
    except ServerError as error:
        ended = replace(found, state=ContributionState.UNFIT, reason=error.code)
    except OSError:
        ended = replace(found, state=ContributionState.UNFIT, reason="take.storage")
    else:
        ended = replace(found, state=ContributionState.WAITING, recording=made.recording)
    with store.writing() as uow:
        fresh = uow.contributions.get(contribution)
        if fresh is None or fresh.state is not ContributionState.PREPARING:
            return fresh or ended  # another process was done before, and people may have answered it since
        uow.contributions.put(ended)
        uow.commit()
    with suppress(OSError):
        source.unlink(missing_ok=True)
    return ended


def _reach(uow: UnitOfWork, person: Person) -> tuple[Zone, ...]:
    units = uow.places.units()
    here = (zone for zone in uow.places.zones() if may(units, person, zone.unit, Role.CONTRIBUTOR))
    return tuple(sorted(here, key=lambda zone: (zone.name, zone.id)))


def _require_sense(wanted: Wanted, title: str, text: str, *, today: date) -> None:
    if not wanted.zones:
        raise Unacceptable("contribution.no_zone", "zones")
    if not title or len(title) > TITLE_LIMIT:
        raise Unacceptable("contribution.title", "title", limit=TITLE_LIMIT)
    if len(text) > LONGEST_TEXT:
        raise Unacceptable("contribution.text", "text", limit=LONGEST_TEXT)
    if not text and not wanted.size:
        raise Unacceptable("contribution.empty", "text")
    if wanted.size > LARGEST_SOUND:
        raise Unacceptable("contribution.sound_size", "sound", megabytes=LARGEST_SOUND // 1024**2)
    first, last = wanted.first_day or today, wanted.last_day or wanted.first_day or today
    if last < first or last < today:
        raise Unacceptable("contribution.days", "last_day")


def _station(uow: UnitOfWork, person: Person, zones: Sequence[ZoneId] | frozenset[ZoneId]) -> UnitId:
    """Give the one station of some zones, all of which the person contributes for."""
    known = [zone for each in sorted(zones) if (zone := uow.places.zone(each)) is not None]
    if len(known) != len(zones):
        raise Unacceptable("contribution.no_zone", "zones")
    for zone in known:
        require(uow.places.units(), person, zone.unit, Role.CONTRIBUTOR)
    stations = {zone.station for zone in known}
    if len(stations) > 1:
        raise Unacceptable("contribution.one_station", "zones")
    return stations.pop()
