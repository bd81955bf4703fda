"""The broker in hostile hands: what is forged, relabelled, replayed or withheld changes nothing, and is seen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from schedules.asrun import AsRunEntry
from schedules.reconciliation import Verdict
from schedules.wire import topics
from schedules.wire.codec import decoded
from schedules.wire.messages import AsRunReport, KeyRole, ReceiptState, RundownIssued
from schedules.wire.seal import SigningKey, envelope_of, fingerprint, new_seed, sealed
from server.readiness_records import Colour
from tests.fakes.mqtt import Message
from tests.journeys.places import DONG_BANG, LANG_MOI, SON_HA, at_once, local
from tests.journeys.world import World

RUNDOWN, SILENCE = topics.rundown(LANG_MOI), topics.unit_silence(SON_HA)

Attack = Callable[[World], Message]


def emptied(world: World, *, epoch: int | None = None) -> RundownIssued:
    """Give the rundown the gate holds without a single item, and newer."""
    held = decoded(RundownIssued, envelope_of(world.broker.retained[RUNDOWN]).payload)
    number, epoch = held.number + 1, held.epoch if epoch is None else epoch
    return replace(
        held, number=number, epoch=epoch, rundown=replace(held.rundown, revision=number, epoch=epoch, items=())
    )


def a_stranger(claiming: str = "") -> SigningKey:
    """Draw a key; it may claim to be another one."""
    seed = new_seed()
    return SigningKey(claiming or fingerprint(SigningKey("", seed).public), seed)


def forged(world: World) -> Message:
    return RUNDOWN, sealed(emptied(world), a_stranger(claiming=world.keys.key(KeyRole.ISSUE).key))


def signed_by_a_stranger(world: World) -> Message:
    return RUNDOWN, sealed(emptied(world), a_stranger())


def signed_by_a_stolen_loudspeaker(world: World) -> Message:
    return RUNDOWN, sealed(emptied(world), world.market.key)


def signed_by_a_key_of_another_role(world: World) -> Message:
    return RUNDOWN, sealed(emptied(world), world.keys.key(KeyRole.STATE))


def of_an_epoch_only_the_root_may_begin(world: World) -> Message:
    return RUNDOWN, sealed(emptied(world, epoch=99), world.keys.key(KeyRole.ISSUE))


def changed_on_the_way(world: World) -> Message:
    envelope = bytearray(world.broker.retained[RUNDOWN])
    envelope[-20] ^= 1
    return RUNDOWN, bytes(envelope)


def relabelled(world: World) -> Message:
    genuine = world.broker.retained[RUNDOWN]
    size = int.from_bytes(genuine[4:6], "big")
    header = genuine[6 : 6 + size].replace(b"RundownIssued", b"SilenceOrdered")
    return SILENCE, genuine[:4] + len(header).to_bytes(2, "big") + header + genuine[6 + size :]


def meant_for_another_zone(world: World) -> Message:
    return RUNDOWN, world.broker.retained[topics.rundown(DONG_BANG)]


def on_a_topic_of_another_sort(world: World) -> Message:
    return SILENCE, world.broker.retained[topics.rundown(DONG_BANG)]


def replayed(world: World) -> Message:
    return next(message for message in world.broker.seen if message[0] == RUNDOWN)


def ten_megabytes_of_nothing(_: World) -> Message:
    return RUNDOWN, b"\x00" * 10_000_000


ATTACKS: tuple[Attack, ...] = (
    forged,
    signed_by_a_stranger,
    signed_by_a_stolen_loudspeaker,
    signed_by_a_key_of_another_role,
    of_an_epoch_only_the_root_may_begin,
    changed_on_the_way,
    relabelled,
    meant_for_another_zone,
    on_a_topic_of_another_sort,
    replayed,
    ten_megabytes_of_nothing,
)


def test_the_loudspeaker_plays_on_what_the_centre_told_it(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=2))
    world.until("05:45:10")
    world.airs("Chỉ ở Đồng Bằng", at_once("06:30", zone=DONG_BANG))  # its rundown is newer than the gate's

    for attack in ATTACKS:
        topic, payload = attack(world)
        genuine = world.broker.retained.get(topic, b"")
        world.broker.publish(topic, payload, retain=True)
        world.passes(seconds=1)
        assert world.gate.is_sounding, attack.__name__
        assert world.ready(world.gate).held == world.in_force(world.gate).revision, attack.__name__
        world.broker.retained[topic] = genuine

    world.until("06:00")
    (sounded,) = world.gate.sounded
    assert sounded.span.end == local("05:47")
    assert world.verdict(notice, world.gate).verdict is Verdict.CONFIRMED


def test_what_a_hostile_broker_keeps_is_refused_after_a_reboot_too(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45"))
    for attack in (forged, relabelled):
        world.broker.publish(*attack(world), retain=True)

    world.gate.loses_power()
    world.gate.boots()
    world.until("06:00")
    assert world.verdict(notice, world.gate).verdict is Verdict.CONFIRMED


def test_a_refused_rundown_is_shown_on_the_board_until_the_next_one_is_accepted(world: World) -> None:
    world.airs("Bản tin", at_once("05:45"))

    world.broker.publish(*forged(world))
    world.settle()
    assert world.receipt(world.gate).state is ReceiptState.REFUSED
    (reason,) = world.ready(world.gate).reasons
    assert (reason.code, reason.colour) == ("rundown.refused", Colour.YELLOW)
    assert reason.values == (("reason", "wire.bad_signature"),)

    world.passes(minutes=1)
    world.airs("Họp thôn", at_once("05:50"))
    assert world.ready(world.gate).colour is Colour.GREEN


def test_an_old_order_of_silence_does_not_silence_and_an_old_lifting_does_not_lift(world: World) -> None:
    world.airs("Bản tin", at_once("05:45"), lasts=timedelta(minutes=5))
    world.officer.orders_silence()
    world.passes(minutes=1)
    world.officer.lifts_silence()
    ordered, lifted = (message for message in world.broker.seen if message[0] == SILENCE)
    world.until("05:46")

    world.broker.publish(*ordered, retain=True)
    world.settle()
    assert world.gate.is_sounding

    world.officer.orders_silence()
    world.broker.publish(*lifted, retain=True)
    world.settle()
    world.passes(seconds=30)
    assert not world.gate.is_sounding


def test_a_withheld_rundown_is_noticed(world: World) -> None:
    world.broker.swallowed = {"rundown"}
    world.airs("Bản tin", at_once("06:30"))
    world.passes(hours=4, minutes=5)
    world.passes(minutes=5)

    assert "behind.rundown" in {reason.code for reason in world.ready(world.gate).reasons}


class TestEvidence:
    def test_a_report_is_believed_from_its_own_loudspeaker_only(self, world: World) -> None:
        notice = world.airs("Bản tin", at_once("05:45"))
        world.gate.is_stopped()
        world.until("06:00")
        of_market = topics.of_loudspeaker(world.market.id, "as-run")
        of_gate = topics.of_loudspeaker(world.gate.id, "as-run")
        told = next(m for m in reversed(world.broker.seen) if m[0] == of_market and entries(m))
        claimed = replace(entries(told)[0], loudspeaker=world.gate.id, zone=LANG_MOI)
        report = replace(decoded(AsRunReport, envelope_of(told[1]).payload), entries=(claimed,))

        for payload in (
            told[1],
            sealed(report, a_stranger()),
            sealed(report, a_stranger(claiming=world.gate.key.key)),
            sealed(report, world.market.key),
        ):
            world.broker.publish(of_gate, payload)
        world.broker.publish(of_market, sealed(report, world.market.key))
        world.settle()

        assert world.verdict(notice, world.gate).verdict is Verdict.AWAITED
        assert world.conductor.refused == [
            "wire.unknown_key",
            "wire.unknown_key",
            "wire.bad_signature",
            "wire.unknown_key",
            "wire.wrong_sender",
        ]

    def test_a_replayed_report_makes_no_second_entry_and_takes_nothing_back(self, world: World) -> None:
        notices = [world.airs(title, at_once(at)) for title, at in (("Bản tin", "05:45"), ("Họp thôn", "05:50"))]
        world.until("06:00")
        reports = [message for message in world.broker.seen if message[0].endswith("/as-run")]

        for report in reports:
            world.broker.publish(*report)
        world.settle()
        for notice in notices:
            assert world.verdicts(notice) == [Verdict.CONFIRMED] * 2
            assert [len(row.entries) for row in world.log(notice)] == [1, 1]


def entries(message: Message) -> tuple[AsRunEntry, ...]:
    return decoded(AsRunReport, envelope_of(message[1]).payload).entries


class TestFreeze:
    def test_is_shown_on_the_board_and_what_was_in_force_plays_on(self, world: World) -> None:
        notice = world.airs("Bản tin", at_once("05:45"))
        world.broker.swallowed = {"rundown", "silence", "assignment", "current", "acknowledged"}
        world.gate.loses_line()
        world.gate.has_line_again()
        world.airs("Chưa tới cụm loa", at_once("05:50"))
        world.passes(minutes=3)

        shown = {reason.code: reason.colour for reason in world.ready(world.gate).reasons}
        assert shown["rundown.older"] is Colour.RED
        assert "behind.current" in shown

        world.until("06:00")
        (sounded,) = world.gate.sounded
        assert sounded.span.start == local("05:45")
        world.broker.swallowed = set()
        world.gate.loses_line()
        world.gate.has_line_again()
        world.passes(minutes=5)
        assert world.ready(world.gate).colour is Colour.GREEN
        assert world.verdict(notice, world.gate).verdict is Verdict.CONFIRMED

    def test_of_one_order_is_seen_by_the_answer_that_names_it(self, world: World) -> None:
        world.airs("Bản tin", at_once("05:45"))
        world.broker.swallowed = {"silence"}
        world.officer.orders_silence()
        world.gate.loses_line()
        world.broker.retained.pop(SILENCE)
        world.gate.has_line_again()
        world.passes(minutes=1)
        world.passes(minutes=2)

        assert "behind.silence" in {reason.code for reason in world.ready(world.gate).reasons}

    def test_delayed_doubled_and_turned_around_the_newest_counts(self, world: World) -> None:
        world.airs("Bản tin", at_once("05:45"))
        before = len(world.broker.seen)
        world.broker.swallowed = {"rundown", "silence", "assignment"}
        world.officer.orders_silence()
        world.passes(minutes=1)
        world.officer.lifts_silence()
        world.airs("Họp thôn", at_once("05:50"))
        world.broker.swallowed = set()

        late = [each for each in world.broker.seen[before:] if each[0] in {RUNDOWN, SILENCE}]
        world.gate.line.inbox.extend([*reversed(late), *late, *reversed(late)])
        world.until("06:00")

        assert [sounded.span.start for sounded in world.gate.sounded] == [local("05:45"), local("05:50")]


class TestWipedDisk:
    def test_does_not_make_the_loudspeaker_believe_what_was_true_once(self, world: World) -> None:
        """The broker has kept an old assignment, and a rundown whose notice was withdrawn since."""
        withdrawn = world.airs("Đã ngừng phát", at_once("05:45"))
        assignment = topics.of_loudspeaker(world.gate.id, "assignment")
        old = {topic: world.broker.retained[topic] for topic in (RUNDOWN, assignment)}
        world.officer.withdraws(withdrawn)
        world.officer.locks(world.gate.id, minutes=60)
        world.officer.unlocks(world.gate.id)
        genuine = {topic: world.broker.retained[topic] for topic in old}
        world.gate.loses_power()
        world.gate.loses_disk()

        world.broker.retained |= old
        world.gate.boots()
        world.until("06:00")
        assert not world.gate.sounded
        shown = {reason.code: reason.colour for reason in world.ready(world.gate).reasons}
        assert shown["rundown.older"] is Colour.RED
        assert "behind.assignment" in shown

        for message in genuine.items():
            world.broker.publish(*message, retain=True)
        later = world.airs("Bản tin", at_once("06:10"))
        world.until("06:20")
        assert world.verdict(later, world.gate).verdict is Verdict.CONFIRMED

    def test_with_everything_but_the_order_of_silence_plays_nothing(self, world: World) -> None:
        world.airs("Bản tin", at_once("05:45"))
        world.officer.orders_silence()
        world.gate.loses_power()
        world.gate.loses_disk()
        world.broker.retained.pop(SILENCE)

        world.gate.boots()
        world.gate.loses_power()
        world.gate.boots()
        world.until("06:00")

        assert not world.gate.sounded
        assert "behind.silence" in {reason.code for reason in world.ready(world.gate).reasons}
