"""Takes leaf after leaf: their numbers and times, the keys at each place, and the heads over them.

It must not look at tables: those are held against the leaves when all have gone by.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from schedules.ledger import Leaf, LeafKind
from schedules.merkle import Frontier
from schedules.proof import Link, Proof
from schedules.wire.first_trust import roots_fingerprint
from server.verification.findings import Finding
from server.verification.keys import UNREADABLE, CentreKeys, DeviceKeys, trust_list_of
from server.verification.restores import LostToRestores, Restore, explaining, restore_of
from server.verification.scratch import Scratch
from server.verification.source import KeptHead
from server.verification.witness import Witness

CLOCKS_DIFFER = timedelta(minutes=5)
"""What a clock that was set right may explain."""


class Leaves:
    """What has gone by.

    Attributes:
        frontier: the tree so far.
        before: kind of row, how many there were before the ledger, and the sum over them.
        at: when the last leaf was written, as far as leaves say.
        vouched: the largest head that some loudspeaker's mark confirms, and the loudspeakers that confirm any.
        signed: the last head of the centre's own that is right.
        restores: of backups, as the ledger itself says.
    """

    def __init__(self, heads: Iterator[KeptHead], witnesses: Iterable[Witness], scratch: Scratch) -> None:
        self.frontier = Frontier()
        self.before: dict[str, tuple[int, str]] = {}
        self.at: datetime | None = None
        self.vouched = 0
        self.vouching: set[str] = set()
        self.signed: KeptHead | None = None
        self.restores: list[Restore] = []
        self._lost = LostToRestores()
        self._heads, self._witnesses, self._scratch = heads, tuple(witnesses), scratch
        self._head: KeptHead | None = next(heads, None)
        self._dated: KeptHead | None = None
        self._roots: dict[int, str] = {}
        self._devices, self._centre = DeviceKeys(), CentreKeys()
        self._after: list[tuple[int, str, Link]] = []

    @property
    def roots(self) -> str:
        """The fingerprint of the root keys of the newest trust list; empty where there is none."""
        return "" if self._centre.newest is None else roots_fingerprint(self._centre.newest.list)

    def take(self, leaf: Leaf, proof: Proof) -> Iterator[Finding]:
        """Take the next leaf; give what is wrong with it."""
        number = self.frontier.size + 1
        if leaf.kind == LeafKind.RESTORE:  # a head of this size may have been signed, and told, after the backup
            self._roots[self.frontier.size] = self.frontier.root.hex()
        self.frontier = self.frontier.extended((proof.hash,))
        for witness in self._witnesses:
            witness.see(self.frontier, proof.hash)
        if leaf.number != number:
            yield Finding(code="verify.number", number=number, values={"found": leaf.number})
        if proof.fault:
            yield Finding(code=proof.fault, number=number)
        if leaf.kind in _FOLLOWED:
            yield from self._follow(leaf, number)
        if leaf.at is not None:
            self.at = leaf.at
            yield from self._in_time(leaf.at, number)
        if proof.facts:
            self._scratch.note_facts(number, proof.facts)
        if proof.links:
            self._scratch.note_links(number, leaf.subject, proof.links)
            for link in proof.links:
                yield from self._linked(leaf, proof, link)
        yield from self._pass_head()

    def end(self) -> Iterator[Finding]:
        """Give what is wrong with what no leaf comes for any more."""
        for head in (*(() if self._head is None else (self._head,)), *self._heads):
            values = {"size": head.size, "told": head.at}
            yield Finding(code="verify.head_beyond", number=self.frontier.size + 1, values=values)
        yield from self._lost.findings()
        for number, loudspeaker, link in self._after:
            journal, sequence, digest = link.after or ("", 0, "")
            if sequence and not self._scratch.holds(loudspeaker, journal, sequence, digest):
                values = {"loudspeaker": loudspeaker, "journal": journal, "sequence": sequence, "new": link.journal}
                yield Finding(code="verify.journal_missing", number=number, values=values)

    def _follow(self, leaf: Leaf, number: int) -> Iterator[Finding]:
        if leaf.kind == LeafKind.BEGUN:
            try:
                self.before = {kind: (count, total) for kind, (count, total) in json.loads(leaf.data).items()}
            except UNREADABLE:
                yield Finding(code="verify.unreadable", number=number)
        elif leaf.kind == LeafKind.RESTORE:
            restore = restore_of(leaf, number)
            if restore is None:
                yield Finding(code="verify.unreadable", number=number)
            else:
                self.restores.append(restore)
        elif leaf.kind in DeviceKeys.FOLLOWED:
            if not self._devices.follow(leaf):
                yield Finding(code="verify.unreadable", number=number)
        elif not self._centre.follow(trust_list_of(leaf)):
            yield Finding(code="verify.trust_not_signed", number=number)

    def _in_time(self, at: datetime, number: int) -> Iterator[Finding]:
        if self._dated is not None and at < self._dated.at - CLOCKS_DIFFER:
            values = {"told": self._dated.at, "size": self._dated.size}
            yield Finding(code="verify.dated_before", number=number, values=values)

    def _linked(self, leaf: Leaf, proof: Proof, link: Link) -> Iterator[Finding]:
        number, since = proof.number, self._devices.since(leaf.subject, proof.key)
        where = {"loudspeaker": leaf.subject, "journal": link.journal, "sequence": link.sequence}
        if since is not None and link.recorded_at is not None and link.recorded_at < since - CLOCKS_DIFFER:
            values = {**where, "recorded": link.recorded_at, "since": since}
            yield Finding(code="verify.before_its_key", number=number, values=values)
        if link.after is not None:
            self._after.append((number, leaf.subject, link))
        if link.ledger is not None:
            size, root = link.ledger
            if size and self._roots.get(size) != root:
                lost = explaining(self.restores, told=link.told_at, first=1, last=size)
                if lost is not None:
                    self._lost.note(lost, leaf.subject, size)
                    return
                yield Finding(code="verify.mark_differs", number=number, values={**where, "size": size})
            elif size:
                self.vouched = max(self.vouched, size)
                self.vouching.add(leaf.subject)

    def _pass_head(self) -> Iterator[Finding]:
        while self._head is not None and self._head.size <= self.frontier.size:
            head, self._head = self._head, next(self._heads, None)
            self._dated = head
            root, signed = self.frontier.root.hex(), self._centre.head(head.envelope)
            values = {"size": head.size, "told": head.at}
            self._roots[head.size] = root
            if signed is None or (signed.ledger.size, signed.ledger.root) != (head.size, head.root):
                yield Finding(code="verify.head_not_signed", number=head.size, values=values)
            elif head.size != self.frontier.size or root != head.root:
                yield Finding(code="verify.head_differs", number=head.size, values=values)
            else:
                self.signed = head


_FOLLOWED = {LeafKind.BEGUN, LeafKind.TRUST, LeafKind.RESTORE, *DeviceKeys.FOLLOWED}
