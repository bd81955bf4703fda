"""News: at which units something is new, seen once for everybody who looks on.

It sees what every process wrote by what is written anyway: the ledger, the audit trail, and when each loudspeaker last
spoke. It tells where to look again and never what there is to see; that stays with the pages and their rights.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from schedules.ids import LoudspeakerId, PersonId, UnitId, ZoneId
from schedules.ledger import LeafKind
from schedules.unit import Units
from server.errors import NotFound
from server.newest_records import NewAct, NewLeaf
from server.ports import Clock, Store, UnitOfWork
from server.services import signing_in
from server.services.rights import ANY_ROLE, may
from server.values import Person

APART_S = 0.75
"""How far apart two news of a unit are at least: a session of thirteen loudspeakers is one, not thirteen."""

_LATEST = timedelta(seconds=30)
"""How much later than it was stamped what a loudspeaker said may be committed."""

_OF_A_LOUDSPEAKER = frozenset({LeafKind.REPORT, LeafKind.RECEIPT, LeafKind.PRESENCE, LeafKind.ASSIGNMENT})
_OF_THE_LANE = ("emergency", "exercise", "break_glass")
_OF_NO_PAGE = frozenset(
    {"person", "factor", "grant", "delegation", "api_token", "approver_pin", "approval_link", "keys", "take"}
)
"""What is done to accounts and drafts shows on no page that lives; nor does that somebody read something."""
_FOR_ALL_BELOW = frozenset({"silence", "alarm", "outage", "override", "regulation", "unit", "units", "centre"})
"""What is done for everything below a unit at once; a rundown that follows from anything else is news by itself."""


@dataclass(frozen=True, slots=True)
class News:
    """Where something is new.

    Attributes:
        units: where, and every unit above.
        lane: whether anything of emergencies or exercises is, wherever it is.
    """

    units: frozenset[UnitId] = frozenset()
    lane: bool = False


@dataclass(frozen=True, slots=True)
class _Places:
    units: Units
    stations: dict[ZoneId, UnitId]
    zones: dict[LoudspeakerId, ZoneId]

    def of_loudspeaker(self, loudspeaker: LoudspeakerId) -> UnitId | None:
        zone = self.zones.get(loudspeaker)
        return None if zone is None else self.stations.get(zone)


class Watch:
    """Looks whether anything is new since it last looked; begun, it knows of everything before."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._changes = store.changes()
        with store.reading() as uow:
            self._leaf, self._act = uow.ledger.size(), uow.newest.act()
            self._speakers = uow.newest.speakers(since=self._spoken_since(uow))
        self._waiting: set[UnitId] = set()
        self._told: dict[UnitId, float] = {}

    def look(self, second: float) -> News:
        """Give what is new; of a unit that had news a moment ago only when that moment is over.

        Args:
            second: of a clock that only goes on.
        """
        changes, lane = self._store.changes(), False
        if changes != self._changes:
            with self._store.reading() as uow:
                lane = self._take(uow)
            self._changes = changes  # only now: what went wrong is looked at again
        due = frozenset(unit for unit in self._waiting if second - self._told.get(unit, -inf) >= APART_S)
        self._waiting -= due
        self._told.update(dict.fromkeys(due, second))
        return News(due, lane)

    def _take(self, uow: UnitOfWork) -> bool:
        """Let units wait to be told; tell whether anything of emergencies or exercises is new."""
        leaves, acts = uow.newest.leaves(after=self._leaf), uow.newest.acts(after=self._act)
        speakers = uow.newest.speakers(since=self._spoken_since(uow))
        spoke = [each for each, at in speakers.items() if self._speakers.get(each) != at]
        if leaves or acts or spoke:
            places = _places(uow)
            at = {*map(places.of_loudspeaker, spoke), *(_of_leaf(places, each) for each in leaves)}
            at.update(unit for act in acts for unit in _of_act(places, act))
            for unit in at:
                if unit is not None and unit in places.units.by_id:
                    self._waiting.update(places.units.above(unit))
        self._leaf += len(leaves)
        self._act = acts[-1].number if acts else self._act
        self._speakers = speakers
        return any(each.kind.startswith(_OF_THE_LANE) for each in leaves) or any(
            each.action.startswith(_OF_THE_LANE) for each in acts
        )

    def _spoken_since(self, uow: UnitOfWork) -> datetime:
        """Give from when on to look; a clock that was set back must not make everything that follows old."""
        now = self._clock.now()
        return min(uow.newest.spoken() or now, now) - _LATEST


def require_follower(store: Store, person: Person, unit: UnitId) -> None:
    """Refuse to tell somebody of a unit where they have no role.

    Raises:
        NotFound: `unit.unknown`, also for what there is: that it is there is not theirs to know.
    """
    with store.reading() as uow:
        if not may(uow.places.units(), person, unit, *ANY_ROLE):
            raise NotFound("unit.unknown")


def still_follows(store: Store, clock: Clock, sign_in: str, who: PersonId, unit: UnitId) -> bool:
    """Tell whether a browser is still signed in for a person who still has a role at a unit."""
    person = signing_in.current(store, clock, sign_in)
    if person is None or person.id != who:
        return False
    with store.reading() as uow:
        return may(uow.places.units(), person, unit, *ANY_ROLE)


def _places(uow: UnitOfWork) -> _Places:
    return _Places(
        uow.places.units(),
        {zone.id: zone.station for zone in uow.places.zones()},
        {each.id: each.zone for each in uow.places.loudspeakers()},
    )


def _of_leaf(places: _Places, leaf: NewLeaf) -> UnitId | None:
    """Give the station that a loudspeaker's word or a rundown is of."""
    if leaf.kind in _OF_A_LOUDSPEAKER:
        return places.of_loudspeaker(LoudspeakerId(leaf.subject))
    if leaf.kind == LeafKind.RUNDOWN:
        return places.stations.get(ZoneId(leaf.subject.rpartition("/")[0]))
    return None


def _of_act(places: _Places, act: NewAct) -> Iterator[UnitId]:
    """Give where an act may show: its unit; every station below, or everywhere, for what is done to all at once."""
    about, _, done = act.action.partition(".")
    if about in _OF_NO_PAGE or done == "read":
        return
    if act.unit is not None:
        yield act.unit
    if about in _FOR_ALL_BELOW:
        yield from _stations(places, act.unit)


def _stations(places: _Places, unit: UnitId | None) -> Iterable[UnitId]:
    stations = frozenset(places.stations.values())
    return stations if unit is None else (each for each in stations if places.units.within(each, unit))
