"""Session templates: the running orders of a station, drawn up and changed. What is new waits for an approver."""

from datetime import date

from apiflask import APIBlueprint
from pydantic import Field

from schedules.ids import TemplateId, UnitId
from schedules.regulation import EVERY_DAY, SessionName
from schedules.session import SessionTemplate
from schedules.times import DAY
from server.api import asking
from server.api.centre import centre
from server.api.places import PlaceSent, PlaceShown, place_of, place_shown
from server.api.shapes import Answer, Day, Name, Removed, Sent, ShortName, WallTime
from server.api.views import Write, reads, writes
from server.services import templates as services
from server.services.templates import Drawn
from server.token_records import Scope
from server.values import Person

templates = APIBlueprint("templates", __name__, tag="Session templates")


class TemplateSent(Sent):
    """The running order of a session."""

    session: SessionName
    name: ShortName
    starts: WallTime
    ends: WallTime = Field(description="00:00: midnight.")
    weekdays: list[int] = Field(default_factory=lambda: sorted(EVERY_DAY), max_length=7, description="0 is Monday.")
    first_day: Day
    last_day: Day | None = None
    places: list[PlaceSent] = Field(max_length=200)

    def template(self, station: UnitId, replaces: TemplateId | None = None) -> SessionTemplate:
        """Give it as the services take it."""
        return SessionTemplate(
            id=TemplateId(""),
            station=station,
            session=self.session,
            name=" ".join(self.name.split()),
            starts=self.starts,
            ends=self.ends,
            places=tuple(place_of(each, centre().clock.now()) for each in self.places),
            weekdays=frozenset(self.weekdays) & EVERY_DAY,
            valid_from=self.first_day,
            valid_to=None if self.last_day is None else self.last_day + DAY,
            replaces=replaces,
        )


class NewTemplateSent(TemplateSent):
    """A running order that is to be."""

    replaces: Name | None = Field(default=None, description="The template that does not run while this one does.")


class TemplateShown(Answer):
    """The running order of a session as it is."""

    id: str
    version: int
    station: str
    session: SessionName
    name: str
    starts: WallTime
    ends: WallTime
    weekdays: list[int]
    first_day: date
    last_day: date | None
    replaces: str | None
    released: bool = Field(description="A second person approved it as it is, for every zone of the station.")
    note: str = Field(description="Why it was sent back.")
    places: list[PlaceShown]


class Templates(Answer):
    """The session templates of a station, by their hour."""

    templates: list[TemplateShown]


@reads(templates, "/units/<unit>/templates", Templates)
def listed(person: Person, unit: str) -> Templates:
    """Give the session templates of a station, the ended ones too."""
    return Templates(templates=[_shown(each) for each in services.listed(centre().store, person, UnitId(unit))])


@reads(templates, "/templates/<template>", TemplateShown)
def one(person: Person, template: str) -> TemplateShown:
    """Give a session template; its version is for `If-Match`."""
    return _found(person, template)


@writes(
    templates,
    "POST",
    "/units/<unit>/templates",
    Write(scope=Scope.SCHEDULE, status=201),
    TemplateShown,
    takes=NewTemplateSent,
)
def create(person: Person, unit: str, sent: NewTemplateSent) -> TemplateShown:
    """Draw up a session template; it sounds once a second person has approved it."""
    drawn = sent.template(UnitId(unit), None if sent.replaces is None else TemplateId(sent.replaces))
    made = services.create(centre().store, centre().clock, person, template=drawn)
    return _found(person, made.template.id)


@writes(
    templates,
    "PUT",
    "/templates/<template>",
    Write(scope=Scope.SCHEDULE, edits=True),
    TemplateShown,
    takes=TemplateSent,
)
def change(person: Person, template: str, sent: TemplateSent) -> TemplateShown:
    """Change a session template; what was approved of it is void at once."""
    which, version = TemplateId(template), asking.seen_number()
    drawn = sent.template(UnitId(""))
    services.change(centre().store, centre().clock, person, which, to=drawn, version=version)
    return _found(person, template)


@writes(templates, "DELETE", "/templates/<template>", Write(scope=Scope.SCHEDULE, edits=True), Removed)
def drop(person: Person, template: str) -> Removed:
    """Drop a session template that nobody ever approved."""
    services.drop(centre().store, centre().clock, person, TemplateId(template), version=asking.seen_number())
    return Removed(id=template)


def _found(person: Person, template: str) -> TemplateShown:
    return _shown(services.get(centre().store, person, TemplateId(template)))


def _shown(drawn: Drawn) -> TemplateShown:
    own = drawn.stored.template
    return TemplateShown(
        id=own.id,
        version=own.version,
        station=own.station,
        session=own.session,
        name=own.name,
        starts=own.starts,
        ends=own.ends,
        weekdays=sorted(own.weekdays),
        first_day=own.valid_from,
        last_day=None if own.valid_to is None else own.valid_to - DAY,
        replaces=own.replaces,
        released=drawn.released,
        note=drawn.stored.note,
        places=[place_shown(each) for each in own.places],
    )
