"""Offers of the province: into the inbox of a station, played where its officer accepts, refused with a reason."""

from dataclasses import replace
from datetime import date, time

import pytest

from schedules.fills import Subscribed
from schedules.ids import PlaceId, ProgrammeId, SlotId
from schedules.programme import Kind, Level
from schedules.times import DAY
from schedules.way import Way, WrittenOrder
from server.errors import NotAllowed, NotFound, Stale, Unacceptable
from server.services import booking, forecast, offer_results, offers, programmes, sessions
from server.services.booking import Wish, WishAtTime, WishInPlaces
from server.services.offers import Standing
from server.values import Person, StoredSlot
from tests.server.services.radio import (
    APPROVER,
    CLOSING,
    EDITOR,
    EVENING_NOTICES,
    INSPECTOR,
    LANG_MOI,
    MONDAY,
    MORNING,
    NEIGHBOUR,
    NEIGHBOURS,
    NEWS,
    NOTICES,
    OFFICER,
    PROVINCE_APPROVER,
    QUANG_NGAI,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Radio,
)

EVERYWHERE = frozenset({QUANG_NGAI})
ORDER = WrittenOrder("15/KH-UBND", date(2026, 11, 2), "UBND tỉnh Quảng Ngãi")
TITLE = "Nước sạch mùa mưa"


def open_places(*, days: int = 5) -> WishInPlaces:
    return WishInPlaces(units=EVERYWHERE, places=(), first_day=MONDAY, last_day=MONDAY + days * DAY)


def at_time(**about: object) -> WishAtTime:
    return replace(WishAtTime(units=EVERYWHERE, first_day=MONDAY, at=time(6)), **about)  # type: ignore[arg-type]


def sent(radio: Radio, wish: Wish | None = None, **draft: object) -> tuple[ProgrammeId, StoredSlot]:
    """Have the province make, book, submit and approve a feature."""
    programme = radio.writes(TITLE, by=EDITOR, kind=Kind.FEATURE, **draft)
    radio.records(programme, by=EDITOR)
    slot = radio.books(programme, wish or open_places(), by=EDITOR)
    radio.submits(programme, by=EDITOR)
    radio.approves(programme, by=PROVINCE_APPROVER)
    return programme, slot


def inbox(radio: Radio, by: Person = OFFICER) -> offers.Inbox:
    return offers.inbox(radio.store, radio.clock, by, by.unit)


def accepts(radio: Radio, slot: SlotId, *places: PlaceId, by: Person = OFFICER) -> None:
    shown = next(each for each in inbox(radio, by).offers if each.slot.id == slot)
    offers.accept(radio.store, radio.clock, by, by.unit, slot, record=shown.record, places=places)


def refuses(radio: Radio, slot: SlotId, reason: str = "Đã phát tuần trước", by: Person = OFFICER) -> None:
    shown = next(each for each in inbox(radio, by).offers if each.slot.id == slot)
    offers.refuse(radio.store, radio.clock, by, by.unit, slot, record=shown.record, reason=reason)


@pytest.fixture(autouse=True)
def released(radio: Radio) -> None:
    radio.release_templates()


@pytest.mark.parametrize("level", [Level.ORDINARY, Level.PRIORITY])
def test_what_the_province_books_below_is_offered(radio: Radio, level: Level) -> None:
    _, slot = sent(radio, level=level)

    assert slot.slot.way is Way.OFFERED
    (offer,) = inbox(radio).where(Standing.OPEN)
    assert (offer.stored.programme.title, offer.owner) == (TITLE, "Tỉnh Quảng Ngãi")
    assert (offer.made_by, offer.approved_by) == (("Editor",), ("Province Approver",))


def test_what_a_station_books_for_itself_is_its_own(radio: Radio) -> None:
    radio.airs()

    assert inbox(radio).offers == ()


def test_an_offer_is_in_the_inbox_only_once_it_was_released(radio: Radio) -> None:
    programme = radio.writes(TITLE, by=EDITOR)
    radio.records(programme, by=EDITOR)
    radio.books(programme, open_places(), by=EDITOR)

    assert inbox(radio).offers == ()


def test_the_day_tells_of_offers_that_were_released_and_wait(radio: Radio) -> None:
    programme = radio.writes(TITLE, by=EDITOR)
    radio.records(programme, by=EDITOR)
    radio.books(programme, open_places(), by=EDITOR)
    radio.submits(programme, by=EDITOR)

    before = sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA)
    radio.approves(programme, by=PROVINCE_APPROVER)
    after = sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA)

    (slot,) = inbox(radio).offers
    refuses(radio, slot.slot.id)
    refused = sessions.day_of(radio.store, radio.clock, OFFICER, SON_HA)

    assert [[note.code for note in day.notes] for day in (before, after, refused)] == [[], ["offer.unanswered"], []]


def test_an_offer_leaves_the_inbox_after_its_last_day_and_when_it_is_withdrawn(radio: Radio) -> None:
    programme, _ = sent(radio, open_places(days=1))
    sent(radio, open_places(days=20))
    version = radio.stored(programme).programme.version
    assert len(inbox(radio).offers) == 2

    radio.clock.advance(2 * DAY)
    assert len(inbox(radio).offers) == 1
    radio.clock.advance(-2 * DAY)
    programmes.withdraw(radio.store, radio.clock, EDITOR, programme, version=version)
    assert len(inbox(radio).offers) == 1


def test_an_accepted_offer_sounds_in_the_places_the_officer_chose(radio: Radio) -> None:
    _, slot = sent(radio)
    radio.wanted()

    accepts(radio, slot.slot.id, NOTICES, EVENING_NOTICES)
    wanted = radio.wanted()
    radio.issue()

    assert LANG_MOI in wanted
    assert NEIGHBOURS not in wanted
    assert len([item for item in radio.store.kept.planned.values() if item.title == TITLE]) > 0
    assert [each.slot.id for each in inbox(radio).where(Standing.ACCEPTED)] == [slot.slot.id]
    assert "offer.accepted" in radio.actions()


def test_an_offer_with_a_time_is_accepted_as_it_is(radio: Radio) -> None:
    _, slot = sent(radio, at_time())

    accepts(radio, slot.slot.id, NOTICES)
    radio.issue()

    (answer,) = radio.store.kept.answers
    assert answer.places == ()
    assert radio.item(TITLE).starts_at.hour == 23


def test_nothing_sounds_before_the_answer_and_after_a_refusal(radio: Radio) -> None:
    _, slot = sent(radio, at_time())
    radio.issue()
    assert not any(item.title == TITLE for item in radio.store.kept.planned.values())

    refuses(radio, slot.slot.id)
    radio.issue()

    assert not any(item.title == TITLE for item in radio.store.kept.planned.values())
    (refused,) = inbox(radio).where(Standing.REFUSED)
    assert refused.answer is not None
    assert refused.answer.reason == "Đã phát tuần trước"


@pytest.mark.parametrize(("reason", "code"), [(" ", "no_reason"), ("a" * 501, "reason_too_long")])
def test_a_refusal_needs_a_reason_that_fits(radio: Radio, reason: str, code: str) -> None:
    _, slot = sent(radio)

    with pytest.raises(Unacceptable, match=rf"offer\.{code}") as refused:
        refuses(radio, slot.slot.id, reason)

    assert refused.value.field == "reason"
    assert len(inbox(radio).where(Standing.OPEN)) == 1


def test_a_station_may_change_its_mind(radio: Radio) -> None:
    _, slot = sent(radio)

    refuses(radio, slot.slot.id)
    accepts(radio, slot.slot.id, NOTICES)

    assert len(inbox(radio).where(Standing.ACCEPTED)) == 1
    assert len(radio.store.kept.answers) == 2


@pytest.mark.parametrize(
    ("places", "code"),
    [((), "slot.no_place"), ((PlaceId("elsewhere"),), "slot.place_unknown"), ((CLOSING,), "slot.place_unknown")],
)
def test_an_open_offer_is_accepted_into_places_by_hand_only(
    radio: Radio, places: tuple[PlaceId, ...], code: str
) -> None:
    _, slot = sent(radio)

    with pytest.raises(Unacceptable, match=code):
        accepts(radio, slot.slot.id, *places)


@pytest.mark.parametrize("person", [APPROVER, TECHNICIAN, INSPECTOR, EDITOR, NEIGHBOUR], ids=lambda each: each.login)
def test_only_the_stations_officer_answers(radio: Radio, person: Person) -> None:
    _, slot = sent(radio)
    record = inbox(radio).offers[0].record

    with pytest.raises(NotAllowed):
        offers.accept(radio.store, radio.clock, person, SON_HA, slot.slot.id, record=record, places=[NOTICES])
    with pytest.raises(NotAllowed):
        offers.refuse(radio.store, radio.clock, person, SON_HA, slot.slot.id, record=record, reason="Không")

    assert radio.store.kept.answers == ()


def test_a_neighbour_does_not_read_the_inbox(radio: Radio) -> None:
    with pytest.raises(NotAllowed):
        offers.inbox(radio.store, radio.clock, NEIGHBOUR, SON_HA)


def test_only_the_officer_is_told_how_many_wait(radio: Radio) -> None:
    sent(radio)

    assert offers.waiting_count(radio.store, radio.clock, OFFICER, SON_HA) == 1
    assert offers.waiting_count(radio.store, radio.clock, APPROVER, SON_HA) == 0


def test_an_answer_to_what_was_changed_meanwhile_is_refused(radio: Radio) -> None:
    _, slot = sent(radio)

    with pytest.raises(Stale, match=r"offer\.stale"):
        offers.accept(radio.store, radio.clock, OFFICER, SON_HA, slot.slot.id, record="0" * 64, places=[NOTICES])
    with pytest.raises(NotFound, match=r"offer\.unknown"):
        offers.refuse(radio.store, radio.clock, OFFICER, SON_HA, SlotId("nothing"), record="", reason="Không")


def test_an_offer_that_was_changed_is_open_again_and_says_so(radio: Radio) -> None:
    programme, slot = sent(radio)
    accepts(radio, slot.slot.id, NOTICES)

    booking.change(radio.store, radio.clock, EDITOR, slot.slot.id, wish=open_places(days=9), version=slot.slot.version)
    radio.approves(programme, by=PROVINCE_APPROVER)

    (offer,) = inbox(radio).where(Standing.OPEN)
    assert offer.changed
    (said, _) = sorted(
        offer_results.results(radio.store, EDITOR, programme).by_slot[slot.slot.id],
        key=lambda each: each.station.id,
    )
    assert (said.standing, said.changed) == (Standing.OPEN, True)


def test_the_sender_counts_who_accepted_refused_and_did_not_answer(radio: Radio) -> None:
    programme, slot = sent(radio)
    accepts(radio, slot.slot.id, NOTICES)
    refuses(radio, slot.slot.id, "Trùng lịch họp dân", by=NEIGHBOUR)

    found = offer_results.results(radio.store, EDITOR, programme)

    assert [found.count(each) for each in (Standing.ACCEPTED, Standing.REFUSED, Standing.OPEN)] == [1, 1, 0]
    assert found.count(Standing.REFUSED, slot.slot.id) == 1
    reasons = [each.answer.reason for each in found.by_slot[slot.slot.id] if each.answer and not each.answer.accepted]
    assert reasons == ["Trùng lịch họp dân"]
    with pytest.raises(NotAllowed):
        offer_results.results(radio.store, OFFICER, programme)


def test_a_place_opened_for_offers_takes_them_by_itself(radio: Radio) -> None:
    with radio.store.writing() as uow:
        morning = next(each for each in uow.programmes.templates() if each.template.id == MORNING)
        places = tuple(
            replace(each, fill=Subscribed(frozenset({Kind.FEATURE}))) if each.id == NEWS else each
            for each in morning.template.places
        )
        opened = replace(morning.template, places=places, version=morning.template.version + 1)
        uow.programmes.put_template(replace(morning, template=opened), expected_version=morning.template.version)
        uow.commit()
    radio.release_templates()
    programme, _ = sent(radio)
    radio.issue()

    assert radio.item(TITLE).title == TITLE
    (offer,) = inbox(radio).where(Standing.AUTOMATIC)
    assert [each.id for each in offer.opened] == [NEWS]
    assert inbox(radio).where(Standing.OPEN) == ()
    assert offer_results.results(radio.store, EDITOR, programme).count(Standing.AUTOMATIC) == 1


def test_a_written_order_asks_nobody_and_is_kept_with_number_and_date(radio: Radio) -> None:
    _, slot = sent(radio, at_time(order=ORDER))
    radio.issue()

    assert (slot.slot.way, slot.slot.order) == (Way.ORDERED, ORDER)
    assert radio.item(TITLE).title == TITLE
    assert inbox(radio).offers == ()


@pytest.mark.parametrize("wish", [at_time(units=frozenset({SON_HA}), order=ORDER)])
def test_a_station_does_not_order_itself(radio: Radio, wish: Wish) -> None:
    with pytest.raises(Unacceptable, match=r"order\.not_above"):
        radio.books(radio.writes(), wish)


def test_an_order_names_its_time_or_places(radio: Radio) -> None:
    programme = radio.writes(by=EDITOR)

    with pytest.raises(Unacceptable, match=r"slot\.no_place"):
        radio.books(programme, replace(open_places(), order=ORDER), by=EDITOR)


def test_what_was_the_stations_own_before_there_were_offers_stays_so_until_it_goes_elsewhere(radio: Radio) -> None:
    programme, slot = sent(radio, at_time(units=frozenset({SON_HA})))
    with radio.store.writing() as uow:
        old = replace(slot, slot=replace(slot.slot, way=Way.OWN, version=2))
        uow.programmes.put_slot(old, expected_version=1)
        uow.commit()
    later = at_time(units=frozenset({SON_HA}), at=time(6, 10))

    kept = booking.change(radio.store, radio.clock, EDITOR, slot.slot.id, wish=later, version=2)
    wider = replace(later, units=frozenset({SON_HA, SON_LINH}))
    grown = booking.change(radio.store, radio.clock, EDITOR, slot.slot.id, wish=wider, version=3)

    assert (kept.slot.way, grown.slot.way) == (Way.OWN, Way.OFFERED)
    assert programme


def test_an_accepted_offer_whose_place_is_taken_away_is_counted(radio: Radio) -> None:
    _, slot = sent(radio)
    accepts(radio, slot.slot.id, NOTICES)
    with radio.store.reading() as uow:
        morning = next(each.template for each in uow.programmes.templates() if each.template.id == MORNING)
    without = replace(morning, places=tuple(place for place in morning.places if place.id != NOTICES))

    found = forecast.foresee(radio.store, radio.clock, OFFICER, without)

    assert [each.code for each in found.remarks] == ["session.bookings_left"]
