"""What plays at an instant: the agent, the page and the simulator ask this one function."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.asrun import Outcome
from schedules.ids import ChannelId, OccurrenceId
from schedules.playhead import (
    OnAir,
    Opened,
    Progress,
    Silent,
    advance,
    item_at,
    next_change,
    next_item,
    on_air,
    opened,
    position_ms,
)
from schedules.rundown import Played, Relayed, Rundown, RundownItem
from schedules.silence import Silence
from schedules.times import Span
from tests.schedules.given import MINUTE, SECOND, a_recording, a_rundown, an_item, at
from tests.schedules.test_asrun import PLAYED

NEWS, NOTICE = an_item("06:00", "06:10"), an_item("06:20", "06:22")
RUNDOWN = a_rundown(NEWS, NOTICE)
NEW = Progress()
MICROSECOND = timedelta.resolution
HUSH = Silence(audience="zone:lang-moi", number=1, ordered=True, until=at("06:05"))


def heard(answer: OnAir | Silent, now: datetime) -> str | int:
    """Give the position in milliseconds, or why nothing sounds."""
    return position_ms(answer, now) if isinstance(answer, OnAir) else answer.reason


def at_instant(rundown: Rundown, clock: str, progress: Progress = NEW) -> str | int:
    return heard(on_air(rundown, progress, at(clock)), at(clock))


@pytest.mark.parametrize(
    ("clock", "answer"),
    [
        ("05:59:59", "nothing_planned"),
        ("06:00", 0),
        ("06:04:30", 270_000),  # joined at the offset the clock is at
        ("06:09:59", 599_000),
        ("06:09:59.500", "too_late"),  # half a second is not worth starting
        ("06:10", "nothing_planned"),
        ("06:20:01.250", 1_250),
        ("06:22", "nothing_planned"),
    ],
)
def test_an_item_sounds_at_the_offset_of_the_clock_inside_its_time(clock: str, answer: str | int) -> None:
    assert at_instant(RUNDOWN, clock) == answer


def test_outside_its_cover_a_rundown_says_nothing() -> None:
    assert on_air(None, NEW, at("06:00")) == Silent("no_rundown")
    assert at_instant(a_rundown(covers=Span(at("05:00"), at("06:00"))), "06:00") == "no_rundown"
    assert at_instant(a_rundown(covers=Span(at("05:00"), at("06:00"))), "04:59:59") == "no_rundown"


def test_an_item_says_until_when_it_sounds() -> None:
    answer = on_air(RUNDOWN, NEW, at("06:03"))

    assert answer == OnAir(NEWS, at("06:00"), 0, at("06:10"))


def test_what_was_opened_late_goes_on_from_where_it_was_opened() -> None:
    progress = opened(NEW, NEWS.occurrence, at("06:02:01"), 121_000)

    assert at_instant(RUNDOWN, "06:03", progress) == 180_000
    assert at_instant(RUNDOWN, "06:09:59.999", progress) == 599_999


def test_what_was_closed_is_not_started_again() -> None:
    assert at_instant(RUNDOWN, "06:03", Progress(closed=frozenset({NEWS.occurrence}))) == "played"


def test_a_sound_shorter_than_its_time_leaves_silence() -> None:
    short = replace(NEWS, sound=Played((a_recording(4 * MINUTE),)))

    assert at_instant(a_rundown(short), "06:03:59") == 239_000
    assert at_instant(a_rundown(short), "06:04") == "played"


def test_an_item_that_begins_inside_its_sound_counts_from_there() -> None:
    rest = replace(NEWS, sound=Played((a_recording(15 * MINUTE),), offset_ms=300_000))

    assert at_instant(a_rundown(rest), "06:00") == 300_000
    assert on_air(a_rundown(rest), NEW, at("06:00")) == OnAir(rest, at("06:00"), 300_000, at("06:10"))


@pytest.mark.parametrize(
    ("clock", "answer"),
    [
        ("06:00", 0),
        ("06:02", 0),  # found late, it begins at its beginning
        ("06:05", 0),  # the last instant it may wait to
        ("06:05:00.000001", "too_late"),
    ],
)
def test_what_may_wait_begins_at_its_beginning(clock: str, answer: str | int) -> None:
    assert at_instant(a_rundown(an_item(wait=5 * MINUTE)), clock) == answer


def test_what_waited_never_sounds_past_its_end() -> None:
    waiting = an_item(wait=5 * MINUTE)
    late = opened(NEW, waiting.occurrence, at("06:04"), 0)

    assert on_air(a_rundown(waiting), late, at("06:07")) == OnAir(waiting, at("06:04"), 0, at("06:10"))
    assert on_air(a_rundown(waiting), NEW, at("06:04")) == OnAir(waiting, at("06:04"), 0, at("06:10"))


def test_what_is_late_sounds_into_the_free_time_behind_it() -> None:
    rundown = a_rundown(an_item("06:00", "06:02", wait=10 * MINUTE, late_until="06:08"), an_item("06:08", "06:10"))
    item = rundown.items[0]
    late = opened(NEW, item.occurrence, at("06:05"), 0)

    assert on_air(rundown, NEW, at("06:05")) == OnAir(item, at("06:05"), 0, at("06:07"))
    assert on_air(rundown, late, at("06:06")) == OnAir(item, at("06:05"), 0, at("06:07"))
    assert at_instant(rundown, "06:07", late) == "played"
    assert on_air(rundown, NEW, at("06:07")) == OnAir(item, at("06:07"), 0, at("06:08"))
    assert at_instant(rundown, "06:07:59.5") == "too_late"
    assert at_instant(rundown, "06:05", Progress(closed=frozenset({item.occurrence}))) == "played"
    assert next_change(rundown, at("06:07:59.5")) == at("06:08")


def test_what_is_no_longer_valid_stops_even_while_it_sounds() -> None:
    notice = replace(NEWS, valid_until=at("06:05"))
    sounding = opened(NEW, notice.occurrence, at("06:00"), 0)

    assert on_air(a_rundown(notice), sounding, at("06:04:59")) == OnAir(notice, at("06:00"), 0, at("06:05"))
    assert at_instant(a_rundown(notice), "06:05", sounding) == "expired"
    assert at_instant(a_rundown(replace(notice, latest_start=at("06:09"))), "06:05") == "expired"


@pytest.mark.parametrize(
    ("item", "clock", "progress", "reason"),
    [
        (replace(NEWS, valid_until=at("06:05")), "06:05", NEW, "expired"),
        (NEWS, "06:03", Progress(closed=frozenset({NEWS.occurrence})), "played"),
        (NEWS, "06:03", Progress(present=frozenset()), "audio_missing"),
        (replace(NEWS, sound=Played((a_recording(4 * MINUTE),))), "06:04", NEW, "played"),
        (NEWS, "06:09:59.500", NEW, "too_late"),
        (an_item(wait=5 * MINUTE), "06:06", NEW, "too_late"),
    ],
)
def test_silence_names_the_item_that_does_not_sound(
    item: RundownItem, clock: str, progress: Progress, reason: str
) -> None:
    assert on_air(a_rundown(item), progress, at(clock)) == Silent(reason, item)


def test_nothing_sounds_while_silence_is_ordered_and_then_it_is_joined() -> None:
    assert on_air(RUNDOWN, NEW, at("06:03"), silences=[HUSH]) == Silent("silence_ordered", NEWS)
    assert heard(on_air(RUNDOWN, NEW, at("06:05"), silences=[HUSH]), at("06:05")) == 300_000
    lifted = replace(HUSH, number=2, ordered=False)
    assert heard(on_air(RUNDOWN, NEW, at("06:03"), silences=[lifted]), at("06:03")) == 180_000


def test_an_item_whose_audio_is_missing_is_silent_until_it_comes() -> None:
    two = replace(NEWS, sound=Played((a_recording(5 * MINUTE, "a"), a_recording(5 * MINUTE, "b"))))
    have = frozenset(recording.sha256 for recording in two.recordings)

    assert at_instant(a_rundown(two), "06:01", Progress(present=frozenset())) == "audio_missing"
    assert at_instant(a_rundown(two), "06:01", Progress(present=have - {two.recordings[0].sha256})) == "audio_missing"
    assert at_instant(a_rundown(two), "06:01", Progress(present=have)) == 60_000
    assert at_instant(a_rundown(two), "06:01", Progress(present=None)) == 60_000


def test_a_relay_needs_no_file_and_lasts_its_whole_time() -> None:
    relay = replace(NEWS, sound=Relayed(ChannelId("vov1"), a_recording()))
    nothing_here = Progress(present=frozenset())

    assert on_air(a_rundown(relay), nothing_here, at("06:03")) == OnAir(relay, at("06:00"), 0, at("06:10"))
    assert position_ms(OnAir(relay, at("06:00"), 0, at("06:10")), at("05:59")) == 0


def test_the_item_here_and_the_next_one_are_found() -> None:
    assert item_at(RUNDOWN, at("06:09:59")) is NEWS
    assert item_at(RUNDOWN, at("06:10")) is None
    assert next_item(RUNDOWN, at("06:00")) is NOTICE
    assert next_item(RUNDOWN, at("05:59")) is NEWS
    assert next_item(RUNDOWN, at("06:20")) is None


@pytest.mark.parametrize(
    ("clock", "change"),
    [
        ("05:00", "06:00"),
        ("06:00", "06:09:59.000001"),  # from then on it is too late to begin it
        ("06:09:59.5", "06:10"),
        ("06:10", "06:20"),
    ],
)
def test_the_next_change_is_told_ahead(clock: str, change: str) -> None:
    assert next_change(RUNDOWN, at(clock)) == at(change)


def test_the_next_change_knows_silence_progress_and_the_cover() -> None:
    sounding = opened(NEW, NEWS.occurrence, at("06:00"), 0)
    short = a_rundown(covers=Span(at("05:00"), at("06:00")))

    assert next_change(RUNDOWN, at("06:00"), progress=sounding) == at("06:10")
    assert next_change(RUNDOWN, at("06:00"), silences=[HUSH], progress=sounding) == at("06:05")
    assert next_change(short, at("04:00")) == at("05:00")
    assert next_change(short, at("05:00")) == at("06:00")
    assert next_change(short, at("06:00")) is None
    assert next_change(None, at("06:00")) is None
    assert next_change(None, at("06:00"), silences=[HUSH]) == at("06:05")


def test_what_began_late_changes_when_its_own_sound_is_over() -> None:
    item = an_item("06:00", "06:02", wait=10 * MINUTE, late_until="06:08")
    late = opened(NEW, item.occurrence, at("06:05"), 0)

    assert next_change(a_rundown(item), at("06:05:30"), progress=late) == at("06:07")


def test_what_expired_changes_to_nothing_when_its_time_is_over() -> None:
    expired = a_rundown(replace(NEWS, valid_until=at("06:05")))

    assert next_change(expired, at("06:05")) == at("06:10")


def test_an_entry_closes_its_item_and_a_reboot_lets_it_be_joined() -> None:
    sounding = opened(NEW, NEWS.occurrence, at("06:00"), 0)
    finished = replace(PLAYED, occurrence=NEWS.occurrence)
    rebooted = replace(finished, outcome=Outcome.CUT_SHORT, reason="device.rebooted")

    assert advance(sounding, finished) == Progress(closed=frozenset({NEWS.occurrence}))
    assert advance(sounding, rebooted) == NEW
    assert advance(sounding, finished, resumes=True) == NEW
    assert advance(sounding, rebooted, resumes=False) == Progress(closed=frozenset({NEWS.occurrence}))
    assert at_instant(RUNDOWN, "06:04", advance(sounding, rebooted)) == 240_000


def test_an_entry_leaves_other_items_alone() -> None:
    progress = opened(opened(NEW, OccurrenceId("x"), at("06:00"), 5), NEWS.occurrence, at("06:00"), 0)

    after = advance(progress, replace(PLAYED, occurrence=NEWS.occurrence))

    assert after.opened == {OccurrenceId("x"): Opened(at("06:00"), 5)}


@st.composite
def rundowns(draw: st.DrawFn) -> Rundown:
    """Give a rundown of an hour with all sorts of items, on a grid of half seconds."""
    items: list[RundownItem] = []
    cursor = at("06:00")
    for number in range(draw(st.integers(0, 6))):
        start = cursor + draw(st.integers(0, 240)) * SECOND / 2
        length = draw(st.integers(1, 600)) * SECOND / 2
        sounds = draw(st.sampled_from(["whole", "shorter", "longer", "offset", "relay"]))
        recording = a_recording({"shorter": length / 2, "longer": 2 * length, "offset": 2 * length}.get(sounds, length))
        item = an_item(
            "06:00",
            "06:01",
            name=f"item-{number}",
            wait=draw(st.sampled_from([None, timedelta(0), 5 * SECOND, 10 * MINUTE])),
            sound=Relayed(ChannelId("vov1"))
            if sounds == "relay"
            else Played((recording,), recording.duration_ms // 2 if sounds == "offset" else 0),
        )
        wait = None if item.latest_start is None else item.latest_start - item.starts_at
        room = draw(st.sampled_from([None, timedelta(0), 5 * SECOND, 2 * MINUTE]))
        valid_for = draw(st.sampled_from([None, timedelta(0), length / 3, 2 * length]))
        items.append(
            replace(
                item,
                starts_at=start,
                ends_at=start + length,
                latest_start=None if wait is None else start + wait,
                late_until=None if wait is None or room is None else start + length + room,
                valid_until=None if valid_for is None else start + valid_for,
            )
        )
        cursor = items[-1].over_at
    return a_rundown(*items, covers=Span(at("05:59"), max(cursor, at("06:05"))))


def instants() -> st.SearchStrategy[datetime]:
    return st.integers(-120, 3600).map(lambda halves: at("06:00") + halves * SECOND / 2) | st.integers(
        -(10**6), 1800 * 10**6
    ).map(lambda micros: at("06:00") + micros * MICROSECOND)


@st.composite
def progresses(draw: st.DrawFn) -> Progress:
    numbers = st.integers(0, 6).map(lambda number: OccurrenceId(f"item-{number}"))
    begun = st.builds(Opened, instants(), st.integers(0, 60_000))
    return Progress(
        opened=draw(st.dictionaries(numbers, begun, max_size=2)),
        closed=draw(st.frozensets(numbers, max_size=2)),
        present=draw(st.sampled_from([None, frozenset(), frozenset({a_recording().sha256})])),
    )


def silences() -> st.SearchStrategy[list[Silence]]:
    order = st.builds(
        Silence,
        audience=st.just("zone:lang-moi"),
        number=st.just(1),
        ordered=st.booleans(),
        until=st.none() | instants(),
    )
    return st.lists(order, max_size=2)


def obviously(rundown: Rundown, progress: Progress, now: datetime, orders: Sequence[Silence]) -> tuple[object, ...]:  # noqa: C901, PLR0911, PLR0912  # one rule after the other, as a person would check them
    """Say what plays the slow way: every rule asked of every item, in the words of the design."""
    if now < rundown.covers.start or now >= rundown.covers.end:
        return ("no_rundown",)
    here = [item for item in rundown.items if item.starts_at <= now < (item.late_until or item.ends_at)]
    if not here:
        return ("nothing_planned",)
    item = here[0]
    name = item.occurrence
    for order in orders:
        if order.ordered and (order.until is None or now < order.until):
            return ("silence_ordered", name)
    if item.valid_until is not None and now >= item.valid_until:
        return ("expired", name)
    if name in progress.closed:
        return ("played", name)
    stop = item.ends_at if item.late_until is None else item.late_until
    stop = stop if item.valid_until is None else min(stop, item.valid_until)
    base = 0
    if isinstance(item.sound, Played):
        base = item.sound.offset_ms
        for recording in item.sound.recordings:
            if progress.present is not None and recording.sha256 not in progress.present:
                return ("audio_missing", name)
    begun = progress.opened.get(name)
    if begun is not None:
        position = begun.offset_ms * MICROSECOND * 1000 + (now - begun.started_at)
    elif item.latest_start is not None:
        if now > item.latest_start:
            return ("too_late", name)
        position = base * MICROSECOND * 1000
    else:
        position = base * MICROSECOND * 1000 + (now - item.starts_at)
    left = stop - now
    if isinstance(item.sound, Played):
        whole = sum(recording.duration_ms for recording in item.sound.recordings) * MICROSECOND * 1000
        left = min(left, whole - position)
    if left <= timedelta(0):
        return ("played", name)
    if begun is None and left < min(SECOND, item.ends_at - item.starts_at):
        return ("too_late", name)
    return ("plays", name, max(position, timedelta(0)) // (MICROSECOND * 1000) if begun is None else None, now + left)


def said(answer: OnAir | Silent, now: datetime, progress: Progress) -> tuple[object, ...]:
    if isinstance(answer, Silent):
        return (answer.reason,) if answer.item is None else (answer.reason, answer.item.occurrence)
    begun = answer.item.occurrence in progress.opened
    return ("plays", answer.item.occurrence, None if begun else position_ms(answer, now), answer.until)


@pytest.mark.slow
@given(rundowns(), progresses(), instants(), silences())
def test_the_playhead_agrees_with_the_obvious_way(
    rundown: Rundown, progress: Progress, now: datetime, orders: list[Silence]
) -> None:
    answer = on_air(rundown, progress, now, silences=orders)

    assert said(answer, now, progress) == obviously(rundown, progress, now, orders)


@pytest.mark.slow
@given(rundowns(), progresses(), instants(), silences(), st.floats(0, 1))
def test_nothing_changes_before_the_next_change(
    rundown: Rundown, progress: Progress, now: datetime, orders: list[Silence], share: float
) -> None:
    change = next_change(rundown, now, silences=orders, progress=progress)
    until = change or now + timedelta(hours=10)

    for later in (now + share * (until - now), until - MICROSECOND):
        if now <= later < until:
            before = on_air(rundown, progress, now, silences=orders)
            after = on_air(rundown, progress, later, silences=orders)
            assert said(after, later, progress)[:2] == said(before, now, progress)[:2]
    assert change is None or change > now


@pytest.mark.slow
@given(rundowns(), progresses(), instants())
def test_nothing_sounds_outside_an_item_or_past_its_end(rundown: Rundown, progress: Progress, now: datetime) -> None:
    answer = on_air(rundown, progress, now)

    if isinstance(answer, OnAir):
        assert answer.item.starts_at <= now < answer.until <= answer.item.silent_from
        assert rundown.covers.holds(now)
