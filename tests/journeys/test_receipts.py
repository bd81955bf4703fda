"""Before the hour: the receipts and the readiness board tell whether the next session will be played, and where not."""

from schedules.wire.messages import ReceiptState
from server.readiness_records import Colour
from server.services.readiness import Ready
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import in_the_morning
from tests.journeys.world import World

pytestmark = on_both_databases


def test_after_the_approval_every_loudspeaker_answers_that_it_is_ready(world: World) -> None:
    world.airs("Họp thôn", in_the_morning())

    for pole in world.poles:
        shown = world.ready(pole)
        assert (world.receipt(pole).state, world.receipt(pole).missing) == (ReceiptState.READY, ())
        assert (shown.colour, shown.held) == (Colour.GREEN, shown.issued)


def test_a_loudspeaker_without_the_audio_says_what_it_lacks_until_it_has_it(world: World) -> None:
    world.gate.cache.generous = False
    notice = world.airs("Họp thôn", in_the_morning())
    (recording,) = world.planned(notice, world.gate)[0].recordings

    assert world.receipt(world.gate).state is ReceiptState.RECEIVED
    assert world.receipt(world.gate).missing == (recording.sha256,)
    assert "audio.missing" in reasons(world.ready(world.gate))
    assert world.ready(world.market).colour is Colour.GREEN

    world.gate.receives_audio(recording)
    assert world.receipt(world.gate).state is ReceiptState.READY
    assert world.ready(world.gate).colour is Colour.GREEN


def test_a_loudspeaker_without_a_line_is_shown_with_what_it_still_holds(world: World) -> None:
    world.airs("Họp thôn", in_the_morning())
    world.gate.loses_line()
    assert reasons(world.ready(world.gate)) == {"loudspeaker.disconnected_holds"}

    world.passes(minutes=1)
    world.airs("Tạm ngừng cấp điện", in_the_morning())
    world.passes(minutes=5)
    assert {"loudspeaker.gone_alone", "rundown.older"} <= reasons(world.ready(world.gate))

    world.gate.has_line_again()
    assert world.ready(world.gate).colour is Colour.GREEN
    assert world.ready(world.gate).held == world.in_force(world.gate).revision


def reasons(shown: Ready) -> set[str]:
    return {reason.code for reason in shown.reasons}
