"""Sound: one output path for every source. The only package that touches miniaudio; it knows no schedule."""

from station_agent.player.output import Backend, SoundPlayer

__all__ = ["Backend", "SoundPlayer"]
