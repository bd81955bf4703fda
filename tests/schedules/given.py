"""Values for the tests of the rules: the station Sơn Hà, its programmes and slots, each with one call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.approval import Approval, Subject, record_of_programme, record_of_slot, record_of_template
from schedules.campaign import Campaign, CampaignState, Goal, LegalBasis
from schedules.catching_up import Missed
from schedules.errors import Refused
from schedules.fills import ByHand, Fill, Fixed, Repeats
from schedules.ids import (
    CampaignId,
    ChannelId,
    Key,
    OccurrenceId,
    PartId,
    PersonId,
    PlaceId,
    ProgrammeId,
    Sha256,
    SlotId,
    TemplateId,
    UnitId,
    ZoneId,
)
from schedules.part import Genre, Part
from schedules.programme import Kind, Level, Origin, Programme, Recording, Relay, Source, State, Variant
from schedules.recurrence import DAILY
from schedules.regulation import Regulation, SessionName, SessionRule
from schedules.rundown import Played, Rundown, RundownItem, Sound
from schedules.schedule import Schedule
from schedules.session import Place, SessionTemplate
from schedules.slot import AtTime, CatchUp, InPlace, Interrupted, Slot, StartPolicy
from schedules.times import DAY, Span, local_midnight
from schedules.unit import Target, Unit, UnitLevel, Units, Zone, zones_meant
from schedules.way import Answer, WrittenOrder

HA_NOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = date(2026, 11, 23)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)

PROVINCE, SON_HA, SON_TAY = UnitId("quang-ngai"), UnitId("son-ha"), UnitId("son-tay")
LANG_MOI, GO_SIM, DONG_BANG = UnitId("lang-moi"), UnitId("go-sim"), UnitId("dong-bang")


def at(clock: str, day: date = MONDAY, zone: ZoneInfo = HA_NOI) -> datetime:
    """Give the UTC instant of a local wall time such as `05:30` or `05:30:01`."""
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=zone).astimezone(UTC)


def span(begin: str, end: str, day: date = MONDAY) -> Span:
    """Give the span between two local wall times of a day."""
    return Span(at(begin, day), at(end, day))


def nine_days(day: date = MONDAY, zone: ZoneInfo = HA_NOI) -> Span:
    """Give what a rundown issued on a day covers."""
    midnight = local_midnight(day, zone)
    return Span(midnight, midnight + 9 * DAY)


def unit(name: UnitId, level: UnitLevel, parent: UnitId | None) -> Unit:
    return Unit(id=name, code=name, name=name, level=level, parent=parent)


UNITS = Units.of(
    [
        unit(PROVINCE, UnitLevel.PROVINCE, None),
        unit(SON_HA, UnitLevel.COMMUNE, PROVINCE),
        unit(SON_TAY, UnitLevel.COMMUNE, PROVINCE),
        unit(LANG_MOI, UnitLevel.HAMLET, SON_HA),
        unit(GO_SIM, UnitLevel.HAMLET, SON_HA),
        unit(DONG_BANG, UnitLevel.HAMLET, SON_HA),
    ]
)


def a_zone(name: str = "lang-moi", *languages: str, station: UnitId = SON_HA, within: UnitId | None = None) -> Zone:
    """Give a zone; its unit is the hamlet of the same name unless another is given."""
    return Zone(
        id=ZoneId(name), station=station, unit=within or UnitId(name), name=name, languages=languages or ("vi",)
    )


ZONE = a_zone()


def a_regulation(
    *sessions: SessionRule,
    station: UnitId = SON_HA,
    time_zone: str = "Asia/Ho_Chi_Minh",
    valid_from: date = date(2026, 1, 1),
    number: str = "12/QĐ-UBND",
    minutes_a_day: int = 24 * 60,
    kinds: frozenset[Kind] = frozenset(Kind) - {Kind.MOURNING},
) -> Regulation:
    """Give a regulation, open from 05:00 to 21:00 unless its sessions are given."""
    return Regulation(
        station=station,
        number=number,
        signed_on=valid_from,
        signer="Chủ tịch UBND xã",
        valid_from=valid_from,
        time_zone=time_zone,
        sessions=sessions or (hours("05:00", "21:00"),),
        max_minutes_a_day=minutes_a_day,
        kinds=kinds,
    )


def hours(
    earliest: str,
    latest: str,
    *,
    minutes: int = 24 * 60,
    name: SessionName = SessionName.MORNING,
    days: str = "0123456",
) -> SessionRule:
    """Give a session rule between two local times."""
    return SessionRule(
        session=name,
        earliest=time.fromisoformat(earliest),
        latest=time.fromisoformat(latest),
        max_minutes=minutes,
        weekdays=frozenset(map(int, days)),
    )


def a_recording(length: timedelta = MINUTE, name: str = "a") -> Recording:
    """Give a recording of some length; the name makes its hash."""
    return Recording(Sha256(name.encode().hex().ljust(64, "0")[:64]), 16_000, length // timedelta(milliseconds=1))


def a_programme(
    name: str = "tin",
    length: timedelta = MINUTE,
    *,
    kind: Kind = Kind.NOTICE,
    level: Level = Level.ORDINARY,
    state: State = State.APPROVED,
    source: Source | None = None,
    languages: Sequence[str] = ("vi",),
    times_read: int = 1,
    valid_until: datetime | None = None,
    for_places: bool = False,
) -> Programme:
    """Give a programme of one recording in each language."""
    return Programme(
        id=ProgrammeId(name),
        owner=SON_HA,
        version=1,
        title=f"Chương trình {name}",
        kind=kind,
        origin=Origin.COMMUNE,
        level=level,
        state=state,
        variants=tuple(Variant(each, source or a_recording(length, name + each)) for each in languages),
        times_read=times_read,
        valid_until=valid_until,
        for_places=for_places,
    )


def a_relay(name: str = "vov1", **about: object) -> Programme:
    """Give a relay of a channel."""
    relay = a_programme(name, kind=Kind.RELAY, source=Relay(ChannelId(name)))
    return replace(relay, **about)  # type: ignore[arg-type]  # fields of a programme


def once(clock: str, day: date = MONDAY) -> AtTime:
    return AtTime(first_day=day, at=time.fromisoformat(clock))


def daily(clock: str, first: date = MONDAY, days: int = 30) -> AtTime:
    return AtTime(first_day=first, at=time.fromisoformat(clock), rule=DAILY, until=first + timedelta(days=days - 1))


def in_places(*places: str, first: date = MONDAY, days: int = 30, order: int = 0) -> InPlace:
    return InPlace(
        places=tuple(map(PlaceId, places)), first_day=first, last_day=first + timedelta(days=days - 1), order=order
    )


def target_of_zones(*names: str) -> Target:
    return Target(zones=frozenset(map(ZoneId, names)))


def a_slot(
    programme: Programme,
    timing: AtTime | InPlace,
    *,
    name: str = "",
    target: Target | None = None,
    lasts: timedelta | None = None,
    wait: timedelta | None = None,
    start: StartPolicy | None = None,
    catch_up: CatchUp = CatchUp.JOIN,
    late: timedelta = timedelta(0),
    interrupted: Interrupted = Interrupted.DROP,
) -> Slot:
    """Give a slot for the whole commune; with `wait` its start policy is WAIT unless another is given."""
    return Slot(
        id=SlotId(name or f"slot-{programme.id}"),
        programme=programme.id,
        target=target or Target(units=frozenset({SON_HA})),
        timing=timing,
        lasts=lasts,
        start=start or (StartPolicy.HARD if wait is None else StartPolicy.WAIT),
        wait=wait or timedelta(0),
        catch_up=catch_up,
        late=late,
        interrupted=interrupted,
    )


def an_order() -> WrittenOrder:
    return WrittenOrder("15/KH-UBND", MONDAY - 20 * DAY, "UBND tỉnh")


def an_answer(
    slot: Slot,
    record: str,
    *,
    accepted: bool = True,
    reason: str = "",
    places: Sequence[str] = (),
    station: UnitId = SON_HA,
) -> Answer:
    """Give what the officer of a station said to an offer."""
    return Answer(
        slot=slot.id,
        station=station,
        record=record,
        accepted=accepted,
        reason=reason or ("" if accepted else "Đã phát tuần trước"),
        places=tuple(map(PlaceId, places)),
        by=PersonId("phu-trach"),
        at=at("17:00", MONDAY - DAY),
    )


def a_place(
    name: str,
    *,
    fixed: str = "",
    repeats: str = "",
    fill: Fill | None = None,
    timed: str = "",
    minutes: int = 1,
    filler: bool = False,
) -> Place:
    """Give a place filled by hand, or by a fixed programme, another place's items again, or a rule."""
    return Place(
        id=PlaceId(name),
        name=name,
        fill=fill or (Fixed(ProgrammeId(fixed)) if fixed else Repeats(PlaceId(repeats)) if repeats else ByHand()),
        minutes=minutes,
        at=time.fromisoformat(timed) if timed else None,
        filler=filler,
    )


def a_part(name: str = "hop-dan", **said: object) -> Part:
    """Give a part of a bulletin."""
    part = Part(id=PartId(name), genre=Genre.NEWS, title=f"Tin {name}", authors=("Đinh Thị Lan",), lasts=MINUTE)
    return replace(part, **said)  # type: ignore[arg-type]  # fields by name


def a_template(
    begin: str,
    end: str,
    *places: Place,
    name: str = "sáng",
    days: str = "0123456",
    valid_from: date = date(2026, 1, 1),
    valid_to: date | None = None,
    station: UnitId = SON_HA,
) -> SessionTemplate:
    """Give a session template."""
    return SessionTemplate(
        id=TemplateId(name),
        station=station,
        session=SessionName.MORNING,
        name=f"Buổi {name}",
        starts=time.fromisoformat(begin),
        ends=time.fromisoformat(end),
        places=places,
        weekdays=frozenset(map(int, days)),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def a_campaign(
    *programmes: Programme,
    goals: Sequence[Goal] = (),
    first: date = MONDAY,
    days: int = 30,
    state: CampaignState = CampaignState.RUNNING,
) -> Campaign:
    """Give a running campaign with two plays a day for 15 days as its goal, unless told otherwise."""
    return Campaign(
        id=CampaignId("bau-cu"),
        owner=PROVINCE,
        title="Tuyên truyền bầu cử",
        purpose="Bà con biết ngày, nơi và cách bỏ phiếu",
        basis=LegalBasis("36-KH/BTGDVTU", MONDAY - 30 * DAY),
        first_day=first,
        last_day=first + (days - 1) * DAY,
        goals=tuple(goals) or (a_goal(days=min(15, days)),),
        programmes=tuple(programme.id for programme in programmes),
        state=state,
    )


def a_goal(plays: int = 2, days: int = 15, *languages: str, target: Target | None = None) -> Goal:
    """Give a goal for the whole commune unless told otherwise."""
    return Goal(target or Target(units=frozenset({SON_HA})), plays, days, frozenset(languages))


def a_schedule(
    *,
    programmes: Iterable[Programme] = (),
    slots: Iterable[Slot] = (),
    templates: Iterable[SessionTemplate] = (),
    zones: Sequence[Zone] = (ZONE,),
    regulations: Sequence[Regulation] = (),
    approved: bool = True,
    orders: Mapping[UnitId, Sequence[Key]] | None = None,
    campaigns: Iterable[Campaign] = (),
    missed: Iterable[Missed] = (),
) -> Schedule:
    """Give a schedule in which everything is approved for every zone it means, unless told otherwise."""
    schedule = Schedule(
        units=UNITS,
        zones=tuple(zones),
        regulations=tuple(regulations) or (a_regulation(),),
        programmes={programme.id: programme for programme in programmes},
        slots=tuple(slots),
        templates=tuple(templates),
        approvals={},
        orders=orders or {},
        campaigns=tuple(campaigns),
        missed=tuple(missed),
    )
    return approve(schedule) if approved else schedule


def approve(schedule: Schedule) -> Schedule:
    """Give the schedule with everything in it approved as it is now, for the zones it means now."""
    approvals: dict[Subject, tuple[Approval, ...]] = {}
    for slot in schedule.slots:
        zones = zones_meant(slot.target, schedule.zones, schedule.units, schedule.groups)
        record = record_of_slot(schedule.programmes[slot.programme], slot)
        approvals[slot.id] = (approval(record.hash, *(zone.id for zone in zones)),)
    for programme in schedule.programmes.values():
        if programme.for_places:
            everywhere = (zone.id for zone in schedule.zones)
            approvals[programme.id] = (approval(record_of_programme(programme).hash, *everywhere),)
    for template in schedule.templates:
        zones_here = (zone.id for zone in schedule.zones if zone.station == template.station)
        try:
            approvals[template.id] = (approval(record_of_template(template, schedule.programmes).hash, *zones_here),)
        except Refused:
            continue
    return replace(schedule, approvals=approvals)


def approval(record: str, *zones: ZoneId) -> Approval:
    return Approval(record, frozenset(zones), PersonId("lanh-dao"), at("16:00", MONDAY - DAY))


def an_item(
    begin: str = "06:00",
    end: str = "06:10",
    *,
    name: str = "",
    sound: Sound | None = None,
    wait: timedelta | None = None,
    late_until: str | None = None,
    level: Level = Level.ORDINARY,
    valid_until: datetime | None = None,
    day: date = MONDAY,
) -> RundownItem:
    """Give a rundown item that plays one recording as long as itself."""
    starts_at, ends_at = at(begin, day), at(end, day)
    return RundownItem(
        occurrence=OccurrenceId(name or f"{day}-{begin}"),
        starts_at=starts_at,
        ends_at=ends_at,
        title="Bản tin Sơn Hà",
        kind=Kind.BULLETIN,
        level=level,
        language="vi",
        programme=ProgrammeId("ban-tin"),
        sound=sound or Played((a_recording(ends_at - starts_at),)),
        approval="a" * 64,
        latest_start=None if wait is None else starts_at + wait,
        late_until=None if late_until is None else at(late_until, day),
        valid_until=valid_until,
    )


def a_rundown(*items: RundownItem, covers: Span | None = None, revision: int = 1) -> Rundown:
    return Rundown(zone=ZONE.id, epoch=0, revision=revision, covers=covers or nine_days(), items=items)
