"""Sounds of a programme: brought as a file, prepared behind the request, looked after until they are ready."""

import os
from datetime import datetime
from functools import partial
from pathlib import Path

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import ProgrammeId
from server.api import asking
from server.api.centre import centre
from server.api.programmes import ProgrammeShown, shown_now
from server.api.shapes import Answer, Line, Name, Sent, Text
from server.api.views import Write, reads, writes
from server.errors import Unacceptable
from server.services import takes
from server.token_records import Scope
from server.values import Person, Take, TakeOrigin, TakeState

sounds = APIBlueprint("sounds", __name__, tag="Sounds")


class Brought(Sent):
    """What a sound is."""

    language: Name = Field(default="vi", description="BCP 47.")
    file_name: Line = ""


class Spoken(Sent):
    """What the machine voice is to say."""

    language: Name = Field(default="vi", description="BCP 47.")
    text: Text


class TakeShown(Answer):
    """A sound on its way into a programme; once it is ready the programme is a version newer."""

    id: str
    programme: str
    language: str
    state: TakeState
    progress: float
    reason: str = Field(description="Code, where it was refused.")
    sha256: str | None
    duration_ms: int | None
    made_at: datetime


@writes(
    sounds,
    "POST",
    "/programmes/<programme>/takes",
    Write(scope=Scope.PROGRAMMES, status=202, hears=True),
    TakeShown,
    asks=Brought,
)
def bring(person: Person, programme: str, sound: Path, query: Brought) -> TakeShown:
    """Bring a sound for a language of a programme: the body is the file itself, whatever its format."""
    here = centre()
    if not sound.stat().st_size:
        raise Unacceptable("take.no_file", "sound")
    take = takes.begin(
        here.store,
        here.clock,
        person,
        ProgrammeId(programme),
        language=query.language,
        origin=TakeOrigin.UPLOAD,
        file_name=os.path.basename(query.file_name)[:200],  # noqa: PTH119 -- a name, not a path here
    )
    sound.rename(takes.waiting_at(here.uploads, take.id))
    return _begun(take)


@writes(
    sounds, "POST", "/programmes/<programme>/voice", Write(scope=Scope.PROGRAMMES, status=202), TakeShown, takes=Spoken
)
def speak(person: Person, programme: str, sent: Spoken) -> TakeShown:
    """Let the machine voice speak a text for a language of a programme."""
    take = takes.begin(
        centre().store,
        centre().clock,
        person,
        ProgrammeId(programme),
        language=sent.language,
        origin=TakeOrigin.VOICE,
        text=sent.text,
    )
    return _begun(take)


@writes(
    sounds,
    "DELETE",
    "/programmes/<programme>/sounds/<language>",
    Write(scope=Scope.PROGRAMMES, edits=True),
    ProgrammeShown,
)
def remove(person: Person, programme: str, language: str) -> ProgrammeShown:
    """Take a language's sound out of a programme, which is a draft again."""
    which, version = ProgrammeId(programme), asking.seen_number()
    takes.remove_sound(centre().store, centre().clock, person, which, language=language, version=version)
    return shown_now(person, which)


@reads(sounds, "/takes/<take>", TakeShown)
def one(person: Person, take: str) -> TakeShown:
    """Give how far a sound is."""
    return shown(takes.get(centre().store, person, take))


@writes(sounds, "POST", "/takes/<take>/cancel", Write(scope=Scope.PROGRAMMES), TakeShown)
def cancel(person: Person, take: str) -> TakeShown:
    """Stop the preparation of a sound; one that has ended stays as it is."""
    return shown(takes.cancel(centre().store, centre().clock, person, take))


def _begun(take: Take) -> TakeShown:
    """Let a sound be prepared behind the requests."""
    here = centre()
    work = partial(
        takes.run, here.store, here.clock, here.preparation, take.id, uploads=here.uploads, limit=here.longest_sound
    )
    here.behind(work)
    return shown(take)


def shown(take: Take) -> TakeShown:
    """Give a take as it is answered."""
    recording = take.recording
    return TakeShown(
        id=take.id,
        programme=take.programme,
        language=take.language,
        state=take.state,
        progress=take.progress,
        reason=take.reason,
        sha256=recording.sha256 if recording else None,
        duration_ms=recording.duration_ms if recording else None,
        made_at=take.made_at,
    )
