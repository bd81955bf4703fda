"""Tells an explanation in sentences: what is heard first, then what decided. It decides nothing.

The command and the page both tell by it, each with its own way to say a code.
"""

from collections.abc import Callable, Iterator, Mapping

from schedules.why import Contender, Explanation, Hearing

Say = Callable[[str, Mapping[str, object]], str]

_LEADS = {Hearing.WHOLE: "why.hears_whole", Hearing.PART: "why.hears_part", Hearing.NOT: "why.hears_not"}


def lead_at(told: Explanation, say: Say) -> str:
    """Give the first sentence about an instant."""
    values: dict[str, object] = {"at": told.at, "zone": told.zone.name}
    if told.plays is None or told.silenced:
        return say("why.silent", values)
    item = told.plays
    return say("why.plays", {**values, "title": item.title, "start": item.starts_at, "end": item.ends_at})


def lead_of(told: Contender, say: Say) -> str:
    """Give the first sentence about an occurrence."""
    spans = told.heard or (told.asks,)
    values = {"title": told.title, "start": spans[0].start, "end": spans[-1].end}
    return say(_LEADS[told.hearing], values)


def lines(told: Explanation, say: Say) -> Iterator[str]:
    """Tell all of it, line by line."""
    yield lead_at(told, say)
    yield from (f"  {say(rule.code, dict(rule.values))}" for rule in told.rules)
    for each in told.contenders:
        yield lead_of(each, say)
        yield from (f"  {say(rule.code, dict(rule.values))}" for rule in each.rules)
