"""Where people are signed in: known, shown, ended."""

from datetime import timedelta

import pytest

from server.errors import NotFound
from server.services import people, signing_in
from server.services.signing_in import IDLE, LONGEST, SEEN_EVERY
from tests.server.services.radio import ADMINISTRATOR, APPROVER, OFFICER, Radio


def test_a_browser_belongs_to_its_person_until_it_is_ended(radio: Radio) -> None:
    here = signing_in.begin(radio.store, radio.clock, OFFICER, device="x" * 999)
    there = signing_in.begin(radio.store, radio.clock, OFFICER, device="Firefox")
    assert signing_in.current(radio.store, radio.clock, here.id) == OFFICER

    signing_in.end(radio.store, radio.clock, OFFICER, here.id)

    assert signing_in.current(radio.store, radio.clock, here.id) is None
    assert signing_in.current(radio.store, radio.clock, there.id) == OFFICER
    assert [each.id for each in signing_in.own(radio.store, radio.clock, OFFICER)] == [there.id]


def test_signing_out_everywhere_ends_them_all_and_those_of_nobody_else(radio: Radio) -> None:
    own = signing_in.begin(radio.store, radio.clock, OFFICER, device="")
    other = signing_in.begin(radio.store, radio.clock, APPROVER, device="")

    people.sign_out_everywhere(radio.store, radio.clock, ADMINISTRATOR, OFFICER.id)

    assert signing_in.current(radio.store, radio.clock, own.id) is None
    assert signing_in.current(radio.store, radio.clock, other.id) == APPROVER


def test_a_closed_account_and_a_made_up_browser_are_nobodys(radio: Radio) -> None:
    own = signing_in.begin(radio.store, radio.clock, OFFICER, device="")
    people.close(radio.store, radio.clock, ADMINISTRATOR, OFFICER.id)

    assert signing_in.current(radio.store, radio.clock, own.id) is None
    assert signing_in.current(radio.store, radio.clock, "made-up") is None


def test_nobody_ends_the_browser_of_another(radio: Radio) -> None:
    own = signing_in.begin(radio.store, radio.clock, OFFICER, device="")

    for sign_in in (own.id, "made-up"):
        with pytest.raises(NotFound, match=r"sign_in\.unknown"):
            signing_in.end(radio.store, radio.clock, APPROVER, sign_in)
    assert signing_in.current(radio.store, radio.clock, own.id) == OFFICER


def test_when_it_was_used_last_is_written_now_and_then(radio: Radio) -> None:
    own = signing_in.begin(radio.store, radio.clock, OFFICER, device="")
    radio.clock.advance(SEEN_EVERY - timedelta(seconds=1))
    signing_in.current(radio.store, radio.clock, own.id)
    before = signing_in.own(radio.store, radio.clock, OFFICER)[0].last_seen
    radio.clock.advance(timedelta(seconds=1))
    signing_in.current(radio.store, radio.clock, own.id)

    assert before == own.since
    assert signing_in.own(radio.store, radio.clock, OFFICER)[0].last_seen == radio.now()
    radio.clock.advance(IDLE)
    assert signing_in.own(radio.store, radio.clock, OFFICER) == ()


def test_a_browser_that_was_silent_for_long_has_to_sign_in_again(radio: Radio) -> None:
    own = signing_in.begin(radio.store, radio.clock, OFFICER, device="")

    radio.clock.advance(IDLE)

    assert signing_in.current(radio.store, radio.clock, own.id) is None


def test_no_browser_stays_signed_in_without_end_however_much_it_is_used(radio: Radio) -> None:
    own = signing_in.begin(radio.store, radio.clock, OFFICER, device="")
    while radio.now() < own.since + LONGEST:
        assert signing_in.current(radio.store, radio.clock, own.id) == OFFICER
        radio.clock.advance(timedelta(hours=6))

    assert signing_in.current(radio.store, radio.clock, own.id) is None
    assert signing_in.own(radio.store, radio.clock, OFFICER) == ()
