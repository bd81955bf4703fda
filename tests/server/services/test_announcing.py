"""Publishing emergencies: lists first, the words when they are spoken, everything again for a new session."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.emergency import Severity
from schedules.times import DAY, local_day
from schedules.wire import topics
from schedules.wire.emergency import EmergencyIssued, EmergencyListed, ExerciseIssued
from schedules.wire.seal import unsealed
from server.services import emergencies, exercises
from server.services.announcing import Announcing
from server.services.schedule import CIVIL_TIME
from tests.fakes.broker import FakePublisher
from tests.fakes.sealing import FakeSealing
from tests.fakes.voice import FakeVoice
from tests.server.services.alarm import gives, issues, may_drill
from tests.server.services.radio import APPROVER, OFFICER, SON_HA, SON_LINH, Radio, local
from tests.server.services.test_exercises import orders


class Desk:
    """The half of a conductor that publishes emergencies."""

    def __init__(self, radio: Radio) -> None:
        gives(radio, OFFICER, APPROVER)
        self.radio, self.sealing, self.broker, self.voice = radio, FakeSealing(), FakePublisher(), FakeVoice()
        self.announcing = Announcing(self.voice)

    def publish(self) -> list[str]:
        before = len(self.broker.published)
        self.announcing.publish_due(self.radio.store, self.radio.clock, self.sealing, self.broker)
        return [topic for topic, _ in self.broker.published[before:]]

    def speak(self) -> bool:
        return self.announcing.speak_due(self.radio.store, self.radio.clock)

    def retained(self, topic: str) -> object:
        return unsealed(self.broker.retained[topic], self.sealing.trust)[0]


@pytest.fixture
def desk(radio: Radio) -> Desk:
    return Desk(radio)


LIST = topics.emergencies(SON_HA)


def test_the_list_leaves_at_once_and_the_words_when_they_are_spoken(desk: Desk) -> None:
    stored = issues(desk.radio)
    words = topics.emergency(SON_HA, stored.emergency.id)

    assert desk.publish() == [LIST]
    assert desk.speak()
    assert desk.publish() == [words]
    assert desk.publish() == []
    listed, issued = desk.retained(LIST), desk.retained(words)
    assert isinstance(listed, EmergencyListed)
    assert isinstance(issued, EmergencyIssued)
    assert [each.sha256 for each in listed.listed.live] == [issued.sha256]
    assert issued.expires == stored.emergency.expires
    assert issued.sound.decode(errors="ignore").endswith(stored.emergency.words[0].text)


def test_it_is_spoken_once(desk: Desk) -> None:
    issues(desk.radio)

    assert (desk.speak(), desk.speak()) == (True, False)
    assert len(desk.voice.spoken) == 1


def test_a_cancel_leaves_at_once_and_takes_the_words_back(desk: Desk) -> None:
    stored = issues(desk.radio)
    desk.speak()
    desk.publish()
    emergencies.cancel(desk.radio.store, desk.radio.clock, OFFICER, stored.emergency.id)

    assert desk.publish() == [LIST, topics.emergency(SON_HA, stored.emergency.id)]
    assert desk.broker.retained[topics.emergency(SON_HA, stored.emergency.id)] == b""
    listed = desk.retained(LIST)
    assert isinstance(listed, EmergencyListed)
    assert [each.id for each in listed.listed.cancelled] == [stored.emergency.id]


def test_what_ran_out_is_taken_back(desk: Desk) -> None:
    stored = issues(desk.radio)
    desk.speak()
    desk.publish()
    desk.radio.clock.advance(timedelta(hours=1))

    assert desk.publish() == [topics.emergency(SON_HA, stored.emergency.id)]
    assert not desk.speak()


def test_a_new_session_is_told_everything_that_lives(desk: Desk) -> None:
    stored = issues(desk.radio)
    desk.speak()
    desk.publish()

    desk.announcing.forget()

    assert desk.publish() == [LIST, topics.emergency(SON_HA, stored.emergency.id)]


def test_after_a_start_it_is_spoken_again(desk: Desk) -> None:
    stored = issues(desk.radio)
    desk.announcing = Announcing(desk.voice)

    assert desk.publish() == [LIST]
    assert desk.speak()
    assert desk.publish() == [topics.emergency(SON_HA, stored.emergency.id)]


def test_everything_leaves_again_under_a_new_trust_list(desk: Desk) -> None:
    issues(desk.radio)
    desk.speak()
    desk.publish()
    desk.sealing.newest = 2
    desk.sealing.follow()

    assert len(desk.publish()) == 2


def test_the_broker_forgets_the_words_when_they_are_over_whoever_takes_them_back(desk: Desk) -> None:
    stored = issues(desk.radio, minutes=5)
    desk.speak()
    desk.radio.clock.advance(timedelta(seconds=60.5))
    desk.publish()

    assert desk.broker.expiries[topics.emergency(SON_HA, stored.emergency.id)] == 240
    assert desk.broker.expiries[LIST] is None


def test_many_at_once_are_spoken_one_by_one_the_gravest_first(desk: Desk) -> None:
    grades = (Severity.MINOR, Severity.EXTREME, Severity.SEVERE)
    given = {each: issues(desk.radio, severity=each, texts={"vi": each.value}) for each in grades}

    assert desk.speak()
    desk.publish()
    assert topics.emergency(SON_HA, given[Severity.EXTREME].emergency.id) in desk.broker.retained
    assert len(desk.broker.retained) == 2
    assert [desk.speak(), desk.speak(), desk.speak()] == [True, True, False]
    assert desk.voice.spoken == ["extreme", "severe", "minor"]


def test_one_text_of_many_authorities_is_spoken_once(desk: Desk) -> None:
    issued = [issues(desk.radio) for _ in range(3)]

    assert (desk.speak(), desk.speak()) == (True, False)
    desk.publish()
    assert len(desk.voice.spoken) == 1
    assert all(topics.emergency(SON_HA, each.emergency.id) in desk.broker.retained for each in issued)


def test_an_exercise_is_listed_and_announced_as_one_until_it_is_ended(desk: Desk) -> None:
    may_drill(desk.radio)
    desk.radio.at(local(5, 30))
    drill = orders(desk.radio)
    topic = topics.emergency(SON_HA, drill.id)

    assert desk.speak()
    assert desk.publish() == [LIST, topic]
    issued = desk.retained(topic)
    assert isinstance(issued, ExerciseIssued)
    assert (issued.exercise, issued.expires) == (drill, drill.expires)
    assert issued.sound.decode(errors="ignore").endswith(drill.words[0].text)
    assert desk.broker.expiries[topic] == 600

    exercises.end(desk.radio.store, desk.radio.clock, OFFICER, drill.id)

    assert desk.publish() == [LIST, topic]
    assert desk.broker.retained[topic] == b""
    listed = desk.retained(LIST)
    assert isinstance(listed, EmergencyListed)
    assert listed.listed.exercises == ()


def test_a_real_one_is_spoken_before_an_exercise(desk: Desk) -> None:
    may_drill(desk.radio)
    desk.radio.at(local(5, 30))
    orders(desk.radio, texts={"vi": "diễn tập"})
    issues(desk.radio, severity=Severity.UNKNOWN, texts={"vi": "thật"})

    while desk.speak():
        pass

    assert desk.voice.spoken == ["thật", "diễn tập"]


def test_the_list_of_a_unit_that_has_ended_is_taken_back_a_day_later(desk: Desk) -> None:
    issues(desk.radio)
    desk.publish()
    ends = local_day(desk.radio.now(), CIVIL_TIME) + DAY
    with desk.radio.store.writing() as uow:
        units = uow.places.units()
        own = [each for each in units.by_id.values() if units.within(each.id, SON_HA)]
        uow.places.put_units(replace(each, valid_to=ends, successors=(SON_LINH,)) for each in own)
        uow.commit()

    desk.radio.clock.advance(2 * DAY)
    desk.publish()
    assert desk.broker.retained[LIST] != b""  # its zones have not moved yet
    with desk.radio.store.writing() as uow:
        for zone in uow.places.zones():
            uow.places.put_zone(replace(zone, station=SON_LINH, unit=SON_LINH))
        uow.commit()
    desk.announcing.forget()
    assert LIST in desk.publish()
    assert desk.broker.retained[LIST] == b""
    desk.announcing.forget()
    assert LIST in desk.publish()
    assert desk.broker.retained[LIST] == b""


def test_without_a_voice_the_list_leaves_all_the_same(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.voice.is_hoarse = True
    issues(desk.radio)

    assert desk.speak()
    assert not desk.speak()
    assert desk.publish() == [LIST]
    assert "emergency_not_spoken" in caplog.text
