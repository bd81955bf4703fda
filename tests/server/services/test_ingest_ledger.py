"""What a loudspeaker signed goes into the ledger as it came, once, and with what is made of it."""

from dataclasses import replace

from schedules.ledger import LeafKind
from schedules.wire.messages import AsRunReport, Challenge, Current, LedgerState, Presence, RundownReceipt
from schedules.wire.seal import envelope_of, fingerprint
from server.services.ledger import sign_head
from tests.contracts.samples import MINUTE, NOW, POLE, chain, presence, receipt
from tests.server.services.receiving import MINE, Centre, report
from tests.server.services.test_ledger import HANOI


def told(centre: Centre) -> list[tuple[str, str]]:
    """Give kind and subject of each leaf, and see that it is a message under the device's key."""
    leaves = centre.store.kept.leaves
    types = {LeafKind.REPORT: AsRunReport, LeafKind.PRESENCE: Presence, LeafKind.RECEIPT: RundownReceipt}
    for leaf in leaves:
        envelope = envelope_of(leaf.data)
        assert envelope.type == types[LeafKind(leaf.kind)].__name__
        assert [seal.key for seal in envelope.seals] == [fingerprint(MINE.public)]
        assert leaf.at == NOW
    return [(leaf.kind, leaf.subject) for leaf in leaves]


def test_a_report_with_something_new_is_a_leaf() -> None:
    centre, entries = Centre(), chain(3)

    centre.hears("as-run", report(*entries[:2]))
    centre.hears("as-run", report(*entries[:2]))
    centre.hears("as-run", report(*entries, number=6))
    centre.hears("as-run", report(number=7, head=entries[-1].hash))

    assert told(centre) == [("report", POLE)] * 2


def test_a_presence_is_a_leaf_when_what_matters_changed() -> None:
    centre = Centre()

    centre.hears("presence", presence(1))
    centre.hears("presence", presence(2))
    centre.hears("presence", presence(3, revision=8))

    assert told(centre) == [("presence", POLE)] * 2


def test_every_newer_receipt_is_a_leaf() -> None:
    centre = Centre()

    centre.hears("receipt", receipt(7))
    centre.hears("receipt", receipt(7))
    centre.hears("receipt", replace(receipt(8), number=receipt(7).number + 1))

    assert told(centre) == [("receipt", POLE)] * 2


def test_whoever_asks_is_told_the_newest_head() -> None:
    centre = Centre()
    centre.hears("as-run", report(*chain(1)))
    sign_head(centre.store, centre.clock, centre.sealing, HANOI)
    centre.broker.published.clear()

    centre.hears("challenge", Challenge(audience="server", number=1, issued=NOW + MINUTE, nonce="nonce"))

    _, answer = centre.answer()
    (head,) = centre.store.kept.heads
    assert isinstance(answer, Current)
    assert answer.ledger == LedgerState(1, head.frontier.root.hex())
