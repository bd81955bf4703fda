"""Session templates: drawn up, changed, followed by another; refused in words, and by whom."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from schedules.fills import ByHand, Fill, Fixed, Newest, OfCampaign, Repeats, Rotation
from schedules.ids import CampaignId, PlaceId, ProgrammeId, TemplateId
from schedules.programme import Kind
from schedules.regulation import SessionName
from schedules.session import Place, SessionTemplate
from schedules.times import DAY
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import approvals, sessions, template_returns, templates
from server.services.obstacles import Obstacle
from server.services.templates import Drawn
from server.values import Person, StoredTemplate
from tests.server.services.radio import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    DONG_BANG,
    EDITOR,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    MORNING,
    MUSIC,
    NEIGHBOUR,
    NEWS,
    NOTICES,
    OFFICER,
    QUANG_NGAI,
    SIGNAL,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    TUNE,
    Radio,
    in_notices,
    local,
)

NOON = SessionTemplate(
    id=TemplateId(""),
    station=SON_HA,
    session=SessionName.EVENING,
    name="Buổi tối",
    starts=time(18),
    ends=time(18, 30),
    valid_from=MONDAY,
    places=(
        Place(id=PlaceId("noon-signal"), name="Nhạc hiệu", fill=Fixed(SIGNAL), minutes=1),
        Place(id=PlaceId("noon-news"), name="Tin", fill=ByHand(), minutes=10),
    ),
)


def created(radio: Radio, template: SessionTemplate = NOON, *, by: Person = OFFICER) -> StoredTemplate:
    return templates.create(radio.store, radio.clock, by, template=template)


def shown(radio: Radio, template: TemplateId = MORNING) -> Drawn:
    return templates.get(radio.store, OFFICER, template)


def changed(radio: Radio, to: SessionTemplate, *, by: Person = OFFICER, version: int = 1) -> StoredTemplate:
    return templates.change(radio.store, radio.clock, by, MORNING, to=to, version=version)


def refused(radio: Radio, template: SessionTemplate) -> list[str]:
    """Give the codes for which a new template is refused; nothing is stored."""
    before = len(templates.listed(radio.store, OFFICER, SON_HA))
    with pytest.raises(Unacceptable) as refusal:
        created(radio, template)
    assert len(templates.listed(radio.store, OFFICER, SON_HA)) == before
    obstacles = refusal.value.values.get("obstacles")
    return [each.code for each in obstacles] if isinstance(obstacles, tuple) else [refusal.value.code]


def with_fill(fill: Fill) -> SessionTemplate:
    return replace(NOON, places=(replace(NOON.places[1], fill=fill),))


def test_a_new_template_waits_for_a_second_person(radio: Radio) -> None:
    radio.release_templates()

    made = created(radio)

    (waiting,) = radio.queue().templates
    assert waiting.stored == made
    assert made.template == replace(NOON, id=made.template.id)
    assert not shown(radio, made.template.id).released
    assert shown(radio, MORNING).released
    assert radio.actions()[-1] == "template.created"


def test_the_second_person_is_not_who_drew_it_up(radio: Radio) -> None:
    radio.release_templates()
    made = created(radio, by=BOTH)

    (waiting,) = radio.queue(BOTH).templates

    assert waiting.own_work
    with pytest.raises(Unacceptable, match=r"approval\.own_work"):
        approvals.approve_template(radio.store, radio.clock, BOTH, made.template.id, seen=waiting.seen)
    approvals.approve_template(radio.store, radio.clock, APPROVER, made.template.id, seen=waiting.seen)
    assert shown(radio, made.template.id).released


@pytest.mark.parametrize("by", [APPROVER, TECHNICIAN, INSPECTOR, ADMINISTRATOR, NEIGHBOUR])
def test_the_wrong_person_draws_up_and_changes_nothing(radio: Radio, by: Person) -> None:
    before = shown(radio).stored

    with pytest.raises(NotAllowed):
        created(radio, by=by)
    with pytest.raises(NotAllowed):
        changed(radio, replace(before.template, name="Khác"), by=by)

    assert shown(radio).stored == before
    assert radio.actions() == []


def test_an_editor_of_the_province_may_draw_one_up_for_a_station(radio: Radio) -> None:
    assert created(radio, by=EDITOR).changed_by == {EDITOR.id}


def test_only_who_has_a_role_there_sees_a_stations_templates(radio: Radio) -> None:
    assert [each.may_edit for each in templates.listed(radio.store, INSPECTOR, SON_HA)] == [False, False]
    assert [each.may_edit for each in templates.listed(radio.store, OFFICER, SON_HA)] == [True, True]
    with pytest.raises(NotAllowed):
        templates.listed(radio.store, NEIGHBOUR, SON_HA)
    with pytest.raises(NotFound):
        templates.get(radio.store, NEIGHBOUR, MORNING)
    with pytest.raises(NotFound):
        templates.get(radio.store, OFFICER, TemplateId("nowhere"))


def test_a_change_voids_the_release_and_the_zones_are_wanted(radio: Radio) -> None:
    radio.release_templates()
    radio.wanted()
    before = shown(radio).stored.template

    after = changed(radio, replace(before, name="Buổi sớm"))

    assert after.template.version == 2
    assert not shown(radio).released
    assert radio.wanted() == {LANG_MOI, GO_SIM, DONG_BANG}
    assert radio.actions()[-1] == "template.changed"


def test_a_form_that_changes_nothing_voids_nothing(radio: Radio) -> None:
    radio.release_templates()

    changed(radio, shown(radio).stored.template)

    assert shown(radio).released
    assert radio.actions() == []


def test_who_comes_second_is_told(radio: Radio) -> None:
    before = shown(radio).stored.template
    changed(radio, replace(before, name="Một"))

    with pytest.raises(Stale, match=r"edit\.stale"):
        changed(radio, replace(before, name="Hai"))

    assert shown(radio).stored.template.name == "Một"


def dropped(radio: Radio, template: TemplateId, *, by: Person = OFFICER, version: int = 1) -> StoredTemplate:
    return templates.drop(radio.store, radio.clock, by, template, version=version)


def test_what_nobody_approved_is_dropped_and_waits_for_nobody(radio: Radio) -> None:
    radio.release_templates()
    made = created(radio, replace(NOON, valid_from=MONDAY + 7 * DAY)).template
    waiting = radio.queue().templates
    template_returns.send_back(radio.store, radio.clock, APPROVER, made.id, version=1, reason="Không cần buổi này")

    dropped(radio, made.id)

    found = shown(radio, made.id)
    assert len(waiting) == 1
    assert radio.queue().templates == ()
    assert found.stored.template.is_over(MONDAY)
    assert found.stored.note == ""
    assert not found.may_drop
    assert radio.actions()[-1] == "template.dropped"
    assert shown(radio, MORNING).released


def test_what_has_no_day_left_waits_for_nobody(radio: Radio) -> None:
    radio.release_templates()
    made = created(radio, replace(NOON, valid_to=MONDAY + DAY)).template
    before = radio.queue().templates

    radio.clock.advance(DAY)

    assert [each.stored.template for each in before] == [made]
    assert radio.queue().templates == ()


def test_what_was_approved_once_is_not_dropped_also_after_a_change(radio: Radio) -> None:
    radio.release_templates()
    may_drop = shown(radio).may_drop
    changed(radio, replace(shown(radio).stored.template, name="Buổi sớm"))

    with pytest.raises(Unacceptable, match=r"template\.was_approved"):
        dropped(radio, MORNING, version=2)

    assert not may_drop
    assert not shown(radio).may_drop


@pytest.mark.parametrize("by", [APPROVER, INSPECTOR, NEIGHBOUR])
def test_the_wrong_person_drops_nothing(radio: Radio, by: Person) -> None:
    made = created(radio).template.id

    with pytest.raises(NotAllowed):
        dropped(radio, made, by=by)

    assert shown(radio, made).may_drop


def test_who_saw_another_version_drops_nothing(radio: Radio) -> None:
    made = created(radio).template.id

    with pytest.raises(Stale):
        dropped(radio, made, version=2)


def test_places_may_be_put_in_another_order_and_keep_what_is_booked(radio: Radio) -> None:
    programme = radio.writes()
    radio.records(programme)
    radio.books(programme, in_notices())
    before = shown(radio).stored.template
    turned = tuple(replace(place, at=None) for place in before.places)

    after = changed(radio, replace(before, places=(turned[2], turned[1], *turned[3:])))

    assert [place.id for place in after.template.places][:2] == [NOTICES, NEWS]
    radio.submits(programme)


def test_a_template_longer_than_its_window_is_refused_and_nothing_is_stored(radio: Radio) -> None:
    long = replace(NOON, places=(NOON.places[0], replace(NOON.places[1], minutes=30)))

    with pytest.raises(Unacceptable) as refusal:
        created(radio, long)

    of_signal = timedelta(seconds=40)
    values = (
        ("start", local(18)),
        ("until", local(18, 30)),
        ("planned", timedelta(minutes=30) + of_signal),
        ("over", of_signal),
        ("day", MONDAY),
    )
    assert refusal.value.code == "template.obstacles"
    assert refusal.value.values == {"obstacles": (Obstacle("session.too_long", values),)}
    assert len(templates.listed(radio.store, OFFICER, SON_HA)) == 2
    assert radio.actions() == []


def test_a_template_outside_the_regulations_hours_is_refused(radio: Radio) -> None:
    assert refused(radio, replace(NOON, starts=time(2), ends=time(2, 30))) == ["session.outside_hours"]


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        (replace(NOON, name=" "), ["template.no_name"]),
        (replace(NOON, places=()), ["template.no_place"]),
        (replace(NOON, replaces=TemplateId("nowhere")), ["template.replaces_nothing"]),
        (replace(NOON, places=(replace(NOON.places[1], name=" "),)), ["place.no_name"]),
        (replace(NOON, places=(replace(NOON.places[1], id=NEWS),)), ["place.taken"]),
        (with_fill(Fixed(ProgrammeId("nowhere"))), ["place.programme_unknown"]),
        (with_fill(Repeats(PlaceId("nowhere"))), ["place.nothing_to_fill"]),
        (with_fill(Repeats(PlaceId("pm-again"))), ["place.nothing_to_fill"]),
        (with_fill(Rotation(programmes=(TUNE,), first_day=MONDAY)), ["place.not_for_places"]),
        (with_fill(OfCampaign(CampaignId("nowhere"))), ["place.campaign_unknown"]),
        (with_fill(Newest(kind=Kind.BULLETIN, owners=frozenset({SON_LINH}))), ["place.owner_not_above"]),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(radio: Radio, wrong: SessionTemplate, codes: list[str]) -> None:
    assert refused(radio, wrong) == codes


def test_everything_that_is_wrong_is_said_at_once(radio: Radio) -> None:
    wrong = replace(with_fill(Repeats(PlaceId("nowhere"))), starts=time(2), ends=time(2, 5))

    assert set(refused(radio, wrong)) == {"place.nothing_to_fill", "session.too_long", "session.outside_hours"}


def test_the_newest_of_the_province_may_be_let_in(radio: Radio) -> None:
    made = created(radio, with_fill(Newest(kind=Kind.BULLETIN, owners=frozenset({SON_HA, QUANG_NGAI}))))

    assert isinstance(made.template.places[0].fill, Newest)


def test_a_copy_has_places_of_its_own_that_repeat_each_other_alike(radio: Radio) -> None:
    both = replace(
        NOON, places=(*NOON.places, Place(id=PlaceId("x"), name="Lại", fill=Repeats(NOON.places[1].id), minutes=5))
    )

    copy = templates.copied(both, radio.now())

    assert {place.id for place in copy.places}.isdisjoint(place.id for place in both.places)
    assert copy.places[2].repeats == copy.places[1].id
    again = shown(radio, TemplateId("evening")).stored.template
    assert templates.copied(again, radio.now()).places[1].repeats == NEWS


def test_a_running_order_may_follow_another_without_a_gap(radio: Radio) -> None:
    """The old one runs until the new one is approved; what is booked into shared places goes on."""
    radio.release_templates()
    programme = radio.airs()
    before = shown(radio).stored.template
    tuesday = MONDAY + DAY
    later = replace(before, replaces=MORNING, valid_from=tuesday, places=before.places[:3] + before.places[4:])

    made = created(radio, later)

    def running(day: date) -> tuple[str, list[str]]:
        found = sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA, day=day).sessions[0]
        heard = [line.title for line in found.groups[0].lines if line.state is sessions.LineState.PLANNED]
        return found.template.id, heard

    title = radio.stored(programme).programme.title
    assert title in running(tuesday)[1]
    seen = radio.queue().templates[0].seen
    approvals.approve_template(radio.store, radio.clock, APPROVER, made.template.id, seen=seen)
    assert running(MONDAY)[0] == MORNING
    assert running(tuesday)[0] == made.template.id
    assert title in running(tuesday)[1]
    assert MUSIC not in {place.id for place in made.template.places}
