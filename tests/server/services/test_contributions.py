"""Handing in: for one's own hamlet and no other, within limits, and with no way to the air but the ordinary one."""

from dataclasses import replace
from pathlib import Path

import pytest

from schedules.ids import PersonId, ZoneId
from schedules.programme import Origin, State
from schedules.times import DAY
from server.contribution_records import Contribution, ContributionState
from server.errors import NotAllowed, NotFound, ServerError, Unacceptable
from server.services import approvals, contribution_desk, contributions, issuing, programmes
from server.services.contributions import A_DAY, LARGEST_SOUND, LONGEST_TEXT, Wanted
from server.services.rights import ANY_ROLE, may
from server.values import Person, Role
from tests.fakes.sealing import FakeSealing
from tests.fakes.sound import FakePreparation
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    HAMLETS,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    NEIGHBOURS,
    OFFICER,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
    in_notices,
    person,
)

HEAD = person("head-of-lang-moi", next(iter(HAMLETS)), Role.CONTRIBUTOR)
"""Of the hamlet Làng Mới, and of nothing else."""
FARMERS = person("farmers-union", SON_HA, Role.CONTRIBUTOR)
ELSEWHERE = person("head-elsewhere", SON_LINH, Role.CONTRIBUTOR)
MEETING = Wanted(zones=frozenset({LANG_MOI}), title="Họp thôn", text="Tối nay họp thôn tại nhà văn hoá.")


@pytest.fixture
def radio(radio: Radio) -> Radio:
    with radio.store.writing() as uow:
        for each in (HEAD, FARMERS, ELSEWHERE):
            uow.people.put(each)
        uow.commit()
    return radio


def sends(radio: Radio, by: Person = HEAD, **changes: object) -> Contribution:
    wanted = replace(MEETING, **changes)  # type: ignore[arg-type]  # fields by name
    return contributions.send(radio.store, radio.clock, by, wanted=wanted)


def sends_a_sound(radio: Radio, preparation: FakePreparation | None = None, content: bytes = b"sound") -> Contribution:
    made = sends(radio, text="", file_name="hop.m4a", size=len(content))
    contributions.waiting_at(radio.uploads, made.id).write_bytes(content)
    return contributions.prepare(radio.store, preparation or radio.preparation, made.id, uploads=radio.uploads)


def waiting(radio: Radio, by: Person = OFFICER) -> list[str]:
    found = contribution_desk.inbox(radio.store, by, SON_HA)
    return [each.contribution.title for each in found.waiting]


def test_the_head_of_a_hamlet_reaches_the_hamlet_alone_and_a_department_the_commune(radio: Radio) -> None:
    assert [zone.id for zone in contributions.reach(radio.store, HEAD)] == [LANG_MOI]
    assert {zone.id for zone in contributions.reach(radio.store, FARMERS)} == {LANG_MOI, GO_SIM, DONG_BANG}
    assert contributions.reach(radio.store, OFFICER) == ()


def test_a_text_waits_at_its_station_and_is_noted(radio: Radio) -> None:
    made = sends(radio)

    assert waiting(radio) == ["Họp thôn"]
    assert contributions.own(radio.store, HEAD) == (made,)
    assert radio.actions()[-1] == "contribution.sent"
    assert contribution_desk.waiting_count(radio.store, OFFICER, SON_HA) == 1


@pytest.mark.parametrize(
    ("by", "zones"),
    [
        (HEAD, {GO_SIM}),
        (HEAD, {LANG_MOI, GO_SIM}),
        (HEAD, {NEIGHBOURS}),
        (ELSEWHERE, {LANG_MOI}),
        (OFFICER, {LANG_MOI}),
        (ADMINISTRATOR, {LANG_MOI}),
        (replace(HEAD, active=False), {LANG_MOI}),
    ],
)
def test_nobody_hands_in_for_where_they_do_not_contribute(radio: Radio, by: Person, zones: set[ZoneId]) -> None:
    with pytest.raises(NotAllowed):
        sends(radio, by, zones=frozenset(zones))

    assert waiting(radio) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"zones": frozenset()}, "contribution.no_zone"),
        ({"zones": frozenset({ZoneId("nowhere")})}, "contribution.no_zone"),
        ({"title": "  "}, "contribution.title"),
        ({"title": "đ" * 201}, "contribution.title"),
        ({"text": " \n"}, "contribution.empty"),
        ({"text": "đ" * (LONGEST_TEXT + 1)}, "contribution.text"),
        ({"size": LARGEST_SOUND + 1}, "contribution.sound_size"),
        ({"last_day": MONDAY - DAY}, "contribution.days"),
        ({"first_day": MONDAY - DAY}, "contribution.days"),
        ({"first_day": MONDAY + DAY, "last_day": MONDAY}, "contribution.days"),
    ],
)
def test_a_bad_one_is_refused_and_nothing_kept(radio: Radio, changes: dict[str, object], code: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        sends(radio, HEAD, **changes)

    assert refused.value.code == code
    assert contributions.own(radio.store, HEAD) == ()


def test_the_zones_of_one_go_to_one_station(radio: Radio) -> None:
    both = replace(FARMERS, also_units=frozenset({SON_LINH}))

    with pytest.raises(Unacceptable, match=r"contribution\.one_station"):
        sends(radio, both, zones=frozenset({LANG_MOI, NEIGHBOURS}))


def test_nobody_hands_in_without_end(radio: Radio) -> None:
    for _ in range(A_DAY):
        sends(radio)

    with pytest.raises(Unacceptable, match=r"contribution\.too_many"):
        sends(radio)
    radio.at(radio.now() + 2 * DAY)

    assert sends(radio).state is ContributionState.WAITING


def test_a_sound_is_prepared_before_the_station_sees_it(radio: Radio) -> None:
    made = sends(radio, text="", file_name="hop.m4a", size=5)
    before = waiting(radio)
    contributions.waiting_at(radio.uploads, made.id).write_bytes(b"sound")
    left = contributions.unfinished(radio.store)

    prepared = contributions.prepare(radio.store, radio.preparation, made.id, uploads=radio.uploads)

    assert (before, left) == ([], (made,))
    assert waiting(radio) == ["Họp thôn"]
    assert prepared.recording is not None
    assert list(Path(radio.uploads).iterdir()) == []


def test_a_sound_that_cannot_be_broadcast_is_told_to_its_sender_alone(radio: Radio) -> None:
    made = sends_a_sound(radio, FakePreparation(refuses="media.refused.not-audio"))

    assert (made.state, made.reason) == (ContributionState.UNFIT, "media.refused.not-audio")
    assert waiting(radio) == []
    with pytest.raises(NotFound):
        contribution_desk.accept(radio.store, radio.clock, OFFICER, made.id)
    with pytest.raises(NotFound):
        contribution_desk.get(radio.store, OFFICER, made.id)


def test_preparing_it_once_more_takes_no_answer_back(radio: Radio) -> None:
    made = sends(radio, file_name="hop.m4a", size=5)
    contributions.waiting_at(radio.uploads, made.id).write_bytes(b"sound")

    def meanwhile(_: float) -> None:
        contributions.prepare(radio.store, FakePreparation(), made.id, uploads=radio.uploads)
        contribution_desk.accept(radio.store, radio.clock, OFFICER, made.id)

    slower = FakePreparation(while_working=meanwhile, shares=(1.0,))
    ended = contributions.prepare(radio.store, slower, made.id, uploads=radio.uploads)

    assert ended.state is ContributionState.ACCEPTED
    assert contributions.own_one(radio.store, HEAD, made.id) == ended


def test_a_sound_that_never_came_is_unfit(radio: Radio) -> None:
    made = sends(radio, text="", file_name="hop.m4a", size=5)

    assert (
        contributions.prepare(radio.store, radio.preparation, made.id, uploads=radio.uploads).state
        is ContributionState.UNFIT
    )


def test_accepted_it_is_a_draft_by_its_sender_with_no_time_and_no_approval(radio: Radio) -> None:
    made = sends_a_sound(radio)

    stored = contribution_desk.accept(radio.store, radio.clock, OFFICER, made.id)

    assert (stored.programme.state, stored.programme.owner, stored.programme.origin) == (
        State.DRAFT,
        SON_HA,
        Origin.HAMLET,
    )
    assert [part.authors for part in stored.programme.parts] == [(HEAD.name,)]
    assert [each.source for each in stored.programme.variants] == [made.recording]
    assert stored.changed_by == {HEAD.id, OFFICER.id}
    whole = programmes.get(radio.store, OFFICER, stored.programme.id)
    assert (whole.slots, whole.approvals) == ((), ())
    issuing.issue_wanted(radio.store, radio.clock, FakeSealing())
    with radio.store.reading() as uow:
        assert not [each for zone in (LANG_MOI, GO_SIM) if (each := uow.issue.issued(zone)) and each.rundown.items]
    assert contributions.own(radio.store, HEAD)[0].programme == stored.programme.id


def test_its_sender_does_not_approve_it_whatever_else_they_are(radio: Radio) -> None:
    head = replace(HEAD, unit=SON_HA, roles=frozenset({Role.CONTRIBUTOR, Role.APPROVER}))
    with radio.store.writing() as uow:
        uow.people.put(head)
        uow.commit()
    stored = contribution_desk.accept(radio.store, radio.clock, OFFICER, sends_a_sound(radio).id)
    radio.books(stored.programme.id, in_notices())
    radio.submits(stored.programme.id)
    shown = approvals.to_approve(radio.store, radio.clock, head, stored.programme.id)

    with pytest.raises(Unacceptable, match=r"approval\.own_work"):
        approvals.approve(radio.store, radio.clock, head, stored.programme.id, seen=shown.seen)

    assert radio.approves(stored.programme.id).programme.state is State.APPROVED


def test_declined_it_tells_its_sender_why(radio: Radio) -> None:
    made = sends(radio)

    with pytest.raises(Unacceptable, match=r"contribution\.no_reason"):
        contribution_desk.decline(radio.store, radio.clock, OFFICER, made.id, reason="  ")
    contribution_desk.decline(radio.store, radio.clock, OFFICER, made.id, reason=" Trùng tin đã phát ")

    (told,) = contributions.own(radio.store, HEAD)
    assert (told.state, told.reason) == (ContributionState.DECLINED, "Trùng tin đã phát")
    assert waiting(radio) == []
    assert [each.sender for each in contribution_desk.inbox(radio.store, INSPECTOR, SON_HA).settled] == [HEAD.name]


def test_one_answer_is_the_last(radio: Radio) -> None:
    made = sends(radio)
    contribution_desk.accept(radio.store, radio.clock, OFFICER, made.id)

    with pytest.raises(Unacceptable, match=r"contribution\.settled"):
        contribution_desk.accept(radio.store, radio.clock, OFFICER, made.id)
    with pytest.raises(Unacceptable, match=r"contribution\.settled"):
        contribution_desk.decline(radio.store, radio.clock, OFFICER, made.id, reason="x")


@pytest.mark.parametrize("by", [HEAD, FARMERS, APPROVER, TECHNICIAN, INSPECTOR, NEIGHBOUR], ids=lambda each: each.id)
def test_only_who_writes_at_the_station_answers(radio: Radio, by: Person) -> None:
    made = sends(radio)

    for answer in (
        lambda: contribution_desk.accept(radio.store, radio.clock, by, made.id),
        lambda: contribution_desk.decline(radio.store, radio.clock, by, made.id, reason="x"),
    ):
        with pytest.raises(ServerError):
            answer()

    assert waiting(radio) == ["Họp thôn"]
    assert contribution_desk.waiting_count(radio.store, by, SON_HA) == 0


def test_an_editor_above_answers_too(radio: Radio) -> None:
    contribution_desk.accept(radio.store, radio.clock, EDITOR, sends(radio).id)

    assert waiting(radio) == []


@pytest.mark.parametrize("by", [HEAD, FARMERS, NEIGHBOUR], ids=lambda each: each.id)
def test_who_only_contributes_reads_nothing_of_the_station(radio: Radio, by: Person) -> None:
    with radio.store.reading() as uow:
        assert not may(uow.places.units(), by, SON_HA, *ANY_ROLE)
    with pytest.raises(NotAllowed):
        contribution_desk.inbox(radio.store, by, SON_HA)
    assert programmes.listed(radio.store, by) == () or by is NEIGHBOUR


def test_nobody_reads_what_somebody_else_handed_in(radio: Radio) -> None:
    made = sends(radio)

    with pytest.raises(NotFound):
        contributions.own_one(radio.store, FARMERS, made.id)
    with pytest.raises(NotAllowed):
        contribution_desk.get(radio.store, FARMERS, made.id)
    assert contributions.own_one(radio.store, HEAD, made.id) == made
    assert contribution_desk.get(radio.store, INSPECTOR, made.id) == made


def test_a_sender_who_is_gone_leaves_what_they_sent(radio: Radio) -> None:
    made = sends(radio)
    with radio.store.writing() as uow:
        uow.contributions.put(replace(made, by=PersonId("nobody")))
        uow.commit()

    stored = contribution_desk.accept(radio.store, radio.clock, OFFICER, made.id)

    assert stored.programme.parts[0].authors == ()
