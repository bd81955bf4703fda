"""Programmes: find them, write drafts, hand them in, withdraw them. Nothing here approves one."""

from datetime import datetime, timedelta

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import ChannelId, PartId, ProgrammeId, UnitId
from schedules.part import PARTS_LIMIT, Genre, part_facts
from schedules.programme import Kind, Level, Relay, State
from server.api import asking
from server.api.centre import centre
from server.api.pages import Page, page_of
from server.api.shapes import Answer, Instant, Line, Name, Sent, Text
from server.api.views import Write, reads, writes
from server.services import programmes as services
from server.services.drafts import PartDraft
from server.services.programmes import Draft
from server.token_records import Scope
from server.values import Person, StoredProgramme

programmes = APIBlueprint("programmes", __name__, tag="Programmes")


class PartSent(Sent):
    """What a part of a programme is to be."""

    id: Name | None = Field(default=None, description="Of a part the programme has; left out, a new one is made.")
    genre: Genre
    title: Line
    authors: list[Line] = Field(default_factory=list, max_length=20)
    reader: Line = ""
    source: Line = ""
    lasts_s: int | None = Field(default=None, ge=1, le=86_400, description="Seconds.")

    def draft(self) -> PartDraft:
        """Give it as the services take it."""
        return PartDraft(
            id=None if self.id is None else PartId(self.id),
            genre=self.genre,
            title=self.title,
            authors=tuple(self.authors),
            reader=self.reader,
            source=self.source,
            lasts=None if self.lasts_s is None else timedelta(seconds=self.lasts_s),
        )


class DraftSent(Sent):
    """What a programme is to be."""

    title: Line
    kind: Kind
    level: int = Field(default=1, ge=1, le=2, description="1 ordinary, 2 priority; emergencies have no programme.")
    texts: dict[Name, Text] = Field(default_factory=dict, max_length=60, description="Script per language (BCP 47).")
    times_read: int = Field(default=1, ge=1, le=5)
    valid_until: Instant | None = None
    requested_by: Line = ""
    document: Line = ""
    topic: Line = ""
    channel: Name | None = Field(default=None, description="Of a relay.")
    for_places: bool = Field(default=False, description="Rules may take it into places of sessions.")
    parts: list[PartSent] | None = Field(
        default=None, max_length=PARTS_LIMIT, description="In order; left out, a programme keeps those it has."
    )

    def draft(self) -> Draft:
        """Give it as the services take it."""
        return Draft(
            title=self.title,
            kind=self.kind,
            level=Level(self.level),
            texts=self.texts,
            times_read=self.times_read,
            valid_until=self.valid_until,
            requested_by=self.requested_by,
            document=self.document,
            topic=self.topic,
            channel=None if self.channel is None else ChannelId(self.channel),
            for_places=self.for_places,
            parts=None if self.parts is None else tuple(each.draft() for each in self.parts),
        )


class Reason(Sent):
    """Why something is done."""

    reason: Line = ""


class Sound(Answer):
    """A language of a programme with its sound."""

    language: str
    channel: str | None = Field(description="Of a relay.")
    sha256: str | None
    duration_ms: int | None


class PartShown(Answer):
    """A part of a programme."""

    id: str
    genre: Genre
    title: str
    authors: list[str]
    reader: str
    source: str
    lasts_s: int | None


class ProgrammeShown(Answer):
    """A programme as it is."""

    id: str
    version: int
    owner: str
    title: str
    kind: Kind
    origin: str
    level: int
    state: State
    texts: dict[str, str]
    sounds: list[Sound]
    parts: list[PartShown]
    times_read: int
    valid_until: datetime | None
    requested_by: str
    document: str
    topic: str
    for_places: bool
    note: str = Field(description="Why it was sent back.")
    changed_at: datetime


class Programmes(Answer):
    """A page of programmes."""

    programmes: list[ProgrammeShown]
    next: str | None


class Sought(Page):
    """Which programmes are wanted."""

    text: Line = Field(default="", description="In title, topic, requester, document, scripts; with or without marks.")
    state: State | None = None
    kind: Kind | None = None


@reads(programmes, "/programmes", Programmes, asks=Sought)
def listed(person: Person, query: Sought) -> Programmes:
    """Give the programmes that belong to the token's units or sound there, the oldest first."""
    states = () if query.state is None else (query.state,)
    kinds = () if query.kind is None else (query.kind,)
    every = services.listed(centre().store, person, states=states, kinds=kinds, text=query.text)
    found, after = page_of(every, lambda each: (each.programme.id,), query)
    return Programmes(programmes=[shown(each) for each in found], next=after)


@reads(programmes, "/programmes/<programme>", ProgrammeShown)
def one(person: Person, programme: str) -> ProgrammeShown:
    """Give a programme; its version is for `If-Match`."""
    return shown_now(person, ProgrammeId(programme))


@writes(
    programmes,
    "POST",
    "/units/<unit>/programmes",
    Write(scope=Scope.PROGRAMMES, status=201),
    ProgrammeShown,
    takes=DraftSent,
)
def create(person: Person, unit: str, sent: DraftSent) -> ProgrammeShown:
    """Make a programme of a unit, in draft."""
    return shown(services.create(centre().store, centre().clock, person, unit=UnitId(unit), draft=sent.draft()))


@writes(
    programmes,
    "PUT",
    "/programmes/<programme>",
    Write(scope=Scope.PROGRAMMES, edits=True),
    ProgrammeShown,
    takes=DraftSent,
)
def edit(person: Person, programme: str, sent: DraftSent) -> ProgrammeShown:
    """Change a programme; it is a draft again, and what was approved of it is void."""
    version = asking.seen_number()
    return shown(
        services.edit(
            centre().store, centre().clock, person, ProgrammeId(programme), draft=sent.draft(), version=version
        )
    )


@writes(programmes, "POST", "/programmes/<programme>/submit", Write(scope=Scope.PROGRAMMES, edits=True), ProgrammeShown)
def submit(person: Person, programme: str) -> ProgrammeShown:
    """Hand a programme to the approvers; `fields` of the problem say what still stands in the way."""
    version = asking.seen_number()
    return shown(services.submit(centre().store, centre().clock, person, ProgrammeId(programme), version=version))


@writes(
    programmes,
    "POST",
    "/programmes/<programme>/withdraw",
    Write(scope=Scope.PROGRAMMES, edits=True),
    ProgrammeShown,
    takes=Reason,
)
def withdraw(person: Person, programme: str, sent: Reason) -> ProgrammeShown:
    """Take a programme off the air for good; where it sounds it stops."""
    return shown(
        services.withdraw(
            centre().store,
            centre().clock,
            person,
            ProgrammeId(programme),
            version=asking.seen_number(),
            reason=sent.reason,
        )
    )


def shown_now(person: Person, programme: ProgrammeId) -> ProgrammeShown:
    """Give a programme as it is now."""
    return shown(services.get(centre().store, person, programme).stored)


def shown(stored: StoredProgramme) -> ProgrammeShown:
    """Give a programme as it is answered."""
    own = stored.programme
    return ProgrammeShown(
        id=own.id,
        version=own.version,
        owner=own.owner,
        title=own.title,
        kind=own.kind,
        origin=own.origin.value,
        level=int(own.level),
        state=own.state,
        texts=dict(stored.texts),
        sounds=[
            Sound(language=each.language, channel=each.source.channel, sha256=None, duration_ms=None)
            if isinstance(each.source, Relay)
            else Sound(
                language=each.language,
                channel=None,
                sha256=each.source.sha256,
                duration_ms=each.source.duration_ms,
            )
            for each in own.variants
        ],
        parts=[PartShown.model_validate(part_facts(each)) for each in own.parts],
        times_read=own.times_read,
        valid_until=own.valid_until,
        requested_by=own.requested_by,
        document=own.document,
        topic=own.topic,
        for_places=own.for_places,
        note=stored.note,
        changed_at=stored.changed_at,
    )
