"""What every store promises about planning marks, rundowns, planned items, silence and assignments."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from schedules.catching_up import Missed
from schedules.ids import OccurrenceId, ProgrammeId, SlotId, ZoneId
from schedules.programme import Recording
from schedules.rundown import Relayed, RundownItem
from schedules.times import Span
from server.issue_records import IssuedRundown, Promised, Revision, Settled, ZoneMark
from server.ports import Store
from tests.contracts import samples
from tests.contracts.samples import MINUTE, MUSIC, NOW, OTHER_POLE, OTHER_ZONE, POLE, SPOKEN, ZONE, issued, item, order

TODAY = date(2026, 11, 23)
WEEK = Span(NOW - timedelta(days=1), NOW + timedelta(days=6))


def put(store: Store, rundown: IssuedRundown, *, planned_from: int = 1) -> None:
    with store.writing() as uow:
        samples.settle(uow, rundown, planned_from=planned_from)
        uow.commit()


def mark(store: Store, zone: ZoneId = ZONE) -> ZoneMark:
    with store.reading() as uow:
        known = uow.issue.mark(zone)
        assert known in uow.issue.marks()
        assert known is not None
        return known


def planned(store: Store, zone: ZoneId = ZONE) -> list[RundownItem]:
    with store.reading() as uow:
        return [each for _, each in uow.issue.planned(WEEK, [zone])]


def test_a_new_zone_wants_a_rundown(store: Store) -> None:
    assert mark(store) == ZoneMark(zone=ZONE, wanted=1, planned_from=0, issued_revision=0, published_revision=0)


def missed(name: str = "a", *, zone: ZoneId = ZONE, known: datetime = NOW) -> Missed:
    return Missed(
        zone=zone,
        occurrence=OccurrenceId(name),
        slot=SlotId("slot"),
        starts_at=NOW - 2 * MINUTE,
        ends_at=NOW - MINUTE,
        known=known,
    )


def test_what_was_missed_is_kept_once_as_it_was_said_first(store: Store) -> None:
    with store.writing() as uow:
        uow.issue.miss([missed("b"), missed("a"), missed(zone=OTHER_ZONE)])
        uow.issue.miss([missed("a", known=NOW + MINUTE)])
        uow.commit()

    with store.reading() as uow:
        assert uow.issue.missed() == [missed(zone=OTHER_ZONE), missed("a"), missed("b")]
        assert uow.issue.missed(zones=[OTHER_ZONE]) == [missed(zone=OTHER_ZONE)]
        assert uow.issue.missed(zones=[]) == []


def test_only_the_last_two_days_of_what_was_missed_are_told(store: Store) -> None:
    with store.reading() as uow:
        assert uow.issue.missed() == []
    old, young, newest = (missed(str(days), known=NOW + timedelta(days=days)) for days in (0, 1, 2))
    with store.writing() as uow:
        uow.issue.miss([old, young, newest])
        uow.commit()

    with store.reading() as uow:
        assert uow.issue.missed() == [young, newest]


def test_wanting_raises_only_the_zones_named(store: Store) -> None:
    with store.writing() as uow:
        uow.issue.want([ZONE, ZONE, ZoneId("unknown")])
        uow.commit()

    assert (mark(store).wanted, mark(store, OTHER_ZONE).wanted) == (2, 1)


def test_a_zone_is_settled_once_planned_issued_and_published(store: Store) -> None:
    put(store, issued(7))
    assert not mark(store).settled
    with store.reading() as uow:
        assert [each.zone for each in uow.issue.marks(unplanned_only=True)] == [OTHER_ZONE]

    with store.writing() as uow:
        uow.issue.published(ZONE, 7)
        uow.commit()

    assert mark(store).settled
    with store.reading() as uow:
        assert [each.zone for each in uow.issue.marks(unsettled_only=True)] == [OTHER_ZONE]
        assert [each.zone for each in uow.issue.marks([ZONE])] == [ZONE]
        assert not uow.issue.marks([ZONE], unsettled_only=True)


def test_an_edit_made_while_planning_leaves_the_zone_unsettled(store: Store) -> None:
    with store.writing() as uow:
        uow.issue.want([ZONE])
        uow.commit()

    put(store, issued(7), planned_from=1)
    with store.writing() as uow:
        uow.issue.published(ZONE, 7)
        uow.commit()

    assert not mark(store).settled


def test_settling_unchanged_keeps_the_revision(store: Store) -> None:
    put(store, issued(7))

    with store.writing() as uow:
        uow.issue.settle([Settled(zone=ZONE, planned_from=5, planned_for=TODAY + timedelta(days=1))])
        uow.commit()

    kept = mark(store)
    assert (kept.planned_from, kept.issued_revision, kept.planned_for) == (5, 7, TODAY + timedelta(days=1))


def test_the_rundown_in_force_is_the_last_one(store: Store) -> None:
    put(store, issued(7, item("a", NOW + MINUTE)))
    last = issued(8, item("b", NOW + MINUTE))

    put(store, last)

    with store.reading() as uow:
        assert uow.issue.issued(ZONE) == last
        assert uow.issue.issued(OTHER_ZONE) is None
        assert (uow.issue.envelope(ZONE), uow.issue.envelope(OTHER_ZONE)) == (last.envelope, b"")
    assert mark(store).issued_revision == 8


def test_planned_items_come_back_whole_and_in_order(store: Store) -> None:
    late, early = item("late", NOW + 5 * MINUTE), item("early", NOW + MINUTE)
    relayed = replace(item("relay", NOW + 9 * MINUTE), sound=Relayed(samples.CHANNEL, MUSIC))

    put(store, issued(7, early, late, relayed))

    assert planned(store) == [early, late, relayed]
    with store.reading() as uow:
        assert uow.issue.planned_item(ZONE, OccurrenceId("late")) == late
        assert uow.issue.planned_item(OTHER_ZONE, OccurrenceId("late")) is None


def test_what_was_promised_is_told_of_items_in_force_before_it_and_withdrawn(store: Store) -> None:
    begun, ahead = item("begun", NOW - MINUTE), item("ahead", NOW + 5 * MINUTE)
    relayed = replace(item("relay", NOW + 9 * MINUTE), sound=Relayed(samples.CHANNEL, MUSIC))
    silent = replace(item("silent", NOW + 12 * MINUTE), sound=Relayed(samples.CHANNEL))
    put(store, issued(7, begun, ahead, relayed, silent))
    retitled = replace(begun, ends_at=NOW, title="Tên mới")
    put(store, issued(8, retitled))
    everything = (retitled, ahead, relayed, silent)

    with store.reading() as uow:
        wanted = [(ZONE, each.occurrence) for each in everything]
        found = uow.issue.promised([*wanted, (ZONE, OccurrenceId("never")), (OTHER_ZONE, ahead.occurrence)])
        none = uow.issue.promised([])

    assert found == {(ZONE, each.occurrence): Promised.by(each) for each in everything}
    assert found[ZONE, relayed.occurrence].sounds == {MUSIC.sha256}
    assert none == {}


def test_planned_items_are_found_by_their_start(store: Store) -> None:
    put(store, issued(7, item("a", NOW + MINUTE), item("b", NOW + 2 * MINUTE)))

    with store.reading() as uow:
        found = uow.issue.planned(Span(NOW + MINUTE, NOW + 2 * MINUTE), [ZONE, OTHER_ZONE])

    assert [(zone, each.occurrence) for zone, each in found] == [(ZONE, "a")]


def test_planned_items_are_found_by_their_programme_in_force_or_before_it(store: Store) -> None:
    other = ProgrammeId("other")
    before = [replace(each, programme=other) for each in (item("a", NOW - 2 * MINUTE), item("b", NOW + MINUTE))]
    yesterday = replace(item("yesterday", NOW - timedelta(hours=20)), programme=other)
    covers = Span(NOW - timedelta(hours=23), NOW + timedelta(days=9))
    put(store, issued(7, yesterday, item("c", NOW - timedelta(hours=19)), covers=covers))
    put(store, issued(8, *before, item("d", NOW + 2 * MINUTE)))

    with store.reading() as uow:
        found = uow.issue.planned(WEEK, [ZONE], programmes=[other])
        none = uow.issue.planned(WEEK, [ZONE], programmes=[])

    assert [each.occurrence for _, each in found] == ["yesterday", "a", "b"]
    assert not none


def test_an_item_ahead_that_is_no_longer_promised_is_withdrawn(store: Store) -> None:
    begun, ahead = item("begun", NOW - MINUTE), item("ahead", NOW + 5 * MINUTE, late=True)
    put(store, issued(7, begun, ahead))

    put(store, issued(8, replace(begun, ends_at=NOW)))

    assert planned(store) == [replace(begun, ends_at=NOW)]
    with store.reading() as uow:
        assert uow.issue.planned_item(ZONE, OccurrenceId("ahead")) == ahead


def test_an_item_that_begins_at_the_instant_of_the_issue_is_withdrawn_too(store: Store) -> None:
    put(store, issued(7, item("now", NOW)))

    put(store, issued(8, at=NOW))

    assert not planned(store)


def test_what_was_planned_before_the_cover_stays(store: Store) -> None:
    yesterday = item("yesterday", NOW - timedelta(hours=20))
    put(store, issued(7, yesterday, covers=Span(NOW - timedelta(hours=23), NOW + timedelta(days=9))))

    put(store, issued(8, item("today", NOW + MINUTE)))

    assert [each.occurrence for each in planned(store)] == ["yesterday", "today"]


def test_a_withdrawn_item_that_is_promised_again_comes_back(store: Store) -> None:
    moved = item("a", NOW + 7 * MINUTE)
    put(store, issued(7, item("a", NOW + MINUTE)))
    put(store, issued(8))

    put(store, issued(9, moved))

    assert planned(store) == [moved]


def test_what_is_left_of_a_rundown_is_its_hash_and_what_it_changed(store: Store) -> None:
    kept, gone, moved = (item(name, NOW + number * MINUTE) for number, name in enumerate(("kept", "gone", "moved"), 1))
    put(store, issued(7, kept, gone, moved))
    later = replace(moved, starts_at=moved.starts_at + MINUTE, ends_at=moved.ends_at + MINUTE)
    newer = issued(8, kept, later, item("new", NOW + 9 * MINUTE))

    put(store, newer)

    with store.reading() as uow:
        assert uow.issue.revision(ZONE, 8) == Revision(
            zone=ZONE,
            number=8,
            issued_at=newer.issued_at,
            sha256=sha256(newer.envelope).hexdigest(),
            added=1,
            withdrawn=(OccurrenceId("gone"),),
            changed=((OccurrenceId("moved"), moved.span),),
        )
        first = uow.issue.revision(ZONE, 7)
        assert first is not None
        assert (first.added, first.withdrawn, first.changed) == (3, (), ())
        assert uow.issue.revision(ZONE, 6) is None


def test_several_zones_are_settled_together(store: Store) -> None:
    """A recording is in force while any zone's rundown names it."""
    with store.writing() as uow:
        uow.issue.settle(
            Settled(zone=zone, planned_from=2, planned_for=TODAY, issued=issued(7, item("a", NOW + MINUTE), zone=zone))
            for zone in (ZONE, OTHER_ZONE)
        )
        uow.commit()
    assert [mark(store, zone).issued_revision for zone in (ZONE, OTHER_ZONE)] == [7, 7]

    put(store, issued(8))

    with store.reading() as uow:
        assert uow.issue.is_in_force(SPOKEN.sha256)
    put(store, issued(8, zone=OTHER_ZONE))
    with store.reading() as uow:
        assert not uow.issue.is_in_force(SPOKEN.sha256)


def test_other_zones_keep_their_items(store: Store) -> None:
    put(store, issued(7, item("a", NOW + MINUTE), zone=OTHER_ZONE))

    put(store, issued(8))

    assert [each.occurrence for each in planned(store, OTHER_ZONE)] == ["a"]


def test_only_recordings_of_what_is_in_force_are_named(store: Store) -> None:
    old = Recording(SPOKEN.sha256.replace("a", "d"), 1, 1)  # type: ignore[arg-type]  # 64 digits all the same
    put(store, issued(7, item("a", NOW + MINUTE, recording=old)))
    put(store, issued(8, item("a", NOW + MINUTE)))
    with store.writing() as uow:
        uow.places.put_channel(samples.VOV1)  # its fallback is nobody's programme
        uow.commit()

    with store.reading() as uow:
        named = {each.sha256: uow.issue.is_in_force(each.sha256) for each in (SPOKEN, MUSIC, old)}
        assert named == {SPOKEN.sha256: True, MUSIC.sha256: False, old.sha256: False}


def test_the_newest_order_of_silence_counts(store: Store) -> None:
    with store.writing() as uow:
        uow.issue.put_silence(order(10))
        uow.issue.put_silence(order(9, ordered=False))
        uow.issue.put_silence(order(3, audience="unit:x"))
        uow.issue.silence_published("unit:x", 3)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.issue.silences()) == [replace(order(3, audience="unit:x"), published=True), order(10)]


def test_a_new_loudspeaker_wants_an_assignment(store: Store) -> None:
    with store.reading() as uow:
        assert list(uow.issue.assignment_numbers()) == [(POLE, 1, 0), (OTHER_POLE, 1, 0)]


def test_the_number_of_an_assignment_only_grows(store: Store) -> None:
    with store.writing() as uow:
        uow.issue.number_assignment(POLE, 1000)
        uow.issue.number_assignment(POLE, 900)
        uow.issue.assignment_published(POLE, 1000)
        uow.issue.want_assignment([POLE])
        uow.commit()

    with store.reading() as uow:
        assert list(uow.issue.assignment_numbers()) == [(POLE, 1001, 1000), (OTHER_POLE, 1, 0)]


def test_assignments_are_unsettled_until_the_broker_has_the_newest(store: Store) -> None:
    with store.writing() as uow:
        uow.issue.number_assignment(POLE, 7)
        uow.issue.assignment_published(POLE, 7)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.issue.assignment_numbers(unsettled_only=True)) == [(OTHER_POLE, 1, 0)]


def publish_some(store: Store) -> None:
    put(store, issued(7))
    with store.writing() as uow:
        uow.issue.published(ZONE, 7)
        uow.issue.put_silence(order(10))
        uow.issue.silence_published(order(10).audience, 10)
        uow.issue.number_assignment(POLE, 12)
        uow.issue.assignment_published(POLE, 12)
        uow.commit()


def test_the_highest_confirmed_number_is_known(store: Store) -> None:
    with store.reading() as uow:
        assert uow.issue.newest_published() == 0

    publish_some(store)

    with store.reading() as uow:
        assert uow.issue.newest_published() == 12
        assert uow.issue.assignment_number(POLE) == 12
        assert uow.issue.assignment_number(OTHER_POLE) == 0


def test_after_a_broker_lost_everything_all_is_to_be_published_again(store: Store) -> None:
    publish_some(store)

    with store.writing() as uow:
        uow.issue.unpublish_after(0)
        uow.commit()

    assert (mark(store).issued_revision, mark(store).published_revision) == (7, 0)
    with store.reading() as uow:
        assert not uow.issue.silences()[0].published
        assert (POLE, 12, 0) in uow.issue.assignment_numbers()
        assert uow.issue.newest_published() == 0


def test_after_a_broker_lost_the_last_minutes_only_those_are_to_be_published_again(store: Store) -> None:
    publish_some(store)

    with store.writing() as uow:
        uow.issue.unpublish_after(10)
        uow.commit()

    assert mark(store).published_revision == 7
    with store.reading() as uow:
        assert uow.issue.silences()[0].published
        assert (POLE, 12, 0) in uow.issue.assignment_numbers()


def test_trust_lists_are_kept_in_order(store: Store) -> None:
    with store.writing() as uow:
        uow.issue.add_trust_list(2, b"second")
        uow.issue.add_trust_list(1, b"first")
        uow.commit()

    with store.reading() as uow:
        assert list(uow.issue.trust_lists()) == [(1, b"first"), (2, b"second")]


def test_a_new_trust_list_has_everything_in_force_wanted_again(store: Store) -> None:
    put(store, issued(7))
    with store.writing() as uow:
        uow.issue.published(ZONE, 7)
        uow.issue.put_silence(order(10))
        uow.issue.silence_published(order(10).audience, 10)
        uow.issue.assignment_published(POLE, 1)
        uow.issue.add_trust_list(4, b"four")
        uow.issue.follow_trust(4)
        uow.commit()

    assert mark(store) == ZoneMark(
        zone=ZONE, wanted=2, planned_from=1, issued_revision=7, published_revision=7, planned_for=None
    )
    assert mark(store, OTHER_ZONE).wanted == 1
    with store.reading() as uow:
        assert uow.issue.trust_followed() == 4
        assert [each.published for each in uow.issue.silences()] == [False]
        assert list(uow.issue.assignment_numbers()) == [(POLE, 1, 0), (OTHER_POLE, 1, 0)]


def test_of_a_new_centre_no_trust_list_was_followed(store: Store) -> None:
    with store.reading() as uow:
        assert uow.issue.trust_followed() == 0
