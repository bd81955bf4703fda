"""An override (phát ngoài khung giờ): one span of one day in which one slot may sound outside the regulation's hours.

It lets nothing through that is suspended, and raises neither minutes nor volume. It must not know who asked and who
granted it: that stands with the proposal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from schedules.errors import InvalidValue
from schedules.ids import SlotId, UnitId
from schedules.regulation import Opening, Regulation, SessionName, SessionRule
from schedules.times import Span, local_instant, local_midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One granted override.

    Attributes:
        record: hash of the record of its slot as it was when this was asked for: any change of the programme or the
            slot voids it, as it voids an approval.
        day: local date, with `earliest` and `latest` as in a `SessionRule`.
    """

    station: UnitId
    slot: SlotId
    record: str
    day: date
    earliest: time
    latest: time
    reason: str

    def __post_init__(self) -> None:
        if self.latest != time(0) and self.latest <= self.earliest:
            raise InvalidValue("override.ends_before_start", earliest=self.earliest, latest=self.latest)
        if not self.reason.strip():
            raise InvalidValue("override.no_reason")

    def window(self, zone: ZoneInfo) -> Span:
        """Give its span; empty where a clock change swallows it."""
        begins = local_instant(self.day, self.earliest, zone)
        midnight = local_midnight(self.day + timedelta(days=1), zone)
        return Span(
            begins, max(begins, midnight if self.latest == time(0) else local_instant(self.day, self.latest, zone))
        )

    @property
    def opening(self) -> Opening:
        """What it is to the guard on the device, which knows no slots: an opening of that span to its record alone."""
        return Opening(
            number="",
            signed_on=self.day,
            signer="",
            reason=self.reason,
            first_day=self.day,
            last_day=self.day,
            rule=SessionRule(
                session=SessionName.EXTRA,
                earliest=self.earliest,
                latest=self.latest,
                max_minutes=24 * 60,
                weekdays=frozenset({self.day.weekday()}),
            ),
            approval=self.record,
        )


def granted_to(overrides: Iterable[Override], station: UnitId, record: str) -> Iterator[Override]:
    """Give the overrides of one record at one station."""
    return (each for each in overrides if each.station == station and each.record == record)


def opened_by(regulation: Regulation, overrides: Iterable[Override]) -> Regulation:
    """Give a station's regulation as its loudspeakers' guards keep it, with what its overrides open."""
    own = sorted({(each.day, each.earliest, each.latest, each.record): each for each in overrides}.items())
    return (
        replace(regulation, openings=(*regulation.openings, *(each.opening for _, each in own))) if own else regulation
    )
