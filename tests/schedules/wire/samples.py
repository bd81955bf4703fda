"""A message of every type, once with every field set and once with only what must be; and keys that never change."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.emergency import Event, Exercise, Severity, Words
from schedules.emergency_list import Cancelled, Drill, EmergencyList, Live
from schedules.errors import WireError
from schedules.ids import (
    ChannelId,
    CommandId,
    DeviceId,
    EmergencyId,
    EnrolmentId,
    ExerciseId,
    JournalId,
    LoudspeakerId,
    OccurrenceId,
    PersonId,
    ProgrammeId,
    Sha256,
    UnitId,
    ZoneId,
)
from schedules.mark import Mark, MarkKind
from schedules.night import NightSilence
from schedules.programme import Kind, Level, Origin, Recording
from schedules.regulation import Opening, Regulation, SessionName, SessionRule, Suspension, VolumeRule
from schedules.rundown import Played, Relayed, Rundown, RundownItem
from schedules.times import Span, instant_of
from schedules.wire.command import Command, CommandAnswered, CommandState, DiagnosticsGathered, LogLevel, Section, What
from schedules.wire.emergency import EmergencyIssued, EmergencyListed, ExerciseIssued
from schedules.wire.enrolment import CertificateIssued, CertificateRequested, Enrolled, EnrolmentRequested
from schedules.wire.kinds import SIGNED_BY
from schedules.wire.messages import (
    NO_DEVICE,
    AsRunAcknowledged,
    AsRunReport,
    Assignment,
    Challenge,
    Channel,
    Current,
    KeyRole,
    LedgerHead,
    LedgerState,
    Message,
    NowPlaying,
    Presence,
    ReceiptState,
    RundownIssued,
    RundownReceipt,
    SilenceObeyed,
    SilenceOrdered,
    TrustedKey,
    TrustList,
)
from schedules.wire.seal import SigningKey
from schedules.wire.trust import Trust


def key(number: int) -> SigningKey:
    """Give the signing key whose seed is one byte 32 times, under its fingerprint."""
    seed = bytes([number]) * 32
    return SigningKey.of(seed)


ROOT, OTHER_ROOT, ISSUE, STATE, DEVICE, TLS, EMERGENCY = (key(number) for number in range(1, 8))
SIGNERS = {
    KeyRole.ROOT: ROOT,
    KeyRole.ISSUE: ISSUE,
    KeyRole.STATE: STATE,
    KeyRole.DEVICE: DEVICE,
    KeyRole.EMERGENCY: EMERGENCY,
}

NOW = instant_of("2026-11-22T17:05:00.250Z")
ZONE, UNIT, POLE = ZoneId("lang-moi"), UnitId("son-ha"), LoudspeakerId("loa-1")
NEWS = Recording(Sha256("a" * 64), 5_760_000, 720_000)
NOTICE = Recording(Sha256("b" * 64), 560_000, 70_000)
SONG = Recording(Sha256("c" * 64), 1_920_000, 240_000)


def trusted(signer: SigningKey, role: KeyRole, expires: datetime | None = None) -> TrustedKey:
    return TrustedKey(key=signer.key, public=signer.public, role=role, expires=expires)


ROOTS = (trusted(ROOT, KeyRole.ROOT),)
TRUST_LIST = TrustList(
    audience="all",
    epoch=1,
    number=1,
    issued=NOW,
    expires=NOW + timedelta(days=400),
    keys=(
        trusted(ROOT, KeyRole.ROOT),
        trusted(ISSUE, KeyRole.ISSUE, NOW + timedelta(days=400)),
        trusted(STATE, KeyRole.STATE, NOW + timedelta(days=400)),
    ),
    threshold=1,
    volume_ceiling=90,
)
TRUST = Trust(TRUST_LIST)


def item(name: str, minutes: float, length: timedelta, **about: object) -> RundownItem:
    """Give an item that starts some minutes after 05:30 local time."""
    start = instant_of("2026-11-22T22:30:00Z") + timedelta(minutes=minutes)
    given: dict[str, object] = {
        "occurrence": OccurrenceId(name * 32),
        "starts_at": start,
        "ends_at": start + length,
        "title": "Bản tin Sơn Hà, số 47",
        "kind": Kind.BULLETIN,
        "level": Level.ORDINARY,
        "language": "vi",
        "programme": ProgrammeId("ban-tin"),
        "sound": Played((NEWS,)),
        "approval": "d" * 64,
    }
    return RundownItem(**{**given, **about})  # type: ignore[arg-type]  # the fields of an item


RUNDOWN = Rundown(
    zone=ZONE,
    epoch=1,
    revision=1_795_000_000_123,
    covers=Span(instant_of("2026-11-22T17:00:00Z"), instant_of("2026-12-01T17:00:00Z")),
    items=(
        item("1", 1, timedelta(minutes=12)),
        item(
            "2",
            13,
            timedelta(seconds=142),
            title="Tạm ngừng cấp điện thôn Làng Mới, Gò Sim",
            kind=Kind.NOTICE,
            level=Level.PRIORITY,
            programme=ProgrammeId("cat-dien"),
            sound=Played((NOTICE, NOTICE)),
            latest_start=instant_of("2026-11-22T22:48:00Z"),
            valid_until=instant_of("2026-11-23T00:00:00Z"),
        ),
        item("3", 20, timedelta(minutes=4), kind=Kind.MUSIC, sound=Played((SONG, SONG), 30_000)),
        item("4", 30, timedelta(minutes=29), kind=Kind.RELAY, sound=Relayed(ChannelId("vov1"), SONG)),
        item("5", 60, timedelta(minutes=20), kind=Kind.RELAY, sound=Relayed(ChannelId("qngtv"))),
    ),
)
REGULATION = Regulation(
    station=UNIT,
    number="12/QĐ-UBND",
    signed_on=date(2026, 1, 5),
    signer="Chủ tịch UBND xã Sơn Hà",
    valid_from=date(2026, 1, 15),
    time_zone="Asia/Ho_Chi_Minh",
    sessions=(
        SessionRule(session=SessionName.MORNING, earliest=time(5, 0), latest=time(6, 30), max_minutes=60),
        SessionRule(
            session=SessionName.EVENING,
            earliest=time(17, 0),
            latest=time(0, 0),
            max_minutes=60,
            weekdays=frozenset({0, 1, 2, 3, 4, 5}),
        ),
    ),
    max_minutes_a_day=120,
    kinds=frozenset({Kind.BULLETIN, Kind.NOTICE, Kind.RELAY}),
    volume=(VolumeRule(time(21, 0), time(5, 30), 60),),
)
ENTRY = AsRunEntry(
    loudspeaker=POLE,
    zone=ZONE,
    journal=JournalId("nhat-ky-1"),
    sequence=1,
    previous=GENESIS,
    occurrence=OccurrenceId("1" * 32),
    programme=ProgrammeId("ban-tin"),
    title="Bản tin Sơn Hà, số 47",
    sha256=(NEWS.sha256,),
    approval="d" * 64,
    revision=RUNDOWN.revision,
    planned_start=RUNDOWN.items[0].starts_at,
    planned_end=RUNDOWN.items[0].ends_at,
    outcome=Outcome.CUT_SHORT,
    reason="device.rebooted",
    started_at=RUNDOWN.items[0].starts_at,
    ended_at=RUNDOWN.items[0].starts_at + timedelta(minutes=5),
    played_ms=300_000,
    received_ms=0,
    level_dbfs=-20.5,
    clock_error_ms=12,
    recorded_at=NOW,
)
SKIPPED = AsRunEntry(
    loudspeaker=POLE,
    zone=ZONE,
    journal=JournalId("nhat-ky-1"),
    sequence=2,
    previous=ENTRY.hash,
    occurrence=OccurrenceId("2" * 32),
    programme=ProgrammeId("cat-dien"),
    title="Tạm ngừng cấp điện",
    sha256=(),
    approval="d" * 64,
    revision=RUNDOWN.revision,
    planned_start=RUNDOWN.items[1].starts_at,
    planned_end=RUNDOWN.items[1].ends_at,
    outcome=Outcome.SKIPPED,
    recorded_at=NOW,
)
TO_ZONE, TO_UNIT, TO_POLE, TO_SERVER = f"zone:{ZONE}", f"unit:{UNIT}", f"loudspeaker:{POLE}", "server"
LATER = NOW + timedelta(days=9)
LEDGER = LedgerState(7, "5d" * 32)
LIVE = Live(
    id=EmergencyId("lu-quet"),
    sender=UNIT,
    origin=Origin.COMMUNE,
    sent=NOW,
    expires=NOW + timedelta(minutes=30),
    units=(UNIT,),
    event=Event.FLASH_FLOOD,
    severity=Severity.EXTREME,
    times=3,
    pause_s=20,
    lasts_s=25,
    sha256=Sha256("e" * 64),
    break_glass=True,
)
LISTED = EmergencyList(
    unit=UNIT,
    number=1_795_000_000_200,
    live=(LIVE,),
    cancelled=(Cancelled(EmergencyId("bao"), NOW + timedelta(minutes=10)),),
    exercises=(Drill(ExerciseId("so-tan"), NOW + timedelta(minutes=20)),),
)
EXERCISE = Exercise(
    id=ExerciseId("so-tan"),
    sender=UNIT,
    ordered_by=PersonId("chu-tich"),
    sent=NOW,
    expires=NOW + timedelta(minutes=20),
    units=(UNIT,),
    event=Event.FLOOD,
    headline="Diễn tập sơ tán",
    words=(Words("vi", "Bà con tập trung về nhà văn hoá."),),
    times=2,
    pause_s=20,
)
MP3 = bytes.fromhex("fff3184000")
"""Not a whole frame; what a sound holds is the player's to judge."""

FULL: tuple[Message, ...] = (
    TRUST_LIST,
    RundownIssued(audience=TO_ZONE, epoch=1, number=RUNDOWN.revision, issued=NOW, expires=LATER, rundown=RUNDOWN),
    SilenceOrdered(
        audience=TO_UNIT,
        epoch=1,
        number=7,
        issued=NOW,
        expires=LATER,
        ordered=True,
        until=LATER,
        spares_emergencies=False,
    ),
    Assignment(
        audience=TO_POLE,
        epoch=1,
        number=3,
        issued=NOW,
        expires=LATER,
        loudspeaker=POLE,
        name="Cụm loa 1, thôn Làng Mới",
        zone=ZONE,
        units=(UnitId("lang-moi"), UNIT, UnitId("quang-ngai")),
        regulations=(REGULATION,),
        channels=(
            Channel(id=ChannelId("vov1"), name="VOV1", address="http://127.0.0.1:8123/vov1.mp3", fallback=SONG),
            Channel(id=ChannelId("qngtv"), name="Đài tỉnh", address="http://127.0.0.1:8123/qngtv.mp3"),
        ),
        volume=80,
        maintenance_until=LATER,
    ),
    AsRunAcknowledged(
        audience=TO_POLE,
        epoch=1,
        number=9,
        issued=NOW,
        expires=LATER,
        journal=ENTRY.journal,
        through=2,
        head=SKIPPED.hash,
    ),
    Current(
        audience=TO_POLE,
        epoch=1,
        number=10,
        issued=NOW,
        expires=LATER,
        nonce="0123456789abcdef0123456789abcdef",
        time=NOW,
        trust=1,
        rundown=RUNDOWN.revision,
        assignment=3,
        silences=((TO_ZONE, 0), (TO_UNIT, 7)),
    ),
    Challenge(
        audience=TO_SERVER, epoch=1, number=1, issued=NOW, expires=LATER, nonce="0123456789abcdef0123456789abcdef"
    ),
    RundownReceipt(
        audience=TO_SERVER,
        epoch=1,
        number=2,
        issued=NOW,
        expires=LATER,
        zone=ZONE,
        state=ReceiptState.REFUSED,
        revision=RUNDOWN.revision,
        held=RUNDOWN.revision - 1,
        missing=(NEWS.sha256, SONG.sha256),
        reason="wire.bad_signature",
    ),
    AsRunReport(
        audience=TO_SERVER,
        epoch=1,
        number=3,
        issued=NOW,
        expires=LATER,
        journal=ENTRY.journal,
        covers_until=NOW,
        head=SKIPPED.hash,
        entries=(ENTRY, SKIPPED),
    ),
    Presence(
        audience=TO_SERVER,
        epoch=1,
        number=4,
        issued=NOW,
        expires=LATER,
        online=True,
        version="0.1.0",
        expected_by=NOW + timedelta(seconds=90),
        revision=RUNDOWN.revision,
        covers_until=NOW,
        silences=(SilenceObeyed(audience=TO_UNIT, number=7),),
        clock_error_ms=12,
        disk_free=1_000_000_000,
        temperature=48.5,
        volume=80,
        playing=NowPlaying(occurrence=OccurrenceId("1" * 32), title="Bản tin Sơn Hà", position_ms=61_250),
        faults=("sim.out_of_data",),
    ),
    EnrolmentRequested(
        audience=TO_SERVER,
        epoch=1,
        number=5,
        issued=NOW,
        expires=LATER,
        enrolment=EnrolmentId("k7m29qxt"),
        nonce="0123456789abcdef0123456789abcdef",
        device_key=DEVICE.public,
        tls_key=TLS.public,
        version="0.1.0",
    ),
    Enrolled(
        audience=TO_POLE,
        epoch=1,
        number=11,
        issued=NOW,
        expires=LATER,
        nonce="0123456789abcdef0123456789abcdef",
        loudspeaker=POLE,
        device=DeviceId(DEVICE.key),
        broker_host="radio.example.vn",
        broker_port=8883,
        audio_url="https://radio.example.vn/audio/",
        certificate="-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        authority="-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n",
        certificate_expires=LATER,
    ),
    CertificateRequested(
        audience=TO_SERVER,
        epoch=1,
        number=6,
        issued=NOW,
        expires=LATER,
        device=DeviceId(DEVICE.key),
        nonce="0123456789abcdef0123456789abcdef",
        tls_key=TLS.public,
    ),
    CertificateIssued(
        audience=TO_POLE,
        epoch=1,
        number=12,
        issued=NOW,
        expires=LATER,
        nonce="0123456789abcdef0123456789abcdef",
        certificate="-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n",
        authority="-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n",
        certificate_expires=LATER,
    ),
    LedgerHead(audience="outside", epoch=1, number=7, issued=NOW, expires=LATER, ledger=LEDGER),
    EmergencyListed(audience=TO_UNIT, epoch=1, number=LISTED.number, issued=NOW, expires=LATER, listed=LISTED),
    EmergencyIssued(
        audience=TO_UNIT,
        epoch=1,
        number=8,
        issued=NOW,
        expires=LATER,
        emergency=LIVE.id,
        headline="Lũ quét về thôn Làng Mới",
        sha256=LIVE.sha256,
        sound=MP3,
    ),
    ExerciseIssued(audience=TO_UNIT, epoch=1, number=9, issued=NOW, expires=LATER, exercise=EXERCISE, sound=MP3),
    Command(
        audience=TO_POLE,
        epoch=1,
        number=13,
        issued=NOW,
        expires=NOW + timedelta(minutes=10),
        command=CommandId("4f1c9a"),
        device=DeviceId(DEVICE.key),
        what=What.LOG_LEVEL,
        level=LogLevel.DEBUG,
        until=NOW + timedelta(hours=6),
    ),
    CommandAnswered(
        audience=TO_SERVER,
        epoch=1,
        number=8,
        issued=NOW,
        expires=LATER,
        command=CommandId("4f1c9a"),
        state=CommandState.REJECTED,
        reason="guard.outside_hours",
        level_dbfs=-20.5,
    ),
    DiagnosticsGathered(
        audience=TO_SERVER,
        epoch=1,
        number=9,
        issued=NOW,
        expires=LATER,
        command=CommandId("4f1c9a"),
        sections=(Section("versions", "agent 0.1.0"), Section("log", "05:30:00 item_started\nĐã phát")),
    ),
)

LEAST: tuple[Message, ...] = (
    TrustList(audience="all", number=1, issued=NOW, keys=ROOTS),
    RundownIssued(
        audience=TO_ZONE,
        number=1,
        issued=NOW,
        rundown=Rundown(zone=ZONE, epoch=0, revision=1, covers=RUNDOWN.covers, items=()),
    ),
    SilenceOrdered(audience=TO_ZONE, number=0, issued=NOW, ordered=False),
    Assignment(
        audience=TO_POLE,
        number=0,
        issued=NOW,
        loudspeaker=POLE,
        name="",
        zone=ZONE,
        units=(),
        regulations=(replace(REGULATION, volume=(), kinds=frozenset()),),
    ),
    AsRunAcknowledged(audience=TO_POLE, number=0, issued=NOW, journal=ENTRY.journal, through=0, head=GENESIS),
    Current(audience=TO_POLE, number=0, issued=NOW, nonce="", time=NOW, trust=0, rundown=None, assignment=0),
    Challenge(audience=TO_SERVER, number=0, issued=NOW, nonce=""),
    RundownReceipt(
        audience=TO_SERVER, number=0, issued=NOW, zone=ZONE, state=ReceiptState.RECEIVED, revision=1, held=None
    ),
    AsRunReport(
        audience=TO_SERVER, number=0, issued=NOW, journal=ENTRY.journal, covers_until=NOW, head=GENESIS, entries=()
    ),
    Presence(audience=TO_SERVER, number=0, issued=NOW, online=False),
    EnrolmentRequested(
        audience=TO_SERVER,
        number=0,
        issued=NOW,
        enrolment=EnrolmentId("k7m29qxt"),
        nonce="",
        device_key=DEVICE.public,
        tls_key=TLS.public,
    ),
    Enrolled(
        audience=TO_POLE,
        number=0,
        issued=NOW,
        nonce="",
        loudspeaker=POLE,
        device=DeviceId(DEVICE.key),
        broker_host="127.0.0.1",
        broker_port=1883,
    ),
    CertificateRequested(
        audience=TO_SERVER, number=0, issued=NOW, device=DeviceId(DEVICE.key), nonce="", tls_key=TLS.public
    ),
    CertificateIssued(
        audience=TO_POLE, number=0, issued=NOW, nonce="", certificate="", authority="", certificate_expires=NOW
    ),
    LedgerHead(audience="outside", number=0, issued=NOW, ledger=LedgerState(0, "0" * 64)),
    EmergencyListed(audience=TO_UNIT, number=0, issued=NOW, listed=EmergencyList(unit=UNIT)),
    EmergencyIssued(
        audience=TO_UNIT, number=0, issued=NOW, emergency=LIVE.id, headline="", sha256=LIVE.sha256, sound=MP3
    ),
    ExerciseIssued(audience=TO_UNIT, number=0, issued=NOW, exercise=EXERCISE, sound=MP3),
    Command(
        audience=TO_POLE,
        number=0,
        issued=NOW,
        expires=NOW + timedelta(minutes=10),
        command=CommandId("4f1c9a"),
        device=DeviceId(DEVICE.key),
        what=What.RESTART,
    ),
    CommandAnswered(audience=TO_SERVER, number=0, issued=NOW, command=CommandId("4f1c9a"), state=CommandState.ACCEPTED),
    DiagnosticsGathered(audience=TO_SERVER, number=0, issued=NOW, command=CommandId("4f1c9a"), sections=()),
)


def signer_of(message: Message) -> SigningKey:
    """Give the key that may sign a message."""
    return SIGNERS[SIGNED_BY[type(message)]]


def signers_of(message: Message) -> tuple[SigningKey, ...]:
    """Give the keys that seal a message: who asks for a certificate shows that it holds both of its keys."""
    both = isinstance(message, EnrolmentRequested | CertificateRequested)
    return (DEVICE, TLS) if both else (signer_of(message),)


class AnyKey:
    """A keyring that knows every key here, whatever its role."""

    def public_key(self, key: str, kind: type[Message]) -> str:
        known = {each.key: each.public for each in (ROOT, OTHER_ROOT, ISSUE, STATE, DEVICE, EMERGENCY)}
        if key not in known:
            raise WireError("wire.unknown_key", key=key)
        return known[key]


_OPENED = Opening(
    number="31/TB-UBND",
    signed_on=date(2026, 11, 20),
    signer="Chủ tịch UBND xã Sơn Hà",
    reason="Mưa lũ",
    first_day=date(2026, 11, 23),
    last_day=date(2026, 11, 29),
    rule=SessionRule(session=SessionName.NOON, earliest=time(11), latest=time(11, 30), max_minutes=15, min_minutes=5),
)
_SUSPENDED = Suspension(
    number="102/CĐ-TTg",
    signed_on=date(2026, 11, 21),
    signer="Thủ tướng Chính phủ",
    reason="Quốc tang",
    first_day=date(2026, 11, 24),
    last_day=date(2026, 11, 25),
    kinds=frozenset({Kind.MUSIC}),
)
_DECIDED = Assignment(
    audience=TO_POLE,
    epoch=1,
    number=4,
    issued=NOW,
    loudspeaker=POLE,
    name="Cụm loa 1, thôn Làng Mới",
    zone=ZONE,
    units=(UNIT,),
    regulations=(
        replace(
            REGULATION,
            document="Quy chế hoạt động của Đài truyền thanh xã Sơn Hà",
            min_minutes_a_day=30,
            sessions_a_day=2,
            languages=("vi", "hre"),
            openings=(_OPENED,),
            suspensions=(_SUSPENDED,),
        ),
    ),
)
_OVERRIDDEN = replace(
    _DECIDED,
    number=5,
    regulations=(
        replace(
            REGULATION,
            openings=(
                replace(
                    _OPENED,
                    number="",
                    signer="",
                    reason="Vỡ kênh",
                    last_day=_OPENED.first_day,
                    rule=SessionRule(
                        session=SessionName.EXTRA,
                        earliest=time(20),
                        latest=time(20, 15),
                        max_minutes=24 * 60,
                        weekdays=frozenset({0}),
                    ),
                    approval="d" * 64,
                ),
            ),
        ),
    ),
)
_LATE = RundownIssued(
    audience=TO_ZONE,
    number=1_795_000_000_124,
    issued=NOW,
    epoch=1,
    expires=RUNDOWN.covers.end,
    rundown=replace(
        RUNDOWN,
        revision=1_795_000_000_124,
        items=(
            item(
                "6",
                1,
                timedelta(minutes=12),
                latest_start=instant_of("2026-11-22T22:41:00Z"),
                late_until=instant_of("2026-11-22T22:53:00Z"),
            ),
            item("7", 30, timedelta(minutes=12)),
        ),
    ),
)
_BEGUN = Mark(
    loudspeaker=POLE,
    journal=JournalId("nhat-ky-2"),
    sequence=1,
    previous=GENESIS,
    kind=MarkKind.BEGUN,
    recorded_at=NOW,
    after_journal=ENTRY.journal,
    after_sequence=2,
    after_head=SKIPPED.hash,
)
_LOST = replace(_BEGUN, sequence=2, previous=_BEGUN.hash, kind=MarkKind.LOST, lost_from=3, lost_to=7)
_PLAYED = replace(ENTRY, journal=_BEGUN.journal, sequence=3, previous=_LOST.hash)
_HOURLY = Mark(
    loudspeaker=POLE,
    journal=_BEGUN.journal,
    sequence=4,
    previous=_PLAYED.hash,
    kind=MarkKind.HOURLY,
    recorded_at=NOW,
    clock_error_ms=40,
    covers_until=NOW,
    rundown=RUNDOWN.revision,
    trust=1,
    ledger_size=48_213,
    ledger_root="e" * 64,
)
_MARKED = AsRunReport(
    audience=TO_SERVER,
    number=5,
    issued=NOW,
    journal=_BEGUN.journal,
    covers_until=NOW,
    head=_HOURLY.hash,
    entries=(_PLAYED,),
    marks=(_BEGUN, _LOST, _HOURLY),
)
_TOLD = replace(_HOURLY, sequence=5, previous=_HOURLY.hash, ledger_at=NOW)
ADDED: dict[str, Message] = {
    "AsRunReport-marks": _MARKED,
    "AsRunReport-told": replace(_MARKED, number=14, head=_TOLD.hash, marks=(*_MARKED.marks, _TOLD)),
    "TrustList-night": replace(TRUST_LIST, night_silence=NightSilence(time(22), time(5), "Asia/Ho_Chi_Minh")),
    "Assignment-decisions": _DECIDED,
    "Assignment-override": _OVERRIDDEN,
    "Assignment-device": replace(_DECIDED, number=6, device=DeviceId("0123456789abcdef")),
    "Assignment-retired": replace(_DECIDED, number=7, regulations=(), device=NO_DEVICE),
    "Current-ledger": replace(
        next(message for message in FULL if isinstance(message, Current)), number=11, ledger=LEDGER
    ),
    "RundownIssued-late": _LATE,
    "Current-emergencies": replace(
        next(message for message in FULL if isinstance(message, Current)), number=12, emergencies=((TO_UNIT, 9),)
    ),
    "Assignment-exercises": replace(_DECIDED, number=5, exercise_words=SONG),
    "Presence-returned": replace(
        next(message for message in FULL if isinstance(message, Presence)), number=9, returned=("Q1JXAQ==",)
    ),
    "Assignment-budget": replace(_DECIDED, number=8, daily_bytes=200_000_000),
    "Presence-instance": replace(
        next(message for message in FULL if isinstance(message, Presence)),
        number=13,
        bytes_today=31_415_926,
        instance="0123456789abcdef",
    ),
    "Presence-system": replace(
        next(message for message in FULL if isinstance(message, Presence)),
        number=14,
        system="Debian GNU/Linux 12 (bookworm), Linux 6.6.31+rpt-rpi-v8",
    ),
}
"""What was added after the first release, by the name of its golden file."""
