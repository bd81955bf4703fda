"""What every store promises about counted days and saved views."""

from dataclasses import replace
from datetime import date

from schedules.ids import PersonId, ZoneId
from schedules.reconciliation import Verdict
from schedules.times import DAY
from server.inspection_records import SavedView, Tally
from server.ports import Store
from tests.contracts.samples import COMMUNE, MINUTE, NOW, OFFICER, PEOPLE, PROVINCE

MONDAY = date(2026, 11, 23)
TALLY = Tally(
    station=COMMUNE,
    day=MONDAY,
    counts={Verdict.CONFIRMED: 12, Verdict.MISSED: 1},
    counted_at=NOW,
    zones={Verdict.MISSED: frozenset({ZoneId("zone-1")})},
    leaves=7,
)


def test_a_day_counted_again_takes_the_place_of_what_was_counted(store: Store) -> None:
    again = replace(TALLY, counts={Verdict.CONFIRMED: 13}, zones={}, leaves=8, counted_at=NOW + MINUTE)
    tomorrow = replace(TALLY, day=MONDAY + DAY, zones=None)
    with store.writing() as uow:
        uow.tallies.put([TALLY, tomorrow])
        uow.tallies.put([again])
        uow.commit()

    with store.reading() as uow:
        assert list(uow.tallies.inside([COMMUNE], MONDAY, MONDAY + DAY)) == [again, tomorrow]
        assert list(uow.tallies.inside([COMMUNE], MONDAY, MONDAY)) == [again]
        assert list(uow.tallies.inside([PROVINCE], MONDAY, MONDAY)) == []


def test_a_doubted_day_is_settled_once_it_is_counted_again(store: Store) -> None:
    with store.writing() as uow:
        uow.tallies.put([TALLY, replace(TALLY, day=MONDAY + DAY), replace(TALLY, day=MONDAY - 9 * DAY)])
        uow.tallies.doubt([MONDAY])
        uow.commit()

    with store.writing() as uow:
        assert uow.tallies.settled(MONDAY) == {MONDAY + DAY}
        assert [each.doubtful for each in uow.tallies.inside([COMMUNE], MONDAY, MONDAY + DAY)] == [True, False]
        uow.tallies.put([TALLY])
        assert uow.tallies.settled(MONDAY) == {MONDAY, MONDAY + DAY}


def test_views_are_their_person_s_own_and_one_a_name(store: Store) -> None:
    mine = SavedView(person=OFFICER, name="Hôm qua", query="a?b=1")
    another = replace(PEOPLE, id=PersonId("person-9"), login="another")
    with store.writing() as uow:
        uow.people.put(PEOPLE)
        uow.people.put(another)
        uow.views.put(replace(mine, query="a?b=0"))
        uow.views.put(mine)
        uow.views.put(replace(mine, name="An"))
        uow.views.put(replace(mine, person=another.id))
        uow.commit()

    with store.writing() as uow:
        assert [each.name for each in uow.views.of(OFFICER)] == ["An", "Hôm qua"]
        assert uow.views.of(OFFICER)[1] == mine
        uow.views.remove(OFFICER, "An")
        uow.views.remove(OFFICER, "An")
        assert [each.name for each in uow.views.of(OFFICER)] == ["Hôm qua"]
        assert len(uow.views.of(another.id)) == 1
