"""What says that an exercise is one: made for a unit, approved by another person, pinned everywhere below.

Every loudspeaker keeps the words on its disk and refuses an exercise without them. It must not announce any.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from schedules.approval import require_other_person
from schedules.errors import Refused
from schedules.ids import UnitId
from schedules.programme import TITLE_LIMIT, Recording
from schedules.times import next_millisecond
from schedules.unit import Units, Zone
from server.emergency_records import ExerciseWords
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Preparation, Store, UnitOfWork
from server.services.emergency_issue import SPOKEN
from server.services.machine_voice import forbidden_at
from server.services.new_ids import new_id
from server.services.rights import ANY_ROLE, WRITERS, require
from server.services.trail import note
from server.values import Person, Role

USUAL = "Đây là diễn tập. Đây là diễn tập."
LONGEST = timedelta(seconds=15)
"""They are heard before and after every time an exercise is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsWanted:
    """What the form for such words holds; `is_machine`: a machine is to speak them."""

    unit: UnitId
    language: str
    text: str
    is_machine: bool


def make(
    store: Store, clock: Clock, preparation: Preparation, person: Person, wanted: WordsWanted, *, sound: Path
) -> ExerciseWords:
    """Prepare words for everything below a unit, to be approved by somebody else.

    `sound` is a person's recording; where a machine speaks, it is where its sound is put.

    Raises:
        NotAllowed: `rights.missing`.
        Unacceptable: `exercise_words.text` (field `text`); `voice.language` (field `language`) and
            `exercise.machine_voice` for a machine's; what preparation refuses.
    """
    now = next_millisecond(clock.now())
    unit, language, said = wanted.unit, wanted.language, wanted.text.strip()
    with store.reading() as uow:
        require(uow.places.units(), person, unit, *WRITERS, Role.APPROVER)
        if not said or len(said) > TITLE_LIMIT:
            raise Unacceptable("exercise_words.text", "text", limit=TITLE_LIMIT)
        if wanted.is_machine:
            _require_voice(uow, unit, language)
    if wanted.is_machine:
        preparation.speak(said, language=language, into=sound)
    prepared = preparation.prepare(sound, limit=LONGEST, progress=lambda _: None, cancelled=lambda: False)
    words = ExerciseWords(
        id=new_id(now),
        unit=unit,
        language=language,
        text=said,
        recording=prepared.recording,
        is_machine=wanted.is_machine,
        made_by=person.id,
        made_at=now,
    )
    with store.writing() as uow:
        uow.emergencies.put_exercise_words(words)
        sha256 = words.recording.sha256
        note(uow, now, person, "exercise_words.made", subject=words.id, unit=unit, language=language, sha256=sha256)
        uow.commit()
    return words


def approve(store: Store, clock: Clock, person: Person, words: str) -> ExerciseWords:
    """Approve words; every loudspeaker below their unit is told them.

    Raises:
        NotFound: `exercise_words.unknown`, also once they are approved.
        NotAllowed: `rights.missing`; `approval.own_work` for whoever made them.
        Unacceptable: `exercise.machine_voice` for a machine's that is not allowed any more.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        known = next((each for each in uow.emergencies.exercise_words() if each.id == words), None)
        if known is None or known.approved_by is not None:
            raise NotFound("exercise_words.unknown")
        units = uow.places.units()
        require(units, person, known.unit, Role.APPROVER)
        try:
            require_other_person(person.id, [known.made_by])
        except Refused as error:
            raise NotAllowed(error.code) from error
        if known.is_machine:
            _require_voice(uow, known.unit, known.language)
        approved = replace(known, approved_by=person.id, approved_at=now)
        uow.emergencies.put_exercise_words(approved)
        below = {zone.id for zone in uow.places.zones() if known.unit in _above(zone, units)}
        uow.issue.want_assignment(each.id for each in uow.places.loudspeakers() if each.zone in below)
        note(uow, now, person, "exercise_words.approved", subject=words, unit=known.unit, language=known.language)
        uow.commit()
    return approved


def words_at(store: Store, person: Person, station: UnitId) -> tuple[ExerciseWords, ...]:
    """Give the words of a station and of the units above it, the newest first."""
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, station, *ANY_ROLE)
        return tuple(each for each in uow.emergencies.exercise_words() if units.within(station, each.unit))


def pinned(words: Iterable[ExerciseWords], zone: Zone, units: Units) -> Recording | None:
    """Give what a zone's loudspeakers say of every exercise: in the best of its people's languages that has words.

    Of several, those of the nearest unit, and of that unit the newest. Where its people's languages have none, the
    Vietnamese ones.
    """
    above = _above(zone, units)
    usable = [each for each in words if each.approved_at is not None and each.unit in above]
    for language in (*zone.languages, SPOKEN):
        own = [each for each in usable if each.language == language]
        if own:
            nearest = min(above.index(each.unit) for each in own)
            newest = max((each for each in own if above.index(each.unit) == nearest), key=_age)
            return newest.recording
    return None


def _above(zone: Zone, units: Units) -> Sequence[UnitId]:
    return tuple(dict.fromkeys((*units.above(zone.unit), *units.above(zone.station))))


def _age(words: ExerciseWords) -> tuple[object, str]:
    return (words.approved_at, words.id)


def _require_voice(uow: UnitOfWork, unit: UnitId, language: str) -> None:
    if language != SPOKEN:
        raise Unacceptable("voice.language", "language", language=language)
    if forbidden_at(uow, [unit]):
        raise Unacceptable("exercise.machine_voice", "text", unit=uow.places.units().by_id[unit].name)
