"""A session template that sounds by a signed paper, until the approver it names says yes or no."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.approving_records import Means, OutsideApproval, OutsideState
from server.errors import NotAllowed, ServerError, Unacceptable
from server.services import outside_approvals as outside
from server.services import (
    outside_board,
    session_comparison,
    templates,
)
from server.values import ApprovalWay, Person
from tests.server.services.approved import releases_templates
from tests.server.services.radio import (
    APPROVER,
    BOTH,
    MORNING,
    OFFICER,
    PROVINCE_APPROVER,
    Radio,
)
from tests.server.services.waiting_session import (
    SESSION,
    WRONG_PEOPLE,
    goes_back,
    is_heard,
    is_released,
    morning,
    saves,
    waits_for,
)

PHOTO = b"\xff\xd8\xff\xe0 a signed paper"


def claims(radio: Radio, *, by: Person = OFFICER, **changes: object) -> OutsideApproval:
    claim = outside.Claim(
        approver=APPROVER.id,
        approved_at=radio.now() - timedelta(hours=2),
        means=Means.PAPER,
        document="15/UBND",
        paper=PHOTO,
    )
    claim = replace(claim, **changes)  # type: ignore[arg-type]  # fields by name
    return outside.enter(radio.store, radio.clock, by, SESSION, claim=claim)


@pytest.fixture
def article(radio: Radio) -> None:
    """Let the regulations have an article for it."""
    with radio.store.writing() as uow:
        for each in uow.places.regulations():
            uow.places.put_regulation(replace(each, outside_approval="Điều 7"))
        uow.commit()


@pytest.mark.usefixtures("article")
def test_it_sounds_and_waits_for_the_approvers_word(radio: Radio) -> None:
    made = claims(radio)

    kept = radio.store.kept.approvals[-1]
    assert is_heard(radio)
    assert (kept.way, kept.approval.approved_by, made.records) == (
        ApprovalWay.OUTSIDE,
        APPROVER.id,
        (kept.approval.record,),
    )
    assert outside_board.to_confirm(radio.store, APPROVER) == (made,)
    assert templates.get(radio.store, OFFICER, MORNING).unconfirmed == made
    line = next(each for each in radio.store.kept.audit if each.action == "template.approved")
    assert (line.by, line.details["approver"], line.details["way"]) == (OFFICER.id, APPROVER.id, "outside")


@pytest.mark.usefixtures("article")
def test_changed_and_changed_back_it_waits_for_the_approvers_word_as_before(radio: Radio) -> None:
    made, old = claims(radio), morning(radio)
    saves(radio, name="Buổi sớm")
    between = templates.get(radio.store, OFFICER, MORNING).unconfirmed

    saves(radio, name=old.name)

    assert between is None
    assert is_heard(radio)
    assert templates.get(radio.store, OFFICER, MORNING).unconfirmed == made


@pytest.mark.usefixtures("article")
def test_confirmed_it_is_like_any_other(radio: Radio) -> None:
    made = claims(radio)

    settled = outside.confirm(radio.store, radio.clock, APPROVER, made.id)

    assert settled.state is OutsideState.CONFIRMED
    assert templates.get(radio.store, OFFICER, MORNING).unconfirmed is None
    assert is_heard(radio)


def denies(radio: Radio, made: OutsideApproval) -> None:
    outside.refuse(radio.store, radio.clock, APPROVER, made.id, reason="Tôi không duyệt")


@pytest.mark.usefixtures("article")
def test_denied_it_is_silent_however_often_it_is_saved_again(radio: Radio) -> None:
    made = claims(radio)
    before = is_heard(radio)

    denies(radio, made)
    denied = is_heard(radio)
    saves(radio)

    assert (before, denied, is_heard(radio)) == (True, False, False)
    assert waits_for(radio)


@pytest.mark.usefixtures("article")
def test_changing_it_back_to_what_was_denied_revives_nothing(radio: Radio) -> None:
    made, old = claims(radio), morning(radio)
    saves(radio, name="Buổi sớm")
    denies(radio, made)

    saves(radio, name=old.name)

    assert not is_heard(radio)
    assert waits_for(radio)


@pytest.mark.usefixtures("article")
def test_what_was_denied_is_not_shown_as_approved_before(radio: Radio) -> None:
    releases_templates(radio)
    before = morning(radio)
    saves(radio, name="Buổi sớm")
    made = claims(radio)
    saves(radio, name="Buổi sớm mai")
    waiting = session_comparison.compared(radio.store, APPROVER, morning(radio))
    denies(radio, made)

    denied = session_comparison.compared(radio.store, APPROVER, morning(radio))

    assert waiting == denied
    assert denied is not None
    assert denied.name == before.name


@pytest.mark.usefixtures("article")
def test_a_denial_leaves_another_record_alone(radio: Radio) -> None:
    made = claims(radio)
    saves(radio, name="Buổi sớm")
    releases_templates(radio)

    denies(radio, made)

    assert is_released(radio)
    assert is_heard(radio)


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("by", [APPROVER, *WRONG_PEOPLE])
def test_only_who_draws_up_sessions_there_enters_it(radio: Radio, by: Person) -> None:
    with pytest.raises(NotAllowed):
        claims(radio, by=by)
    with pytest.raises(NotAllowed):
        outside_board.allowed_at(radio.store, radio.clock, by, SESSION)

    assert not is_released(radio)


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("by", [OFFICER, BOTH, PROVINCE_APPROVER, *WRONG_PEOPLE])
def test_nobody_but_the_named_approver_answers(radio: Radio, by: Person) -> None:
    made = claims(radio)

    with pytest.raises(NotAllowed):
        outside.confirm(radio.store, radio.clock, by, made.id)
    with pytest.raises(NotAllowed):
        outside.refuse(radio.store, radio.clock, by, made.id, reason="x")

    assert outside_board.to_confirm(radio.store, APPROVER) == (made,)


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("approver", [OFFICER, *WRONG_PEOPLE])
def test_it_names_somebody_who_may_approve_it(radio: Radio, approver: Person) -> None:
    with pytest.raises(ServerError) as refused:
        claims(radio, approver=approver.id)

    assert refused.value.code == "outside.no_approver"
    assert not is_released(radio)


@pytest.mark.usefixtures("article")
def test_a_session_that_was_sent_back_is_not_claimed(radio: Radio) -> None:
    goes_back(radio)

    with pytest.raises(Unacceptable, match=r"approval\.nothing_waits"):
        claims(radio)

    assert radio.store.kept.approving.papers == {}


def test_without_the_article_nothing_is_entered(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"outside\.not_allowed"):
        claims(radio)

    assert outside_board.allowed_at(radio.store, radio.clock, OFFICER, SESSION) is None
