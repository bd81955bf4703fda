"""Ledgers made by hand: what leaves, chains, heads and rows that do not fit are called."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from schedules.asrun import AsRunEntry
from schedules.chain import GENESIS, canonical_bytes
from schedules.ids import JournalId
from schedules.ledger import ENTRY, HeadFile, KnownHead, Leaf, LeafKind, StoredRow, row_bytes, sum_of
from schedules.mark import Mark, MarkKind
from schedules.merkle import Frontier
from schedules.wire.first_trust import roots_fingerprint
from schedules.wire.messages import AsRunReport, KeyRole, LedgerHead, LedgerState, TrustedKey, TrustList
from schedules.wire.seal import SigningKey, sealed
from server.verification import Finding, KeptHead, Witness, run, verify
from tests.contracts.samples import NOW, POLE, chain

HOUR = timedelta(hours=1)


def key(number: int) -> SigningKey:
    seed = bytes([number]) * 32
    return SigningKey.of(seed)


ROOT, STATE, DEVICE, OTHER = (key(number) for number in (1, 2, 3, 4))
TRUST = TrustList(
    audience="all",
    epoch=1,
    number=1,
    issued=NOW,
    keys=(
        TrustedKey(key=ROOT.key, public=ROOT.public, role=KeyRole.ROOT),
        TrustedKey(key=STATE.key, public=STATE.public, role=KeyRole.STATE),
    ),
)


@dataclass
class Ledger:
    """A ledger in memory, with rows that fit it until a test says otherwise; see `verification.Source`."""

    kept: list[Leaf] = field(default_factory=list)
    signed: list[KeptHead] = field(default_factory=list)
    stored: list[StoredRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.adds(LeafKind.BEGUN, "", b"{}", row=False)
        self.trusts(TRUST, ROOT)
        self.enrols(DEVICE)

    def size(self) -> int:
        return len(self.kept)

    def leaves(self) -> Iterator[Leaf]:
        return iter(self.kept)

    def heads(self) -> Iterator[KeptHead]:
        return iter(self.signed)

    def rows(self) -> Iterator[StoredRow]:
        return iter(self.stored)

    def find(self, numbers: Collection[int]) -> Mapping[int, Leaf]:
        return {leaf.number: leaf for leaf in self.kept if leaf.number in numbers}

    def adds(self, kind: LeafKind, subject: str, data: bytes, *, at: datetime = NOW, row: bool = True) -> int:
        """Add a leaf, and its row; give its number."""
        self.kept.append(Leaf(len(self.kept) + 1, kind, subject, at, data))
        if row:
            self.stored = [each for each in self.stored if (each.kind, each.subject) != (kind, subject)]
            self.stored.append(StoredRow(kind, subject, data))
        return len(self.kept)

    def trusts(self, trust_list: TrustList, *signers: SigningKey) -> int:
        data = row_bytes({"number": trust_list.number, "envelope": sealed(trust_list, *signers)})
        return self.adds(LeafKind.TRUST, str(trust_list.number), data)

    def enrols(self, device: SigningKey, *, at: datetime = NOW) -> int:
        return self.adds(LeafKind.LOUDSPEAKER, POLE, row_bytes({"id": POLE, "public_key": device.public}), at=at)

    def hears(self, *entries: AsRunEntry | Mark, by: SigningKey = DEVICE, at: datetime = NOW + HOUR) -> int:
        """Take in a report, and keep its entries."""
        report = AsRunReport(
            audience="server",
            number=1,
            issued=NOW,
            journal=entries[0].journal,
            covers_until=NOW,
            head=entries[-1].hash,
            entries=tuple(each for each in entries if isinstance(each, AsRunEntry)),
            marks=tuple(each for each in entries if isinstance(each, Mark)),
        )
        for each in entries:
            subject = f"{POLE}/{each.journal}/{each.sequence}/{each.hash}"
            if all(row.subject != subject for row in self.stored):
                self.stored.append(StoredRow(ENTRY, subject, canonical_bytes(each) + f"\n{at.isoformat()}".encode()))
        return self.adds(LeafKind.REPORT, POLE, sealed(report, by), at=at, row=False)

    def signs(self, *, by: SigningKey = STATE, at: datetime = NOW, **said: object) -> None:
        frontier = Frontier().extended(leaf.hash for leaf in self.kept)
        made = {"size": frontier.size, "root": frontier.root.hex(), **said}
        state = LedgerState(**made)  # type: ignore[arg-type]  # fields by name
        head = LedgerHead(audience="outside", epoch=1, number=state.size, issued=at, ledger=state)
        self.signed.append(KeptHead(state.size, state.root, at, sealed(head, by)))

    def goes_outside(self, *, since: int = 0) -> Witness:
        """Give what is outside: the head as it is now."""
        self.signs()
        file = HeadFile(
            head=self.signed[-1].envelope,
            trust_lists=(sealed(TRUST, ROOT),),
            before=tuple(KnownHead(each.size, each.root) for each in self.signed[:-1]),
            leaves=tuple(leaf.hash.hex()[:8] for leaf in self.kept[since:]),
        )
        return Witness("file", file.text())

    def renumbered(self) -> None:
        self.kept = [replace(leaf, number=number) for number, leaf in enumerate(self.kept, 1)]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def found(ledger: Ledger, *witnesses: Witness) -> list[tuple[str, int]]:
    return [(each.code, each.number) for each in verify(ledger, witnesses).findings]


def mark(previous: str, sequence: int, **said: object) -> Mark:
    made = Mark(
        loudspeaker=POLE,
        journal=JournalId("journal-a"),
        sequence=sequence,
        previous=previous,
        kind=MarkKind.HOURLY,
        recorded_at=NOW + HOUR,
        clock_error_ms=10,
    )
    return replace(made, **said)  # type: ignore[arg-type]  # fields by name


def test_a_ledger_that_fits_is_clean(ledger: Ledger) -> None:
    ledger.signs()
    ledger.hears(*chain(3))
    ledger.hears(*chain(4)[2:])
    ledger.signs()

    verdict = verify(ledger)

    assert (verdict.findings, verdict.leaves, verdict.entries, verdict.rows) == ((), 5, 5, 6)


def test_processes_find_what_one_finds(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_ALONE", 0)
    ledger.hears(*chain(2), by=OTHER)
    for number in range(1200):
        ledger.adds(LeafKind.AUDIT, str(number), b"{}")

    assert found(ledger) == [("verify.not_signed", 4)]


def test_numbers_must_follow_on(ledger: Ledger) -> None:
    ledger.adds(LeafKind.AUDIT, "1", b"{}")
    ledger.kept[3] = replace(ledger.kept[3], number=9)

    assert found(ledger) == [("verify.number", 4)]


def test_a_report_by_a_key_that_was_not_enrolled_yet_is_not_signed(ledger: Ledger) -> None:
    number = ledger.hears(*chain(2), by=OTHER)
    ledger.enrols(OTHER)

    assert found(ledger)[0] == ("verify.not_signed", number)


def test_a_device_that_was_replaced_may_still_report(ledger: Ledger) -> None:
    ledger.enrols(OTHER)
    ledger.hears(*chain(2), by=DEVICE)

    assert found(ledger) == []


def test_a_device_is_known_by_its_own_leaf_too(ledger: Ledger) -> None:
    row = row_bytes({"id": OTHER.key, "loudspeaker": POLE, "public_key": OTHER.public})
    ledger.adds(LeafKind.DEVICE, OTHER.key, row)
    ledger.hears(*chain(2), by=OTHER)

    assert found(ledger) == []


def test_what_a_key_signed_about_the_time_before_it_was_enrolled_is_named(ledger: Ledger) -> None:
    ledger.enrols(OTHER, at=NOW + 24 * HOUR)
    number = ledger.hears(*chain(1), by=OTHER, at=NOW + 25 * HOUR)

    verdict = verify(ledger)

    (said,) = verdict.findings
    assert (said.code, said.number) == ("verify.before_its_key", number)
    assert said.values["since"] == NOW + 24 * HOUR


def test_a_leaf_dated_before_the_head_below_it_is_named(ledger: Ledger) -> None:
    ledger.signs(at=NOW + 2 * HOUR)
    number = ledger.adds(LeafKind.AUDIT, "1", b"{}", at=NOW)
    ledger.adds(LeafKind.AUDIT, "2", b"{}", at=NOW + 2 * HOUR - timedelta(minutes=4))

    assert found(ledger) == [("verify.dated_before", number)]


def test_a_trust_list_must_be_signed_by_the_one_before(ledger: Ledger) -> None:
    number = ledger.trusts(replace(TRUST, number=2), OTHER)

    assert found(ledger) == [("verify.trust_not_signed", number)]


def test_the_roots_are_shown_to_be_compared(ledger: Ledger) -> None:
    said = {each.code: each.values for each in verify(ledger).statements}

    assert said["verify.roots"] == {"roots": roots_fingerprint(TRUST)}


def test_a_head_by_the_state_key_of_any_list_counts(ledger: Ledger) -> None:
    ledger.signs()
    later = tuple(
        replace(each, key=OTHER.key, public=OTHER.public) if each.key == STATE.key else each for each in TRUST.keys
    )
    ledger.trusts(replace(TRUST, number=2, keys=later), ROOT)
    ledger.signs(by=OTHER)

    assert found(ledger) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"by": OTHER}, "verify.head_not_signed"),
        ({"root": "0" * 64}, "verify.head_differs"),
    ],
)
def test_a_head_that_is_not_the_centres_or_not_of_this_tree_is_named(
    ledger: Ledger, said: dict[str, object], code: str
) -> None:
    ledger.signs(**said)  # type: ignore[arg-type]  # by name

    assert found(ledger) == [(code, 3)]


def test_a_head_beyond_the_end_is_named(ledger: Ledger) -> None:
    ledger.adds(LeafKind.AUDIT, "1", b"{}")
    ledger.signs()
    ledger.kept.pop()
    ledger.stored.pop()

    assert found(ledger) == [("verify.head_beyond", 4)]


def test_a_gap_in_a_journal_is_named_by_the_entry_after_it(ledger: Ledger) -> None:
    first, _, third = chain(3)
    ledger.hears(first)
    number = ledger.hears(third)

    (said,) = verify(ledger).findings

    assert (said.code, said.number, said.values["sequence"]) == ("verify.entry_missing", number, 3)


def test_an_entry_that_does_not_follow_on_is_named(ledger: Ledger) -> None:
    first, second = chain(2)
    ledger.hears(first)
    number = ledger.hears(replace(second, previous="a" * 64))

    assert found(ledger) == [("verify.chain_broken", number)]


def test_a_first_entry_that_follows_on_something_is_named(ledger: Ledger) -> None:
    number = ledger.hears(replace(chain(1)[0], previous="a" * 64))

    assert found(ledger) == [("verify.chain_broken", number)]


def test_a_fork_is_named_by_its_second_branch(ledger: Ledger) -> None:
    first, second = chain(2)
    ledger.hears(first, second)
    number = ledger.hears(replace(second, title="Mục khác"))

    assert found(ledger) == [("verify.fork", number)]


def test_a_journal_that_another_goes_on_from_must_be_there(ledger: Ledger) -> None:
    entries = chain(2)
    begun = mark(GENESIS, 1, journal=JournalId("journal-b"), kind=MarkKind.BEGUN)
    ledger.hears(*entries)
    right = {"after_journal": entries[0].journal, "after_sequence": 2, "after_head": entries[1].hash}
    ledger.hears(replace(begun, **right))  # type: ignore[arg-type]
    number = ledger.hears(replace(begun, journal=JournalId("journal-c"), **{**right, "after_head": "a" * 64}))  # type: ignore[arg-type]

    (said,) = verify(ledger).findings

    assert (said.code, said.number, said.values["new"]) == ("verify.journal_missing", number, "journal-c")


def test_marks_vouch_for_the_head_they_were_told(ledger: Ledger) -> None:
    ledger.signs()
    told = ledger.signed[-1]
    ledger.hears(mark(GENESIS, 1, ledger_size=told.size, ledger_root=told.root))

    verdict = verify(ledger)

    assert verdict.findings == ()
    assert verdict.statements[0].values == {"size": 3, "count": 1}


@pytest.mark.parametrize(("size", "root"), [(3, "a" * 64), (2, "a" * 64), (99, "a" * 64)])
def test_a_mark_that_was_told_another_head_is_named(ledger: Ledger, size: int, root: str) -> None:
    ledger.signs()
    number = ledger.hears(mark(GENESIS, 1, ledger_size=size, ledger_root=root))

    assert found(ledger) == [("verify.mark_differs", number)]


def test_of_rows_older_than_the_ledger_only_the_sum_is_known() -> None:
    rows = [StoredRow(LeafKind.AUDIT, str(number), b"{}") for number in (1, 2)]
    (entry,) = chain(1)
    heard = StoredRow(ENTRY, f"{POLE}/{entry.journal}/1/{entry.hash}", canonical_bytes(entry))
    sums = {
        "audit": [2, sum_of(sum_of("", rows[0]), rows[1])],
        "entry": [1, sum_of("", heard)],
        "receipt": [1, sum_of("", StoredRow(LeafKind.RECEIPT, POLE, b"then"))],
    }
    ledger = Ledger()
    ledger.kept[0] = replace(ledger.kept[0], data=json.dumps(sums).encode())
    ledger.stored += [*rows, heard, StoredRow(LeafKind.RECEIPT, POLE, b"another one since")]
    ledger.hears(chain(2)[1])
    ledger.adds(LeafKind.AUDIT, "3", b"{}")

    verdict = verify(ledger)
    ledger.stored.remove(rows[1])
    without = verify(ledger)

    assert verdict.findings == ()
    assert [each.code for each in verdict.statements] == [
        "verify.begun",
        "verify.roots",
        "verify.no_outside",
        "verify.open_after",
    ]
    (said,) = without.findings
    assert said.code == "verify.before_ledger"
    assert (said.values["kind"], said.values["count"], said.values["found"]) == ("audit", 2, 1)


def test_rows_are_held_against_the_last_leaf_about_them(ledger: Ledger) -> None:
    ledger.adds(LeafKind.SLOT, "s", b"first")
    last = ledger.adds(LeafKind.SLOT, "s", b"second")
    gone = ledger.adds(LeafKind.SLOT, "gone", b"{}")
    ledger.stored = [each for each in ledger.stored if each.subject not in {"s", "gone"}]
    ledger.stored += [StoredRow(LeafKind.SLOT, "s", b"first"), StoredRow(LeafKind.SLOT, "new", b"{}")]

    assert found(ledger) == [("verify.row_altered", last), ("verify.row_missing", gone), ("verify.row_added", 0)]


def test_many_findings_of_a_sort_are_counted(ledger: Ledger) -> None:
    ledger.stored += [StoredRow(LeafKind.SLOT, str(number), b"{}") for number in range(run.NAMED + 5)]

    verdict = verify(ledger)

    assert (len(verdict.findings), verdict.more) == (run.NAMED, 5)


CHANGES: dict[str, tuple[Callable[[list[Leaf]], object], str, int]] = {
    "altered": (lambda kept: kept.__setitem__(5, replace(kept[5], data=b"x")), "verify.outside_altered", 6),
    "dropped": (lambda kept: kept.pop(5), "verify.outside_dropped", 6),
    "three dropped": (lambda kept: kept.__delitem__(slice(5, 8)), "verify.outside_dropped", 6),
    "added": (lambda kept: kept.insert(5, replace(kept[5], data=b"x")), "verify.outside_added", 6),
    "cut off": (lambda kept: kept.__delitem__(slice(9, None)), "verify.outside_shorter", 10),
    "older": (lambda kept: kept.__setitem__(0, replace(kept[0], subject="x")), "verify.outside_between", 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_witness_says_where_a_ledger_first_differs(ledger: Ledger, change: str) -> None:
    ledger.signs()
    for number in range(9):
        ledger.adds(LeafKind.AUDIT, str(number), b"%d" % number, row=False)
    witness = ledger.goes_outside(since=3)
    ledger.signed.clear()
    alter, code, number = CHANGES[change]
    alter(ledger.kept)
    ledger.renumbered()

    said: list[Finding] = [each for each in verify(ledger, [witness]).findings if "outside" in each.code]

    assert [(each.code, each.number) for each in said] == [(code, number)]


def test_the_file_of_an_older_day_names_its_leaf(ledger: Ledger) -> None:
    older = ledger.goes_outside()
    size = ledger.size()
    ledger.adds(LeafKind.AUDIT, "1", b"{}")
    newer = ledger.goes_outside(since=size)
    ledger.signed.clear()
    ledger.kept[0] = replace(ledger.kept[0], subject="x")

    assert found(ledger, newer, older) == [("verify.outside_between", 1), ("verify.outside_altered", 1)]


def test_a_witness_who_agrees_proves_as_far_as_he_was_told(ledger: Ledger) -> None:
    witness = ledger.goes_outside()
    ledger.adds(LeafKind.AUDIT, "1", b"{}")

    verdict = verify(ledger, [witness])

    assert verdict.findings == ()
    assert [(each.code, each.values.get("size")) for each in verdict.statements] == [
        ("verify.proven_outside", 3),
        ("verify.roots", None),
        ("verify.open_after", 4),
    ]


def restored(ledger: Ledger, size: int, *, at: datetime = NOW + 2 * HOUR) -> int:
    """Set a ledger back to its first leaves, and let it say so; give the number of that leaf."""
    del ledger.kept[size:]
    ledger.signed = [head for head in ledger.signed if head.size <= size]
    standing = {(each.kind, each.subject) for each in ledger.kept}
    ledger.stored = [each for each in ledger.stored if (each.kind, each.subject) in standing]
    data = row_bytes({"at": at, "by": "Lê Thị Hoa", "backup_at": NOW, "size": size, "root": "00"})
    return ledger.adds(LeafKind.RESTORE, "backup", data, at=at, row=False)


def test_a_restore_that_lost_nothing_is_told_and_is_no_fault(ledger: Ledger) -> None:
    restored(ledger, ledger.size())

    verdict = verify(ledger)

    assert verdict.findings == ()
    assert "verify.restored" in {each.code for each in verdict.statements}


@pytest.mark.parametrize("goes_on", [0, 1, 9])
def test_what_a_file_sealed_and_a_restore_lost_is_named_with_its_reason(ledger: Ledger, goes_on: int) -> None:
    """As long as the ledger is shorter than the file, as long as it, and longer."""
    size = ledger.size()
    for number in range(4):
        ledger.adds(LeafKind.AUDIT, f"lost-{number}", b"{}")
    outside = ledger.goes_outside()

    begins = restored(ledger, size)
    for number in range(goes_on):
        ledger.adds(LeafKind.AUDIT, f"new-{number}", b"{}", at=NOW + 3 * HOUR)

    (finding,) = verify(ledger, [outside]).findings
    assert (finding.code, finding.number) == ("verify.outside_restored", begins)
    assert (finding.values["first"], finding.values["last"]) == (size + 1, size + 4)


def test_a_restore_explains_nothing_that_was_told_after_it(ledger: Ledger) -> None:
    restored(ledger, ledger.size(), at=NOW - HOUR)
    ledger.adds(LeafKind.AUDIT, "dropped", b"{}")
    outside = ledger.goes_outside()
    del ledger.kept[-1], ledger.stored[-1], ledger.signed[-1]

    assert found(ledger, outside) == [("verify.outside_shorter", ledger.size() + 1)]


def test_a_restore_explains_nothing_that_was_changed_before_it(ledger: Ledger) -> None:
    number = ledger.adds(LeafKind.AUDIT, "a", b"{}")
    size = ledger.size()
    ledger.adds(LeafKind.AUDIT, "lost", b"{}")
    outside = ledger.goes_outside()
    restored(ledger, size)
    ledger.kept[number - 1] = replace(ledger.kept[number - 1], subject="another")

    assert ("verify.outside_altered", number) in found(ledger, outside)


def test_what_loudspeakers_were_told_of_lost_entries_is_one_finding(ledger: Ledger) -> None:
    size = ledger.size()
    ledger.adds(LeafKind.AUDIT, "lost", b"{}")
    root = Frontier().extended(leaf.hash for leaf in ledger.kept).root.hex()
    begins = restored(ledger, size)
    first = mark(GENESIS, 1, ledger_size=size + 1, ledger_root=root)
    second = mark(first.hash, 2, ledger_size=size + 1, ledger_root=root)
    ledger.hears(first, second, at=NOW + 3 * HOUR)

    (finding,) = verify(ledger).findings

    assert (finding.code, finding.number) == ("verify.restore_lost", begins)
    assert (finding.values["first"], finding.values["last"], finding.values["count"]) == (size + 1, size + 1, 1)


def test_a_loudspeaker_without_a_line_goes_on_naming_what_a_restore_lost(ledger: Ledger) -> None:
    size, told_at = ledger.size(), NOW - HOUR
    ledger.adds(LeafKind.AUDIT, "lost", b"{}")
    root = Frontier().extended(leaf.hash for leaf in ledger.kept).root.hex()
    begins = restored(ledger, size)
    late = mark(GENESIS, 1, recorded_at=NOW + 3 * HOUR, ledger_size=size + 1, ledger_root=root, ledger_at=told_at)
    ledger.hears(late, at=NOW + 3 * HOUR)

    (finding,) = verify(ledger).findings

    assert (finding.code, finding.number) == ("verify.restore_lost", begins)


def test_a_head_signed_between_a_backup_and_the_next_entry_fits_after_the_restore(ledger: Ledger) -> None:
    size = ledger.size()
    root = Frontier().extended(leaf.hash for leaf in ledger.kept).root.hex()
    restored(ledger, size)
    ledger.hears(mark(GENESIS, 1, ledger_size=size, ledger_root=root), at=NOW + 3 * HOUR)

    assert found(ledger) == []


def test_a_head_told_after_the_restore_is_not_explained_by_it(ledger: Ledger) -> None:
    size = ledger.size()
    ledger.adds(LeafKind.AUDIT, "lost", b"{}")
    restored(ledger, size)
    number = ledger.hears(mark(GENESIS, 1, ledger_size=size + 1, ledger_root="a" * 64, ledger_at=NOW + 3 * HOUR))

    assert ("verify.mark_differs", number) in found(ledger)


def test_a_record_of_a_restore_that_cannot_be_read_is_named(ledger: Ledger) -> None:
    number = ledger.adds(LeafKind.RESTORE, "backup", b"{}", row=False)

    assert found(ledger) == [("verify.unreadable", number)]
