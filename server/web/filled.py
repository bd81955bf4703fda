"""What the fields of the notice form show: empty, as stored, or as just typed. Text only; it judges nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from schedules.ids import PlaceId
from schedules.programme import Kind, Level, Relay
from schedules.session import Place
from schedules.slot import AtTime, InPlace, Slot
from server.services.programmes import Whole
from server.web.choices import Choices
from server.web.repeats import fields_of_days

Fields = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """The values of a form, several to a name.

    Attributes:
        language: the one whose text is edited; texts in others travel along unseen.
        other_texts: those.
    """

    fields: Fields
    language: str = "vi"
    other_texts: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Give the value of a field, empty where it has none."""
        return self.fields.get(name, "")

    def has(self, name: str, value: object) -> bool:
        """Tell whether a box or dot of this name and value is chosen."""
        return str(value) in self.fields.getlist(name)


def filled_anew(choices: Choices, *, place: str | None, day: str | None) -> Filled:
    """Give a new notice: every zone, the place asked for or every place for notices that lies ahead, the next day.

    Where the station's sessions have no such place, an exact second is all there is to choose.
    """
    names = [each.place for each in choices.places]
    first = day or choices.next_day.isoformat()
    past = choices.begun if first == choices.today.isoformat() else frozenset()
    wanted = [each.id for each in names if each.id == place] or [
        each for each in for_notices(names) if each not in past
    ]
    return Filled(
        MultiDict(
            [
                ("kind", Kind.NOTICE.value),
                ("level", "1"),
                ("times_read", "2"),
                ("when", "places" if names else "exact"),
                *(("zones", zone.id) for zone in choices.zones),
                *(("places", each) for each in wanted),
                ("first_day", first),
                ("last_day", first),
                ("exact_day", first),
                ("repeat", "once"),
            ]
        )
    )


def filled_from(whole: Whole, *, language: str, zone: ZoneInfo) -> Filled:
    """Give a stored programme, with its first slot."""
    programme = whole.stored.programme
    fields: Fields = MultiDict(
        [
            ("title", programme.title),
            ("text", whole.stored.texts.get(language, "")),
            ("kind", programme.kind.value),
            ("level", str(Level(programme.level).value)),
            ("times_read", str(programme.times_read)),
            ("requested_by", programme.requested_by),
            ("document", programme.document),
            ("topic", programme.topic),
            *([("for_places", "1")] if programme.for_places else []),
            *_valid(programme.valid_until, zone),
            *(("channel", each.source.channel) for each in programme.variants if isinstance(each.source, Relay)),
        ]
    )
    if whole.slots:
        fields.update(fields_of_slot(whole.slots[0].slot))
    else:
        fields.add("when", "places")
    others = {each: text for each, text in whole.stored.texts.items() if each != language}
    return Filled(fields, language, others)


def filled_with(form: Fields) -> Filled:
    """Give what was just typed."""
    others = {name.removeprefix("text_"): form.get(name, "") for name in form if name.startswith("text_")}
    return Filled(form, form.get("language", "vi"), others)


def fields_of_slot(slot: Slot) -> Fields:
    """Give a slot as the fields of where and when."""
    target = slot.target
    chosen = (
        ("zones", target.zones),
        ("units", target.units),
        ("groups", target.groups),
        ("spoken", target.languages),
        ("tags", target.tags),
    )
    fields: Fields = MultiDict([(name, each) for name, values in chosen for each in sorted(values)])
    fields.update(_of_timing(slot.timing))
    if slot.lasts is not None:
        minutes, seconds = divmod(int(slot.lasts.total_seconds()), 60)
        fields.update(MultiDict([("minutes", str(minutes)), ("seconds", str(seconds))]))
    fields.add("start", slot.start.value)
    fields.add("wait", str(int(slot.wait.total_seconds() // 60)))
    fields.add("catch_up", slot.catch_up.value)
    if slot.late:  # else the form proposes one: a folded field with a value it forbids could not be sent
        fields.add("late", str(int(slot.late.total_seconds() // 60)))
    fields.add("interrupted", slot.interrupted.value)
    if slot.order is not None:
        fields.add("order_number", slot.order.number)
        fields.add("order_day", slot.order.signed_on.isoformat())
        fields.add("order_issuer", slot.order.issuer)
    return fields


def _of_timing(timing: AtTime | InPlace) -> Fields:
    if isinstance(timing, InPlace):
        return MultiDict(
            [
                ("when", "places" if timing.places else "offer"),
                *(("places", place) for place in timing.places),
                ("first_day", timing.first_day.isoformat()),
                ("last_day", timing.ends_on.isoformat()),
                *fields_of_days(timing),
            ]
        )
    return MultiDict(
        [
            ("when", "exact"),
            ("exact_day", timing.first_day.isoformat()),
            ("at", timing.at.isoformat()),
            *fields_of_days(timing),
            ("until", timing.ends_on.isoformat() if timing.rule is not None else ""),
        ]
    )


def _valid(until: datetime | None, zone: ZoneInfo) -> list[tuple[str, str]]:
    if until is None:
        return []
    local = until.astimezone(zone)
    return [("valid_day", local.date().isoformat()), ("valid_time", f"{local:%H:%M}")]


def for_notices(places: list[Place]) -> list[PlaceId]:
    """The shortest open place of a session is the one for notices; a bulletin's place is longer."""
    least = min((place.minutes for place in places), default=0)
    return [place.id for place in places if place.minutes == least]
