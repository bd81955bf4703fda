"""Filling: which programme a rule puts into a place of a session on a day.

Only what was released for places counts, so two approvals stand behind what sounds: of the rule, with its
template, and of the programme. It must not know languages or times inside the session.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from schedules.approval import Approval, Subject, record_of_programme
from schedules.campaign import Campaign
from schedules.fills import Newest, OfCampaign, Rotation, Rule, turn
from schedules.ids import CampaignId, ProgrammeId, ZoneId
from schedules.programme import Level, Programme, State
from schedules.times import local_day


@dataclass(frozen=True, slots=True)
class Free:
    """A programme released for places.

    Attributes:
        record: the hash of what was released.
        since: when it was, the first time.
        approvals: of exactly this record.
    """

    programme: Programme
    record: str
    since: datetime
    approvals: tuple[Approval, ...]

    def holds(self, zone: ZoneId, instant: datetime) -> bool:
        """Tell whether it was released for a zone by an instant."""
        return any(each.approved_at <= instant and zone in each.zones for each in self.approvals)


@dataclass(frozen=True, slots=True)
class Vacant:
    """Why a rule puts nothing into a place: a stable code and the values of its sentence."""

    code: str
    values: tuple[tuple[str, object], ...] = ()


class Filling:
    """What rules may choose from, the newest first.

    Newest is what was released last, whatever the order things were stored in; of two released at one
    instant it is the one whose id comes last.
    """

    def __init__(
        self,
        programmes: Iterable[Programme],
        campaigns: Iterable[Campaign],
        approvals: Mapping[Subject, Sequence[Approval]],
    ) -> None:
        self._campaigns: dict[CampaignId, Campaign] = {campaign.id: campaign for campaign in campaigns}
        self._programmes: dict[ProgrammeId, Programme] = {}
        free: list[Free] = []
        for programme in programmes:
            self._programmes[programme.id] = programme
            if not programme.for_places or programme.state is State.WITHDRAWN or programme.level is Level.EMERGENCY:
                continue
            record = record_of_programme(programme).hash
            given = tuple(each for each in approvals.get(programme.id, ()) if each.record == record)
            if given:
                free.append(Free(programme, record, min(each.approved_at for each in given), given))
        free.sort(key=lambda each: (each.since, each.programme.id), reverse=True)
        self._free = {each.programme.id: each for each in free}

    def chosen(self, rule: Rule, day: date, begins: datetime, time: ZoneInfo, zone: ZoneId) -> Free | Vacant | None:
        """Give what a rule puts into a place of a zone's session.

        What is released after the session has begun counts from the next one on, so nothing is exchanged
        while it sounds.

        Args:
            rule: of the place.
            day: the session's local date.
            begins: the instant the session begins.
            time: the station's civil time.
            zone: where it would sound.

        Returns:
            The programme; why there is none; None where the rule means nothing on that day.
        """
        if isinstance(rule, Rotation):
            return self._in_turn(turn(rule.programmes, rule.first_day, day), begins, zone)
        if isinstance(rule, OfCampaign):
            campaign = self._campaigns.get(rule.campaign)
            if campaign is None or not campaign.runs_on(day):
                return None
            return self._in_turn(turn(campaign.programmes, campaign.first_day, day), begins, zone)
        for free in self._free.values():
            age = (day - local_day(free.since, time)).days
            if age > rule.max_age_days:
                break
            if _meets(rule, free.programme, begins) and free.holds(zone, begins):
                return free
        return Vacant("fill.nothing_new", (("kind", rule.kind), ("days", rule.max_age_days)))

    def _in_turn(self, programme: ProgrammeId | None, begins: datetime, zone: ZoneId) -> Free | Vacant | None:
        if programme is None:
            return None
        free = self._free.get(programme)
        if free is not None and free.holds(zone, begins):
            return free
        known = self._programmes.get(programme)
        return Vacant("fill.not_released", (("title", programme if known is None else known.title),))


def _meets(rule: Newest, programme: Programme, begins: datetime) -> bool:
    return (
        programme.kind is rule.kind
        and programme.owner in rule.owners
        and rule.topic in ("", programme.topic)
        and (programme.valid_until is None or begins < programme.valid_until)
    )
