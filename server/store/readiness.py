"""Planned outages, alarms and digests in the database. It must not judge who is ready."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from schedules.ids import LoudspeakerId, PersonId, ProgrammeId, UnitId, ZoneId
from schedules.times import Span, instant_of
from server.readiness_records import Alarm, Colour, Digest, DigestCount, DigestLine, Outage, Reason, Values
from server.store.columns import Tree
from server.store.rows import AlarmRow, DigestRow, OutageRow
from server.store.statements import inserting


class SqlOutages:
    """See `readiness_port.Outages`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, outage: str) -> Outage | None:
        """Give an outage."""
        row = self._session.get(OutageRow, outage)
        return None if row is None else _outage(row)

    def inside(self, span: Span, zones: Iterable[ZoneId]) -> Sequence[Outage]:
        """Give the outages during which one of some zones is without power within a span."""
        row, wanted = OutageRow, frozenset(zones)
        query = select(row).where(row.since < span.end, row.until > span.start).order_by(row.since, row.id)
        found = (_outage(each) for each in self._session.scalars(query))
        return [each for each in found if any(each.holds(zone, span) for zone in wanted.intersection(each.zones))]

    def of_station(self, station: UnitId, *, limit: int) -> Sequence[Outage]:
        """Give a station's outages, the last to begin first."""
        row = OutageRow
        query = select(row).where(row.station == station).order_by(row.since.desc(), row.id.desc()).limit(limit)
        return [_outage(each) for each in self._session.scalars(query)]

    def put(self, outage: Outage) -> None:
        """Insert or replace an outage."""
        self._session.merge(OutageRow(**{**asdict(outage), "zones": list(outage.zones)}))
        self._session.flush()


class SqlAlarms:
    """See `readiness_port.Alarms`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, alarm: str) -> Alarm | None:
        """Give an alarm."""
        row = self._session.get(AlarmRow, alarm)
        return None if row is None else _alarm(row)

    def open(self) -> Sequence[Alarm]:
        """Give the alarms that have not ended, the first to begin first."""
        query = select(AlarmRow).where(AlarmRow.ended.is_(None)).order_by(AlarmRow.began, AlarmRow.id)
        return [_alarm(row) for row in self._session.scalars(query)]

    def ended(self, *, since: datetime) -> Sequence[Alarm]:
        """Give the alarms that ended from an instant on, the last first."""
        query = select(AlarmRow).where(AlarmRow.ended >= since).order_by(AlarmRow.ended.desc(), AlarmRow.id.desc())
        return [_alarm(row) for row in self._session.scalars(query)]

    def put(self, alarm: Alarm) -> None:
        """Insert or replace an alarm."""
        row = asdict(alarm)
        named = _frozen(row.pop("values"))
        self._session.merge(AlarmRow(**{**row, "subjects": list(alarm.subjects), "named": named}))
        self._session.flush()


class SqlDigests:
    """See `readiness_port.Digests`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keys(self, *, since: datetime) -> frozenset[tuple[UnitId, str]]:
        """Give unit and key of the digests of sessions that start from an instant on."""
        query = select(DigestRow.unit, DigestRow.key).where(DigestRow.starts >= since)
        return frozenset((UnitId(unit), key) for unit, key in self._session.execute(query))

    def get(self, unit: UnitId, key: str) -> Digest | None:
        """Give a digest."""
        row = self._session.get(DigestRow, (unit, key), populate_existing=True)
        return None if row is None else _digest(row)

    def of_unit(self, unit: UnitId, *, limit: int) -> Sequence[Digest]:
        """Give a unit's digests, the newest first."""
        row = DigestRow
        query = select(row).where(row.unit == unit).order_by(row.made_at.desc(), row.key.desc()).limit(limit)
        return [_digest(each) for each in self._session.scalars(query)]

    def add(self, digest: Digest) -> bool:
        """Keep a digest unless the unit has one of its key; tell whether it was kept."""
        values = {
            "unit": digest.unit,
            "key": digest.key,
            "kind": digest.kind,
            "session": digest.session,
            "starts": digest.starts,
            "made_at": digest.made_at,
            "frozen": {
                "lines": [_line_tree(each) for each in digest.lines],
                "stations": [asdict(each) for each in digest.stations],
                "unconfirmed": list(digest.unconfirmed),
            },
            "mailed_at": digest.mailed_at,
        }
        insert = inserting(self._session, DigestRow).on_conflict_do_nothing()
        counting = self._session.connection().execution_options(preserve_rowcount=True)
        return counting.execute(insert, values).rowcount == 1

    def unmailed(self, units: Iterable[UnitId], *, since: datetime) -> Sequence[Digest]:
        """Give the digests of units made from an instant on that were not mailed, the oldest first."""
        row = DigestRow
        query = select(row).where(row.unit.in_(list(units)), row.made_at >= since, row.mailed_at.is_(None))
        return [_digest(each) for each in self._session.scalars(query.order_by(row.made_at, row.unit, row.key))]

    def mailed(self, unit: UnitId, key: str, at: datetime) -> None:
        """Note that a digest was mailed."""
        row = DigestRow
        told = update(row).where(row.unit == unit, row.key == key).values(mailed_at=at)
        self._session.execute(told, execution_options={"synchronize_session": False})

    def forget(self, *, before: datetime) -> None:
        """Delete the digests of sessions that started before an instant."""
        old = delete(DigestRow).where(DigestRow.starts < before)
        self._session.execute(old, execution_options={"synchronize_session": False})


def _outage(row: OutageRow) -> Outage:
    return Outage(
        id=row.id,
        station=UnitId(row.station),
        zones=tuple(map(ZoneId, row.zones)),
        since=row.since,
        until=row.until,
        by=PersonId(row.by),
        at=row.at,
        programme=None if row.programme is None else ProgrammeId(row.programme),
        reason=row.reason,
        ended_at=row.ended_at,
        ended_by=None if row.ended_by is None else PersonId(row.ended_by),
    )


def _alarm(row: AlarmRow) -> Alarm:
    return Alarm(
        id=row.id,
        code=row.code,
        unit=None if row.unit is None else UnitId(row.unit),
        subjects=tuple(map(LoudspeakerId, row.subjects)),
        values=_thawed(row.named),
        remedy=row.remedy,
        began=row.began,
        most=row.most,
        well_since=row.well_since,
        ended=row.ended,
        seen_by=None if row.seen_by is None else PersonId(row.seen_by),
        seen_at=row.seen_at,
    )


def _digest(row: DigestRow) -> Digest:
    return Digest(
        unit=UnitId(row.unit),
        kind=row.kind,
        key=row.key,
        session=row.session,
        starts=row.starts,
        made_at=row.made_at,
        lines=tuple(map(_line, row.frozen["lines"])),
        stations=tuple(map(_count, row.frozen["stations"])),
        unconfirmed=tuple(row.frozen.get("unconfirmed", ())),
        mailed_at=row.mailed_at,
    )


def _line_tree(line: DigestLine) -> Tree:
    reasons = [{**asdict(each), "values": _frozen(each.values)} for each in line.reasons]
    return {**asdict(line), "reasons": reasons}


def _line(tree: Tree) -> DigestLine:
    reasons = (
        Reason(each["code"], Colour(each["colour"]), each["remedy"], _thawed(each["values"]))
        for each in tree["reasons"]
    )
    return DigestLine(**{**tree, "colour": Colour(tree["colour"]), "reasons": tuple(reasons)})


def _count(tree: Tree) -> DigestCount:
    return DigestCount(**{**tree, "counts": {Colour(colour): count for colour, count in tree["counts"].items()}})


def _frozen(values: Values) -> list[Tree]:
    """Give what a sentence names as JSON; an instant stays one."""
    return [
        {"name": name, "at": value.isoformat()} if isinstance(value, datetime) else {"name": name, "value": value}
        for name, value in values
    ]


def _thawed(trees: Iterable[Tree]) -> Values:
    return tuple((each["name"], instant_of(each["at"]) if "at" in each else each["value"]) for each in trees)
