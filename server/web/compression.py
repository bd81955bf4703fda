"""Sends pages compressed to who can read that: the lines of communes are weak, and a page shrinks to a fifth.

How long a compressed page is tells whether something in it stands there twice. Who may choose a part of a page that
also holds a secret, have it fetched as often as they like and see how long the answers are, guesses the secret letter
by letter (BREACH). Here the secret is the token of forms, and what pages tell of people. So a page is compressed only
for a request that came from our own pages or from the person themselves, which browsers say (`Sec-Fetch-Site`) and no
other site can; where a browser does not say it, only when the address asks nothing. What comes in pieces is left as it
is, and so is a file on its way (`files` packs those).
"""

import gzip

from flask import Flask, Response, request

_TEXTS = frozenset({"text/html", "application/json", "image/svg+xml"})
_LEAST = 1000
"""What is shorter goes in one packet anyhow."""
_LEVEL = 6
_OUR_OWN = frozenset({"same-origin", "none"})


def compress(app: Flask) -> None:
    """Have an application send its pages compressed."""
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    in_pieces = response.is_streamed or response.direct_passthrough  # of a file that waitress sends, only the second
    if response.mimetype not in _TEXTS or in_pieces or response.content_encoding:
        return response
    response.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    if request.accept_encodings["gzip"] > 0 and _nobody_else_asked():
        text = response.get_data()
        if len(text) >= _LEAST:
            response.set_data(gzip.compress(text, _LEVEL, mtime=0))
            response.content_encoding = "gzip"
    return response


def _nobody_else_asked() -> bool:
    said = request.headers.get("Sec-Fetch-Site")
    if said is None:
        return request.method == "GET" and not request.query_string
    return said in _OUR_OWN
