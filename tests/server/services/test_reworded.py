"""Words that were changed after their sound was made."""

import unicodedata
from datetime import timedelta

import pytest

from schedules.ids import ProgrammeId
from server.services import programmes
from server.services.drafts import Draft
from server.services.reworded import reworded_of
from server.values import TakeOrigin
from tests.server.services.radio import OFFICER, Radio

TEXT = "Kính thưa bà con"
"""What the sounds of the tests say."""


def writes_anew(radio: Radio, programme: ProgrammeId, **texts: str) -> None:
    stored = radio.stored(programme)
    draft = Draft(title=stored.programme.title, kind=stored.programme.kind, texts=texts)
    programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=draft, version=stored.programme.version)


def told(radio: Radio, programme: ProgrammeId) -> tuple[str, ...]:
    return reworded_of(radio.store, radio.stored(programme))


@pytest.mark.parametrize("origin", TakeOrigin)
def test_words_changed_after_their_sound_are_told_until_there_is_another(radio: Radio, origin: TakeOrigin) -> None:
    programme = radio.writes(texts={"vi": TEXT})
    radio.records(programme, origin=origin)
    before = told(radio, programme)

    writes_anew(radio, programme, vi=f"{TEXT} thôn Gò Sim")
    after = told(radio, programme)
    radio.clock.advance(timedelta(minutes=1))
    radio.records(programme, origin=TakeOrigin.UPLOAD)

    assert (before, after, told(radio, programme)) == ((), ("vi",), ())


def test_only_the_language_whose_words_changed_is_told(radio: Radio) -> None:
    programme = radio.writes(texts={"vi": TEXT, "hre": "Lời tiếng Hrê"})
    radio.records(programme)
    radio.records(programme, language="hre")

    writes_anew(radio, programme, vi=TEXT, hre="Lời khác")

    assert told(radio, programme) == ("hre",)


def test_another_space_or_another_form_of_the_same_letters_is_the_same_word(radio: Radio) -> None:
    programme = radio.writes(texts={"vi": TEXT})
    radio.records(programme)

    writes_anew(radio, programme, vi=unicodedata.normalize("NFD", TEXT.replace(" ", "\n")))

    assert told(radio, programme) == ()


def test_a_sound_that_came_before_its_words_is_taken_at_its_authors_word(radio: Radio) -> None:
    programme = radio.writes(texts={})
    radio.records(programme)

    writes_anew(radio, programme, vi=TEXT)

    assert told(radio, programme) == ()


def test_a_sound_brought_by_no_take_is_not_judged(radio: Radio) -> None:
    programme = radio.writes(texts={"vi": TEXT})
    radio.records(programme)
    radio.store.kept.takes.clear()

    assert told(radio, programme) == ()
