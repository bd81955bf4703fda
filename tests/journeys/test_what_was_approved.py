"""What was approved is what sounds: one hash from the approver's record to the as-run entry, and no step that can lie.

Who can write to the database changes what people see, and nothing that sounds.
"""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from schedules.ids import Sha256
from schedules.programme import Recording
from schedules.reconciliation import Verdict
from schedules.rundown import Played, RundownItem
from schedules.wire import topics
from schedules.wire.codec import decoded
from schedules.wire.messages import KeyRole, ReceiptState, RundownIssued
from schedules.wire.seal import SigningKey, envelope_of, new_seed, sealed
from server.readiness_records import Colour
from server.services import log
from tests.journeys.places import LANG_MOI, TUESDAY, at_once, every_day, in_the_morning
from tests.journeys.world import World

TITLE = "Lịch tiêm chủng"
RUNDOWN = topics.rundown(LANG_MOI)
FORGED = Recording(Sha256("e" * 64), 1000, 30_000)


def by_hand(folder: Path, statement: str, **values: object) -> int:
    """Change the database as somebody with its password does; give the number of rows."""
    with closing(sqlite3.connect(folder / "radio.db")) as connection, connection:
        return connection.execute(statement, values).rowcount


def planned_anew(world: World) -> None:
    """Let something else be approved, so that every zone is planned again."""
    world.airs("Mời họp thôn", at_once("06:50"))


def test_one_hash_goes_from_the_record_to_the_log(world: World) -> None:
    notice = world.airs(TITLE, at_once("05:45"))
    with world.store.reading() as uow:
        (slot,) = uow.programmes.slots_of(notice)
        (approval,) = uow.programmes.approvals_of(slot.slot.id)
    world.until("06:00")

    record = sha256(approval.canonical).hexdigest()
    content = json.loads(approval.canonical)["programme"]
    (sound,) = content["variants"]
    (item,) = world.planned(notice, world.gate)
    sent = decoded(RundownIssued, envelope_of(world.broker.retained[RUNDOWN]).payload).rundown
    (entry,) = world.gate.entries
    (row,) = (row for row in world.log(notice) if row.loudspeaker.id == world.gate.id)
    (heard,) = row.entries
    story = log.story(
        world.store,
        world.clock,
        world.officer.person,
        zone=LANG_MOI,
        occurrence=row.occurrence,
        loudspeaker=world.gate.id,
    )
    assert approval.approval.record == record
    assert isinstance(item.sound, Played)
    assert [each.sha256 for each in item.sound.recordings] == [sound["sha256"]]
    assert item in sent.items
    assert heard.entry == entry
    assert story.row.item is not None
    assert {item.approval, entry.approval, story.row.item.approval} == {record}
    assert {item.title, entry.title, content["title"]} == {TITLE}
    assert entry.sha256 == (sound["sha256"],)
    assert heard.flags == frozenset()
    assert row.finding.verdict is Verdict.CONFIRMED


IN_PROGRAMMES = "UPDATE programmes SET {} WHERE id = :notice"
IN_SLOTS = "UPDATE slots SET {} WHERE programme = :notice"


@pytest.mark.parametrize(
    "statement",
    [
        IN_PROGRAMMES.format("title = 'Tên khác'"),
        IN_PROGRAMMES.format("level = 2"),
        IN_PROGRAMMES.format("times_read = 5"),
        IN_PROGRAMMES.format("version = version + 1"),
        IN_PROGRAMMES.format("valid_until = '2026-11-30 00:00:00.000000'"),
        IN_PROGRAMMES.format(f"variants = json_set(variants, '$[0].recording.sha256', '{FORGED.sha256}')"),
        IN_PROGRAMMES.format("variants = json_set(variants, '$[0].recording.length', 2000)"),
        IN_PROGRAMMES.format("variants = json_set(variants, '$[0].recording.duration_ms', 60000)"),
        IN_PROGRAMMES.format("variants = json_set(variants, '$[0].language', 'hre')"),
        IN_SLOTS.format("timing = json_set(timing, '$.at', '05:50:00')"),
        IN_SLOTS.format("timing = json_set(timing, '$.until', '2026-12-31')"),
        IN_SLOTS.format("wait_s = 600, start = 'wait'"),
    ],
)
def test_what_was_changed_in_the_database_by_hand_is_not_planned(world: World, folder: Path, statement: str) -> None:
    notice = world.airs(TITLE, every_day("05:45", until=TUESDAY))
    before = world.planned(notice, world.gate)

    assert by_hand(folder, statement, notice=notice) == 1
    planned_anew(world)
    after = world.planned(notice, world.gate)
    world.until("06:00")

    assert len(before) == 2
    assert after == ()
    assert [pole.sounded for pole in world.poles] == [[], []]


def test_until_it_is_planned_again_what_was_approved_goes_on_and_not_what_the_database_says(
    world: World, folder: Path
) -> None:
    notice = world.airs(TITLE, at_once("05:45"))
    by_hand(folder, IN_PROGRAMMES.format("title = 'Tên khác'"), notice=notice)

    world.until("06:00")

    (entry,) = world.gate.entries
    assert entry.title == TITLE


def test_a_template_changed_in_the_database_by_hand_falls_silent(world: World, folder: Path) -> None:
    notice = world.airs(TITLE, in_the_morning())
    before = world.planned(notice, world.gate)

    by_hand(folder, "UPDATE templates SET places = json_set(places, '$[0].minutes', 40)")
    planned_anew(world)

    assert len(before) == 1
    assert world.planned(notice, world.gate) == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approvals SET record = 'f'",
        "UPDATE approvals SET zones = '[]'",
        "UPDATE approvals SET approved_by = 'officer'",
        "DELETE FROM approvals",
    ],
)
def test_nobody_rewrites_an_approval(world: World, folder: Path, statement: str) -> None:
    world.airs(TITLE, at_once("05:45"))

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        by_hand(folder, statement)


def forged(item: RundownItem) -> RundownItem:
    return replace(item, title="Tên khác", sound=Played((FORGED,)))


def in_the_rundown(world: World, key: SigningKey) -> bytes:
    """Give the rundown in force with another sound in each of its items, newer, sealed by somebody."""
    held = decoded(RundownIssued, envelope_of(world.broker.retained[RUNDOWN]).payload)
    items = tuple(forged(item) for item in held.rundown.items)
    number = held.number + 1
    return sealed(replace(held, number=number, rundown=replace(held.rundown, revision=number, items=items)), key)


def test_another_sound_under_the_same_approval_is_refused_by_the_loudspeaker(world: World) -> None:
    world.airs(TITLE, at_once("05:45"))
    stranger = SigningKey(world.keys.key(KeyRole.ISSUE).key, new_seed())

    world.broker.publish(RUNDOWN, in_the_rundown(world, stranger), retain=True)
    world.settle()
    receipt, colour = world.receipt(world.gate), world.ready(world.gate).colour
    world.until("06:00")

    (entry,) = world.gate.entries
    assert (receipt.state, receipt.reason) == (ReceiptState.REFUSED, "wire.bad_signature")
    assert colour is not Colour.GREEN
    assert (entry.title, FORGED.sha256 in entry.sha256) == (TITLE, False)


def test_the_conductor_does_not_sign_what_somebody_wrote_into_the_kept_rundown(world: World, folder: Path) -> None:
    """The item is on the air: it keeps its start, and would be copied from the rundown that was kept."""
    notice = world.airs(TITLE, at_once("05:45"), lasts=timedelta(minutes=5))
    world.until("05:46")
    stranger = SigningKey("", new_seed())
    lie = in_the_rundown(world, stranger)

    by_hand(folder, "UPDATE issued SET envelope = :lie WHERE zone = :zone", lie=lie, zone=LANG_MOI)
    planned_anew(world)

    assert all(item.sound != Played((FORGED,)) for item in ahead(world))
    world.until("06:00")
    assert all(FORGED.sha256 not in each.sha256 for each in world.gate.entries)
    assert {each.title for each in world.gate.entries} <= {TITLE}
    assert world.planned(notice, world.market)


def ahead(world: World) -> tuple[RundownItem, ...]:
    """Give what of the newest sealed rundown may still sound."""
    sent = decoded(RundownIssued, envelope_of(world.broker.retained[RUNDOWN]).payload).rundown
    return tuple(item for item in sent.items if item.over_at > world.clock.now())


def test_a_sound_exchanged_on_the_servers_disk_is_another_sound(world: World) -> None:
    """The loudspeaker asks for a hash and a length; `test_cache` shows that other bytes never enter."""
    notice = world.airs(TITLE, at_once("05:45"))
    world.gate.cache.generous = False

    (item,) = world.planned(notice, world.gate)

    (recording,) = item.recordings
    wanted = {(each.sha256, each.size) for each in world.gate.cache.wanted}
    assert (recording.sha256, recording.length) in wanted
