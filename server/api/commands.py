"""Commands to one loudspeaker, and what became of them. What is to hold, volume or a lock, is no command."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import LoudspeakerId
from schedules.wire.command import LONGEST_LOG, LogLevel, What
from server.api.centre import centre
from server.api.shapes import Answer, Sent
from server.api.views import Write, reads, writes
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


class CommandGiven(Answer):
    """A command that waits for its loudspeaker."""

    id: str
    what: What
    given_at: datetime
    expires: datetime


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
    told = services.recent(centre().store, centre().clock, person, station, [which])
    return Commands(commands=[_shown(each) for each in told])


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
    wish = Wish(what=sent.what, level=sent.level, minutes=sent.minutes)
    (given,) = services.give(centre().store, centre().clock, person, [LoudspeakerId(loudspeaker)], wish).commands
    return CommandGiven(id=given.id, what=given.what, given_at=given.given_at, expires=given.expires)


def _shown(told: Told) -> CommandShown:
    own = told.command
    return CommandShown(
        id=own.id,
        what=own.what,
        given_at=own.given_at,
        expires=own.expires,
        standing=told.standing,
        at=told.at,
        reason=told.reason,
    )
