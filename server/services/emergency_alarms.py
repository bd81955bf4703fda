"""What a person must see about emergencies whatever page they are on: to confirm, stop or review. Read only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.break_glass import REVIEWED_WITHIN, Use
from server.emergency_records import (
    EmergencyRequest,
    RequestState,
    StoredEmergency,
    Way,
)
from server.ports import Clock, Store, UnitOfWork
from server.services.emergency_issue import (
    is_live,
)
from server.services.emergency_rights import (
    may_confirm,
    uses_of,
)
from server.values import Person

_LAST_REVIEW = timedelta(hours=4)
"""So long before a right lapses everybody who could review is reminded, not only the two who were told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """What one person must see on every page.

    Attributes:
        asked: wait for a second person, and this one may be it.
        countdowns: begin soon, and this person may stop them.
        sounding: issued by break-glass, live, and this person may stop them.
        reviews: wait for a review this person can give, with the use itself.
    """

    asked: tuple[EmergencyRequest, ...] = ()
    countdowns: tuple[EmergencyRequest, ...] = ()
    sounding: tuple[StoredEmergency, ...] = ()
    reviews: tuple[tuple[StoredEmergency, Use], ...] = ()


def alarms(store: Store, clock: Clock, person: Person) -> Alarms:
    """Give what a person must see whatever page they are on."""
    now = clock.now()
    with store.reading() as uow:
        uses = {use.emergency: use for use in uses_of(uow)}
        requests = uow.emergencies.requests()
        asked = tuple(each for each in requests if _wants_second(uow, person, each, now))
        countdowns = tuple(
            each
            for each in requests
            if each.state is RequestState.COUNTING_DOWN and person.id in (each.asked_by, *each.told)
        )
        if not uses:
            return Alarms(asked=asked, countdowns=countdowns)
        broken = uow.emergencies.issued(since=now - REVIEWED_WITHIN, way=Way.BREAK_GLASS)
        return Alarms(
            asked=asked,
            countdowns=countdowns,
            sounding=tuple(
                each
                for each in broken
                if person.id in (each.emergency.issued_by, *each.told) and is_live(uow, each, now)
            ),
            reviews=tuple(
                (each, uses[each.emergency.id])
                for each in broken
                if _wants_review(uow, person, each, uses[each.emergency.id], now)
            ),
        )


def _wants_second(uow: UnitOfWork, person: Person, request: EmergencyRequest, now: datetime) -> bool:
    if request.state is not RequestState.WAITING or now >= request.proposal.ends_at:
        return False
    return person.id != request.asked_by and may_confirm(uow, person, request.proposal.units, now)


def _wants_review(uow: UnitOfWork, person: Person, stored: StoredEmergency, use: Use, now: datetime) -> bool:
    if use.reviewed_at is not None or person.id == use.person or now >= use.review_due:
        return False
    late = now >= use.at + REVIEWED_WITHIN - _LAST_REVIEW
    return (late or person.id in stored.told) and may_confirm(uow, person, stored.emergency.units, now)
