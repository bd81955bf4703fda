"""A province with two communes on a Monday before dawn, and verbs for its people, so that a test reads like a morning.

Sơn Hà has three zones and a morning and an evening session; Sơn Linh is the neighbour who must not reach in.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from schedules.approval import Approval, record_of_template
from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.fills import ByHand, Fixed, Repeats
from schedules.ids import (
    ChannelId,
    JournalId,
    LoudspeakerId,
    PersonId,
    PlaceId,
    ProgrammeId,
    Sha256,
    TemplateId,
    UnitId,
    ZoneId,
)
from schedules.planning import Planner
from schedules.programme import Kind, Level, Origin, Programme, Recording, Relay, State, Variant
from schedules.regulation import Regulation, SessionName, SessionRule
from schedules.rundown import Rundown, RundownItem
from schedules.session import Place, SessionTemplate
from schedules.times import DAY, Span, local_midnight
from schedules.unit import Unit, UnitLevel, Zone
from schedules.wire.messages import (
    Channel,
    NowPlaying,
    Presence,
    ReceiptState,
    RundownReceipt,
    SilenceObeyed,
)
from server.evidence_records import Heard
from server.issue_records import IssuedRundown, Settled
from server.services import approvals, booking, programmes, takes
from server.services.approvals import Queue
from server.services.booking import Wish, WishAtTime, WishInPlaces
from server.services.programmes import Draft
from server.services.schedule import schedule_of
from server.values import (
    Loudspeaker,
    LoudspeakerKind,
    Person,
    Role,
    StoredApproval,
    StoredProgramme,
    StoredSlot,
    StoredTemplate,
    TakeOrigin,
)
from tests.contracts import samples
from tests.fakes.clock import FakeClock
from tests.fakes.sound import FakePreparation
from tests.fakes.store import FakeStore

DAWN = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
"""Monday, 23 November 2026, 04:00 in Vietnam."""
MONDAY = date(2026, 11, 23)

QUANG_NGAI, SON_HA, SON_LINH = UnitId("quang-ngai"), UnitId("son-ha"), UnitId("son-linh")
HAMLETS = {UnitId(f"thon-{key}"): name for key, name in (("lm", "Làng Mới"), ("gs", "Gò Sim"), ("db", "Đồng Bằng"))}
LANG_MOI, GO_SIM, DONG_BANG, NEIGHBOURS = ZoneId("zone-lm"), ZoneId("zone-gs"), ZoneId("zone-db"), ZoneId("zone-sl")
GATE, GATEWAY, MARKET, OVER_THERE = (LoudspeakerId(f"pole-{key}") for key in ("lm", "gs", "db", "sl"))
MORNING, EVENING = TemplateId("morning"), TemplateId("evening")
OPENING, NEWS, NOTICES, MUSIC, RELAYED, CLOSING = (
    PlaceId(f"am-{key}") for key in ("opening", "news", "notices", "music", "relay", "closing")
)
EVENING_NOTICES, AGAIN = PlaceId("pm-notices"), PlaceId("pm-again")
VOV1 = ChannelId("vov1")
SIGNAL, TUNE, VOV_RELAY = ProgrammeId("signal"), ProgrammeId("tune"), ProgrammeId("vov-relay")
LIMIT = timedelta(hours=1)


def person(login: str, unit: UnitId, *roles: Role) -> Person:
    """Give an account whose id is its login."""
    return Person(
        id=PersonId(login),
        login=login,
        name=login.replace("-", " ").title(),
        unit=unit,
        roles=frozenset(roles),
        password_hash=f"hash of {login}",
    )


OFFICER = person("officer", SON_HA, Role.OFFICER)
APPROVER = person("approver", SON_HA, Role.APPROVER)
BOTH = person("officer-and-approver", SON_HA, Role.OFFICER, Role.APPROVER)
TECHNICIAN = person("technician", SON_HA, Role.TECHNICIAN)
INSPECTOR = person("inspector", SON_HA, Role.INSPECTOR)
ADMINISTRATOR = person("administrator", QUANG_NGAI, Role.ADMINISTRATOR)
EDITOR = person("editor", QUANG_NGAI, Role.EDITOR)
PROVINCE_APPROVER = person("province-approver", QUANG_NGAI, Role.APPROVER)
NEIGHBOUR = person("neighbour", SON_LINH, Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR)
EVERYBODY = (
    OFFICER,
    APPROVER,
    BOTH,
    TECHNICIAN,
    INSPECTOR,
    ADMINISTRATOR,
    EDITOR,
    PROVINCE_APPROVER,
    NEIGHBOUR,
)


def local(hour: int, minute: int = 0, second: int = 0, *, day: date = MONDAY) -> datetime:
    """Give the instant of a wall time in Vietnam."""
    return datetime.combine(day, time(hour, minute, second), UTC) - timedelta(hours=7)


def recording(name: str, lasts: timedelta) -> Recording:
    """Give a made-up recording of some length."""
    return Recording(Sha256(name.encode().hex().ljust(64, "0")[:64]), 1000, int(lasts.total_seconds() * 1000))


@dataclass
class Radio:
    """The centre and its people.

    Attributes:
        preparation: makes 70 s of sound of anything, unless told otherwise.
    """

    uploads: Path
    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=lambda: FakeClock(DAWN))
    preparation: FakePreparation = field(default_factory=FakePreparation)
    revision: int = 0

    def __post_init__(self) -> None:
        with self.store.writing() as uow:
            uow.places.put_units(_units())
            for each in EVERYBODY:
                uow.people.put(each)
            for station in (SON_HA, SON_LINH):
                uow.places.put_regulation(_regulation(station))
            for zone in _zones():
                uow.places.put_zone(zone)
            for loudspeaker in _loudspeakers():
                uow.places.put_loudspeaker(loudspeaker)
            uow.places.put_channel(Channel(id=VOV1, name="VOV1", address="http://127.0.0.1:8000/vov1.mp3"))
            for stored in _fixed():
                uow.programmes.put(stored, expected_version=0)
            made = frozenset({OFFICER.id})
            for template in _templates():
                drawn_up = StoredTemplate(template=template, changed_by=made, changed_at=DAWN)
                uow.programmes.put_template(drawn_up, expected_version=0)
            uow.commit()

    def now(self) -> datetime:
        return self.clock.now()

    def at(self, instant: datetime) -> None:
        """Let time pass until an instant."""
        self.clock.advance(instant - self.now())

    def release_templates(self) -> None:
        """Approve every session template as it is now."""
        with self.store.writing() as uow:
            schedule = schedule_of(uow)
            for template in schedule.templates:
                record = record_of_template(template, schedule.programmes)
                zones = frozenset(zone.id for zone in schedule.zones if zone.station == template.station)
                approval = Approval(record.hash, zones, APPROVER.id, self.now())
                uow.programmes.add_approval(
                    StoredApproval(subject=template.id, approval=approval, canonical=record.canonical)
                )
            uow.commit()

    def writes(self, title: str = "Tạm ngừng cấp điện", *, by: Person = OFFICER, **draft: object) -> ProgrammeId:
        """Have somebody write a notice of their own unit; give its id."""
        wanted = replace(Draft(title=title, kind=Kind.NOTICE), **draft)  # type: ignore[arg-type]  # fields by name
        return programmes.create(self.store, self.clock, by, unit=by.unit, draft=wanted).programme.id

    def records(
        self,
        programme: ProgrammeId,
        *,
        by: Person = OFFICER,
        language: str = "vi",
        lasts: timedelta = timedelta(seconds=70),
        origin: TakeOrigin = TakeOrigin.UPLOAD,
    ) -> None:
        """Give a programme its sound, prepared and added."""
        take = takes.begin(
            self.store, self.clock, by, programme, language=language, origin=origin, text="Kính thưa bà con"
        )
        if origin is not TakeOrigin.VOICE:
            takes.waiting_at(self.uploads, take.id).write_bytes(title_bytes(programme, language))
        preparation = replace(self.preparation, lasts=lasts)
        takes.run(self.store, self.clock, preparation, take.id, uploads=self.uploads, limit=LIMIT)

    def books(self, programme: ProgrammeId, wish: Wish, *, by: Person = OFFICER) -> StoredSlot:
        return booking.book(self.store, self.clock, by, programme, wish=wish)

    def submits(self, programme: ProgrammeId, *, by: Person = OFFICER) -> StoredProgramme:
        version = self.stored(programme).programme.version
        return programmes.submit(self.store, self.clock, by, programme, version=version)

    def approves(self, programme: ProgrammeId, *, by: Person = APPROVER) -> StoredProgramme:
        """Approve what the approver's page shows."""
        shown = approvals.to_approve(self.store, self.clock, by, programme)
        return approvals.approve(self.store, self.clock, by, programme, seen=shown.seen)

    def queue(self, by: Person = APPROVER) -> Queue:
        found = approvals.queue(self.store, self.clock, by)
        assert approvals.how_many(self.store, self.clock, by) == len(found.in_order)
        return found

    def airs(
        self,
        title: str = "Tạm ngừng cấp điện",
        *,
        wish: Wish | None = None,
        lasts: timedelta = timedelta(seconds=70),
        **draft: object,
    ) -> ProgrammeId:
        """Write, record, book, submit and approve a notice; by default in the notices of every day this week."""
        programme = self.writes(title, **draft)  # type: ignore[arg-type]  # fields by name
        self.records(programme, lasts=lasts)
        self.books(programme, wish or in_notices())
        self.submits(programme)
        self.approves(programme)
        return programme

    def stored(self, programme: ProgrammeId) -> StoredProgramme:
        with self.store.reading() as uow:
            found = uow.programmes.get(programme)
        assert found is not None
        return found

    def wanted(self) -> set[ZoneId]:
        """Which zones wait for planning; they are then taken as planned."""
        with self.store.writing() as uow:
            found = {mark.zone for mark in uow.issue.marks() if mark.wanted != mark.planned_from}
            uow.issue.settle(
                Settled(zone=mark.zone, planned_from=mark.wanted, planned_for=MONDAY) for mark in uow.issue.marks()
            )
            uow.commit()
        return found

    def actions(self) -> list[str]:
        """What the audit trail says, oldest first."""
        return [line.action for line in self.store.kept.audit]

    def issue(self) -> None:
        """Plan every zone of Sơn Hà and keep the rundown as the one in force, as the conductor does."""
        now = self.now()
        with self.store.writing() as uow:
            schedule = schedule_of(uow)
            today = (now + timedelta(hours=7)).date()
            span = Span(local_midnight(today, _regulation(SON_HA).zone), local(0, day=today + 9 * DAY))
            planner = Planner(schedule, span)
            self.revision += 1
            for zone in schedule.zones:
                if zone.station != SON_HA:
                    continue
                before = uow.issue.issued(zone.id)
                plan = planner.plan(zone, now=now, history=before.rundown.items if before else ())
                rundown = Rundown(zone=zone.id, epoch=1, revision=self.revision, covers=span, items=plan.items)
                issued = IssuedRundown(rundown=rundown, envelope=b"", issued_at=now)
                samples.settle(uow, issued, planned_from=self.revision, day=today)
            uow.commit()

    def item(self, title: str, zone: ZoneId = LANG_MOI) -> RundownItem:
        """Give the first planned item of a title at a zone."""
        with self.store.reading() as uow:
            span = Span(DAWN - DAY, DAWN + 9 * DAY)
            return next(item for _, item in uow.issue.planned(span, [zone]) if item.title == title)

    def hears(
        self,
        item: RundownItem,
        loudspeaker: LoudspeakerId,
        zone: ZoneId,
        *,
        sequence: int = 1,
        share: float = 1.0,
        outcome: Outcome = Outcome.FINISHED,
        reason: str = "",
        level: float | None = None,
    ) -> None:
        """Take in a loudspeaker's entry of an item, of which it played a share."""
        length = item.ends_at - item.starts_at
        entry = AsRunEntry(
            loudspeaker=loudspeaker,
            zone=zone,
            journal=JournalId("journal"),
            sequence=sequence,
            previous=GENESIS,
            occurrence=item.occurrence,
            programme=item.programme,
            title=item.title,
            sha256=(),
            approval=item.approval,
            revision=1,
            planned_start=item.starts_at,
            planned_end=item.ends_at,
            outcome=outcome,
            reason=reason,
            started_at=item.starts_at if share else None,
            ended_at=item.starts_at + share * length if share else None,
            played_ms=int(share * length / timedelta(milliseconds=1)),
            level_dbfs=level,
            recorded_at=item.ends_at,
        )
        with self.store.writing() as uow:
            uow.evidence.insert_heard([Heard(entry=entry, hash=entry.hash, received_at=self.now())])
            uow.commit()

    def reports_until(self, loudspeaker: LoudspeakerId, until: datetime) -> None:
        """Let a loudspeaker have told everything up to an instant."""
        with self.store.writing() as uow:
            uow.evidence.put_covers({(loudspeaker, JournalId("journal")): until})
            uow.commit()

    def speaks(
        self,
        loudspeaker: LoudspeakerId,
        *,
        revision: int | None = 1,
        playing: NowPlaying | None = None,
        silences: Iterable[SilenceObeyed] = (),
        **said: object,
    ) -> None:
        """Take in a loudspeaker's presence, healthy unless said otherwise."""
        now = self.now()
        presence = Presence(
            audience="server",
            number=1,
            issued=now,
            online=True,
            expected_by=now + timedelta(seconds=60),
            revision=revision,
            covers_until=now + 9 * DAY,
            silences=tuple(silences),
            clock_error_ms=20,
            disk_free=4_000_000_000,
            playing=playing,
        )
        with self.store.writing() as uow:
            uow.evidence.put_presence(loudspeaker, replace(presence, **said), now)  # type: ignore[arg-type]
            uow.commit()

    def answers(self, loudspeaker: LoudspeakerId, zone: ZoneId, *, revision: int = 1, **said: object) -> None:
        """Take in a loudspeaker's receipt, ready unless said otherwise."""
        receipt = RundownReceipt(
            audience="server",
            number=1,
            issued=self.now(),
            zone=zone,
            state=ReceiptState.READY,
            revision=revision,
            held=revision,
        )
        with self.store.writing() as uow:
            uow.evidence.put_receipt(loudspeaker, replace(receipt, **said), self.now())  # type: ignore[arg-type]
            uow.commit()


def in_notices(*zones: ZoneId, first: date = MONDAY, last: date = MONDAY + 6 * DAY) -> WishInPlaces:
    """Wish for the notices of the morning, at all of Sơn Hà unless zones are named."""
    units = frozenset() if zones else frozenset({SON_HA})
    return WishInPlaces(zones=frozenset(zones), units=units, places=(NOTICES,), first_day=first, last_day=last)


def once(at: time, *zones: ZoneId, day: date = MONDAY, **more: object) -> WishAtTime:
    """Wish for one exact second, at all of Sơn Hà unless zones are named."""
    units = frozenset() if zones else frozenset({SON_HA})
    wish = WishAtTime(zones=frozenset(zones), units=units, first_day=day, at=at)
    return replace(wish, **more)  # type: ignore[arg-type]  # fields by name


def title_bytes(programme: ProgrammeId, language: str) -> bytes:
    """Give bytes that stand for one sound."""
    return f"{programme} {language}".encode()


def _units() -> tuple[Unit, ...]:
    communes = ((SON_HA, "21289", "Xã Sơn Hà"), (SON_LINH, "21290", "Xã Sơn Linh"))
    return (
        Unit(id=QUANG_NGAI, code="51", name="Tỉnh Quảng Ngãi", level=UnitLevel.PROVINCE, parent=None),
        *(
            Unit(id=unit, code=code, name=name, level=UnitLevel.COMMUNE, parent=QUANG_NGAI)
            for unit, code, name in communes
        ),
        *(
            Unit(id=unit, code="", name=f"Thôn {name}", level=UnitLevel.HAMLET, parent=SON_HA)
            for unit, name in HAMLETS.items()
        ),
    )


def _zones() -> tuple[Zone, ...]:
    lang_moi, go_sim, dong_bang = HAMLETS
    return (
        Zone(id=LANG_MOI, station=SON_HA, unit=lang_moi, name="Làng Mới", households=300, residents=1200),
        Zone(id=GO_SIM, station=SON_HA, unit=go_sim, name="Gò Sim", languages=("hre", "vi"), households=210),
        Zone(id=DONG_BANG, station=SON_HA, unit=dong_bang, name="Đồng Bằng", households=150, residents=600),
        Zone(id=NEIGHBOURS, station=SON_LINH, unit=SON_LINH, name="Sơn Linh"),
    )


def _loudspeakers() -> tuple[Loudspeaker, ...]:
    long_ago = DAWN - timedelta(days=300)
    return (
        Loudspeaker(id=GATE, zone=LANG_MOI, name="Cổng thôn Làng Mới", public_key="11" * 32, since=long_ago),
        Loudspeaker(
            id=GATEWAY,
            zone=GO_SIM,
            name="Bộ FM Gò Sim",
            public_key="22" * 32,
            since=long_ago,
            kind=LoudspeakerKind.GATEWAY,
            clusters=6,
        ),
        Loudspeaker(id=MARKET, zone=DONG_BANG, name="Chợ Đồng Bằng", public_key="33" * 32, since=long_ago),
        Loudspeaker(id=OVER_THERE, zone=NEIGHBOURS, name="Sơn Linh", public_key="44" * 32, since=long_ago),
    )


def _regulation(station: UnitId) -> Regulation:
    return Regulation(
        station=station,
        number="12/QĐ-UBND",
        signed_on=date(2026, 1, 5),
        signer="Phạm Văn Lực",
        valid_from=date(2026, 1, 15),
        time_zone="Asia/Ho_Chi_Minh",
        sessions=(
            SessionRule(session=SessionName.MORNING, earliest=time(5), latest=time(7), max_minutes=60),
            SessionRule(session=SessionName.EVENING, earliest=time(16, 30), latest=time(18, 30), max_minutes=60),
        ),
        max_minutes_a_day=120,
    )


def _fixed() -> tuple[StoredProgramme, ...]:
    sounds: tuple[tuple[ProgrammeId, str, Kind, Recording | Relay], ...] = (
        (SIGNAL, "Nhạc hiệu", Kind.SIGNAL, recording("signal", timedelta(seconds=40))),
        (TUNE, "Nhạc không lời", Kind.MUSIC, recording("tune", timedelta(seconds=45))),
        (VOV_RELAY, "Tiếp sóng VOV1", Kind.RELAY, Relay(VOV1)),
    )
    return tuple(
        StoredProgramme(
            programme=Programme(
                id=each,
                owner=SON_HA,
                version=1,
                title=title,
                kind=kind,
                origin=Origin.COMMUNE,
                level=Level.ORDINARY,
                state=State.DRAFT,
                variants=(Variant("vi", source),),
            ),
            changed_by=frozenset({OFFICER.id}),
            changed_at=DAWN,
        )
        for each, title, kind, source in sounds
    )


def _templates() -> tuple[SessionTemplate, ...]:
    morning = SessionTemplate(
        id=MORNING,
        station=SON_HA,
        session=SessionName.MORNING,
        name="Buổi sáng",
        starts=time(5, 30),
        ends=time(6, 20),
        valid_from=date(2026, 1, 1),
        places=(
            Place(
                id=OPENING,
                name="Nhạc hiệu",
                fill=Fixed(SIGNAL),
                minutes=1,
            ),
            Place(id=NEWS, name="Bản tin", fill=ByHand(), minutes=12, at=time(5, 31)),
            Place(id=NOTICES, name="Mục thông báo", fill=ByHand(), minutes=3, at=time(5, 43)),
            Place(id=MUSIC, name="Nhạc không lời", fill=Fixed(TUNE), minutes=2, filler=True),
            Place(
                id=RELAYED,
                name="Tiếp sóng",
                fill=Fixed(VOV_RELAY),
                minutes=15,
                at=time(6),
            ),
            Place(
                id=CLOSING,
                name="Lời kết",
                fill=Fixed(SIGNAL),
                minutes=1,
            ),
        ),
    )
    evening = SessionTemplate(
        id=EVENING,
        station=SON_HA,
        session=SessionName.EVENING,
        name="Buổi chiều",
        starts=time(17),
        ends=time(17, 30),
        weekdays=frozenset(range(6)),
        valid_from=date(2026, 1, 1),
        places=(
            Place(id=EVENING_NOTICES, name="Mục thông báo", fill=ByHand(), minutes=3),
            Place(
                id=AGAIN,
                name="Phát lại bản tin",
                fill=Repeats(NEWS),
                minutes=12,
            ),
        ),
    )
    return (morning, evening)
