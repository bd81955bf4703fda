"""The tree of units, and the zones a target means."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.errors import InvalidValue
from schedules.ids import GroupId, UnitId, ZoneId
from schedules.unit import Group, Standing, Target, Unit, UnitLevel, Units, ZoneIndex, zones_meant
from tests.schedules.given import DONG_BANG, GO_SIM, LANG_MOI, PROVINCE, SON_HA, SON_TAY, UNITS, a_zone, unit

MERGED = date(2025, 7, 1)
ZONES = (
    a_zone("lang-moi"),
    a_zone("go-sim"),
    a_zone("dong-bang"),
    a_zone("ca-xa", within=SON_HA),
    a_zone("xa-ben", station=SON_TAY, within=SON_TAY),
)


def meant(*, zones: tuple[str, ...] = (), units: tuple[UnitId, ...] = ()) -> list[str]:
    target = Target(frozenset(map(ZoneId, zones)), frozenset(units))
    return [zone.id for zone in zones_meant(target, reversed(ZONES), UNITS, ())]


def test_a_unit_exists_from_its_first_day_to_the_day_before_its_last() -> None:
    district = replace(unit(UnitId("huyen"), UnitLevel.DISTRICT, None), valid_from=date(1994, 1, 1), valid_to=MERGED)

    assert not district.exists_on(date(1993, 12, 31))
    assert district.exists_on(date(1994, 1, 1))
    assert district.exists_on(date(2025, 6, 30))
    assert not district.exists_on(MERGED)
    assert UNITS.by_id[SON_HA].exists_on(MERGED)


def test_a_unit_lies_within_every_unit_above_it_and_itself() -> None:
    assert UNITS.above(GO_SIM) == (GO_SIM, SON_HA, PROVINCE)
    assert UNITS.above(GO_SIM) == (GO_SIM, SON_HA, PROVINCE)
    assert UNITS.within(GO_SIM, PROVINCE)
    assert UNITS.within(GO_SIM, GO_SIM)
    assert not UNITS.within(SON_HA, GO_SIM)
    assert UNITS.below(SON_HA) == {each for each in UNITS.by_id if UNITS.within(each, SON_HA)} > {SON_HA, GO_SIM}


def test_a_tree_with_a_circle_or_a_missing_parent_cannot_be_built() -> None:
    one, other = UnitId("một"), UnitId("hai")

    with pytest.raises(InvalidValue, match=r"unit\.circle"):
        Units.of([unit(one, UnitLevel.COMMUNE, other), unit(other, UnitLevel.COMMUNE, one)])
    with pytest.raises(InvalidValue, match=r"unit\.unknown_parent"):
        Units.of([unit(one, UnitLevel.COMMUNE, other)])


def test_a_unit_ends_after_it_begins_and_has_successors_only_once_it_ends() -> None:
    commune = unit(SON_HA, UnitLevel.COMMUNE, None)

    with pytest.raises(InvalidValue, match=r"unit\.ends_before_start"):
        replace(commune, valid_from=MERGED, valid_to=MERGED)
    with pytest.raises(InvalidValue, match=r"unit\.successor_without_end"):
        replace(commune, successors=(SON_TAY,))


@pytest.mark.parametrize(
    ("parent_days", "child_days", "holds"),
    [
        ((None, None), (None, None), True),
        ((None, MERGED), (None, MERGED), True),
        ((None, MERGED), (date(2000, 1, 1), date(2020, 1, 1)), True),
        ((None, MERGED), (None, None), False),
        ((None, MERGED), (MERGED, None), False),
        ((MERGED, None), (None, None), False),
        ((MERGED, None), (date(2025, 6, 30), None), False),
    ],
)
def test_a_parent_exists_on_every_day_of_its_children(
    parent_days: tuple[date | None, date | None], child_days: tuple[date | None, date | None], *, holds: bool
) -> None:
    above = replace(unit(PROVINCE, UnitLevel.PROVINCE, None), valid_from=parent_days[0], valid_to=parent_days[1])
    child = replace(unit(SON_HA, UnitLevel.COMMUNE, PROVINCE), valid_from=child_days[0], valid_to=child_days[1])

    if holds:
        assert Units.of([above, child]).within(SON_HA, PROVINCE)
    else:
        with pytest.raises(InvalidValue, match=r"unit\.parent_ended"):
            Units.of([above, child])


def ending(name: str, on: date, *successors: str, begins: date | None = None) -> Unit:
    commune = unit(UnitId(name), UnitLevel.COMMUNE, None)
    return replace(commune, valid_from=begins, valid_to=on, successors=tuple(map(UnitId, successors)))


def beginning(name: str, on: date) -> Unit:
    return replace(unit(UnitId(name), UnitLevel.COMMUNE, None), valid_from=on)


LATER = date(2026, 7, 1)


def test_a_unit_is_followed_through_what_it_became() -> None:
    tree = Units.of(
        [
            ending("một", MERGED, "ba"),
            ending("hai", MERGED, "ba", "bốn"),
            ending("ba", LATER, "bốn", begins=MERGED),
            beginning("bốn", MERGED),
        ]
    )

    assert tree.followers(UnitId("hai"), date(2025, 6, 30)) == {"hai"}
    assert tree.followers(UnitId("hai"), MERGED) == {"ba", "bốn"}
    assert tree.followers(UnitId("hai"), LATER) == {"bốn"}
    assert tree.followers(UnitId("ba"), date(2025, 6, 30)) == frozenset()
    assert tree.predecessors(UnitId("bốn"), date(2025, 6, 30)) == {"một", "hai"}
    assert tree.predecessors(UnitId("bốn"), MERGED) == {"ba", "bốn"}
    assert {each.id for each in tree.on(MERGED)} == {"ba", "bốn"}
    assert tree.became(UnitId("hai")) == {"hai", "ba", "bốn"}


def test_successors_are_there_on_the_day_and_never_go_round() -> None:
    with pytest.raises(InvalidValue, match=r"unit\.unknown_successor"):
        Units.of([ending("một", MERGED, "hai")])
    with pytest.raises(InvalidValue, match=r"unit\.successor_absent"):
        Units.of([ending("một", MERGED, "hai"), beginning("hai", LATER)])
    with pytest.raises(InvalidValue, match=r"unit\.successor_circle"):
        Units.of(
            [
                ending("một", MERGED, "hai"),
                ending("hai", LATER, "ba"),
                ending("ba", LATER + (LATER - MERGED), "hai"),
            ]
        )
    with pytest.raises(InvalidValue, match=r"unit\.successor_circle"):
        Units.of([ending("một", MERGED, "hai"), ending("hai", LATER, "một", "hai")])


@given(
    cuts=st.lists(st.lists(st.sets(st.integers(0, 4), min_size=1), min_size=5, max_size=5), min_size=1, max_size=4),
    before=st.integers(0, 4),
    after=st.integers(0, 4),
)
def test_whoever_follows_a_unit_has_it_as_a_predecessor(cuts: list[list[set[int]]], before: int, after: int) -> None:
    """Five units before the first cut, five after each; each ends at its cut and is followed by some of the next."""
    first = date(2020, 1, 1)
    days = [first.replace(year=2020 + number) for number in range(len(cuts))]
    tree = Units.of(
        replace(
            unit(UnitId(f"{age}-{number}"), UnitLevel.COMMUNE, None),
            valid_from=days[age - 1] if age else None,
            valid_to=days[age] if age < len(days) else None,
            successors=tuple(UnitId(f"{age + 1}-{each}") for each in sorted(cuts[age][number]))
            if age < len(days)
            else (),
        )
        for age in range(len(cuts) + 1)
        for number in range(5)
    )
    last = days[-1]

    old, new = UnitId(f"0-{before}"), UnitId(f"{len(cuts)}-{after}")

    assert (new in tree.followers(old, last)) == (old in tree.predecessors(new, date(2019, 12, 31)))
    assert tree.followers(old, last)
    assert all(tree.by_id[each].exists_on(last) for each in tree.followers(old, last))


def test_a_target_means_zones_by_name_and_all_below_its_units() -> None:
    assert meant(zones=("go-sim",)) == ["go-sim"]
    assert meant(zones=("go-sim", "khong-co"), units=(LANG_MOI,)) == ["go-sim", "lang-moi"]
    assert meant(units=(SON_HA,)) == ["ca-xa", "dong-bang", "go-sim", "lang-moi"]
    assert meant(units=(PROVINCE,)) == ["ca-xa", "dong-bang", "go-sim", "lang-moi", "xa-ben"]
    assert meant(units=(DONG_BANG,)) == ["dong-bang"]


def test_a_zone_is_meant_by_its_station_though_it_serves_a_unit_of_another() -> None:
    across = a_zone("giap-ranh", station=SON_TAY, within=GO_SIM)

    for units in ((SON_TAY,), (SON_HA,), (GO_SIM,)):
        assert ZoneIndex([across], UNITS, ()).meant(Target(units=frozenset(units))) == (across,)


COAST = Group(
    id=GroupId("ven-bien"),
    owner=PROVINCE,
    name="Các xã ven biển",
    zones=frozenset({ZoneId("go-sim")}),
    units=frozenset({SON_TAY}),
)


def test_a_group_means_its_zones_and_all_below_its_units() -> None:
    index = ZoneIndex(ZONES, UNITS, [COAST])

    named = Target(zones=frozenset({ZoneId("lang-moi")}), groups=frozenset({COAST.id, GroupId("khong-co")}))

    assert [zone.id for zone in index.meant(named)] == ["go-sim", "lang-moi", "xa-ben"]


def test_languages_and_tags_narrow_a_place_and_alone_mean_every_zone_that_has_them() -> None:
    zones = (
        a_zone("lang-moi", "hre", "vi"),
        replace(a_zone("go-sim", "hre"), tags=frozenset({"vùng lũ"})),
        replace(a_zone("dong-bang"), tags=frozenset({"vùng lũ", "ven biển"})),
        a_zone("xa-ben", "hre", station=SON_TAY, within=SON_TAY),
    )

    def names(**asked: frozenset[str]) -> list[str]:
        return [zone.id for zone in zones_meant(Target(**asked), zones, UNITS, ())]  # type: ignore[arg-type]  # ids

    hre, floods = frozenset({"hre"}), frozenset({"vùng lũ"})

    assert names(languages=hre) == ["go-sim", "lang-moi", "xa-ben"]
    assert names(units=frozenset({SON_HA}), languages=hre) == ["go-sim", "lang-moi"]
    assert names(units=frozenset({SON_HA}), tags=floods) == ["dong-bang", "go-sim"]
    assert names(languages=hre, tags=floods) == ["go-sim"]
    assert names(languages=frozenset({"hre", "vi"}), tags=frozenset({"ven biển", "vùng lũ"})) == [
        "dong-bang",
        "go-sim",
    ]


def test_a_group_has_a_name_and_holds_something() -> None:
    with pytest.raises(InvalidValue, match=r"group\.no_name"):
        replace(COAST, name=" ")
    with pytest.raises(InvalidValue, match=r"group\.names_nothing"):
        replace(COAST, zones=frozenset(), units=frozenset())


def test_a_zone_obeys_what_is_above_it_and_what_was() -> None:
    moved = replace(ZONES[0], station=SON_TAY, unit=SON_TAY, stood=(Standing(date(2026, 12, 1), SON_HA, SON_HA),))

    assert set(moved.obeys(UNITS)) == {*UNITS.above(SON_TAY), *UNITS.above(SON_HA)}
    assert SON_TAY not in ZONES[0].obeys(UNITS)


def test_a_target_names_something_and_a_zone_speaks_something() -> None:
    with pytest.raises(InvalidValue, match=r"target\.names_nothing"):
        Target()
    with pytest.raises(InvalidValue, match=r"zone\.no_language"):
        replace(ZONES[0], languages=())


def test_what_a_unit_has_become_ends_where_a_day_is_still_to_come() -> None:
    first, second, third = UnitId("a"), UnitId("b"), UnitId("c")
    made = {
        "level": UnitLevel.COMMUNE,
        "parent": None,
        "code": "",
        "name": "Xã",
    }
    units = Units.of(
        [
            Unit(id=first, valid_to=date(2026, 1, 1), successors=(second,), **made),  # type: ignore[arg-type]  # by name
            Unit(id=second, valid_to=date(2027, 1, 1), successors=(third,), **made),  # type: ignore[arg-type]  # by name
            Unit(id=third, **made),  # type: ignore[arg-type]  # by name
        ],
        to_come=[second],
    )

    assert units.became(first) == {first, second, third}
    assert units.has_become(first) == {first, second}
