"""The sheet of a month's parts: each counts once, when it was first heard whole."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from schedules.asrun import Outcome
from schedules.ids import PartId, ProgrammeId
from schedules.part import Genre, Part
from schedules.rundown import RundownItem
from schedules.times import DAY, Span
from schedules.unit import Unit, UnitLevel
from server.errors import NotAllowed
from server.services import diary, inspecting, parts, royalties
from server.services.drafts import PartDraft
from server.services.inspecting import Wanted
from server.services.royalties import Counted, Sheet
from tests.server.services.radio import (
    DONG_BANG,
    GATE,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    Radio,
    in_notices,
    local,
)

MEETING = PartDraft(genre=Genre.NEWS, title="Họp thôn", authors=("Lan",), lasts=timedelta(seconds=40))
VACCINES = PartDraft(genre=Genre.REPORTAGE, title="Tiêm chủng", authors=("Lan", "Minh"), reader="Hoa")
TITLE = "Bản tin"


@pytest.fixture
def aired(radio: Radio) -> ProgrammeId:
    """A bulletin of two parts was planned every morning of the week; it is Tuesday at eight."""
    radio.release_templates()
    programme = radio.airs(TITLE, parts=(MEETING, VACCINES))
    radio.issue()
    radio.at(local(8, day=MONDAY + DAY))
    return programme


def plays(radio: Radio) -> list[RundownItem]:
    """Give what is planned of the bulletin at one zone, in order."""
    with radio.store.reading() as uow:
        planned = uow.issue.planned(Span(local(0), local(0) + 20 * DAY), [LANG_MOI])
    return [item for _, item in planned if item.title == TITLE]


def sheet(radio: Radio, month: date = MONDAY) -> Sheet:
    return royalties.sheet(radio.store, radio.clock, INSPECTOR, SON_HA, month=month)


def counted(found: Sheet) -> list[str]:
    return [each.part.title for each in found.counted]


@pytest.mark.usefixtures("aired")
def test_what_nobody_confirmed_does_not_count(radio: Radio) -> None:
    item = radio.item(TITLE)
    radio.hears(item, GATE, LANG_MOI, share=0.5, outcome=Outcome.CUT_SHORT, reason="device.rebooted")

    assert counted(sheet(radio)) == []


@pytest.mark.usefixtures("aired")
def test_each_part_counts_once_however_often_and_wherever_it_was_heard(radio: Radio) -> None:
    for number, item in enumerate(plays(radio)[:2], start=1):
        radio.hears(item, GATE, LANG_MOI, sequence=number)
        radio.hears(item, MARKET, DONG_BANG, sequence=number)

    found = sheet(radio)

    assert counted(found) == ["Họp thôn", "Tiêm chủng"]
    assert {each.heard_at for each in found.counted} == {local(5, 43)}
    assert found.by_author == {"Lan": {Genre.NEWS: 1, Genre.REPORTAGE: 1}, "Minh": {Genre.REPORTAGE: 1}}


def test_a_part_counts_as_it_was_released_and_not_anew_when_it_is_edited(radio: Radio, aired: ProgrammeId) -> None:
    radio.hears(radio.item(TITLE), GATE, LANG_MOI)
    first, _ = radio.stored(aired).programme.parts
    version = radio.stored(aired).programme.version
    changed = replace(MEETING, title="Họp xã")
    parts.change(radio.store, radio.clock, OFFICER, aired, first.id, draft=changed, version=version)
    parts.add(radio.store, radio.clock, OFFICER, aired, draft=PartDraft(genre=Genre.NOTICE, title="Cắt điện"))
    radio.submits(aired)
    radio.approves(aired)
    radio.issue()
    again = next(item for item in plays(radio) if item.starts_at > radio.now())
    radio.at(again.ends_at + DAY)
    radio.hears(again, GATE, LANG_MOI, sequence=2)

    assert counted(sheet(radio)) == ["Họp thôn", "Tiêm chủng", "Cắt điện"]


@pytest.mark.parametrize(("also_in_november", "titles"), [(True, []), (False, ["Họp thôn", "Tiêm chủng"])])
def test_what_was_heard_in_an_earlier_month_is_not_counted_again(
    radio: Radio, also_in_november: bool, titles: list[str]
) -> None:
    radio.release_templates()
    radio.airs(TITLE, parts=(MEETING, VACCINES), wish=in_notices(last=MONDAY + 8 * DAY))
    radio.issue()
    radio.at(local(8, day=MONDAY + 8 * DAY))
    november, *_, december = plays(radio)
    radio.hears(december, GATE, LANG_MOI, sequence=2)
    if also_in_november:
        radio.hears(november, GATE, LANG_MOI)

    assert counted(sheet(radio, MONDAY + 8 * DAY)) == titles


def test_what_comes_from_above_is_paid_there(radio: Radio, aired: ProgrammeId) -> None:
    radio.hears(radio.item(TITLE), GATE, LANG_MOI)
    stored = radio.stored(aired)
    with radio.store.writing() as uow:
        above = replace(stored, programme=replace(stored.programme, owner=QUANG_NGAI))
        uow.programmes.put(above, expected_version=stored.programme.version)
        uow.commit()

    assert counted(sheet(radio)) == []


def test_somebody_without_a_role_there_sees_no_sheet(radio: Radio) -> None:
    with pytest.raises(NotAllowed):
        royalties.sheet(radio.store, radio.clock, NEIGHBOUR, SON_HA, month=MONDAY)


def test_authors_stand_in_the_order_of_their_names_whatever_their_marks() -> None:
    part = Part(id=PartId("1"), genre=Genre.NEWS, title="Họp", authors=("Phạm Văn Minh", "Đinh Thị Lan", "Ân", "Dũng"))
    station = Unit(id=SON_HA, code="", name="Xã Sơn Hà", level=UnitLevel.COMMUNE, parent=None)
    found = Sheet(
        station=station, month=MONDAY, counted=(Counted(part=part, programme="Bản tin", heard_at=local(5, 43)),)
    )

    assert list(found.by_author) == ["Ân", "Đinh Thị Lan", "Dũng", "Phạm Văn Minh"]


@pytest.mark.usefixtures("aired")
def test_the_diary_and_the_log_name_the_parts(radio: Radio) -> None:
    written = diary.week(radio.store, radio.clock, INSPECTOR, SON_HA)
    items = [item for session in written.days[0].sessions for item in session.items]
    wanted = Wanted(unit=SON_HA, first=MONDAY, last=MONDAY)
    lines = inspecting.page(radio.store, radio.clock, INSPECTOR, wanted).lines

    assert {item.title: [part.title for part in item.parts] for item in items if item.parts} == {
        TITLE: ["Họp thôn", "Tiêm chủng"]
    }
    assert {line.row.title for line in lines if line.parts} == {TITLE}
