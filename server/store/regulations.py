"""Regulations and the decisions under them, as rows and as JSON. It must not judge hours."""

from collections.abc import Sequence
from datetime import date, time

from schedules.ids import UnitId
from schedules.programme import Kind
from schedules.regulation import Opening, Regulation, SessionName, SessionRule, Suspension, VolumeRule
from server.store.columns import Tree, Trees
from server.store.rows import RegulationRow


def regulation_row(regulation: Regulation) -> RegulationRow:
    """Give the row of a regulation."""
    return RegulationRow(
        station=regulation.station,
        number=regulation.number,
        signed_on=regulation.signed_on,
        signer=regulation.signer,
        document=regulation.document,
        valid_from=regulation.valid_from,
        time_zone=regulation.time_zone,
        sessions=[rule_tree(rule) for rule in regulation.sessions],
        max_minutes_a_day=regulation.max_minutes_a_day,
        min_minutes_a_day=regulation.min_minutes_a_day,
        sessions_a_day=regulation.sessions_a_day,
        kinds=sorted(regulation.kinds),
        volume=volume_trees(regulation.volume),
        languages=list(regulation.languages),
        outside_approval=regulation.outside_approval,
        openings=[opening_tree(each) for each in regulation.openings],
        suspensions=[suspension_tree(each) for each in regulation.suspensions],
    )


def regulation_of(row: RegulationRow) -> Regulation:
    """Read a regulation from its row."""
    return Regulation(
        station=UnitId(row.station),
        number=row.number,
        signed_on=row.signed_on,
        signer=row.signer,
        document=row.document,
        valid_from=row.valid_from,
        time_zone=row.time_zone,
        sessions=tuple(map(rule_of, row.sessions)),
        max_minutes_a_day=row.max_minutes_a_day,
        min_minutes_a_day=row.min_minutes_a_day,
        sessions_a_day=row.sessions_a_day,
        kinds=frozenset(map(Kind, row.kinds)),
        volume=volume_of(row.volume),
        languages=tuple(row.languages),
        outside_approval=row.outside_approval,
        openings=tuple(map(opening_of, row.openings)),
        suspensions=tuple(map(suspension_of, row.suspensions)),
    )


def regulation_tree(regulation: Regulation) -> Tree:
    """Give a regulation that is only proposed as JSON: decisions under it are made once it is in force."""
    return {
        "station": regulation.station,
        "number": regulation.number,
        "signed_on": regulation.signed_on.isoformat(),
        "signer": regulation.signer,
        "document": regulation.document,
        "valid_from": regulation.valid_from.isoformat(),
        "time_zone": regulation.time_zone,
        "sessions": [rule_tree(rule) for rule in regulation.sessions],
        "max_minutes_a_day": regulation.max_minutes_a_day,
        "min_minutes_a_day": regulation.min_minutes_a_day,
        "sessions_a_day": regulation.sessions_a_day,
        "kinds": sorted(regulation.kinds),
        "volume": volume_trees(regulation.volume),
        "languages": list(regulation.languages),
        "outside_approval": regulation.outside_approval,
    }


def proposed_regulation_of(tree: Tree) -> Regulation:
    """Read a regulation that is only proposed."""
    return Regulation(
        station=UnitId(tree["station"]),
        number=tree["number"],
        signed_on=date.fromisoformat(tree["signed_on"]),
        signer=tree["signer"],
        document=tree["document"],
        valid_from=date.fromisoformat(tree["valid_from"]),
        time_zone=tree["time_zone"],
        sessions=tuple(map(rule_of, tree["sessions"])),
        max_minutes_a_day=tree["max_minutes_a_day"],
        min_minutes_a_day=tree["min_minutes_a_day"],
        sessions_a_day=tree["sessions_a_day"],
        kinds=frozenset(map(Kind, tree["kinds"])),
        volume=volume_of(tree["volume"]),
        languages=tuple(tree["languages"]),
        outside_approval=tree.get("outside_approval", ""),
    )


def rule_tree(rule: SessionRule) -> Tree:
    """Give the hours of a session as JSON."""
    return {
        "session": rule.session.value,
        "earliest": rule.earliest.isoformat(),
        "latest": rule.latest.isoformat(),
        "max_minutes": rule.max_minutes,
        "min_minutes": rule.min_minutes,
        "weekdays": sorted(rule.weekdays),
    }


def rule_of(tree: Tree) -> SessionRule:
    """Read the hours of a session."""
    return SessionRule(
        session=SessionName(tree["session"]),
        earliest=time.fromisoformat(tree["earliest"]),
        latest=time.fromisoformat(tree["latest"]),
        max_minutes=tree["max_minutes"],
        min_minutes=tree.get("min_minutes"),
        weekdays=frozenset(tree["weekdays"]),
    )


def opening_tree(opening: Opening) -> Tree:
    """Give an opening as JSON."""
    return {**_decision_tree(opening), "rule": rule_tree(opening.rule)}


def opening_of(tree: Tree) -> Opening:
    """Read an opening."""
    return Opening(
        number=tree["number"],
        signed_on=date.fromisoformat(tree["signed_on"]),
        signer=tree["signer"],
        reason=tree["reason"],
        first_day=date.fromisoformat(tree["first_day"]),
        last_day=date.fromisoformat(tree["last_day"]),
        rule=rule_of(tree["rule"]),
    )


def suspension_tree(suspension: Suspension) -> Tree:
    """Give a suspension as JSON."""
    return {**_decision_tree(suspension), "kinds": sorted(suspension.kinds)}


def suspension_of(tree: Tree) -> Suspension:
    """Read a suspension."""
    return Suspension(
        number=tree["number"],
        signed_on=date.fromisoformat(tree["signed_on"]),
        signer=tree["signer"],
        reason=tree["reason"],
        first_day=date.fromisoformat(tree["first_day"]),
        last_day=date.fromisoformat(tree["last_day"]),
        kinds=frozenset(map(Kind, tree["kinds"])),
    )


def volume_trees(rules: Sequence[VolumeRule]) -> Trees:
    """Give the volume ceilings of a regulation as JSON."""
    return [
        {"since": rule.since.isoformat(), "until": rule.until.isoformat(), "percent": rule.percent} for rule in rules
    ]


def volume_of(trees: Trees) -> tuple[VolumeRule, ...]:
    """Read the volume ceilings of a regulation."""
    return tuple(
        VolumeRule(time.fromisoformat(tree["since"]), time.fromisoformat(tree["until"]), tree["percent"])
        for tree in trees
    )


def _decision_tree(decision: Opening | Suspension) -> Tree:
    return {
        "number": decision.number,
        "signed_on": decision.signed_on.isoformat(),
        "signer": decision.signer,
        "reason": decision.reason,
        "first_day": decision.first_day.isoformat(),
        "last_day": decision.last_day.isoformat(),
    }
