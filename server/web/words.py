"""Words people read for the names the program uses: kinds, states, verdicts, weekdays. It decides nothing.

The words stand in `translations/words.toml`; a test proves that every name has one.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from server.web.tongues import added

LANGUAGES = ("vi", "en")
"""Those that are whole: Vietnamese first; English for whoever asks for it."""


def word(group: str, name: object, language: str) -> str:
    """Give the word for a name in a language; the name itself where there is none.

    A language that was added has words so far, and Vietnamese ones for the rest.
    """
    entry = words().get(group, {}).get(str(name), {})
    tongue = added().get(language)
    if tongue is not None:
        return tongue.words.get((group, str(name))) or entry.get("vi") or str(name)
    return entry.get(language) or str(name)


@cache
def words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Give all words: group, name, language."""
    return tomllib.loads(files("server.web").joinpath("translations/words.toml").read_text(encoding="utf-8"))
