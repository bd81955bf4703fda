"""Days whose parts were kept from an earlier look are those that are made anew, whatever changed meanwhile."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schedules.ids import UnitId
from schedules.times import DAY
from schedules.wire.messages import NowPlaying
from server.services import programmes, sessions
from server.services.composed_day import Composed
from server.services.day import Day
from tests.fakes.schedules import FakeSchedules
from tests.server.services.radio import (
    APPROVER,
    GATE,
    GO_SIM,
    LANG_MOI,
    MARKET,
    MONDAY,
    OFFICER,
    SON_HA,
    Radio,
    in_notices,
    local,
)

FIRST = MONDAY - 2 * DAY
TITLE = "Lịch tiêm chủng"


class Keeping:
    """As the database does it: what comes out as it was before stays, with all that was worked out of it."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401 -- whatever is kept
        made = make()
        if self._kept.get(key) != made:
            self._kept[key] = made
        return self._kept[key]


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> Keeping:
    keeping = Keeping()
    monkeypatch.setattr(FakeSchedules, "kept", lambda _, key, make: keeping.kept(key, make))
    return keeping


@pytest.fixture
def wednesday(radio: Radio, keeping: Keeping) -> Radio:
    """A notice sounds on every day of a week; it is Wednesday, before the morning's session."""
    radio.airs(TITLE, wish=in_notices(LANG_MOI, GO_SIM))
    radio.release_templates()
    radio.issue()
    radio.at(local(5, day=MONDAY + 2 * DAY))
    radio.issue()
    return radio


def shown(radio: Radio) -> tuple[Day, ...]:
    days = [FIRST + number * DAY for number in range(9)]
    return sessions.days_of(radio.store, radio.clock, OFFICER, SON_HA, days=days)


def made_anew(radio: Radio) -> tuple[Day, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeSchedules, "kept", lambda _, __, make: make())
        return shown(radio)


def edits(radio: Radio) -> None:
    stored = radio.stored(_notices(radio)[0])
    programme = replace(stored.programme, title="Tiêm chủng đợt hai")
    with radio.store.writing() as uow:
        uow.programmes.put(replace(stored, programme=programme), expected_version=programme.version)
        uow.commit()


def withdraws(radio: Radio) -> None:
    stored = radio.stored(_notices(radio)[0])
    programmes.withdraw(
        radio.store, radio.clock, APPROVER, stored.programme.id, version=stored.programme.version, reason="Hoãn"
    )


def hears_of_monday(radio: Radio) -> None:
    item = next(each for each in _items(radio) if each.starts_at < local(0, day=MONDAY + DAY))
    radio.hears(item, GATE, LANG_MOI)


def hears_half_of_the_morning(radio: Radio) -> None:
    radio.at(local(7, day=MONDAY + 2 * DAY))
    item = next(each for each in _items(radio) if each.starts_at > local(0, day=MONDAY + 2 * DAY))
    radio.hears(item, GATE, LANG_MOI, share=0.5)


def is_told_that_nothing_sounded(radio: Radio) -> None:
    radio.reports_until(GATE, local(0, day=MONDAY + 2 * DAY))


def plays(radio: Radio) -> None:
    item = next(each for each in _items(radio) if each.starts_at > local(0, day=MONDAY + 2 * DAY))
    radio.at(item.starts_at + timedelta(seconds=10))
    playing = NowPlaying(occurrence=item.occurrence, title=item.title, position_ms=10_000)
    radio.speaks(GATE, playing=playing)


def retires_a_loudspeaker(radio: Radio) -> None:
    with radio.store.writing() as uow:
        known = uow.places.loudspeaker(MARKET)
        assert known
        uow.places.put_loudspeaker(replace(known, retired_at=radio.now()))
        uow.commit()


def renames_a_zone(radio: Radio) -> None:
    with radio.store.writing() as uow:
        zone = uow.places.zone(LANG_MOI)
        assert zone
        uow.places.put_zone(replace(zone, name="Làng Cũ"))
        uow.commit()


def publishes(radio: Radio) -> None:
    for zone, mark in radio.store.kept.marks.items():
        radio.store.kept.marks[zone] = replace(mark, planned_from=mark.wanted, published_revision=mark.issued_revision)


def issues_again(radio: Radio) -> None:
    radio.airs("Mời họp dân", wish=in_notices(LANG_MOI, first=MONDAY + 2 * DAY))
    radio.issue()


def goes_on_by(length: timedelta) -> Callable[[Radio], None]:
    return lambda radio: radio.clock.advance(length)


@pytest.mark.parametrize(
    "change",
    [
        edits,
        withdraws,
        hears_of_monday,
        hears_half_of_the_morning,
        is_told_that_nothing_sounded,
        plays,
        retires_a_loudspeaker,
        renames_a_zone,
        publishes,
        issues_again,
        goes_on_by(timedelta(minutes=43, seconds=1)),
        goes_on_by(timedelta(hours=19)),
        goes_on_by(timedelta(hours=26)),
        goes_on_by(3 * DAY),
    ],
)
def test_what_changed_is_seen_in_what_was_kept(wednesday: Radio, change: Callable[[Radio], None]) -> None:
    before = shown(wednesday)

    change(wednesday)

    after = shown(wednesday)
    assert after == made_anew(wednesday)
    assert [each.mark for each in after] == [each.mark for each in made_anew(wednesday)]
    assert after != before


def test_days_that_changed_have_another_mark_and_the_rest_has_the_same(wednesday: Radio) -> None:
    before = {each.day: each.mark for each in shown(wednesday)}

    hears_of_monday(wednesday)

    after = {each.day: each.mark for each in shown(wednesday)}
    assert {day for day in after if after[day] != before[day]} == {MONDAY}


def test_only_the_days_around_now_are_put_together_again(wednesday: Radio, monkeypatch: pytest.MonkeyPatch) -> None:
    shown(wednesday)
    made = []

    class Noting(Composed):
        def day(self, station: UnitId) -> Day:
            found = super().day(station)
            made.append(found.day)
            return found

    monkeypatch.setattr(sessions, "Composed", Noting)

    wednesday.clock.advance(timedelta(seconds=1))
    shown(wednesday)

    assert made == [MONDAY + 2 * DAY, MONDAY + 3 * DAY]


def _notices(radio: Radio) -> list[Any]:
    with radio.store.reading() as uow:
        return [each.programme.id for each in uow.programmes.all() if each.programme.title == TITLE]


def _items(radio: Radio) -> list[Any]:
    return [
        item
        for (zone, _), item in sorted(radio.store.kept.planned.items(), key=lambda each: each[1].starts_at)
        if zone == LANG_MOI and item.title == TITLE
    ]
