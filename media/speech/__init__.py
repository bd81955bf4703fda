"""Text to speech: a Vietnamese text is written out as it is spoken, then read by a voice.

`normaliser` turns written forms into words, `voices` holds the shape of a voice and the embedded one, and
`espeak_process` is the separate program that loads eSpeak NG. Nothing here says which voice may go on air.
"""

from media.speech.normaliser import normalise
from media.speech.voices import MOST_CHARACTERS, EmbeddedVoice, Voice, available_voices

__all__ = ["MOST_CHARACTERS", "EmbeddedVoice", "Voice", "available_voices", "normalise"]
