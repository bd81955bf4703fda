"""Changes of a station's rules: one person narrows at once, two widen from the next day on."""

from dataclasses import replace
from datetime import date, time

import pytest

from schedules.ids import LoudspeakerId
from schedules.programme import Kind
from schedules.regulation import Opening, Regulation, SessionName, SessionRule, Suspension
from schedules.times import DAY
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import regulations
from server.services.regulations import Change
from server.values import Person, Proposal, ProposalState
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    PROVINCE_APPROVER,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
    local,
)

TUESDAY = MONDAY + DAY
MUCH = "Mưa lũ " * 30_000
ZONES = {LANG_MOI, GO_SIM, DONG_BANG}
NOON = Opening(
    number="31/TB-UBND",
    signed_on=MONDAY,
    signer="Phạm Văn Lực",
    reason="Mưa lũ",
    first_day=TUESDAY,
    last_day=MONDAY + 6 * DAY,
    rule=SessionRule(session=SessionName.NOON, earliest=time(11), latest=time(11, 30), max_minutes=15),
)
EXAMS = Suspension(
    number="44/CV-SGDĐT",
    signed_on=MONDAY,
    signer="Sở Giáo dục và Đào tạo",
    reason="Thi tốt nghiệp",
    first_day=MONDAY,
    last_day=MONDAY + 3 * DAY,
    kinds=frozenset({Kind.MUSIC}),
)


def known(radio: Radio) -> list[Regulation]:
    with radio.store.reading() as uow:
        return [each for each in uow.places.regulations() if each.station == SON_HA]


def anew(radio: Radio, valid_from: date, **changes: object) -> Regulation:
    """Give the regulation in force under a new number."""
    changed = replace(known(radio)[0], number="13/QĐ-UBND", valid_from=valid_from, openings=(), suspensions=())
    return replace(changed, **changes)  # type: ignore[arg-type]  # fields by name


def wider(radio: Radio, valid_from: date = TUESDAY) -> Regulation:
    return anew(radio, valid_from, max_minutes_a_day=180)


def propose(radio: Radio, change: Change, *, by: Person = OFFICER) -> Proposal:
    return regulations.propose(radio.store, radio.clock, by, SON_HA, change)


def accept(radio: Radio, proposal: Proposal, *, by: Person = APPROVER) -> Proposal:
    return regulations.accept(radio.store, radio.clock, by, proposal.id)


def assignments_wanted(radio: Radio) -> set[LoudspeakerId]:
    with radio.store.reading() as uow:
        return {loudspeaker for loudspeaker, wanted, _ in uow.issue.assignment_numbers() if wanted > 1}


def refusal(radio: Radio, change: Change, *, by: Person = OFFICER) -> tuple[str, str]:
    before = known(radio)
    with pytest.raises(Unacceptable) as refused:
        propose(radio, change, by=by)
    assert known(radio) == before
    assert radio.store.kept.proposals == {}
    return refused.value.code, refused.value.field


def test_what_narrows_is_in_force_at_once_by_one_person_and_everybody_is_told(radio: Radio) -> None:
    radio.wanted()

    proposal = propose(radio, EXAMS)

    assert proposal.state is ProposalState.ACCEPTED
    assert known(radio)[0].suspensions == (EXAMS,)
    assert radio.wanted() == ZONES
    assert {str(each) for each in assignments_wanted(radio)} == {"pole-lm", "pole-gs", "pole-db"}
    assert radio.actions() == ["regulation.narrowed"]


def test_what_widens_waits_for_a_second_person(radio: Radio) -> None:
    radio.wanted()

    proposal = propose(radio, NOON)

    assert proposal.state is ProposalState.WAITING
    assert known(radio)[0].openings == ()
    assert radio.wanted() == set()

    settled = accept(radio, proposal)

    assert (settled.state, settled.settled_by) == (ProposalState.ACCEPTED, APPROVER.id)
    assert known(radio)[0].openings == (NOON,)
    assert radio.wanted() == ZONES
    assert radio.actions() == ["regulation.proposed", "regulation.accepted"]


@pytest.mark.parametrize("second", [APPROVER, PROVINCE_APPROVER, ADMINISTRATOR], ids=lambda person: person.login)
def test_the_second_person_may_be_of_a_unit_above(radio: Radio, second: Person) -> None:
    assert accept(radio, propose(radio, NOON), by=second).settled_by == second.id


def test_the_same_person_is_no_second_person(radio: Radio) -> None:
    proposal = propose(radio, NOON, by=APPROVER)

    with pytest.raises(Unacceptable) as refused:
        accept(radio, proposal, by=APPROVER)

    assert refused.value.code == "proposal.own"
    assert known(radio)[0].openings == ()


@pytest.mark.parametrize("wrong", [OFFICER, EDITOR, INSPECTOR, TECHNICIAN, NEIGHBOUR], ids=lambda person: person.login)
def test_the_wrong_person_accepts_and_turns_down_nothing(radio: Radio, wrong: Person) -> None:
    proposal = propose(radio, NOON, by=ADMINISTRATOR)

    with pytest.raises(NotAllowed):
        accept(radio, proposal, by=wrong)
    with pytest.raises(NotAllowed):
        regulations.refuse(radio.store, radio.clock, wrong, proposal.id, reason="không")

    assert known(radio)[0].openings == ()


@pytest.mark.parametrize("wrong", [EDITOR, INSPECTOR, TECHNICIAN, NEIGHBOUR], ids=lambda person: person.login)
def test_the_wrong_person_proposes_nothing(radio: Radio, wrong: Person) -> None:
    for change in (EXAMS, NOON, wider(radio)):
        with pytest.raises(NotAllowed):
            propose(radio, change, by=wrong)

    assert radio.store.kept.proposals == {}
    assert known(radio)[0].suspensions == ()


def test_a_new_regulation_takes_over_the_decisions_that_last_longer(radio: Radio) -> None:
    accept(radio, propose(radio, NOON))
    propose(radio, EXAMS)

    accept(radio, propose(radio, wider(radio, MONDAY + 5 * DAY)))

    old, new = known(radio)
    assert (new.number, new.openings, new.suspensions) == ("13/QĐ-UBND", (NOON,), ())
    assert old.suspensions == (EXAMS,)


def test_a_narrower_regulation_may_begin_today_by_one_person(radio: Radio) -> None:
    proposal = propose(radio, anew(radio, MONDAY, max_minutes_a_day=60))

    assert proposal.state is ProposalState.ACCEPTED
    assert [each.number for each in known(radio)] == ["12/QĐ-UBND", "13/QĐ-UBND"]


def test_what_widens_cannot_begin_today(radio: Radio) -> None:
    assert refusal(radio, wider(radio, MONDAY)) == ("regulation.too_soon", "valid_from")
    assert refusal(radio, replace(NOON, first_day=MONDAY)) == ("regulation.too_soon", "first_day")


def test_what_waited_too_long_must_be_asked_for_again(radio: Radio) -> None:
    proposal = propose(radio, NOON)
    radio.at(local(8, day=TUESDAY))

    with pytest.raises(Unacceptable) as refused:
        accept(radio, proposal)

    assert refused.value.code == "regulation.too_soon"
    assert known(radio)[0].openings == ()


def test_an_opening_that_ends_sooner_needs_one_person_and_a_suspension_that_ends_sooner_two(radio: Radio) -> None:
    accept(radio, propose(radio, NOON))
    propose(radio, EXAMS)

    assert propose(radio, replace(NOON, last_day=TUESDAY)).state is ProposalState.ACCEPTED
    assert propose(radio, replace(EXAMS, last_day=MONDAY)).state is ProposalState.WAITING
    assert known(radio)[0].openings == (replace(NOON, last_day=TUESDAY),)
    assert known(radio)[0].suspensions == (EXAMS,)


def test_a_suspension_is_not_lifted_on_the_day_itself(radio: Radio) -> None:
    propose(radio, EXAMS)
    radio.store.kept.proposals.clear()

    with pytest.raises(Unacceptable) as refused:
        propose(radio, replace(EXAMS, kinds=frozenset({Kind.FEATURE})))

    assert refused.value.code == "regulation.too_soon"


def test_a_decision_counts_under_the_regulations_to_come_too(radio: Radio) -> None:
    accept(radio, propose(radio, wider(radio, MONDAY + 2 * DAY)))

    propose(radio, EXAMS)

    assert [each.suspensions for each in known(radio)] == [(EXAMS,), (EXAMS,)]


def test_what_makes_no_sense_is_refused_and_nothing_is_saved(radio: Radio) -> None:
    noon_for_good = anew(radio, TUESDAY, sessions=(NOON.rule,))

    assert refusal(radio, noon_for_good) == ("regulation.only_opened", "")
    assert refusal(radio, replace(wider(radio), number=" ")) == ("regulation.no_number", "number")
    assert refusal(radio, replace(wider(radio), number="12/QĐ-UBND")) == ("regulation.number_taken", "number")
    assert refusal(radio, wider(radio, MONDAY - DAY)) == ("regulation.in_the_past", "valid_from")
    over = replace(EXAMS, first_day=MONDAY - 2 * DAY, last_day=MONDAY - DAY)
    assert refusal(radio, over) == ("regulation.in_the_past", "last_day")


def test_a_day_that_lies_centuries_ahead_is_a_slip_of_the_pen(radio: Radio) -> None:
    assert refusal(radio, replace(EXAMS, last_day=date.max)) == ("regulation.too_far", "last_day")
    assert refusal(radio, anew(radio, date.max)) == ("regulation.too_far", "valid_from")


def test_rules_too_long_to_be_told_to_a_loudspeaker_are_refused(radio: Radio) -> None:
    assert refusal(radio, replace(EXAMS, reason=MUCH))[0] == "regulation.too_long"
    assert refusal(radio, anew(radio, TUESDAY, languages=(MUCH,)))[0] == "regulation.too_long"

    halves = (replace(EXAMS, number=str(number), reason=MUCH[:60_000]) for number in range(2))
    propose(radio, next(halves))
    with pytest.raises(Unacceptable, match=r"regulation\.too_long"):
        propose(radio, next(halves))


def test_the_first_regulation_of_a_station_needs_two_people_and_a_decision_needs_a_regulation(radio: Radio) -> None:
    first = replace(wider(radio), openings=())
    radio.store.kept.regulations.clear()

    assert refusal(radio, EXAMS) == ("station.no_regulation", "")
    accept(radio, propose(radio, first))

    assert known(radio) == [first]


def test_a_proposal_is_settled_once(radio: Radio) -> None:
    proposal = propose(radio, NOON)
    with pytest.raises(Unacceptable) as wordless:
        regulations.refuse(radio.store, radio.clock, APPROVER, proposal.id)
    refused = regulations.refuse(radio.store, radio.clock, APPROVER, proposal.id, reason="Chưa cần")

    assert (wordless.value.code, wordless.value.field) == ("proposal.no_reason", "reason")
    assert (refused.state, refused.note) == (ProposalState.REFUSED, "Chưa cần")
    with pytest.raises(Unacceptable) as again:
        accept(radio, proposal, by=ADMINISTRATOR)
    assert again.value.code == "proposal.settled"
    with pytest.raises(NotFound):
        accept(radio, replace(proposal, id="nowhere"))


def test_who_asked_may_take_it_back(radio: Radio) -> None:
    proposal = propose(radio, NOON)

    assert regulations.refuse(radio.store, radio.clock, OFFICER, proposal.id).state is ProposalState.REFUSED


def test_the_neighbours_rules_stay_what_they_were(radio: Radio) -> None:
    with radio.store.reading() as uow:
        before = [each for each in uow.places.regulations() if each.station == SON_LINH]

    accept(radio, propose(radio, NOON))
    propose(radio, EXAMS)

    with radio.store.reading() as uow:
        assert [each for each in uow.places.regulations() if each.station == SON_LINH] == before
