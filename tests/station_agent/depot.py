"""A file server for tests: offers audio by SHA-256, can cut the line and hand out the wrong bytes."""

import hashlib
import random
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from station_agent.ports import Wanted


class Depot:
    """A file server that counts, can cut the line and can hand out the wrong bytes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.ranges: list[str | None] = []
        self.cut_after: int | None = None
        self.ignores_ranges = False
        depot = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = depot.files.get(self.path.removeprefix("/audio/"))
                asked = self.headers.get("Range")
                depot.ranges.append(asked)
                if body is None:
                    self.send_error(404)
                    return
                start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and not depot.ignores_ranges else 0
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(body) - start))
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
                self.end_headers()
                end = len(body) if depot.cut_after is None else start + depot.cut_after
                depot.cut_after = None
                self.wfile.write(body[start:end])

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/audio"

    def offers(self, body: bytes | None = None) -> tuple[Wanted, bytes]:
        """Offer a file, of chance bytes when none are given."""
        body = random.randbytes(300_000) if body is None else body
        name = hashlib.sha256(body).hexdigest()
        self.files[name] = body
        return Wanted(name, len(body)), body

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
