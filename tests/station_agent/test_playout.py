"""What starts and what stops, decided from what the playhead says."""

from datetime import timedelta

from schedules.playhead import Progress, on_air
from schedules.rundown import Rundown, RundownItem
from schedules.times import Span
from station_agent.playout import LEAD, SOONEST, CarryOn, Decision, Playing, Start, Stop, step
from tests.station_agent.centre import ZONE, item
from tests.station_agent.world import NOW


def rundown(*items: RundownItem) -> Rundown:
    return Rundown(
        zone=ZONE, epoch=0, revision=1, covers=Span(NOW - timedelta(days=1), NOW + timedelta(days=8)), items=items
    )


def decided(plan: Rundown | None, *playing: Playing, after: float = 0.0) -> tuple[Decision, ...]:
    now = NOW + timedelta(seconds=after)
    nothing = Progress()
    starts = [each.starts_at for each in (plan.items if plan else ()) if now < each.starts_at < now + LEAD]
    return step([on_air(plan, nothing, instant) for instant in (now, *starts, now + LEAD)], playing, now)


def test_nothing_is_started_long_before_its_time() -> None:
    assert decided(rundown(item("a", NOW + timedelta(seconds=3)))) == ()


def test_an_item_is_cued_its_lead_ahead_for_its_own_instant() -> None:
    planned = item("a", NOW + LEAD)

    assert decided(rundown(planned)) == (Start(planned, planned.starts_at, 0),)


def test_an_item_found_running_is_joined_as_soon_as_can_be_at_the_right_place() -> None:
    planned = item("a", NOW, 60)

    assert decided(rundown(planned), after=10) == (Start(planned, NOW + timedelta(seconds=10) + SOONEST, 11_000),)


def test_what_sounds_and_should_carries_on() -> None:
    planned = item("a", NOW, 60)

    assert decided(rundown(planned), Playing(planned.occurrence, planned.ends_at), after=10) == (CarryOn(planned),)


def test_the_next_item_is_cued_while_one_sounds() -> None:
    first, second = item("a", NOW, 60), item("b", NOW + timedelta(seconds=60), 60)

    decisions = decided(rundown(first, second), Playing(first.occurrence, first.ends_at), after=58.5)

    assert decisions == (CarryOn(first), Start(second, second.starts_at, 0))


def test_what_is_planned_no_more_is_stopped() -> None:
    gone = item("a", NOW, 60)

    assert decided(rundown(), Playing(gone.occurrence, gone.ends_at), after=10) == (
        Stop(gone.occurrence, "item.withdrawn"),
    )


def test_what_another_item_took_the_place_of_is_stopped_and_the_other_started() -> None:
    old, new = item("a", NOW, 60), item("b", NOW, 60)

    stop, start = decided(rundown(new), Playing(old.occurrence, old.ends_at), after=10)

    assert stop == Stop(old.occurrence, "item.replaced")
    assert isinstance(start, Start)
    assert start.item == new


def test_what_reached_its_end_is_left_to_the_player() -> None:
    over = item("a", NOW, 60)

    assert decided(rundown(), Playing(over.occurrence, over.ends_at), after=60) == ()


def test_without_a_rundown_what_sounds_is_stopped() -> None:
    planned = item("a", NOW, 60)

    (stop,) = decided(None, Playing(planned.occurrence, planned.ends_at), after=5)

    assert isinstance(stop, Stop)


def test_short_items_are_all_cued_their_lead_ahead() -> None:
    first, second = item("a", NOW + timedelta(seconds=0.5), 1), item("b", NOW + LEAD, 1)

    decisions = decided(rundown(first, second), Playing(first.occurrence, first.ends_at))

    assert decisions == (CarryOn(first), Start(second, second.starts_at, 0))
