"""The demonstration's stations: units, zones, regulations, the day's running order. Values only.

The timetable is that of an ordinary commune: two sessions of an hour, relays at 06:00 and 17:30; on Sunday the
opening, the relay and the closing. The province's 17:30 is an assumption.
"""

from collections.abc import Iterable, Mapping
from datetime import date, time
from zoneinfo import ZoneInfo

from schedules.fills import ByHand, Fixed, Repeats
from schedules.ids import ChannelId, LoudspeakerId, PlaceId, ProgrammeId, TemplateId, UnitId, ZoneId
from schedules.regulation import Regulation, SessionName, SessionRule, VolumeRule
from schedules.session import Place, SessionTemplate
from schedules.unit import Unit, UnitLevel, Zone

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PROVINCE, SON_HA, TRIAL = UnitId("quang-ngai"), UnitId("son-ha"), UnitId("thu-nghiem")
LANG_MOI, GO_SIM, DONG_BANG = ZoneId("lang-moi"), ZoneId("go-sim"), ZoneId("dong-bang")
TRIAL_ZONE = ZoneId("loa-thu-nghiem")
VOV1, PROVINCIAL = ChannelId("vov1"), ChannelId("pt-quang-ngai")
CHANNELS = {VOV1: "Thời sự VOV1", PROVINCIAL: "Thời sự Đài tỉnh"}
WEEKDAYS, SUNDAY = frozenset(range(6)), frozenset({6})
FAULTS = {LANG_MOI: ("sim.data_exhausted",), GO_SIM: ("gateway.no_carrier",)}
"""What two of the agents report of themselves, so that a visitor has something to find."""


def loudspeaker_of(zone: ZoneId) -> LoudspeakerId:
    """Give the loudspeaker of a zone; each demonstration zone has one."""
    return LoudspeakerId(f"{zone}-1")


_TWO_HOURS = (
    SessionRule(session=SessionName.MORNING, earliest=time(5, 30), latest=time(6, 30), max_minutes=60),
    SessionRule(session=SessionName.EVENING, earliest=time(17), latest=time(18), max_minutes=60),
)
_ALWAYS = (SessionRule(session=SessionName.MORNING, earliest=time(0), latest=time(0), max_minutes=24 * 60),)
LOUDSPEAKERS = {
    LANG_MOI: "Cụm loa nhà văn hóa thôn Làng Mới",
    GO_SIM: "Bộ tích hợp FM thôn Gò Sim",
    DONG_BANG: "Cụm loa ngã ba Đồng Bằng",
    TRIAL_ZONE: "Cụm loa thử nghiệm",
}


def units() -> Iterable[Unit]:
    """Give the units; codes are of the official list since 2025-07-01, the trial station's is invented."""
    yield Unit(id=PROVINCE, code="51", name="Tỉnh Quảng Ngãi", level=UnitLevel.PROVINCE, parent=None)
    for unit, code, name in ((SON_HA, "21289", "Xã Sơn Hà"), (TRIAL, "thu-nghiem", "Đài thử nghiệm")):
        yield Unit(id=unit, code=code, name=name, level=UnitLevel.COMMUNE, parent=PROVINCE)
    for hamlet, name in ((LANG_MOI, "Thôn Làng Mới"), (GO_SIM, "Thôn Gò Sim"), (DONG_BANG, "Thôn Đồng Bằng")):
        yield Unit(id=UnitId(f"thon-{hamlet}"), code=hamlet, name=name, level=UnitLevel.HAMLET, parent=SON_HA)


def zones() -> Iterable[Zone]:
    """Give the zones; hamlets and numbers are invented."""
    for zone, name, languages, households, residents in (
        (LANG_MOI, "Thôn Làng Mới", ("vi", "hre"), 214, 856),
        (GO_SIM, "Thôn Gò Sim", ("hre", "vi"), 187, 803),
        (DONG_BANG, "Thôn Đồng Bằng", ("vi",), 301, 1_145),
    ):
        unit = UnitId(f"thon-{zone}")
        yield Zone(
            id=zone,
            station=SON_HA,
            unit=unit,
            name=name,
            languages=languages,
            households=households,
            residents=residents,
        )
    yield Zone(id=TRIAL_ZONE, station=TRIAL, unit=TRIAL, name="Loa thử nghiệm")


def regulations() -> Iterable[Regulation]:
    """Give the regulations: the commune's two hours a day, and the trial station's, open at all hours."""
    signed, begun = date(2026, 1, 5), date(2026, 1, 10)
    yield Regulation(
        station=SON_HA,
        number="05/QC-UBND",
        signed_on=signed,
        signer="Chủ tịch UBND xã",
        valid_from=begun,
        time_zone=TIME_ZONE.key,
        sessions=_TWO_HOURS,
        max_minutes_a_day=120,
        volume=(VolumeRule(time(0), time(6), 70),),
    )
    yield Regulation(
        station=TRIAL,
        number="01/QC-TN",
        signed_on=signed,
        signer="Trưởng ban thử nghiệm",
        valid_from=begun,
        time_zone=TIME_ZONE.key,
        sessions=_ALWAYS,
        max_minutes_a_day=24 * 60,
    )


def place(session: str, key: str) -> PlaceId:
    """Give the id of a place of the commune's templates."""
    return PlaceId(f"{SON_HA}-{session}-{key}")


def templates(today: date, fixed: Mapping[str, ProgrammeId]) -> Iterable[SessionTemplate]:
    """Give the commune's session templates.

    Args:
        today: from which day on they hold.
        fixed: the programmes of the fixed places: signal, opening, closing, music, folk, vov, provincial.
    """
    morning = (
        *_opening("morning", fixed),
        _open("morning", "bulletin", "Bản tin Sơn Hà", 12),
        _open("morning", "notices", "Mục thông báo", 3),
        _open("morning", "languages", "Chương trình tiếng dân tộc", 12),
        _fixed("morning", "music", "Nhạc không lời", 2, fixed["music"], filler=True),
        _fixed("morning", "relay", "Tiếp sóng Thời sự VOV1", 29, fixed["vov"], at=time(6)),
        _fixed("morning", "closing", "Lời kết", 1, fixed["closing"], at=time(6, 29)),
    )
    repeat = Place(
        id=place("evening", "bulletin"),
        name="Bản tin Sơn Hà (phát lại)",
        fill=Repeats(place("morning", "bulletin")),
        minutes=12,
    )
    evening = (
        *_opening("evening", fixed),
        repeat,
        _open("evening", "notices", "Mục thông báo", 3),
        _open("evening", "feature", "Nhà nông, đợt tuyên truyền", 10),
        _fixed("evening", "music", "Dân ca", 4, fixed["folk"], filler=True),
        _fixed("evening", "relay", "Tiếp sóng Thời sự Đài tỉnh", 20, fixed["provincial"], at=time(17, 30)),
        _open("evening", "law", "Pháp luật và đời sống", 9, at=time(17, 50)),
        _fixed("evening", "closing", "Lời kết", 1, fixed["closing"], at=time(17, 59)),
    )
    sunday = (
        *_opening("sunday", fixed),
        _fixed("sunday", "relay", "Tiếp sóng Thời sự VOV1", 29, fixed["vov"], at=time(6)),
        _fixed("sunday", "closing", "Lời kết", 1, fixed["closing"], at=time(6, 29)),
    )
    for key, name, session, starts, ends, places, weekdays in (
        ("morning", "Buổi sáng", SessionName.MORNING, time(5, 30), time(6, 30), morning, WEEKDAYS),
        ("evening", "Buổi chiều", SessionName.EVENING, time(17), time(18), evening, WEEKDAYS),
        ("sunday", "Sáng Chủ nhật", SessionName.MORNING, time(5, 59), time(6, 30), sunday, SUNDAY),
    ):
        yield SessionTemplate(
            id=TemplateId(f"{SON_HA}-{key}"),
            station=SON_HA,
            session=session,
            name=name,
            starts=starts,
            ends=ends,
            places=places,
            weekdays=weekdays,
            valid_from=today,
        )


def _opening(session: str, fixed: Mapping[str, ProgrammeId]) -> tuple[Place, ...]:
    return (
        _fixed(session, "signal", "Nhạc hiệu", 1, fixed["signal"]),
        _fixed(session, "opening", "Lời xướng", 1, fixed["opening"]),
    )


def _open(session: str, key: str, name: str, minutes: int, *, at: time | None = None) -> Place:
    return Place(id=place(session, key), name=name, fill=ByHand(), minutes=minutes, at=at)


def _fixed(
    session: str,
    key: str,
    name: str,
    minutes: int,
    programme: ProgrammeId,
    *,
    at: time | None = None,
    filler: bool = False,
) -> Place:
    return Place(
        id=place(session, key),
        name=name,
        fill=Fixed(programme),
        minutes=minutes,
        at=at,
        filler=filler,
    )
