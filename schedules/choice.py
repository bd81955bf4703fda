"""Choice: which of a programme's sounds a zone hears, and for how long.

It must not know when it is heard.
"""

from datetime import timedelta

from schedules.programme import Kind, Programme, Relay, Source, sounding_time
from schedules.rundown import Played, Relayed, Sound
from schedules.unit import Zone

SPOKEN = frozenset({Kind.BULLETIN, Kind.NOTICE, Kind.FEATURE, Kind.CAMPAIGN, Kind.REPLY, Kind.MOURNING})
"""Kinds whose language matters: one that a zone does not speak is not heard there, and that is reported."""


def language_for(programme: Programme, zone: Zone, instead: str | None = None) -> tuple[str | None, str]:
    """Choose a zone's language for a programme; a signal, music or a relay sounds whatever its language.

    Args:
        programme: what.
        zone: where.
        instead: the language somebody chose for this zone in case the programme has none of its own.

    Returns:
        The language, None when there is none to hear; and the code of what is to be reported, empty for nothing.
    """
    variant = programme.variant_for(zone.languages)
    if programme.kind not in SPOKEN:
        variant = variant or next(iter(programme.variants), None)
    if variant is None:
        substitutes = instead in {each.language for each in programme.variants}
        return (instead, "language.substituted") if substitutes else (None, "language.none")
    second = programme.kind in SPOKEN and variant.language != zone.languages[0]
    return variant.language, "language.not_first" if second else ""


def source_in(programme: Programme, language: str) -> Source:
    """Give a programme's source in a language it has."""
    return next(variant.source for variant in programme.variants if variant.language == language)


def length_of(programme: Programme, language: str) -> timedelta | None:
    """Give how long a programme sounds in a language; None for a relay, which has no end of its own."""
    return sounding_time(source_in(programme, language), programme.times_read)


def sound_of(programme: Programme, language: str, *, fills: timedelta | None = None) -> Sound:
    """Give what a loudspeaker plays: the programme's own sounds and no other, since those were approved.

    Args:
        programme: what.
        language: one it has.
        fills: for filler: how long it is repeated.
    """
    source = source_in(programme, language)
    if isinstance(source, Relay):
        return Relayed(source.channel, source.fallback)
    times = programme.times_read
    if fills is not None:
        times = max(1, -(-fills // timedelta(milliseconds=source.duration_ms)))
    return Played((source,) * times)
