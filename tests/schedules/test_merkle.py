"""The tree of RFC 9162: known roots, and a naive tree beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.merkle import EMPTY, Frontier, leaf_hash, node_hash

INPUTS = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
"""The leaves of Certificate Transparency's reference tests."""
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Their roots after 1 to 8 leaves."""

leaves = st.lists(st.binary(max_size=3), min_size=1, max_size=40).map(lambda contents: [*map(leaf_hash, contents)])


def naive_root(hashes: list[bytes]) -> bytes:
    """Compute a root as section 2.1.1 defines it."""
    if not hashes:
        return EMPTY
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(naive_root(hashes[:split]), naive_root(hashes[split:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_the_reference(size: int) -> None:
    assert Frontier().extended(map(leaf_hash, INPUTS[:size])).root.hex() == ROOTS[size - 1]


def test_a_tree_without_leaves_has_the_hash_of_nothing() -> None:
    assert Frontier().root.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(leaves, st.data())
def test_a_tree_that_grew_in_two_steps_is_the_naive_one(hashes: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(hashes)))

    grown = Frontier().extended(hashes[:cut]).extended(hashes[cut:])

    assert (grown.size, grown.root) == (len(hashes), naive_root(hashes))


@pytest.mark.parametrize(("size", "peaks"), [(-1, 1), (1, 0), (2, 2)])
def test_a_frontier_has_a_peak_for_each_complete_subtree(size: int, peaks: int) -> None:
    with pytest.raises(ValueError, match=str(size)):
        Frontier(size, (EMPTY,) * peaks)
