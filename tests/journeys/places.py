"""Sơn Hà: a commune with two loudspeakers, its hours, its morning session; and the ways to wish for a time there.

Values only: nothing is stored here. The first day is Monday, 23 November 2026.
"""

from datetime import UTC, date, datetime, time, timedelta

from schedules.fills import ByHand
from schedules.ids import LoudspeakerId, PlaceId, TemplateId, UnitId, ZoneId
from schedules.recurrence import DAILY
from schedules.regulation import Regulation, SessionName, SessionRule
from schedules.session import Place, SessionTemplate
from schedules.times import DAY
from schedules.unit import Unit, UnitLevel, Zone
from server.services.booking import WishAtTime, WishInPlaces

MONDAY = date(2026, 11, 23)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + day * DAY for day in (1, 2, 3))

SON_HA = UnitId("son-ha")
LANG_MOI, DONG_BANG = ZoneId("lang-moi"), ZoneId("dong-bang")
GATE, MARKET = LoudspeakerId("cong-thon"), LoudspeakerId("cho-dong-bang")
NOTICES = PlaceId("muc-thong-bao")

UNIT = Unit(id=SON_HA, code="21289", name="Xã Sơn Hà", level=UnitLevel.COMMUNE, parent=None)
ZONES = {
    GATE: Zone(id=LANG_MOI, station=SON_HA, unit=SON_HA, name="Làng Mới", households=300),
    MARKET: Zone(id=DONG_BANG, station=SON_HA, unit=SON_HA, name="Đồng Bằng", households=150),
}

MORNING_SESSION = SessionTemplate(
    id=TemplateId("buoi-sang"),
    station=SON_HA,
    session=SessionName.MORNING,
    name="Buổi sáng",
    starts=time(5, 30),
    ends=time(6, 15),
    valid_from=MONDAY,
    places=(Place(id=NOTICES, name="Mục thông báo", fill=ByHand(), minutes=10),),
)


def hours(*sessions: tuple[SessionName, str, str]) -> Regulation:
    """Give Sơn Hà's regulation with these permitted windows."""
    return Regulation(
        station=SON_HA,
        number="12/QĐ-UBND",
        signed_on=MONDAY - 300 * DAY,
        signer="Phạm Văn Lực",
        valid_from=MONDAY - 300 * DAY,
        time_zone="Asia/Ho_Chi_Minh",
        sessions=tuple(
            SessionRule(
                session=session,
                earliest=time.fromisoformat(earliest),
                latest=time.fromisoformat(latest),
                max_minutes=24 * 60,
            )
            for session, earliest, latest in sessions
        ),
        max_minutes_a_day=24 * 60,
    )


MORNING_AND_EVENING = hours((SessionName.MORNING, "05:30", "07:00"), (SessionName.EVENING, "16:30", "18:30"))
ALL_DAY = hours((SessionName.MORNING, "00:00", "00:00"))


def local(at: str, day: date = MONDAY) -> datetime:
    """Give the instant of a wall time in Vietnam."""
    return datetime.combine(day, time.fromisoformat(at), UTC) - timedelta(hours=7)


def at_once(at: str, day: date = MONDAY, *, wait: timedelta = timedelta(0), zone: ZoneId | None = None) -> WishAtTime:
    """Wish for one exact second, in the whole commune or one zone."""
    return WishAtTime(
        zones=frozenset() if zone is None else frozenset({zone}),
        units=frozenset({SON_HA}) if zone is None else frozenset(),
        first_day=day,
        at=time.fromisoformat(at),
        wait=wait,
    )


def every_day(at: str, *, until: date) -> WishAtTime:
    """Wish for one exact second every day."""
    return WishAtTime(
        units=frozenset({SON_HA}),
        first_day=MONDAY,
        at=time.fromisoformat(at),
        rule=DAILY,
        until=until,
    )


def in_the_morning(last_day: date = MONDAY) -> WishInPlaces:
    """Wish for the notices of the morning session, from Monday on."""
    return WishInPlaces(units=frozenset({SON_HA}), places=(NOTICES,), first_day=MONDAY, last_day=last_day)
