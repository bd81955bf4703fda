"""Merging and splitting units: who may, what is shown before, what is kept, and what the day itself does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time

import pytest

from schedules.ids import UnitId, ZoneId
from schedules.planning import Planner
from schedules.programme import Kind
from schedules.regulation import Suspension
from schedules.times import DAY, Span
from schedules.unit import Standing
from schedules.wire.topics import audience_of_unit
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import (
    approvals,
    assignments,
    diary,
    log,
    regulations,
    sessions,
    silence,
    station_rules,
    succession,
    succession_proposals,
    templates,
    why,
)
from server.services.coverages import By, coverage_of
from server.services.rights import ANY_ROLE, WRITERS, may
from server.services.schedule import schedule_around, schedule_of
from server.services.simulating import Question, what_if
from server.values import Merge, Person, ProposalState, Role, Split
from tests.server.services.merging import (
    CUT,
    HAMLET,
    MERGE,
    SECOND,
    SON_MOI,
    SPLIT,
    carried_out,
    decided,
    proposed,
    stations,
    unit_of,
)
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    DONG_BANG,
    EDITOR,
    GATE,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    NEIGHBOURS,
    OFFICER,
    PROVINCE_APPROVER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    Radio,
    local,
    once,
)


def test_a_merge_is_shown_before_it_is_done_and_changes_nothing(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Mời họp dân", wish=once(local(6).time().replace(hour=6)))
    before, commits = radio.store.kept, radio.store.commits

    shown = succession.foresee(radio.store, radio.clock, ADMINISTRATOR, MERGE)

    assert {zone.id for zone in shown.effect.moving} == {LANG_MOI, GO_SIM, DONG_BANG, NEIGHBOURS}
    assert {template.station for template in shown.effect.ending} == {SON_HA}
    assert (OFFICER, SON_MOI) in [(replace(person), unit) for person, unit in shown.people]
    assert {unit for _, unit in shown.people} == {SON_MOI}
    assert shown.names[SON_MOI] == "Xã Sơn Mới"
    assert (radio.store.kept, radio.store.commits) == (before, commits)


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        (replace(MERGE, on=MONDAY), "succession.day_past", "on"),
        (replace(MERGE, basis=" "), "succession.no_basis", "basis"),
        (replace(MERGE, name=" "), "succession.no_name", "name"),
        (replace(MERGE, code=" "), "succession.no_name", "name"),
        (replace(MERGE, of=()), "succession.too_few", "of"),
        (replace(MERGE, of=(SON_HA,)), "succession.too_few", "of"),
        (replace(MERGE, of=(SON_HA, UnitId("o-dau"))), "succession.ended", "of"),
        (replace(MERGE, of=(QUANG_NGAI, SON_HA)), "succession.ended", "of"),
        (replace(MERGE, of=(SON_HA, HAMLET["lm"])), "succession.unlike", "of"),
        (replace(SPLIT, parts=SPLIT.parts[:1]), "succession.too_few", "of"),
        (
            replace(SPLIT, parts=(SPLIT.parts[0], replace(SPLIT.parts[1], hamlets=frozenset()))),
            "succession.not_given",
            "",
        ),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(radio: Radio, wish: Merge | Split, code: str, field: str) -> None:
    before = radio.store.kept

    with pytest.raises(Unacceptable) as foreseen:
        succession.foresee(radio.store, radio.clock, ADMINISTRATOR, wish)
    with pytest.raises(Unacceptable) as decided_anyway:
        succession_proposals.propose(radio.store, radio.clock, ADMINISTRATOR, wish, seen="")

    for refused in (foreseen, decided_anyway):
        assert (refused.value.code, refused.value.field) == (code, field)

    assert radio.store.kept is before


def test_what_is_decided_is_what_was_shown(radio: Radio) -> None:
    seen = succession.foresee(radio.store, radio.clock, ADMINISTRATOR, MERGE).seen
    with radio.store.writing() as uow:
        uow.places.put_zone(replace(radio.store.kept.zones[LANG_MOI], id=ZoneId("zone-new")))
        uow.commit()

    with pytest.raises(Stale, match=r"succession\.stale"):
        succession_proposals.propose(radio.store, radio.clock, ADMINISTRATOR, MERGE, seen=seen)

    assert not radio.store.kept.successions
    assert radio.store.kept.units[SON_HA].valid_to is None


def test_only_an_administrator_of_the_unit_above_merges_and_splits(radio: Radio) -> None:
    own_administrator = replace(OFFICER, roles=frozenset({Role.ADMINISTRATOR}))
    uses: list[Callable[[Person], object]] = [
        lambda by: succession.foresee(radio.store, radio.clock, by, MERGE),
        lambda by: succession_proposals.propose(radio.store, radio.clock, by, SPLIT, seen=""),
        lambda by: succession.decided_below(radio.store, by, QUANG_NGAI),
    ]

    for by in (own_administrator, NEIGHBOUR, EDITOR, OFFICER, INSPECTOR):
        for use in uses:
            with pytest.raises(NotAllowed, match=r"rights\.missing"):
                use(by)

    assert not radio.store.kept.successions


def test_a_decided_merge_is_kept_whole_and_wakes_planning_and_the_poles(radio: Radio) -> None:
    radio.wanted()

    decided(radio)

    (kept,) = succession.decided_below(radio.store, ADMINISTRATOR, QUANG_NGAI)
    assert (kept.on, kept.basis, kept.carried_out_at) == (CUT, MERGE.basis, None)
    assert kept.ends == {SON_HA: (SON_MOI,), SON_LINH: (SON_MOI,)}
    assert radio.wanted() == {LANG_MOI, GO_SIM, DONG_BANG, NEIGHBOURS}
    assert radio.store.kept.units[SON_HA].valid_to == CUT
    assert radio.store.kept.assignments[GATE][0] == 2
    assert radio.actions().count("unit.succession_decided") == 2
    assert stations(radio)[LANG_MOI] == SON_HA
    with pytest.raises(Unacceptable, match=r"succession\.ended"):
        decided(radio)


def test_one_administrator_alone_decides_nothing(radio: Radio) -> None:
    asked = proposed(radio)
    seen = succession.foresee(radio.store, radio.clock, ADMINISTRATOR, MERGE).seen

    with pytest.raises(Unacceptable, match=r"proposal\.own"):
        succession_proposals.agree(radio.store, radio.clock, ADMINISTRATOR, asked.id, seen=seen)

    assert not radio.store.kept.successions
    assert radio.store.kept.units[SON_HA].valid_to is None
    (waiting,) = succession_proposals.waiting_below(radio.store, SECOND, QUANG_NGAI)
    assert (waiting.proposal, waiting.wish, waiting.own) == (asked, MERGE, False)


@pytest.mark.parametrize("by", [OFFICER, APPROVER, PROVINCE_APPROVER, NEIGHBOUR, replace(SECOND, active=False)])
def test_nobody_but_an_administrator_of_the_unit_above_agrees_or_refuses(radio: Radio, by: Person) -> None:
    asked = proposed(radio)
    seen = succession.foresee(radio.store, radio.clock, SECOND, MERGE).seen

    for does in (
        lambda: succession_proposals.agree(radio.store, radio.clock, by, asked.id, seen=seen),
        lambda: succession_proposals.refuse(radio.store, radio.clock, by, asked.id, reason="không"),
        lambda: succession_proposals.waiting_below(radio.store, by, QUANG_NGAI),
    ):
        with pytest.raises(NotAllowed):
            does()
    with pytest.raises(NotFound):  # and it is none of a station's rules
        regulations.accept(radio.store, radio.clock, by, asked.id)

    assert not radio.store.kept.successions


def test_what_is_agreed_to_is_what_was_shown_and_once(radio: Radio) -> None:
    asked = proposed(radio)
    with pytest.raises(Stale):
        succession_proposals.agree(radio.store, radio.clock, SECOND, asked.id, seen="")

    seen = succession.foresee(radio.store, radio.clock, SECOND, MERGE).seen
    succession_proposals.agree(radio.store, radio.clock, SECOND, asked.id, seen=seen)

    settled = radio.store.kept.proposals[asked.id]
    assert (settled.state, settled.settled_by) == (ProposalState.ACCEPTED, SECOND.id)
    assert radio.store.kept.audit[-1].details["proposal"] == asked.id
    for template in radio.store.kept.templates.values():
        if template.template.station == SON_MOI:
            assert template.changed_by == {ADMINISTRATOR.id, SECOND.id}
    with pytest.raises(Unacceptable, match=r"proposal\.settled"):
        succession_proposals.agree(radio.store, radio.clock, SECOND, asked.id, seen=seen)
    assert succession_proposals.waiting_below(radio.store, SECOND, QUANG_NGAI) == ()


def test_it_is_turned_down_with_a_reason_and_taken_back_without(radio: Radio) -> None:
    asked = proposed(radio)
    with pytest.raises(Unacceptable, match=r"proposal\.no_reason"):
        succession_proposals.refuse(radio.store, radio.clock, SECOND, asked.id, reason=" ")

    succession_proposals.refuse(radio.store, radio.clock, SECOND, asked.id, reason="chưa có nghị quyết")
    again = proposed(radio)
    succession_proposals.refuse(radio.store, radio.clock, ADMINISTRATOR, again.id)

    notes = [(each.state, each.note) for each in radio.store.kept.proposals.values()]
    assert sorted(notes) == [(ProposalState.REFUSED, ""), (ProposalState.REFUSED, "chưa có nghị quyết")]
    assert not radio.store.kept.successions


def test_a_merge_that_is_asked_for_is_none_of_the_rules_above(radio: Radio) -> None:
    proposed(radio)

    assert station_rules.rules(radio.store, radio.clock, SECOND, QUANG_NGAI).waiting == ()
    assert station_rules.to_settle(radio.store, SECOND, QUANG_NGAI) == 0


def test_on_the_day_zones_and_people_move_once(radio: Radio) -> None:
    decided(radio)
    assert succession.carry_out_due(radio.store, radio.clock) == 0
    radio.at(local(23, 59, day=CUT - DAY))
    assert succession.carry_out_due(radio.store, radio.clock) == 0

    radio.at(local(0, 0, day=CUT))

    assert succession.carry_out_due(radio.store, radio.clock) == 1
    assert succession.carry_out_due(radio.store, radio.clock) == 0
    assert set(stations(radio).values()) == {SON_MOI}
    assert radio.store.kept.zones[LANG_MOI].stood == (Standing(CUT, SON_HA, HAMLET["lm"]),)
    assert (unit_of(radio, OFFICER), unit_of(radio, NEIGHBOUR)) == (SON_MOI, SON_MOI)
    assert unit_of(radio, EDITOR) == QUANG_NGAI
    assert radio.actions().count("person.moved") == 6
    assert radio.store.kept.successions.popitem()[1].carried_out_at == radio.now()


def test_a_split_gives_its_people_to_the_first_part(radio: Radio) -> None:
    carried_out(radio, SPLIT)

    east, west = UnitId(f"21301@{CUT}"), UnitId(f"21302@{CUT}")
    assert stations(radio) == {LANG_MOI: east, GO_SIM: east, DONG_BANG: west, NEIGHBOURS: SON_LINH}
    assert unit_of(radio, OFFICER) == east


def test_the_running_order_of_the_new_commune_waits_for_an_approver_and_then_goes_on(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Mời họp dân")
    decided(radio)

    (waiting, *_) = [each for each in radio.queue().templates if each.stored.template.station == SON_MOI]
    names = {zone.id for zone in waiting.zones}
    for each in radio.queue().templates:
        approvals.approve_template(radio.store, radio.clock, APPROVER, each.stored.template.id, seen=each.seen)
    radio.at(local(4, day=CUT))
    succession.carry_out_due(radio.store, radio.clock)
    day = sessions.day_of(radio.store, radio.clock, replace(OFFICER, unit=SON_MOI), SON_MOI)

    assert names == {LANG_MOI, GO_SIM, DONG_BANG, NEIGHBOURS}
    assert day.station.name == "Xã Sơn Mới"
    assert "Mời họp dân" in {line.title for session in day.sessions for group in session.groups for line in group.lines}


def test_what_the_new_commune_changes_before_its_day_is_told_to_the_zones_that_will_be_there(radio: Radio) -> None:
    radio.release_templates()
    decided(radio)
    on_the_way = {LANG_MOI, GO_SIM, DONG_BANG, NEIGHBOURS}
    radio.wanted()

    (stored, *_) = [each.stored for each in templates.listed(radio.store, OFFICER, SON_MOI)]
    renamed = replace(stored.template, name="Buổi sớm")
    templates.change(radio.store, radio.clock, OFFICER, stored.template.id, to=renamed, version=1)
    of_template = radio.wanted()
    exams = Suspension(
        number="44/CV-SGDĐT",
        signed_on=MONDAY,
        signer="Sở Giáo dục và Đào tạo",
        reason="Thi tốt nghiệp",
        first_day=CUT,
        last_day=CUT,
        kinds=frozenset({Kind.MUSIC}),
    )
    told = radio.store.kept.assignments[GATE][0]
    regulations.propose(radio.store, radio.clock, OFFICER, SON_MOI, exams)

    assert of_template == on_the_way
    assert radio.wanted() == on_the_way
    assert radio.store.kept.assignments[GATE][0] == told + 1


def test_last_weeks_log_and_diary_speak_of_the_old_commune_and_the_new_one_may_read_them(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Mời họp dân")
    radio.issue()
    item = radio.item("Mời họp dân")
    radio.at(local(7))
    radio.hears(item, GATE, LANG_MOI)
    carried_out(radio)
    officer = radio.store.kept.people[OFFICER.id]
    span = Span(local(0), local(0, day=MONDAY + DAY))

    old = log.verdicts(radio.store, radio.clock, officer, SON_HA, span=span, text="họp dân")
    new = log.verdicts(radio.store, radio.clock, officer, SON_MOI, span=span)
    province = log.verdicts(radio.store, radio.clock, ADMINISTRATOR, QUANG_NGAI, span=span, text="họp dân")
    week = diary.week(radio.store, radio.clock, officer, SON_HA, day=MONDAY)
    reached = {
        unit: coverage_of(radio.store, radio.clock, officer, unit, first=MONDAY, last=MONDAY, by=By.UNIT)
        for unit in (SON_HA, SON_MOI)
    }

    assert {row.zone.station for row in old.rows} == {SON_HA}
    assert new.rows == ()
    assert old.rows == province.rows
    assert week.station.name == "Xã Sơn Hà"
    assert {row.key for row in reached[SON_HA].rows} == {SON_HA, *HAMLET.values()}
    assert reached[SON_MOI].rows == ()
    assert "Mời họp dân" in {item.title for session in week.days[0].sessions for item in session.items}
    assert sessions.day_of(radio.store, radio.clock, officer, SON_HA, day=MONDAY).station.name == "Xã Sơn Hà"
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        log.verdicts(radio.store, radio.clock, replace(NEIGHBOUR, unit=UnitId("thon-lm")), SON_HA, span=span)


def test_who_held_a_role_in_the_old_unit_prepares_the_new_one_and_reaches_no_further(radio: Radio) -> None:
    decided(radio)
    with radio.store.reading() as uow:
        units = uow.places.units()
    newcomer = replace(OFFICER, unit=SON_MOI)

    assert may(units, OFFICER, SON_MOI, *WRITERS)
    assert may(units, newcomer, SON_HA, *ANY_ROLE)
    assert not may(units, newcomer, SON_HA, *WRITERS)
    assert not may(units, OFFICER, SON_LINH, *WRITERS)
    assert not may(units, newcomer, QUANG_NGAI, *WRITERS)


def test_a_pole_is_told_beforehand_which_regulation_it_will_keep(radio: Radio) -> None:
    decided(radio)

    with radio.store.reading() as uow:
        told = assignments.assignments(uow, {GATE: 1}, epoch=1, now=radio.now())[GATE]

    assert [each.station for each in told.regulations] == [SON_HA, SON_MOI]
    assert told.regulations[1].valid_from == CUT
    assert SON_HA in told.units
    assert SON_MOI not in told.units


def test_a_silence_ordered_in_the_old_commune_outlasts_the_day(radio: Radio) -> None:
    silence.order(radio.store, radio.clock, OFFICER, unit=SON_HA)
    carried_out(radio)

    with radio.store.reading() as uow:
        told = assignments.assignments(uow, {GATE: 1}, epoch=1, now=radio.now())[GATE]
        zone, units = radio.store.kept.zones[LANG_MOI], uow.places.units()

    assert {SON_HA, SON_MOI} < set(told.units)
    assert audience_of_unit(SON_HA) in silence.audiences(zone, units)
    silence.lift(radio.store, radio.clock, replace(OFFICER, unit=SON_MOI), unit=SON_HA)


def test_where_the_machine_may_speak_it_may_for_the_unit_that_follows(radio: Radio) -> None:
    with radio.store.writing() as uow:
        uow.places.allow_machine_voice(SON_HA, allowed=True)
        uow.commit()

    decided(radio)

    assert radio.store.kept.machine_voice == {SON_HA, SON_MOI}


def test_a_zone_planned_from_what_concerns_it_alone_is_planned_the_same(radio: Radio) -> None:
    radio.release_templates()
    radio.airs("Mời họp dân")
    decided(radio)
    for each in radio.queue().templates:
        approvals.approve_template(radio.store, radio.clock, APPROVER, each.stored.template.id, seen=each.seen)
    span = Span(local(0), local(0, day=MONDAY + 9 * DAY))

    for now in (local(4), local(4, day=CUT)):
        radio.at(now)
        succession.carry_out_due(radio.store, radio.clock)
        with radio.store.reading() as uow:
            zone = radio.store.kept.zones[LANG_MOI]
            plans = [
                Planner(schedule, span).plan(zone, now=now)
                for schedule in (schedule_of(uow), schedule_around(uow, [LANG_MOI]))
            ]

        assert plans[0].items == plans[1].items
        assert plans[0].items


def test_what_is_told_and_tried_of_a_zone_that_moves_keeps_to_the_station_of_the_day(radio: Radio) -> None:
    radio.airs("Họp trước", wish=once(time(6), day=MONDAY))
    radio.airs("Họp sau", wish=once(time(6), day=CUT))
    decided(radio)
    radio.issue()
    exams = Suspension(
        number="44/CV-SGDĐT",
        signed_on=MONDAY,
        signer="Sở Giáo dục và Đào tạo",
        reason="Thi tốt nghiệp",
        first_day=CUT,
        last_day=CUT,
        kinds=frozenset({Kind.NOTICE}),
    )
    regulations.propose(radio.store, radio.clock, OFFICER, SON_HA, exams)

    def told(at: datetime) -> str:
        found = why.explain_instant(radio.store, radio.clock, EDITOR, LANG_MOI, at).told
        return found.plays.title if found.plays else found.rules[0].code

    question = Question(place=LANG_MOI, first=CUT, last=CUT)
    (tried,) = what_if(radio.store, radio.clock, EDITOR, question).zones
    before = told(local(6, 0, 1, day=MONDAY))
    radio.at(local(6, 30, day=CUT))
    succession.carry_out_due(radio.store, radio.clock)

    assert [each.item.title for each in tried.after.heard] == ["Họp sau"]
    assert tried.breaches == ()
    assert (before, told(local(6, 0, 1, day=MONDAY))) == ("Họp trước", "Họp trước")


@pytest.mark.parametrize("code", ["a/b", "+", "#", "21300?x", "../21300", "mã", "2" * 21])
def test_a_code_names_a_unit_in_addresses_and_topics(radio: Radio, code: str) -> None:
    wish = Merge(of=(SON_HA, SON_LINH), on=CUT, basis="Nghị quyết 12/NQ-HĐND", name="Xã Sơn Mới", code=code)

    with pytest.raises(Unacceptable, match=r"succession\.code"):
        succession.foresee(radio.store, radio.clock, ADMINISTRATOR, wish)
