"""What a new device takes for the roots, and what it refuses to begin with."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from schedules.errors import WireError
from schedules.wire.codec import encoded
from schedules.wire.first_trust import first_trust, require_living, roots_fingerprint
from schedules.wire.messages import KeyRole, TrustedKey, TrustList
from schedules.wire.seal import SigningKey, seal_payload, sealed
from schedules.wire.trust import Trust
from tests.schedules.wire.samples import FULL, NOW, OTHER_ROOT, ROOT, ROOTS, STATE, TRUST, TRUST_LIST, trusted

MEANT = roots_fingerprint(TRUST_LIST)
FIRST = sealed(TRUST_LIST, ROOT)
YEAR = timedelta(days=365)


def numbered(number: int, *keys: TrustedKey, threshold: int = 1) -> TrustList:
    return replace(TRUST_LIST, number=number, keys=(*(keys or ROOTS), *TRUST_LIST.keys[1:]), threshold=threshold)


def refused(*lists: bytes, roots: str = MEANT) -> str:
    with pytest.raises(WireError) as error:
        first_trust(lists, roots=roots)
    return error.value.code


def begun(trust_list: TrustList, *signers: SigningKey, at: datetime = NOW) -> str:
    try:
        require_living(Trust(trust_list), sealed(trust_list, *signers), at)
    except WireError as error:
        return error.code
    return ""


def test_a_fingerprint_names_the_roots_and_how_many_must_sign_and_nothing_else() -> None:
    both = numbered(1, trusted(ROOT, KeyRole.ROOT), trusted(OTHER_ROOT, KeyRole.ROOT))
    turned = numbered(1, trusted(OTHER_ROOT, KeyRole.ROOT), trusted(ROOT, KeyRole.ROOT))

    assert roots_fingerprint(replace(TRUST_LIST, number=9, epoch=4, keys=ROOTS)) == MEANT
    assert roots_fingerprint(both) == roots_fingerprint(turned)
    assert len({MEANT, roots_fingerprint(both), roots_fingerprint(replace(both, threshold=2))}) == 3
    assert MEANT == "518eb2be58a10937f6d893f80881cbf90b4c81b1f12088962d1287ce179c0da2"


def test_the_lists_lead_to_the_roots_that_were_meant() -> None:
    second = numbered(2)
    changed = numbered(3, trusted(OTHER_ROOT, KeyRole.ROOT))
    lists = (FIRST, sealed(second, ROOT), sealed(changed, ROOT, OTHER_ROOT))

    assert first_trust([FIRST], roots=MEANT) == TRUST
    assert first_trust(lists, roots=roots_fingerprint(changed)).list == changed
    assert refused(*lists) == "trust.other_roots"
    assert refused(*lists[:2], roots=roots_fingerprint(changed)) == "trust.other_roots"


def test_lists_with_a_gap_or_out_of_order_are_refused() -> None:
    second, third = sealed(numbered(2), ROOT), sealed(numbered(3), ROOT)

    assert refused(FIRST, third) == "trust.not_next"
    assert refused(second, FIRST) == "trust.not_next"
    assert refused(FIRST, FIRST) == "trust.not_next"
    assert refused() == "trust.none"


def test_a_list_that_its_own_roots_or_those_before_did_not_sign_is_refused() -> None:
    stolen = numbered(2, trusted(OTHER_ROOT, KeyRole.ROOT))

    assert refused(sealed(TRUST_LIST, OTHER_ROOT)) == "trust.not_signed"
    assert refused(FIRST, sealed(stolen, OTHER_ROOT), roots=roots_fingerprint(stolen)) == "trust.not_signed"


@pytest.mark.parametrize("threshold", [0, -1, 2])
def test_a_list_with_a_wrong_threshold_is_refused(threshold: int) -> None:
    wrong = encoded(TRUST_LIST).replace(b'"threshold":1', b'"threshold":%d' % threshold)

    assert refused(seal_payload("TrustList", wrong, [ROOT])) == "wire.malformed"


def test_a_list_that_fewer_than_its_threshold_signed_is_refused() -> None:
    two = numbered(1, trusted(ROOT, KeyRole.ROOT), trusted(OTHER_ROOT, KeyRole.ROOT), threshold=2)

    assert refused(sealed(two, ROOT), roots=roots_fingerprint(two)) == "trust.not_signed"
    assert first_trust([sealed(two, ROOT, OTHER_ROOT)], roots=roots_fingerprint(two)).list == two


def test_what_is_no_list_for_all_is_refused() -> None:
    narrow = replace(TRUST_LIST, audience="zone:lang-moi")

    assert refused(sealed(FULL[2], STATE)) == "wire.wrong_type"
    assert refused(seal_payload("TrustList", b"{}", [ROOT])) == "wire.unreadable"
    assert refused(b"") == "wire.unreadable"
    assert refused(sealed(narrow, ROOT)) == "wire.wrong_audience"


def test_nobody_begins_with_a_list_or_with_roots_that_have_run_out() -> None:
    old = numbered(1, trusted(ROOT, KeyRole.ROOT, NOW))

    assert begun(TRUST_LIST, ROOT) == ""
    assert begun(replace(TRUST_LIST, expires=None), ROOT, at=NOW + 9 * YEAR) == ""
    assert begun(TRUST_LIST, ROOT, at=NOW + 2 * YEAR) == "trust.list_expired"
    assert begun(old, ROOT, at=NOW - timedelta(seconds=1)) == ""
    assert begun(old, ROOT) == "trust.root_expired"


def test_as_many_living_roots_must_have_signed_as_the_threshold_says() -> None:
    two = numbered(1, trusted(ROOT, KeyRole.ROOT, NOW), trusted(OTHER_ROOT, KeyRole.ROOT), threshold=1)

    assert begun(two, OTHER_ROOT) == ""
    assert begun(two, ROOT) == "trust.root_expired"
    assert begun(replace(two, threshold=2), ROOT, OTHER_ROOT) == "trust.root_expired"
    assert begun(replace(two, threshold=2), ROOT, OTHER_ROOT, at=NOW - YEAR) == ""
