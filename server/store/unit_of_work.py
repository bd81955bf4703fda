"""Transactions on the database, and the number that says whether another connection committed.

It must not know what is stored: the repositories do.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Engine, PoolProxiedConnection, event
from sqlalchemy.orm import Session

from server.account_port import Delegations, Factors, SignIns
from server.approving_port import Approving
from server.command_port import Commands
from server.contribution_port import Contributions
from server.emergency_port import Emergencies
from server.evidence_port import Evidence, Ledger
from server.fault_port import Faults
from server.inspection_port import Tallies, Views
from server.issue_port import Issue
from server.newest_port import Newest
from server.ports import UnitOfWork
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
from server.store.accounts import SqlDelegations, SqlFactors, SqlSignIns
from server.store.answers import SqlAnswers
from server.store.approving import SqlApproving
from server.store.audit import SqlAudit
from server.store.campaigns import SqlCampaigns
from server.store.commands import SqlCommands
from server.store.contributions import SqlContributions
from server.store.devices import SqlDevices
from server.store.emergencies import SqlEmergencies
from server.store.engine import writing
from server.store.enrolments import SqlEnrolments
from server.store.evidence import SqlEvidence
from server.store.faults import SqlFaults
from server.store.inspection import SqlTallies, SqlViews
from server.store.issue import SqlIssue
from server.store.known import KnownTree
from server.store.languages import SqlLanguages
from server.store.leases import SqlLeases
from server.store.ledger import SqlLedger
from server.store.newest import SqlNewest
from server.store.orders import SqlOrders
from server.store.people import SqlPeople
from server.store.places import SqlPlaces
from server.store.programmes import SqlProgrammes
from server.store.proposals import SqlProposals
from server.store.readiness import SqlAlarms, SqlDigests, SqlOutages
from server.store.schedules import KnownSchedules, SqlSchedules
from server.store.tokens import SqlApiTokens
from server.token_port import ApiTokens


class SqlUnitOfWork:
    """See `ports.UnitOfWork`."""

    def __init__(self, session: Session, tree: KnownTree, schedules: KnownSchedules) -> None:
        self._session = session
        self._ledger = SqlLedger(session)
        self.ledger: Ledger = self._ledger
        self.people: People = SqlPeople(session)
        self.factors: Factors = SqlFactors(session)
        self.sign_ins: SignIns = SqlSignIns(session)
        self.delegations: Delegations = SqlDelegations(session)
        self.places: Places = SqlPlaces(session, tree)
        self.devices: Devices = SqlDevices(session)
        self.enrolments: Enrolments = SqlEnrolments(session)
        self.commands: Commands = SqlCommands(session)
        self.programmes: Programmes = SqlProgrammes(session)
        self.approving: Approving = SqlApproving(session)
        self.contributions: Contributions = SqlContributions(session)
        self.campaigns: Campaigns = SqlCampaigns(session)
        self.proposals: Proposals = SqlProposals(session)
        self.orders: Orders = SqlOrders(session)
        self.answers: Answers = SqlAnswers(session)
        self.languages: Languages = SqlLanguages(session)
        self.issue: Issue = SqlIssue(session, self._ledger)
        self.emergencies: Emergencies = SqlEmergencies(session)
        self.evidence: Evidence = SqlEvidence(session)
        self.outages: Outages = SqlOutages(session)
        self.alarms: Alarms = SqlAlarms(session)
        self.digests: Digests = SqlDigests(session)
        self.faults: Faults = SqlFaults(session)
        self.audit: Audit = SqlAudit(session)
        self.leases: Leases = SqlLeases(session)
        self.api_tokens: ApiTokens = SqlApiTokens(session)
        self.tallies: Tallies = SqlTallies(session)
        self.views: Views = SqlViews(session)
        self.newest: Newest = SqlNewest(session)
        self.schedules: Schedules = SqlSchedules(session, schedules)

    def commit(self) -> None:
        """Keep what was written, and its leaves in the ledger."""
        self._session.flush()
        self._ledger.number()
        self._session.commit()

    def witness(self) -> None:
        """Make a leaf of every row of evidence that is written from now on."""
        event.listen(self._session, "after_flush", self._ledger.note_flushed)


class SqlStore:
    """See `ports.Store`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._tree = KnownTree()
        self._schedules = KnownSchedules()
        self._watch: PoolProxiedConnection | None = None
        self._watch_lock = Lock()

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """Open a transaction that sees one state of the database."""
        with Session(self._engine) as session:
            yield SqlUnitOfWork(session, self._tree, self._schedules)

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """Open a transaction that holds the right to write from its beginning; it rolls back unless committed."""
        with Session(self._writing) as session:
            session.connection()
            uow = SqlUnitOfWork(session, self._tree, self._schedules)
            uow.witness()
            yield uow

    def changes(self) -> int:
        """Give a number that differs after another connection committed; 5 µs on SQLite.

        On PostgreSQL it may also differ without a commit, which costs the caller one look more.
        """
        with self._watch_lock:
            watch = self._watch = self._watch or self._engine.raw_connection()
            try:
                return _version(watch) if self._engine.dialect.name == "sqlite" else _snapshot(watch)
            except self._engine.dialect.loaded_dbapi.Error:  # the server was restarted: the next look connects anew
                watch.invalidate()
                self._watch = None
                raise

    def close(self) -> None:
        """Close every connection."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        self._engine.dispose()


def _version(watch: PoolProxiedConnection) -> int:
    cursor = watch.cursor()
    cursor.execute("PRAGMA data_version")
    (version,) = cursor.fetchone() or (0,)
    return int(version)


def _snapshot(watch: PoolProxiedConnection) -> int:
    cursor = watch.cursor()
    cursor.execute("SELECT pg_current_snapshot()::text")
    (snapshot,) = cursor.fetchone() or ("",)
    watch.rollback()
    return zlib.crc32(str(snapshot).encode())
