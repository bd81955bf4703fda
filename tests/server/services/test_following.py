"""Following a new trust list: everything in force is said again under it, once, whatever crashes."""

from dataclasses import dataclass, field

import pytest

from schedules.wire import topics
from server.services import publishing
from server.services.following import follow_trust
from server.services.issuing import issue_wanted
from server.services.on_the_way import OnTheWay
from tests.contracts.samples import order
from tests.fakes.broker import FakePublisher
from tests.fakes.sealing import FakeSealing
from tests.server.services.radio import GATE, LANG_MOI, SON_HA, Radio

ASSIGNED, SILENCED = topics.of_loudspeaker(GATE, "assignment"), topics.unit_silence(SON_HA)


@dataclass
class Centre:
    radio: Radio
    sealing: FakeSealing = field(default_factory=FakeSealing)
    broker: FakePublisher = field(default_factory=FakePublisher)
    on_the_way: OnTheWay = field(default_factory=OnTheWay)

    def list_is_published(self, number: int) -> None:
        with self.radio.store.writing() as uow:
            uow.issue.add_trust_list(number, b"list")
            uow.commit()
        self.sealing.newest = number

    def follows(self) -> None:
        follow_trust(self.radio.store, self.sealing, self.broker)

    def publishes(self) -> list[str]:
        publishing.publish_due(self.radio.store, self.radio.clock, self.sealing, self.broker, self.on_the_way)
        return self.broker.topics

    def settles(self) -> None:
        issue_wanted(self.radio.store, self.radio.clock, self.sealing)
        while self.publishes():
            self.broker.confirm_all()

    def revision(self) -> int:
        with self.radio.store.reading() as uow:
            mark = uow.issue.mark(LANG_MOI)
        assert mark is not None
        return mark.issued_revision


@pytest.fixture
def centre(radio: Radio) -> Centre:
    made = Centre(radio)
    made.list_is_published(1)
    made.follows()
    with radio.store.writing() as uow:
        uow.issue.put_silence(order(9, audience=topics.audience_of_unit(SON_HA)))
        uow.commit()
    made.settles()
    return made


def test_the_list_leaves_at_once_and_everything_in_force_after_it(centre: Centre) -> None:
    before = centre.revision()
    centre.list_is_published(2)

    centre.follows()
    lists = centre.broker.topics
    issue_wanted(centre.radio.store, centre.radio.clock, centre.sealing)

    assert lists == [topics.trust(1), topics.trust(2)]
    assert {SILENCED, ASSIGNED, topics.rundown(LANG_MOI)} <= set(centre.publishes())
    assert centre.revision() > before


def test_a_list_is_followed_once(centre: Centre) -> None:
    centre.list_is_published(2)
    centre.follows()
    centre.settles()
    revision = centre.revision()

    centre.follows()

    assert issue_wanted(centre.radio.store, centre.radio.clock, centre.sealing) == 0
    assert (centre.publishes(), centre.revision()) == ([], revision)


def test_a_conductor_that_died_before_it_wanted_everything_again_does_so_when_it_starts(centre: Centre) -> None:
    before = centre.revision()
    centre.list_is_published(2)
    centre.sealing = FakeSealing()
    centre.sealing.trust_number = centre.sealing.newest = 2  # it started with the new list

    centre.follows()
    centre.settles()

    assert centre.revision() > before


def test_a_confirmation_of_what_went_by_the_older_list_says_nothing(centre: Centre) -> None:
    with centre.radio.store.writing() as uow:
        uow.issue.put_silence(order(10, audience=topics.audience_of_unit(SON_HA)))
        uow.commit()
    assert centre.publishes() == [SILENCED]
    centre.list_is_published(2)
    centre.follows()

    centre.broker.confirm_all()

    assert SILENCED in centre.publishes()


def test_an_edit_does_not_wait_for_all_that_is_issued_again(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.services.issuing.BATCH", 1)
    centre.list_is_published(2)
    centre.follows()

    counts = [issue_wanted(centre.radio.store, centre.radio.clock, centre.sealing) for _ in range(4)]

    assert counts == [1, 1, 1, 1]
