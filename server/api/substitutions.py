"""What zones hear of a programme that is made in none of their languages: nothing, until somebody chooses otherwise."""

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import ProgrammeId, ZoneId
from server.api.centre import centre
from server.api.shapes import Answer, Name, Names, Sent
from server.api.views import Write, reads, writes
from server.services import programmes
from server.services import substitutions as services
from server.token_records import Scope
from server.values import Person

substitutions = APIBlueprint("substitutions", __name__, tag="Languages")


class Choice(Sent):
    """What zones hear instead."""

    zones: Names
    language: Name | None = Field(description="null: nothing again.")


class Unspoken(Answer):
    """Zones without their own language of a programme."""

    programme: str
    zones: list[str] = Field(description="They hear nothing.")
    chosen: dict[str, str] = Field(description="Zones that hear another language, with it.")
    languages: list[str] = Field(description="That may be chosen.")


@reads(substitutions, "/programmes/<programme>/instead", Unspoken)
def listed(person: Person, programme: str) -> Unspoken:
    """Give the zones that have no language of a programme, and what was chosen for them."""
    return _now(person, ProgrammeId(programme))


@writes(substitutions, "PUT", "/programmes/<programme>/instead", Write(scope=Scope.SCHEDULE), Unspoken, takes=Choice)
def choose(person: Person, programme: str, sent: Choice) -> Unspoken:
    """Let zones hear a programme in a language they do not speak, or nothing again."""
    which, zones = ProgrammeId(programme), map(ZoneId, sent.zones)
    services.substitute(centre().store, centre().clock, person, which, zones=zones, language=sent.language)
    return _now(person, which)


def _now(person: Person, programme: ProgrammeId) -> Unspoken:
    programmes.get(centre().store, person, programme)
    found = services.unspoken(centre().store, person, programme=programme).get(programme)
    if found is None:
        return Unspoken(programme=programme, zones=[], chosen={}, languages=[])
    return Unspoken(
        programme=programme,
        zones=[zone.id for zone in found.zones],
        chosen={zone.id: language for zone, language in found.chosen},
        languages=list(found.languages),
    )
