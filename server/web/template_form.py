"""The form of a session template: a row a place, in the order of the page; read and filled, moved and added to.

It is text both ways. What a row means is judged by the values it is made into, and by the use cases.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from enum import StrEnum

from werkzeug.datastructures import MultiDict

from schedules.errors import InvalidValue
from schedules.fills import ByHand, Fill, Fixed, Newest, OfCampaign, Repeats, Rotation, Subscribed
from schedules.ids import CampaignId, PlaceId, ProgrammeId, TemplateId, UnitId
from schedules.programme import Kind
from schedules.regulation import SessionName
from schedules.session import Place, SessionTemplate
from schedules.times import DAY
from server.errors import Unacceptable
from server.services.new_ids import new_id
from server.web.entered import Form, choice, day, number, text, wall_time, weekdays

Fields = MultiDict[str, str]


class FilledBy(StrEnum):
    """What the form offers to fill a place with."""

    BY_HAND = "by_hand"
    FIXED = "fixed"
    NEWEST = "newest"
    ROTATION = "rotation"
    CAMPAIGN = "campaign"
    OFFERS = "offers"
    REPEATS = "repeats"


_FILLING: Mapping[type, FilledBy] = {
    ByHand: FilledBy.BY_HAND,
    Fixed: FilledBy.FIXED,
    Newest: FilledBy.NEWEST,
    Rotation: FilledBy.ROTATION,
    OfCampaign: FilledBy.CAMPAIGN,
    Subscribed: FilledBy.OFFERS,
    Repeats: FilledBy.REPEATS,
}
_FIELD_OF = {"session.ends_before_start": "ends"}
_FIELD_OF_ROW = {
    "place.minutes": "minutes",
    "fill.no_owner": "owners",
    "fill.max_age": "max_age",
    "fill.nothing_in_turn": "turn",
}


def fields_of(template: SessionTemplate) -> Fields:
    """Give a template as the fields of its form."""
    fields: Fields = MultiDict(
        [
            ("name", template.name),
            ("session", template.session.value),
            ("starts", template.starts.isoformat("minutes")),
            ("ends", template.ends.isoformat("minutes")),
            ("first_day", template.valid_from.isoformat()),
            ("last_day", "" if template.valid_to is None else (template.valid_to - DAY).isoformat()),
            *(("weekdays", str(each)) for each in sorted(template.weekdays)),
        ]
    )
    for place in template.places:
        fields.add("row", place.id)
        fields.update(_fields_of_place(place))
    return fields


_LONGEST_NAME = 80
"""Characters: it must fit one line of a phone and of the printed diary."""


def template_of(
    form: Form, station: UnitId, *, known: TemplateId | None = None, replaces: TemplateId | None = None
) -> SessionTemplate:
    """Read a template.

    Raises:
        Unacceptable: with the field, for what cannot be read or makes no sense by itself.
    """
    ends = day(form, "last_day") + DAY if text(form, "last_day") else None
    rows = [PlaceId(each) for each in form.getlist("row")]
    chosen = weekdays(form, "weekdays")
    if not chosen:
        raise Unacceptable("slot.no_weekday", "weekdays")
    for field in ("name", *(f"{row}-name" for row in rows)):
        if len(text(form, field)) > _LONGEST_NAME:
            raise Unacceptable("session.name_too_long", field, limit=_LONGEST_NAME)
    session = choice(form, "session", SessionName, SessionName.MORNING)
    places = tuple(_place(form, row) for row in rows)
    try:
        return SessionTemplate(
            id=known or TemplateId(""),
            station=station,
            session=session,
            name=" ".join(text(form, "name").split()),
            starts=wall_time(form, "starts"),
            ends=wall_time(form, "ends"),
            places=places,
            weekdays=frozenset(chosen),
            valid_from=day(form, "first_day"),
            valid_to=ends,
            replaces=replaces,
        )
    except InvalidValue as error:
        raise Unacceptable(error.code, _FIELD_OF.get(error.code, ""), **error.values) from error


def rearranged(form: Form, act: str, now: datetime) -> Fields:
    """Give the fields after a button of a row: `up:…`, `down:…`, `remove:…`; `add` gives one more, filled by hand."""
    fields: Fields = MultiDict((name, value) for name in dict.fromkeys(form.keys()) for value in form.getlist(name))
    rows = fields.getlist("row")
    verb, _, row = act.partition(":")
    at = rows.index(row) if row in rows else -1
    if verb == "add":
        added = PlaceId(new_id(now))
        rows.append(added)
        fields.update(_fields_of_place(Place(id=added, name="", fill=ByHand(), minutes=5)))
    elif verb == "remove" and at >= 0:
        rows.pop(at)
    elif verb in ("up", "down") and at >= 0:
        to = min(max(at + (1 if verb == "down" else -1), 0), len(rows) - 1)
        rows.insert(to, rows.pop(at))
    fields.setlist("row", rows)
    return fields


def empty_template(station: UnitId, first_day: date) -> SessionTemplate:
    """Give what a new template's form begins with."""
    return SessionTemplate(
        id=TemplateId(""),
        station=station,
        session=SessionName.MORNING,
        name="",
        starts=time(5, 30),
        ends=time(6, 30),
        places=(),
        valid_from=first_day,
    )


def following(template: SessionTemplate, first_day: date) -> SessionTemplate:
    """Give a template that looks like another and is to replace it from a day on; places stay the same."""
    first = max(first_day, template.valid_from)
    return replace(template, id=TemplateId(""), replaces=template.id, valid_from=first, valid_to=None, version=1)


def _fields_of_place(place: Place) -> Fields:
    fill = place.fill
    values: list[tuple[str, str]] = [
        ("name", place.name),
        ("minutes", str(place.minutes)),
        ("at", "" if place.at is None else place.at.isoformat()),
        ("fill", _FILLING[type(fill)].value),
    ]
    if place.filler:
        values.append(("filler", "1"))
    if isinstance(fill, Fixed):
        values.append(("programme", fill.programme))
    elif isinstance(fill, Repeats):
        values.append(("repeats", fill.place))
    elif isinstance(fill, OfCampaign):
        values.append(("campaign", fill.campaign))
    elif isinstance(fill, Subscribed):
        values += [("kinds", each.value) for each in sorted(fill.kinds)]
        values.append(("topics", "; ".join(sorted(fill.topics))))
    elif isinstance(fill, Rotation):
        values += [("turn", each) for each in fill.programmes]
        values.append(("turn_from", fill.first_day.isoformat()))
    elif isinstance(fill, Newest):
        values += [("owners", each) for each in sorted(fill.owners)]
        values += [("kind", fill.kind.value), ("topic", fill.topic), ("max_age", str(fill.max_age_days))]
    return MultiDict((f"{place.id}-{name}", value) for name, value in values)


def _place(form: Form, row: PlaceId) -> Place:
    try:
        return Place(
            id=row,
            name=" ".join(text(form, f"{row}-name").split()),
            fill=_fill(form, row),
            minutes=number(form, f"{row}-minutes", default=0),
            at=wall_time(form, f"{row}-at") if text(form, f"{row}-at") else None,
            filler=text(form, f"{row}-filler") == "1",
        )
    except InvalidValue as error:
        name = _FIELD_OF_ROW.get(error.code)
        raise Unacceptable(error.code, f"{row}-{name}" if name else "", **error.values) from error


def _fill(form: Form, row: PlaceId) -> Fill:
    match text(form, f"{row}-fill"):
        case FilledBy.FIXED:
            return Fixed(ProgrammeId(text(form, f"{row}-programme")))
        case FilledBy.REPEATS:
            return Repeats(PlaceId(text(form, f"{row}-repeats")))
        case FilledBy.CAMPAIGN:
            return OfCampaign(CampaignId(text(form, f"{row}-campaign")))
        case FilledBy.OFFERS:
            topics = (" ".join(each.split()) for each in text(form, f"{row}-topics").split(";"))
            return Subscribed(
                frozenset(Kind(each) for each in form.getlist(f"{row}-kinds") if each in set(Kind)),
                frozenset(each for each in topics if each),
            )
        case FilledBy.ROTATION:
            turns = tuple(ProgrammeId(each) for each in form.getlist(f"{row}-turn") if each)
            return Rotation(programmes=turns, first_day=day(form, f"{row}-turn_from"))
        case FilledBy.NEWEST:
            kind = text(form, f"{row}-kind")
            return Newest(
                kind=Kind(kind) if kind in set(Kind) else Kind.BULLETIN,
                owners=frozenset(UnitId(each) for each in form.getlist(f"{row}-owners")),
                topic=" ".join(text(form, f"{row}-topic").split()),
                max_age_days=number(form, f"{row}-max_age", default=7),
            )
    return ByHand()
