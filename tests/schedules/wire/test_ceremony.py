"""A trust list on its way to be signed: its file, its signatures, and what whoever signs gets to see."""

import json
from dataclasses import replace
from datetime import time, timedelta

import pytest

from schedules.errors import InvalidValue, WireError
from schedules.night import NightSilence
from schedules.wire import strict
from schedules.wire.ceremony import Proposal, as_text, changes, proposal_of
from schedules.wire.messages import KeyRole, TrustedKey
from schedules.wire.seal import SigningKey, sealed
from schedules.wire.trust import Trust, accepted, signing_key
from tests.schedules.wire.samples import ISSUE, NOW, OTHER_ROOT, ROOT, ROOTS, STATE, TRUST, TRUST_LIST, key, trusted

NEW_ISSUE = trusted(key(20), KeyRole.ISSUE, NOW + timedelta(days=500))
HANDED_OVER = replace(
    TRUST_LIST, number=2, keys=(trusted(OTHER_ROOT, KeyRole.ROOT), *TRUST_LIST.keys[1:], NEW_ISSUE), volume_ceiling=80
)
PROPOSAL = Proposal(list=HANDED_OVER, before=sealed(TRUST_LIST, ROOT))


def test_both_thresholds_are_counted_down_as_signatures_come() -> None:
    by_old = PROPOSAL.signed(ROOT)
    by_both = by_old.signed(OTHER_ROOT)

    assert [each.lacks for each in (PROPOSAL, by_old, by_both)] == [(1, 1), (0, 1), (0, 0)]
    assert by_both.signed_by == {ROOT.public, OTHER_ROOT.public}
    assert accepted(by_both.envelope, held=TRUST, roots=()) == Trust(HANDED_OVER)


def test_whoever_signs_twice_counts_once() -> None:
    assert PROPOSAL.signed(ROOT).signed(ROOT) == PROPOSAL.signed(ROOT)


@pytest.mark.parametrize("signer", [ISSUE, STATE, key(66)], ids=["issue", "state", "stranger"])
def test_only_a_root_of_either_list_signs(signer: SigningKey) -> None:
    with pytest.raises(InvalidValue, match=r"keys\.not_a_root"):
        PROPOSAL.signed(signer)


def test_a_first_list_lacks_its_own_roots_alone() -> None:
    first = Proposal(list=TRUST_LIST)

    assert (first.held, first.lacks, first.signed_before) == (None, (0, 1), frozenset())
    assert accepted(first.signed(ROOT).envelope, held=None, roots=ROOTS) == TRUST


def test_who_signed_the_list_before_is_seen() -> None:
    assert PROPOSAL.signed_before == {ROOT.public}
    assert replace(PROPOSAL, before=sealed(TRUST_LIST, OTHER_ROOT)).signed_before == frozenset()


@pytest.mark.parametrize("number", [1, 3])
def test_a_proposal_follows_the_list_inside_it(number: int) -> None:
    with pytest.raises(InvalidValue, match=r"trust\.not_next"):
        replace(PROPOSAL, list=replace(HANDED_OVER, number=number))


@pytest.mark.parametrize("proposal", [PROPOSAL, PROPOSAL.signed(ROOT), Proposal(list=TRUST_LIST)])
def test_a_file_says_all_of_a_proposal(proposal: Proposal) -> None:
    assert proposal_of(as_text(proposal).encode()) == proposal


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("trust_list_to_sign", 2, "wire.unknown_version"),
        ("list", [], "wire.unreadable"),
        ("list", {}, "wire.unreadable"),
        ("before", "?", "wire.unreadable"),
        ("seals", [{"key": "k"}], "wire.unreadable"),
        ("seals", None, "wire.unreadable"),
    ],
)
def test_a_file_that_is_damaged_is_refused(name: str, value: object, code: str) -> None:
    text = json.dumps({**strict.parsed(as_text(PROPOSAL.signed(ROOT).signed(OTHER_ROOT)).encode()), name: value})

    with pytest.raises(WireError) as error:
        proposal_of(text.encode())
    assert error.value.code == code


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"x", b"\xff"])
def test_what_is_no_proposal_is_refused(text: bytes) -> None:
    with pytest.raises(WireError, match=r"wire\.unreadable"):
        proposal_of(text)


def test_a_signature_does_not_hold_for_a_list_that_was_changed_afterwards() -> None:
    signed = PROPOSAL.signed(ROOT).signed(OTHER_ROOT)

    assert replace(signed, list=replace(HANDED_OVER, volume_ceiling=100)).lacks == (1, 1)


def test_everything_that_changes_is_told() -> None:
    told = [(change.code, change.values.get("key")) for change in changes(TRUST_LIST, HANDED_OVER)]

    assert told == [
        ("keys.change_added", OTHER_ROOT.key),
        ("keys.change_added", NEW_ISSUE.key),
        ("keys.change_dropped", ROOT.key),
        ("keys.change_ceiling", None),
    ]


def test_a_key_that_lives_longer_and_an_epoch_and_a_threshold_are_told() -> None:
    roots = (*ROOTS, trusted(OTHER_ROOT, KeyRole.ROOT))
    keys = (*roots, trusted(ISSUE, KeyRole.ISSUE, NOW), TRUST_LIST.keys[2])
    after = replace(TRUST_LIST, number=2, epoch=2, threshold=2, keys=keys)

    told = {change.code: dict(change.values) for change in changes(TRUST_LIST, after)}

    assert told["keys.change_expiry"]["expires"] == NOW
    assert told["keys.change_epoch"] == {"name": "epoch", "before": 1, "after": 2}
    assert told["keys.change_threshold"] == {"name": "threshold", "before": 1, "after": 2}


def test_hours_of_silence_are_told_as_people_write_them() -> None:
    night = NightSilence(time(22), time(5), "Asia/Ho_Chi_Minh")

    (told,) = changes(replace(TRUST_LIST, night_silence=None), replace(TRUST_LIST, number=2, night_silence=night))

    assert told.code == "keys.change_night"
    assert told.values == {"name": "night_silence", "before": "–", "after": "22:00–05:00 (Asia/Ho_Chi_Minh)"}


def test_a_key_in_another_role_is_another_key() -> None:
    swapped = replace(TRUST_LIST, number=2, keys=(*ROOTS, trusted(STATE, KeyRole.ISSUE), trusted(ISSUE, KeyRole.STATE)))

    told = [change.code for change in changes(TRUST_LIST, swapped)]

    assert told == ["keys.change_added"] * 2 + ["keys.change_dropped"] * 2


def test_of_a_first_list_everything_is_told() -> None:
    told = [change.code for change in changes(None, TRUST_LIST)]

    assert told == ["keys.change_added"] * 3 + ["keys.change_epoch", "keys.change_threshold", "keys.change_ceiling"]


def test_the_centre_signs_with_the_key_that_lives_longest() -> None:
    old, new, endless = (
        trusted(key(number), KeyRole.ISSUE, expires)
        for number, expires in ((30, NOW), (31, NOW + timedelta(days=1)), (32, None))
    )

    def signs(*keys: TrustedKey) -> TrustedKey | None:
        return signing_key(replace(TRUST_LIST, keys=(*ROOTS, *keys)), KeyRole.ISSUE)

    assert signs(old, new) == signs(new, old) == new
    assert signs(new, endless, old) == signs(endless, new) == endless
    assert signs(old, replace(new, expires=NOW)) == replace(new, expires=NOW)
    assert signs() is None
