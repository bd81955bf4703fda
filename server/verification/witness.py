"""Heads that somebody outside was told, held against the tree as it is rebuilt leaf by leaf.

A witness never speaks of more than he was told: up to his size, and where he has the short hashes, leaf by leaf.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from schedules.errors import InvalidValue
from schedules.ledger import SHORT, SHORT_ROOT, HeadFile
from schedules.merkle import Frontier
from server.verification.findings import Finding
from server.verification.keys import CentreKeys
from server.verification.restores import Restore, explaining


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a ledger is no longer the one that was told.

    Attributes:
        code: of the sentence.
        first, last: the leaves among which the first difference lies.
    """

    code: str
    first: int
    last: int


class Witness:
    """The head in a file that went outside.

    Attributes:
        name: of the file.
        size, at: of the head.

    Raises:
        InvalidValue: `ledger.head_unreadable`, or `ledger.head_not_signed` when no key of its own lists signed it.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._file = HeadFile.of(text)
        keys = CentreKeys()
        followed = all(keys.follow(each) for each in self._file.trust_lists)
        head = keys.head(self._file.head)
        if head is None or not followed:
            raise InvalidValue("ledger.head_not_signed", file=name)
        self.size, self.at, self._root = head.ledger.size, head.issued, head.ledger.root
        self._known = {each.size: each.root[:SHORT_ROOT] for each in self._file.before}
        self._first = self.size - len(self._file.leaves) + 1
        self._agreed = 0
        self._disagreed = 0
        self._here: list[str] = []

    def see(self, frontier: Frontier, leaf: bytes) -> None:
        """Take up the next leaf, by its hash, and the tree with it."""
        size = frontier.size
        if size >= self._first and len(self._here) <= len(self._file.leaves):
            self._here.append(leaf.hex()[:SHORT])
        told = self._root if size == self.size else self._known.get(size)
        if told is None or self._disagreed:
            return
        if frontier.root.hex().startswith(told):
            self._agreed = size
        else:
            self._disagreed = size

    @property
    def agreed(self) -> int:
        """The size of the largest head it was told that fits."""
        return self._agreed

    def difference(self, size: int) -> Difference | None:
        """Say where a ledger of a size first differs from what this witness was told; None when it does not."""
        if self._agreed == self.size:
            return None
        exact = self._first_leaf(size)
        if self._agreed >= self._first - 1 and exact is not None:
            return exact
        if self._disagreed:
            return Difference("verify.outside_between", self._agreed + 1, self._disagreed)
        return Difference("verify.outside_shorter", size + 1, self.size)

    def _first_leaf(self, size: int) -> Difference | None:
        told = self._file.leaves
        for index, expected in enumerate(told):
            number = self._first + index
            if index >= len(self._here):
                return Difference("verify.outside_shorter", size + 1, self.size)
            if self._here[index] != expected:
                if self._here[index] in told[index + 1 :]:
                    return Difference("verify.outside_dropped", number, number)
                if expected in self._here[index + 1 :]:
                    return Difference("verify.outside_added", number, number)
                return Difference("verify.outside_altered", number, number)
        return None


def findings_of(witnesses: Iterable[Witness], size: int, restores: Sequence[Restore]) -> Iterator[Finding]:
    """Give what witnesses say against a ledger of a size, and which restore it comes of, if the ledger names one."""
    for witness in witnesses:
        found = witness.difference(size)
        if found is None:
            continue
        first, last = (found.first, found.last) if found.last <= size else (witness.agreed + 1, witness.size)
        lost = explaining(restores, told=witness.at, first=first, last=last)
        if lost is not None:
            gone = {"file": witness.name, "told": witness.at, "first": lost.number, "last": witness.size}
            yield Finding(
                code="verify.outside_restored", number=lost.number, values={**gone, "restored": lost.at, "by": lost.by}
            )
        else:
            values = {"file": witness.name, "told": witness.at, "first": found.first, "last": found.last, "size": size}
            yield Finding(code=found.code, number=found.first, values=values)
