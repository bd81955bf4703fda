"""The upkeep of loudspeakers: maintenance lock, volume, position. A device keeps to its ceilings whatever is asked."""

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import LoudspeakerId
from server.api import asking
from server.api.centre import centre
from server.api.loudspeakers import LoudspeakerShown, shown_now
from server.api.shapes import Line, Sent
from server.api.views import Write, writes
from server.errors import Unacceptable
from server.services import loudspeakers, maintenance, positions
from server.services.maintenance import LONGEST_MINUTES, SHORTEST_MINUTES
from server.token_records import Scope
from server.values import Person

upkeep = APIBlueprint("upkeep", __name__, tag="Upkeep")


class LockSent(Sent):
    """Silence while somebody works there."""

    minutes: int = Field(ge=SHORTEST_MINUTES, le=LONGEST_MINUTES)
    reason: Line


class VolumeSent(Sent):
    """How loud."""

    volume: int = Field(ge=1, le=100, description="Percent.")


class PositionSent(Sent):
    """Where it stands, in degrees; both null: not known."""

    north: float | None = Field(default=None, allow_inf_nan=False)
    east: float | None = Field(default=None, allow_inf_nan=False)


@writes(
    upkeep, "PUT", "/loudspeakers/<loudspeaker>/lock", Write(scope=Scope.LOUDSPEAKERS), LoudspeakerShown, takes=LockSent
)
def lock(person: Person, loudspeaker: str, sent: LockSent) -> LoudspeakerShown:
    """Silence one loudspeaker, emergencies included, for some minutes from now; it ends by itself."""
    maintenance.lock(
        centre().store,
        centre().clock,
        person,
        LoudspeakerId(loudspeaker),
        minutes=sent.minutes,
        reason=sent.reason,
    )
    return shown_now(person, loudspeaker)


@writes(upkeep, "DELETE", "/loudspeakers/<loudspeaker>/lock", Write(scope=Scope.LOUDSPEAKERS), LoudspeakerShown)
def unlock(person: Person, loudspeaker: str) -> LoudspeakerShown:
    """Let a loudspeaker sound again before its lock ends."""
    maintenance.unlock(centre().store, centre().clock, person, LoudspeakerId(loudspeaker))
    return shown_now(person, loudspeaker)


@writes(
    upkeep,
    "PUT",
    "/loudspeakers/<loudspeaker>/volume",
    Write(scope=Scope.LOUDSPEAKERS, edits=True),
    LoudspeakerShown,
    takes=VolumeSent,
)
def volume(person: Person, loudspeaker: str, sent: VolumeSent) -> LoudspeakerShown:
    """Set a loudspeaker's volume."""
    which, seen = LoudspeakerId(loudspeaker), asking.seen()
    loudspeakers.set_volume(centre().store, centre().clock, person, which, volume=sent.volume, seen=seen)
    return shown_now(person, loudspeaker)


@writes(
    upkeep,
    "PUT",
    "/loudspeakers/<loudspeaker>/position",
    Write(scope=Scope.LOUDSPEAKERS, edits=True),
    LoudspeakerShown,
    takes=PositionSent,
)
def position(person: Person, loudspeaker: str, sent: PositionSent) -> LoudspeakerShown:
    """Say where a loudspeaker stands."""
    which, seen, north, east = LoudspeakerId(loudspeaker), asking.seen(), sent.north, sent.east
    if (north is None) != (east is None):
        raise Unacceptable("position.half", "north" if north is None else "east")
    wanted = None if north is None or east is None else (north, east)
    positions.put(centre().store, centre().clock, person, which, position=wanted, seen=seen)
    return shown_now(person, loudspeaker)
