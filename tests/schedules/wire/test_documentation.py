"""docs/wire-protocol.md names every message, field, topic, code and limit there is, and its example is true."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from schedules import wire
from schedules.asrun import AsRunEntry
from schedules.emergency import Exercise, Words
from schedules.emergency_list import Cancelled, Drill, EmergencyList, Live
from schedules.mark import Mark
from schedules.night import NightSilence
from schedules.regulation import Opening, Regulation, SessionRule, Suspension, VolumeRule
from schedules.wire import codec, strict, topics
from schedules.wire.command import Section
from schedules.wire.emergency import SOUND_LIMIT
from schedules.wire.kinds import SIGNED_BY, TYPES
from schedules.wire.messages import Channel, KeyRole, LedgerState, NowPlaying, SilenceObeyed, TrustedKey
from schedules.wire.seal import envelope_of, pre_authentication
from tests.schedules.wire.samples import POLE, STATE, UNIT, ZONE

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "wire-protocol.md").read_text(encoding="utf-8")
NESTED = (
    AsRunEntry,
    Mark,
    TrustedKey,
    Channel,
    NowPlaying,
    Section,
    LedgerState,
    SilenceObeyed,
    Regulation,
    SessionRule,
    VolumeRule,
    Opening,
    Suspension,
    NightSilence,
    EmergencyList,
    Live,
    Cancelled,
    Drill,
    Exercise,
    Words,
)
SENT = [
    topics.trust(0),
    topics.rundown(ZONE),
    topics.zone_silence(ZONE),
    topics.unit_silence(UNIT),
    topics.emergencies(UNIT),
    topics.emergency(UNIT, "{id}"),
    *(topics.of_loudspeaker(POLE, leaf) for leaf in ("assignment", "acknowledged", "current", "command")),
    *(topic.replace("+", POLE) for topic in topics.FROM_AGENTS),
]


@pytest.mark.parametrize("kind", [*TYPES.values(), *NESTED], ids=lambda kind: kind.__name__)
def test_every_field_is_named(kind: type) -> None:
    assert all(f"`{field.name}`" in PAGE for field in fields(kind))


def test_every_message_has_a_row_with_the_key_that_signs_it() -> None:
    for name, kind in TYPES.items():
        role = "root keys" if SIGNED_BY[kind] is KeyRole.ROOT else f"{SIGNED_BY[kind]} key"
        assert re.search(rf"\| `{name}` \| {role} \|", PAGE)


@pytest.mark.parametrize("topic", SENT)
def test_every_topic_has_a_row(topic: str) -> None:
    general = topic.replace(f"/{ZONE}/", "/{zone}/").replace(f"/{UNIT}/", "/{unit}/").replace(f"/{POLE}/", "/{id}/")

    assert f"| `{general.replace('trust/0', 'trust/{number}')}` |" in PAGE


def test_every_code_is_explained() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(wire.__file__).parent.glob("*.py"))
    codes = set(re.findall(r'WireError\("([a-z_.]+)"', sources))

    assert len(codes) > 20
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []


def test_the_limits_are_those_of_the_code() -> None:
    for limit in (codec.PAYLOAD_LIMIT, codec.RUNDOWN_LIMIT, codec.INFLATED_LIMIT, SOUND_LIMIT):
        assert f"| {limit} bytes |" in PAGE
    assert f"| {strict.DEPTH_LIMIT} |" in PAGE
    assert strict.LARGEST == 2**53 - 1


def test_the_example_is_the_golden_file() -> None:
    data = (ROOT / "tests" / "wire" / "golden" / "SilenceOrdered-least.envelope").read_bytes()
    envelope = envelope_of(data)
    flat = re.sub(r"\n {20,}", "", PAGE)

    assert f"{len(data)} bytes; the order" in PAGE
    assert envelope.payload.decode() in flat
    assert data[6 : -len(envelope.payload)].decode() in flat
    assert STATE.public in PAGE
    signed = pre_authentication(envelope.type, envelope.payload)
    assert f"`{signed[: -len(envelope.payload)].decode()}`" in PAGE
