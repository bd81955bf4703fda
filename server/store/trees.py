"""Nested values as JSON objects and back, written out by hand: the form on disk outlives a renamed field.

It must not know any table.
"""

from collections.abc import Sequence
from datetime import date, time

from schedules.fills import ByHand, Fill, Fixed, Newest, OfCampaign, Repeats, Rotation, Subscribed
from schedules.ids import CampaignId, ChannelId, GroupId, PlaceId, ProgrammeId, Sha256, UnitId, ZoneId
from schedules.programme import Kind, Recording, Relay, Source, Variant
from schedules.recurrence import DAILY, DayRule, Holidays, LunarDays, Recurrence, ShortMonth, weekly
from schedules.rundown import Played, Relayed, Sound
from schedules.session import Place
from schedules.slot import AtTime, InPlace, SlotException
from schedules.times import instant_of, instant_text
from schedules.unit import Standing, Target
from schedules.way import WrittenOrder
from server.store.columns import Tree, Trees
from server.values import Stood


def recording_tree(recording: Recording | None) -> Tree | None:
    """Give a recording as JSON."""
    if recording is None:
        return None
    return {"sha256": recording.sha256, "length": recording.length, "duration_ms": recording.duration_ms}


def recording_of(tree: Tree | None) -> Recording | None:
    """Read a recording."""
    return None if tree is None else Recording(Sha256(tree["sha256"]), tree["length"], tree["duration_ms"])


def target_tree(target: Target) -> Tree:
    """Give a target as JSON."""
    return {
        "zones": sorted(target.zones),
        "units": sorted(target.units),
        "groups": sorted(target.groups),
        "languages": sorted(target.languages),
        "tags": sorted(target.tags),
    }


def target_of(tree: Tree) -> Target:
    """Read a target."""
    return Target(
        frozenset(map(ZoneId, tree["zones"])),
        frozenset(map(UnitId, tree["units"])),
        frozenset(map(GroupId, tree["groups"])),
        frozenset(tree["languages"]),
        frozenset(tree["tags"]),
    )


def standing_trees(standings: Sequence[Standing]) -> Trees:
    """Give where a zone stood or will stand as JSON."""
    return [{"day": each.day.isoformat(), "station": each.station, "unit": each.unit} for each in standings]


def standings_of(trees: Trees) -> tuple[Standing, ...]:
    """Read where a zone stood or will stand."""
    return tuple(
        Standing(date.fromisoformat(tree["day"]), UnitId(tree["station"]), UnitId(tree["unit"])) for tree in trees
    )


def stood_trees(stood: Sequence[Stood]) -> Trees:
    """Give the zones a loudspeaker was moved away from as JSON."""
    return [{"zone": each.zone, "until": instant_text(each.until)} for each in stood]


def stood_of(trees: Trees) -> tuple[Stood, ...]:
    """Read the zones a loudspeaker was moved away from."""
    return tuple(Stood(ZoneId(tree["zone"]), instant_of(tree["until"])) for tree in trees)


def variant_trees(variants: Sequence[Variant]) -> Trees:
    """Give language variants as JSON."""
    return [{"language": variant.language, **_source_tree(variant.source)} for variant in variants]


def variants_of(trees: Trees) -> tuple[Variant, ...]:
    """Read language variants."""
    return tuple(Variant(tree["language"], _source_of(tree)) for tree in trees)


def sound_tree(sound: Sound) -> Tree:
    """Give what an item plays as JSON."""
    if isinstance(sound, Relayed):
        return {"channel": sound.channel, "fallback": recording_tree(sound.fallback)}
    return {"recordings": [recording_tree(each) for each in sound.recordings], "offset_ms": sound.offset_ms}


def sound_of(tree: Tree) -> Sound:
    """Read what an item plays."""
    if "channel" in tree:
        return Relayed(ChannelId(tree["channel"]), recording_of(tree["fallback"]))
    recordings = (recording_of(each) for each in tree["recordings"])
    return Played(tuple(each for each in recordings if each is not None), tree["offset_ms"])


def sounds_of(tree: Tree) -> frozenset[Sha256]:
    """Read the hashes of what an item plays, a relay's fallback included; nothing else is made of it."""
    recordings = tree["recordings"] if "recordings" in tree else [tree["fallback"]]
    return frozenset(Sha256(each["sha256"]) for each in recordings if each is not None)


def timing_tree(timing: AtTime | InPlace) -> Tree:
    """Give a slot's timing as JSON."""
    if isinstance(timing, InPlace):
        return {
            "places": list(timing.places),
            "first_day": timing.first_day.isoformat(),
            "last_day": timing.last_day.isoformat(),
            "rule": _rule_tree(timing.rule),
            "holidays": timing.holidays.value,
            "order": timing.order,
            "left_out": sorted(day.isoformat() for day in timing.left_out),
            "ended": timing.ended and timing.ended.isoformat(),
        }
    return {
        "first_day": timing.first_day.isoformat(),
        "at": timing.at.isoformat(),
        "rule": _rule_tree(timing.rule),
        "holidays": timing.holidays.value,
        "until": timing.until and timing.until.isoformat(),
        "exceptions": [
            {
                "original_start": instant_text(each.original_start),
                "moved_to": each.moved_to and instant_text(each.moved_to),
            }
            for each in timing.exceptions
        ],
        "ended": timing.ended and timing.ended.isoformat(),
    }


def timing_of(tree: Tree) -> AtTime | InPlace:
    """Read a slot's timing."""
    first_day, rule = date.fromisoformat(tree["first_day"]), _rule_of(tree)
    holidays = Holidays(tree.get("holidays", Holidays.ANY))
    ended = date.fromisoformat(tree["ended"]) if tree.get("ended") else None
    if "places" in tree:
        return InPlace(
            places=tuple(PlaceId(place) for place in tree["places"]),
            first_day=first_day,
            last_day=date.fromisoformat(tree["last_day"]),
            rule=rule,
            holidays=holidays,
            order=tree["order"],
            left_out=frozenset(map(date.fromisoformat, tree.get("left_out", ()))),
            ended=ended,
        )
    return AtTime(
        first_day=first_day,
        at=time.fromisoformat(tree["at"]),
        rule=rule,
        holidays=holidays,
        until=tree["until"] and date.fromisoformat(tree["until"]),
        exceptions=tuple(
            SlotException(instant_of(each["original_start"]), each["moved_to"] and instant_of(each["moved_to"]))
            for each in tree["exceptions"]
        ),
        ended=ended,
    )


def order_tree(order: WrittenOrder | None) -> Tree | None:
    """Give a written order as JSON."""
    if order is None:
        return None
    return {"number": order.number, "signed_on": order.signed_on.isoformat(), "issuer": order.issuer}


def order_of(tree: Tree | None) -> WrittenOrder | None:
    """Read a written order."""
    return None if tree is None else WrittenOrder(tree["number"], date.fromisoformat(tree["signed_on"]), tree["issuer"])


def place_trees(places: Sequence[Place]) -> Trees:
    """Give the places of a session as JSON."""
    return [
        {
            "id": place.id,
            "name": place.name,
            **_fill_tree(place.fill),
            "minutes": place.minutes,
            "at": place.at and place.at.isoformat(),
            "filler": place.filler,
        }
        for place in places
    ]


def places_of(trees: Trees) -> tuple[Place, ...]:
    """Read the places of a session."""
    return tuple(
        Place(
            id=PlaceId(tree["id"]),
            name=tree["name"],
            fill=_fill_of(tree),
            minutes=tree["minutes"],
            at=tree["at"] and time.fromisoformat(tree["at"]),
            filler=tree["filler"],
        )
        for tree in trees
    )


def _fill_tree(fill: Fill) -> Tree:
    if isinstance(fill, ByHand):
        return {"fill": "slots"}
    if isinstance(fill, Fixed):
        return {"fill": "fixed", "programme": fill.programme}
    if isinstance(fill, Repeats):
        return {"fill": "repeat", "repeats": fill.place}
    if isinstance(fill, Newest):
        return {
            "fill": "newest",
            "kind": fill.kind.value,
            "owners": sorted(fill.owners),
            "topic": fill.topic,
            "max_age_days": fill.max_age_days,
        }
    if isinstance(fill, Subscribed):
        return {"fill": "offers", "kinds": sorted(fill.kinds), "topics": sorted(fill.topics)}
    if isinstance(fill, OfCampaign):
        return {"fill": "campaign", "campaign": fill.campaign}
    return {"fill": "rotation", "programmes": list(fill.programmes), "first_day": fill.first_day.isoformat()}


def _fill_of(tree: Tree) -> Fill:
    match tree["fill"]:
        case "slots":
            return ByHand()
        case "fixed":
            return Fixed(ProgrammeId(tree["programme"]))
        case "repeat":
            return Repeats(PlaceId(tree["repeats"]))
        case "newest":
            return Newest(
                kind=Kind(tree["kind"]),
                owners=frozenset(map(UnitId, tree["owners"])),
                topic=tree["topic"],
                max_age_days=tree["max_age_days"],
            )
        case "offers":
            return Subscribed(frozenset(map(Kind, tree["kinds"])), frozenset(tree["topics"]))
        case "campaign":
            return OfCampaign(CampaignId(tree["campaign"]))
        case _:
            turns = tuple(map(ProgrammeId, tree["programmes"]))
            return Rotation(programmes=turns, first_day=date.fromisoformat(tree["first_day"]))


def _rule_tree(rule: DayRule | None) -> Tree | str | None:
    if isinstance(rule, LunarDays):
        return {
            "days": sorted(rule.days),
            "months": sorted(rule.months),
            "leap_month": rule.leap_month,
            "short_month": rule.short_month and rule.short_month.value,
        }
    return None if rule is None else rule.rule


def _rule_of(tree: Tree) -> DayRule | None:
    """Read the rule of a timing; before there were rules it was daily or on weekdays."""
    repeat, rule = tree.get("repeat"), tree.get("rule")
    if repeat is not None:
        return {"once": None, "daily": DAILY, "weekly": weekly(tree["weekdays"])}[repeat]
    if not isinstance(rule, dict):
        return rule and Recurrence.of(rule)
    return LunarDays(
        days=frozenset(rule["days"]),
        months=frozenset(rule["months"]),
        leap_month=rule["leap_month"],
        short_month=rule["short_month"] and ShortMonth(rule["short_month"]),
    )


def _source_tree(source: Source) -> Tree:
    if isinstance(source, Relay):
        return {"channel": source.channel, "fallback": recording_tree(source.fallback)}
    return {"recording": recording_tree(source)}


def _source_of(tree: Tree) -> Source:
    recording = recording_of(tree.get("recording"))
    return recording or Relay(ChannelId(tree["channel"]), recording_of(tree["fallback"]))
