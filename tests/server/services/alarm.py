"""Verbs for the tests of emergencies, on the radio of `radio.py`: who holds the right, and what they ask for."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS
from schedules.emergency import Certainty, Emergency, Event, Exercise, Severity, Urgency, Words
from schedules.emergency_lane import EMERGENCY
from schedules.emergency_list import EmergencyList
from schedules.emergency_template import Gap, GapType
from schedules.ids import (
    EmergencyId,
    EmergencyTemplateId,
    JournalId,
    LoudspeakerId,
    OccurrenceId,
    ProgrammeId,
    UnitId,
    ZoneId,
)
from server.emergency_records import EmergencyRequest, StoredEmergency
from server.evidence_records import Heard
from server.services import break_glass, emergencies, emergency_rights, emergency_texts, exercise_words, programmes
from server.services.emergency_issue import Wanted
from server.services.emergency_texts import TextWanted
from server.services.exercise_words import WordsWanted
from server.values import Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    INSPECTOR,
    LANG_MOI,
    OFFICER,
    SON_HA,
    TECHNICIAN,
    Radio,
)

MINUTE = timedelta(minutes=1)
PLACE = Gap(name="where", label="Nơi sơ tán", type=GapType.PLACE)
PASSWORD = "mưa thuận gió hoà"


class OnePassword:
    """See `ports.PasswordHashing`: everybody's password is the same."""

    def hash(self, password: str) -> str:
        return password

    def verify(self, password_hash: str, password: str) -> bool:  # the hash is made up
        return password == PASSWORD


def gives(radio: Radio, *people: Person, unit: UnitId = SON_HA) -> None:
    """Let the administrator give some people the right."""
    for person in people:
        emergency_rights.give(radio.store, radio.clock, ADMINISTRATOR, person=person.id, unit=unit)


def wanted(radio: Radio, *units: UnitId, minutes: int = 30, **about: object) -> Wanted:
    """Give a flood for Sơn Hà, or other units."""
    flood = Wanted(
        units=units or (SON_HA,),
        event=Event.FLOOD,
        severity=Severity.SEVERE,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        headline="Nước sông Re dâng nhanh",
        texts={"vi": "Bà con ven sông lên chỗ cao ngay.", "hre": ""},
        times=3,
        pause_s=20,
        ends_at=radio.now() + minutes * MINUTE,
    )
    return replace(flood, **about)  # type: ignore[arg-type]  # fields by name


def asks(radio: Radio, *units: UnitId, by: Person = OFFICER, **about: object) -> EmergencyRequest:
    return emergencies.ask(radio.store, radio.clock, by, wanted(radio, *units, **about))  # type: ignore[arg-type]


def confirms(radio: Radio, request: EmergencyRequest, by: Person = APPROVER) -> StoredEmergency:
    return emergencies.confirm(radio.store, radio.clock, by, request.id)


def issues(radio: Radio, *units: UnitId, **about: object) -> StoredEmergency:
    """Have the officer ask and the approver confirm."""
    return confirms(radio, asks(radio, *units, **about))  # type: ignore[arg-type]


def has_text(
    radio: Radio,
    text: str = "Bà con về {where} ngay.",
    gaps: Iterable[Gap] = (PLACE,),
    *,
    unit: UnitId = SON_HA,
    approved: bool = True,
    **about: object,
) -> EmergencyTemplateId:
    """Have the officer write a text and the approver approve it."""
    form = TextWanted(
        event=Event.FLOOD,
        severity=Severity.SEVERE,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.LIKELY,
        headline="Sơ tán vì lũ",
        words=(Words("vi", text),),
        gaps=tuple(gaps),
    )
    form = replace(form, **about)  # type: ignore[arg-type]  # fields by name
    saved = emergency_texts.save(radio.store, radio.clock, OFFICER, unit=unit, wanted=form)
    if approved:
        emergency_texts.approve(radio.store, radio.clock, APPROVER, saved.template.id, seen=1)
    return saved.template.id


def watched(radio: Radio) -> None:
    """Name who is told: the technician and the inspector, and the officer-and-approver behind them."""
    told = [OFFICER.id, TECHNICIAN.id, INSPECTOR.id, BOTH.id]
    emergency_rights.watch(radio.store, radio.clock, ADMINISTRATOR, unit=SON_HA, people=told)


def breaks(
    radio: Radio, text: EmergencyTemplateId, *, by: Person = OFFICER, where: str = "Làng Mới", password: str = PASSWORD
) -> EmergencyRequest:
    return break_glass.begin(
        radio.store, radio.clock, OnePassword(), by, template=text, values={"where": where}, password=password
    )


def may_speak(radio: Radio, unit: UnitId = SON_HA) -> None:
    """Let the administrator allow the machine voice."""
    programmes.allow_machine_voice(radio.store, radio.clock, ADMINISTRATOR, unit, allowed=True)


def makes_words(radio: Radio, *, by: Person = OFFICER, lasts: timedelta = timedelta(seconds=4), **about: object) -> str:
    """Have somebody record what says that an exercise is one."""
    usual = WordsWanted(unit=SON_HA, language="vi", text="Đây là diễn tập", is_machine=False)
    form = replace(usual, **about)  # type: ignore[arg-type]  # fields by name
    sound = radio.uploads / "words"
    sound.write_bytes(f"{form.text} {form.unit} {form.language}".encode())
    preparation = replace(radio.preparation, lasts=lasts)
    return exercise_words.make(radio.store, radio.clock, preparation, by, form, sound=sound).id


def may_drill(radio: Radio) -> None:
    """Let Sơn Hà have all that an exercise needs but the right."""
    may_speak(radio)
    exercise_words.approve(radio.store, radio.clock, APPROVER, makes_words(radio))


def tells(
    radio: Radio,
    what: Emergency | Exercise,
    loudspeaker: LoudspeakerId,
    *,
    programme: ProgrammeId = EMERGENCY,
    zone: ZoneId = LANG_MOI,
    outcome: Outcome = Outcome.FINISHED,
    reason: str = "",
    sequence: int = 1,
) -> None:
    """Take in a loudspeaker's word that it sounded something of the lane for half a minute, or why it did not."""
    began = what.sent + timedelta(seconds=3)
    sounded = outcome is not Outcome.SKIPPED
    entry = AsRunEntry(
        loudspeaker=loudspeaker,
        zone=zone,
        journal=JournalId("journal"),
        sequence=sequence,
        previous=GENESIS,
        occurrence=OccurrenceId(what.id),
        programme=programme,
        title="as the device calls it",
        sha256=(),
        approval="",
        revision=1,
        planned_start=began,
        planned_end=what.expires,
        outcome=outcome,
        reason=reason,
        started_at=began if sounded else None,
        ended_at=began + timedelta(seconds=30) if sounded else None,
        played_ms=30_000 if sounded else 0,
        recorded_at=began + timedelta(seconds=30),
    )
    with radio.store.writing() as uow:
        uow.evidence.insert_heard([Heard(entry=entry, hash=entry.hash, received_at=radio.now())])
        uow.commit()


def listed(radio: Radio, unit: UnitId = SON_HA) -> EmergencyList:
    with radio.store.reading() as uow:
        return uow.emergencies.list_of(unit)


def live(radio: Radio, unit: UnitId = SON_HA) -> list[EmergencyId]:
    return [each.id for each in listed(radio, unit).live]
