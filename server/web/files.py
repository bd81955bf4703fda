"""The files that pages are made of: addresses that change with their content, kept for ever, compressed once.

They are the same for everybody and hold no secret. It must not compress what a page says: that is `compression`.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from posixpath import normpath

from flask import Flask, Response, request

_FOR_EVER = "public, max-age=31536000, immutable"
_TEXTS = frozenset({"text/css", "text/javascript", "image/svg+xml"})


@dataclass(frozen=True, slots=True)
class _File:
    """What never changes while the process runs.

    Attributes:
        mark: of its content, part of its address.
        packed: its bytes compressed.
    """

    mark: str
    packed: bytes


def keep_files(app: Flask) -> None:
    """Give an application's templates `asset`, and send its static files as they are best sent."""
    files = Path(app.static_folder or "")

    @cache
    def known(name: str) -> _File:
        content = (files / name).read_bytes()
        return _File(sha256(content).hexdigest()[:12], gzip.compress(content, 9, mtime=0))

    def asset(name: str) -> str:
        """Give the address of a file that changes when the file does, so that it may be kept for ever."""
        # Written out: an icon has one, and a page has hundreds of icons.
        return f"{request.script_root}{app.static_url_path}/{name}?v={known(name).mark}"

    def send(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            _send(response, known(normpath((request.view_args or {})["filename"])))
        return response

    app.jinja_env.globals.update(asset=asset)
    app.after_request(send)


def _send(response: Response, file: _File) -> None:
    # Another mark is that of another release: what is here now must not be kept under it.
    response.headers["Cache-Control"] = _FOR_EVER if request.args.get("v") == file.mark else "no-cache"
    if response.mimetype not in _TEXTS:
        return
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] > 0:
        response.close()  # the file itself
        response.direct_passthrough = False
        response.set_data(file.packed)
        response.content_encoding = "gzip"
        response.set_etag(file.mark, weak=True)
        response.make_conditional(request)
