"""Topics and the audience each one speaks to."""

import pytest

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.wire import topics

POLE, ZONE, UNIT = LoudspeakerId("loa-1"), ZoneId("lang-moi"), UnitId("son-ha")

AUDIENCES = {
    topics.trust(3): "all",
    topics.rundown(ZONE): topics.audience_of_zone(ZONE),
    topics.zone_silence(ZONE): topics.audience_of_zone(ZONE),
    topics.unit_silence(UNIT): topics.audience_of_unit(UNIT),
    topics.emergencies(UNIT): topics.audience_of_unit(UNIT),
    topics.emergency(UNIT, "lu-quet"): topics.audience_of_unit(UNIT),
    topics.of_loudspeaker(POLE, "assignment"): topics.audience_of_loudspeaker(POLE),
    topics.of_loudspeaker(POLE, "acknowledged"): topics.audience_of_loudspeaker(POLE),
    topics.of_loudspeaker(POLE, "current"): topics.audience_of_loudspeaker(POLE),
    topics.of_loudspeaker(POLE, "command"): topics.audience_of_loudspeaker(POLE),
    topics.of_loudspeaker(POLE, "receipt"): "server",
    topics.of_loudspeaker(POLE, "as-run"): "server",
    topics.of_loudspeaker(POLE, "presence"): "server",
    topics.of_loudspeaker(POLE, "challenge"): "server",
    topics.of_loudspeaker(POLE, "answer"): "server",
}


@pytest.mark.parametrize(("topic", "audience"), AUDIENCES.items(), ids=AUDIENCES)
def test_a_topic_speaks_to_one_audience(topic: str, audience: str) -> None:
    assert topics.audience(topic) == audience


def test_topics_are_written_as_the_page_says() -> None:
    assert topics.rundown(ZONE) == "radio/v1/zones/lang-moi/rundown"
    assert topics.audience(topics.zone_silence(ZONE)) == "zone:lang-moi"
    assert topics.audience(topics.unit_silence(UNIT)) == "unit:son-ha"
    assert topics.audience(topics.of_loudspeaker(POLE, "current")) == "loudspeaker:loa-1"
    assert topics.MARKER == "radio/v1/marker"


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "radio/v1",
        "radio/v1/",
        "radio/v1/marker",
        "radio/v2/zones/lang-moi/rundown",
        "zones/lang-moi/rundown",
        "x/radio/v1/zones/lang-moi/rundown",
        "radio/v1/zones/lang-moi/rundown/x",
        "radio/v1/zones/lang-moi/assignment",
        "radio/v1/units/son-ha/rundown",
        "radio/v1/loudspeakers/loa-1/rundown",
    ],
)
def test_a_topic_that_is_not_ours_speaks_to_nobody(topic: str) -> None:
    assert topics.audience(topic) == ""


def test_a_trust_list_is_numbered_by_its_topic() -> None:
    assert topics.trust_number(topics.trust(17)) == 17
    for topic in (
        "radio/v1/trust/",
        "radio/v1/trust/-1",
        "radio/v1/trust/٣",
        "radio/v1/trust/1234567890",
        "trust/1",
        "",
    ):
        assert topics.trust_number(topic) == 0


def test_a_loudspeakers_own_topics_name_it() -> None:
    assert topics.sender(topics.of_loudspeaker(POLE, "as-run")) == POLE
    for topic in (topics.rundown(ZONE), "loudspeakers/loa-1/as-run", "radio/v1/loudspeakers/loa-1", ""):
        assert topics.sender(topic) is None


def test_an_agent_subscribes_to_itself_its_zone_the_units_above_and_the_trust_lists() -> None:
    own = [topics.of_loudspeaker(POLE, leaf) for leaf in ("assignment", "acknowledged", "current", "command")]

    assert topics.for_agent(POLE, None, ()) == ("radio/v1/trust/+", *own)
    assert topics.for_agent(POLE, ZONE, (UNIT, UnitId("quang-ngai"))) == (
        "radio/v1/trust/+",
        *own,
        "radio/v1/zones/lang-moi/rundown",
        "radio/v1/zones/lang-moi/silence",
        "radio/v1/units/son-ha/silence",
        "radio/v1/units/quang-ngai/silence",
        "radio/v1/units/son-ha/emergencies",
        "radio/v1/units/son-ha/emergencies/+",
        "radio/v1/units/quang-ngai/emergencies",
        "radio/v1/units/quang-ngai/emergencies/+",
    )


def test_one_level_at_the_end_may_be_any() -> None:
    known = topics.for_agent(POLE, ZONE, (UNIT,))

    assert topics.is_among(topics.emergencies(UNIT), known)
    assert topics.is_among(topics.emergency(UNIT, "lu-quet"), known)
    assert topics.is_among(topics.trust(3), known)
    for other in (
        "units/x/emergencies",
        "units/x/emergencies/a",
        "units/son-ha/emergencies/a/b",
        "units/son-ha/x",
    ):
        assert not topics.is_among(f"radio/v1/{other}", known)


def test_the_conductor_hears_what_agents_say_and_nothing_it_says_itself() -> None:
    heard = {topic.rsplit("/", 1)[1] for topic in topics.FROM_AGENTS}

    assert heard == {topic.rsplit("/", 1)[1] for topic, audience in AUDIENCES.items() if audience == "server"}
