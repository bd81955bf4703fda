"""What starts and what stops, decided from what the playhead says."""

from dataclasses import replace
from datetime import datetime, timedelta

from schedules.playhead import Progress, on_air
from schedules.playout import LEAD, SOONEST, CarryOn, Decision, Playing, Start, Stop, step
from schedules.rundown import Played, Rundown, RundownItem
from tests.schedules.given import a_recording, a_rundown, an_item, at

NOW = at("05:00")


def item(name: str, starts_at: datetime, seconds: float = 60.0) -> RundownItem:
    ends_at = starts_at + timedelta(seconds=seconds)
    sound = Played((a_recording(ends_at - starts_at),))
    return replace(an_item(name=name, sound=sound), starts_at=starts_at, ends_at=ends_at)


def decided(plan: Rundown | None, *playing: Playing, after: float = 0.0) -> tuple[Decision, ...]:
    now = NOW + timedelta(seconds=after)
    nothing = Progress()
    starts = [each.starts_at for each in (plan.items if plan else ()) if now < each.starts_at < now + LEAD]
    return step([on_air(plan, nothing, instant) for instant in (now, *starts, now + LEAD)], playing, now)


def test_nothing_is_started_long_before_its_time() -> None:
    assert decided(a_rundown(item("a", NOW + timedelta(seconds=3)))) == ()


def test_an_item_is_cued_its_lead_ahead_for_its_own_instant() -> None:
    planned = item("a", NOW + LEAD)

    assert decided(a_rundown(planned)) == (Start(planned, planned.starts_at, 0),)


def test_an_item_found_running_is_joined_as_soon_as_can_be_at_the_right_place() -> None:
    planned = item("a", NOW, 60)

    assert decided(a_rundown(planned), after=10) == (Start(planned, NOW + timedelta(seconds=10) + SOONEST, 11_000),)


def test_what_sounds_and_should_carries_on() -> None:
    planned = item("a", NOW, 60)

    assert decided(a_rundown(planned), Playing(planned.occurrence, planned.ends_at), after=10) == (CarryOn(planned),)


def test_the_next_item_is_cued_while_one_sounds() -> None:
    first, second = item("a", NOW, 60), item("b", NOW + timedelta(seconds=60), 60)

    decisions = decided(a_rundown(first, second), Playing(first.occurrence, first.ends_at), after=58.5)

    assert decisions == (CarryOn(first), Start(second, second.starts_at, 0))


def test_what_cannot_be_cued_in_time_is_joined_but_what_is_never_joined_loses_none_of_it() -> None:
    joined = item("a", NOW, 60)
    whole = replace(joined, latest_start=NOW + timedelta(seconds=20))
    soonest = NOW + timedelta(seconds=0.5)

    assert decided(a_rundown(joined), after=-0.5) == (Start(joined, soonest, 500),)
    assert decided(a_rundown(whole), after=-0.5) == (Start(whole, soonest, 0),)


def test_what_is_planned_no_more_is_stopped() -> None:
    gone = item("a", NOW, 60)

    assert decided(a_rundown(), Playing(gone.occurrence, gone.ends_at), after=10) == (
        Stop(gone.occurrence, "item.withdrawn"),
    )


def test_what_another_item_took_the_place_of_is_stopped_and_the_other_started() -> None:
    old, new = item("a", NOW, 60), item("b", NOW, 60)

    stop, start = decided(a_rundown(new), Playing(old.occurrence, old.ends_at), after=10)

    assert stop == Stop(old.occurrence, "item.replaced")
    assert isinstance(start, Start)
    assert start.item == new


def test_what_reached_its_end_is_left_to_the_player() -> None:
    over = item("a", NOW, 60)

    assert decided(a_rundown(), Playing(over.occurrence, over.ends_at), after=60) == ()


def test_without_a_rundown_what_sounds_is_stopped() -> None:
    planned = item("a", NOW, 60)

    (stop,) = decided(None, Playing(planned.occurrence, planned.ends_at), after=5)

    assert isinstance(stop, Stop)


def test_short_items_are_all_cued_their_lead_ahead() -> None:
    first, second = item("a", NOW + timedelta(seconds=0.5), 1), item("b", NOW + LEAD, 1)

    decisions = decided(a_rundown(first, second), Playing(first.occurrence, first.ends_at))

    assert decisions == (CarryOn(first), Start(second, second.starts_at, 0))
