"""Verifies a ledger: one pass over its leaves, then its tables against them; names what is found, says what is proven.

Memory is bounded whatever the length: leaves go by, what must be compared later lies in a scratch on the disk. It must
not change what it reads.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from server.verification.findings import Finding, Statement, Verdict
from server.verification.keys import DeviceKeys
from server.verification.leaves import Leaves
from server.verification.proofs import proven
from server.verification.restores import statements
from server.verification.scratch import Scratch
from server.verification.source import Source
from server.verification.tables import differences, note_rows
from server.verification.witness import Witness, findings_of

NAMED = 100
"""Findings of one sort that are named; of the others only how many there are."""
_ALONE = 2000
"""Leaves below which starting further processes takes longer than they save."""


def verify(source: Source, witnesses: Sequence[Witness] = (), *, processes: int = 2) -> Verdict:
    """Verify a ledger and its tables.

    Args:
        source: the ledger.
        witnesses: heads that went outside.
        processes: how many work at once.
    """
    with Scratch() as scratch:
        leaves = Leaves(source.heads(), witnesses, scratch)
        kept, more = _kept(_findings(source, witnesses, leaves, scratch, processes))
        entries, rows = scratch.counted()
    return Verdict(
        findings=tuple(_described(kept, source)),
        statements=tuple(_statements(leaves, witnesses)),
        leaves=leaves.frontier.size,
        entries=entries,
        rows=rows,
        more=more,
    )


def _findings(
    source: Source, witnesses: Sequence[Witness], leaves: Leaves, scratch: Scratch, processes: int
) -> Iterator[Finding]:
    alone = source.size() < _ALONE
    for leaf, proof in proven(source.leaves(), DeviceKeys(), 1 if alone else processes):
        yield from leaves.take(leaf, proof)
    note_rows(source.rows(), scratch)
    scratch.index()
    yield from leaves.end()
    yield from differences(source.rows(), leaves.before, scratch)
    yield from findings_of(witnesses, leaves.frontier.size, leaves.restores)


def _kept(findings: Iterable[Finding]) -> tuple[list[Finding], int]:
    """Give the first of each sort, by place, and how many more there are."""
    kept: list[Finding] = []
    seen: Counter[str] = Counter()
    for each in findings:
        seen[each.code] += 1
        if seen[each.code] <= NAMED:
            kept.append(each)
    # What no leaf speaks of has no place, and comes last.
    kept.sort(key=lambda each: (each.number == 0, each.number))
    return kept, seen.total() - len(kept)


def _described(findings: Iterable[Finding], source: Source) -> Iterator[Finding]:
    """Add what the leaf at each finding's place says: kind, subject and time."""
    given = list(findings)
    leaves = source.find({each.number for each in given}) if given else {}
    for each in given:
        leaf = leaves.get(each.number)
        said = {} if leaf is None else {"leaf_kind": leaf.kind, "leaf_subject": leaf.subject, "at": leaf.at}
        yield replace(each, values={"number": each.number, **said, **each.values})


def _statements(leaves: Leaves, witnesses: Sequence[Witness]) -> Iterator[Statement]:
    size = leaves.frontier.size
    agreed = [each for each in witnesses if each.difference(size) is None]
    for witness in agreed:
        values = {"file": witness.name, "size": witness.size, "told": witness.at}
        yield Statement("verify.proven_outside", values)
    if leaves.vouched:
        yield Statement("verify.proven_marks", {"size": leaves.vouched, "count": len(leaves.vouching)})
    proven_to = max([leaves.vouched, *(each.size for each in agreed)])
    if leaves.before:
        yield Statement("verify.begun", {"count": sum(count for count, _ in leaves.before.values())})
    yield from statements(leaves.restores)
    if leaves.roots:
        yield Statement("verify.roots", {"roots": leaves.roots})
    if not witnesses:
        yield Statement("verify.no_outside")
    if proven_to < size:
        yield Statement("verify.open_after", {"first": proven_to + 1, "size": size, "at": leaves.at})
