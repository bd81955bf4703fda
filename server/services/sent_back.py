"""What approvers sent back and nobody has put right yet, for the people of a station who can."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schedules.ids import ProgrammeId, TemplateId, UnitId
from schedules.programme import State
from schedules.times import local_day
from server.ports import Clock, Store, UnitOfWork
from server.services.rights import WRITERS, may
from server.services.schedule import CIVIL_TIME, around
from server.values import Person

REMEMBERED = timedelta(days=14)
"""How long a programme is brought to mind: a notice that nobody took up again by then is of no use any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """A programme or a session template that was sent back; one of the two is named.

    Attributes:
        at: when.
        owner: whose it is.
        ends: the day from which a session template does not run any more.
    """

    title: str
    reason: str
    at: datetime
    owner: UnitId
    programme: ProgrammeId | None = None
    template: TemplateId | None = None
    ends: date | None = None

    def matters(self, now: datetime) -> bool:
        """Tell whether somebody may still want to put it right."""
        if self.template is None:
            return now - self.at < REMEMBERED
        return self.ends is None or self.ends > local_day(now, CIVIL_TIME)


def sent_back(store: Store, clock: Clock, person: Person, station: UnitId) -> tuple[SentBack, ...]:
    """Give what was sent back of what is to sound at a station and this person may change, the last first."""
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        found = uow.schedules.kept(("sent back", station), lambda: _sent_back(uow, station))
    return tuple(each for each in found if may(units, person, each.owner, *WRITERS) and each.matters(now))


def _sent_back(uow: UnitOfWork, station: UnitId) -> tuple[SentBack, ...]:
    zones = [zone.id for zone in uow.places.zones() if zone.station == station]
    near = around(uow, zones).schedule.programmes.values()
    returned = [each.id for each in near if each.state is State.SENT_BACK]
    programmes = [
        SentBack(
            title=each.programme.title,
            reason=each.note,
            at=each.changed_at,
            owner=each.programme.owner,
            programme=each.programme.id,
        )
        for each in (uow.programmes.some(returned) if returned else ())
    ]
    templates = [
        SentBack(
            title=each.template.name,
            reason=each.note,
            at=each.changed_at,
            owner=station,
            template=each.template.id,
            ends=each.template.valid_to,
        )
        for each in uow.programmes.templates(stations=[station])
        if each.note
    ]
    return tuple(sorted((*programmes, *templates), key=lambda each: (each.at, each.title), reverse=True))
