"""The rundown of a zone: what gets on it, what does not and why, and what a new plan keeps of the old one."""

from dataclasses import replace

import pytest

from schedules.errors import Refused
from schedules.ids import ZoneId
from schedules.occurrence import exact, rejoined
from schedules.planning import Plan, Planner
from schedules.programme import Kind, Level
from schedules.regulation import SessionName
from schedules.schedule import Note
from schedules.times import DAY
from schedules.unit import Target
from tests.schedules.given import (
    MINUTE,
    MONDAY,
    ZONE,
    a_place,
    a_programme,
    a_regulation,
    a_schedule,
    a_slot,
    a_template,
    a_zone,
    at,
    daily,
    hours,
    in_places,
    nine_days,
    once,
)
from tests.schedules.planned import ALL_DAY, NEWS, TUESDAY, URGENT, VOV, again, one_of, planned, shown, told


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
