"""The smoke run's own small station: two zones, two people, three sounds, made through the use cases.

It must not start processes or wait for anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from shutil import copyfile
from zoneinfo import ZoneInfo

from schedules.ids import ChannelId, LoudspeakerId, PersonId, ProgrammeId, UnitId, ZoneId
from schedules.programme import Kind
from schedules.regulation import Regulation, SessionName, SessionRule
from schedules.unit import Unit, UnitLevel, Zone
from schedules.wire.messages import Channel
from server.audio import write_tune
from server.ports import Clock, Preparation, Store
from server.services import approvals, booking, programmes, takes
from server.values import Loudspeaker, Person, Role, TakeOrigin, TakeState

STATION = UnitId("station")
NEAR, FAR = ZoneId("near"), ZoneId("far")
TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOTICE = "Kính mời bà con đến nhà văn hóa thôn nhận lịch tiêm chủng. Xin cảm ơn bà con."
LASTS = timedelta(seconds=4)

_CHANNEL = ChannelId("channel")
_LIMIT = timedelta(minutes=5)
KEEPER = Person(
    id=PersonId("officer"),
    login="officer",
    name="Officer",
    unit=STATION,
    roles=frozenset({Role.OFFICER, Role.ADMINISTRATOR}),
    password_hash="",
)
APPROVER = Person(
    id=PersonId("approver"),
    login="approver",
    name="Approver",
    unit=STATION,
    roles=frozenset({Role.APPROVER}),
    password_hash="",
)


class SoundRefused(Exception):
    """Raised when a sound of the run could not be prepared."""


@dataclass(frozen=True, slots=True)
class Centre:
    """What the station is made with."""

    store: Store
    clock: Clock
    preparation: Preparation
    uploads: Path


def loudspeaker_of(zone: ZoneId) -> LoudspeakerId:
    """Give the one loudspeaker of a zone."""
    return LoudspeakerId(f"{zone}-1")


def make_station(centre: Centre, *, radio_url: str, public_keys: Mapping[ZoneId, str]) -> None:
    """Make the unit, its people without passwords, its zones and loudspeakers, and a regulation open at all hours."""
    always = SessionRule(session=SessionName.MORNING, earliest=time(0), latest=time(0), max_minutes=24 * 60)
    regulation = Regulation(
        station=STATION,
        number="smoke",
        signed_on=date(2026, 1, 1),
        signer="smoke",
        valid_from=date(2026, 1, 1),
        time_zone=TIME_ZONE.key,
        sessions=(always,),
        max_minutes_a_day=24 * 60,
    )
    with centre.store.writing() as uow:
        uow.places.put_units([Unit(id=STATION, code="0", name="Smoke", level=UnitLevel.COMMUNE, parent=None)])
        for person in (KEEPER, APPROVER):
            uow.people.put(person)
        for zone, key in public_keys.items():
            uow.places.put_zone(Zone(id=zone, station=STATION, unit=STATION, name=zone))
            uow.places.put_loudspeaker(
                Loudspeaker(id=loudspeaker_of(zone), zone=zone, name=zone, public_key=key, since=centre.clock.now())
            )
        uow.places.put_regulation(regulation)
        uow.places.put_channel(Channel(id=_CHANNEL, name="Local stream", address=radio_url))
        uow.commit()
    programmes.allow_machine_voice(centre.store, centre.clock, KEEPER, STATION, allowed=True)


def mp3_file(centre: Centre, seconds: float) -> Path:
    """Make a real MP3 file of a tune."""
    wave = centre.uploads / "tune.wav"
    write_tune(wave, seconds=seconds)
    prepared = centre.preparation.prepare(wave, limit=_LIMIT, progress=lambda _: None, cancelled=lambda: False)
    path = centre.preparation.path(prepared.recording.sha256)
    if path is None:
        raise SoundRefused("tune")
    return path


def upload(centre: Centre, title: str, file: Path) -> ProgrammeId:
    """Write a programme whose sound is an uploaded file."""
    programme = _written(centre, programmes.Draft(title=title, kind=Kind.NOTICE))
    take = takes.begin(
        centre.store,
        centre.clock,
        KEEPER,
        programme,
        language="vi",
        origin=TakeOrigin.UPLOAD,
        file_name=file.name,
    )
    copyfile(file, takes.waiting_at(centre.uploads, take.id))
    return _prepared(centre, programme, take.id)


def speak(centre: Centre, title: str) -> ProgrammeId:
    """Write a programme whose sound is the spoken notice."""
    programme = _written(centre, programmes.Draft(title=title, kind=Kind.NOTICE, texts={"vi": NOTICE}))
    take = takes.begin(
        centre.store, centre.clock, KEEPER, programme, language="vi", origin=TakeOrigin.VOICE, text=NOTICE
    )
    return _prepared(centre, programme, take.id)


def relay(centre: Centre, title: str) -> ProgrammeId:
    """Write a programme that relays the channel."""
    return _written(centre, programmes.Draft(title=title, kind=Kind.RELAY, channel=_CHANNEL))


def book(centre: Centre, programme: ProgrammeId, start: datetime, *, lasts: timedelta | None = None) -> None:
    """Give a programme one exact second at both zones."""
    local = start.astimezone(TIME_ZONE)
    wish = booking.WishAtTime(units=frozenset({STATION}), first_day=local.date(), at=local.time(), lasts=lasts)
    booking.book(centre.store, centre.clock, KEEPER, programme, wish=wish)


def release(centre: Centre, programme: ProgrammeId) -> None:
    """Submit a programme as its author, and approve it as somebody else."""
    version = programmes.get(centre.store, KEEPER, programme).stored.programme.version
    programmes.submit(centre.store, centre.clock, KEEPER, programme, version=version)
    waiting = approvals.to_approve(centre.store, centre.clock, APPROVER, programme)
    approvals.approve(centre.store, centre.clock, APPROVER, programme, seen=waiting.seen)


def _written(centre: Centre, draft: programmes.Draft) -> ProgrammeId:
    return programmes.create(centre.store, centre.clock, KEEPER, unit=STATION, draft=draft).programme.id


def _prepared(centre: Centre, programme: ProgrammeId, take: str) -> ProgrammeId:
    done = takes.run(centre.store, centre.clock, centre.preparation, take, uploads=centre.uploads, limit=_LIMIT)
    if done.state is not TakeState.READY:
        raise SoundRefused(done.reason)
    return programme
