"""Issuing: alone by an approved text, by two people otherwise; updates, cancels, and what is refused keeps nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import EmergencyId, EmergencyTemplateId, PersonId, UnitId
from schedules.programme import Origin
from server.emergency_records import Act, RequestState, Way
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import emergencies, emergency_rights
from server.services.emergency_board import board, find, reach
from server.services.new_ids import unix_milliseconds
from server.values import Person
from tests.server.services.alarm import MINUTE, asks, confirms, gives, has_text, issues, listed, live, may_speak, wanted
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    EDITOR,
    GO_SIM,
    HAMLETS,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    PROVINCE_APPROVER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
)

LANG_MOI = next(iter(HAMLETS))


def issue_text(radio: Radio, *units: UnitId, by: Person = OFFICER, **about: object) -> EmergencyId:
    given: dict[str, object] = {"units": units or (SON_HA,), "ends_at": radio.now() + 30 * MINUTE, **about}
    return emergencies.issue(radio.store, radio.clock, by, **given).emergency.id  # type: ignore[arg-type]


def untouched(radio: Radio) -> bool:
    kept = radio.store.kept.emergencies
    return not kept.emergencies and not kept.requests and not kept.lists


def test_nothing_sounds_before_a_second_person_confirms(radio: Radio) -> None:
    gives(radio, OFFICER)

    request = asks(radio)

    assert request.state is RequestState.WAITING
    assert live(radio) == []
    stored = confirms(radio, request)
    assert live(radio) == [stored.emergency.id]
    assert (stored.way, stored.emergency.issued_by, stored.confirmed_by) == (Way.TWO_PEOPLE, OFFICER.id, APPROVER.id)
    assert (stored.emergency.sender, stored.emergency.origin) == (SON_HA, Origin.COMMUNE)
    assert [words.language for words in stored.emergency.words] == ["vi"]
    assert radio.actions()[-2:] == ["emergency.asked", "emergency.issued"]


def test_the_list_is_numbered_above_everything_an_agent_can_hold(radio: Radio) -> None:
    gives(radio, OFFICER)

    issues(radio)
    first = listed(radio).number
    issues(radio)

    assert first == unix_milliseconds(radio.now())
    assert listed(radio).number == first + 1


def test_the_list_names_an_emergency_by_the_sum_of_its_content(radio: Radio) -> None:
    gives(radio, OFFICER)

    stored = issues(radio)

    assert listed(radio).live[0].sha256 == stored.sha256
    assert len(stored.sha256) == 64


@pytest.mark.parametrize("by", [APPROVER, TECHNICIAN, ADMINISTRATOR, NEIGHBOUR, EDITOR])
def test_a_role_alone_is_no_right(radio: Radio, by: Person) -> None:
    gives(radio, OFFICER)

    with pytest.raises(NotAllowed) as refused:
        asks(radio, by=by)

    assert (refused.value.code, refused.value.values["units"]) == ("emergency.no_right", ("Xã Sơn Hà",))
    assert untouched(radio)


def test_a_right_for_one_commune_reaches_no_other(radio: Radio) -> None:
    gives(radio, OFFICER)

    for units in ([SON_LINH], [SON_HA, SON_LINH], [QUANG_NGAI], [UnitId("nowhere")]):
        with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
            asks(radio, *units)
    assert untouched(radio)


def test_what_expired_before_it_was_issued_is_a_sentence_at_its_field_and_nothing_is_kept(radio: Radio) -> None:
    gives(radio, OFFICER)

    with pytest.raises(Unacceptable) as refused:
        asks(radio, minutes=-1)

    assert (refused.value.code, refused.value.field) == ("emergency.already_expired", "ends")
    assert refused.value.values == {"sent": radio.now(), "expires": radio.now() - MINUTE}
    assert untouched(radio)


@pytest.mark.parametrize(
    ("about", "code", "field"),
    [
        ({"minutes": 61}, "emergency.lives_too_long", "ends"),
        ({"times": 6}, "emergency.times", "times"),
        ({"pause_s": 1}, "emergency.pause", "pause"),
        ({"headline": " "}, "emergency.headline", "headline"),
        ({"texts": {"vi": " "}}, "emergency.no_words", "text"),
        ({"texts": {"vi": "a" * 1001}}, "emergency.text", "text"),
        ({"texts": {"vi": "đi " * 200}}, "emergency.too_long", "text"),
        ({"texts": {"hre": "Lam."}}, "emergency.not_spoken", "text"),
        ({"units": ()}, "emergency.no_area", "units"),
    ],
)
def test_whatever_the_rules_refuse_names_its_field_and_keeps_nothing(
    radio: Radio, about: dict[str, object], code: str, field: str
) -> None:
    gives(radio, OFFICER)

    with pytest.raises(Unacceptable) as refused:
        asks(radio, **about)  # type: ignore[arg-type]  # by name

    assert (refused.value.code, refused.value.field) == (code, field)
    assert untouched(radio)


def test_a_request_whose_end_has_passed_is_not_issued(radio: Radio) -> None:
    gives(radio, OFFICER)
    request = asks(radio, minutes=10)

    radio.clock.advance(10 * MINUTE)

    with pytest.raises(Unacceptable, match=r"emergency\.already_expired"):
        confirms(radio, request)
    assert live(radio) == []
    assert board(radio.store, radio.clock, OFFICER, SON_HA).asked == ()


def test_nobody_confirms_their_own(radio: Radio) -> None:
    gives(radio, BOTH)
    request = asks(radio, by=BOTH)

    with pytest.raises(NotAllowed, match=r"emergency\.own_request"):
        confirms(radio, request, by=BOTH)


@pytest.mark.parametrize("by", [INSPECTOR, TECHNICIAN, NEIGHBOUR])
def test_the_second_is_an_approver_of_the_commune_or_holds_the_right(radio: Radio, by: Person) -> None:
    gives(radio, OFFICER)
    request = asks(radio)

    with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
        confirms(radio, request, by=by)
    gives(radio, TECHNICIAN)
    assert confirms(radio, request, by=TECHNICIAN).confirmed_by == TECHNICIAN.id


def test_a_whole_province_takes_two_who_hold_its_right(radio: Radio) -> None:
    gives(radio, EDITOR, unit=QUANG_NGAI)
    request = asks(radio, QUANG_NGAI, by=EDITOR)

    with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
        confirms(radio, request, by=PROVINCE_APPROVER)
    gives(radio, PROVINCE_APPROVER, unit=QUANG_NGAI)
    stored = confirms(radio, request, by=PROVINCE_APPROVER)

    assert (stored.emergency.sender, stored.emergency.origin) == (QUANG_NGAI, Origin.PROVINCE)
    assert live(radio, QUANG_NGAI) == [stored.emergency.id]
    assert live(radio) == []


def test_two_communes_named_one_by_one_take_two_people_as_well(radio: Radio) -> None:
    gives(radio, EDITOR, unit=QUANG_NGAI)
    text = has_text(radio, "Bà con lên chỗ cao ngay.", (), unit=SON_HA)
    request = asks(radio, SON_HA, SON_LINH, by=EDITOR)

    with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
        confirms(radio, request, by=APPROVER)
    with pytest.raises(NotFound, match=r"emergency_template\.unknown"):
        issue_text(radio, SON_HA, SON_LINH, by=EDITOR, template=text)


def test_a_right_that_was_taken_back_meanwhile_counts_no_more(radio: Radio) -> None:
    gives(radio, OFFICER)
    request = asks(radio)

    emergency_rights.end(radio.store, radio.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_HA)

    with pytest.raises(NotAllowed, match=r"emergency\.right_lost"):
        confirms(radio, request)
    assert live(radio) == []


def test_a_request_is_decided_once(radio: Radio) -> None:
    gives(radio, OFFICER)
    request = asks(radio)

    emergencies.refuse(radio.store, radio.clock, APPROVER, request.id)

    for again in (confirms, lambda radio, request: emergencies.refuse(radio.store, radio.clock, APPROVER, request.id)):
        with pytest.raises(NotFound, match=r"emergency\.request_over"):
            again(radio, request)
    assert radio.actions()[-1] == "emergency.refused"


def test_whoever_asked_takes_it_back_and_a_stranger_does_not(radio: Radio) -> None:
    gives(radio, OFFICER)
    request = asks(radio)

    with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
        emergencies.refuse(radio.store, radio.clock, INSPECTOR, request.id)
    emergencies.refuse(radio.store, radio.clock, OFFICER, request.id)

    with radio.store.reading() as uow:
        assert not uow.emergencies.requests()


def test_an_approved_text_without_gaps_is_issued_alone(radio: Radio) -> None:
    gives(radio, OFFICER)
    text = has_text(radio, "Bà con lên chỗ cao ngay.", ())

    emergency = issue_text(radio, template=text)

    assert live(radio) == [emergency]
    (stored,) = radio.store.kept.emergencies.emergencies.values()
    assert (stored.way, stored.template, stored.confirmed_by) == (Way.APPROVED_TEXT, text, None)


def test_a_text_with_gaps_or_without_approval_is_not(radio: Radio) -> None:
    gives(radio, OFFICER)
    with_gaps, not_approved = has_text(radio), has_text(radio, "Chạy!", (), approved=False)

    with pytest.raises(Unacceptable, match=r"emergency_template\.has_gaps"):
        issue_text(radio, template=with_gaps)
    for text in (not_approved, EmergencyTemplateId("nobody")):
        with pytest.raises(NotFound, match=r"emergency_template\.unknown"):
            issue_text(radio, template=text)
    assert untouched(radio)


def test_a_text_of_the_province_is_issued_alone_inside_one_commune_only(radio: Radio) -> None:
    gives(radio, EDITOR, unit=QUANG_NGAI)
    text = has_text(radio, "Bà con lên chỗ cao ngay.", ())
    with radio.store.writing() as uow:
        known = uow.emergencies.template(text)
        assert known
        uow.emergencies.put_template(replace(known, template=replace(known.template, unit=QUANG_NGAI)))
        uow.commit()

    with pytest.raises(NotAllowed, match=r"emergency\.two_people"):
        issue_text(radio, QUANG_NGAI, by=EDITOR, template=text)
    assert issue_text(radio, LANG_MOI, by=EDITOR, template=text) in live(radio, LANG_MOI)


def test_an_update_takes_the_place_of_the_first_in_every_list(radio: Radio) -> None:
    gives(radio, EDITOR, OFFICER, unit=QUANG_NGAI)
    first = confirms(radio, asks(radio, SON_HA, SON_LINH), by=EDITOR)

    second = issues(radio, SON_HA, references=(first.emergency.id,))

    assert live(radio) == [second.emergency.id]
    assert live(radio, SON_LINH) == []
    assert [each.id for each in listed(radio, SON_LINH).cancelled] == [first.emergency.id]


def test_an_update_of_what_is_over_or_somebody_elses_is_refused(radio: Radio) -> None:
    gives(radio, OFFICER)
    gives(radio, NEIGHBOUR, unit=SON_LINH)
    mine = issues(radio).emergency.id

    with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
        asks(radio, SON_LINH, by=NEIGHBOUR, references=(mine,))
    emergencies.cancel(radio.store, radio.clock, OFFICER, mine)
    for reference in (mine, EmergencyId("nobody")):
        with pytest.raises(NotFound, match=r"emergency\.not_live"):
            asks(radio, references=(reference,))


def test_a_cancel_ends_it_in_every_list_at_once(radio: Radio) -> None:
    gives(radio, EDITOR, OFFICER, unit=QUANG_NGAI)
    stored = confirms(radio, asks(radio, SON_HA, SON_LINH), by=EDITOR)

    emergencies.cancel(radio.store, radio.clock, OFFICER, stored.emergency.id, why=" phát nhầm ")

    assert live(radio) == live(radio, SON_LINH) == []
    (act,) = radio.store.kept.emergencies.acts
    assert (act.act, act.by, act.note) == (Act.CANCELLED, OFFICER.id, "phát nhầm")
    assert radio.actions()[-1] == "emergency.cancelled"
    with pytest.raises(NotFound, match=r"emergency\.not_live"):
        emergencies.cancel(radio.store, radio.clock, OFFICER, stored.emergency.id)


def test_who_confirmed_may_cancel_and_who_has_nothing_to_do_with_it_may_not(radio: Radio) -> None:
    gives(radio, OFFICER)
    emergency = issues(radio).emergency.id

    for by in (INSPECTOR, TECHNICIAN, NEIGHBOUR):
        with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
            emergencies.cancel(radio.store, radio.clock, by, emergency)
    emergencies.cancel(radio.store, radio.clock, APPROVER, emergency)
    assert live(radio) == []


def test_what_has_expired_is_not_cancelled(radio: Radio) -> None:
    gives(radio, OFFICER)
    emergency = issues(radio, minutes=5).emergency.id
    radio.clock.advance(5 * MINUTE)

    with pytest.raises(NotFound, match=r"emergency\.not_live"):
        emergencies.cancel(radio.store, radio.clock, OFFICER, emergency)


def test_a_full_list_says_so_and_keeps_nothing(radio: Radio) -> None:
    """The seventh is told before the click, and the one that was asked for earlier when it is confirmed."""
    gives(radio, OFFICER)
    early = asks(radio)
    for _ in range(6):
        issues(radio)

    with pytest.raises(Unacceptable) as refused:
        asks(radio)
    with pytest.raises(Unacceptable, match=r"emergency\.list_full"):
        confirms(radio, early)
    assert (refused.value.code, refused.value.field, refused.value.values["limit"]) == (
        "emergency.list_full",
        "units",
        6,
    )
    assert len(radio.store.kept.emergencies.emergencies) == 6


def test_the_trail_says_where_a_machine_was_allowed_to_speak_this_once(radio: Radio) -> None:
    gives(radio, OFFICER)
    issues(radio)
    may_speak(radio)
    issues(radio)

    told = [
        line.details["voice_allowed_this_once"] for line in radio.store.kept.audit if line.action == "emergency.issued"
    ]
    assert told == [[SON_HA], []]


def test_an_update_has_the_place_of_what_it_replaces_in_a_full_list(radio: Radio) -> None:
    gives(radio, OFFICER)
    *_, last = [issues(radio) for _ in range(6)]

    update = issues(radio, references=(last.emergency.id,))

    assert update.emergency.id in live(radio)
    assert len(live(radio)) == 6


def test_the_reach_counts_people_and_says_who_would_not_understand(radio: Radio) -> None:
    found = reach(radio.store, [SON_HA], ["vi"])
    hamlet = reach(radio.store, [LANG_MOI], ["vi", "hre"])

    assert (found.areas, found.stations, found.zones, found.households, found.residents) == (
        ("Xã Sơn Hà",),
        1,
        3,
        660,
        1800,
    )
    assert found.loudspeakers == 3
    assert [zone.id for zone in found.unspoken] == [GO_SIM]
    assert (hamlet.zones, hamlet.households, hamlet.unspoken) == (1, 300, ())


def test_the_board_shows_what_is_live_what_waits_and_what_is_over(radio: Radio) -> None:
    gives(radio, OFFICER)
    over, still = issues(radio, minutes=5), issues(radio)
    radio.clock.advance(5 * MINUTE)
    request = asks(radio)

    seen = board(radio.store, radio.clock, APPROVER, SON_HA)

    assert [each.emergency.id for each in seen.live] == [still.emergency.id]
    assert [each.emergency.id for each in seen.over] == [over.emergency.id]
    assert [(each.request.id, each.may_confirm, each.may_stop) for each in seen.asked] == [(request.id, True, True)]
    assert seen.live[0].may_cancel
    assert seen.areas == ()
    assert seen.names == {OFFICER.id: OFFICER.name, APPROVER.id: APPROVER.name}


def test_the_board_goes_on_telling_of_each_loudspeaker_what_was_cancelled_before_its_end(radio: Radio) -> None:
    gives(radio, OFFICER)
    stopped = issues(radio, minutes=5)
    emergencies.cancel(radio.store, radio.clock, OFFICER, stopped.emergency.id)

    (at_once,) = board(radio.store, radio.clock, APPROVER, SON_HA).over
    radio.clock.advance(5 * MINUTE)
    (later,) = board(radio.store, radio.clock, APPROVER, SON_HA).over

    assert len(at_once.results) == at_once.reach.loudspeakers
    assert later.results == ()


def test_the_board_offers_the_areas_of_the_right(radio: Radio) -> None:
    gives(radio, OFFICER)
    gives(radio, EDITOR, unit=QUANG_NGAI)

    mine = board(radio.store, radio.clock, OFFICER, SON_HA)
    theirs = board(radio.store, radio.clock, EDITOR, SON_HA)

    assert mine.areas == (SON_HA, *sorted(HAMLETS))
    assert mine.may_break_glass
    assert theirs.areas == (SON_HA, *sorted(HAMLETS), QUANG_NGAI)
    assert not theirs.may_break_glass


def test_a_duplicate_of_a_stronger_one_is_shown_as_merged(radio: Radio) -> None:
    gives(radio, OFFICER)
    gives(radio, EDITOR, unit=QUANG_NGAI)
    ours = issues(radio)
    radio.clock.advance(timedelta(seconds=1))
    theirs = confirms(radio, asks(radio, by=EDITOR), by=OFFICER)

    seen = board(radio.store, radio.clock, OFFICER, SON_HA)

    assert {each.emergency.id: each.merged for each in seen.live} == {
        ours.emergency.id: True,
        theirs.emergency.id: False,
    }


def test_the_board_and_an_emergency_are_for_people_of_the_place(radio: Radio) -> None:
    gives(radio, OFFICER)
    stored = issues(radio)

    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        board(radio.store, radio.clock, NEIGHBOUR, SON_HA)
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        find(radio.store, NEIGHBOUR, stored.emergency.id)
    assert find(radio.store, OFFICER, stored.emergency.id) == stored
    assert find(radio.store, OFFICER, EmergencyId("nobody")) is None


def test_a_closed_account_holds_no_right(radio: Radio) -> None:
    gives(radio, OFFICER)

    with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
        emergencies.ask(radio.store, radio.clock, replace(OFFICER, active=False), wanted(radio))


def test_somebody_who_is_gone_is_no_asker(radio: Radio) -> None:
    gives(radio, OFFICER)
    request = asks(radio)
    with radio.store.writing() as uow:
        uow.emergencies.put_request(replace(request, asked_by=PersonId("gone")))
        uow.commit()

    with pytest.raises(NotAllowed, match=r"emergency\.right_lost"):
        confirms(radio, request)
