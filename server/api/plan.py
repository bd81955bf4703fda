"""What is planned: a zone's rundown on a day. To read only."""

from datetime import date, datetime

from apiflask import APIBlueprint

from schedules.ids import ZoneId
from schedules.programme import Kind
from schedules.rundown import RundownItem
from server.api.centre import centre
from server.api.shapes import Answer, Day, Sent
from server.api.views import reads
from server.services.planned_day import planned_day
from server.values import Person

plan = APIBlueprint("plan", __name__, tag="Plan")


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
