"""The centre's ports in memory: a unit of work is a copy that `commit` puts in the place of the original."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

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
from server.token_port import ApiTokens
from tests.fakes.accounts import FakeDelegations, FakeFactors, FakeSignIns
from tests.fakes.approving import FakeApproving
from tests.fakes.commands import FakeCommands
from tests.fakes.contributions import FakeContributions
from tests.fakes.devices import FakeDevices, FakeEnrolments
from tests.fakes.emergencies import FakeEmergencies
from tests.fakes.evidence import FakeAudit, FakeEvidence, FakeLeases, FakeLedger
from tests.fakes.faults import FakeFaults
from tests.fakes.inspection import FakeTallies, FakeViews
from tests.fakes.issue import FakeIssue
from tests.fakes.kept import Kept
from tests.fakes.newest import FakeNewest
from tests.fakes.places import FakePeople, FakePlaces
from tests.fakes.programmes import FakeAnswers, FakeCampaigns, FakeLanguages, FakeOrders, FakeProgrammes, FakeProposals
from tests.fakes.readiness import FakeAlarms, FakeDigests, FakeOutages
from tests.fakes.schedules import FakeSchedules
from tests.fakes.tokens import FakeApiTokens


class FakeUnitOfWork:
    """One transaction on a copy.

    Attributes:
        kept: what it sees and writes.
    """

    def __init__(self, store: "FakeStore") -> None:
        self._store = store
        self.kept = store.kept.copied()
        self.people: People = FakePeople(self.kept)
        self.factors: Factors = FakeFactors(self.kept.accounts)
        self.sign_ins: SignIns = FakeSignIns(self.kept.accounts)
        self.delegations: Delegations = FakeDelegations(self.kept.accounts)
        self.places: Places = FakePlaces(self.kept)
        self.devices: Devices = FakeDevices(self.kept.devices, self.kept.loudspeakers)
        self.enrolments: Enrolments = FakeEnrolments(self.kept.devices)
        self.commands: Commands = FakeCommands(self.kept.commands)
        self.programmes: Programmes = FakeProgrammes(self.kept)
        self.approving: Approving = FakeApproving(self.kept.approving)
        self.contributions: Contributions = FakeContributions(self.kept.contributions)
        self.campaigns: Campaigns = FakeCampaigns(self.kept)
        self.proposals: Proposals = FakeProposals(self.kept)
        self.orders: Orders = FakeOrders(self.kept)
        self.answers: Answers = FakeAnswers(self.kept)
        self.languages: Languages = FakeLanguages(self.kept)
        self.issue: Issue = FakeIssue(self.kept)
        self.emergencies: Emergencies = FakeEmergencies(self.kept.emergencies)
        self.evidence: Evidence = FakeEvidence(self.kept)
        self.outages: Outages = FakeOutages(self.kept.readiness)
        self.alarms: Alarms = FakeAlarms(self.kept.readiness)
        self.digests: Digests = FakeDigests(self.kept.readiness)
        self.faults: Faults = FakeFaults(self.kept)
        self.audit: Audit = FakeAudit(self.kept)
        self.ledger: Ledger = FakeLedger(self.kept)
        self.leases: Leases = FakeLeases(self.kept)
        self.api_tokens: ApiTokens = FakeApiTokens(self.kept.tokens)
        self.tallies: Tallies = FakeTallies(self.kept.inspection)
        self.views: Views = FakeViews(self.kept.inspection)
        self.newest: Newest = FakeNewest(self.kept)
        self.schedules: Schedules = FakeSchedules()

    def commit(self) -> None:
        self._store.kept = self.kept.copied()
        self._store.commits += 1


class FakeStore:
    """A store in memory; one writer at a time, like SQLite.

    Attributes:
        kept: what was committed.
        commits: how often.
    """

    def __init__(self) -> None:
        self.kept = Kept()
        self.commits = 0
        self._writer = Lock()

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        yield FakeUnitOfWork(self)

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        if not self._writer.acquire(timeout=5):
            raise TimeoutError("another unit of work is writing")
        try:
            yield FakeUnitOfWork(self)
        finally:
            self._writer.release()

    def changes(self) -> int:
        return self.commits

    def close(self) -> None:
        """Nothing is open."""
