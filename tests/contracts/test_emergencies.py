"""What every store promises about emergencies and exercises."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from schedules.emergency import Certainty, Emergency, Event, Exercise, Severity, Urgency, Words
from schedules.emergency_list import EmergencyList, cancelled, issued
from schedules.emergency_right import EmergencyRight
from schedules.emergency_template import EmergencyTemplate, Gap, GapType
from schedules.ids import EmergencyId, EmergencyTemplateId, ExerciseId, PersonId, Sha256
from schedules.programme import Origin, Recording
from server.emergency_records import (
    Act,
    EmergencyAct,
    EmergencyRequest,
    ExerciseCancel,
    ExerciseWords,
    Proposal,
    RequestState,
    StoredEmergency,
    StoredEmergencyTemplate,
    StoredExercise,
    Watch,
    Way,
)
from server.ports import Store
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, MINUTE, NOW, OFFICER, PROVINCE, SPOKEN
from tests.fakes.emergencies import AlreadyKeptError

TWICE = (IntegrityError, AlreadyKeptError)
FLOOD = EmergencyId("flood")
BOSS = PersonId("person-2")
WORDS = (Words("vi", "Bà con lên chỗ cao ngay.", SPOKEN), Words("hre", "Bà con lên chỗ cao ngay."))
EMERGENCY = Emergency(
    id=FLOOD,
    sender=COMMUNE,
    origin=Origin.COMMUNE,
    issued_by=OFFICER,
    sent=NOW,
    expires=NOW + 30 * MINUTE,
    units=(COMMUNE,),
    event=Event.FLOOD,
    severity=Severity.SEVERE,
    urgency=Urgency.IMMEDIATE,
    certainty=Certainty.OBSERVED,
    headline="Lũ lên nhanh",
    words=WORDS,
    times=3,
    pause_s=20,
    onset=NOW + MINUTE,
    instruction="Mang theo giấy tờ.",
    references=(EmergencyId("earlier"),),
    break_glass=True,
)
STORED = StoredEmergency(
    emergency=EMERGENCY,
    way=Way.BREAK_GLASS,
    sha256=Sha256("e" * 64),
    confirmed_by=BOSS,
    template=EmergencyTemplateId("flood-text"),
    told=(BOSS, OFFICER),
)
PROPOSAL = Proposal(
    sender=PROVINCE,
    units=(PROVINCE,),
    event=Event.STORM,
    severity=Severity.EXTREME,
    urgency=Urgency.EXPECTED,
    certainty=Certainty.LIKELY,
    headline="Bão số 9",
    words=WORDS,
    times=2,
    pause_s=30,
    ends_at=NOW + 45 * MINUTE,
    references=(FLOOD,),
)
REQUEST = EmergencyRequest(
    id="request-1",
    state=RequestState.COUNTING_DOWN,
    proposal=PROPOSAL,
    asked_by=OFFICER,
    asked_at=NOW,
    goes_at=NOW + timedelta(seconds=20),
    template=EmergencyTemplateId("flood-text"),
    told=(BOSS, OFFICER),
)
TEMPLATE = StoredEmergencyTemplate(
    template=EmergencyTemplate(
        id=EmergencyTemplateId("flood-text"),
        unit=PROVINCE,
        version=2,
        event=Event.FLOOD,
        severity=Severity.SEVERE,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.LIKELY,
        headline="Sơ tán vì lũ",
        words=(Words("vi", "Bà con về {where}."),),
        gaps=(Gap(name="where", label="Nơi sơ tán", type=GapType.CHOICE, choices=("trường học", "nhà văn hoá")),),
    ),
    written_by=frozenset({BOSS, OFFICER}),
    changed_at=NOW,
)
EXERCISE = Exercise(
    id=ExerciseId("drill"),
    sender=COMMUNE,
    ordered_by=OFFICER,
    sent=NOW,
    expires=NOW + 10 * MINUTE,
    units=(COMMUNE,),
    event=Event.FIRE,
    headline="Diễn tập chữa cháy",
    words=WORDS,
    times=1,
    pause_s=20,
)


def test_an_emergency_comes_back_whole_and_the_newest_first(store: Store) -> None:
    later = replace(STORED, emergency=replace(EMERGENCY, id=EmergencyId("later"), sent=NOW + MINUTE))
    with store.writing() as uow:
        uow.emergencies.add(STORED)
        uow.emergencies.add(later)
        uow.commit()

    with store.reading() as uow:
        assert uow.emergencies.get(FLOOD) == STORED
        assert uow.emergencies.get(EmergencyId("nobody")) is None
        assert list(uow.emergencies.issued()) == [later, STORED]
        assert list(uow.emergencies.issued(since=NOW + MINUTE)) == [later]
        assert list(uow.emergencies.issued(way=Way.BREAK_GLASS)) == [later, STORED]
        assert not uow.emergencies.issued(way=Way.TWO_PEOPLE)


def test_an_emergency_is_issued_once(store: Store) -> None:
    with store.writing() as uow:
        uow.emergencies.add(STORED)

        with pytest.raises(TWICE):
            uow.emergencies.add(replace(STORED, way=Way.TWO_PEOPLE))


def test_acts_come_back_in_order(store: Store) -> None:
    stop = EmergencyAct(emergency=FLOOD, act=Act.CANCELLED, by=BOSS, at=NOW + MINUTE, note="nhầm")
    review = EmergencyAct(emergency=FLOOD, act=Act.REVIEWED, by=OFFICER, at=NOW)
    with store.writing() as uow:
        uow.emergencies.add(STORED)
        uow.emergencies.add_act(stop)
        uow.emergencies.add_act(review)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.emergencies.acts([FLOOD])) == [stop, review]
        assert not uow.emergencies.acts([EmergencyId("another")])


def test_the_newest_list_of_a_unit_is_the_one_with_the_highest_number(store: Store) -> None:
    first = issued(EmergencyList(unit=COMMUNE), EMERGENCY, sha256=STORED.sha256, now=NOW)
    second = cancelled(first, [FLOOD], now=NOW)
    with store.writing() as uow:
        assert uow.emergencies.list_of(COMMUNE) == EmergencyList(unit=COMMUNE)
        uow.emergencies.put_list(first, NOW)
        uow.emergencies.put_list(second, NOW)
        uow.commit()

    with store.reading() as uow:
        assert uow.emergencies.list_of(COMMUNE) == second
        assert list(uow.emergencies.lists()) == [second]
        with pytest.raises(TWICE):
            uow.emergencies.put_list(first, NOW)


def test_a_request_is_open_until_it_is_decided(store: Store) -> None:
    older = replace(REQUEST, id="request-0", state=RequestState.WAITING, goes_at=None, asked_at=NOW - MINUTE)
    with store.writing() as uow:
        uow.emergencies.put_request(REQUEST)
        uow.emergencies.put_request(older)
        assert list(uow.emergencies.requests()) == [older, REQUEST]
        decided = replace(
            REQUEST,
            state=RequestState.CALLED_OFF,
            decided_by=BOSS,
            decided_at=NOW,
            reason="break_glass.too_often",
            emergency=FLOOD,
        )
        uow.emergencies.put_request(decided)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.emergencies.requests()) == [older]
        assert uow.emergencies.request("request-1") == decided
        assert uow.emergencies.request("nobody") is None


def test_a_right_ends_by_being_put_again(store: Store) -> None:
    right = EmergencyRight(person=OFFICER, unit=COMMUNE, given_by=BOSS, since=NOW)
    with store.writing() as uow:
        uow.people.put(samples.PEOPLE)
        uow.emergencies.put_right(right)
        uow.emergencies.put_right(replace(right, until=NOW + MINUTE))
        uow.emergencies.put_right(replace(right, since=NOW + 2 * MINUTE))
        uow.commit()

    with store.reading() as uow:
        assert list(uow.emergencies.rights()) == [
            replace(right, until=NOW + MINUTE),
            replace(right, since=NOW + 2 * MINUTE),
        ]


def test_who_is_told_is_kept_in_order(store: Store) -> None:
    with store.writing() as uow:
        uow.emergencies.put_watch(Watch(unit=COMMUNE, people=(OFFICER,)))
        uow.emergencies.put_watch(Watch(unit=COMMUNE, people=(BOSS, OFFICER)))
        uow.commit()

    with store.reading() as uow:
        assert list(uow.emergencies.watches()) == [Watch(unit=COMMUNE, people=(BOSS, OFFICER))]


def test_a_text_comes_back_whole(store: Store) -> None:
    approved = replace(TEMPLATE, approved_by=BOSS, approved_at=NOW + MINUTE)
    with store.writing() as uow:
        uow.emergencies.put_template(TEMPLATE)
        assert uow.emergencies.template(TEMPLATE.template.id) == TEMPLATE
        uow.emergencies.put_template(approved)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.emergencies.templates()) == [approved]
        assert uow.emergencies.template(EmergencyTemplateId("nobody")) is None


def test_an_exercise_is_kept_apart_and_ended_once(store: Store) -> None:
    end = ExerciseCancel(exercise=EXERCISE.id, by=BOSS, at=NOW + MINUTE)
    with store.writing() as uow:
        uow.emergencies.add_exercise(EXERCISE)
        assert uow.emergencies.exercise(EXERCISE.id) == StoredExercise(exercise=EXERCISE)
        uow.emergencies.cancel_exercise(end)
        uow.commit()

    with store.reading() as uow:
        assert not uow.emergencies.issued()
        assert list(uow.emergencies.exercises()) == [StoredExercise(exercise=EXERCISE, cancel=end)]
        assert uow.emergencies.exercise(EXERCISE.id) == StoredExercise(exercise=EXERCISE, cancel=end)
        assert uow.emergencies.exercise(ExerciseId("nobody")) is None
        with pytest.raises(TWICE):
            uow.emergencies.cancel_exercise(end)


def test_exercises_of_late_are_asked_for_alone(store: Store) -> None:
    later = replace(EXERCISE, id=ExerciseId("later"), sent=NOW + MINUTE)
    with store.writing() as uow:
        uow.emergencies.add_exercise(EXERCISE)
        uow.emergencies.add_exercise(later)
        uow.commit()

    with store.reading() as uow:
        assert [each.exercise for each in uow.emergencies.exercises(since=NOW + MINUTE)] == [later]
        assert [each.exercise for each in uow.emergencies.exercises()] == [later, EXERCISE]


def test_what_says_that_an_exercise_is_one_comes_back_whole_the_newest_first(store: Store) -> None:
    words = ExerciseWords(
        id="first",
        unit=COMMUNE,
        language="vi",
        text="Đây là diễn tập",
        recording=Recording(Sha256("d" * 64), 16_000, 4_000),
        is_machine=True,
        made_by=OFFICER,
        made_at=NOW,
    )
    approved = replace(words, approved_by=BOSS, approved_at=NOW + MINUTE)
    newer = replace(words, id="second", is_machine=False, made_at=NOW + MINUTE)
    with store.writing() as uow:
        for each in (words, newer, approved):
            uow.emergencies.put_exercise_words(each)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.emergencies.exercise_words()) == [newer, approved]


def test_nothing_is_kept_without_a_commit(store: Store) -> None:
    with store.writing() as uow:
        uow.emergencies.add(STORED)

    with store.reading() as uow:
        assert not uow.emergencies.issued()
