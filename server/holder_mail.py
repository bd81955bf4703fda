"""Puts a change of an account into the words of a mail, in its holder's language. It must not send anything."""

from functools import partial
from zoneinfo import ZoneInfo

from server.services.audit_names import Names
from server.values import AuditLine, Person
from server.web import formats
from server.web.audited import Telling
from server.web.holders import in_a_sentence
from server.web.sentences import sentence


def words_of(line: AuditLine, names: Names, holder: Person, zone: ZoneInfo) -> tuple[str, str]:
    """Give subject and text; neither names anything secret, nor asks to follow a link."""
    language = holder.language if holder.language in ("vi", "en") else "vi"
    say = partial(sentence, language=language, zone=zone)
    how = Telling(
        language=language,
        zone=zone,
        machine=say("told.machine", {}),
        say=lambda code: say(code, {}),
        spoken=lambda tag: tag,
    )
    at = formats.instant_text(line.at, zone)
    what = in_a_sentence(line, names, how)
    return say("told.subject", {"login": holder.login}), say(
        "told.letter", {"name": holder.name, "login": holder.login, "when": at, "what": what}
    )
