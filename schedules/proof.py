"""What a leaf of the ledger proves by itself: signatures, hashes, and the rows that must stand in the tables for it.

It must not know other leaves: chains, forks and what is missing are found by whoever has seen them all.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from schedules.canonical import canonical
from schedules.chain import canonical_bytes
from schedules.errors import ScheduleError
from schedules.ledger import IN_FORCE, Leaf, LeafKind
from schedules.plain_report import PlainReport, plain_report
from schedules.times import instant_of
from schedules.wire.codec import decoded
from schedules.wire.messages import AsRunReport
from schedules.wire.seal import Envelope, envelope_of, fingerprint, holds

DIGEST = 16
"""Bytes of a row's hash by which a row is held against its leaf."""

_DOUBTFUL_MS = 5 * 60 * 1000
_SAID: Mapping[str, str] = {
    LeafKind.REPORT: "AsRunReport",
    LeafKind.RECEIPT: "RundownReceipt",
    LeafKind.PRESENCE: "Presence",
}
_OF_NO_TABLE = {LeafKind.BEGUN, LeafKind.ASSIGNMENT, LeafKind.RESTORE}


class Fact(NamedTuple):
    """A row that must stand as the leaf says, unless a later leaf says otherwise."""

    kind: str
    subject: str
    digest: bytes


class Link(NamedTuple):
    """An entry or mark of a journal.

    Attributes:
        digest: of its canonical bytes, and when the centre received them.
        recorded_at: by the device's clock; None when nothing, or too little, vouched for it.
        after: of a mark that begins a journal or tells of a loss: journal, sequence and hash it goes on from.
        ledger: of a mark: size and root of the ledger the device was told.
        told_at: of such a mark, when that was: by the centre's clock, or, where an older agent does not say, not after
            it was recorded.
    """

    journal: str
    sequence: int
    previous: str
    hash: str
    digest: bytes
    recorded_at: datetime | None = None
    after: tuple[str, int, str] | None = None
    ledger: tuple[int, str] | None = None
    told_at: datetime | None = None


class Proof(NamedTuple):
    """What was found in a leaf.

    Attributes:
        number: of the leaf.
        hash: in the tree.
        fault: why the leaf does not prove what it says; empty when it does.
        key: id of the device's key that signed it.
    """

    number: int
    hash: bytes
    fault: str = ""
    facts: Sequence[Fact] = ()
    links: Sequence[Link] = ()
    key: str = ""


def digest_of(data: bytes) -> bytes:
    """Give the hash by which rows are compared."""
    return sha256(data).digest()[:DIGEST]


def proof_of(leaf: Leaf, publics: Sequence[str]) -> Proof:
    """Verify a leaf by itself.

    Args:
        leaf: the leaf.
        publics: keys of the devices that may have signed it at this place of the ledger.
    """
    try:
        if kind := _SAID.get(leaf.kind):
            return _said(leaf, kind, publics)
        if leaf.kind == LeafKind.RUNDOWN:
            return Proof(leaf.number, leaf.hash, facts=tuple(_of_rundown(leaf)))
        if leaf.kind in _OF_NO_TABLE:
            return Proof(leaf.number, leaf.hash)
        fault = _approval_fault(leaf.data) if leaf.kind == LeafKind.APPROVAL else ""
    except (ScheduleError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Proof(leaf.number, leaf.hash, "verify.unreadable")
    return Proof(leaf.number, leaf.hash, fault, (Fact(leaf.kind, leaf.subject, digest_of(leaf.data)),))


def _said(leaf: Leaf, kind: str, publics: Sequence[str]) -> Proof:
    envelope = envelope_of(leaf.data)
    key = _signer(envelope, kind, publics)
    fault = "" if key else "verify.not_signed"
    if leaf.kind == LeafKind.REPORT:
        return Proof(leaf.number, leaf.hash, fault, links=tuple(_links(leaf, envelope.payload)), key=key)
    subject = leaf.subject
    if leaf.kind == LeafKind.PRESENCE:  # every change of it is a row
        subject = f"{subject}/{leaf.at_text}/{sha256(envelope.payload).hexdigest()[:16]}"
    return Proof(leaf.number, leaf.hash, fault, (Fact(leaf.kind, subject, digest_of(envelope.payload)),), key=key)


def _signer(envelope: Envelope, kind: str, publics: Sequence[str]) -> str:
    """Give the id of the key that signed an envelope of a type; empty when none of those given did."""
    if envelope.type != kind or len(envelope.seals) != 1:
        return ""
    (seal,) = envelope.seals
    signed = any(seal.key == _id_of(public) and holds(public, seal, envelope) for public in publics)
    return seal.key if signed else ""


_id_of = cache(fingerprint)


def _links(leaf: Leaf, payload: bytes) -> Iterator[Link]:
    journal, head, entries = plain_report(payload) or _written_anew(payload)
    # Devices write what they hashed. Where the report's own head does not say so, it is read field by field.
    if entries and _hash(*entries[-1]) != head:
        written = [canonical_bytes(each) for each in decoded(AsRunReport, payload).in_order]
        entries = [(json.loads(text), text) for text in written]
    received = b"\n" + leaf.at_text.encode()
    for tree, text in entries:
        if tree["loudspeaker"] != leaf.subject or tree["journal"] != journal:
            raise ValueError(tree["loudspeaker"])
        yield _link(tree, _hash(tree, text), digest_of(text + received))


def _written_anew(payload: bytes) -> PlainReport:
    report = json.loads(payload)
    trees = sorted((*report["entries"], *report.get("marks", ())), key=lambda tree: int(tree["sequence"]))
    return PlainReport(report["journal"], report["head"], [(tree, canonical(tree)) for tree in trees])


def _link(tree: dict[str, Any], digest: str, kept: bytes) -> Link:
    error = tree.get("clock_error_ms")
    recorded_at = None if error is None or error > _DOUBTFUL_MS else instant_of(tree["recorded_at"])
    return Link(
        journal=tree["journal"],
        sequence=tree["sequence"],
        previous=tree["previous"],
        hash=digest,
        digest=kept,
        recorded_at=recorded_at,
        after=(tree["after_journal"], tree["after_sequence"], tree["after_head"]) if "after_journal" in tree else None,
        ledger=(tree["ledger_size"], tree["ledger_root"]) if "ledger_size" in tree else None,
        told_at=instant_of(tree["ledger_at"]) if "ledger_at" in tree else recorded_at,
    )


def _hash(tree: dict[str, Any], text: bytes) -> str:
    return sha256(tree["previous"].encode() + b"\n" + text).hexdigest()


def _of_rundown(leaf: Leaf) -> Iterator[Fact]:
    kept, *left = leaf.data.split(b"\n")
    row = json.loads(kept)
    yield Fact(leaf.kind, leaf.subject, digest_of(kept))
    yield Fact(IN_FORCE, row["zone"], bytes.fromhex(row["sha256"])[:DIGEST])
    for line in left:
        item = json.loads(line)
        yield Fact(LeafKind.PLANNED, f"{item['zone']}/{item['occurrence']}", digest_of(line))


def _approval_fault(data: bytes) -> str:
    row = json.loads(data)
    record = sha256(bytes.fromhex(row["canonical"])).hexdigest()
    return "" if record == row["record"] else "verify.approval_record"
