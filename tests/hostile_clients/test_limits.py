"""How much a device in hostile hands can send, have kept for it, and hold: the broker stays well for all others."""

import pytest

from schedules.wire import topics
from schedules.wire.codec import PAYLOAD_LIMIT
from tests.contracts.samples import OTHER_POLE, OTHER_ZONE, POLE, ZONE
from tests.hostile_clients.province import Province

pytestmark = [pytest.mark.mosquitto, pytest.mark.slow]

REPORT = topics.of_loudspeaker(POLE, "as-run")
MORE_THAN_ARE_KEPT = 11_000


def test_the_largest_payload_passes_and_a_larger_one_ends_the_connection(province: Province) -> None:
    with province.visited_by(province.device) as device, province.conducted() as conductor:
        assert conductor.may_listen("radio/v1/#")

        assert device.may_say(REPORT, b"x" * PAYLOAD_LIMIT)
        device.say(REPORT, b"x" * 400_000)

        assert device.is_thrown_out()
        assert [len(payload) for _, payload in conductor.heard()] == [PAYLOAD_LIMIT]


def test_what_waits_for_a_device_that_is_away_is_bounded_and_harms_nobody(province: Province) -> None:
    with province.visited_by(province.device, session=True) as hoarder:
        assert hoarder.may_listen(topics.rundown(ZONE))
        hoarder.falls_silent()

    with province.conducted() as conductor, province.visited_by(province.other) as other:
        conductor.say(topics.rundown(ZONE), b"x", times=MORE_THAN_ARE_KEPT)
        assert other.may_listen(topics.rundown(OTHER_ZONE))
        assert conductor.may_listen(topics.of_loudspeaker(OTHER_POLE, "presence"))

        assert conductor.may_say(topics.rundown(OTHER_ZONE), b"for the other")
        assert other.may_say(topics.of_loudspeaker(OTHER_POLE, "presence"))

        assert other.heard() == [(topics.rundown(OTHER_ZONE), b"for the other")]
        assert conductor.heard() == [(topics.of_loudspeaker(OTHER_POLE, "presence"), b"x")]

    with province.visited_by(province.device, session=True) as back:
        assert back.resumed
        assert 9_000 < len(back.heard(within_s=1.0)) <= 10_020  # what waits, and what may be on its way
