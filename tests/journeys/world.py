"""A station with its people, its loudspeakers and its centre, in one process; time moves when told.

Use cases, database, wire and agents are the real ones; clock, broker and sound are made up, so that a day passes in
milliseconds.
"""

from datetime import date, datetime, timedelta
from pathlib import Path

from schedules.ids import ProgrammeId
from schedules.reconciliation import Finding, Verdict
from schedules.regulation import Regulation
from schedules.rundown import Rundown, RundownItem
from schedules.times import DAY, Span
from schedules.wire.messages import KeyRole, RundownReceipt
from server.sealing import KeyFiles, OnlineSealing
from server.services import log, readiness
from server.services.booking import Wish
from server.services.judged_plays import Row
from server.services.readiness import Readiness, Ready
from server.store import SqlStore
from tests.fakes.loudspeaker import FakeClock
from tests.fakes.mqtt import Broker
from tests.journeys.conductor import Conductor
from tests.journeys.founding import DEPUTY, LEADER, OFFICER, TECHNICIAN
from tests.journeys.people import Office, Someone
from tests.journeys.places import SON_HA, ZONES, local
from tests.journeys.pole import Pole

_SHORTLY = timedelta(seconds=3)  # before a start: an item is cued two seconds ahead
_SECOND = timedelta(seconds=1)
_WHILE = timedelta(seconds=15)
_LEAP = timedelta(hours=4)


class World:
    """Sơn Hà, its morning session approved, its loudspeakers on and connected.

    Attributes:
        officer: writes and books; the `leader` approves; the `deputy` has both roles; the `technician`
            looks after the loudspeakers.
        gate, market: the two loudspeakers, each in a zone of its own.
        folder: where its files lie.
        broker: what everybody is connected by; anybody may publish there.
        keys: the centre's own.
    """

    def __init__(self, folder: Path, store: SqlStore, *, begins: str, regulation: Regulation) -> None:
        self.folder = folder
        self.clock, self.store = FakeClock(local(begins)), store
        with self.store.writing() as uow:
            uow.places.put_regulation(regulation)
            uow.commit()
        self.broker = Broker()
        self.keys = KeyFiles(folder / "keys")
        sealing = OnlineSealing(self.keys, self.store)
        self.conductor = Conductor(self.store, self.clock, sealing, self.broker)
        self._sounds: set[Span] = set()
        root = self.keys.public(KeyRole.ROOT)
        self.gate, self.market = self.poles = tuple(
            Pole(folder / each, each, root, broker=self.broker, now=self.clock.now(), mail_moves=self._mail_moves)
            for each in ZONES
        )
        office = Office(self.store, self.clock, folder, self.settle)
        self.officer, self.leader, self.deputy, self.technician = (
            Someone(office, each) for each in (OFFICER, LEADER, DEPUTY, TECHNICIAN)
        )
        self.conductor.connects()
        for pole in self.poles:
            pole.boots()

    def loses_its_centre(self) -> None:
        """Let the centre's machine end; its database is closed, so that another may take its place."""
        self.conductor.dies()
        self.store.close()

    def has_a_centre_again(self) -> None:
        """Start the centre on whatever is on its disk now."""
        self.conductor = Conductor(self.store, self.clock, OnlineSealing(self.keys, self.store), self.broker)
        self.conductor.connects()
        self.settle()

    def ends(self) -> None:
        """Close every file."""
        for pole in self.poles:
            pole.ends()
        self.store.close()

    def airs(self, title: str, wish: Wish, *, lasts: timedelta = timedelta(seconds=30)) -> ProgrammeId:
        """Have a notice written, booked, submitted and approved."""
        notice = self.officer.writes(title, lasts=lasts)
        self.officer.books(notice, wish)
        self.releases(notice)
        return notice

    def releases(self, notice: ProgrammeId) -> None:
        """Have a notice submitted by the officer and approved by the leader."""
        self.officer.submits(notice)
        self.leader.approves(notice)

    def passes(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass."""
        self._comes(self.clock.now() + timedelta(hours=hours, minutes=minutes, seconds=seconds))

    def until(self, at: str, day: date | None = None) -> None:
        """Let time pass until a wall time in Vietnam, of today unless a day is named."""
        today = (self.clock.now() + timedelta(hours=7)).date()
        self._comes(local(at, day or today))

    def settle(self) -> None:
        """Let everything that is on its way arrive, until nothing moves any more."""
        if self.conductor.works():
            self._sounds |= {item.span for pole in self.poles for item in self.in_force(pole).items}
        self._mail_moves()

    def in_force(self, pole: Pole) -> Rundown:
        """Give the rundown a pole should hold."""
        with self.store.reading() as uow:
            issued = uow.issue.issued(ZONES[pole.id].id)
        assert issued is not None
        return issued.rundown

    def planned(self, notice: ProgrammeId, pole: Pole) -> tuple[RundownItem, ...]:
        """Give when a notice is to be heard at a pole."""
        return tuple(item for item in self.in_force(pole).items if item.programme == notice)

    def log(self, notice: ProgrammeId) -> tuple[Row, ...]:
        """Give what the log's page says of a notice, ordered by time and place."""
        now = self.clock.now()
        title = self.officer.sees(notice).title
        found = log.verdicts(
            self.store, self.clock, self.officer.person, SON_HA, span=Span(now - 9 * DAY, now + 9 * DAY)
        )
        return tuple(row for row in found.rows if row.title == title)

    def verdict(self, notice: ProgrammeId, pole: Pole) -> Finding:
        """Give the one finding about a notice at a loudspeaker."""
        (row,) = (row for row in self.log(notice) if row.loudspeaker.id == pole.id)
        return row.finding

    def verdicts(self, notice: ProgrammeId) -> list[Verdict]:
        """Give every verdict about a notice, ordered by time and place."""
        return [row.finding.verdict for row in self.log(notice)]

    def board(self) -> Readiness:
        """Give the readiness board."""
        return readiness.readiness(self.store, self.clock, self.officer.person, SON_HA)

    def ready(self, pole: Pole) -> Ready:
        """Give a loudspeaker's line of the readiness board."""
        return next(each for each in self.board().loudspeakers if each.loudspeaker.id == pole.id)

    def on_air(self, pole: Pole) -> str:
        """Give the title of what a loudspeaker says it plays; empty when it says nothing."""
        playing = self.ready(pole).playing
        return playing.title if playing else ""

    def receipt(self, pole: Pole) -> RundownReceipt:
        """Give what a loudspeaker last answered to a rundown."""
        with self.store.reading() as uow:
            receipt = uow.evidence.seen([pole.id])[pole.id].receipt
        assert receipt is not None
        return receipt

    def _comes(self, instant: datetime) -> None:
        while (now := self.clock.now()) < instant:
            self.clock.set(min(instant, self._next_look(now)))
            for pole in self.poles:
                pole.is_at(self.clock.now())
            self._mail_moves()
            if self.clock.now() - now > _WHILE and self.conductor.looks_at_the_clock():
                self.settle()

    def _next_look(self, now: datetime) -> datetime:
        """Look every second shortly before a sound, now and then while one lasts, and leap between."""
        coming = min((span.start for span in self._sounds if span.start > now), default=now + 2 * _LEAP)
        if coming - now <= _SHORTLY:
            return now + _SECOND
        lasting = any(span.start <= now < span.end + _WHILE for span in self._sounds)
        return min(coming - _SHORTLY, now + (_WHILE if lasting else _LEAP))

    def _mail_moves(self) -> None:
        while any([pole.takes_mail() for pole in self.poles] + [self.conductor.takes_mail()]):
            pass
