"""Keys over the years: rotated, stolen, forgotten; and what a loudspeaker plays meanwhile."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

from schedules.reconciliation import Verdict
from schedules.times import DAY
from schedules.wire import topics
from schedules.wire.codec import decoded
from schedules.wire.messages import KeyRole, ReceiptState, RundownIssued
from schedules.wire.seal import SigningKey, envelope_of, sealed
from schedules.wire.trust import ONLINE
from server.services import ceremony, readiness
from server.services.ceremony import Wish
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import GATE, LANG_MOI, MONDAY, SON_HA, at_once, every_day, local
from tests.journeys.world import World
from tests.schedules.wire.samples import key

RUNDOWN, ASSIGNED = topics.rundown(LANG_MOI), topics.of_loudspeaker(GATE, "assignment")
NEW_ROOT = key(77)
ALL_ONLINE = Wish(rotate=frozenset(ONLINE))
A_MONTH_ON = MONDAY + 30 * DAY


def ceremony_is_held(world: World, wish: Wish, *roots: SigningKey) -> None:
    """Propose, sign and publish the next list, and let whoever has a line take it in."""
    proposal = ceremony.propose(world.store, world.clock, world.keys, wish)
    for root in roots:
        proposal = proposal.signed(root)
    ceremony.publish(world.store, world.clock, world.keys, proposal)
    world.settle()


def three_ceremonies(world: World) -> None:
    """Rotate the online keys, then the root itself, then the online keys again."""
    root = world.keys.key(KeyRole.ROOT)
    handing_over = Wish(add_roots=(NEW_ROOT.public,), drop=frozenset({root.key}))
    ceremony_is_held(world, ALL_ONLINE, root)
    world.passes(hours=24)
    ceremony_is_held(world, handing_over, root, NEW_ROOT)
    world.passes(hours=24)
    ceremony_is_held(world, ALL_ONLINE, NEW_ROOT)


def test_who_was_away_for_thirty_days_walks_the_lists_and_plays_again(world: World) -> None:
    """In each order in which the broker may hand over what it retained; the market was there all the time."""
    notice = world.airs("Bản tin", every_day("05:45", until=A_MONTH_ON + 2 * DAY))
    world.gate.loses_line()
    three_ceremonies(world)
    world.until("00:00", A_MONTH_ON)
    assert world.gate.sounded[-1].span.start < local("00:00", MONDAY + 10 * DAY)
    lists = {topics.trust(number): world.broker.retained.pop(topics.trust(number)) for number in (2, 3, 4)}
    others = dict(world.broker.retained)
    world.gate.loses_power()
    world.gate.keeps_a_copy_of_its_orders()

    for order in permutations(lists):
        for shuffled in ({**{topic: lists[topic] for topic in order}, **others}, {**others, **lists}):
            world.gate.has_its_old_orders_again()
            world.broker.retained = shuffled
            world.gate.boots()
            world.gate.has_line_again()
            world.settle()
            assert world.receipt(world.gate).revision == world.in_force(world.gate).revision, list(shuffled)
            world.gate.loses_line()
            world.gate.loses_power()
    world.gate.boots()
    world.gate.has_line_again()
    world.until("06:00", A_MONTH_ON)

    assert world.receipt(world.gate).state is ReceiptState.READY
    assert world.gate.sounded[-1].span.start == local("05:45", A_MONTH_ON)
    (heard,) = {row.finding.verdict for row in world.log(notice) if row.planned.start == local("05:45", A_MONTH_ON)}
    assert heard is Verdict.CONFIRMED


def test_a_clock_five_hundred_days_on_still_plays_ordinary_rundowns_and_the_board_is_red(world: World) -> None:
    for pole in world.poles:
        pole.loses_power()
    world.clock.set(world.clock.now() + timedelta(days=500))
    world.conductor.looks_at_the_clock()
    world.settle()
    for pole in world.poles:
        pole.is_at(world.clock.now())
        pole.boots()
    today = (world.clock.now() + timedelta(hours=7)).date()

    notice = world.airs("Bản tin", at_once("05:45", day=today))
    world.until("06:00", today)

    assert world.gate.sounded[-1].span.start == local("05:45", today)
    assert world.verdict(notice, world.gate).verdict is Verdict.CONFIRMED
    board = readiness.readiness(world.store, world.clock, world.officer.person, SON_HA)
    assert board.ending is not None
    assert (board.ending.code, board.ending.is_alarm) == ("keys.ended", True)
    ceremony_is_held(world, ALL_ONLINE, world.keys.key(KeyRole.ROOT))
    assert readiness.readiness(world.store, world.clock, world.officer.person, SON_HA).ending is None
    assert world.receipt(world.gate).revision == world.in_force(world.gate).revision


@on_both_databases
def test_whoever_steals_the_issue_key_is_locked_out_by_a_new_epoch(world: World) -> None:
    world.airs("Bản tin", at_once("05:45"))
    stolen, root = world.keys.key(KeyRole.ISSUE), world.keys.key(KeyRole.ROOT)
    held = decoded(RundownIssued, envelope_of(world.broker.retained[RUNDOWN]).payload)
    ahead = held.number + int(timedelta(hours=20) / timedelta(milliseconds=1))
    emptied = replace(held, number=ahead, rundown=replace(held.rundown, revision=ahead, items=()))
    world.broker.publish(RUNDOWN, sealed(emptied, stolen), retain=True)
    world.settle()
    world.airs("Họp thôn", at_once("05:50"))
    assert world.receipt(world.gate).held == ahead  # the centre speaks, and its number is too low

    lock_out = Wish(rotate=frozenset({KeyRole.ISSUE}), drop=frozenset({stolen.key}), raise_epoch=True)
    ceremony_is_held(world, lock_out, root)
    world.broker.publish(
        RUNDOWN,
        sealed(replace(emptied, number=ahead + 1, rundown=replace(emptied.rundown, revision=ahead + 1)), stolen),
    )
    world.settle()

    assert world.ready(world.gate).held == world.in_force(world.gate).revision
    world.until("06:00")
    assert [sounded.span.start for sounded in world.gate.sounded] == [local("05:45"), local("05:50")]


def test_nothing_of_an_older_epoch_sounds_while_the_new_word_has_not_come(world: World) -> None:
    """Who raises the epoch says that a thief may have signed what they hold: they are silent until told anew."""
    for at in ("05:45", "05:50", "05:55"):
        world.airs(f"Bản tin {at}", at_once(at), lasts=timedelta(minutes=2))
    world.until("05:46")
    world.broker.swallowed = {"rundown", "assignment"}

    ceremony_is_held(world, Wish(raise_epoch=True), world.keys.key(KeyRole.ROOT))
    withheld = {topic: world.broker.retained.pop(topic) for topic in (RUNDOWN, ASSIGNED)}
    world.gate.loses_power()
    world.gate.boots()
    world.until("05:53")
    assert [sounded.span.start for sounded in world.gate.sounded] == [local("05:45")]
    assert world.gate.sounded[0].span.end < local("05:46:05")

    world.broker.swallowed = set()
    world.broker.retained.update(withheld)
    world.gate.loses_line()
    world.gate.has_line_again()
    world.until("06:00")
    assert [sounded.span.start for sounded in world.gate.sounded] == [local("05:45"), local("05:55")]


def test_an_order_of_silence_outlives_a_rotation_and_a_new_epoch(world: World) -> None:
    world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    world.officer.orders_silence()
    for wish in (ALL_ONLINE, replace(ALL_ONLINE, raise_epoch=True)):
        ceremony_is_held(world, wish, world.keys.key(KeyRole.ROOT))

    world.until("05:46")

    assert world.gate.sounded == []
    assert not world.gate.is_sounding
