"""In a training every loudspeaker seems to be there and to obey, and nothing that could be obeyed or proved exists."""

from datetime import timedelta

import pytest

from schedules.errors import WireError
from schedules.ids import LoudspeakerId
from schedules.times import DAY, Span
from schedules.wire.messages import SilenceOrdered
from schedules.wire.seal import envelope_of, unsealed
from server.readiness_records import Colour
from server.services import emergencies, log, maintenance, readiness, silence
from server.services.readiness import Ready
from server.training.pretended import NoSealing, pretend
from tests.schedules.wire.samples import AnyKey
from tests.server.services.alarm import gives, issues
from tests.server.services.radio import APPROVER, GATE, GO_SIM, OFFICER, SON_HA, TECHNICIAN, Radio, local


@pytest.fixture
def morning(radio: Radio) -> Radio:
    """A training some seconds into the morning's session."""
    radio.release_templates()
    pretend(radio.store, radio.clock)
    goes_on(radio, local(5, 30, 10) - radio.now())
    return radio


def goes_on(radio: Radio, lasts: timedelta = timedelta(seconds=2)) -> None:
    radio.clock.advance(lasts)
    pretend(radio.store, radio.clock)


def loudspeakers(radio: Radio) -> dict[LoudspeakerId, Ready]:
    state = readiness.readiness(radio.store, radio.clock, OFFICER, SON_HA)
    return {each.loudspeaker.id: each for each in state.loudspeakers}


def sounding(radio: Radio) -> set[LoudspeakerId]:
    return {name for name, each in loudspeakers(radio).items() if each.playing is not None}


def test_every_loudspeaker_is_ready_and_plays_what_it_would(morning: Radio) -> None:
    found = loudspeakers(morning)

    assert {each.colour for each in found.values()} == {Colour.GREEN}
    assert sounding(morning) == set(found)
    with morning.store.reading() as uow:
        assert all(mark.settled for mark in uow.issue.marks() if mark.issued_revision)


def test_an_order_of_silence_is_obeyed_and_lifted(morning: Radio) -> None:
    everywhere = sounding(morning)

    silence.order(morning.store, morning.clock, OFFICER, zone=GO_SIM, reason="tập")
    goes_on(morning)
    boards = silence.board(morning.store, morning.clock, OFFICER, SON_HA)
    hushed = everywhere - sounding(morning)

    assert all(each.obeyed for board in boards for each in board.loudspeakers)
    assert hushed == {each.loudspeaker.id for board in boards for each in board.loudspeakers}

    silence.lift(morning.store, morning.clock, OFFICER, zone=GO_SIM)
    goes_on(morning)
    assert sounding(morning) == everywhere


def test_a_locked_loudspeaker_seems_silent(morning: Radio) -> None:
    maintenance.lock(morning.store, morning.clock, TECHNICIAN, GATE, minutes=15, reason="tập")

    goes_on(morning)

    assert GATE not in sounding(morning)


def test_an_emergency_seems_to_sound_until_it_is_cancelled(morning: Radio) -> None:
    gives(morning, OFFICER)
    alarm = issues(morning).emergency

    def telling() -> set[str]:
        found = loudspeakers(morning).values()
        return {each.loudspeaker.id for each in found if each.playing and str(each.playing.occurrence) == alarm.id}

    goes_on(morning)
    assert telling() == set(loudspeakers(morning))

    emergencies.cancel(morning.store, morning.clock, APPROVER, alarm.id)
    goes_on(morning)
    assert telling() == set()


def test_silence_that_spares_no_emergency_hushes_one_too(morning: Radio) -> None:
    gives(morning, OFFICER)
    silence.order(morning.store, morning.clock, OFFICER, unit=SON_HA, spares_emergencies=False)
    issues(morning)

    goes_on(morning)

    assert sounding(morning) == set()


def test_nothing_is_proved_and_nothing_could_be_obeyed(morning: Radio) -> None:
    gives(morning, OFFICER)
    issues(morning)

    goes_on(morning, timedelta(hours=1))

    kept = morning.store.kept
    assert not kept.heard
    assert not kept.kept_marks
    with morning.store.reading() as uow:
        envelopes = [uow.issue.envelope(mark.zone) for mark in uow.issue.marks() if mark.issued_revision]
        assert not uow.issue.trust_lists()
    assert envelopes
    assert not any(envelope_of(each).seals for each in envelopes)
    span = Span(local(0), local(0) + DAY)
    shown = log.verdicts(morning.store, morning.clock, OFFICER, SON_HA, span=span)
    assert shown.rows
    assert not any(row.entries for row in shown.rows)


def test_a_loudspeaker_would_refuse_what_it_seals() -> None:
    sealing = NoSealing()
    order = SilenceOrdered(audience="unit:son-ha", number=1, issued=local(5), ordered=True)

    with pytest.raises(WireError, match=r"wire\.seals"):
        unsealed(sealing.seal(order), AnyKey())
    assert not sealing.follow()
