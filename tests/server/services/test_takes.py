"""Sounds on their way into a programme."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from schedules.ids import ProgrammeId
from schedules.programme import Kind, Recording, State
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import programmes, takes
from server.values import Person, Take, TakeOrigin, TakeState
from tests.fakes.sound import FakePreparation
from tests.server.services.radio import (
    APPROVER,
    EDITOR,
    INSPECTOR,
    LIMIT,
    NEIGHBOUR,
    OFFICER,
    VOV1,
    Radio,
)


def begun(radio: Radio, programme: ProgrammeId, *, by: Person = OFFICER, language: str = "vi") -> Take:
    """Begin a take whose file has arrived."""
    take = takes.begin(
        radio.store,
        radio.clock,
        by,
        programme,
        language=language,
        origin=TakeOrigin.MICROPHONE,
        file_name="ghi âm.webm",
    )
    takes.waiting_at(radio.uploads, take.id).write_bytes(b"sound")
    return take


def ran(radio: Radio, take: Take, preparation: FakePreparation | None = None) -> Take:
    return takes.run(
        radio.store, radio.clock, preparation or radio.preparation, take.id, uploads=radio.uploads, limit=LIMIT
    )


def test_a_sound_that_is_ready_becomes_the_programmes_variant(radio: Radio) -> None:
    programme = radio.writes()

    take = ran(radio, begun(radio, programme))

    stored = radio.stored(programme)
    assert (take.state, take.progress) == (TakeState.READY, 1.0)
    assert [(variant.language, variant.source) for variant in stored.programme.variants] == [("vi", take.recording)]
    assert (stored.programme.version, stored.programme.state) == (2, State.DRAFT)
    assert (take.loudness_before, take.loudness_after, take.true_peak_after) == (-27.5, -16.0, -1.6)
    assert list(radio.uploads.iterdir()) == []


def test_a_new_sound_replaces_the_old_of_its_language_only(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.records(programme, language="hre")
    old = radio.stored(programme).programme

    radio.records(programme, lasts=timedelta(seconds=80))

    new = radio.stored(programme).programme
    assert {variant.language: variant.source for variant in new.variants} == {
        "hre": next(variant.source for variant in old.variants if variant.language == "hre"),
        "vi": next(variant.source for variant in new.variants if variant.language == "vi"),
    }
    spoken = next(variant.source for variant in new.variants if variant.language == "vi")
    assert isinstance(spoken, Recording)
    assert spoken.duration_ms == 80_000


def test_a_new_sound_voids_the_approval_of_the_old(radio: Radio) -> None:
    programme = radio.airs()

    radio.records(programme)

    assert radio.stored(programme).programme.state is State.DRAFT


def test_whoever_recorded_may_not_approve(radio: Radio) -> None:
    programme = radio.writes()

    radio.records(programme, by=EDITOR)

    assert radio.stored(programme).changed_by == {OFFICER.id, EDITOR.id}


def test_a_text_is_spoken_and_marked_as_machine_voice_until_a_person_records_it(radio: Radio) -> None:
    programme = radio.writes()

    radio.records(programme, origin=TakeOrigin.VOICE)
    assert radio.preparation.spoken == ["Kính thưa bà con"]
    assert radio.stored(programme).machine_voiced == {"vi"}

    radio.records(programme)
    assert radio.stored(programme).machine_voiced == frozenset()


@pytest.mark.parametrize(
    ("language", "text", "code", "named"),
    [("hre", "Kính thưa", "voice.language", "language"), ("vi", "  ", "voice.no_text", "text")],
)
def test_the_machine_voice_speaks_vietnamese_words_only(
    radio: Radio, language: str, text: str, code: str, named: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        takes.begin(
            radio.store,
            radio.clock,
            OFFICER,
            radio.writes(),
            language=language,
            origin=TakeOrigin.VOICE,
            text=text,
        )

    assert (refused.value.code, refused.value.field) == (code, named)


def test_what_cannot_be_broadcast_keeps_its_reason_and_changes_nothing(radio: Radio) -> None:
    programme = radio.writes()

    take = ran(radio, begun(radio, programme), FakePreparation(refuses="media.refused.not-audio"))

    assert (take.state, take.reason) == (TakeState.REFUSED, "media.refused.not-audio")
    assert radio.stored(programme).programme.variants == ()
    assert list(radio.uploads.iterdir()) == []


def test_a_sound_longer_than_the_limit_is_refused(radio: Radio) -> None:
    take = ran(radio, begun(radio, radio.writes()), FakePreparation(lasts=timedelta(hours=3)))

    assert (take.state, take.reason) == (TakeState.REFUSED, "media.refused.too-long")


def test_an_upload_that_never_arrived_is_refused(radio: Radio) -> None:
    take = begun(radio, radio.writes())
    takes.waiting_at(radio.uploads, take.id).unlink()

    assert ran(radio, take).reason == "take.file_missing"


class FullDisk(FakePreparation):
    def speak(self, text: str, *, language: str, into: Path) -> None:
        raise OSError("no space left on device")


def test_a_full_disk_is_told_and_not_left_hanging(radio: Radio) -> None:
    programme = radio.writes()
    take = takes.begin(
        radio.store, radio.clock, OFFICER, programme, language="vi", origin=TakeOrigin.VOICE, text="Bà con"
    )

    ended = ran(radio, take, FullDisk())

    assert (ended.state, ended.reason) == (TakeState.REFUSED, "take.storage")


def test_progress_is_written_at_most_twice_a_second(radio: Radio) -> None:
    written: list[float] = []
    take = begun(radio, radio.writes())

    def a_tenth_of_a_second_passes(_share: float) -> None:
        written.append(radio.store.kept.takes[take.id].progress)
        radio.clock.advance(timedelta(milliseconds=100))

    shares = tuple(number / 20 for number in range(20))
    ran(radio, take, FakePreparation(while_working=a_tenth_of_a_second_passes, shares=shares))

    assert sorted(set(written)) == [0.0, 0.25, 0.5, 0.75]


def test_a_cancelled_take_stops_and_changes_nothing(radio: Radio) -> None:
    programme = radio.writes()
    take = begun(radio, programme)

    def somebody_cancels(_share: float) -> None:
        radio.clock.advance(timedelta(seconds=1))
        takes.cancel(radio.store, radio.clock, OFFICER, take.id)

    ended = ran(radio, take, FakePreparation(while_working=somebody_cancels))

    assert ended.state is TakeState.CANCELLED
    assert radio.stored(programme).programme.variants == ()
    assert list(radio.uploads.iterdir()) == []


def test_a_take_cancelled_before_its_turn_is_not_prepared(radio: Radio) -> None:
    take = begun(radio, radio.writes())
    takes.cancel(radio.store, radio.clock, OFFICER, take.id)

    assert ran(radio, take).state is TakeState.CANCELLED


def test_a_take_cancelled_before_its_turn_leaves_no_file(radio: Radio) -> None:
    take = begun(radio, radio.writes())
    file = takes.waiting_at(radio.uploads, take.id)
    assert file.exists()
    takes.cancel(radio.store, radio.clock, OFFICER, take.id)

    ran(radio, take)

    assert not file.exists()


@pytest.mark.parametrize("language", ["", "VI", "<b>", "v", "vi" * 100, "../vi"])
def test_a_sound_is_in_a_language(radio: Radio, language: str) -> None:
    with pytest.raises(Unacceptable, match=r"language\.tag"):
        takes.begin(radio.store, radio.clock, OFFICER, radio.writes(), language=language, origin=TakeOrigin.UPLOAD)


def test_a_take_that_ended_is_not_cancelled_any_more(radio: Radio) -> None:
    take = ran(radio, begun(radio, radio.writes()))

    assert takes.cancel(radio.store, radio.clock, OFFICER, take.id).state is TakeState.READY


def test_a_second_take_of_a_language_cancels_the_first(radio: Radio) -> None:
    programme = radio.writes()
    first, other = begun(radio, programme), begun(radio, programme, language="hre")

    begun(radio, programme)

    states = {take.id: take.state for take in radio.store.kept.takes.values()}
    assert (states[first.id], states[other.id]) == (TakeState.CANCELLED, TakeState.WAITING)


def test_a_programme_withdrawn_meanwhile_takes_no_sound(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.store.kept.programmes[programme] = replace(
        radio.stored(programme), programme=replace(radio.stored(programme).programme, state=State.SUBMITTED)
    )
    take = begun(radio, programme)
    version = radio.stored(programme).programme.version
    programmes.withdraw(radio.store, radio.clock, OFFICER, programme, version=version)

    ended = ran(radio, take)

    assert (ended.state, ended.reason) == (TakeState.REFUSED, "programme.not_now")


def test_what_a_stop_interrupted_is_found_and_run_again_from_its_file(radio: Radio) -> None:
    class Stopped(BaseException):
        pass

    def the_process_dies(_share: float) -> None:
        kept.write_bytes(takes.waiting_at(radio.uploads, take.id).read_bytes())
        raise Stopped

    programme = radio.writes()
    take = begun(radio, programme)
    kept = radio.uploads / "what the disk still has"
    with pytest.raises(Stopped):
        ran(radio, take, FakePreparation(while_working=the_process_dies))
    kept.rename(takes.waiting_at(radio.uploads, take.id))

    (found,) = takes.unfinished(radio.store)

    assert (found.id, found.state) == (take.id, TakeState.PREPARING)
    assert ran(radio, found).state is TakeState.READY
    assert takes.unfinished(radio.store) == ()


def test_a_relay_takes_no_recording(radio: Radio) -> None:
    programme = radio.writes("Tiếp sóng", kind=Kind.RELAY, channel=VOV1)

    with pytest.raises(Unacceptable, match=r"take.relay_has_no_sound"):
        begun(radio, programme)


def test_a_sound_is_taken_out_again(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme, origin=TakeOrigin.VOICE)

    takes.remove_sound(radio.store, radio.clock, OFFICER, programme, language="vi", version=2)

    stored = radio.stored(programme)
    assert (stored.programme.variants, stored.machine_voiced) == ((), frozenset())
    with pytest.raises(NotFound):
        takes.remove_sound(radio.store, radio.clock, OFFICER, programme, language="vi", version=3)


@pytest.mark.parametrize("by", [APPROVER, INSPECTOR, NEIGHBOUR])
def test_only_writers_add_cancel_and_remove_sounds(radio: Radio, by: Person) -> None:
    programme = radio.writes()
    take = begun(radio, programme)

    with pytest.raises(NotAllowed):
        begun(radio, programme, by=by)
    with pytest.raises(NotAllowed):
        takes.cancel(radio.store, radio.clock, by, take.id)
    with pytest.raises(NotAllowed):
        takes.remove_sound(radio.store, radio.clock, by, programme, language="vi", version=1)


def test_a_take_is_shown_to_its_unit_only(radio: Radio) -> None:
    take = begun(radio, radio.writes())

    assert takes.get(radio.store, INSPECTOR, take.id) == take
    with pytest.raises(NotAllowed):
        takes.get(radio.store, NEIGHBOUR, take.id)
    with pytest.raises(NotFound, match=r"take.unknown"):
        takes.get(radio.store, OFFICER, "nothing")
