"""Merkle trees by RFC 9162, section 2.1: hashes, roots that grow leaf by leaf, and proofs.

It knows bytes only, not what a leaf says. Leaves and nodes are hashed apart (first byte 0 and 1), so that no node can
be passed off as a leaf.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(content: bytes) -> bytes:
    """Give the hash of a leaf."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash of a node from those of its children."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """What of a tree is needed to let it grow, and for its root: the roots of its complete subtrees.

    Attributes:
        size: number of leaves.
        peaks: one root for each 1 in the binary form of the size, the largest subtree first.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError(self.size)

    def extended(self, hashes: Iterable[bytes]) -> "Frontier":
        """Give the tree with further leaves, by their hashes."""
        size, peaks = self.size, list(self.peaks)
        for each in hashes:
            grown, level = each, size
            while level & 1:
                grown, level = node_hash(peaks.pop(), grown), level >> 1
            peaks.append(grown)
            size += 1
        return Frontier(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self.peaks:
            return EMPTY
        *others, root = self.peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Give the root over leaves, by their hashes."""
    return Frontier().extended(hashes).root


def inclusion_proof(hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Give what proves that a leaf stands at a place (section 2.1.3.1).

    Args:
        hashes: of all leaves.
        index: of the leaf, from 0.
    """
    if len(hashes) == 1:
        return ()
    split = _split(len(hashes))
    left, right = hashes[:split], hashes[split:]
    if index < split:
        return (*inclusion_proof(left, index), root_of(right))
    return (*inclusion_proof(right, index - split), root_of(left))


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether a proof shows that a leaf, by its hash, stands at a place of the tree with a root (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, grown = index, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            grown = node_hash(each, grown)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            grown = node_hash(grown, each)
        place, last = place >> 1, last >> 1
    return last == 0 and grown == root


def consistency_proof(hashes: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """Give what proves that the tree of the first leaves is the beginning of the whole one (section 2.1.4.1).

    Args:
        hashes: of all leaves.
        first: how many the earlier tree had, at least one.
    """
    return _subproof(hashes, first, whole=True)


def is_beginning(first: int, first_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether a proof shows that one tree is the beginning of another (section 2.1.4.2)."""
    if not 0 < first <= size:
        return False
    if first == size:
        return not proof and first_root == root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    place, last = first - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node_hash(each, before), node_hash(each, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, each)
        place, last = place >> 1, last >> 1
    return last == 0 and before == first_root and after == root


def _subproof(hashes: Sequence[bytes], first: int, *, whole: bool) -> tuple[bytes, ...]:
    if first == len(hashes):
        return () if whole else (root_of(hashes),)
    split = _split(len(hashes))
    left, right = hashes[:split], hashes[split:]
    if first <= split:
        return (*_subproof(left, first, whole=whole), root_of(right))
    return (*_subproof(right, first - split, whole=False), root_of(left))


def _split(size: int) -> int:
    """The largest power of two below a size of at least two."""
    return 1 << ((size - 1).bit_length() - 1)
