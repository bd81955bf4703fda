"""Values for the contracts: one station with a zone and a loudspeaker, and one of everything else."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from schedules.approval import Approval
from schedules.asrun import AsRunEntry, Outcome
from schedules.campaign import Campaign, CampaignState, Goal, LegalBasis
from schedules.chain import GENESIS
from schedules.fills import ByHand, Fixed, Newest, OfCampaign, Repeats, Rotation, Subscribed
from schedules.ids import (
    CampaignId,
    ChannelId,
    GroupId,
    JournalId,
    LoudspeakerId,
    OccurrenceId,
    PartId,
    PersonId,
    PlaceId,
    ProgrammeId,
    Sha256,
    SlotId,
    SuccessionId,
    TemplateId,
    UnitId,
    ZoneId,
)
from schedules.mark import Mark, MarkKind
from schedules.part import Genre, Part
from schedules.programme import Kind, Level, Origin, Programme, Recording, Relay, State, Variant
from schedules.recurrence import weekly
from schedules.regulation import Opening, Regulation, SessionName, SessionRule, Suspension, VolumeRule
from schedules.rundown import Played, Rundown, RundownItem
from schedules.session import Place, SessionTemplate
from schedules.slot import AtTime, CatchUp, Interrupted, Slot, SlotException, StartPolicy
from schedules.times import Span
from schedules.unit import Group, Standing, Target, Unit, UnitLevel, Zone
from schedules.way import Way, WrittenOrder
from schedules.wire.messages import Channel, NowPlaying, Presence, ReceiptState, RundownIssued, RundownReceipt
from schedules.wire.seal import SigningKey, sealed
from server.evidence_records import Heard, KeptMark
from server.issue_records import IssuedRundown, Settled, SilenceOrder
from server.ports import Store, UnitOfWork
from server.values import (
    Loudspeaker,
    LoudspeakerKind,
    MaintenanceLock,
    Person,
    Role,
    Stood,
    StoredApproval,
    StoredCampaign,
    StoredProgramme,
    StoredSlot,
    StoredSuccession,
    StoredTemplate,
    Take,
    TakeOrigin,
    TakeState,
)

NOW = datetime(2026, 11, 23, 1, 2, 3, 456_000, UTC)
TODAY = date(2026, 11, 23)
MINUTE = timedelta(minutes=1)
PROVINCE, COMMUNE = UnitId("unit-quang-ngai"), UnitId("unit-son-ha")
ZONE, OTHER_ZONE = ZoneId("zone-lang-moi"), ZoneId("zone-go-sim")
POLE, OTHER_POLE = LoudspeakerId("pole-1"), LoudspeakerId("pole-2")
JOURNAL = JournalId("journal-a")
NOTICE, SLOT, TEMPLATE = ProgrammeId("notice-1"), SlotId("slot-1"), TemplateId("template-1")
CHANNEL = ChannelId("vov1")
OFFICER = PersonId("person-1")
SPOKEN = Recording(Sha256("a" * 64), 560_000, 70_000)
MUSIC = Recording(Sha256("b" * 64), 80_000, 10_000)

PEOPLE = Person(
    id=OFFICER,
    login="y.nhi",
    name="Đinh Thị Y Nhi",
    unit=COMMUNE,
    roles=frozenset({Role.OFFICER, Role.EDITOR}),
    password_hash="$argon2id$made-up",
    must_change_password=True,
    password_ends=NOW + MINUTE,
)
UNITS = (
    Unit(id=PROVINCE, code="51", name="Tỉnh Quảng Ngãi", level=UnitLevel.PROVINCE, parent=None),
    Unit(
        id=COMMUNE,
        code="21289",
        name="Xã Sơn Hà",
        level=UnitLevel.COMMUNE,
        parent=PROVINCE,
        valid_from=date(2025, 7, 1),
        valid_to=date(2030, 7, 1),
        successors=(UnitId("unit-later"),),
        position=(15.0449, 108.434),
    ),
    Unit(
        id=UnitId("unit-later"),
        code="21289",
        name="Phường Sơn Hà",
        level=UnitLevel.COMMUNE,
        parent=PROVINCE,
        valid_from=date(2030, 7, 1),
    ),
)
ZONES = (
    Zone(
        id=ZONE,
        station=COMMUNE,
        unit=COMMUNE,
        name="Làng Mới",
        households=310,
        residents=1200,
        tags=frozenset({"vùng lũ"}),
        stood=(Standing(date(2025, 7, 1), PROVINCE, PROVINCE),),
        moves=(Standing(date(2030, 7, 1), UnitId("unit-later"), UnitId("unit-later")),),
    ),
    Zone(id=OTHER_ZONE, station=COMMUNE, unit=COMMUNE, name="Gò Sim", languages=("hre", "vi")),
)
SUCCESSION = StoredSuccession(
    id=SuccessionId("succession-1"),
    on=date(2030, 7, 1),
    basis="Nghị quyết 12/NQ-HĐND",
    ends={COMMUNE: (UnitId("unit-later"),)},
    decided_by=OFFICER,
    decided_at=NOW,
)
GROUP = Group(
    id=GroupId("group-1"), owner=PROVINCE, name="Ven sông", zones=frozenset({ZONE}), units=frozenset({COMMUNE})
)
REGULATION = Regulation(
    station=COMMUNE,
    number="12/QĐ-UBND",
    signed_on=date(2026, 1, 5),
    signer="Phạm Văn Lực",
    valid_from=date(2026, 1, 15),
    time_zone="Asia/Ho_Chi_Minh",
    sessions=(
        SessionRule(session=SessionName.MORNING, earliest=time(5), latest=time(6, 30), max_minutes=60, min_minutes=20),
        SessionRule(
            session=SessionName.EVENING,
            earliest=time(17),
            latest=time(0),
            max_minutes=90,
            weekdays=frozenset({0, 1, 2, 3, 4, 5}),
        ),
    ),
    max_minutes_a_day=150,
    volume=(VolumeRule(time(5), time(5, 30), 60),),
    document="Quy chế hoạt động của Đài truyền thanh xã Sơn Hà",
    min_minutes_a_day=30,
    sessions_a_day=2,
    outside_approval="Điều 7",
    languages=("vi", "hre"),
    openings=(
        Opening(
            number="31/TB-UBND",
            signed_on=date(2026, 11, 20),
            signer="Phạm Văn Lực",
            reason="Mưa lũ",
            first_day=date(2026, 11, 23),
            last_day=date(2026, 11, 30),
            rule=SessionRule(session=SessionName.NOON, earliest=time(11), latest=time(11, 30), max_minutes=15),
        ),
    ),
    suspensions=(
        Suspension(
            number="44/CV",
            signed_on=date(2026, 11, 1),
            signer="Sở Giáo dục và Đào tạo",
            reason="Thi tốt nghiệp",
            first_day=date(2027, 6, 11),
            last_day=date(2027, 6, 13),
            kinds=frozenset({Kind.MUSIC}),
        ),
    ),
)
VOV1 = Channel(id=CHANNEL, name="VOV1", address="http://127.0.0.1:8000/vov1.mp3", fallback=MUSIC)
LOUDSPEAKERS = (
    Loudspeaker(id=POLE, zone=ZONE, name="Cổng thôn", public_key="11" * 32, position=(14.98735, 108.4712), since=NOW),
    Loudspeaker(
        id=OTHER_POLE,
        zone=OTHER_ZONE,
        name="Bộ FM",
        public_key="22" * 32,
        kind=LoudspeakerKind.GATEWAY,
        clusters=6,
        volume=80,
        lock=MaintenanceLock(NOW + MINUTE, OFFICER, "thay loa"),
        since=NOW,
        stood=(Stood(ZONE, NOW - MINUTE),),
        retired_at=NOW + 2 * MINUTE,
    ),
)
PROGRAMME = StoredProgramme(
    programme=Programme(
        id=NOTICE,
        owner=COMMUNE,
        version=1,
        title="Tạm ngừng cấp điện thôn Làng Mới",
        kind=Kind.NOTICE,
        origin=Origin.COMMUNE,
        level=Level.PRIORITY,
        state=State.DRAFT,
        variants=(Variant("vi", SPOKEN), Variant("hre", Relay(CHANNEL, MUSIC)), Variant("cor", Relay(CHANNEL))),
        times_read=2,
        topic="Điện",
        requested_by="Điện lực",
        document="218/TB",
        valid_until=NOW + 3 * MINUTE,
        for_places=True,
        parts=(
            Part(
                id=PartId("part-1"),
                genre=Genre.REPORTAGE,
                title="Điện về bản",
                authors=("Đinh Thị Y Nhi", "Phạm Văn Lực"),
                reader="Y Nhi",
                source="Điện lực",
                lasts=MINUTE,
            ),
            Part(id=PartId("part-2"), genre=Genre.NEWS, title="Họp thôn"),
        ),
    ),
    texts={"vi": "Kính thưa bà con…"},
    changed_by=frozenset({OFFICER}),
    machine_voiced=frozenset({"vi"}),
    note="Sửa ngày",
    changed_at=NOW,
)
TAKE = Take(
    id="take-1",
    programme=NOTICE,
    language="vi",
    origin=TakeOrigin.MICROPHONE,
    state=TakeState.READY,
    made_by=OFFICER,
    made_at=NOW,
    file_name="ghi âm.m4a",
    progress=0.5,
    reason="",
    recording=SPOKEN,
    loudness_before=-31.5,
    loudness_after=-16.0,
    true_peak_after=-1.5,
)
SLOTTED = StoredSlot(
    slot=Slot(
        id=SLOT,
        programme=NOTICE,
        target=Target(
            frozenset({ZONE}), frozenset({COMMUNE}), frozenset({GROUP.id}), frozenset({"vi"}), frozenset({"vùng lũ"})
        ),
        timing=AtTime(
            first_day=date(2026, 11, 23),
            at=time(5, 43, 20),
            rule=weekly({0, 4}),
            until=date(2026, 12, 31),
            exceptions=(SlotException(NOW), SlotException(NOW + MINUTE, NOW + 2 * MINUTE)),
        ),
        lasts=timedelta(minutes=29),
        start=StartPolicy.WAIT,
        wait=timedelta(seconds=90),
        catch_up=CatchUp.LATE,
        late=timedelta(minutes=10),
        interrupted=Interrupted.RESUME,
        way=Way.ORDERED,
        order=WrittenOrder("15/KH-UBND", date(2026, 11, 2), "UBND tỉnh"),
    ),
    changed_by=frozenset({OFFICER}),
    changed_at=NOW,
)
MORNING = StoredTemplate(
    template=SessionTemplate(
        id=TEMPLATE,
        station=COMMUNE,
        session=SessionName.MORNING,
        name="Buổi sáng",
        starts=time(5, 30),
        ends=time(6, 30),
        places=(
            Place(
                id=PlaceId("opening"),
                name="Nhạc hiệu",
                fill=Fixed(NOTICE),
                minutes=1,
            ),
            Place(id=PlaceId("notices"), name="Thông báo", fill=ByHand(), minutes=3),
            Place(id=PlaceId("music"), name="Nhạc", fill=Fixed(NOTICE), minutes=2, filler=True),
            Place(
                id=PlaceId("newest"),
                name="Bản tin mới nhất",
                fill=Newest(kind=Kind.BULLETIN, owners=frozenset({COMMUNE, PROVINCE}), topic="Điện", max_age_days=3),
                minutes=9,
            ),
            Place(
                id=PlaceId("turn"),
                name="Lần lượt",
                fill=Rotation(programmes=(NOTICE, ProgrammeId("notice-2")), first_day=date(2026, 11, 2)),
                minutes=4,
            ),
            Place(id=PlaceId("campaign"), name="Đợt", fill=OfCampaign(CampaignId("campaign-1")), minutes=4),
            Place(
                id=PlaceId("offers"),
                name="Mời phát",
                fill=Subscribed(frozenset({Kind.NOTICE}), frozenset({"Điện"})),
                minutes=5,
            ),
            Place(
                id=PlaceId("again"),
                name="Phát lại",
                fill=Repeats(PlaceId("notices")),
                minutes=3,
                at=time(6),
            ),
        ),
        weekdays=frozenset({0, 1, 2}),
        valid_from=date(2026, 11, 1),
        valid_to=date(2027, 1, 1),
        replaces=TemplateId("template-0"),
        refused=2,
    ),
    changed_by=frozenset({OFFICER}),
    changed_at=NOW,
    note="Sai giờ bắt đầu",
)
RELEASE = StoredApproval(
    subject=SLOT, approval=Approval("c" * 64, frozenset({ZONE}), OFFICER, NOW), canonical=b'{"slot":1}'
)
CAMPAIGN = StoredCampaign(
    campaign=Campaign(
        id=CampaignId("campaign-1"),
        owner=PROVINCE,
        title="Tuyên truyền bầu cử",
        purpose="Bà con biết cách bỏ phiếu",
        basis=LegalBasis("36-KH/BTGDVTU", date(2026, 11, 2)),
        first_day=date(2026, 11, 23),
        last_day=date(2026, 12, 12),
        goals=(
            Goal(Target(units=frozenset({PROVINCE})), 2, 15),
            Goal(Target(zones=frozenset({OTHER_ZONE})), 1, 10, frozenset({"hre", "vi"})),
        ),
        programmes=(NOTICE,),
        state=CampaignState.RUNNING,
        version=1,
    ),
    changed_by=frozenset({OFFICER}),
    changed_at=NOW,
)
ISSUE_KEY = SigningKey("issue", bytes(range(32)))


def founded(store: Store) -> Store:
    """Give the store with units, zones and loudspeakers in it."""
    with store.writing() as uow:
        uow.places.put_units(UNITS)
        for zone in ZONES:
            uow.places.put_zone(zone)
        for loudspeaker in LOUDSPEAKERS:
            uow.places.put_loudspeaker(loudspeaker)
        uow.commit()
    return store


def item(
    name: str, start: datetime, *, minutes: int = 1, recording: Recording = SPOKEN, late: bool = False
) -> RundownItem:
    """Give an item that plays one recording."""
    return RundownItem(
        occurrence=OccurrenceId(name),
        starts_at=start,
        ends_at=start + minutes * MINUTE,
        title=f"Mục {name}",
        kind=Kind.NOTICE,
        level=Level.ORDINARY,
        language="vi",
        programme=NOTICE,
        sound=Played((recording, recording), 500),
        approval="c" * 64,
        latest_start=start + MINUTE,
        late_until=start + minutes * MINUTE if late else None,
        valid_until=start + 10 * MINUTE,
    )


AROUND_NOW = Span(NOW - timedelta(hours=2), NOW + timedelta(days=9))


def issued(
    revision: int, *items: RundownItem, at: datetime = NOW, zone: ZoneId = ZONE, covers: Span = AROUND_NOW
) -> IssuedRundown:
    """Give a signed rundown."""
    rundown = Rundown(zone=zone, epoch=1, revision=revision, covers=covers, items=items)
    message = RundownIssued(audience=f"zone:{zone}", epoch=1, number=revision, issued=at, rundown=rundown)
    return IssuedRundown(rundown=rundown, envelope=sealed(message, ISSUE_KEY), issued_at=at)


def settle(uow: UnitOfWork, rundown: IssuedRundown, *, planned_from: int = 1, day: date = TODAY) -> None:
    """Store a rundown in the place of the one in force, as issuing does."""
    zone = rundown.rundown.zone
    before = uow.issue.in_force([zone]).get(zone)
    uow.issue.settle([Settled(zone=zone, planned_from=planned_from, planned_for=day, issued=rundown, before=before)])


def order(number: int, *, ordered: bool = True, audience: str = f"zone:{ZONE}") -> SilenceOrder:
    """Give an order about silence."""
    return SilenceOrder(
        audience=audience,
        number=number,
        ordered=ordered,
        until=NOW + MINUTE,
        spares_emergencies=False,
        by=OFFICER,
        at=NOW,
    )


def chain(count: int, *, journal: JournalId = JOURNAL, title: str = "") -> list[AsRunEntry]:
    """Give the first entries of a journal, each chained to the one before, a minute apart."""
    entries: list[AsRunEntry] = []
    for sequence in range(1, count + 1):
        start = NOW + sequence * MINUTE
        entries.append(
            AsRunEntry(
                loudspeaker=POLE,
                zone=ZONE,
                journal=journal,
                sequence=sequence,
                previous=entries[-1].hash if entries else GENESIS,
                occurrence=OccurrenceId(f"o{sequence}"),
                programme=NOTICE,
                title=title or f"Mục o{sequence}",
                sha256=(SPOKEN.sha256, SPOKEN.sha256),
                approval="c" * 64,
                revision=7,
                planned_start=start,
                planned_end=start + MINUTE,
                outcome=Outcome.CUT_SHORT,
                reason="silence.ordered",
                started_at=start,
                ended_at=start + MINUTE / 2,
                played_ms=30_000,
                received_ms=29_000,
                level_dbfs=-20.5,
                clock_error_ms=12,
                recorded_at=start + MINUTE,
            )
        )
    return entries


def mark(kind: MarkKind, after: AsRunEntry | Mark, **about: object) -> Mark:
    """Give the mark that follows an entry or a mark."""
    given: dict[str, object] = {
        "loudspeaker": after.loudspeaker,
        "journal": after.journal,
        "sequence": after.sequence + 1,
        "previous": after.hash,
        "kind": kind,
        "recorded_at": after.recorded_at + MINUTE,
        "clock_error_ms": 40,
        "covers_until": after.recorded_at + MINUTE,
    }
    return Mark(**{**given, **about})  # type: ignore[arg-type]  # the fields of a mark


def kept_mark(mark: Mark, *, at: datetime = NOW, flags: frozenset[str] = frozenset()) -> KeptMark:
    """Give a mark as it is kept."""
    return KeptMark(mark=mark, hash=mark.hash, received_at=at, flags=flags)


def heard(entry: AsRunEntry, *, at: datetime = NOW, flags: frozenset[str] = frozenset()) -> Heard:
    """Give an entry as it is kept."""
    return Heard(entry=entry, hash=entry.hash, received_at=at, flags=flags)


def presence(number: int, *, online: bool = True, revision: int | None = 7) -> Presence:
    """Give what a loudspeaker says about itself."""
    return Presence(
        audience="server",
        number=number,
        issued=NOW,
        online=online,
        version="0.1.0",
        expected_by=NOW + MINUTE,
        revision=revision,
        clock_error_ms=15,
        disk_free=10**9,
        temperature=41.5,
        volume=80,
        playing=NowPlaying(occurrence=OccurrenceId("o1"), title="Bản tin", position_ms=1500),
        faults=("sim.empty",),
    )


def receipt(revision: int) -> RundownReceipt:
    """Give a loudspeaker's answer to a rundown."""
    return RundownReceipt(
        audience="server",
        number=revision,
        issued=NOW,
        zone=ZONE,
        state=ReceiptState.RECEIVED,
        revision=revision,
        held=revision,
        missing=(SPOKEN.sha256,),
    )


def next_version(stored: StoredProgramme) -> StoredProgramme:
    """Give the programme after one more change."""
    return replace(stored, programme=replace(stored.programme, version=stored.programme.version + 1))
