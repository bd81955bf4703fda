"""A voice without sound: what it says are the words themselves, behind two bytes that look like MP3."""

from dataclasses import dataclass, field

from server.errors import Unacceptable


@dataclass
class FakeVoice:
    """See `ports.Speaking`.

    Attributes:
        spoken: what it said, in order.
        is_hoarse: it cannot speak.
    """

    spoken: list[str] = field(default_factory=list)
    is_hoarse: bool = False

    def announcement(self, text: str, *, limit: int) -> bytes:
        if self.is_hoarse:
            raise Unacceptable("media.speech.voice-unavailable", "text", voice="", reason="")
        self.spoken.append(text)
        return (b"\xff\xf3" + text.encode())[:limit]
