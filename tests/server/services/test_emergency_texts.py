"""Texts: written by one, approved by another, and what was approved is what is used."""

import pytest

from schedules.emergency import Certainty, Event, Severity, Urgency, Words
from schedules.ids import EmergencyTemplateId
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import emergency_texts
from server.services.emergency_texts import TextWanted
from tests.server.services.alarm import has_text
from tests.server.services.radio import (
    APPROVER,
    BOTH,
    EDITOR,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    Radio,
)

WANTED = TextWanted(
    event=Event.FIRE,
    severity=Severity.SEVERE,
    urgency=Urgency.IMMEDIATE,
    certainty=Certainty.OBSERVED,
    headline=" Cháy rừng ",
    words=(Words("vi", "Bà con rời khỏi bìa rừng ngay."),),
)


def test_a_text_is_used_once_another_person_has_approved_it(radio: Radio) -> None:
    text = has_text(radio, approved=False)

    approved = emergency_texts.approve(radio.store, radio.clock, APPROVER, text, seen=1)

    assert (approved.approved_by, approved.written_by) == (APPROVER.id, frozenset({OFFICER.id}))
    assert radio.actions() == ["emergency_template.saved", "emergency_template.approved"]


def test_nobody_approves_their_own_and_only_approvers_do(radio: Radio) -> None:
    own = emergency_texts.save(radio.store, radio.clock, BOTH, unit=SON_HA, wanted=WANTED).template.id

    with pytest.raises(NotAllowed, match=r"approval\.own_work"):
        emergency_texts.approve(radio.store, radio.clock, BOTH, own, seen=1)
    for by in (OFFICER, NEIGHBOUR, INSPECTOR):
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            emergency_texts.approve(radio.store, radio.clock, by, own, seen=1)


def test_who_wrote_it_does_not_approve_it_after_somebody_else_changed_it(radio: Radio) -> None:
    own = emergency_texts.save(radio.store, radio.clock, BOTH, unit=SON_HA, wanted=WANTED).template.id

    emergency_texts.save(radio.store, radio.clock, OFFICER, unit=SON_HA, wanted=WANTED, template=own, seen=1)

    with pytest.raises(NotAllowed, match=r"approval\.own_work"):
        emergency_texts.approve(radio.store, radio.clock, BOTH, own, seen=2)


def test_a_change_voids_the_approval(radio: Radio) -> None:
    text = has_text(radio)

    changed = emergency_texts.save(radio.store, radio.clock, OFFICER, unit=SON_HA, wanted=WANTED, template=text, seen=1)

    assert (changed.template.version, changed.approved_by, changed.template.headline) == (2, None, "Cháy rừng")
    with pytest.raises(Stale):
        emergency_texts.approve(radio.store, radio.clock, APPROVER, text, seen=1)
    with pytest.raises(Stale):
        emergency_texts.save(radio.store, radio.clock, OFFICER, unit=SON_HA, wanted=WANTED, template=text, seen=1)


def test_writing_takes_a_role_at_the_unit(radio: Radio) -> None:
    text = has_text(radio)

    for by in (INSPECTOR, NEIGHBOUR):
        with pytest.raises(NotAllowed, match=r"rights\.missing"):
            emergency_texts.save(radio.store, radio.clock, by, unit=SON_HA, wanted=WANTED)
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        emergency_texts.save(radio.store, radio.clock, NEIGHBOUR, unit=SON_LINH, wanted=WANTED, template=text, seen=1)
    with pytest.raises(NotFound, match=r"emergency_template\.unknown"):
        emergency_texts.approve(radio.store, radio.clock, APPROVER, EmergencyTemplateId("x"), seen=1)


def test_what_is_no_text_is_refused(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"emergency_template\.gaps_differ"):
        has_text(radio, "Bà con về {where}.", ())


def test_a_station_sees_its_own_texts_and_those_of_the_province(radio: Radio) -> None:
    ours = has_text(radio)
    theirs = emergency_texts.save(radio.store, radio.clock, EDITOR, unit=QUANG_NGAI, wanted=WANTED).template.id

    def seen(unit: str) -> list[str]:
        station = SON_HA if unit == "ours" else SON_LINH
        person = INSPECTOR if unit == "ours" else NEIGHBOUR
        return [each.template.id for each in emergency_texts.texts(radio.store, person, station)]

    assert seen("ours") == [theirs, ours]
    assert seen("theirs") == [theirs]
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        emergency_texts.texts(radio.store, NEIGHBOUR, SON_HA)
