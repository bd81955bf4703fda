"""What every store promises about the answers of stations to offers."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from schedules.ids import PlaceId, SlotId, UnitId
from schedules.way import Answer
from server.ports import Store
from tests.contracts.samples import COMMUNE, NOW, OFFICER, PROGRAMME, PROVINCE, SLOT, SLOTTED
from tests.fakes.kept import Dangling

REFUSED = Answer(
    slot=SLOT, station=COMMUNE, record="a" * 64, accepted=False, reason="Đã phát tuần trước", by=OFFICER, at=NOW
)
ACCEPTED = Answer(
    slot=SLOT,
    station=COMMUNE,
    record="b" * 64,
    accepted=True,
    places=(PlaceId("notices"), PlaceId("evening")),
    by=OFFICER,
    at=NOW + timedelta(minutes=1),
)
ELSEWHERE = Answer(slot=SLOT, station=PROVINCE, record="a" * 64, accepted=True, by=OFFICER, at=NOW)


@pytest.fixture
def offered(store: Store) -> Store:
    with store.writing() as uow:
        uow.programmes.put(PROGRAMME, expected_version=0)
        uow.programmes.put_slot(SLOTTED, expected_version=0)
        uow.commit()
    return store


def test_the_last_answer_of_each_station_counts(offered: Store) -> None:
    with offered.writing() as uow:
        for answer in (REFUSED, ELSEWHERE, ACCEPTED):
            uow.answers.add(answer)
        uow.commit()

    with offered.reading() as uow:
        assert list(uow.answers.newest()) == [ELSEWHERE, ACCEPTED]
        assert list(uow.answers.newest(stations=[COMMUNE])) == [ACCEPTED]
        assert list(uow.answers.newest(slots=[SLOT], stations=[PROVINCE])) == [ELSEWHERE]
        assert list(uow.answers.newest(slots=[])) == []


def test_a_refusal_comes_back_as_it_was_given(offered: Store) -> None:
    with offered.writing() as uow:
        uow.answers.add(REFUSED)
        uow.commit()

    with offered.reading() as uow:
        assert list(uow.answers.newest()) == [REFUSED]


@pytest.mark.parametrize(
    ("slot", "station"), [(SlotId("nothing"), COMMUNE), (SLOT, UnitId("nowhere"))], ids=["no slot", "no station"]
)
def test_an_answer_of_nobody_or_to_nothing_is_not_kept(offered: Store, slot: SlotId, station: UnitId) -> None:
    answer = Answer(slot=slot, station=station, record="a" * 64, accepted=True, by=OFFICER, at=NOW)

    with offered.writing() as uow, pytest.raises((IntegrityError, Dangling)):
        uow.answers.add(answer)
