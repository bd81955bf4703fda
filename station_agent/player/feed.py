"""Decodes ahead of the device: a thread fills a short buffer, the device's callback empties it and never waits."""

from __future__ import annotations

import logging
import threading
from array import array
from collections import deque
from collections.abc import Iterator

from station_agent.errors import AgentError
from station_agent.player.pcm import RATE

log = logging.getLogger(__name__)

AHEAD = 2 * RATE  # samples kept ready: an SD card that stalls for less is not heard


class Feed:
    """One thread that decodes `blocks` up to two seconds ahead.

    Only the thread adds and only the device's callback takes, so no lock can hold the callback up.
    """

    def __init__(self, blocks: Iterator[array[int]], name: str) -> None:
        self._blocks = blocks
        self._ready: deque[array[int]] = deque()
        self._added = 0
        self._taken = 0
        self._closed = threading.Event()
        self._done = False
        self._reason = ""
        self._thread = threading.Thread(target=self._fill, name=f"feed {name}", daemon=True)
        self._thread.start()

    @property
    def buffered(self) -> int:
        """Samples ready to be taken."""
        return self._added - self._taken

    @property
    def finished(self) -> bool:
        """Whether everything was taken and nothing more will come."""
        return self._done and not self._ready

    @property
    def reason(self) -> str:
        """Code of what ended it early, else empty."""
        return self._reason

    @property
    def received(self) -> int:
        """Samples received from a stream: none, this is not one."""
        return 0

    def take(self, frames: int) -> array[int]:
        """Return at most that many samples, fewer when fewer are ready. Never waits."""
        taken: array[int] = array("h")
        while self._ready and len(taken) < frames:
            block = self._ready.popleft()
            wanted = frames - len(taken)
            taken.extend(block[:wanted])
            if len(block) > wanted:
                self._ready.appendleft(block[wanted:])
        self._taken += len(taken)
        return taken

    def close(self) -> None:
        """Let the thread end; it gives its file or connection back by itself."""
        self._closed.set()

    def _fill(self) -> None:
        try:
            for block in self._blocks:
                self._ready.append(block)
                self._added += len(block)
                while self.buffered > AHEAD and not self._closed.is_set():
                    self._closed.wait(0.5)
                if self._closed.is_set():
                    break
        except AgentError as error:
            self._reason = error.code
            log.warning("sound_failed code=%s values=%s", error.code, error.values)
        except OSError as error:
            self._reason = "sound.unreadable"
            log.warning("sound_failed code=sound.unreadable error=%s", error)
        finally:
            self._done = True
            close = getattr(self._blocks, "close", None)
            if close is not None:
                close()
