"""Break-glass: one person, one commune, an approved text, a password, a countdown, two told, and a review."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.break_glass import COUNTDOWN
from schedules.ids import EmergencyId
from server.emergency_records import RequestState, Way
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import break_glass, emergencies, emergency_rights
from server.services.emergency_alarms import alarms
from server.values import Person
from tests.server.services.alarm import MINUTE, breaks, gives, has_text, live, watched
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    EDITOR,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def ready(radio: Radio) -> Radio:
    """The officer holds the right, and two are named to be told."""
    gives(radio, OFFICER)
    watched(radio)
    return radio


def goes(radio: Radio) -> list[EmergencyId]:
    """Let the countdown run out."""
    radio.clock.advance(COUNTDOWN)
    return list(break_glass.due(radio.store, radio.clock))


def reviews(radio: Radio, emergency: EmergencyId, by: Person = APPROVER, finding: str = "Đúng việc") -> None:
    break_glass.review(radio.store, radio.clock, by, emergency, finding=finding)


def nothing_kept(radio: Radio) -> bool:
    return not radio.store.kept.emergencies.requests


def test_it_counts_down_and_then_goes_out_by_itself(ready: Radio) -> None:
    request = breaks(ready, has_text(ready))

    assert (request.state, request.goes_at) == (RequestState.COUNTING_DOWN, ready.now() + COUNTDOWN)
    assert break_glass.due(ready.store, ready.clock) == ()
    (emergency,) = goes(ready)

    assert live(ready) == [emergency]
    stored = ready.store.kept.emergencies.emergencies[emergency]
    assert (stored.way, stored.emergency.break_glass, stored.emergency.units) == (Way.BREAK_GLASS, True, (SON_HA,))
    assert stored.emergency.words[0].text == "Bà con về Làng Mới ngay."
    assert stored.told == (TECHNICIAN.id, INSPECTOR.id)
    assert goes(ready) == []
    assert ready.actions()[-2:] == ["break_glass.begun", "emergency.issued"]


def test_a_wrong_password_begins_nothing(ready: Radio) -> None:
    text = has_text(ready)

    with pytest.raises(Unacceptable) as refused:
        breaks(ready, text, password="sai")

    assert (refused.value.code, refused.value.field) == ("password.wrong", "password")
    assert nothing_kept(ready)


def test_only_in_ones_own_commune_and_only_with_the_right(ready: Radio) -> None:
    text = has_text(ready)
    gives(ready, EDITOR, unit=QUANG_NGAI)

    with pytest.raises(NotAllowed, match=r"break_glass\.own_commune"):
        breaks(ready, text, by=EDITOR)
    with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
        breaks(ready, text, by=APPROVER)
    gives(ready, NEIGHBOUR, unit=SON_LINH)
    with pytest.raises(NotFound, match=r"emergency_template\.unknown"):
        breaks(ready, text, by=NEIGHBOUR)
    assert nothing_kept(ready)


def test_only_an_approved_text_and_only_what_fits_its_gaps(ready: Radio) -> None:
    waiting, text = has_text(ready, approved=False), has_text(ready)

    with pytest.raises(NotFound, match=r"emergency_template\.unknown"):
        breaks(ready, waiting)
    with pytest.raises(Unacceptable) as refused:
        breaks(ready, text, where="Sơn Linh")

    assert (refused.value.code, refused.value.field) == ("emergency_template.place", "gap_where")
    assert nothing_kept(ready)


def test_without_two_others_to_tell_it_does_not_begin(radio: Radio) -> None:
    gives(radio, OFFICER)
    text = has_text(radio)

    with pytest.raises(Unacceptable, match=r"break_glass\.too_few_told"):
        breaks(radio, text)
    emergency_rights.watch(radio.store, radio.clock, ADMINISTRATOR, unit=SON_HA, people=[OFFICER.id, TECHNICIAN.id])
    with pytest.raises(Unacceptable, match=r"break_glass\.too_few_told"):
        breaks(radio, text)
    assert nothing_kept(radio)


@pytest.mark.parametrize("by", [OFFICER, TECHNICIAN, INSPECTOR, APPROVER])
def test_it_is_called_off_before_it_sounds(ready: Radio, by: Person) -> None:
    request = breaks(ready, has_text(ready))

    break_glass.call_off(ready.store, ready.clock, by, request.id)

    assert goes(ready) == []
    assert live(ready) == []
    with pytest.raises(NotFound, match=r"emergency\.request_over"):
        break_glass.call_off(ready.store, ready.clock, by, request.id)


def test_a_stranger_calls_nothing_off(ready: Radio) -> None:
    request = breaks(ready, has_text(ready))

    with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
        break_glass.call_off(ready.store, ready.clock, NEIGHBOUR, request.id)


def test_the_two_who_are_told_see_it_at_once_and_stop_it_with_one_tap(ready: Radio) -> None:
    request = breaks(ready, has_text(ready))

    seen = alarms(ready.store, ready.clock, TECHNICIAN)
    assert [each.id for each in seen.countdowns] == [request.id]
    assert alarms(ready.store, ready.clock, APPROVER).countdowns == ()
    (emergency,) = goes(ready)
    assert [each.emergency.id for each in alarms(ready.store, ready.clock, INSPECTOR).sounding] == [emergency]
    emergencies.cancel(ready.store, ready.clock, INSPECTOR, emergency)

    assert live(ready) == []
    assert alarms(ready.store, ready.clock, INSPECTOR).sounding == ()


def test_the_third_within_an_hour_is_refused_also_while_others_count_down(ready: Radio) -> None:
    text = has_text(ready, "Về {where}.")
    breaks(ready, text)
    breaks(ready, text)

    with pytest.raises(Unacceptable) as refused:
        breaks(ready, text)

    assert refused.value.code == "break_glass.too_often"
    goes(ready)
    ready.clock.advance(HOUR)
    assert breaks(ready, text).state is RequestState.COUNTING_DOWN


def test_five_minutes_of_sound_are_the_limit(ready: Radio) -> None:
    two_minutes = has_text(ready, "Về {where} " + "đi " * 127, times=2)
    breaks(ready, two_minutes)
    goes(ready)
    breaks(ready, two_minutes)
    goes(ready)
    ready.clock.advance(61 * MINUTE)  # begun long enough ago, but they may have sounded until half an hour ago
    long = has_text(ready, "Về {where} " + "đi " * 127, times=5)

    with pytest.raises(Unacceptable) as refused:
        breaks(ready, long)

    assert (refused.value.code, refused.value.values["left"]) == ("break_glass.too_long", timedelta(seconds=60))


def test_one_that_was_stopped_counts_until_then_only(ready: Radio) -> None:
    text = has_text(ready, "Về {where} " + "đi " * 127, times=4)
    breaks(ready, text)
    (emergency,) = goes(ready)
    emergencies.cancel(ready.store, ready.clock, OFFICER, emergency)

    ready.clock.advance(HOUR)

    assert breaks(ready, text).state is RequestState.COUNTING_DOWN


def test_whoever_lost_the_right_during_the_countdown_issues_nothing(ready: Radio) -> None:
    request = breaks(ready, has_text(ready))
    emergency_rights.end(ready.store, ready.clock, ADMINISTRATOR, person=OFFICER.id, unit=SON_HA)

    assert goes(ready) == []

    decided = ready.store.kept.emergencies.requests[request.id]
    assert (decided.state, decided.reason) == (RequestState.REFUSED, "emergency.right_lost")
    assert ready.actions()[-1] == "break_glass.refused"


def test_a_centre_that_was_down_for_its_whole_life_issues_it_no_more(ready: Radio) -> None:
    request = breaks(ready, has_text(ready))

    ready.clock.advance(HOUR)

    assert break_glass.due(ready.store, ready.clock) == ()
    assert ready.store.kept.emergencies.requests[request.id].reason == "emergency.already_expired"


def test_a_limit_that_was_reached_meanwhile_stops_the_countdown(ready: Radio) -> None:
    text = has_text(ready, "Về {where}.")
    first = breaks(ready, text)
    with ready.store.writing() as uow:
        for number in range(2):  # as if two more had been begun by another process
            uow.emergencies.put_request(replace(first, id=f"another-{number}"))
        uow.commit()

    gone = goes(ready)

    assert len(gone) == 2
    reasons = sorted(each.reason for each in ready.store.kept.emergencies.requests.values())
    assert reasons == ["", "", "break_glass.too_often"]


def test_another_person_reviews_it_once_with_a_word(ready: Radio) -> None:
    breaks(ready, has_text(ready))
    (emergency,) = goes(ready)

    for by, code in ((OFFICER, "break_glass.own_review"), (NEIGHBOUR, "emergency.no_right")):
        with pytest.raises(NotAllowed, match=code.replace(".", r"\.")):
            reviews(ready, emergency, by=by)
    with pytest.raises(Unacceptable) as refused:
        reviews(ready, emergency, finding=" ")
    assert (refused.value.code, refused.value.field) == ("break_glass.no_finding", "finding")
    reviews(ready, emergency)

    assert ready.actions()[-1] == "break_glass.reviewed"
    with pytest.raises(NotFound, match=r"break_glass\.nothing_to_review"):
        reviews(ready, emergency)
    with pytest.raises(NotFound, match=r"break_glass\.nothing_to_review"):
        reviews(ready, EmergencyId("nobody"))


def test_without_a_review_the_right_lapses_until_it_is_given_anew(ready: Radio) -> None:
    text = has_text(ready)
    breaks(ready, text)
    goes(ready)

    ready.clock.advance(24 * HOUR)

    with pytest.raises(NotAllowed, match=r"emergency\.no_right"):
        breaks(ready, text)
    (held,) = emergency_rights.holders(ready.store, ready.clock, ADMINISTRATOR, SON_HA)
    assert not held.holds
    assert held.lapsed_by is not None
    gives(ready, OFFICER)
    assert breaks(ready, text).state is RequestState.COUNTING_DOWN


def test_a_review_in_time_keeps_the_right(ready: Radio) -> None:
    text = has_text(ready)
    breaks(ready, text)
    (emergency,) = goes(ready)
    reviews(ready, emergency)

    ready.clock.advance(48 * HOUR)

    assert breaks(ready, text).state is RequestState.COUNTING_DOWN


def test_those_who_could_review_are_reminded_before_the_right_lapses(ready: Radio) -> None:
    emergency_rights.watch(ready.store, ready.clock, ADMINISTRATOR, unit=SON_HA, people=[BOTH.id, TECHNICIAN.id])
    breaks(ready, has_text(ready))
    (emergency,) = goes(ready)

    def asked(person: Person) -> list[EmergencyId]:
        return [stored.emergency.id for stored, _ in alarms(ready.store, ready.clock, person).reviews]

    assert (asked(BOTH), asked(APPROVER), asked(TECHNICIAN), asked(OFFICER)) == ([emergency], [], [], [])
    ready.clock.advance(20 * HOUR)
    assert (asked(BOTH), asked(APPROVER)) == ([emergency], [emergency])
    reviews(ready, emergency)
    assert asked(BOTH) == []
