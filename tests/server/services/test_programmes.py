"""Programmes from the first draft to their withdrawal."""

import unicodedata
from dataclasses import replace
from datetime import time, timedelta

import pytest

from schedules.ids import ChannelId, ProgrammeId
from schedules.programme import Kind, Level, Origin, Relay, State, Variant
from schedules.times import DAY
from schedules.wire.messages import Channel
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import programmes
from server.services.obstacles import Obstacle
from server.services.programmes import Draft
from server.values import Person, TakeOrigin
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    DAWN,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    NEIGHBOUR,
    NEIGHBOURS,
    OFFICER,
    QUANG_NGAI,
    SON_HA,
    TECHNICIAN,
    VOV1,
    Radio,
    in_notices,
    local,
    once,
    recording,
)

NOTICE = Draft(
    title="  Tạm ngừng   cấp điện ",
    kind=Kind.NOTICE,
    level=Level.PRIORITY,
    texts={"vi": " Kính thưa bà con ", "hre": "  "},
    times_read=2,
    valid_until=DAWN + 3 * DAY,
    requested_by="Điện lực",
    document="218/TB-ĐL",
    topic="Điện",
)


def test_a_notice_is_kept_with_everything_its_form_holds(radio: Radio) -> None:
    made = programmes.create(radio.store, radio.clock, OFFICER, unit=SON_HA, draft=NOTICE)

    programme = radio.stored(made.programme.id).programme
    assert (programme.title, programme.owner, programme.origin) == ("Tạm ngừng cấp điện", SON_HA, Origin.COMMUNE)
    assert (programme.state, programme.version, programme.times_read) == (State.DRAFT, 1, 2)
    assert (programme.requested_by, programme.document, programme.topic) == ("Điện lực", "218/TB-ĐL", "Điện")
    assert made.texts == {"vi": "Kính thưa bà con"}
    assert made.changed_by == {OFFICER.id}
    assert radio.actions() == ["programme.created"]


def test_a_relay_takes_its_channel_from_the_signed_list(radio: Radio) -> None:
    draft = Draft(title="Tiếp sóng", kind=Kind.RELAY, channel=VOV1)

    made = programmes.create(radio.store, radio.clock, OFFICER, unit=SON_HA, draft=draft)

    assert made.programme.variants == (Variant("vi", Relay(VOV1)),)


def test_what_sounds_while_a_channel_is_silent_belongs_to_the_programme_and_is_approved_with_it(radio: Radio) -> None:
    draft = Draft(title="Tiếp sóng", kind=Kind.RELAY, channel=VOV1)
    made = programmes.create(radio.store, radio.clock, OFFICER, unit=SON_HA, draft=draft).programme
    music = recording("music", timedelta(minutes=5))
    with radio.store.writing() as uow:
        uow.places.put_channel(Channel(id=VOV1, name="VOV1", address="http://127.0.0.1:8000/vov1.mp3", fallback=music))
        uow.commit()

    untouched = radio.stored(made.id).programme
    saved = programmes.edit(radio.store, radio.clock, OFFICER, made.id, draft=draft, version=1).programme

    assert untouched == made
    assert (saved.version, saved.variants) == (2, (Variant("vi", Relay(VOV1, music)),))
    assert programmes.edit(radio.store, radio.clock, OFFICER, made.id, draft=draft, version=2).programme == saved


@pytest.mark.parametrize(
    ("draft", "code", "named"),
    [
        (replace(NOTICE, title=" "), "programme.title", "title"),
        (replace(NOTICE, title="x" * 201), "programme.title", "title"),
        (replace(NOTICE, times_read=6), "programme.times_read", "times_read"),
        (replace(NOTICE, valid_until=DAWN), "programme.expired", "valid_until"),
        (replace(NOTICE, level=Level.EMERGENCY), "programme.emergency_level", "level"),
        (replace(NOTICE, kind=Kind.RELAY), "programme.no_channel", "channel"),
        (replace(NOTICE, kind=Kind.RELAY, channel=ChannelId("typed")), "programme.unknown_channel", "channel"),
    ],
)
def test_a_form_that_cannot_be_is_refused_at_its_field(radio: Radio, draft: Draft, code: str, named: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        programmes.create(radio.store, radio.clock, OFFICER, unit=SON_HA, draft=draft)

    assert (refused.value.code, refused.value.field) == (code, named)


@pytest.mark.parametrize("by", [APPROVER, TECHNICIAN, INSPECTOR, ADMINISTRATOR, NEIGHBOUR])
def test_only_writers_of_the_unit_make_and_change_programmes(radio: Radio, by: Person) -> None:
    programme = radio.writes()

    with pytest.raises(NotAllowed):
        programmes.create(radio.store, radio.clock, by, unit=SON_HA, draft=NOTICE)
    with pytest.raises(NotAllowed):
        programmes.edit(radio.store, radio.clock, by, programme, draft=NOTICE, version=1)
    with pytest.raises(NotAllowed):
        programmes.submit(radio.store, radio.clock, by, programme, version=1)
    with pytest.raises(NotAllowed):
        programmes.obstacles(radio.store, radio.clock, by, programme)


def test_an_editor_of_the_province_makes_programmes_of_the_province_and_of_a_commune(radio: Radio) -> None:
    of_province = programmes.create(radio.store, radio.clock, EDITOR, unit=QUANG_NGAI, draft=NOTICE)
    of_commune = programmes.create(radio.store, radio.clock, EDITOR, unit=SON_HA, draft=NOTICE)

    assert of_province.programme.origin is Origin.PROVINCE
    assert of_commune.programme.origin is Origin.COMMUNE


def test_an_edit_is_the_next_version_and_a_draft_again(radio: Radio) -> None:
    programme = radio.airs()
    version = radio.stored(programme).programme.version
    radio.wanted()

    after = programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=NOTICE, version=version)

    assert (after.programme.version, after.programme.state) == (version + 1, State.DRAFT)
    assert [variant.language for variant in after.programme.variants] == ["vi"]
    assert radio.wanted() == {LANG_MOI, GO_SIM, DONG_BANG}


def test_an_edited_programme_is_planned_no_more_until_approved_again(radio: Radio) -> None:
    radio.release_templates()
    programme = radio.airs("Lịch tiêm chủng")
    version = radio.stored(programme).programme.version
    programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=NOTICE, version=version)

    radio.issue()

    titles = {item.title for item in radio.store.kept.planned.values()}
    assert not {"Lịch tiêm chủng", "Tạm ngừng cấp điện"} & titles


def test_a_form_that_changes_nothing_voids_nothing(radio: Radio) -> None:
    programme = radio.airs("Lịch tiêm chủng")
    before = radio.stored(programme)
    same = Draft(title="Lịch tiêm chủng", kind=Kind.NOTICE)

    programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=same, version=before.programme.version)

    assert radio.stored(programme) == before


def test_whoever_edits_joins_those_who_may_not_approve(radio: Radio) -> None:
    programme = radio.writes()

    after = programmes.edit(radio.store, radio.clock, EDITOR, programme, draft=NOTICE, version=1)

    assert after.changed_by == {OFFICER.id, EDITOR.id}


def test_a_stale_edit_is_refused_and_names_who_was_faster(radio: Radio) -> None:
    programme = radio.writes()
    radio.clock.advance(timedelta(minutes=5))
    programmes.edit(radio.store, radio.clock, EDITOR, programme, draft=NOTICE, version=1)

    with pytest.raises(Stale) as refused:
        programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=replace(NOTICE, title="Khác"), version=1)

    assert refused.value.values == {"by": "Editor", "at": DAWN + timedelta(minutes=5)}
    assert radio.stored(programme).programme.title == "Tạm ngừng cấp điện"


def test_a_withdrawn_programme_is_edited_no_more(radio: Radio) -> None:
    programme = radio.airs()
    version = radio.stored(programme).programme.version
    programmes.withdraw(radio.store, radio.clock, OFFICER, programme, version=version)

    with pytest.raises(Unacceptable, match=r"programme.not_now"):
        programmes.edit(radio.store, radio.clock, OFFICER, programme, draft=NOTICE, version=version)


@pytest.mark.parametrize("typed", ["tiêm chủng", "tiem chung", "TIÊM", unicodedata.normalize("NFD", "tiêm chủng")])
def test_a_search_finds_with_and_without_tone_marks(radio: Radio, typed: str) -> None:
    found = radio.writes("Lịch tiêm chủng mở rộng")
    radio.writes("Mời họp dân")

    shown = programmes.listed(radio.store, OFFICER, text=typed)

    assert [stored.programme.id for stored in shown] == [found]


def test_a_search_looks_into_scripts_and_requesters_and_is_not_held_up_by_the_letter_d(radio: Radio) -> None:
    found = radio.writes("Thông báo", requested_by="Điện lực Sơn Hà", texts={"vi": "trữ nước"})

    assert [each.programme.id for each in programmes.listed(radio.store, OFFICER, text="dien luc")] == [found]
    assert [each.programme.id for each in programmes.listed(radio.store, OFFICER, text="tru nuoc")] == [found]


def test_the_list_is_filtered_by_state_and_kind_newest_first(radio: Radio) -> None:
    older = radio.writes("Cũ")
    radio.clock.advance(timedelta(minutes=1))
    newer = radio.writes("Mới")
    approved = radio.airs("Đã duyệt")

    drafts = programmes.listed(radio.store, OFFICER, states=[State.DRAFT], kinds=[Kind.NOTICE])

    assert [each.programme.id for each in drafts] == [newer, older]
    assert [each.programme.id for each in programmes.listed(radio.store, OFFICER, states=[State.APPROVED])] == [
        approved
    ]


def test_a_commune_sees_its_own_and_what_sounds_at_its_zones(radio: Radio) -> None:
    own, beside = radio.writes("Của xã"), radio.writes("Của xã bạn", by=NEIGHBOUR)
    for_us, for_them = radio.writes("Tỉnh gửi", by=EDITOR), radio.writes("Tỉnh giữ", by=EDITOR)
    radio.records(for_us, by=EDITOR)
    radio.books(for_us, in_notices(), by=EDITOR)

    shown = {stored.programme.id for stored in programmes.listed(radio.store, INSPECTOR, kinds=[Kind.NOTICE])}

    assert shown == {own, for_us}
    assert programmes.get(radio.store, OFFICER, for_us).may_edit is False
    for hidden in (beside, for_them):
        with pytest.raises(NotFound):
            programmes.get(radio.store, OFFICER, hidden)


def test_a_programme_is_given_with_takes_slots_and_approvals(radio: Radio) -> None:
    programme = radio.airs()

    whole = programmes.get(radio.store, APPROVER, programme)

    assert (len(whole.takes), len(whole.slots), len(whole.approvals)) == (1, 1, 1)
    assert (whole.may_edit, whole.may_approve) == (False, True)


def test_an_unknown_programme_is_not_found(radio: Radio) -> None:
    with pytest.raises(NotFound, match=r"programme.unknown"):
        programmes.get(radio.store, OFFICER, ProgrammeId("nothing"))


def codes(found: tuple[Obstacle, ...]) -> list[str]:
    return [obstacle.code for obstacle in found]


def obstacles(radio: Radio, programme: ProgrammeId) -> tuple[Obstacle, ...]:
    return programmes.obstacles(radio.store, radio.clock, OFFICER, programme)


def test_a_bare_draft_lacks_a_sound_and_a_time(radio: Radio) -> None:
    programme = radio.writes()

    assert codes(obstacles(radio, programme)) == ["programme.no_sound", "programme.no_slot"]
    with pytest.raises(Unacceptable, match=r"programme.obstacles") as refused:
        radio.submits(programme)
    assert refused.value.values == {"obstacles": obstacles(radio, programme)}


def test_a_recorded_and_booked_notice_is_submitted(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, in_notices())

    assert obstacles(radio, programme) == ()
    assert radio.submits(programme).programme.state is State.SUBMITTED


def test_a_relay_needs_no_recording(radio: Radio) -> None:
    programme = radio.writes("Tiếp sóng", kind=Kind.RELAY, channel=VOV1)
    radio.books(programme, once(time(6, 30), lasts=timedelta(minutes=10)))

    assert obstacles(radio, programme) == ()


def test_what_expired_while_it_was_a_draft_is_not_submitted(radio: Radio) -> None:
    programme = radio.writes(valid_until=DAWN + timedelta(hours=1))
    radio.records(programme)
    radio.books(programme, in_notices())
    radio.clock.advance(timedelta(hours=1))

    assert "programme.expired" in codes(obstacles(radio, programme))


def test_the_machine_voice_needs_an_administrators_permission(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme, origin=TakeOrigin.VOICE)
    radio.books(programme, in_notices())

    assert obstacles(radio, programme) == (Obstacle("programme.machine_voice", (("language", "vi"),)),)

    programmes.allow_machine_voice(radio.store, radio.clock, ADMINISTRATOR, SON_HA, allowed=True)
    assert obstacles(radio, programme) == ()

    programmes.allow_machine_voice(radio.store, radio.clock, ADMINISTRATOR, SON_HA, allowed=False)
    assert codes(obstacles(radio, programme)) == ["programme.machine_voice"]


@pytest.mark.parametrize("by", [OFFICER, APPROVER, NEIGHBOUR])
def test_only_an_administrator_allows_the_machine_voice(radio: Radio, by: Person) -> None:
    with pytest.raises(NotAllowed):
        programmes.allow_machine_voice(radio.store, radio.clock, by, SON_HA, allowed=True)


def test_two_exact_seconds_of_one_level_that_overlap_are_ambiguous(radio: Radio) -> None:
    first, second = radio.writes("Tiêm chủng"), radio.writes("Họp dân")
    for programme, at in ((first, time(6, 30)), (second, time(6, 31))):
        radio.records(programme)
        radio.books(programme, once(at, LANG_MOI))
    assert obstacles(radio, second) == ()  # the other one is only a draft

    radio.submits(first)

    (clash,) = obstacles(radio, second)
    assert clash == Obstacle("slot.clash", (("title", "Tiêm chủng"), ("start", local(6, 31))))


def test_exact_seconds_of_different_zones_or_levels_do_not_clash(radio: Radio) -> None:
    radio.airs("Tiêm chủng", wish=once(time(6, 30), LANG_MOI))
    elsewhere, stronger = radio.writes("Họp dân"), radio.writes("Khẩn trương", level=Level.PRIORITY)
    for programme, zone in ((elsewhere, GO_SIM), (stronger, LANG_MOI)):
        radio.records(programme)
        radio.books(programme, once(time(6, 30), zone))

    assert obstacles(radio, elsewhere) == ()
    assert obstacles(radio, stronger) == ()


def test_an_exact_second_outside_the_permitted_hours_is_refused_with_the_finding(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, once(time(12)))

    (found,) = obstacles(radio, programme)

    assert found.code == "regulation.outside_hours"
    assert dict(found.values)["start"] == local(12)


def test_an_exact_second_far_ahead_is_looked_at_too(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, once(time(12), day=MONDAY + 200 * DAY))

    assert codes(obstacles(radio, programme)) == ["regulation.outside_hours"]


def test_a_kind_the_regulation_forbids_is_refused_in_a_place_too(radio: Radio) -> None:
    programme = radio.writes("Cáo phó", kind=Kind.MOURNING)
    radio.records(programme)
    radio.books(programme, in_notices())

    assert codes(obstacles(radio, programme)) == ["regulation.kind_not_allowed"]


def test_more_minutes_than_the_regulation_allows_are_refused(radio: Radio) -> None:
    programme = radio.writes("Chuyên đề dài", kind=Kind.FEATURE)
    radio.records(programme, lasts=timedelta(minutes=35))
    radio.books(programme, once(time(6, 20), LANG_MOI))

    assert codes(obstacles(radio, programme)) == ["regulation.session_too_long"]


def test_a_submission_seen_at_an_older_version_is_stale(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, in_notices())

    with pytest.raises(Stale):
        programmes.submit(radio.store, radio.clock, OFFICER, programme, version=1)


def test_an_approver_sends_back_with_a_reason_the_author_reads(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, in_notices())
    version = radio.submits(programme).programme.version

    with pytest.raises(Unacceptable, match=r"send_back.no_reason"):
        programmes.send_back(radio.store, radio.clock, APPROVER, programme, version=version, reason=" ")
    with pytest.raises(NotAllowed):
        programmes.send_back(radio.store, radio.clock, NEIGHBOUR, programme, version=version, reason="Sai ngày")
    with pytest.raises(NotAllowed):
        programmes.send_back(radio.store, radio.clock, OFFICER, programme, version=version, reason="Sai ngày")
    after = programmes.send_back(radio.store, radio.clock, APPROVER, programme, version=version, reason=" Sai ngày ")

    assert (after.programme.state, after.note) == (State.SENT_BACK, "Sai ngày")
    assert radio.submits(programme).note == ""


def test_a_draft_is_not_sent_back(radio: Radio) -> None:
    with pytest.raises(Unacceptable, match=r"programme.not_now"):
        programmes.send_back(radio.store, radio.clock, APPROVER, radio.writes(), version=1, reason="Sai")


@pytest.mark.parametrize("by", [OFFICER, APPROVER])
def test_what_is_withdrawn_wakes_the_planning_of_its_zones(radio: Radio, by: Person) -> None:
    programme = radio.airs(wish=in_notices(DONG_BANG))
    version = radio.stored(programme).programme.version
    radio.wanted()

    after = programmes.withdraw(radio.store, radio.clock, by, programme, version=version, reason="Sai nội dung")

    assert (after.programme.state, after.note) == (State.WITHDRAWN, "Sai nội dung")
    assert radio.wanted() == {DONG_BANG}


def test_what_is_withdrawn_while_on_air_ends_now(radio: Radio) -> None:
    radio.release_templates()
    programme = radio.airs("Lịch tiêm chủng")
    radio.issue()
    radio.at(local(5, 43, 20))
    version = radio.stored(programme).programme.version

    programmes.withdraw(radio.store, radio.clock, APPROVER, programme, version=version)
    radio.issue()

    assert radio.item("Lịch tiêm chủng").ends_at == local(5, 43, 20)


@pytest.mark.parametrize("by", [INSPECTOR, TECHNICIAN, NEIGHBOUR])
def test_nobody_else_withdraws(radio: Radio, by: Person) -> None:
    programme = radio.airs()
    version = radio.stored(programme).programme.version

    with pytest.raises(NotAllowed):
        programmes.withdraw(radio.store, radio.clock, by, programme, version=version)


def test_a_text_gives_an_estimate_of_its_length() -> None:
    assert programmes.spoken_length("bà con " * 145) == timedelta(minutes=2)
    assert programmes.spoken_length("") == timedelta(0)


def test_a_programme_for_the_neighbours_zones_is_theirs_to_see(radio: Radio) -> None:
    programme = radio.writes("Tỉnh gửi Sơn Linh", by=EDITOR)
    radio.records(programme, by=EDITOR)
    radio.books(programme, once(time(6, 40), NEIGHBOURS), by=EDITOR)

    shown = programmes.listed(radio.store, NEIGHBOUR)

    assert [stored.programme.id for stored in shown] == [programme]
