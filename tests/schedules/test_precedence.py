"""docs/precedence.md, row by row: each id in its tables has one test here, and no test is without a row."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from schedules.ids import SlotId
from schedules.planning import Planner
from schedules.playhead import OnAir, Progress, Silent, on_air, position_ms
from schedules.programme import Kind, Level, Programme, State
from schedules.rundown import RundownItem
from schedules.silence import Silence
from schedules.slot import Slot
from tests.schedules.given import (
    HA_NOI,
    MINUTE,
    ZONE,
    a_place,
    a_programme,
    a_regulation,
    a_relay,
    a_rundown,
    a_schedule,
    a_slot,
    a_template,
    approve,
    at,
    in_places,
    nine_days,
    once,
)

PAGE = Path(__file__).parents[2] / "docs" / "precedence.md"
ROWS = re.findall(r"^\| `([a-z]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

NEWS, OTHER = a_programme("tin", 10 * MINUTE), a_programme("khac", 10 * MINUTE)
URGENT = a_programme("gap", 4 * MINUTE, level=Level.PRIORITY)
VOV = a_relay("vov")
PLACED = a_slot(NEWS, in_places("ban-tin"))
SESSION = a_template("06:00", "06:30", a_place("ban-tin"))


def slots(*booked: tuple[Programme, str]) -> list[Slot]:
    return [a_slot(programme, once(clock), lasts=30 * MINUTE) for programme, clock in booked]


def heard(*booked: Slot, now: str = "00:00", history: tuple[RundownItem, ...] = (), **about: object) -> list[str]:
    """Plan a morning; give each item as `programme start-end`."""
    return shown(items(*booked, now=now, history=history, **about))


def items(
    *booked: Slot, now: str = "00:00", history: tuple[RundownItem, ...] = (), **about: object
) -> tuple[RundownItem, ...]:
    given: dict[str, object] = {"programmes": [NEWS, OTHER, URGENT, VOV], "slots": booked, **about}
    schedule = a_schedule(**given)  # type: ignore[arg-type]  # what a schedule is made of
    return Planner(schedule, nine_days()).plan(ZONE, now=at(now), history=history).items


def shown(planned: tuple[RundownItem, ...]) -> list[str]:
    return [
        f"{item.programme} {item.starts_at.astimezone(HA_NOI):%H:%M}-{item.ends_at.astimezone(HA_NOI):%H:%M}"
        for item in planned
        if item.starts_at < at("23:59")
    ]


def silence() -> None:
    rundown = a_rundown(*items(*slots((URGENT, "06:00"))))
    order = Silence(audience="unit:son-ha", number=1, ordered=True, until=at("06:02"))

    assert isinstance(on_air(rundown, Progress(), at("06:01"), silences=[order]), Silent)
    joined = on_air(rundown, Progress(), at("06:02"), silences=[order])
    assert isinstance(joined, OnAir)
    assert position_ms(joined, at("06:02")) == 120_000


def approval() -> None:
    schedule = a_schedule(programmes=[NEWS, URGENT], slots=slots((NEWS, "06:00"), (URGENT, "06:02")))
    edited = replace(schedule, programmes={NEWS.id: NEWS, URGENT.id: replace(URGENT, version=2)})

    assert shown(Planner(edited, nine_days()).plan(ZONE, now=at("00:00")).items) == ["tin 06:00-06:10"]
    assert len(Planner(approve(edited), nine_days()).plan(ZONE, now=at("00:00")).items) == 2


def regulation() -> None:
    mourning = replace(URGENT, kind=Kind.MOURNING)

    assert heard(*slots((NEWS, "06:00"), (mourning, "06:02")), programmes=[NEWS, mourning]) == ["tin 06:00-06:10"]


def validity() -> None:
    over = replace(URGENT, valid_until=at("06:02"))
    ending = replace(URGENT, valid_until=at("06:03"))

    assert heard(*slots((NEWS, "06:00"), (over, "06:02")), programmes=[NEWS, over]) == ["tin 06:00-06:10"]
    assert heard(*slots((ending, "06:00"), (NEWS, "06:03")), programmes=[NEWS, ending]) == [
        "gap 06:00-06:03",
        "tin 06:03-06:13",
    ]


def level() -> None:
    assert heard(*slots((NEWS, "06:00"), (URGENT, "06:02"))) == ["tin 06:00-06:02", "gap 06:02-06:06"]
    assert heard(*slots((URGENT, "06:00"), (NEWS, "06:00"))) == ["gap 06:00-06:04"]
    emergency = replace(URGENT, level=Level.EMERGENCY)
    assert heard(*slots((emergency, "06:00")), programmes=[emergency]) == []


def exact() -> None:
    both = (PLACED, *slots((OTHER, "06:05")))

    assert heard(*both, templates=[SESSION]) == ["tin 06:00-06:05", "khac 06:05-06:15"]


def start() -> None:
    assert heard(*slots((NEWS, "06:01"), (OTHER, "06:00"))) == ["khac 06:00-06:10"]


def id() -> None:  # noqa: A001  # the row's name
    first, second = slots((NEWS, "06:00"), (OTHER, "06:00"))
    winner = min((first, second), key=lambda slot: items(slot)[0].occurrence)

    assert heard(first, second) == heard(second, first) == heard(winner)


def cut() -> None:
    assert heard(*slots((NEWS, "06:00"), (URGENT, "06:03"))) == ["tin 06:00-06:03", "gap 06:03-06:07"]


def rejoin() -> None:
    assert heard(*slots((VOV, "06:00"), (URGENT, "06:10"))) == ["vov 06:00-06:10", "gap 06:10-06:14", "vov 06:14-06:30"]
    assert heard(*slots((URGENT, "05:58"), (VOV, "06:00"))) == ["gap 05:58-06:02", "vov 06:02-06:30"]


def wait() -> None:
    waiting = a_slot(NEWS, once("06:01"), wait=3 * MINUTE)

    assert heard(waiting, *slots((URGENT, "06:00"))) == ["gap 06:00-06:04", "tin 06:04-06:14"]
    assert heard(replace(waiting, wait=2 * MINUTE), *slots((URGENT, "06:00"))) == ["gap 06:00-06:04"]


def flow() -> None:
    timed = a_template("06:00", "06:30", a_place("ban-tin"), a_place("hai", timed="06:12"))
    then = a_slot(OTHER, in_places("hai"))

    assert heard(PLACED, then, *slots((URGENT, "05:59")), templates=[timed]) == [
        "gap 05:59-06:03",
        "tin 06:03-06:12",
        "khac 06:12-06:22",
    ]


def short() -> None:
    four_seconds = a_slot(URGENT, once("06:00:04"))

    assert heard(*slots((NEWS, "06:00")), four_seconds) == ["gap 06:00-06:04"]


def minutes() -> None:
    strict = [a_regulation(minutes_a_day=20)]
    booked = slots((URGENT, "06:40"), (NEWS, "06:00"), (OTHER, "06:20"))

    assert heard(*booked, regulations=strict) == ["tin 06:00-06:10", "gap 06:40-06:44"]


def begun() -> None:
    before = items(*slots((NEWS, "06:00")))
    rival = a_slot(OTHER, once("06:04"), name="s2")

    assert heard(*slots((NEWS, "06:00")), rival, now="06:03", history=before) == ["tin 06:00-06:10"]
    after = heard(*slots((NEWS, "06:00"), (URGENT, "06:04")), now="06:03", history=before)
    assert after == ["tin 06:00-06:04", "gap 06:04-06:08"]


def withdrawn() -> None:
    before = items(*slots((NEWS, "06:00")))
    gone = replace(NEWS, state=State.WITHDRAWN)

    assert heard(*slots((gone, "06:00")), programmes=[gone], now="06:03", history=before) == ["tin 06:00-06:03"]
    assert heard(now="06:03", history=before) == ["tin 06:00-06:03"]


def promised() -> None:
    after_it = a_slot(OTHER, in_places("ban-tin", order=1))
    before = items(PLACED, after_it, templates=[SESSION])

    assert shown(before) == ["tin 06:00-06:10", "khac 06:10-06:20"]
    assert heard(after_it, templates=[SESSION], now="06:05", history=before) == ["tin 06:00-06:05", "khac 06:05-06:15"]


def late() -> None:
    waiting = a_slot(NEWS, once("06:00"), wait=10 * MINUTE, name=SlotId("s2"))

    assert heard(*slots((NEWS, "06:00")), now="06:05") == []
    assert heard(*slots((VOV, "06:00")), now="06:05") == ["vov 06:05-06:30"]
    assert heard(waiting, now="06:05") == ["tin 06:05-06:15"]


PROOFS: dict[str, Callable[[], None]] = {
    proof.__name__: proof
    for proof in (
        silence,
        approval,
        regulation,
        validity,
        level,
        exact,
        start,
        id,
        cut,
        rejoin,
        wait,
        flow,
        short,
        minutes,
        begun,
        withdrawn,
        promised,
        late,
    )
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_page_is_what_happens(row: str) -> None:
    PROOFS[row]()


def test_every_proof_has_its_row_and_the_order_of_strength_is_the_pages() -> None:
    assert sorted(ROWS) == sorted(PROOFS)
    assert ROWS[:8] == ["silence", "approval", "regulation", "validity", "level", "exact", "start", "id"]
