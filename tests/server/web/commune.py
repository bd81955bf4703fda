"""The commune of the tests: Sơn Hà with three zones and its people, and a neighbour whose people see none of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from schedules.approval import Approval, record_of_template
from schedules.fills import ByHand, Fixed, Repeats
from schedules.ids import ChannelId, LoudspeakerId, PersonId, PlaceId, ProgrammeId, Sha256, TemplateId, UnitId, ZoneId
from schedules.programme import Kind, Level, Origin, Programme, Recording, Relay, State, Variant
from schedules.regulation import Regulation, SessionName, SessionRule
from schedules.session import Place, SessionTemplate
from schedules.unit import Unit, UnitLevel, Zone
from schedules.wire.messages import Channel
from server.ports import PasswordHashing, Store
from server.values import (
    Loudspeaker,
    LoudspeakerKind,
    Person,
    Role,
    StoredApproval,
    StoredProgramme,
    StoredTemplate,
)

MONDAY_BEFORE_DAWN = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
"""Monday, 23 November 2026, 04:00 in Vietnam."""

PASSWORD = "mưa thuận gió hoà"
SON_HA, SON_LINH = UnitId("son-ha"), UnitId("son-linh")
LANG_MOI, GO_SIM, DONG_BANG = ZoneId("lang-moi"), ZoneId("go-sim"), ZoneId("dong-bang")
MORNING, EVENING = TemplateId("buoi-sang"), TemplateId("buoi-chieu")
MORNING_NEWS, MORNING_NOTICES = PlaceId("sang-ban-tin"), PlaceId("sang-thong-bao")
EVENING_NOTICES = PlaceId("chieu-thong-bao")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in, with the password `PASSWORD`."""

    login: str
    name: str
    roles: frozenset[Role]
    unit: UnitId = SON_HA


OFFICER = Account("lan", "Đinh Thị Lan", frozenset({Role.OFFICER}))
APPROVER = Account("minh", "Phạm Văn Minh", frozenset({Role.APPROVER}))
BOTH = Account("hoa", "Nguyễn Thị Hoa", frozenset({Role.OFFICER, Role.APPROVER}))
TECHNICIAN = Account("dung", "Trần Quốc Dũng", frozenset({Role.TECHNICIAN}))
INSPECTOR = Account("thu", "Lê Thị Thu", frozenset({Role.INSPECTOR}))
ADMINISTRATOR = Account("quan-tri", "Quản trị hệ thống", frozenset({Role.ADMINISTRATOR}), UnitId("quang-ngai"))
SECOND_ADMINISTRATOR = Account("quan-tri-2", "Cao Thị Hạnh", frozenset({Role.ADMINISTRATOR}), UnitId("quang-ngai"))
NEIGHBOUR = Account("binh", "Võ Bình", frozenset({Role.OFFICER, Role.APPROVER}), SON_LINH)
ACCOUNTS = (OFFICER, APPROVER, BOTH, TECHNICIAN, INSPECTOR, ADMINISTRATOR, SECOND_ADMINISTRATOR, NEIGHBOUR)


def settle(store: Store, hashing: PasswordHashing) -> None:
    """Fill an empty store with the commune, its people and its approved session templates."""
    with store.writing() as uow:
        uow.places.put_units(_units())
        for regulation in (_regulation(SON_HA), _regulation(SON_LINH)):
            uow.places.put_regulation(regulation)
        for zone in _zones():
            uow.places.put_zone(zone)
        for loudspeaker in _loudspeakers():
            uow.places.put_loudspeaker(loudspeaker)
        uow.places.put_channel(
            Channel(id=ChannelId("vov1"), name="Thời sự VOV1", address="http://127.0.0.1:9/vov1.mp3", fallback=None)
        )
        uow.commit()
    admit(store, *ACCOUNTS, password_hash=hashing.hash(PASSWORD))


def admit(store: Store, *accounts: Account, password_hash: str = "", ends: datetime | None = None) -> None:
    """Open accounts; by default with the password of those that are there."""
    with store.writing() as uow:
        known = uow.people.get(PersonId(OFFICER.login))
        for account in accounts:
            uow.people.put(
                Person(
                    id=PersonId(account.login),
                    login=account.login,
                    name=account.name,
                    unit=account.unit,
                    roles=account.roles,
                    password_hash=password_hash or (known.password_hash if known else ""),
                    ends=ends,
                )
            )
        uow.commit()


def open_sessions(store: Store, recording: Recording) -> None:
    """Give the station its approved morning and evening; `recording` is its signal, its music and its news."""
    fixed = {each.id: each for each in _fixed(recording)}
    with store.writing() as uow:
        for programme in fixed.values():
            uow.programmes.put(
                StoredProgramme(programme=programme, changed_by=frozenset(), changed_at=LONG_AGO), expected_version=0
            )
        for template in _templates():
            uow.programmes.put_template(
                StoredTemplate(template=template, changed_by=frozenset({PersonId(OFFICER.login)}), changed_at=LONG_AGO),
                expected_version=0,
            )
            record = record_of_template(template, fixed)
            released = Approval(
                record.hash,
                frozenset({LANG_MOI, GO_SIM, DONG_BANG}),
                PersonId(APPROVER.login),
                LONG_AGO,
            )
            uow.programmes.add_approval(
                StoredApproval(subject=template.id, approval=released, canonical=record.canonical)
            )
        uow.issue.want((LANG_MOI, GO_SIM, DONG_BANG))
        uow.commit()


def recording_of(sha256: str, *, length: int, seconds: float) -> Recording:
    """Name a recording."""
    return Recording(Sha256(sha256), length, int(seconds * 1000))


def _units() -> tuple[Unit, ...]:
    def unit(identifier: str, name: str, level: UnitLevel, parent: str | None) -> Unit:
        above = None if parent is None else UnitId(parent)
        return Unit(id=UnitId(identifier), code=identifier, name=name, level=level, parent=above)

    return (
        unit("quang-ngai", "Tỉnh Quảng Ngãi", UnitLevel.PROVINCE, None),
        unit("son-ha", "Xã Sơn Hà", UnitLevel.COMMUNE, "quang-ngai"),
        unit("son-linh", "Xã Sơn Linh", UnitLevel.COMMUNE, "quang-ngai"),
        unit("thon-lang-moi", "Thôn Làng Mới", UnitLevel.HAMLET, "son-ha"),
        unit("thon-go-sim", "Thôn Gò Sim", UnitLevel.HAMLET, "son-ha"),
        unit("thon-dong-bang", "Thôn Đồng Bằng", UnitLevel.HAMLET, "son-ha"),
    )


def _zones() -> tuple[Zone, ...]:
    return (
        Zone(
            id=LANG_MOI,
            station=SON_HA,
            unit=UnitId("thon-lang-moi"),
            name="Làng Mới",
            languages=("vi", "hre"),
            households=214,
            residents=862,
        ),
        Zone(
            id=GO_SIM,
            station=SON_HA,
            unit=UnitId("thon-go-sim"),
            name="Gò Sim",
            languages=("hre", "vi"),
            households=167,
            residents=701,
        ),
        Zone(
            id=DONG_BANG,
            station=SON_HA,
            unit=UnitId("thon-dong-bang"),
            name="Đồng Bằng",
            households=305,
            residents=1190,
        ),
        Zone(id=ZoneId("son-linh"), station=SON_LINH, unit=SON_LINH, name="Sơn Linh", households=420, residents=1650),
    )


def _loudspeakers() -> tuple[Loudspeaker, ...]:
    def loudspeaker(identifier: str, zone: ZoneId, name: str, clusters: int = 0) -> Loudspeaker:
        return Loudspeaker(
            id=LoudspeakerId(identifier),
            zone=zone,
            name=name,
            public_key=identifier.encode().hex().ljust(64, "0")[:64],
            kind=LoudspeakerKind.GATEWAY if clusters else LoudspeakerKind.LOUDSPEAKER,
            clusters=clusters,
            since=LONG_AGO,
        )

    return (
        loudspeaker("loa-1", LANG_MOI, "Nhà văn hoá Làng Mới"),
        loudspeaker("loa-2", LANG_MOI, "Ngã ba chợ"),
        loudspeaker("loa-3", GO_SIM, "Trường học Gò Sim"),
        loudspeaker("loa-4", DONG_BANG, "Bộ phát FM Đồng Bằng", clusters=6),
        loudspeaker("loa-5", ZoneId("son-linh"), "Trụ sở Sơn Linh"),
    )


def _regulation(station: UnitId) -> Regulation:
    def rule(session: SessionName, earliest: time, latest: time) -> SessionRule:
        return SessionRule(session=session, earliest=earliest, latest=latest, max_minutes=60)

    return Regulation(
        station=station,
        number="12/QC-UBND",
        signed_on=date(2026, 1, 2),
        signer="Chủ tịch UBND xã",
        valid_from=date(2026, 1, 5),
        time_zone="Asia/Ho_Chi_Minh",
        sessions=(
            rule(SessionName.MORNING, time(5, 30), time(6, 30)),
            rule(SessionName.EVENING, time(17, 0), time(18, 0)),
        ),
        max_minutes_a_day=120,
    )


def _fixed(recording: Recording) -> tuple[Programme, ...]:
    def programme(identifier: str, title: str, kind: Kind, source: Recording | Relay) -> Programme:
        return Programme(
            id=ProgrammeId(identifier),
            owner=SON_HA,
            version=1,
            title=title,
            kind=kind,
            origin=Origin.COMMUNE,
            level=Level.ORDINARY,
            state=State.APPROVED,
            variants=(Variant("vi", source),),
        )

    return (
        programme("nhac-hieu", "Nhạc hiệu, lời xướng", Kind.SIGNAL, recording),
        programme("nhac", "Nhạc không lời", Kind.MUSIC, recording),
        programme("vov1", "Thời sự VOV1", Kind.RELAY, Relay(ChannelId("vov1"))),
    )


def _templates() -> tuple[SessionTemplate, ...]:
    def fixed(identifier: str, name: str, programme: str, minutes: int, at: time | None = None) -> Place:
        return Place(
            id=PlaceId(identifier),
            name=name,
            fill=Fixed(ProgrammeId(programme)),
            minutes=minutes,
            at=at,
            filler=programme == "nhac",
        )

    def by_hand(identifier: str, name: str, minutes: int) -> Place:
        return Place(id=PlaceId(identifier), name=name, fill=ByHand(), minutes=minutes)

    morning = SessionTemplate(
        id=MORNING,
        station=SON_HA,
        session=SessionName.MORNING,
        name="Buổi sáng",
        starts=time(5, 30),
        ends=time(6, 30),
        valid_from=date(2026, 1, 5),
        places=(
            fixed("sang-nhac-hieu", "Nhạc hiệu, lời xướng", "nhac-hieu", 1),
            by_hand("sang-ban-tin", "Bản tin Sơn Hà", 12),
            by_hand("sang-thong-bao", "Mục thông báo", 3),
            fixed("sang-nhac", "Nhạc không lời", "nhac", 2),
            fixed("sang-vov1", "Tiếp sóng Thời sự VOV1", "vov1", 29, time(6, 0)),
        ),
    )
    evening = SessionTemplate(
        id=EVENING,
        station=SON_HA,
        session=SessionName.EVENING,
        name="Buổi chiều",
        starts=time(17, 0),
        ends=time(18, 0),
        valid_from=date(2026, 1, 5),
        places=(
            fixed("chieu-nhac-hieu", "Nhạc hiệu, lời xướng", "nhac-hieu", 1),
            Place(
                id=PlaceId("chieu-ban-tin"),
                name="Bản tin Sơn Hà (phát lại)",
                fill=Repeats(MORNING_NEWS),
                minutes=12,
            ),
            by_hand("chieu-thong-bao", "Mục thông báo", 3),
            fixed("chieu-nhac", "Dân ca", "nhac", 4),
        ),
    )
    return morning, evening
