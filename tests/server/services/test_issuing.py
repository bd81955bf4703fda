"""Issuing rundowns: when a next one is due, how it is numbered, and that no edit is lost meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from schedules.errors import WireError
from schedules.ids import ZoneId
from schedules.programme import State
from schedules.rundown import Rundown
from schedules.times import DAY, Span
from schedules.wire.messages import Message, RundownIssued
from schedules.wire.seal import unsealed
from schedules.wire.topics import audience_of_zone
from server.issue_records import ZoneMark
from server.ports import UnitOfWork
from server.services import issuing, programmes
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.services.radio import (
    DONG_BANG,
    GO_SIM,
    LANG_MOI,
    MONDAY,
    NEIGHBOURS,
    OFFICER,
    SON_HA,
    Radio,
    in_notices,
    local,
)


@pytest.fixture
def sealing() -> FakeSealing:
    return FakeSealing()


def issue(radio: Radio, sealing: FakeSealing) -> int:
    return issuing.issue_wanted(radio.store, radio.clock, sealing)


def in_force(radio: Radio, zone: ZoneId = LANG_MOI) -> Rundown:
    with radio.store.reading() as uow:
        issued = uow.issue.issued(zone)
    assert issued is not None
    return issued.rundown


def titles(radio: Radio, zone: ZoneId = LANG_MOI) -> list[str]:
    return [item.title for item in in_force(radio, zone).items]


def mark(radio: Radio, zone: ZoneId = LANG_MOI) -> ZoneMark:
    with radio.store.reading() as uow:
        known = uow.issue.mark(zone)
    assert known is not None
    return known


def test_every_zone_gets_a_first_rundown(radio: Radio, sealing: FakeSealing) -> None:
    assert issue(radio, sealing) == 4

    assert {zone: mark(radio, zone).planned_for for zone in (LANG_MOI, NEIGHBOURS)} == {
        LANG_MOI: MONDAY,
        NEIGHBOURS: MONDAY,
    }


def test_a_rundown_covers_nine_days_from_local_midnight(radio: Radio, sealing: FakeSealing) -> None:
    issue(radio, sealing)

    assert in_force(radio).covers == Span(local(0), local(0) + 9 * DAY)


def test_what_was_approved_is_in_it_every_morning(radio: Radio, sealing: FakeSealing) -> None:
    radio.release_templates()
    radio.airs("Tạm ngừng cấp điện", wish=in_notices(LANG_MOI))

    issue(radio, sealing)

    assert titles(radio).count("Tạm ngừng cấp điện") == 7
    assert titles(radio, GO_SIM).count("Tạm ngừng cấp điện") == 0


def test_the_envelope_says_what_the_rundown_says_and_holds_for_its_zone_only(
    radio: Radio, sealing: FakeSealing
) -> None:
    issue(radio, sealing)

    with radio.store.reading() as uow:
        message, key = unsealed(uow.issue.envelope(LANG_MOI), sealing.trust)
    assert isinstance(message, RundownIssued)
    assert key == "issue"
    assert message.rundown == in_force(radio)
    assert (message.audience, message.epoch) == (audience_of_zone(LANG_MOI), 1)
    assert (message.number, message.expires) == (in_force(radio).revision, in_force(radio).covers.end)


def test_a_revision_is_the_time_in_milliseconds(radio: Radio, sealing: FakeSealing) -> None:
    issue(radio, sealing)

    assert in_force(radio).revision == int(radio.now().timestamp() * 1000)


def test_a_revision_is_above_the_last_one_even_when_the_clock_was_set_back(radio: Radio, sealing: FakeSealing) -> None:
    issue(radio, sealing)
    first = in_force(radio).revision
    radio.clock.advance(-timedelta(hours=1))
    radio.release_templates()
    radio.airs()

    issue(radio, sealing)

    assert in_force(radio).revision == first + 1


def test_nothing_is_issued_when_nothing_ahead_differs(radio: Radio, sealing: FakeSealing) -> None:
    issue(radio, sealing)
    before = in_force(radio).revision
    radio.clock.advance(timedelta(minutes=1))
    with radio.store.writing() as uow:
        uow.issue.want([LANG_MOI])
        uow.commit()

    assert issue(radio, sealing) == 0

    assert in_force(radio).revision == before
    assert mark(radio).wanted == mark(radio).planned_from


def test_only_the_zones_concerned_get_a_new_rundown(radio: Radio, sealing: FakeSealing) -> None:
    radio.release_templates()
    issue(radio, sealing)
    before = in_force(radio, DONG_BANG).revision
    radio.clock.advance(timedelta(minutes=1))
    radio.airs(wish=in_notices(LANG_MOI))

    assert issue(radio, sealing) == 1

    assert in_force(radio, DONG_BANG).revision == before


def test_what_is_withdrawn_leaves_the_rundown(radio: Radio, sealing: FakeSealing) -> None:
    radio.release_templates()
    programme = radio.airs("Tạm ngừng cấp điện")
    issue(radio, sealing)
    radio.clock.advance(timedelta(minutes=1))

    programmes.withdraw(radio.store, radio.clock, OFFICER, programme, version=radio.stored(programme).programme.version)
    issue(radio, sealing)

    assert radio.stored(programme).programme.state is State.WITHDRAWN
    assert "Tạm ngừng cấp điện" not in titles(radio)


class EditedWhilePlanning(FakeStore):
    """Lets a person commit an edit between the conductor's reading and its storing."""

    edit: Callable[[UnitOfWork], None] | None = None

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        edit, self.edit = self.edit, None
        if edit is not None:
            with super().writing() as uow:
                edit(uow)
                uow.commit()
        with super().writing() as uow:
            yield uow


def test_an_edit_made_while_planning_is_not_lost(radio: Radio, sealing: FakeSealing) -> None:
    radio.release_templates()
    programme = radio.airs("Tạm ngừng cấp điện")
    store = EditedWhilePlanning()
    store.kept = radio.store.kept

    def withdraw(uow: UnitOfWork) -> None:
        stored = radio.stored(programme)
        gone = replace(stored, programme=replace(stored.programme, state=State.WITHDRAWN))
        uow.programmes.put(gone, expected_version=stored.programme.version)
        uow.issue.want([LANG_MOI, GO_SIM, DONG_BANG])

    store.edit = withdraw
    issuing.issue_wanted(store, radio.clock, sealing)
    radio.store = store
    assert "Tạm ngừng cấp điện" in titles(radio)
    assert not mark(radio).settled

    radio.clock.advance(timedelta(seconds=1))
    issuing.issue_wanted(store, radio.clock, sealing)

    assert "Tạm ngừng cấp điện" not in titles(radio)


def test_a_crash_before_storing_leaves_the_zone_wanted(radio: Radio) -> None:
    class Broken(FakeSealing):
        def seal(self, message: object) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        issue(radio, Broken())

    assert mark(radio).wanted != mark(radio).planned_from


def test_a_rundown_too_large_for_the_wire_leaves_the_last_one_and_holds_up_nobody(radio: Radio) -> None:
    class TooLarge(FakeSealing):
        def seal(self, message: Message) -> bytes:
            if message.audience == audience_of_zone(LANG_MOI):
                raise WireError("wire.too_large", size=70_000, limit=65_536)
            return super().seal(message)

    assert issue(radio, TooLarge()) == 3

    assert (mark(radio).issued_revision, mark(radio).planned_from) == (0, mark(radio).wanted)


def test_a_station_without_regulation_stays_silent_and_holds_up_nobody(radio: Radio, sealing: FakeSealing) -> None:
    del radio.store.kept.regulations[SON_HA, next(n for s, n in radio.store.kept.regulations if s == SON_HA)]

    assert issue(radio, sealing) == 1

    assert mark(radio, NEIGHBOURS).issued_revision > 0
    assert mark(radio).wanted == mark(radio).planned_from
    assert mark(radio).issued_revision == 0


@dataclass
class Midnight:
    """The night from Monday to Tuesday."""

    radio: Radio
    sealing: FakeSealing

    def wanted_at(self, hour: int, minute: int = 0) -> int:
        self.radio.at(local(hour, minute, day=MONDAY + DAY))
        return issuing.want_new_day(self.radio.store, self.radio.clock)


@pytest.fixture
def midnight(radio: Radio, sealing: FakeSealing) -> Midnight:
    issue(radio, sealing)
    return Midnight(radio, sealing)


def test_nothing_is_issued_again_on_the_same_day(midnight: Midnight) -> None:
    midnight.radio.at(local(23, 59))

    assert issuing.want_new_day(midnight.radio.store, midnight.radio.clock) == 0


def test_a_new_day_is_not_issued_at_midnight_for_all_at_once(midnight: Midnight) -> None:
    assert midnight.wanted_at(0, 10) == 0

    assert [midnight.wanted_at(hour) for hour in (1, 2, 3)].count(4) == 0


def test_before_the_first_session_every_zone_has_the_new_day(midnight: Midnight) -> None:
    assert midnight.wanted_at(3, 30) == 4

    assert issue(midnight.radio, midnight.sealing) == 4
    assert in_force(midnight.radio).covers == Span(local(0) + DAY, local(0) + 10 * DAY)
    assert issuing.want_new_day(midnight.radio.store, midnight.radio.clock) == 0


def test_a_zone_already_wanted_is_not_wanted_twice(midnight: Midnight) -> None:
    midnight.wanted_at(3, 30)

    assert midnight.wanted_at(3, 31) == 0
