"""The rundown of a zone: what gets on it, what does not and why, and what a new plan keeps of the old one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from schedules.errors import Refused
from schedules.ids import ZoneId
from schedules.occurrence import exact, rejoined
from schedules.planning import Plan, Planner
from schedules.programme import Kind, Level, Programme, State, Variant
from schedules.regulation import Regulation, SessionName
from schedules.rundown import RundownItem
from schedules.schedule import Note, Schedule
from schedules.slot import SlotException
from schedules.times import DAY, MILLISECOND, Span
from schedules.unit import Target, Zone
from tests.schedules.given import (
    HA_NOI,
    MINUTE,
    MONDAY,
    ZONE,
    a_place,
    a_programme,
    a_recording,
    a_regulation,
    a_relay,
    a_rundown,
    a_schedule,
    a_slot,
    a_template,
    a_zone,
    approve,
    at,
    daily,
    hours,
    in_places,
    nine_days,
    once,
    span,
)

TUESDAY = MONDAY + DAY
NEWS = a_programme("ban-tin", 10 * MINUTE, kind=Kind.BULLETIN)
URGENT = a_programme("gap", 5 * MINUTE, level=Level.PRIORITY)
VOV = a_relay("vov1")
ALL_DAY = a_regulation(hours("00:00", "00:00"))


def planned(schedule: Schedule, now: str | datetime = "00:00", history: tuple[RundownItem, ...] = ()) -> Plan:
    instant = at(now) if isinstance(now, str) else now
    return Planner(schedule, nine_days()).plan(schedule.zones[0], now=instant, history=history)


def again(before: Schedule, after: Schedule, now: str | datetime) -> Plan:
    """Plan at midnight, then once more at an instant with an edited schedule."""
    return planned(after, now, planned(before).items)


def shown(plan: Plan) -> list[tuple[str, str, str]]:
    """Give programme, start and end of each item of Monday as local wall times."""
    return [
        (item.programme, f"{item.starts_at.astimezone(HA_NOI):%H:%M:%S}", f"{item.ends_at.astimezone(HA_NOI):%H:%M:%S}")
        for item in plan.items
        if item.starts_at < at("00:00", TUESDAY)
    ]


def told(plan: Plan) -> list[tuple[str, str]]:
    return [(note.title.removeprefix("Chương trình "), note.code) for note in plan.notes]


def one_of(
    *booked: tuple[Programme, str], regulations: Sequence[Regulation] = (), zones: Sequence[Zone] = (ZONE,)
) -> Schedule:
    """Give a schedule of single slots on Monday, each at its second; relays last half an hour."""
    slots = [a_slot(programme, once(clock), lasts=30 * MINUTE) for programme, clock in booked]
    programmes = [programme for programme, _ in booked]
    return a_schedule(programmes=programmes, slots=slots, regulations=regulations, zones=zones)


def withdrawn(schedule: Schedule, programme: Programme) -> Schedule:
    gone = replace(programme, state=State.WITHDRAWN)
    return replace(schedule, programmes={**schedule.programmes, programme.id: gone})


class TestOneDay:
    def test_an_item_carries_everything_the_loudspeaker_and_the_evidence_need(self) -> None:
        programme = replace(NEWS, times_read=2, valid_until=at("12:00"))
        slot = a_slot(programme, once("06:00"), wait=5 * MINUTE)
        schedule = a_schedule(programmes=[programme], slots=[slot])

        item = planned(schedule).items[0]

        assert item.occurrence == exact(slot.id, at("06:00"))
        assert (item.starts_at, item.ends_at) == (at("06:00"), at("06:20:02"))
        assert (item.title, item.kind, item.level, item.language) == (programme.title, NEWS.kind, NEWS.level, "vi")
        assert item.programme == NEWS.id
        assert item.approval == schedule.approvals[slot.id][0].record
        assert (item.latest_start, item.valid_until) == (at("06:05"), at("12:00"))
        assert item.recordings == (programme.variants[0].source,) * 2

    def test_only_what_may_wait_has_a_latest_start(self) -> None:
        assert planned(one_of((NEWS, "06:00"))).items[0].latest_start is None

    def test_a_series_fills_nine_days(self) -> None:
        schedule = a_schedule(programmes=[NEWS], slots=[a_slot(NEWS, daily("06:00"))])

        plan = planned(schedule)

        assert [item.starts_at for item in plan.items] == [at("06:00", MONDAY + n * DAY) for n in range(9)]
        assert plan.notes == ()

    def test_a_station_without_a_regulation_in_force_cannot_be_planned(self) -> None:
        later = one_of((NEWS, "06:00"), regulations=[a_regulation(valid_from=TUESDAY)])
        elsewhere = replace(later, regulations=())

        for schedule in (later, elsewhere):
            with pytest.raises(Refused) as refused:
                planned(schedule)
            assert (refused.value.code, refused.value.values) == ("planning.no_regulation", {"station": ZONE.station})

    def test_a_higher_level_takes_the_air_and_the_other_is_told(self) -> None:
        plan = planned(one_of((NEWS, "06:00"), (URGENT, "06:04")))

        assert shown(plan) == [("ban-tin", "06:00:00", "06:04:00"), ("gap", "06:04:00", "06:09:00")]
        urgent = plan.items[1].occurrence
        assert plan.notes == (
            Note(
                NEWS.title,
                "conflict.cut",
                (("until", at("06:04")), ("winner", urgent)),
                at("06:00"),
                plan.items[0].occurrence,
            ),
        )

    def test_what_gets_no_air_is_told_by_whom(self) -> None:
        plan = planned(one_of((NEWS, "06:01"), (URGENT, "06:00")))

        assert shown(plan) == [("gap", "06:00:00", "06:05:00")]
        assert [(note.code, note.values) for note in plan.notes] == [
            ("conflict.lost", (("winner", plan.items[0].occurrence),))
        ]

    def test_an_interrupted_relay_goes_on_under_an_id_of_its_own(self) -> None:
        plan = planned(one_of((VOV, "06:00"), (URGENT, "06:10")))

        assert shown(plan) == [
            ("vov1", "06:00:00", "06:10:00"),
            ("gap", "06:10:00", "06:15:00"),
            ("vov1", "06:15:00", "06:30:00"),
        ]
        first, urgent, second = plan.items
        assert second.occurrence == rejoined(first.occurrence, at("06:15"))
        assert [(note.code, note.values) for note in plan.notes] == [
            (
                "conflict.interrupted",
                (("until", at("06:10")), ("again", at("06:15")), ("winner", urgent.occurrence)),
            )
        ]

    def test_a_relay_that_joins_late_and_a_notice_that_waits_are_told(self) -> None:
        notice = a_slot(NEWS, once("06:02"), wait=10 * MINUTE)
        relayed = planned(one_of((URGENT, "06:00"), (VOV, "06:02")))
        waited = planned(a_schedule(programmes=[NEWS, URGENT], slots=[notice, a_slot(URGENT, once("06:00"))]))

        assert shown(relayed)[1] == ("vov1", "06:05:00", "06:32:00")
        assert shown(waited)[1] == ("ban-tin", "06:05:00", "06:15:00")
        for plan in (relayed, waited):
            assert [(note.code, note.values) for note in plan.notes] == [
                ("conflict.delayed", (("until", at("06:05")), ("winner", plan.items[0].occurrence)))
            ]

    def test_the_end_of_the_session_cuts_and_what_has_no_time_left_is_told(self) -> None:
        notices = [a_programme(f"tb-{n}", 8 * MINUTE) for n in range(3)]
        slots = [a_slot(notice, in_places("thong-bao", order=n)) for n, notice in enumerate(notices)]
        template = a_template("05:30", "05:44", a_place("thong-bao"))

        plan = planned(a_schedule(programmes=notices, slots=slots, templates=[template]))

        assert shown(plan) == [("tb-0", "05:30:00", "05:38:00"), ("tb-1", "05:38:00", "05:44:00")]
        assert told(plan)[:2] == [("tb-1", "conflict.cut"), ("tb-2", "session.no_time_left")]

    def test_an_exact_second_goes_before_the_running_order_which_waits_or_is_cut(self) -> None:
        notices = [a_programme(f"tb-{n}", 4 * MINUTE) for n in range(2)]
        slots = [a_slot(notice, in_places("thong-bao", order=n)) for n, notice in enumerate(notices)]
        template = a_template("05:30", "06:00", a_place("thong-bao"))
        exactly = a_slot(NEWS, once("05:32"))

        plan = planned(a_schedule(programmes=[*notices, NEWS], slots=[*slots, exactly], templates=[template]))

        assert shown(plan) == [
            ("tb-0", "05:30:00", "05:32:00"),
            ("ban-tin", "05:32:00", "05:42:00"),
            ("tb-1", "05:42:00", "05:46:00"),
        ]

    def test_zones_share_the_items_that_are_the_same_for_them(self) -> None:
        zones = (ZONE, a_zone("go-sim"))
        schedule = one_of((NEWS, "06:00"), zones=zones)
        planner = Planner(schedule, nine_days())

        first, second = (planner.plan(zone, now=at("00:00")) for zone in zones)

        assert first.items[0] is second.items[0]

    def test_zones_with_other_notices_have_another_running_order_of_the_same_session(self) -> None:
        """Music after the notices fills what each zone has left, and is not shared by mistake."""
        notice, music = a_programme("tb", 2 * MINUTE), a_programme("nhac", MINUTE, kind=Kind.MUSIC)
        template = a_template("05:30", "05:40", a_place("thong-bao"), a_place("nhac", fixed="nhac", filler=True))
        here = a_slot(notice, in_places("thong-bao"), target=Target(zones=frozenset({ZoneId("go-sim")})))
        zones = (ZONE, a_zone("go-sim"))
        schedule = a_schedule(programmes=[notice, music], slots=[here], templates=[template], zones=zones)
        planner = Planner(schedule, nine_days())

        plans = [planner.plan(zone, now=at("00:00")) for zone in zones]

        assert shown(plans[0]) == [("nhac", "05:30:00", "05:40:00")]
        assert shown(plans[1]) == [("tb", "05:30:00", "05:32:00"), ("nhac", "05:32:00", "05:40:00")]

    def test_one_place_in_two_sessions_of_a_day_is_heard_in_the_first(self) -> None:
        """Else one occurrence would come twice, and the zone would have no rundown at all."""
        sessions = [
            a_template(begin, end, a_place("tin"), name=begin)
            for begin, end in [("17:00", "18:00"), ("06:00", "07:00")]
        ]
        in_place = a_slot(NEWS, in_places("tin"))

        plans = [
            planned(a_schedule(programmes=[NEWS], slots=[in_place], templates=order))
            for order in (sessions, sessions[::-1])
        ]

        assert shown(plans[0]) == shown(plans[1]) == [("ban-tin", "06:00:00", "06:10:00")]

    def test_what_is_missing_in_a_language_is_told(self) -> None:
        plan = planned(one_of((NEWS, "06:00"), zones=[a_zone("go-sim", "hre", "vi")]))

        assert plan.items[0].language == "vi"
        assert told(plan) == [("ban-tin", "language.not_first")]


class TestRegulation:
    def test_what_is_outside_the_hours_is_refused_with_its_times(self) -> None:
        plan = planned(one_of((NEWS, "20:55")))

        assert plan.items == ()
        assert plan.notes[0].code == "regulation.outside_hours"
        assert plan.notes[0].values == (("start", at("20:55")), ("end", at("21:05")))

    def test_a_kind_that_the_regulation_does_not_allow_is_refused(self) -> None:
        assert told(planned(one_of((replace(NEWS, kind=Kind.MOURNING), "06:00")))) == [
            ("ban-tin", "regulation.kind_not_allowed")
        ]

    def test_what_is_forbidden_takes_the_air_from_nobody(self) -> None:
        forbidden = replace(URGENT, kind=Kind.MOURNING)

        plan = planned(one_of((NEWS, "06:00"), (forbidden, "06:04")))

        assert shown(plan) == [("ban-tin", "06:00:00", "06:10:00")]
        assert told(plan) == [("gap", "regulation.kind_not_allowed")]

    def test_what_waits_past_the_hours_is_refused_then(self) -> None:
        notice = a_slot(NEWS, once("20:45"), wait=30 * MINUTE)
        urgent = a_programme("gap", 10 * MINUTE, level=Level.PRIORITY)
        slots = [notice, a_slot(urgent, once("20:44"))]

        plan = planned(a_schedule(programmes=[NEWS, urgent], slots=slots))

        assert shown(plan) == [("gap", "20:44:00", "20:54:00")]
        assert told(plan) == [("ban-tin", "conflict.delayed"), ("ban-tin", "regulation.outside_hours")]

    def test_a_programme_that_is_no_longer_valid_is_not_planned_and_takes_no_air(self) -> None:
        expired = replace(URGENT, valid_until=at("06:04"))

        plan = planned(one_of((NEWS, "06:00"), (expired, "06:04")))

        assert shown(plan) == [("ban-tin", "06:00:00", "06:10:00")]
        assert told(plan) == [("gap", "programme.expired")]

    def test_a_programme_that_becomes_invalid_while_it_sounds_leaves_the_air_to_others(self) -> None:
        plan = planned(one_of((replace(NEWS, valid_until=at("06:04")), "06:00"), (a_programme("sau"), "06:04")))

        assert shown(plan) == [("ban-tin", "06:00:00", "06:04:00"), ("sau", "06:04:00", "06:05:00")]
        assert told(plan) == [("ban-tin", "conflict.cut")]

    def test_a_session_too_long_loses_its_own_last_item_and_not_the_evening(self) -> None:
        regulation = a_regulation(
            hours("05:00", "07:00", minutes=25), hours("17:00", "18:00", minutes=25, name=SessionName.EVENING)
        )
        booked = [(a_programme(f"s-{n}", 10 * MINUTE), f"06:{10 * n:02}") for n in range(3)]

        plan = planned(one_of(*booked, (NEWS, "17:00"), regulations=[regulation]))

        assert [programme for programme, _, _ in shown(plan)] == ["s-0", "s-1", "ban-tin"]
        assert plan.notes[0].values == (("session", SessionName.MORNING), ("minutes", 30), ("limit", 25))
        assert told(plan) == [("s-2", "regulation.session_too_long")]

    def test_a_day_too_long_loses_the_lowest_level_first(self) -> None:
        regulation = a_regulation(minutes_a_day=15)

        plan = planned(
            one_of((NEWS, "06:00"), (URGENT, "20:00"), (a_programme("sau"), "07:00"), regulations=[regulation])
        )

        assert [programme for programme, _, _ in shown(plan)] == ["ban-tin", "gap"]
        assert told(plan) == [("sau", "regulation.day_too_long")]

    def test_the_minutes_after_midnight_count_for_the_day_they_sound_on(self) -> None:
        always = a_regulation(hours("00:00", "00:00"), minutes_a_day=12)
        late = a_slot(NEWS, once("23:55"))
        early = a_slot(a_programme("som", 8 * MINUTE), once("00:10", TUESDAY))

        plan = planned(
            a_schedule(programmes=[NEWS, a_programme("som", 8 * MINUTE)], slots=[late, early], regulations=[always])
        )

        assert [item.programme for item in plan.items] == ["ban-tin"]
        assert told(plan) == [("som", "regulation.day_too_long")]

    def test_what_has_begun_is_not_taken_back_for_its_minutes(self) -> None:
        schedule = one_of((NEWS, "06:00"), (a_programme("sau", 10 * MINUTE), "07:00"))
        stricter = replace(schedule, regulations=(a_regulation(minutes_a_day=5),))

        plan = again(schedule, stricter, "06:30")

        assert shown(plan) == [("ban-tin", "06:00:00", "06:10:00")]
        assert told(plan) == [("sau", "regulation.day_too_long")]

    def test_an_item_sounds_across_midnight_where_the_regulation_lets_it(self) -> None:
        slot = a_slot(NEWS, once("23:55"))
        schedule = a_schedule(programmes=[NEWS], slots=[slot], regulations=[ALL_DAY])

        before = planned(schedule)
        after = Planner(schedule, nine_days(TUESDAY)).plan(ZONE, now=at("00:01", TUESDAY), history=before.items)
        an_hour_later = Planner(schedule, nine_days(TUESDAY)).plan(ZONE, now=at("01:00", TUESDAY), history=after.items)

        assert [(item.starts_at, item.ends_at) for item in before.items] == [(at("23:55"), at("00:05", TUESDAY))]
        assert after.items == before.items
        assert an_hour_later.items == before.items

    def test_the_last_midnight_belongs_to_the_next_issue(self) -> None:
        last = a_slot(NEWS, once("23:55", MONDAY + 8 * DAY))
        schedule = a_schedule(programmes=[NEWS], slots=[last], regulations=[ALL_DAY])

        assert planned(schedule) == Plan((), ())
        assert len(Planner(schedule, nine_days(TUESDAY)).plan(ZONE, now=at("00:00", TUESDAY)).items) == 1

    def test_yesterdays_items_are_neither_planned_nor_told(self) -> None:
        schedule = a_schedule(programmes=[NEWS], slots=[a_slot(NEWS, once("22:00"))])

        assert Planner(schedule, nine_days(TUESDAY)).plan(ZONE, now=at("00:10", TUESDAY)) == Plan((), ())


class TestPlanningAgain:
    def test_without_a_change_nothing_changes(self) -> None:
        schedule = one_of((NEWS, "06:00"), (URGENT, "06:04"), (VOV, "06:20"))

        for now in ("05:00", "06:00", "06:03", "06:04", "06:07", "06:30", "12:00"):
            assert again(schedule, schedule, now).items == planned(schedule).items

    def test_nothing_new_starts_before_now(self) -> None:
        plan = planned(one_of((NEWS, "06:00"), (a_programme("sau"), "06:20")), "06:00:00.0001")

        assert shown(plan) == [("sau", "06:20:00", "06:21:00")]
        assert told(plan) == [("ban-tin", "planning.too_late")]
        assert shown(planned(one_of((NEWS, "06:00")), "06:00")) == [("ban-tin", "06:00:00", "06:10:00")]

    def test_what_is_released_too_late_is_told_why(self) -> None:
        before = one_of((URGENT, "06:00"))
        after = one_of((URGENT, "06:00"), (NEWS, "06:04"), (a_programme("sau"), "06:06"))

        assert told(again(before, after, "06:04:30")) == [("ban-tin", "conflict.lost")]
        assert told(again(before, after, "06:10")) == [("ban-tin", "conflict.lost"), ("sau", "planning.too_late")]

    def test_what_has_begun_stays_as_it_was_said(self) -> None:
        schedule = one_of((NEWS, "06:00"))
        longer = replace(NEWS, variants=(Variant("vi", a_recording(20 * MINUTE)),), version=2)

        over = again(schedule, approve(replace(schedule, programmes={NEWS.id: longer})), "06:30")

        assert over.items == planned(schedule).items

    def test_what_was_withdrawn_while_on_air_ends_now(self) -> None:
        schedule = one_of((NEWS, "06:00"))

        assert shown(again(schedule, withdrawn(schedule, NEWS), "06:03")) == [("ban-tin", "06:00:00", "06:03:00")]
        assert shown(again(schedule, withdrawn(schedule, NEWS), "06:00")) == []
        assert shown(again(schedule, withdrawn(schedule, NEWS), "06:10")) == [("ban-tin", "06:00:00", "06:10:00")]
        assert shown(again(schedule, withdrawn(schedule, NEWS), "05:59")) == []

    def test_what_was_withdrawn_ends_on_a_whole_millisecond(self) -> None:
        schedule = one_of((NEWS, "06:00"))

        plan = again(schedule, withdrawn(schedule, NEWS), at("06:03") + timedelta(microseconds=1))

        assert plan.items[0].ends_at == at("06:03") + MILLISECOND

    def test_what_lost_its_approval_or_its_zone_while_on_air_ends_now(self) -> None:
        schedule = one_of((NEWS, "06:00"))
        edited = replace(schedule, programmes={NEWS.id: replace(NEWS, version=2)})
        elsewhere = replace(
            schedule, slots=(replace(schedule.slots[0], target=Target(zones=frozenset({ZoneId("x")}))),)
        )

        for after in (edited, elsewhere):
            assert shown(again(schedule, after, "06:03")) == [("ban-tin", "06:00:00", "06:03:00")]

    def test_what_a_new_regulation_forbids_while_on_air_ends_now(self) -> None:
        schedule = one_of((NEWS, "06:00"))
        stricter = replace(schedule, regulations=(a_regulation(hours("06:05", "21:00")),))

        assert shown(again(schedule, stricter, "06:03")) == [("ban-tin", "06:00:00", "06:03:00")]

    def test_what_ended_by_withdrawal_does_not_begin_again(self) -> None:
        schedule = one_of((NEWS, "06:00"))
        ended = again(schedule, withdrawn(schedule, NEWS), "06:03")

        assert planned(schedule, "06:05", ended.items).items == ended.items

    def test_a_higher_level_approved_now_cuts_what_is_on_the_air(self) -> None:
        before, after = one_of((NEWS, "06:00")), one_of((NEWS, "06:00"), (URGENT, "06:04"))

        plan = again(before, after, "06:03:58")

        assert shown(plan) == [("ban-tin", "06:00:00", "06:04:00"), ("gap", "06:04:00", "06:09:00")]
        assert told(plan) == [("ban-tin", "conflict.cut")]

    @pytest.mark.parametrize("begun", ["05:59:59", "06:00"])
    def test_what_began_a_moment_ago_gives_way_to_a_higher_level_at_once(self, begun: str) -> None:
        before = one_of((NEWS, begun))
        after = one_of((NEWS, begun), (URGENT, "06:00"))

        plan = again(before, after, "06:00")

        first = [("ban-tin", "05:59:59", "06:00:00")] if begun == "05:59:59" else []
        assert shown(plan) == [*first, ("gap", "06:00:00", "06:05:00")]
        assert told(plan) == [("ban-tin", "conflict.cut" if first else "conflict.lost")]

    def test_where_what_was_to_interrupt_is_withdrawn_the_rest_is_heard(self) -> None:
        for programme, clock, end in [(NEWS, "06:00", "06:10:00"), (VOV, "06:00", "06:30:00")]:
            schedule = one_of((programme, clock), (URGENT, "06:04"))

            plan = again(schedule, withdrawn(schedule, URGENT), "06:02")

            assert shown(plan) == [(programme.id, "06:00:00", end)]
            assert plan.notes == ()

    def test_the_rest_is_not_heard_where_the_regulation_would_forbid_it(self) -> None:
        schedule = one_of((VOV, "06:00"), (URGENT, "06:04"))
        stricter = replace(withdrawn(schedule, URGENT), regulations=(a_regulation(hours("05:00", "06:10")),))

        assert shown(again(schedule, stricter, "06:02")) == [("vov1", "06:00:00", "06:04:00")]

    def test_an_interrupted_relay_goes_on_after_every_new_plan(self) -> None:
        schedule = one_of((VOV, "06:00"), (URGENT, "06:10"))
        expected = planned(schedule).items

        for now in ("06:05", "06:10", "06:12", "06:15", "06:20", "06:30", "06:40"):
            assert again(schedule, schedule, now).items == expected

    def test_a_relay_is_joined_when_it_is_approved_late(self) -> None:
        plan = planned(one_of((VOV, "06:00")), "06:12")

        assert shown(plan) == [("vov1", "06:12:00", "06:30:00")]
        assert shown(planned(one_of((VOV, "06:00")), "06:29:56")) == []
        assert told(planned(one_of((VOV, "06:00")), "06:29:56")) == [("vov1", "planning.too_late")]

    def test_a_relay_outside_the_hours_is_not_joined_once_they_begin(self) -> None:
        assert shown(planned(one_of((VOV, "04:45")), "05:05")) == []

    def test_a_relay_ended_by_an_edit_is_joined_again_when_that_is_approved(self) -> None:
        schedule = one_of((VOV, "06:00"))
        retitled = replace(schedule, programmes={VOV.id: replace(VOV, version=2)})
        ended = again(schedule, retitled, "06:10")

        plan = planned(approve(retitled), "06:15", ended.items)

        assert shown(plan) == [("vov1", "06:00:00", "06:10:00"), ("vov1", "06:15:00", "06:30:00")]
        assert plan.items[1].occurrence == rejoined(plan.items[0].occurrence, at("06:15"))
        assert shown(planned(approve(retitled), "06:29:58", ended.items)) == [("vov1", "06:00:00", "06:10:00")]

    def test_a_relay_moved_to_later_while_it_sounds_gets_an_id_of_its_own(self) -> None:
        timing = daily("06:00", days=1)
        slot = a_slot(VOV, timing, lasts=30 * MINUTE)
        moved = replace(timing, exceptions=(SlotException(at("06:00"), at("17:00")),))
        before = a_schedule(programmes=[VOV], slots=[slot])
        after = a_schedule(programmes=[VOV], slots=[replace(slot, timing=moved)])

        plan = again(before, after, "06:10")

        assert shown(plan) == [("vov1", "06:00:00", "06:10:00"), ("vov1", "17:00:00", "17:30:00")]
        assert a_rundown(*plan.items).items == plan.items

    def test_what_may_wait_begins_now_when_it_is_approved_late(self) -> None:
        slot = a_slot(NEWS, once("06:00"), wait=10 * MINUTE)
        schedule = a_schedule(programmes=[NEWS], slots=[slot])

        assert shown(planned(schedule, "06:08")) == [("ban-tin", "06:08:00", "06:18:00")]
        assert shown(planned(schedule, "06:10")) == [("ban-tin", "06:10:00", "06:20:00")]
        assert told(planned(schedule, "06:10:01")) == [("ban-tin", "planning.too_late")]

    def test_what_was_promised_for_later_and_moved_forward_by_an_edit_is_still_heard(self) -> None:
        notices = [a_programme(f"tb-{n}", 4 * MINUTE) for n in range(4)]
        slots = [a_slot(notice, in_places("thong-bao", order=n)) for n, notice in enumerate(notices)]
        template = a_template("05:30", "06:00", a_place("thong-bao"))
        before = a_schedule(programmes=notices, slots=slots, templates=[template])
        after = withdrawn(before, notices[0])

        plan = again(before, after, "05:37")

        assert shown(planned(before))[2:] == [("tb-2", "05:38:00", "05:42:00"), ("tb-3", "05:42:00", "05:46:00")]
        assert shown(plan) == [
            ("tb-0", "05:30:00", "05:34:00"),
            ("tb-1", "05:34:00", "05:38:00"),
            ("tb-2", "05:38:00", "05:42:00"),
            ("tb-3", "05:42:00", "05:46:00"),
        ]
        assert shown(planned(after, "05:37", plan.items)) == shown(plan)

    def test_several_that_were_moved_forward_keep_their_order(self) -> None:
        long = a_programme("dai", 20 * MINUTE)
        notices = [a_programme(f"tb-{n}", 2 * MINUTE) for n in range(3)]
        slots = [a_slot(programme, in_places("thong-bao", order=n)) for n, programme in enumerate([long, *notices])]
        template = a_template("05:30", "06:00", a_place("thong-bao"))
        before = a_schedule(programmes=[long, *notices], slots=slots, templates=[template])

        plan = again(before, withdrawn(before, long), "05:45")

        assert [(name, begin) for name, begin, _ in shown(plan)] == [
            ("dai", "05:30:00"),
            ("tb-0", "05:45:00"),
            ("tb-1", "05:47:00"),
            ("tb-2", "05:49:00"),
        ]

    def test_items_that_all_begin_now_begin_in_the_order_that_was_said(self) -> None:
        """The first starts this very instant; what follows it was to start sooner, and must not overtake it."""
        signal, music = a_programme("hieu", MINUTE, kind=Kind.SIGNAL), a_programme("nhac", MINUTE, kind=Kind.MUSIC)
        places = [
            [a_place(f"hieu-{n}", fixed="hieu"), a_place(f"nhac-{n}", fixed="nhac", filler=True)] for n in range(8)
        ]
        for first, filler in places:
            template = a_template("05:00", "05:40", first, filler)
            relay = a_slot(VOV, once("04:55"), lasts=15 * MINUTE)
            schedule = a_schedule(
                programmes=[signal, music, VOV], slots=[relay], templates=[template], regulations=[ALL_DAY]
            )
            expected = planned(schedule)

            assert [begin for _, begin, _ in shown(expected)] == ["04:55:00", "05:10:00", "05:11:00"]
            assert again(schedule, schedule, "05:10").items == expected.items

    def test_an_edit_of_the_session_does_not_shorten_what_is_on_the_air(self) -> None:
        """A timed place that now comes sooner is heard after it."""
        template = a_template("05:30", "06:30", a_place("ban-tin"), a_place("nhac", fixed="nhac", timed="06:00"))
        music = a_programme("nhac", 4 * MINUTE, kind=Kind.MUSIC)
        sooner = replace(template, places=(template.places[0], a_place("nhac", fixed="nhac", timed="05:33")))
        in_news = a_slot(NEWS, in_places("ban-tin"))
        before = a_schedule(programmes=[NEWS, music], slots=[in_news], templates=[template])
        after = a_schedule(programmes=[NEWS, music], slots=[in_news], templates=[sooner])

        plan = again(before, after, "05:35")

        assert shown(plan) == [("ban-tin", "05:30:00", "05:40:00"), ("nhac", "05:40:00", "05:44:00")]

    def test_an_edit_of_the_sessions_hour_keeps_what_is_on_the_air(self) -> None:
        template = a_template("05:30", "06:30", a_place("ban-tin"))
        in_news = a_slot(NEWS, in_places("ban-tin"))
        before = a_schedule(programmes=[NEWS], slots=[in_news], templates=[template])
        after = a_schedule(
            programmes=[NEWS], slots=[in_news], templates=[replace(template, starts=template.starts.replace(minute=36))]
        )

        assert shown(again(before, after, "05:35")) == [("ban-tin", "05:30:00", "05:40:00")]

    def test_history_of_other_days_is_dropped(self) -> None:
        slot = a_slot(NEWS, daily("06:00", first=MONDAY - DAY))
        schedule = a_schedule(programmes=[NEWS], slots=[slot])
        yesterday = Planner(schedule, nine_days(MONDAY - DAY)).plan(ZONE, now=at("00:00", MONDAY - DAY))

        plan = planned(schedule, "00:30", yesterday.items)

        assert plan.items[0].starts_at == at("06:00")
        assert len(plan.items) == 9

    def test_a_slot_of_many_zones_is_planned_for_each(self) -> None:
        schedule = one_of((NEWS, "06:00"), zones=[ZONE, a_zone("go-sim")])
        planner = Planner(schedule, Span(at("00:00"), at("00:00") + DAY))

        assert [planner.plan(zone, now=at("00:00")).items[0].span for zone in schedule.zones] == [
            span("06:00", "06:10")
        ] * 2
