"""Loudspeakers with their readiness: read, set up, described, moved, taken out of use. A device enrols at its pole."""

from datetime import datetime

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from server.api import asking
from server.api.centre import centre
from server.api.pages import Page, page_of
from server.api.shapes import Answer, Line, Name, Sent
from server.api.views import Write, reads, writes
from server.readiness_records import Colour
from server.services import ground_seen, retirement
from server.services import loudspeakers as services
from server.services.loudspeakers import Description, seen_as
from server.services.readiness import Ready, readiness
from server.token_records import Scope
from server.values import LoudspeakerKind, Person

loudspeakers = APIBlueprint("loudspeakers", __name__, tag="Loudspeakers")


class DescriptionSent(Sent):
    """What a technician says of a loudspeaker."""

    name: Line
    kind: LoudspeakerKind = LoudspeakerKind.LOUDSPEAKER
    clusters: int = Field(default=0, description="Behind a gateway.")
    horns: int = 2
    volume: int = Field(default=100, description="Percent.")
    daily_bytes: int | None = Field(default=None, description="It may download in a day; null: no limit.")

    def described(self) -> Description:
        """Give it as the services take it."""
        return Description(
            name=self.name,
            kind=self.kind,
            clusters=self.clusters,
            horns=self.horns,
            volume=self.volume,
            daily_bytes=self.daily_bytes,
        )


class LoudspeakerSent(DescriptionSent):
    """A loudspeaker that is to be."""

    zone: Name


class PositionShown(Answer):
    """Where a loudspeaker stands, in degrees."""

    north: float
    east: float


class ZoneChosen(Sent):
    """Where a loudspeaker belongs from now on."""

    zone: Name


class ReasonSent(Sent):
    """Why something is done that cannot be undone."""

    reason: Line


class Gone(Answer):
    """A loudspeaker that is in use no more."""

    id: str
    retired_at: datetime | None


class ReasonShown(Answer):
    """Why a loudspeaker is not green, and the cheapest thing to try: codes."""

    code: str
    remedy: str


class LoudspeakerShown(Answer):
    """A loudspeaker, and whether it will play the next session."""

    id: str
    zone: str
    name: str
    kind: LoudspeakerKind
    clusters: int
    horns: int
    volume: int
    position: PositionShown | None
    colour: Colour
    reasons: list[ReasonShown]
    connected: bool
    last_contact: datetime | None
    revision_held: int | None
    revision_issued: int | None
    covers_until: datetime | None
    missing: int
    playing: str | None
    locked_until: datetime | None
    version: str


class Loudspeakers(Answer):
    """A page of loudspeakers, all judged at one instant."""

    at: datetime
    loudspeakers: list[LoudspeakerShown]
    next: str | None


@reads(loudspeakers, "/units/<unit>/loudspeakers", Loudspeakers, asks=Page)
def listed(person: Person, unit: str, query: Page) -> Loudspeakers:
    """Give the loudspeakers in use in a unit with their readiness, in order of id."""
    state = readiness(centre().store, centre().clock, person, UnitId(unit))
    found, after = page_of(state.loudspeakers, lambda each: (each.loudspeaker.id,), query)
    return Loudspeakers(at=state.now, loudspeakers=[shown(each, state.now) for each in found], next=after)


@reads(loudspeakers, "/loudspeakers/<loudspeaker>", LoudspeakerShown)
def one(person: Person, loudspeaker: str) -> LoudspeakerShown:
    """Give one loudspeaker in use with its readiness; its version is for `If-Match`."""
    return shown_now(person, loudspeaker)


@writes(
    loudspeakers,
    "POST",
    "/units/<unit>/loudspeakers",
    Write(scope=Scope.LOUDSPEAKERS, status=201),
    LoudspeakerShown,
    takes=LoudspeakerSent,
)
def create(person: Person, unit: str, sent: LoudspeakerSent) -> LoudspeakerShown:
    """Set up a place for a loudspeaker; it plays once a device is enrolled there."""
    zone, described = ZoneId(sent.zone), sent.described()
    made = services.create(centre().store, centre().clock, person, UnitId(unit), zone=zone, described=described)
    return shown_now(person, made.id)


@writes(
    loudspeakers,
    "PUT",
    "/loudspeakers/<loudspeaker>",
    Write(scope=Scope.LOUDSPEAKERS, edits=True),
    LoudspeakerShown,
    takes=DescriptionSent,
)
def describe(person: Person, loudspeaker: str, sent: DescriptionSent) -> LoudspeakerShown:
    """Describe a loudspeaker anew; its device is told."""
    which, seen = LoudspeakerId(loudspeaker), asking.seen()
    services.change(centre().store, centre().clock, person, which, described=sent.described(), seen=seen)
    return shown_now(person, loudspeaker)


@writes(
    loudspeakers,
    "POST",
    "/loudspeakers/<loudspeaker>/move",
    Write(scope=Scope.LOUDSPEAKERS, edits=True),
    LoudspeakerShown,
    takes=ZoneChosen,
)
def move(person: Person, loudspeaker: str, sent: ZoneChosen) -> LoudspeakerShown:
    """Let a loudspeaker belong to another zone; what it was heard to play stays with the old one."""
    which, seen = LoudspeakerId(loudspeaker), asking.seen()
    services.move(centre().store, centre().clock, person, which, zone=ZoneId(sent.zone), seen=seen)
    return shown_now(person, loudspeaker)


@writes(
    loudspeakers,
    "POST",
    "/loudspeakers/<loudspeaker>/replace",
    Write(scope=Scope.LOUDSPEAKERS, edits=True),
    LoudspeakerShown,
    takes=ReasonSent,
)
def replace(person: Person, loudspeaker: str, sent: ReasonSent) -> LoudspeakerShown:
    """Take the device of a loudspeaker out of use for good, so that another can be enrolled in its place."""
    which, seen = LoudspeakerId(loudspeaker), asking.seen()
    retirement.replace_device(centre().store, centre().clock, person, which, reason=sent.reason, seen=seen)
    return shown_now(person, loudspeaker)


@writes(
    loudspeakers,
    "POST",
    "/loudspeakers/<loudspeaker>/retire",
    Write(scope=Scope.LOUDSPEAKERS, edits=True),
    Gone,
    takes=ReasonSent,
)
def retire(person: Person, loudspeaker: str, sent: ReasonSent) -> Gone:
    """Take a loudspeaker out of use for good, and its device with it; what it told stays."""
    which, seen = LoudspeakerId(loudspeaker), asking.seen()
    gone = retirement.retire(centre().store, centre().clock, person, which, reason=sent.reason, seen=seen)
    return Gone(id=gone.id, retired_at=gone.retired_at)


def shown_now(person: Person, loudspeaker: str) -> LoudspeakerShown:
    """Give one loudspeaker as it is now, to somebody with a role at its station."""
    found = ground_seen.ready(centre().store, centre().clock, person, LoudspeakerId(loudspeaker))
    return shown(found, centre().clock.now())


def shown(ready: Ready, now: datetime) -> LoudspeakerShown:
    """Give a loudspeaker as it is answered."""
    own = ready.loudspeaker
    lock = own.locked(now)
    return LoudspeakerShown(
        id=own.id,
        zone=own.zone,
        name=own.name,
        kind=own.kind,
        clusters=own.clusters,
        horns=own.horns,
        volume=own.volume,
        position=None if own.position is None else PositionShown(north=own.position[0], east=own.position[1]),
        colour=ready.colour,
        reasons=[ReasonShown(code=each.code, remedy=each.remedy) for each in ready.reasons],
        connected=ready.connected,
        last_contact=ready.last_contact,
        revision_held=ready.held,
        revision_issued=ready.issued,
        covers_until=ready.covers_until,
        missing=ready.missing,
        playing=ready.playing.title if ready.playing else None,
        locked_until=lock.until if lock else None,
        version=seen_as(own),
    )
