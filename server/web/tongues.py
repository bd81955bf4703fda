"""Languages of the pages that somebody added beside the two of the program, each a folder found at the start.

A folder is named by the language's tag and holds `language.toml` with its own name, and what is translated so far:
`messages.po`, and `sentences.toml` and `words.toml` in the program's own form with a further key. What is missing is
read in Vietnamese; a text with gaps that the Vietnamese has not, or with markup, is left out.
"""

import logging
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

log = logging.getLogger(__name__)

OWN = {"vi": "Tiếng Việt", "en": "English"}
"""The two that are whole; Vietnamese first."""

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_OF_A_PAGE = re.compile(r"%\((\w+)\)s")
_OF_A_SENTENCE = re.compile(r"{[a-z_]+}")


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language that was added.

    Attributes:
        name: as its own speakers write it.
        sentences: by code.
        words: by group and name.
    """

    tag: str
    name: str
    translations: Translations
    sentences: Mapping[str, str]
    words: Mapping[tuple[str, str], str]


class _Added:
    """What the running program was given; exchanged as a whole."""

    tongues: Mapping[str, Tongue] = MappingProxyType({})


def added() -> Mapping[str, Tongue]:
    """Give the added languages by tag."""
    return _Added.tongues


def names() -> dict[str, str]:
    """Give every language the pages speak, by tag, with its own name: the program's two first."""
    return OWN | {tag: each.name for tag, each in added().items()}


def speak(found: Iterable[Tongue]) -> None:
    """Let the pages speak these beside the program's own, and no others."""
    _Added.tongues = MappingProxyType({each.tag: each for each in found})


def find(directory: Path) -> Iterator[Tongue]:
    """Give the languages of a directory, in order of tag; a folder that cannot be used is logged and passed over."""
    for folder in sorted(directory.iterdir()) if directory.is_dir() else ():
        if not (folder / "language.toml").is_file() or not _TAG.fullmatch(folder.name) or folder.name in OWN:
            log.warning("language_skipped folder=%s", folder)
            continue
        try:
            yield _read(folder)
        except (OSError, ValueError) as error:  # what is no TOML, no UTF-8, no catalogue
            log.warning("language_skipped folder=%s error=%s", folder, error)


def _read(folder: Path) -> Tongue:
    tag = folder.name
    sentences = ((code, _text(entry, tag)) for code, entry in _toml(folder / "sentences.toml").items())
    words = {
        (group, name): text
        for group, entries in _toml(folder / "words.toml").items()
        for name, entry in (entries.items() if isinstance(entries, Mapping) else ())
        if (text := _text(entry, tag))
    }
    return Tongue(
        tag=tag,
        name=str(_toml(folder / "language.toml").get("name") or tag),
        translations=_translations(folder / "messages.po"),
        sentences={code: text for code, text in sentences if text and _is_whole(text)},
        words=words,
    )


def _toml(file: Path) -> Mapping[str, object]:
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _text(entry: object, tag: str) -> str:
    text = entry.get(tag) if isinstance(entry, Mapping) else None
    return text.strip() if isinstance(text, str) else ""


def _is_whole(text: str) -> bool:
    """Tell whether every brace of a sentence belongs to a gap."""
    return not set("{}").intersection(_OF_A_SENTENCE.sub("", text))


def _translations(file: Path) -> Translations:
    """Compile a catalogue in memory."""
    if not file.is_file():
        return Translations()
    with file.open("rb") as opened:
        catalogue = read_po(opened)
    for message in list(catalogue):
        if message.id and not _fills(str(message.id), str(message.string)):
            log.warning("translation_left_out file=%s text=%r", file, message.id)
            catalogue.delete(message.id)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def _fills(vietnamese: str, text: str) -> bool:
    """Tell whether the values of the Vietnamese can be put into a text, and it is no markup, which pages would obey."""
    known = set(_OF_A_PAGE.findall(vietnamese)).issuperset(_OF_A_PAGE.findall(text))
    return known and set("%<>").isdisjoint(_OF_A_PAGE.sub("", text).replace("%%", ""))
