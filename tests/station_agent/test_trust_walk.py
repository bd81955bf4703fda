"""Walking the trust lists: whatever comes in whatever order, each list is obeyed after the one before it."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from schedules.errors import WireError
from schedules.wire import topics
from schedules.wire.messages import KeyRole, TrustList
from schedules.wire.seal import SigningKey, sealed
from station_agent.trust_walk import ASIDE_LIMIT, LARGEST, TrustWalk
from tests.schedules.wire.samples import ISSUE, NOW, OTHER_ROOT, ROOT, ROOTS, STATE, TRUST_LIST, key, trusted

NEW_ISSUE, NEW_STATE = key(20), key(21)


def listed(number: int, root: SigningKey, issue: SigningKey, state: SigningKey) -> TrustList:
    roles = ((root, KeyRole.ROOT), (issue, KeyRole.ISSUE), (state, KeyRole.STATE))
    keys = tuple(trusted(each, role) for each, role in roles)
    return replace(TRUST_LIST, number=number, issued=NOW + timedelta(days=10 * number), keys=keys)


LISTS = {
    1: sealed(listed(1, ROOT, ISSUE, STATE), ROOT),
    2: sealed(listed(2, ROOT, NEW_ISSUE, STATE), ROOT),
    3: sealed(listed(3, OTHER_ROOT, NEW_ISSUE, STATE), ROOT, OTHER_ROOT),
    4: sealed(listed(4, OTHER_ROOT, NEW_ISSUE, NEW_STATE), OTHER_ROOT),
}
"""Online keys, then the root, then online keys again."""


def walked(walk: TrustWalk, *numbers: int) -> list[int]:
    """Give the number in force after each list that comes, 0 before the first."""
    found = []
    for number in numbers:
        try:
            trust, newest = walk.take(topics.trust(number), LISTS[number])
        except WireError as error:
            assert error.code in {"trust.not_next", "trust.not_signed"}  # noqa: PT017
        else:
            assert newest == LISTS[trust.list.number]
        found.append(walk.trust.list.number if walk.trust is not None else 0)
    return found


@pytest.mark.parametrize("order", list(permutations([2, 3, 4])))
def test_who_was_away_for_three_lists_comes_to_the_last_in_each_order_of_arrival(order: tuple[int, ...]) -> None:
    walk = TrustWalk(ROOTS)
    walked(walk, 1)

    assert walked(walk, *order)[-1] == 4


@pytest.mark.parametrize("order", list(permutations([1, 2, 3, 4])))
def test_a_new_device_comes_to_the_last_list_in_each_order_of_arrival(order: tuple[int, ...]) -> None:
    assert walked(TrustWalk(ROOTS), *order)[-1] == 4


def test_a_list_put_aside_is_obeyed_only_after_the_one_before_it() -> None:
    walk = TrustWalk(ROOTS)

    assert walked(walk, 1, 4, 3, 2) == [1, 1, 1, 4]


def test_lists_that_come_again_change_nothing() -> None:
    walk = TrustWalk(ROOTS)

    assert walked(walk, 1, 2, 3, 4, 1, 2, 3, 4) == [1, 2, 3, 4, 4, 4, 4, 4]


def test_a_forged_list_put_aside_ends_the_walk_before_it_and_the_genuine_one_goes_on() -> None:
    walk = TrustWalk(ROOTS)
    forged = sealed(listed(3, key(66), key(67), key(68)), key(66))
    walked(walk, 1)
    with pytest.raises(WireError, match=r"trust\.not_next"):
        walk.take(topics.trust(3), forged)

    assert walked(walk, 4, 2) == [1, 2]
    assert walked(walk, 3) == [4]


def test_a_list_under_another_number_than_its_own_is_refused() -> None:
    walk = TrustWalk(ROOTS)
    walked(walk, 1)

    with pytest.raises(WireError, match=r"trust\.not_next"):
        walk.take(topics.trust(2), LISTS[1])
    with pytest.raises(WireError, match=r"trust\.not_next"):
        walk.take(topics.trust(1), LISTS[2])
    with pytest.raises(WireError, match=r"trust\.says_otherwise"):
        TrustWalk(ROOTS).take(topics.trust(2), LISTS[1])
    assert walk.trust is not None
    assert walk.trust.list.number == 1


def test_what_is_put_aside_is_bounded_and_the_nearest_is_kept() -> None:
    walk = TrustWalk(ROOTS)
    walked(walk, 1)
    for number in (*range(1000, 1000 + ASIDE_LIMIT), 3, 4):
        with pytest.raises(WireError, match=r"trust\.not_next"):
            walk.take(topics.trust(number), LISTS.get(number, b"rubbish"))
    with pytest.raises(WireError, match=r"trust\.not_next"):
        walk.take(topics.trust(3), b"x" * (LARGEST + 1))

    assert walked(walk, 2) == [4]
