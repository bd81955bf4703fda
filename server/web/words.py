"""Words people read for the names the program uses: kinds, states, verdicts, weekdays. It decides nothing.

The words stand in `translations/words.toml`; a test proves that every name has one.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("vi", "en")
"""Vietnamese first; English for whoever asks for it."""


def word(group: str, name: object, language: str) -> str:
    """Give the word for a name in a language; the name itself where there is none."""
    entry = words().get(group, {}).get(str(name), {})
    return entry.get(language) or str(name)


@cache
def words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Give all words: group, name, language."""
    return tomllib.loads(files("server.web").joinpath("translations/words.toml").read_text(encoding="utf-8"))
