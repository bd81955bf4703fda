"""Merkle trees by RFC 9162, section 2.1: hashes, and roots that grow leaf by leaf.

It knows bytes only, not what a leaf says. Leaves and nodes are hashed apart (first byte 0 and 1), so that no node can
be passed off as a leaf.
"""

from collections.abc import Iterable
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
