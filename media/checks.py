"""The rules that say what may be broadcast: pure, from bytes and figures already in hand; it opens and runs nothing.

What cannot be told: an MP3 that carries no count of its frames (no Xing or Info header) and was cut looks like a
shorter MP3. People hear the recording before they submit it.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from media.errors import CutShort, EmptyFile, ListOfFiles, NotAudio, Silent, TooLong, TooShort
from media.facts import Container, Heard, Probe, Span

HEAD_BYTES = 64 * 1024
TAIL_BYTES = 128 * 1024  # two of the largest Ogg pages

QUIETEST_LUFS = -60.0
QUIETEST_PEAK_DBTP = -50.0
LEAST_MS = 500  # R128 measures in blocks of 400 ms

LEAD_KEPT_MS = 100
TAIL_KEPT_MS = 300

# A container counts time in its own units and may announce a video that outlasts its sound by a moment.
CUT_TOLERANCE_MS = 1_000
CUT_TOLERANCE_SHARE = 0.005

_LIST_OF_FILES = re.compile(rb"\s*(#EXTM3U|ffconcat version|file\s+['\"\w./]|\[playlist\]|#EXTINF)", re.IGNORECASE)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MP3_KBPS = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_FRAMES_IN_A_ROW = 3
_FRAME_SEARCH_BYTES = 4096
_STREAMED_LENGTHS = (0, 0x7FFFFFFF, 0xFFFFFFFF)


def tag_length(head: bytes) -> int:
    """Return the bytes taken by an ID3v2 tag at the start, 0 without one; the sound begins behind it."""
    if len(head) < 10 or head[:3] != b"ID3" or any(byte & 0x80 for byte in head[6:10]):
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    footer = 10 if head[5] & 0x10 else 0
    return 10 + size + footer


def container_of(head: bytes) -> Container:
    """Tell the container from the first bytes (behind any ID3 tag).

    Raises:
        EmptyFile: there are no bytes.
        ListOfFiles: a list that names other files, which no reader here may follow.
        NotAudio: none of the accepted containers.
    """
    if not head:
        raise EmptyFile
    if _LIST_OF_FILES.match(head.removeprefix(_BYTE_ORDER_MARK)):
        raise ListOfFiles
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return Container.WAV
    if head[4:8] == b"ftyp":
        return Container.MP4
    if head[:4] == b"OggS":
        return Container.OGG
    if head[:4] == b"fLaC":
        return Container.FLAC
    if head[:4] == b"\x1aE\xdf\xa3" and (b"webm" in head[:64] or b"matroska" in head[:64]):
        return Container.WEBM
    if _frames_follow(head, 0, _adts_frame_length):
        return Container.AAC
    if any(_frames_follow(head, start, _mp3_frame_length) for start in range(min(len(head), _FRAME_SEARCH_BYTES))):
        return Container.MP3
    raise NotAudio


def _frames_follow(head: bytes, start: int, frame_length: Callable[[bytes], int]) -> bool:
    """Say whether several frames follow each other exactly: one sync word alone occurs in any data."""
    at = start
    for _ in range(_FRAMES_IN_A_ROW):
        length = frame_length(head[at : at + 7])
        if not length:
            return False
        at += length
        if at >= len(head) and at > start + length:
            return True
    return True


def _mp3_frame_length(header: bytes) -> int:
    """Return the bytes of an MPEG audio layer III frame, 0 where there is none (ISO 11172-3, 2.4.1.3)."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, rate_index, kbps_index = header[1] >> 3 & 3, header[2] >> 2 & 3, header[2] >> 4
    if version == 1 or rate_index == 3 or kbps_index in (0, 15):
        return 0
    kbps = _MP3_KBPS[1 if version == 3 else 2][kbps_index - 1]
    samples_by_8 = 144 if version == 3 else 72
    return samples_by_8 * kbps * 1000 // _MP3_RATES[version][rate_index] + (header[2] >> 1 & 1)


def _adts_frame_length(header: bytes) -> int:
    """Return the bytes of an AAC frame in ADTS, 0 where there is none (ISO 13818-7, 6.2)."""
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0


def require_whole(container: Container, *, head: bytes, tail: bytes, size: int) -> None:
    """Refuse a file whose own structure reaches past its last byte.

    Args:
        container: what `container_of` told.
        head: the first bytes, without any ID3 tag.
        tail: the last bytes.
        size: bytes from the start of `head` to the end of the file.

    Raises:
        CutShort: bytes are missing at the end.
    """
    if container is Container.WAV and head[:4] == b"RIFF":
        announced = _end_of_wav_data(head)
    elif container is Container.OGG:
        announced = size - len(tail) + _end_of_last_ogg_page(tail)
    else:
        return
    if announced > size:
        raise CutShort(missing_bytes=announced - size)


def _end_of_wav_data(head: bytes) -> int:
    at = 12
    while at + 8 <= len(head):
        length = int.from_bytes(head[at + 4 : at + 8], "little")
        if head[at : at + 4] == b"data":
            return 0 if length in _STREAMED_LENGTHS else at + 8 + length
        at += 8 + length + length % 2
    return 0


def _end_of_last_ogg_page(tail: bytes) -> int:
    """Return where the last page ends, counted in `tail` (RFC 3533, 6): 27 bytes, a table of lengths, the lengths."""
    at = tail.rfind(b"OggS\x00")
    if at < 0:
        return 0
    if at + 27 > len(tail):
        return at + 27
    table = tail[at + 27 : at + 27 + tail[at + 26]]
    return at + 27 + tail[at + 26] + sum(table)


def require_within(length_ms: int | None, limit: timedelta) -> None:
    """Refuse a length over the limit; an unknown length passes and is judged again after decoding.

    Raises:
        TooLong: with the limit and the length in seconds.
    """
    limit_ms = round(limit.total_seconds() * 1000)
    if length_ms is not None and length_ms > limit_ms:
        raise TooLong(limit_s=limit_ms / 1000, length_s=length_ms / 1000)


def require_complete(probe: Probe, heard: Heard) -> None:
    """Refuse a file whose sound ends before the end it announced.

    Raises:
        NotAudio: nothing at all could be decoded.
        CutShort: with both lengths in milliseconds.
    """
    if not heard.duration_ms:
        raise NotAudio(codec=probe.codec)
    declared = heard.duration_ms if probe.declared_ms is None else probe.declared_ms
    tolerated = max(CUT_TOLERANCE_MS, declared * CUT_TOLERANCE_SHARE)
    if heard.ended_early or heard.duration_ms < declared - tolerated:
        raise CutShort(declared_ms=declared, found_ms=heard.duration_ms)


def require_audible(heard: Heard) -> None:
    """Refuse a recording in which nothing can be heard, or too little to measure.

    Raises:
        Silent: with both figures.
        TooShort: with what there is and what is needed.
    """
    if heard.loudness.true_peak_dbtp < QUIETEST_PEAK_DBTP:
        raise Silent(integrated_lufs=heard.loudness.integrated_lufs, true_peak_dbtp=heard.loudness.true_peak_dbtp)
    left_ms = heard.duration_ms - heard.leading_silence_ms - heard.trailing_silence_ms
    if left_ms < LEAST_MS:
        raise TooShort(length_ms=left_ms, least_ms=LEAST_MS)
    if heard.loudness.integrated_lufs < QUIETEST_LUFS:
        raise Silent(integrated_lufs=heard.loudness.integrated_lufs, true_peak_dbtp=heard.loudness.true_peak_dbtp)


def span_to_keep(heard: Heard) -> Span:
    """Return what is left when the silence at both ends goes, but for a breath that keeps it from sounding cut."""
    start = max(0, heard.leading_silence_ms - LEAD_KEPT_MS)
    end = heard.duration_ms - max(0, heard.trailing_silence_ms - TAIL_KEPT_MS)
    return Span(start, end)
