"""Commands to loudspeakers: who may give which, to how many, how often; and what became of each.

A command is a wish here; the conductor signs and publishes it (`commanding`), the device decides. It must not say what
is to hold: volume, silence and maintenance are state.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.guard import ClockInterval, Forbidden, Rules, Tone, judge
from schedules.ids import CommandId, DeviceId, LoudspeakerId, UnitId, ZoneId
from schedules.times import Span
from schedules.unit import Zone
from schedules.wire.command import LONGEST_LOG, CommandState, LogLevel, What
from schedules.wire.seal import fingerprint
from server.command_records import GivenCommand, KeptAnswer
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services import keys
from server.services.assignments import assignments
from server.services.loudspeakers import find
from server.services.maintenance import LOCKERS
from server.services.new_ids import new_id
from server.services.presence import loudspeakers_of
from server.services.rights import ANY_ROLE, require
from server.services.silence import audiences, silence_of
from server.services.trail import note
from server.values import Loudspeaker, Person

COMMANDERS = LOCKERS
"""Technicians and administrators; and the officer, for the own station: who may silence a pole may also test it."""

LIFE = timedelta(minutes=10)
"""How long a command waits for its loudspeaker: a line that just broke is back by then, and nobody is surprised."""
HOUR = timedelta(hours=1)
MOST_AT_ONCE = 200
"""Loudspeakers of one command: the largest station has not as many; a province is not restarted by one click."""
MANY_AN_HOUR = 3
"""How often an hour one person may command several loudspeakers at once: a mistake or a stolen account ends there."""
ALONE_AN_HOUR = 60
"""How many single commands one person may give in an hour: more than a technician on the road ever needs."""
LOOKED_BACK = timedelta(days=1)
SHOWN = 8
TONE = timedelta(seconds=5)
SETTLES_WITHIN = timedelta(minutes=2)
"""How much later than a command's end its last word may come before it counts as never answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done.

    Attributes:
        level, minutes: of a log level: how much is written, and for how long.
    """

    what: What
    level: LogLevel | None = None
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """What became commands, and which loudspeakers were left out, with the code of why."""

    commands: tuple[GivenCommand, ...]
    left_out: tuple[tuple[Loudspeaker, str], ...] = ()


class Standing(StrEnum):
    """Where a command is."""

    WAITING = "waiting"
    SENT = "sent"
    ACCEPTED = "accepted"
    DONE = "done"
    REJECTED = "rejected"
    EXPIRED = "expired"
    UNANSWERED = "unanswered"

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self in (Standing.WAITING, Standing.SENT, Standing.ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A command and what became of it.

    Attributes:
        at: when the last word about it came; when it was given, before there is one.
        by_name: of who gave it.
        has_diagnostics: what it asked for is here.
    """

    command: GivenCommand
    standing: Standing
    at: datetime
    by_name: str
    reason: str = ""
    level_dbfs: float | None = None
    has_diagnostics: bool = False


def give(store: Store, clock: Clock, person: Person, loudspeakers: Sequence[LoudspeakerId], wish: Wish) -> Given:
    """Give a command to one loudspeaker, or to several at once.

    Those that could not obey it anyway are left out; where that is all of them, nothing is given.

    Raises:
        NotFound: `loudspeaker.unknown`.
        NotAllowed: `rights.missing`, if it is so for any of them.
        Unacceptable: `command.nobody`, `command.too_many_at_once`, `command.too_often` (with `next`),
            `command.log_level`; or why the only one, or the first of all, cannot obey: `loudspeaker.retired`,
            `command.no_device`, for a test tone what the guard would say.
    """
    now = clock.now()
    with store.writing() as uow:
        found = [find(uow, person, each, *COMMANDERS) for each in dict.fromkeys(loudspeakers)]
        _require_few(uow, person, len(found), now)
        until = _until(wish, now)
        reasons = _reasons(uow, found, wish, now)
        fit = [(each, zone) for each, zone in found if not reasons[each.id]]
        if not fit:
            raise Unacceptable(reasons[found[0][0].id])
        given = tuple(
            GivenCommand(
                id=CommandId(new_id(now).replace("-", "")),
                loudspeaker=each.id,
                device=DeviceId(fingerprint(each.public_key)),
                what=wish.what,
                given_at=now,
                by=person.id,
                expires=now + LIFE,
                level=wish.level if until else None,
                until=until,
                together=len(fit),
            )
            for each, _ in fit
        )
        for command, (each, zone) in zip(given, fit, strict=True):
            uow.commands.add(command)
            details = {"command": command.id, "what": wish.what.value, "together": len(fit)}
            note(uow, now, person, "command.given", subject=each.id, unit=zone.station, **details)
        uow.commit()
    return Given(given, tuple((each, reasons[each.id]) for each, _ in found if reasons[each.id]))


def those_of(store: Store, person: Person, station: UnitId, *, zone: ZoneId | None = None) -> tuple[Loudspeaker, ...]:
    """Give the loudspeakers in use of a station, or of one of its zones, to somebody who may command them.

    Raises:
        NotAllowed: `rights.missing`.
        Unacceptable: `zone.not_here`.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, station, *COMMANDERS)
        own = {each.id for each in uow.places.zones() if each.station == station}
        if zone is not None and zone not in own:
            raise Unacceptable("zone.not_here", "zone")
        return loudspeakers_of(uow, own if zone is None else {zone})


def recent(store: Store, clock: Clock, person: Person, station: UnitId, which: Iterable[LoudspeakerId]) -> list[Told]:
    """Give what was commanded at some loudspeakers of a station lately, the newest first.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
        NotFound: `loudspeaker.unknown` for one that does not stand there.
    """
    now, named = clock.now(), tuple(which)
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        if not all(_stands_at(uow, each, station) for each in named):
            raise NotFound("loudspeaker.unknown")
        given = uow.commands.to(named, since=now - LOOKED_BACK)
        answers = uow.commands.answers(each.id for each in given)
        gathered = uow.commands.have_diagnostics(each.id for each in given if each.what is What.DIAGNOSTICS)
        names = {each: uow.people.get(each) for each in {command.by for command in given}}
    told = []
    for command in given:
        last = _last(answers.get(command.id, ()))
        by = names[command.by]
        told.append(
            Told(
                command=command,
                standing=_standing(command, last, now),
                at=last.received_at if last else command.sent_at or command.given_at,
                by_name=by.name if by else "",
                reason=last.reason if last else "",
                level_dbfs=last.level_dbfs if last else None,
                has_diagnostics=command.id in gathered,
            )
        )
    return told


def _stands_at(uow: UnitOfWork, loudspeaker: LoudspeakerId, station: UnitId) -> bool:
    known = uow.places.loudspeaker(loudspeaker)
    zone = None if known is None else uow.places.zone(known.zone)
    return zone is not None and (zone.station == station or station in {each.station for each in zone.stood})


def _standing(command: GivenCommand, last: KeptAnswer | None, now: datetime) -> Standing:
    if last is not None and last.state is not CommandState.ACCEPTED:
        return Standing(last.state.value)
    if now >= command.expires + SETTLES_WITHIN:
        return Standing.UNANSWERED
    if last is not None:
        return Standing.ACCEPTED
    return Standing.WAITING if command.sent_at is None else Standing.SENT


def _last(answers: Sequence[KeptAnswer]) -> KeptAnswer | None:
    """Give the agent's last word; that it took the command on says nothing any more once there is another."""
    settled = [each for each in answers if each.state is not CommandState.ACCEPTED]
    return next(reversed(settled or answers), None)


def _require_few(uow: UnitOfWork, person: Person, count: int, now: datetime) -> None:
    """Refuse nobody, too many at once, and too often; say when there is room again."""
    if not count:
        raise Unacceptable("command.nobody")
    if count > MOST_AT_ONCE:
        raise Unacceptable("command.too_many_at_once", most=MOST_AT_ONCE)
    several = count > 1
    given = [each for each in uow.commands.given_by(person.id, since=now - HOUR) if (each.together > 1) == several]
    times = sorted({each.given_at for each in given}) if several else [each.given_at for each in given]
    most = MANY_AN_HOUR if several else ALONE_AN_HOUR
    if len(times) >= most:
        raise Unacceptable("command.too_often", most=most, next=times[-most] + HOUR)


def _until(wish: Wish, now: datetime) -> datetime | None:
    """Give until when a log level holds.

    Raises:
        Unacceptable: `command.log_level`.
    """
    if wish.what is not What.LOG_LEVEL:
        return None
    until = now + timedelta(minutes=wish.minutes)
    if wish.level is None or not now < until <= now + LONGEST_LOG:
        raise Unacceptable("command.log_level", "minutes")
    return until


def _reasons(
    uow: UnitOfWork, found: Sequence[tuple[Loudspeaker, Zone]], wish: Wish, now: datetime
) -> dict[LoudspeakerId, str]:
    """Give, per loudspeaker, the code of why it could not obey; empty where it can."""
    forbidden = _tones_forbidden(uow, found, now) if wish.what is What.TEST_TONE else {}

    def reason(each: Loudspeaker) -> str:
        if each.retired_at is not None:
            return "loudspeaker.retired"
        return forbidden.get(each.id, "") if each.public_key else "command.no_device"

    return {each.id: reason(each) for each, _ in found}


def _tones_forbidden(
    uow: UnitOfWork, found: Sequence[tuple[Loudspeaker, Zone]], now: datetime
) -> dict[LoudspeakerId, str]:
    """Ask the device's own guard, by what each loudspeaker is told now: what it would not sound is not even sent."""
    trust, orders, units = keys.newest(uow.issue.trust_lists()), uow.issue.silences(), uow.places.units()
    told = assignments(uow, {each.id: 0 for each, _ in found}, epoch=0, now=now)
    reasons = {}
    for each, zone in found:
        own = audiences(zone, units)
        rules = Rules(
            regulations=told[each.id].regulations,
            silences=tuple(silence_of(order) for order in orders if order.audience in own),
            maintenance_until=told[each.id].maintenance_until,
            night=None if trust is None else trust.night_silence,
        )
        verdict = judge(
            rules=rules, subject=Tone(), interval=ClockInterval(now, now, now), sounds=Span(now, now + TONE)
        )
        reasons[each.id] = verdict.code if isinstance(verdict, Forbidden) else ""
    return reasons


def require_known(uow: UnitOfWork, command: CommandId, loudspeaker: Loudspeaker) -> GivenCommand:
    """Give a command that was given to the device a loudspeaker now has.

    Raises:
        NotFound: `command.not_given`.
    """
    known = uow.commands.get(command)
    own = loudspeaker.public_key and fingerprint(loudspeaker.public_key)
    if known is None or (known.loudspeaker, known.device) != (loudspeaker.id, own):
        raise NotFound("command.not_given")
    return known
