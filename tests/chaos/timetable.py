"""The plan of a run: short sounds at exact instants, written, booked and approved as people do it.

It goes on while the loudspeakers play: later programmes are approved when earlier ones sound, so that rundowns are
issued anew among the faults.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from schedules.ids import ProgrammeId, SlotId
from schedules.times import Span
from server.services.new_ids import new_id
from server.services.schedule import schedule_of
from server.services.wishes import WishAtTime, slot_of
from server.smoke import station
from server.values import StoredSlot
from tests.chaos.judge import Play, Stretch
from tests.chaos.site import Site

SOUND_S = 1.0
PITCH_S = 1.5
IN_A_ROW = 16
REST_S = 3.0
"""After so many in a row, a longer silence: only then a loudspeaker writes down what may wait."""
AT_LEAST, SLOWER = timedelta(seconds=6), 7
"""From a prepared sound to the first play: writing a programme and telling it take longer than to prepare it."""
A_PROGRAMME = 60
"""Occurrences of one programme: the rules compare each with every other."""
MOST = 900
"""Occurrences that a zone's rundown holds, of 64 KiB."""


def offsets(count: int) -> list[float]:
    """Give when each play starts, in seconds from the first."""
    return [index * PITCH_S + index // IN_A_ROW * REST_S for index in range(count)]


class Timetable:
    """Every planned play of a run.

    It begins as soon as a machine as slow as this one can have written and told what is played first.

    Attributes:
        begins: the first start.
    """

    def __init__(self, site: Site, *, plays_each: int) -> None:
        self._site = site
        before = site.clock.now()
        self._sound: Path = station.mp3_file(site.centre, SOUND_S)
        now = site.clock.now()
        begins = now.replace(microsecond=0) + AT_LEAST + SLOWER * (now - before)
        self._starts = [begins + timedelta(seconds=offset) for offset in offsets(plays_each)]
        self._batches = [self._starts[at : at + A_PROGRAMME] for at in range(0, plays_each, A_PROGRAMME)]
        self._written = Event()
        self._failure: Exception | None = None
        self.begins = begins

    @property
    def ends(self) -> datetime:
        """When the last sound is over."""
        return self._starts[-1] + timedelta(seconds=SOUND_S)

    @property
    def is_written(self) -> bool:
        """Whether everything is approved.

        Raises:
            RuntimeError: it could not be.
        """
        if self._failure is not None:
            raise RuntimeError("the plan could not be written") from self._failure
        return self._written.is_set()

    def write_first(self) -> None:
        """Write what is played first."""
        self._write(self._batches[0])

    def write_rest(self) -> None:
        """Write everything else, in a thread."""
        Thread(target=self._write_rest, name="office", daemon=True).start()

    def plays(self) -> list[Play]:
        """Give every planned play, as a rundown has or had it; refuse one that lacks a start or has one too many."""
        found = []
        with self._site.store.reading() as uow:
            for zone, agents in self._site.zones.items():
                # What was over at midnight stands in no rundown any more.
                items = [item for _, item in uow.issue.planned(Span(self.begins, self.ends), [zone])]
                assert [item.starts_at for item in items] == self._starts, f"{zone} is planned otherwise than asked"
                found += [
                    Play(agent, item.occurrence, Stretch(item.starts_at.timestamp(), item.ends_at.timestamp()))
                    for agent in agents
                    for item in items
                ]
        return found

    def _write_rest(self) -> None:
        try:
            for batch in self._batches[1:]:
                self._write(batch)
        except Exception as error:  # noqa: BLE001 - the thread that waits raises it
            self._failure = error
        self._written.set()

    def _write(self, starts: Sequence[datetime]) -> None:
        centre = self._site.centre
        programme = station.upload(centre, f"Tin {starts[0]:%H:%M:%S}", self._sound)
        now = centre.clock.now()
        with centre.store.writing() as uow:
            schedule, stored = schedule_of(uow), uow.programmes.get(programme)
            assert stored is not None
            for slot_id, wish in _wishes(starts, now):
                slot = slot_of(schedule, station.KEEPER, stored.programme, wish, slot=slot_id, now=now)
                booked = StoredSlot(slot=slot, changed_by=frozenset({station.KEEPER.id}), changed_at=now)
                uow.programmes.put_slot(booked, expected_version=0)
            uow.commit()
        station.release(centre, ProgrammeId(programme))


def _wishes(starts: Sequence[datetime], now: datetime) -> Iterator[tuple[SlotId, WishAtTime]]:
    for start in starts:
        local = start.astimezone(station.TIME_ZONE)
        wish = WishAtTime(units=frozenset({station.STATION}), first_day=local.date(), at=local.time())
        yield SlotId(new_id(now)), wish
