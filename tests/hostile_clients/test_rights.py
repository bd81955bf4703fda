"""What a device may say and hear at the broker in production form: its own, and nothing of anybody else's."""

import pytest

from schedules.wire import topics
from tests.contracts.samples import COMMUNE, OTHER_POLE, OTHER_ZONE, POLE, PROVINCE, ZONE
from tests.hostile_clients.province import Province

pytestmark = pytest.mark.mosquitto

OWN = topics.for_agent(POLE, ZONE, (COMMUNE, PROVINCE))
SPOKEN = topics.from_agent(POLE)
EVIDENCE = topics.of_loudspeaker(OTHER_POLE, "as-run")
WILDCARDS = (
    "#",
    "+/#",
    "radio/#",
    "radio/v1/#",
    "radio/v1/+/+/rundown",
    "radio/v1/zones/+/rundown",
    "radio/v1/zones/#",
    f"radio/v1/zones/{ZONE}/+",
    f"radio/v1/zones/{ZONE}/#",
    "radio/v1/units/+/silence",
    f"radio/v1/units/{COMMUNE}/#",
    "radio/v1/loudspeakers/+/as-run",
    "radio/v1/loudspeakers/+/assignment",
    f"radio/v1/loudspeakers/{POLE}/#",
    f"radio/v1/loudspeakers/{POLE}/+",
    "radio/v1/trust/#",
    "$SYS/#",
    "$SYS/broker/version",
    "$CONTROL/#",
    "$CONTROL/dynamic-security/v1/response",
    f"$share/thieves/radio/v1/zones/{ZONE}/rundown",
    f"$share/thieves/radio/v1/zones/{OTHER_ZONE}/rundown",
    "$share/thieves/#",
)


@pytest.mark.parametrize("topic", OWN)
def test_a_device_listens_to_each_of_its_own_topics(standing: Province, topic: str) -> None:
    said = topic.replace("+", "7")
    with standing.visited_by(standing.device) as device, standing.conducted() as conductor:
        assert device.may_listen(topic)

        assert conductor.may_say(said)

        assert device.heard() == [(said, b"x")]


@pytest.mark.parametrize("topic", SPOKEN)
def test_a_device_speaks_on_each_of_its_own_topics(standing: Province, topic: str) -> None:
    with standing.visited_by(standing.device) as device, standing.conducted() as conductor:
        assert conductor.may_listen("radio/v1/#")

        assert device.may_say(topic)

        assert conductor.heard() == [(topic, b"x")]


@pytest.mark.parametrize("topic", WILDCARDS)
def test_no_wildcard_is_granted(standing: Province, topic: str) -> None:
    with standing.visited_by(standing.device) as hostile:
        assert not hostile.may_listen(topic)


@pytest.mark.parametrize(
    "topic",
    [
        *topics.for_zone(OTHER_ZONE, ()),
        *topics.for_loudspeaker(OTHER_POLE),
        *topics.from_agent(OTHER_POLE),
        topics.MARKER,
    ],
)
def test_nothing_of_others_is_heard(standing: Province, topic: str) -> None:
    """Neither asked for by its name, nor by subscriptions that were refused."""
    with standing.visited_by(standing.device) as hostile, standing.conducted() as conductor:
        assert not hostile.may_listen(topic)
        for wildcard in WILDCARDS[:4]:
            assert not hostile.may_listen(wildcard)

        assert conductor.may_say(topic)

        assert hostile.heard() == []


@pytest.mark.parametrize(
    "topic",
    [
        topics.rundown(ZONE),
        topics.zone_silence(ZONE),
        topics.unit_silence(COMMUNE),
        topics.trust(2),
        *topics.for_loudspeaker(POLE),
        *topics.from_agent(OTHER_POLE),
        topics.MARKER,
        f"radio/v1/loudspeakers/{POLE}/as-run/more",
        f"radio/v1/loudspeakers/{POLE}",
        "$CONTROL/dynamic-security/v1",
        "$SYS/broker/version",
        "elsewhere",
    ],
)
@pytest.mark.parametrize("retain", [False, True])
def test_a_device_cannot_give_orders_or_speak_for_others(standing: Province, topic: str, retain: bool) -> None:
    with standing.conducted() as conductor:
        assert conductor.may_listen("radio/v1/#")
        with standing.visited_by(standing.device) as hostile:
            assert not hostile.may_say(topic, retain=retain)

        assert conductor.heard(within_s=0.1) == []


def test_what_a_hostile_device_would_leave_behind_is_not_kept(standing: Province) -> None:
    """A retained message on a foreign topic would be there for everybody who comes later."""
    with standing.visited_by(standing.device) as hostile:
        assert not hostile.may_say(topics.rundown(OTHER_ZONE), b"forged", retain=True)

    with standing.visited_by(standing.other) as later:
        assert later.may_listen(topics.rundown(OTHER_ZONE))
        assert later.heard() == []


def test_the_rights_of_others_are_not_taken_by_a_command_to_the_broker(standing: Province) -> None:
    command = b'{"commands":[{"command":"addClientRole","username":"%s","rolename":"conductor"}]}'
    with standing.visited_by(standing.device) as hostile:
        assert not hostile.may_say("$CONTROL/dynamic-security/v1", command % standing.device.encode())

        assert not hostile.may_listen("radio/v1/#")


@pytest.mark.parametrize(
    ("will", "sent"),
    [
        (topics.of_loudspeaker(POLE, "presence"), True),
        (topics.of_loudspeaker(OTHER_POLE, "presence"), False),
        (topics.rundown(ZONE), False),
        (topics.of_loudspeaker(POLE, "assignment"), False),
    ],
)
def test_a_will_is_sent_only_where_the_device_may_speak(standing: Province, will: str, sent: bool) -> None:
    with standing.conducted() as conductor:
        assert conductor.may_listen("radio/v1/#")
        with standing.visited_by(standing.device, will=will) as device:
            device.falls_silent()

            assert conductor.heard(within_s=0.5) == ([(will, b"will")] if sent else [])


def test_the_evidence_of_another_device_is_not_read(standing: Province) -> None:
    with (
        standing.visited_by(standing.device) as hostile,
        standing.visited_by(standing.other) as other,
        standing.conducted() as conductor,
    ):
        assert conductor.may_listen("radio/v1/loudspeakers/+/as-run")
        for topic in (EVIDENCE, "radio/v1/loudspeakers/+/as-run", f"$share/thieves/{EVIDENCE}"):
            assert not hostile.may_listen(topic)

        assert other.may_say(EVIDENCE)

        assert conductor.heard() == [(EVIDENCE, b"x")]
        assert hostile.heard() == []
