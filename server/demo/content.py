"""The demonstration's stations, people, timetable and programmes, made through the same use cases the pages call.

Everything on air was written by one invented person and approved by another. It must not start processes.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile

from schedules.ids import ChannelId, PersonId, PlaceId, ProgrammeId, UnitId, ZoneId
from schedules.programme import Kind, Recording
from schedules.slot import Repeat
from schedules.times import local_day
from schedules.wire.messages import Channel
from server.demo import stations
from server.demo.scripts import POWER_CUT_IN, Script, scripts
from server.ports import Clock, PasswordHashing, Preparation, Store
from server.services import approvals, booking, programmes, takes
from server.values import Loudspeaker, LoudspeakerKind, Person, Role, StoredProgramme, StoredTemplate, TakeOrigin

TRIAL_EVERY, TRIAL_TIMES = timedelta(minutes=10), 12
LONGEST = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Account:
    """A demonstration account with the password drawn for it."""

    login: str
    password: str
    what: str


_PEOPLE = (
    ("quantri", "Đinh Thị Quản Trị", stations.PROVINCE, {Role.ADMINISTRATOR}, "quản trị toàn tỉnh"),
    ("bientap", "Nguyễn Thị Biên Tập", stations.PROVINCE, {Role.EDITOR}, "biên tập viên của tỉnh"),
    ("duyettinh", "Trần Văn Duyệt", stations.PROVINCE, {Role.APPROVER}, "lãnh đạo duyệt của tỉnh"),
    ("canbo", "Đinh Văn Cán Bộ", stations.SON_HA, {Role.OFFICER}, "người phụ trách đài xã Sơn Hà"),
    ("lanhdao", "Phạm Thị Lãnh Đạo", stations.SON_HA, {Role.APPROVER}, "lãnh đạo duyệt của xã Sơn Hà"),
    ("kythuat", "Lê Văn Kỹ Thuật", stations.PROVINCE, {Role.TECHNICIAN}, "kỹ thuật viên"),
    ("theodoi", "Võ Thị Theo Dõi", stations.PROVINCE, {Role.INSPECTOR}, "theo dõi, kiểm tra"),
    ("thunghiem", "Bùi Văn Thử", stations.TRIAL, {Role.OFFICER}, "người phụ trách đài thử nghiệm"),
    ("duyetthu", "Hồ Thị Duyệt Thử", stations.TRIAL, {Role.APPROVER}, "lãnh đạo duyệt của đài thử nghiệm"),
)


@dataclass(frozen=True, slots=True)
class Centre:
    """What the demonstration is made with."""

    store: Store
    clock: Clock
    preparation: Preparation
    hashing: PasswordHashing
    uploads: Path
    tune: Callable[[Path, float, int], None]
    """Writes a WAV file of a short tune: path, seconds, which."""


def people(centre: Centre) -> tuple[Account, ...]:
    """Make the units and the accounts; the passwords are drawn, and only their hashes are stored."""
    accounts = tuple(Account(login, secrets.token_urlsafe(9), what) for login, _, _, _, what in _PEOPLE)
    with centre.store.writing() as uow:
        for unit in stations.units():
            uow.places.put_unit(unit)
        for (login, name, unit_id, roles, _), account in zip(_PEOPLE, accounts, strict=True):
            hashed = centre.hashing.hash(account.password)
            uow.people.put(
                Person(
                    id=PersonId(login),
                    login=login,
                    name=name,
                    unit=unit_id,
                    roles=frozenset(roles),
                    password_hash=hashed,
                )
            )
        uow.commit()
    return accounts


def places(centre: Centre, *, radio_url: str, keys: dict[ZoneId, str]) -> None:
    """Make zones, loudspeakers, regulations and the signed channel list.

    Args:
        centre: where.
        radio_url: address of the local stream that stands in for both channels.
        keys: public key of each zone's agent, 64 hexadecimal digits.
    """
    now = centre.clock.now()
    fallback = _prepared(centre, scripts(local_day(now, stations.TIME_ZONE))["fallback"].text)
    with centre.store.writing() as uow:
        for zone in stations.zones():
            uow.places.put_zone(zone)
        for regulation in stations.regulations():
            uow.places.put_regulation(regulation)
        for channel, name in ((stations.VOV1, "Thời sự stations.VOV1"), (stations.PROVINCIAL, "Thời sự Đài tỉnh")):
            uow.places.put_channel(Channel(id=channel, name=name, address=radio_url, fallback=fallback))
        for zone_id, key in keys.items():
            gateway = zone_id == stations.GO_SIM
            uow.places.put_loudspeaker(
                Loudspeaker(
                    id=stations.loudspeaker_of(zone_id),
                    zone=zone_id,
                    name=stations.LOUDSPEAKERS[zone_id],
                    public_key=key,
                    kind=LoudspeakerKind.GATEWAY if gateway else LoudspeakerKind.LOUDSPEAKER,
                    clusters=6 if gateway else 0,
                    since=now,
                )
            )
        uow.commit()


def timetable(centre: Centre) -> None:
    """Write and approve everything of the invented week."""
    now = centre.clock.now()
    today = local_day(now, stations.TIME_ZONE)
    texts = scripts(today)
    for unit in (stations.PROVINCE, stations.SON_HA, stations.TRIAL):
        programmes.allow_machine_voice(centre.store, centre.clock, _person(centre, "quantri"), unit, allowed=True)
    fixed = {key: _fixed(centre, texts[key]) for key in ("opening", "closing")}
    fixed["music"] = _music(centre, "Nhạc không lời", 0)
    fixed["folk"] = _music(centre, "Dân ca", 1)
    fixed["vov"] = _relay(centre, "Tiếp sóng Thời sự stations.VOV1", stations.VOV1)
    fixed["provincial"] = _relay(centre, "Tiếp sóng Thời sự Đài tỉnh", stations.PROVINCIAL)
    for template in stations.templates(today, {key: stored.programme.id for key, stored in fixed.items()}):
        with centre.store.writing() as uow:
            drawn_up = StoredTemplate(template=template, changed_by=frozenset({PersonId("canbo")}), changed_at=now)
            uow.programmes.put_template(drawn_up, expected_version=0)
            uow.commit()
    leader = _person(centre, "lanhdao")
    for waiting in approvals.queue(centre.store, centre.clock, leader).templates:
        template_id = waiting.stored.template.id
        approvals.approve_template(centre.store, centre.clock, leader, template_id, record=waiting.record)
    week = (today, today + timedelta(days=6))
    notices = (stations.place("morning", "notices"), stations.place("evening", "notices"))
    written: list[tuple[str, str, Sequence[PlaceId], frozenset[ZoneId], tuple[date, date]]] = [
        ("canbo", "bulletin", (stations.place("morning", "bulletin"),), frozenset(), week),
        ("canbo", "power_cut", notices, frozenset({stations.LANG_MOI, stations.GO_SIM}), (today, today + POWER_CUT_IN)),
        ("canbo", "vaccination", notices, frozenset(), week),
        (
            "canbo",
            "meeting",
            (stations.place("evening", "notices"),),
            frozenset({stations.DONG_BANG}),
            (today, today + timedelta(days=1)),
        ),
        ("bientap", "dengue", (stations.place("morning", "languages"),), frozenset(), week),
        ("bientap", "resolution", (stations.place("evening", "feature"),), frozenset(), week),
        ("bientap", "law", (stations.place("evening", "law"),), frozenset(), week),
    ]
    for author, key, places, zones, days in written:
        stored = _book(centre, author, texts[key], places, zones, days)
        approve(centre, "duyettinh" if author == "bientap" else "lanhdao", stored.programme.id)
    # Left for the visitor: two wait for approval (one without its Hrê variant), one is still a draft.
    _book(centre, "canbo", texts["reply"], notices, frozenset({stations.GO_SIM}), week)
    _book(centre, "bientap", texts["election"], (stations.place("evening", "feature"),), frozenset(), week)
    _written(centre, "canbo", stations.SON_HA, texts["enrolment"])


def trial_run(centre: Centre) -> None:
    """Give the trial station an item in two minutes, and then every ten minutes for two hours."""
    now = centre.clock.now()
    zone = stations.TIME_ZONE
    script = scripts(local_day(now, zone))["trial"]
    stored = _with_voice(centre, _written(centre, "thunghiem", stations.TRIAL, script), "thunghiem", script)
    first = (now + timedelta(minutes=2)).replace(microsecond=0)
    for number in range(TRIAL_TIMES):
        start = (first + number * TRIAL_EVERY).astimezone(zone)
        wish = booking.WishAtTime(
            units=frozenset({stations.TRIAL}),
            first_day=start.date(),
            at=start.time().replace(tzinfo=None),
            repeat=Repeat.ONCE,
        )
        booking.book(centre.store, centre.clock, _person(centre, "thunghiem"), stored.programme.id, wish=wish)
    _submit(centre, "thunghiem", stored.programme.id)
    approve(centre, "duyetthu", stored.programme.id)


def approve(centre: Centre, login: str, programme: ProgrammeId) -> None:
    """Approve a submitted programme as a person, by the hashes the page would show."""
    person = _person(centre, login)
    waiting = approvals.to_approve(centre.store, centre.clock, person, programme)
    records = {slot.record for slot in waiting.slots}
    approvals.approve(centre.store, centre.clock, person, programme, records=records)


def _person(centre: Centre, login: str) -> Person:
    with centre.store.reading() as uow:
        person = uow.people.by_login(login)
    assert person is not None, login  # noqa: S101  # made by `people` above
    return person


def _draft(script: Script) -> programmes.Draft:
    return programmes.Draft(
        title=script.title,
        kind=script.kind,
        level=script.level,
        texts={"vi": script.text},
        times_read=script.times_read,
        requested_by=script.requested_by,
        document=script.document,
        topic=script.topic,
    )


def _written(centre: Centre, author: str, unit: UnitId, script: Script) -> StoredProgramme:
    person = _person(centre, author)
    return programmes.create(centre.store, centre.clock, person, unit=unit, draft=_draft(script))


def _with_voice(centre: Centre, stored: StoredProgramme, author: str, script: Script) -> StoredProgramme:
    _take(centre, author, stored.programme.id, "vi", TakeOrigin.VOICE, text=script.text)
    if script.hre:
        tune = centre.uploads / "hre.wav"
        centre.tune(tune, 20.0, 2)
        _take(centre, author, stored.programme.id, "hre", TakeOrigin.UPLOAD, file=tune)
    return stored


def _take(
    centre: Centre,
    author: str,
    programme: ProgrammeId,
    language: str,
    origin: TakeOrigin,
    *,
    text: str = "",
    file: Path | None = None,
) -> None:
    person = _person(centre, author)
    take = takes.begin(
        centre.store,
        centre.clock,
        person,
        programme,
        language=language,
        origin=origin,
        text=text,
        file_name="minh-hoa.wav",
    )
    if file is not None:
        copyfile(file, takes.waiting_at(centre.uploads, take.id))
    takes.run(centre.store, centre.clock, centre.preparation, take.id, uploads=centre.uploads, limit=LONGEST)


def _book(
    centre: Centre,
    author: str,
    script: Script,
    places: Sequence[PlaceId],
    zones: frozenset[ZoneId],
    days: tuple[date, date],
) -> StoredProgramme:
    unit = stations.PROVINCE if author == "bientap" else stations.SON_HA
    stored = _with_voice(centre, _written(centre, author, unit, script), author, script)
    wish = booking.WishInPlaces(
        places=tuple(places),
        zones=zones,
        units=frozenset() if zones else frozenset({stations.SON_HA}),
        first_day=days[0],
        last_day=days[1],
    )
    booking.book(centre.store, centre.clock, _person(centre, author), stored.programme.id, wish=wish)
    _submit(centre, author, stored.programme.id)
    return stored


def _submit(centre: Centre, author: str, programme: ProgrammeId) -> None:
    with centre.store.reading() as uow:
        stored = uow.programmes.get(programme)
    assert stored is not None  # noqa: S101  # written above
    person = _person(centre, author)
    programmes.submit(centre.store, centre.clock, person, programme, version=stored.programme.version)


def _fixed(centre: Centre, script: Script) -> StoredProgramme:
    stored = _written(centre, "canbo", stations.SON_HA, script)
    return _with_voice(centre, stored, "canbo", script)


def _music(centre: Centre, title: str, tune: int) -> StoredProgramme:
    stored = programmes.create(
        centre.store,
        centre.clock,
        _person(centre, "canbo"),
        unit=stations.SON_HA,
        draft=programmes.Draft(title=title, kind=Kind.MUSIC),
    )
    file = centre.uploads / f"tune-{tune}.wav"
    centre.tune(file, 60.0, tune)
    _take(centre, "canbo", stored.programme.id, "vi", TakeOrigin.UPLOAD, file=file)
    return stored


def _relay(centre: Centre, title: str, channel: ChannelId) -> StoredProgramme:
    draft = programmes.Draft(title=title, kind=Kind.RELAY, channel=channel)
    return programmes.create(centre.store, centre.clock, _person(centre, "canbo"), unit=stations.SON_HA, draft=draft)


def _prepared(centre: Centre, text: str) -> Recording:
    spoken = centre.uploads / "spoken.wav"
    centre.preparation.speak(text, language="vi", into=spoken)
    prepared = centre.preparation.prepare(spoken, limit=LONGEST, progress=lambda _: None, cancelled=lambda: False)
    return prepared.recording


def radio_recording(centre: Centre) -> Path:
    """Make the recording the local stream repeats, and give where it lies."""
    recording = _prepared(centre, scripts(local_day(centre.clock.now(), stations.TIME_ZONE))["channel"].text)
    path = centre.preparation.path(recording.sha256)
    assert path is not None  # noqa: S101  # prepared just above
    return path
