"""Whoever sits at the machine: the commands that look into the database ask as somebody with every right there."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from schedules.ids import PersonId, UnitId, ZoneId
from server.ports import Store
from server.services import languages
from server.values import Person, Role
from server.web.reasons import Say
from server.web.sentences import sentence


def whoever_sits_here(store: Store, place: UnitId | ZoneId) -> Person:
    """Give somebody with every right at a place: who can read the database needs no other leave."""
    with store.reading() as uow:
        units, zones = uow.places.units(), uow.places.zones()
    unit = next((zone.station for zone in zones if zone.id == place), UnitId(place))
    top = units.above(unit)[-1] if unit in units.by_id else unit
    return Person(id=PersonId("command"), login="", name="", unit=top, roles=frozenset(Role), password_hash="")


def speaking(store: Store, language: str, home: ZoneInfo) -> Say:
    """Give a way to say codes in a language, that names the languages of the centre's list."""
    names = {each.tag: each.english if language == "en" else each.name for each in languages.listed(store)}

    def say(code: str, values: Mapping[str, object]) -> str:
        spoken = values.get("language")
        named = {**values, "language": names.get(spoken, spoken)} if isinstance(spoken, str) else values
        return sentence(code, named, language=language, zone=home)

    return say
