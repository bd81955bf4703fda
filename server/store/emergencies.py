"""Emergencies and exercises in the database. It must not decide who may do what, nor what sounds.

Values that belong together are kept as the bytes the wire has for them: those outlive a renamed field, too.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schedules.emergency import Emergency, Exercise
from schedules.emergency_list import EmergencyList
from schedules.emergency_right import EmergencyRight
from schedules.emergency_template import EmergencyTemplate
from schedules.ids import EmergencyId, EmergencyTemplateId, ExerciseId, PersonId, Sha256, UnitId
from schedules.wire.codec import read, written
from server.emergency_records import (
    EmergencyAct,
    EmergencyRequest,
    ExerciseCancel,
    ExerciseWords,
    RequestState,
    StoredEmergency,
    StoredEmergencyTemplate,
    StoredExercise,
    Watch,
    Way,
)
from server.store.rows import (
    AnyRow,
    EmergencyActRow,
    EmergencyListRow,
    EmergencyRequestRow,
    EmergencyRightRow,
    EmergencyRow,
    EmergencyTemplateRow,
    EmergencyWatchRow,
    ExerciseCancelRow,
    ExerciseRow,
    ExerciseWordsRow,
)

_KNOWN = 512
"""How many lists and emergencies are kept read: who publishes and who answers loudspeakers asks all the time."""
_OPEN = (RequestState.WAITING, RequestState.COUNTING_DOWN)


class SqlEmergencies:
    """See `emergency_port.Emergencies`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def issued(self, *, since: datetime | None = None, way: Way | None = None) -> Sequence[StoredEmergency]:
        """Give what was issued from an instant on, or in one way only; the newest first."""
        query = select(EmergencyRow).order_by(EmergencyRow.sent.desc(), EmergencyRow.id.desc())
        if since is not None:
            query = query.where(EmergencyRow.sent >= since)
        if way is not None:
            query = query.where(EmergencyRow.way == way)
        return [_emergency(row) for row in self._session.scalars(query)]

    def get(self, emergency: EmergencyId) -> StoredEmergency | None:
        """Give an emergency."""
        row = self._session.get(EmergencyRow, emergency)
        return None if row is None else _emergency(row)

    def add(self, stored: StoredEmergency) -> None:
        """Keep an emergency that is issued now."""
        self._add(
            EmergencyRow(
                id=stored.emergency.id,
                sent=stored.emergency.sent,
                content=written(stored.emergency),
                sha256=stored.sha256,
                way=stored.way,
                confirmed_by=stored.confirmed_by,
                template=stored.template,
                told=list(stored.told),
            )
        )

    def acts(self, emergencies: Iterable[EmergencyId]) -> Sequence[EmergencyAct]:
        """Give what was done to some emergencies, the first first."""
        table = EmergencyActRow
        query = select(table).where(table.emergency.in_(list(emergencies))).order_by(table.id)
        return [
            EmergencyAct(
                emergency=EmergencyId(row.emergency), act=row.act, by=PersonId(row.by), at=row.at, note=row.note
            )
            for row in self._session.scalars(query)
        ]

    def add_act(self, act: EmergencyAct) -> None:
        """Keep what somebody did."""
        self._add(EmergencyActRow(emergency=act.emergency, act=act.act, by=act.by, at=act.at, note=act.note))

    def lists(self) -> Sequence[EmergencyList]:
        """Give the newest list of each unit, in order of unit."""
        table = EmergencyListRow
        newest = select(table.unit, func.max(table.number).label("number")).group_by(table.unit).subquery()
        query = select(table.content).join(newest, (table.unit == newest.c.unit) & (table.number == newest.c.number))
        return [_list(content) for content in self._session.scalars(query.order_by(table.unit))]

    def list_of(self, unit: UnitId) -> EmergencyList:
        """Give the newest list of a unit."""
        table = EmergencyListRow
        query = select(table).where(table.unit == unit).order_by(table.number.desc()).limit(1)
        row = self._session.scalar(query)
        return EmergencyList(unit=unit) if row is None else _list(row.content)

    def put_list(self, known: EmergencyList, at: datetime) -> None:
        """Keep the next list of a unit."""
        self._add(EmergencyListRow(unit=known.unit, number=known.number, content=written(known), at=at))

    def requests(self) -> Sequence[EmergencyRequest]:
        """Give the open requests, the oldest first."""
        table = EmergencyRequestRow
        rows = self._session.scalars(select(table).where(table.state.in_(_OPEN)).order_by(table.asked_at, table.id))
        return [read(EmergencyRequest, row.content) for row in rows]

    def request(self, request: str) -> EmergencyRequest | None:
        """Give a request."""
        row = self._session.get(EmergencyRequestRow, request)
        return None if row is None else read(EmergencyRequest, row.content)

    def put_request(self, request: EmergencyRequest) -> None:
        """Insert or replace a request."""
        self._put(
            EmergencyRequestRow(id=request.id, state=request.state, asked_at=request.asked_at, content=written(request))
        )

    def rights(self) -> Sequence[EmergencyRight]:
        """Give all rights, ended ones too, in order of their beginning."""
        return [
            EmergencyRight(
                person=PersonId(row.person),
                unit=UnitId(row.unit),
                given_by=PersonId(row.given_by),
                since=row.since,
                until=row.until,
            )
            for row in self._session.scalars(
                select(EmergencyRightRow).order_by(EmergencyRightRow.since, EmergencyRightRow.person)
            )
        ]

    def put_right(self, right: EmergencyRight) -> None:
        """Insert or replace a right."""
        self._put(
            EmergencyRightRow(
                person=right.person, unit=right.unit, since=right.since, until=right.until, given_by=right.given_by
            )
        )

    def watches(self) -> Sequence[Watch]:
        """Give who is told where, in order of unit."""
        rows = self._session.scalars(select(EmergencyWatchRow).order_by(EmergencyWatchRow.unit))
        return [Watch(unit=UnitId(row.unit), people=tuple(map(PersonId, row.people))) for row in rows]

    def put_watch(self, watch: Watch) -> None:
        """Insert or replace who is told at a unit."""
        self._put(EmergencyWatchRow(unit=watch.unit, people=list(watch.people)))

    def templates(self) -> Sequence[StoredEmergencyTemplate]:
        """Give all texts, in order of id."""
        rows = self._session.scalars(select(EmergencyTemplateRow).order_by(EmergencyTemplateRow.id))
        return [_template(row) for row in rows]

    def template(self, template: EmergencyTemplateId) -> StoredEmergencyTemplate | None:
        """Give a text."""
        row = self._session.get(EmergencyTemplateRow, template)
        return None if row is None else _template(row)

    def put_template(self, stored: StoredEmergencyTemplate) -> None:
        """Insert or replace a text."""
        self._put(
            EmergencyTemplateRow(
                id=stored.template.id,
                unit=stored.template.unit,
                content=written(stored.template),
                written_by=sorted(stored.written_by),
                changed_at=stored.changed_at,
                approved_by=stored.approved_by,
                approved_at=stored.approved_at,
            )
        )

    def exercises(self, *, since: datetime | None = None) -> Sequence[StoredExercise]:
        """Give the exercises ordered from an instant on, the newest first."""
        query = (
            select(ExerciseRow, ExerciseCancelRow)
            .outerjoin(ExerciseCancelRow, ExerciseCancelRow.exercise == ExerciseRow.id)
            .order_by(ExerciseRow.sent.desc(), ExerciseRow.id.desc())
        )
        if since is not None:
            query = query.where(ExerciseRow.sent >= since)
        return [_exercise(row, cancel) for row, cancel in self._session.execute(query)]

    def exercise(self, exercise: ExerciseId) -> StoredExercise | None:
        """Give an exercise."""
        row = self._session.get(ExerciseRow, exercise)
        return None if row is None else _exercise(row, self._session.get(ExerciseCancelRow, exercise))

    def add_exercise(self, exercise: Exercise) -> None:
        """Keep an exercise that is ordered now."""
        self._add(ExerciseRow(id=exercise.id, sent=exercise.sent, content=written(exercise)))

    def cancel_exercise(self, cancel: ExerciseCancel) -> None:
        """Keep the early end of an exercise."""
        self._add(ExerciseCancelRow(exercise=cancel.exercise, by=cancel.by, at=cancel.at))

    def exercise_words(self) -> Sequence[ExerciseWords]:
        """Give every recording that says that an exercise is one, the newest first."""
        table = ExerciseWordsRow
        rows = self._session.scalars(select(table).order_by(table.made_at.desc(), table.id.desc()))
        return [read(ExerciseWords, row.content) for row in rows]

    def put_exercise_words(self, words: ExerciseWords) -> None:
        """Insert one, or put down that it was approved."""
        self._put(ExerciseWordsRow(id=words.id, unit=words.unit, made_at=words.made_at, content=written(words)))

    def _add(self, row: AnyRow) -> None:
        self._session.add(row)
        self._session.flush()

    def _put(self, row: AnyRow) -> None:
        self._session.merge(row)
        self._session.flush()


@lru_cache(maxsize=_KNOWN)
def _list(content: bytes) -> EmergencyList:
    return read(EmergencyList, content)


@lru_cache(maxsize=_KNOWN)
def _content(content: bytes) -> Emergency:
    return read(Emergency, content)


def _emergency(row: EmergencyRow) -> StoredEmergency:
    return StoredEmergency(
        emergency=_content(row.content),
        way=row.way,
        sha256=Sha256(row.sha256),
        confirmed_by=None if row.confirmed_by is None else PersonId(row.confirmed_by),
        template=None if row.template is None else EmergencyTemplateId(row.template),
        told=tuple(map(PersonId, row.told)),
    )


def _template(row: EmergencyTemplateRow) -> StoredEmergencyTemplate:
    return StoredEmergencyTemplate(
        template=read(EmergencyTemplate, row.content),
        written_by=frozenset(map(PersonId, row.written_by)),
        changed_at=row.changed_at,
        approved_by=None if row.approved_by is None else PersonId(row.approved_by),
        approved_at=row.approved_at,
    )


def _exercise(row: ExerciseRow, cancel: ExerciseCancelRow | None) -> StoredExercise:
    ended = None
    if cancel is not None:
        ended = ExerciseCancel(exercise=ExerciseId(cancel.exercise), by=PersonId(cancel.by), at=cancel.at)
    return StoredExercise(exercise=read(Exercise, row.content), cancel=ended)
