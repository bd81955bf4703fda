"""The judgement itself: facts in, a colour and its reasons out."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.ids import LoudspeakerId, PersonId, Sha256, UnitId, ZoneId
from schedules.times import DAY, Span
from schedules.unit import Zone
from schedules.wire.messages import Presence, ReceiptState, RundownReceipt
from server.evidence_records import Seen
from server.readiness_records import Colour, Outage, Reason
from server.services.absences import Absence, Extent, Standing
from server.services.judging import Facts, Promised, judge
from server.services.next_sessions import Coming
from server.values import Loudspeaker
from tests.server.services.radio import DAWN

HOUR = timedelta(hours=1)
WANTED, OTHER = Sha256("a" * 64), Sha256("b" * 64)
ZONE = Zone(id=ZoneId("z"), station=UnitId("s"), unit=UnitId("s"), name="Làng Mới")
POLE = Loudspeaker(id=LoudspeakerId("p"), zone=ZONE.id, name="Cổng thôn", public_key="11" * 32, since=DAWN - 9 * DAY)
SESSION = Coming("Buổi sáng", Span(DAWN + 1.5 * HOUR, DAWN + 2 * HOUR), ZoneInfo("Asia/Ho_Chi_Minh"))
TONIGHT = DAWN - 8 * HOUR
PRESENCE = Presence(
    audience="server",
    number=1,
    issued=DAWN,
    online=True,
    expected_by=DAWN + HOUR,
    revision=7,
    covers_until=DAWN + 9 * DAY,
    clock_error_ms=20,
)
RECEIPT = RundownReceipt(
    audience="server", number=1, issued=DAWN, zone=ZONE.id, state=ReceiptState.READY, revision=7, held=7
)
WELL = Facts(
    loudspeaker=POLE,
    zone=ZONE,
    session=SESSION,
    seen=Seen(presence=PRESENCE, presence_at=DAWN, receipt=RECEIPT, receipt_at=DAWN),
    promised=Promised(revision=7, needed=frozenset({WANTED}), plays=True),
)


def says(facts: Facts = WELL, **said: object) -> Facts:
    presence = replace(PRESENCE, **said)  # type: ignore[arg-type]  # fields by name
    return replace(facts, seen=replace(facts.seen, presence=presence))


def lacks(*missing: Sha256) -> Facts:
    receipt = replace(RECEIPT, state=ReceiptState.RECEIVED, missing=missing)
    return replace(WELL, seen=replace(WELL.seen, receipt=receipt))


def gone(extent: Extent, *others: str) -> Facts:
    lost = [Standing(loudspeaker=LoudspeakerId(each), zone=ZONE, gone_since=DAWN) for each in ("p", *others)]
    return replace(says(online=False), absence=Absence(lost=tuple(lost), extent=extent))


def outage(since: int, until: int, reason: str = "") -> Outage:
    return Outage(
        id="o",
        station=ZONE.station,
        zones=(ZONE.id,),
        since=DAWN + since * HOUR,
        until=DAWN + until * HOUR,
        by=PersonId("x"),
        at=DAWN,
        reason=reason,
    )


def codes(facts: Facts, now: timedelta = timedelta(minutes=1)) -> list[tuple[str, Colour, str]]:
    return [(each.code, each.colour, each.remedy) for each in judge(facts, DAWN + now)[1]]


def test_one_that_holds_everything_for_the_session_is_green() -> None:
    assert judge(WELL, DAWN) == (Colour.GREEN, ())


def test_a_file_of_the_session_is_red_when_it_comes_soon_and_yellow_the_evening_before() -> None:
    evening = replace(lacks(WANTED), seen=replace(lacks(WANTED).seen, presence=replace(PRESENCE, expected_by=None)))

    assert codes(lacks(WANTED)) == [("audio.missing", Colour.RED, "remedy.check_line")]
    assert judge(evening, TONIGHT)[0] is Colour.YELLOW


def test_a_file_of_another_session_does_not_make_it_red() -> None:
    assert codes(last_word(lacks(OTHER), -2 * HOUR)) == [("audio.missing", Colour.YELLOW, "remedy.check_line")]


def last_word(facts: Facts, at: timedelta) -> Facts:
    return replace(facts, seen=replace(facts.seen, receipt_at=DAWN + at))


def test_files_that_nothing_needs_soon_come_within_the_hour_and_nobody_is_sent_for_them() -> None:
    away = replace(lacks(OTHER), seen=replace(lacks(OTHER).seen, presence=replace(PRESENCE, online=False)))

    assert judge(last_word(lacks(OTHER), -HOUR), DAWN) == (Colour.GREEN, ())
    assert codes(last_word(lacks(OTHER), -2 * HOUR)) == [("audio.missing", Colour.YELLOW, "remedy.check_line")]
    assert ("audio.missing", Colour.YELLOW, "remedy.check_line") in codes(last_word(away, -HOUR))


def test_a_file_of_the_session_is_told_while_it_comes_but_sends_nobody_out_before_it_is_late() -> None:
    evening = last_word(lacks(WANTED), TONIGHT - DAWN)
    evening = replace(evening, seen=replace(evening.seen, presence=replace(PRESENCE, expected_by=None)))

    assert codes(evening, TONIGHT - DAWN) == [("audio.missing", Colour.YELLOW, "remedy.fetching")]
    assert codes(evening) == [("audio.missing", Colour.RED, "remedy.check_line")]


def test_a_file_that_one_out_of_reach_lacks_is_red_however_early_it_is() -> None:
    away = replace(lacks(WANTED), seen=replace(lacks(WANTED).seen, presence=replace(PRESENCE, online=False)))

    assert ("audio.missing", Colour.RED, "remedy.check_line") in [
        (each.code, each.colour, each.remedy) for each in judge(away, TONIGHT)[1]
    ]


def test_a_session_with_nothing_in_it_wants_an_approval() -> None:
    empty = replace(WELL, promised=Promised(revision=7, needed=frozenset(), plays=False))

    assert codes(empty) == [("session.nothing_planned", Colour.YELLOW, "remedy.approve")]


def test_a_rundown_that_ends_before_the_session_does_is_red() -> None:
    short = says(covers_until=SESSION.span.end - timedelta(minutes=1))

    assert codes(short)[0] == ("cover.ends_before", Colour.RED, "remedy.check_line")


def test_without_a_session_to_come_the_rest_is_judged_all_the_same() -> None:
    assert judge(replace(WELL, session=None), DAWN) == (Colour.GREEN, ())
    assert judge(replace(lacks(WANTED), session=None), DAWN)[0] is Colour.RED


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (gone(Extent.PLACE, "q"), ("loudspeaker.gone_with_place", Colour.RED, "remedy.ask_power")),
        (gone(Extent.PART, "q"), ("loudspeaker.gone_alone", Colour.RED, "remedy.socket_then_sim")),
        (gone(Extent.ALONE), ("loudspeaker.gone_alone", Colour.RED, "remedy.socket_then_sim")),
        (gone(Extent.UNKNOWN), ("loudspeaker.disconnected", Colour.RED, "remedy.power_and_sim")),
        (
            replace(gone(Extent.PLACE, "q"), as_usual=True),
            ("loudspeaker.off_as_usual", Colour.YELLOW, "remedy.switch_on"),
        ),
    ],
)
def test_one_that_is_gone_for_long_says_what_it_was_lost_with(facts: Facts, reason: tuple[str, Colour, str]) -> None:
    assert codes(facts, HOUR) == [reason]


def test_one_that_holds_everything_is_no_alarm_at_once_unless_the_whole_place_is_gone() -> None:
    assert codes(gone(Extent.ALONE)) == [("loudspeaker.disconnected_holds", Colour.YELLOW, "remedy.wait")]
    assert codes(gone(Extent.PLACE, "q"))[0][1] is Colour.RED


def test_one_that_is_off_as_usual_and_lacks_a_file_is_red() -> None:
    facts = replace(gone(Extent.ALONE), as_usual=True, promised=Promised(revision=8, needed=frozenset(), plays=True))

    assert judge(facts, DAWN + HOUR)[0] is Colour.RED


def test_a_planned_outage_is_grey_and_says_nothing_of_being_gone() -> None:
    assert codes(replace(gone(Extent.PLACE, "q"), outage=outage(0, 3)), HOUR) == [
        ("outage.planned", Colour.GREY, "remedy.outage")
    ]
    (reason,) = judge(replace(WELL, outage=outage(1, 3, "Thay máy biến áp")), DAWN)[1]
    assert (reason.code, dict(reason.values)["why"]) == ("outage.planned_why", "Thay máy biến áp")


def test_a_lock_wins_over_everything() -> None:
    lock = Reason("loudspeaker.locked", Colour.LOCKED, "remedy.unlock")

    assert judge(replace(WELL, lock=lock, outage=outage(0, 3)), DAWN)[0] is Colour.LOCKED


@pytest.mark.parametrize(
    ("degrees", "colour"), [(69.9, Colour.GREEN), (70.0, Colour.YELLOW), (79.9, Colour.YELLOW), (80.0, Colour.RED)]
)
def test_a_hot_device_is_warned_of_and_then_red(degrees: float, colour: Colour) -> None:
    assert judge(says(temperature=degrees), DAWN)[0] is colour


@pytest.mark.parametrize(
    ("levels", "found"),
    [
        ((), []),
        ((-19.0,), []),
        ((-60.0, -19.0), [("level.silent", Colour.RED, "remedy.check_wires")]),
        ((-59.9, -19.0), []),
        ((-40.0, -40.0, *[-19.0] * 4), []),
        ((-40.0, -19.0, *[-19.0] * 5), []),
        ((-40.0, -31.0, *[-19.0] * 5), [("level.low", Colour.YELLOW, "remedy.check_wires")]),
        ((-40.0, -30.9, *[-19.0] * 5), []),
    ],
)
def test_the_last_levels_tell_of_wires_and_amplifier(
    levels: tuple[float, ...], found: list[tuple[str, Colour, str]]
) -> None:
    assert codes(replace(WELL, levels=levels)) == found
