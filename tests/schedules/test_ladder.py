"""How far a play came: each rung is shown by its own evidence, and by nothing else."""

from dataclasses import replace

import pytest

from schedules.asrun import AsRunEntry, Outcome
from schedules.ids import ChannelId, Sha256
from schedules.ladder import Evidence, Reached, Receipt, Rung, Step, climbed
from schedules.reconciliation import reconcile
from schedules.rundown import Relayed, RundownItem
from tests.schedules.given import HOUR, at
from tests.schedules.test_reconciliation import ITEM, entry

YES, NO, UNKNOWN = Reached.YES, Reached.NO, Reached.UNKNOWN
LATER = at("06:00") + 30 * HOUR
MISSING = frozenset(each.sha256 for each in ITEM.recordings)
HOLDS = Receipt(at=at("05:00"), revision=entry().revision, holds_item=True)


def ladder(
    *entries: AsRunEntry,
    item: RundownItem = ITEM,
    flags: frozenset[str] = frozenset(),
    receipt: Receipt | None = HOLDS,
    told: bool = True,
    after_a_day: bool = False,
    lost: bool = False,
) -> dict[Rung, Step]:
    """Climb with some evidence; `told` says that the loudspeaker has reported everything."""
    now = LATER if after_a_day else at("07:00")
    covers = now if told else None
    finding = reconcile(item, entries, covers_until=covers, lost=(item.span,) if lost else (), now=now)
    steps = climbed(Evidence(item=item, entries=entries, flags=flags, finding=finding, receipt=receipt))
    assert [step.rung for step in steps] == list(Rung)
    return {step.rung: step for step in steps}


def reached(steps: dict[Rung, Step]) -> list[Reached]:
    return [steps[rung].reached for rung in Rung]


def test_a_play_that_was_measured_reaches_every_rung_but_that_nobody_listened() -> None:
    steps = ladder(entry())

    assert reached(steps) == [YES] * 7 + [UNKNOWN]
    assert steps[Rung.DELIVERED].at == at("05:00")
    assert (steps[Rung.STARTED].at, steps[Rung.FINISHED].at) == (entry().started_at, entry().ended_at)
    assert steps[Rung.CLOCK_TRUSTED].values == {"milliseconds": entry().clock_error_ms}
    assert steps[Rung.HEARD].code == "ladder.no_microphone"


def test_heard_is_never_claimed() -> None:
    everything = (ladder(entry()), ladder(), ladder(entry(seconds=0, outcome=Outcome.FAILED, reason="audio.cut")))

    assert {steps[Rung.HEARD].reached for steps in everything} == {UNKNOWN}


def test_what_was_not_measured_is_not_said_to_be() -> None:
    steps = ladder(replace(entry(), level_dbfs=None))

    assert (steps[Rung.LEVEL_MEASURED].reached, steps[Rung.LEVEL_MEASURED].code) == (NO, "ladder.no_level")
    assert steps[Rung.FINISHED].reached is YES


def test_a_cut_play_has_begun_and_not_finished() -> None:
    steps = ladder(entry(seconds=100, outcome=Outcome.CUT_SHORT, reason="item.emergency"))

    assert (steps[Rung.STARTED].reached, steps[Rung.FINISHED].reached) == (YES, NO)
    assert steps[Rung.FINISHED].code == "item.emergency"


def test_after_a_reboot_the_last_entry_says_whether_it_finished() -> None:
    first = entry(seconds=100, outcome=Outcome.CUT_SHORT, reason="device.rebooted")
    second = entry(at("06:03"), 420, sequence=2)

    steps = ladder(first, second)

    assert (steps[Rung.STARTED].at, steps[Rung.FINISHED].at) == (first.started_at, second.ended_at)
    assert steps[Rung.FINISHED].reached is YES


def test_of_several_levels_the_loudest_is_named() -> None:
    first = replace(entry(seconds=100, outcome=Outcome.CUT_SHORT, reason="device.rebooted"), level_dbfs=-31.25)
    second = replace(entry(at("06:03"), 420, sequence=2), level_dbfs=-18.0)

    assert ladder(first, second)[Rung.LEVEL_MEASURED].values == {"level": -18.0}


@pytest.mark.parametrize("reason", ["guard.clock_doubtful", "guard.clock_unknown", "guard.at_edge"])
def test_a_clock_that_did_not_allow_it_is_told_by_the_guard(reason: str) -> None:
    steps = ladder(entry(seconds=0, outcome=Outcome.SKIPPED, reason=reason))

    assert (steps[Rung.CLOCK_TRUSTED].reached, steps[Rung.CLOCK_TRUSTED].code) == (NO, reason)
    assert (steps[Rung.STARTED].reached, steps[Rung.STARTED].code) == (NO, reason)
    assert steps[Rung.DELIVERED].reached is YES


def test_a_doubtful_clock_is_no_trusted_one_though_it_sounded() -> None:
    steps = ladder(entry(), flags=frozenset({"clock_doubtful"}))

    assert (steps[Rung.CLOCK_TRUSTED].reached, steps[Rung.STARTED].reached) == (NO, YES)


def test_other_sound_than_was_approved_is_not_verified() -> None:
    steps = ladder(entry(), flags=frozenset({"other_than_planned"}))

    assert (steps[Rung.AUDIO_VERIFIED].reached, steps[Rung.AUDIO_VERIFIED].code) == (NO, "flag.other_than_planned")


def test_audio_that_did_not_come_is_told_by_the_device() -> None:
    steps = ladder(entry(seconds=0, outcome=Outcome.SKIPPED, reason="audio.unreachable"))

    assert (steps[Rung.AUDIO_VERIFIED].reached, steps[Rung.AUDIO_VERIFIED].code) == (NO, "audio.unreachable")
    assert steps[Rung.CLOCK_TRUSTED].reached is UNKNOWN


def test_a_relay_has_no_file_to_verify() -> None:
    steps = ladder(entry(received=600), item=replace(ITEM, sound=Relayed(ChannelId("vov1"))))

    assert (steps[Rung.AUDIO_VERIFIED].reached, steps[Rung.AUDIO_VERIFIED].code) == (
        UNKNOWN,
        "ladder.relay_has_no_file",
    )


def test_without_an_entry_the_receipt_says_what_was_there() -> None:
    ready = ladder(told=False)
    waits = ladder(told=False, receipt=replace(HOLDS, missing=MISSING | {Sha256("f" * 64)}))

    assert (ready[Rung.DELIVERED].reached, ready[Rung.AUDIO_VERIFIED].reached) == (YES, YES)
    assert (waits[Rung.DELIVERED].reached, waits[Rung.AUDIO_VERIFIED].reached) == (YES, NO)
    assert waits[Rung.AUDIO_VERIFIED].values == {"count": len(MISSING)}


def test_a_receipt_of_another_rundown_shows_nothing_of_the_files() -> None:
    older = ladder(told=False, receipt=replace(HOLDS, holds_item=False))
    later = ladder(told=False, receipt=replace(HOLDS, holds_item=None))
    none = ladder(told=False, receipt=None)

    assert [steps[Rung.DELIVERED].reached for steps in (older, later, none)] == [NO, UNKNOWN, UNKNOWN]
    assert {steps[Rung.AUDIO_VERIFIED].reached for steps in (older, later, none)} == {UNKNOWN}


def test_a_receipt_of_another_revision_does_not_say_when_the_one_played_came() -> None:
    assert ladder(entry(), receipt=replace(HOLDS, revision=1))[Rung.DELIVERED].at is None
    assert ladder(entry(), receipt=None)[Rung.DELIVERED].reached is YES


def test_what_is_awaited_is_unknown_and_what_was_told_not_to_sound_is_not_reached() -> None:
    awaited, nothing = ladder(told=False), ladder()

    for rung in (Rung.STARTED, Rung.FINISHED, Rung.LEVEL_MEASURED):
        assert (awaited[rung].reached, awaited[rung].code) == (UNKNOWN, "ladder.awaited")
        assert (nothing[rung].reached, nothing[rung].code) == (NO, "report.nothing_played")
    assert nothing[Rung.CLOCK_TRUSTED].code == "ladder.nothing_sounded"
    assert awaited[Rung.CLOCK_TRUSTED].code == "ladder.awaited"


def test_a_lost_journal_and_a_silent_loudspeaker_leave_it_unknown() -> None:
    lost, silent = ladder(lost=True), ladder(told=False, after_a_day=True)

    assert (lost[Rung.STARTED].reached, lost[Rung.STARTED].code) == (UNKNOWN, "report.lost")
    assert (silent[Rung.FINISHED].reached, silent[Rung.FINISHED].code) == (UNKNOWN, "report.none")


def test_what_is_planned_is_always_shown() -> None:
    step = ladder(told=False, receipt=None)[Rung.PLANNED]

    assert (step.reached, step.at) == (YES, ITEM.starts_at)
    assert step.values == {"start": ITEM.starts_at, "end": ITEM.ends_at}
