"""Power cuts that were told of beforehand."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from schedules.ids import ProgrammeId
from schedules.times import DAY
from server.errors import NotAllowed, NotFound, Unacceptable
from server.readiness_records import Colour, Outage
from server.services import log, outages, readiness
from server.services.outages import Foretold, Wish, foretold
from tests.server.services.radio import (
    DAWN,
    DONG_BANG,
    GATE,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    NEIGHBOURS,
    OFFICER,
    SON_HA,
    SON_LINH,
    Radio,
    local,
)

HOUR = timedelta(hours=1)
WISH = Wish(zones=frozenset({LANG_MOI}), since=local(5), until=local(11))


def plans(radio: Radio, **changed: object) -> Outage:
    wish = replace(WISH, **changed)  # type: ignore[arg-type]  # fields by name
    return outages.plan(radio.store, radio.clock, OFFICER, SON_HA, wish=wish)


def colour(radio: Radio) -> Colour:
    shown = readiness.readiness(radio.store, radio.clock, INSPECTOR, SON_HA)
    return next(each.colour for each in shown.loudspeakers if each.loudspeaker.id == GATE)


def test_an_outage_is_kept_with_who_noted_it_and_from_which_notice(radio: Radio) -> None:
    notice = radio.writes()

    made = plans(radio, programme=notice, reason="  Thay máy  biến áp ")

    assert (made.programme, made.reason, made.by, made.at) == (notice, "Thay máy biến áp", OFFICER.id, DAWN)
    assert outages.listed(radio.store, INSPECTOR, SON_HA) == (made,)
    assert radio.actions()[-1] == "outage.planned"


def test_a_notice_that_is_not_there_is_not_named(radio: Radio) -> None:
    assert plans(radio, programme=ProgrammeId("nothing")).programme is None


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"zones": frozenset()}, "outage.no_zone", "zones"),
        ({"zones": frozenset({LANG_MOI, NEIGHBOURS})}, "outage.no_zone", "zones"),
        ({"until": local(5)}, "outage.ends_before_start", "until"),
        ({"since": DAWN - 2 * HOUR, "until": DAWN}, "outage.over", "until"),
        ({"until": local(5) + 14 * DAY + HOUR}, "outage.too_long", "until"),
        ({"reason": "x" * 201}, "outage.reason_too_long", "reason"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    radio: Radio, changed: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        plans(radio, **changed)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert outages.listed(radio.store, INSPECTOR, SON_HA) == ()


def test_the_wrong_person_neither_notes_nor_ends_nor_reads_it(radio: Radio) -> None:
    made = plans(radio)

    for who in (INSPECTOR, NEIGHBOUR):
        with pytest.raises(NotAllowed):
            outages.plan(radio.store, radio.clock, who, SON_HA, wish=WISH)
        with pytest.raises(NotAllowed):
            outages.end(radio.store, radio.clock, who, SON_HA, made.id)
    with pytest.raises(NotAllowed):
        outages.listed(radio.store, NEIGHBOUR, SON_HA)
    with pytest.raises(NotFound):
        outages.end(radio.store, radio.clock, NEIGHBOUR, SON_LINH, made.id)


def test_power_that_is_back_early_ends_it_once(radio: Radio) -> None:
    made = plans(radio)
    radio.at(local(6))
    ended = outages.end(radio.store, radio.clock, OFFICER, SON_HA, made.id)

    radio.at(local(7))
    again = outages.end(radio.store, radio.clock, OFFICER, SON_HA, made.id)

    assert ended.span.end == local(6)
    assert again == ended
    assert radio.actions().count("outage.ended") == 1


def test_one_that_is_called_off_before_it_began_explains_nothing(radio: Radio) -> None:
    made = plans(radio)
    ended = outages.end(radio.store, radio.clock, OFFICER, SON_HA, made.id)

    assert ended.span.duration == timedelta(0)
    assert outages.end(radio.store, radio.clock, OFFICER, SON_HA, made.id) == ended
    assert not ended.holds(LANG_MOI, ended.span)


def test_a_silent_loudspeaker_is_grey_while_the_outage_lasts_and_red_after_it(radio: Radio) -> None:
    radio.release_templates()
    radio.issue()
    radio.speaks(GATE)
    radio.answers(GATE, LANG_MOI)
    plans(radio, since=local(7), until=local(11))
    radio.at(local(7, 5))
    radio.speaks(GATE, online=False)
    assert colour(radio) is Colour.GREY

    radio.at(local(11, 5))

    assert colour(radio) is Colour.RED


def test_an_outage_over_the_next_session_is_grey_beforehand_at_its_zones_only(radio: Radio) -> None:
    radio.release_templates()
    radio.issue()
    radio.speaks(GATE)
    radio.answers(GATE, LANG_MOI)
    plans(radio, zones=frozenset({DONG_BANG}))
    assert colour(radio) is Colour.GREEN

    plans(radio)

    assert colour(radio) is Colour.GREY


def test_a_play_that_was_missed_in_an_outage_is_told_with_it_and_judged_as_ever(radio: Radio) -> None:
    radio.release_templates()
    radio.issue()
    made = plans(radio)
    item = radio.item("Nhạc hiệu")
    radio.at(local(12))
    radio.reports_until(GATE, local(12))

    told = log.story(radio.store, radio.clock, INSPECTOR, zone=LANG_MOI, occurrence=item.occurrence, loudspeaker=GATE)

    assert told.outage == made
    assert told.row.finding.reason == "report.nothing_played"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tạm ngừng cấp điện từ 7 giờ đến 11 giờ.", Foretold(None, time(7), time(11))),
        ("Từ 7 giờ 30 phút đến 16h15 ngày 25/11/2026", Foretold(date(2026, 11, 25), time(7, 30), time(16, 15))),
        ("từ 07:30 tới 16:00, ngày 5 tháng 1", Foretold(date(2027, 1, 5), time(7, 30), time(16))),
        ("từ 6h sáng đến 18 giờ ngày 25/11", Foretold(date(2026, 11, 25), time(6), time(18))),
        ("ngày 23 tháng 11 năm 2026", Foretold(date(2026, 11, 23))),
        ("từ 27 giờ đến 28 giờ ngày 31/2", Foretold()),
        ("Kính thưa bà con", Foretold()),
    ],
)
def test_the_words_of_a_notice_are_read_as_far_as_they_go(text: str, found: Foretold) -> None:
    assert foretold(text, MONDAY) == found


def test_only_what_speaks_of_power_is_taken_for_a_power_cut(radio: Radio) -> None:
    cut = radio.stored(radio.writes("Tạm ngừng cấp điện"))
    told = radio.stored(radio.writes("Thông báo", texts={"vi": "Ngày mai CÚP ĐIỆN cả xã."}))
    other = radio.stored(radio.writes("Lịch tiêm chủng"))

    assert [outages.tells_of_an_outage(each) for each in (cut, told, other)] == [True, True, False]
