"""Regulations to start from: named hours a commune edits before anybody signs them.

Limits differ from province to province and from town to country, so none of these is a rule of the program. An hour
in the morning not before 05:30 and one in the evening not before 17:00, midday only as the situation needs, is what
the authorities of Đà Nẵng's wards read in Decree 49/2024/NĐ-CP (Liên Chiểu, December 2025). Fifteen minutes at most
twice a day, Monday to Friday, in town, and forty-five in the country, is Hà Nội's decision in force since 12/3/2021.
"""

from dataclasses import dataclass
from datetime import date, time

from schedules.ids import UnitId
from schedules.regulation import EVERY_DAY, Regulation, SessionName, SessionRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One start: a morning and an evening session of some minutes, on some weekdays."""

    name: str
    minutes: int
    weekdays: frozenset[int]

    def draft(
        self, *, station: UnitId, number: str, signed_on: date, signer: str, valid_from: date, time_zone: str
    ) -> Regulation:
        """Give a regulation of a station with these hours."""
        return Regulation(
            station=station,
            number=number,
            signed_on=signed_on,
            signer=signer,
            valid_from=valid_from,
            time_zone=time_zone,
            sessions=(self._rule(SessionName.MORNING, 5, 30), self._rule(SessionName.EVENING, 17, 0)),
            max_minutes_a_day=2 * self.minutes,
            sessions_a_day=2,
        )

    def _rule(self, session: SessionName, hour: int, minute: int) -> SessionRule:
        return SessionRule(
            session=session,
            earliest=time(hour, minute),
            latest=time(hour + 1, minute),
            max_minutes=self.minutes,
            weekdays=self.weekdays,
        )


PROFILES = (
    Profile(name="hour", minutes=60, weekdays=EVERY_DAY),
    Profile(name="urban", minutes=15, weekdays=frozenset(range(5))),
    Profile(name="rural", minutes=45, weekdays=EVERY_DAY),
)
