"""What every store promises about what was written last."""

from datetime import timedelta

from schedules.ledger import LeafKind
from server.newest_records import NewAct, NewLeaf
from server.ports import Store
from server.values import AuditLine
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, NOW, OTHER_POLE, POLE

MINUTE = timedelta(minutes=1)


def acts(store: Store, *actions: str) -> None:
    with store.writing() as uow:
        for action in actions:
            line = AuditLine(at=NOW, by=None, action=action, subject="x", unit=COMMUNE, details={})
            uow.audit.add(line)
        uow.commit()


def test_nothing_is_newest_in_an_empty_store(empty_store: Store) -> None:
    with empty_store.reading() as uow:
        assert not uow.newest.leaves(after=uow.ledger.size())
        assert uow.newest.act() == 0
        assert not uow.newest.acts(after=0)
        assert uow.newest.spoken() is None
        assert uow.newest.speakers(since=NOW) == {}


def test_leaves_come_after_a_number_without_what_they_say(store: Store) -> None:
    with store.reading() as uow:
        before = uow.ledger.size()
    with store.writing() as uow:
        uow.ledger.append(LeafKind.REPORT, POLE, b"signed", at=NOW)
        uow.ledger.append(LeafKind.RECEIPT, OTHER_POLE, b"signed too", at=NOW)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.newest.leaves(after=before)) == [NewLeaf("report", POLE), NewLeaf("receipt", OTHER_POLE)]
        assert list(uow.newest.leaves(after=before + 1)) == [NewLeaf("receipt", OTHER_POLE)]
        assert not uow.newest.leaves(after=before + 2)


def test_acts_come_after_a_number(store: Store) -> None:
    acts(store, "silence.ordered")
    with store.reading() as uow:
        before = uow.newest.act()

    acts(store, "silence.lifted", "zone.made")

    with store.reading() as uow:
        found = uow.newest.acts(after=before)
        assert [(each.action, each.unit) for each in found] == [("silence.lifted", COMMUNE), ("zone.made", COMMUNE)]
        assert found[-1].number == uow.newest.act()
        assert isinstance(found[0], NewAct)


def test_speakers_are_those_who_said_since_how_they_are(store: Store) -> None:
    with store.writing() as uow:
        uow.evidence.put_presence(POLE, samples.presence(1), NOW - 5 * MINUTE)
        uow.evidence.put_presence(OTHER_POLE, samples.presence(1), NOW - 5 * MINUTE)
        uow.evidence.put_presence(POLE, samples.presence(2), NOW)
        uow.commit()

    with store.reading() as uow:
        assert uow.newest.spoken() == NOW
        assert uow.newest.speakers(since=NOW - MINUTE) == {POLE: NOW}
        assert uow.newest.speakers(since=NOW - 5 * MINUTE) == {POLE: NOW, OTHER_POLE: NOW - 5 * MINUTE}


def test_a_receipt_alone_is_no_word_about_how_a_loudspeaker_is(store: Store) -> None:
    with store.writing() as uow:
        uow.evidence.put_receipt(POLE, samples.receipt(7), NOW)
        uow.commit()

    with store.reading() as uow:
        assert uow.newest.speakers(since=NOW) == {}
