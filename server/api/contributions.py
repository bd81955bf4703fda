"""Contributions: handed in by a department's or a hamlet's program, made into drafts or declined by the station's.

Whose token is for handing in alone reads nothing of the station but what became of that.
"""

import os
from datetime import datetime
from functools import partial
from pathlib import Path

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import UnitId, ZoneId
from server.api.centre import centre
from server.api.programmes import ProgrammeShown, shown_now
from server.api.shapes import Answer, Day, Line, Names, Sent, Text
from server.api.views import Write, reads, writes
from server.contribution_records import Contribution, ContributionState
from server.errors import Unacceptable
from server.services import contribution_desk as desk
from server.services import contributions as services
from server.token_records import Scope
from server.values import Person

contributions = APIBlueprint("contributions", __name__, tag="Contributions")


class HandedIn(Sent):
    """A text for some zones of one station, with the days its sender wishes; no days: any."""

    zones: Names
    title: Line
    text: Text = ""
    first_day: Day | None = None
    last_day: Day | None = None


class RecordingHandedIn(Sent):
    """A recording for some zones of one station; the body is the file."""

    zones: Line = Field(description="Ids, parted by commas.")
    title: Line
    first_day: Day | None = None
    last_day: Day | None = None
    file_name: Line = ""


class Declined(Sent):
    """Why it is not used; its sender reads that."""

    reason: Text


class ContributionShown(Answer):
    """What was handed in, and what became of it."""

    id: str
    station: str
    zones: list[str]
    by: str
    sent_at: datetime
    title: str
    text: str
    first_day: Day | None
    last_day: Day | None
    file_name: str = Field(description="Of the sound that came with it; empty where none did.")
    sha256: str | None
    duration_ms: int | None
    state: ContributionState
    reason: str = Field(description="Why it was declined; of an unfit one the code.")
    programme: str | None = Field(description="The draft that was made of it.")


class ContributionList(Answer):
    """What a station was handed in, the newest first: what waits, and what it settled last."""

    waiting: list[ContributionShown]
    settled: list[ContributionShown]


class MayHandInFor(Answer):
    """A zone somebody may hand in for."""

    id: str
    name: str
    station: str


class OwnContributions(Answer):
    """For which zones somebody may hand in, and what they did, the newest first."""

    zones: list[MayHandInFor]
    contributions: list[ContributionShown]


@reads(contributions, "/contributions", OwnContributions, scope=Scope.CONTRIBUTIONS)
def own(person: Person) -> OwnContributions:
    """Give what was handed in by the token's person, and for which zones they may hand in more."""
    return OwnContributions(
        zones=[
            MayHandInFor(id=each.id, name=each.name, station=each.station)
            for each in services.reach(centre().store, person)
        ],
        contributions=[_shown(each) for each in services.own(centre().store, person)],
    )


@writes(
    contributions,
    "POST",
    "/contributions",
    Write(scope=Scope.CONTRIBUTIONS, status=201),
    ContributionShown,
    takes=HandedIn,
)
def send(person: Person, sent: HandedIn) -> ContributionShown:
    """Hand a text in to a station; its people make a draft of it, or say why not."""
    wanted = services.Wanted(
        zones=frozenset(map(ZoneId, sent.zones)),
        title=sent.title,
        text=sent.text.replace("\r\n", "\n"),
        first_day=sent.first_day,
        last_day=sent.last_day,
    )
    return _shown(services.send(centre().store, centre().clock, person, wanted=wanted))


@writes(
    contributions,
    "POST",
    "/contributions/recordings",
    Write(scope=Scope.CONTRIBUTIONS, status=202, hears=True),
    ContributionShown,
    asks=RecordingHandedIn,
)
def send_recording(person: Person, sound: Path, query: RecordingHandedIn) -> ContributionShown:
    """Hand a recording in to a station: the body is the file itself; the station sees it once it is prepared."""
    here, size = centre(), sound.stat().st_size
    if not size:
        raise Unacceptable("take.no_file", "sound")
    wanted = services.Wanted(
        zones=frozenset(map(ZoneId, query.zones.split(","))),
        title=query.title,
        text="",
        first_day=query.first_day,
        last_day=query.last_day,
        file_name=os.path.basename(query.file_name)[:200],  # noqa: PTH119 -- a name, not a path here
        size=size,
    )
    made = services.send(here.store, here.clock, person, wanted=wanted)
    sound.rename(services.waiting_at(here.uploads, made.id))
    here.behind(partial(services.prepare, here.store, here.preparation, made.id, uploads=here.uploads))
    return _shown(made)


@reads(contributions, "/units/<unit>/contributions", ContributionList)
def listed(person: Person, unit: str) -> ContributionList:
    """Give what was handed in to a station."""
    found = desk.inbox(centre().store, person, UnitId(unit))
    return ContributionList(
        waiting=[_shown(each.contribution) for each in found.waiting],
        settled=[_shown(each.contribution) for each in found.settled],
    )


@reads(contributions, "/contributions/<contribution>", ContributionShown)
def one(person: Person, contribution: str) -> ContributionShown:
    """Give one that was handed in to a station."""
    return _shown(desk.get(centre().store, person, contribution))


@writes(
    contributions,
    "POST",
    "/contributions/<contribution>/accept",
    Write(scope=Scope.PROGRAMMES, status=201),
    ProgrammeShown,
)
def accept(person: Person, contribution: str) -> ProgrammeShown:
    """Make a draft of it, with its sender as author; nothing is booked, submitted or approved."""
    made = desk.accept(centre().store, centre().clock, person, contribution)
    return shown_now(person, made.programme.id)


@writes(
    contributions,
    "POST",
    "/contributions/<contribution>/decline",
    Write(scope=Scope.PROGRAMMES),
    ContributionShown,
    takes=Declined,
)
def decline(person: Person, contribution: str, sent: Declined) -> ContributionShown:
    """Say why it is not used."""
    return _shown(desk.decline(centre().store, centre().clock, person, contribution, reason=sent.reason))


def _shown(contribution: Contribution) -> ContributionShown:
    recording = contribution.recording
    return ContributionShown(
        id=contribution.id,
        station=contribution.station,
        zones=list(contribution.zones),
        by=contribution.by,
        sent_at=contribution.sent_at,
        title=contribution.title,
        text=contribution.text,
        first_day=contribution.first_day,
        last_day=contribution.last_day,
        file_name=contribution.file_name,
        sha256=recording.sha256 if recording else None,
        duration_ms=recording.duration_ms if recording else None,
        state=contribution.state,
        reason=contribution.reason,
        programme=contribution.programme,
    )
