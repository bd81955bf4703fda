"""What comes in is either kept as one exact broadcast copy or refused with its reason, and never anything between."""

import hashlib
import struct
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from media import engine
from media.engine import find_ffmpeg
from media.errors import Cancelled, MediaError, TooLong
from media.facts import Container, Prepared
from media.library import Library
from media.prepare import prepare
from tests.media.sounds import SPEECH_LIKE, convert, cut, files_in, make_sound

pytestmark = pytest.mark.ffmpeg

HOUR = timedelta(hours=1)

FRAGMENTED = ("-c:a", "aac", "-movflags", "frag_keyframe+empty_moov+default_base_moof")
ACCEPTED: dict[str, tuple[Container, tuple[str, ...]]] = {
    "wav": (Container.WAV, ("-f", "wav")),
    "mp3": (Container.MP3, ("-c:a", "libmp3lame", "-f", "mp3")),
    "mp3 without a header": (
        Container.MP3,
        ("-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3"),
    ),
    "m4a": (Container.MP4, ("-c:a", "aac", "-f", "ipod")),
    "m4a with alac": (Container.MP4, ("-c:a", "alac", "-f", "ipod")),
    "m4a for the web": (Container.MP4, ("-c:a", "aac", "-movflags", "+faststart", "-f", "ipod")),
    "aac": (Container.AAC, ("-c:a", "aac", "-f", "adts")),
    "ogg vorbis": (Container.OGG, ("-c:a", "libvorbis", "-f", "ogg")),
    "ogg opus": (Container.OGG, ("-c:a", "libopus", "-f", "ogg")),
    "flac": (Container.FLAC, ("-c:a", "flac", "-f", "flac")),
    "webm": (Container.WEBM, ("-c:a", "libopus", "-f", "webm")),
    "webm of a browser's recorder": (Container.WEBM, ("-c:a", "libopus", "-live", "1", "-f", "webm")),
    "mp4 of a browser's recorder": (Container.MP4, (*FRAGMENTED, "-f", "mp4")),
}


@pytest.mark.parametrize("kind", ACCEPTED)
def test_every_accepted_kind_becomes_a_mono_mp3_of_the_right_length(
    kind: str, tmp_path: Path, library: Library
) -> None:
    container, output = ACCEPTED[kind]
    source = make_sound(tmp_path / "upload.bin", "-ac", "2", *output)

    prepared = prepare(source, library=library, limit=HOUR)

    assert prepared.source.container is container
    assert abs(prepared.duration_ms - 5000) < 120
    assert prepared.after.integrated_lufs == pytest.approx(-16, abs=0.5)
    stored = library.path(prepared.sha256).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == prepared.sha256
    assert len(stored) == prepared.length


def test_the_stored_mp3_is_whole_frames_of_24_ms_with_no_header_of_its_own(tmp_path: Path, library: Library) -> None:
    source = make_sound(tmp_path / "upload.wav")

    prepared = prepare(source, library=library, limit=HOUR)

    stored = library.path(prepared.sha256).read_bytes()
    assert prepared.length % 192 == 0
    assert prepared.duration_ms == prepared.length // 192 * 24
    assert stored[:2] == b"\xff\xfb"
    assert not any(mark in stored for mark in (b"Xing", b"Info", b"ID3"))


@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_f32le"])
def test_two_channels_are_averaged_whatever_their_sample_format(codec: str, tmp_path: Path, library: Library) -> None:
    """A tone of -20 dBFS in both channels is one of -20 dBFS in mono, and in one channel alone 6 dB less."""
    tone = "0.1*sin(1000*2*PI*t)"
    both = make_sound(tmp_path / "both.wav", "-c:a", codec, source=f"aevalsrc=exprs='{tone}|{tone}':s=44100")
    left = make_sound(tmp_path / "left.wav", "-c:a", codec, source=f"aevalsrc=exprs='{tone}|0':s=44100")

    of_both = prepare(both, library=library, limit=HOUR)
    of_left = prepare(left, library=library, limit=HOUR)

    assert of_both.before.true_peak_dbtp == pytest.approx(-20, abs=0.2)
    assert of_left.before.true_peak_dbtp == pytest.approx(-26, abs=0.2)
    assert of_both.after.integrated_lufs == pytest.approx(of_left.after.integrated_lufs, abs=0.5)


def test_the_same_upload_twice_is_the_same_recording(tmp_path: Path, library: Library) -> None:
    source = make_sound(tmp_path / "upload.wav")

    first = prepare(source, library=library, limit=HOUR)
    second = prepare(source, library=library, limit=HOUR)

    assert first == second
    assert files_in(tmp_path / "library") == [library.path(first.sha256)]


def test_silence_at_both_ends_is_trimmed_and_a_pause_inside_stays(tmp_path: Path, library: Library) -> None:
    tone = "aevalsrc=exprs='0.3*sin(440*2*PI*t)*(between(t,2,4)+between(t,6,8))':s=44100"
    source = make_sound(tmp_path / "upload.wav", source=tone, seconds=11)

    prepared = prepare(source, library=library, limit=HOUR)

    assert prepared.trimmed_ms == pytest.approx(1900 + 2700, abs=60)
    assert prepared.duration_ms == pytest.approx(6400, abs=100)


def test_a_phone_video_gives_its_sound(tmp_path: Path, library: Library) -> None:
    picture = ("-f", "lavfi", "-t", "3", "-i", "testsrc=size=64x64:rate=5")
    sound = ("-f", "lavfi", "-t", "3", "-i", "sine=frequency=440")
    source = convert(tmp_path / "film.mp4", "-c:v", "mpeg4", "-c:a", "aac", inputs=(*picture, *sound))

    assert prepare(source, library=library, limit=HOUR).duration_ms == pytest.approx(3000, abs=120)


def test_an_mp3_with_a_cover_picture_gives_its_sound_alone(tmp_path: Path, library: Library) -> None:
    cover = convert(tmp_path / "cover.png", "-frames:v", "1", inputs=("-f", "lavfi", "-i", "testsrc=size=300x300"))
    plain = make_sound(tmp_path / "plain.mp3")
    source = convert(
        tmp_path / "covered.mp3", *("-map", "0", "-map", "1", "-c", "copy"), inputs=("-i", str(plain), "-i", str(cover))
    )
    assert source.read_bytes()[:3] == b"ID3"

    assert prepare(source, library=library, limit=HOUR).duration_ms == pytest.approx(5000, abs=120)


def a_zero_byte_file(directory: Path) -> Path:
    path = directory / "thong-bao.mp3"
    path.touch()
    return path


def a_renamed_pdf(directory: Path) -> Path:
    path = directory / "cong-van.mp3"
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 400 + b"\n%%EOF")
    return path


def a_picture_with_exif(directory: Path) -> Path:
    path = directory / "anh.m4a"
    path.write_bytes(b"\xff\xd8\xff\xe1\x40\x00Exif\x00\x00II*\x00" + b"\xff\xfb\x90\x64 not a frame " * 3000)
    return path


def an_id3_tag_around_junk(directory: Path) -> Path:
    path = directory / "nhac.mp3"
    path.write_bytes(b"ID3\x04\x00\x00\x00\x00\x00\x20" + bytes(32) + b"\x00\x01\x02junk" * 5000)
    return path


def an_hls_list(directory: Path) -> Path:
    path = directory / "ban-tin.mp3"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n")
    return path


def a_concat_list(directory: Path) -> Path:
    make_sound(directory / "other.wav", seconds=1)
    path = directory / "ban-tin.mp3"
    path.write_text(f"ffconcat version 1.0\nfile '{directory / 'other.wav'}'\n")
    return path


def a_concat_list_without_its_header(directory: Path) -> Path:
    path = directory / "ban-tin.mp3"
    path.write_text("file '/etc/passwd'\n")
    return path


def a_silent_file(directory: Path) -> Path:
    return make_sound(directory / "im-lang.wav", source="anullsrc=r=44100")


def a_hum_nobody_hears(directory: Path) -> Path:
    return make_sound(directory / "u.wav", "-af", "volume=-50dB")


def a_click(directory: Path) -> Path:
    return make_sound(directory / "tach.wav", seconds=0.2)


def a_video_without_sound(directory: Path) -> Path:
    return convert(
        directory / "phim.mp4", "-c:v", "mpeg4", inputs=("-f", "lavfi", "-t", "1", "-i", "testsrc=size=64x64")
    )


def a_codec_off_the_list(directory: Path) -> Path:
    return make_sound(directory / "la.wav", "-c:a", "g726", "-ar", "8000", "-ac", "1", "-f", "wav")


REFUSED: dict[Callable[[Path], Path], str] = {
    a_zero_byte_file: "media.refused.empty",
    a_renamed_pdf: "media.refused.not-audio",
    a_picture_with_exif: "media.refused.not-audio",
    an_id3_tag_around_junk: "media.refused.not-audio",
    an_hls_list: "media.refused.list-of-files",
    a_concat_list: "media.refused.list-of-files",
    a_concat_list_without_its_header: "media.refused.list-of-files",
    a_silent_file: "media.refused.silent",
    a_hum_nobody_hears: "media.refused.silent",
    a_click: "media.refused.too-short",
    a_video_without_sound: "media.refused.not-audio",
    a_codec_off_the_list: "media.refused.not-audio",
}


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__)
def test_what_cannot_be_broadcast_is_refused_and_leaves_nothing(
    make: Callable[[Path], Path], tmp_path: Path, library: Library
) -> None:
    with pytest.raises(MediaError) as refused:
        prepare(make(tmp_path), library=library, limit=HOUR)

    assert refused.value.code == REFUSED[make]
    assert files_in(tmp_path / "library") == []


# Two kinds carry no count of what should follow, so a cut one is a shorter one.
CUT_IS_SEEN = [kind for kind in ACCEPTED if kind not in ("mp3 without a header", "aac")]


@pytest.mark.parametrize("kind", CUT_IS_SEEN)
def test_a_file_cut_in_the_middle_is_refused(kind: str, tmp_path: Path, library: Library) -> None:
    whole = make_sound(tmp_path / "whole.bin", *ACCEPTED[kind][1], source=SPEECH_LIKE, seconds=10)

    with pytest.raises(MediaError) as refused:
        prepare(cut(whole, tmp_path / "cut.bin"), library=library, limit=HOUR)

    assert refused.value.code == "media.refused.cut-short"


def test_three_hours_that_the_file_tells_are_refused_without_decoding(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate, seconds = 8000, 3 * 3600
    source = tmp_path / "dai.wav"
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate, 1, 8)
    data = struct.pack("<4sI", b"data", rate * seconds)
    source.write_bytes(struct.pack("<4sI4s", b"RIFF", 36 + rate * seconds, b"WAVE") + form + data)
    with source.open("r+b") as stream:
        stream.truncate(44 + rate * seconds)
    monkeypatch.setattr(engine, "listen", lambda *_, **__: pytest.fail("it was decoded"))

    with pytest.raises(TooLong) as refused:
        prepare(source, library=library, limit=HOUR)

    assert refused.value.values == {"limit_s": 3600.0, "length_s": 10800.0}


def test_three_hours_that_the_file_does_not_tell_are_decoded_only_to_the_limit(
    tmp_path: Path, library: Library
) -> None:
    """Half an hour of the three would take longer than the whole test does."""
    headless = ("-c:a", "libmp3lame", "-b:a", "8k", "-ar", "8000", "-write_xing", "0", "-id3v2_version", "0")
    minute = make_sound(tmp_path / "phut.mp3", *headless, seconds=60)
    source = tmp_path / "dai.mp3"
    source.write_bytes(minute.read_bytes() * 180)
    heard: list[float] = []

    with pytest.raises(TooLong) as refused:
        prepare(source, library=library, limit=timedelta(seconds=30), progress=heard.append)

    assert refused.value.values["limit_s"] == 30.0
    assert 30 < float(refused.value.values["length_s"]) <= 31.5
    assert heard


def test_a_recording_of_exactly_the_limit_is_accepted(tmp_path: Path, library: Library) -> None:
    source = make_sound(tmp_path / "upload.wav", seconds=4)

    assert prepare(source, library=library, limit=timedelta(seconds=4)).duration_ms == pytest.approx(4000, abs=60)


def test_progress_only_goes_forward_and_ends_at_one(speech: Path, library: Library) -> None:
    seen: list[float] = []

    prepare(speech, library=library, limit=HOUR, progress=seen.append)

    assert seen == sorted(seen)
    assert seen[0] >= 0
    assert seen[-1] == 1.0
    assert len(seen) > 3


@pytest.mark.parametrize("at", [0.0, 0.1, 0.5])
def test_a_cancelled_job_leaves_nothing_behind(at: float, tmp_path: Path, library: Library) -> None:
    source = make_sound(tmp_path / "upload.wav", seconds=600)
    done = [0.0]

    with pytest.raises(Cancelled):
        prepare(
            source,
            library=library,
            limit=HOUR,
            progress=done.append,
            cancelled=lambda: done[-1] >= at,
        )

    assert done[-1] < 1
    assert list((tmp_path / "library").rglob("*")) in ([], [tmp_path / "library" / "incoming"])
    assert not _children_reading(source)


def _children_reading(source: Path) -> list[str]:
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listing.splitlines() if str(source) in line]


def test_a_name_that_looks_like_a_flag_or_an_address_is_only_a_name(tmp_path: Path, library: Library) -> None:
    source = make_sound(tmp_path / "upload.wav", seconds=1)
    odd = source.rename(tmp_path / "-i http:%d|concat:'x'.wav")

    assert isinstance(prepare(odd, library=library, limit=HOUR), Prepared)


def test_the_stored_copy_decodes_without_a_complaint(speech: Path, library: Library) -> None:
    prepared = prepare(speech, library=library, limit=HOUR)

    path = library.path(prepared.sha256)
    decoded = subprocess.run(
        [find_ffmpeg(), "-v", "warning", "-f", "mp3", "-i", path, "-f", "s16le", "-"], capture_output=True, check=True
    )
    assert len(decoded.stdout) // 2 / 48 == prepared.duration_ms
    assert b"Error" not in decoded.stderr
