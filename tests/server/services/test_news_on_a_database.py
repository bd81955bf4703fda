"""News on the real stores, of what another process wrote: every row that is evidence is a leaf by itself there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from server.services import silence
from server.services.news import News, Watch
from server.store import SqlStore, open_as_it_is
from tests.contracts.test_emergencies import STORED
from tests.fakes.store import FakeStore
from tests.server.services.radio import GATE, OFFICER, OVER_THERE, QUANG_NGAI, SON_HA, SON_LINH, Radio

HERE = frozenset({SON_HA, QUANG_NGAI})


@pytest.fixture
def radio(tmp_path: Path, database: SqlStore) -> Radio:
    # Radio's verbs use the port only.
    return Radio(uploads=tmp_path, store=cast("FakeStore", database))


@pytest.fixture
def watch(radio: Radio, database_url: str) -> Iterator[Watch]:
    """Another connection, as the web process has one while the conductor writes."""
    looked_at = open_as_it_is(database_url)
    yield Watch(looked_at, radio.clock)
    looked_at.close()


def test_what_a_loudspeaker_says_elsewhere_is_seen(radio: Radio, watch: Watch) -> None:
    assert watch.look(0) == News()

    radio.speaks(GATE)
    assert watch.look(1) == News(HERE)

    radio.at(radio.now() + timedelta(hours=1))
    radio.speaks(OVER_THERE)
    assert watch.look(2) == News(frozenset({SON_LINH, QUANG_NGAI}))
    assert watch.look(3) == News()


def test_a_rundown_is_seen_when_it_was_issued(radio: Radio, watch: Watch) -> None:
    radio.release_templates()
    watch.look(0)

    radio.issue()

    assert watch.look(1).units >= HERE


def test_silence_and_an_emergency_are_seen(radio: Radio, watch: Watch) -> None:
    silence.order(radio.store, radio.clock, OFFICER, unit=SON_HA)
    assert watch.look(0) == News(HERE)

    with radio.store.writing() as uow:
        uow.emergencies.add(STORED)
        uow.commit()
    assert watch.look(1) == News(lane=True)
