"""The first day of an account: what each role does first, and what of it the centre knows to be done.

It shows the way and holds nobody up. It must not know a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.errors import NotFound
from server.ports import Clock, Store
from server.services.trail import note
from server.values import Person, Role


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do.

    Attributes:
        code: of its sentence.
        done: None where nobody but the person can know.
    """

    code: str
    done: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _First:
    """A step with the action of the audit trail by which it is done; empty where there is none."""

    code: str
    action: str = ""


_FACTOR = "first_day.factor"
_RECORD = _First(code="first_day.record", action="take.begun")
_SUBMIT = _First(code="first_day.submit", action="programme.submitted")
_READY = _First(code="first_day.ready")
_SILENCE = _First(code="first_day.silence")
_CARD = _First(code="first_day.card")

_OF_ROLE: Mapping[Role, tuple[_First, ...]] = {
    Role.OFFICER: (_First(code="first_day.today"), _RECORD, _SUBMIT, _READY, _SILENCE, _CARD),
    Role.EDITOR: (
        _First(code="first_day.week"),
        _First(code="first_day.write", action="programme.created"),
        _RECORD,
        _First(code="first_day.book", action="slot.booked"),
        _SUBMIT,
        _First(code="first_day.campaign", action="campaign.created"),
    ),
    Role.APPROVER: (
        _First(code="first_day.pin", action="approver_pin.set"),
        _First(code="first_day.decide", action="programme.approved"),
        _First(code="first_day.confirm"),
        _SILENCE,
        _First(code="first_day.hours"),
    ),
    Role.TECHNICIAN: (
        _READY,
        _First(code="first_day.lock", action="loudspeaker.locked"),
        _First(code="first_day.enrol", action="enrolment.opened"),
        _First(code="first_day.tone", action="command.given"),
        _CARD,
    ),
    Role.INSPECTOR: (
        _First(code="first_day.matrix"),
        _First(code="first_day.story", action="evidence.read"),
        _First(code="first_day.coverage"),
        _First(code="first_day.diary"),
        _First(code="first_day.why"),
    ),
    Role.ADMINISTRATOR: (
        _First(code="first_day.zone", action="zone.made"),
        _First(code="first_day.people", action="person.added"),
        _First(code="first_day.regulation", action="regulation.proposed"),
        _First(code="first_day.rights", action="grant.asked"),
        _First(code="first_day.trail"),
    ),
    Role.CONTRIBUTOR: (_First(code="first_day.send", action="contribution.sent"), _First(code="first_day.answer")),
}
"""What each role does first, in order."""


def steps(store: Store, person: Person) -> tuple[Step, ...]:
    """Give what a person's roles do first, each once."""
    wanted = {each.code: each.action for role in Role if role in person.roles for each in _OF_ROLE[role]}
    with store.reading() as uow:
        factor = uow.factors.get(person.id)
        did = uow.audit.actions_of(person.id, wanted.values())
    guarded = factor is not None and factor.confirmed_at is not None
    found = (Step(code, action in did if action else None) for code, action in wanted.items())
    return (Step(_FACTOR, guarded), *found)


def end(store: Store, clock: Clock, person: Person) -> None:
    """Show it no more on the first page."""
    with store.writing() as uow:
        known = uow.people.get(person.id)
        if known is None:
            raise NotFound("person.unknown")
        if known.is_new:
            uow.people.put(replace(known, is_new=False))
            note(uow, clock.now(), person, "first_day.ended", subject=person.id, unit=person.unit)
            uow.commit()
