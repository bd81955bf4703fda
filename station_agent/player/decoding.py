"""Turns recordings and network streams into blocks of samples, by miniaudio; it plays nothing and knows no time."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import miniaudio

from station_agent.errors import SoundError
from station_agent.player.pcm import RATE, silence
from station_agent.ports import Part, Recordings

BLOCK = 4_800  # samples a block, 0.1 s
EXACT_SEEK = 60.0  # seconds; seeking an MP3 decodes all before it (1.3 s of work for 25 minutes), so farther is skipped


class _Bytes(miniaudio.StreamableSource):  # type: ignore[misc]  # miniaudio ships no types
    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read

    def read(self, num_bytes: int) -> bytes:
        return self._read(num_bytes)


def mp3_blocks(read: Callable[[int], bytes]) -> Iterator[array[int]]:
    """Decode MP3 bytes as they come from `read(count)`, until it returns none.

    Raises:
        SoundError: `sound.undecodable` when the bytes are not MP3.
    """
    source = _Bytes(read)
    try:
        yield from miniaudio.stream_any(
            source, miniaudio.FileFormat.MP3, nchannels=1, sample_rate=RATE, frames_to_read=BLOCK
        )
    except miniaudio.MiniaudioError as error:
        raise SoundError("sound.undecodable", source="stream") from error


def recording_blocks(sound: Recordings) -> Iterator[array[int]]:
    """Decode recordings one after another, with their pauses, from their offset on.

    Raises:
        SoundError: `sound.missing` or `sound.undecodable`, with the file's name.
    """
    offset = sound.offset
    for index, part in enumerate(sound.parts):
        if offset < part.seconds:
            yield from _part_blocks(part, max(0.0, offset))
        offset -= part.seconds
        if index < len(sound.parts) - 1:
            yield from _pause_blocks(sound.pause - max(0.0, offset))
            offset -= sound.pause


def _pause_blocks(seconds: float) -> Iterator[array[int]]:
    frames = round(seconds * RATE)
    while frames > 0:
        yield silence(min(BLOCK, frames))
        frames -= BLOCK


def _part_blocks(part: Part, offset: float) -> Iterator[array[int]]:
    if part.content:
        yield from mp3_blocks(BytesIO(part.content).read)
        return
    if not part.path.is_file():
        raise SoundError("sound.missing", file=part.path.name)
    if offset > EXACT_SEEK and _is_mp3(part.path):
        with part.path.open("rb") as file:
            # constant bit rate: seconds are bytes; the decoder finds the next frame by itself
            file.seek(int(part.path.stat().st_size * offset / part.seconds))
            yield from mp3_blocks(file.read)
        return
    try:
        yield from miniaudio.stream_file(
            str(part.path), nchannels=1, sample_rate=RATE, frames_to_read=BLOCK, seek_frame=round(offset * RATE)
        )
    except miniaudio.MiniaudioError as error:
        raise SoundError("sound.undecodable", file=part.path.name) from error


def _is_mp3(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(3)
    return head == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)
