"""The names of languages, as the centre's list gives them in the visitor's own. It must not choose one."""

from flask import g

from schedules.language import Language
from server.services import languages
from server.web.centre import centre
from server.web.visitor import language


def language_name(tag: str) -> str:
    """Give a language's name, the tag itself for one that is not on the list."""
    found = known_languages().get(tag)
    if found is None:
        return tag
    return found.english if language() == "en" else found.name


def known_languages() -> dict[str, Language]:
    """Give the list by tag, in its order; read once for a page."""
    if "spoken" not in g:
        g.spoken = {each.tag: each for each in languages.listed(centre().store)}
    found: dict[str, Language] = g.spoken
    return found
