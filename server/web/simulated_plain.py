"""Gives what a simulation found as JSON takes it: numbers, instants in UTC, every code with its sentence."""

from datetime import timedelta

from schedules.times import Span
from server.services.simulating import Answer, ZoneAnswer
from server.web.simulated import Say


def as_plain(answer: Answer, say: Say) -> dict[str, object]:
    """Give everything as JSON takes it, each code with its sentence."""
    return {
        "from": answer.span.start.isoformat(),
        "to": answer.span.end.isoformat(),
        "simulated": answer.simulated,
        "zones": [_plain_zone(each, say) for each in answer.zones],
        "reach": [
            {
                "programme": each.programme,
                "title": each.title,
                "before": {"zones": sorted(each.before.zones), "residents": each.before.residents},
                "after": {"zones": sorted(each.after.zones), "residents": each.after.residents},
            }
            for each in answer.reach
        ],
    }


def _plain_zone(answer: ZoneAnswer, say: Say) -> dict[str, object]:
    def spoken(code: str, values: tuple[tuple[str, object], ...]) -> dict[str, str]:
        return {"code": code, "sentence": say(code, dict(values))}

    return {
        "zone": answer.zone.id,
        "name": answer.zone.name,
        "minutes_of_speech": {
            day.isoformat(): {"before": before / timedelta(minutes=1), "after": after / timedelta(minutes=1)}
            for day, (before, after) in answer.minutes.items()
        },
        "heard": [
            {
                "occurrence": each.item.occurrence,
                "title": each.item.title,
                "kind": each.item.kind.value,
                "from": each.span.start.isoformat(),
                "to": each.span.end.isoformat(),
            }
            for each in answer.after.heard
        ],
        "verdicts": {
            key: {"verdict": finding.verdict.value, **spoken(finding.reason, ())}
            for key, finding in answer.after.findings.items()
        },
        "differences": [
            {
                "change": each.change.value,
                "occurrence": each.occurrence,
                "title": each.title,
                "before": _plain_span(each.before),
                "after": _plain_span(each.after),
                **spoken(each.reason, each.values),
            }
            for each in answer.differences
        ],
        "clashes": [
            {
                "title": each.title,
                "start": each.start and each.start.isoformat(),
                "new": each in answer.new_clashes,
                **spoken(each.code, each.values),
            }
            for each in answer.clashes
        ],
        "breaches": [spoken(each.code, each.values) for _, each in answer.breaches],
    }


def _plain_span(span: Span | None) -> list[str] | None:
    return None if span is None else [span.start.isoformat(), span.end.isoformat()]
