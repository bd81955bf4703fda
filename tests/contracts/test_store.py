"""What every store promises about transactions, places, programmes and the audit trail."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from schedules.ids import GroupId, LoudspeakerId, PersonId, PlaceId, ProgrammeId, SlotId, SuccessionId, UnitId, ZoneId
from schedules.slot import CatchUp, InPlace
from schedules.unit import Target
from server.errors import Stale
from server.ports import Store
from server.values import AuditLine
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, NOTICE, NOW, PROVINCE, SLOT, TEMPLATE, ZONE
from tests.fakes.kept import Dangling

REFUSED_REFERENCE = (IntegrityError, Dangling)


def with_programme(store: Store) -> Store:
    with store.writing() as uow:
        uow.programmes.put(samples.PROGRAMME, expected_version=0)
        uow.commit()
    return store


@pytest.fixture
def with_slots(store: Store) -> Store:
    """A store with a slot for a zone, one for a commune, one for a group, and one that says no place."""
    targets = {
        "of-zone": Target(zones=frozenset({ZONE})),
        "of-commune": Target(units=frozenset({COMMUNE})),
        "of-group": Target(groups=frozenset({GroupId("coast")})),
        "everywhere": Target(languages=frozenset({"hre"})),
    }
    with store.writing() as uow:
        uow.programmes.put(samples.PROGRAMME, expected_version=0)
        for name, target in targets.items():
            slot = replace(samples.SLOTTED.slot, id=SlotId(name), target=target, version=1)
            uow.programmes.put_slot(replace(samples.SLOTTED, slot=slot), expected_version=0)
        uow.commit()
    return store


def test_nothing_is_kept_without_a_commit(empty_store: Store) -> None:
    with empty_store.writing() as uow:
        uow.places.put_units([samples.UNITS[0]])

    with empty_store.reading() as uow:
        assert not uow.places.units().by_id


def test_an_error_inside_keeps_nothing(empty_store: Store) -> None:
    with suppress(RuntimeError), empty_store.writing() as uow:
        uow.places.put_units([samples.UNITS[0]])
        raise RuntimeError

    with empty_store.reading() as uow:
        assert not uow.places.units().by_id


def test_a_transaction_sees_what_it_wrote(store: Store) -> None:
    with store.writing() as uow:
        uow.programmes.put(samples.PROGRAMME, expected_version=0)

        assert uow.programmes.get(NOTICE) == samples.PROGRAMME


def test_changes_differ_after_a_commit_elsewhere(store: Store) -> None:
    before = store.changes()

    with_programme(store)

    assert store.changes() != before


def test_a_person_comes_back_whole(store: Store) -> None:
    with store.writing() as uow:
        uow.people.put(samples.PEOPLE)
        uow.commit()

    with store.reading() as uow:
        assert uow.people.get(samples.OFFICER) == samples.PEOPLE
        assert uow.people.by_login("y.nhi") == samples.PEOPLE
        assert uow.people.by_login("Y.NHI") is None
        assert list(uow.people.of_unit(COMMUNE)) == [samples.PEOPLE]
        assert not uow.people.of_unit(PROVINCE)


def test_a_person_is_replaced(store: Store) -> None:
    with store.writing() as uow:
        uow.people.put(samples.PEOPLE)
        uow.people.put(replace(samples.PEOPLE, session_key=2, active=False))
        uow.commit()

    with store.reading() as uow:
        assert uow.people.get(samples.OFFICER) == replace(samples.PEOPLE, session_key=2, active=False)


def test_a_login_belongs_to_one_person(store: Store) -> None:
    with store.writing() as uow:
        uow.people.put(samples.PEOPLE)

        with pytest.raises(REFUSED_REFERENCE):
            uow.people.put(replace(samples.PEOPLE, id=PersonId("person-2")))


def test_places_come_back_whole(store: Store) -> None:
    with store.writing() as uow:
        uow.places.put_regulation(samples.REGULATION)
        uow.places.put_channel(samples.VOV1)
        uow.commit()

    with store.reading() as uow:
        assert tuple(uow.places.units().by_id.values()) == samples.UNITS
        assert set(uow.places.zones()) == set(samples.ZONES)
        assert uow.places.zone(ZONE) == samples.ZONES[0]
        assert list(uow.places.regulations()) == [samples.REGULATION]
        assert list(uow.places.channels()) == [samples.VOV1]
        assert tuple(uow.places.loudspeakers()) == samples.LOUDSPEAKERS
        assert tuple(uow.places.loudspeakers(among=[samples.POLE, LoudspeakerId("never")])) == samples.LOUDSPEAKERS[:1]
        assert tuple(uow.places.loudspeakers_at([samples.ZONE, ZoneId("never")])) == samples.LOUDSPEAKERS
        assert tuple(uow.places.loudspeakers_at([samples.OTHER_ZONE])) == samples.LOUDSPEAKERS[1:]
        assert uow.places.loudspeaker(samples.POLE) == samples.LOUDSPEAKERS[0]


def test_a_named_group_is_kept_changed_and_forgotten(store: Store) -> None:
    with store.writing() as uow:
        uow.places.put_group(samples.GROUP)
        uow.places.put_group(replace(samples.GROUP, id=GroupId("group-0"), name="Khác"))
        uow.places.put_group(replace(samples.GROUP, id=GroupId("group-0"), name="Ven biển"))
        uow.commit()

    with store.reading() as uow:
        assert list(uow.places.groups()) == [
            replace(samples.GROUP, id=GroupId("group-0"), name="Ven biển"),
            samples.GROUP,
        ]
    with store.writing() as uow:
        uow.places.remove_group(GroupId("group-0"))
        uow.commit()
    with store.reading() as uow:
        assert list(uow.places.groups()) == [samples.GROUP]


def test_a_decided_merge_is_kept_and_marked_when_it_is_carried_out(store: Store) -> None:
    earlier = replace(samples.SUCCESSION, id=SuccessionId("succession-2"), on=date(2030, 1, 1))
    done = replace(samples.SUCCESSION, carried_out_at=NOW)

    with store.writing() as uow:
        for each in (samples.SUCCESSION, earlier, done):
            uow.places.put_succession(each)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.places.successions()) == [earlier, done]


def test_the_tree_says_whose_day_is_still_to_come_until_it_is_carried_out(store: Store) -> None:
    for carried_out_at, to_come in ((None, {COMMUNE}), (NOW, set())):
        with store.writing() as uow:
            uow.places.units()  # read before, as every process has
            uow.places.put_succession(replace(samples.SUCCESSION, carried_out_at=carried_out_at))
            uow.commit()

        with store.reading() as uow:
            assert uow.places.units().to_come == to_come


def test_the_tree_is_what_was_committed_last_and_not_what_was_given_up(store: Store) -> None:
    renamed = replace(samples.UNITS[0], name="Tỉnh Mới")

    with suppress(RuntimeError), store.writing() as uow:
        uow.places.put_units([replace(renamed, name="Tỉnh Khác")])
        assert uow.places.units().by_id[PROVINCE].name == "Tỉnh Khác"
        raise RuntimeError
    with store.reading() as uow:
        before = uow.places.units()
        assert before.by_id[PROVINCE] == samples.UNITS[0]
    with store.writing() as uow:
        uow.places.put_units([renamed])
        uow.commit()

    with store.reading() as uow:
        assert uow.places.units().by_id[PROVINCE] == renamed
    assert before.by_id[PROVINCE] == samples.UNITS[0]


def test_a_changed_zone_keeps_its_mark(store: Store) -> None:
    with store.writing() as uow:
        uow.issue.want([ZONE])
        uow.places.put_zone(replace(samples.ZONES[0], name="Làng Mới 2"))
        uow.commit()

    with store.reading() as uow:
        assert next(mark for mark in uow.issue.marks() if mark.zone == ZONE).wanted == 2


def test_a_zone_of_an_unknown_unit_is_refused(store: Store) -> None:
    with store.writing() as uow, pytest.raises(REFUSED_REFERENCE):
        uow.places.put_zone(replace(samples.ZONES[0], id=ZoneId("lost"), station=UnitId("nowhere")))


def test_the_machine_voice_is_allowed_unit_by_unit_and_survives_a_change_of_the_unit(store: Store) -> None:
    with store.writing() as uow:
        uow.places.allow_machine_voice(COMMUNE, allowed=True)
        uow.places.allow_machine_voice(PROVINCE, allowed=True)
        uow.places.allow_machine_voice(PROVINCE, allowed=False)
        uow.places.put_units([replace(samples.UNITS[1], name="Xã Sơn Hà mới")])
        uow.commit()

    with store.reading() as uow:
        assert uow.places.machine_voice_units() == {COMMUNE}


def test_a_programme_and_its_parts_come_back_whole(store: Store) -> None:
    with_programme(store)
    with store.writing() as uow:
        uow.programmes.put_take(samples.TAKE)
        uow.programmes.put_slot(samples.SLOTTED, expected_version=0)
        uow.programmes.put_template(samples.MORNING, expected_version=0)
        uow.programmes.add_approval(samples.RELEASE)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.programmes.all()) == [samples.PROGRAMME]
        assert uow.programmes.take("take-1") == samples.TAKE
        assert list(uow.programmes.takes(NOTICE)) == [samples.TAKE]
        assert uow.programmes.slot(SLOT) == samples.SLOTTED
        assert list(uow.programmes.slots_of(NOTICE)) == [samples.SLOTTED]
        assert list(uow.programmes.templates()) == [samples.MORNING]
        assert list(uow.programmes.approvals()) == [samples.RELEASE]
        assert list(uow.programmes.approvals_of(SLOT)) == [samples.RELEASE]
        assert not uow.programmes.approvals_of(TEMPLATE)


def test_what_was_released_is_found_by_the_hash_of_its_record(store: Store) -> None:
    with_programme(store)
    with store.writing() as uow:
        uow.programmes.add_approval(samples.RELEASE)
        uow.commit()

    with store.reading() as uow:
        found = uow.programmes.released([samples.RELEASE.approval.record, "0" * 64])

    assert found == {samples.RELEASE.approval.record: samples.RELEASE.canonical}


def test_the_programmes_of_units_are_known_by_their_ids(store: Store) -> None:
    with_programme(store)

    with store.reading() as uow:
        own, others = uow.programmes.owned([samples.COMMUNE]), uow.programmes.owned([samples.PROVINCE])

    assert samples.NOTICE in own
    assert not others


def test_a_slot_in_places_comes_back_whole(store: Store) -> None:
    timing = InPlace(
        places=(PlaceId("notices"), PlaceId("again")),
        first_day=date(2026, 11, 23),
        last_day=date(2026, 11, 30),
        order=4,
    )
    stored = replace(samples.SLOTTED, slot=replace(samples.SLOTTED.slot, timing=timing, lasts=None))
    with_programme(store)

    with store.writing() as uow:
        uow.programmes.put_slot(stored, expected_version=0)
        uow.commit()

    with store.reading() as uow:
        assert uow.programmes.slot(SLOT) == stored


def test_a_removed_slot_is_found_by_its_id_only(store: Store) -> None:
    removed = replace(samples.SLOTTED, removed_at=NOW)
    with_programme(store)

    with store.writing() as uow:
        uow.programmes.put_slot(removed, expected_version=0)
        uow.commit()

    with store.reading() as uow:
        assert uow.programmes.slot(SLOT) == removed
        assert not uow.programmes.slots()
        assert not uow.programmes.slots_of(NOTICE)


def test_slots_are_found_by_what_their_targets_name(with_slots: Store) -> None:
    def found(**target: frozenset[str]) -> set[str]:
        with with_slots.reading() as uow:
            return {each.slot.id for each in uow.programmes.slots(naming=Target(**target))}  # type: ignore[arg-type]  # ids

    assert found(zones=frozenset({ZONE})) == {"of-zone", "everywhere"}
    assert found(units=frozenset({COMMUNE, "elsewhere"})) == {"of-commune", "everywhere"}
    assert found(groups=frozenset({"coast"})) == {"of-group", "everywhere"}
    assert found(tags=frozenset({"coast"})) == {"everywhere"}


def test_a_slot_is_found_by_its_newest_target_until_it_is_removed(with_slots: Store) -> None:
    with with_slots.writing() as uow:
        stored = uow.programmes.slot(SlotId("of-zone"))
        assert stored is not None
        moved = replace(stored.slot, target=Target(units=frozenset({COMMUNE})), version=2)
        uow.programmes.put_slot(replace(stored, slot=moved), expected_version=1)
        other = uow.programmes.slot(SlotId("of-commune"))
        assert other is not None
        removed = replace(other, slot=replace(other.slot, version=2), removed_at=NOW)
        uow.programmes.put_slot(removed, expected_version=1)
        uow.commit()

    with with_slots.reading() as uow:
        named = Target(zones=frozenset({ZONE}), units=frozenset({COMMUNE}))
        by_zone = uow.programmes.slots(naming=Target(zones=frozenset({ZONE})))
        assert [each.slot.id for each in by_zone] == ["everywhere"]
        assert {each.slot.id for each in uow.programmes.slots(naming=named)} == {"of-zone", "everywhere"}


def test_slots_are_found_by_their_policy(with_slots: Store) -> None:
    timing = InPlace(places=(PlaceId("notices"),), first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))
    again = replace(samples.SLOTTED.slot, id=SlotId("again"), timing=timing, catch_up=CatchUp.NEXT_SLOT)
    with with_slots.writing() as uow:
        uow.programmes.put_slot(replace(samples.SLOTTED, slot=again), expected_version=0)
        uow.commit()

    with with_slots.reading() as uow:
        assert [each.slot for each in uow.programmes.slots(catch_up=CatchUp.NEXT_SLOT)] == [again]
        assert uow.programmes.slots(catch_up=CatchUp.SKIP) == []


def test_what_concerns_some_places_and_programmes_is_found(with_slots: Store) -> None:
    """Only what was asked for, and what a unit made for places filled by rule."""
    for_places = replace(samples.PROGRAMME, programme=replace(samples.PROGRAMME.programme, id=ProgrammeId("free")))
    not_for_places = replace(samples.PROGRAMME.programme, id=ProgrammeId("other"), for_places=False)
    with with_slots.writing() as uow:
        uow.programmes.put(for_places, expected_version=0)
        uow.programmes.put(replace(samples.PROGRAMME, programme=not_for_places), expected_version=0)
        uow.programmes.put_template(samples.MORNING, expected_version=0)
        uow.programmes.add_approval(samples.RELEASE)
        uow.commit()

    with with_slots.reading() as uow:
        assert [each.id for each in uow.places.zones(among=[ZONE, ZoneId("unknown")])] == [ZONE]
        assert list(uow.places.regulations(stations=[COMMUNE])) == list(uow.places.regulations())
        assert not uow.places.regulations(stations=[PROVINCE])
        assert list(uow.programmes.templates(stations=[COMMUNE])) == [samples.MORNING]
        assert not uow.programmes.templates(stations=[PROVINCE])
        subject = samples.RELEASE.subject
        assert list(uow.programmes.approvals(subjects=[subject])) == [samples.RELEASE]
        assert not uow.programmes.approvals(subjects=[SlotId("another")])
        owner = for_places.programme.owner
        assert list(uow.programmes.some([NOTICE], for_places_of=[PROVINCE])) == [samples.PROGRAMME]
        assert list(uow.programmes.some([], for_places_of=[owner])) == [for_places, samples.PROGRAMME]
        by_id = [each.programme.id for each in uow.programmes.some([not_for_places.id], for_places_of=[owner])]
        assert by_id == ["free", NOTICE, "other"]


def test_the_programme_changed_last_comes_first(store: Store) -> None:
    with_programme(store)
    newer = replace(
        samples.PROGRAMME,
        programme=replace(samples.PROGRAMME.programme, id=ProgrammeId("notice-2")),
        changed_at=NOW + samples.MINUTE,
    )

    with store.writing() as uow:
        uow.programmes.put(newer, expected_version=0)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.programmes.all()) == [newer, samples.PROGRAMME]


def test_the_second_of_two_editors_is_told(store: Store) -> None:
    with_programme(store)
    with store.writing() as uow:
        uow.programmes.put(samples.next_version(samples.PROGRAMME), expected_version=1)
        uow.commit()

    with store.writing() as uow, pytest.raises(Stale):
        uow.programmes.put(samples.next_version(samples.PROGRAMME), expected_version=1)


@pytest.mark.parametrize("expected", [0, 2])
def test_a_version_that_is_not_there_is_stale(store: Store, expected: int) -> None:
    with_programme(store)

    with store.writing() as uow, pytest.raises(Stale):
        uow.programmes.put(samples.PROGRAMME, expected_version=expected)


def test_slots_and_templates_have_versions_too(store: Store) -> None:
    with_programme(store)
    with store.writing() as uow:
        uow.programmes.put_slot(samples.SLOTTED, expected_version=0)
        uow.programmes.put_template(samples.MORNING, expected_version=0)

        with pytest.raises(Stale):
            uow.programmes.put_slot(samples.SLOTTED, expected_version=3)
        with pytest.raises(Stale):
            uow.programmes.put_template(samples.MORNING, expected_version=0)


def test_a_slot_of_an_unknown_programme_is_refused(store: Store) -> None:
    lost = replace(samples.SLOTTED, slot=replace(samples.SLOTTED.slot, id=SlotId("lost")))

    with store.writing() as uow, pytest.raises(REFUSED_REFERENCE):
        uow.programmes.put_slot(lost, expected_version=0)


def test_the_audit_trail_gives_the_newest_lines_first(store: Store) -> None:
    lines = [
        AuditLine(at=NOW, by=samples.OFFICER, action="programme.created", subject=NOTICE, unit=COMMUNE),
        AuditLine(at=NOW, by=None, action="keys.made", subject="trust", unit=None, details={"number": 1}),
        AuditLine(at=NOW, by=samples.OFFICER, action="programme.edited", subject=NOTICE, unit=COMMUNE),
    ]

    with store.writing() as uow:
        for line in lines:
            uow.audit.add(line)
        uow.commit()

    with store.reading() as uow:
        assert list(uow.audit.latest(unit=None, limit=2)) == [lines[2], lines[1]]
        assert list(uow.audit.latest(unit=COMMUNE, limit=9)) == [lines[2], lines[0]]
        assert list(uow.audit.latest(unit=None, limit=9, subject=lines[1].subject)) == [lines[1]]


def test_details_of_an_audit_line_are_kept_as_text_where_json_has_no_word(store: Store) -> None:
    details: dict[str, object] = {"until": NOW, "zones": (ZONE,), "minutes": 3}
    with store.writing() as uow:
        uow.audit.add(AuditLine(at=NOW, by=None, action="a", subject="b", unit=None, details=details))
        uow.commit()

    with store.reading() as uow:
        kept = uow.audit.latest(unit=None, limit=1)[0].details
        assert kept == {"until": str(NOW), "zones": [ZONE], "minutes": 3}
