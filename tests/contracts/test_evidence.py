"""What every store promises about what loudspeakers said."""

from dataclasses import replace
from datetime import timedelta

from schedules.asrun import Outcome
from schedules.chain import GENESIS
from schedules.ids import JournalId, OccurrenceId, ProgrammeId
from schedules.mark import MarkKind
from schedules.times import Span
from server.evidence_records import Heard, JournalEnd, JournalState, KeptMark, Seen, Told
from server.ports import Store
from tests.contracts.samples import (
    JOURNAL,
    MINUTE,
    NOTICE,
    NOW,
    OTHER_POLE,
    OTHER_ZONE,
    POLE,
    ZONE,
    chain,
    heard,
    kept_mark,
    mark,
    presence,
    receipt,
)

WEEK = Span(NOW - timedelta(days=1), NOW + timedelta(days=6))


def keep(store: Store, *entries: Heard) -> int:
    with store.writing() as uow:
        new = uow.evidence.insert_heard(entries)
        uow.commit()
    return new


def state(store: Store) -> JournalState:
    with store.reading() as uow:
        return uow.evidence.journal(POLE, JOURNAL)


def test_entries_come_back_whole(store: Store) -> None:
    kept = [heard(entry, flags=frozenset({"fork", "chain_broken"})) for entry in chain(3)]

    keep(store, *kept)

    with store.reading() as uow:
        assert list(uow.evidence.heard(WEEK, [POLE])) == kept
        assert not uow.evidence.heard(WEEK, [OTHER_POLE])
        assert [each.entry.hash for each in uow.evidence.heard(WEEK, [POLE])] == [each.hash for each in kept]


def test_entries_are_found_by_their_planned_start(store: Store) -> None:
    keep(store, *map(heard, chain(3)))

    with store.reading() as uow:
        found = uow.evidence.heard(Span(NOW + 2 * MINUTE, NOW + 3 * MINUTE), [POLE, OTHER_POLE])

    assert [each.entry.sequence for each in found] == [2]


def test_entries_are_found_by_their_programme(store: Store) -> None:
    first, second = chain(2)
    keep(store, heard(first), heard(replace(second, programme=ProgrammeId("other"))))

    with store.reading() as uow:
        found = uow.evidence.heard(WEEK, [POLE], programmes=[ProgrammeId("other")])
        none = uow.evidence.heard(WEEK, [POLE], programmes=[])

    assert [each.entry.sequence for each in found] == [2]
    assert not none


def test_entries_are_found_by_the_zone_they_were_heard_in(store: Store) -> None:
    here, there = chain(2)
    keep(store, heard(here), heard(replace(there, zone=OTHER_ZONE)))

    with store.reading() as uow:
        found = uow.evidence.heard(WEEK, [POLE], zones=[OTHER_ZONE])

    assert [each.entry.sequence for each in found] == [2]


def test_what_entries_of_one_occurrence_come_to_is_counted(store: Store) -> None:
    name, siren = OccurrenceId("flood"), ProgrammeId("siren")
    first, second, third, fourth, fifth = chain(5)
    keep(
        store,
        heard(replace(first, occurrence=name, programme=siren, reason="words.came")),
        heard(replace(second, occurrence=name, outcome=Outcome.FINISHED, reason="")),
        heard(replace(third, occurrence=name, reason="device.rebooted")),
        heard(replace(fourth, occurrence=name, outcome=Outcome.FINISHED, reason="")),
        heard(replace(fifth, outcome=Outcome.FINISHED, reason="other")),
        heard(replace(first, loudspeaker=OTHER_POLE, occurrence=name, programme=siren, reason="words.came")),
    )

    with store.reading() as uow:
        told = uow.evidence.told(name, WEEK, [POLE, OTHER_POLE], zones=[ZONE, OTHER_ZONE], said=[NOTICE])
        narrow = uow.evidence.told(name, Span(NOW, NOW + 3 * MINUTE), [POLE], zones=[ZONE], said=[NOTICE])

    assert told == {
        POLE: Told(2, 3, NOW + 4 * MINUTE, "device.rebooted"),
        OTHER_POLE: Told(0, 0, NOW + MINUTE, "words.came"),
    }
    assert narrow == {POLE: Told(1, 1, NOW + 2 * MINUTE, "words.came")}


def test_what_never_sounded_is_counted_with_its_reason_alone(store: Store) -> None:
    silent = replace(
        chain(1)[0],
        outcome=Outcome.SKIPPED,
        started_at=None,
        ended_at=None,
        played_ms=0,
        received_ms=None,
        level_dbfs=None,
    )
    keep(store, heard(silent))

    with store.reading() as uow:
        told = uow.evidence.told(silent.occurrence, WEEK, [POLE], zones=[ZONE], said=[NOTICE])

    assert told == {POLE: Told(reason="silence.ordered")}


def test_an_entry_that_comes_twice_is_kept_once_as_it_first_was(store: Store) -> None:
    first, *others = map(heard, chain(3))
    assert keep(store, first) == 1

    assert keep(store, replace(first, received_at=NOW + MINUTE), *others) == 2

    with store.reading() as uow:
        assert list(uow.evidence.heard(WEEK, [POLE])) == [first, *others]


def test_no_entries_are_no_news(store: Store) -> None:
    assert keep(store) == 0


def test_a_journal_is_known_up_to_its_first_gap(store: Store) -> None:
    entries = chain(5)

    keep(store, *(heard(entry) for entry in entries if entry.sequence != 3))

    known = state(store)
    assert (known.through, known.head) == (2, entries[1].hash)


def test_a_journal_whose_first_entry_is_missing_is_not_known_at_all(store: Store) -> None:
    keep(store, *map(heard, chain(3)[1:]))

    assert state(store) == JournalState(loudspeaker=POLE, journal=JOURNAL, through=0, head=GENESIS)


def test_every_journal_a_loudspeaker_told_of_is_found(store: Store) -> None:
    first, second = chain(2)
    other = replace(first, journal=JournalId("a-later-one"))
    keep(store, heard(first), heard(second), heard(other), heard(replace(first, loudspeaker=OTHER_POLE)))

    with store.reading() as uow:
        found = [(each.journal, each.through, each.head) for each in uow.evidence.journals(POLE)]

    assert found == [("a-later-one", 1, other.hash), (JOURNAL, 2, second.hash)]


def test_a_fork_keeps_both_and_the_head_is_the_one_that_came_last(store: Store) -> None:
    first, second = chain(2)
    other = replace(second, title="Mục khác")

    keep(store, heard(first), heard(second))
    keep(store, heard(other, at=NOW + MINUTE))

    assert (state(store).through, state(store).head) == (2, other.hash)
    with store.reading() as uow:
        assert uow.evidence.hashes(POLE, JOURNAL, first=2, last=9) == {2: {second.hash, other.hash}}


def mixed() -> tuple[list[Heard], list[KeptMark]]:
    """Two plays, an hourly mark, a play that follows it, and the mark of a day."""
    first, second = chain(2)
    hourly = mark(MarkKind.HOURLY, second, rundown=7, trust=1, ledger_size=9, ledger_root="a" * 64, ledger_at=NOW)
    third = replace(chain(1)[0], sequence=4, previous=hourly.hash)
    daily = mark(MarkKind.DAILY, third, clock_error_ms=None, covers_until=None)
    odd = frozenset({"clock_doubtful"})
    return [heard(first), heard(second), heard(third)], [
        kept_mark(hourly),
        kept_mark(daily, at=NOW + MINUTE, flags=odd),
    ]


def keep_marks(store: Store, *marks: KeptMark) -> int:
    with store.writing() as uow:
        new = uow.evidence.insert_marks(marks)
        uow.commit()
    return new


def test_marks_come_back_whole_in_the_order_they_came(store: Store) -> None:
    _, marks = mixed()
    begun = mark(MarkKind.BEGUN, marks[0].mark, sequence=1, journal=JournalId("journal-b"), after_journal=JOURNAL)
    lost = mark(MarkKind.LOST, begun, after_sequence=2, after_head="b" * 64, lost_from=3, lost_to=8)
    others = [kept_mark(begun, at=NOW + 2 * MINUTE), kept_mark(lost, at=NOW + 2 * MINUTE)]

    keep_marks(store, *reversed(others), *marks)

    with store.reading() as uow:
        assert list(uow.evidence.marks([POLE], MarkKind)) == [*marks, *others]
        assert list(uow.evidence.marks([POLE], [MarkKind.LOST, MarkKind.BEGUN])) == others
        assert list(uow.evidence.marks([POLE], MarkKind, since=NOW + MINUTE)) == [marks[1], *others]
        assert not uow.evidence.marks([OTHER_POLE], MarkKind)


def test_a_mark_that_comes_twice_is_kept_once_as_it_first_was(store: Store) -> None:
    _, marks = mixed()
    assert keep_marks(store, *marks) == 2

    assert keep_marks(store, replace(marks[0], received_at=NOW + 9 * MINUTE)) == 0

    with store.reading() as uow:
        assert list(uow.evidence.marks([POLE], MarkKind)) == marks


def test_marks_fill_the_numbers_between_entries(store: Store) -> None:
    entries, marks = mixed()
    keep(store, *entries)
    assert state(store).through == 2

    keep_marks(store, *marks)

    known = state(store)
    assert (known.through, known.head) == (5, marks[1].hash)
    with store.reading() as uow:
        assert uow.evidence.hashes(POLE, JOURNAL, first=2, last=4) == {
            2: {entries[1].hash},
            3: {marks[0].hash},
            4: {entries[2].hash},
        }


def test_a_number_of_an_entry_and_of_a_mark_is_a_fork_and_the_head_is_the_one_that_came_last(store: Store) -> None:
    first, second = chain(2)
    other = mark(MarkKind.BOOT, first)
    keep(store, heard(first), heard(second))
    keep_marks(store, kept_mark(other, at=NOW + MINUTE))

    assert (state(store).through, state(store).head) == (2, other.hash)


def test_a_journal_is_looked_through_from_where_it_was_known_to_be_whole(store: Store) -> None:
    entries = list(map(heard, chain(6)))
    keep(store, *entries[:2], *entries[3:5])
    with store.writing() as uow:
        uow.evidence.note_through({(POLE, JOURNAL): uow.evidence.journal(POLE, JOURNAL).through})
        uow.commit()
    assert state(store).through == 2

    keep(store, entries[2])

    assert (state(store).through, state(store).head) == (5, entries[4].hash)
    with store.reading() as uow:
        assert list(uow.evidence.journals(POLE)) == [state(store)]
        assert not uow.evidence.journals(OTHER_POLE)


def test_where_journals_end_is_told_with_what_is_kept_behind_a_gap(store: Store) -> None:
    first, second, _, fourth = chain(4)
    other = mark(MarkKind.BOOT, first)
    keep(store, *map(heard, (first, second, fourth)))
    keep_marks(store, kept_mark(other, at=NOW + MINUTE))
    later, unheard = JournalId("journal-b"), JournalId("journal-c")
    keep(store, *map(heard, chain(3, journal=later)[1:]))

    with store.writing() as uow:
        found = uow.evidence.ends([(POLE, JOURNAL), (POLE, later), (POLE, unheard)])
        assert found[POLE, JOURNAL].through == 2
        assert found[POLE, JOURNAL].hashes[2] == (second.hash, other.hash)
        assert found[POLE, JOURNAL].hashes[4] == (fourth.hash,)
        assert (found[POLE, later].through, sorted(found[POLE, later].hashes)) == (0, [2, 3])
        assert found[POLE, unheard] == JournalEnd()
        uow.evidence.note_through({(POLE, JOURNAL): 2, (POLE, later): 0})
        uow.commit()
    keep(store, heard(chain(3)[2]))

    with store.writing() as uow:
        end = uow.evidence.ends([(POLE, JOURNAL)])[POLE, JOURNAL]
        nothing = uow.evidence.ends([])
    assert (end.through, end.hashes[4]) == (4, (fourth.hash,))
    assert nothing == {}


def test_journals_are_apart(store: Store) -> None:
    keep(store, *map(heard, chain(2)))

    keep(store, *map(heard, chain(4, journal=JournalId("journal-b"))))

    assert state(store).through == 2


def test_what_a_report_covers_never_shrinks(store: Store) -> None:
    with store.writing() as uow:
        uow.evidence.put_covers({(POLE, JOURNAL): NOW + MINUTE})
        uow.evidence.put_covers({(POLE, JOURNAL): NOW})
        uow.evidence.put_covers({(POLE, JournalId("journal-b")): NOW + 2 * MINUTE})
        uow.commit()

    assert state(store).covers_until == NOW + MINUTE
    with store.reading() as uow:
        assert uow.evidence.covers_until([POLE, OTHER_POLE]) == {POLE: NOW + 2 * MINUTE}
        each = {JOURNAL: NOW + MINUTE, JournalId("journal-b"): NOW + 2 * MINUTE}
        assert uow.evidence.covers([POLE, OTHER_POLE]) == {POLE: each}
        assert not uow.evidence.covers([OTHER_POLE])


def test_the_newest_word_is_kept(store: Store) -> None:
    with store.writing() as uow:
        uow.evidence.put_presence(POLE, presence(1), NOW)
        uow.evidence.put_receipt(POLE, receipt(7), NOW + MINUTE)
        uow.evidence.put_presence(POLE, presence(2), NOW + 2 * MINUTE)
        uow.commit()

    with store.reading() as uow:
        assert uow.evidence.seen([POLE, OTHER_POLE]) == {
            POLE: Seen(
                presence=presence(2),
                presence_at=NOW + 2 * MINUTE,
                receipt=receipt(7),
                receipt_at=NOW + MINUTE,
            )
        }


def test_it_is_kept_when_two_devices_spoke_with_one_key(store: Store) -> None:
    with store.writing() as uow:
        uow.evidence.put_presence(POLE, presence(1), NOW)
        uow.evidence.note_twins(POLE, NOW + MINUTE)
        uow.evidence.put_presence(POLE, presence(2), NOW + 2 * MINUTE)
        uow.commit()

    with store.reading() as uow:
        assert uow.evidence.seen([POLE])[POLE].twins_at == NOW + MINUTE


def test_another_instance_is_a_line_of_the_history(store: Store) -> None:
    with store.writing() as uow:
        for number, instance in enumerate(("a", "a", "b"), start=1):
            uow.evidence.put_presence(POLE, replace(presence(number), instance=instance), NOW + number * MINUTE)
        uow.commit()

    with store.reading() as uow:
        lines = uow.evidence.presence_history(POLE, Span(NOW, NOW + 9 * MINUTE))
        assert [each.instance for _, each in lines] == ["a", "b"]


def test_presence_history_has_a_line_only_for_what_changed(store: Store) -> None:
    with store.writing() as uow:
        uow.evidence.put_presence(POLE, presence(1), NOW)
        uow.evidence.put_presence(POLE, presence(2), NOW + MINUTE)
        uow.evidence.put_presence(POLE, presence(3, revision=8), NOW + 2 * MINUTE)
        uow.evidence.put_presence(POLE, presence(4, online=False, revision=8), NOW + 3 * MINUTE)
        uow.commit()

    with store.reading() as uow:
        lines = uow.evidence.presence_history(POLE, Span(NOW, NOW + 3 * MINUTE))
        assert [(at, each.number) for at, each in lines] == [(NOW, 1), (NOW + 2 * MINUTE, 3)]


def test_levels_come_newest_first_of_plays_that_lasted_and_were_measured(store: Store) -> None:
    first, second, third, fourth = chain(4)
    keep(
        store,
        heard(replace(first, level_dbfs=-18.0)),
        heard(replace(second, level_dbfs=None)),
        heard(replace(third, played_ms=9_999)),
        heard(replace(fourth, level_dbfs=-40.5)),
    )

    with store.reading() as uow:
        found = uow.evidence.levels([POLE, OTHER_POLE], zones=[ZONE], since=NOW)
        assert {key: list(levels) for key, levels in found.items()} == {POLE: [-40.5, -18.0]}
        assert uow.evidence.levels([POLE], zones=[ZONE], since=NOW + 5 * MINUTE) == {}
        assert uow.evidence.levels([POLE], zones=[OTHER_ZONE], since=NOW) == {}
