"""The conductor on PostgreSQL, whose server falls over while it works."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schedules.wire import topics
from tests.contracts.samples import POLE, ZONE
from tests.server.centre import Centre
from tests.server.line import Line, eventually, line_to
from tests.services.mosquitto import Mosquitto
from tests.services.postgresql import PostgreSQL

pytestmark = [pytest.mark.mosquitto, pytest.mark.postgresql, pytest.mark.realtime, pytest.mark.slow]

ACKNOWLEDGED, AS_RUN = (topics.of_loudspeaker(POLE, leaf) for leaf in ("acknowledged", "as-run"))


@pytest.fixture
def centre(tmp_path: Path, mosquitto: Mosquitto, postgresql_url: str) -> Iterator[Centre]:
    made = Centre(tmp_path, mosquitto.port, database=postgresql_url)
    yield made
    made.store.close()


@pytest.fixture
def line(mosquitto: Mosquitto) -> Iterator[Line]:
    with line_to(mosquitto.port) as opened:
        yield opened


def test_a_server_that_was_killed_ends_nothing_and_no_report_is_lost(
    centre: Centre, line: Line, postgresql: PostgreSQL, caplog: pytest.LogCaptureFixture
) -> None:
    with centre.conducted():
        assert centre.settles()
        postgresql.kill()
        line.say(AS_RUN, centre.report(3))
        assert eventually(lambda: "step_failed step=publish" in caplog.text)
        assert line.of(ACKNOWLEDGED) == []
        postgresql.start()

        assert line.hears(ACKNOWLEDGED)
        assert centre.heard() == 3
        centre.orders_silence()
        assert line.hears(topics.zone_silence(ZONE))
