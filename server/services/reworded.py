"""Words that were changed after their sound was made: loudspeakers play the sound, and it still says the old ones."""

import unicodedata
from collections.abc import Iterable

from server.ports import Store
from server.values import StoredProgramme, Take


def reworded(stored: StoredProgramme, taken: Iterable[Take]) -> tuple[str, ...]:
    """Give the languages of a programme whose words are no longer those its sound was made of.

    A sound that came before any word of it is taken at its author's word.

    Args:
        stored: the programme.
        taken: its takes.
    """
    made_of: dict[tuple[str, object], str] = {
        (take.language, take.recording): take.text
        for take in sorted(taken, key=lambda each: each.made_at)
        if take.recording is not None
    }
    found = []
    for variant in stored.programme.variants:
        before = _words(made_of.get((variant.language, variant.source), ""))
        if before and before != _words(stored.texts.get(variant.language, "")):
            found.append(variant.language)
    return tuple(sorted(found))


def reworded_of(store: Store, stored: StoredProgramme) -> tuple[str, ...]:
    """Give the same for a programme whose takes are not at hand."""
    with store.reading() as uow:
        return reworded(stored, uow.programmes.takes(stored.programme.id))


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).split()
