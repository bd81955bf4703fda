"""Holds the tables against the leaves, both ways: every row has its leaf, every leaf its row, and they agree.

It must not know signatures.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from schedules.ledger import ENTRY, IN_FORCE, UNREADABLE, LeafKind, StoredRow, sum_of
from schedules.proof import digest_of
from server.verification.findings import Finding
from server.verification.scratch import Odd, OddLink, Scratch

_ONLY_NEWEST = (LeafKind.RECEIPT, IN_FORCE)
"""Of these only the newest stands; what stood before the ledger began is not summed row by row."""
_AT_ONCE = 1000


def note_rows(rows: Iterable[StoredRow], scratch: Scratch) -> None:
    """Note every row as it stands."""
    given = iter(rows)
    while piece := list(islice(given, _AT_ONCE)):
        scratch.note_rows((row.kind, row.subject, digest_of(row.data)) for row in piece if row.kind != ENTRY)
        scratch.note_kept((row.subject, digest_of(row.data)) for row in piece if row.kind == ENTRY)


def differences(
    rows: Iterable[StoredRow], before: Mapping[str, tuple[int, str]], scratch: Scratch
) -> Iterator[Finding]:
    """Give what differs between rows and leaves, and inside the journals.

    Args:
        rows: the same rows again; read only where some are older than the ledger.
        before: those, by kind: how many there were, and the sum over them.
        scratch: everything noted.
    """
    yield from _of_rows("verify.row_altered", scratch.altered())
    yield from _of_rows("verify.row_missing", scratch.without_row())
    yield from _of_links("verify.entry_altered", scratch.entries_altered())
    yield from _of_links("verify.entry_without_row", scratch.entries_without_row())
    yield from _of_links("verify.fork", scratch.forks())
    yield from _of_links("verify.chain_broken", scratch.broken())
    yield from _of_links("verify.entry_missing", scratch.gaps())
    for kind, subject in scratch.without_leaf():
        if kind == UNREADABLE:
            yield Finding(code="verify.table_unreadable", number=0, values={"kind": subject})
        elif kind not in before:
            yield Finding(code="verify.row_added", number=0, values={"kind": kind, "subject": subject})
    if ENTRY not in before:
        yield from _of_links("verify.entry_added", scratch.entries_without_leaf())
    if before:
        yield from _before_the_ledger(rows, before, scratch)


def _before_the_ledger(
    rows: Iterable[StoredRow], before: Mapping[str, tuple[int, str]], scratch: Scratch
) -> Iterator[Finding]:
    found = dict.fromkeys(before, (0, ""))
    for row in rows:
        if row.kind in before and not _has_leaf(row, scratch):
            count, total = found[row.kind]
            found[row.kind] = (count + 1, sum_of(total, row))
    for kind, (count, total) in before.items():
        if kind not in _ONLY_NEWEST and found[kind] != (count, total):
            values = {"kind": kind, "count": count, "found": found[kind][0]}
            yield Finding(code="verify.before_ledger", number=1, values=values)


def _has_leaf(row: StoredRow, scratch: Scratch) -> bool:
    if row.kind == ENTRY:
        loudspeaker, journal, sequence, digest = row.subject.rsplit("/", 3)
        return scratch.holds(loudspeaker, journal, int(sequence), digest)
    return scratch.is_said(row.kind, row.subject)


def _of_rows(code: str, found: Iterable[Odd]) -> Iterator[Finding]:
    for odd in found:
        yield Finding(code=code, number=odd.number, values={"kind": odd.kind, "subject": odd.subject})


def _of_links(code: str, found: Iterable[OddLink]) -> Iterator[Finding]:
    for odd in found:
        values = {"loudspeaker": odd.loudspeaker, "journal": odd.journal, "sequence": odd.sequence}
        yield Finding(code=code, number=odd.number, values=values)
