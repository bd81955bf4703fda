"""The embedded voice speaks, says that it is a machine, and never enters this process."""

import subprocess
import sys
import wave
from pathlib import Path

import pytest

from media.errors import NothingToSay, TextTooLong, VoiceUnavailable
from media.speech import MOST_CHARACTERS, EmbeddedVoice, available_voices
from tests.media.sounds import NOTICE, files_in


def seconds_of(path: Path) -> float:
    with wave.open(str(path)) as sound:
        return float(sound.getnframes() / sound.getframerate())


def test_every_voice_speaks_and_says_that_it_is_a_machine(tmp_path: Path) -> None:
    voices = available_voices()

    for number, voice in enumerate(voices):
        voice.speak(NOTICE, tmp_path / str(number))
        assert 8 < seconds_of(tmp_path / str(number)) < 30
        assert voice.label.startswith("giọng máy – nghe thử")
    assert len({voice.name for voice in voices}) == 3
    assert len({path.read_bytes() for path in files_in(tmp_path)}) == 3


def test_a_slower_voice_takes_longer(tmp_path: Path) -> None:
    EmbeddedVoice(words_per_minute=120).speak(NOTICE, tmp_path / "slow.wav")
    EmbeddedVoice(words_per_minute=200).speak(NOTICE, tmp_path / "fast.wav")

    assert seconds_of(tmp_path / "slow.wav") > 1.3 * seconds_of(tmp_path / "fast.wav")


def test_a_number_is_spoken_as_its_words(tmp_path: Path) -> None:
    EmbeddedVoice().speak("ngày 25/12", tmp_path / "digits.wav")
    EmbeddedVoice().speak("ngày hai mươi lăm tháng mười hai", tmp_path / "words.wav")

    assert (tmp_path / "digits.wav").read_bytes() == (tmp_path / "words.wav").read_bytes()


@pytest.mark.parametrize("text", ["", "  \n", "…!?", "—"])
def test_nothing_to_say_is_said_and_writes_nothing(text: str, tmp_path: Path) -> None:
    with pytest.raises(NothingToSay):
        EmbeddedVoice().speak(text, tmp_path / "out.wav")

    assert files_in(tmp_path) == []


def test_a_text_too_long_is_refused_with_both_figures(tmp_path: Path) -> None:
    with pytest.raises(TextTooLong) as refused:
        EmbeddedVoice().speak("a" * (MOST_CHARACTERS + 1), tmp_path / "out.wav")

    assert refused.value.values == {"limit": MOST_CHARACTERS, "length": MOST_CHARACTERS + 1}


def test_an_unknown_variant_is_refused_at_once() -> None:
    with pytest.raises(VoiceUnavailable):
        EmbeddedVoice("vi; rm -rf /")


def test_the_library_of_the_voice_is_never_loaded_into_the_process_that_asks(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from media.speech import EmbeddedVoice; "
        "EmbeddedVoice().speak('Xin chào', Path(sys.argv[1])); "
        "maps = Path('/proc/self/maps').read_text(); assert 'espeak' not in maps; "
        "assert 'espeakng_loader' not in sys.modules"
    )

    subprocess.run([sys.executable, "-c", script, str(tmp_path / "out.wav")], cwd=Path(__file__).parents[2], check=True)
