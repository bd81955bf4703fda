"""Reads regulations and decisions from forms, and gives forms the fields of a regulation. It judges nothing."""

from datetime import time

from werkzeug.datastructures import MultiDict

from schedules.ids import UnitId
from schedules.programme import Kind
from schedules.regulation import Opening, Regulation, SessionName, SessionRule, Suspension, VolumeRule
from server.services.inputs import as_input
from server.web.entered import Form, day, number, text, wall_time, weekdays

SESSION_ROWS, VOLUME_ROWS = 5, 3
"""Rows a form offers; an empty one is left out."""

Fields = MultiDict[str, str]


def regulation_of(form: Form, *, station: UnitId, time_zone: str) -> Regulation:
    """Read a regulation.

    Raises:
        Unacceptable: `form.*` with the field that cannot be read; `regulation.*` with what makes no sense.
    """
    whole = {
        "regulation.minimum": "min_minutes_a_day",
        "regulation.too_many_sessions": "sessions_a_day",
        "regulation.no_window": "earliest-0",
    }
    sessions = tuple(_session(form, row) for row in range(SESSION_ROWS) if text(form, f"earliest-{row}"))
    volume = tuple(_volume(form, row) for row in range(VOLUME_ROWS) if text(form, f"percent-{row}"))
    with as_input(whole):
        return Regulation(
            station=station,
            number=text(form, "number").strip(),
            signed_on=day(form, "signed_on"),
            signer=text(form, "signer").strip(),
            document=text(form, "document").strip(),
            valid_from=day(form, "valid_from"),
            time_zone=time_zone,
            sessions=sessions,
            max_minutes_a_day=number(form, "max_minutes_a_day"),
            min_minutes_a_day=_least(form, "min_minutes_a_day"),
            sessions_a_day=_least(form, "sessions_a_day"),
            kinds=kinds_of(form),
            volume=volume,
            languages=tuple(form.getlist("languages")),
            outside_approval=text(form, "outside_approval").strip(),
        )


def opening_of(form: Form) -> Opening:
    """Read an opening; the days choose themselves where no weekday is chosen."""
    with as_input({"regulation.no_reason": "reason", "regulation.days": "last_day"}):
        return Opening(
            number=text(form, "number").strip(),
            signed_on=day(form, "signed_on"),
            signer=text(form, "signer").strip(),
            reason=text(form, "reason").strip(),
            first_day=day(form, "first_day"),
            last_day=day(form, "last_day"),
            rule=_session(form, 0),
        )


def suspension_of(form: Form) -> Suspension:
    """Read a suspension."""
    fields = {"regulation.no_reason": "reason", "regulation.days": "last_day", "regulation.suspends_nothing": "kinds"}
    with as_input(fields):
        return Suspension(
            number=text(form, "number").strip(),
            signed_on=day(form, "signed_on"),
            signer=text(form, "signer").strip(),
            reason=text(form, "reason").strip(),
            first_day=day(form, "first_day"),
            last_day=day(form, "last_day"),
            kinds=kinds_of(form),
        )


def kinds_of(form: Form) -> frozenset[Kind]:
    """Read the kinds that are ticked; a name that is none is left out."""
    known = {kind.value: kind for kind in Kind}
    return frozenset(known[each] for each in form.getlist("kinds") if each in known)


def fields_of(regulation: Regulation) -> Fields:
    """Give the fields of a form that shows a regulation, without what belongs to its own signing."""
    fields: Fields = MultiDict(
        [
            ("document", regulation.document),
            ("outside_approval", regulation.outside_approval),
            ("signer", regulation.signer),
            ("valid_from", regulation.valid_from.isoformat()),
            ("max_minutes_a_day", str(regulation.max_minutes_a_day)),
            ("min_minutes_a_day", str(regulation.min_minutes_a_day or "")),
            ("sessions_a_day", str(regulation.sessions_a_day or "")),
            *(("kinds", kind.value) for kind in sorted(regulation.kinds)),
            *(("languages", language) for language in regulation.languages),
        ]
    )
    for row, rule in enumerate(regulation.sessions):
        fields.add(f"session-{row}", rule.session.value)
        fields.add(f"earliest-{row}", f"{rule.earliest:%H:%M}")
        fields.add(f"latest-{row}", f"{rule.latest:%H:%M}")
        fields.add(f"max-{row}", str(rule.max_minutes))
        fields.add(f"min-{row}", str(rule.min_minutes or ""))
        fields.setlist(f"weekdays-{row}", [str(each) for each in sorted(rule.weekdays)])
    for row, ceiling in enumerate(regulation.volume):
        fields.add(f"since-{row}", f"{ceiling.since:%H:%M}")
        fields.add(f"until-{row}", f"{ceiling.until:%H:%M}")
        fields.add(f"percent-{row}", str(ceiling.percent))
    return fields


def _session(form: Form, row: int) -> SessionRule:
    chosen = weekdays(form, f"weekdays-{row}")
    fields = {
        "regulation.ends_before_start": f"latest-{row}",
        "regulation.no_minutes": f"max-{row}",
        "regulation.minimum": f"min-{row}",
    }
    with as_input(fields):
        return SessionRule(
            session=_named(text(form, f"session-{row}")),
            earliest=wall_time(form, f"earliest-{row}"),
            latest=_end(form, f"latest-{row}"),
            max_minutes=number(form, f"max-{row}"),
            min_minutes=_least(form, f"min-{row}"),
            weekdays=chosen or frozenset(range(7)),
        )


def _volume(form: Form, row: int) -> VolumeRule:
    with as_input({"regulation.volume": f"percent-{row}"}):
        return VolumeRule(wall_time(form, f"since-{row}"), _end(form, f"until-{row}"), number(form, f"percent-{row}"))


def _named(name: str) -> SessionName:
    known = {each.value: each for each in SessionName}
    return known.get(name, SessionName.MORNING)


def _end(form: Form, name: str) -> time:
    """Read an end; people write midnight as 24:00."""
    return time(0) if text(form, name) in ("24:00", "24:00:00") else wall_time(form, name)


def _least(form: Form, name: str) -> int | None:
    return number(form, name) if text(form, name) else None
