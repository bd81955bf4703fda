"""What a regulation makes of spans and days: findings, limits of minutes, and hours worked out once."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.guard import Allowed, ClockInterval, Forbidden, Rules, Tone, judge
from schedules.hours import Finding, Hours, findings, lacks, limits, minutes_findings
from schedules.ids import SlotId
from schedules.override import Override, opened_by
from schedules.programme import Kind
from schedules.regulation import Opening, Regulation, SessionName, SessionRule, Suspension
from schedules.times import DAY, Span, local_midnight
from tests.schedules.given import MINUTE, MONDAY, SECOND, SON_HA, a_regulation, at, hours, nine_days, span

TUESDAY = MONDAY + DAY
MORNING = hours("05:00", "06:30")
EVENING = hours("17:00", "18:00", name=SessionName.EVENING)
TWO_SESSIONS = a_regulation(MORNING, EVENING)
ALWAYS = a_regulation(hours("00:00", "00:00"))
RECORD, OTHER = "a" * 64, "b" * 64
MOURNING = Suspension(
    number="102/CĐ-TTg",
    signed_on=MONDAY - DAY,
    signer="Thủ tướng Chính phủ",
    reason="Quốc tang",
    first_day=TUESDAY,
    last_day=TUESDAY,
    kinds=frozenset({Kind.MUSIC}),
)


def an_override(
    earliest: str = "20:00", latest: str = "20:15", *, day: date = MONDAY, record: str = RECORD
) -> Override:
    return Override(
        station=SON_HA,
        slot=SlotId("slot-tin"),
        record=record,
        day=day,
        earliest=time.fromisoformat(earliest),
        latest=time.fromisoformat(latest),
        reason="Vỡ kênh",
    )


def code(finding: Finding | None) -> str:
    return "" if finding is None else finding.code


def test_what_is_forbidden_is_said_with_its_values() -> None:
    late = span("06:20", "06:40")

    assert findings(TWO_SESSIONS, span("05:00", "05:10"), Kind.NOTICE) == ()
    assert findings(TWO_SESSIONS, late, Kind.MOURNING) == (
        Finding("regulation.kind_not_allowed", (("kind", Kind.MOURNING),)),
        Finding("regulation.outside_hours", (("start", late.start), ("end", late.end))),
    )


def test_minutes_are_counted_per_session_and_per_day() -> None:
    regulation = a_regulation(
        hours("05:00", "06:30", minutes=60),
        hours("17:00", "18:00", minutes=60, name=SessionName.EVENING),
        minutes_a_day=90,
    )
    morning, evening = span("05:00", "06:00"), span("17:00", "17:30")

    assert minutes_findings(regulation, MONDAY, [morning, evening]) == ()
    assert minutes_findings(regulation, MONDAY, [Span(morning.start, morning.end + SECOND)]) == (
        Finding("regulation.session_too_long", (("session", SessionName.MORNING), ("minutes", 61), ("limit", 60))),
    )
    assert minutes_findings(regulation, MONDAY, [morning, Span(evening.start, evening.end + SECOND)]) == (
        Finding("regulation.day_too_long", (("minutes", 91), ("limit", 90))),
    )


def test_minutes_that_overlap_count_once_and_those_of_another_day_not() -> None:
    regulation = a_regulation(hours("00:00", "00:00", minutes=30))
    across = Span(at("23:45"), at("00:30", TUESDAY))

    assert minutes_findings(regulation, MONDAY, [across, across, span("05:00", "05:15")]) == ()
    found = minutes_findings(regulation, TUESDAY, [across, span("05:00", "05:01", TUESDAY)])
    assert [dict(each.values)["minutes"] for each in found] == [31]


def test_the_limits_of_a_day_are_its_sessions_and_the_day() -> None:
    found = limits(a_regulation(MORNING, hours("10:00", "11:00", days="6"), minutes_a_day=120), MONDAY)

    assert [(limit.inside, limit.code) for limit in found] == [
        (span("05:00", "06:30"), "regulation.session_too_long"),
        (Span(at("00:00"), at("00:00", TUESDAY)), "regulation.day_too_long"),
    ]


def test_hours_worked_out_once_agree_with_the_regulation() -> None:
    known = Hours([TWO_SESSIONS], nine_days())

    for day in range(9):
        for begin, end in [
            ("05:00", "06:30"),
            ("04:59", "05:30"),
            ("06:00", "06:31"),
            ("17:30", "18:00"),
            ("12:00", "13:00"),
        ]:
            asked = span(begin, end, MONDAY + day * DAY)
            found = findings(TWO_SESSIONS, asked, Kind.NOTICE)
            assert known.finding(asked.start, asked.end, Kind.NOTICE) == next(iter(found), None)
    assert known.finding(at("05:10"), at("05:20"), Kind.MOURNING) == Finding(
        "regulation.kind_not_allowed", (("kind", Kind.MOURNING),)
    )


def test_what_sounds_into_a_day_with_a_stricter_regulation_keeps_that_one_too() -> None:
    strict = a_regulation(MORNING, valid_from=TUESDAY)
    across = Span(at("23:50"), at("00:10", TUESDAY))

    assert Hours([ALWAYS], nine_days()).finding(across.start, across.end, Kind.NOTICE) is None
    found = Hours([ALWAYS, strict], nine_days()).finding(across.start, across.end, Kind.NOTICE)
    assert found is not None
    assert found.code == "regulation.outside_hours"


def test_what_sounds_into_a_day_that_does_not_allow_its_kind_is_not_allowed() -> None:
    no_music = replace(ALWAYS, number="13/QĐ-UBND", valid_from=TUESDAY, kinds=frozenset({Kind.NOTICE}))
    known = Hours([ALWAYS, no_music], nine_days())

    assert code(known.finding(at("23:50"), at("00:10", TUESDAY), Kind.MUSIC)) == "regulation.kind_not_allowed"
    assert known.finding(at("23:50"), at("00:00", TUESDAY), Kind.MUSIC) is None
    assert known.finding(at("23:50"), at("00:10", TUESDAY), Kind.NOTICE) is None


def test_before_its_first_regulation_a_station_has_no_hours() -> None:
    known = Hours([a_regulation(valid_from=TUESDAY)], nine_days())

    assert known.regulation(at("12:00")) is None
    found = known.finding(at("12:00"), at("12:01"), Kind.NOTICE)
    assert found is not None
    assert found.code == "regulation.outside_hours"
    assert known.finding(at("12:00", TUESDAY), at("12:01", TUESDAY), Kind.NOTICE) is None


def test_a_suspended_kind_is_said_with_the_reason_and_its_last_day() -> None:
    mourning = replace(TWO_SESSIONS, suspensions=(MOURNING,))
    tuesday = span("05:00", "05:10", TUESDAY)
    expected = Finding("regulation.kind_suspended", (("kind", Kind.MUSIC), ("reason", "Quốc tang"), ("until", TUESDAY)))

    assert findings(mourning, tuesday, Kind.MUSIC) == (expected,)
    assert Hours([mourning], nine_days()).finding(tuesday.start, tuesday.end, Kind.MUSIC) == expected
    assert Hours([mourning], nine_days()).finding(tuesday.start, tuesday.end, Kind.NOTICE) is None
    assert Hours([mourning], nine_days()).finding(at("05:00"), at("05:10"), Kind.MUSIC) is None


def test_what_sounds_into_a_suspended_day_is_suspended() -> None:
    known = Hours([replace(ALWAYS, suspensions=(MOURNING,))], nine_days())

    assert known.finding(at("23:50"), at("00:00", TUESDAY), Kind.MUSIC) is None
    assert code(known.finding(at("23:50"), at("00:01", TUESDAY), Kind.MUSIC)) == "regulation.kind_suspended"
    assert code(known.finding(at("23:50"), at("23:50"), Kind.MUSIC)) == ""
    assert code(known.finding(at("00:00", TUESDAY), at("00:00", TUESDAY), Kind.MUSIC)) == "regulation.kind_suspended"


def test_a_suspension_counts_on_the_days_on_which_its_regulation_is_in_force() -> None:
    later = a_regulation(hours("00:00", "00:00"), valid_from=TUESDAY, number="13/QĐ-UBND")
    known = Hours([replace(ALWAYS, suspensions=(MOURNING,)), later], nine_days())

    assert known.finding(at("05:00", TUESDAY), at("05:10", TUESDAY), Kind.MUSIC) is None


def test_before_its_first_regulation_nothing_is_suspended_and_nothing_may_sound() -> None:
    known = Hours([a_regulation(valid_from=TUESDAY)], nine_days(), [an_override()])
    mourning = Hours([replace(a_regulation(valid_from=TUESDAY), suspensions=(MOURNING,))], nine_days())

    assert code(known.finding(at("20:00"), at("20:10"), Kind.NOTICE, RECORD)) == "regulation.outside_hours"
    assert code(mourning.finding(at("20:00"), at("20:10"), Kind.MUSIC)) == "regulation.outside_hours"


def test_an_override_lets_exactly_its_record_sound_inside_its_span() -> None:
    known = Hours([TWO_SESSIONS], nine_days(), [an_override()])

    assert known.finding(at("20:00"), at("20:15"), Kind.NOTICE, RECORD) is None
    for begin, end, record in [
        ("20:00", "20:15:01", RECORD),
        ("19:59:59", "20:10", RECORD),
        ("20:00", "20:15", OTHER),
        ("20:00", "20:15", ""),
    ]:
        assert code(known.finding(at(begin), at(end), Kind.NOTICE, record)) == "regulation.outside_hours"
    assert code(known.finding(at("20:00", TUESDAY), at("20:10", TUESDAY), Kind.NOTICE, RECORD))


def test_an_override_that_touches_a_window_is_one_with_it() -> None:
    known = Hours([TWO_SESSIONS], nine_days(), [an_override("18:00", "18:15")])

    assert known.finding(at("17:50"), at("18:10"), Kind.NOTICE, RECORD) is None
    assert code(known.finding(at("17:50"), at("18:10"), Kind.NOTICE, OTHER)) == "regulation.outside_hours"


def test_an_override_never_lets_through_what_is_suspended_or_not_allowed() -> None:
    known = Hours([replace(TWO_SESSIONS, suspensions=(MOURNING,))], nine_days(), [an_override(day=TUESDAY)])
    asked = span("20:00", "20:10", TUESDAY)

    assert code(known.finding(asked.start, asked.end, Kind.MUSIC, RECORD)) == "regulation.kind_suspended"
    assert code(known.finding(asked.start, asked.end, Kind.MOURNING, RECORD)) == "regulation.kind_not_allowed"
    assert known.finding(asked.start, asked.end, Kind.NOTICE, RECORD) is None


def test_an_override_raises_no_minutes() -> None:
    with_it, without = (Hours([TWO_SESSIONS], nine_days(), given) for given in ([an_override()], []))

    assert with_it.limits == without.limits


def test_an_opened_session_has_a_limit_of_its_own() -> None:
    noon = Opening(
        number="31/TB-UBND",
        signed_on=MONDAY,
        signer="Chủ tịch",
        reason="Mưa lũ",
        first_day=MONDAY,
        last_day=MONDAY,
        rule=hours("11:00", "11:30", minutes=15, name=SessionName.NOON),
    )
    opened = replace(a_regulation(MORNING, minutes_a_day=60), openings=(noon,))

    assert [(limit.inside.start, limit.minutes) for limit in limits(opened, MONDAY)] == [
        (at("05:00"), 24 * 60),
        (at("11:00"), 15),
        (at("00:00"), 75),
    ]


def test_what_a_day_lacks_is_said_per_session_and_for_the_day() -> None:
    least = a_regulation(
        replace(MORNING, min_minutes=30), hours("17:00", "18:00", name=SessionName.EVENING), minutes_a_day=120
    )
    least = replace(least, min_minutes_a_day=60)
    morning, evening = span("05:00", "05:30"), span("17:00", "17:30")

    assert lacks(least, MONDAY, [(morning, "vi"), (evening, "vi")]) == ()
    short = Span(morning.start, morning.end - SECOND)
    assert lacks(least, MONDAY, [(short, "vi"), (short, "vi"), (evening, "vi")]) == (
        Finding("regulation.session_too_short", (("session", SessionName.MORNING), ("minutes", 29), ("least", 30))),
        Finding("regulation.day_too_short", (("minutes", 59), ("least", 60))),
    )


def test_a_session_without_a_language_is_said_and_a_silent_one_is_not() -> None:
    hre = replace(TWO_SESSIONS, languages=("vi", "hre"))

    assert lacks(hre, MONDAY, [(span("05:00", "05:10"), "vi")]) == (
        Finding("regulation.language_missing", (("session", SessionName.MORNING), ("language", "hre"))),
    )
    both = [(span("05:00", "05:10"), "vi"), (span("05:10", "05:20"), "hre")]
    assert lacks(hre, MONDAY, both) == ()


def test_a_window_that_a_clock_change_swallows_lacks_nothing() -> None:
    swallowed = a_regulation(replace(hours("02:30", "03:10"), min_minutes=10), time_zone="America/New_York")

    assert lacks(swallowed, date(2026, 3, 8), []) == ()
    evening = replace(EVENING, min_minutes=30)
    found = lacks(replace(swallowed, sessions=(*swallowed.sessions, evening)), date(2026, 3, 8), [])
    assert [dict(each.values)["session"] for each in found] == [SessionName.EVENING]


def test_what_sounds_on_the_next_local_day_is_lacking_today() -> None:
    least = replace(TWO_SESSIONS, min_minutes_a_day=10)

    found = lacks(least, MONDAY, [(span("05:00", "05:10", TUESDAY), "vi")])

    assert [dict(each.values)["minutes"] for each in found] == [0]


def test_the_regulation_of_an_instant_is_the_one_of_its_local_day() -> None:
    earlier, later = a_regulation(), a_regulation(valid_from=TUESDAY, number="13/QĐ-UBND")

    known = Hours([earlier, later], nine_days())

    assert known.regulation(at("00:00", TUESDAY) - SECOND) is earlier
    assert known.regulation(at("00:00", TUESDAY)) is later


def test_past_the_days_it_was_worked_out_for_nothing_is_permitted() -> None:
    known = Hours([ALWAYS], nine_days())

    assert code(known.finding(at("12:00"), at("12:00", MONDAY + 30 * DAY), Kind.NOTICE)) == "regulation.outside_hours"


def test_the_hours_close_at_the_end_of_the_window_that_holds_an_instant() -> None:
    known = Hours([TWO_SESSIONS], nine_days())
    first_day = MONDAY - DAY  # one more at the front

    for inside, closes in [
        (at("05:00", first_day), at("06:30", first_day)),
        (at("05:00"), at("06:30")),
        (at("17:59"), at("18:00")),
        (at("12:00"), at("12:00")),
        (at("04:00", first_day), at("04:00", first_day)),
    ]:
        assert known.closes(inside) == closes


TIMES = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
ZONES = st.sampled_from(["Asia/Ho_Chi_Minh", "America/New_York", "Europe/London", "Australia/Lord_Howe"])
DAYS = st.sampled_from([MONDAY, date(2026, 3, 8), date(2026, 11, 1), date(2026, 3, 29), date(2026, 4, 5)])


@st.composite
def rules(draw: st.DrawFn) -> SessionRule:
    earliest, latest = sorted((draw(TIMES), draw(TIMES)))
    ends = "00:00" if earliest == latest else latest.isoformat()
    return hours(earliest.isoformat(), ends, days=draw(st.sampled_from(["0123456", "0246"])))


@st.composite
def stations(draw: st.DrawFn) -> tuple[Regulation, list[Override], date]:
    """Give a regulation with decisions under it, overrides, and a day they are about, often one of a clock change."""
    day = draw(DAYS)
    first = day + draw(st.integers(-1, 1)) * DAY
    last = first + draw(st.integers(0, 2)) * DAY
    opening = Opening(
        number="1", signed_on=day, signer="", reason="lũ", first_day=first, last_day=last, rule=draw(rules())
    )
    suspension = replace(MOURNING, first_day=first, last_day=last)
    regulation = replace(
        a_regulation(*draw(st.lists(rules(), min_size=1, max_size=2)), time_zone=draw(ZONES)),
        valid_from=date(2025, 1, 1),
        openings=draw(st.sampled_from([(), (opening,)])),
        suspensions=draw(st.sampled_from([(), (suspension,)])),
    )
    given_rules = draw(st.lists(rules(), max_size=2))
    overrides = [
        an_override(rule.earliest.isoformat(), rule.latest.isoformat(), day=day + draw(st.integers(-1, 1)) * DAY)
        for rule in given_rules
    ]
    return regulation, overrides, day


def spans_of(day: date, zone: ZoneInfo) -> st.SearchStrategy[Span]:
    begins = local_midnight(day, zone)
    lengths = st.sampled_from([SECOND, 10 * MINUTE, 15 * MINUTE, 3 * timedelta(hours=1)])
    starts = st.integers(-4 * 60, 28 * 60).map(lambda minutes: begins + minutes * MINUTE)
    return st.builds(lambda start, length: Span(start, start + length), starts, lengths)


@given(st.data(), stations(), st.sampled_from([Kind.MUSIC, Kind.NOTICE]), st.sampled_from([RECORD, OTHER]))
def test_hours_agree_with_the_regulation_instant_by_instant(
    data: st.DataObject, station: tuple[Regulation, list[Override], date], kind: Kind, record: str
) -> None:
    regulation, overrides, day = station
    asked = data.draw(spans_of(day, regulation.zone))
    begins = local_midnight(day, regulation.zone)
    known = Hours([regulation], Span(begins - DAY, begins + 2 * DAY), overrides)
    widened = opened_by(regulation, overrides if record == RECORD else [])

    found = known.finding(asked.start, asked.end, kind, record)

    permitted = widened.permits(asked, record) and regulation.suspension(kind, asked) is None
    assert (found is None) is permitted


@given(st.data(), stations(), st.sampled_from([Kind.MUSIC, Kind.NOTICE]))
def test_the_guard_lets_through_whatever_was_planned(
    data: st.DataObject, station: tuple[Regulation, list[Override], date], kind: Kind
) -> None:
    """Its own clock may be off by some seconds, as long as the margin is not used up."""
    regulation, overrides, day = station
    asked = data.draw(spans_of(day, regulation.zone))
    begins = local_midnight(day, regulation.zone)
    known = Hours([regulation], Span(begins - DAY, begins + 2 * DAY), overrides)
    doubt = data.draw(st.sampled_from([timedelta(0), SECOND, 20 * SECOND]))
    interval = ClockInterval.around(asked.start, doubt)

    verdict = judge(
        rules=Rules(regulations=(opened_by(regulation, overrides),)),
        subject=kind,
        interval=interval,
        sounds=asked,
        approval=RECORD,
    )

    if known.finding(asked.start, asked.end, kind, RECORD) is None:
        assert isinstance(verdict, Allowed)
    inner = Span(asked.start + 2 * MINUTE, max(asked.start + 2 * MINUTE, asked.end - 2 * MINUTE))
    if isinstance(verdict, Allowed) and inner.duration:
        assert known.finding(inner.start, inner.end, kind, RECORD) is None


@given(st.data(), stations(), st.sampled_from([Kind.MUSIC, Kind.NOTICE, Tone()]), st.sampled_from([OTHER, ""]))
def test_the_guard_lets_nothing_but_its_record_through_by_an_override(
    data: st.DataObject, station: tuple[Regulation, list[Override], date], subject: Kind | Tone, approval: str
) -> None:
    regulation, overrides, day = station
    asked = data.draw(spans_of(day, regulation.zone))
    interval = ClockInterval.around(asked.start, data.draw(st.sampled_from([timedelta(0), 20 * SECOND])))

    def verdict(*granted: Override) -> Allowed | Forbidden:
        return judge(
            rules=Rules(regulations=(opened_by(regulation, granted),)),
            subject=subject,
            interval=interval,
            sounds=asked,
            approval=approval,
        )

    assert verdict(*overrides) == verdict()


@pytest.mark.parametrize("kind", [Kind.MUSIC, Kind.NOTICE])
def test_the_guard_names_what_is_suspended(kind: Kind) -> None:
    mourning = replace(ALWAYS, suspensions=(MOURNING,))
    noon = at("12:00", TUESDAY)

    verdict = judge(
        rules=Rules(regulations=(mourning,)),
        subject=kind,
        interval=ClockInterval.around(noon, timedelta(0)),
        sounds=Span(noon, noon + MINUTE),
    )

    assert getattr(verdict, "code", "") == ("guard.kind_suspended" if kind is Kind.MUSIC else "")


def test_the_guard_lets_end_what_ends_with_the_day_before_a_suspension() -> None:
    mourning = replace(ALWAYS, suspensions=(MOURNING,))
    evening = Span(at("23:50"), at("00:00", TUESDAY))

    verdict = judge(
        rules=Rules(regulations=(mourning,)),
        subject=Kind.MUSIC,
        interval=ClockInterval.around(evening.start, SECOND),
        sounds=evening,
    )

    assert isinstance(verdict, Allowed)
