"""What is planned: session templates of a station, and a zone's rundown on a day. To read only."""

from datetime import date, datetime

from apiflask import APIBlueprint

from schedules.ids import UnitId, ZoneId
from schedules.programme import Kind
from schedules.regulation import SessionName
from schedules.rundown import RundownItem
from server.api.centre import centre
from server.api.shapes import Answer, Day, Sent, WallTime
from server.api.views import reads
from server.services import templates as services
from server.services.planned_day import planned_day
from server.services.templates import Drawn
from server.values import Person

plan = APIBlueprint("plan", __name__, tag="Plan")


class PlaceShown(Answer):
    """A position in a session."""

    id: str
    name: str
    minutes: int
    at: WallTime | None
    by_hand: bool
    programme: str | None


class TemplateShown(Answer):
    """The running order of a session."""

    id: str
    version: int
    session: SessionName
    name: str
    starts: WallTime
    ends: WallTime
    weekdays: list[int]
    valid_from: date
    valid_to: date | None
    released: bool
    places: list[PlaceShown]


class Templates(Answer):
    """The session templates of a station, by their hour."""

    templates: list[TemplateShown]


class OnDay(Sent):
    """Which local day is wanted."""

    day: Day


class ItemShown(Answer):
    """One item of a rundown."""

    occurrence: str
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: Kind
    level: int
    language: str
    programme: str
    approval: str


class RundownShown(Answer):
    """What is planned to start at a zone on a day."""

    zone: str
    day: date
    time_zone: str
    revision: int | None
    items: list[ItemShown]


@reads(plan, "/units/<unit>/templates", Templates)
def templates(person: Person, unit: str) -> Templates:
    """Give the session templates of a station, the ended ones too."""
    return Templates(templates=[_template(each) for each in services.listed(centre().store, person, UnitId(unit))])


@reads(plan, "/zones/<zone>/rundown", RundownShown, asks=OnDay)
def rundown(person: Person, zone: str, query: OnDay) -> RundownShown:
    """Give what is planned to start at a zone on a local day, by the rundown in force."""
    found = planned_day(centre().store, centre().clock, person, ZoneId(zone), day=query.day)
    return RundownShown(
        zone=found.zone.id,
        day=query.day,
        time_zone=found.time.key,
        revision=found.revision,
        items=[_item(each) for each in found.items],
    )


def _template(drawn: Drawn) -> TemplateShown:
    own = drawn.stored.template
    return TemplateShown(
        id=own.id,
        version=own.version,
        session=own.session,
        name=own.name,
        starts=own.starts,
        ends=own.ends,
        weekdays=sorted(own.weekdays),
        valid_from=own.valid_from,
        valid_to=own.valid_to,
        released=drawn.released,
        places=[
            PlaceShown(
                id=each.id,
                name=each.name,
                minutes=each.minutes,
                at=each.at,
                by_hand=each.by_hand,
                programme=each.programme,
            )
            for each in own.places
        ],
    )


def _item(item: RundownItem) -> ItemShown:
    return ItemShown(
        occurrence=item.occurrence,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        title=item.title,
        kind=item.kind,
        level=int(item.level),
        language=item.language,
        programme=item.programme,
        approval=item.approval,
    )
