"""Signing somebody out everywhere: no browser stays signed in, and no token of theirs opens anything any more."""

from dataclasses import replace
from datetime import datetime

from server.ports import UnitOfWork
from server.services import api_tokens
from server.values import Person


def signed_out(uow: UnitOfWork, person: Person, now: datetime) -> Person:
    """Give a person as signed out everywhere, to be put; their tokens are ended here."""
    api_tokens.end_all(uow, person.id, now)
    return replace(person, session_key=person.session_key + 1)
