"""A visible choice of what is heard where a language is missing; and the list of languages."""

from dataclasses import replace

import pytest

from schedules.ids import ProgrammeId, ZoneId
from schedules.language import LANGUAGES, Language
from schedules.programme import Kind
from server.errors import NotAllowed, NotFound, Unacceptable
from server.services import languages, sessions, substitutions
from server.services.obstacles import zones_alike
from server.services.schedule import schedule_of
from server.services.substitutions import Unspoken
from server.values import Person
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    Radio,
)

HRE = frozenset({GO_SIM})


def only_hre(radio: Radio) -> None:
    """Let the people of Gò Sim speak nothing but Hrê."""
    with radio.store.writing() as uow:
        zone = uow.places.zone(GO_SIM)
        assert zone is not None
        uow.places.put_zone(replace(zone, languages=("hre",)))
        uow.commit()


def found(radio: Radio, programme: ProgrammeId, *, by: Person = OFFICER) -> Unspoken | None:
    return substitutions.unspoken(radio.store, by, station=SON_HA, programme=programme).get(programme)


def chooses(
    radio: Radio,
    programme: ProgrammeId,
    language: str | None = "vi",
    *,
    zones: frozenset[ZoneId] = HRE,
    by: Person = OFFICER,
) -> None:
    substitutions.substitute(radio.store, radio.clock, by, programme, zones=zones, language=language)


def heard(radio: Radio, zone: ZoneId) -> list[tuple[str, str]]:
    radio.issue()
    with radio.store.reading() as uow:
        issued = uow.issue.issued(zone)
    assert issued is not None
    return [(item.title, item.language) for item in issued.rundown.items if item.kind is Kind.NOTICE][:1]


def test_zones_that_hear_another_language_by_choice_are_looked_at_apart(radio: Radio) -> None:
    programme = radio.airs()
    with radio.store.reading() as uow:
        schedule = schedule_of(uow)

    before = zones_alike(schedule, schedule.slots)
    after = zones_alike(replace(schedule, substitutions={(LANG_MOI, programme): "hre"}), schedule.slots)

    assert len(after) == len(before) + 1


def test_a_zone_that_speaks_none_of_its_languages_hears_nothing_and_vietnamese_is_offered(radio: Radio) -> None:
    radio.release_templates()
    only_hre(radio)
    programme = radio.airs()

    offer = found(radio, programme)

    assert heard(radio, GO_SIM) == []
    assert offer is not None
    assert [zone.id for zone in offer.zones] == [GO_SIM]
    assert (offer.languages, offer.chosen, offer.may_choose) == (("vi",), (), True)


def test_what_is_chosen_is_heard_and_said_and_can_be_taken_back(radio: Radio) -> None:
    radio.release_templates()
    only_hre(radio)
    programme = radio.airs()
    radio.wanted()

    chooses(radio, programme)

    assert radio.wanted() == HRE
    assert heard(radio, GO_SIM) == [("Tạm ngừng cấp điện", "vi")]
    notes = sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA, day=MONDAY).notes
    assert ("Tạm ngừng cấp điện", "language.substituted") in [(note.title, note.code) for note in notes]
    offer = found(radio, programme)
    assert offer is not None
    assert [(zone.id, language) for zone, language in offer.chosen] == [(GO_SIM, "vi")]
    assert radio.actions()[-1] == "programme.substituted"
    chooses(radio, programme, None)
    assert heard(radio, GO_SIM) == []


def test_its_own_language_goes_before_the_choice_as_soon_as_it_is_there(radio: Radio) -> None:
    radio.release_templates()
    only_hre(radio)
    programme = radio.airs()
    chooses(radio, programme)

    radio.records(programme, language="hre")
    radio.submits(programme)
    radio.approves(programme)

    assert heard(radio, GO_SIM) == [("Tạm ngừng cấp điện", "hre")]
    assert found(radio, programme) is None


def test_where_people_speak_it_nothing_is_offered_nor_accepted(radio: Radio) -> None:
    radio.release_templates()
    programme = radio.airs()

    assert found(radio, programme) is None
    with pytest.raises(Unacceptable, match=r"substitution\.not_needed"):
        chooses(radio, programme, zones=frozenset({LANG_MOI}))
    assert radio.store.kept.substitutions == ()


def test_only_a_language_it_is_made_in_can_be_chosen_for_zones_there_are(radio: Radio) -> None:
    only_hre(radio)
    programme = radio.writes()
    radio.records(programme)

    with pytest.raises(Unacceptable, match=r"substitution\.no_variant"):
        chooses(radio, programme, "sed")
    with pytest.raises(Unacceptable, match=r"target\.no_zone"):
        chooses(radio, programme, zones=frozenset())
    with pytest.raises(Unacceptable, match=r"target\.no_zone"):
        chooses(radio, programme, zones=frozenset({ZoneId("nowhere")}))
    with pytest.raises(NotFound, match=r"programme\.unknown"):
        chooses(radio, ProgrammeId("nowhere"))
    assert radio.store.kept.substitutions == ()


@pytest.mark.parametrize("by", [APPROVER, INSPECTOR, ADMINISTRATOR, NEIGHBOUR])
def test_the_wrong_person_chooses_nothing(radio: Radio, by: Person) -> None:
    only_hre(radio)
    programme = radio.writes()
    radio.records(programme)

    with pytest.raises(NotAllowed):
        chooses(radio, programme, by=by)

    assert radio.store.kept.substitutions == ()


def test_an_officer_decides_for_her_station_about_the_provinces_programme(radio: Radio) -> None:
    radio.release_templates()
    only_hre(radio)
    programme = radio.writes(by=EDITOR)
    radio.records(programme, by=EDITOR)

    chooses(radio, programme)

    assert [each.zone for each in radio.store.kept.substitutions] == [GO_SIM]


def test_who_only_looks_may_not_choose_and_a_neighbour_sees_none_of_it(radio: Radio) -> None:
    radio.release_templates()
    only_hre(radio)
    programme = radio.airs()

    inspected = found(radio, programme, by=INSPECTOR)

    assert inspected is not None
    assert not inspected.may_choose
    assert found(radio, programme, by=NEIGHBOUR) is None
    assert DONG_BANG not in {zone.id for zone in inspected.zones}


def test_the_administrator_keeps_the_list_of_languages(radio: Radio) -> None:
    made = languages.put(
        radio.store, radio.clock, ADMINISTRATOR, tag=" MOO ", name="Mơ  Nâm", group="Xơ Đăng", english="Monom"
    )

    assert made == Language("moo", "Mơ Nâm", "Xơ Đăng", "Monom")
    assert languages.listed(radio.store) == (*LANGUAGES, made)
    languages.remove(radio.store, radio.clock, ADMINISTRATOR, tag="moo")
    assert languages.listed(radio.store) == LANGUAGES
    assert radio.actions() == ["language.kept", "language.removed"]


def test_a_language_somebody_speaks_stays_on_the_list(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"language\.in_use"):
        languages.remove(radio.store, radio.clock, ADMINISTRATOR, tag="hre")

    with pytest.raises(Unacceptable, match=r"language\.tag") as refused:
        languages.put(radio.store, radio.clock, ADMINISTRATOR, tag="tiếng", name="a", group="a", english="a")

    assert refused.value.field == "tag"
    assert languages.listed(radio.store) == LANGUAGES


@pytest.mark.parametrize("by", [OFFICER, EDITOR, NEIGHBOUR])
def test_nobody_else_changes_the_list(radio: Radio, by: Person) -> None:
    assert not languages.may_keep(radio.store, by)
    with pytest.raises(NotAllowed):
        languages.put(radio.store, radio.clock, by, tag="moo", name="a", group="a", english="a")
    with pytest.raises(NotAllowed):
        languages.remove(radio.store, radio.clock, by, tag="moo")

    assert languages.may_keep(radio.store, ADMINISTRATOR)
