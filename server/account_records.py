"""What is kept beside an account: the second factor, where somebody is signed in, and what an approver hands on.

Frozen; no behaviour beyond their own invariants.
"""

from dataclasses import dataclass
from datetime import date, datetime

from schedules.ids import PersonId, UnitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """The second factor of a person.

    Attributes:
        since: when the person was first asked for one.
        sealed: the secret, readable by the web process only; empty before one was drawn.
        confirmed_at: when the person proved to have it; None: it guards nothing yet.
        last_step: of the newest code that was taken; it and older ones serve nobody again.
        recovery: digests of the recovery codes that are left.
        wrong: codes refused since the last one that was right, the newest at `wrong_at`.
    """

    person: PersonId
    since: datetime
    sealed: str = ""
    confirmed_at: datetime | None = None
    last_step: int = 0
    recovery: tuple[str, ...] = ()
    wrong: int = 0
    wrong_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One browser in which somebody is signed in.

    Attributes:
        device: what the browser says it is.
        key: the account's session key then; another one has ended it.
    """

    id: str
    person: PersonId
    device: str
    key: int
    since: datetime
    last_seen: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """The approver's word that somebody else approves in their place, from a day to a day, both included.

    Attributes:
        document: number and date of the paper that says so.
        ended_at: when it was taken back before its last day.
    """

    id: str
    unit: UnitId
    by: PersonId
    to: PersonId
    first_day: date
    last_day: date
    document: str
    given_at: datetime
    ended_at: datetime | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether it counts on a civil day."""
        return self.ended_at is None and self.first_day <= day <= self.last_day
