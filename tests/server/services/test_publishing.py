"""Publishing: what leaves, in which order, and what happens when a broker or the process falls over."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from schedules.ids import DeviceId, ZoneId
from schedules.unit import Zone
from schedules.wire import topics
from schedules.wire.messages import NO_DEVICE, Assignment, SilenceOrdered
from schedules.wire.seal import fingerprint
from server.services import publishing
from server.services.new_ids import unix_milliseconds
from server.services.on_the_way import AGAIN_A_SECOND, PATIENCE, WINDOW, OnTheWay
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, NOW, OTHER_POLE, POLE, PROVINCE, ZONE, issued, item, order
from tests.fakes.broker import FakePublisher
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore

RUNDOWN, SILENCE = topics.rundown(ZONE), topics.zone_silence(ZONE)
ASSIGNED, RETIRED = topics.of_loudspeaker(POLE, "assignment"), topics.of_loudspeaker(OTHER_POLE, "assignment")


class Centre:
    """A conductor's publishing half: it can crash and start again."""

    def __init__(self) -> None:
        self.store = FakeStore()
        samples.founded(self.store)
        self.clock = FakeClock(NOW)
        self.sealing = FakeSealing()
        self.broker = FakePublisher()
        self.on_the_way = OnTheWay()

    def publish(self) -> list[str]:
        """Publish what is due and give the topics."""
        publishing.publish_due(self.store, self.clock, self.sealing, self.broker, self.on_the_way)
        return self.broker.topics

    def settle(self) -> None:
        """Publish until the broker has confirmed everything."""
        while self.publish():
            self.broker.confirm_all()

    def lost(self, marker: int | None) -> bool:
        """Begin a session with a broker that has this marker."""
        confirmed = publishing.newest_published(self.store)
        return publishing.find_lost(self.store, marker=marker, confirmed=confirmed)

    def crash(self) -> None:
        """Lose what only the process knew."""
        self.on_the_way = OnTheWay()

    def issues(self, revision: int, zone: ZoneId = ZONE) -> None:
        with self.store.writing() as uow:
            rundown = issued(revision, item("a", NOW + timedelta(minutes=1)), zone=zone)
            samples.settle(uow, rundown)
            uow.commit()

    def orders_silence(self, number: int, *, audience: str = f"zone:{ZONE}", ordered: bool = True) -> None:
        with self.store.writing() as uow:
            uow.issue.put_silence(order(number, audience=audience, ordered=ordered))
            uow.commit()


@pytest.fixture
def centre() -> Centre:
    return Centre()


@pytest.fixture
def settled(centre: Centre) -> Centre:
    """Everything a new centre has to say was said."""
    centre.settle()
    return centre


def test_silence_goes_before_everything_and_rundowns_last(centre: Centre) -> None:
    centre.issues(7)
    centre.orders_silence(9)

    assert centre.publish() == [SILENCE, ASSIGNED, RETIRED, RUNDOWN]


def test_a_station_whose_rules_are_too_long_for_a_message_does_not_stand_in_the_way_of_the_rundowns(
    centre: Centre,
) -> None:
    with centre.store.writing() as uow:
        uow.places.put_regulation(replace(samples.REGULATION, signer="x" * 300_000))
        uow.commit()
    centre.issues(7)

    assert centre.publish() == [RETIRED, RUNDOWN]
    assert centre.publish() == []


def test_what_is_on_its_way_is_not_sent_twice(centre: Centre) -> None:
    centre.issues(7)
    centre.publish()

    assert centre.publish() == []


def test_what_was_confirmed_is_not_sent_again_after_a_crash(settled: Centre) -> None:
    settled.issues(7)
    settled.publish()
    settled.broker.confirm_all()
    settled.publish()
    settled.crash()

    assert settled.publish() == []


def test_what_was_not_confirmed_before_a_crash_is_sent_again(settled: Centre) -> None:
    settled.issues(7)
    settled.orders_silence(9)
    settled.publish()
    settled.crash()

    assert settled.publish() == [SILENCE, RUNDOWN]


def test_what_is_not_confirmed_for_long_is_sent_again(settled: Centre) -> None:
    settled.issues(7)
    settled.publish()

    settled.clock.advance(PATIENCE)

    assert settled.publish() == [RUNDOWN]


def test_a_newer_rundown_does_not_wait_for_the_confirmation_of_the_last(settled: Centre) -> None:
    settled.issues(7)
    settled.publish()
    settled.issues(8)

    assert settled.publish() == [RUNDOWN]
    settled.broker.confirm_all()
    settled.settle()
    with settled.store.reading() as uow:
        mark = uow.issue.mark(ZONE)
        assert mark is not None
        assert (mark.issued_revision, mark.published_revision) == (8, 8)


def test_the_rundown_that_leaves_is_the_stored_one(settled: Centre) -> None:
    settled.issues(7)
    settled.publish()

    with settled.store.reading() as uow:
        assert settled.broker.retained[RUNDOWN] == uow.issue.envelope(ZONE)


@pytest.mark.parametrize(
    ("audience", "topic"),
    [(f"zone:{ZONE}", SILENCE), (f"unit:{COMMUNE}", topics.unit_silence(COMMUNE))],
)
def test_an_order_of_silence_says_what_was_ordered(settled: Centre, audience: str, topic: str) -> None:
    settled.orders_silence(9, audience=audience)
    settled.publish()

    ordered = order(9, audience=audience)
    assert settled.broker.message(topic, settled.sealing.trust) == SilenceOrdered(
        audience=topics.audience(topic),
        epoch=1,
        number=9,
        issued=ordered.at,
        ordered=True,
        until=ordered.until,
        spares_emergencies=False,
    )


def test_only_the_newest_order_leaves(settled: Centre) -> None:
    settled.orders_silence(9)
    settled.orders_silence(10, ordered=False)

    assert settled.publish() == [SILENCE]
    message = settled.broker.message(SILENCE, settled.sealing.trust)
    assert isinstance(message, SilenceOrdered)
    assert (message.number, message.ordered) == (10, False)


def test_a_loudspeaker_is_told_what_it_is(centre: Centre) -> None:
    old = replace(samples.REGULATION, number="1/QĐ", valid_from=date(2020, 1, 1))
    coming = replace(samples.REGULATION, number="99/QĐ", valid_from=date(2026, 12, 1))
    with centre.store.writing() as uow:
        for regulation in (old, samples.REGULATION, coming):
            uow.places.put_regulation(regulation)
        uow.places.put_channel(samples.VOV1)
        uow.commit()

    centre.publish()

    assert centre.broker.message(ASSIGNED, centre.sealing.trust) == Assignment(
        audience=f"loudspeaker:{POLE}",
        epoch=1,
        number=unix_milliseconds(NOW),
        issued=NOW,
        loudspeaker=POLE,
        name="Cổng thôn",
        zone=ZONE,
        units=(COMMUNE, PROVINCE),
        regulations=(samples.REGULATION, coming),
        channels=(replace(samples.VOV1, fallback=None),),
        device=DeviceId(fingerprint(samples.LOUDSPEAKERS[0].public_key)),
    )


def assigned(centre: Centre, topic: str = ASSIGNED) -> Assignment:
    message = centre.broker.message(topic, centre.sealing.trust)
    assert isinstance(message, Assignment)
    return message


def keyed(centre: Centre, public_key: str) -> None:
    with centre.store.writing() as uow:
        uow.places.put_regulation(samples.REGULATION)
        uow.places.put_channel(samples.VOV1)
        uow.places.put_loudspeaker(replace(samples.LOUDSPEAKERS[0], public_key=public_key))
        uow.issue.want_assignment([POLE])
        uow.commit()


def test_a_retired_loudspeaker_is_told_last_that_no_device_is_its_and_that_it_may_not_sound(centre: Centre) -> None:
    centre.settle()

    told = assigned(centre, RETIRED)
    assert (told.device, told.regulations, told.channels) == (NO_DEVICE, (), ())


def test_between_two_devices_none_may_sound_then_the_new_one(settled: Centre) -> None:
    keyed(settled, "")
    settled.settle()
    between = assigned(settled)
    keyed(settled, "cc" * 32)
    settled.settle()

    assert (between.device, between.regulations, between.channels) == (NO_DEVICE, (), ())
    assert assigned(settled).device == fingerprint("cc" * 32)
    assert assigned(settled).regulations == (samples.REGULATION,)


def test_many_assignments_leave_in_portions(settled: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that numbers all of a province would keep everybody else from writing."""
    monkeypatch.setattr(publishing, "ASSIGNMENTS_AT_ONCE", 1)
    with settled.store.writing() as uow:
        uow.issue.want_assignment([POLE, OTHER_POLE])
        uow.commit()

    portions = [list(settled.publish())]
    settled.broker.confirm_all()
    portions.append(list(settled.publish()))

    assert sorted(portions) == sorted([[ASSIGNED], [RETIRED]])


def test_a_changed_assignment_is_numbered_above_the_last_even_when_the_clock_was_set_back(settled: Centre) -> None:
    settled.clock.advance(-timedelta(hours=1))
    with settled.store.writing() as uow:
        uow.issue.want_assignment([POLE])
        uow.commit()

    settled.publish()

    assert settled.broker.message(ASSIGNED, settled.sealing.trust).number == unix_milliseconds(NOW) + 1


def test_an_assignment_changed_while_the_last_is_on_its_way_leaves_too(centre: Centre) -> None:
    centre.publish()
    with centre.store.writing() as uow:
        uow.places.put_loudspeaker(replace(samples.LOUDSPEAKERS[0], volume=50))
        uow.issue.want_assignment([POLE])
        uow.commit()

    assert centre.publish() == [ASSIGNED]
    message = centre.broker.message(ASSIGNED, centre.sealing.trust)
    assert isinstance(message, Assignment)
    assert message.volume == 50
    centre.settle()
    assert centre.publish() == []


def test_a_session_that_ended_makes_everything_unconfirmed_leave_again(settled: Centre) -> None:
    settled.issues(7)
    settled.publish()

    settled.on_the_way.forget()

    assert settled.publish() == [RUNDOWN]


def test_a_broker_that_kept_everything_gets_nothing_again(settled: Centre) -> None:
    settled.issues(unix_milliseconds(NOW) + 5)
    settled.settle()
    marker = publishing.publish_marker(settled.store, settled.broker, 0)

    assert not settled.lost(marker)
    assert settled.publish() == [topics.MARKER]


def test_the_marker_is_left_once(settled: Centre) -> None:
    marker = publishing.publish_marker(settled.store, settled.broker, 0)
    settled.broker.published.clear()

    assert publishing.publish_marker(settled.store, settled.broker, marker) == marker
    assert settled.broker.topics == []


def test_a_broker_without_the_marker_gets_everything_again_silence_first(settled: Centre) -> None:
    settled.issues(unix_milliseconds(NOW) + 5)
    settled.orders_silence(unix_milliseconds(NOW) + 6)
    settled.settle()
    settled.broker.lose_all()

    assert settled.lost(None)

    assert settled.publish() == [SILENCE, ASSIGNED, RETIRED, RUNDOWN]


def test_a_broker_that_lost_the_last_minutes_gets_those_again(settled: Centre) -> None:
    """A broker that saves every five minutes comes back with the marker of then."""
    marker = publishing.publish_marker(settled.store, settled.broker, 0)
    settled.broker.published.clear()
    settled.issues(unix_milliseconds(NOW) + 5)
    settled.settle()

    assert settled.lost(marker)

    assert settled.publish() == [RUNDOWN]


def test_a_new_broker_of_a_new_centre_has_lost_nothing(centre: Centre) -> None:
    centre.issues(7)

    assert not centre.lost(None)


def test_trust_lists_are_left_at_the_broker(centre: Centre) -> None:
    with centre.store.writing() as uow:
        uow.issue.add_trust_list(1, b"first")
        uow.issue.add_trust_list(2, b"second")
        uow.commit()

    publishing.publish_trust_lists(centre.store, centre.broker)

    assert centre.broker.retained == {topics.trust(1): b"first", topics.trust(2): b"second"}


@pytest.fixture
def province(centre: Centre) -> Centre:
    """A centre of 500 zones, none of them published."""
    with centre.store.writing() as uow:
        for number in range(500):
            zone = Zone(id=ZoneId(f"zone-{number:03d}"), station=COMMUNE, unit=COMMUNE, name=f"Thôn {number}")
            uow.places.put_zone(zone)
            samples.settle(uow, issued(7, zone=zone.id))
        uow.commit()
    for _ in range(500 // AGAIN_A_SECOND + 1):
        centre.settle()
        centre.clock.advance(timedelta(seconds=1))
    return centre


def test_what_a_broker_lost_is_spread_out(province: Centre) -> None:
    province.lost(None)
    province.crash()
    province.clock.advance(timedelta(minutes=1))

    assert len([topic for topic in province.publish() if topic.endswith("rundown")]) == AGAIN_A_SECOND
    province.broker.confirm_all()
    assert province.publish() == []
    province.clock.advance(timedelta(seconds=1))
    assert len(province.publish()) == AGAIN_A_SECOND


def test_an_edit_goes_before_what_a_broker_lost(province: Centre) -> None:
    province.lost(None)
    with province.store.writing() as uow:
        uow.issue.published(ZoneId("zone-499"), 6)
        uow.commit()

    assert topics.rundown(ZoneId("zone-499")) in province.publish()


def test_not_more_than_a_window_of_rundowns_is_on_its_way(province: Centre) -> None:
    with province.store.writing() as uow:
        for number in range(500):
            zone = ZoneId(f"zone-{number:03d}")
            samples.settle(uow, issued(8, zone=zone))
        uow.commit()

    assert [len(province.publish()), len(province.publish())] == [WINDOW, 0]
    province.broker.confirm_all()
    assert len(province.publish()) == WINDOW
