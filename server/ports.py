"""What the use cases need from the outside, as protocols; adapters implement them, tests fake them.

One unit of work is one transaction: nothing is kept unless `commit` was called. It must not name a framework.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from schedules.programme import Recording
from schedules.wire.messages import KeyRole, Message, TrustList
from server.account_port import Delegations, Factors, SignIns
from server.approving_port import Approving
from server.broker_rights import Grant, Rights
from server.command_port import Commands
from server.contribution_port import Contributions
from server.device_records import Certificate
from server.emergency_port import Emergencies
from server.evidence_port import Evidence, Ledger
from server.fault_port import Faults
from server.inspection_port import Tallies, Views
from server.issue_port import Issue
from server.newest_port import Newest
from server.readiness_port import Alarms, Digests, Outages
from server.repositories import (
    Answers,
    Audit,
    Campaigns,
    Devices,
    Enrolments,
    Languages,
    Leases,
    Orders,
    People,
    Places,
    Programmes,
    Proposals,
)
from server.schedule_port import Schedules
from server.token_port import ApiTokens


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """Give the present instant, aware UTC."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Writing ones begin IMMEDIATE on SQLite."""

    people: People
    factors: Factors
    sign_ins: SignIns
    delegations: Delegations
    places: Places
    devices: Devices
    enrolments: Enrolments
    commands: Commands
    programmes: Programmes
    approving: Approving
    contributions: Contributions
    campaigns: Campaigns
    proposals: Proposals
    orders: Orders
    answers: Answers
    languages: Languages
    issue: Issue
    emergencies: Emergencies
    evidence: Evidence
    outages: Outages
    alarms: Alarms
    digests: Digests
    faults: Faults
    audit: Audit
    ledger: Ledger
    leases: Leases
    api_tokens: ApiTokens
    tallies: Tallies
    views: Views
    newest: Newest
    schedules: Schedules

    def commit(self) -> None: ...


class Store(Protocol):
    """Opens transactions."""

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        """Open a transaction that writes nothing."""
        ...

    def writing(self) -> AbstractContextManager[UnitOfWork]:
        """Open a transaction that may write; it rolls back unless committed."""
        ...

    def changes(self) -> int:
        """Give a number that differs after another process committed (SQLite `PRAGMA data_version`)."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...


class Preparation(Protocol):
    """The audio pipeline as the use cases see it."""

    def prepare(
        self,
        source: Path,
        *,
        limit: timedelta,
        progress: Callable[[float], None],
        cancelled: Callable[[], bool],
    ) -> "PreparedSound":
        """Turn a file into a broadcast-ready recording.

        Raises:
            Unacceptable: with the pipeline's code when it cannot be broadcast.
        """
        ...

    def speak(self, text: str, *, language: str, into: Path) -> None:
        """Speak text into a file that `prepare` then takes; only Vietnamese has an embedded voice."""
        ...

    def path(self, sha256: str) -> Path | None:
        """Give the stored file, None when there is none."""
        ...


class PreparedSound(Protocol):
    """What preparation gives: the recording, and its loudness in LUFS and true peak in dBTP."""

    @property
    def recording(self) -> Recording: ...
    @property
    def loudness_before(self) -> float: ...
    @property
    def loudness_after(self) -> float: ...
    @property
    def true_peak_after(self) -> float: ...


class Publisher(Protocol):
    """The way to the broker, as the conductor's use cases see it."""

    def publish(
        self,
        topic: str,
        envelope: bytes,
        *,
        retain: bool,
        confirmed: Callable[[], None] | None = None,
        expiry: int | None = None,
    ) -> None:
        """Send an envelope with QoS 1.

        Args:
            topic: where.
            envelope: what.
            retain: whether the broker keeps it for who comes later.
            confirmed: runs once the broker has acknowledged it (PUBACK).
            expiry: seconds after which the broker drops it; None: never. A hint: what must not be obeyed later says
                so inside its seal.
        """
        ...


class Speaking(Protocol):
    """Speaks the words of an emergency."""

    def announcement(self, text: str, *, limit: int) -> bytes:
        """Give a Vietnamese text as mono MP3 of at most so many bytes.

        Raises:
            Unacceptable: there is no voice, no word, or too many of them.
        """
        ...


class BrokerAccounts(Protocol):
    """The broker's accounts and rights; each method returns once the broker has taken the change in.

    Raises:
        BrokerRefused: `broker.silent` or `broker.refused`; the change may have been made all the same.
    """

    def listed(self) -> Rights:
        """Give what the broker holds, without the conductor's own account."""
        ...

    def put_role(self, name: str, grants: Iterable[Grant], *, new: bool) -> None:
        """Make a role or change its grants; who has it stays connected."""
        ...

    def put_account(self, name: str, roles: Iterable[str], *, new: bool) -> None:
        """Make an account or change its roles; who is connected by a changed one has to connect again."""
        ...

    def remove_role(self, name: str) -> None: ...
    def remove_account(self, name: str) -> None: ...
    def end_session(self, name: str) -> None:
        """End an account's session, also one that waits for it while it is away, with all that is queued there."""
        ...

    def keep_on_disk(self, rights: Rights, revoked: Iterable[tuple[str, datetime]]) -> None:
        """Write down, for a broker that starts with nothing, its accounts and which certificates are revoked."""
        ...


class Sealing(Protocol):
    """Signs with the online key of the right role; held by the conductor only."""

    @property
    def epoch(self) -> int:
        """Of the trust list gone by."""
        ...

    @property
    def trust_number(self) -> int:
        """Of the trust list gone by."""
        ...

    def follow(self) -> bool:
        """Go by the newest trust list from now on; tell whether it is another one."""
        ...

    def seal(self, message: Message) -> bytes:
        """Give the signed envelope of a message."""
        ...


class Certificates(Protocol):
    """The certificate authority; held by the conductor only."""

    certificate: str

    def issue(self, name: str, public: str, *, now: datetime, valid: timedelta) -> Certificate:
        """Give a client's certificate for a name and an Ed25519 key (64 hexadecimal digits)."""
        ...


class Mail(Protocol):
    """The way to an addressee outside."""

    def send(self, subject: str, words: str, file: Path) -> None:
        """Send a file.

        Raises:
            OSError: it could not be handed over.
        """
        ...


class NobodyThere(OSError):
    """Raised when the mail server takes letters, but none for this address."""


class Post(Protocol):
    """The way by mail to people of the stations."""

    def write(self, subject: str, words: str, *, to: Sequence[str]) -> None:
        """Send a letter without a file.

        Raises:
            OSError: it could not be handed over; `NobodyThere` where that is for this address alone.
        """
        ...


class KeyVault(Protocol):
    """Where private keys lie; their secret halves never leave it."""

    def public(self, role: KeyRole) -> str:
        """Give the public half of the key of a role, 64 hexadecimal digits; the key is drawn if there is none."""
        ...

    def draw(self, role: KeyRole, *, apart_from: frozenset[str]) -> str:
        """Give the public half of another key of a role; it signs once a published list names it.

        One drawn before, for a list that never came, is taken first; else it is drawn.

        Args:
            role: its role.
            apart_from: public halves that are named by some list already.
        """
        ...

    def holds(self, role: KeyRole, public: str) -> bool:
        """Tell whether the private half of a key lies here."""
        ...

    def seal_by_root(self, trust_list: TrustList) -> bytes:
        """Give the envelope of a trust list, signed by the root key."""
        ...


class OneTimeCodes(Protocol):
    """Codes of a second factor that change every half minute (RFC 6238); held by the web process only.

    What was sealed by a key that is not there any more is refused with `NotAllowed` (`factor.key_lost`).
    """

    def draw(self) -> str:
        """Draw a secret and give it sealed."""
        ...

    def letters(self, sealed: str) -> str:
        """Give a secret as it is typed into a telephone."""
        ...

    def address(self, sealed: str, login: str) -> str:
        """Give a secret as a telephone scans it."""
        ...

    def step(self, sealed: str, code: str, now: datetime) -> int | None:
        """Give the number of the half minute to which a code belongs, now or one beside it; None for a wrong one."""
        ...

    def recovery(self) -> str:
        """Draw a recovery code."""
        ...

    def digest(self, code: str) -> str:
        """Give what is kept of a recovery code."""
        ...


class PasswordHashing(Protocol):
    """Slow hashes of passwords (argon2id)."""

    def hash(self, password: str) -> str: ...
    def verify(self, password_hash: str, password: str) -> bool: ...
