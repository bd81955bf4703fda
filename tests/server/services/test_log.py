"""The log: plan against evidence, per occurrence and loudspeaker."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.asrun import Outcome
from schedules.ids import DeviceId, OccurrenceId
from schedules.ladder import Reached, Rung
from schedules.reconciliation import Verdict
from schedules.rundown import RundownItem
from schedules.times import DAY, Span
from schedules.wire.messages import Presence
from server.device_records import Device
from server.errors import NotAllowed, NotFound
from server.services import log, programmes
from server.services.judged_plays import Row
from server.services.log import Log
from server.values import Person, Stood
from tests.server.services.radio import (
    DAWN,
    EDITOR,
    GATE,
    GATEWAY,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    Radio,
    in_notices,
    local,
)

TODAY = Span(DAWN, DAWN + DAY)


@pytest.fixture
def noon(radio: Radio) -> Radio:
    """A notice was planned for the morning, and it is seven o'clock."""
    radio.airs("Lịch tiêm chủng", wish=in_notices(LANG_MOI, GO_SIM))
    radio.release_templates()
    radio.issue()
    radio.at(local(7))
    return radio


def notice(radio: Radio) -> RundownItem:
    return radio.item("Lịch tiêm chủng")


def shown(radio: Radio, by: Person = INSPECTOR, **filters: object) -> Log:
    wanted: dict[str, object] = {"span": TODAY, "text": "tiêm", **filters}
    return log.verdicts(radio.store, radio.clock, by, SON_HA, **wanted)  # type: ignore[arg-type]  # by name


def verdicts(found: Log) -> dict[object, Verdict]:
    return {row.loudspeaker.id: row.finding.verdict for row in found.rows}


def row_of(found: Log) -> Row:
    (row,) = (each for each in found.rows if each.loudspeaker.id == GATE)
    return row


def test_without_any_report_everything_is_awaited_at_every_loudspeaker(noon: Radio) -> None:
    found = shown(noon)

    assert verdicts(found) == {GATE: Verdict.AWAITED, GATEWAY: Verdict.AWAITED}
    assert found.counts[Verdict.AWAITED] == 2
    assert not found.coverage.complete


def test_a_finished_entry_confirms_with_its_true_times(noon: Radio) -> None:
    item = notice(noon)
    noon.hears(item, GATE, LANG_MOI)

    row = row_of(shown(noon))

    assert row.finding.verdict is Verdict.CONFIRMED
    assert (row.finding.started_at, row.finding.ended_at) == (item.starts_at, item.ends_at)
    assert [entry.entry.sequence for entry in row.entries] == [1]


def test_a_loudspeaker_that_told_everything_and_not_this_has_missed_it(noon: Radio) -> None:
    noon.reports_until(GATE, local(6))
    assert row_of(shown(noon)).finding.verdict is Verdict.MISSED

    noon.hears(notice(noon), GATE, LANG_MOI)
    assert row_of(shown(noon)).finding.verdict is Verdict.CONFIRMED


def test_part_of_it_and_a_failure_keep_their_reasons(noon: Radio) -> None:
    item = notice(noon)
    noon.hears(item, GATE, LANG_MOI, share=0.5, outcome=Outcome.CUT_SHORT, reason="device.rebooted")
    noon.hears(item, GATEWAY, GO_SIM, share=0, outcome=Outcome.FAILED, reason="sound.no_device")

    found = {row.loudspeaker.id: (row.finding.verdict, row.finding.reason) for row in shown(noon).rows}

    assert found == {
        GATE: (Verdict.PARTIAL, "device.rebooted"),
        GATEWAY: (Verdict.FAILED, "sound.no_device"),
    }


def test_two_entries_of_a_reboot_are_one_row(noon: Radio) -> None:
    item = notice(noon)
    noon.hears(item, GATE, LANG_MOI, sequence=2, share=0.5)
    noon.hears(item, GATE, LANG_MOI, sequence=1, share=0.5, outcome=Outcome.CUT_SHORT, reason="device.rebooted")

    row = row_of(shown(noon))

    assert [entry.entry.sequence for entry in row.entries] == [1, 2]
    assert row.finding.verdict is Verdict.CONFIRMED


def test_what_played_without_a_plan_is_listed_as_such(noon: Radio) -> None:
    stranger = replace(notice(noon), occurrence=OccurrenceId("nobody planned this"))
    noon.hears(stranger, MARKET, LANG_MOI)

    (row,) = shown(noon, only=[Verdict.UNPLANNED]).rows

    assert (row.item, row.loudspeaker.id, row.title) == (None, MARKET, "Lịch tiêm chủng")
    assert row.finding.played_ms == 70_000


def test_a_loudspeaker_that_moved_to_another_zone_keeps_its_evidence_where_it_played(noon: Radio) -> None:
    noon.hears(notice(noon), GATE, LANG_MOI)
    with noon.store.writing() as uow:
        known = uow.places.loudspeaker(GATE)
        assert known is not None
        uow.places.put_loudspeaker(replace(known, zone=GO_SIM))
        uow.commit()

    here = shown(noon, zones=[LANG_MOI])

    assert verdicts(here) == {GATE: Verdict.CONFIRMED}


def test_a_loudspeaker_counts_only_for_the_time_in_which_it_stood(noon: Radio) -> None:
    with noon.store.writing() as uow:
        gate, gateway = uow.places.loudspeaker(GATE), uow.places.loudspeaker(GATEWAY)
        assert gate is not None
        assert gateway is not None
        uow.places.put_loudspeaker(replace(gate, since=local(6)))
        uow.places.put_loudspeaker(replace(gateway, retired_at=local(5)))
        uow.commit()

    assert shown(noon).rows == ()


def test_a_place_answers_for_nothing_before_its_first_device_and_for_all_while_the_next_is_awaited(noon: Radio) -> None:
    with noon.store.writing() as uow:
        gate = uow.places.loudspeaker(GATE)
        assert gate is not None
        uow.places.put_loudspeaker(replace(gate, public_key=""))
        uow.commit()
    assert GATE not in verdicts(shown(noon))

    with noon.store.writing() as uow:
        device = Device(
            id=DeviceId("ab" * 8), loudspeaker=GATE, public_key="11" * 32, enrolled_at=DAWN, retired_at=DAWN
        )
        uow.devices.put(device)
        uow.commit()
    assert GATE in verdicts(shown(noon))


def test_a_moved_loudspeaker_answers_for_its_old_zone_until_then_and_for_its_new_one_since(noon: Radio) -> None:
    with noon.store.writing() as uow:
        gate = uow.places.loudspeaker(GATE)
        assert gate is not None
        uow.places.put_loudspeaker(replace(gate, zone=GO_SIM, stood=(Stood(LANG_MOI, local(6)),)))
        uow.commit()

    rows = [(row.zone.id, row.planned.start) for row in shown(noon, text="").rows if row.loudspeaker.id == GATE]

    assert {zone for zone, _ in rows} == {LANG_MOI, GO_SIM}
    assert all((zone == LANG_MOI) == (start < local(6)) for zone, start in rows)


def test_the_log_is_filtered_by_verdict_zone_and_title_while_it_counts_all_verdicts(noon: Radio) -> None:
    noon.hears(notice(noon), GATE, LANG_MOI)

    confirmed = shown(noon, only=[Verdict.CONFIRMED])

    assert verdicts(confirmed) == {GATE: Verdict.CONFIRMED}
    assert (confirmed.counts[Verdict.CONFIRMED], confirmed.counts[Verdict.AWAITED]) == (1, 1)
    assert set(verdicts(shown(noon, zones=[GO_SIM]))) == {GATEWAY}
    assert shown(noon, text="TIEM").rows == shown(noon).rows
    assert shown(noon, text="không có").rows == ()
    assert {row.title for row in shown(noon, text="").rows} == {
        "Nhạc hiệu",
        "Nhạc không lời",
        "Tiếp sóng VOV1",
        "Lịch tiêm chủng",
    }


def test_coverage_is_complete_once_every_loudspeaker_has_told_everything(noon: Radio) -> None:
    for loudspeaker in (GATE, GATEWAY):
        noon.reports_until(loudspeaker, noon.now())

    coverage = shown(noon).coverage

    assert coverage.complete
    assert coverage.reported_until == {GATE: noon.now(), GATEWAY: noon.now()}


def test_what_was_withdrawn_before_it_began_is_no_row(radio: Radio) -> None:
    radio.release_templates()
    programme = radio.airs("Lịch tiêm chủng")
    radio.issue()
    version = radio.stored(programme).programme.version
    programmes.withdraw(radio.store, radio.clock, OFFICER, programme, version=version)
    radio.issue()
    radio.at(local(7))

    assert shown(radio).rows == ()


def test_one_play_is_told_from_plan_to_evidence(noon: Radio) -> None:
    item = notice(noon)
    noon.at(local(7))
    noon.speaks(GATE)
    noon.answers(GATE, LANG_MOI)
    noon.hears(item, GATE, LANG_MOI)
    with noon.store.writing() as uow:
        uow.evidence.put_presence(GATE, presence_of(noon), item.starts_at + timedelta(seconds=5))
        uow.commit()

    story = log.story(noon.store, noon.clock, INSPECTOR, zone=LANG_MOI, occurrence=item.occurrence, loudspeaker=GATE)

    assert (story.row.item, story.row.finding.verdict) == (item, Verdict.CONFIRMED)
    (heard,) = story.row.entries
    assert [each.zone for each in story.revisions.values()] == [LANG_MOI]
    assert list(story.revisions) == [heard.entry.revision]
    assert story.seen.receipt is not None
    assert len(story.presences) == 1
    reached = {step.rung for step in story.ladder if step.reached is Reached.YES}
    assert reached == set(Rung) - {Rung.LEVEL_MEASURED, Rung.HEARD}


def presence_of(radio: Radio) -> Presence:
    presence = radio.store.kept.seen[GATE].presence
    assert presence is not None
    return replace(presence, faults=("sim.out_of_data",))


def test_a_play_that_never_was_is_not_found(noon: Radio) -> None:
    item = notice(noon)

    for occurrence, loudspeaker in ((OccurrenceId("nothing"), GATE), (item.occurrence, MARKET)):
        with pytest.raises(NotFound, match=r"log.unknown_occurrence"):
            log.story(
                noon.store,
                noon.clock,
                INSPECTOR,
                zone=LANG_MOI,
                occurrence=occurrence,
                loudspeaker=loudspeaker,
            )


def test_a_neighbour_reads_nothing_and_the_province_everything(noon: Radio) -> None:
    item = notice(noon)

    with pytest.raises(NotAllowed):
        shown(noon, NEIGHBOUR)
    with pytest.raises(NotAllowed):
        log.story(noon.store, noon.clock, NEIGHBOUR, zone=LANG_MOI, occurrence=item.occurrence, loudspeaker=GATE)
    found = log.verdicts(noon.store, noon.clock, EDITOR, QUANG_NGAI, span=TODAY)
    assert {row.loudspeaker.id for row in found.rows} == {GATE, GATEWAY, MARKET}
