"""Sounds on their way into a programme: begun by a person, prepared in the background, added when ready.

The page that took an upload or a microphone recording puts the file at `waiting_at` right after `begin`. Preparation
itself is behind a port; nothing here opens a sound.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from schedules.ids import ProgrammeId
from schedules.programme import Kind, Programme, State, Variant
from server.errors import NotFound, ServerError, Unacceptable
from server.ports import Clock, Preparation, PreparedSound, Store, UnitOfWork
from server.services.changes import changeable, changed, known
from server.services.inputs import LONGEST_TEXT, require_short, require_tag
from server.services.new_ids import new_id
from server.services.rights import ANY_ROLE, WRITERS, require
from server.services.trail import note
from server.values import Person, Take, TakeOrigin, TakeState

LOOKED_AFTER = timedelta(seconds=0.5)
"""How often progress is written, and a cancellation looked for."""

MACHINE_LANGUAGES = frozenset({"vi"})
"""Languages the embedded voice speaks; every other one is recorded by a person."""

_UNDER_WAY = (TakeState.WAITING, TakeState.PREPARING)


def begin(
    store: Store,
    clock: Clock,
    person: Person,
    programme: ProgrammeId,
    *,
    language: str,
    origin: TakeOrigin,
    file_name: str = "",
    text: str = "",
) -> Take:
    """Open a take of a programme in a language; another one under way in that language is cancelled.

    Raises:
        NotAllowed: `rights.missing`.
        Unacceptable: `programme.not_now`; `take.relay_has_no_sound`; `language.tag` (field `language`) for what names
            no language; `voice.language` and `voice.no_text`, `form.too_long` (field `text`) for a machine voice.
    """
    now = clock.now()
    require_tag(language, "language")
    if origin is TakeOrigin.VOICE and language not in MACHINE_LANGUAGES:
        raise Unacceptable("voice.language", "language", language=language)
    if origin is TakeOrigin.VOICE and not text.strip():
        raise Unacceptable("voice.no_text", "text")
    require_short(text, "text", LONGEST_TEXT)
    take = Take(
        id=new_id(now),
        programme=programme,
        language=language,
        origin=origin,
        state=TakeState.WAITING,
        made_by=person.id,
        made_at=now,
        file_name=file_name,
        text=text.strip(),
    )
    with store.writing() as uow:
        stored = changeable(uow, person, programme, version=None)
        if stored.programme.kind is Kind.RELAY:
            raise Unacceptable("take.relay_has_no_sound")
        for earlier in uow.programmes.takes(programme):
            if earlier.language == language and earlier.state in _UNDER_WAY:
                uow.programmes.put_take(replace(earlier, state=TakeState.CANCELLED))
        if origin is not TakeOrigin.VOICE:
            take = replace(take, text=stored.texts.get(language, ""))
        uow.programmes.put_take(take)
        owner = stored.programme.owner
        note(uow, now, person, "take.begun", subject=programme, unit=owner, take=take.id, language=language)
        uow.commit()
    return take


def waiting_at(uploads: Path, take: str) -> Path:
    """Give where the file of a take waits for its preparation."""
    return uploads / take


def get(store: Store, person: Person, take: str) -> Take:
    """Give a take, for the page that shows its progress.

    Raises:
        NotFound: `take.unknown`.
    """
    with store.reading() as uow:
        found = _found(uow, take)
        require(uow.places.units(), person, known(uow, found.programme).programme.owner, *ANY_ROLE)
    return found


def cancel(store: Store, clock: Clock, person: Person, take: str) -> Take:
    """Stop a take under way; one that has ended stays as it is."""
    with store.writing() as uow:
        found = _found(uow, take)
        owner = known(uow, found.programme).programme.owner
        require(uow.places.units(), person, owner, *WRITERS)
        if found.state not in _UNDER_WAY:
            return found
        stopped = replace(found, state=TakeState.CANCELLED)
        uow.programmes.put_take(stopped)
        note(uow, clock.now(), person, "take.cancelled", subject=found.programme, unit=owner, take=take)
        uow.commit()
    return stopped


def remove_sound(
    store: Store, clock: Clock, person: Person, programme: ProgrammeId, *, language: str, version: int
) -> None:
    """Take a language's sound out of a programme, which is a draft again.

    Raises:
        NotFound: `programme.no_such_language`.
        Stale: `edit.stale`.
    """
    now = clock.now()
    with store.writing() as uow:
        before = changeable(uow, person, programme, version=version)
        left = tuple(variant for variant in before.programme.variants if variant.language != language)
        if len(left) == len(before.programme.variants):
            raise NotFound("programme.no_such_language", language=language)
        after = replace(before.programme, variants=left)
        changed(uow, before, after, person, now, machine_voiced=before.machine_voiced - {language})
        owner = before.programme.owner
        note(uow, now, person, "programme.sound_removed", subject=programme, unit=owner, language=language)
        uow.commit()


def unfinished(store: Store) -> tuple[Take, ...]:
    """Give every take that waits or was left in the middle by a stop, in the order they were begun."""
    with store.reading() as uow:
        takes = (take for stored in uow.programmes.all() for take in uow.programmes.takes(stored.programme.id))
        return tuple(sorted((take for take in takes if take.state in _UNDER_WAY), key=lambda take: take.made_at))


def run(store: Store, clock: Clock, preparation: Preparation, take: str, *, uploads: Path, limit: timedelta) -> Take:
    """Prepare a take's sound and add it to its programme; a pool in the background calls this.

    What cannot be broadcast ends as REFUSED with its code; a cancelled take changes nothing. The upload is deleted
    however it ends, unless the process dies: then the take is run again from it.
    """
    source = waiting_at(uploads, take)
    with store.writing() as uow:
        opened = _found(uow, take)
        if opened.state in _UNDER_WAY:
            opened = replace(opened, state=TakeState.PREPARING, progress=0.0)
            uow.programmes.put_take(opened)
            uow.commit()
    if opened.state is not TakeState.PREPARING:
        source.unlink(missing_ok=True)
        return opened
    watched = _Watched(store, clock, take)
    try:
        if opened.origin is TakeOrigin.VOICE:
            preparation.speak(opened.text, language=opened.language, into=source)
        if not source.is_file():
            raise Unacceptable("take.file_missing")
        prepared = preparation.prepare(source, limit=limit, progress=watched.progress, cancelled=watched.cancelled)
    except ServerError as error:
        return _end(store, take, TakeState.REFUSED, error.code)
    except OSError:
        return _end(store, take, TakeState.REFUSED, "take.storage")
    else:
        return _add(store, clock, take, prepared)
    finally:
        source.unlink(missing_ok=True)


class _Watched:
    """Writes a take's progress and notices its cancellation, both at most twice a second."""

    def __init__(self, store: Store, clock: Clock, take: str) -> None:
        self._store = store
        self._clock = clock
        self._take = take
        self._written_at: datetime | None = None
        self._read_at: datetime | None = None
        self._cancelled = False

    def progress(self, share: float) -> None:
        now = self._clock.now()
        if self._cancelled or (self._written_at is not None and now - self._written_at < LOOKED_AFTER):
            return
        self._written_at = now
        with self._store.writing() as uow:
            found = _found(uow, self._take)
            self._cancelled = found.state is not TakeState.PREPARING
            if not self._cancelled:
                uow.programmes.put_take(replace(found, progress=min(1.0, max(found.progress, share))))
                uow.commit()

    def cancelled(self) -> bool:
        now = self._clock.now()
        if not self._cancelled and (self._read_at is None or now - self._read_at >= LOOKED_AFTER):
            self._read_at = now
            with self._store.reading() as uow:
                self._cancelled = _found(uow, self._take).state is not TakeState.PREPARING
        return self._cancelled


def _end(store: Store, take: str, state: TakeState, reason: str) -> Take:
    with store.writing() as uow:
        found = _found(uow, take)
        if found.state is not TakeState.PREPARING:
            return found
        ended = replace(found, state=state, reason=reason)
        uow.programmes.put_take(ended)
        uow.commit()
    return ended


def _add(store: Store, clock: Clock, take: str, prepared: PreparedSound) -> Take:
    now = clock.now()
    with store.writing() as uow:
        found = _found(uow, take)
        if found.state is not TakeState.PREPARING:
            return found
        before = known(uow, found.programme)
        person = uow.people.get(found.made_by)
        if person is None or not _takes_edits(before.programme):
            ended = replace(found, state=TakeState.REFUSED, reason="programme.not_now")
        else:
            spoken = frozenset({found.language}) if found.origin is TakeOrigin.VOICE else frozenset()
            changed(
                uow,
                before,
                _with_sound(before.programme, Variant(found.language, prepared.recording)),
                person,
                now,
                machine_voiced=before.machine_voiced - {found.language} | spoken,
            )
            ended = replace(
                found,
                state=TakeState.READY,
                progress=1.0,
                recording=prepared.recording,
                loudness_before=prepared.loudness_before,
                loudness_after=prepared.loudness_after,
                true_peak_after=prepared.true_peak_after,
            )
            note(
                uow,
                now,
                person,
                "programme.sound_added",
                subject=found.programme,
                unit=before.programme.owner,
                language=found.language,
                sha256=prepared.recording.sha256,
                origin=found.origin,
            )
        uow.programmes.put_take(ended)
        uow.commit()
    return ended


def _takes_edits(programme: Programme) -> bool:
    return programme.state is not State.WITHDRAWN


def _with_sound(programme: Programme, variant: Variant) -> Programme:
    others = (each for each in programme.variants if each.language != variant.language)
    return replace(programme, variants=(*others, variant))


def _found(uow: UnitOfWork, take: str) -> Take:
    found = uow.programmes.take(take)
    if found is None:
        raise NotFound("take.unknown")
    return found
