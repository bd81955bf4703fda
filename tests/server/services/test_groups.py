"""Named groups: who makes them, and what a change of one does to what is booked for it."""

from collections.abc import Callable

import pytest

from schedules.ids import GroupId, UnitId, ZoneId
from schedules.programme import State
from schedules.unit import Group
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import groups
from server.services.booking import WishInPlaces
from server.values import Person
from tests.server.services.radio import (
    APPROVER,
    EDITOR,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    NEIGHBOURS,
    NOTICES,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
)


def flooded(radio: Radio, *zones: ZoneId, by: Person = OFFICER) -> Group:
    return groups.make(radio.store, radio.clock, by, owner=SON_HA, name="Vùng lũ", zones=zones or (LANG_MOI,))


def for_group(group: GroupId) -> WishInPlaces:
    return WishInPlaces(groups=frozenset({group}), places=(NOTICES,), first_day=MONDAY, last_day=MONDAY)


def test_a_group_is_made_named_and_listed(radio: Radio) -> None:
    made = groups.make(
        radio.store, radio.clock, EDITOR, owner=QUANG_NGAI, name=" Ven sông ", zones=[NEIGHBOURS], units=[SON_HA]
    )

    assert groups.groups_of(radio.store, INSPECTOR, SON_HA) == ()
    assert groups.groups_of(radio.store, EDITOR, QUANG_NGAI) == (made,)
    assert made.name == "Ven sông"
    assert radio.actions()[-1] == "group.made"


@pytest.mark.parametrize(
    ("name", "zones", "units", "code", "field"),
    [
        (" ", [LANG_MOI], [], "group.no_name", "name"),
        ("Vùng lũ", [], [], "group.names_nothing", "zones"),
        ("Vùng lũ", [ZoneId("nowhere")], [], "target.no_zone", "zones"),
    ],
)
def test_a_group_that_names_nothing_is_refused_at_its_field(
    radio: Radio, name: str, zones: list[ZoneId], units: list[UnitId], code: str, field: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        groups.make(radio.store, radio.clock, OFFICER, owner=SON_HA, name=name, zones=zones, units=units)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert not radio.store.kept.groups


def test_only_those_who_write_for_all_of_it_make_change_and_remove_a_group(radio: Radio) -> None:
    made = flooded(radio)
    attempts: list[Callable[[Person], object]] = [
        lambda by: flooded(radio, by=by),
        lambda by: groups.change(
            radio.store, radio.clock, by, made.id, name="Khác", zones=[LANG_MOI], seen=groups.seen_as(made)
        ),
        lambda by: groups.remove(radio.store, radio.clock, by, made.id),
    ]

    for by in (NEIGHBOUR, INSPECTOR, TECHNICIAN, APPROVER):
        for attempt in attempts:
            with pytest.raises(NotAllowed, match=r"rights\.missing"):
                attempt(by)
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        flooded(radio, NEIGHBOURS)
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        groups.make(radio.store, radio.clock, OFFICER, owner=SON_HA, name="Cả hai", units=[SON_LINH])
    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        groups.groups_of(radio.store, NEIGHBOUR, SON_HA)

    assert radio.store.kept.groups == {made.id: made}


def test_a_group_that_grows_gives_its_new_zone_nothing_until_a_supplementary_approval(radio: Radio) -> None:
    radio.release_templates()
    made = flooded(radio)
    programme = radio.airs(wish=for_group(made.id))
    radio.wanted()

    groups.change(
        radio.store, radio.clock, OFFICER, made.id, name="Vùng lũ", zones=[LANG_MOI, GO_SIM], seen=groups.seen_as(made)
    )

    assert radio.wanted() == {LANG_MOI, GO_SIM}
    radio.issue()
    assert radio.item("Tạm ngừng cấp điện").programme == programme
    with pytest.raises(StopIteration):
        radio.item("Tạm ngừng cấp điện", GO_SIM)
    (waiting,) = radio.queue().programmes
    assert [(slot.supplementary, [zone.id for zone in slot.zones]) for slot in waiting.slots] == [(True, [GO_SIM])]
    radio.approves(programme)
    radio.issue()
    assert radio.item("Tạm ngừng cấp điện", GO_SIM).programme == programme
    assert radio.stored(programme).programme.state is State.APPROVED


def test_a_group_that_shrinks_silences_what_it_leaves(radio: Radio) -> None:
    radio.release_templates()
    made = flooded(radio, LANG_MOI, GO_SIM)
    radio.airs(wish=for_group(made.id))
    radio.wanted()

    groups.change(
        radio.store, radio.clock, OFFICER, made.id, name="Vùng lũ", zones=[LANG_MOI], seen=groups.seen_as(made)
    )

    assert radio.wanted() == {LANG_MOI, GO_SIM}
    radio.issue()
    with pytest.raises(StopIteration):
        radio.item("Tạm ngừng cấp điện", GO_SIM)
    assert not radio.queue().programmes


def test_who_changes_a_group_that_somebody_else_changed_is_told(radio: Radio) -> None:
    made = flooded(radio)
    seen = groups.seen_as(made)
    groups.change(radio.store, radio.clock, EDITOR, made.id, name="Vùng lũ", zones=[LANG_MOI, GO_SIM], seen=seen)

    with pytest.raises(Stale, match=r"edit\.stale"):
        groups.change(radio.store, radio.clock, OFFICER, made.id, name="Vùng thấp", zones=[LANG_MOI], seen=seen)

    assert radio.store.kept.groups[made.id].zones == {LANG_MOI, GO_SIM}


def test_a_group_in_use_is_not_removed_and_says_where(radio: Radio) -> None:
    made, spare = flooded(radio), flooded(radio)
    radio.books(radio.writes("Đóng cầu tràn"), for_group(made.id))

    with pytest.raises(Unacceptable, match=r"group\.in_use") as refused:
        groups.remove(radio.store, radio.clock, OFFICER, made.id)
    groups.remove(radio.store, radio.clock, OFFICER, spare.id)

    assert refused.value.values["titles"] == ["Đóng cầu tràn"]
    assert set(radio.store.kept.groups) == {made.id}
    with pytest.raises(NotFound, match=r"group\.unknown"):
        groups.change(radio.store, radio.clock, OFFICER, spare.id, name="Vùng lũ", zones=[LANG_MOI], seen="")
