"""What every store promises about leases."""

from dataclasses import replace

from server.lease_records import Lease
from server.ports import Store
from tests.contracts.samples import NOW

FIRST = Lease(name="conductor", holder="machine/1", token=1)


def test_nobody_has_a_lease_before_the_first(empty_store: Store) -> None:
    with empty_store.reading() as uow:
        assert uow.leases.get("conductor") is None


def test_a_lease_is_what_it_was_last_put_to(empty_store: Store) -> None:
    other = replace(FIRST, name="other", token=2**53)
    for lease in (FIRST, other, replace(FIRST, token=2, renewals=7, renewed_at=NOW)):
        with empty_store.writing() as uow:
            uow.leases.put(lease)
            uow.commit()

    with empty_store.reading() as uow:
        assert uow.leases.get("conductor") == replace(FIRST, token=2, renewals=7, renewed_at=NOW)
        assert uow.leases.get("other") == other


def test_a_transaction_that_writes_sees_who_took_the_lease_meanwhile(empty_store: Store) -> None:
    with empty_store.writing() as uow:
        uow.leases.put(FIRST)
        uow.commit()

    with empty_store.reading() as before:
        assert before.leases.get("conductor") == FIRST
        with empty_store.writing() as uow:
            uow.leases.put(replace(FIRST, holder="machine/2", token=2))
            uow.commit()
    with empty_store.writing() as uow:
        found = uow.leases.get("conductor")

    assert found == replace(FIRST, holder="machine/2", token=2)
