"""What one loudspeaker sounds over a period; that the agent does the same is shown beside the agent's tests."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schedules.asrun import Outcome
from schedules.faults import NO_FAULTS, ClockOff, DownloadFailed, Fault, Faults, LinkDown, PowerCut
from schedules.guard import Rules
from schedules.ids import ChannelId
from schedules.rundown import Played, Relayed, RundownItem
from schedules.silence import Silence
from schedules.simulation import Issue, Run, simulate
from schedules.times import DAY, Span
from tests.schedules.given import MINUTE, MONDAY, SECOND, a_recording, a_regulation, a_rundown, an_item, at, span

RULES = Rules(regulations=(a_regulation(),))
MIDNIGHT, ENDS = at("00:00"), at("23:00")
MORNING = (an_item("05:30", "05:40"), an_item("05:40", "05:45"), an_item("05:50", "06:00", wait=MINUTE))


def run(*faults: Fault, items: tuple[RundownItem, ...] = MORNING, rules: Rules = RULES) -> Run:
    return simulate([Issue(MIDNIGHT, a_rundown(*items))], rules=rules, faults=Faults(faults), until=ENDS)


def heard(outcome: Run) -> list[Span]:
    return [each.span for each in outcome.heard]


def test_without_faults_everything_planned_is_heard_on_its_second() -> None:
    outcome = run()

    assert heard(outcome) == [item.span for item in MORNING]
    assert [entry.outcome for entry in outcome.entries] == [Outcome.FINISHED] * 3


def test_a_power_cut_takes_the_sound_until_it_is_over_and_the_rest_is_joined() -> None:
    outcome = run(PowerCut(span("05:35", "05:41")))

    first, joined, last = heard(outcome)
    assert first == span("05:30", "05:35")
    assert joined == Span(at("05:41:01"), at("05:45"))
    assert last == MORNING[2].span
    assert [(entry.outcome, entry.reason) for entry in outcome.entries[:1]] == [
        (Outcome.CUT_SHORT, "device.rebooted"),
    ]


def test_what_passed_without_power_is_told_once_the_clock_is_known() -> None:
    """No chip keeps the time, and the line is down when power comes back: the device must stay silent."""
    outcome = run(PowerCut(span("05:00", "05:41"), keeps_time=False), LinkDown(span("05:10", "05:55")))

    told = {entry.planned_start: entry.reason for entry in outcome.entries}
    assert told[at("05:30")] == "device.off"
    assert told[at("05:40")] == "guard.clock_unknown"
    assert heard(outcome) == []


def test_a_relay_needs_the_line_or_its_fallback() -> None:
    def relayed(fallback: bool) -> RundownItem:
        sound = Relayed(ChannelId("vov1"), a_recording() if fallback else None)
        return an_item("05:30", "05:40", sound=sound)

    down = LinkDown(span("05:00", "05:36"))
    alone, helped = (run(down, items=(relayed(fallback),)) for fallback in (False, True))
    cut = run(PowerCut(span("05:38", "06:00")), items=(relayed(True),))

    (first,), (second,), (third,) = alone.entries, helped.entries, cut.entries
    assert (first.received_ms, first.played_ms) == (240_000, 240_000)
    assert (second.received_ms, second.played_ms) == (240_000, 600_000)
    assert (third.received_ms, third.played_ms) == (480_000, 480_000)
    assert heard(run(LinkDown(span("05:00", "06:00")), items=(relayed(False),))) == []


def test_after_nine_days_without_a_line_there_is_no_rundown() -> None:
    late = an_item("05:30", "05:40", day=MONDAY + 10 * DAY)
    issues = [Issue(MIDNIGHT, a_rundown()), Issue(MIDNIGHT + 2 * DAY, a_rundown(late, covers=_ahead(2), revision=2))]
    faults = Faults([LinkDown(Span(MIDNIGHT + DAY, MIDNIGHT + 11 * DAY))])

    cut_off = simulate(issues, rules=RULES, faults=faults, until=MIDNIGHT + 11 * DAY)
    linked = simulate(issues, rules=RULES, faults=NO_FAULTS, until=MIDNIGHT + 11 * DAY)

    assert heard(cut_off) == []
    assert heard(linked) == [late.span]


def test_audio_that_comes_late_is_joined_and_what_never_came_is_silent() -> None:
    outcome = run(DownloadFailed(Span(MIDNIGHT, at("05:42"))))

    assert heard(outcome) == [Span(at("05:42:01"), at("05:45")), MORNING[2].span]
    assert outcome.entries[0].reason == "item.audio_missing"


def test_audio_that_is_lost_is_silent_until_it_is_fetched_again() -> None:
    outcome = run(DownloadFailed(span("05:20", "05:42")))

    assert heard(outcome) == [Span(at("05:42:01"), at("05:45")), MORNING[2].span]


def test_a_clock_that_is_wrong_and_does_not_know_it_shifts_everything() -> None:
    outcome = run(ClockOff(Span(MIDNIGHT, ENDS), 2 * MINUTE, timedelta(0)))

    assert heard(outcome) == [Span(item.starts_at - 2 * MINUTE, item.ends_at - 2 * MINUTE) for item in MORNING]
    assert [entry.started_at for entry in outcome.entries] == [item.starts_at for item in MORNING]


def test_a_clock_in_too_much_doubt_stops_what_sounds_and_it_is_joined_when_it_is_sure_again() -> None:
    outcome = run(ClockOff(span("05:32", "05:34"), timedelta(0), 20 * MINUTE))

    before, after, *_ = heard(outcome)
    assert before == span("05:30", "05:32")
    assert at("05:34") <= after.start <= at("05:34:02")
    assert [entry.reason for entry in outcome.entries[:2]] == ["guard.clock_doubtful", ""]


def test_what_is_withdrawn_before_it_begins_is_not_cued_any_more() -> None:
    issues = [
        Issue(MIDNIGHT, a_rundown(MORNING[0])),
        Issue(at("05:29:59"), a_rundown(revision=2)),
    ]

    outcome = simulate(issues, rules=RULES, faults=NO_FAULTS, until=ENDS)

    assert outcome == Run((), ())


def test_what_is_withdrawn_while_it_sounds_ends() -> None:
    issues = [Issue(MIDNIGHT, a_rundown(MORNING[0])), Issue(at("05:35"), a_rundown(revision=2))]

    outcome = simulate(issues, rules=RULES, faults=NO_FAULTS, until=ENDS)

    assert heard(outcome) == [span("05:30", "05:35")]
    assert [entry.reason for entry in outcome.entries] == ["item.withdrawn"]


def test_maintenance_and_silence_are_kept() -> None:
    locked = Rules(regulations=RULES.regulations, maintenance_until=at("05:33"))
    hushed = Rules(
        regulations=RULES.regulations,
        silences=(Silence(audience="unit:son-ha", number=1, ordered=True, until=at("05:43")),),
    )

    assert at("05:33") <= heard(run(rules=locked))[0].start <= at("05:33:03")
    assert at("05:43") <= heard(run(rules=hushed))[0].start <= at("05:43:02")


def test_what_still_sounds_at_the_end_was_heard_until_then() -> None:
    outcome = simulate([Issue(MIDNIGHT, a_rundown(*MORNING))], rules=RULES, faults=NO_FAULTS, until=at("05:33"))

    assert heard(outcome) == [span("05:30", "05:33")]
    assert outcome.entries == ()


@st.composite
def mornings(draw: st.DrawFn) -> tuple[RundownItem, ...]:
    """Items of a morning, close together or not, hard or waiting."""
    now, items = at("05:30"), []
    for number in range(draw(st.integers(1, 8))):
        now += draw(st.sampled_from([0, 0, 1, 30, 300])) * SECOND
        length = draw(st.sampled_from([5, 60, 300])) * SECOND
        waits = draw(st.booleans())
        items.append(_between(now, length, f"item-{number}", MINUTE if waits else None))
        now += length
    return tuple(items)


@given(mornings())
def test_whatever_is_planned_is_heard_where_nothing_fails(items: tuple[RundownItem, ...]) -> None:
    outcome = run(items=items)

    assert heard(outcome) == [item.span for item in items]


@given(
    mornings(),
    st.sampled_from([LinkDown, PowerCut, DownloadFailed]),
    st.integers(0, 60),
    st.integers(1, 40),
)
def test_a_fault_touches_nothing_outside_its_reach(
    items: tuple[RundownItem, ...], kind: type[LinkDown | PowerCut | DownloadFailed], begins: int, lasts: int
) -> None:
    """An item that does not sound while the fault holds, nor in the moment a boot takes, is heard as planned."""
    fault = kind(Span(at("05:20") + begins * MINUTE, at("05:20") + (begins + lasts) * MINUTE))
    reach = Span(fault.span.start, fault.span.end + 3 * SECOND)

    sounded = heard(run(fault, items=items))

    assert {item.span for item in items if not item.span.overlaps(reach)} <= set(sounded)
    assert all(any(item.span.covers(each) for item in items) for each in sounded)


def _between(start: datetime, length: timedelta, name: str, wait: timedelta | None) -> RundownItem:
    like = an_item(name=name, sound=Played((a_recording(length),)), wait=wait)
    latest = None if wait is None else start + wait
    return replace(like, starts_at=start, ends_at=start + length, latest_start=latest)


def _ahead(days: int) -> Span:
    return Span(MIDNIGHT + days * DAY, MIDNIGHT + (days + 9) * DAY)
