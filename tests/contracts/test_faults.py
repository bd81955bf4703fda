"""What every store promises about faults that people see to."""

from dataclasses import replace
from datetime import timedelta

from server.fault_records import Ending, Fault, FaultKind, FaultOutcome
from server.ports import Store
from tests.contracts.samples import MINUTE, NOW, OFFICER, OTHER_POLE, POLE

HOUR = timedelta(hours=1)
FAULT = Fault(
    id="fault-1", loudspeaker=POLE, kind=FaultKind.NO_SOUND, note="Im từ sáng", by=OFFICER, at=NOW, alarm="alarm-1"
)
ENDING = Ending(outcome=FaultOutcome.REPAIRED, by=OFFICER, at=NOW + HOUR, done="Nối lại dây", parts="2 m dây loa")


def keep(store: Store, *faults: Fault) -> None:
    with store.writing() as uow:
        for each in faults:
            uow.faults.put(each)
        uow.commit()


def test_a_fault_is_open_until_it_was_ended(store: Store) -> None:
    older = replace(FAULT, id="fault-0", loudspeaker=OTHER_POLE, at=NOW - HOUR, alarm=None, note="")
    keep(store, FAULT, older)

    with store.reading() as uow:
        assert list(uow.faults.open()) == [older, FAULT]
        assert list(uow.faults.ended(since=NOW)) == []
        assert uow.faults.get("fault-9") is None

    ended = replace(FAULT, ending=ENDING)
    keep(store, ended)

    with store.reading() as uow:
        assert list(uow.faults.open()) == [older]
        assert uow.faults.get("fault-1") == ended
        assert list(uow.faults.ended(since=NOW + HOUR)) == [ended]
        assert list(uow.faults.ended(since=NOW + HOUR + MINUTE)) == []


def test_faults_are_found_by_their_loudspeakers_the_newest_first(store: Store) -> None:
    newer = replace(FAULT, id="fault-2", at=NOW + HOUR)
    keep(store, FAULT, newer, replace(FAULT, id="fault-3", loudspeaker=OTHER_POLE))

    with store.reading() as uow:
        assert list(uow.faults.of([POLE])) == [newer, FAULT]
        assert list(uow.faults.of([])) == []
