"""Who was reached below a unit: sorted as asked, from evidence alone, each zone's people once."""

from dataclasses import replace
from datetime import date

import pytest

from schedules.ids import UnitId
from schedules.reconciliation import Verdict
from schedules.times import DAY
from server.errors import NotAllowed, Unacceptable
from server.services import campaigns
from server.services.coverages import By, Coverage, coverage_of
from server.values import Person
from tests.server.services.radio import (
    EDITOR,
    GATE,
    GATEWAY,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MARKET,
    MONDAY,
    NEIGHBOUR,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    Radio,
    local,
)
from tests.server.services.test_campaigns import DRAFT, GOAL

TALK = "Hỏi đáp bầu cử"


def asked(
    radio: Radio,
    by: By = By.PROGRAMME,
    *,
    unit: UnitId = SON_HA,
    who: Person = INSPECTOR,
    first: date = MONDAY,
    last: date = MONDAY,
) -> Coverage:
    return coverage_of(radio.store, radio.clock, who, unit, first=first, last=last, by=by)


@pytest.fixture
def heard(radio: Radio) -> Radio:
    """A Monday at 07:00: Làng Mới has played the talk, Gò Sim a part of it, Đồng Bằng nothing."""
    radio.release_templates()
    radio.airs(TALK, topic="Bầu cử")
    radio.issue()
    radio.at(local(7))
    radio.hears(radio.item(TALK, LANG_MOI), GATE, LANG_MOI)
    radio.hears(radio.item(TALK, GO_SIM), GATEWAY, GO_SIM, share=0.4)
    for each in (GATE, GATEWAY, MARKET):
        radio.reports_until(each, radio.now())
    return radio


def test_plays_are_sorted_by_programme(heard: Radio) -> None:
    found = asked(heard)

    row = next(row for row in found.rows if row.name == TALK)
    assert (row.reach.planned, row.reach.residents) == (3, 1200)
    assert row.reach.zones == {LANG_MOI}
    assert row.reach.verdicts[Verdict.PARTIAL] == row.reach.verdicts[Verdict.MISSED] == 1
    assert found.whole.planned == sum(each.reach.planned for each in found.rows)
    assert found.whole.residents == 1200


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (By.LANGUAGE, {"vi"}),
        (By.TOPIC, {"", "Bầu cử"}),
        (By.UNIT, {"Xã Sơn Hà", "Thôn Làng Mới", "Thôn Gò Sim", "Thôn Đồng Bằng"}),
        (By.CAMPAIGN, set()),
    ],
)
def test_plays_are_sorted_as_asked(heard: Radio, by: By, names: set[str]) -> None:
    assert {row.name for row in asked(heard, by).rows} == names


def test_a_running_campaign_has_its_row_and_a_draft_has_none(heard: Radio) -> None:
    programme = next(row.key for row in asked(heard).rows if row.name == TALK)
    for title in ("Bầu cử", "Còn nháp"):
        campaign = campaigns.create(
            heard.store, heard.clock, OFFICER, unit=SON_HA, draft=replace(DRAFT, title=title, goals=(GOAL,))
        ).campaign
        campaigns.put_in(heard.store, heard.clock, OFFICER, campaign.id, programme, version=1)  # type: ignore[arg-type]
        if title == "Bầu cử":
            campaigns.start(heard.store, heard.clock, OFFICER, campaign.id, version=2)

    (row,) = asked(heard, By.CAMPAIGN).rows

    assert (row.name, row.reach.planned, row.reach.residents) == ("Bầu cử", 3, 1200)


def test_a_province_sees_commune_by_commune(heard: Radio) -> None:
    found = asked(heard, By.UNIT, unit=QUANG_NGAI, who=EDITOR)

    assert [row.name for row in found.rows] == ["Tỉnh Quảng Ngãi", "Xã Sơn Hà"]


def test_what_lies_ahead_is_not_counted(heard: Radio) -> None:
    today, week = asked(heard), asked(heard, last=MONDAY + 6 * DAY)

    assert today == week
    assert asked(heard, first=MONDAY + DAY, last=MONDAY + DAY).whole.planned == 0


def test_evidence_counts_even_where_the_regulation_is_gone(heard: Radio) -> None:
    before = asked(heard).whole
    heard.store.kept.regulations.clear()

    assert asked(heard, By.CAMPAIGN, first=MONDAY - DAY).whole == before


@pytest.mark.parametrize(
    ("code", "last"), [("coverage.ends_before_start", MONDAY - DAY), ("coverage.too_long", MONDAY + 92 * DAY)]
)
def test_a_stretch_that_is_none_or_too_long_is_refused(radio: Radio, code: str, last: date) -> None:
    with pytest.raises(Unacceptable) as refused:
        asked(radio, last=last)

    assert (refused.value.code, refused.value.field) == (code, "last")


@pytest.mark.parametrize(("who", "unit"), [(NEIGHBOUR, SON_HA), (OFFICER, QUANG_NGAI)])
def test_nobody_looks_beyond_their_unit(radio: Radio, who: Person, unit: UnitId) -> None:
    with pytest.raises(NotAllowed):
        asked(radio, unit=unit, who=who)
