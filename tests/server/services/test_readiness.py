"""Will the next session be played?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import DeviceId, LoudspeakerId, Sha256
from schedules.times import DAY
from schedules.wire.messages import NowPlaying, ReceiptState
from server.device_records import Device
from server.errors import NotAllowed
from server.readiness_records import Colour
from server.services import maintenance, readiness, silence
from server.services.readiness import Readiness, Ready
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
    OVER_THERE,
    QUANG_NGAI,
    SON_HA,
    TECHNICIAN,
    Radio,
    local,
)


@pytest.fixture
def morning(radio: Radio) -> Radio:
    """Everything is approved and issued, and the loudspeaker of Làng Mới is ready."""
    radio.release_templates()
    radio.airs("Lịch tiêm chủng")
    radio.issue()
    radio.speaks(GATE)
    radio.answers(GATE, LANG_MOI)
    return radio


def shown(radio: Radio) -> Readiness:
    return readiness.readiness(radio.store, radio.clock, INSPECTOR, SON_HA)


def gate(radio: Radio, which: LoudspeakerId = GATE) -> Ready:
    return next(each for each in shown(radio).loudspeakers if each.loudspeaker.id == which)


def why(ready: Ready) -> list[tuple[str, Colour, str]]:
    return [(reason.code, reason.colour, reason.remedy) for reason in ready.reasons]


def test_a_loudspeaker_that_holds_everything_is_green(morning: Radio) -> None:
    ready = gate(morning)

    assert (ready.colour, ready.reasons, ready.connected) == (Colour.GREEN, (), True)
    assert (ready.held, ready.issued, ready.missing) == (1, 1, 0)
    assert ready.covers_until == DAWN + 9 * DAY


def test_one_that_never_spoke_is_grey(morning: Radio) -> None:
    assert why(gate(morning, MARKET)) == [("loudspeaker.never_seen", Colour.GREY, "remedy.install")]
    assert gate(morning, MARKET).age(morning.now()) is None


def test_one_that_broke_off_is_yellow_while_it_plays_from_its_own_disk_and_red_after_an_hour(morning: Radio) -> None:
    morning.clock.advance(timedelta(minutes=5))
    ready = gate(morning)
    assert why(ready) == [("loudspeaker.disconnected_holds", Colour.YELLOW, "remedy.wait")]
    assert ready.age(morning.now()) == timedelta(minutes=5)

    morning.clock.advance(timedelta(hours=1))
    assert why(gate(morning)) == [("loudspeaker.disconnected", Colour.RED, "remedy.power_and_sim")]


def test_the_brokers_word_that_it_is_gone_counts_at_once(morning: Radio) -> None:
    morning.speaks(GATE, online=False)

    assert not gate(morning).connected


def test_one_that_broke_off_without_the_rundown_in_force_is_red_at_once(morning: Radio) -> None:
    morning.clock.advance(timedelta(minutes=5))
    morning.issue()

    codes = [code for code, _, _ in why(gate(morning))]
    assert codes == ["loudspeaker.disconnected", "rundown.older"]
    assert gate(morning).colour is Colour.RED


def test_a_connected_one_with_an_older_rundown_is_yellow_while_the_new_one_is_on_its_way(morning: Radio) -> None:
    morning.issue()
    assert why(gate(morning)) == [("rundown.older", Colour.YELLOW, "remedy.wait")]

    morning.clock.advance(timedelta(minutes=3))
    morning.speaks(GATE)
    assert gate(morning).colour is Colour.RED


def test_one_that_lost_its_disk_holds_nothing_whatever_it_had_answered(morning: Radio) -> None:
    morning.clock.advance(timedelta(minutes=3))
    morning.speaks(GATE, revision=None, covers_until=None)

    assert gate(morning).held is None
    assert ("rundown.older", Colour.RED, "remedy.wait") in why(gate(morning))


def test_a_refused_rundown_is_red_with_the_devices_reason(morning: Radio) -> None:
    morning.issue()
    morning.answers(GATE, LANG_MOI, revision=2, held=1, state=ReceiptState.REFUSED, reason="wire.unknown_key")

    (reason,) = gate(morning).reasons
    assert (reason.code, dict(reason.values)["reason"]) == ("rundown.refused", "wire.unknown_key")
    assert gate(morning).colour is Colour.RED


def test_a_missing_recording_is_an_alarm_where_it_is_needed_soon_and_else_on_its_way(morning: Radio) -> None:
    (needed,) = morning.item("Lịch tiêm chủng").recordings
    alarm = [("audio.missing", Colour.RED, "remedy.check_line")]
    for sha256, reasons in ((needed.sha256, alarm), (Sha256("f" * 64), [])):
        morning.answers(GATE, LANG_MOI, state=ReceiptState.RECEIVED, missing=(sha256,))

        assert why(gate(morning)) == reasons
        assert gate(morning).missing == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"clock_error_ms": None, "faults": ("clock.unknown",)}, ("clock.unknown", Colour.RED, "remedy.connect_clock")),
        ({"clock_error_ms": 3_000}, ("clock.doubtful", Colour.YELLOW, "remedy.connect_clock")),
        ({"disk_free": 50_000_000}, ("disk.low", Colour.YELLOW, "remedy.free_disk")),
        ({"covers_until": DAWN + 6 * DAY}, ("cover.short", Colour.YELLOW, "remedy.wait")),
        ({"faults": ("sim.out_of_data",)}, ("sim.out_of_data", Colour.YELLOW, "remedy.top_up_sim")),
        ({"faults": ("horn.broken",)}, ("horn.broken", Colour.YELLOW, "remedy.call_technician")),
        ({"faults": ("audio.unreachable",)}, ("audio.unreachable", Colour.YELLOW, "remedy.check_line")),
        ({"faults": ("audio.disk_full",)}, ("audio.disk_full", Colour.YELLOW, "remedy.free_disk")),
        ({"faults": ("sound.no_device",)}, ("sound.no_device", Colour.RED, "remedy.check_amplifier")),
        ({"faults": ("disk.read_only",)}, ("disk.read_only", Colour.RED, "remedy.replace_card")),
        ({"faults": ("audio.budget_spent",)}, ("audio.budget_spent", Colour.YELLOW, "remedy.raise_budget")),
        ({"faults": ("link.taken_over",)}, ("link.taken_over", Colour.RED, "remedy.find_twin")),
        ({"faults": ("journal.damaged",)}, ("journal.damaged", Colour.RED, "remedy.replace_card")),
        ({"faults": ("journal.in_memory",)}, ("journal.in_memory", Colour.RED, "remedy.replace_card")),
        ({"faults": ("journal.unwritable",)}, ("journal.unwritable", Colour.RED, "remedy.call_technician")),
    ],
)
def test_what_the_device_says_of_itself_has_its_reason_and_its_cheapest_remedy(
    morning: Radio, said: dict[str, object], reason: tuple[str, Colour, str]
) -> None:
    morning.speaks(GATE, **said)  # type: ignore[arg-type]  # fields by name

    assert why(gate(morning)) == [reason]


def test_what_is_silenced_or_locked_is_grey_whatever_else_is_wrong(morning: Radio) -> None:
    morning.speaks(GATE, clock_error_ms=None)
    silence.order(morning.store, morning.clock, OFFICER, zone=LANG_MOI)
    assert gate(morning).silent
    assert why(gate(morning)) == [
        ("loudspeaker.silenced", Colour.GREY, "remedy.lift_silence"),
        ("clock.unknown", Colour.RED, "remedy.connect_clock"),
    ]
    assert gate(morning).colour is Colour.GREY

    silence.lift(morning.store, morning.clock, OFFICER, zone=LANG_MOI)
    assert gate(morning).colour is Colour.RED
    assert not gate(morning).silent


def test_a_locked_one_is_loud_first_of_all_and_says_until_when_why_and_by_whom(morning: Radio) -> None:
    morning.speaks(MARKET, clock_error_ms=None)
    maintenance.lock(morning.store, morning.clock, TECHNICIAN, GATE, minutes=60, reason="đang thay loa")

    locked = shown(morning).loudspeakers[0]

    assert (locked.loudspeaker.id, locked.colour) == (GATE, Colour.LOCKED)
    assert why(locked) == [("loudspeaker.locked", Colour.LOCKED, "remedy.unlock")]
    assert dict(locked.reasons[0].values) == {
        "until": DAWN + timedelta(hours=1),
        "why": "đang thay loa",
        "by": "Technician",
    }
    assert shown(morning).counts[Colour.LOCKED] == 1


def test_a_lock_that_is_over_disappears_by_itself(morning: Radio) -> None:
    maintenance.lock(morning.store, morning.clock, TECHNICIAN, GATE, minutes=60, reason="đang thay loa")

    morning.clock.advance(timedelta(hours=1))
    morning.speaks(GATE)

    assert (gate(morning).colour, gate(morning).reasons) == (Colour.GREEN, ())


def test_one_without_a_device_waits_for_its_enrolment(morning: Radio) -> None:
    with morning.store.writing() as uow:
        known = uow.places.loudspeaker(MARKET)
        assert known
        uow.places.put_loudspeaker(replace(known, public_key=""))
        uow.commit()

    assert why(gate(morning, MARKET)) == [("loudspeaker.not_enrolled", Colour.GREY, "remedy.enrol")]


def test_what_a_device_said_that_was_taken_away_is_told_no_more(morning: Radio) -> None:
    morning.speaks(GATE)
    with morning.store.writing() as uow:
        known = uow.places.loudspeaker(GATE)
        assert known
        uow.places.put_loudspeaker(replace(known, public_key=""))
        uow.commit()

    left = gate(morning)

    assert not left.connected
    assert (left.presence, left.last_contact, left.held) == (None, None, None)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (20, []),
        (19, [("certificate.ends", Colour.YELLOW, "remedy.check_line")]),
        (0, [("certificate.expired", Colour.RED, "remedy.check_line")]),
    ],
)
def test_a_certificate_that_was_not_renewed_in_time_is_told(
    morning: Radio, days: int, told: list[tuple[str, Colour, str]]
) -> None:
    with morning.store.writing() as uow:
        device = Device(
            id=DeviceId("ab" * 8),
            loudspeaker=GATE,
            public_key="11" * 32,
            enrolled_at=DAWN,
            certificate_expires=DAWN + days * DAY,
        )
        uow.devices.put(device)
        uow.commit()

    assert why(gate(morning)) == told


def test_a_new_device_is_not_ready_by_the_word_of_the_one_before(morning: Radio) -> None:
    morning.clock.advance(timedelta(seconds=10))
    with morning.store.writing() as uow:
        device = Device(id=DeviceId("ab" * 8), loudspeaker=GATE, public_key="11" * 32, enrolled_at=morning.now())
        uow.devices.put(device)
        uow.commit()
    assert why(gate(morning)) == [("loudspeaker.never_seen", Colour.GREY, "remedy.install")]

    morning.speaks(GATE)
    morning.answers(GATE, LANG_MOI)
    assert gate(morning).colour is Colour.GREEN


@pytest.mark.parametrize("code", ["behind.assignment", "behind.rundown", "behind.silence", "behind.trust"])
def test_a_device_that_is_held_back_says_so(morning: Radio, code: str) -> None:
    morning.speaks(GATE, faults=(code,))

    assert why(gate(morning)) == [(code, Colour.YELLOW, "remedy.wait")]


def test_a_zone_without_a_rundown_says_that_nothing_was_issued(radio: Radio) -> None:
    radio.speaks(GATE, revision=None)

    assert why(gate(radio)) == [("rundown.none", Colour.YELLOW, "remedy.approve")]


def test_now_playing_is_carried_on_from_the_devices_own_word(morning: Radio) -> None:
    item = morning.item("Lịch tiêm chủng")
    morning.at(local(5, 43, 20))
    morning.speaks(GATE, playing=NowPlaying(occurrence=item.occurrence, title=item.title, position_ms=19_500))
    morning.clock.advance(timedelta(seconds=10))

    playing = gate(morning).playing

    assert playing is not None
    assert (playing.title, playing.position) == ("Lịch tiêm chủng", timedelta(seconds=29.5))
    assert playing.said_at == local(5, 43, 20)


def test_who_plays_what_is_told_by_itself_as_readiness_tells_it(morning: Radio) -> None:
    item = morning.item("Lịch tiêm chủng")
    morning.at(local(5, 43, 20))
    morning.speaks(GATE, playing=NowPlaying(occurrence=item.occurrence, title=item.title, position_ms=19_500))
    morning.speaks(MARKET)
    morning.clock.advance(timedelta(seconds=10))

    (told,) = readiness.sounding(morning.store, morning.clock, INSPECTOR, SON_HA)

    assert (told.loudspeaker.id, told.playing) == (GATE, gate(morning).playing)
    with pytest.raises(NotAllowed):
        readiness.sounding(morning.store, morning.clock, NEIGHBOUR, SON_HA)


def test_what_a_lost_loudspeaker_last_played_is_not_shown_as_playing(morning: Radio) -> None:
    item = morning.item("Lịch tiêm chủng")
    morning.speaks(GATE, playing=NowPlaying(occurrence=item.occurrence, title=item.title, position_ms=0))
    morning.clock.advance(timedelta(minutes=5))

    assert gate(morning).playing is None


def test_the_worst_come_first_and_the_clusters_of_gateways_are_counted_apart(morning: Radio) -> None:
    morning.speaks(GATEWAY, clock_error_ms=None)
    morning.answers(GATEWAY, GO_SIM)

    state = shown(morning)

    assert [each.loudspeaker.id for each in state.loudspeakers] == [GATEWAY, MARKET, GATE]
    assert state.counts == {
        Colour.LOCKED: 0,
        Colour.RED: 1,
        Colour.YELLOW: 0,
        Colour.GREY: 1,
        Colour.GREEN: 1,
    }
    assert (state.clusters_unheard, gate(morning, GATEWAY).clusters, gate(morning).clusters) == (6, 6, 0)


def test_a_retired_loudspeaker_is_not_listed(morning: Radio) -> None:
    with morning.store.writing() as uow:
        (known,) = (each for each in uow.places.loudspeakers() if each.id == GATE)
        uow.places.put_loudspeaker(replace(known, retired_at=DAWN))
        uow.commit()

    assert GATE not in {each.loudspeaker.id for each in shown(morning).loudspeakers}


def test_the_province_sees_all_and_a_neighbour_only_the_own(morning: Radio) -> None:
    everywhere = readiness.readiness(morning.store, morning.clock, EDITOR, QUANG_NGAI)

    assert {each.loudspeaker.id for each in everywhere.loudspeakers} == {GATE, GATEWAY, MARKET, OVER_THERE}
    with pytest.raises(NotAllowed):
        readiness.readiness(morning.store, morning.clock, NEIGHBOUR, SON_HA)
