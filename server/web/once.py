"""A form that arrives twice does its work once: a double press, a press again after a lost answer, a page sent anew.

Each form carries a number of its own. The first arrival with a number, an address and a content works and is kept in
memory by its redirect; a second one waits for it and is led to the same page. A form whose content changed is another,
and one that was refused has not been done. It must not know what any form is about.
"""

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Event, Lock
from typing import IO

from flask import Flask, flash, g, redirect, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from server.web.visitor import page_of_form, person_or_none

NUMBER = "once"
"""The field that holds the number of a form."""

_KEPT = 10_000
"""Forms remembered: more than a province sends in a day."""
_PATIENCE_S = 30.0
"""A second arrival waits this long for the first; then it is told to look, never let through."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class _Arrival:
    """The first arrival of a form; `leads_to` is filled when its work is done."""

    over: Event = field(default_factory=Event)
    leads_to: list[str] = field(default_factory=list)


class Arrivals:
    """Which forms have arrived, the latest last. Safe between threads."""

    def __init__(self, *, kept: int = _KEPT, patience_s: float = _PATIENCE_S) -> None:
        self._first: OrderedDict[bytes, _Arrival] = OrderedDict()
        self._lock = Lock()
        self._kept = kept
        self._patience_s = patience_s

    def begin(self, form: bytes, *, otherwise: str) -> str | None:
        """Give None where this arrival is to do the work, else the page the first one led to.

        Args:
            form: what tells one form from another.
            otherwise: the page to look at when the first arrival takes too long.
        """
        while True:
            with self._lock:
                first = self._first.setdefault(form, mine := _Arrival())
                if first is mine:
                    while len(self._first) > self._kept:
                        self._first.popitem(last=False)
                    return None
            if not first.over.wait(self._patience_s):
                return otherwise
            if first.leads_to:
                return first.leads_to[0]

    def done(self, form: bytes, leads_to: str) -> None:
        """Keep where a form that did its work leads."""
        with self._lock:
            arrival = self._first.get(form)
        if arrival is not None:
            arrival.leads_to.append(leads_to)
            arrival.over.set()

    def refused(self, form: bytes) -> None:
        """Forget a form that did nothing: sending it again is a new attempt."""
        with self._lock:
            arrival = self._first.pop(form, None)
        if arrival is not None:
            arrival.over.set()


def take_once(app: Flask) -> None:
    """Let an application do the work of each form once, and tell its pages which form was done last."""
    arrivals = Arrivals()
    marks = secrets.token_bytes(32)

    def begin() -> Response | None:
        known = person_or_none()
        if request.method != "POST" or known is None or not request.form.get(NUMBER):
            return None
        form = _mark((known.id, request.path), marks)
        leads_to = arrivals.begin(form, otherwise=page_of_form() or "/")
        if leads_to is None:
            g.form_once = form
            return None
        flash(_("Việc này đã được nhận từ lần bấm trước, không làm lại lần nữa."), "good")
        session["done"] = request.form[NUMBER]
        return redirect(leads_to)

    def end(response: Response) -> Response:
        form = g.pop("form_once", None)
        if form is not None and response.status_code in (302, 303):
            session["done"] = request.form[NUMBER]
            arrivals.done(form, response.headers["Location"])
        elif form is not None:
            arrivals.refused(form)
        return response

    def fail(_error: BaseException | None) -> None:
        form = g.pop("form_once", None)
        if form is not None:
            arrivals.refused(form)

    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(fail)
    app.jinja_env.globals.update(new_number=lambda: secrets.token_urlsafe(12), last_done=_last_done)


def _last_done() -> str:
    """Give the number of the form that led to this page, once; nothing where none did."""
    return str(session.pop("done", "")) if "done" in session else ""


def _mark(known: Iterable[str], key: bytes) -> bytes:
    """Give what tells this form from every other, without keeping what it says."""
    mark = blake2b(key=key)

    def take(text: str) -> None:
        written = text.encode()
        mark.update(len(written).to_bytes(8))
        mark.update(written)

    for each in (*known, *(part for name, value in request.form.items(multi=True) for part in (name, value))):
        take(each)
    for name, file in request.files.items(multi=True):
        take(name)
        take(file.filename or "")
        _take_file(mark, file.stream)
    return mark.digest()


def _take_file(mark: blake2b, file: IO[bytes]) -> None:
    while piece := file.read(_PIECE):
        mark.update(piece)
    file.seek(0)
