"""Publishing emergencies: lists first, the words when they are spoken, everything again for a new session."""

from datetime import timedelta

import pytest

from schedules.wire import topics
from schedules.wire.emergency import EmergencyIssued, EmergencyListed
from schedules.wire.seal import unsealed
from server.services import emergencies
from server.services.announcing import Announcing
from tests.fakes.broker import FakePublisher
from tests.fakes.sealing import FakeSealing
from tests.fakes.voice import FakeVoice
from tests.server.services.alarm import gives, issues
from tests.server.services.radio import APPROVER, OFFICER, SON_HA, Radio


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


def test_without_a_voice_the_list_leaves_all_the_same(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.voice.is_hoarse = True
    issues(desk.radio)

    assert desk.speak()
    assert not desk.speak()
    assert desk.publish() == [LIST]
    assert "emergency_not_spoken" in caplog.text
