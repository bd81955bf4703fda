"""Somebody stole a key that signs day by day: what the law, the root and the device's own rules forbid stays silent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from schedules.ids import ChannelId, UnitId
from schedules.night import NightSilence
from schedules.programme import Kind, Level
from schedules.regulation import SessionName, SessionRule
from schedules.rundown import RundownItem
from schedules.wire import topics
from schedules.wire.messages import Channel, SilenceOrdered
from schedules.wire.seal import sealed
from station_agent.ports import Stream
from tests.hostile.attempt import Run, Wrongs, kinds
from tests.hostile.lies import an_order, another_rundown, renumbered
from tests.hostile.victim import BEGINS, RUNDOWN, SILENCE, VOLUME, Victim, on_a_loudspeaker
from tests.station_agent.centre import VIETNAM, item, regulation, relay

A_DAY_MS = 24 * 3600 * 1000


def false_item(victim: Victim, rng: Random, **told: object) -> RundownItem:
    """Make what the thief would have heard."""
    begins = victim.clock.now() + timedelta(seconds=rng.choice([-3, 0, 2]))
    kind, level = rng.choice(list(Kind)), rng.choice(list(Level))
    return item("false", begins, 60, **{"kind": kind, "level": level, **told})  # type: ignore[arg-type]  # by name


def _is_silent(stolen: Callable[[Victim, Random], None]) -> Run:
    """Make an attempt that is believed, for its key is right, and must not sound."""

    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Victim(folder, rng)
        victim.passes(rng.uniform(0, 10))
        stolen(victim, rng)
        victim.passes(70)
        sounded = victim.sounded() - {"true"}
        streams = [cue for cue in victim.player.cues if isinstance(cue.sound, Stream)]
        victim.journal.shut()
        found = [f"sounded: {sorted(sounded)}"] if sounded else []
        return Wrongs(obeyed=(*found, *(f"opened {cue.play}" for cue in streams)))

    return run


def _local(victim: Victim) -> time:
    return victim.clock.now().astimezone(ZoneInfo(VIETNAM)).time()


def in_the_roots_night(victim: Victim, rng: Random) -> None:
    """The state key says that every hour is open; the root's list says that this one is night."""
    night = NightSilence(since=time(rng.randint(18, 23)), until=time(5, rng.randint(2, 59)), time_zone=VIETNAM)
    victim.newest_trust = 3
    victim.hears(victim.centre.trust(3, night_silence=night))
    victim.hears(victim.centre.assignment(), victim.centre.rundown(false_item(victim, rng)))


def outside_the_hours(victim: Victim, rng: Random) -> None:
    hour = rng.randint(6, 22)
    rule = SessionRule(session=SessionName.EVENING, earliest=time(hour), latest=time(hour + 1), max_minutes=60)
    victim.hears(victim.centre.assignment(regulations=(regulation(rule),)))
    victim.hears(victim.centre.rundown(false_item(victim, rng)))


def into_the_closed_hours(victim: Victim, rng: Random) -> None:
    """It begins while it may, and would last until it must not."""
    rule = SessionRule(session=SessionName.EVENING, earliest=time(4), latest=time(5, 2), max_minutes=60)
    victim.hears(victim.centre.assignment(regulations=(regulation(rule),)))
    lasts = timedelta(hours=rng.randint(1, 9)).total_seconds()
    victim.hears(victim.centre.rundown(item("false", victim.clock.now(), lasts)))


def of_a_kind_that_is_not_allowed(victim: Victim, rng: Random) -> None:
    allowed = rng.sample(list(Kind), k=2)
    others = [kind for kind in Kind if kind not in allowed]
    rules = replace(regulation(), kinds=frozenset(allowed))
    victim.hears(victim.centre.assignment(regulations=(rules,)))
    victim.hears(victim.centre.rundown(false_item(victim, rng, kind=rng.choice(others))))


def without_any_rules(victim: Victim, rng: Random) -> None:
    """No regulation is no permission."""
    victim.hears(victim.centre.assignment(regulations=()), victim.centre.rundown(false_item(victim, rng)))


def during_a_repair(victim: Victim, rng: Random) -> None:
    until = victim.clock.now() + timedelta(minutes=rng.randint(2, 600))
    victim.hears(victim.centre.assignment(maintenance_until=until), victim.centre.rundown(false_item(victim, rng)))


def while_silence_is_ordered(victim: Victim, rng: Random) -> None:
    victim.is_silenced()
    victim.hears(victim.centre.rundown(false_item(victim, rng)))


def from_an_address_of_his_own(victim: Victim, rng: Random) -> None:
    """The issue key names channels by their ids; addresses stand in the assignment."""
    vov1 = Channel(id=ChannelId("vov1"), name="VOV1", address="http://127.0.0.1:1/vov1.mp3")
    victim.hears(victim.centre.assignment(channels=(vov1,)))
    name = rng.choice(["http://evil.example/x.mp3", "vov2", "VOV1", "", "vov1 ", "../vov1"])
    victim.hears(victim.centre.rundown(false_item(victim, rng, sound=relay(name))))


def without_knowing_the_time(victim: Victim, rng: Random) -> None:
    victim.power_cut()
    victim.clock.doubt = rng.choice([None, timedelta(minutes=rng.randint(6, 900))])
    victim.connect()
    victim.receive(victim.centre.rundown(false_item(victim, rng)))


def longer_than_the_item_is(victim: Victim, rng: Random) -> None:
    """Outside `[start, end)` nothing of an item sounds: it is long over, or far away."""
    away = timedelta(minutes=rng.choice([-300, -2, 10, 600]))
    victim.hears(victim.centre.rundown(item("false", victim.clock.now() + away, 60)))


def after_its_text_has_expired(victim: Victim, rng: Random) -> None:
    now = victim.clock.now()
    begins = now - timedelta(seconds=30)
    victim.hears(victim.centre.rundown(item("false", begins, 300, valid_until=now - timedelta(seconds=1))))


SILENT = (
    in_the_roots_night,
    outside_the_hours,
    into_the_closed_hours,
    of_a_kind_that_is_not_allowed,
    without_any_rules,
    during_a_repair,
    while_silence_is_ordered,
    from_an_address_of_his_own,
    without_knowing_the_time,
    longer_than_the_item_is,
    after_its_text_has_expired,
)


def far_ahead_so_that_nothing_comes_after(victim: Victim, rng: Random) -> None:
    now = int(victim.clock.now().timestamp() * 1000)
    lie = renumbered(an_order(victim, rng), number=now + A_DAY_MS + rng.randint(1000, 2**50))
    victim.receive(lie.by(lie.key))
    victim.hears(victim.centre.rundown(item("true", BEGINS, 20)))


def of_an_epoch_that_only_the_root_begins(victim: Victim, rng: Random) -> None:
    lie = an_order(victim, rng)
    lie = renumbered(lie, number=lie.message.number, epoch=rng.choice([-1, 1, 2, 2**40]))
    victim.receive(lie.by(lie.key))
    victim.hears(victim.centre.rundown(item("true", BEGINS, 20)))


def an_issue_key_that_gives_orders_of_state(victim: Victim, rng: Random) -> None:
    lie = an_order(victim, rng)
    while lie.topic == RUNDOWN:
        lie = an_order(victim, rng)
    victim.receive(lie.by(victim.centre.issue))


def a_state_key_that_issues(victim: Victim, rng: Random) -> None:
    victim.receive(another_rundown(victim, rng).by(victim.centre.state))


def a_device_key_of_another_loudspeaker(victim: Victim, rng: Random) -> None:
    lie = an_order(victim, rng)
    victim.receive((lie.topic, sealed(lie.message, victim.key)), (lie.topic, sealed(lie.message, victim.retired[0])))


def silence_for_a_unit_that_is_not_above(victim: Victim, rng: Random) -> None:
    unit = UnitId(rng.choice(["quang-ngai", "son-tay", "Son-Ha", "son-ha/", "+"]))
    audience = topics.audience_of_unit(unit)
    order = SilenceOrdered(audience=audience, number=2**40, issued=victim.clock.now(), ordered=bool(victim.expected))
    data = sealed(order, victim.centre.state)
    victim.receive((topics.unit_silence(unit), data), (SILENCE, data))


def _is_not_louder(stolen: Callable[[Victim, Random], None]) -> Run:
    def run(folder: Path, rng: Random) -> Wrongs:
        victim = Victim(folder, rng)
        victim.newest_trust = 3
        ceiling = rng.randint(0, VOLUME)
        victim.hears(victim.centre.trust(3, volume_ceiling=ceiling))
        stolen(victim, rng)
        victim.run_until(BEGINS + timedelta(seconds=5), step=1.0)
        volume = victim.player.volume
        victim.journal.shut()
        return Wrongs(obeyed=() if volume <= ceiling else (f"volume {volume} above {ceiling}",))

    return run


def louder_than_the_root_allows(victim: Victim, rng: Random) -> None:
    victim.hears(victim.centre.assignment(volume=rng.randint(61, 100)))


REFUSED = (
    far_ahead_so_that_nothing_comes_after,
    of_an_epoch_that_only_the_root_begins,
    an_issue_key_that_gives_orders_of_state,
    a_state_key_that_issues,
    a_device_key_of_another_loudspeaker,
    silence_for_a_unit_that_is_not_above,
)
KINDS = [
    *kinds("thief", SILENT, _is_silent),
    *kinds("thief", REFUSED, on_a_loudspeaker),
    *kinds("thief", (louder_than_the_root_allows,), _is_not_louder),
]
