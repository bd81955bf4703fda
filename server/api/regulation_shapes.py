"""What regulations and decisions under them look like when they are sent and answered."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from schedules.ids import UnitId
from schedules.override import Override
from schedules.programme import Kind
from schedules.regulation import EVERY_DAY, Opening, Regulation, SessionName, SessionRule, Suspension, VolumeRule
from server.api.shapes import Answer, Day, Instant, Line, Name, Sent, WallTime
from server.values import Proposal, ProposalState

Minutes = Field(ge=1, le=1440)


class SessionRuleSent(Sent):
    """Hours of one session."""

    session: SessionName
    earliest: WallTime
    latest: WallTime = Field(description="00:00: midnight.")
    max_minutes: int = Minutes
    min_minutes: int | None = Field(default=None, ge=1, le=1440, description="Less is reported.")
    weekdays: list[int] = Field(default_factory=lambda: sorted(EVERY_DAY), max_length=7, description="0 is Monday.")

    def rule(self) -> SessionRule:
        """Give it as the rules know it."""
        return SessionRule(
            session=self.session,
            earliest=self.earliest,
            latest=self.latest,
            max_minutes=self.max_minutes,
            min_minutes=self.min_minutes,
            weekdays=frozenset(self.weekdays) & EVERY_DAY or EVERY_DAY,
        )


class VolumeRuleSent(Sent):
    """Ceiling of the volume between two local times of the day."""

    since: WallTime
    until: WallTime
    percent: int = Field(ge=0, le=100)


class DecisionSent(Sent):
    """A document with a number."""

    number: Line
    signed_on: Day
    signer: Line


class RegulationSent(DecisionSent):
    """A new issue of a station's regulation."""

    document: Line = ""
    valid_from: Day
    time_zone: Name = "Asia/Ho_Chi_Minh"
    sessions: list[SessionRuleSent] = Field(max_length=20)
    max_minutes_a_day: int = Minutes
    min_minutes_a_day: int | None = Field(default=None, ge=1, le=1440)
    sessions_a_day: int | None = Field(default=None, ge=1, le=20)
    kinds: list[Kind] = Field(max_length=50, description="That may sound.")
    languages: list[Name] = Field(default_factory=list, max_length=60, description="The station must serve.")
    volume: list[VolumeRuleSent] = Field(default_factory=list, max_length=20)
    outside_approval: Line = Field(default="", description="The article that lets approval outside the system count.")

    def regulation(self, station: UnitId) -> Regulation:
        """Give it as the rules know it."""
        return Regulation(
            station=station,
            number=self.number.strip(),
            signed_on=self.signed_on,
            signer=self.signer.strip(),
            document=self.document.strip(),
            valid_from=self.valid_from,
            time_zone=self.time_zone,
            sessions=tuple(each.rule() for each in self.sessions),
            max_minutes_a_day=self.max_minutes_a_day,
            min_minutes_a_day=self.min_minutes_a_day,
            sessions_a_day=self.sessions_a_day,
            kinds=frozenset(self.kinds),
            languages=tuple(dict.fromkeys(self.languages)),
            volume=tuple(VolumeRule(each.since, each.until, each.percent) for each in self.volume),
            outside_approval=self.outside_approval.strip(),
        )


class DatedSent(DecisionSent):
    """A decision for some local days, both included."""

    reason: Line
    first_day: Day
    last_day: Day


class OpeningSent(DatedSent):
    """One more session."""

    rule: SessionRuleSent

    def opening(self) -> Opening:
        """Give it as the rules know it."""
        return Opening(
            number=self.number.strip(),
            signed_on=self.signed_on,
            signer=self.signer.strip(),
            reason=self.reason.strip(),
            first_day=self.first_day,
            last_day=self.last_day,
            rule=self.rule.rule(),
        )


class SuspensionSent(DatedSent):
    """Kinds that are kept off the air."""

    kinds: list[Kind] = Field(max_length=50)

    def suspension(self) -> Suspension:
        """Give it as the rules know it."""
        return Suspension(
            number=self.number.strip(),
            signed_on=self.signed_on,
            signer=self.signer.strip(),
            reason=self.reason.strip(),
            first_day=self.first_day,
            last_day=self.last_day,
            kinds=frozenset(self.kinds),
        )


class OverrideSent(Sent):
    """One occurrence that cannot wait for the hours."""

    slot: Name
    start: Instant
    reason: Line


class OpeningShown(Answer):
    """A decision that opens one more session on some days."""

    number: str
    first_day: date
    last_day: date
    rule: SessionRuleSent


class SuspensionShown(Answer):
    """A decision that keeps some kinds off the air on some days."""

    number: str
    first_day: date
    last_day: date
    kinds: list[Kind]


class RegulationShown(Answer):
    """An issue of a regulation, with the decisions made under it."""

    number: str
    signed_on: date
    signer: str
    document: str
    valid_from: date
    time_zone: str
    sessions: list[SessionRuleSent]
    max_minutes_a_day: int
    min_minutes_a_day: int | None
    sessions_a_day: int | None
    kinds: list[Kind]
    languages: list[str]
    volume: list[VolumeRuleSent]
    outside_approval: str
    openings: list[OpeningShown]
    suspensions: list[SuspensionShown]


class ProposalShown(Answer):
    """What somebody asked for."""

    id: str
    what: Literal["regulation", "opening", "suspension", "override"]
    number: str = Field(description="Of the document; of an override its slot.")
    state: ProposalState
    asked_at: datetime
    settled_at: datetime | None
    note: str = Field(description="Why it was refused.")


def shown(regulation: Regulation) -> RegulationShown:
    """Give a regulation as it is answered."""
    return RegulationShown(
        number=regulation.number,
        signed_on=regulation.signed_on,
        signer=regulation.signer,
        document=regulation.document,
        valid_from=regulation.valid_from,
        time_zone=regulation.time_zone,
        sessions=[_rule(each) for each in regulation.sessions],
        max_minutes_a_day=regulation.max_minutes_a_day,
        min_minutes_a_day=regulation.min_minutes_a_day,
        sessions_a_day=regulation.sessions_a_day,
        kinds=sorted(regulation.kinds),
        languages=list(regulation.languages),
        volume=[VolumeRuleSent(since=each.since, until=each.until, percent=each.percent) for each in regulation.volume],
        outside_approval=regulation.outside_approval,
        openings=[
            OpeningShown(number=each.number, first_day=each.first_day, last_day=each.last_day, rule=_rule(each.rule))
            for each in regulation.openings
        ],
        suspensions=[
            SuspensionShown(
                number=each.number, first_day=each.first_day, last_day=each.last_day, kinds=sorted(each.kinds)
            )
            for each in regulation.suspensions
        ],
    )


def proposal_shown(proposal: Proposal) -> ProposalShown:
    """Give a proposal about a station's rules as it is answered."""
    what: Literal["regulation", "opening", "suspension", "override"]
    match proposal.content:
        case Regulation(number=number):
            what = "regulation"
        case Opening(number=number):
            what = "opening"
        case Suspension(number=number):
            what = "suspension"
        case Override(slot=number):
            what = "override"
        case _:
            raise AssertionError(proposal.id)  # `regulations` gives no others
    return ProposalShown(
        id=proposal.id,
        what=what,
        number=number,
        state=proposal.state,
        asked_at=proposal.asked_at,
        settled_at=proposal.settled_at,
        note=proposal.note,
    )


def _rule(rule: SessionRule) -> SessionRuleSent:
    return SessionRuleSent(
        session=rule.session,
        earliest=rule.earliest,
        latest=rule.latest,
        max_minutes=rule.max_minutes,
        min_minutes=rule.min_minutes,
        weekdays=sorted(rule.weekdays),
    )
