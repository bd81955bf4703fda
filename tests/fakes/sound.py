"""Preparation without sound: every file becomes the recording the test says, or is refused as it says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from schedules.ids import Sha256
from schedules.programme import Recording
from server.errors import Unacceptable


@dataclass(frozen=True, slots=True)
class FakePrepared:
    """See `ports.PreparedSound`."""

    recording: Recording
    loudness_before: float = -27.5
    loudness_after: float = -16.0
    true_peak_after: float = -1.6


@dataclass
class FakePreparation:
    """See `ports.Preparation`.

    Attributes:
        lasts: length of what it makes.
        refuses: code of the reason, for a file that cannot be broadcast.
        while_working: called in the middle, once for each share of progress told.
        shares: of progress it tells.
        spoken: texts it was asked to speak.
    """

    lasts: timedelta = timedelta(seconds=70)
    refuses: str = ""
    while_working: Callable[[float], None] = lambda _: None
    shares: tuple[float, ...] = (0.25, 0.5, 1.0)
    spoken: list[str] = field(default_factory=list)

    def prepare(
        self, source: Path, *, limit: timedelta, progress: Callable[[float], None], cancelled: Callable[[], bool]
    ) -> FakePrepared:
        content = source.read_bytes()
        for share in self.shares:
            progress(share)
            self.while_working(share)
            if cancelled():
                raise Unacceptable("media.cancelled")
        if self.refuses:
            raise Unacceptable(self.refuses)
        if self.lasts > limit:
            raise Unacceptable("media.refused.too-long")
        digest = Sha256(sha256(content + str(self.lasts).encode()).hexdigest())
        return FakePrepared(Recording(digest, len(content) or 1, int(self.lasts.total_seconds() * 1000)))

    def speak(self, text: str, *, language: str, into: Path) -> None:
        self.spoken.append(text)
        into.write_bytes(text.encode())

    def path(self, sha256: str) -> Path | None:
        return None
