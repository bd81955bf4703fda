"""What is not genuine, or not a loudspeaker's own, is refused and leaves no trace."""

import json
from dataclasses import replace

import pytest

from schedules.errors import WireError
from schedules.mark import MarkKind
from schedules.wire.codec import PAYLOAD_LIMIT, encoded
from schedules.wire.messages import (
    SilenceOrdered,
)
from schedules.wire.seal import SigningKey, seal_payload, sealed
from server.services import ingest
from tests.contracts import samples
from tests.contracts.samples import (
    NOW,
    OTHER_POLE,
    POLE,
    chain,
)
from tests.server.services.receiving import MINE, THEIRS, Centre, marks, replaced, report


@pytest.fixture
def centre() -> Centre:
    return Centre()


def test_a_mark_of_another_loudspeaker_is_refused_with_its_report(centre: Centre) -> None:
    stranger = replace(marks(MarkKind.HOURLY, after=chain(1)[0])[0], loudspeaker=OTHER_POLE)

    with pytest.raises(WireError, match=r"wire\.wrong_sender"):
        centre.hears("as-run", report(marks=(stranger,)))

    assert not centre.marks()


def test_a_device_of_another_loudspeaker_speaks_for_its_own_alone(centre: Centre) -> None:
    replaced(centre, NOW)

    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        centre.hears("as-run", report(*chain(1)), key=THEIRS)


def test_a_retired_loudspeaker_is_no_longer_present(centre: Centre) -> None:
    with centre.store.writing() as uow:
        known = uow.places.loudspeaker(POLE)
        assert known is not None
        uow.places.put_loudspeaker(replace(known, retired_at=NOW))
        uow.commit()

    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        centre.hears("presence", samples.presence(1))


GENUINE = sealed(report(*chain(2)), MINE)


@pytest.mark.parametrize(
    ("leaf", "data", "code"),
    [
        ("as-run", b"", "wire.unreadable"),
        ("as-run", b"{}", "wire.unreadable"),
        ("as-run", b"CRW\x02" + GENUINE[4:], "wire.unknown_version"),
        ("as-run", GENUINE[:-1], "wire.bad_signature"),
        ("as-run", GENUINE.replace("Mục o1".encode(), "Mùc o1".encode()), "wire.bad_signature"),
        ("as-run", sealed(report(*chain(2)), THEIRS), "wire.unknown_key"),
        ("as-run", sealed(report(*chain(2)), SigningKey(MINE.key, bytes(32))), "wire.bad_signature"),
        ("as-run", sealed(report(*chain(2), audience="all"), MINE), "wire.wrong_audience"),
        ("presence", GENUINE, "wire.wrong_topic"),
        ("as-run", sealed(samples.presence(1), MINE), "wire.wrong_topic"),
        ("as-run", seal_payload("Presence", encoded(report(*chain(2))), [MINE]), "wire.unreadable"),
        ("as-run", seal_payload("Nonsense", b"{}", [MINE]), "wire.unknown_type"),
        (
            "as-run",
            sealed(SilenceOrdered(audience="server", number=1, issued=NOW, ordered=True), MINE),
            "wire.wrong_role",
        ),
        ("as-run", sealed(report(replace(chain(1)[0], loudspeaker=OTHER_POLE)), MINE), "wire.wrong_sender"),
        ("as-run", bytes(10_000_000), "wire.too_large"),
        ("as-run", sealed(report(*chain(2), journal="journal-b"), MINE), "wire.wrong_sender"),
        ("as-run", seal_payload("AsRunReport", b" " * (PAYLOAD_LIMIT + 1), [MINE]), "wire.too_large"),
        ("as-run", seal_payload("AsRunReport", b"[" * 100_000, [MINE]), "wire.unreadable"),
    ],
)
def test_what_is_not_genuine_is_refused_and_leaves_no_trace(centre: Centre, leaf: str, data: bytes, code: str) -> None:
    commits = centre.store.commits

    with pytest.raises(WireError) as refused:
        centre.takes(leaf, data)

    assert refused.value.code == code
    assert (centre.store.commits, centre.broker.published) == (commits, [])


def test_a_message_on_another_loudspeakers_topic_is_refused(centre: Centre) -> None:
    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        centre.takes("as-run", GENUINE, loudspeaker=OTHER_POLE)


def test_nobody_speaks_for_a_loudspeaker_without_a_device(centre: Centre) -> None:
    with centre.store.writing() as uow:
        uow.places.put_loudspeaker(replace(samples.LOUDSPEAKERS[0], public_key=""))
        uow.commit()

    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        centre.takes("as-run", GENUINE)


@pytest.mark.parametrize("topic", ["radio/v1/loudspeakers/stranger/as-run", "radio/v1/marker", "", "a/b"])
def test_a_stranger_is_refused(centre: Centre, topic: str) -> None:
    with pytest.raises(WireError, match=r"wire\.unknown_sender"):
        ingest.take_in(centre.store, centre.clock, centre.sealing, centre.broker, topic, GENUINE)


def test_fields_a_newer_agent_adds_are_ignored(centre: Centre) -> None:
    facts = json.loads(encoded(report(*chain(2)))) | {"microphone": {"level": 3}}

    centre.takes("as-run", seal_payload("AsRunReport", json.dumps(facts).encode(), [MINE]))

    assert len(centre.kept()) == 2
