"""What is wrong now, by its causes: one for what happened together, not one for each pole. Pure.

A guess is told as one. It must not load anything, nor remember: `alarms` does.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.ids import LoudspeakerId, UnitId
from schedules.unit import Zone
from server.readiness_records import Alarm, Colour, Values
from server.services.absences import Absence, Extent, Standing, absences, lost_at, lost_together
from server.services.keys import Expiry
from server.services.unready import RENEWAL_LATE, of_fault

LINE_AFTER = timedelta(minutes=1)
"""A broker that is restarted is back before this."""
SETTLED = timedelta(minutes=3)
"""So long after the first of several was lost the last one is known to be."""
ALONE_AFTER = timedelta(minutes=10)
"""One that is back before this had a short loss of its line."""
WELL_FOR = timedelta(minutes=5)
"""An alarm ends when its cause was not seen for this long, so that it does not come and go."""
MANY = 5
"""As many loudspeakers with one fault have one cause."""
EVERYWHERE_SHARE = 0.8
_OF_TWINS = frozenset({"link.taken_over"})
"""What a device says of its twin: the same trouble, of which the centre knows more."""
_ALARMING = frozenset({"sim", "disk", "link", "level"})
_OF_LOSS = frozenset({"alarm.everywhere", "alarm.power", "alarm.together", "alarm.alone"})
"""One kind of trouble, told in another way as more is known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A loudspeaker that has spoken before.

    Attributes:
        place: what people call where it stands.
        gone_since, gone_by: as of `Losable`.
        excused: gone for a reason that is known: a planned outage, or as every day at this hour.
        faults: what it says is wrong with it, and what its last levels tell.
        refused: code of why it refused the rundown in force; empty where it did not.
        twins: two devices speak with its key.
    """

    loudspeaker: LoudspeakerId
    name: str
    place: str
    zone: Zone
    gone_since: datetime | None = None
    gone_by: datetime | None = None
    excused: bool = False
    refused: str = ""
    faults: tuple[str, ...] = ()
    certificate_expires: datetime | None = None
    twins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that alarms are made of.

    Attributes:
        line_lost_at: since when the centre has no line to the broker; None while it has one.
        flooding: loudspeakers that were barred for saying too much.
        forked: loudspeakers under whose numbers two different lines of a journal came.
    """

    now: datetime
    known: tuple[Known, ...] = ()
    line_lost_at: datetime | None = None
    keys: Expiry | None = None
    flooding: frozenset[LoudspeakerId] = frozenset()
    forked: frozenset[LoudspeakerId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause; fields as of `Alarm`."""

    code: str
    unit: UnitId | None
    since: datetime
    remedy: str
    subjects: tuple[LoudspeakerId, ...] = ()
    values: Values = ()


def causes(situation: Situation) -> tuple[Cause, ...]:
    """Give the causes of what is wrong; without a line to the broker nothing is known of loudspeakers."""
    found = list(_of_keys(situation))
    if situation.line_lost_at is None:
        for of in (_of_loss, _of_refusals, _of_faults, _of_certificates, _of_odd):
            found += of(situation)
    elif situation.now - situation.line_lost_at >= LINE_AFTER:
        since = situation.line_lost_at
        found.append(Cause(code="alarm.line", unit=None, since=since, remedy="remedy.line", values=(("since", since),)))
    return tuple(found)


def _of_keys(situation: Situation) -> Iterator[Cause]:
    keys = situation.keys
    if keys is not None:
        values = tuple(keys.values.items())
        yield Cause(code=keys.code, unit=None, since=situation.now, remedy="", values=values)


def _of_loss(situation: Situation) -> Iterator[Cause]:
    counted = {each.loudspeaker: each for each in situation.known if not each.excused}
    everywhere = _everywhere(counted.values())
    if everywhere and situation.now - everywhere[0] >= SETTLED:
        since, lost = everywhere
        values = (("count", len(lost)), ("since", since))
        yield Cause(code="alarm.everywhere", unit=None, since=since, remedy="remedy.line", subjects=lost, values=values)
        counted = {key: each for key, each in counted.items() if key not in lost}
    for absence in absences(map(_standing, counted.values())):
        alone = len(absence.lost) == 1
        if situation.now - absence.since >= (ALONE_AFTER if alone else SETTLED):
            yield _lost(absence, [counted[each.loudspeaker] for each in absence.lost])


def _standing(known: Known) -> Standing:
    return Standing(loudspeaker=known.loudspeaker, zone=known.zone, gone_since=known.gone_since, gone_by=known.gone_by)


def _everywhere(counted: Iterable[Known]) -> tuple[datetime, tuple[LoudspeakerId, ...]] | None:
    """Give since when nearly all loudspeakers of several stations were lost at once, and which."""
    known = tuple(counted)
    for run in lost_together(known):
        enough = len(run) >= max(MANY, EVERYWHERE_SHARE * len(known))
        if enough and len({each.zone.station for each in run}) > 1:
            return lost_at(run), _subjects(run)
    return None


def _lost(absence: Absence, lost: Sequence[Known]) -> Cause:
    places = ", ".join(sorted({each.place for each in lost}))
    values: Values = (("places", places), ("count", len(lost)), ("since", absence.since))
    code, remedy = {
        Extent.PLACE: ("alarm.power", "remedy.ask_power"),
        Extent.PART: ("alarm.together", "remedy.ask_power"),
    }.get(absence.extent, ("alarm.alone", "remedy.socket_then_sim"))
    if code == "alarm.alone":
        values = (("name", lost[0].name), ("places", places), ("since", absence.since))
    return Cause(
        code=code,
        unit=lost[0].zone.station,
        since=absence.since,
        remedy=remedy,
        subjects=_subjects(lost),
        values=values,
    )


def _of_refusals(situation: Situation) -> Iterator[Cause]:
    for reason in sorted({each.refused for each in situation.known if each.refused}):
        own = [each for each in situation.known if each.refused == reason]
        values = (("count", len(own)), ("reason", reason))
        yield _shared("alarm.refused", own, situation.now, "remedy.call_technician", values)


def _of_faults(situation: Situation) -> Iterator[Cause]:
    told = {each.loudspeaker: {*each.faults} - (_OF_TWINS if each.twins else set()) for each in situation.known}
    for code in sorted({fault for faults in told.values() for fault in faults if _alarms(fault)}):
        own = [each for each in situation.known if code in told[each.loudspeaker]]
        for group in [own] if len(own) >= MANY else [[each] for each in own]:
            yield _shared(code, group, situation.now, of_fault(code).remedy)


def _alarms(fault: str) -> bool:
    return of_fault(fault).colour is Colour.RED or fault.partition(".")[0] in _ALARMING


def _of_certificates(situation: Situation) -> Iterator[Cause]:
    own = [
        each
        for each in situation.known
        if each.certificate_expires is not None and each.certificate_expires - situation.now < RENEWAL_LATE
    ]
    if own:
        first = min(each.certificate_expires for each in own if each.certificate_expires is not None)
        values = (("count", len(own)), ("expires", first))
        yield _shared("alarm.certificates", own, situation.now, "remedy.check_line", values)


def _of_odd(situation: Situation) -> Iterator[Cause]:
    for each in situation.known:
        if each.loudspeaker in situation.flooding:
            yield _shared("alarm.flooded", [each], situation.now, "remedy.look_at_device")
        if each.twins:  # a copied journal forks by itself: one cause
            yield _shared("device.twins", [each], situation.now, "remedy.find_twin")
        elif each.loudspeaker in situation.forked:
            yield _shared("alarm.forked", [each], situation.now, "remedy.look_at_device")


def _shared(code: str, own: Sequence[Known], now: datetime, remedy: str, values: Values = ()) -> Cause:
    stations = {each.zone.station for each in own}
    unit = own[0].zone.station if len(stations) == 1 else None
    return Cause(code=code, unit=unit, since=now, remedy=remedy, subjects=_subjects(own), values=values)


def _subjects(own: Iterable[Known]) -> tuple[LoudspeakerId, ...]:
    return tuple(sorted(each.loudspeaker for each in own))


def updated(standing: Iterable[Alarm], found: Iterable[Cause], now: datetime, ids: Iterator[str]) -> tuple[Alarm, ...]:
    """Give the alarms that begin, change or end by the causes found now; what stays as it was is not among them."""
    left = list(standing)
    changed: list[Alarm] = []
    for cause in found:
        known = next((each for each in left if _is_of(each, cause)), None)
        if known is not None:
            left.remove(known)
        alarm = _grown(known, cause) if known is not None else _begun(cause, next(ids))
        if alarm != known:
            changed.append(alarm)
    for each in left:
        if each.well_since is None:
            changed.append(replace(each, well_since=now))
        elif now - each.well_since >= WELL_FOR:
            changed.append(replace(each, ended=each.well_since))
    return tuple(changed)


def _is_of(alarm: Alarm, cause: Cause) -> bool:
    if alarm.code != cause.code and not {alarm.code, cause.code} <= _OF_LOSS:
        return False
    return not (alarm.subjects or cause.subjects) or not set(alarm.subjects).isdisjoint(cause.subjects)


def _grown(alarm: Alarm, cause: Cause) -> Alarm:
    return replace(
        alarm,
        code=cause.code,
        unit=cause.unit,
        subjects=cause.subjects,
        values=cause.values,
        remedy=cause.remedy,
        most=max(alarm.most, len(cause.subjects)),
        well_since=None,
    )


def _begun(cause: Cause, alarm: str) -> Alarm:
    return Alarm(
        id=alarm,
        code=cause.code,
        unit=cause.unit,
        subjects=cause.subjects,
        values=cause.values,
        remedy=cause.remedy,
        began=cause.since,
        most=len(cause.subjects),
    )
