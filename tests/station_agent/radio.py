"""A tiny HTTP MP3 radio station for tests: streams in real time, can be cut off and brought back."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BYTES_A_SECOND = 8_000  # 64 kbit/s


class Radio:
    """Streams the same MP3 round and round to everybody, with two seconds at once at the beginning."""

    def __init__(self, mp3: bytes) -> None:
        self.on = threading.Event()
        self.on.set()
        self.closing = threading.Event()
        self.connections = 0
        radio = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                radio.connections += 1
                if self.path != "/live.mp3" or not radio.on.is_set():
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "audio/mpeg")
                self.end_headers()
                sent = 0
                while radio.on.is_set() and not radio.closing.is_set():
                    count = 2 * BYTES_A_SECOND if sent == 0 else BYTES_A_SECOND // 10
                    start = sent % (len(mp3) - count)
                    try:
                        self.wfile.write(mp3[start : start + count])
                    except OSError:
                        return
                    sent += count
                    radio.closing.wait(0.1)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Address of the stream."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/live.mp3"

    def close(self) -> None:
        """Go off the air."""
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
