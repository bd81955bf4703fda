"""Every type of message there is, and which role of key signs it. It must not read one."""

from schedules.wire.command import Command, CommandAnswered, DiagnosticsGathered
from schedules.wire.emergency import EmergencyIssued, EmergencyListed, ExerciseIssued
from schedules.wire.enrolment import CertificateIssued, CertificateRequested, Enrolled, EnrolmentRequested
from schedules.wire.messages import (
    AsRunAcknowledged,
    AsRunReport,
    Assignment,
    Challenge,
    Current,
    KeyRole,
    LedgerHead,
    Message,
    Presence,
    RundownIssued,
    RundownReceipt,
    SilenceOrdered,
    TrustList,
)

SIGNED_BY: dict[type[Message], KeyRole] = {
    TrustList: KeyRole.ROOT,
    RundownIssued: KeyRole.ISSUE,
    SilenceOrdered: KeyRole.STATE,
    Assignment: KeyRole.STATE,
    AsRunAcknowledged: KeyRole.STATE,
    Current: KeyRole.STATE,
    LedgerHead: KeyRole.STATE,
    EmergencyListed: KeyRole.EMERGENCY,
    EmergencyIssued: KeyRole.EMERGENCY,
    ExerciseIssued: KeyRole.EMERGENCY,
    Challenge: KeyRole.DEVICE,
    RundownReceipt: KeyRole.DEVICE,
    AsRunReport: KeyRole.DEVICE,
    Presence: KeyRole.DEVICE,
    EnrolmentRequested: KeyRole.DEVICE,
    Enrolled: KeyRole.STATE,
    CertificateRequested: KeyRole.DEVICE,
    CertificateIssued: KeyRole.STATE,
    Command: KeyRole.STATE,
    CommandAnswered: KeyRole.DEVICE,
    DiagnosticsGathered: KeyRole.DEVICE,
}
"""Which role signs which type; a message under a key of another role is not obeyed."""

TYPES: dict[str, type[Message]] = {kind.__name__: kind for kind in SIGNED_BY}
