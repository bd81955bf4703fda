"""Programmes, their states and their language variants."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from schedules.errors import InvalidValue, Refused
from schedules.ids import ChannelId, Sha256
from schedules.programme import Action, Level, Recording, Relay, State, Variant, sounding_time, state_after
from tests.schedules.given import MINUTE, a_programme, a_recording

ALLOWED = {
    (State.DRAFT, Action.EDIT): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.SENT_BACK, Action.EDIT): State.DRAFT,
    (State.SENT_BACK, Action.SUBMIT): State.SUBMITTED,
    (State.SENT_BACK, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.EDIT): State.DRAFT,
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.SUBMITTED, Action.SEND_BACK): State.SENT_BACK,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Action.EDIT): State.DRAFT,
    (State.APPROVED, Action.SUBMIT): State.SUBMITTED,
    (State.APPROVED, Action.WITHDRAW): State.WITHDRAWN,
}


@pytest.mark.parametrize(("state", "action"), list(product(State, Action)))
def test_an_action_leads_to_one_state_or_is_refused(state: State, action: Action) -> None:
    if (state, action) in ALLOWED:
        assert state_after(state, action) is ALLOWED[state, action]
        return
    with pytest.raises(Refused) as refused:
        state_after(state, action)
    assert refused.value.code == "programme.not_now"
    assert refused.value.values == {"state": state, "action": action}


def test_nothing_is_approved_that_was_not_submitted() -> None:
    assert [state for state, action in ALLOWED if action is Action.APPROVE] == [State.SUBMITTED]


def test_a_higher_level_is_a_higher_number() -> None:
    assert Level.ORDINARY < Level.PRIORITY < Level.EMERGENCY


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "  "}, "programme.title"),
        ({"title": "đ" * 201}, "programme.title"),
        ({"times_read": 0}, "programme.times_read"),
        ({"times_read": 6}, "programme.times_read"),
        ({"variants": (Variant("vi", a_recording()), Variant("vi", a_recording()))}, "programme.language_twice"),
        ({"valid_until": datetime(2026, 11, 23)}, "time.not_utc"),  # noqa: DTZ001  # a naive instant is what is refused
    ],
)
def test_a_programme_that_breaks_a_rule_cannot_exist(change: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        replace(a_programme(), **change)  # type: ignore[arg-type]  # wrong on purpose

    assert refused.value.code == code


def test_a_title_of_200_letters_is_not_too_long() -> None:
    assert len(replace(a_programme(), title="đ" * 200).title) == 200


@pytest.mark.parametrize(
    ("sha256", "length", "duration_ms"),
    [("a" * 63, 1, 1), ("A" * 64, 1, 1), ("../" * 21 + "x", 1, 1), ("a" * 64, 0, 1), ("a" * 64, 1, 0)],
)
def test_a_recording_has_a_hash_a_length_and_a_duration(sha256: str, length: int, duration_ms: int) -> None:
    with pytest.raises(InvalidValue, match=r"recording\.malformed"):
        Recording(Sha256(sha256), length, duration_ms)


def test_a_zone_hears_the_first_of_its_languages_that_exists_and_never_another() -> None:
    programme = a_programme(languages=("vi", "hre"))

    assert programme.variant_for(("hre", "vi")) == Variant("hre", a_recording(MINUTE, "tinhre"))
    assert programme.variant_for(("cor", "vi")) == Variant("vi", a_recording(MINUTE, "tinvi"))
    assert programme.variant_for(("cor",)) is None


def test_a_notice_read_twice_has_a_pause_of_two_seconds_between() -> None:
    recording = a_recording(timedelta(seconds=70))

    assert sounding_time(recording, 1) == timedelta(seconds=70)
    assert sounding_time(recording, 2) == timedelta(seconds=142)
    assert sounding_time(Relay(ChannelId("vov1")), 1) is None
