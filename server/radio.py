"""A local radio station: one recording as an endless HTTP MP3 stream, for the demonstration and the smoke run.

It stands in for the channel of VOV or of the province, which is out of reach on one machine. It must not
be reachable from outside: it listens on the loopback address only.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BYTES_A_SECOND = 8_000
"""64 kbit/s, what `media` makes."""
_AHEAD_S = 2.0
_TICK_S = 0.1


class _Listener(BaseHTTPRequestHandler):
    """Sends the recording over and over at the speed it sounds, two seconds ahead."""

    server: "LocalRadio"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        position = 0
        due = int(_AHEAD_S * BYTES_A_SECOND)
        try:
            while not self.server.closing.is_set():
                self.wfile.write(self.server.piece(position, due))
                position += due
                due = int(_TICK_S * BYTES_A_SECOND)
                self.server.closing.wait(_TICK_S)
        except (BrokenPipeError, ConnectionResetError):
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it
        """Stay quiet: listeners come and go with every relay."""


class LocalRadio(ThreadingHTTPServer):
    """The stream at `http://127.0.0.1:{port}/`.

    Args:
        recording: an MP3 file of 64 kbit/s.
        port: 0 takes a free one.
    """

    daemon_threads = True

    def __init__(self, recording: Path, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Listener)
        self.closing = threading.Event()
        self._sound = recording.read_bytes()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def piece(self, position: int, length: int) -> bytes:
        """Give `length` bytes of the endless stream from a position."""
        start = position % len(self._sound)
        piece = self._sound[start : start + length]
        while len(piece) < length:
            piece += self._sound[: length - len(piece)]
        return piece

    def end(self) -> None:
        """Stop every stream and the server."""
        self.closing.set()
        self.shutdown()
        self.server_close()
