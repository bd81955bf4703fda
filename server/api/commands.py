"""Commands to one loudspeaker or to several of a station, and what became of them.

What is to hold, volume or a lock, is no command. How many and how often is as on the page.
"""

from collections.abc import Iterable
from datetime import datetime

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.wire.command import LONGEST_LOG, LogLevel, What
from server.api.centre import centre
from server.api.shapes import Answer, Name, Names, Sent
from server.api.views import Write, reads, writes
from server.command_records import GivenCommand
from server.errors import NotFound
from server.services import commands as services
from server.services import ground_seen
from server.services.commands import Standing, Told, Wish
from server.token_records import Scope
from server.values import Person

commands = APIBlueprint("commands", __name__, tag="Commands")


class CommandSent(Sent):
    """What is to be done."""

    what: What
    level: LogLevel | None = Field(default=None, description="Of log_level.")
    minutes: int = Field(default=0, ge=0, le=LONGEST_LOG.total_seconds() // 60, description="Of log_level.")

    def wish(self) -> Wish:
        """Give it as the services take it."""
        return Wish(what=self.what, level=self.level, minutes=self.minutes)


class SeveralSent(CommandSent):
    """What is to be done at several loudspeakers of a station."""

    zone: Name | None = Field(default=None, description="Those of one zone only.")
    loudspeakers: Names = Field(default_factory=list, description="These only; none: all.")


class CommandGiven(Answer):
    """A command that waits for its loudspeaker."""

    id: str
    loudspeaker: str
    what: What
    given_at: datetime
    expires: datetime


class LeftOut(Answer):
    """A loudspeaker that could not obey, and the code of why."""

    loudspeaker: str
    reason: str


class SeveralGiven(Answer):
    """Commands that wait for their loudspeakers, and who was left out."""

    commands: list[CommandGiven]
    left_out: list[LeftOut]


class CommandShown(CommandGiven):
    """A command, and what became of it by the agent's own word."""

    standing: Standing
    at: datetime = Field(description="When the last word about it came.")
    reason: str


class Commands(Answer):
    """What was commanded lately, the newest first."""

    commands: list[CommandShown]


@reads(commands, "/loudspeakers/<loudspeaker>/commands", Commands)
def recent(person: Person, loudspeaker: str) -> Commands:
    """Give what a loudspeaker was told to do in the last day."""
    which = LoudspeakerId(loudspeaker)
    station = ground_seen.ready(centre().store, centre().clock, person, which).zone.station
    return _told(person, station, [which])


@reads(commands, "/units/<unit>/commands", Commands)
def of_station(person: Person, unit: str) -> Commands:
    """Give what the loudspeakers of a station were told to do in the last day."""
    here = UnitId(unit)
    return _told(person, here, [each.id for each in ground_seen.loudspeakers_of_station(centre().store, person, here)])


@writes(
    commands,
    "POST",
    "/loudspeakers/<loudspeaker>/commands",
    Write(scope=Scope.LOUDSPEAKERS, status=202),
    CommandGiven,
    takes=CommandSent,
)
def give(person: Person, loudspeaker: str, sent: CommandSent) -> CommandGiven:
    """Tell a loudspeaker to do something once, and soon or not at all."""
    which = [LoudspeakerId(loudspeaker)]
    (given,) = services.give(centre().store, centre().clock, person, which, sent.wish()).commands
    return _given(given)


@writes(
    commands,
    "POST",
    "/units/<unit>/commands",
    Write(scope=Scope.LOUDSPEAKERS, status=202),
    SeveralGiven,
    takes=SeveralSent,
)
def give_several(person: Person, unit: str, sent: SeveralSent) -> SeveralGiven:
    """Tell the loudspeakers of a station, of a zone, or some of them, to do something once."""
    zone = None if sent.zone is None else ZoneId(sent.zone)
    there = [each.id for each in services.those_of(centre().store, person, UnitId(unit), zone=zone)]
    if not set(sent.loudspeakers) <= set(there):
        raise NotFound("loudspeaker.unknown")
    which = [each for each in there if not sent.loudspeakers or each in sent.loudspeakers]
    given = services.give(centre().store, centre().clock, person, which, sent.wish())
    return SeveralGiven(
        commands=[_given(each) for each in given.commands],
        left_out=[LeftOut(loudspeaker=each.id, reason=reason) for each, reason in given.left_out],
    )


def _told(person: Person, station: UnitId, which: Iterable[LoudspeakerId]) -> Commands:
    told = services.recent(centre().store, centre().clock, person, station, which)
    return Commands(commands=[_shown(each) for each in told])


def _given(given: GivenCommand) -> CommandGiven:
    return CommandGiven(
        id=given.id,
        loudspeaker=given.loudspeaker,
        what=given.what,
        given_at=given.given_at,
        expires=given.expires,
    )


def _shown(told: Told) -> CommandShown:
    own = told.command
    return CommandShown(
        **dict(_given(own)),
        standing=told.standing,
        at=told.at,
        reason=told.reason,
    )
