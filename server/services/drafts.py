"""What the form of a programme holds, and the programme it asks for. Nothing is stored here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schedules.ids import ChannelId, ProgrammeId, UnitId
from schedules.programme import Kind, Level, Origin, Programme, Relay, State, Variant
from schedules.unit import UnitLevel
from server.errors import Unacceptable
from server.ports import UnitOfWork
from server.services.inputs import LONGEST_TEXT, as_input, one_line, require_short, require_tag, visible

_MOST_LANGUAGES = 60
SYLLABLES_A_MINUTE = 145
"""How fast the embedded voice reads, and about how fast a person does over horns."""

_FIELDS = {
    "programme.title": "title",
    "programme.times_read": "times_read",
    "time.not_utc": "valid_until",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the form of a programme holds.

    Attributes:
        texts: script per language.
        channel: of a relay; None for everything else.
        times_read: 1 to 5.
        for_places: rules may take it into places of sessions.
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
            origin=_origin(uow.places.units().by_id[unit].level),
            level=draft.level,
            state=State.DRAFT,
            variants=_relay(uow, draft) if draft.kind is Kind.RELAY else (),
            times_read=draft.times_read,
            topic=one_line(draft.topic),
            requested_by=one_line(draft.requested_by),
            document=one_line(draft.document),
            valid_until=draft.valid_until,
            for_places=draft.for_places,
        )


def _relay(uow: UnitOfWork, draft: Draft) -> tuple[Variant, ...]:
    if draft.channel is None:
        raise Unacceptable("programme.no_channel", "channel")
    channel = next((each for each in uow.places.channels() if each.id == draft.channel), None)
    if channel is None:
        raise Unacceptable("programme.unknown_channel", "channel", channel=draft.channel)
    # The national and provincial channels speak Vietnamese. The channel's fallback becomes a sound of the programme:
    # nobody approves a channel, so what sounds in its stead must be in the programme's record.
    return (Variant("vi", Relay(channel.id, channel.fallback)),)


def _origin(level: UnitLevel) -> Origin:
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
