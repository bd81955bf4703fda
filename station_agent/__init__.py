"""The loudspeaker side: plays what it was last told, online or not, and writes down what happened.

What may live here: the link to the broker, the journal, the audio cache, the player and the loop that joins them.
It may use the standard library, paho, miniaudio and PyNaCl; it never imports the server, the audio pipeline or a
web framework, so that it stays small enough for a computer on a pole.
"""

__version__ = "0.1.0"
