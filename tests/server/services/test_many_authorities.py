"""All the authorities of a province at once: the lists hold, in their numbers too, and every word is published."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from schedules.emergency import Severity
from schedules.emergency_list import LIVE_LIMIT
from schedules.ids import UnitId
from schedules.unit import Unit, UnitLevel
from schedules.wire import topics
from schedules.wire.codec import written
from schedules.wire.emergency import EmergencyIssued, EmergencyListed
from schedules.wire.seal import unsealed
from server.emergency_records import EmergencyRequest
from server.errors import Unacceptable
from server.services.announcing import Announcing
from server.services.emergency_issue import LIST_BYTES
from server.store import SqlStore
from tests.fakes.broker import FakePublisher
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.fakes.voice import FakeVoice
from tests.server.services.alarm import asks, confirms, gives, listed
from tests.server.services.radio import EDITOR, PROVINCE_APPROVER, QUANG_NGAI, Radio

COMMUNES = [UnitId(f"xa-{number:02d}") for number in range(52)]


@pytest.fixture
def radio(tmp_path: Path, database: SqlStore) -> Radio:
    """A province of 52 more communes, on a real database; two people hold the right for all of it."""
    radio = Radio(uploads=tmp_path, store=cast("FakeStore", database))
    with radio.store.writing() as uow:
        uow.places.put_units(
            Unit(id=each, code=f"9{each}", name=f"Xã {each}", level=UnitLevel.COMMUNE, parent=QUANG_NGAI)
            for each in COMMUNES
        )
        uow.commit()
    gives(radio, EDITOR, PROVINCE_APPROVER, unit=QUANG_NGAI)
    return radio


def confirmed_at_once(radio: Radio, requests: list[EmergencyRequest]) -> list[str]:
    """Confirm requests from eight threads; give the codes of what was refused."""

    def confirm(request: EmergencyRequest) -> str:
        try:
            confirms(radio, request, by=PROVINCE_APPROVER)
        except Unacceptable as error:
            return error.code
        return ""

    with ThreadPoolExecutor(8) as threads:
        return [code for code in threads.map(confirm, requests) if code]


@pytest.mark.slow
def test_each_in_its_own_commune_is_listed_once_and_all_words_are_published(radio: Radio) -> None:
    requests = [asks(radio, each, by=EDITOR, texts={"vi": f"Nước lên ở {each}."}) for each in COMMUNES]

    assert confirmed_at_once(radio, requests) == []

    sealing, broker, announcing = FakeSealing(), FakePublisher(), Announcing(FakeVoice())
    announcing.publish_due(radio.store, radio.clock, sealing, broker)
    assert sorted(broker.topics) == sorted(map(topics.emergencies, COMMUNES))
    while announcing.speak_due(radio.store, radio.clock):
        announcing.publish_due(radio.store, radio.clock, sealing, broker)
    assert len(broker.topics) == len(COMMUNES)
    for commune in COMMUNES:
        told, _ = unsealed(broker.retained[topics.emergencies(commune)], sealing.trust)
        assert isinstance(told, EmergencyListed)
        (live,) = told.listed.live
        words, _ = unsealed(broker.retained[topics.emergency(commune, live.id)], sealing.trust)
        assert isinstance(words, EmergencyIssued)
        assert (words.audience, words.sha256) == (f"unit:{commune}", live.sha256)
        assert words.sound.decode(errors="ignore").endswith(f"{commune}.")


def test_for_the_whole_province_the_list_takes_six_and_the_others_are_told(radio: Radio) -> None:
    requests = [asks(radio, QUANG_NGAI, by=EDITOR, headline=f"Bản của {each}") for each in COMMUNES]

    refused = confirmed_at_once(radio, requests)

    province = listed(radio, QUANG_NGAI)
    assert refused == ["emergency.list_full"] * (len(COMMUNES) - LIVE_LIMIT)
    assert len(province.live) == LIVE_LIMIT
    assert len(written(province)) <= LIST_BYTES
    with radio.store.reading() as uow:
        assert {each.emergency.id for each in uow.emergencies.issued()} == {each.id for each in province.live}
        assert len(uow.emergencies.requests()) == len(COMMUNES) - LIVE_LIMIT
    with pytest.raises(Unacceptable, match=r"emergency\.list_full"):
        asks(radio, QUANG_NGAI, by=EDITOR, severity=Severity.EXTREME)


def test_numbers_of_a_list_grow_with_every_word_though_the_clock_stands(radio: Radio) -> None:
    numbers = []
    for _ in range(LIVE_LIMIT):
        confirms(radio, asks(radio, QUANG_NGAI, by=EDITOR), by=PROVINCE_APPROVER)
        numbers.append(listed(radio, QUANG_NGAI).number)

    assert numbers == sorted(set(numbers))
