"""Who has an account: to read, for administrators and inspectors. Accounts and rights are given at a screen."""

from datetime import datetime

from apiflask import APIBlueprint

from schedules.ids import UnitId
from server.api.centre import centre
from server.api.pages import Page, page_of
from server.api.shapes import Answer
from server.api.views import reads
from server.services import people as services
from server.token_records import Scope
from server.values import Person, Role

people = APIBlueprint("people", __name__, tag="People")


class PersonShown(Answer):
    """An account, without anything that opens it."""

    id: str
    name: str
    unit: str
    also_units: list[str]
    roles: list[Role]
    language: str
    active: bool
    ends: datetime | None


class People(Answer):
    """A page of accounts."""

    people: list[PersonShown]
    next: str | None


@reads(people, "/units/<unit>/people", People, asks=Page, scope=Scope.AUDIT)
def listed(person: Person, unit: str, query: Page) -> People:
    """Give the accounts of a unit, the closed ones too."""
    every = services.accounts_of(centre().store, person, UnitId(unit))
    found, after = page_of(every, lambda each: (each.id,), query)
    return People(people=[_shown(each) for each in found], next=after)


def _shown(person: Person) -> PersonShown:
    return PersonShown(
        id=person.id,
        name=person.name,
        unit=person.unit,
        also_units=sorted(person.also_units),
        roles=sorted(person.roles),
        language=person.language,
        active=person.active,
        ends=person.ends,
    )
