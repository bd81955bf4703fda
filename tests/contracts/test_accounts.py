"""What every store promises about what stands beside accounts."""

from dataclasses import replace
from datetime import date

import pytest

from schedules.ids import PersonId
from schedules.times import Span
from server.account_records import Delegation, Factor, SignIn
from server.ports import Store
from server.values import AuditLine
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, MINUTE, NOW, OFFICER, PROVINCE

OTHER = replace(samples.PEOPLE, id=PersonId("person-9"), login="khac", also_units=frozenset({PROVINCE}), ends=NOW)
NEW = replace(samples.PEOPLE, id=PersonId("person-10"), login="moi", is_new=True)
FACTOR = Factor(person=OFFICER, since=NOW, sealed="s", confirmed_at=NOW, last_step=9, recovery=("a", "b"), wrong=2)
SIGN_IN = SignIn(id="1", person=OFFICER, device="Firefox", key=3, since=NOW, last_seen=NOW)
DELEGATION = Delegation(
    id="1",
    unit=COMMUNE,
    by=OFFICER,
    to=OTHER.id,
    first_day=date(2026, 11, 23),
    last_day=date(2026, 11, 30),
    document="12/UQ",
    given_at=NOW,
)


@pytest.fixture
def store(store: Store) -> Store:
    with store.writing() as uow:
        uow.people.put(samples.PEOPLE)
        uow.people.put(OTHER)
        uow.commit()
    return store


def test_an_account_with_an_end_and_several_units_comes_back_whole(store: Store) -> None:
    with store.reading() as uow:
        assert uow.people.get(OTHER.id) == OTHER
        assert set(uow.people.all()) == {OTHER, samples.PEOPLE}


def test_who_is_new_stays_new_until_they_are_not(store: Store) -> None:
    with store.writing() as uow:
        uow.people.put(NEW)
        assert uow.people.get(NEW.id) == NEW
        uow.people.put(replace(NEW, is_new=False))
        uow.commit()

    with store.reading() as uow:
        assert uow.people.get(NEW.id) == replace(NEW, is_new=False)


def test_a_factor_comes_back_whole_is_replaced_and_removed(store: Store) -> None:
    changed = replace(FACTOR, wrong_at=NOW, recovery=())
    with store.writing() as uow:
        uow.factors.put(FACTOR)
        assert uow.factors.get(OFFICER) == FACTOR
        uow.factors.put(changed)
        uow.commit()

    with store.writing() as uow:
        assert uow.factors.get(OFFICER) == changed
        assert uow.factors.get(OTHER.id) is None
        uow.factors.remove(OFFICER)
        uow.commit()

    with store.reading() as uow:
        assert uow.factors.get(OFFICER) is None


def test_a_persons_browsers_come_newest_first_without_those_that_were_ended(store: Store) -> None:
    with store.writing() as uow:
        for each in (SIGN_IN, replace(SIGN_IN, id="2"), replace(SIGN_IN, id="3", person=OTHER.id)):
            uow.sign_ins.put(each)
        uow.sign_ins.put(replace(SIGN_IN, id="4", ended_at=NOW + MINUTE))
        uow.commit()

    with store.reading() as uow:
        assert list(uow.sign_ins.of(OFFICER)) == [replace(SIGN_IN, id="2"), SIGN_IN]
        assert uow.sign_ins.get("4") == replace(SIGN_IN, id="4", ended_at=NOW + MINUTE)
        assert uow.sign_ins.get("5") is None


def test_delegations_are_found_by_whom_they_are_given_to_and_by_unit(store: Store) -> None:
    ended = replace(DELEGATION, id="2", ended_at=NOW)
    with store.writing() as uow:
        uow.delegations.put(DELEGATION)
        uow.delegations.put(ended)
        uow.commit()

    with store.reading() as uow:
        assert uow.delegations.get("1") == DELEGATION
        assert uow.delegations.get("3") is None
        assert list(uow.delegations.to(OTHER.id)) == list(uow.delegations.of_unit(COMMUNE)) == [ended, DELEGATION]
        assert not uow.delegations.to(OFFICER)
        assert not uow.delegations.of_unit(PROVINCE)


def test_the_audit_trail_comes_a_page_at_a_time_filtered(store: Store) -> None:
    lines = [
        AuditLine(at=NOW, by=OFFICER, action="person.added", subject="1", unit=COMMUNE),
        AuditLine(at=NOW + MINUTE, by=OTHER.id, action="slot.removed", subject="2", unit=COMMUNE),
        AuditLine(at=NOW + 2 * MINUTE, by=None, action="personal.x", subject="3", unit=None),
        AuditLine(at=NOW + 3 * MINUTE, by=OFFICER, action="person.closed", subject="4", unit=PROVINCE),
    ]
    with store.writing() as uow:
        for line in lines:
            uow.audit.add(line)
        uow.commit()

    def subjects(**asked: object) -> str:
        wanted = {"units": None, "by": None, "subject": "", "span": None, "skip": 0, "limit": 9, **asked}
        with store.reading() as uow:
            return "".join(each.subject for each in uow.audit.page(**wanted))  # type: ignore[arg-type]

    assert subjects() == "4321"
    assert subjects(units=[COMMUNE]) == "21"
    assert subjects(by=OFFICER) == "41"
    assert subjects(subject="person") == "41"
    assert subjects(span=Span(NOW, NOW + 2 * MINUTE)) == "21"
    assert subjects(skip=1, limit=2) == "32"


def test_the_audit_trail_knows_what_somebody_has_ever_done(store: Store) -> None:
    with store.writing() as uow:
        for by, action in ((OFFICER, "person.added"), (OFFICER, "person.added"), (OTHER.id, "slot.removed")):
            uow.audit.add(AuditLine(at=NOW, by=by, action=action, subject="1", unit=COMMUNE))
        uow.commit()

    with store.reading() as uow:
        assert uow.audit.actions_of(OFFICER, ["person.added", "slot.removed"]) == {"person.added"}
        assert uow.audit.actions_of(OTHER.id, ["person.added"]) == frozenset()
        assert uow.audit.actions_of(OFFICER, []) == frozenset()


def test_the_lines_about_some_subjects_are_given_by_kind_from_an_instant_on(store: Store) -> None:
    lines = [
        AuditLine(at=at, by=None, action=action, subject=subject, unit=COMMUNE, details={})
        for at, action, subject in (
            (NOW - MINUTE, "factor.reset", OFFICER),
            (NOW, "factor.reset", OFFICER),
            (NOW, "person.signed_in", OFFICER),
            (NOW, "factor.reset", OTHER.id),
            (NOW + MINUTE, "person.changed", OFFICER),
        )
    ]
    with store.writing() as uow:
        for each in lines:
            uow.audit.add(each)
        uow.commit()

    with store.reading() as uow:
        assert uow.audit.about([OFFICER], ["factor.reset", "person.changed"], since=NOW) == [lines[1], lines[4]]
        assert uow.audit.about([OFFICER, OTHER.id], ["factor.reset"], since=NOW) == [lines[1], lines[3]]
        assert uow.audit.about([], ["factor.reset"], since=NOW) == []
