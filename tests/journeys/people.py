"""The people of a station: each verb is one use case, carried out at once, and everybody hears of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from schedules.ids import LoudspeakerId, ProgrammeId, SlotId, ZoneId
from schedules.programme import Kind, Level, Programme
from server.ports import Clock, Store
from server.services import approvals, booking, loudspeakers, maintenance, programmes, retirement, silence, takes
from server.services.approvals import Queue, ToApprove
from server.services.booking import Wish
from server.services.programmes import Draft
from server.services.silence import Board
from server.values import Person, TakeOrigin
from tests.fakes.sound import FakePreparation
from tests.journeys.places import SON_HA
from tests.server.services.moving import move_occurrence

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Office:
    """What people work with; `settle` lets what they did arrive wherever it goes."""

    store: Store
    clock: Clock
    uploads: Path
    settle: Callable[[], None]


class Someone:
    """A person with an account in Sơn Hà."""

    def __init__(self, office: Office, person: Person) -> None:
        self._office, self.person = office, person

    def writes(
        self,
        title: str,
        *,
        lasts: timedelta = timedelta(seconds=30),
        times_read: int = 1,
        level: Level = Level.ORDINARY,
        valid_until: datetime | None = None,
    ) -> ProgrammeId:
        """Write a notice and record it."""
        here = self._office
        draft = Draft(title=title, kind=Kind.NOTICE, level=level, times_read=times_read, valid_until=valid_until)
        written = programmes.create(here.store, here.clock, self.person, unit=SON_HA, draft=draft)
        self.records(written.programme.id, lasts=lasts)
        return written.programme.id

    def records(self, notice: ProgrammeId, *, lasts: timedelta) -> None:
        """Give a notice a new sound."""
        here = self._office
        take = takes.begin(here.store, here.clock, self.person, notice, language="vi", origin=TakeOrigin.MICROPHONE)
        takes.waiting_at(here.uploads, take.id).write_text(take.id)
        sound = FakePreparation(lasts=lasts)
        takes.run(here.store, here.clock, sound, take.id, uploads=here.uploads, limit=timedelta(hours=1))
        here.settle()

    def rewords(self, notice: ProgrammeId, title: str) -> None:
        """Change the title of a notice."""
        old = self.sees(notice)
        draft = Draft(
            title=title, kind=old.kind, level=old.level, times_read=old.times_read, valid_until=old.valid_until
        )
        self._does(programmes.edit, notice, draft=draft, version=old.version)

    def books(self, notice: ProgrammeId, wish: Wish) -> SlotId:
        """Give a notice its time."""
        return self._does(booking.book, notice, wish=wish).slot.id

    def books_anew(self, slot: SlotId, wish: Wish) -> None:
        """Give a slot another time."""
        self._does(booking.change, slot, wish=wish, version=self._version_of(slot))

    def cancels(self, slot: SlotId, start: datetime) -> None:
        """Leave one occurrence of a series out."""
        self._does(booking.cancel_occurrence, slot, version=self._version_of(slot), original_start=start)

    def moves(self, slot: SlotId, start: datetime, to: datetime) -> None:
        """Give one occurrence of a series another start."""
        self._does(move_occurrence, slot, version=self._version_of(slot), original_start=start, to=to)

    def submits(self, notice: ProgrammeId) -> None:
        """Hand a notice to the approvers."""
        self._does(programmes.submit, notice, version=self.sees(notice).version)

    def opens(self, notice: ProgrammeId) -> ToApprove:
        """Open the approver's page of a notice."""
        return approvals.to_approve(self._office.store, self._office.clock, self.person, notice)

    def approves(self, notice: ProgrammeId, shown: ToApprove | None = None) -> None:
        """Release a notice exactly as the page showed it; as it shows it now, where none was opened before."""
        self._does(approvals.approve, notice, seen=(shown or self.opens(notice)).seen)

    def withdraws(self, notice: ProgrammeId) -> None:
        """Take a notice off the air for good."""
        self._does(programmes.withdraw, notice, version=self.sees(notice).version)

    def orders_silence(self) -> None:
        """Press "Im lặng ngay" for the whole station."""
        self._does(silence.order, unit=SON_HA)

    def lifts_silence(self) -> None:
        """Let the station sound again."""
        self._does(silence.lift, unit=SON_HA)

    def locks(self, loudspeaker: LoudspeakerId, *, minutes: int) -> None:
        """Lock one loudspeaker before somebody climbs up to it."""
        self._does(maintenance.lock, loudspeaker, minutes=minutes, reason="thay loa")

    def unlocks(self, loudspeaker: LoudspeakerId) -> None:
        """Let it sound again."""
        self._does(maintenance.unlock, loudspeaker)

    def moves_loudspeaker(self, loudspeaker: LoudspeakerId, zone: ZoneId) -> None:
        """Let a loudspeaker belong to another zone."""
        self._does(loudspeakers.move, loudspeaker, zone=zone, seen=self._mark_of(loudspeaker))

    def replaces_device(self, loudspeaker: LoudspeakerId) -> None:
        """Take the device of a loudspeaker out of use."""
        self._does(retirement.replace_device, loudspeaker, reason="sét đánh", seen=self._mark_of(loudspeaker))

    def retires(self, loudspeaker: LoudspeakerId) -> None:
        """Take a loudspeaker out of use."""
        self._does(retirement.retire, loudspeaker, reason="dời cột", seen=self._mark_of(loudspeaker))

    @property
    def waiting(self) -> Queue:
        """What this person is asked to approve."""
        return approvals.queue(self._office.store, self._office.clock, self.person)

    @property
    def silence_board(self) -> Board:
        """The newest order of silence, and who follows it."""
        return silence.board(self._office.store, self._office.clock, self.person, SON_HA)[0]

    def sees(self, notice: ProgrammeId) -> Programme:
        """Look at a notice as it is now."""
        return programmes.get(self._office.store, self.person, notice).stored.programme

    def _mark_of(self, loudspeaker: LoudspeakerId) -> str:
        with self._office.store.reading() as uow:
            stored = uow.places.loudspeaker(loudspeaker)
        assert stored is not None
        return loudspeakers.seen_as(stored)

    def _version_of(self, slot: SlotId) -> int:
        with self._office.store.reading() as uow:
            stored = uow.programmes.slot(slot)
        assert stored is not None
        return stored.slot.version

    def _does(
        self, use_case: Callable[Concatenate[Store, Clock, Person, P], T], *args: P.args, **values: P.kwargs
    ) -> T:
        done = use_case(self._office.store, self._office.clock, self.person, *args, **values)
        self._office.settle()
        return done
