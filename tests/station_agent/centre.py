"""What a centre would sign and send, for one zone and one loudspeaker; and what it reads of what comes back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from schedules.emergency import Emergency, Exercise
from schedules.emergency_list import EmergencyList
from schedules.ids import (
    ChannelId,
    CommandId,
    DeviceId,
    LoudspeakerId,
    OccurrenceId,
    ProgrammeId,
    Sha256,
    UnitId,
    ZoneId,
)
from schedules.mark import JournalEntry
from schedules.night import NightSilence
from schedules.programme import Kind, Level, Recording
from schedules.regulation import Regulation, SessionName, SessionRule, VolumeRule
from schedules.rundown import Played, Relayed, Rundown, RundownItem
from schedules.times import Span
from schedules.wire import topics
from schedules.wire.command import Command
from schedules.wire.emergency import EmergencyIssued, EmergencyListed, ExerciseIssued
from schedules.wire.messages import (
    AsRunAcknowledged,
    Assignment,
    Channel,
    Current,
    KeyRole,
    LedgerState,
    Message,
    RundownIssued,
    SilenceOrdered,
    TrustedKey,
    TrustList,
)
from schedules.wire.seal import SigningKey, new_seed, sealed, unsealed

ZONE = ZoneId("lang-moi")
UNIT = UnitId("son-ha")
LOUDSPEAKER = LoudspeakerId("lang-moi-1")
VIETNAM = "Asia/Ho_Chi_Minh"
SUM = Sha256("e" * 64)
ALL_DAY = SessionRule(session=SessionName.MORNING, earliest=time(0), latest=time(0), max_minutes=1440)

M = TypeVar("M", bound=Message)


def new_key() -> SigningKey:
    seed = new_seed()
    return SigningKey.of(seed)


def regulation(*rules: SessionRule, volume: tuple[VolumeRule, ...] = ()) -> Regulation:
    return Regulation(
        station=UNIT,
        number="01/QC",
        signed_on=date(2026, 1, 1),
        signer="Chủ tịch UBND xã",
        valid_from=date(2026, 1, 1),
        time_zone=VIETNAM,
        sessions=rules or (ALL_DAY,),
        max_minutes_a_day=1440,
        volume=volume,
    )


def recording(name: str, seconds: float = 60.0, length: int = 480_000) -> Recording:
    return Recording(Sha256(name.encode().hex().ljust(64, "0")[:64]), length, round(seconds * 1000))


def item(
    name: str,
    starts_at: datetime,
    seconds: float = 60.0,
    *,
    sound: Played | Relayed | None = None,
    latest_start: datetime | None = None,
    valid_until: datetime | None = None,
    level: Level = Level.ORDINARY,
    kind: Kind = Kind.NOTICE,
) -> RundownItem:
    return RundownItem(
        occurrence=OccurrenceId(name),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(seconds=seconds),
        title=f"Thông báo {name}",
        kind=kind,
        level=level,
        language="vi",
        programme=ProgrammeId(f"programme-{name}"),
        sound=sound or Played((recording(name, seconds),)),
        approval="a" * 64,
        latest_start=latest_start,
        valid_until=valid_until,
    )


def relay(channel: str = "vov1", fallback: Recording | None = None) -> Relayed:
    return Relayed(ChannelId(channel), fallback)


class Centre:
    """Holds the province's keys; every message is newer than the one before.

    Attributes:
        assigned: Number of the newest assignment of each loudspeaker.
    """

    def __init__(self, now: datetime, draw: Callable[[], SigningKey] = new_key) -> None:
        self.root, self.issue, self.state, self.emergency = draw(), draw(), draw(), draw()
        self.now = now
        self._number = int(now.timestamp() * 1000)
        self.assigned: dict[LoudspeakerId, int] = {}

    def _next(self) -> int:
        self._number += 1
        return self._number

    def trust(
        self, number: int = 1, *, epoch: int = 0, volume_ceiling: int = 100, night_silence: NightSilence | None = None
    ) -> tuple[str, bytes]:
        roles = (
            (self.root, KeyRole.ROOT),
            (self.issue, KeyRole.ISSUE),
            (self.state, KeyRole.STATE),
            (self.emergency, KeyRole.EMERGENCY),
        )
        message = TrustList(
            audience="all",
            epoch=epoch,
            number=number,
            issued=self.now,
            keys=tuple(TrustedKey(key=key.key, public=key.public, role=role) for key, role in roles),
            volume_ceiling=volume_ceiling,
            night_silence=night_silence,
        )
        return topics.trust(number), sealed(message, self.root)

    def assignment(
        self,
        *,
        regulations: tuple[Regulation, ...] | None = None,
        channels: tuple[Channel, ...] = (),
        volume: int = 80,
        maintenance_until: datetime | None = None,
        exercise_words: Recording | None = None,
        units: tuple[UnitId, ...] = (UNIT,),
        zone: ZoneId = ZONE,
        loudspeaker: LoudspeakerId = LOUDSPEAKER,
        device: DeviceId | None = None,
        daily_bytes: int | None = None,
    ) -> tuple[str, bytes]:
        self.assigned[loudspeaker] = self._next()
        message = Assignment(
            audience=topics.audience_of_loudspeaker(loudspeaker),
            number=self.assigned[loudspeaker],
            issued=self.now,
            loudspeaker=loudspeaker,
            name="Cụm loa Làng Mới 1",
            zone=zone,
            units=units,
            regulations=(regulation(),) if regulations is None else regulations,
            channels=channels,
            volume=volume,
            maintenance_until=maintenance_until,
            exercise_words=exercise_words,
            device=device,
            daily_bytes=daily_bytes,
        )
        return topics.of_loudspeaker(loudspeaker, "assignment"), sealed(message, self.state)

    def rundown(
        self,
        *items: RundownItem,
        revision: int | None = None,
        expires: datetime | None = None,
        days: int = 9,
        zone: ZoneId = ZONE,
        key: SigningKey | None = None,
    ) -> tuple[str, bytes]:
        number = revision or self._next()
        begins = self.now - timedelta(hours=12)
        message = RundownIssued(
            audience=topics.audience_of_zone(zone),
            number=number,
            issued=self.now,
            expires=expires,
            rundown=Rundown(
                zone=zone,
                epoch=0,
                revision=number,
                covers=Span(begins, begins + timedelta(days=days)),
                items=tuple(sorted(items, key=lambda each: each.starts_at)),
            ),
        )
        return topics.rundown(zone), sealed(message, key or self.issue)

    def silence(
        self,
        *,
        ordered: bool = True,
        until: datetime | None = None,
        number: int | None = None,
        spares_emergencies: bool = True,
        expires: datetime | None = None,
    ) -> tuple[str, bytes]:
        message = SilenceOrdered(
            audience=topics.audience_of_unit(UNIT),
            number=number or self._next(),
            issued=self.now,
            expires=expires,
            ordered=ordered,
            until=until,
            spares_emergencies=spares_emergencies,
        )
        return topics.unit_silence(UNIT), sealed(message, self.state)

    def lists(self, known: EmergencyList, key: SigningKey | None = None) -> tuple[str, bytes]:
        """Sign a unit's list of emergencies."""
        message = EmergencyListed(
            audience=topics.audience_of_unit(known.unit), number=known.number, issued=self.now, listed=known
        )
        return topics.emergencies(known.unit), sealed(message, key or self.emergency)

    def says(
        self, what: Emergency | Exercise, *, sha256: str = SUM, unit: UnitId = UNIT, sound: bytes = b"\xff\xf3mp3"
    ) -> tuple[str, bytes]:
        """Sign what is said of an emergency or exercise."""
        about: dict[str, Any] = {
            "audience": topics.audience_of_unit(unit),
            "number": int(what.sent.timestamp() * 1000),
            "issued": self.now,
            "expires": what.expires,
            "sound": sound,
        }
        message = (
            ExerciseIssued(exercise=what, **about)
            if isinstance(what, Exercise)
            else EmergencyIssued(emergency=what.id, headline=what.headline, sha256=Sha256(sha256), **about)
        )
        return topics.emergency(unit, what.id), sealed(message, self.emergency)

    def command(
        self,
        what: str,
        *,
        device: str,
        name: str = "c1",
        at: datetime | None = None,
        lasts: timedelta = timedelta(minutes=10),
        loudspeaker: LoudspeakerId = LOUDSPEAKER,
        key: SigningKey | None = None,
        **about: Any,  # noqa: ANN401  # the fields of a command
    ) -> tuple[str, bytes]:
        """Sign a command; given at an instant, or when the centre began."""
        issued = self.now if at is None else at
        message = Command(
            audience=topics.audience_of_loudspeaker(loudspeaker),
            number=self._next(),
            issued=issued,
            expires=issued + lasts,
            command=CommandId(name),
            device=DeviceId(device),
            what=what,
            **about,
        )
        return topics.of_loudspeaker(loudspeaker, "command"), sealed(message, key or self.state)

    def acknowledged(
        self, journal: str, through: int, head: str, loudspeaker: LoudspeakerId = LOUDSPEAKER
    ) -> tuple[str, bytes]:
        message = AsRunAcknowledged(
            audience=topics.audience_of_loudspeaker(loudspeaker),
            number=self._next(),
            issued=self.now,
            journal=journal,  # type: ignore[arg-type]  # a plain text is enough here
            through=through,
            head=head,
        )
        return topics.of_loudspeaker(loudspeaker, "acknowledged"), sealed(message, self.state)

    def acknowledges(
        self, entries: tuple[JournalEntry, ...], loudspeaker: LoudspeakerId = LOUDSPEAKER
    ) -> tuple[str, bytes]:
        return self.acknowledged(entries[-1].journal, entries[-1].sequence, entries[-1].hash, loudspeaker)

    def current(
        self,
        nonce: str,
        at: datetime,
        *,
        rundown: int | None = None,
        trust: int = 1,
        assignment: int | None = None,
        silences: tuple[tuple[str, int], ...] = (),
        ledger: LedgerState | None = None,
        emergencies: tuple[tuple[str, int], ...] = (),
        loudspeaker: LoudspeakerId = LOUDSPEAKER,
    ) -> tuple[str, bytes]:
        message = Current(
            audience=topics.audience_of_loudspeaker(loudspeaker),
            number=self._next(),
            issued=at,
            nonce=nonce,
            time=at,
            trust=trust,
            rundown=rundown,
            assignment=self.assigned.get(loudspeaker, 0) if assignment is None else assignment,
            silences=silences,
            ledger=ledger,
            emergencies=emergencies,
        )
        return topics.of_loudspeaker(loudspeaker, "current"), sealed(message, self.state)


class DeviceKeyring:
    """Lets a test read what the device sealed."""

    def __init__(self, public: str) -> None:
        self._public = public

    def public_key(self, key: str, kind: type[Message]) -> str:
        return self._public

    def read(self, payload: bytes) -> Message:
        return unsealed(payload, self)[0]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
