"""The tables, as typed rows. They mirror the values of the centre field by field, yet are not the values.

Nothing outside `server.store` sees a row.
"""

from server.store.rows.accounts import DelegationRow, FactorRow, SignInRow
from server.store.rows.answers import AnswerRow
from server.store.rows.approving import ApprovalLinkRow, ApproverPinRow, OutsideApprovalRow, SignedPaperRow
from server.store.rows.base import AnyRow
from server.store.rows.campaigns import CampaignRow
from server.store.rows.commands import CommandAnswerRow, CommandRow, DiagnosticsRow
from server.store.rows.contributions import ContributionRow
from server.store.rows.devices import DeviceRow, EnrolmentRow, RenewalRow
from server.store.rows.emergencies import (
    EmergencyActRow,
    EmergencyListRow,
    EmergencyRequestRow,
    EmergencyRightRow,
    EmergencyRow,
    EmergencyTemplateRow,
    EmergencyWatchRow,
    ExerciseCancelRow,
    ExerciseRow,
    ExerciseWordsRow,
)
from server.store.rows.evidence import AuditRow, CoversRow, HeardRow, JournalRow, MarkRow, PresenceRow, SeenRow
from server.store.rows.faults import FaultRow
from server.store.rows.inspection import TallyRow, ViewRow
from server.store.rows.issue import (
    AssignmentMarkRow,
    InForceRecordingRow,
    IssuedRevisionRow,
    IssuedRow,
    MissedRow,
    PlannedRow,
    SilenceRow,
    TrustFollowedRow,
    TrustListRow,
    ZoneMarkRow,
)
from server.store.rows.languages import LanguageRow, SubstitutionRow
from server.store.rows.leases import LeaseRow
from server.store.rows.ledger import LedgerHeadRow, LedgerRow
from server.store.rows.orders import OrderRow
from server.store.rows.places import (
    ChannelRow,
    GroupRow,
    LoudspeakerRow,
    PersonRow,
    RegulationRow,
    SuccessionRow,
    TreeMarkRow,
    UnitRow,
    ZoneRow,
)
from server.store.rows.programmes import ApprovalRow, ProgrammeRow, SlotRow, SlotTargetRow, TakeRow, TemplateRow
from server.store.rows.proposals import ProposalRow
from server.store.rows.readiness import AlarmRow, DigestRow, OutageRow
from server.store.rows.tokens import ApiTokenRow, ApiWriteRow

__all__ = [
    "AlarmRow",
    "AnswerRow",
    "AnyRow",
    "ApiTokenRow",
    "ApiWriteRow",
    "ApprovalLinkRow",
    "ApprovalRow",
    "ApproverPinRow",
    "AssignmentMarkRow",
    "AuditRow",
    "CampaignRow",
    "ChannelRow",
    "CommandAnswerRow",
    "CommandRow",
    "ContributionRow",
    "CoversRow",
    "DelegationRow",
    "DeviceRow",
    "DiagnosticsRow",
    "DigestRow",
    "EmergencyActRow",
    "EmergencyListRow",
    "EmergencyRequestRow",
    "EmergencyRightRow",
    "EmergencyRow",
    "EmergencyTemplateRow",
    "EmergencyWatchRow",
    "EnrolmentRow",
    "ExerciseCancelRow",
    "ExerciseRow",
    "ExerciseWordsRow",
    "FactorRow",
    "FaultRow",
    "GroupRow",
    "HeardRow",
    "InForceRecordingRow",
    "IssuedRevisionRow",
    "IssuedRow",
    "JournalRow",
    "LanguageRow",
    "LeaseRow",
    "LedgerHeadRow",
    "LedgerRow",
    "LoudspeakerRow",
    "MarkRow",
    "MissedRow",
    "OrderRow",
    "OutageRow",
    "OutsideApprovalRow",
    "PersonRow",
    "PlannedRow",
    "PresenceRow",
    "ProgrammeRow",
    "ProposalRow",
    "RegulationRow",
    "RenewalRow",
    "SeenRow",
    "SignInRow",
    "SignedPaperRow",
    "SilenceRow",
    "SlotRow",
    "SlotTargetRow",
    "SubstitutionRow",
    "SuccessionRow",
    "TakeRow",
    "TallyRow",
    "TemplateRow",
    "TreeMarkRow",
    "TrustFollowedRow",
    "TrustListRow",
    "UnitRow",
    "ViewRow",
    "ZoneMarkRow",
    "ZoneRow",
]
