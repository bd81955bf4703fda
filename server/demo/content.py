"""The demonstration's stations, people, timetable and programmes, made through the same use cases the pages call.

Everything on air was written by one invented person and approved by another. It must not start processes.
"""

import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from schedules.ids import ChannelId, PersonId, PlaceId, ProgrammeId, UnitId, ZoneId
from schedules.programme import Kind, Recording
from schedules.slot import AtTime
from schedules.times import local_day, local_instant
from schedules.way import WrittenOrder
from schedules.wire.messages import Channel
from server.audio import write_station_signal, write_tune
from server.demo import campaigns, stations
from server.demo.scripts import POWER_CUT_IN, Script, scripts
from server.ports import Clock, PasswordHashing, Preparation, Store
from server.services import approvals, booking, offers, programmes, takes
from server.values import (
    Loudspeaker,
    LoudspeakerKind,
    Person,
    Role,
    StoredProgramme,
    StoredTemplate,
    TakeOrigin,
    TakeState,
)

TRIAL_EVERY, TRIAL_TIMES, TRIAL_APART = timedelta(minutes=10), 12, timedelta(minutes=2)
LONGEST = timedelta(minutes=30)


class DemonstrationFailed(Exception):
    """Raised when something the demonstration is made of could not be made."""


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


def people(centre: Centre) -> tuple[Account, ...]:
    """Make the units and the accounts; the passwords are drawn, and only their hashes are stored."""
    accounts = tuple(Account(login, secrets.token_urlsafe(9), what) for login, _, _, _, what in _PEOPLE)
    with centre.store.writing() as uow:
        uow.places.put_units(stations.units())
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


def keep(file: Path, accounts: Sequence[Account]) -> None:
    """Write down the drawn passwords, for the owner's eyes only."""
    rows = [[account.login, account.password, account.what] for account in accounts]
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump(rows, opened, ensure_ascii=False)


def kept(file: Path) -> tuple[Account, ...]:
    """Give the accounts that were written down."""
    return tuple(Account(*row) for row in json.loads(file.read_text(encoding="utf-8")))


def tell(accounts: Sequence[Account]) -> None:
    """Print the accounts."""
    print(f"  {'Tài khoản':<12}{'Mật khẩu':<16}Vai trò")
    for account in accounts:
        print(f"  {account.login:<12}{account.password:<16}{account.what}")


def places(centre: Centre, *, public_keys: Mapping[ZoneId, str]) -> None:
    """Make zones, regulations and loudspeakers.

    Args:
        centre: where.
        public_keys: of each zone's agent, 64 hexadecimal digits.
    """
    with centre.store.writing() as uow:
        for zone in stations.zones():
            uow.places.put_zone(zone)
        for regulation in stations.regulations():
            uow.places.put_regulation(regulation)
        for zone_id, key in public_keys.items():
            gateway = zone_id == stations.GO_SIM
            uow.places.put_loudspeaker(
                Loudspeaker(
                    id=stations.loudspeaker_of(zone_id),
                    zone=zone_id,
                    name=stations.LOUDSPEAKERS[zone_id],
                    public_key=key,
                    kind=LoudspeakerKind.GATEWAY if gateway else LoudspeakerKind.LOUDSPEAKER,
                    clusters=6 if gateway else 0,
                    since=centre.clock.now(),
                )
            )
        uow.commit()


def channels(centre: Centre, *, radio_url: str) -> None:
    """Put both channels on the signed list, at the address the local stream has this time."""
    with centre.store.reading() as uow:
        known = {channel.id: channel for channel in uow.places.channels()}
    if all(channel.address == radio_url for channel in known.values()) and known:
        return
    fallback = next(iter(known.values())).fallback if known else _prepared(centre, _today(centre)["fallback"].text)
    with centre.store.writing() as uow:
        for channel, name in stations.CHANNELS.items():
            uow.places.put_channel(Channel(id=channel, name=name, address=radio_url, fallback=fallback))
        uow.issue.want_assignment(loudspeaker.id for loudspeaker in uow.places.loudspeakers())
        uow.commit()


def timetable(centre: Centre, *, tell: Callable[[str], None]) -> None:
    """Write and approve everything of the invented week; `tell` hears each title as it is made."""
    now = centre.clock.now()
    today = local_day(now, stations.TIME_ZONE)
    texts = scripts(today)
    for unit in (stations.PROVINCE, stations.SON_HA, stations.TRIAL):
        programmes.allow_machine_voice(centre.store, centre.clock, _person(centre, "quantri"), unit, allowed=True)
    fixed = {
        "signal": _sound(centre, "Nhạc hiệu", Kind.SIGNAL, write_station_signal),
        "opening": _spoken(centre, texts["opening"]),
        "closing": _spoken(centre, texts["closing"]),
        "music": _sound(centre, "Nhạc không lời", Kind.MUSIC, partial(write_tune, seconds=60, tune=0)),
        "folk": _sound(centre, "Dân ca", Kind.MUSIC, partial(write_tune, seconds=60, tune=1)),
        "vov": _relay(centre, "Tiếp sóng Thời sự VOV1", stations.VOV1),
        "provincial": _relay(centre, "Tiếp sóng Thời sự Đài tỉnh", stations.PROVINCIAL),
    }
    for template in stations.templates(today, {key: stored.programme.id for key, stored in fixed.items()}):
        with centre.store.writing() as uow:
            drawn_up = StoredTemplate(template=template, changed_by=frozenset({PersonId("canbo")}), changed_at=now)
            uow.programmes.put_template(drawn_up, expected_version=0)
            uow.commit()
    leader = _person(centre, "lanhdao")
    for waiting in approvals.queue(centre.store, centre.clock, leader).templates:
        template_id = waiting.stored.template.id
        approvals.approve_template(centre.store, centre.clock, leader, template_id, seen=waiting.seen)
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
            (today, today + timedelta(days=2)),  # late on a Saturday the next evening session is Monday's
        ),
        ("bientap", "dengue", (stations.place("morning", "languages"),), frozenset(), week),
        ("bientap", "resolution", (stations.place("evening", "feature"),), frozenset(), week),
        ("bientap", "law", (stations.place("evening", "law"),), frozenset(), week),
    ]
    made: dict[str, ProgrammeId] = {}
    for author, key, places, zones, days in written:
        tell(texts[key].title)
        order = _order(today) if key == "resolution" else None
        stored = _book(centre, author, texts[key], places, zones, days, order=order)
        made[key] = stored.programme.id
        if key == "law":
            _offer_again(centre, author, stored.programme.id, days[1])
        approve(centre, "duyettinh" if author == "bientap" else "lanhdao", stored.programme.id)
    _accept_what_names_its_place(centre, "canbo")
    # Left for the visitor: an offer of next week, two wait for approval (one without its Hrê variant), one is a draft.
    _book(centre, "canbo", texts["reply"], notices, frozenset({stations.GO_SIM}), week)
    election = _book(centre, "bientap", texts["election"], (stations.place("evening", "feature"),), frozenset(), week)
    _written(centre, "canbo", stations.SON_HA, texts["enrolment"])
    editor = _person(centre, "bientap")
    campaigns.make(
        centre.store, centre.clock, editor, today, resolution=made["resolution"], election=election.programme.id
    )


def trial_run(centre: Centre) -> None:
    """Give the trial station an item in two minutes, and then every ten minutes for two hours.

    A demonstration that is started again keeps the items of its last start, and adds none on top of them.
    """
    person, script = _person(centre, "thunghiem"), _today(centre)["trial"]
    known = [each for each in programmes.listed(centre.store, person) if each.programme.title == script.title]
    stored = known[0] if known else _with_voice(centre, _written(centre, "thunghiem", stations.TRIAL, script), script)
    booked = _starts(programmes.get(centre.store, person, stored.programme.id))
    first = (centre.clock.now() + timedelta(minutes=2)).replace(microsecond=0)
    wanted = (first + number * TRIAL_EVERY for number in range(TRIAL_TIMES))
    starts = [start for start in wanted if all(abs(start - other) >= TRIAL_APART for other in booked)]
    for start in starts:
        local = start.astimezone(stations.TIME_ZONE)
        wish = booking.WishAtTime(
            units=frozenset({stations.TRIAL}),
            first_day=local.date(),
            at=local.time(),
        )
        booking.book(centre.store, centre.clock, person, stored.programme.id, wish=wish)
    if not known:
        _submit(centre, "thunghiem", stored.programme.id)
    if starts:
        approve(centre, "duyetthu", stored.programme.id)


def _starts(whole: programmes.Whole) -> tuple[datetime, ...]:
    timings = (stored.slot.timing for stored in whole.slots)
    return tuple(
        local_instant(timing.first_day, timing.at, stations.TIME_ZONE)
        for timing in timings
        if isinstance(timing, AtTime)
    )


def approve(centre: Centre, login: str, programme: ProgrammeId) -> None:
    """Approve a submitted programme as a person, by the hashes the page would show."""
    person = _person(centre, login)
    waiting = approvals.to_approve(centre.store, centre.clock, person, programme)
    approvals.approve(centre.store, centre.clock, person, programme, seen=waiting.seen)


def _person(centre: Centre, login: str) -> Person:
    with centre.store.reading() as uow:
        person = uow.people.by_login(login)
    if person is None:
        raise DemonstrationFailed("person", login)
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


def _with_voice(centre: Centre, stored: StoredProgramme, script: Script) -> StoredProgramme:
    _take(centre, stored, "vi", TakeOrigin.VOICE, text=script.text)
    if script.hre:
        tune = centre.uploads / "hre.wav"
        write_tune(tune, seconds=20, tune=2)
        _take(centre, stored, "hre", TakeOrigin.UPLOAD, file=tune)
    return stored


def _take(
    centre: Centre,
    stored: StoredProgramme,
    language: str,
    origin: TakeOrigin,
    *,
    text: str = "",
    file: Path | None = None,
) -> None:
    person = _person(centre, next(iter(stored.changed_by)))
    take = takes.begin(
        centre.store,
        centre.clock,
        person,
        stored.programme.id,
        language=language,
        origin=origin,
        text=text,
        file_name="minh-hoa.wav",
    )
    if file is not None:
        file.replace(takes.waiting_at(centre.uploads, take.id))
    done = takes.run(centre.store, centre.clock, centre.preparation, take.id, uploads=centre.uploads, limit=LONGEST)
    if done.state is not TakeState.READY:
        raise DemonstrationFailed(stored.programme.title, done.reason)


def _book(
    centre: Centre,
    author: str,
    script: Script,
    places: Sequence[PlaceId],
    zones: frozenset[ZoneId],
    days: tuple[date, date],
    order: WrittenOrder | None = None,
) -> StoredProgramme:
    unit = stations.PROVINCE if author == "bientap" else stations.SON_HA
    stored = _with_voice(centre, _written(centre, author, unit, script), script)
    wish = booking.WishInPlaces(
        places=tuple(places),
        zones=zones,
        units=frozenset() if zones else frozenset({stations.SON_HA}),
        first_day=days[0],
        last_day=days[1],
        order=order,
    )
    booking.book(centre.store, centre.clock, _person(centre, author), stored.programme.id, wish=wish)
    _submit(centre, author, stored.programme.id)
    return stored


def _order(today: date) -> WrittenOrder:
    return WrittenOrder("36-KH/BTGDVTU", today - timedelta(days=21), "Ban Tuyên giáo và Dân vận Tỉnh ủy")


def _offer_again(centre: Centre, author: str, programme: ProgrammeId, until: date) -> None:
    """Offer a programme for the week after a day, the places left to the station."""
    wish = booking.WishInPlaces(
        places=(),
        units=frozenset({stations.SON_HA}),
        first_day=until + timedelta(days=1),
        last_day=until + timedelta(days=7),
    )
    booking.book(centre.store, centre.clock, _person(centre, author), programme, wish=wish)


def _accept_what_names_its_place(centre: Centre, login: str) -> None:
    officer = _person(centre, login)
    for offer in offers.inbox(centre.store, centre.clock, officer, officer.unit).where(offers.Standing.OPEN):
        if not offer.slot.place_is_open:
            offers.accept(centre.store, centre.clock, officer, officer.unit, offer.slot.id, record=offer.record)


def _submit(centre: Centre, author: str, programme: ProgrammeId) -> None:
    person = _person(centre, author)
    stored = programmes.get(centre.store, person, programme).stored
    programmes.submit(centre.store, centre.clock, person, programme, version=stored.programme.version)


def _spoken(centre: Centre, script: Script) -> StoredProgramme:
    return _with_voice(centre, _written(centre, "canbo", stations.SON_HA, script), script)


def _sound(centre: Centre, title: str, kind: Kind, write: Callable[[Path], None]) -> StoredProgramme:
    draft = programmes.Draft(title=title, kind=kind)
    person = _person(centre, "canbo")
    stored = programmes.create(centre.store, centre.clock, person, unit=stations.SON_HA, draft=draft)
    file = centre.uploads / "sound.wav"
    write(file)
    _take(centre, stored, "vi", TakeOrigin.UPLOAD, file=file)
    return stored


def _relay(centre: Centre, title: str, channel: ChannelId) -> StoredProgramme:
    draft = programmes.Draft(title=title, kind=Kind.RELAY, channel=channel)
    return programmes.create(centre.store, centre.clock, _person(centre, "canbo"), unit=stations.SON_HA, draft=draft)


def _prepared(centre: Centre, text: str) -> Recording:
    spoken = centre.uploads / "spoken.wav"
    centre.preparation.speak(text, language="vi", into=spoken)
    prepared = centre.preparation.prepare(spoken, limit=LONGEST, progress=lambda _: None, cancelled=lambda: False)
    spoken.unlink()
    return prepared.recording


def _today(centre: Centre) -> dict[str, Script]:
    return scripts(local_day(centre.clock.now(), stations.TIME_ZONE))


def radio_recording(centre: Centre) -> Path:
    """Make the recording the local stream repeats, and give where it lies."""
    recording = _prepared(centre, _today(centre)["channel"].text)
    path = centre.preparation.path(recording.sha256)
    if path is None:
        raise DemonstrationFailed("radio", recording.sha256)
    return path
