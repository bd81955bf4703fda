"""What every store promises about the ledger: leaves and facts commit together, and numbers have no gap."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from schedules.ledger import LeafKind
from schedules.merkle import Frontier, leaf_hash
from server.evidence_records import SignedHead
from server.ports import Store
from tests.contracts import samples
from tests.contracts.samples import MINUTE, NOW, OFFICER, POLE


def add(store: Store, data: bytes) -> None:
    with store.writing() as uow:
        uow.ledger.append(LeafKind.REPORT, POLE, data, at=NOW)
        uow.commit()


def head(size: int, *, outside: bool = False) -> SignedHead:
    frontier = Frontier().extended(leaf_hash(bytes([number])) for number in range(size))
    return SignedHead(frontier=frontier, at=NOW + size * MINUTE, envelope=b"signed %d" % size, outside=outside)


def size(store: Store) -> int:
    with store.reading() as uow:
        return uow.ledger.size()


def test_leaves_come_back_whole_and_in_order(store: Store) -> None:
    before = size(store)

    add(store, b"first")
    add(store, b"\x00second")

    with store.reading() as uow:
        first, second = uow.ledger.leaves(after=before, limit=9)
        assert list(uow.ledger.leaves(after=before, limit=1)) == [first]
    assert (first.number, first.kind, first.subject, first.at, first.data) == (
        before + 1,
        "report",
        POLE,
        NOW,
        b"first",
    )
    assert (second.number, second.data) == (before + 2, b"\x00second")


def test_what_is_not_committed_leaves_no_leaf_and_no_gap(store: Store) -> None:
    before = size(store)

    with store.writing() as uow:
        uow.ledger.append(LeafKind.REPORT, POLE, b"never was")
        uow.people.put(samples.PEOPLE)
    add(store, b"was")

    with store.reading() as uow:
        assert [(leaf.number, leaf.data) for leaf in uow.ledger.leaves(after=before, limit=9)] == [(before + 1, b"was")]
        assert uow.people.get(OFFICER) is None


def test_writers_at_once_make_neither_a_gap_nor_a_double_number(store: Store) -> None:
    before = size(store)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: add(store, b"%d" % number), range(20)))

    with store.reading() as uow:
        leaves = uow.ledger.leaves(after=before, limit=99)
    assert [leaf.number for leaf in leaves] == list(range(before + 1, before + 21))
    assert {leaf.data for leaf in leaves} == {b"%d" % number for number in range(20)}


def test_a_second_commit_of_a_transaction_numbers_only_what_is_new(store: Store) -> None:
    before = size(store)

    with store.writing() as uow:
        uow.ledger.append(LeafKind.REPORT, POLE, b"first")
        uow.commit()
        uow.ledger.append(LeafKind.REPORT, POLE, b"second")
        uow.commit()

    with store.reading() as uow:
        assert [leaf.data for leaf in uow.ledger.leaves(after=before, limit=9)] == [b"first", b"second"]


@pytest.mark.parametrize("outside", [False, True])
def test_a_ledger_nobody_signed_has_no_head(store: Store, outside: bool) -> None:
    with store.reading() as uow:
        assert uow.ledger.head(outside=outside) is None
        assert not uow.ledger.heads()


def test_heads_are_kept_and_the_newest_is_found(store: Store) -> None:
    kept = [head(2), head(5, outside=True), head(7)]

    with store.writing() as uow:
        for each in kept:
            uow.ledger.add_head(each)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.ledger.heads()) == kept
        assert uow.ledger.head() == kept[2]
        assert uow.ledger.head(outside=True) == kept[1]
