"""Sounds of a programme: takes an upload or a recording, has a text spoken, shows how far it is, stops it.

The request only puts the file down; preparing it is done behind it, so a long upload never holds up the site.
"""

import os
from contextlib import suppress
from functools import partial

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from schedules.ids import ProgrammeId
from server.errors import ServerError, Unacceptable
from server.services import programmes, takes
from server.services.reworded import reworded
from server.values import Take, TakeOrigin, TakeState
from server.web.centre import centre
from server.web.stations import pages_of_a_station
from server.web.telling import told
from server.web.visitor import person

sounds = pages_of_a_station("takes", __name__)

UNDER_WAY = (TakeState.WAITING, TakeState.PREPARING)


@sounds.post("/programmes/<programme>/takes")
def add(programme: str) -> tuple[str, int] | Response:
    """Take a file in and let it be prepared; answer with the list of sounds."""
    origin = TakeOrigin.MICROPHONE if request.form.get("origin") == "microphone" else TakeOrigin.UPLOAD
    try:
        receive(ProgrammeId(programme), request.files.get("sound"), origin, language=request.form.get("language", "vi"))
    except ServerError as error:
        return render_template("problems/_inline.html", text=told(error)), 422
    return listed(programme)


@sounds.get("/programmes/<programme>/takes")
def listed(programme: str) -> Response:
    """Show the sounds of a programme and how far each is; the preview is drawn anew once none is on its way."""
    now = shown(programmes.get(centre().store, person(), ProgrammeId(programme)))
    answer = make_response(render_template("programmes/_takes.html", **now))
    if not now["under_way"]:
        answer.headers["HX-Trigger-After-Swap"] = "heard"
    return answer


@sounds.post("/takes/<take>/cancel")
def cancel(take: str) -> Response:
    """Stop the preparation of a sound."""
    stopped = takes.cancel(centre().store, centre().clock, person(), take)
    return listed(stopped.programme)


@sounds.post("/programmes/<programme>/sounds/<language>/remove")
def remove(programme: str, language: str) -> Response:
    """Take a language's sound out of a programme."""
    version = request.form.get("version", type=int, default=0)
    takes.remove_sound(
        centre().store, centre().clock, person(), ProgrammeId(programme), language=language, version=version
    )
    return redirect(url_for("notices.edit", programme=programme) + "#sound")


def receive(programme: ProgrammeId, file: FileStorage | None, origin: TakeOrigin, *, language: str) -> Take:
    """Put a received file where its preparation finds it, and let that begin.

    Raises:
        Unacceptable: `take.no_file` (field `sound`) when nothing was chosen.
        ServerError: as `takes.begin`.
    """
    if file is None or not file.filename:
        raise Unacceptable("take.no_file", "sound")
    take = takes.begin(
        centre().store,
        centre().clock,
        person(),
        programme,
        language=language,
        origin=origin,
        file_name=os.path.basename(file.filename)[:200],  # noqa: PTH119 -- a name, not a path here
    )
    waiting = takes.waiting_at(centre().uploads, take.id)
    try:
        file.save(waiting)
    except OSError:
        with suppress(OSError):
            waiting.unlink(missing_ok=True)
        takes.cancel(centre().store, centre().clock, person(), take.id)
        raise Unacceptable("take.storage", "sound") from None
    prepare(take.id)
    return take


def speak(programme: ProgrammeId, text: str, *, language: str) -> Take:
    """Let the machine voice speak a text."""
    take = takes.begin(
        centre().store,
        centre().clock,
        person(),
        programme,
        language=language,
        origin=TakeOrigin.VOICE,
        text=text,
    )
    prepare(take.id)
    return take


def prepare(take: str) -> None:
    """Let a take be prepared behind the pages."""
    here = centre()
    here.work.add(
        partial(
            takes.run, here.store, here.clock, here.preparation, take, uploads=here.uploads, limit=here.longest_sound
        )
    )


def shown(whole: programmes.Whole) -> dict[str, object]:
    """Give what the list of sounds shows, and the version the form may go on from.

    A sound that became ready made the programme one version newer. The form follows that, and nothing else:
    a change by somebody else must still be met when the form is sent.
    """
    seen = request.values.get("version", type=int, default=whole.stored.programme.version)
    known = set(filter(None, request.values.get("known", "").split(",")))
    ready = [take for take in whole.takes if take.state is TakeState.READY]
    new = [take for take in ready if take.id not in known]
    explained = seen + len(new) == whole.stored.programme.version if known or seen else True
    newest = sorted(whole.takes, key=lambda take: take.made_at, reverse=True)
    return {
        "whole": whole,
        "programme": whole.stored.programme,
        "version": whole.stored.programme.version if explained else seen,
        "known": ",".join(take.id for take in ready),
        "takes": newest[:3],
        "reworded": reworded(whole.stored, whole.takes),
        "under_way": any(take.state in UNDER_WAY for take in newest),
        "came_from": {take.recording.sha256: take for take in ready if take.recording is not None},
    }
