"""What an approval binds: every field that matters to an ear, and nothing else."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, time
from typing import Any, TypeVar

import pytest

from schedules.approval import (
    approved_parts,
    approved_zones,
    record_of_programme,
    record_of_slot,
    record_of_template,
    require_other_person,
)
from schedules.errors import Refused
from schedules.fills import ByHand, Fill, Fixed, Newest, OfCampaign, Repeats, Rotation
from schedules.ids import (
    CampaignId,
    ChannelId,
    PartId,
    PersonId,
    PlaceId,
    ProgrammeId,
    SlotId,
    TemplateId,
    UnitId,
    ZoneId,
)
from schedules.part import Genre, Part
from schedules.programme import Kind, Level, Origin, Programme, Relay, State, Variant
from schedules.recurrence import DAILY, DayRule, Holidays, LunarDays, Recurrence, ShortMonth, weekly
from schedules.regulation import SessionName
from schedules.session import Place, SessionTemplate
from schedules.slot import AtTime, CatchUp, InPlace, Interrupted, Slot, SlotException, StartPolicy
from schedules.times import DAY
from schedules.unit import Target
from schedules.way import Way
from tests.schedules.given import (
    HOUR,
    LANG_MOI,
    MINUTE,
    MONDAY,
    SON_HA,
    SON_TAY,
    a_part,
    a_place,
    a_programme,
    a_recording,
    a_relay,
    a_slot,
    a_template,
    an_order,
    approval,
    at,
    daily,
    in_places,
    once,
)

T = TypeVar("T")

NOTICE = a_programme("thong-bao", valid_until=at("07:00"))
WEEKLY = AtTime(
    first_day=MONDAY,
    at=time(5, 30),
    rule=weekly({0, 4}),
    until=MONDAY + 30 * DAY,
    exceptions=(SlotException(at("05:30"), at("17:00")),),
)
LUNAR = LunarDays(days=frozenset({30, 1}), months=frozenset({7, 1}), leap_month=True, short_month=ShortMonth.SKIP)
SLOT = a_slot(NOTICE, WEEKLY)
PLACES = in_places("thong-bao", "thong-bao-chieu")
IN_PLACE = a_slot(NOTICE, PLACES)
RELAY = a_relay(variants=(Variant("vi", Relay(ChannelId("vov1"), a_recording())),))
PLACE = a_place("tiep-song", fixed="vov1", timed="06:00")
TEMPLATE = replace(a_template("05:30", "06:30", PLACE), valid_to=date(2027, 1, 1))

HEARD_PROGRAMME: dict[str, Any] = {
    "id": ProgrammeId("khac"),
    "version": 2,
    "title": "Tên khác",
    "kind": Kind.FEATURE,
    "level": Level.PRIORITY,
    "variants": (),
    "times_read": 2,
    "valid_until": None,
    "parts": (a_part(),),
}
NOT_HEARD_PROGRAMME: dict[str, Any] = {
    "owner": SON_TAY,
    "origin": Origin.PROVINCE,
    "state": State.DRAFT,
    "topic": "điện",
    "requested_by": "Điện lực",
    "document": "12/TB",
    "for_places": True,
}
"""Not heard by themselves; the version binds them, since it grows with each change."""

HEARD_SLOT: dict[str, Any] = {
    "id": SlotId("khac"),
    "timing": replace(WEEKLY, at=time(5, 31)),
    "lasts": HOUR,
    "start": StartPolicy.WAIT,
    "wait": MINUTE,
    "catch_up": CatchUp.SKIP,
    "interrupted": Interrupted.RESUME,
    "way": Way.OFFERED,
}
NOT_BOUND_SLOT: dict[str, Any] = {
    "programme": ProgrammeId("khac"),  # the programme itself is bound
    "target": Target(units=frozenset({LANG_MOI})),  # zones stand beside the record
    "late": MINUTE,  # counts with one catch-up only
    "order": None,  # there is one with ORDERED only
    "version": 2,
}
HEARD_AT_TIME: dict[str, Any] = {
    "first_day": MONDAY - DAY,
    "at": time(5, 30, 1),
    "rule": DAILY,
    "holidays": Holidays.NOT,
    "until": MONDAY + 31 * DAY,
    "exceptions": (SlotException(at("05:30"), at("17:01")),),
}
HEARD_IN_PLACE: dict[str, Any] = {
    "places": (PlaceId("thong-bao"),),
    "first_day": MONDAY - DAY,
    "last_day": MONDAY,
    "rule": LunarDays(days=frozenset({1, 15})),
    "holidays": Holidays.ONLY,
}
NOT_BOUND_AT_TIME: dict[str, Any] = {"ended": MONDAY + 3 * DAY}
NOT_BOUND_IN_PLACE: dict[str, Any] = {
    "order": 3,
    "left_out": frozenset({MONDAY}),
    "ended": MONDAY + 3 * DAY,
}
HEARD_TEMPLATE: dict[str, Any] = {
    "id": TemplateId("khac"),
    "station": UnitId("khac"),
    "session": SessionName.EVENING,
    "name": "Buổi khác",
    "starts": time(5, 29),
    "ends": time(6, 31),
    "places": (PLACE, a_place("loi-ket")),
    "weekdays": frozenset({0}),
    "valid_from": MONDAY,
    "valid_to": None,
    "replaces": TemplateId("khac"),
    "refused": 1,
}
NOT_BOUND_TEMPLATE: dict[str, Any] = {"version": 2}
HEARD_PLACE: dict[str, Any] = {
    "id": PlaceId("khac"),
    "name": "Mục khác",
    "fill": Fixed(ProgrammeId("khac")),
    "minutes": 2,
    "at": None,
    "filler": True,
}


def of_slot(programme: Programme = NOTICE, slot: Slot = SLOT) -> str:
    return record_of_slot(programme, slot).hash


def of_template(template: SessionTemplate = TEMPLATE) -> str:
    others = {ProgrammeId("khac"): a_programme("khac")}
    return record_of_template(template, {RELAY.id: RELAY, **others}).hash


def changed(value: T, changes: Mapping[str, Any]) -> list[T]:
    """Give the value with each change made alone."""
    return [replace(value, **{name: change}) for name, change in changes.items()]  # type: ignore[type-var]  # a dataclass


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        (Programme, {**HEARD_PROGRAMME, **NOT_HEARD_PROGRAMME}),
        (Slot, {**HEARD_SLOT, **NOT_BOUND_SLOT}),
        (AtTime, {**HEARD_AT_TIME, **NOT_BOUND_AT_TIME}),
        (InPlace, {**HEARD_IN_PLACE, **NOT_BOUND_IN_PLACE}),
        (SessionTemplate, {**HEARD_TEMPLATE, **NOT_BOUND_TEMPLATE}),
        (Place, HEARD_PLACE),
    ],
)
def test_every_field_is_known_to_these_tests(kind: type, known: dict[str, Any]) -> None:
    """A new field must be bound, or be listed here as one that is not."""
    assert {field.name for field in fields(kind)} == set(known)


def test_any_change_to_what_is_heard_voids_the_approval() -> None:
    hashes = [of_slot(programme) for programme in changed(NOTICE, HEARD_PROGRAMME)]
    hashes += [of_slot(slot=slot) for slot in changed(SLOT, HEARD_SLOT)]
    hashes += [of_slot(slot=replace(SLOT, timing=timing)) for timing in changed(WEEKLY, HEARD_AT_TIME)]
    in_place = [replace(IN_PLACE, timing=timing) for timing in changed(PLACES, HEARD_IN_PLACE)]
    hashes += [of_slot(slot=slot) for slot in [*in_place, IN_PLACE]]

    assert of_slot() not in hashes
    assert len(set(hashes)) == len(hashes)


def test_the_written_order_is_bound_in_each_of_its_parts() -> None:
    order = an_order()
    orders = [order, *changed(order, {"number": "16/KH", "signed_on": MONDAY, "issuer": "Sở"})]

    assert len({of_slot(slot=replace(SLOT, way=Way.ORDERED, order=each)) for each in orders}) == len(orders)


def test_any_change_to_a_template_voids_its_approval() -> None:
    hashes = [of_template(template) for template in changed(TEMPLATE, HEARD_TEMPLATE)]
    places = [replace(TEMPLATE, places=(place,)) for place in changed(PLACE, HEARD_PLACE)]
    hashes += [of_template(template) for template in places]

    assert of_template() not in hashes
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize(
    "variants",
    [
        (Variant("hre", a_recording(MINUTE, "thong-baovi")),),
        (Variant("vi", a_recording(MINUTE, "khac")),),
        (Variant("vi", replace(a_recording(MINUTE, "thong-baovi"), length=1)),),
        (Variant("vi", replace(a_recording(MINUTE, "thong-baovi"), duration_ms=1)),),
        (*NOTICE.variants, Variant("hre", a_recording())),
        (Variant("vi", Relay(ChannelId("vov1"))),),
        (Variant("vi", Relay(ChannelId("vov2"))),),
        (Variant("vi", Relay(ChannelId("vov1"), a_recording())),),
    ],
)
def test_every_languages_final_sound_is_bound(variants: tuple[Variant, ...]) -> None:
    assert of_slot(replace(NOTICE, variants=variants)) != of_slot()


def test_what_a_template_relays_and_plays_is_bound_with_it() -> None:
    before = record_of_template(TEMPLATE, {RELAY.id: RELAY})
    after = record_of_template(TEMPLATE, {RELAY.id: replace(RELAY, variants=(Variant("vi", Relay(ChannelId("x"))),))})

    assert before.hash != after.hash


def test_the_parts_of_a_programme_are_bound_each_in_all_it_says_and_in_their_order() -> None:
    first, second = a_part("hop-dan"), a_part("tiem-chung")
    changes = {"id": PartId("khac"), "genre": Genre.ARTICLE, "title": "Khác", "authors": ("Hoa",), "reader": "Hoa"}
    changed_first = [*changed(first, changes), replace(first, source="UBND"), replace(first, lasts=HOUR)]
    lists = [(first, second), (second, first), (first,), *((each, second) for each in changed_first)]

    assert len({of_slot(replace(NOTICE, parts=parts)) for parts in lists}) == len(lists)
    assert {field.name for field in fields(Part)} == {*changes, "source", "lasts"}


def test_the_parts_are_read_back_from_every_sort_of_record() -> None:
    parts = (a_part("hop-dan"), a_part("tiem-chung"))
    notice, relay = replace(NOTICE, parts=parts), replace(RELAY, parts=parts[:1])
    records = [record_of_slot(notice, SLOT), record_of_programme(notice)]

    assert [approved_parts(each.canonical, NOTICE.id) for each in records] == [parts, parts]
    assert approved_parts(record_of_template(TEMPLATE, {RELAY.id: relay}).canonical, RELAY.id) == parts[:1]
    assert approved_parts(record_of_slot(NOTICE, SLOT).canonical, NOTICE.id) == ()
    assert approved_parts(records[0].canonical, RELAY.id) == ()


def test_what_is_not_heard_voids_nothing() -> None:
    assert {of_slot(each) for each in changed(NOTICE, NOT_HEARD_PROGRAMME)} == {of_slot()}
    assert {of_slot(slot=each) for each in changed(SLOT, NOT_BOUND_SLOT)} == {of_slot()}
    assert {of_template(each) for each in changed(TEMPLATE, NOT_BOUND_TEMPLATE)} == {of_template()}


def test_a_series_that_another_slot_goes_on_for_keeps_the_approval_of_the_days_it_keeps() -> None:
    assert of_slot(slot=replace(SLOT, timing=replace(WEEKLY, **NOT_BOUND_AT_TIME))) == of_slot()


def test_the_officer_may_reorder_notices_without_a_new_approval() -> None:
    reordered = replace(IN_PLACE, timing=replace(PLACES, **NOT_BOUND_IN_PLACE))

    assert of_slot(slot=reordered) == of_slot(slot=IN_PLACE)


def test_a_cancelled_occurrence_only_takes_away_and_voids_nothing() -> None:
    cancelled = replace(WEEKLY, exceptions=(*WEEKLY.exceptions, SlotException(at("05:30", MONDAY + 4 * DAY))))

    assert of_slot(slot=replace(SLOT, timing=cancelled)) == of_slot()


def test_the_order_in_which_things_are_listed_does_not_matter() -> None:
    two = replace(NOTICE, variants=(*NOTICE.variants, Variant("hre", a_recording())))
    places = replace(IN_PLACE, timing=in_places("thong-bao-chieu", "thong-bao"))

    assert of_slot(two) == of_slot(replace(two, variants=two.variants[::-1]))
    assert of_slot(slot=places) == of_slot(slot=IN_PLACE)


def test_the_hash_of_a_record_stays_what_it_was() -> None:
    """A release that gave other hashes would void every approval there is and silence every station."""
    assert of_slot() == "e289b99c0dfe3b828336ee531c1df02ed0d7ef7dc40697b769fd86169a5c318d"
    assert (
        of_slot(slot=replace(SLOT, timing=once("05:30")))
        == "0c5bb8514edc9700295baf2d3fb03a24c8806434a1bd62bbb2a449e7c66549c6"
    )
    assert (
        of_slot(slot=replace(SLOT, timing=daily("05:30")))
        == "63e63040e6547a70b5ebd1811987689f5433f9e91ebd5265f8a1f1c511a0b514"
    )
    assert of_slot(slot=IN_PLACE) == "3952fb80612052d2d6fadeafd4746a918ca702102e3f1d99c442747e740acb30"
    assert of_template() == "7ad915809a0c8df3d6df0c86d33591f7cf64d3692158f70a69a0165f1e6ba517"


def test_the_bytes_of_a_template_stay_what_they_were_before_rules_filled_places() -> None:
    morning = a_template(
        "05:30",
        "06:30",
        PLACE,
        a_place("tin"),
        a_place("nhac", fixed="vov1", filler=True),
        a_place("lai", repeats="tin"),
    )

    text = record_of_template(morning, {RELAY.id: RELAY}).canonical.decode()

    assert (
        '"places":[{"at":"06:00:00","fill":"fixed","filler":false,"id":"tiep-song","minutes":1,"name":"tiep-song",'
        '"programme":"vov1","repeats":null},'
        '{"at":null,"fill":"slots","filler":false,"id":"tin","minutes":1,"name":"tin","programme":null,"repeats":null},'
        '{"at":null,"fill":"fixed","filler":true,"id":"nhac","minutes":1,"name":"nhac","programme":"vov1",'
        '"repeats":null},'
        '{"at":null,"fill":"repeat","filler":false,"id":"lai","minutes":1,"name":"lai","programme":null,'
        '"repeats":"tin"}]'
    ) in text


def test_the_bytes_of_what_a_rule_fills_stay_what_they_are() -> None:
    fills: list[Fill] = [
        Newest(kind=Kind.BULLETIN, owners=frozenset({SON_TAY, SON_HA}), topic="Điện", max_age_days=3),
        OfCampaign(CampaignId("bau-cu")),
        Rotation(programmes=(ProgrammeId("b"), ProgrammeId("a")), first_day=MONDAY),
    ]
    places = tuple(a_place(f"muc-{number}", fill=fill) for number, fill in enumerate(fills))

    text = record_of_template(
        replace(TEMPLATE, replaces=TemplateId("cu"), places=places), {RELAY.id: RELAY}
    ).canonical.decode()

    assert (
        '"places":[{"at":null,"fill":"newest","filler":false,"id":"muc-0","minutes":1,"name":"muc-0","programme":null,'
        '"repeats":null,"rule":{"kind":"bulletin","max_age_days":3,"owners":["son-ha","son-tay"],"topic":"Điện"}},'
        '{"at":null,"fill":"campaign","filler":false,"id":"muc-1","minutes":1,"name":"muc-1","programme":null,'
        '"repeats":null,"rule":{"campaign":"bau-cu"}},'
        '{"at":null,"fill":"rotation","filler":false,"id":"muc-2","minutes":1,"name":"muc-2","programme":null,'
        '"repeats":null,"rule":{"first_day":"2026-11-23","programmes":["b","a"]}}],"replaces":"cu",'
    ) in text


def test_the_bytes_of_a_release_for_places_stay_what_they_are() -> None:
    released = record_of_programme(NOTICE)

    assert released.canonical.decode().endswith('"version":1},"use":"places"}')
    assert released.hash == "3c4e6a2d27b09b4b3c83a838a5ef51eabf59f3099954bc0802866e7d476bd9ce"


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        (
            replace(SLOT, lasts=HOUR, catch_up=CatchUp.SKIP, late=MINUTE, interrupted=Interrupted.RESUME),
            (
                '"slot":{"catch_up":"skip","id":"slot-thong-bao","interrupted":"resume","lasts_s":3600.0,"late_s":60.0,'
                '"start":"hard","timing":{"at":"05:30:00","first_day":"2026-11-23",'
            ),
        ),
        (
            replace(SLOT, timing=replace(WEEKLY, rule=LUNAR, holidays=Holidays.NOT)),
            (
                '"timing":{"at":"05:30:00","first_day":"2026-11-23","holidays":"not","leap_month":true,'
                '"lunar_days":[1,30],"lunar_months":[1,7],'
                '"moved":[["2026-11-22T22:30:00.000Z","2026-11-23T10:00:00.000Z"]],"short_month":"skip",'
                '"until":"2026-12-23"},"wait_s":0.0}}'
            ),
        ),
        (
            replace(IN_PLACE, timing=replace(PLACES, rule=LUNAR, holidays=Holidays.ONLY)),
            (
                '"timing":{"first_day":"2026-11-23","holidays":"only","last_day":"2026-12-22","leap_month":true,'
                '"lunar_days":[1,30],"lunar_months":[1,7],"places":["thong-bao","thong-bao-chieu"],"short_month":"skip"}'
            ),
        ),
        (
            replace(IN_PLACE, timing=replace(PLACES, rule=Recurrence.of("FREQ=MONTHLY;BYDAY=1MO"))),
            '"places":["thong-bao","thong-bao-chieu"],"rule":"FREQ=MONTHLY;BYDAY=1MO"}',
        ),
    ],
)
def test_the_bytes_of_a_slots_policies_and_rules_stay_what_they_are(slot: Slot, text: str) -> None:
    assert text in record_of_slot(NOTICE, slot).canonical.decode()


def test_every_part_of_a_rule_is_bound() -> None:
    newest = Newest(kind=Kind.BULLETIN, owners=frozenset({SON_HA}), topic="Điện", max_age_days=3)
    in_turn = Rotation(programmes=(ProgrammeId("a"), ProgrammeId("b")), first_day=MONDAY)
    fills: list[Fill] = [
        ByHand(),
        Repeats(PlaceId("khac")),
        Fixed(RELAY.id),
        newest,
        *changed(newest, {"kind": Kind.NOTICE, "owners": frozenset({SON_TAY}), "topic": "", "max_age_days": 4}),
        in_turn,
        *changed(in_turn, {"programmes": in_turn.programmes[::-1], "first_day": MONDAY + DAY}),
        OfCampaign(CampaignId("a")),
        OfCampaign(CampaignId("b")),
    ]

    hashes = [of_template(replace(TEMPLATE, places=(replace(PLACE, fill=fill),))) for fill in fills]

    assert len(set(hashes)) == len(hashes)


def test_a_release_for_places_binds_the_programme_and_is_no_release_of_a_slot() -> None:
    before = record_of_programme(NOTICE)

    after = [record_of_programme(each).hash for each in changed(NOTICE, HEARD_PROGRAMME)]

    assert before.hash not in {*after, of_slot()}
    assert len(set(after)) == len(after)


def test_every_rule_is_bound_by_its_own_facts() -> None:
    rules: list[DayRule | None] = [
        None,
        DAILY,
        weekly({0}),
        weekly(()),
        Recurrence.of("FREQ=DAILY;INTERVAL=2"),
        Recurrence.of("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        Recurrence.of("FREQ=MONTHLY;BYDAY=1MO"),
        LunarDays(days=frozenset({1})),
        LunarDays(days=frozenset({1}), months=frozenset({1})),
        LunarDays(days=frozenset({1}), leap_month=True),
        LunarDays(days=frozenset({1, 30}), short_month=ShortMonth.SKIP),
        LunarDays(days=frozenset({1, 30}), short_month=ShortMonth.LAST),
    ]

    for timing in (WEEKLY, PLACES):
        assert len({of_slot(slot=replace(SLOT, timing=replace(timing, rule=rule))) for rule in rules}) == len(rules)


def test_a_template_with_a_programme_that_is_gone_cannot_be_approved() -> None:
    with pytest.raises(Refused) as refused:
        record_of_template(TEMPLATE, {})

    assert (refused.value.code, refused.value.values) == ("approval.programme_missing", {"programme": "vov1"})


def test_a_target_that_grows_gives_the_new_zone_nothing_and_one_that_shrinks_keeps_the_rest() -> None:
    record = record_of_slot(NOTICE, SLOT)
    one, two, three = ZoneId("1"), ZoneId("2"), ZoneId("3")
    first = approval(record.hash, one, two)

    assert approved_zones([first], record) == {one, two}
    assert three not in approved_zones([first], record)
    assert approved_zones([first, approval(record.hash, three)], record) == {one, two, three}
    assert approved_zones([first], record_of_slot(replace(NOTICE, version=2), SLOT)) == frozenset()
    assert approved_zones([], record) == frozenset()


def test_nobody_approves_what_they_made_or_changed() -> None:
    require_other_person(PersonId("a"), [PersonId("b")])
    with pytest.raises(Refused, match=r"^approval\.own_work$"):
        require_other_person(PersonId("a"), [PersonId("b"), PersonId("a")])


def test_the_canonical_bytes_can_be_read_by_a_person() -> None:
    text = record_of_slot(a_programme("thong-bao"), a_slot(NOTICE, in_places("thong-bao", days=2))).canonical.decode()

    assert '"title":"Chương trình thong-bao"' in text
    assert '"timing":{"first_day":"2026-11-23","last_day":"2026-11-24","places":["thong-bao"]}' in text
