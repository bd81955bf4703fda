"""Approval: the record it binds, the record's canonical bytes and hash, and who may approve.

It must not store or sign: it says what exactly a person approved, so that any change to what is heard
voids it. A fact added in a later release is left out of a record while it is unset: an upgrade must not
void what was approved.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from schedules.canonical import canonical
from schedules.errors import Refused
from schedules.fills import ByHand, Fill, Fixed, Newest, OfCampaign, Repeats, Subscribed
from schedules.ids import PersonId, ProgrammeId, SlotId, TemplateId, ZoneId
from schedules.part import Part, part_facts, part_of
from schedules.programme import Programme, Relay, Source
from schedules.recurrence import DAILY, DayRule, Holidays, Recurrence, weekly
from schedules.session import SessionTemplate
from schedules.slot import AtTime, CatchUp, InPlace, Interrupted, Slot
from schedules.times import instant_text
from schedules.way import Way

Subject = SlotId | TemplateId | ProgrammeId
"""What an approval is about: a slot, a session template, or a programme released for places filled by rule."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person released: the hash of a record, and the zones it was released for.

    Zones stand beside the hash: a target that grows does not void the approval, the new zones just get nothing
    until a supplementary approval; a target that shrinks needs none.
    """

    record: str
    zones: frozenset[ZoneId]
    approved_by: PersonId
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """Everything an approver releases, as canonical JSON bytes."""

    canonical: bytes

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
        return sha256(self.canonical).hexdigest()


def record_of_slot(programme: Programme, slot: Slot) -> Record:
    """Give the record of one programme in one slot.

    Not in it: the target, since zones stand beside the record; the order among the items of a place,
    which is the officer's; cancelled occurrences, which only take away; and what of a programme is not
    heard (topic, document), which its version binds.
    """
    return Record(canonical({"programme": _programme_facts(programme), "slot": _slot_facts(slot)}))


def record_of_programme(programme: Programme) -> Record:
    """Give the record of a programme that rules may take into places of sessions, where and when they say.

    What plays by rule needs two releases: this one of what is heard, and that of the template with its rule.
    """
    return Record(canonical({"programme": _programme_facts(programme), "use": "places"}))


def record_of_template(template: SessionTemplate, programmes: Mapping[ProgrammeId, Programme]) -> Record:
    """Give the record of a session template: its order, its fixed programmes, relays, repeats and rules.

    Raises:
        Refused: `approval.programme_missing` when a fixed programme is not among those given.
    """
    fixed = sorted({place.programme for place in template.places if place.programme is not None})
    missing = [programme for programme in fixed if programme not in programmes]
    if missing:
        raise Refused("approval.programme_missing", programme=missing[0])
    places = [
        {
            "id": place.id,
            "name": place.name,
            **_fill_facts(place.fill),
            "minutes": place.minutes,
            "at": place.at and place.at.isoformat(),
            "programme": place.programme,
            "repeats": place.repeats,
            "filler": place.filler,
        }
        for place in template.places
    ]
    facts: dict[str, object] = {
        "id": template.id,
        "station": template.station,
        "session": template.session,
        "name": template.name,
        "starts": template.starts.isoformat(),
        "ends": template.ends.isoformat(),
        "weekdays": sorted(template.weekdays),
        "valid_from": template.valid_from.isoformat(),
        "valid_to": template.valid_to and template.valid_to.isoformat(),
        "places": places,
    }
    if template.replaces is not None:
        facts["replaces"] = template.replaces
    if template.refused:
        facts["refused"] = template.refused
    return Record(canonical({"template": facts, "programmes": [_programme_facts(programmes[each]) for each in fixed]}))


def approved_zones(approvals: Iterable[Approval], record: Record) -> frozenset[ZoneId]:
    """Give the zones for which exactly this record was released."""
    wanted = record.hash
    return frozenset().union(*(approval.zones for approval in approvals if approval.record == wanted))


def require_other_person(approver: PersonId, made_or_changed_by: Iterable[PersonId]) -> None:
    """Refuse an approver who made or changed what is approved.

    Raises:
        Refused: `approval.own_work`.
    """
    if approver in set(made_or_changed_by):
        raise Refused("approval.own_work")


def approved_parts(canonical_bytes: bytes, programme: ProgrammeId) -> tuple[Part, ...]:
    """Give the parts a programme had in a record of whichever sort; whatever it has now."""
    facts = json.loads(canonical_bytes)
    among = facts["programmes"] if "programmes" in facts else [facts["programme"]]
    return tuple(part_of(each) for named in among if named["id"] == programme for each in named.get("parts", ()))


def _programme_facts(programme: Programme) -> dict[str, object]:
    """Give what of a programme is released; its parts with it, since who wrote and reads them is paid by that."""
    return {
        "id": programme.id,
        "version": programme.version,
        "title": programme.title,
        "kind": programme.kind,
        "level": int(programme.level),
        "times_read": programme.times_read,
        "valid_until": programme.valid_until and instant_text(programme.valid_until),
        "variants": [
            {"language": variant.language, **_source_facts(variant.source)}
            for variant in sorted(programme.variants, key=lambda variant: variant.language)
        ],
        **({"parts": [part_facts(each) for each in programme.parts]} if programme.parts else {}),
    }


def _source_facts(source: Source) -> dict[str, object]:
    if isinstance(source, Relay):
        return {"channel": source.channel, "fallback": source.fallback and source.fallback.sha256}
    return {"sha256": source.sha256, "length": source.length, "duration_ms": source.duration_ms}


def _fill_facts(fill: Fill) -> dict[str, object]:
    """Give what fills a place; a fixed programme and a repeated place have keys of their own beside it."""
    if isinstance(fill, ByHand):
        return {"fill": "slots"}
    if isinstance(fill, Fixed):
        return {"fill": "fixed"}
    if isinstance(fill, Repeats):
        return {"fill": "repeat"}
    if isinstance(fill, Newest):
        rule: dict[str, object] = {
            "kind": fill.kind,
            "owners": sorted(fill.owners),
            "topic": fill.topic,
            "max_age_days": fill.max_age_days,
        }
        return {"fill": "newest", "rule": rule}
    if isinstance(fill, Subscribed):
        return {"fill": "offers", "rule": {"kinds": sorted(fill.kinds), "topics": sorted(fill.topics)}}
    if isinstance(fill, OfCampaign):
        return {"fill": "campaign", "rule": {"campaign": fill.campaign}}
    rule = {"programmes": list(fill.programmes), "first_day": fill.first_day.isoformat()}
    return {"fill": "rotation", "rule": rule}


def _slot_facts(slot: Slot) -> dict[str, object]:
    return {
        "id": slot.id,
        "start": slot.start,
        "wait_s": slot.wait.total_seconds(),
        "lasts_s": slot.lasts and slot.lasts.total_seconds(),
        "timing": _timing_facts(slot.timing),
        **_policy_facts(slot),
        **_way_facts(slot),
    }


def _policy_facts(slot: Slot) -> dict[str, object]:
    """Give the policies that are not the usual ones."""
    facts: dict[str, object] = {}
    if slot.catch_up is not CatchUp.JOIN:
        facts |= {"catch_up": slot.catch_up, "late_s": slot.late.total_seconds()}
    if slot.interrupted is not Interrupted.DROP:
        facts["interrupted"] = slot.interrupted
    return facts


def _way_facts(slot: Slot) -> dict[str, object]:
    """Give how it reaches the stations, where it is not their own."""
    if slot.way is Way.OWN:
        return {}
    order = slot.order
    named = order and {"number": order.number, "signed_on": order.signed_on.isoformat(), "issuer": order.issuer}
    return {"way": slot.way, "order": named}


def _timing_facts(timing: AtTime | InPlace) -> dict[str, object]:
    if isinstance(timing, InPlace):
        return {
            "places": sorted(timing.places),
            "first_day": timing.first_day.isoformat(),
            "last_day": timing.last_day.isoformat(),
            **({} if timing.rule is None else _rule_facts(timing.rule)),
            **_holiday_facts(timing.holidays),
        }
    return {
        "first_day": timing.first_day.isoformat(),
        "at": timing.at.isoformat(),
        **_rule_facts(timing.rule),
        **_holiday_facts(timing.holidays),
        "until": timing.until and timing.until.isoformat(),
        # A cancelled occurrence only takes away, like a target that shrinks: it voids nothing.
        "moved": sorted(
            [instant_text(exception.original_start), instant_text(exception.moved_to)]
            for exception in timing.exceptions
            if exception.moved_to is not None
        ),
    }


def _rule_facts(rule: DayRule | None) -> dict[str, object]:
    """Write what was there before there were rules as it was written then: an upgrade voids nothing."""
    if rule is None:
        return {"repeat": "once", "weekdays": []}
    if not isinstance(rule, Recurrence):
        return {
            "lunar_days": sorted(rule.days),
            "lunar_months": sorted(rule.months),
            "leap_month": rule.leap_month,
            "short_month": rule.short_month,
        }
    if rule == DAILY:
        return {"repeat": "daily", "weekdays": []}
    if rule.weekdays and rule == weekly(rule.weekdays):
        return {"repeat": "weekly", "weekdays": sorted(rule.weekdays)}
    return {"rule": rule.rule}


def _holiday_facts(holidays: Holidays) -> dict[str, object]:
    return {} if holidays is Holidays.ANY else {"holidays": holidays}
