"""Planning a day anew while it runs: what was promised and what has begun stays, what changed follows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import ZoneId
from schedules.occurrence import rejoined
from schedules.planning import Planner
from schedules.programme import Kind, Variant
from schedules.slot import SlotException
from schedules.times import DAY, MILLISECOND, Span
from schedules.unit import Target
from tests.schedules.given import (
    MINUTE,
    MONDAY,
    ZONE,
    a_place,
    a_programme,
    a_recording,
    a_regulation,
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
from tests.schedules.planned import ALL_DAY, NEWS, URGENT, VOV, again, one_of, planned, shown, told, withdrawn


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
