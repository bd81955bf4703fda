"""Tells the holder of an account in a sentence what somebody changed of it; pages and mail say the same."""

from collections.abc import Mapping

from server.services.audit_names import Names
from server.values import AuditLine
from server.web.audited import Telling
from server.web.audited import told as in_words
from server.web.words import word


def in_a_sentence(line: AuditLine, names: Names, how: Telling) -> str:
    """Give what a line says; of changed roles, which they were and are."""
    before, after = (_roles(line.details.get(each), how) for each in ("before", "after"))
    said = in_words(line, names, how)
    return said if before == after else f"{said} {how.say('told.roles')}: {before} → {after}."


def _roles(facts: object, how: Telling) -> str:
    held = facts.get("roles") if isinstance(facts, Mapping) else None
    return ", ".join(word("role", str(each), how.language) for each in held) if isinstance(held, list) else "–"
