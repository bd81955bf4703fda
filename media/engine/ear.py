"""Reads what ffmpeg says while it decodes, line by line, into one `Heard`; it keeps no line, whatever their number."""

import re

from media.facts import Heard, Loudness

SILENCE_LASTS_S = 0.3
ENDED_EARLY = ("File ended prematurely", "partial file", "moov atom not found")

_AT_AN_END_S = 0.03
_SILENCE = re.compile(r"silence_(start|end): (-?[\d.]+)")
_INTEGRATED = re.compile(r"^\s*I:\s+(\S+) LUFS")
_PEAK = re.compile(r"^\s*Peak:\s+(\S+) dBFS")


class Ear:
    """Gathers loudness, the silence at both ends and complaints from the log of one decoding.

    Attributes:
        seconds: how much sound was decoded; set from the progress reports.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._integrated = self._peak = float("-inf")
        self._leading = 0.0
        self._silent_since: float | None = None
        self._last_silence = (0.0, 0.0)
        self._ended_early = False

    def log(self, line: str) -> None:
        """Take one line of the log."""
        if silence := _SILENCE.search(line):
            self._silence(silence[1], float(silence[2]))
        elif integrated := _INTEGRATED.match(line):
            self._integrated = float(integrated[1])
        elif peak := _PEAK.match(line):
            self._peak = float(peak[1])
        elif any(complaint in line for complaint in ENDED_EARLY):
            self._ended_early = True

    def _silence(self, edge: str, at: float) -> None:
        if edge == "start":
            self._silent_since = max(0.0, at)
        elif self._silent_since is not None:
            if self._silent_since < _AT_AN_END_S:
                self._leading = at
            self._last_silence, self._silent_since = (self._silent_since, at), None

    def heard(self) -> Heard:
        """Return what was heard, once the log has ended."""
        started, ended = self._last_silence if self._silent_since is None else (self._silent_since, self.seconds)
        trailing = max(0.0, self.seconds - started) if ended >= self.seconds - _AT_AN_END_S else 0.0
        return Heard(
            duration_ms=round(self.seconds * 1000),
            loudness=Loudness(self._integrated, self._peak),
            leading_silence_ms=round(min(self._leading, self.seconds) * 1000),
            trailing_silence_ms=round(trailing * 1000),
            ended_early=self._ended_early,
        )
