"""Proves leaf after leaf, on as many processors as are given; proofs come back in the order of the leaves.

What depends on the leaves before (which key speaks for a loudspeaker) is settled here, what is slow (signatures and
hashes) is done by the workers. Little is in memory at a time. It must not compare leaves with each other.
"""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice

from schedules.ledger import Leaf
from schedules.proof import Proof, proof_of
from server.verification.keys import DeviceKeys

AT_ONCE = 500
"""Leaves a worker gets at a time."""
Keyed = tuple[Leaf, tuple[str, ...]]
"""A leaf, and the keys that may have signed it."""
_AHEAD = 2
"""Pieces per worker that wait: more would only take memory."""


def proven(leaves: Iterable[Leaf], keys: DeviceKeys, processes: int) -> Iterator[tuple[Leaf, Proof]]:
    """Give each leaf with its proof.

    Args:
        leaves: in order.
        keys: takes up the keys of loudspeakers on the way; when a leaf is given, it may be ahead of it.
        processes: how many work; 1: this one alone.
    """
    pieces = _pieces(leaves, keys)
    if processes == 1:
        for piece in pieces:
            yield from zip((leaf for leaf, _ in piece), _prove(piece), strict=True)
        return
    waiting: deque[tuple[list[Keyed], Future[list[Proof]]]] = deque()
    # Started anew, not forked: nothing of this process is shared, whatever it runs besides.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for piece in pieces:
            waiting.append((piece, pool.submit(_prove, piece)))
            if len(waiting) > processes * _AHEAD:
                yield from _done(waiting)
        while waiting:
            yield from _done(waiting)


def _done(waiting: "deque[tuple[list[Keyed], Future[list[Proof]]]]") -> Iterator[tuple[Leaf, Proof]]:
    piece, proofs = waiting.popleft()
    yield from zip((leaf for leaf, _ in piece), proofs.result(), strict=True)


def _pieces(leaves: Iterable[Leaf], keys: DeviceKeys) -> Iterator[list[Keyed]]:
    def keyed() -> Iterator[Keyed]:
        for leaf in leaves:
            if leaf.kind in keys.FOLLOWED:
                keys.follow(leaf)
            yield leaf, keys.speaking(leaf)

    given = keyed()
    while piece := list(islice(given, AT_ONCE)):
        yield piece


def _prove(piece: list[Keyed]) -> list[Proof]:
    return [proof_of(leaf, publics) for leaf, publics in piece]
