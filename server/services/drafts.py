"""What the form of a programme holds, and the programme it asks for. Nothing is stored here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schedules.ids import ChannelId, PartId, ProgrammeId, UnitId
from schedules.part import Genre, Part, require_parts
from schedules.programme import Kind, Level, Origin, Programme, Relay, State, Variant
from schedules.unit import UnitLevel
from server.errors import Unacceptable
from server.ports import UnitOfWork
from server.services.inputs import LONGEST_TEXT, as_input, one_line, require_short, require_tag, visible
from server.services.new_ids import new_id

_MOST_LANGUAGES = 60
SYLLABLES_A_MINUTE = 145
"""How fast the embedded voice reads, and about how fast a person does over horns."""

_FIELDS = {
    "programme.title": "title",
    "programme.times_read": "times_read",
    "time.not_utc": "valid_until",
    "part.title": "title",
    "part.authors": "authors",
    "part.reader": "reader",
    "part.source": "source",
    "part.lasts": "lasts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDraft:
    """What the form of a part holds.

    Attributes:
        id: of a part the programme has; None, or one it has not, makes a new one.
    """

    genre: Genre
    title: str
    authors: tuple[str, ...] = ()
    reader: str = ""
    source: str = ""
    lasts: timedelta | None = None
    id: PartId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the form of a programme holds.

    Attributes:
        texts: script per language.
        channel: of a relay; None for everything else.
        times_read: 1 to 5.
        for_places: rules may take it into places of sessions.
        parts: None leaves a programme those it has.
    """

    title: str
    kind: Kind
    level: Level = Level.ORDINARY
    texts: Mapping[str, str] = field(default_factory=dict)
    times_read: int = 1
    valid_until: datetime | None = None
    requested_by: str = ""
    document: str = ""
    topic: str = ""
    channel: ChannelId | None = None
    for_places: bool = False
    parts: tuple[PartDraft, ...] | None = None


def drawn_up(uow: UnitOfWork, draft: Draft, *, now: datetime, of: ProgrammeId, unit: UnitId, version: int) -> Programme:
    """Give the programme a form asks for, without its sounds (a relay's channel excepted); it stores nothing.

    Raises:
        Unacceptable: as for `create`.
    """
    for name in ("topic", "requested_by", "document"):
        require_short(getattr(draft, name), name)
    if len(draft.texts) > _MOST_LANGUAGES:
        raise Unacceptable("form.too_long", "text", most=_MOST_LANGUAGES, length=len(draft.texts))
    for language, text in draft.texts.items():
        require_tag(language, "language")
        require_short(text, "text", LONGEST_TEXT)
    if draft.level is Level.EMERGENCY:
        raise Unacceptable("programme.emergency_level", "level")
    if draft.valid_until is not None and draft.valid_until <= now:
        raise Unacceptable("programme.expired", "valid_until", valid_until=draft.valid_until)
    with as_input(_FIELDS):
        return Programme(
            id=of,
            owner=unit,
            version=version,
            title=one_line(draft.title),
            kind=draft.kind,
            origin=origin_of(uow.places.units().by_id[unit].level),
            level=draft.level,
            state=State.DRAFT,
            variants=_relay(uow, draft) if draft.kind is Kind.RELAY else (),
            times_read=draft.times_read,
            topic=one_line(draft.topic),
            requested_by=one_line(draft.requested_by),
            document=one_line(draft.document),
            valid_until=draft.valid_until,
            for_places=draft.for_places,
            parts=parts_drawn_up(draft.parts or (), known=(), now=now),
        )


def parts_drawn_up(drafts: Iterable[PartDraft], *, known: Iterable[Part], now: datetime) -> tuple[Part, ...]:
    """Give the parts some forms ask for; one of those known keeps its id, every other gets a new one.

    Raises:
        Unacceptable: `part.title`, `part.authors`, `part.reader`, `part.source`, `part.lasts` with the field;
            `part.too_many`, `part.twice`.
    """
    ids = {each.id for each in known}
    with as_input(_FIELDS):
        parts = tuple(
            Part(
                id=each.id if each.id is not None and each.id in ids else PartId(new_id(now)),
                genre=each.genre,
                title=one_line(each.title),
                authors=tuple(filter(None, map(one_line, each.authors))),
                reader=one_line(each.reader),
                source=one_line(each.source),
                lasts=each.lasts,
            )
            for each in drafts
        )
        require_parts(parts)
    return parts


def _relay(uow: UnitOfWork, draft: Draft) -> tuple[Variant, ...]:
    if draft.channel is None:
        raise Unacceptable("programme.no_channel", "channel")
    channel = next((each for each in uow.places.channels() if each.id == draft.channel), None)
    if channel is None:
        raise Unacceptable("programme.unknown_channel", "channel", channel=draft.channel)
    # The national and provincial channels speak Vietnamese. The channel's fallback becomes a sound of the programme:
    # nobody approves a channel, so what sounds in its stead must be in the programme's record.
    return (Variant("vi", Relay(channel.id, channel.fallback)),)


def origin_of(level: UnitLevel) -> Origin:
    """Give whose programme one made in a unit of a level is."""
    match level:
        case UnitLevel.PROVINCE | UnitLevel.DISTRICT:
            return Origin.PROVINCE
        case UnitLevel.COMMUNE:
            return Origin.COMMUNE
    return Origin.HAMLET


def texts_of(draft: Draft) -> dict[str, str]:
    """Give the scripts of a form that hold anything, per language."""
    texts = {language: visible(text.replace("\r\n", "\n")).strip() for language, text in draft.texts.items()}
    return {language: text for language, text in texts.items() if text}


def spoken_length(text: str) -> timedelta:
    """Estimate how long a text takes to read aloud, while there is no sound yet."""
    return timedelta(minutes=len(text.split()) / SYLLABLES_A_MINUTE)
