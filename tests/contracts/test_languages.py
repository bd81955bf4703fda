"""Languages and choices, in memory and on SQLite alike."""

from dataclasses import replace

from schedules.ids import ProgrammeId
from schedules.language import LANGUAGES, Language, Substitution
from server.ports import Store
from tests.contracts.samples import MINUTE, NOTICE, NOW, OFFICER, OTHER_ZONE, ZONE

CHOICE = Substitution(zone=ZONE, programme=NOTICE, language="vi", by=OFFICER, at=NOW)


def test_a_new_centre_has_the_languages_of_the_rules(empty_store: Store) -> None:
    with empty_store.reading() as uow:
        assert tuple(uow.languages.all()) == LANGUAGES


def test_a_language_is_replaced_where_it_stands_and_a_new_one_goes_to_the_end(empty_store: Store) -> None:
    renamed, new = replace(LANGUAGES[2], name="Cor"), Language("moo", "Mơ Nâm", "Xơ Đăng", "Monom")
    with empty_store.writing() as uow:
        uow.languages.put(renamed)
        uow.languages.put(new)
        uow.languages.remove("vi")
        uow.languages.remove("nothing")
        uow.commit()

    with empty_store.reading() as uow:
        assert tuple(uow.languages.all()) == (LANGUAGES[1], renamed, *LANGUAGES[3:], new)


def test_the_latest_choice_of_a_zone_and_programme_counts(store: Store) -> None:
    other = replace(CHOICE, zone=OTHER_ZONE, at=NOW + MINUTE)
    another = replace(CHOICE, programme=ProgrammeId("notice-2"))
    back = replace(CHOICE, language=None, at=NOW + 2 * MINUTE)
    with store.writing() as uow:
        for each in (CHOICE, other, another, back):
            uow.languages.substitute(each)
        uow.commit()

    with store.reading() as uow:
        assert tuple(uow.languages.substitutions()) == (other, another, back)
