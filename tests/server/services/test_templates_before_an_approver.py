"""A session template before an approver who never signs in, and sent back: as strict as a programme."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from schedules.ids import TemplateId
from schedules.times import DAY
from server.approving_records import Matter
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import approval_links as links
from server.services import (
    approvals,
    approver_pins,
    phone_approvals,
    template_returns,
    templates,
)
from server.values import ApprovalWay, Person
from tests.server.services.approved import releases_templates
from tests.server.services.linked import HASHING, PIN, sets_pin
from tests.server.services.radio import (
    APPROVER,
    BOTH,
    MONDAY,
    MORNING,
    OFFICER,
    PROVINCE_APPROVER,
    SIGNAL,
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


def asked(radio: Radio, *, by: Person = OFFICER, approver: Person = APPROVER) -> str:
    """Give the token of a link for the morning."""
    return links.ask(radio.store, radio.clock, by, SESSION, approver=approver.id)[0]


def approves(radio: Radio, token: str, pin: str = PIN) -> str:
    return phone_approvals.approve(radio.store, radio.clock, HASHING, token, pin=pin)


@pytest.fixture
def token(radio: Radio) -> str:
    sets_pin(radio)
    return asked(radio)


def test_a_link_shows_the_session_and_the_pin_releases_it_for_the_whole_station(radio: Radio, token: str) -> None:
    shown = phone_approvals.opened(radio.store, radio.clock, token).waiting

    title = approves(radio, token)

    kept = radio.store.kept.approvals[-1]
    line = radio.store.kept.audit[-1]
    assert isinstance(shown, approvals.TemplateToApprove)
    assert (shown.stored.template.id, title) == (MORNING, morning(radio).name)
    assert (kept.subject, kept.way, kept.approval.approved_by) == (MORNING, ApprovalWay.LINK, APPROVER.id)
    assert (line.action, line.by, line.details["way"]) == ("template.approved", APPROVER.id, "link")
    assert is_released(radio)
    assert is_heard(radio)


def test_it_serves_once(radio: Radio, token: str) -> None:
    approves(radio, token)

    with pytest.raises(Unacceptable, match=r"approval_link\.used"):
        approves(radio, token)


def test_it_lives_a_day_whatever_the_hour_of_the_session(radio: Radio) -> None:
    sets_pin(radio)
    token, link = links.ask(radio.store, radio.clock, OFFICER, SESSION, approver=APPROVER.id)

    radio.clock.advance(DAY)

    assert link.expires_at == radio.now()
    with pytest.raises(Unacceptable, match=r"approval_link\.expired"):
        phone_approvals.opened(radio.store, radio.clock, token)


def test_after_the_last_day_of_the_session_it_shows_nothing_to_approve(radio: Radio) -> None:
    sets_pin(radio)
    saves(radio, valid_to=MONDAY + DAY)
    token = asked(radio)

    radio.clock.advance(DAY - timedelta(hours=1))

    with pytest.raises(Unacceptable, match=r"approval\.nothing_waits"):
        phone_approvals.opened(radio.store, radio.clock, token)


def another_sound(radio: Radio) -> None:
    """Record the fixed signal anew."""
    radio.records(SIGNAL)


@pytest.mark.parametrize(
    "change",
    [lambda radio: saves(radio, name="Buổi sớm"), another_sound, goes_back, releases_templates],
    ids=["changed", "another sound", "sent back", "approved"],
)
def test_any_change_of_the_record_voids_the_link(radio: Radio, token: str, change: Callable[[Radio], None]) -> None:
    change(radio)
    before = radio.store.kept.approvals

    with pytest.raises(Stale, match=r"approval_link\.changed"):
        phone_approvals.opened(radio.store, radio.clock, token)
    with pytest.raises(Stale, match=r"approval_link\.changed"):
        approves(radio, token)

    assert radio.store.kept.approvals == before


def test_a_link_for_a_session_approves_no_programme_of_the_same_name(radio: Radio, token: str) -> None:
    with pytest.raises(NotFound, match=r"programme\.unknown"):
        links.ask(radio.store, radio.clock, OFFICER, Matter(MORNING), approver=APPROVER.id)
    assert links.links_of(radio.store, OFFICER, SESSION)[0][0].matter == SESSION


def test_five_wrong_pins_burn_it(radio: Radio, token: str) -> None:
    for _ in range(approver_pins.TRIES - 1):
        with pytest.raises(Unacceptable, match=r"approver_pin\.wrong"):
            approves(radio, token, "000000")

    with pytest.raises(Unacceptable, match=r"approval_link\.burnt"):
        approves(radio, token, "000000")

    assert not is_released(radio)
    assert radio.actions()[-1] == "approval_link.burnt"


@pytest.mark.parametrize("by", [APPROVER, *WRONG_PEOPLE])
def test_only_who_draws_up_sessions_there_asks_for_a_link(radio: Radio, by: Person) -> None:
    sets_pin(radio)

    with pytest.raises(NotAllowed):
        asked(radio, by=by)
    with pytest.raises(NotAllowed):
        links.candidates(radio.store, radio.clock, by, SESSION)
    with pytest.raises(NotAllowed):
        links.links_of(radio.store, by, SESSION)


@pytest.mark.parametrize("approver", [OFFICER, *WRONG_PEOPLE])
def test_a_link_is_for_an_approver_of_the_station(radio: Radio, approver: Person) -> None:
    with pytest.raises(Unacceptable, match=r"approval_link\.no_approver"):
        asked(radio, approver=approver)


def test_nobody_who_drew_it_up_or_recorded_for_it_is_asked(radio: Radio) -> None:
    sets_pin(radio, BOTH)
    radio.records(SIGNAL, by=BOTH)

    named = {each.person.id for each in links.candidates(radio.store, radio.clock, OFFICER, SESSION)}

    assert named == {APPROVER.id, PROVINCE_APPROVER.id}
    with pytest.raises(Unacceptable, match=r"approval\.own_work"):
        asked(radio, approver=BOTH)


def test_nothing_is_asked_for_a_session_that_is_approved(radio: Radio) -> None:
    sets_pin(radio)
    releases_templates(radio)

    with pytest.raises(Unacceptable, match=r"approval\.nothing_waits"):
        asked(radio)


def test_it_goes_back_by_the_link_with_a_reason_and_waits_for_nobody(radio: Radio, token: str) -> None:
    with pytest.raises(Unacceptable, match=r"send_back\.no_reason"):
        phone_approvals.send_back(radio.store, radio.clock, HASHING, token, pin=PIN, reason=" ")

    phone_approvals.send_back(radio.store, radio.clock, HASHING, token, pin=PIN, reason="Sai giờ tiếp sóng")

    assert templates.get(radio.store, OFFICER, MORNING).stored.note == "Sai giờ tiếp sóng"
    assert radio.store.kept.audit[-1].action == "template.sent_back"
    assert not waits_for(radio)
    with pytest.raises(Unacceptable, match=r"approval\.nothing_waits"):
        asked(radio)


@pytest.mark.parametrize("changes", [{"name": "Buổi sớm"}, {}], ids=["changed", "as it was"])
def test_saved_again_it_waits_again(radio: Radio, changes: dict[str, object]) -> None:
    goes_back(radio)

    saves(radio, **changes)

    assert waits_for(radio)
    assert templates.get(radio.store, OFFICER, MORNING).stored.note == ""


def test_what_was_sent_back_is_not_approved_by_a_page_that_was_open(radio: Radio) -> None:
    seen = next(each for each in radio.queue().templates if each.stored.template.id == MORNING).seen
    goes_back(radio)

    with pytest.raises(Unacceptable, match=r"approval\.nothing_waits"):
        approvals.approve_template(radio.store, radio.clock, APPROVER, MORNING, seen=seen)

    assert not is_heard(radio)


@pytest.mark.parametrize("by", [OFFICER, *WRONG_PEOPLE])
def test_only_an_approver_of_the_station_sends_it_back(radio: Radio, by: Person) -> None:
    version = morning(radio).version

    with pytest.raises(NotAllowed):
        template_returns.send_back(radio.store, radio.clock, by, MORNING, version=version, reason="Sai giờ")

    assert waits_for(radio)


def test_nobody_sends_back_what_sounds_or_what_is_another_by_now(radio: Radio) -> None:
    with pytest.raises(Stale, match=r"edit\.overtaken"):
        template_returns.send_back(radio.store, radio.clock, APPROVER, MORNING, version=7, reason="Sai giờ")
    releases_templates(radio)

    with pytest.raises(Unacceptable, match=r"approval\.nothing_waits"):
        goes_back(radio)

    assert is_heard(radio)


def test_an_unknown_session_is_not_found(radio: Radio) -> None:
    nothing = Matter(TemplateId("nothing"), is_template=True)

    with pytest.raises(NotFound, match=r"template\.unknown"):
        links.candidates(radio.store, radio.clock, OFFICER, nothing)
    with pytest.raises(NotFound, match=r"template\.unknown"):
        template_returns.send_back(radio.store, radio.clock, APPROVER, TemplateId("nothing"), version=1, reason="x")
