"""At least once is all that the broker promises: what comes twice, or is never answered, is still kept once."""

from schedules.reconciliation import Verdict
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import at_once, in_the_morning
from tests.journeys.world import World

pytestmark = on_both_databases


def test_a_morning_on_which_every_message_comes_twice_is_like_any_other(world: World) -> None:
    world.broker.copies = 2
    first, second = (world.airs(title, in_the_morning()) for title in ("Bản tin", "Họp thôn"))
    world.until("06:00")

    for notice in (first, second):
        assert world.verdicts(notice) == [Verdict.CONFIRMED] * 2
        assert [len(row.entries) for row in world.log(notice)] == [1, 1]
    assert [len(pole.sounded) for pole in world.poles] == [2, 2]


def test_a_report_whose_answer_was_lost_comes_again_and_is_kept_once(world: World) -> None:
    notice = world.airs("Bản tin", at_once("05:45"))
    world.broker.swallowed = {"acknowledged"}
    world.until("08:00")
    assert world.gate.unanswered == 1
    assert sum(topic.endswith(f"{world.gate.id}/as-run") for topic, _ in world.broker.seen) > 2
    assert [len(row.entries) for row in world.log(notice)] == [1, 1]
    assert not any(heard.flags for row in world.log(notice) for heard in row.entries)

    world.broker.swallowed = set()
    world.passes(minutes=30)
    assert world.gate.unanswered == 0
    assert world.verdicts(notice) == [Verdict.CONFIRMED] * 2
