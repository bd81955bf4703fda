"""Started as a program of its own: speaks its standard input with eSpeak NG and writes a WAV.

    python -I espeak_process.py VOICE WORDS_PER_MINUTE OUT.wav < text

eSpeak NG is under the GPL, so its library is loaded here and nowhere else: this process imports nothing of ours, and
the program that starts it never loads the library.
"""

import ctypes
import sys
import wave

import espeakng_loader

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: samples come to the callback, speak_lib.h
_UTF8 = 1
_PARAGRAPH_END = 0x1000  # espeakENDPAUSE
_RATE = 1
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main() -> None:
    """Speak, or end with a status other than 0 and the reason."""
    voice, words_per_minute, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    text = sys.stdin.buffer.read()
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate_hz = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate_hz <= 0:
        sys.exit("the voice data could not be read")
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        sys.exit(f"there is no voice {voice}")
    library.espeak_SetParameter(_RATE, words_per_minute, 0)
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate_hz)

        def write(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _: object) -> int:
            if count > 0:  # the last call has no samples
                sound.writeframesraw(ctypes.string_at(samples, count * 2))
            return 0

        callback = _CALLBACK(write)
        library.espeak_SetSynthCallback(callback)
        size = ctypes.c_size_t(len(text) + 1)
        if library.espeak_Synth(text + b"\0", size, 0, 0, 0, _UTF8 | _PARAGRAPH_END, None, None) != 0:
            sys.exit("the text could not be spoken")
        library.espeak_Synchronize()


if __name__ == "__main__":
    main()
