"""docs/precedence.md, row by row: each id in its tables has one test here, and no test is without a row."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schedules.catching_up import Missed
from schedules.ids import PlaceId, SlotId
from schedules.occurrence import in_place
from schedules.planning import Plan, Planner
from schedules.playhead import OnAir, Progress, Silent, on_air, opened, position_ms
from schedules.programme import Kind, Level, Programme, State
from schedules.rundown import Played, Rundown, RundownItem
from schedules.silence import Silence
from schedules.slot import CatchUp, Interrupted, Slot, StartPolicy
from tests.schedules.given import (
    HA_NOI,
    MINUTE,
    MONDAY,
    SON_HA,
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
TEXT = PAGE.read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([a-z_]+)` \|", TEXT, re.MULTILINE)

NEWS, OTHER = a_programme("tin", 10 * MINUTE), a_programme("khac", 10 * MINUTE)
URGENT = a_programme("gap", 4 * MINUTE, level=Level.PRIORITY)
VOV = a_relay("vov")
BRIEF = a_programme("ngan", 3 * MINUTE)
NOTHING_YET = Progress()
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
    given: dict[str, Any] = {"programmes": [NEWS, OTHER, URGENT, VOV], "slots": booked, **about}
    return plan(now=now, history=history, **given).items


def plan(*, now: str = "00:00", history: tuple[RundownItem, ...] = (), **given: Any) -> Plan:  # noqa: ANN401
    schedule = a_schedule(**given)
    return Planner(schedule, nine_days()).plan(ZONE, now=at(now), history=history)


def position(rundown: Rundown, clock: str, progress: Progress = NOTHING_YET) -> int | str:
    """Give where in its sound an item is, or why nothing sounds."""
    answer = on_air(rundown, progress, at(clock))
    return position_ms(answer, at(clock)) if isinstance(answer, OnAir) else answer.reason


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


def order() -> None:
    """The later is stronger, because the officer said so; what he did not name comes after both."""
    first, second, third = (a_programme(name, 4 * MINUTE, level=Level.PRIORITY) for name in ("a", "b", "c"))
    booked = slots((third, "05:59"), (first, "06:00"), (second, "06:02"))
    given: dict[str, Any] = {"programmes": [first, second, third]}
    ordered = {SON_HA: [booked[2].id, booked[1].id]}

    assert heard(*booked, **given) == ["c 05:59-06:03"]
    assert heard(*booked, **given, orders=ordered) == ["c 05:59-06:00", "a 06:00-06:02", "b 06:02-06:06"]


def undecided() -> None:
    rival = a_programme("kia", 4 * MINUTE, level=Level.PRIORITY)
    booked = slots((URGENT, "06:00"), (rival, "06:02"))
    given: dict[str, Any] = {"programmes": [URGENT, rival], "slots": booked}

    told = [note for note in plan(**given).notes if note.code == "conflict.undecided"]
    assert [note.title for note in told] == [URGENT.title, rival.title]
    assert all(note.values == (("first", URGENT.title), ("second", rival.title)) for note in told)
    ordered = plan(**given, orders={SON_HA: [booked[1].id, booked[0].id]})
    assert [note.code for note in ordered.notes] == ["conflict.cut"]


def hard() -> None:
    assert heard(*slots((NEWS, "06:00"), (URGENT, "06:03"))) == ["tin 06:00-06:03", "gap 06:03-06:07"]


def next() -> None:  # noqa: A001  # the row's name
    polite = a_slot(URGENT, once("06:03"), start=StartPolicy.NEXT, wait=8 * MINUTE)

    assert heard(polite, *slots((NEWS, "06:00"))) == ["tin 06:00-06:10", "gap 06:10-06:14"]
    before_all = (replace(polite, programme=OTHER.id), *slots((NEWS, "06:00")), a_slot(BRIEF, once("06:10")))
    assert heard(*before_all, programmes=[NEWS, OTHER, BRIEF]) == ["tin 06:00-06:10", "khac 06:10-06:20"]
    assert heard(replace(polite, wait=5 * MINUTE), *slots((NEWS, "06:00"))) == ["tin 06:00-06:08", "gap 06:08-06:12"]


def drop() -> None:
    assert heard(*slots((NEWS, "06:00"), (URGENT, "06:03"))) == ["tin 06:00-06:03", "gap 06:03-06:07"]


def resume() -> None:
    taken_up = a_slot(NEWS, once("06:00"), interrupted=Interrupted.RESUME)
    planned = items(taken_up, *slots((URGENT, "06:03")))

    assert shown(planned) == ["tin 06:00-06:03", "gap 06:03-06:07", "tin 06:07-06:14"]
    assert [item.sound.offset_ms for item in planned if isinstance(item.sound, Played)] == [0, 0, 180_000]
    assert items(taken_up, *slots((URGENT, "06:03")), now="06:05", history=planned) == planned


def restart() -> None:
    again = a_slot(NEWS, once("06:00"), interrupted=Interrupted.RESTART)
    twice = (a_slot(URGENT, once("06:03")), a_slot(URGENT, once("06:09"), name="s2"))
    planned = items(again, *twice)

    assert shown(planned) == ["tin 06:00-06:03", "gap 06:03-06:07", "gap 06:09-06:13", "tin 06:13-06:23"]
    assert items(again, *twice, now="06:08", history=planned) == planned
    ending = replace(NEWS, valid_until=at("06:20"))
    assert heard(again, *twice, programmes=[ending, URGENT]) == [
        "tin 06:00-06:03",
        "gap 06:03-06:07",
        "gap 06:09-06:13",
    ]


def join() -> None:
    rundown = a_rundown(*items(*slots((NEWS, "06:00"))))

    assert position(rundown, "06:04") == 240_000
    assert heard(*slots((NEWS, "06:00")), now="06:05") == []


def late() -> None:
    """At the centre when the plan is late or the air was taken, on the device when it was off: the same limit."""
    tardy = a_slot(NEWS, once("06:00"), catch_up=CatchUp.LATE, late=8 * MINUTE)
    after = slots((OTHER, "06:15"))
    rundown = a_rundown(*items(tardy, *after))

    assert heard(tardy, now="06:08") == ["tin 06:08-06:18"]
    assert heard(tardy, now="06:09") == []
    assert heard(tardy, *slots((URGENT, "05:59"))) == ["gap 05:59-06:03", "tin 06:03-06:13"]
    assert [position(rundown, clock) for clock in ("06:08", "06:08:00.001")] == [0, "too_late"]
    begun = opened(Progress(), rundown.items[0].occurrence, at("06:07"), 0)
    assert position(rundown, "06:14", begun) == 420_000
    assert position(rundown, "06:15", begun) == 0
    assert rundown.items[0].silent_from == at("06:15")


def skip() -> None:
    strict = a_slot(NEWS, once("06:00"), catch_up=CatchUp.SKIP)
    rundown = a_rundown(*items(strict))

    assert heard(strict, now="06:01") == []
    assert [position(rundown, clock) for clock in ("06:00", "06:00:02", "06:00:03")] == [0, 0, "too_late"]
    assert heard(a_slot(VOV, once("06:00"), lasts=30 * MINUTE, catch_up=CatchUp.SKIP), now="06:01") == []


def next_slot() -> None:
    notice = a_slot(BRIEF, in_places("ban-tin", days=1), catch_up=CatchUp.NEXT_SLOT)
    evening = a_template("17:00", "17:30", replace(a_place("chieu"), name="ban-tin"), name="chiều")
    lost = Missed(
        zone=ZONE.id,
        occurrence=in_place(PlaceId("ban-tin"), MONDAY, notice.id),
        slot=notice.id,
        starts_at=at("06:00"),
        ends_at=at("06:03"),
        known=at("08:00"),
    )
    about: dict[str, Any] = {"templates": [SESSION, evening], "programmes": [BRIEF]}

    assert heard(notice, now="06:01", **about) == []
    assert heard(notice, now="08:00", missed=(lost,), **about) == ["ngan 17:00-17:03"]
    assert heard(notice, now="16:56", missed=(replace(lost, known=at("16:56")),), **about) == []


def expired() -> None:
    ending = replace(NEWS, valid_until=at("06:05"))
    tardy = a_slot(ending, once("06:00"), catch_up=CatchUp.LATE, late=30 * MINUTE, interrupted=Interrupted.RESUME)
    rundown = a_rundown(*items(tardy, programmes=[ending]))

    assert heard(tardy, programmes=[ending], now="06:02") == ["tin 06:02-06:05"]
    assert heard(tardy, programmes=[ending], now="06:05") == []
    assert heard(tardy, *slots((URGENT, "06:03")), programmes=[ending, URGENT])[0] == "tin 06:00-06:03"
    assert len(heard(tardy, *slots((URGENT, "06:03")), programmes=[ending, URGENT])) == 2
    assert [position(rundown, clock) for clock in ("06:04", "06:05", "06:06")] == [
        0,
        "nothing_planned",
        "nothing_planned",
    ]


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


def passed() -> None:
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
        order,
        exact,
        start,
        id,
        hard,
        wait,
        next,
        flow,
        join,
        late,
        skip,
        next_slot,
        expired,
        drop,
        resume,
        restart,
        rejoin,
        short,
        minutes,
        begun,
        withdrawn,
        promised,
        passed,
    )
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_page_is_what_happens(row: str) -> None:
    PROOFS[row]()


def test_every_proof_has_its_row_and_the_order_of_strength_is_the_pages() -> None:
    assert sorted(ROWS) == sorted(PROOFS)
    strongest_first = ["silence", "approval", "regulation", "validity", "level", "order", "exact", "start", "id"]
    assert ROWS[: len(strongest_first)] == strongest_first


def test_what_is_undecided_is_as_the_page_says() -> None:
    assert "(`undecided`)" in TEXT
    undecided()
