"""The rules about what may be broadcast, on figures and bytes alone."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media import checks
from media.errors import CutShort, ListOfFiles, NotAudio, Refused, Silent, TooLong, TooShort
from media.facts import Container, Heard, Loudness, Probe, Span

PROBE = Probe(container=Container.MP3, codec="mp3", sample_rate_hz=44100, layout="mono", declared_ms=60_000)


def heard(
    duration_ms: int = 60_000,
    *,
    loudness: Loudness = Loudness(-20, -3),  # noqa: B008  # frozen
    leading_ms: int = 0,
    trailing_ms: int = 0,
    ended_early: bool = False,
) -> Heard:
    return Heard(
        duration_ms=duration_ms,
        loudness=loudness,
        leading_silence_ms=leading_ms,
        trailing_silence_ms=trailing_ms,
        ended_early=ended_early,
    )


@given(st.binary(max_size=300))
def test_no_bytes_make_the_sniffer_fail_otherwise_than_by_refusing(head: bytes) -> None:
    with suppress(Refused):
        assert isinstance(checks.container_of(head), Container)


@pytest.mark.parametrize(
    "head",
    [b"#EXTM3U\n", b"\xef\xbb\xbf#EXTM3U\n", b"\n  ffconcat version 1.0\n", b"file 'a.mp3'\n", b"[playlist]\nFile1=x"],
)
def test_a_list_of_files_is_named_as_one(head: bytes) -> None:
    with pytest.raises(ListOfFiles):
        checks.container_of(head)


@pytest.mark.parametrize(
    "head", [b"RIFF\0\0\0\0AVI LIST", b"\x1aE\xdf\xa3" + bytes(80), b"\xff\xfb\x90\x64" + bytes(2000)]
)
def test_what_only_begins_like_sound_is_not_sound(head: bytes) -> None:
    with pytest.raises(NotAudio):
        checks.container_of(head)


def test_an_id3_tag_is_measured_with_its_header_and_footer() -> None:
    assert checks.tag_length(b"ID3\x04\x00\x00\x00\x00\x02\x01") == 10 + 257
    assert checks.tag_length(b"ID3\x04\x00\x10\x00\x00\x02\x01") == 20 + 257
    assert checks.tag_length(b"ID3\x04\x00\x00\x80\x00\x02\x01") == 0
    assert checks.tag_length(b"ID3") == 0


@pytest.mark.parametrize(("length_ms", "refused"), [(None, False), (60_000, False), (60_001, True)])
def test_the_limit_itself_is_allowed_and_a_millisecond_more_is_not(length_ms: int | None, refused: bool) -> None:
    if refused:
        with pytest.raises(TooLong):
            checks.require_within(length_ms, timedelta(minutes=1))
    else:
        checks.require_within(length_ms, timedelta(minutes=1))


@pytest.mark.parametrize("found", [heard(58_900), heard(30_000), heard(60_000, ended_early=True)])
def test_sound_that_ends_before_its_announced_end_is_cut(found: Heard) -> None:
    with pytest.raises(CutShort):
        checks.require_complete(PROBE, found)


@pytest.mark.parametrize("found", [heard(59_100), heard(60_000), heard(61_000)])
def test_a_container_may_count_time_a_little_differently(found: Heard) -> None:
    checks.require_complete(PROBE, found)


def test_nothing_decoded_is_not_audio() -> None:
    with pytest.raises(NotAudio):
        checks.require_complete(PROBE, heard(0))


@pytest.mark.parametrize("loudness", [Loudness(-70, -120), Loudness(-20, -51), Loudness(-61, -20)])
def test_a_recording_nobody_would_hear_is_silent(loudness: Loudness) -> None:
    with pytest.raises(Silent):
        checks.require_audible(heard(loudness=loudness))


def test_a_click_between_silences_is_too_short_to_measure() -> None:
    with pytest.raises(TooShort) as refused:
        checks.require_audible(heard(60_000, leading_ms=30_000, trailing_ms=29_700, loudness=Loudness(-70, -3)))

    assert refused.value.values == {"length_ms": 300, "least_ms": 500}


@pytest.mark.parametrize(
    ("leading_ms", "trailing_ms", "span"),
    [(0, 0, Span(0, 60_000)), (80, 250, Span(0, 60_000)), (2_000, 5_000, Span(1_900, 55_300))],
)
def test_a_breath_of_silence_is_kept_at_both_ends(leading_ms: int, trailing_ms: int, span: Span) -> None:
    assert checks.span_to_keep(heard(leading_ms=leading_ms, trailing_ms=trailing_ms)) == span
