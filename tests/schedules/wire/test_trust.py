"""Trust lists, roles, and whether to obey: audience, epoch, number, expiry."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.errors import InvalidValue, WireError
from schedules.wire.codec import encoded
from schedules.wire.kinds import SIGNED_BY, TYPES
from schedules.wire.messages import KeyRole, SilenceOrdered, TrustedKey, TrustList
from schedules.wire.seal import SigningKey, envelope_of, seal_payload, sealed, unsealed
from schedules.wire.trust import (
    FURTHEST_NUMBER_AHEAD_MS,
    Trust,
    accepted,
    require_audience,
    require_epoch,
    require_fresh,
    signers,
)
from tests.schedules.wire.samples import (
    FULL,
    ISSUE,
    NOW,
    OTHER_ROOT,
    ROOT,
    ROOTS,
    STATE,
    TO_UNIT,
    TRUST,
    TRUST_LIST,
    trusted,
)

SILENCE = next(message for message in FULL if isinstance(message, SilenceOrdered))
BOTH_ROOTS = (trusted(ROOT, KeyRole.ROOT), trusted(OTHER_ROOT, KeyRole.ROOT))
NEXT = replace(TRUST_LIST, number=2)


def refused(
    trust_list: TrustList,
    *by: SigningKey,
    held: Trust | None = TRUST,
    roots: tuple[TrustedKey, ...] = ROOTS,
    threshold: int = 1,
) -> str:
    with pytest.raises(WireError) as error:
        accepted(sealed(trust_list, *by), held=held, roots=roots, threshold=threshold)
    return error.value.code


def test_the_first_list_is_accepted_by_the_roots_the_device_was_made_with() -> None:
    assert accepted(sealed(TRUST_LIST, ROOT), held=None, roots=ROOTS) == TRUST
    assert refused(TRUST_LIST, OTHER_ROOT, held=None) == "trust.not_signed"
    assert refused(TRUST_LIST, STATE, held=None) == "trust.not_signed"
    assert refused(TRUST_LIST, held=None) == "trust.not_signed"
    assert refused(TRUST_LIST, ROOT, held=None, roots=()) == "trust.not_signed"


def test_a_new_device_may_begin_with_a_later_list() -> None:
    assert accepted(sealed(replace(TRUST_LIST, number=40), ROOT), held=None, roots=ROOTS).list.number == 40


def test_the_next_list_is_accepted_and_no_other() -> None:
    assert accepted(sealed(NEXT, ROOT), held=TRUST, roots=()).list == NEXT
    assert refused(TRUST_LIST, ROOT) == "trust.not_next"
    assert refused(replace(NEXT, number=3), ROOT) == "trust.not_next"
    assert refused(replace(NEXT, number=0), ROOT) == "trust.not_next"


def test_a_device_that_was_away_walks_the_lists_one_by_one() -> None:
    trust = TRUST
    for number in range(2, 6):
        trust = accepted(sealed(replace(TRUST_LIST, number=number), ROOT), held=trust, roots=())

    assert trust.list.number == 5


def test_a_new_root_must_be_signed_for_by_the_old_one_and_by_itself() -> None:
    new_root = replace(NEXT, keys=(trusted(OTHER_ROOT, KeyRole.ROOT), *TRUST_LIST.keys[1:]))

    assert accepted(sealed(new_root, ROOT, OTHER_ROOT), held=TRUST, roots=()).list == new_root
    assert refused(new_root, ROOT) == "trust.not_signed"
    assert refused(new_root, OTHER_ROOT) == "trust.not_signed"
    assert refused(new_root, OTHER_ROOT, roots=BOTH_ROOTS) == "trust.not_signed"


def test_as_many_different_roots_must_sign_as_the_threshold_says() -> None:
    two = replace(TRUST_LIST, keys=(*BOTH_ROOTS, *TRUST_LIST.keys[1:]), threshold=2)
    held = Trust(two)
    following = replace(two, number=2)
    three = replace(two, number=2, keys=(*BOTH_ROOTS, trusted(ISSUE, KeyRole.ROOT)), threshold=3)

    assert refused(three, ROOT, OTHER_ROOT, held=held) == "trust.not_signed"  # by the old threshold, not by its own
    assert accepted(sealed(two, ROOT, OTHER_ROOT), held=None, roots=BOTH_ROOTS, threshold=2) == held
    assert refused(two, ROOT, held=None, roots=BOTH_ROOTS, threshold=2) == "trust.not_signed"
    assert refused(following, ROOT, ROOT, held=held) == "trust.not_signed"
    assert refused(following, ROOT, ISSUE, held=held) == "trust.not_signed"
    assert accepted(sealed(following, OTHER_ROOT, ROOT, STATE), held=held, roots=()).list == following
    lower = replace(following, threshold=1)
    assert refused(lower, ROOT, held=held) == "trust.not_signed"
    assert accepted(sealed(lower, ROOT, OTHER_ROOT), held=held, roots=()).list == lower


def test_one_key_under_two_ids_is_one_signature() -> None:
    twin = SigningKey("twin", bytes([1]) * 32)
    data = sealed(TRUST_LIST, ROOT, twin)
    both = (trusted(ROOT, KeyRole.ROOT), trusted(twin, KeyRole.ROOT))

    assert signers(envelope_of(data), both) == {ROOT.public}
    with pytest.raises(WireError, match=r"trust\.not_signed"):
        accepted(data, held=None, roots=both, threshold=2)


@pytest.mark.parametrize("keys", [(ROOT, SigningKey("twin", bytes([1]) * 32)), (ROOT, ROOT)], ids=["ids", "keys"])
def test_no_list_names_a_key_twice(keys: tuple[SigningKey, SigningKey]) -> None:
    with pytest.raises(InvalidValue, match=r"trust\.key_twice"):
        replace(TRUST_LIST, keys=tuple(trusted(key, KeyRole.ROOT) for key in keys))


@pytest.mark.parametrize("threshold", [0, -1, 2])
def test_a_list_that_nobody_could_ever_follow_does_not_exist(threshold: int) -> None:
    with pytest.raises(InvalidValue) as error:
        replace(NEXT, threshold=threshold)
    assert (error.value.code, error.value.values) == (
        "trust.threshold",
        {"number": 2, "threshold": threshold, "roots": 1},
    )
    assert refused(TRUST_LIST, ROOT, held=None, threshold=0) == "trust.not_signed"


def test_a_list_without_its_own_root_does_not_exist() -> None:
    with pytest.raises(InvalidValue, match=r"trust\.threshold"):
        replace(NEXT, keys=TRUST_LIST.keys[1:])


def test_a_list_on_the_wire_that_breaks_its_own_rule_is_malformed() -> None:
    payload = encoded(NEXT).replace(b'"threshold":1', b'"threshold":2')

    with pytest.raises(WireError) as error:
        accepted(seal_payload("TrustList", payload, [ROOT]), held=TRUST, roots=ROOTS)
    assert (error.value.code, error.value.values["cause"]) == ("wire.malformed", "trust.threshold")


def test_roots_change_hands_completely_over_two_lists_or_in_one() -> None:
    """Whoever leaves and whoever comes sign the list in which they meet."""
    online = TRUST_LIST.keys[1:]
    both = replace(TRUST_LIST, number=2, keys=(*BOTH_ROOTS, *online))
    new_alone = replace(TRUST_LIST, number=3, keys=(BOTH_ROOTS[1], *online))

    first = accepted(sealed(both, ROOT), held=TRUST, roots=())
    second = accepted(sealed(new_alone, OTHER_ROOT), held=first, roots=())

    assert second.list == new_alone
    assert refused(replace(TRUST_LIST, number=4), ROOT, held=second) == "trust.not_signed"
    at_once = replace(new_alone, number=2)
    assert accepted(sealed(at_once, ROOT, OTHER_ROOT), held=TRUST, roots=()).list == at_once


def test_what_is_no_trust_list_is_refused_as_one() -> None:
    with pytest.raises(WireError, match=r"wire\.wrong_type"):
        accepted(sealed(SILENCE, ROOT), held=TRUST, roots=ROOTS)
    with pytest.raises(WireError, match=r"wire\.unreadable"):
        accepted(seal_payload("TrustList", b"{}", [ROOT]), held=TRUST, roots=ROOTS)


@pytest.mark.parametrize("kind", list(TYPES.values()), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("signer", TRUST_LIST.keys, ids=lambda key: key.role)
def test_a_key_signs_what_its_role_may_and_nothing_else(kind: type, signer: TrustedKey) -> None:
    if SIGNED_BY[kind] is signer.role:
        assert TRUST.public_key(signer.key, kind) == signer.public
        return
    with pytest.raises(WireError) as error:
        TRUST.public_key(signer.key, kind)
    assert (error.value.code, error.value.values["role"]) == ("wire.wrong_role", signer.role)


def test_a_key_that_left_the_list_signs_nothing_more() -> None:
    following = Trust(replace(NEXT, keys=tuple(key for key in TRUST_LIST.keys if key.role is not KeyRole.STATE)))
    data = sealed(SILENCE, STATE)

    assert unsealed(data, TRUST) == (SILENCE, STATE.key)
    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        unsealed(data, following)


def test_a_key_past_its_expiry_is_still_obeyed() -> None:
    """One missed ceremony must not silence every pole: the centre warns and renews."""
    old = replace(TRUST_LIST, keys=(*ROOTS, trusted(STATE, KeyRole.STATE, NOW - timedelta(days=1))))

    assert unsealed(sealed(SILENCE, STATE), Trust(old))[0] == SILENCE


def test_a_message_for_somebody_else_is_refused() -> None:
    require_audience(SILENCE, TO_UNIT)
    for audience in ("unit:son-tay", "zone:son-ha", "all", ""):
        with pytest.raises(WireError, match=r"wire\.wrong_audience"):
            require_audience(SILENCE, audience)
    with pytest.raises(WireError, match=r"wire\.wrong_audience"):
        require_audience(replace(SILENCE, audience=""), "")


@pytest.mark.parametrize("epoch", [0, 2, 10**9])
def test_only_the_root_raises_the_epoch(epoch: int) -> None:
    require_epoch(SILENCE, TRUST)
    with pytest.raises(WireError) as error:
        require_epoch(replace(SILENCE, epoch=epoch), TRUST)
    assert (error.value.code, error.value.values) == ("wire.wrong_epoch", {"epoch": epoch, "expected": 1})


def code_of_fresh(message: SilenceOrdered, held: tuple[int, int] | None, *, trusted_clock: bool = True) -> str:
    try:
        require_fresh(message, held=held, now=NOW if trusted_clock else None)
    except WireError as error:
        return error.code
    return ""


def test_only_what_is_newer_is_obeyed() -> None:
    assert code_of_fresh(SILENCE, None) == ""
    assert code_of_fresh(SILENCE, (1, 6)) == ""
    assert code_of_fresh(SILENCE, (1, 7)) == "wire.not_newer"
    assert code_of_fresh(SILENCE, (1, 8)) == "wire.not_newer"
    assert code_of_fresh(SILENCE, (0, 10**15)) == ""
    assert code_of_fresh(SILENCE, (2, 0)) == "wire.not_newer"
    assert code_of_fresh(SILENCE, (1, 7), trusted_clock=False) == "wire.not_newer"


def test_what_is_expired_is_refused_by_a_clock_that_is_trusted() -> None:
    over = replace(SILENCE, expires=NOW)

    assert code_of_fresh(over, None) == "wire.expired"
    assert code_of_fresh(replace(SILENCE, expires=NOW + timedelta(milliseconds=1)), None) == ""
    assert code_of_fresh(replace(SILENCE, expires=None), None) == ""
    assert code_of_fresh(over, None, trusted_clock=False) == ""


def test_a_number_more_than_a_day_ahead_is_refused() -> None:
    furthest = int(NOW.timestamp() * 1000) + FURTHEST_NUMBER_AHEAD_MS

    assert FURTHEST_NUMBER_AHEAD_MS == 24 * 3600 * 1000
    assert code_of_fresh(replace(SILENCE, number=furthest), None) == ""
    assert code_of_fresh(replace(SILENCE, number=furthest + 1), None) == "wire.too_far_ahead"
    assert code_of_fresh(replace(SILENCE, number=furthest + 1), None, trusted_clock=False) == ""
