"""The ledger: everything that is evidence, in one order, under one Merkle tree; and what of it goes to people outside.

A leaf says what it is about and carries bytes that speak for themselves: a device's signed message, an approval's
record, a row as it was written. It must not know how leaves are stored, nor judge them.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum, StrEnum
from hashlib import sha256
from typing import NamedTuple

from schedules.canonical import canonical
from schedules.errors import InvalidValue
from schedules.merkle import leaf_hash

SHORT = 8
"""Hexadecimal digits of a leaf's hash that go outside: enough to find what changed."""
SHORT_ROOT = 16
FORMAT = "commune-radio ledger head 1"


class LeafKind(StrEnum):
    """What a leaf is about; and, in its data, what proves it.

    A device's own signed message, as it came: `report`, `receipt`, `presence`. What an issued rundown leaves behind:
    `rundown`. What was there before the ledger began, as counts and hashes: `begun`. That it was set back to a backup:
    `restore`. Every other is a row as written.
    """

    BEGUN = "begun"
    REPORT = "report"
    RECEIPT = "receipt"
    PRESENCE = "presence"
    RUNDOWN = "rundown"
    PLANNED = "planned"
    MISSED = "missed"
    APPROVAL = "approval"
    OUTSIDE_APPROVAL = "outside_approval"
    PROGRAMME = "programme"
    SLOT = "slot"
    TEMPLATE = "template"
    REGULATION = "regulation"
    PROPOSAL = "proposal"
    PERSON = "person"
    DELEGATION = "delegation"
    UNIT = "unit"
    ZONE = "zone"
    LOUDSPEAKER = "loudspeaker"
    DEVICE = "device"
    ENROLMENT = "enrolment"
    CHANNEL = "channel"
    COMMAND = "command"
    COMMAND_ANSWER = "command_answer"
    SILENCE = "silence"
    TRUST = "trust"
    ORDER = "order"
    ANSWER = "answer"
    SUBSTITUTION = "substitution"
    SUCCESSION = "succession"
    EMERGENCY = "emergency"
    EMERGENCY_ACT = "emergency_act"
    EMERGENCY_LIST = "emergency_list"
    EMERGENCY_REQUEST = "emergency_request"
    EMERGENCY_RIGHT = "emergency_right"
    EMERGENCY_TEXT = "emergency_text"
    EMERGENCY_WATCH = "emergency_watch"
    EXERCISE = "exercise"
    EXERCISE_END = "exercise_end"
    EXERCISE_WORDS = "exercise_words"
    ASSIGNMENT = "assignment"
    AUDIT = "audit"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of the ledger.

    Attributes:
        number: its place, from 1 without gaps.
        kind: a `LeafKind`; a later release may know more.
        subject: id of what it is about.
        at: the centre's clock when it was written; None where nothing in the transaction said the time.
        data: the evidence.
    """

    number: int
    kind: str
    subject: str
    at: datetime | None
    data: bytes

    @property
    def content(self) -> bytes:
        """The bytes its hash covers: kind, subject and instant as a JSON list, a line feed, the data."""
        return canonical([self.kind, self.subject, self.at_text or None]) + b"\n" + self.data

    @property
    def at_text(self) -> str:
        """The instant as it is hashed; empty where there is none."""
        return self.at.isoformat() if self.at else ""

    @property
    def hash(self) -> bytes:
        """Its hash in the tree."""
        return leaf_hash(self.content)


class StoredRow(NamedTuple):
    """A row of evidence as it stands in its table, to be held against the leaves.

    Attributes:
        kind: a `LeafKind`, or `ENTRY` or `IN_FORCE`: rows that are made from a report, or from a rundown's leaf.
        subject: what names it among those of its kind.
        data: its bytes.
    """

    kind: str
    subject: str
    data: bytes


ENTRY = "entry"
"""An entry or mark of a journal, by loudspeaker, journal, sequence and hash: its bytes, and when it was received."""
UNREADABLE = "unreadable"
"""In place of the rest of a table in which something stands that no program wrote."""
IN_FORCE = "in_force"
"""The rundown in force of a zone, as the signed bytes that were published."""


def row_bytes(row: Mapping[str, object]) -> bytes:
    """Give the bytes of a row: its columns as JSON with sorted keys, instants and dates as text, bytes in hexadecimal.

    What is empty, zero or false is left out, so that a column added later changes no row of before.
    """
    facts = {name: _plain(value) for name, value in row.items() if value not in (None, "", 0, False, b"", [], {})}
    return canonical(facts)


def _plain(value: object) -> object:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return value.value
    return value


def sum_of(before: str, row: StoredRow) -> str:
    """Give the sum over rows in order, from the sum over those before and the next one."""
    return sha256(b"\n".join((before.encode(), row.subject.encode(), row.data))).hexdigest()


@dataclass(frozen=True, slots=True)
class KnownHead:
    """A state of the tree somebody was told: its size, and the root or the beginning of it."""

    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadFile:
    """What goes to the addressee outside once a day.

    Attributes:
        head: the signed head, as an envelope.
        trust_lists: every trust list so far, as envelopes, the first first: whose signatures count.
        before: the heads signed before this one, with the beginnings of their roots.
        leaves: the beginnings of the hashes of the last leaves up to the head, which the previous file did not have.
    """

    head: bytes
    trust_lists: tuple[bytes, ...]
    before: tuple[KnownHead, ...]
    leaves: tuple[str, ...]

    def text(self) -> str:
        """Give the file."""
        facts = {
            "format": FORMAT,
            "head": b64encode(self.head).decode(),
            "trust_lists": [b64encode(each).decode() for each in self.trust_lists],
            "before": [[each.size, each.root[:SHORT_ROOT]] for each in self.before],
            "leaves": "".join(self.leaves),
        }
        return json.dumps(facts, indent=0) + "\n"

    @classmethod
    def of(cls, text: str) -> "HeadFile":
        """Read the file.

        Raises:
            InvalidValue: `ledger.head_unreadable`.
        """
        try:
            facts = json.loads(text)
            if facts["format"] != FORMAT:
                raise ValueError(facts["format"])
            digits = str(facts["leaves"])
            return cls(
                head=b64decode(facts["head"], validate=True),
                trust_lists=tuple(b64decode(each, validate=True) for each in facts["trust_lists"]),
                before=tuple(KnownHead(int(size), str(root)) for size, root in facts["before"]),
                leaves=tuple(digits[start : start + SHORT] for start in range(0, len(digits), SHORT)),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidValue("ledger.head_unreadable") from error
