"""What the demonstration has ready for an emergency: who may, who is told, two approved texts. It issues nothing."""

from schedules.emergency import Certainty, Event, Severity, Urgency, Words
from schedules.emergency_template import Gap, GapType
from schedules.ids import PersonId
from server.demo import stations
from server.demo.content import Centre
from server.services import emergency_rights, emergency_texts
from server.services.emergency_texts import TextWanted
from server.values import Person

_HOLDERS = ("canbo", "bientap")
_TOLD = ("lanhdao", "quantri", "canbo")
_TEXTS = (
    TextWanted(
        event=Event.FLOOD,
        severity=Severity.SEVERE,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        headline="Sơ tán vì lũ sông Re",
        words=(
            Words(
                "vi",
                "Nước sông Re đang dâng nhanh. Bà con ven sông về {a} ngay, trước {b}. "
                "Mang theo giấy tờ, thuốc và nước uống. Giúp người già, trẻ em đi trước.",
            ),
        ),
        gaps=(
            Gap(name="a", label="Nơi sơ tán", type=GapType.PLACE),
            Gap(name="b", label="Trước lúc", type=GapType.TIME),
        ),
    ),
    TextWanted(
        event=Event.FIRE,
        severity=Severity.EXTREME,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        headline="Cháy rừng: rời khỏi bìa rừng",
        words=(
            Words("vi", "Đang cháy rừng. Bà con rời khỏi bìa rừng ngay, đi về phía sông. Ai có xe giúp bà con đi bộ."),
        ),
    ),
)


def prepare(centre: Centre) -> None:
    """Give the right to the officer and an editor, name who is told, and approve the texts."""
    store, clock, administrator = centre.store, centre.clock, _person(centre, "quantri")
    for login in _HOLDERS:
        emergency_rights.give(store, clock, administrator, person=PersonId(login), unit=stations.SON_HA)
    told = [PersonId(login) for login in _TOLD]
    emergency_rights.watch(store, clock, administrator, unit=stations.SON_HA, people=told)
    for wanted in _TEXTS:
        saved = emergency_texts.save(store, clock, _person(centre, "canbo"), unit=stations.SON_HA, wanted=wanted)
        emergency_texts.approve(
            store, clock, _person(centre, "lanhdao"), saved.template.id, seen=saved.template.version
        )


def _person(centre: Centre, login: str) -> Person:
    with centre.store.reading() as uow:
        found = uow.people.by_login(login)
    assert found is not None, login  # noqa: S101 -- `content.people` made them
    return found
