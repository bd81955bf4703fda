"""A slot as the audit trail tells it. It must not decide anything."""

from dataclasses import asdict

from schedules.recurrence import LunarDays
from schedules.slot import AtTime, InPlace, Slot


def slot_facts(slot: Slot) -> dict[str, object]:
    """Give the facts of a slot."""
    timing = slot.timing
    named = asdict(slot.target)
    target: dict[str, object] = {name: sorted(each) for name, each in named.items() if each}
    if slot.order is not None:
        target |= {"order": slot.order.number, "signed_on": slot.order.signed_on.isoformat()}
    target |= {
        "way": slot.way,
        "catch_up": slot.catch_up,
        "late_s": slot.late.total_seconds(),
        "interrupted": slot.interrupted,
    }
    if isinstance(timing, InPlace):
        days = {"first_day": timing.first_day.isoformat(), "last_day": timing.ends_on.isoformat()}
        return {
            "slot": slot.id,
            **target,
            **days,
            **_shown_rule(timing),
            "places": list(timing.places),
            "turn": timing.order,
            "left_out": sorted(day.isoformat() for day in timing.left_out),
        }
    return {
        "slot": slot.id,
        **target,
        "first_day": timing.first_day.isoformat(),
        "at": timing.at.isoformat(),
        **_shown_rule(timing),
        "until": timing.ends_on.isoformat(),
        "lasts_s": slot.lasts and slot.lasts.total_seconds(),
        "start": slot.start,
        "wait_s": slot.wait.total_seconds(),
        "exceptions": [[str(each.original_start), str(each.moved_to)] for each in timing.exceptions],
    }


def _shown_rule(timing: AtTime | InPlace) -> dict[str, object]:
    rule = timing.rule
    if isinstance(rule, LunarDays):
        lunar = {
            "lunar_days": sorted(rule.days),
            "lunar_months": sorted(rule.months),
            "leap_month": rule.leap_month,
            "short_month": rule.short_month,
        }
        return {**lunar, "holidays": timing.holidays}
    return {"rule": rule and rule.rule, "holidays": timing.holidays}
