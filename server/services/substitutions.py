"""What a zone hears of a programme made in none of its languages: nothing, until somebody chooses otherwise.

The choice is per zone and programme, visible, audited, and can be taken back. A variant in the zone's own language
goes before it as soon as there is one. Nothing needs approval again: every language was approved with the programme.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schedules.choice import SPOKEN
from schedules.ids import ProgrammeId, UnitId, ZoneId
from schedules.language import Substitution
from schedules.programme import Programme, State
from schedules.schedule import Schedule
from schedules.unit import Zone
from server.errors import Unacceptable
from server.ports import Clock, Store
from server.services.changes import known
from server.services.rights import ANY_ROLE, WRITERS, may, require
from server.services.schedule import schedule_around, schedule_of_programme, with_sessions, zones_by_programme
from server.services.trail import note
from server.values import Person

FIRST_OFFERED = "vi"
"""Most people of a zone understand Vietnamese; it is offered first, and never chosen by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unspoken:
    """A programme some zones would hear nothing of, for want of a language.

    Attributes:
        zones: those without a choice: they hear nothing.
        chosen: zones that hear it in the language somebody chose.
        languages: the programme's, Vietnamese first: what may be chosen.
        may_choose: whether this person may, for any of these zones.
    """

    programme: Programme
    zones: tuple[Zone, ...]
    chosen: tuple[tuple[Zone, str], ...]
    languages: tuple[str, ...]
    may_choose: bool


def unspoken(
    store: Store, person: Person, *, station: UnitId | None = None, programme: ProgrammeId | None = None
) -> Mapping[ProgrammeId, Unspoken]:
    """Give the programmes that zones in this person's sight have no language of.

    Args:
        store: read from.
        person: whose zones count.
        station: zones of this station only.
        programme: this programme only.
    """
    with store.reading() as uow:
        units = uow.places.units()
        seen = {
            zone.id: zone
            for zone in uow.places.zones()
            if (station is None or zone.station == station) and may(units, person, zone.unit, *ANY_ROLE)
        }
        if programme is None:
            schedule = schedule_around(uow, seen)
        else:
            schedule = with_sessions(uow, schedule_of_programme(uow, programme))
    found: dict[ProgrammeId, Unspoken] = {}
    for each, zones in zones_by_programme(schedule).items():
        of = schedule.programmes.get(each)
        if of is None or (programme is not None and each != programme) or not _asks_for_a_language(of):
            continue
        without = [seen[zone] for zone in sorted(zones & set(seen)) if of.variant_for(seen[zone].languages) is None]
        if without:
            found[each] = _unspoken(schedule, person, of, without)
    return found


def substitute(
    store: Store,
    clock: Clock,
    person: Person,
    programme: ProgrammeId,
    *,
    zones: Iterable[ZoneId],
    language: str | None,
) -> None:
    """Let zones hear a programme in a language they do not speak, or with None nothing again.

    Raises:
        NotFound: `programme.unknown`.
        NotAllowed: `rights.missing` unless the person writes for every zone.
        Unacceptable: `substitution.no_variant`: the programme is not made in that language;
            `substitution.not_needed`: it is made in a language of the zone; `target.no_zone`.
    """
    now = clock.now()
    with store.writing() as uow:
        of = known(uow, programme).programme
        units = uow.places.units()
        chosen = [uow.places.zone(zone) for zone in dict.fromkeys(zones)]
        meant = [zone for zone in chosen if zone is not None]
        if not meant or len(meant) < len(chosen):
            raise Unacceptable("target.no_zone", "zones")
        if language is not None and language not in {variant.language for variant in of.variants}:
            raise Unacceptable("substitution.no_variant", "language", language=language)
        for zone in meant:
            require(units, person, zone.unit, *WRITERS)
            if language is not None and of.variant_for(zone.languages) is not None:
                raise Unacceptable("substitution.not_needed", "zones", zone=zone.name)
            made = Substitution(zone=zone.id, programme=programme, language=language, by=person.id, at=now)
            uow.languages.substitute(made)
        uow.issue.want(zone.id for zone in meant)
        names = sorted(zone.id for zone in meant)
        note(
            uow,
            now,
            person,
            "programme.substituted",
            subject=programme,
            unit=meant[0].station,
            zones=names,
            language=language,
        )
        uow.commit()


def _asks_for_a_language(programme: Programme) -> bool:
    return programme.kind in SPOKEN and programme.state is not State.WITHDRAWN and bool(programme.variants)


def _unspoken(schedule: Schedule, person: Person, programme: Programme, zones: Iterable[Zone]) -> Unspoken:
    languages = sorted((each.language for each in programme.variants), key=lambda tag: (tag != FIRST_OFFERED, tag))
    choices = [(zone, schedule.substitutions.get((zone.id, programme.id))) for zone in zones]
    return Unspoken(
        programme=programme,
        zones=tuple(zone for zone, language in choices if language not in languages),
        chosen=tuple((zone, language) for zone, language in choices if language is not None and language in languages),
        languages=tuple(languages),
        may_choose=any(may(schedule.units, person, zone.unit, *WRITERS) for zone, _ in choices),
    )
