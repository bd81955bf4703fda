"""The door to the tools of sound: ffmpeg as a confined child process, and pydub for short pieces made from tones.

Nothing above this package knows a flag of ffmpeg or a class of pydub, and nothing here decides what may be broadcast.
`ffmpeg` holds every call to ffmpeg, `tones` all of pydub, `process` and `confine` run children under limits.
"""

from media.engine.ffmpeg import BROADCAST_FORMAT, export, find_ffmpeg, listen, probe
from media.engine.process import Finished, Limits, ignore, never, run
from media.engine.tones import write_station_signal, write_tune

__all__ = [
    "BROADCAST_FORMAT",
    "Finished",
    "Limits",
    "export",
    "find_ffmpeg",
    "ignore",
    "listen",
    "never",
    "probe",
    "run",
    "write_station_signal",
    "write_tune",
]
