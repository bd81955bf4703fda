"""Topics of the broker and the audience each one speaks to.

It must not know paho. An agent checks a message's audience against the topic and its assignment.
"""

from collections.abc import Iterable

from schedules.ids import LoudspeakerId, UnitId, ZoneId

ROOT = "radio/v1"
MARKER = f"{ROOT}/marker"
"""The conductor's own retained note; when a broker has lost it, everything is published again."""
SERVER = "server"
"""Audience of what an agent sends."""


def trust(number: int) -> str:
    """Topic of one trust list."""
    return f"{ROOT}/trust/{number}"


def trust_number(topic: str) -> int:
    """Give the number in the topic of a trust list; 0 where there is none."""
    match _levels(topic):
        case ["trust", number] if number.isascii() and number.isdigit() and len(number) <= 9:
            return int(number)
    return 0


def rundown(zone: ZoneId) -> str:
    """Topic of a zone's rundown; retained."""
    return f"{ROOT}/zones/{zone}/rundown"


def zone_silence(zone: ZoneId) -> str:
    """Topic of the order of silence for a zone; retained."""
    return f"{ROOT}/zones/{zone}/silence"


def unit_silence(unit: UnitId) -> str:
    """Topic of the order of silence for a unit and all below it; retained."""
    return f"{ROOT}/units/{unit}/silence"


def emergencies(unit: UnitId) -> str:
    """Topic of the list of a unit's emergencies; retained."""
    return f"{ROOT}/units/{unit}/emergencies"


def emergency(unit: UnitId, which: str) -> str:
    """Topic of one emergency or exercise with its sound; retained while it lives."""
    return f"{ROOT}/units/{unit}/emergencies/{which}"


def of_loudspeaker(loudspeaker: LoudspeakerId, leaf: str) -> str:
    """Topic of one loudspeaker: its state, what it is told and what it says."""
    return f"{ROOT}/loudspeakers/{loudspeaker}/{leaf}"


def from_agent(loudspeaker: LoudspeakerId) -> tuple[str, ...]:
    """Topics on which one loudspeaker's agent speaks."""
    return tuple(of_loudspeaker(loudspeaker, leaf) for leaf in ("receipt", "as-run", "presence", "challenge", "answer"))


FROM_AGENTS = from_agent(LoudspeakerId("+"))
"""What the conductor subscribes to."""
FOR_EVERYBODY = (f"{ROOT}/trust/+",)
"""What every agent subscribes to."""


def audience_of_zone(zone: ZoneId) -> str:
    """Audience of what a zone's agents obey."""
    return f"zone:{zone}"


def audience_of_unit(unit: UnitId) -> str:
    """Audience of what every agent below a unit obeys."""
    return f"unit:{unit}"


def audience_of_loudspeaker(loudspeaker: LoudspeakerId) -> str:
    """Audience of what one agent obeys."""
    return f"loudspeaker:{loudspeaker}"


def audience(topic: str) -> str:
    """Give the audience a topic may carry messages for; the empty text for a topic that is not ours."""
    match _levels(topic):
        case ["trust", _]:
            return "all"
        case ["zones", zone, "rundown" | "silence"]:
            return f"zone:{zone}"
        case ["units", unit, "silence" | "emergencies"] | ["units", unit, "emergencies", _]:
            return f"unit:{unit}"
        case ["loudspeakers", loudspeaker, "assignment" | "acknowledged" | "current" | "command"]:
            return f"loudspeaker:{loudspeaker}"
        case ["loudspeakers", _, "receipt" | "as-run" | "presence" | "challenge" | "answer"]:
            return SERVER
    return ""


def sender(topic: str) -> LoudspeakerId | None:
    """Give the loudspeaker whose own topic this is; None where there is none."""
    match _levels(topic):
        case ["loudspeakers", loudspeaker, _]:
            return LoudspeakerId(loudspeaker)
    return None


def is_among(topic: str, subscriptions: Iterable[str]) -> bool:
    """Tell whether a topic is one of those subscribed to; a last level `+` stands for any one level."""
    known = set(subscriptions)
    return topic in known or f"{topic.rpartition('/')[0]}/+" in known


def for_loudspeaker(loudspeaker: LoudspeakerId) -> tuple[str, ...]:
    """Give the topics that are for one loudspeaker's agent alone."""
    return tuple(of_loudspeaker(loudspeaker, leaf) for leaf in ("assignment", "acknowledged", "current", "command"))


def for_zone(zone: ZoneId, units: Iterable[UnitId]) -> tuple[str, ...]:
    """Give the topics for all agents of a zone that obeys some units."""
    above = tuple(units)
    lane = (topic for unit in above for topic in (emergencies(unit), emergency(unit, "+")))
    return (rundown(zone), zone_silence(zone), *(unit_silence(unit) for unit in above), *lane)


def for_agent(loudspeaker: LoudspeakerId, zone: ZoneId | None, units: Iterable[UnitId]) -> tuple[str, ...]:
    """Give the topics one agent subscribes to: the trust lists, itself, its zone and the units above it.

    The broker grants each of them as it stands here, and no other: see `server.services.broker_accounts`.
    """
    return (*FOR_EVERYBODY, *for_loudspeaker(loudspeaker), *(() if zone is None else for_zone(zone, units)))


def _levels(topic: str) -> list[str]:
    inside = topic.removeprefix(f"{ROOT}/")
    return [] if inside == topic else inside.split("/")
