"""What a change of a station's rules widens, and which decisions it keeps."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.amendment import amended, lasting, on_day, require_issuable, widens
from schedules.errors import InvalidValue
from schedules.programme import Kind
from schedules.regulation import Opening, Regulation, SessionName, SessionRule, Suspension, VolumeRule
from schedules.times import DAY, Span
from tests.schedules.given import MINUTE, MONDAY, a_regulation, at, hours

MORNING = hours("05:30", "06:30", minutes=60)
EVENING = hours("17:00", "18:00", minutes=60, name=SessionName.EVENING)
NOW = a_regulation(MORNING, EVENING, minutes_a_day=120)
NOON = Opening(
    number="31/TB-UBND",
    signed_on=MONDAY - DAY,
    signer="Chủ tịch UBND xã",
    reason="Mưa lũ",
    first_day=MONDAY,
    last_day=MONDAY + 6 * DAY,
    rule=hours("11:00", "11:30", minutes=15, name=SessionName.NOON),
)
EXAMS = Suspension(
    number="44/CV-SGDĐT",
    signed_on=MONDAY - DAY,
    signer="Sở Giáo dục và Đào tạo",
    reason="Thi tốt nghiệp",
    first_day=MONDAY,
    last_day=MONDAY + 2 * DAY,
    kinds=frozenset({Kind.MUSIC}),
)


def codes(before: Regulation | None, after: Regulation) -> list[str]:
    return [finding.code for finding in widens(before, after)]


def values(before: Regulation, after: Regulation) -> list[dict[str, object]]:
    return [dict(finding.values) for finding in widens(before, after)]


def test_the_same_widens_nothing_and_the_first_one_everything() -> None:
    whole = replace(NOW, openings=(NOON,), suspensions=(EXAMS,), volume=(VolumeRule(time(5), time(6), 60),))

    assert codes(whole, whole) == []
    assert codes(None, NOW) == ["widens.first"]


@pytest.mark.parametrize(
    ("after", "code"),
    [
        (replace(NOW, sessions=(replace(MORNING, earliest=time(5)), EVENING)), "widens.hours"),
        (replace(NOW, sessions=(replace(MORNING, latest=time(6, 45)), EVENING)), "widens.hours"),
        (replace(NOW, sessions=(MORNING, replace(EVENING, latest=time(0)))), "widens.hours"),
        (replace(NOW, sessions=(replace(MORNING, max_minutes=61), EVENING)), "widens.minutes"),
        (replace(NOW, max_minutes_a_day=121), "widens.minutes_a_day"),
        (replace(NOW, kinds=frozenset(Kind)), "widens.kind"),
        (replace(NOW, outside_approval="Điều 7"), "widens.outside_approval"),
        (replace(NOW, openings=(NOON,)), "widens.opening"),
        (replace(NOW, time_zone="America/New_York"), "widens.time_zone"),
    ],
)
def test_earlier_later_longer_and_more_is_wider_and_the_way_back_is_not(after: Regulation, code: str) -> None:
    assert codes(NOW, after) == [code]
    assert codes(after, NOW) == ([code] if code == "widens.time_zone" else [])


def test_weekdays_that_widen_alike_are_told_together() -> None:
    weekdays = replace(NOW, sessions=(replace(MORNING, weekdays=frozenset(range(5))), EVENING))

    assert values(weekdays, NOW) == [
        {"weekdays": (5, 6), "earliest": time(5, 30), "latest": time(6, 30)},
        {"session": SessionName.MORNING, "minutes": 60, "before": 0},
    ]
    assert codes(weekdays, NOW) == ["widens.hours", "widens.session"]


def test_windows_that_touch_are_compared_as_one() -> None:
    parts = replace(
        NOW,
        sessions=(
            hours("05:30", "06:00", minutes=30),
            hours("06:00", "06:30", minutes=30),
            EVENING,
        ),
    )

    assert codes(parts, NOW) == []
    assert codes(NOW, parts) == []


def test_another_session_in_hours_that_were_open_is_one_more() -> None:
    split = replace(NOW, sessions=(MORNING, EVENING, hours("06:00", "06:30", minutes=10, name=SessionName.EXTRA)))

    assert values(NOW, split) == [{"session": SessionName.EXTRA, "minutes": 10, "before": 0}]


def test_the_minutes_of_one_session_are_not_carried_into_the_hours_of_another() -> None:
    before = replace(NOW, sessions=(replace(MORNING, max_minutes=15), EVENING))
    renamed = replace(NOW, sessions=(replace(MORNING, session=SessionName.EVENING),))
    parts = replace(
        before, sessions=(hours("05:30", "06:00", minutes=15), hours("06:00", "06:30", minutes=15), EVENING)
    )

    longer = {"session": SessionName.MORNING, "minutes": 60, "before": 15}
    assert values(before, renamed) == [longer]
    assert codes(before, parts) == ["widens.minutes"]
    assert codes(parts, before) == []


def test_a_louder_hour_is_told_with_both_ceilings() -> None:
    quiet = replace(NOW, volume=(VolumeRule(time(5), time(6), 50), VolumeRule(time(20), time(5), 30)))
    louder = replace(NOW, volume=(VolumeRule(time(5), time(6), 60), VolumeRule(time(20), time(5), 30)))

    assert values(quiet, louder) == [{"since": time(5), "until": time(6), "percent": 60, "before": 50}]
    assert codes(louder, quiet) == []
    assert codes(NOW, quiet) == []
    assert codes(quiet, NOW) == ["widens.volume"] * 3


def test_an_opening_that_opens_no_more_than_one_before_widens_nothing() -> None:
    before = replace(NOW, openings=(NOON,))
    for narrower in (
        replace(NOON, last_day=MONDAY),
        replace(NOON, first_day=MONDAY + DAY),
        replace(NOON, rule=hours("11:05", "11:30", minutes=15, days="6", name=SessionName.NOON)),
    ):
        assert codes(before, replace(NOW, openings=(narrower,))) == []
        assert codes(replace(NOW, openings=(narrower,)), before) == ["widens.opening"]


def test_a_second_opening_inside_another_brings_its_minutes() -> None:
    before = replace(NOW, openings=(NOON,))
    again = replace(NOON, number="32/TB-UBND", rule=hours("11:05", "11:15", minutes=10, name=SessionName.NOON))

    assert codes(before, amended(before, again)) == ["widens.opening"]
    assert codes(amended(before, again), before) == []


def test_a_suspension_that_ends_sooner_or_spares_a_kind_widens() -> None:
    before = replace(NOW, suspensions=(EXAMS,))
    halves = (replace(EXAMS, last_day=MONDAY), replace(EXAMS, number="2", first_day=MONDAY + DAY))

    assert codes(before, replace(NOW, suspensions=(replace(EXAMS, last_day=MONDAY),))) == ["widens.suspension"]
    assert codes(before, replace(NOW, suspensions=(replace(EXAMS, kinds=frozenset({Kind.FEATURE})),)))
    assert codes(before, NOW) == ["widens.suspension"]
    assert codes(before, replace(NOW, suspensions=halves)) == []
    assert codes(before, replace(NOW, kinds=NOW.kinds - {Kind.MUSIC})) == []
    assert codes(NOW, before) == []


def test_a_decision_of_the_same_number_takes_the_place_of_the_earlier() -> None:
    shorter = replace(NOON, last_day=MONDAY)
    other = replace(NOON, number="30/TB-UBND")

    assert amended(NOW, NOON).openings == (NOON,)
    assert amended(amended(NOW, NOON), shorter).openings == (shorter,)
    assert amended(amended(NOW, NOON), other) == amended(amended(NOW, other), NOON)
    assert amended(NOW, EXAMS).suspensions == (EXAMS,)


def test_decisions_that_are_over_do_not_last() -> None:
    whole = amended(amended(NOW, NOON), EXAMS)

    assert lasting(whole, MONDAY + 2 * DAY) == whole
    assert lasting(whole, MONDAY + 3 * DAY) == replace(NOW, openings=(NOON,))
    assert lasting(whole, MONDAY + 7 * DAY) == NOW


def test_what_is_lifted_from_tomorrow_on_widens_nothing_today() -> None:
    before = amended(amended(NOW, EXAMS), NOON)
    after = amended(before, replace(EXAMS, last_day=MONDAY))

    assert codes(on_day(before, MONDAY), on_day(after, MONDAY)) == []
    assert codes(on_day(before, MONDAY + DAY), on_day(after, MONDAY + DAY)) == ["widens.suspension"]
    assert on_day(before, MONDAY - DAY) == NOW


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: a_regulation(MORNING, NOON.rule), "regulation.only_opened"),
        (lambda: replace(NOW, max_minutes_a_day=0), "regulation.no_minutes_a_day"),
    ],
)
def test_midday_for_good_and_a_day_without_minutes_cannot_be_issued(wrong: Callable[[], Regulation], code: str) -> None:
    require_issuable(NOW)

    with pytest.raises(InvalidValue) as refused:
        require_issuable(wrong())

    assert refused.value.code == code


TIMES = st.sampled_from([time(hour) for hour in range(0, 24, 3)])


@st.composite
def some_hours(draw: st.DrawFn) -> SessionRule:
    earliest, latest = sorted((draw(TIMES), draw(TIMES)))
    return SessionRule(
        session=draw(st.sampled_from(SessionName)),
        earliest=earliest,
        latest=time(0) if earliest == latest else latest,
        max_minutes=draw(st.sampled_from([30, 60])),
        weekdays=draw(st.sampled_from([frozenset(range(7)), frozenset({0, 1, 2})])),
    )


@st.composite
def regulations(draw: st.DrawFn) -> Regulation:
    first = MONDAY + draw(st.integers(0, 2)) * DAY
    last = first + draw(st.integers(0, 1)) * DAY
    openings = [
        replace(NOON, rule=rule, first_day=first, last_day=last) for rule in draw(st.lists(some_hours(), max_size=2))
    ]
    suspended = draw(st.lists(KINDS, max_size=2))
    suspensions = [replace(EXAMS, kinds=frozenset({kind}), first_day=first, last_day=last) for kind in suspended]
    return replace(
        NOW,
        sessions=tuple(draw(st.lists(some_hours(), min_size=1, max_size=2))),
        max_minutes_a_day=draw(st.sampled_from([60, 120])),
        kinds=draw(st.sampled_from([frozenset({Kind.MUSIC, Kind.NOTICE}), frozenset({Kind.NOTICE})])),
        volume=tuple(VolumeRule(*each) for each in draw(st.lists(st.tuples(TIMES, TIMES, PERCENT), max_size=2))),
        openings=tuple(openings),
        suspensions=tuple(suspensions),
    )


KINDS = st.sampled_from([Kind.MUSIC, Kind.NOTICE])
PERCENT = st.sampled_from([30, 60, 100])


@given(regulations(), regulations(), st.integers(0, 3 * 24 * 4), st.sampled_from([15, 180, 600]), KINDS)
def test_where_nothing_widens_what_was_forbidden_is_forbidden_still(
    one: Regulation, other: Regulation, quarter: int, minutes: int, kind: Kind
) -> None:
    start = at("00:00") + quarter * timedelta(minutes=15)
    asked = Span(start, start + minutes * MINUTE)

    def allows(regulation: Regulation) -> bool:
        suspended = regulation.suspension(kind, asked) is not None
        return kind in regulation.kinds and not suspended and regulation.permits(asked)

    for before, after in ((one, other), (one, _narrowed(one, other))):
        if not widens(before, after):
            assert allows(before) or not allows(after)
            assert after.volume_ceiling(start) <= before.volume_ceiling(start)
            assert after.minutes_on(MONDAY) <= before.minutes_on(MONDAY)


@given(regulations(), regulations(), regulations())
def test_not_to_widen_is_an_order(one: Regulation, two: Regulation, three: Regulation) -> None:
    assert widens(one, one) == ()
    middle = _narrowed(one, two)
    last = _narrowed(middle, three)
    assert widens(one, middle) == ()
    assert widens(middle, last) == ()
    assert widens(one, last) == ()


def _narrowed(one: Regulation, other: Regulation) -> Regulation:
    """Give a regulation that is nowhere wider: some of one's hours and kinds, and all that either keeps off the air."""
    return replace(
        one,
        sessions=one.sessions if _overlap(one.sessions) else one.sessions[: len(other.sessions)],
        max_minutes_a_day=min(one.max_minutes_a_day, other.max_minutes_a_day),
        kinds=one.kinds & other.kinds,
        volume=(*one.volume, *other.volume),
        openings=one.openings[: len(other.openings)],
        suspensions=(*one.suspensions, *other.suspensions),
    )


def _overlap(rules: Iterable[SessionRule]) -> bool:
    """Tell whether sessions share hours: to take one away frees the others of its minutes."""
    windows = sorted(window for rule in rules if (window := rule.window(MONDAY, NOW.zone)))
    return any(before.overlaps(after) for before, after in pairwise(windows))


def test_another_article_for_approvals_outside_the_system_or_none_any_more_widens_nothing() -> None:
    allowed = replace(NOW, outside_approval="Điều 7")

    assert codes(allowed, replace(NOW, outside_approval="Điều 8")) == []
    assert codes(allowed, NOW) == []
