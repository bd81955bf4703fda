"""The line of the log about what was refused: who tried what they may not, or sent what no form of ours sends."""

import logging

from flask import request

from server.web.visitor import person_or_none

log = logging.getLogger(__name__)

OF_NO_FORM = frozenset({"form.choice"})
"""What a form that refuses it in words still tells the log: its page offers nothing else than what can be chosen."""


def note_refused(code: str) -> None:
    """Say in the log who sent what they may not, or no form of ours; whoever chose a value writes no line."""
    known = person_or_none()
    who = known.id if known is not None else ""
    log.warning("page=refused code=%s person=%s from=%s path=%r", code, who, request.remote_addr, request.path)
