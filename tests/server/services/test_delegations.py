"""Approval in somebody's place: on its days, by its document, in its unit, and never for one's own work."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from schedules.ids import PersonId, ProgrammeId
from server.account_records import Delegation
from server.errors import NotAllowed, NotFound, ServerError, Unacceptable
from server.services import approvals, delegations, emergency_rights, people, programmes
from server.values import Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    INSPECTOR,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    TECHNICIAN,
    Radio,
    in_notices,
)

DAY = timedelta(days=1)


def hands_on(
    radio: Radio, to: Person = INSPECTOR, *, first: date = MONDAY, last: date = MONDAY + DAY, by: Person = APPROVER
) -> Delegation:
    return delegations.give(
        radio.store,
        radio.clock,
        by,
        unit=SON_HA,
        to=to.id,
        first_day=first,
        last_day=last,
        document=" 12/UQ ngày 20/11/2026 ",
    )


def a_notice_waits(radio: Radio) -> ProgrammeId:
    notice = radio.writes("Tạm ngừng cấp điện")
    radio.records(notice)
    radio.books(notice, in_notices())
    radio.submits(notice)
    return notice


def approves(radio: Radio, by: Person) -> str:
    """Approve a notice of the officer's; give by which delegation."""
    radio.approves(a_notice_waits(radio), by=by)
    return radio.store.kept.approvals[-1].delegation


def test_the_delegate_approves_in_their_own_name_with_a_reference(radio: Radio) -> None:
    made = hands_on(radio)

    by = approves(radio, INSPECTOR)

    assert by == made.id
    assert radio.store.kept.approvals[-1].approval.approved_by == INSPECTOR.id
    assert radio.store.kept.audit[-1].details["delegation"] == made.id
    assert made.document == "12/UQ ngày 20/11/2026"


def test_whoever_approves_by_their_own_right_needs_none(radio: Radio) -> None:
    hands_on(radio)

    assert approves(radio, APPROVER) == ""


def test_it_counts_on_its_days_only(radio: Radio) -> None:
    hands_on(radio, first=MONDAY + DAY, last=MONDAY + DAY)
    first, second = a_notice_waits(radio), a_notice_waits(radio)

    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        radio.approves(first, by=INSPECTOR)
    radio.clock.advance(DAY)
    radio.approves(first, by=INSPECTOR)
    radio.clock.advance(DAY)
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        radio.approves(second, by=INSPECTOR)


def test_it_shows_the_queue_and_lets_send_back(radio: Radio) -> None:
    notice = a_notice_waits(radio)
    assert not approvals.queue(radio.store, radio.clock, INSPECTOR).programmes
    hands_on(radio)

    (waiting,) = approvals.queue(radio.store, radio.clock, INSPECTOR).programmes
    version = waiting.stored.programme.version
    programmes.send_back(radio.store, radio.clock, INSPECTOR, notice, version=version, reason="Sai ngày")

    assert not approvals.queue(radio.store, radio.clock, INSPECTOR).programmes
    assert radio.store.kept.audit[-1].details["delegation"]


def test_nobody_approves_their_own_work_in_anothers_place(radio: Radio) -> None:
    hands_on(radio, OFFICER)

    with pytest.raises(Unacceptable, match=r"approval\.own_work"):
        approves(radio, OFFICER)


def test_it_is_no_right_to_confirm_an_emergency_nor_an_approvers_role(radio: Radio) -> None:
    hands_on(radio)

    with radio.store.reading() as uow:
        assert emergency_rights.may_confirm(uow, APPROVER, [SON_HA], radio.now())
        assert not emergency_rights.may_confirm(uow, INSPECTOR, [SON_HA], radio.now())
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        hands_on(radio, TECHNICIAN, by=INSPECTOR)


def test_it_ends_when_it_is_taken_back_or_its_giver_approves_no_more(radio: Radio) -> None:
    made = hands_on(radio)
    delegations.end(radio.store, radio.clock, APPROVER, made.id)
    with pytest.raises(NotAllowed):
        approves(radio, INSPECTOR)

    hands_on(radio)
    people.close(radio.store, radio.clock, ADMINISTRATOR, APPROVER.id)

    with pytest.raises(NotAllowed):
        approves(radio, INSPECTOR)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"to": APPROVER}, "delegation.to", "to"),
        ({"to": NEIGHBOUR}, "delegation.to", "to"),
        ({"to": replace(OFFICER, id=PersonId("nobody"))}, "delegation.to", "to"),
        ({"last": MONDAY - DAY, "first": MONDAY - DAY}, "delegation.days", "last_day"),
        ({"first": MONDAY + 2 * DAY}, "delegation.days", "last_day"),
        ({"last": MONDAY + 90 * DAY}, "delegation.too_long", "last_day"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_at_its_field(
    radio: Radio, changes: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        hands_on(radio, **changes)  # type: ignore[arg-type]

    assert (refused.value.code, refused.value.field) == (code, field)
    assert not radio.store.kept.accounts.delegations


def test_it_needs_a_document(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"delegation\.no_document"):
        delegations.give(
            radio.store,
            radio.clock,
            APPROVER,
            unit=SON_HA,
            to=OFFICER.id,
            first_day=MONDAY,
            last_day=MONDAY,
            document=" ",
        )


def test_the_wrong_person_neither_gives_reads_nor_ends_one(radio: Radio) -> None:
    made = hands_on(radio)

    for by in (OFFICER, NEIGHBOUR, TECHNICIAN):
        for act in (
            lambda by=by: hands_on(radio, INSPECTOR, by=by),
            lambda by=by: delegations.end(radio.store, radio.clock, by, made.id),
        ):
            with pytest.raises(ServerError, match=r"rights\.missing"):
                act()
    for by in (NEIGHBOUR, TECHNICIAN):
        with pytest.raises(ServerError, match=r"rights\.missing"):
            delegations.shown(radio.store, radio.clock, by, SON_HA)
    assert delegations.shown(radio.store, radio.clock, OFFICER, SON_HA)[0].may_end is False
    with pytest.raises(NotFound, match=r"delegation\.unknown"):
        delegations.end(radio.store, radio.clock, APPROVER, "nothing")
    (seen,) = delegations.shown(radio.store, radio.clock, ADMINISTRATOR, SON_HA)
    assert (seen.giver, seen.delegate, seen.holds, seen.may_end) == ("Approver", "Inspector", True, True)
    delegations.end(radio.store, radio.clock, ADMINISTRATOR, made.id)
    delegations.end(radio.store, radio.clock, ADMINISTRATOR, made.id)
    assert radio.actions().count("delegation.ended") == 1


def test_it_may_be_handed_to_whoever_has_a_role_there(radio: Radio) -> None:
    fit = delegations.delegates(radio.store, APPROVER, SON_HA)

    assert {OFFICER, ADMINISTRATOR} <= set(fit)
    assert APPROVER not in fit
    assert NEIGHBOUR not in fit
