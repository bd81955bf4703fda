"""The simulator at the centre against the agent on the pole: the same rundowns and faults, the same journal."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from schedules.asrun import AsRunEntry, Outcome
from schedules.faults import ClockOff, DownloadFailed, Fault, Faults, LinkDown, PowerCut
from schedules.guard import Rules
from schedules.programme import Kind
from schedules.regulation import SessionName, SessionRule
from schedules.rundown import RundownItem
from schedules.simulation import Issue, simulate
from schedules.times import DAY, Span
from schedules.wire.messages import Channel
from tests.schedules.given import MINUTE, MONDAY, SECOND, a_rundown, at
from tests.station_agent.centre import item, recording, regulation, relay
from tests.station_agent.world import NOW, World, started

WITHIN = timedelta(seconds=1.5)
"""The agent looks every half second here."""

NEWS = item("news", at("05:01"), 120)
NOTICE = item("notice", at("05:03"), 60)
MUSIC = item("music", at("05:04"), 180, kind=Kind.MUSIC)
WAITS = item("waits", at("05:08"), 60, latest_start=at("05:09"))
RELAY = item("relay", at("05:10"), 120, sound=relay(fallback=recording("fallback")), kind=Kind.RELAY)
MORNING = (NEWS, NOTICE, MUSIC, WAITS, RELAY)
ENDS = at("05:13")
HOURS = SessionRule(session=SessionName.MORNING, earliest=time(5), latest=time(5, 12), max_minutes=60)
CHANNEL = Channel(id=relay().channel, name="VOV1", address="http://vov.example/live.mp3")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.journal.shut()


def issue(*items: RundownItem, since: datetime = NOW) -> Issue:
    return Issue(since, a_rundown(*items, covers=Span(since, since + 9 * DAY)))


def agent(
    world: World, issues: Sequence[Issue], faults: Faults, rules: Rules, *, until: datetime, step: float
) -> list[AsRunEntry]:
    """Run the real agent through the same period."""
    started(world)
    world.receive(world.centre.assignment(regulations=rules.regulations, channels=(CHANNEL,)))
    moments = sorted({until, *(each.at for each in issues), *(edge for each in faults.all for edge in _edges(each))})
    held, knows_time = None, True
    for edge in moments:
        _lives_until(world, edge, step)
        cut = faults.power_cut(edge)
        moment = cut.span.end if cut is not None else edge
        if cut is not None:
            world.power_cut(minutes=(moment - edge) / MINUTE)
        knows_time = knows_time if cut is None else cut.keeps_time
        knows_time = knows_time or faults.linked(moment)
        world.clock.by, doubt = faults.clock(moment)
        world.clock.doubt = doubt if knows_time else None
        world.cache.generous = all(faults.fetches(each, moment) for each in issues[0].rundown.items)
        if world.cache.generous:
            world.cache.want(world.cache.wanted)
        if faults.linked(moment) and not world.link.up:
            world.connect()
        if not faults.linked(moment) and world.link.up:
            world.disconnect()
        newest = max((each for each in issues if each.at <= moment), key=lambda each: each.at)
        if world.link.up and newest is not held:
            held = newest
            world.receive(_sent(world, newest))
    return world.entries


def _edges(fault: Fault) -> tuple[datetime, datetime]:
    return fault.span.start, fault.span.end


def _sent(world: World, newest: Issue) -> tuple[str, bytes]:
    world.centre.now = newest.at + timedelta(hours=12)  # what it covers begins half a day before
    return world.centre.rundown(*newest.rundown.items)


def _lives_until(world: World, moment: datetime, step: float) -> None:
    while world.clock.true_time < moment:
        world.clock.set(min(moment, world.clock.true_time + timedelta(seconds=step)))
        world.player.advance()
        events, world.player.events[:] = list(world.player.events), []
        world.take(*events)
        world.agent.tick()


def assert_alike(simulated: Sequence[AsRunEntry], real: Sequence[AsRunEntry]) -> None:
    assert [(each.occurrence, each.outcome, each.reason) for each in simulated] == [
        (each.occurrence, each.outcome, each.reason) for each in real
    ]
    for ours, theirs in zip(simulated, real, strict=True):
        assert (ours.started_at is None) == (theirs.started_at is None), ours
        if ours.started_at is not None and theirs.started_at is not None:
            assert ours.ended_at is not None
            assert theirs.ended_at is not None
            assert abs(ours.started_at - theirs.started_at) <= WITHIN, ours
            assert abs(ours.ended_at - theirs.ended_at) <= WITHIN, ours
            assert abs(ours.played_ms - theirs.played_ms) <= WITHIN / timedelta(milliseconds=1), ours


@pytest.mark.parametrize(
    ("faults", "outcomes"),
    [
        ((), "finished finished finished finished finished"),
        ((PowerCut(Span(at("05:02"), at("05:03:30"))),), "cut_short finished finished finished finished"),
        ((PowerCut(Span(at("05:00:30"), at("05:09:30"))),), "skipped skipped skipped skipped finished"),
        ((ClockOff(Span(at("05:00:30"), at("06:00")), 2 * MINUTE),), ""),
        ((ClockOff(Span(at("05:00:30"), at("06:00")), -MINUTE, timedelta(0)),), ""),
        ((ClockOff(Span(at("05:02"), at("05:05:10")), 2 * MINUTE, SECOND),), ""),
        ((ClockOff(Span(at("05:00:30"), at("05:06")), timedelta(0), 6 * MINUTE),), ""),
        ((DownloadFailed(Span(NOW, at("05:05"))),), ""),
        ((DownloadFailed(Span(NOW, at("05:08:30"))),), ""),
        ((LinkDown(Span(at("05:00:30"), at("05:08"))),), "finished finished finished finished finished"),
        (
            (
                LinkDown(Span(at("05:00:30"), at("05:06"))),
                PowerCut(Span(at("05:01:30"), at("05:02:10")), keeps_time=False),
            ),
            "",
        ),
    ],
)
def test_the_journals_are_the_same(world: World, faults: tuple[Fault, ...], outcomes: str) -> None:
    rules = Rules(regulations=(regulation(HOURS),))
    issues = (issue(*MORNING),)

    simulated = simulate(issues, rules=rules, faults=Faults(faults), until=ENDS).entries
    real = agent(world, issues, Faults(faults), rules, until=ENDS, step=0.5)

    assert_alike(simulated, real)
    if outcomes:
        assert " ".join(each.outcome for each in simulated) == outcomes


def test_three_days_without_a_line_play_what_was_received_last(world: World) -> None:
    """The notice of the fourth day was planned while the line was down; it comes back in time for it."""
    rules = Rules(regulations=(regulation(),))
    days = [NOW + number * DAY for number in range(5)]
    mornings = [_moved(item(f"news-{number}", at("05:30"), 60), number) for number in range(5)]
    cancelled = [each for number, each in enumerate(mornings) if number != 2]
    added = _moved(item("notice", at("05:40"), 60), 4)
    issues = (
        issue(*mornings, since=days[0]),
        issue(*cancelled[1:], since=days[1]),
        issue(*cancelled[2:], added, since=days[3]),
    )
    faults = Faults([LinkDown(Span(at("05:00:30"), at("05:10", MONDAY + 4 * DAY)))])

    simulated = simulate(issues, rules=rules, faults=faults, until=days[4] + timedelta(hours=1)).entries
    real = agent(world, issues, faults, rules, until=days[4] + timedelta(hours=1), step=10)

    assert_alike(simulated, real)
    assert [each.occurrence for each in simulated] == ["news-0", "news-1", "news-2", "news-3", "news-4", "notice"]
    assert {each.outcome for each in simulated} == {Outcome.FINISHED}


def _moved(planned: RundownItem, days: int) -> RundownItem:
    return replace(planned, starts_at=planned.starts_at + days * DAY, ends_at=planned.ends_at + days * DAY)
