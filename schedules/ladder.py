"""The ladder of evidence: how far one planned occurrence came at one loudspeaker, rung by rung, and what says so.

A rung is reached, not reached, or unknown; nothing is taken for reached because the one above it is. It must not
judge the occurrence: that is reconciliation.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schedules.asrun import AsRunEntry, Outcome
from schedules.ids import Sha256
from schedules.reconciliation import Finding, Verdict
from schedules.rundown import Relayed, RundownItem


class Rung(StrEnum):
    """What can be known of a play, the least first."""

    PLANNED = "planned"
    DELIVERED = "delivered"
    AUDIO_VERIFIED = "audio_verified"
    CLOCK_TRUSTED = "clock_trusted"
    STARTED = "started"
    FINISHED = "finished"
    LEVEL_MEASURED = "level_measured"
    HEARD = "heard"  # by a microphone: no loudspeaker has one yet


class Reached(StrEnum):
    """Whether a rung was reached."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung.

    Attributes:
        code: dotted code of what says so, or why not.
        values: what its sentence names.
        at: when that was.
    """

    rung: Rung
    reached: Reached
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a loudspeaker last said of the rundown it holds.

    Attributes:
        holds_item: whether that is the rundown in force, and the item is in it; None where the item is past it.
        missing: recordings it did not have then.
    """

    at: datetime
    revision: int | None
    holds_item: bool | None
    missing: frozenset[Sha256] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything known of one occurrence at one loudspeaker.

    Attributes:
        entries: what it reported, in order.
        flags: what is odd about them.
        finding: what reconciliation made of them.
        receipt: its newest; None where it never answered.
    """

    item: RundownItem
    entries: Sequence[AsRunEntry]
    flags: Collection[str]
    finding: Finding
    receipt: Receipt | None = None

    @property
    def sounding(self) -> Sequence[AsRunEntry]:
        """The entries of what sounded."""
        return [entry for entry in self.entries if entry.started_at is not None and entry.played_ms > 0]


def climbed(evidence: Evidence) -> tuple[Step, ...]:
    """Give every rung, the least first."""
    return tuple(look(evidence) for look in _RUNGS)


def _planned(evidence: Evidence) -> Step:
    item = evidence.item
    values = {"start": item.starts_at, "end": item.ends_at}
    return Step(rung=Rung.PLANNED, reached=Reached.YES, code="ladder.planned", values=values, at=item.starts_at)


def _delivered(evidence: Evidence) -> Step:
    receipt = evidence.receipt
    if evidence.entries:
        entry = evidence.entries[0]
        at = receipt.at if receipt is not None and receipt.revision == entry.revision else None
        return _yes(Rung.DELIVERED, "ladder.played_from", at, revision=entry.revision)
    if receipt is None:
        return _unknown(Rung.DELIVERED, "ladder.no_receipt")
    if receipt.holds_item is None:
        return _unknown(Rung.DELIVERED, "ladder.receipt_of_later", receipt.at, revision=receipt.revision)
    code = "ladder.received" if receipt.holds_item else "ladder.receipt_of_older"
    return Step(
        rung=Rung.DELIVERED,
        reached=Reached.YES if receipt.holds_item else Reached.NO,
        code=code,
        values={"revision": receipt.revision},
        at=receipt.at,
    )


def _audio_verified(evidence: Evidence) -> Step:
    rung, receipt = Rung.AUDIO_VERIFIED, evidence.receipt
    if isinstance(evidence.item.sound, Relayed):
        return _unknown(rung, "ladder.relay_has_no_file")
    if "other_than_planned" in evidence.flags:
        return _no(rung, "flag.other_than_planned", None)
    if evidence.sounding:
        return _yes(rung, "ladder.verified_before_it_sounded", evidence.sounding[0].started_at)
    refused = next((entry for entry in evidence.entries if entry.reason.startswith("audio.")), None)
    if refused is not None:
        return _no(rung, refused.reason, refused.recorded_at)
    if receipt is None or not receipt.holds_item:
        return _unknown(rung, "ladder.no_receipt")
    missing = receipt.missing.intersection(each.sha256 for each in evidence.item.recordings)
    if missing:
        return _no(rung, "ladder.files_missing", receipt.at, count=len(missing))
    return _yes(rung, "ladder.files_there", receipt.at)


def _clock_trusted(evidence: Evidence) -> Step:
    rung = Rung.CLOCK_TRUSTED
    doubted = next((entry for entry in evidence.entries if entry.reason in _CLOCK), None)
    if doubted is not None:
        return _no(rung, doubted.reason, doubted.recorded_at)
    if "clock_doubtful" in evidence.flags:
        return _no(rung, "flag.clock_doubtful", None)
    if evidence.sounding:
        widest = max(evidence.sounding, key=lambda entry: entry.clock_error_ms)
        return _yes(rung, "ladder.clock_within", widest.started_at, milliseconds=widest.clock_error_ms)
    return _unknown(rung, _why_nothing_is_known(evidence) or "ladder.nothing_sounded")


def _started(evidence: Evidence) -> Step:
    if evidence.sounding:
        first = min(entry.started_at for entry in evidence.sounding if entry.started_at is not None)
        return _yes(Rung.STARTED, "ladder.first_sample", first)
    return _without_sound(Rung.STARTED, evidence)


def _finished(evidence: Evidence) -> Step:
    if not evidence.sounding:
        return _without_sound(Rung.FINISHED, evidence)
    last = evidence.sounding[-1]
    if last.outcome is Outcome.FINISHED:
        return _yes(Rung.FINISHED, "ladder.last_sample", last.ended_at)
    return _no(Rung.FINISHED, last.reason, last.ended_at)


def _level_measured(evidence: Evidence) -> Step:
    if not evidence.sounding:
        return _without_sound(Rung.LEVEL_MEASURED, evidence)
    levels = [entry.level_dbfs for entry in evidence.sounding if entry.level_dbfs is not None]
    if levels:
        return _yes(Rung.LEVEL_MEASURED, "ladder.level", evidence.sounding[-1].ended_at, level=round(max(levels), 1))
    return _no(Rung.LEVEL_MEASURED, "ladder.no_level", evidence.sounding[-1].ended_at)


def _heard(_: Evidence) -> Step:
    return _unknown(Rung.HEARD, "ladder.no_microphone")


def _without_sound(rung: Rung, evidence: Evidence) -> Step:
    """Tell why nothing is there to look at: nothing sounded, or nobody knows whether it did."""
    unknown = _why_nothing_is_known(evidence)
    if unknown:
        return _unknown(rung, unknown)
    told = evidence.entries[-1].recorded_at if evidence.entries else None
    return _no(rung, evidence.finding.reason or "ladder.nothing_sounded", told)


def _why_nothing_is_known(evidence: Evidence) -> str:
    if evidence.finding.verdict is Verdict.AWAITED:
        return "ladder.awaited"
    return evidence.finding.reason if evidence.finding.reason in _NOT_TOLD else ""


def _yes(rung: Rung, code: str, at: datetime | None, **values: object) -> Step:
    return Step(rung=rung, reached=Reached.YES, code=code, values=values, at=at)


def _no(rung: Rung, code: str, at: datetime | None, **values: object) -> Step:
    return Step(rung=rung, reached=Reached.NO, code=code, values=values, at=at)


def _unknown(rung: Rung, code: str, at: datetime | None = None, **values: object) -> Step:
    return Step(rung=rung, reached=Reached.UNKNOWN, code=code, values=values, at=at)


_CLOCK = frozenset({"guard.clock_unknown", "guard.clock_doubtful", "guard.at_edge"})
"""Reasons of the device's guard that say that its clock did not allow a sound."""
_NOT_TOLD = frozenset({"report.lost", "report.none"})
"""Reasons of a miss by which whether it sounded is not known."""
_RUNGS: tuple[Callable[[Evidence], Step], ...] = (
    _planned,
    _delivered,
    _audio_verified,
    _clock_trusted,
    _started,
    _finished,
    _level_measured,
    _heard,
)
